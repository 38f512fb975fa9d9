package docket

import (
	"context"
	"maps"
	"slices"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Room keeps something of its own beside the cases of a procedure, such as what an
// applicant states beside their application.
type Room interface {
	// Stepped is told of each step of a case in the step's transaction, which the
	// context carries, after the case was saved. An error refuses the step. It may
	// act on the case, and on others.
	Stepped(ctx context.Context, s Stepped) error
}

// Stepped is a step that was saved.
type Stepped struct {
	Before    cases.Case // of a case that begins the zero Case
	Case      cases.Case
	Events    []cases.Event // of this step
	Procedure *procedure.Procedure
	Pack      *policy.Pack // under which the case runs
}

// Did reports whether an action took effect in the step, and its event.
func (s Stepped) Did(action string) (cases.Event, bool) {
	for _, e := range s.Events {
		if e.Kind == cases.Acted && e.Action == action {
			return e, true
		}
	}
	return cases.Event{}, false
}

// Beside returns the docket with the rooms that follow the cases of procedures, by
// the ids of the procedures.
func (s *Docket) Beside(rooms map[string]Room) *Docket {
	out := *s
	out.beside = maps.Clone(s.beside)
	if out.beside == nil {
		out.beside = map[string]Room{}
	}
	maps.Copy(out.beside, rooms)
	return &out
}

// parent finds the case that a case which is being begun names as the one it is under,
// and as which kind of sub-case. One that takes no such sub-cases in its state is not
// told from one that is not there.
func (s *Docket) parent(ctx context.Context, tx Tx, p *procedure.Procedure, c cases.Case) (id gov.ID, kind string, err error) {
	number := c.Values.Text(p.Under)
	if number == "" {
		return id, "", nil
	}
	none := cases.Mistakes{gov.Errorf(gov.Invalid, "没有编号为“%[1]s”的事项，或者它现在不接受", "there is nothing under the number %[1]q, or it takes none now", number).On(p.Under)}
	id, err = s.store.Find(ctx, number)
	if gov.CodeOf(err) == gov.NotFound {
		return id, "", none
	}
	if err != nil {
		return id, "", err
	}
	of, err := tx.Case(ctx, id)
	if err != nil {
		return id, "", err
	}
	_, above, err := s.under(ctx, of)
	if err != nil {
		return id, "", err
	}
	for _, k := range above.Children {
		if k.Procedure == p.ID && slices.Contains(k.At, of.State) {
			return id, k.ID, nil
		}
	}
	return gov.ID{}, "", none
}
