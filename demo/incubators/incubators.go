// Package incubators lets the invented district certify incubators and see to them for
// the years in which 西政发〔2016〕17号 was in force: three bases and two platforms with
// tenants, half-yearly data, yearly reports, assessments, one base without money for a
// year and one that lost its status. All of it is played by the doors everybody uses, at
// their time (Play), or caught up with as of now, for a ledger whose time goes on (Bring).
package incubators

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/series"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/registers"
	"quanxiang/support/apply"
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
	Files     *files.Folder
	Now       time.Time // when somebody applies who waits to be accepted

	// Staff lists who holds a role in a unit.
	Staff func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)

	// Represent lets somebody act for an organisation who signs in at an address; nil: the
	// park alone hands in, as if all came on paper.
	Represent func(ctx context.Context, o apply.Organisation, person, address string) error

	// Told tells the staff of what a case came to, as it happens; nil: they are told later.
	// Those outside were told at the time.
	Told func(ctx context.Context, id gov.ID) error

	due         gov.Date // of what an operator hands in itself, zero for nothing
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
	return s.steps, s.waiting(ctx)
}

// Bring plays the history as of now, for a ledger whose time goes on: the park takes
// its files of those years over. Who was certified and who the tenants are come as
// tables; what was handed in and decided since are cases that are caught up with.
func (s *Stage) Bring(ctx context.Context) (int, error) {
	if _, ok := s.Pack.Register(register); !ok {
		return 0, nil
	}
	ready, err := s.gather(ctx)
	if err != nil || !ready {
		return 0, err
	}
	s.now = s.Now
	s.Clock.Set(s.now)
	all := applications()
	for _, day := range slices.Sorted(maps.Keys(all)) {
		if err := s.list(ctx, all[day], day); err != nil {
			return s.steps, err
		}
	}
	steps := []func(context.Context, *Stage) error{operate, data, reports, assess, object, decide, settled}
	for _, e := range removal() {
		steps = append(steps, e.do)
	}
	for _, do := range append(steps, pending) {
		if err := do(ctx, s); err != nil {
			return s.steps, fmt.Errorf("incubators: %w", err)
		}
	}
	return s.steps, s.waiting(ctx)
}

// list brings an incubator with its tenants and what was found of its conditions.
func (s *Stage) list(ctx context.Context, a application, since string) error {
	f := s.firms[a.operator]
	item := map[string]string{"key": a.code, "name": a.name, "kind": a.kind, "operator": f.Key, "operator_name": f.Name, "state": "active", "ground": a.ground, "title": a.title,
		"title_ends": a.ends, "inside": strconv.FormatBool(a.inside), "address": a.address, "since": since}
	if err := s.push(ctx, "", item); err != nil {
		return err
	}
	if err := s.house(ctx, a); err != nil || a.found == nil {
		return err
	}
	found := map[string]string{"subject": a.code, "date": since}
	for field, v := range a.found {
		switch v := v.(type) {
		case int64:
			found[field] = strconv.FormatInt(v, 10)
		case bool:
			found[field] = strconv.FormatBool(v)
		case string:
			found[field] = v
		}
	}
	if v, ok := a.found["paid"].(int64); ok { // tables are in yuan
		found["paid"] = strconv.FormatInt(v/100, 10)
	}
	if v, ok := found["service_times"]; ok {
		found["times"] = v
		delete(found, "service_times")
	}
	return s.push(ctx, "condition", found)
}

// push brings rows of the park in.
func (s *Stage) push(ctx context.Context, kind string, rows ...map[string]string) error {
	t, err := registers.NewTarget(s.Pack, register, kind, unit)
	if err != nil {
		return err
	}
	pushed, err := s.Registers.Push(ctx, gov.Actor{Kind: gov.SystemActor, Name: "demo"}, t, rows)
	if err == nil && len(pushed.Mistakes) > 0 {
		m := pushed.Mistakes[0]
		err = fmt.Errorf("row %d of %s: %s: %s", m.Index, kind, m.Column, m.Text.EN)
	}
	return err
}

// waiting lets somebody apply who waits to be accepted.
func (s *Stage) waiting(ctx context.Context) error {
	s.now = s.Now
	s.Clock.Set(s.now)
	id, v := gov.NewID(s.now), cases.Values{"name": "虚构小满孵化基地", "kind": "base", "ground": "recognised", "operator": s.firms[3].Key, "operator_name": s.firms[3].Name,
		"address": "虚构小满路6号", "title": "国家级科技企业孵化器（虚构）", "title_ends": gov.DateOf(s.now).Add(700).String(), "inside": false}
	if err := s.prove(ctx, id, application{name: "虚构小满孵化基地", ground: "recognised"}, v); err != nil {
		return err
	}
	return s.begin(ctx, id, "incubator", "apply", v)
}

