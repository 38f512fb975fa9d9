package explain

import (
	"cmp"
	"slices"
	"strings"

	"quanxiang/policy/procedure"
)

// Clocks says of every clock how long it runs, when it starts, stops and stands
// still, and what happens when it runs out.
func (x Explainer) Clocks() []Entry {
	list := make([]Entry, len(x.p.Clocks))
	for i := range x.p.Clocks {
		k := &x.p.Clocks[i]
		var f facts
		f.add(x.T("explain.limit"), x.limits(k)...)
		f.say(x.T("explain.from"), x.marks(k.From))
		f.say(x.T("explain.to"), x.marks(k.To))
		if len(k.Pause) > 0 {
			f.say(x.T("explain.pause"), x.T("explain.pause.at", "states", x.quoted(k.Pause, x.stateName)))
		}
		if x.startsAgain(k) {
			again := x.Of("explain.again.", cmp.Or(k.Again, procedure.Resume))
			if len(k.Anew) > 0 {
				again = x.T("explain.again.anew", "again", again, "fields", x.quoted(k.Anew, x.label))
			}
			f.say(x.T("explain.again"), again)
		}
		f.say(x.T("explain.warn"), x.warnings(k))
		f.say(x.T("explain.late"), x.late(k)...)
		list[i] = Entry{ID: k.ID, Name: k.Name.In(x.Lang()), Facts: f}
	}
	return list
}

// startsAgain reports that a clock may start more than once: by something other
// than the beginning of the case.
func (x Explainer) startsAgain(k *procedure.Clock) bool {
	return slices.ContainsFunc(k.From, func(id string) bool {
		a, ok := x.p.Action(id)
		return !ok || !slices.Contains(a.At, procedure.New)
	})
}

// limits are the limits a clock may have, in the order in which they are tried.
func (x Explainer) limits(k *procedure.Clock) []Line {
	if k.Until != "" {
		if f, ok := x.p.Field(k.Until); ok && f.Type == procedure.InstantField {
			return []Line{{Text: x.T("explain.limit.until_instant", "field", f.Label)}}
		}
		return []Line{{Text: x.T("explain.limit.until_date", "field", x.label(k.Until))}}
	}
	if field, column, ok := strings.Cut(k.LimitOf, "."); ok {
		return []Line{{Text: x.T("explain.limit.of_entry", "field", x.label(field), "column", x.column(field, column))}}
	}
	if k.Limit.N > 0 {
		return []Line{words(k.Limit.Text(), x.Lang())}
	}
	list := make([]Line, len(k.Limits))
	for i, c := range k.Limits {
		list[i] = words(c.Limit.Text(), x.Lang())
		if c.Cite != "" {
			list[i].Text = x.T("explain.limit.cited", "limit", c.Limit.Text(), "cite", c.Cite)
		}
		list[i].Code = c.When
	}
	return list
}

// column is what a column of the entry in a field is called.
func (x Explainer) column(field, id string) string {
	f, ok := x.p.Field(field)
	if !ok || f.List() == nil {
		return id
	}
	if id == "name" {
		return x.T("explain.word.entry_name")
	}
	c, _ := f.List().Column(id)
	return c.Label.In(x.Lang())
}

// marks names the actions and states that start or stop a clock.
func (x Explainer) marks(ids []string) string {
	return x.names(ids, func(id string) string {
		if _, ok := x.p.Action(id); ok {
			return x.T("explain.mark.action", "action", x.actionName(id))
		}
		return x.T("explain.mark.state", "state", x.stateName(id))
	})
}

func (x Explainer) warnings(k *procedure.Clock) string {
	if len(k.Warn) == 0 {
		return ""
	}
	shares := make([]string, len(k.Warn))
	for i, w := range k.Warn {
		shares[i] = percent(w)
	}
	if len(k.Tell) == 0 {
		return x.T("explain.warn.turn", "shares", x.listed(shares))
	}
	return x.T("explain.warn.tell", "shares", x.listed(shares), "who", x.names(k.Tell, x.partyName))
}

// late says what happens when the time is over.
func (x Explainer) late(k *procedure.Clock) []string {
	list := []string{x.T("explain.late.shown")}
	if len(k.Report) > 0 {
		list = append(list, x.T("explain.late.report", "who", x.names(k.Report, x.partyName)))
	}
	for _, a := range x.p.Actions {
		if a.Auto != nil && a.Auto.Late == k.ID {
			list = append(list, x.T("explain.late.auto", "action", a.Name))
		}
	}
	return list
}
