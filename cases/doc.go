// Package cases runs the procedures of a pack: everything with a state, a
// responsible unit and a deadline is a Case.
//
// The heart is pure. A decision function (Begin, Act, Agree, Refuse, Comment,
// Tick) looks at a case, an actor and the world as it is handed in, and returns
// what happened as events, or a reason for people why not. The case after them
// is the fold of its events (Apply), so the history alone makes every case
// again. Deadlines, colours, whose turn it is and when to look next are derived
// from that and can always be derived anew, for example when the calendar is
// corrected.
//
//	events + procedure            -> Case        Apply
//	Case + calendar + now         -> deadlines   Deadline
//	Case + actor + now            -> what may be done, and why not the rest   Options
//	Case + reader                 -> the fields the reader may see            View
//
// Who acts is never a name but a relation of the procedure; see Actor and Turn.
package cases
