// Package notices tells people that a case has come to something that concerns
// them: that it is their turn, that their consent is asked for, that a time
// limit runs short or has run out.
//
// A step of a case says whom it wants told by relations (package docket), in its
// own transaction. A job then finds out who that is on the day, deputies of
// absent persons included, and leaves each a Message in the program, one for
// each step of a case. Besides, it may send mail: at once, gathered once on each
// working day, or not at all, as the person chose for each reason.
//
// A message names a case and nothing of what the case is about: that is read
// from the case when the message is shown. A mail leaves the house, so it
// carries the case's number, why, when and where to look, and the subject only
// where all staff may read it. The address is read from the sealed row of the
// person when the mail is sent, and is kept nowhere else, not even in the answer
// of a server that refused it.
//
// Messages help people to look; what has to be done stands in the worklists,
// which need no message. So they are no acts of the ledger, and those that were
// read are deleted after a time.
package notices
