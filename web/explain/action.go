package explain

import (
	"cmp"
	"slices"

	"quanxiang/policy/procedure"
)

// Actions says of every action who may do it, where, on which conditions and what
// follows from it.
func (x Explainer) Actions() []Entry {
	list := make([]Entry, len(x.p.Actions))
	for i := range x.p.Actions {
		a := &x.p.Actions[i]
		var f facts
		f.say(x.T("explain.where"), x.way(a))
		f.say(x.T("explain.by"), x.by(a)...)
		f.add(x.T("explain.auto"), x.auto(a)...)
		f.say(x.T("explain.asks"), x.asks(a)...)
		f.add(x.T("explain.suggested"), x.suggestions(a)...)
		f.add(x.T("explain.conditions"), x.conditions(a)...)
		f.say(x.T("explain.consent"), x.consent(a)...)
		f.add(x.T("explain.effects"), x.effects(a)...)
		f.say(x.T("explain.mind"), x.mind(a)...)
		list[i] = Entry{ID: a.ID, Name: a.Name.In(x.Lang()), Help: a.Help.In(x.Lang()), Facts: f}
	}
	return list
}

// way says at which states it is done and which it leads to.
func (x Explainer) way(a *procedure.Action) string {
	from := x.quoted(a.At, x.stateName)
	switch {
	case slices.Contains(a.At, procedure.New):
		return x.T("explain.way.begins", "to", x.stateName(a.To))
	case a.To == "" || slices.Equal(a.At, []string{a.To}):
		return x.T("explain.way.stays", "from", from)
	}
	return x.T("explain.way.moves", "from", from, "to", x.stateName(a.To))
}

func (x Explainer) by(a *procedure.Action) []string {
	switch {
	case a.Together != nil:
		return []string{x.T("explain.by.together", "who", x.names(a.Together.Of, x.partyName), "need", a.Together.Need)}
	case len(a.By) > 0:
		return []string{x.names(a.By, x.partyName)}
	case a.Auto == nil:
		return []string{x.T("explain.by.system_begins")}
	}
	return []string{x.T("explain.by.nobody")}
}

// auto says when an action is done by itself.
func (x Explainer) auto(a *procedure.Action) []Line {
	switch auto := a.Auto; {
	case auto == nil:
		return nil
	case auto.After.N > 0:
		return []Line{{Text: x.T("explain.auto.after", "limit", auto.After.Text())}}
	case auto.At != "":
		return []Line{{Text: x.T("explain.auto.at", "field", x.label(auto.At))}}
	case auto.Late != "":
		return []Line{{Text: x.T("explain.auto.late", "clock", x.clockName(auto.Late))}}
	default:
		return []Line{{Text: x.T("explain.auto.when"), Code: auto.When}}
	}
}

func (x Explainer) asks(a *procedure.Action) []string {
	var must, may []string
	for _, k := range a.Asks {
		if k.Required {
			must = append(must, k.Field)
		} else {
			may = append(may, k.Field)
		}
	}
	var list []string
	if len(must) > 0 {
		list = append(list, x.T("explain.asks.must", "fields", x.names(must, x.label)))
	}
	if len(may) > 0 {
		list = append(list, x.T("explain.asks.may", "fields", x.names(may, x.label)))
	}
	return list
}

// suggestions says what fields may be filled with, and why.
func (x Explainer) suggestions(a *procedure.Action) []Line {
	var list []Line
	for _, r := range x.p.Precedents {
		if slices.Contains(r.Of, a.ID) {
			list = append(list, Line{Text: x.T("explain.precedent", "field", x.label(r.Field), "name", r.Name)})
		}
	}
	for _, g := range a.Suggest {
		list = append(list, Line{Text: x.T("explain.suggest", "field", x.label(g.Field), "why", g.Why), Code: g.To})
	}
	return list
}

// conditions gives the expressions and what is answered when they do not hold.
func (x Explainer) conditions(a *procedure.Action) []Line {
	list := make([]Line, len(a.When))
	for i, w := range a.When {
		list[i] = Line{Text: x.T("explain.conditions.else", "why", w.Why), Code: w.If}
	}
	return list
}

func (x Explainer) consent(a *procedure.Action) []string {
	switch len(a.Approve) {
	case 0:
		return nil
	case 1:
		return []string{x.T("explain.consent.one", "who", x.partyName(a.Approve[0]))}
	}
	return []string{x.T("explain.consent.several", "who", x.names(a.Approve, x.partyName))}
}

// effects says what else happens, in the order in which it does.
func (x Explainer) effects(a *procedure.Action) []Line {
	var list []Line
	say := func(s string) { list = append(list, Line{Text: s}) }
	if len(a.Clear) > 0 {
		say(x.T("explain.effect.clear", "fields", x.quoted(a.Clear, x.label)))
	}
	for _, s := range a.Set {
		list = append(list, Line{Text: x.T("explain.effect.set", "field", x.label(s.Field)), Code: s.To})
	}
	if a.Merge != "" {
		say(x.T("explain.effect.merge", "field", x.label(a.Merge)))
	}
	if e := a.Extend; e != nil && e.Part > 0 {
		say(x.T("explain.effect.extend_part", "clock", x.clockName(e.Clock), "share", percent(e.Part)))
	} else if e != nil && e.Field != "" {
		say(x.T("explain.effect.extend_field", "clock", x.clockName(e.Clock), "field", x.label(e.Field)))
	} else if e != nil {
		say(x.T("explain.effect.extend", "clock", x.clockName(e.Clock), "limit", e.By.Text()))
	}
	if len(a.Unseal) > 0 {
		say(x.T("explain.effect.unseal", "fields", x.quoted(a.Unseal, x.label)))
	}
	for _, o := range a.Open {
		list = append(list, x.opened(o))
	}
	list = append(list, x.enters(a, "explain.effect.")...)
	if l, ok := x.p.Letter(a.Letter); ok {
		say(x.T("explain.effect.letter", "letter", l.Name, "who", cmp.Or(l.Open, procedure.OpenCase).Name()))
	}
	if len(a.Notify) > 0 {
		say(x.T("explain.effect.notify", "who", x.names(a.Notify, x.partyName)))
	}
	return list
}

// opened says which sub-cases an action begins.
func (x Explainer) opened(o procedure.Open) Line {
	child, _ := x.p.Child(o.Child)
	kind, _ := x.pack.Procedure(child.Procedure)
	l := Line{Href: "/procedures/" + kind.ID}
	switch {
	case o.Each != "":
		l.Text = x.T("explain.effect.open_each", "child", kind.Title, "field", x.label(o.Each))
	case o.Times != "":
		l.Text = x.T("explain.effect.open_times", "child", kind.Title, "field", x.label(o.Times))
	default:
		l.Text = x.T("explain.effect.open", "child", kind.Title)
	}
	return l
}

// mind says what to bear in mind before doing it.
func (x Explainer) mind(a *procedure.Action) []string {
	var list []string
	if a.Times > 0 {
		list = append(list, x.T("explain.mind.times", "n", a.Times))
	}
	if s := a.Site; s != nil {
		where := s.Place
		if where == "" {
			where = s.Area
		}
		list = append(list, x.T("explain.mind.site", "field", x.label(where), "metres", s.Distance(), "hours", s.Age()))
	}
	if a.Danger {
		list = append(list, x.T("explain.mind.danger"))
	}
	if a.Aside {
		list = append(list, x.T("explain.mind.aside"))
	}
	return list
}
