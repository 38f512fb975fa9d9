package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/inspection"
	"quanxiang/policy/procedure"
	"quanxiang/rules/guard"
	"quanxiang/web/ui"
)

// Colour is a colour of a procedure with what it means for how a case stands.
type Colour struct {
	ID    string
	Chip  ui.Chip
	Means Line
}

// Colours lists the colours in the order in which they are tried: the first
// that applies is the case's.
func (x Explainer) Colours() []Colour {
	list := make([]Colour, len(x.p.Colours))
	for i := range x.p.Colours {
		k := &x.p.Colours[i]
		list[i] = Colour{ID: k.ID, Chip: x.Chip(k), Means: Line{Text: x.T("explain.colour.rest")}}
		if k.Test() == nil {
			continue
		}
		list[i].Means.Text = x.condition(k.Test().Shape())
		if list[i].Means.Text == "" { // no simple words for it
			list[i].Means = Line{Text: x.T("explain.colour.expression"), Code: k.When}
		}
	}
	return list
}

var chipTones = map[procedure.Tone]string{procedure.Calm: "quiet", procedure.Good: "good", procedure.Warning: "warn", procedure.Bad: "bad"}

// Chip shows a colour by its name; it is the zero Chip for none.
func (x Explainer) Chip(k *procedure.Colour) ui.Chip {
	if k == nil {
		return ui.Chip{}
	}
	return ui.Chip{Label: k.Name.In(x.Lang()), Tone: chipTones[k.Tone]}
}

// condition says an expression in words, "" when it holds something that has
// none.
func (x Explainer) condition(s guard.Shape) string {
	switch s.Op {
	case "":
		return x.fact(s.Name, true)
	case guard.Not:
		return x.fact(s.Args[0].Name, false)
	case guard.And, guard.Or:
		words := make([]string, len(s.Args))
		for i, part := range s.Args {
			if words[i] = x.condition(part); words[i] == "" {
				return ""
			}
			if part.Op == guard.And && s.Op == guard.Or || part.Op == guard.Or && s.Op == guard.And {
				words[i] = x.T("explain.word.group", "what", words[i])
			}
		}
		return strings.Join(words, x.Of("explain.word.", s.Op))
	case guard.Other:
		return ""
	}
	return x.compared(s)
}

// fact says that something holds or does not.
func (x Explainer) fact(name string, holds bool) string {
	kind, id, what := split(name)
	switch {
	case kind == "given" && what == "":
		return x.T(either(holds, "explain.word.given", "explain.word.missing"), "field", x.label(id))
	case kind == "clock" && (what == "late" || what == "running"):
		return x.T(either(holds, "explain.word.clock.", "explain.word.clock_not.")+what, "clock", x.clockName(id))
	}
	if f, ok := x.field(name); ok {
		return x.T(either(holds, "explain.word.is", "explain.word.is_not"), "field", f.Label)
	}
	return ""
}

// compared says a comparison of something with a value written down.
func (x Explainer) compared(s guard.Shape) string {
	a, b := s.Args[0], s.Args[1]
	if b.Name != "" || a.Name == "" {
		return ""
	}
	if a.Name == "state" {
		return x.inState(s.Op, b.Value)
	}
	subject := x.subject(a.Name)
	if subject == "" {
		return ""
	}
	if b.Value == "" && (s.Op == guard.Equal || s.Op == guard.Unequal) {
		return x.fact("given."+a.Name, s.Op == guard.Unequal)
	}
	if kind, id, what := split(a.Name); kind == "clock" && what == "warned" && s.Op == guard.Least {
		return x.T("explain.word.used", "clock", x.clockName(id), "share", x.written(a.Name, b.Value))
	}
	value := x.written(a.Name, b.Value)
	if value == "" {
		return ""
	}
	how := x.Of("explain.word.", s.Op)
	if f, ok := x.field(a.Name); ok && f.Type == procedure.DateField && s.Op != guard.In {
		how = x.Of("explain.word.date.", s.Op)
	}
	if strings.HasPrefix(value, "“") {
		return x.T("explain.word.compare_words", "what", subject, "how", how, "value", value)
	}
	return x.T("explain.word.compare", "what", subject, "how", how, "value", value)
}

