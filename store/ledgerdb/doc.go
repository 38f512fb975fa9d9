// Package ledgerdb keeps the ledger of a district in its database: Record adds
// an act to a transaction, a Sequencer appends recorded acts to the tree and
// signs its head, and Ledger reads, proves, exports and verifies. What an entry,
// a tree and a checkpoint are is package ledger's business, and specified in
// docs/spec/ledger.md.
package ledgerdb
