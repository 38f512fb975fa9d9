// Package ledger makes every act of the platform provable. It encodes entries
// canonically, hangs them in an RFC 6962 Merkle tree, signs checkpoints (C2SP
// signed note, Ed25519), proves inclusion and consistency, and verifies all of
// it against an export. It is pure and may be imported by outsiders. The format
// is docs/spec/ledger.md.
package ledger
