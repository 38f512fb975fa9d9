package jobs

import (
	"context"
	"time"

	"quanxiang/gov"
)

// Job is a claimed request to look at something.
type Job struct {
	District gov.District
	Kind     string // which handler: "library.validity"
	Key      string // what to look at; "" when the handler looks at everything
	Version  int64  // how often it was requested; tells a request that came while it ran
	Attempt  int    // which try this is, from 1
	Holder   string // who claimed it
}

// Store keeps jobs. Enqueuing is not part of it: that is done inside the
// transactions of the store.
type Store interface {
	// DueJobs lists the kinds that have a job nobody holds and whose time has
	// come.
	DueJobs(ctx context.Context, d gov.District) (kinds []string, err error)

	// ClaimJobs takes up to limit due jobs of a kind for holder until the
	// lease ends. No other holder gets them before.
	ClaimJobs(ctx context.Context, d gov.District, kind, holder string, limit int, lease time.Duration) ([]Job, error)

	// KeepJob lets the lease of a job that is still running end later, so long
	// from now. It is Conflict when the lease went to another holder.
	KeepJob(ctx context.Context, j Job, lease time.Duration) error

	// FinishJob removes a job its holder has done, or frees it to run again at
	// once when it was requested anew while it ran. A job whose lease went to
	// another holder is left alone.
	FinishJob(ctx context.Context, j Job) error

	// PostponeJob frees a job to run again at an instant, counting its
	// attempts anew when failure is "". failure is kept for the operator.
	PostponeJob(ctx context.Context, j Job, at time.Time, failure string) error

	// EnsureJob adds a job for an instant unless it is there already.
	EnsureJob(ctx context.Context, d gov.District, kind, key string, at time.Time) error

	// Enqueued receives after a commit that enqueued in this process.
	Enqueued() <-chan struct{}
}

// Schedule tells when a periodic job runs next, always after now.
type Schedule func(now time.Time) time.Time

// Every runs a job at a fixed distance from its last run.
func Every(d time.Duration) Schedule {
	return func(now time.Time) time.Time { return now.Add(d) }
}

// Daily runs a job every day at a time of day in China.
func Daily(hour, minute int) Schedule {
	return func(now time.Time) time.Time {
		y, m, d := now.In(gov.China).Date()
		at := time.Date(y, m, d, hour, minute, 0, 0, gov.China)
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		return at
	}
}

// Backoff is how long after its nth failure a job is tried again: 1, 2, 4 ...
// seconds, at most an hour. A job is never given up.
func Backoff(attempt int) time.Duration {
	if attempt > 12 {
		return time.Hour
	}
	return min(time.Second<<max(attempt-1, 0), time.Hour)
}
