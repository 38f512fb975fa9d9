package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// joins reports that an action begins a case only to merge it into another: who
// does it says that they have met with the same.
func joins(a *procedure.Action) bool { return a.Merge != "" }

// joiner is the action by which anybody joins a case of a procedure.
func (w *Casework) joiner(procedureID string, now time.Time) (Start, bool) {
	for _, s := range w.starts(people.Public(now)) {
		if s.Procedure.ID == procedureID && joins(s.Action) {
			return s, true
		}
	}
	return Start{}, false
}

// Joinable is a case everybody is shown that anybody may join, by its number: it
// goes on, and its procedure has an action that merges a new case of the public's
// into another. It returns NotFound where the public is shown no such case, and
// Conflict where it cannot be joined.
func (w *Casework) Joinable(ctx context.Context, number string, now time.Time) (Sheet, error) {
	s, err := w.PublicCase(ctx, number, now)
	if err != nil {
		return Sheet{}, err
	}
	if _, ok := w.joiner(s.Under.Procedure.ID, now); !ok || s.Ended != 0 || !s.Merged.IsZero() {
		return Sheet{}, gov.Errorf(gov.Conflict, "这件已经办结或不能再加入。问题还在的，请另行反映", "it is closed or cannot be joined any more; if the matter goes on, report it anew")
	}
	return s, nil
}

// PublicJoin joins somebody outside to a case of Joinable: a case of their own,
// under an id the sender made, is begun and merged into it, so that they are told
// what becomes of it and are counted with it. Sent again it returns the case that
// is there. contact is the contact of their case; it returns what PublicBegin does.
func (w *Casework) PublicJoin(ctx context.Context, r Resident, id gov.ID, number, contact string, values cases.Values) (own string, err error) {
	if c, there, err := w.begunBefore(ctx, id); there || err != nil {
		return c, err
	}
	into, err := w.Joinable(ctx, number, r.At)
	if err != nil {
		return "", err
	}
	start, _ := w.joiner(into.Under.Procedure.ID, r.At)
	values = maps.Clone(values)
	if values == nil {
		values = cases.Values{}
	}
	values[start.Action.Merge] = into.ID.String()
	if asks(start.Action, start.Procedure.Subject) {
		values[start.Procedure.Subject] = into.Subject
	}
	for range 3 { // somebody else may be at work on the case it goes into
		if own, err = w.PublicBegin(ctx, r, id, start.Procedure.ID, start.Action.ID, contact, values, Doubt{}); gov.CodeOf(err) != gov.Conflict {
			break
		}
	}
	return own, err
}

// begunBefore is the number of the case with an id, if there is one.
func (w *Casework) begunBefore(ctx context.Context, id gov.ID) (string, bool, error) {
	c, _, err := w.docket.Case(ctx, id)
	if gov.CodeOf(err) == gov.NotFound {
		return "", false, nil
	}
	return c.Number, err == nil, err
}

func asks(a *procedure.Action, field string) bool {
	return slices.ContainsFunc(a.Asks, func(ask procedure.Ask) bool { return ask.Field == field })
}
