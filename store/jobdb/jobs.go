package jobdb

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of jobs.
var Tables = []sqldb.Table{
	sqldb.NewTable("jobs", sqldb.Passing, 3, "district text, kind text, key text, version int, attempts int, next_at int, lease_until int, holder text, failure text"),
}

// Jobs are the jobs of every district in a database.
type Jobs struct{ db *sqldb.DB }

var _ jobs.Store = Jobs{}

// New returns the jobs in a database.
func New(db *sqldb.DB) Jobs { return Jobs{db} }

const (
	enqueueJob = `
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
values ($1, $2, $3, 1, 0, $4, 0, '', '')
on conflict (district, kind, key) do update
set version = jobs.version + 1,
  next_at = case when excluded.next_at < jobs.next_at then excluded.next_at else jobs.next_at end`

	ensureJob = `
insert into jobs (district, kind, key, version, attempts, next_at, lease_until, holder, failure)
values ($1, $2, $3, 1, 0, $4, 0, '', '')
on conflict (district, kind, key) do nothing`

	countJobs = `
select coalesce(sum(case when next_at <= $1 and lease_until <= $1 then 1 else 0 end), 0),
  coalesce(sum(case when failure <> '' then 1 else 0 end), 0)
from jobs
where district = $2`

	dueJobs = `
select distinct kind
from jobs
where district = $1 and next_at <= $2 and lease_until <= $2
order by kind`

	// On PostgreSQL two holders may choose the same row; the second waits for
	// the first and then finds the lease taken, which is why the outer
	// condition repeats the inner one.
	claimJobs = `
update jobs
set holder = $1, lease_until = $2, attempts = attempts + 1
where district = $3 and kind = $4 and next_at <= $5 and lease_until <= $5 and key in (
  select j.key
  from jobs j
  where j.district = $3 and j.kind = $4 and j.next_at <= $5 and j.lease_until <= $5
  order by j.next_at, j.key
  limit $6)
returning key, version, attempts`

	keepJob = `
update jobs
set lease_until = $1
where district = $2 and kind = $3 and key = $4 and holder = $5`

	finishJob = `
delete from jobs
where district = $1 and kind = $2 and key = $3 and holder = $4 and version = $5`

	freeJob = `
update jobs
set lease_until = 0, holder = '', attempts = 0
where district = $1 and kind = $2 and key = $3 and holder = $4`

	// A request that came while the job ran is not put off.
	postponeJob = `
update jobs
set next_at = case when version = $1 then $2 else next_at end,
  lease_until = 0, holder = '', attempts = $3, failure = $4
where district = $5 and kind = $6 and key = $7 and holder = $8`
)

// Enqueue asks, as part of the transaction, that the handler of kind looks at
// key at an instant or soon after. Requests for the same kind and key that has
// not run yet become one. Let key name the object: transactions that request
// the same key wait for each other on PostgreSQL.
func Enqueue(ctx context.Context, tx *sqldb.Tx, kind, key string, at time.Time) error {
	tx.Wake()
	return tx.LaterRows(ctx, enqueueJob, []any{kind, key, at.UnixMilli()})
}

// CountJobs tells how many jobs of a district wait for a runner although their
// time has come, and how many failed when they last ran.
func (j Jobs) CountJobs(ctx context.Context, d gov.District) (waiting, failing int, err error) {
	err = j.db.Read(ctx, d, func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(ctx, countJobs, tx.Now().UnixMilli(), d).Scan(&waiting, &failing)
	})
	return waiting, failing, sqldb.Classify(err, "count jobs")
}

// Enqueued is part of jobs.Store.
func (j Jobs) Enqueued() <-chan struct{} { return j.db.Woken() }

// DueJobs is part of jobs.Store.
func (j Jobs) DueJobs(ctx context.Context, d gov.District) (kinds []string, err error) {
	err = j.db.Read(ctx, d, func(tx *sqldb.Tx) error {
		kinds, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (k string, err error) {
			return k, scan(&k)
		}, dueJobs, d, tx.Now().UnixMilli())
		return sqldb.Classify(err, "look for due jobs")
	})
	return kinds, err
}

// ClaimJobs is part of jobs.Store.
func (j Jobs) ClaimJobs(ctx context.Context, d gov.District, kind, holder string, limit int, lease time.Duration) (claimed []jobs.Job, err error) {
	err = j.db.Write(ctx, d, func(tx *sqldb.Tx) error {
		now := tx.Now().UnixMilli()
		claimed, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (jobs.Job, error) {
			one := jobs.Job{District: d, Kind: kind, Holder: holder}
			return one, scan(&one.Key, &one.Version, &one.Attempt)
		}, claimJobs, holder, now+lease.Milliseconds(), d, kind, now, limit)
		return sqldb.Classify(err, "claim jobs of kind %s", kind)
	})
	return claimed, err
}

// KeepJob is part of jobs.Store.
func (j Jobs) KeepJob(ctx context.Context, one jobs.Job, lease time.Duration) error {
	return j.db.Write(ctx, one.District, func(tx *sqldb.Tx) error {
		r, err := tx.ExecContext(ctx, keepJob, tx.Now().Add(lease).UnixMilli(), one.District, one.Kind, one.Key, one.Holder)
		if err != nil {
			return sqldb.Classify(err, "keep job %s", one.Kind)
		}
		if n, err := r.RowsAffected(); err != nil || n == 1 {
			return sqldb.Classify(err, "keep job %s", one.Kind)
		}
		return gov.Errorf(gov.Conflict, "这项后台任务已由另一进程接手", "another process has taken this job")
	})
}

// FinishJob is part of jobs.Store.
func (j Jobs) FinishJob(ctx context.Context, one jobs.Job) error {
	return j.db.Write(ctx, one.District, func(tx *sqldb.Tx) error {
		r, err := tx.ExecContext(ctx, finishJob, one.District, one.Kind, one.Key, one.Holder, one.Version)
		if err != nil {
			return sqldb.Classify(err, "finish job %s", one.Kind)
		}
		if n, err := r.RowsAffected(); err != nil || n == 1 {
			return sqldb.Classify(err, "finish job %s", one.Kind)
		}
		_, err = tx.ExecContext(ctx, freeJob, one.District, one.Kind, one.Key, one.Holder)
		tx.Wake()
		return sqldb.Classify(err, "free job %s", one.Kind)
	})
}

// PostponeJob is part of jobs.Store.
func (j Jobs) PostponeJob(ctx context.Context, one jobs.Job, at time.Time, failure string) error {
	attempts := one.Attempt
	if failure == "" {
		attempts = 0
	}
	return j.db.Write(ctx, one.District, func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, postponeJob,
			one.Version, at.UnixMilli(), attempts, failure, one.District, one.Kind, one.Key, one.Holder)
		return sqldb.Classify(err, "postpone job %s", one.Kind)
	})
}

// EnsureJob is part of jobs.Store.
func (j Jobs) EnsureJob(ctx context.Context, d gov.District, kind, key string, at time.Time) error {
	return j.db.Write(ctx, d, func(tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, ensureJob, d, kind, key, at.UnixMilli())
		return sqldb.Classify(err, "ensure job %s", kind)
	})
}
