package caseform

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/files/kind"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/rules/money"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// Maker makes the fields of forms for one case, or one yet to be begun.
type Maker struct {
	Messages  *ui.Messages
	Pack      *policy.Pack // in force: what can be chosen
	Under     docket.Under // what the case runs under
	Shown     []cases.Shown
	Files     []docket.Attachment           // attached, as far as the reader may know of them
	People    map[string][]people.Person    // by field: whom it may name
	Numbers   map[string]string             // of cases by their id
	Suggested map[string][]cases.Suggestion // by field: what it may be given, the first filled in where it is empty
	Day       gov.Date                      // on which the form is filled in: entries not in use are left out; zero leaves none out
}

// prefix keeps the fields of a procedure apart from the page's own inputs.
const prefix = "f-"

// Name is the name of a field's input.
func Name(field string) string { return prefix + field }

// Fields makes the inputs of an action: with what was typed, if anything was,
// else with the values the case has and the reader may see.
func (k Maker) Fields(a *procedure.Action, typed casework.Typed, wrong cases.Mistakes) []ui.Field {
	words := explain.New(k.Messages, k.Under.Pack, k.Under.Procedure)
	var list []ui.Field
	for _, ask := range a.Asks {
		f, _ := k.Under.Procedure.Field(ask.Field)
		inputs, there := typed[f.ID]
		if !there && typed == nil {
			if inputs = k.current(f); len(inputs) == 0 && len(k.Suggested[f.ID]) > 0 {
				inputs = k.write(f, k.Suggested[f.ID][0].Value)
			}
		}
		x := k.field(f, inputs)
		x.Name, x.Label, x.Required = Name(f.ID), f.Label.In(k.Messages.Lang()), ask.Required && x.Kind != "fixed"
		x.Hint = k.hint(words, f, x.Hint)
		for _, m := range wrong {
			if m.Field == f.ID {
				x.Error = m.Text.In(k.Messages.Lang())
			}
		}
		follow(list, &x)
		list = append(list, x)
	}
	return list
}

// Mend puts mistakes at the fields of a form, and returns those that are about
// none of them.
func Mend(fields []ui.Field, wrong cases.Mistakes, l gov.Lang) (rest cases.Mistakes) {
	for _, m := range wrong {
		i := slices.IndexFunc(fields, func(x ui.Field) bool { return x.Name == Name(m.Field) || x.Name == m.Field })
		if i < 0 {
			rest = append(rest, m)
			continue
		}
		fields[i].Error = m.Text.In(l)
	}
	return rest
}

// Uploads reports whether an action asks for files.
func Uploads(p *procedure.Procedure, a *procedure.Action) bool {
	return Asks(p, a, procedure.FilesField)
}

// Asks reports whether an action asks for a field of one of some types.
func Asks(p *procedure.Procedure, a *procedure.Action, types ...procedure.FieldType) bool {
	return slices.ContainsFunc(a.Asks, func(ask procedure.Ask) bool {
		f, _ := p.Field(ask.Field)
		return slices.Contains(types, f.Type)
	})
}

// Read takes what was typed for an action out of a form. What is left empty is
// taken away from the case, but not where the reader could not see that there
// was anything.
func (k Maker) Read(form url.Values, a *procedure.Action) casework.Typed {
	typed := casework.Typed{}
	for _, ask := range a.Asks {
		f, _ := k.Under.Procedure.Field(ask.Field)
		inputs := form[Name(f.ID)]
		if f.Type == procedure.ChecklistField {
			inputs = answers(form, Name(f.ID))
		}
		blank := !slices.ContainsFunc(inputs, func(s string) bool { return strings.TrimSpace(s) != "" })
		shown := slices.ContainsFunc(k.Shown, func(s cases.Shown) bool { return s.Field.ID == f.ID && !s.Sealed })
		if f.Type == procedure.ContactField || blank && !shown {
			continue
		}
		typed[f.ID] = inputs
	}
	return typed
}

// current is the value a case has, as it is typed.
func (k Maker) current(f *procedure.Field) []string {
	for _, s := range k.Shown {
		if s.Field.ID == f.ID {
			return k.write(f, s.Value)
		}
	}
	return nil
}

