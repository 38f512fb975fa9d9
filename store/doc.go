// Package store keeps everything: it owns all SQL of the product, one file per
// aggregate, and nothing else does.
//
//	store/sqldb     the engines: transactions, migrations, tables, dumps
//	store/ledgerdb  the ledger: acts, sequencing, proofs, verification
//	store           the product's aggregates, and the way in to all of it
//
// An aggregate, such as Library, is asked for by district and gives its domain
// package closures over one transaction; what the closure changes it records
// with ledgerdb.Record in that same transaction.
//
// Rules of the room, each held by a test: statements are lower-case constants
// whose $1..$n appear in order; district leads every key and is in every
// statement; instants are Unix milliseconds, civil dates YYYY-MM-DD text, and
// what is hashed is stored as bytes; no "for update", trigger, sequence,
// advisory lock or float. Rows are locked by updating their version.
package store