func (x Explainer) inState(op guard.Op, value any) string {
	var ids []string
	switch v := value.(type) {
	case string:
		ids = []string{v}
	case []string:
		ids = v
	}
	for _, id := range ids {
		if _, ok := x.p.State(id); !ok {
			return ""
		}
	}
	states := x.quoted(ids, x.stateName)
	switch {
	case len(ids) == 0:
		return ""
	case op == guard.Unequal:
		return x.T("explain.word.not_in_state", "state", states)
	case op == guard.Equal || op == guard.In:
		return x.T("explain.word.in_state", "state", states)
	}
	return ""
}

// subject is what a variable is called.
func (x Explainer) subject(name string) string {
	if f, ok := x.field(name); ok {
		return x.T("explain.word.field", "field", f.Label)
	}
	if x.reg != nil && name == inspection.Visited {
		return x.T("explain.word.visited")
	}
	kind, id, what := split(name)
	switch kind {
	case "since":
		return x.T("explain.word.since")
	case "serving":
		return x.T("explain.word.serving", "field", x.label(id))
	case "entry":
		return x.T("explain.word.of_entry", "field", x.label(id), "column", x.column(id, what))
	case "times":
		return x.T("explain.word.times", "action", x.actionName(id))
	case "clock":
		if slices.Contains([]string{"warned", "deadline", "used"}, what) {
			return x.T("explain.word.of_clock."+what, "clock", x.clockName(id))
		}
	case "children":
		child, ok := x.p.Child(id)
		if !ok || x.pack == nil {
			return ""
		}
		p, _ := x.pack.Procedure(child.Procedure)
		return x.T("explain.word.children."+what, "child", p.Title)
	}
	return ""
}

// written is a value of an expression as people write it.
func (x Explainer) written(name string, value any) string {
	f, _ := x.field(name)
	switch v := value.(type) {
	case int64:
		_, _, what := split(name)
		switch {
		case what == "warned":
			return percent(int(v))
		case f != nil && f.Type == procedure.MoneyField:
			return x.T("explain.word.yuan", "n", fmt.Sprintf("%d.%02d", v/100, v%100))
		case f != nil:
			return strconv.FormatInt(v, 10) + f.Unit
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v*100, 'f', -1, 64) + "%"
	case string:
		return x.quoted([]string{v}, func(v string) string { return x.valueName(f, v) })
	case []string:
		return x.quoted(v, func(v string) string { return x.valueName(f, v) })
	}
	return ""
}

// valueName is what a value of a field is called.
func (x Explainer) valueName(f *procedure.Field, v string) string {
	if f == nil {
		return v
	}
	for _, o := range f.Options {
		if o.ID == v {
			return o.Name.In(x.Lang())
		}
	}
	if e, ok := f.List().Entry(v); ok {
		return e.Name.In(x.Lang())
	}
	if x.pack != nil && f.Type == procedure.AreaField {
		if a, ok := x.pack.Area(v); ok {
			return a.Name.In(x.Lang())
		}
	}
	if d, err := gov.ParseDate(v); err == nil && f.Type == procedure.DateField {
		return d.In(x.Lang())
	}
	if x.pack != nil && (f.Type == procedure.UnitField || f.Type == procedure.UnitsField) {
		if u, ok := x.pack.Unit(v); ok {
			return u.Name.In(x.Lang())
		}
	}
	return v
}

// split takes the name of a variable apart: "clock.whole.late". A field's has
// one part.
func split(name string) (kind, id, what string) {
	kind, rest, _ := strings.Cut(name, ".")
	id, what, _ = strings.Cut(rest, ".")
	return kind, id, what
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
