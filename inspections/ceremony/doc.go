// Package ceremony holds a public draw: it leads a frozen plan through the steps of
// the protocol (docs/spec/draw.md), asks each party for what only that party can
// give, appends every record in the transaction that puts it into the ledger, hands
// drawn visits out, and logs what becomes of them.
//
// What decides is package draw; what a party gives is package draw/party. This room
// knows who may act for whom, what waits, and what comes next. It keeps no secret of
// a party but the elements of seal chains that were given and are not released yet,
// which the store seals, and keys that their holders sealed under a passphrase.
package ceremony
