// Package departure tells which steps of a case led it off the straight way from
// its beginning to its end.
package departure

import (
	"slices"

	"quanxiang/cases"
	"quanxiang/policy/procedure"
)

// Kind says in which way an action that took effect led a case off the straight
// way, as far as any procedure tells.
type Kind string

// The kinds. An action that is of several is of the first.
const (
	Reopened  Kind = "reopened"  // led from an end back to work
	Suspended Kind = "suspended" // led into a state in which the case is paused
	Returned  Kind = "returned"  // led back to a state the case had been in before the one it was in
	Prolonged Kind = "prolonged" // put off the end of a clock that had been started
	Urged     Kind = "urged"     // changed nothing, made it nobody's turn and told somebody: a reminder
	Conceded  Kind = "conceded"  // needed the agreement of others and led to no end
)

// Kinds are all of them in the order in which they are shown.
var Kinds = []Kind{Prolonged, Suspended, Returned, Reopened, Conceded, Urged}

// Of tells of which kind an event of a case is; ok is false for no departure.
// c is the case after the event or later: it tells in what order the case first
// came into its states.
func Of(p *procedure.Procedure, c cases.Case, e cases.Event) (k Kind, ok bool) {
	a, known := p.Action(e.Action)
	from, stood := p.State(e.From)
	to, stands := p.State(e.To)
	if e.Kind != cases.Acted || !known || !stood || !stands { // a beginning has no state before
		return "", false
	}
	moved := e.From != e.To
	switch {
	case from.Kind.Ended() && !to.Kind.Ended():
		return Reopened, true
	case to.Kind.Ended():
		return "", false
	case moved && to.Kind == procedure.PausedState:
		return Suspended, true
	case moved && from.Kind != procedure.PausedState && slices.Index(c.Visited, e.To) < slices.Index(c.Visited, e.From):
		return Returned, true
	case prolongs(p, a):
		return Prolonged, true
	case Reminds(a):
		return Urged, true
	case len(a.Approve) > 0:
		return Conceded, true
	}
	return "", false
}

// Reminds reports that an action leaves a case where it is, makes it nobody's
// turn and tells somebody, by the decision of one person.
func Reminds(a *procedure.Action) bool {
	return a.Aside && a.To == "" && len(a.Notify) > 0 && len(a.By) > 0 && len(a.Approve) == 0
}

// prolongs reports that an action adds to the limit of a clock or sets anew the
// day or the instant at which one ends that it does not start.
func prolongs(p *procedure.Procedure, a *procedure.Action) bool {
	if a.Extend != nil {
		return true
	}
	return slices.ContainsFunc(p.Clocks, func(k procedure.Clock) bool {
		if k.Until == "" || slices.Contains(k.From, a.ID) || a.To != "" && slices.Contains(k.From, a.To) {
			return false
		}
		return slices.ContainsFunc(a.Set, func(s procedure.Set) bool { return s.Field == k.Until }) ||
			slices.ContainsFunc(a.Asks, func(s procedure.Ask) bool { return s.Field == k.Until })
	})
}
