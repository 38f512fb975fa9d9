// Package store keeps everything: it owns all SQL of the product, one file per
// aggregate, and nothing else does.
//
// One hand-written SQL text serves SQLite (embedded, the default) and
// PostgreSQL 15 or later. A read is a closure over a consistent snapshot; a
// write is a closure over one transaction, which the store may run more than
// once:
//
//	err := db.Write(ctx, district, func(tx *store.Tx) error { ... })
//
// What a closure did is kept when it returned nil, and nothing of it when it
// returned an error, panicked or a statement of it failed. On SQLite one writer
// gives closures their turn, each in a savepoint, and commits them in groups;
// on PostgreSQL each has its own READ COMMITTED transaction and is retried when
// the server asks for it.
//
// Rules of the room, each held by a test: statements are lower-case constants
// whose $1..$n appear in order; district leads every key and is in every
// statement; instants are Unix milliseconds, civil dates YYYY-MM-DD text, and
// what is hashed is stored as bytes; no "for update", trigger, sequence,
// advisory lock or float. Rows are locked by updating their version.
package store
