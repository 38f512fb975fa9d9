package main

import (
	"context"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/inspections"
	plansinvent "quanxiang/inspections/invent"
	"quanxiang/jobs"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers/invent"
)

// inspections are the district's plans.
func (s *system) inspections() *inspections.Plans {
	return &inspections.Plans{Store: s.db.Inspections(s.pack.District), Pack: func() *policy.Pack { return s.pack }, Clock: time.Now}
}

// freezeTime is how long counting or freezing a plan may take: a city of millions of
// subjects on a slow disk.
const freezeTime = time.Hour

// inspectionJobs adds the jobs of plans to a runner.
func (s *system) inspectionJobs(r *jobs.Runner) {
	plans := s.inspections()
	for kind, do := range map[string]func(context.Context, gov.ID) error{inspections.CountJob: plans.Count, inspections.FreezeJob: plans.FreezeNow} {
		r.HandleLong(kind, freezeTime, func(ctx context.Context, j jobs.Job) error {
			id, err := gov.ParseID(j.Key)
			if err != nil {
				return fmt.Errorf("plan %q: %w", j.Key, err)
			}
			return do(ctx, id)
		})
	}
}

// demoInspectors is how many inspectors the demonstration invents.
const demoInspectors = 400

// fillInspections invents a catalogue of items and inspectors, those who inspect among
// the staff first, and lets departments plan.
func (s *system) fillInspections(ctx context.Context, clock gov.Clock, subjects int, seed uint64) error {
	if s.pack.Inspections == nil || subjects == 0 {
		return nil
	}
	by, day := people.Operator("demo", clock()), gov.DateOf(clock())
	holding := func(unit, role string) ([]people.Person, error) {
		list, err := s.office.List(ctx, by, people.Filter{Unit: unit, Role: role, Day: day}, gov.Page{Limit: 100})
		return list.Items, err
	}
	var staff []plansinvent.Person
	for _, u := range plansinvent.Units() {
		list, err := holding(u, "inspector")
		if err != nil {
			return err
		}
		for _, p := range list {
			seen, err := s.office.Overview(ctx, by, p.ID)
			if err != nil {
				return err
			}
			staff = append(staff, plansinvent.Person{Name: p.Name, Login: seen.Login, Unit: u})
		}
	}
	codes, err := invent.Codes(s.pack.District, subjects)
	if err != nil {
		return err
	}
	if _, err := s.fillTables(ctx, clock, append(plansinvent.Catalogue(), plansinvent.Inspectors(s.pack, demoInspectors, staff, codes, day, seed)...)); err != nil {
		return err
	}
	plans := s.inspections()
	plans.Clock = clock
	return plansinvent.Play(ctx, plans, func(ctx context.Context, unit, role string) (people.Standing, bool, error) {
		list, err := holding(unit, role)
		if err != nil || len(list) == 0 {
			return people.Standing{}, false, err
		}
		held, err := s.persons.Holdings(ctx, list[0].ID) // most of them never opened their accounts
		return people.Staff(held, s.pack, clock(), clock()), err == nil, err
	})
}
