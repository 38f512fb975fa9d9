package ledgerdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

// The process may die at any statement of a batch: nothing of it is kept, and
// the next sequencer does it all.
func TestSequencerCrashPoints(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for i := range 3 {
			act(t, db, fmt.Sprintf("thing:%d", i))
		}
		q := storetest.Sequencer(t, db)
		step := 1
		for ; ; step++ {
			err := db.Write(ctx, district, func(tx *store.Tx) error {
				storetest.FailAt(t, db, step)
				return q.Step(ctx, tx)
			})
			storetest.FailAt(t, db, 0)
			if err == nil {
				break
			}
			all, err := storetest.Ledger(t, db).Recent(ctx, 9)
			must(t, err)
			if n, _, err := storetest.Ledger(t, db).Waiting(ctx); len(all) != 0 || n != 3 || err != nil {
				t.Fatalf("a crash at statement %d left %d entries in the tree and %d waiting (%v)", step, len(all), n, err)
			}
			storetest.Sound(t, db)
		}
		if step < 10 {
			t.Errorf("only %d crash points", step-1)
		}
		all, err := storetest.Ledger(t, db).Recent(ctx, 9)
		must(t, err)
		if len(all) != 3 {
			t.Errorf("%d entries in the end", len(all))
		}
		storetest.Sound(t, db)
	})
}

// Whoever stops an installation finds everything it recorded in the tree, however much
// waited.
func TestSequencerStops(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		const waiting = 1100 // more than two batches
		must(t, db.Write(t.Context(), district, func(tx *store.Tx) error {
			for i := range waiting {
				if _, err := ledgerdb.Record(t.Context(), tx, ledgerdb.Act{Kind: "test.acted", Object: fmt.Sprintf("thing:%d", i), Actor: importer}); err != nil {
					return err
				}
			}
			return nil
		}))
		stopped, stop := context.WithCancel(t.Context())
		stop()
		storetest.Sequencer(t, db).Run(stopped)
		if n, _, err := storetest.Ledger(t, db).Waiting(t.Context()); n != 0 || err != nil {
			t.Errorf("%d of %d entries wait still (%v)", n, waiting, err)
		}
		storetest.Sound(t, db)
	})
}

// The process may die at any statement of an act: no row, entry or state of it
// is kept.
func TestRecordCrashPoints(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		db = withNotes(t, db)
		step := 1
		for ; ; step++ {
			err := db.Write(ctx, district, func(tx *store.Tx) error {
				storetest.FailAt(t, db, step)
				if err := sqldb.ExecOne(ctx, tx, addNote, district, "c", 1, "文", nil, true); err != nil {
					return err
				}
				_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "note.added", Object: "note:c-1", Actor: importer, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("notes", "c", 1)}})
				return err
			})
			storetest.FailAt(t, db, 0)
			if err == nil {
				break
			}
			if sum := storetest.Sound(t, db); sum.Rows != 0 || sum.Waiting != 0 {
				t.Fatalf("a crash at statement %d left %d rows and %d entries", step, sum.Rows, sum.Waiting)
			}
		}
		if sum := storetest.Sound(t, db); step < 6 || sum.Rows != 1 || sum.Waiting != 1 {
			t.Errorf("%d statements, %+v", step, sum)
		}
	})
}

const crashEnv = "STORE_LEDGER_CRASH_DSN"

// TestMain turns the test binary into the victim of TestKill when asked to.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashEnv); dsn != "" {
		victim(dsn)
	}
	os.Exit(m.Run())
}

// victim records and sequences until it is killed.
func victim(dsn string) {
	t := &storetest.Victim{}
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	for range 2 {
		go storetest.Sequencer(t, db).Run(t.Context())
	}
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				fmt.Println(act(t, db, fmt.Sprintf("thing:%d.%d", w, i)))
			}
		}()
	}
	select {}
}

// After kill -9 every act that was confirmed is there, nothing is torn, and
// the next process goes on.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			confirmed := map[string]bool{}
			for round := range 4 { // it dies elsewhere each time
				for _, id := range storetest.Kill(t, crashEnv, dsn, 20, time.Duration(round*13)*time.Millisecond) {
					confirmed[id] = true
				}
			}
			db := storetest.Open(t, dsn, nil)
			storetest.Sound(t, db)
			must(t, sequencer2(t, db).Sequence(t.Context()))
			sum := storetest.Sound(t, db)
			if len(confirmed) < 80 || sum.Entries < int64(len(confirmed)) {
				t.Errorf("%d acts were confirmed, %d are in the ledger", len(confirmed), sum.Entries)
			}
			l := storetest.Ledger(t, db)
			for s := range confirmed {
				id, err := gov.ParseID(s)
				must(t, err)
				if _, err := l.Receipt(t.Context(), id); err != nil {
					t.Fatalf("confirmed act %s: %v", id, err)
				}
			}
		})
	}
}
