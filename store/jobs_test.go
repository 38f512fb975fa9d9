package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func enqueue(ctx context.Context, t testing.TB, db *store.DB, kind, key string) {
	t.Helper()
	must(t, db.Write(ctx, district, func(tx *store.Tx) error { return store.Enqueue(ctx, tx, kind, key, tx.Now()) }))
}

func claim(t testing.TB, db *store.DB, holder string, lease time.Duration) []jobs.Job {
	t.Helper()
	all, err := db.ClaimJobs(t.Context(), district, "wake", holder, 10, lease)
	must(t, err)
	return all
}

// TestJobLife walks one job through everything that can happen to it, on a
// clock of its own.
func TestJobLife(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			now := time.Unix(1_473_900_000, 0)
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return now })

			undone := errors.New("undone")
			err := db.Write(ctx, district, func(tx *store.Tx) error {
				must(t, store.Enqueue(ctx, tx, "wake", "x", tx.Now()))
				return undone
			})
			if got := claim(t, db, "a", time.Minute); !errors.Is(err, undone) || len(got) != 0 {
				t.Fatalf("a job of an undone transaction was claimed: %v", got)
			}

			enqueue(ctx, t, db, "wake", "x")
			enqueue(ctx, t, db, "wake", "x")
			first := claim(t, db, "a", time.Minute)
			if len(first) != 1 || first[0].Key != "x" || first[0].Attempt != 1 || first[0].Version != 2 {
				t.Fatalf("two requests for one key: claimed %+v, want one job", first)
			}
			if got := claim(t, db, "b", time.Minute); len(got) != 0 {
				t.Errorf("claimed while a holds it: %+v", got)
			}

			now = now.Add(time.Minute) // a died
			second := claim(t, db, "b", time.Minute)
			if len(second) != 1 || second[0].Attempt != 2 {
				t.Fatalf("after the lease: claimed %+v", second)
			}
			must(t, db.FinishJob(ctx, first[0])) // a was only slow; the job is no longer its own
			if err := db.KeepJob(ctx, first[0], time.Hour); gov.CodeOf(err) != gov.Conflict {
				t.Errorf("a keeps the job of b: %v", err)
			}
			must(t, db.KeepJob(ctx, second[0], 3*time.Minute))
			now = now.Add(2 * time.Minute) // longer than its lease was
			if got := claim(t, db, "c", time.Minute); len(got) != 0 {
				t.Errorf("a freed the job of b: %+v", got)
			}

			must(t, db.PostponeJob(ctx, second[0], now.Add(time.Hour), "no luck"))
			if got := claim(t, db, "b", time.Minute); len(got) != 0 {
				t.Errorf("claimed before its time: %+v", got)
			}
			now = now.Add(time.Hour)
			third := claim(t, db, "b", time.Minute)
			if len(third) != 1 || third[0].Attempt != 3 {
				t.Fatalf("after the postponement: %+v", third)
			}

			enqueue(ctx, t, db, "wake", "x") // while it runs
			must(t, db.FinishJob(ctx, third[0]))
			fourth := claim(t, db, "b", time.Minute)
			if len(fourth) != 1 || fourth[0].Attempt != 1 {
				t.Fatalf("a request that came while it ran was lost: %+v", fourth)
			}
			must(t, db.FinishJob(ctx, fourth[0]))
			must(t, db.EnsureJob(ctx, district, "wake", "daily", now.Add(time.Hour)))
			must(t, db.EnsureJob(ctx, district, "wake", "daily", now)) // it is there: not moved
			if kinds, err := db.DueJobs(ctx, district); len(kinds) != 0 || err != nil {
				t.Errorf("due after all was done: %v (%v)", kinds, err)
			}
		})
	}
}

