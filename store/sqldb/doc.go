// Package sqldb runs SQL on SQLite (embedded, the default) and on PostgreSQL 15
// or later, one text for both. It knows no table of the product: whoever opens a
// database brings its Schema.
//
// A read is a closure over a consistent snapshot; a write is a closure over one
// transaction, which may run more than once:
//
//	err := db.Write(ctx, district, func(tx *sqldb.Tx) error { ... })
//
// What a closure did is kept when it returned nil, and nothing of it when it
// returned an error, panicked or a statement of it failed. On SQLite one writer
// gives closures their turn, each in a savepoint, and commits them in groups;
// on PostgreSQL each has a READ COMMITTED transaction, from its first write on, and is
// retried when the server asks for it. A statement whose answer is not needed to go on is
// given to Tx.Later and shares the round trip of the next one there; those that have
// nothing left to do but such statements write together (ferry).
//
// The package also does what treats every table alike: migrations and the
// canonical form of a row.
package sqldb
