// Package trials adds to a demonstration what policy officers tried: a population of
// invented enterprises and a finished simulation of an amendment that no document makes.
package trials

import (
	"bytes"
	"context"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/support/invent"
	"quanxiang/support/runs"
)

// Enterprises is how many there are in the population.
const Enterprises = 20_000

// year is the one the facts are of.
const year = 2017

// amendment is a draft: an item's limit down, the limit of inventions up.
const amendment = `修订 16号 自 2017-01-01 “虚构拟稿”
  公布 2016-12-20
  @3/2 100万元 改为 80万元
  @7(1) 50万元 改为 60万元
`

// Stage is what it is played on.
type Stage struct {
	Runs  *runs.Runs
	Pack  *policy.Pack
	Clock gov.Clock
	Seed  uint64

	// Holders lists who holds a role in a unit, Standing what somebody may do.
	Holders  func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)
	Standing func(ctx context.Context, person gov.ID) (people.Standing, error)
}

// Play adds them, if the pack has rules and somebody may try them.
func (s *Stage) Play(ctx context.Context) error {
	if s.Pack.Rules == nil {
		return nil
	}
	by, ok, err := s.officer(ctx)
	if err != nil || !ok {
		return err
	}
	var file bytes.Buffer
	if _, err := invent.Population(ctx, &file, invent.Options{Pack: s.Pack, Year: year, N: Enterprises, Seed: s.Seed}); err != nil {
		return err
	}
	p, err := s.Runs.Add(ctx, by, "虚构的两万家企业", 0, &file)
	if err != nil {
		return err
	}
	r, err := s.Runs.Ask(ctx, by, runs.Run{Title: "降低单项配套上限，提高发明专利上限", Population: p.ID, Docs: []string{"16", "17", "18"}, Year: year, Amendment: amendment, Budget: 2_500_000_000_00})
	if err != nil {
		return err
	}
	return s.Runs.Compute(ctx, r.ID)
}

// officer is somebody whose role may try programmes.
func (s *Stage) officer(ctx context.Context) (by people.Standing, ok bool, err error) {
	for _, role := range s.Pack.Roles {
		grants := false
		for _, a := range role.Grants {
			grants = grants || a == policy.TryProgrammes
		}
		if !grants {
			continue
		}
		for _, u := range s.Pack.Units {
			who, err := s.Holders(ctx, people.Standing{Kind: gov.StaffActor}, role.ID, people.Place{Unit: u.ID}) // any of the staff may ask
			if err != nil {
				return by, false, err
			}
			if len(who) > 0 {
				by, err = s.Standing(ctx, who[0].ID)
				return by, err == nil, err
			}
		}
	}
	return by, false, nil
}
