// Package casework is the cases of a district as somebody sees them and deals
// with them. Whoever asks comes with a people.Standing; every call decides by it
// what shows and what may be done, so that pages, the API and exports cannot
// differ in that and need not think of it.
//
// # From roles to relations
//
// A procedure says who by relations to the case ("a clerk of the lead unit"),
// a pack's roles say what persons may do at all. Only a role that lets its
// holder do something about cases, not just see them, gives a seat to which a
// relation can apply: an administrator or an auditor holds posts, too, and must
// not become a party of a case by them. Which fields show is a matter of their
// openness alone; to look at cases in the office one must hold a role that
// shows them.
package casework
