package ledgerdb_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

var importer = gov.Actor{Kind: gov.OperatorActor, Name: "importer"}

// act records an act without rows and returns its event.
func act(t testing.TB, db *store.DB, object string) (id gov.ID) {
	t.Helper()
	must(t, db.Write(t.Context(), district, func(tx *store.Tx) (err error) {
		id, err = ledgerdb.Record(t.Context(), tx, ledgerdb.Act{Kind: "test.acted", Object: object, Actor: importer, Facts: map[string]string{"n": object}})
		return err
	}))
	return id
}

func TestRecordedActGetsAReceipt(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		l, q := storetest.Ledger(t, db), storetest.Sequencer(t, db)
		if _, err := l.Checkpoint(ctx); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("checkpoint of a new ledger: %v", err)
		}
		must(t, q.Sequence(ctx))
		_, v := storetest.Signer(t, 1)
		note, err := l.Checkpoint(ctx)
		must(t, err)
		if c, err := v.Open(note); err != nil || c.Size != 0 {
			t.Errorf("first checkpoint %+v, %v; want size 0", c, err)
		}

		id := act(t, db, "thing:1")
		if _, err := l.Receipt(ctx, id); gov.CodeOf(err) != gov.Unavailable {
			t.Errorf("receipt before it was sequenced: %v", err)
		}
		if n, since, err := l.Waiting(ctx); n != 1 || since == 0 || err != nil {
			t.Errorf("waiting: %d since %d, %v", n, since, err)
		}
		must(t, q.Sequence(ctx))
		r, err := l.Receipt(ctx, id)
		must(t, err)
		opening, err := l.OpenActor(ctx, id)
		must(t, err)
		r.Openings = append(r.Openings, opening)
		file, err := r.Marshal()
		must(t, err)
		got, err := v.VerifyReceipt(file)
		must(t, err)
		if got.Entry.ID != id || got.Entry.Object != "thing:1" || got.Opened["actor"] != "operator:importer" || got.Entry.District != district {
			t.Errorf("the receipt proves %+v, opened %v", got.Entry, got.Opened)
		}
		if _, err := l.Receipt(ctx, gov.NewID(time.Now())); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("receipt of an unknown event: %v", err)
		}
	})
}

// A transaction that does not commit leaves no trace in the ledger.
func TestRecordIsPartOfItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		no := gov.Errorf(gov.Invalid, "不行", "no")
		err := db.Write(ctx, district, func(tx *store.Tx) error {
			if _, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "test.acted", Object: "thing:1", Actor: importer}); err != nil {
				return err
			}
			return no
		})
		if gov.CodeOf(err) != gov.Invalid {
			t.Fatal(err)
		}
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		if all, err := storetest.Ledger(t, db).Recent(ctx, 9); err != nil || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
	})
}

// What one room writes for another's act is part of that act; without the act nothing is
// written.
func TestCarry(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, db := t.Context(), withNotes(t, db)
		add := func(shelf string, act bool) error {
			return db.Write(ctx, district, func(tx *store.Tx) error {
				for no := range 2 {
					if err := sqldb.ExecOne(ctx, tx, addNote, district, shelf, no, "文", nil, true); err != nil {
						return err
					}
				}
				ledgerdb.Carry(tx, ledgerdb.RowOf("notes", shelf, 0))
				if !act {
					return nil
				}
				_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "note.added", Object: "note:" + shelf, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("notes", shelf, 1)}})
				return err
			})
		}
		must(t, add("a", true))
		if err := add("b", false); gov.CodeOf(err) != gov.Internal {
			t.Errorf("rows nobody records: %v", err)
		}
		if rows := storetest.Rows(t, db, "select shelf from notes"); len(rows) != 2 {
			t.Errorf("kept: %v", rows)
		}
		if rows := storetest.Rows(t, db, "select distinct entry from ledger_rows"); len(rows) != 1 {
			t.Errorf("recorded by %v", rows)
		}
		storetest.Sound(t, db)
	})
}

// The caller's id makes a retried intake harmless: the second one conflicts.
func TestRecordTwice(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		id := gov.NewID(time.Now())
		record := func() error {
			return db.Write(ctx, district, func(tx *store.Tx) error {
				_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{ID: id, Kind: "test.acted", Object: "thing:1", Actor: importer})
				return err
			})
		}
		must(t, record())
		if err := record(); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("the same event again: %v", err)
		}
	})
}

func TestRecordRefusesMistakes(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for name, a := range map[string]ledgerdb.Act{
			"unknown table":      {Rows: []ledgerdb.RowRef{ledgerdb.RowOf("nothing", "a")}},
			"table not recorded": {Rows: []ledgerdb.RowRef{ledgerdb.RowOf("leases", "a")}},
			"key of a float":     {Rows: []ledgerdb.RowRef{ledgerdb.RowOf("leases", 1.5)}},
			"no kind":            {Kind: "x"},
		} {
			if a.Kind == "" {
				a.Kind = "test.acted"
			}
			a.Object, a.Actor = "thing:1", importer
			err := db.Write(ctx, district, func(tx *store.Tx) error {
				_, err := ledgerdb.Record(ctx, tx, a)
				return err
			})
			if err == nil {
				t.Errorf("%s: recorded", name)
			}
		}
	})
}

