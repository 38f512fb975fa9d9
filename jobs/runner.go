package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"quanxiang/gov"
)

// Runner runs the jobs of one district. Fill the fields, add handlers with
// Handle and Repeat, then call Run.
type Runner struct {
	Store    Store
	District gov.District
	Clock    gov.Clock     // nil means time.Now
	Log      *slog.Logger  // nil means slog.Default
	Poll     time.Duration // how often to look for jobs nobody announced; 0 means 1 s
	Lease    time.Duration // limit of one run, unless it is a long one, and how soon another process takes over after a crash; 0 means 2 min
	Parallel int           // jobs at the same time; 0 means 4

	handlers map[string]handler
	holder   string
	stats    struct{ done, failed atomic.Int64 }
}

// quiet is the distance of periodic runs below which each is no news.
const quiet = 10 * time.Minute

// Stats counts the runs of a runner since it began.
type Stats struct {
	Done   int64 // runs that ended well
	Failed int64 // runs that will be tried again
}

// Stats returns the counters. It may be called from any goroutine.
func (r *Runner) Stats() Stats { return Stats{r.stats.done.Load(), r.stats.failed.Load()} }

type handler struct {
	fn    func(context.Context, Job) error
	again Schedule      // nil for a job that runs on request
	most  time.Duration // of one run, when it is not the lease
}

// Handle names the function that does a kind of job. fn may be called again
// for the same job, also by another process, and returns nil once there is
// nothing left to do. Its context ends with the lease.
func (r *Runner) Handle(kind string, fn func(context.Context, Job) error) {
	r.add(kind, handler{fn: fn})
}

// HandleLong is Handle for a job that may take longer than a lease, at most so
// long: it is kept while it runs, and its context ends when it could not be.
func (r *Runner) HandleLong(kind string, most time.Duration, fn func(context.Context, Job) error) {
	r.add(kind, handler{fn: fn, most: most})
}

// Repeat is Handle for a job that comes back by itself. It also runs soon
// after the first start, and after a start that follows a missed time.
func (r *Runner) Repeat(kind string, again Schedule, fn func(context.Context, Job) error) {
	r.add(kind, handler{fn: fn, again: again})
}

func (r *Runner) add(kind string, h handler) {
	if r.handlers == nil {
		r.handlers = map[string]handler{}
	}
	if _, ok := r.handlers[kind]; ok {
		panic("jobs: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

// Run works until ctx ends, then waits for the jobs that are running and
// returns nil. It returns an error only when it could not begin; later ones
// are logged and tried again.
func (r *Runner) Run(ctx context.Context) error {
	if r.Clock == nil {
		r.Clock = time.Now
	}
	if r.Log == nil {
		r.Log = slog.Default()
	}
	if r.Poll == 0 {
		r.Poll = time.Second
	}
	if r.Lease == 0 {
		r.Lease = 2 * time.Minute
	}
	if r.Parallel == 0 {
		r.Parallel = 4
	}
	r.holder = gov.NewID(r.Clock()).String()
	for kind, h := range r.handlers {
		if h.again == nil {
			continue
		}
		if err := r.Store.EnsureJob(ctx, r.District, kind, "", r.Clock()); err != nil {
			return fmt.Errorf("schedule %s: %w", kind, err)
		}
	}
	var running sync.WaitGroup
	defer running.Wait()
	free := make(chan struct{}, r.Parallel)
	for range r.Parallel {
		free <- struct{}{}
	}
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	for {
		if err := r.round(ctx, &running, free); err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "jobs could not be claimed", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-r.Store.Enqueued():
		}
	}
}

// round starts due jobs until none is left, waiting for a free place each time.
func (r *Runner) round(ctx context.Context, running *sync.WaitGroup, free chan struct{}) error {
	for {
		kinds, err := r.Store.DueJobs(ctx, r.District)
		if err != nil {
			return err
		}
		found := false
		for _, kind := range kinds {
			if _, ok := r.handlers[kind]; !ok {
				continue // another process, or a newer program, knows it
			}
			places, err := take(ctx, free)
			if err != nil {
				return nil
			}
			claimed, err := r.Store.ClaimJobs(ctx, r.District, kind, r.holder, places, r.Lease)
			for range places - len(claimed) {
				free <- struct{}{}
			}
			if err != nil {
				return err
			}
			found = found || len(claimed) > 0
			for _, j := range claimed {
				running.Go(func() {
					r.work(ctx, j)
					free <- struct{}{}
				})
			}
		}
		if !found {
			return nil
		}
	}
}

// take waits for one free place and takes every other one that is free too.
func take(ctx context.Context, free chan struct{}) (int, error) {
	select {
	case <-free:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for n := 1; ; n++ {
		select {
		case <-free:
		default:
			return n, nil
		}
	}
}

// work runs one job and says what became of it, also when the runner is being
// stopped.
func (r *Runner) work(ctx context.Context, j Job) {
	h := r.handlers[j.Kind]
	start := r.Clock()
	err := r.call(ctx, h, j)
	stopping := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	now := r.Clock()
	if err == nil {
		r.stats.done.Add(1)
		level := slog.LevelDebug // there may be thousands on request
		if h.again != nil && h.again(now).Sub(now) >= quiet {
			level = slog.LevelInfo
		}
		r.Log.Log(ctx, level, "job done", "kind", j.Kind, "attempt", j.Attempt, "ms", now.Sub(start).Milliseconds())
	}
	switch {
	case err == nil && h.again == nil:
		err = r.Store.FinishJob(ctx, j)
	case err == nil:
		err = r.Store.PostponeJob(ctx, j, h.again(now), "")
	case stopping && errors.Is(err, context.Canceled):
		err = r.Store.PostponeJob(ctx, j, now, "") // whoever starts next goes on with it
	default:
		r.stats.failed.Add(1)
		r.Log.ErrorContext(ctx, "job failed", "kind", j.Kind, "attempt", j.Attempt, "err", err)
		err = r.Store.PostponeJob(ctx, j, now.Add(Backoff(j.Attempt)), err.Error())
	}
	if err != nil { // the lease will end by itself
		r.Log.ErrorContext(ctx, "outcome of a job not saved", "kind", j.Kind, "err", err)
	}
}

// keep keeps a job until ctx ends. The context it returns ends with ctx, or as soon as
// the job is another holder's.
func (r *Runner) keep(ctx context.Context, j Job) context.Context {
	kept, lose := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(r.Lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				lose(nil)
				return
			case <-tick.C:
			}
			switch err := r.Store.KeepJob(ctx, j, r.Lease); {
			case gov.CodeOf(err) == gov.Conflict:
				lose(err)
				return
			case err != nil && ctx.Err() == nil: // a third of the lease from now it is tried again
				r.Log.WarnContext(ctx, "job not kept", "kind", j.Kind, "err", err)
			}
		}
	}()
	return kept
}

// call turns a panic of a handler into an error: one bad job must not stop the
// portal.
func (r *Runner) call(ctx context.Context, h handler, j Job) (err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(h.most, r.Lease))
	defer cancel()
	if h.most > 0 {
		ctx = r.keep(ctx, j)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h.fn(ctx, j)
}
