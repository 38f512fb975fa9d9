// Package ledger is the tamper-evident log of a district: the canonical bytes
// of an entry, salted commitments, the RFC 6962 Merkle tree over entries,
// signed checkpoints, inclusion and consistency proofs, the receipts citizens
// keep, the C2SP tlog-tiles export, and Verify for an export folder.
//
// The package is pure: it keeps no data, reads no clock and draws no
// randomness, so an outsider can import it and check a district without
// trusting the district's program. docs/spec/ledger.md is normative; the
// vectors there are tests here.
//
// A write travels like this: the store makes an [Entry] for an act and saves
// its [Encode]d bytes in the transaction of the act; the sequencer appends
// [LeafHash]es of saved entries to a [Builder], signs the new [Checkpoint], and
// [Prove] makes the receipt.
package ledger
