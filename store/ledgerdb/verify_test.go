package ledgerdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

const (
	addNote = `
insert into notes (district, shelf, no, text, scan, public)
values ($1, $2, $3, $4, $5, $6)`
	setNote = `
update notes
set text = $1
where district = $2 and shelf = $3 and no = $4`
	dropNote = `
delete from notes
where district = $1 and shelf = $2 and no = $3`
)

// withNotes gives a database a recorded table with every type of column, a
// null, and a key whose text the ledger has to escape.
func withNotes(t testing.TB, db *store.DB) *store.DB {
	t.Helper()
	create := `
create table notes (district text not null, shelf text not null, no integer not null, text text, scan blob, public integer not null,
  primary key (district, shelf, no)) strict`
	if db.Engine() == store.Postgres {
		create = `
create table notes (district text collate "C" not null, shelf text collate "C" not null, no bigint not null, text text, scan bytea, public boolean not null,
  primary key (district, shelf, no))`
	}
	storetest.Exec(t, db, create)
	return storetest.WithTable(t, db, sqldb.NewTable("notes", sqldb.Recorded, 3, "district text, shelf text, no int, text text, scan bytes, public bool"))
}

// saveNote writes a note and records it in one transaction.
func saveNote(t testing.TB, db *store.DB, kind, shelf string, no int, statement string, args ...any) (id gov.ID) {
	t.Helper()
	must(t, db.Write(t.Context(), district, func(tx *store.Tx) (err error) {
		if err = sqldb.ExecOne(t.Context(), tx, statement, args...); err != nil {
			return err
		}
		id, err = ledgerdb.Record(t.Context(), tx, ledgerdb.Act{
			Kind: "note." + kind, Object: fmt.Sprintf("note:%s-%d", strings.ReplaceAll(shelf, "/", "-"), no), Actor: importer,
			Rows: []ledgerdb.RowRef{ledgerdb.RowOf("notes", shelf, no), ledgerdb.RowOf("notes", shelf, no)},
		})
		return err
	}))
	return id
}

// notebook is a sound database: 40 notes on two shelves, one changed, one
// deleted and put back, one deleted, all sequenced but the last act.
type notebook struct {
	db              *store.DB
	changed, erased gov.ID
}

func newNotebook(t testing.TB, db *store.DB) notebook {
	t.Helper()
	db = withNotes(t, db)
	l := notebook{db: db}
	for i := range 40 {
		shelf := []string{"a/b", "c"}[i%2]
		var text any = fmt.Sprintf("第%d号", i)
		if i%5 == 0 {
			text = nil
		}
		saveNote(t, db, "added", shelf, i, addNote, district, shelf, i, text, []byte{0, byte(i)}, i%3 == 0)
	}
	l.changed = saveNote(t, db, "changed", "a/b", 2, setNote, "改过", district, "a/b", 2)
	saveNote(t, db, "dropped", "c", 3, dropNote, district, "c", 3)
	saveNote(t, db, "added", "c", 3, addNote, district, "c", 3, "又来", nil, true)
	saveNote(t, db, "dropped", "c", 5, dropNote, district, "c", 5)
	must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
	must(t, db.Write(t.Context(), district, func(tx *store.Tx) (err error) {
		l.erased = l.changed
		_, err = ledgerdb.Erase(t.Context(), tx, importer, l.erased, ledger.ActorOpening)
		return err
	}))
	must(t, sequencer2(t, db).Sequence(t.Context()))
	saveNote(t, db, "changed", "a/b", 4, setNote, "未入账", district, "a/b", 4)
	return l
}

// sequencer2 takes over the lease at once.
func sequencer2(t testing.TB, db *store.DB) *store.Sequencer {
	t.Helper()
	storetest.Exec(t, db, `update leases set expires = 0 where district = '110102'`)
	return storetest.Sequencer(t, db)
}

func TestVerifySound(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		storetest.Sound(t, db) // an empty database is sound
		db = newNotebook(t, db).db
		sum := storetest.Sound(t, db)
		if sum.Rows != 39 || sum.Entries != 45 || sum.Waiting != 1 || sum.Checkpoints != 2 {
			t.Errorf("summary %+v", sum)
		}
	})
}

