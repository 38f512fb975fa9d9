package casework

import (
	"context"
	"errors"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/precedent"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Numbers returns the numbers of cases by id; ids that are no case's are left
// out.
func (w *Casework) Numbers(ctx context.Context, s people.Standing, ids []string) (map[string]string, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	numbers := map[string]string{}
	for _, text := range ids {
		id, err := gov.ParseID(text)
		if err != nil || numbers[text] != "" {
			continue
		}
		c, _, err := w.docket.Case(ctx, id)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		numbers[text] = c.Number
	}
	return numbers, nil
}

// May tells whether somebody may do an action of a case now, what is typed
// aside, and if not why.
func (w *Casework) May(ctx context.Context, s people.Standing, id gov.ID, action string) error {
	f, actor, err := w.open(ctx, s, id)
	if err != nil {
		return err
	}
	for _, o := range cases.Options(f.Procedure, f.Case, actor, f.World) {
		if o.Action.ID == action {
			return o.Why
		}
	}
	_, err = cases.Act(f.Procedure, f.Case, cases.Input{Action: action, Actor: actor}, f.World)
	var typed cases.Mistakes
	if errors.As(err, &typed) { // options leave it out, so it is not the fields alone
		err = gov.Errorf(gov.Forbidden, "您现在不能这样办理", "you cannot do this now")
	}
	return err
}

// Try tells whether an action would be done on a case as it is now, without
// doing it.
func (w *Casework) Try(ctx context.Context, s people.Standing, id gov.ID, action string, values cases.Values) error {
	f, actor, err := w.open(ctx, s, id)
	if err != nil {
		return err
	}
	_, err = cases.Act(f.Procedure, f.Case, cases.Input{Action: action, Values: values, Actor: actor}, f.World)
	return err
}

// open reads a case for somebody who is to do something about it.
func (w *Casework) open(ctx context.Context, s people.Standing, id gov.ID) (docket.File, cases.Actor, error) {
	if err := Enter(s); err != nil {
		return docket.File{}, cases.Actor{}, err
	}
	f, err := w.docket.File(ctx, id, s.At)
	return f, Actor(w.packs.Current(), s), err
}

// Suggestions lists what the fields of an action may be given where a case
// stands, for somebody who may do it.
func (w *Casework) Suggestions(ctx context.Context, s people.Standing, id gov.ID, a *procedure.Action) (map[string][]cases.Suggestion, error) {
	f, _, err := w.open(ctx, s, id)
	if err != nil {
		return nil, err
	}
	past, err := w.docket.Past(ctx, f.Procedure, f.Case, a.ID)
	if err != nil {
		return nil, err
	}
	all := map[string][]cases.Suggestion{}
	for _, ask := range a.Asks {
		field, ok := f.Procedure.Field(ask.Field)
		if !ok {
			continue
		}
		for _, g := range precedent.Suggest(f.Procedure, f.Case, a.ID, ask.Field, f.World, past) {
			if _, wrong, err := w.known(ctx, s, field, g.Value); err != nil {
				return nil, err
			} else if wrong == nil { // a unit that is no more is not suggested
				all[ask.Field] = append(all[ask.Field], g)
			}
		}
	}
	return all, nil
}

// TryBegin begins a case without keeping it, and says why it cannot be begun.
func (w *Casework) TryBegin(s people.Standing, u docket.Under, a *procedure.Action, values cases.Values) error {
	c := cases.Case{Procedure: u.Procedure.ID, Pack: u.Pack.Hash}
	_, err := cases.Begin(u.Procedure, c, w.input(s, a.ID, values, ""), nil, cases.World{Now: s.At, Calendar: w.docket.Calendar(), Dir: u.Pack})
	return err
}
