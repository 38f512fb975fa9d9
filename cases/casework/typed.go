package casework

import (
	"context"
	"errors"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/entered"
	"quanxiang/cases/naming"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Typed is what somebody typed for the fields of an action, by the field's id:
// the inputs of a form, the cells of a sheet.
type Typed map[string][]string

// Values reads what somebody typed for an action. Units, posts and areas may be
// written by their ids or names, cases by their numbers. Every mistake is about
// its field, and the values that could be read are returned beside the
// mistakes. A field that is not in typed keeps the value it has. Whether files
// are attached to the case is looked at when it is acted on.
func (w *Casework) Values(ctx context.Context, s people.Standing, u docket.Under, a *procedure.Action, typed Typed) (cases.Values, cases.Mistakes, error) {
	values := cases.Values{}
	var wrong cases.Mistakes
	for _, ask := range a.Asks {
		inputs, there := typed[ask.Field]
		if !there {
			continue
		}
		f, _ := u.Procedure.Field(ask.Field)
		v, mistake, err := w.parse(ctx, f, inputs)
		if err != nil {
			return nil, nil, err
		}
		if mistake == nil && entered.Given(v) {
			v, mistake = entered.Check(f, v)
		}
		if mistake == nil && entered.Given(v) {
			if v, mistake, err = w.known(ctx, s, f, v); err != nil {
				return nil, nil, err
			}
		}
		if mistake != nil {
			wrong = append(wrong, mistake.On(f.ID))
			continue
		}
		values[f.ID] = v
	}
	return values, wrong, nil
}

// parse reads the inputs of a field. A case is written by its number, an entry
// of a list by whatever tells it from the others.
func (w *Casework) parse(ctx context.Context, f *procedure.Field, inputs []string) (any, *gov.Error, error) {
	v, mistake := entered.Parse(f, inputs...)
	number, ok := v.(string)
	if f.Type == procedure.EntryField && ok {
		return naming.Entry(f, number), mistake, nil
	}
	if f.Type != procedure.CaseField || !ok {
		return v, mistake, nil
	}
	if _, err := gov.ParseID(number); err == nil {
		return v, nil, nil
	}
	id, err := w.docket.Find(ctx, number)
	if gov.CodeOf(err) == gov.NotFound {
		return nil, gov.Errorf(gov.Invalid, "没有编号为“%s”的案件", "there is no case with the number %q", number), nil
	}
	return id.String(), nil, err
}

// known checks that what a value names is there, and puts ids in the place of
// names. Units are those of the pack in force, whatever the case runs under: a
// unit that is no more cannot be given anything to do.
func (w *Casework) known(ctx context.Context, s people.Standing, f *procedure.Field, v any) (any, *gov.Error, error) {
	pack := w.packs.Current()
	var find func(string) (string, *gov.Error)
	switch f.Type {
	case procedure.UnitField, procedure.UnitsField:
		find = func(name string) (string, *gov.Error) { return naming.Unit(pack, name) }
	case procedure.PostField, procedure.PostsField:
		find = func(name string) (string, *gov.Error) { return naming.Post(pack, name) }
	case procedure.AreaField:
		find = func(name string) (string, *gov.Error) { return naming.Area(pack, name) }
	case procedure.SubjectField:
		key, err := w.docket.Subject(ctx, f.Of, v.(string))
		if wrong, ok := errors.AsType[*gov.Error](err); ok && wrong.Code == gov.Invalid {
			return nil, wrong, nil
		}
		return key, nil, err
	case procedure.PersonField, procedure.PersonsField:
		return w.knownPersons(ctx, s, v)
	default:
		return v, nil, nil
	}
	if list, ok := v.([]string); ok {
		found := make([]string, 0, len(list))
		for _, name := range list {
			id, mistake := find(name)
			if mistake != nil {
				return nil, mistake, nil
			}
			if !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
		return found, nil, nil
	}
	id, mistake := find(v.(string))
	return id, mistake, nil
}

// knownPersons checks that there is the person, or each of the persons, of a value.
func (w *Casework) knownPersons(ctx context.Context, s people.Standing, v any) (any, *gov.Error, error) {
	for _, text := range (cases.Values{"": v}).All("") {
		id, err := gov.ParseID(text)
		if err == nil {
			_, err = w.staff.Person(ctx, s, id)
		}
		if code := gov.CodeOf(err); code == gov.NotFound || code == gov.Invalid {
			return nil, gov.Errorf(gov.Invalid, "没有这个人", "there is no such person"), nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return v, nil, nil
}
