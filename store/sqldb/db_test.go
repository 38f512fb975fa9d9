package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

const district = gov.District("110102")

const (
	addLease = `
insert into leases (district, name, holder, expires)
values ($1, $2, $3, $4)`
	countLeases = `
select count(*)
from leases
where district = $1`
	setLease = `
update leases
set expires = $1
where district = $2 and name = $3`
)

func add(ctx context.Context, tx *store.Tx, name string) error {
	_, err := tx.ExecContext(ctx, addLease, tx.District(), name, "me", 1)
	return sqldb.Classify(err, "add %s", name)
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	err := db.Read(t.Context(), district, func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), countLeases, tx.District()).Scan(&n)
	})
	if err != nil {
		t.Fatalf("count: %v", err)
	}
	return n
}

func TestWriteKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for _, c := range []struct {
			name string
			fn   func(tx *store.Tx) error
			code gov.Code // of the error wanted, "" for none
			rows int      // in the table afterwards
		}{
			{"kept", func(tx *store.Tx) error { return add(ctx, tx, "a") }, "", 1},
			{"closure fails after a write", func(tx *store.Tx) error {
				return errors.Join(add(ctx, tx, "b"), boom)
			}, gov.Internal, 1},
			{"duplicate key", func(tx *store.Tx) error {
				return errors.Join(add(ctx, tx, "c"), add(ctx, tx, "a"))
			}, gov.Conflict, 1},
			// PostgreSQL cannot commit after a failed statement, so nobody may.
			{"failed statement ignored", func(tx *store.Tx) error {
				_ = add(ctx, tx, "a")
				return nil
			}, gov.Conflict, 1},
			{"statement after a failed one", func(tx *store.Tx) error {
				_ = add(ctx, tx, "a")
				return add(ctx, tx, "d")
			}, gov.Conflict, 1},
			{"no row", func(tx *store.Tx) error {
				var n int
				return sqldb.Classify(tx.QueryRowContext(ctx, `select expires from leases where district = $1 and name = $2`, district, "x").Scan(&n), "look")
			}, gov.NotFound, 1},
			{"stale version", func(tx *store.Tx) error {
				return sqldb.ExecOne(ctx, tx, setLease, 5, tx.District(), "x")
			}, gov.Conflict, 1},
			{"one row", func(tx *store.Tx) error {
				return sqldb.ExecOne(ctx, tx, setLease, 5, tx.District(), "a")
			}, "", 1},
		} {
			err := db.Write(ctx, district, c.fn)
			if got := gov.CodeOf(err); got != c.code {
				t.Errorf("%s: error %v, code %q, want %q", c.name, err, got, c.code)
			}
			if got := count(t, db); got != c.rows {
				t.Errorf("%s: %d rows, want %d", c.name, got, c.rows)
			}
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), district, func(tx *store.Tx) error { return add(t.Context(), tx, "a") })
		if err == nil {
			t.Error("a read wrote")
		}
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var before, after int
		err := db.Read(ctx, district, func(tx *store.Tx) error {
			if err := tx.QueryRowContext(ctx, countLeases, district).Scan(&before); err != nil {
				return err
			}
			if err := db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "a") }); err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, countLeases, district).Scan(&after)
		})
		if err != nil || before != 0 || after != 0 {
			t.Errorf("saw %d, then %d rows (%v), want none both times", before, after, err)
		}
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows after the read, want 1", n)
		}
	})
}

func TestPanicUndoesOnlyItsOwnWork(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				defer func() {
					if r := recover(); (r != nil) != (i%4 == 0) {
						t.Errorf("write %d: recovered %v", i, r)
					}
				}()
				err := db.Write(ctx, district, func(tx *store.Tx) error {
					if err := add(ctx, tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i % 4 {
					case 0:
						panic("on purpose")
					case 1:
						return gov.Errorf(gov.Invalid, "不行", "no")
					}
					return nil
				})
				if want := map[bool]gov.Code{true: gov.Invalid}[i%4 == 1]; gov.CodeOf(err) != want {
					t.Errorf("write %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, db); n != 20 {
			t.Errorf("%d rows, want the 20 that neither failed nor panicked", n)
		}
	})
}

