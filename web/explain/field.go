package explain

import (
	"slices"
	"strconv"

	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Field is a field in words.
type Field struct {
	ID    string
	Label string
	Help  string
	Type  string // what it holds, with its bounds
	Open  string // who reads it
	Notes []Line // what else is true of it
}

// Fields says of every field what it holds and who reads it.
func (x Explainer) Fields() []Field {
	list := make([]Field, len(x.p.Fields))
	for i := range x.p.Fields {
		f := &x.p.Fields[i]
		it := Field{ID: f.ID, Label: f.Label.In(x.Lang()), Help: f.Help.In(x.Lang()), Type: x.Holds(f), Open: x.Readers(f)}
		note := func(s string) { it.Notes = append(it.Notes, Line{Text: s}) }
		if f.ID == x.p.Subject {
			note(x.T("explain.field.subject"))
		}
		if f.ID == x.p.Unit {
			note(x.T("explain.field.unit"))
		}
		if f.Value != "" {
			it.Notes = append(it.Notes, Line{Text: x.T("explain.field.computed"), Code: f.Value})
		}
		if f.At != "" && f.Type == procedure.AreaField {
			note(x.T("explain.field.at", "field", x.label(f.At)))
		}
		if slices.Contains(x.p.Facets, f.ID) {
			note(x.T("explain.field.facet"))
		}
		list[i] = it
	}
	return list
}

// Holds says what a field holds, with its bounds.
func (x Explainer) Holds(f *procedure.Field) string {
	s := x.Of("explain.type.", f.Type)
	switch {
	case f.Type == procedure.ChoiceField:
		names := make([]string, len(f.Options))
		for i, o := range f.Options {
			names[i] = o.Name.In(x.Lang())
		}
		s = x.T("explain.type.options", "options", x.listed(names))
	case f.Type == procedure.ChecklistField:
		names := make([]string, len(f.Options))
		for i, o := range f.Options {
			names[i] = o.Name.In(x.Lang())
		}
		s = x.T("explain.type.checklist_of", "options", x.listed(names))
	case f.List() != nil:
		s = x.T("explain.type.entry_of", "list", f.List().Title)
	case f.Type == procedure.SubjectField:
		s = x.T("explain.type.subject_of", "register", x.Where(f.Of, ""))
	case f.Accept != "":
		s = x.Of("explain.accept.", f.Accept)
	case f.Among != "":
		s = x.T("explain.type.among", "party", x.partyName(f.Among))
	}
	bound := func(n *int) string {
		if f.Type == procedure.MoneyField {
			return yuan(*n)
		}
		return strconv.Itoa(*n) + f.Unit
	}
	what := "number"
	if f.Type.IsText() {
		what = "characters"
	} else if f.Type.IsList() {
		what = "items"
	}
	switch {
	case f.Min != nil && f.Max != nil:
		s += x.T("explain.range."+what, "min", bound(f.Min), "max", bound(f.Max))
	case f.Max != nil:
		s += x.T("explain.most."+what, "max", bound(f.Max))
	case f.Min != nil:
		s += x.T("explain.least."+what, "min", bound(f.Min))
	case f.Unit != "":
		s += x.T("explain.counted", "unit", f.Unit)
	}
	return s
}

// yuan writes an amount of fen.
func yuan(fen int) string {
	s := strconv.Itoa(fen / 100)
	if rest := fen % 100; rest != 0 {
		s += "." + strconv.Itoa(rest/10) + strconv.Itoa(rest%10)
	}
	return s
}

// Readers says who reads a field.
func (x Explainer) Readers(f *procedure.Field) string {
	s := f.Level().Name().In(x.Lang())
	switch {
	case f.Level() == procedure.OpenNamed:
		s = x.names(f.Named, x.partyName)
	case len(f.Once) > 0:
		s = x.T("explain.open.once", "states", x.quoted(f.Once, x.stateName), "before", x.besides(procedure.OpenStaff, f), "then", s)
	default:
		s = x.besides(f.Level(), f)
	}
	if f.Sealed {
		s = x.T("explain.open.sealed", "then", s)
	}
	return s
}

// besides is who reads a level, and those a field names besides.
func (x Explainer) besides(level procedure.Openness, f *procedure.Field) string {
	s := level.Name().In(x.Lang())
	if len(f.Named) == 0 {
		return s
	}
	return x.T("explain.open.besides", "staff", s, "who", x.names(f.Named, x.partyName))
}

// series is the key of the sentence about a series.
func series(s *procedure.Series) string {
	when := "after"
	if s.Ahead {
		when = "ahead"
	}
	return "explain.series." + when
}

// whose says what each has a case of a series.
func (x Explainer) whose(s *procedure.Series) string {
	if level := s.Level(); level != "" {
		return x.T("explain.series.areas", "level", policy.AreaLevel(level).Name())
	}
	if r, ok := x.pack.Register(s.Register()); ok {
		return x.T("explain.series.entries", "register", r.Title)
	}
	unit, _ := x.pack.Unit(s.For)
	return x.T("explain.series.units", "unit", unit.Name)
}

// Origins says how cases begin without anybody: for whom and when a series
// opens one, from which lists of documents, out of which other procedures.
func (x Explainer) Origins() []Line {
	var list []Line
	if s := x.p.Series; s != nil {
		list = append(list, Line{Text: x.T(series(s), "every", x.Of("explain.every.", s.Every), "whose", x.whose(s), "limit", s.Within.Text(), "since", s.Since), Code: s.When})
	}
	if it := x.p.Items; it != nil {
		list = append(list, Line{Text: x.Of("explain.items.", it.Scope), Code: it.When})
	}
	for _, parent := range x.pack.Procedures {
		for _, a := range parent.Actions {
			if slices.ContainsFunc(a.Open, func(o procedure.Open) bool {
				child, ok := parent.Child(o.Child)
				return ok && child.Procedure == x.p.ID
			}) {
				list = append(list, Line{Text: x.T("explain.parent", "parent", parent.Title, "action", a.Name), Href: "/procedures/" + parent.ID})
			}
		}
	}
	return list
}

// Remarks says who may add a remark at any time, "" for nobody.
func (x Explainer) Remarks() string { return x.names(x.p.Comments, x.partyName) }
