package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"quanxiang/docs/spec"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/handout"
	"quanxiang/inspections/visits"
	"quanxiang/jobs"
	lots "quanxiang/web/ceremony"
)

// advanceJob looks whether a step of a draw has come by its time: the close of
// commitments. lookJob looks what became of visits.
const (
	advanceJob = "draws.advance"
	lookJob    = "draws.look"
)

// draws are the district's public draws. The platform's key is derived from the keys
// of the installation, so it travels with them and never changes.
func (s *system) draws(clock gov.Clock) *ceremony.Ceremonies {
	db, plans := s.db.Draws(s.pack.District, s.ring), s.inspections(clock)
	return &ceremony.Ceremonies{
		Store: db, Plans: plans, Clock: clock, Name: s.pack.Name.ZH + " 全象", Verifier: lot.Hash(sha256.Sum256(spec.Verifier)),
		Cases: &handout.Desk{Visits: visits.New(visits.Deps{Docket: s.docket, Pack: s.packs.Current}), Docket: s.docket, Plans: plans,
			Entries: s.db.Registers(s.pack.District), Accounts: s.persons, Pack: s.packs.Current},
		Safe:     &ceremony.Safe{Store: db, District: s.pack.District, Hasher: s.hasher, Clock: clock},
		Platform: ed25519.NewKeyFromSeed(s.ring.Derive("draws: the platform's signing key")),
	}
}

// relayOf is the relay at an address, nil for none. What it gives proves itself, so it is
// asked as it is.
func relayOf(url string) *lots.Relay {
	if url == "" {
		return nil
	}
	return &lots.Relay{URL: url, Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// drawJobs adds the jobs of draws to a runner.
func (s *system) drawJobs(r *jobs.Runner, c *ceremony.Ceremonies) {
	r.Handle(ceremony.FollowJob, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("draw %q: %w", j.Key, err)
		}
		return c.Follow(ctx, id)
	})
	each := func(do func(context.Context, gov.ID) error) func(context.Context, jobs.Job) error {
		return func(ctx context.Context, _ jobs.Job) error {
			list, err := c.Store.Ceremonies(ctx)
			if err != nil {
				return err
			}
			var failed []error
			for _, x := range list {
				if x.Runs() {
					failed = append(failed, do(ctx, x.ID))
				}
			}
			return errors.Join(failed...)
		}
	}
	r.Repeat(advanceJob, jobs.Every(10*time.Second), each(c.Advance))
	r.Repeat(lookJob, jobs.Every(time.Minute), each(c.Follow))
}