// What is done to the database with plain SQL is found and named.
func TestVerifyNamesTampering(t *testing.T) {
	t.Parallel()
	const entryAt = `(select entry from ledger_leaves where district = '110102' and idx = %d)`
	at := func(i int) string { return fmt.Sprintf(entryAt, i) }
	// A blob literal, on either engine.
	blob := func(e store.Engine, hex string) string {
		if e == store.SQLite {
			return "x'" + hex + "'"
		}
		return `'\x` + hex + `'`
	}
	zero := strings.Repeat("00", 32)
	tests := []struct {
		name string
		sql  func(e store.Engine) []string
		want map[ledger.Problem]string // a part of the text that must name the thing
	}{
		{"a row changed", func(store.Engine) []string {
			return []string{`update notes set text = '改' where shelf = 'c' and no = 7`}
		}, map[ledger.Problem]string{ledgerdb.ChangedRow: "table notes row c/7"}},
		{"a row set to null", func(store.Engine) []string {
			return []string{`update notes set text = null where shelf = 'a/b' and no = 4`}
		}, map[ledger.Problem]string{ledgerdb.ChangedRow: "table notes row a%2Fb/4"}},
		{"a changed row set back to what it once was", func(store.Engine) []string {
			return []string{`update notes set text = '第2号' where shelf = 'a/b' and no = 2`}
		}, map[ledger.Problem]string{ledgerdb.ChangedRow: "table notes row a%2Fb/2"}},
		{"a row inserted", func(e store.Engine) []string {
			return []string{`insert into notes values ('110102', 'd', 1, 'x', null, ` + map[store.Engine]string{store.SQLite: "1", store.Postgres: "true"}[e] + `)`}
		}, map[ledger.Problem]string{ledgerdb.InsertedRow: "table notes row d/1"}},
		{"a deleted row put back", func(e store.Engine) []string {
			return []string{`insert into notes values ('110102', 'c', 5, 'x', null, ` + map[store.Engine]string{store.SQLite: "1", store.Postgres: "true"}[e] + `)`}
		}, map[ledger.Problem]string{ledgerdb.InsertedRow: "table notes row c/5"}},
		{"a row deleted", func(store.Engine) []string {
			return []string{`delete from notes where shelf = 'a/b' and no = 6`}
		}, map[ledger.Problem]string{ledgerdb.DeletedRow: "table notes row a%2Fb/6"}},
		{"a row moved to another key", func(store.Engine) []string {
			return []string{`update notes set no = 600 where shelf = 'a/b' and no = 6`}
		}, map[ledger.Problem]string{ledgerdb.DeletedRow: "a%2Fb/6 was", ledgerdb.InsertedRow: "a%2Fb/600"}},
		{"a row deleted with its state", func(store.Engine) []string {
			return []string{`delete from notes where shelf = 'c' and no = 1`, `delete from ledger_rows where tbl = 'notes' and key = 'c/1'`}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "note:c-1 covers 1 rows"}},
		{"a row changed with its state", func(e store.Engine) []string {
			return []string{`update notes set text = '改' where shelf = 'c' and no = 7`, `update ledger_rows set digest = ` + blob(e, zero) + ` where key = 'c/7'`}
		}, map[ledger.Problem]string{ledgerdb.ChangedRow: "table notes row c/7", ledgerdb.ChangedTrace: "note:c-7"}},
		{"a row inserted with a state of a made-up event", func(e store.Engine) []string {
			return []string{`insert into ledger_rows (district, tbl, key, version, entry, n, digest) values ('110102', 'notes', 'e/1', 1, '00000000-0000-7000-8000-000000000000', 0, null)`}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "table notes row e/1"}},
		{"a newer state made up", func(e store.Engine) []string {
			return []string{`insert into ledger_rows (district, tbl, key, version, entry, n, digest) values ('110102', 'notes', 'c/7', 9, ` + at(7) + `, 5, ` + blob(e, zero) + `)`}
		}, map[ledger.Problem]string{ledgerdb.ChangedRow: "c/7", ledgerdb.ChangedTrace: "covers 1 rows, but the states of 2"}},
		{"an entry changed", func(e store.Engine) []string {
			return []string{`update ledger_entries set body = (select body from ledger_entries where id = ` + at(3) + `) where id = ` + at(4)}
		}, map[ledger.Problem]string{ledger.ChangedEntry: "entry 4", ledger.Duplicate: "entries 3 and 4"}},
		{"an entry spoilt", func(e store.Engine) []string {
			return []string{`update ledger_entries set body = ` + blob(e, "7b7d") + ` where id = ` + at(4)}
		}, map[ledger.Problem]string{ledger.BadEntry: "entry 4", ledger.ChangedEntry: "entry 4"}},
		{"an entry deleted", func(store.Engine) []string {
			return []string{`delete from ledger_entries where id = ` + at(4)}
		}, map[ledger.Problem]string{ledger.MissingEntry: "entry 4", ledgerdb.ChangedTrace: "which does not exist"}},
		{"a leaf deleted", func(store.Engine) []string {
			return []string{`delete from ledger_leaves where idx = 4`}
		}, map[ledger.Problem]string{ledger.MissingEntry: ""}},
		{"an entry's columns changed", func(store.Engine) []string {
			return []string{`update ledger_entries set object = 'note:x' where id = ` + at(4)}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "columns"}},
		{"an actor changed", func(store.Engine) []string {
			return []string{`update ledger_entries set actor = 'operator:other' where id = ` + at(4)}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "the actor of event"}},
		{"an actor erased without an act", func(store.Engine) []string {
			return []string{`update ledger_entries set actor = null, actor_salt = null where id = ` + at(4)}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "without an act of erasure"}},
		{"the salt of rows deleted", func(store.Engine) []string {
			return []string{`update ledger_entries set rows_salt = null where id = ` + at(4)}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "(.rows) are gone"}},
		{"the salt of rows deleted that was kept apart", func(store.Engine) []string {
			return append(saltsApart(), `delete from ledger_salts where name = '.rows' and entry = `+at(4))
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "(.rows) are gone"}},
		{"a tile changed", func(e store.Engine) []string {
			return []string{`update ledger_tiles set hashes = ` + blob(e, strings.Repeat("00", 32*45)) + ` where level = 0`}
		}, map[ledger.Problem]string{ledger.BadTile: "tile/0/000.p/45"}},
		{"a tile deleted", func(store.Engine) []string {
			return []string{`delete from ledger_tiles where level = 0`}
		}, map[ledger.Problem]string{ledger.BadTile: "tile/0/000.p/45"}},
		{"an entry changed with its tile", func(e store.Engine) []string {
			return []string{
				`update ledger_entries set body = (select body from ledger_entries where id = ` + at(3) + `) where id = ` + at(4),
				`delete from ledger_tiles where level = 0`,
			}
		}, map[ledger.Problem]string{ledger.BadTile: "", ledger.BadRoot: "", ledger.ChangedEntry: "", ledger.Duplicate: ""}},
		{"a checkpoint spoilt", func(e store.Engine) []string {
			return []string{`update ledger_checkpoints set note = ` + blob(e, "00") + ` where size = 44`}
		}, map[ledger.Problem]string{ledger.BadCheckpoint: "filed under size 44"}},
		{"the newest checkpoint spoilt", func(e store.Engine) []string {
			return []string{`update ledger_checkpoints set note = ` + blob(e, "00") + ` where size = 45`}
		}, map[ledger.Problem]string{ledger.BadCheckpoint: "size 45"}},
		{"the newest checkpoint deleted", func(store.Engine) []string {
			return []string{`delete from ledger_checkpoints where size = 45`}
		}, map[ledger.Problem]string{ledger.BadCheckpoint: "from 44 on"}},
		{"every checkpoint deleted", func(store.Engine) []string {
			return []string{`delete from ledger_checkpoints`}
		}, map[ledger.Problem]string{ledger.BadCheckpoint: "45 entries"}},
		{"a waiting entry taken from the queue", func(store.Engine) []string {
			return []string{`delete from ledger_pending`}
		}, map[ledger.Problem]string{ledger.MissingEntry: "neither in the ledger nor waiting"}},
		{"an entry queued again", func(store.Engine) []string {
			return []string{`insert into ledger_pending values ('110102', 1, ` + at(4) + `, 1)`}
		}, map[ledger.Problem]string{ledger.Duplicate: "entry 4"}},
		{"a waiting entry deleted", func(store.Engine) []string {
			return []string{`delete from ledger_entries where object = 'note:a-b-4' and kind = 'note.changed'`}
		}, map[ledger.Problem]string{ledger.MissingEntry: "waits", ledgerdb.ChangedTrace: ""}},
		{"a waiting entry's row state deleted", func(store.Engine) []string {
			return []string{`delete from ledger_rows where key = 'a%2Fb/4' and version = 2`}
		}, map[ledger.Problem]string{ledgerdb.ChangedTrace: "covers 1 rows, but the states of 0", ledgerdb.ChangedRow: "a%2Fb/4"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T, db *store.DB) {
				db = newNotebook(t, db).db
				storetest.Exec(t, db, tc.sql(db.Engine())...)
				_, found := storetest.Verify(t, db)
				got, want := map[ledger.Problem]bool{}, map[ledger.Problem]bool{}
				for _, f := range found {
					got[f.Problem] = true
				}
				for p, part := range tc.want {
					want[p] = true
					named := false
					for _, f := range found {
						named = named || f.Problem == p && strings.Contains(f.Text.EN, part)
					}
					if !named {
						t.Errorf("no finding %q names %q", p, part)
					}
				}
				if d := cmp.Diff(want, got); d != "" {
					for _, f := range found {
						t.Logf("%s: %s", f.Problem, f.Text.EN)
					}
					t.Error(d)
				}
			})
		})
	}
}

