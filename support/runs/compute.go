package runs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/jobs"
	"quanxiang/rules/population"
	"quanxiang/support/simulate"
)

// longest is what a simulation may take: tens of millions of rows on a slow disk.
const longest = 30 * time.Minute

// Work adds the job of simulations to a runner.
func (s *Runs) Work(r *jobs.Runner) {
	r.HandleLong(Job, longest, func(ctx context.Context, j jobs.Job) error {
		id, err := gov.ParseID(j.Key)
		if err != nil {
			return fmt.Errorf("simulation %q: %w", j.Key, err)
		}
		return s.Compute(ctx, id)
	})
}

// tellEvery is how often a simulation says how far it has come.
const tellEvery = time.Second

// Compute does a simulation. Run again it does what is left; what cannot be computed
// ends as failed, with the reason.
func (s *Runs) Compute(ctx context.Context, id gov.ID) error {
	r, err := s.Store.Run(ctx, id)
	if gov.CodeOf(err) == gov.NotFound || err == nil && r.State != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	x, err := s.result(ctx, &r)
	act := Act{Kind: endedAct, Object: object(r.ID), Actor: gov.Actor{Kind: gov.SystemActor, Name: Job}}
	var body []byte
	switch {
	case err == nil:
		body = x.Bytes()
		r.ended(x.ID, body, s.Clock().UnixMilli())
		act.Facts = map[string]string{"result": x.ID, "digest": r.Digest}
	case given(err):
		r.State, r.Ended = Failed, s.Clock().UnixMilli()
		r.Failure = gov.Text{ZH: first(err, gov.ZH), EN: first(err, gov.EN)}
		act.Kind = failedAct
	default:
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if body != nil {
			if err := tx.AddResult(ctx, r.Result, body); err != nil {
				return err
			}
		}
		if err := tx.PutRun(ctx, r); err != nil {
			return err
		}
		return tx.Act(ctx, act)
	})
}

// given reports what trying again will not change.
func given(err error) bool {
	if _, ok := errors.AsType[problems.List](err); ok {
		return true
	}
	switch gov.CodeOf(err) {
	case gov.Invalid, gov.NotFound, gov.TooLarge, gov.Unsupported:
		return true
	}
	return false
}

func (s *Runs) result(ctx context.Context, r *Run) (_ *simulate.Result, err error) {
	p, err := s.Store.Population(ctx, r.Population)
	if err != nil {
		return nil, err
	}
	rules, err := simulate.Prepare(s.Pack(), r.question())
	if err != nil {
		return nil, err
	}
	data, done, err := s.Files.Map(p.File)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	snapshot, err := population.Open(data)
	if err != nil {
		return nil, err
	}
	if got := snapshot.Identity.String(); got != p.Snapshot {
		return nil, fmt.Errorf("population %s is snapshot %s, not %s", p.ID, got, p.Snapshot)
	}
	var lock sync.Mutex
	var told time.Time
	return rules.Run(ctx, snapshot, simulate.Options{Workers: s.Workers, Progress: func(rows, _ int64) {
		lock.Lock()
		defer lock.Unlock()
		if now := s.Clock(); now.Sub(told) >= tellEvery {
			told = now
			_ = s.Store.Advance(ctx, r.ID, rows) // how far it has come is worth no failure
		}
	}})
}