// write is a value as entered.Parse reads it.
func (k Maker) write(f *procedure.Field, v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case bool:
		return []string{strconv.FormatBool(v)}
	case int64:
		switch f.Type {
		case procedure.MoneyField:
			return []string{strings.TrimSuffix(money.Fen(v).String(), ".00")}
		case procedure.InstantField:
			return []string{time.UnixMilli(v).In(gov.China).Format("2006-01-02T15:04")}
		}
		return []string{strconv.FormatInt(v, 10)}
	case string:
		if f.Type == procedure.CaseField {
			return []string{cmp.Or(k.Numbers[v], v)}
		}
		return []string{v}
	}
	return nil
}

// field is an input for a type, without label.
func (k Maker) field(f *procedure.Field, inputs []string) ui.Field {
	m := k.Messages
	x := ui.Field{Kind: "text", Values: inputs}
	if len(inputs) > 0 {
		x.Value = inputs[0]
	}
	switch f.Type {
	case procedure.ParagraphField:
		x.Kind = "prose"
	case procedure.IntegerField:
		x.Suffix = f.Unit
	case procedure.MoneyField:
		x.Kind, x.Suffix, x.Hint = "money", m.T("form.yuan"), m.T("form.money_hint")
	case procedure.DateField:
		x.Kind = "date"
	case procedure.InstantField:
		x.Kind = "datetime-local"
	case procedure.BoolField:
		x.Kind = "radio"
		x.Options = []ui.Option{{Value: "true", Label: m.T("form.yes")}, {Value: "false", Label: m.T("form.no")}}
	case procedure.ChoiceField:
		x.Kind, x.Options = "select", k.choices(f)
	case procedure.UnitField:
		x.Kind, x.Options = "select", k.choose(k.units(inputs))
	case procedure.UnitsField:
		x.Kind, x.Options = "checks", k.units(inputs)
	case procedure.PostField:
		x.Kind, x.Options = "select", k.choose(k.posts(inputs))
	case procedure.PostsField:
		x.Kind, x.Options = "checks", k.posts(inputs)
	case procedure.AreaField:
		x.Kind, x.Options = "select", k.choose(k.areas(f.Size))
		if at, ok := k.point(f); ok {
			x.Hint = m.T("form.area_hint", "field", at.Label)
		}
	case procedure.PointField:
		x.Hint = m.T("form.point_hint")
	case procedure.EntryField:
		x.Kind, x.Options = "select", k.choose(k.entries(f, inputs))
	case procedure.PersonField:
		x.Kind, x.Options = "select", k.choose(k.persons(f))
	case procedure.PersonsField:
		x.Kind, x.Options = "checks", k.persons(f)
	case procedure.ChecklistField:
		x = k.checklist(f, inputs)
	case procedure.FilesField:
		x.Kind, x.Options, x.Pictures = "files", k.files(inputs), f.Accept == "image"
		x.Hint = kind.Accepted(f.Accept).In(m.Lang())
		if f.Accept == "signature" {
			x.Kind, x.Hint = "signature", ""
		}
	case procedure.CaseField:
		x.Hint = m.T("form.case_hint")
	case procedure.SubjectField:
		x.Hint = explain.New(m, k.Pack, k.Under.Procedure).Holds(f)
	case procedure.ContactField:
		x.Kind, x.Hint = "fixed", m.T("form.contact_hint")
	}
	if x.Kind == "checks" {
		x.Options = k.chosenFirst(x.Options, inputs)
	}
	return x
}

// hint says what goes into a field: the pack's help, and the bounds.
func (k Maker) hint(words explain.Explainer, f *procedure.Field, more string) string {
	var list []string
	if help := f.Help.In(k.Messages.Lang()); help != "" {
		list = append(list, help)
	}
	if (f.Min != nil || f.Max != nil || f.Type == procedure.MoneyField) && f.Accept != "signature" {
		list = append(list, words.Holds(f))
	}
	if more != "" {
		list = append(list, more)
	}
	for _, g := range k.Suggested[f.ID] {
		value := strings.Join(casework.Words(k.Under.Pack, f, g.Value, k.Messages.Lang()), k.Messages.T("list.separator"))
		list = append(list, k.Messages.T("form.suggested", "value", value, "why", g.Why))
	}
	return strings.Join(list, k.Messages.T("explain.semicolon"))
}