func TestHistoryAndRecent(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		l := storetest.Ledger(t, db)
		first, _ := act(t, db, "thing:1"), act(t, db, "thing:2")
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		third := act(t, db, "thing:1")
		h, err := l.History(ctx, "thing:1")
		must(t, err)
		if len(h) != 2 || h[0].ID != first || h[1].ID != third || h[0].Index < 0 || h[1].Index != -1 {
			t.Errorf("history %+v", h)
		}
		all, err := l.Recent(ctx, 1)
		must(t, err)
		if len(all) != 1 || all[0].Index != 1 {
			t.Errorf("recent %+v", all)
		}
		if all, err = l.Before(ctx, 1, 5); err != nil || len(all) != 1 || all[0].Index != 0 {
			t.Errorf("before 1: %+v, %v", all, err)
		}
	})
}

// Acts of one transaction, and of transactions one after the other, hang in the
// tree in the order they were recorded, however close in time.
func TestOrderOfRecording(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for i := range 4 {
			must(t, db.Write(ctx, district, func(tx *store.Tx) error {
				for j := range 5 {
					if _, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "test.acted", Object: fmt.Sprintf("thing:%d", 5*i+j), Actor: importer}); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		all, err := storetest.Ledger(t, db).Recent(ctx, 99)
		must(t, err)
		for _, r := range all {
			if r.Object != fmt.Sprintf("thing:%d", r.Index) {
				t.Errorf("%s stands at %d", r.Object, r.Index)
			}
		}
	})
}

// Another district's ledger does not show.
func TestLedgersAreApart(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		id := act(t, db, "thing:1")
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		_, v := storetest.Signer(t, 1)
		other := store.NewLedger(db, "110101", v)
		if all, err := other.Recent(ctx, 9); err != nil || len(all) != 0 {
			t.Errorf("recent: %v, %v", all, err)
		}
		if _, err := other.Receipt(ctx, id); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("receipt: %v", err)
		}
	})
}

// Writers and two sequencers at once: every act is in the tree exactly once,
// and every receipt holds.
func TestConcurrentWritersAndSequencers(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		for range 2 {
			q := storetest.Sequencer(t, db)
			running.Go(func() { q.Run(ctx) })
		}
		const writers, each = 6, 60
		var ids sync.Map
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					ids.Store(act(t, db, fmt.Sprintf("thing:%d.%d", w, i)), true)
				}
			})
		}
		writing.Wait()
		must(t, storetest.Sequencer(t, db).Sequence(ctx)) // waits for whoever has the lease
		stop()
		running.Wait()

		l, n := storetest.Ledger(t, db), 0
		_, v := storetest.Signer(t, 1)
		ids.Range(func(id, _ any) bool {
			n++
			r, err := l.Receipt(t.Context(), id.(gov.ID))
			if err == nil {
				_, err = v.Check(r)
			}
			if err != nil {
				t.Errorf("receipt: %v", err)
			}
			return err == nil
		})
		all, err := l.Recent(t.Context(), 10*writers*each)
		must(t, err)
		if n != writers*each || len(all) != n || all[0].Index != int64(n-1) {
			t.Errorf("%d acts, %d entries", n, len(all))
		}
		storetest.Sound(t, db)
	})
}

// A sequencer that was killed with its lease is followed by another.
func TestSequencerTakesOver(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			now := time.Date(2016, 9, 15, 9, 0, 0, 0, gov.China)
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { mu.Lock(); defer mu.Unlock(); return now })
			ctx := t.Context()
			must(t, storetest.Sequencer(t, db).Sequence(ctx)) // holds the lease from now on and is gone
			act(t, db, "thing:1")
			second := storetest.Sequencer(t, db)
			soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			defer cancel()
			if err := second.Sequence(soon); err == nil {
				t.Fatal("sequenced in spite of the other's lease")
			}
			mu.Lock()
			now = now.Add(time.Minute)
			mu.Unlock()
			must(t, second.Sequence(ctx))
			if all, err := storetest.Ledger(t, db).Recent(ctx, 9); err != nil || len(all) != 1 {
				t.Errorf("%v, %v", all, err)
			}
		})
	}
}

// The ledger's time never turns back, whatever the machine's clock does.
func TestClockPutBack(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			now := time.Date(2016, 9, 15, 9, 0, 0, 0, gov.China)
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { mu.Lock(); defer mu.Unlock(); return now })
			q := storetest.Sequencer(t, db)
			act(t, db, "thing:1")
			must(t, q.Sequence(t.Context()))
			mu.Lock()
			now = now.Add(-24 * time.Hour)
			mu.Unlock()
			act(t, db, "thing:2")
			must(t, q.Sequence(t.Context()))
			all, err := storetest.Ledger(t, db).Recent(t.Context(), 9)
			must(t, err)
			if len(all) != 2 || all[0].At < all[1].At {
				t.Errorf("entries %+v", all)
			}
			storetest.Sound(t, db)
		})
	}
}

