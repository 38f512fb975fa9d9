// Package incubators lets the invented district certify incubators and see to them for
// the years in which 西政发〔2016〕17号 was in force: three bases and two platforms with
// tenants, half-yearly data, yearly reports, assessments, one base without money for a
// year and one that lost its status. All of it is played by the doors everybody uses, at
// its time.
package incubators

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/series"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
)

// Stage is what is played on. Clock is set to the times of the history; it is for the
// caller to let it run again.
type Stage struct {
	Docket    *docket.Docket
	Registers *registers.Registers
	Holders   docket.Holders
	Pack      *policy.Pack
	Calendar  calendar.Calendar
	Clock     interface{ Set(time.Time) }

	// Staff lists who holds a role in a unit.
	Staff func(ctx context.Context, s people.Standing, role, unit, area string) ([]people.Person, error)

	clerk, lead cases.Actor
	now         time.Time
	steps       int
	firms       []registers.Entry
}

const (
	register = "incubators"
	unit     = "xcy"
	tenants  = 22 // of a base
	teams    = 6  // of a platform
	most     = 400
)

// Codes of the incubators.
const (
	Certified  = "JD2017-01"
	Recognised = "JD2017-02"
	Former     = "JD2016-01"
	Platform   = "PT2017-01"
	Inside     = "PT2017-02"
)

// Play plays the history and returns how many steps it had: none where the pack has no
// such register, or the district nobody for it or too few firms.
func (s *Stage) Play(ctx context.Context) (int, error) {
	if _, ok := s.Pack.Register(register); !ok {
		return 0, nil
	}
	ready, err := s.gather(ctx)
	if err != nil || !ready {
		return 0, err
	}
	for _, e := range history() {
		if err := s.at(e.on); err != nil {
			return s.steps, err
		}
		if err := e.do(ctx, s); err != nil {
			return s.steps, fmt.Errorf("incubators on %s: %w", e.on, err)
		}
	}
	return s.steps, nil
}

// gather finds the two who act, and firms that may be operators and tenants.
func (s *Stage) gather(ctx context.Context) (bool, error) {
	for role, into := range map[string]*cases.Actor{"clerk": &s.clerk, "lead": &s.lead} {
		who, err := s.Staff(ctx, people.Standing{Kind: gov.StaffActor}, role, unit, "")
		if err != nil || len(who) == 0 {
			return false, err
		}
		*into = cases.Actor{Kind: gov.StaffActor, Person: who[0].ID.String(), Seats: []cases.Seat{{Unit: unit, Role: role}}}
	}
	list, err := s.Registers.Store.Entries(ctx, registers.Query{Register: "market", Facet: "enterprise"}, "", most)
	if err != nil {
		return false, err
	}
	for _, l := range list {
		if l.Until == "" && l.Values.Text("status") != "revoked" && l.Values.Text("status") != "closed" {
			s.firms = append(s.firms, l.Entry)
		}
	}
	return len(s.firms) >= 5+3*tenants+2*teams, nil
}

// at sets the clock to nine in the morning of a day.
func (s *Stage) at(day string) error {
	d, err := gov.ParseDate(day)
	if err != nil {
		return err
	}
	s.now = time.Date(d.Year, d.Month, d.Day, 9, 0, 0, 0, gov.China)
	s.Clock.Set(s.now)
	return nil
}

// begin begins a case by the clerk.
func (s *Stage) begin(ctx context.Context, procedure, action string, v cases.Values) (gov.ID, error) {
	id := gov.NewID(s.now)
	_, err := s.Docket.Begin(ctx, id, procedure, cases.Input{Action: action, Values: v, Actor: s.clerk})
	s.steps++
	if err != nil {
		return id, fmt.Errorf("%s of %s: %w", action, procedure, err)
	}
	return id, nil
}