// A ledger set back as a whole is sound in itself; a checkpoint that somebody
// kept convicts it.
func TestVerifyPinnedCheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		l := storetest.Ledger(t, db)
		act(t, db, "thing:1")
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		first, err := l.Checkpoint(ctx)
		must(t, err)
		act(t, db, "thing:2")
		must(t, sequencer2(t, db).Sequence(ctx))
		second, err := l.Checkpoint(ctx)
		must(t, err)
		if _, found := storetest.Verify(t, db, second, first); len(found) > 0 {
			t.Errorf("found %v", found)
		}
		storetest.Exec(t, db, `delete from ledger_entries where id = (select entry from ledger_leaves where idx = 1)`,
			`delete from ledger_leaves where idx = 1`, `delete from ledger_checkpoints where size = 2`,
			`update ledger_tiles set hashes = substr(hashes, 1, 32)`)
		if _, found := storetest.Verify(t, db, first); len(found) > 0 {
			t.Errorf("an older ledger is sound in itself, found %v", found)
		}
		_, found := storetest.Verify(t, db, first, second)
		if len(found) != 1 || found[0].Problem != ledger.BadCheckpoint {
			t.Errorf("set back: found %v", found)
		}
	})
}

// A sequencer must not sign what was changed behind its back.
func TestSequencerRefusesChangedTree(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		act(t, db, "thing:1")
		must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
		storetest.Exec(t, db, `update ledger_tiles set hashes = (select hashes from ledger_tiles where false)
where false`, `delete from ledger_tiles`)
		act(t, db, "thing:2")
		if err := sequencer2(t, db).Sequence(t.Context()); err == nil {
			t.Error("appended to a tree whose edge is gone")
		}
	})
}

