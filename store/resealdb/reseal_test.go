package resealdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
	"quanxiang/support/fund"
)

const district = storetest.District

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keyFile is what the keyrings of several processes follow.
type keyFile struct {
	now atomic.Pointer[privacy.Keyring]
}

// ring is a keyring of before a rotation that follows the file.
func (f *keyFile) ring(first *privacy.Keyring) *privacy.Keyring {
	k := first.Pin()
	text, err := privacy.ParseKeyring(k.Text())
	if err != nil {
		panic(err)
	}
	text.Follow(f.now.Load)
	return text
}

// save enters or changes a person as any writer does.
func save(ctx context.Context, s *store.People, p *people.Person) error {
	was := *p
	return s.Update(ctx, func(ctx context.Context, tx people.Tx) error {
		*p = was // it may run again
		if err := tx.SavePerson(ctx, p); err != nil {
			return err
		}
		return tx.Record(ctx, resealtest.Operator, people.Event{ID: gov.NewID(time.Now()), Kind: "people.entered", Object: "person:" + p.ID.String()})
	})
}

func person(i int) *people.Person {
	return &people.Person{ID: gov.NewID(time.Now()), Name: fmt.Sprintf("试验%d", i), Unit: "fgw", Mobile: fmt.Sprintf("138%08d", i), Email: fmt.Sprintf("p%d@example.cn", i)}
}

// enter makes persons.
func enter(t testing.TB, s *store.People, n int) (all []*people.Person) {
	t.Helper()
	for i := range n {
		p := person(i)
		must(t, save(t.Context(), s, p))
		all = append(all, p)
	}
	return all
}

// A process may die at any statement of sealing anew: everything opens and the ledger
// is sound, and the next one does the rest.
func TestCrashPoints(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, file, first := t.Context(), &keyFile{}, privacy.NewKeyring()
		ring := file.ring(first)
		enter(t, db.People(district, ring), 2)
		must(t, db.People(district, ring).Update(ctx, func(ctx context.Context, tx people.Tx) error {
			return tx.PutSession(ctx, people.Session{ID: people.SessionID{1}, Pending: []byte("factor"), Opened: 1})
		}))
		file.now.Store(first)
		seals := db.Seals(district, ring)
		must(t, seals.Hold(ctx, "test"))
		step := 1
		for ; ; step++ {
			file.now.Store(file.now.Load().Rotate()) // so that there is everything to do each time
			storetest.FailAt(t, db, step)
			_, err := seals.Reseal(ctx, resealtest.Operator, "test", nil)
			storetest.FailAt(t, db, 0)
			if err == nil {
				break
			}
			if found, err := seals.Check(ctx); err != nil || found.Values != 7 || found.Closed != 0 {
				t.Fatalf("a crash at statement %d: %+v, %v", step, found, err)
			}
			storetest.Sound(t, db)
		}
		if step < 40 {
			t.Errorf("only %d crash points", step-1)
		}
		if left := resealtest.Left(t, db, district, first.IDs()[0]); len(left) > 0 {
			t.Errorf("left in %v", left)
		}
		if needed, closed, err := seals.Needed(ctx); needed != 0 || closed != 0 || err != nil {
			t.Errorf("%d needed, %d closed, %v", needed, closed, err)
		}
	})
}

const crashEnv = "STORE_RESEAL_CRASH"

// TestMain turns the test binary into the victim of TestKill when asked to.
func TestMain(m *testing.M) {
	if order := os.Getenv(crashEnv); order != "" {
		victim(order)
	}
	os.Exit(m.Run())
}

// victim seals anew, slowly, until it is killed. It is told the database and the
// keys.
func victim(order string) {
	t := &storetest.Victim{}
	dsn, keys, _ := strings.Cut(order, "\n")
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	ring, err := privacy.ParseKeyring(keys)
	must(t, err)
	seals := db.Seals(district, ring)
	for seals.Hold(t.Context(), "victim") != nil {
		time.Sleep(10 * time.Millisecond)
	}
	_, err = seals.Reseal(t.Context(), resealtest.Operator, "victim", func(rows int) {
		fmt.Println(rows)
		time.Sleep(200 * time.Millisecond)
	})
	must(t, err)
	select {}
}

