// Package sequel adds to an invented history what follows from how it went: units
// that were late appeal, whoever handles a report says how it goes, and duties that
// are done at a place are marked on the map. It is played by the doors everybody
// uses, after the history.
package sequel

import (
	"context"
	"fmt"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// The procedures of the reference pack that are played on.
const (
	report = "report"
	duty   = "duty"
)

// Stage is what is played on.
type Stage struct {
	Docket *docket.Docket
	Pack   *policy.Pack
	Clock  gov.Clock

	// Holders lists who holds a role in a unit.
	Holders func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)
}

// Play plays what the history gives cause for and returns how many steps that were.
func (s *Stage) Play(ctx context.Context) (steps int, err error) {
	for _, part := range []struct {
		procedure string
		play      func(context.Context) (int, error)
	}{{report, s.appeals}, {report, s.remarks}, {duty, s.places}} {
		if _, ok := s.Pack.Procedure(part.procedure); !ok {
			continue
		}
		n, err := part.play(ctx)
		if steps += n; err != nil {
			return steps, fmt.Errorf("what follows from %s: %w", part.procedure, err)
		}
	}
	return steps, nil
}

// of is the first who holds a role in a unit, as an actor; ok is false where nobody
// does.
func (s *Stage) of(ctx context.Context, unit, role string) (a cases.Actor, ok bool, err error) {
	who, err := s.Holders(ctx, people.Standing{Kind: gov.StaffActor}, role, people.Place{Unit: unit}) // any of the staff may ask
	if err != nil || len(who) == 0 {
		return a, false, err
	}
	return cases.Actor{Kind: gov.StaffActor, Person: who[0].ID.String(), Seats: []cases.Seat{{Unit: unit, Role: role}}}, true, nil
}

func (s *Stage) step(id gov.ID) docket.Step {
	return docket.Step{Case: id, Key: gov.NewID(s.Clock())}
}

// grounds are what units say when they were late; each appeal goes its own way.
var grounds = []struct{ exempted, reason string }{
	{"weather", "处置期间连续大风预警，高处作业停止，有气象部门通知。"},
	{"ownership", "管线权属有争议，协调会后才明确由本单位处置。"},
	{"access", "现场被施工围挡封闭，等待开放用去一天。"},
}

// appealDays is how long after its closing a case can be appealed about.
const appealDays = 10

// appeals lets units appeal that were late: the first appeal is granted by both who
// decide, the second refused, the third waits.
func (s *Stage) appeals(ctx context.Context) (steps int, err error) {
	now := s.Clock()
	rows, _, err := s.Docket.Ended(ctx, report, now.AddDate(0, 0, 1-appealDays), now, 500)
	if err != nil {
		return 0, err
	}
	shift, shifts, err := s.of(ctx, "cgzx-jd", "shift-head")
	if err != nil {
		return 0, err
	}
	office, offices, err := s.of(ctx, "zfb", "supervision")
	if err != nil || !shifts || !offices {
		return 0, err
	}
	for n := 0; len(rows) > 0 && n < len(grounds); rows = rows[1:] {
		late, unit, err := s.wasLate(ctx, rows[0].ID)
		if err != nil {
			return steps, err
		}
		head, ok, err := s.of(ctx, unit, "lead")
		if err != nil {
			return steps, err
		}
		if !late || !ok {
			continue
		}
		id, g := rows[0].ID, grounds[n]
		c, err := s.Docket.Act(ctx, s.step(id), cases.Input{Action: "appeal", Actor: head, Values: cases.Values{"exempted": g.exempted, "reason": g.reason}})
		if err != nil {
			return steps, err
		}
		steps++
		request := c.Pending[len(c.Pending)-1].Seq
		switch n {
		case 0:
			if _, err = s.Docket.Agree(ctx, s.step(id), request, "", shift); err == nil {
				_, err = s.Docket.Agree(ctx, s.step(id), request, "有书面通知为证，同意免责。", office)
			}
			steps += 2
		case 1:
			_, err = s.Docket.Refuse(ctx, s.step(id), request, "协调会在派遣之前已经开过，超期由本单位造成。", shift)
			steps++
		}
		if err != nil {
			return steps, err
		}
		n++
	}
	return steps, nil
}

// wasLate reports that a closed report was handled late, and which unit handled it.
func (s *Stage) wasLate(ctx context.Context, id gov.ID) (late bool, unit string, err error) {
	now := s.Clock()
	f, err := s.Docket.File(ctx, id, now)
	if err != nil || f.Case.State != "closed" {
		return false, "", err
	}
	deadlines, err := cases.Deadlines(f.Procedure, f.Case, f.World)
	for _, d := range deadlines {
		late = late || d.Clock == "disposal" && d.Late(now)
	}
	return late, f.Case.Values.Text("unit"), err
}

// sayings are what handlers note on the cases they have in hand.
var sayings = []string{
	"已到现场看过，材料明天到，到后即施工。",
	"联系了产权单位，约定今天下午一起到现场。",
	"夜间施工更合适，已报占道手续。",
	"现场已设围挡和警示标志，先保证安全。",
	"需要更换的配件缺货，正在从外区调。",
}

// remarked is how many cases in hand are looked at for remarks.
const remarked = 40

// remarks lets clerks say how every other of the cases goes that they have in hand.
func (s *Stage) remarks(ctx context.Context) (steps int, err error) {
	rows, _, err := s.Docket.ListStates(ctx, docket.Query{Procedure: report}, []string{"handling"}, docket.Place{}, remarked)
	if err != nil {
		return 0, err
	}
	for i, r := range rows {
		if i%2 != 0 || len(r.Units) == 0 {
			continue
		}
		clerk, ok, err := s.of(ctx, r.Units[0], "clerk")
		if err != nil {
			return steps, err
		}
		if !ok {
			continue
		}
		if _, err := s.Docket.Comment(ctx, s.step(r.ID), sayings[i/2%len(sayings)], nil, clerk); err != nil {
			return steps, err
		}
		steps++
	}
	return steps, nil
}

// placed is how many duties in progress are looked at for a place.
const placed = 16

// places lets clerks mark where some of the duties are done that are in progress.
func (s *Stage) places(ctx context.Context) (steps int, err error) {
	grounds := s.Pack.AreasOf(policy.CommunityLevel)
	rows, _, err := s.Docket.ListStates(ctx, docket.Query{Procedure: duty}, []string{"running"}, docket.Place{}, placed)
	if err != nil || len(grounds) == 0 {
		return 0, err
	}
	for i, r := range rows {
		area := grounds[i*7%len(grounds)]
		if len(area.Ground.Shape) == 0 || len(r.Units) == 0 {
			continue
		}
		clerk, ok, err := s.of(ctx, r.Units[0], "clerk")
		if err != nil {
			return steps, err
		}
		if !ok {
			continue
		}
		v := cases.Values{"place": area.Ground.Shape.Inside().String(), "where": area.Name.ZH + "内，示意"}
		if _, err := s.Docket.Act(ctx, s.step(r.ID), cases.Input{Action: "locate", Actor: clerk, Values: v}); err != nil {
			return steps, err
		}
		steps++
	}
	return steps, nil
}