// saltsApart is what makes of a ledger one from before the salts of entries stood
// beside them.
func saltsApart() []string {
	return []string{
		`insert into ledger_salts select district, id, 'actor', actor_salt from ledger_entries where actor_salt is not null`,
		`insert into ledger_salts select district, id, '.rows', rows_salt from ledger_entries where rows_salt is not null`,
		`update ledger_entries set actor_salt = null, rows_salt = null`,
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		erase(t, db, func() {})
		erase(t, db, func() { storetest.Exec(t, db, saltsApart()...) })
	})
}

// erase erases what an act names, done before something else is.
func erase(t *testing.T, db *store.DB, before func()) {
	t.Helper()
	ctx := t.Context()
	var id gov.ID
	must(t, db.Write(ctx, district, func(tx *store.Tx) (err error) {
		id, err = ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "test.acted", Object: "thing:1", Actor: importer, Sealed: map[string]string{"phone": "010-0000000"}})
		return err
	}))
	before()
	l := storetest.Ledger(t, db)
	if o, err := l.OpenActor(ctx, id); err != nil || o.Value != "operator:importer" {
		t.Fatalf("%+v, %v", o, err)
	}
	if o, err := l.OpenSealed(ctx, id, "phone", "010-0000000"); err != nil || o.Name != "phone" {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, err := l.OpenSealed(ctx, id, "phone", "010-0000001"); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("opened another value: %v", err)
	}
	forget := func(names ...string) error {
		return db.Write(ctx, district, func(tx *store.Tx) error {
			_, err := ledgerdb.Erase(ctx, tx, importer, id, names...)
			return err
		})
	}
	must(t, forget(ledger.ActorOpening, "phone"))
	if _, err := l.OpenActor(ctx, id); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("opened after it was erased: %v", err)
	}
	if _, err := l.OpenSealed(ctx, id, "phone", "010-0000000"); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("sealed fact opened after it was erased: %v", err)
	}
	for name, code := range map[string]gov.Code{"phone": gov.NotFound, ledger.ActorOpening: gov.NotFound, "address": gov.NotFound, ".rows": gov.Invalid} {
		if err := forget(name); gov.CodeOf(err) != code {
			t.Errorf("%s erased again: %v", name, err)
		}
	}
	must(t, storetest.Sequencer(t, db).Sequence(ctx))
	storetest.Sound(t, db)
	if r, err := l.Receipt(ctx, id); err != nil || r.Entry == "" {
		t.Errorf("the receipt does not outlive the salt: %v", err)
	}
}
