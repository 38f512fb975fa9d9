// Package people knows who works for the district, how they log in and what
// they may do: persons, accounts and sessions, roles held in units for a time,
// deputies during absence, and [Can], the one place where permission is
// decided. It holds no SQL; a [Store] keeps what it decides, and the pack says
// which units, posts and roles there are.
//
// # How a request finds its right
//
// A token becomes a [Session] and a [Standing] (Office.Authenticate). The
// standing is computed from assignments, absences and the date, and from
// nothing else. A domain method asks [Allow] with the standing, an act of the
// pack's vocabulary and the object; the [Grant] it gets names the role used
// and the absent person whose deputy acted, and its actor goes into the ledger.
// Procedures of cases decide by relations ("a reviewer of the lead unit who did
// not handle it") and know nothing of acts: whoever shows or steps a case for
// somebody asks Allow first, so that no relation allows what Can refuses.
//
// # What is in the ledger and what is not
//
// The ledger holds what changed who can do what: persons entered and changed,
// accounts invited, closed, bound, their passwords and second factors set,
// recovery codes used, roles given and ended, absences and deputies, and every
// look at a protected field. It holds no name and no contact, only ids and
// commitments.
//
// Logins, failures, delays and logouts go to the security log instead. They
// change no right, there are many of them, and together they tell where an
// official was and when; law asks to keep them for half a year, and decency to
// delete them then. A ledger cannot delete. Sessions, guards and used steps of
// second factors are passing state and are in neither.
//
// # Why failures are counted in buckets
//
// Whoever knows an official's login can fail to log in as them. If failures
// locked the account, anyone could keep a leader out for good. So failures
// delay, 30 seconds doubled up to 15 minutes, and they delay a bucket, not the
// account. A browser in which someone logged in completely carries a token of
// the familiar device and has a bucket of its own, which strangers cannot fill.
// All others share the bucket of the login. An official at a new computer during
// an attack has a way in that knows no bucket: a one-time link. Logins that do
// not exist have buckets too and answer in the same words after the same work.
// Second factors are counted apart, as whoever gets there knows the password.
//
// An attempt counts as failed before it is looked at, and the count is taken
// back on success, so that many attempts at once gain nothing.
//
// # Who watches the administrator
//
// Roles that give rights see no case and cannot be held beside roles that watch
// them; the pack's loader sees to that. Nobody changes their own rights, names
// themselves deputy, or resets a second factor alone. What remains, an
// administrator who invents a colleague and gives them a role, is in the ledger
// with who did it.
package people