// gather finds the two who act, and firms that may be operators and tenants.
func (s *Stage) gather(ctx context.Context) (bool, error) {
	for role, into := range map[string]*cases.Actor{"clerk": &s.clerk, "lead": &s.lead} {
		who, err := s.Staff(ctx, people.Standing{Kind: gov.StaffActor}, role, people.Place{Unit: unit})
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
func (s *Stage) begin(ctx context.Context, id gov.ID, procedure, action string, v cases.Values) error {
	_, err := s.Docket.Begin(ctx, id, procedure, cases.Input{Action: action, Values: v, Actor: s.clerk})
	s.steps++
	if err != nil {
		return fmt.Errorf("%s of %s: %w", action, procedure, err)
	}
	return s.tell(ctx, id)
}

func (s *Stage) tell(ctx context.Context, id gov.ID) error {
	if s.Told == nil {
		return nil
	}
	return s.Told(ctx, id)
}

// prove adds the evidence an application has to an application.
func (s *Stage) prove(ctx context.Context, id gov.ID, a application, v cases.Values) error {
	wanted := []string{"proof"}
	switch a.ground {
	case "certified":
		wanted = []string{"licence", "premises", "system", "service"}
	case "platform":
		wanted = []string{"licence", "proof"}
	}
	for _, field := range wanted {
		text := a.name + "的证明材料（虚构，仅供演示）：" + field + "\n"
		key, size, err := s.Files.Put(ctx, strings.NewReader(text), int64(len(text)))
		if err != nil {
			return err
		}
		one := docket.Attachment{Key: key, Name: "证明材料-" + field + ".txt", Type: "text/plain; charset=utf-8", Size: size, By: s.clerk.Person}
		if err := s.Docket.Attach(ctx, id, one, gov.Actor{Kind: s.clerk.Kind, Name: s.clerk.Person}); err != nil {
			return err
		}
		v[field] = []string{string(key)}
	}
	return nil
}

// act does an action of a case.
func (s *Stage) act(ctx context.Context, id gov.ID, by cases.Actor, action string, v cases.Values) error {
	_, err := s.Docket.Act(ctx, docket.Step{Case: id, Key: gov.NewID(s.now)}, cases.Input{Action: action, Values: v, Actor: by})
	s.steps++
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return s.tell(ctx, id)
}

// certify takes an application from its beginning to the certificate.
func (s *Stage) certify(ctx context.Context, a application) error {
	v := cases.Values{"name": a.name, "kind": a.kind, "ground": a.ground, "operator": s.firms[a.operator].Key, "operator_name": s.firms[a.operator].Name,
		"address": a.address, "inside": a.inside}
	if a.title != "" {
		v["title"], v["title_ends"] = a.title, a.ends
	}
	id := gov.NewID(s.now)
	if err := s.prove(ctx, id, a, v); err != nil {
		return err
	}
	if err := s.begin(ctx, id, "incubator", "apply", v); err != nil {
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
	opinion := cases.Values{"opinion": "材料齐备，拟同意（虚构）"}
	if a.ground == "certified" {
		opinion["joint"] = "科技、财政、税务部门均同意（虚构）"
	}
	if err := s.act(ctx, id, s.clerk, "propose", opinion); err != nil {
		return err
	}
	if a.waits {
		return nil
	}
	return s.act(ctx, id, s.lead, "certify", nil)
}

// house brings the list of tenants in.
func (s *Stage) house(ctx context.Context, a application) error {
	if a.houses == 0 {
		return nil
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
	return s.push(ctx, "tenant", rows...)
}

// recur begins the cases of a series up to a day, and lets each be dealt with.
func (s *Stage) recur(ctx context.Context, procedure string, deal func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error) error {
	p, ok := s.Pack.Procedure(procedure)
	if !ok {
		return gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", procedure)
	}
	list, err := s.occurrences(ctx, p)
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
		if err := s.tell(ctx, r.ID); err != nil { // it may have been begun just now
			return err
		}
		if err := deal(ctx, s, r.ID, c); err != nil {
			return fmt.Errorf("%s of %s: %w", procedure, c.Values.Text("incubator"), err)
		}
	}
	return nil
}

// occurrences are the cases a series has had to have by now.
func (s *Stage) occurrences(ctx context.Context, p *procedure.Procedure) ([]series.Occurrence, error) {
	entries, err := s.Holders.Holders(ctx, register)
	if err != nil {
		return nil, err
	}
	return series.OfEntries(p, p.Series.Since, gov.DateOf(s.now).Add(-1), s.Calendar, entries)
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
