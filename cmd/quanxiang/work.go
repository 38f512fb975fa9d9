package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"quanxiang/calendar"
	"quanxiang/jobs"
	"quanxiang/notices"
	"quanxiang/notices/hooks"
	"quanxiang/store"
)

// reindexJob completes the library's search index. What it does is found out
// by looking, so it matters little when it runs: once at each start, because a
// newer program may make other passages, and every night.
const reindexJob = "library.reindex"

// sweepJob deletes what the door left behind: ended sessions, forgotten
// failures, and lines of the security log after logKept.
const sweepJob = "people.sweep"

// logKept is how long the security log is kept: more than the six months the
// Cybersecurity Law, article 21, asks for, which are 184 days at most.
const logKept = 190 * 24 * time.Hour

// newRunner prepares the jobs of a serving process.
func (s *system) newRunner(ctx context.Context, log *slog.Logger, n *notices.Notices, x *hooks.Hooks) (*jobs.Runner, error) {
	r := &jobs.Runner{Store: s.db, District: s.pack.District, Log: log}
	r.Repeat(reindexJob, jobs.Daily(2, 30), func(ctx context.Context, _ jobs.Job) error {
		n, err := s.library.Reindex(ctx, nil)
		if n > 0 {
			log.InfoContext(ctx, "documents indexed", "documents", n)
		}
		return err
	})
	r.Repeat(sweepJob, jobs.Daily(3, 30), func(ctx context.Context, _ jobs.Job) error {
		return s.persons.Sweep(ctx, logKept)
	})
	s.caseJobs(r, log)
	noticeJobs(r, n)
	hookJobs(r, x)
	s.registerJobs(r)
	s.inspectionJobs(r)
	s.funds(time.Now).Work(r)
	err := s.db.Write(ctx, s.pack.District, func(tx *store.Tx) error {
		for _, kind := range []string{reindexJob, recurJob} {
			if err := store.Enqueue(ctx, tx, kind, "", tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// liveCalendar is the working calendar of a serving process: a year that an
// administrator loads is in force a few seconds later, without a restart.
type liveCalendar struct {
	source *store.Calendar
	log    *slog.Logger

	mu     sync.Mutex // guards the rest
	now    calendar.Calendar
	loads  int // how often a year had been loaded when now was read
	looked time.Time
}

// lookEvery is how long a loaded year may go unseen.
const lookEvery = 3 * time.Second

func newLiveCalendar(ctx context.Context, source *store.Calendar, log *slog.Logger) (*liveCalendar, error) {
	l := &liveCalendar{source: source, log: log}
	return l, l.look(ctx)
}

// current returns the calendar. When the database does not answer it is the one
// known last.
func (l *liveCalendar) current(ctx context.Context) calendar.Calendar {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.looked) >= lookEvery {
		if err := l.look(ctx); err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "the working calendar could not be read again", "err", err)
		}
	}
	return l.now
}

// known returns the calendar without looking whether a year was loaded, for
// those who are in the middle of a transaction.
func (l *liveCalendar) known() calendar.Calendar {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// look reads the calendar again if a year was loaded. l.mu is held.
func (l *liveCalendar) look(ctx context.Context) error {
	first := l.looked.IsZero()
	l.looked = time.Now() // also when it fails: one request in lookEvery waits for a database that hangs
	loads, err := l.source.Loads(ctx)
	if err != nil {
		return err
	}
	if loads != l.loads || first {
		if l.now, err = l.source.Current(ctx); err != nil {
			return err
		}
		l.loads = loads
	}
	return nil
}