func TestClaimsDoNotOverlap(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error {
			for i := range 60 {
				if err := store.Enqueue(ctx, tx, "wake", fmt.Sprint(i), tx.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for h := range 6 {
			wg.Go(func() {
				for range 20 {
					got, err := db.ClaimJobs(ctx, district, "wake", fmt.Sprint(h), 3, time.Minute)
					if err != nil {
						t.Errorf("claim: %v", err)
					}
					mu.Lock()
					for _, j := range got {
						seen[j.Key]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for key, n := range seen {
			if n != 1 {
				t.Errorf("job %s was claimed %d times", key, n)
			}
		}
		if len(seen) != 60 {
			t.Errorf("%d jobs claimed, want 60", len(seen))
		}
	})
}

func TestRunner(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, stop := context.WithCancel(t.Context())
		var failed, panicked, repeated atomic.Int32
		done := make(chan string, 10)
		r := &jobs.Runner{Store: db, District: district, Log: slog.New(slog.DiscardHandler), Poll: 20 * time.Millisecond, Lease: time.Minute}
		r.Handle("fails", func(context.Context, jobs.Job) error {
			if failed.Add(1) == 1 {
				return errors.New("once")
			}
			done <- "fails"
			return nil
		})
		r.Handle("panics", func(context.Context, jobs.Job) error {
			if panicked.Add(1) == 1 {
				panic("once")
			}
			done <- "panics"
			return nil
		})
		r.Repeat("repeats", jobs.Every(10*time.Millisecond), func(context.Context, jobs.Job) error {
			if repeated.Add(1) == 3 {
				done <- "repeats"
			}
			return nil
		})
		enqueue(ctx, t, db, "fails", "x")
		enqueue(ctx, t, db, "panics", "x")
		enqueue(ctx, t, db, "unknown", "x") // of a newer program: left alone
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		got := map[string]bool{}
		for len(got) < 3 {
			select {
			case k := <-done:
				got[k] = true
			case <-time.After(10 * time.Minute):
				t.Fatalf("only %v ran", got)
			}
		}
		stop()
		must(t, <-ended)
		rows := storetest.Rows(t, db, `select kind from jobs order by kind`)
		if s := fmt.Sprint(rows); s != "[[repeats] [unknown]]" {
			t.Errorf("left in the table: %s, want the periodic and the unknown job", s)
		}
	})
}

// counting is a store that tells how often a job was kept, and lets time pass then.
type counting struct {
	jobs.Store
	kept func()
}

func (c counting) KeepJob(ctx context.Context, j jobs.Job, lease time.Duration) error {
	defer c.kept()
	return c.Store.KeepJob(ctx, j, lease)
}

// A long job is its holder's for longer than a lease, and ends when it is lost.
func TestLongJob(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			var passed atomic.Int64
			clock := func() time.Time { return time.Unix(1_473_900_000, 0).Add(time.Duration(passed.Load())) }
			db := storetest.Open(t, storetest.DSN(t, e), clock)
			const lease = 30 * time.Millisecond
			kept := make(chan struct{}, 100)
			r := &jobs.Runner{District: district, Clock: clock, Log: slog.New(slog.DiscardHandler), Poll: 20 * time.Millisecond, Lease: lease}
			r.Store = counting{db, func() { passed.Add(int64(lease) * 2 / 3); kept <- struct{}{} }}
			lost := make(chan error, 1)
			r.HandleLong("wake", time.Hour, func(ctx context.Context, j jobs.Job) error {
				for range 3 {
					<-kept
				}
				if got := claim(t, db, "b", lease); len(got) != 0 {
					t.Errorf("claimed after two leases while it runs: %+v", got)
				}
				for passed.Add(int64(time.Minute)); len(claim(t, db, "b", time.Hour)) == 0; { // unless it was kept in this moment
					passed.Add(int64(time.Minute)) // as if this process had stood still
				}
				<-ctx.Done()
				lost <- context.Cause(ctx)
				stop()
				return ctx.Err()
			})
			enqueue(ctx, t, db, "wake", "x")
			must(t, r.Run(ctx))
			if err := <-lost; gov.CodeOf(err) != gov.Conflict {
				t.Errorf("a job that another holder took ended with %v", err)
			}
		})
	}
}

const (
	addDone = `
insert into leases (district, name, holder, expires)
values ($1, $2, 'done', 0)
on conflict (district, name) do nothing`
	killChild = "QUANXIANG_TEST_KILL_CHILD" // dsn of the database a child process works on
)

// TestJobsSurviveKill kills, with SIGKILL and several times, a process in which
// eight writers enqueue while a runner works; the last process drains. Every
// commit the writers were told of must have been worked, and no job may be
// without its row.
func TestJobsSurviveKill(t *testing.T) {
	if dsn := os.Getenv(killChild); dsn != "" {
		killedChild(t, dsn)
		return
	}
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			committed := map[string]bool{}
			for round := range 4 {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestJobsSurviveKill$")
				cmd.Env = append(os.Environ(), killChild+"="+dsn, fmt.Sprintf("ROUND=%d", round))
				out, err := cmd.StdoutPipe()
				must(t, err)
				must(t, cmd.Start())
				n := 0
				for lines := bufio.NewScanner(out); lines.Scan(); {
					if key, ok := strings.CutPrefix(lines.Text(), "committed "); ok {
						committed[key] = true
						if n++; n == 100+70*round { // in the middle of everything
							must(t, cmd.Process.Kill())
						}
					}
				}
				if err := cmd.Wait(); err == nil {
					t.Fatalf("round %d ended by itself after %d commits", round, n)
				}
			}
			db := storetest.Open(t, dsn, nil)
			drain(t, db)
			rows := storetest.Rows(t, db, `
select i.name, d.name
from leases i
left join leases d on d.district = i.district and d.name = 'done ' || i.name
where i.holder = 'item'`)
			found := map[string]bool{}
			for _, r := range rows {
				if found[r[0]] = true; r[1] == "NULL" {
					t.Errorf("the job of %s was lost", r[0])
				}
			}
			for key := range committed {
				if !found[key] {
					t.Errorf("%s was confirmed and is gone", key)
				}
			}
			if len(committed) < 500 {
				t.Errorf("only %d commits in all", len(committed))
			}
		})
	}
}

func worker(db *store.DB) *jobs.Runner {
	r := &jobs.Runner{Store: db, District: district, Lease: 500 * time.Millisecond, Poll: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	r.Handle("wake", func(ctx context.Context, j jobs.Job) error {
		return db.Write(ctx, district, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, addDone, district, "done "+j.Key)
			return err
		})
	})
	return r
}

const addItem = `
insert into leases (district, name, holder, expires)
values ($1, $2, $3, $4)`

// killedChild writes and works until it is killed.
func killedChild(t *testing.T, dsn string) {
	db, err := store.Open(t.Context(), dsn, store.Options{})
	must(t, err)
	go worker(db).Run(t.Context())
	var wg sync.WaitGroup
	var mu sync.Mutex
	for w := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				key := fmt.Sprintf("%s-%d-%d", os.Getenv("ROUND"), w, i)
				must(t, db.Write(t.Context(), district, func(tx *store.Tx) error {
					_, err := tx.ExecContext(t.Context(), addItem, district, key, "item", 0)
					return errors.Join(err, store.Enqueue(t.Context(), tx, "wake", key, tx.Now()))
				}))
				mu.Lock()
				fmt.Println("committed " + key)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func drain(t *testing.T, db *store.DB) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- worker(db).Run(ctx) }()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		rows := storetest.Rows(t, db, `select count(*) from jobs`)
		if rows[0][0] == "0" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s jobs are still there", rows[0][0])
		}
	}
	stop()
	must(t, <-ended)
}