// After kill -9 everything opens and the ledger is sound, wherever it was; the next
// process goes on until the old key is needed no more.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn, first := storetest.DSN(t, e), privacy.NewKeyring()
			db := storetest.Open(t, dsn, nil)
			const persons = 1200
			enter(t, db.People(district, first), persons)
			ring := first.Rotate()
			seals := db.Seals(district, ring)
			for round := range 3 {
				storetest.Kill(t, crashEnv, dsn+"\n"+ring.Text(), 2, time.Duration(round*11)*time.Millisecond)
				storetest.Sound(t, db)
				found, err := seals.Check(t.Context())
				must(t, err)
				needed, _, err := seals.Needed(t.Context())
				must(t, err)
				if found.Values != 3*persons || found.Closed != 0 || needed == 0 || needed == 3*persons {
					t.Fatalf("round %d: %+v, %d need the old key", round, found, needed)
				}
			}
			must(t, seals.Hold(t.Context(), "victim"))
			_, err := seals.Reseal(t.Context(), resealtest.Operator, "victim", nil)
			must(t, err)
			storetest.Sound(t, db)
			if found, err := db.Seals(district, ring.Newest()).Check(t.Context()); err != nil || found.Values != 3*persons || found.Closed != 0 {
				t.Errorf("with the new key alone: %+v, %v", found, err)
			}
			if left := resealtest.Left(t, db, district, first.IDs()[0]); len(left) > 0 {
				t.Errorf("left in %v", left)
			}
		})
	}
}

// While a rotation is under way, two processes write and look people up; nobody is
// refused, everybody is found by name and number, and nothing is lost.
func TestWritersMeanwhile(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn, file, first := storetest.DSN(t, e), &keyFile{}, privacy.NewKeyring()
			dbs := []*store.DB{storetest.Open(t, dsn, nil), storetest.Open(t, dsn, nil)}
			all := enter(t, dbs[0].People(district, first), 300)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var writers sync.WaitGroup
			var writes atomic.Int64
			for w := range 4 {
				s := dbs[w%2].People(district, file.ring(first))
				writers.Go(func() {
					for i := w; ctx.Err() == nil; i += 4 {
						p := all[i%len(all)]
						p.Mobile = fmt.Sprintf("139%08d", i)
						if err := save(ctx, s, p); err != nil {
							if ctx.Err() == nil {
								t.Errorf("writer %d: %v", w, err)
							}
							return
						}
						list, err := s.Persons(ctx, people.Filter{Name: p.Name, Mobile: p.Mobile}, gov.Page{})
						if ctx.Err() == nil && (err != nil || len(list.Items) != 1 || list.Items[0].ID != p.ID) {
							t.Errorf("writer %d looks for one: %v, %v", w, list.Items, err)
						}
						writes.Add(1)
					}
				})
			}
			wait := func(n int64) {
				for n += writes.Load(); writes.Load() < n && !t.Failed(); {
					time.Sleep(time.Millisecond)
				}
			}
			wait(20)
			file.now.Store(first.Rotate())
			seals := dbs[0].Seals(district, file.ring(first))
			must(t, seals.Hold(ctx, "test"))
			_, err := seals.Reseal(ctx, resealtest.Operator, "test", nil)
			must(t, err)
			wait(20)
			_, err = seals.Reseal(ctx, resealtest.Operator, "test", nil) // of transactions that were under way
			must(t, err)
			file.now.Store(file.now.Load().Newest())
			wait(20)
			cancel()
			writers.Wait()
			if found, err := seals.Check(t.Context()); err != nil || found.Values != 3*len(all) || found.Closed != 0 {
				t.Errorf("%+v, %v", found, err)
			}
			if left := resealtest.Left(t, dbs[0], district, first.IDs()[0]); len(left) > 0 {
				t.Errorf("left in %v", left)
			}
			storetest.Sound(t, dbs[0])
		})
	}
}

