package desk

import (
	"maps"
	"slices"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// ownFields are the fields of an action for which something may be suggested: of
// several cases each is asked for its own.
func ownFields(p *procedure.Procedure, a *procedure.Action) (list []*procedure.Field) {
	for _, ask := range a.Asks {
		f, ok := p.Field(ask.Field)
		if ok && (slices.ContainsFunc(a.Suggest, func(g procedure.Suggest) bool { return g.Field == f.ID }) ||
			slices.ContainsFunc(p.Precedents, func(r procedure.Precedent) bool { return r.Field == f.ID && slices.Contains(r.Of, a.ID) })) {
			list = append(list, f)
		}
	}
	return list
}

// asking is an action that asks for its own fields only, or for the others only.
func asking(p *procedure.Procedure, a *procedure.Action, own bool) *procedure.Action {
	part, fields := *a, ownFields(p, a)
	part.Asks = slices.DeleteFunc(slices.Clone(a.Asks), func(x procedure.Ask) bool {
		return own != slices.ContainsFunc(fields, func(f *procedure.Field) bool { return f.ID == x.Field })
	})
	return &part
}

// ownName is the name of the input of a field for one of several cases.
func ownName(field string, id gov.ID) string { return caseform.Name(field) + "-" + id.String() }

// ownRow is one of several cases with the inputs for it alone.
type ownRow struct {
	row
	Facts  []value // by what such cases are told apart
	Inputs []ui.Field
}

// batch is what was sent for several cases; what each gets stands at its place.
type batch struct {
	shared casework.Typed // what all get; nil when nothing was sent yet
	wrong  cases.Mistakes // with that
	typed  []casework.Typed
	values []cases.Values
	own    []cases.Mistakes // with what is a case's own
}

// right reports that nothing is wrong with what was sent.
func (b batch) right() bool {
	return len(b.wrong) == 0 && !slices.ContainsFunc(b.own, func(m cases.Mistakes) bool { return len(m) > 0 })
}

// readBatch reads what was sent for several cases.
func (k *Desk) readBatch(v *visit, all several, a *procedure.Action) (b batch, err error) {
	u := all.sheets[0].Under
	own := asking(u.Procedure, a, true)
	b.shared = caseform.Maker{Messages: v.Messages, Under: u}.Read(v.PostForm, asking(u.Procedure, a, false))
	for _, ask := range asking(u.Procedure, a, false).Asks {
		if ask.Required && len(b.shared[ask.Field]) == 0 {
			b.shared[ask.Field] = []string{""} // what a case has already is not what was typed for all
		}
	}
	for _, s := range all.sheets {
		typed := maps.Clone(b.shared)
		for _, ask := range own.Asks {
			typed[ask.Field] = v.PostForm[ownName(ask.Field, s.ID)]
		}
		values, wrong, err := k.Work.Values(v.Context(), v.Standing, u, a, typed)
		if err != nil {
			return b, err
		}
		for _, ask := range a.Asks {
			if f, _ := u.Procedure.Field(ask.Field); ask.Required && strings.TrimSpace(strings.Join(typed[f.ID], "")) == "" {
				wrong = append(wrong, gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", f.Label.ZH, f.Label.In(gov.EN)).On(f.ID))
			}
		}
		var mine cases.Mistakes
		b.wrong = nil // that of all is the same for each
		for _, m := range wrong {
			if slices.ContainsFunc(own.Asks, func(x procedure.Ask) bool { return x.Field == m.Field }) {
				mine = append(mine, m)
			} else {
				b.wrong = append(b.wrong, m)
			}
		}
		b.typed, b.values, b.own = append(b.typed, typed), append(b.values, values), append(b.own, mine)
	}
	return b, nil
}

// ownRows asks for what each of several cases gets for itself, filled in with
// what was typed, else with what is suggested for it.
func (k *Desk) ownRows(v *visit, all several, a *procedure.Action, sent batch) ([]ownRow, error) {
	p := all.sheets[0].Under.Procedure
	own := asking(p, a, true)
	if len(own.Asks) == 0 {
		return nil, nil
	}
	var rows []ownRow
	for i, s := range all.sheets {
		suggested, err := k.Work.Suggestions(v.Context(), v.Standing, s.ID, a)
		if err != nil {
			return nil, err
		}
		maker := caseform.Maker{Messages: v.Messages, Pack: v.pack, Under: all.sheets[0].Under, Shown: s.Fields, Suggested: suggested, Day: gov.DateOf(v.At)}
		if maker.People, err = k.among(v, s.ID, p, own); err != nil {
			return nil, err
		}
		var typed casework.Typed
		var wrong cases.Mistakes
		if sent.typed != nil {
			typed, wrong = sent.typed[i], sent.own[i]
		}
		r := ownRow{row: row{ID: s.ID.String(), Href: CasePath(s.ID), Number: s.Number, Subject: s.Subject}, Inputs: maker.Fields(own, typed, wrong)}
		for j, ask := range own.Asks {
			f, _ := p.Field(ask.Field)
			r.Inputs[j] = first(v.Messages, r.Inputs[j], suggested[f.ID])
			if f.Type.IsList() { // a page of ticks for each case would hide the cases
				r.Inputs[j].Kind, r.Inputs[j].Value = "text", strings.Join(casework.Words(v.pack, f, r.Inputs[j].Values, gov.ZH), "、")
			}
			r.Inputs[j].Name = ownName(f.ID, s.ID)
		}
		for _, shown := range s.Fields {
			if slices.Contains(p.Facets, shown.Field.ID) && !shown.Sealed && !slices.ContainsFunc(own.Asks, func(x procedure.Ask) bool { return x.Field == shown.Field.ID }) {
				r.Facts = append(r.Facts, value{Label: shown.Field.Label.In(v.Lang()), Texts: casework.Words(s.Under.Pack, shown.Field, shown.Value, v.Lang())})
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// first puts the options that are suggested before the others.
func first(m *ui.Messages, x ui.Field, list []cases.Suggestion) ui.Field {
	if x.Kind != "select" || len(x.Options) == 0 {
		return x
	}
	head := x.Options[:1:1]
	for _, g := range list {
		for _, o := range x.Options[1:] {
			if o.Value == g.Value {
				o.Group = m.T("desk.bulk.suggested")
				head = append(head, o)
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(x.Options[1:]), func(o ui.Option) bool {
		return slices.ContainsFunc(list, func(g cases.Suggestion) bool { return o.Value == g.Value })
	})
	x.Options = append(head, rest...)
	return x
}
