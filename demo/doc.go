// Package demo fills an installation with an invented district: persons in
// every role, and months of dealing with the duties that the documents gave.
//
// It goes through the same doors as everybody: persons are entered, given roles
// and invited by an administrator, cases are dealt with through casework by
// somebody whose standing lets them, and a clock that is set tells everybody,
// the store included, what time it is. So the history it leaves is one that
// could have happened, down to the warnings of clocks, and the ledger holds it.
// Who acts is found as the desk would find it: by the parties of the procedure.
//
// What happens is drawn from a seed: the same documents, day and seed give the
// same persons and the same decisions. It plays the procedures "duty" and
// "milestone", and of the last weeks "report" and "patrol"; a pack without a
// procedure of duties is only peopled.
//
// Nothing in it is anybody's. Family names are common ones, given names are
// words of nature, staff numbers begin with DEMO, mail goes to example.com
// (RFC 2606, section 3), and mobile numbers begin with 154: no range is set
// aside for fiction in China, and no operator is known to give out numbers of
// this one.
package demo