func TestExportFromDatabase(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		q, l := storetest.Sequencer(t, db), storetest.Ledger(t, db)
		_, v := storetest.Signer(t, 1)
		const n = 300
		must(t, db.Write(ctx, district, func(tx *store.Tx) error {
			for i := range n {
				if _, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "test.acted", Object: fmt.Sprintf("thing:%d", i), Actor: importer}); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, q.Sequence(ctx))
		folder := fstest.MapFS{}
		c, err := l.Export(ctx, func(name string, data []byte) error {
			folder[name] = &fstest.MapFile{Data: bytes.Clone(data)}
			return nil
		})
		must(t, err)
		sum, err := ledger.Verify(ctx, ledger.Folder(folder), v, func(f ledger.Finding) { t.Error(f.Text.EN) })
		if err != nil || sum.Entries != n || c.Size != n {
			t.Errorf("%+v, %v", sum, err)
		}
		// What is served one file at a time is the same.
		for name, file := range folder {
			if data, err := l.File(ctx, name); err != nil || !bytes.Equal(data, file.Data) {
				t.Errorf("%s: served otherwise than exported (%v)", name, err)
			}
		}
		for _, absent := range []string{"tile/0/001.p/45", "tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2", "tile/2/000.p/1", "tile/entries/001.p/45", "x"} {
			if _, err := l.File(ctx, absent); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%s: %v", absent, err)
			}
		}
		// An older partial tile is still served, as the layout demands.
		if data, err := l.File(ctx, "tile/0/001.p/3"); err != nil || len(data) != 3*32 {
			t.Errorf("older partial tile: %d bytes, %v", len(data), err)
		}
		proof, note, err := l.Consistency(ctx, 0)
		if err != nil || len(proof) != 0 || !bytes.Equal(note, folder["checkpoint"].Data) {
			t.Errorf("consistency with the empty ledger: %v, %v", proof, err)
		}
	})
}

// A sequencer with another key must not continue the tree.
func TestSequencerRefusesForeignHead(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		first := storetest.Sequencer(t, db)
		act(t, db, "thing:1")
		must(t, first.Sequence(ctx))
		storetest.Exec(t, db, `update leases set expires = 0 where district = '110102'`)
		act(t, db, "thing:2")
		s2, _ := storetest.Signer(t, 2)
		stranger, err := store.NewSequencer(db, district, s2, nil)
		must(t, err)
		if err := stranger.Sequence(ctx); err == nil {
			t.Error("continued a tree it cannot verify")
		}
		// Told of the old key, it is the same ledger under a new one.
		s1, _ := storetest.Signer(t, 1)
		heir, err := store.NewSequencer(db, district, s2, nil, s1.PublicKey())
		must(t, err)
		storetest.Exec(t, db, `update leases set expires = 0 where district = '110102'`)
		must(t, heir.Sequence(ctx))
	})
}

// keeper is a HeadKeeper in memory.
type keeper struct{ note []byte }

func (k *keeper) Load() ([]byte, error)  { return k.note, nil }
func (k *keeper) Save(note []byte) error { k.note = bytes.Clone(note); return nil }

// A database that was restored from an old backup must not be continued: the
// ledger would have two histories.
func TestSequencerRefusesRestoredDatabase(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		s, _ := storetest.Signer(t, 1)
		kept := &keeper{}
		next := func() *store.Sequencer {
			t.Helper()
			storetest.Exec(t, db, `update leases set expires = 0 where district = '110102'`)
			q, err := store.NewSequencer(db, district, s, kept)
			must(t, err)
			return q
		}
		act(t, db, "thing:1")
		must(t, next().Sequence(ctx))
		old := kept.note
		act(t, db, "thing:2")
		must(t, next().Sequence(ctx))

		// Lagging behind is no reason to stop.
		newest := kept.note
		kept.note = old
		act(t, db, "thing:3")
		must(t, next().Sequence(ctx))
		if bytes.Equal(kept.note, newest) || bytes.Equal(kept.note, old) {
			t.Error("the new head was not kept")
		}

		// Set the database back to one entry, as a restore would.
		storetest.Exec(t, db, `delete from ledger_entries where id in (select entry from ledger_leaves where idx > 0)`,
			`delete from ledger_leaves where idx > 0`, `delete from ledger_checkpoints where size > 1`,
			`update ledger_tiles set hashes = substr(hashes, 1, 32)`)
		act(t, db, "thing:4")
		if err := next().Sequence(ctx); gov.CodeOf(err) != gov.Unavailable {
			t.Errorf("an older database: %v", err)
		}
		// Another history of the same length or longer is no better.
		lost := kept.note
		kept.note = nil
		for i := range 4 {
			act(t, db, fmt.Sprintf("thing:%d", 5+i))
		}
		must(t, next().Sequence(ctx))
		kept.note = lost
		if err := next().Sequence(ctx); gov.CodeOf(err) != gov.Unavailable {
			t.Errorf("another history: %v", err)
		}
	})
}