func TestConcurrentIncrementsAreNotLost(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "n") }))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					err := db.Write(ctx, district, func(tx *store.Tx) error {
						return sqldb.ExecOne(ctx, tx, `
update leases
set expires = expires + $1
where district = $2 and name = $3`, 1, district, "n")
					})
					if err != nil {
						t.Errorf("increment: %v", err)
					}
				}
			})
		}
		wg.Wait()
		var got int
		must(t, db.Read(ctx, district, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, `select expires from leases where district = $1`, district).Scan(&got)
		}))
		if got != 81 {
			t.Errorf("counted to %d, want 81", got)
		}
	})
}

// Two writers that take two rows in opposite order deadlock on PostgreSQL; one
// is told to try again and must succeed without its caller noticing.
func TestDeadlockIsRetried(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, district, func(tx *store.Tx) error {
			return errors.Join(add(ctx, tx, "a"), add(ctx, tx, "b"))
		}))
		var first sync.WaitGroup
		if db.Engine() == store.Postgres {
			first.Add(2) // both hold their first row before either wants the second
		}
		var runs atomic.Int32
		var wg sync.WaitGroup
		for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
			wg.Go(func() {
				err := db.Write(ctx, district, func(tx *store.Tx) error {
					mine := runs.Add(1)
					if err := sqldb.ExecOne(ctx, tx, setLease, 2, district, order[0]); err != nil {
						return err
					}
					if mine <= 2 && db.Engine() == store.Postgres {
						first.Done()
						first.Wait()
					}
					return sqldb.ExecOne(ctx, tx, setLease, 2, district, order[1])
				})
				if err != nil {
					t.Errorf("write: %v", err)
				}
			})
		}
		wg.Wait()
		if db.Engine() == store.Postgres && (runs.Load() < 3 || db.Stats().Retries == 0) {
			t.Errorf("%d runs, %d retries: the deadlock did not happen", runs.Load(), db.Stats().Retries)
		}
	})
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		// Cancelled before its turn: it never runs.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, "early") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before its turn: %v", err)
		}
		// Cancelled while it runs: it runs to its end and says so.
		ctx, cancel = context.WithCancel(t.Context())
		err = db.Write(ctx, district, func(tx *store.Tx) error {
			cancel()
			return add(ctx, tx, "late")
		})
		if err != nil {
			t.Errorf("cancelled while it ran: %v", err)
		}
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows, want the late one", n)
		}
	})
}

func TestWriteStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			db, err := store.Open(ctx, storetest.DSN(t, e), store.Options{WriteTimeout: time.Second})
			must(t, err)
			defer db.Close()
			err = db.Write(ctx, district, func(tx *store.Tx) error {
				for n := 0; ; n++ { // until it is stopped
					if err := add(ctx, tx, fmt.Sprint(n)); err != nil {
						return err
					}
					time.Sleep(10 * time.Millisecond)
				}
			})
			if gov.CodeOf(err) != gov.Unavailable {
				t.Errorf("over the limit: %v", err)
			}
			if n := count(t, db); n != 0 {
				t.Errorf("%d rows of the stopped write were kept", n)
			}
		})
	}
}

func TestCloseRefusesLaterWrites(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), storetest.DSN(t, store.SQLite), store.Options{})
	must(t, err)
	must(t, db.Close())
	err = db.Write(t.Context(), district, func(tx *store.Tx) error { return nil })
	if gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("write after Close: %v", err)
	}
}

func TestGroupCommit(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), nil)
	// Who waits for a turn is not to be seen from outside: they are given ever more
	// time to come.
	for patience := time.Millisecond; patience < time.Minute; patience *= 2 {
		before := db.Stats()
		writeBehind(t, db, 30, patience)
		s := db.Stats()
		if n := s.Writes - before.Writes; n != 31 {
			t.Fatalf("%d writes, want 31", n)
		}
		if s.Groups-before.Groups <= 15 {
			return
		}
	}
	t.Error("writes that wait are not grouped")
}