// act does an action of a case.
func (s *Stage) act(ctx context.Context, id gov.ID, by cases.Actor, action string, v cases.Values) error {
	_, err := s.Docket.Act(ctx, docket.Step{Case: id, Key: gov.NewID(s.now)}, cases.Input{Action: action, Values: v, Actor: by})
	s.steps++
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// certify takes an application from its beginning to the certificate.
func (s *Stage) certify(ctx context.Context, a application) error {
	v := cases.Values{"name": a.name, "kind": a.kind, "ground": a.ground, "operator": s.firms[a.operator].Key, "operator_name": s.firms[a.operator].Name,
		"address": a.address, "inside": a.inside}
	if a.title != "" {
		v["title"], v["title_ends"] = a.title, a.ends
	}
	id, err := s.begin(ctx, "incubator", "apply", v)
	if err != nil {
		return err
	}
	if err := s.act(ctx, id, s.clerk, "accept", cases.Values{"code": a.code}); err != nil {
		return err
	}
	if err := s.house(ctx, a); err != nil {
		return err
	}
	if a.found != nil {
		if err := s.act(ctx, id, s.clerk, "verify", a.found); err != nil {
			return err
		}
		if err := s.act(ctx, id, s.clerk, "visit_site", cases.Values{"visited_on": gov.DateOf(s.now).String(), "visit": "现场与申报材料相符（虚构）"}); err != nil {
			return err
		}
	}
	if err := s.act(ctx, id, s.clerk, "propose", cases.Values{"opinion": "材料齐备，拟同意（虚构）"}); err != nil {
		return err
	}
	if a.waits {
		return nil
	}
	return s.act(ctx, id, s.lead, "certify", nil)
}

// house brings the list of tenants in.
func (s *Stage) house(ctx context.Context, a application) error {
	t, err := registers.NewTarget(s.Pack, register, "tenant", unit)
	if err != nil || a.houses == 0 {
		return err
	}
	trades := []string{"tech", "culture", "tech", "agency", "tech"}
	var rows []map[string]string
	for i := range a.houses {
		f := s.firms[a.first+i]
		row := map[string]string{"subject": a.code, "code": f.Key, "name": f.Name, "trade": trades[i%len(trades)], "space": strconv.Itoa(60 + 5*(i%7)), "from": a.moved, "taxed": "true"}
		if a.kind == "base" && i%10 < 7 {
			row["hightech"] = a.moved
		}
		if a.kind == "base" && i == a.houses-1 { // one that came later, and is none of those trades
			row["trade"], row["from"] = "other", a.late
		}
		if a.kind == "platform" {
			row["settled"] = strconv.Itoa(2017+i/2) + "-06-15"
		}
		rows = append(rows, row)
	}
	pushed, err := s.Registers.Push(ctx, gov.Actor{Kind: gov.SystemActor, Name: "demo"}, t, rows)
	if err == nil && len(pushed.Mistakes) > 0 {
		m := pushed.Mistakes[0]
		err = fmt.Errorf("tenant %d of %s: %s: %s", m.Index, a.code, m.Column, m.Text.EN)
	}
	return err
}

// recur begins the cases of a series up to a day, and lets each be dealt with.
func (s *Stage) recur(ctx context.Context, procedure string, deal func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error) error {
	p, ok := s.Pack.Procedure(procedure)
	if !ok {
		return gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", procedure)
	}
	entries, err := s.Holders.Holders(ctx, register)
	if err != nil {
		return err
	}
	list, err := series.OfEntries(p, p.Series.Since, gov.DateOf(s.now).Add(-1), s.Calendar, entries)
	if err != nil {
		return err
	}
	for _, o := range list {
		if _, err := s.Docket.Start(ctx, p.ID, o.Origin(), o.Seed(p)); err != nil {
			return err
		}
	}
	rows, _, err := s.Docket.List(ctx, docket.Query{Procedure: p.ID}, docket.Place{}, most)
	if err != nil {
		return err
	}
	for _, r := range rows {
		c, _, err := s.Docket.Case(ctx, r.ID)
		if err != nil {
			return err
		}
		if err := deal(ctx, s, r.ID, c); err != nil {
			return fmt.Errorf("%s of %s: %w", procedure, c.Values.Text("incubator"), err)
		}
	}
	return nil
}

// consequences begins the cases that records of a kind about an incubator give cause
// to, as the job does.
func (s *Stage) consequences(ctx context.Context, code, kind string) error {
	list, err := s.Registers.Store.Records(ctx, register, code, most)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Kind != kind {
			continue
		}
		key, err := json.Marshal(r.Cause())
		if err != nil {
			return err
		}
		if err := s.Registers.Begin(ctx, string(key), s.Docket); err != nil {
			return err
		}
	}
	return nil
}