// What nobody can open is told apart from what needs an old key, and keeps nobody
// from giving it up.
func TestNeeded(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, first := t.Context(), privacy.NewKeyring()
		all := enter(t, db.People(district, first), 3)
		ring := first.Rotate()
		seals := db.Seals(district, ring)
		storetest.Exec(t, db, fmt.Sprintf("update persons set email = mobile where id = '%s'", all[0].ID))
		if needed, closed, err := seals.Needed(ctx); needed != 8 || closed != 1 || err != nil {
			t.Errorf("%d needed, %d closed, %v; want 8 and 1", needed, closed, err)
		}
		counts, err := seals.Count(ctx)
		must(t, err)
		if n := counts[first.IDs()[0]]["persons"]; len(counts) != 1 || n != 9 {
			t.Errorf("sealed by each: %v", counts)
		}
		if err := db.Seals(district, first).Hold(ctx, "another"); err != nil {
			t.Fatal(err)
		}
		if err := seals.Hold(ctx, "test"); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("two at once: %v", err)
		}
		if _, err := seals.Reseal(ctx, resealtest.Operator, "test", nil); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("sealing anew without the right to: %v", err)
		}
		must(t, seals.Release(ctx, "another"))
		must(t, seals.Hold(ctx, "test"))
		done, err := seals.Reseal(ctx, resealtest.Operator, "test", nil)
		must(t, err)
		if done.Values != 8 || done.Closed != 1 || done.First == nil {
			t.Errorf("sealed anew: %+v", done)
		}
		if needed, closed, err := seals.Needed(ctx); needed != 0 || closed != 1 || err != nil {
			t.Errorf("%d needed, %d closed, %v; want 0 and 1", needed, closed, err)
		}
		if err := seals.Outdated(ctx); err != nil {
			t.Errorf("the present key: %v", err)
		}
		must(t, seals.Rotated(ctx, resealtest.Operator))
		must(t, seals.Rotated(ctx, resealtest.Operator))
		if err := db.Seals(district, first).Outdated(ctx); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("the key of before: %v", err)
		}
		if err := db.Seals(district, privacy.NewKeyring()).Outdated(ctx); err != nil {
			t.Errorf("a key made in the place of a lost one: %v", err)
		}
		if n := storetest.Rows(t, db, "select count(*) from ledger_entries where kind = 'privacy.rotated'")[0][0]; n != "1" {
			t.Errorf("recorded %s times", n)
		}
	})
}

// An account that two transactions kept at once, each under the index of its key, holds
// nothing up: both open, and the one with the new key is found.
func TestAccountTwice(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, first := t.Context(), privacy.NewKeyring()
		ring := first.Rotate()
		keep := func(keys *privacy.Keyring) (id string) {
			f := &fund.Fund{Store: db.Funds(district, keys), Clock: time.Now}
			id, err := f.SavePayee(ctx, resealtest.Operator, fund.Payee{Subject: "甲", Name: "虚构甲", Bank: "虚构银行", Account: "6222000000001"})
			must(t, err)
			return id
		}
		old, other := keep(first), keep(ring.Newest())
		if old == other || keep(ring) != old {
			t.Fatal("an account of before the rotation is not found")
		}
		seals := db.Seals(district, ring)
		must(t, seals.Hold(ctx, "test"))
		done, err := seals.Reseal(ctx, resealtest.Operator, "test", nil)
		must(t, err)
		if done.Values != 1 {
			t.Errorf("sealed anew: %+v", done)
		}
		if needed, closed, err := seals.Needed(ctx); needed != 0 || closed != 0 || err != nil {
			t.Errorf("%d needed, %d closed, %v", needed, closed, err)
		}
		if keep(ring.Newest()) != other {
			t.Error("the account is not found by the new key")
		}
		if p, err := db.Funds(district, ring.Newest()).Payee(ctx, old); err != nil || p.Account != "6222000000001" {
			t.Errorf("the other one: %+v, %v", p, err)
		}
		storetest.Sound(t, db)
	})
}

// A process that still seals with another key is named for a minute after it was
// heard of last.
func TestBehind(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			now, first := time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China), privacy.NewKeyring()
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return now })
			ring := first.Rotate()
			old, seals := db.Seals(district, first), db.Seals(district, ring)
			wants := func(want ...string) {
				t.Helper()
				got, err := seals.Behind(t.Context())
				must(t, err)
				if strings.Join(got, " ") != strings.Join(want, " ") {
					t.Errorf("behind: %v, want %v", got, want)
				}
			}
			must(t, seals.Announce(t.Context(), "here"))
			must(t, old.Announce(t.Context(), "there"))
			wants("there")
			must(t, seals.Announce(t.Context(), "there"))
			wants()
			must(t, old.Announce(t.Context(), "there"))
			now = now.Add(time.Minute)
			wants()
			must(t, seals.Announce(t.Context(), "here"))
			must(t, old.Announce(t.Context(), "gone"))
			must(t, old.Leave(t.Context(), "gone"))
			wants()
			if n := storetest.Rows(t, db, "select count(*) from leases where name like 'privacy.key/%'")[0][0]; n != "1" {
				t.Errorf("%s leases are left", n)
			}
		})
	}
}