// writeBehind lets n writes wait behind one for some time, and then all run.
func writeBehind(t *testing.T, db *store.DB, n int, patience time.Duration) {
	t.Helper()
	ctx := t.Context()
	release := make(chan struct{})
	var wg, begun sync.WaitGroup
	wg.Go(func() {
		must(t, db.Write(ctx, district, func(tx *store.Tx) error { <-release; return add(ctx, tx, fmt.Sprint(patience, " first")) }))
	})
	begun.Add(n)
	for i := range n {
		wg.Go(func() {
			begun.Done()
			must(t, db.Write(ctx, district, func(tx *store.Tx) error { return add(ctx, tx, fmt.Sprint(patience, i)) }))
		})
	}
	begun.Wait()
	time.Sleep(patience)
	close(release)
	wg.Wait()
}

func TestClockStandsStillInATransaction(t *testing.T) {
	t.Parallel()
	at := time.Date(2016, 9, 15, 1, 2, 3, 456_789_000, time.UTC)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			clock := at
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { clock = clock.Add(time.Hour); return clock })
			must(t, db.Write(t.Context(), district, func(tx *store.Tx) error {
				want := at.Add(time.Hour).Truncate(time.Millisecond)
				if a, b := tx.Now(), tx.Now(); !a.Equal(want) || !b.Equal(want) {
					t.Errorf("now is %v, then %v, want %v", a, b, want)
				}
				return nil
			}))
		})
	}
}

func TestLease(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			now := time.Unix(1e9, 0)
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return now })
			take := func(holder string) (got bool) {
				must(t, db.Write(t.Context(), district, func(tx *store.Tx) (err error) {
					got, err = tx.TakeLease(t.Context(), "sequencer", holder, time.Minute)
					return err
				}))
				return got
			}
			if !take("a") || take("b") || !take("a") {
				t.Error("a takes a free lease, b does not get it, a renews it")
			}
			now = now.Add(time.Minute)
			if !take("b") || take("a") {
				t.Error("b takes the lease that ran out, a has lost it")
			}
			must(t, db.Write(t.Context(), district, func(tx *store.Tx) error {
				return errors.Join(tx.DropLease(t.Context(), "sequencer", "a"), tx.DropLease(t.Context(), "sequencer", "b"))
			}))
			if !take("a") {
				t.Error("a takes the lease b gave up")
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dsn  string
		code gov.Code
	}{
		{"", gov.Invalid},
		{"sqlite:", gov.Invalid},
		{"mysql://root@localhost/x", gov.Invalid},
		{"postgres://u:secret@host:notaport/x", gov.Invalid},
		{"postgres://u:secret@127.0.0.1:1/x", gov.Unavailable},
		{"sqlite:/dev/null/x/y.db", gov.Unavailable},
		{storetest.EmptyDSN(t, store.SQLite), gov.Unavailable}, // not migrated
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{})
		if gov.CodeOf(err) != c.code {
			t.Errorf("open %q: %v, want %s", c.dsn, err, c.code)
		}
	}
}

func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.EmptyDSN(t, e)
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					db, err := store.Open(context.Background(), dsn, store.Options{Migrate: true})
					if err != nil {
						t.Errorf("open: %v", err)
						return
					}
					defer db.Close()
					if now, want, err := db.SchemaVersion(context.Background()); now != want || err != nil {
						t.Errorf("version %d, want %d (%v)", now, want, err)
					}
				})
			}
			wg.Wait()
		})
	}
}

// Values must come back as they went in, on both engines.
func TestValuesSurvive(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		must(t, db.Write(t.Context(), district, func(tx *store.Tx) error {
			for _, c := range []struct{ text string }{{""}, {"区发改委\n〔2016〕8号 𠮷"}} {
				var text string
				var data []byte
				var nothing sql.Null[string]
				var yes bool
				err := tx.QueryRowContext(t.Context(), `select $1, $2, cast($3 as text), 1 = 1`, c.text, []byte(c.text), nil).Scan(&text, &data, &nothing, &yes)
				if err != nil || text != c.text || string(data) != c.text || nothing.Valid || !yes {
					t.Errorf("%q came back as %q, %q, %v, %v (%v)", c.text, text, data, nothing, yes, err)
				}
			}
			return nil
		}))
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
