// Package residents knows who reports problems and applies for things from
// outside: how they may be reached, that a number or address is theirs, and what
// of the cases is theirs to follow. It holds no SQL; a [Store] keeps what it
// decides.
//
// # A contact belongs to one case
//
// A [Contact] is made for a case, before the case is begun, and the case refers
// to it by its id (the field type contact of procedures). Two cases of one person
// have two contacts, so whoever reads cases cannot tell that they are one
// person's. That they are can be found out in two ways only: by the person, who
// proves that a number is theirs and is shown their cases, and by those who take
// reports in, who may ask what else came from a number; each such look is in the
// ledger before it happens ([Register.History]).
//
// Everything in a contact may be left out. A contact without name, number and
// address still is somebody's: whoever has the link that was given with the
// report may rate and contest what became of it.
//
// # What proves that somebody is the reporter
//
// The secret of the link, which is made from the contact's id by a key that is
// not in the database and of which the database holds a digest; or a code sent to
// the number or address of the contact, if that had been proven when it was
// given. A number somebody merely typed opens nothing: it may be a stranger's.
//
// # Nothing can be found out
//
// Anybody may have a code sent to any number and gets the same answer, whether or
// not there are reports from it; limits of a number are kept in silence, since
// that somebody else asked is no one's business. Limits of the browser and of its
// part of the network are told, as they are about the one who asks.
//
// # What is in the ledger and what is not
//
// That a contact was kept, proven, erased, and its link taken back: by ids, with
// the digests of sealed rows. Codes, sessions and meters are passing state.
package residents
