package ledgerdb_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
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
	t := &fatal{}
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

// fatal is a testing.TB outside a test.
type fatal struct{ testing.TB }

func (*fatal) Context() context.Context       { return context.Background() }
func (*fatal) Helper()                        {}
func (*fatal) Fatal(args ...any)              { panic(fmt.Sprint(args...)) }
func (*fatal) Fatalf(format string, a ...any) { panic(fmt.Sprintf(format, a...)) }

// After kill -9 every act that was confirmed is there, nothing is torn, and
// the next process goes on.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			self, err := os.Executable()
			must(t, err)
			confirmed := map[string]bool{}
			for round := range 4 {
				cmd := exec.CommandContext(t.Context(), self)
				cmd.Env = append(os.Environ(), crashEnv+"="+dsn)
				cmd.Stderr = os.Stderr
				out := &lines{}
				cmd.Stdout = out
				must(t, cmd.Start())
				deadline := time.Now().Add(30 * time.Second)
				for out.count() < 20 && time.Now().Before(deadline) {
					time.Sleep(5 * time.Millisecond)
				}
				time.Sleep(time.Duration(round*13) * time.Millisecond) // die elsewhere each time
				must(t, cmd.Process.Kill())
				cmd.Wait() // it was killed: the error says so
				for _, id := range out.whole() {
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

// lines collects what a process printed.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.buf.Bytes(), []byte("\n"))
}

// whole returns the complete lines; the last one may be cut off.
func (l *lines) whole() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.Split(l.buf.String(), "\n")
	return all[:len(all)-1]
}
