// Package supervision lets the invented district supervise its market: items of the
// catalogue are filed, a violation is punished, a subject is listed and struck off
// again, and departments tell each other of risks. All of it is played by the doors
// everybody uses, so that registers hold what cases decided.
package supervision

import (
	"context"
	"fmt"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/registers"
)

// Stage is what is played on.
type Stage struct {
	Docket    *docket.Docket
	Registers *registers.Registers
	Clock     gov.Clock

	// Holders lists who holds a role in a unit.
	Holders func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)
}

// move is one step of a story: who of which unit does what with which values.
type move struct {
	unit, role, action string
	values             cases.Values
}

// story is a case from its beginning.
type story struct {
	procedure string
	moves     []move
}

// subjects is how many subjects of the market the stories are about.
const subjects = 4

// Play plays the stories for which the district has persons and subjects, and returns
// how many steps that were.
func (s *Stage) Play(ctx context.Context) (steps int, err error) {
	list, err := s.Registers.Store.Entries(ctx, registers.Query{Register: "market"}, "", subjects)
	if err != nil {
		return 0, err
	}
	all := filings()
	if len(list) == subjects {
		all = append(all, penalty(list[0].Entry, gov.DateOf(s.Clock()).String()), listing(list[1].Entry), waiting(list[2].Entry), signal(list[1].Entry, true), signal(list[3].Entry, false))
	}
	for _, one := range all {
		n, err := s.tell(ctx, one)
		if steps += n; err != nil {
			return steps, fmt.Errorf("story of %s: %w", one.procedure, err)
		}
	}
	return steps, nil
}

// tell plays a story, up to where the district has nobody for what comes next.
func (s *Stage) tell(ctx context.Context, one story) (steps int, err error) {
	actors := make([]cases.Actor, len(one.moves))
	for i, m := range one.moves {
		who, err := s.Holders(ctx, people.Standing{Kind: gov.StaffActor}, m.role, people.Place{Unit: m.unit}) // any of the staff may ask
		if err != nil {
			return 0, err
		}
		if len(who) == 0 {
			actors, one.moves = actors[:i], one.moves[:i]
			break
		}
		actors[i] = cases.Actor{Kind: gov.StaffActor, Person: who[0].ID.String(), Seats: []cases.Seat{{Unit: m.unit, Role: m.role}}}
	}
	id := gov.NewID(s.Clock())
	for i, m := range one.moves {
		in := cases.Input{Action: m.action, Values: m.values, Actor: actors[i]}
		if i == 0 {
			_, err = s.Docket.Begin(ctx, id, one.procedure, in)
		} else {
			_, err = s.Docket.Act(ctx, docket.Step{Case: id, Key: gov.NewID(s.Clock())}, in)
		}
		if err != nil {
			return i, fmt.Errorf("%s: %w", m.action, err)
		}
	}
	return len(one.moves), nil
}
