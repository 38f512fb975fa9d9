package explain

import (
	"quanxiang/cases"
)

// Event says what happened in a case, without who did it: an action by its name,
// anything else in a sentence.
func (x Explainer) Event(e cases.Event) string {
	action := e.Action
	if a, ok := x.p.Action(e.Action); ok {
		action = a.Name.In(x.Lang())
	}
	clock := e.Clock
	if k, ok := x.p.Clock(e.Clock); ok {
		clock = k.Name.In(x.Lang())
	}
	switch e.Kind {
	case cases.Acted:
		return action
	case cases.Asked:
		return x.T("event.asked", "action", action)
	case cases.Agreed:
		return x.T("event.agreed", "action", action)
	case cases.Refused:
		return x.T("event.refused", "action", action)
	case cases.Commented:
		return x.T("event.commented")
	case cases.Warned:
		return x.T("event.warned", "clock", clock, "percent", e.Percent)
	case cases.Late:
		return x.T("event.late", "clock", clock)
	case cases.Absorbed:
		return x.T("event.absorbed")
	}
	return x.T("event.reckoned")
}
