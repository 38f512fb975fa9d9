package explain

import (
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/web/ui"
)

// Entry is one thing that is explained: an action, a clock, a party.
type Entry struct {
	ID    string
	Name  string
	Help  string
	Facts []Fact
}

// Fact is what is said of it under a heading.
type Fact struct {
	Label string
	Lines []Line
}

// Line is one statement. Code is an expression of the pack that makes it
// exact, Href leads to what it names; both may be empty.
type Line struct {
	Text string
	Code string
	Href string
}

// Explainer explains the procedures of a pack in one language.
type Explainer struct {
	*ui.Messages
	pack *policy.Pack
	p    *procedure.Procedure
	reg  *register.Register // whose fields conditions are about, nil for the procedure's
}

// New is the explainer of a compiled procedure of the pack.
func New(m *ui.Messages, pack *policy.Pack, p *procedure.Procedure) Explainer {
	return Explainer{Messages: m, pack: pack, p: p}
}

// Stand is a state in which a case can be, with what can be done in it: what
// the picture shows.
type Stand struct {
	Name  string
	Kind  string // what the state means, "" for one in which somebody has to act
	Steps []Step
}

// Step is what can be done, an arrow of the picture.
type Step struct {
	Action string
	To     string // the state it leads to, "" when the case stays
	Auto   bool   // it may happen by itself
}

// Stands lists the states with what can be done in them, the beginning first,
// in the order of the file.
func (x Explainer) Stands() []Stand {
	list := []Stand{{Name: x.T("explain.beginning"), Steps: x.steps(procedure.New)}}
	for _, s := range x.p.States {
		one := Stand{Name: s.Name.In(x.Lang()), Steps: x.steps(s.ID)}
		if s.Kind != procedure.OpenState {
			one.Kind = x.Of("explain.state.", s.Kind)
		}
		list = append(list, one)
	}
	return list
}

func (x Explainer) steps(state string) []Step {
	var list []Step
	for _, a := range x.p.Actions {
		if !slices.Contains(a.At, state) {
			continue
		}
		s := Step{Action: a.Name.In(x.Lang()), Auto: a.Auto != nil}
		if a.To != "" && a.To != state {
			s.To = x.stateName(a.To)
		}
		list = append(list, s)
	}
	return list
}

// Parties says of every party who belongs to it.
func (x Explainer) Parties() []Entry {
	list := make([]Entry, len(x.p.Parties))
	for i, p := range x.p.Parties {
		list[i] = Entry{ID: p.ID, Name: p.Name.In(x.Lang()), Help: x.who(p.Who)}
	}
	return list
}

// who is a relation in words.
func (x Explainer) who(w procedure.Who) string {
	terms := func(list []procedure.Term) string {
		words := make([]string, len(list))
		for i, t := range list {
			words[i] = x.term(t)
		}
		return x.listed(words)
	}
	if len(w.Minus) == 0 {
		return terms(w.Plus)
	}
	return x.T("explain.who.except", "who", terms(w.Plus), "out", terms(w.Minus))
}

func (x Explainer) term(t procedure.Term) string {
	switch t.Kind {
	case procedure.Post:
		if t.Role == "" {
			return x.T("explain.who.any_post", "unit", x.unit(t.Unit))
		}
		role, _ := x.pack.Role(t.Role)
		return x.T("explain.who.post", "unit", x.unit(t.Unit), "role", role.Name)
	case procedure.Holds:
		return x.T("explain.who.holds", "field", x.label(t.Name))
	case procedure.Person:
		return x.T("explain.who.person", "field", x.label(t.Name))
	case procedure.Holder:
		if f, ok := x.p.Field(t.Name); ok && f.Type == procedure.SubjectField {
			return x.T("explain.who.acts", "field", x.label(t.Name))
		}
		return x.T("explain.who.holder", "field", x.label(t.Name))
	case procedure.Did:
		return x.T("explain.who.did", "action", x.actionName(t.Name))
	case procedure.Public:
		return x.T("explain.who.public")
	case procedure.Program:
		return x.T("explain.who.program")
	}
	return x.partyName(t.Name)
}

func (x Explainer) unit(u procedure.UnitRef) string {
	switch {
	case u.Field != "":
		if f, ok := x.p.Field(u.Field); ok && f.Type == procedure.AreaField {
			return x.T("explain.who.area_in", "field", f.Label)
		}
		return x.T("explain.who.unit_in", "field", x.label(u.Field))
	case u.Area != "":
		return x.T("explain.who.unit_of_area", "field", x.label(u.Area))
	}
	unit, _ := x.pack.Unit(u.ID)
	return unit.Name.In(x.Lang())
}

// Published says in which states the public is shown a case, "" when the
// district shows none of its own accord.
func (x Explainer) Published() string { return x.quoted(x.p.Publish, x.stateName) }

// Quiet says in which states only the parties of a case read anything of it, "" for
// none.
func (x Explainer) Quiet() string { return x.quoted(x.p.Quiet, x.stateName) }

// Limit is how long a clock runs, on one line.
func (x Explainer) Limit(k *procedure.Clock) string {
	var words []string
	for _, l := range x.limits(k) {
		words = append(words, l.Text)
	}
	return strings.Join(words, x.T("explain.semicolon"))
}

// The names things have for the reader. A name the pack does not have cannot
// stand in a compiled procedure.

func (x Explainer) label(field string) string {
	if f, ok := x.field(field); ok {
		return f.Label.In(x.Lang())
	}
	return field
}

func (x Explainer) partyName(id string) string {
	if p, ok := x.p.Party(id); ok {
		return p.Name.In(x.Lang())
	}
	return id
}

func (x Explainer) actionName(id string) string {
	if a, ok := x.p.Action(id); ok {
		return a.Name.In(x.Lang())
	}
	return id
}

func (x Explainer) stateName(id string) string {
	if s, ok := x.p.State(id); ok {
		return s.Name.In(x.Lang())
	}
	return x.T("explain.beginning")
}

func (x Explainer) clockName(id string) string {
	if k, ok := x.p.Clock(id); ok {
		return k.Name.In(x.Lang())
	}
	return id
}

func (x Explainer) listed(words []string) string { return strings.Join(words, x.T("list.separator")) }

// names lists ids by what name calls them.
func (x Explainer) names(ids []string, name func(string) string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = name(id)
	}
	return x.listed(words)
}

// quoted lists ids by name, each in quotation marks.
func (x Explainer) quoted(ids []string, name func(string) string) string {
	return x.names(ids, func(id string) string { return "“" + name(id) + "”" })
}

// facts gathers what is to be said; a heading without lines is left out.
type facts []Fact

func (f *facts) add(label string, lines ...Line) {
	if len(lines) > 0 {
		*f = append(*f, Fact{label, lines})
	}
}

func (f *facts) say(label string, texts ...string) {
	var lines []Line
	for _, t := range texts {
		if t != "" {
			lines = append(lines, Line{Text: t})
		}
	}
	f.add(label, lines...)
}

// percent is a share as people write it.
func percent(n int) string { return strconv.Itoa(n) + "%" }

// words is a pack's text as a line.
func words(t gov.Text, l gov.Lang) Line { return Line{Text: t.In(l)} }
