package ledgerdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

// Tables lists the tables of the ledger.
var Tables = []sqldb.Table{
	sqldb.NewTable("ledger_entries", sqldb.Evidence, 2, "district text, id text, at int, kind text, object text, actor text, body bytes"),
	sqldb.NewTable("ledger_salts", sqldb.Evidence, 3, "district text, entry text, name text, salt bytes"),
	sqldb.NewTable("ledger_rows", sqldb.Evidence, 4, "district text, tbl text, key text, version int, entry text, n int, digest bytes"),
	sqldb.NewTable("ledger_pending", sqldb.Evidence, 3, "district text, seq int, entry text, at int"),
	sqldb.NewTable("ledger_leaves", sqldb.Evidence, 2, "district text, idx int, entry text"),
	sqldb.NewTable("ledger_tiles", sqldb.Evidence, 3, "district text, level int, n int, hashes bytes"),
	sqldb.NewTable("ledger_checkpoints", sqldb.Evidence, 2, "district text, size int, latest int, signed int, note bytes"),
}

// Act is one change of state, as it is recorded in the ledger. Facts are
// public; Sealed values are committed to and never stored here.
type Act struct {
	ID     gov.ID // of the event; zero means a new one. Intake passes its idempotency key
	Kind   string // "library.document.imported"
	Object string // "document:xzf-2016-8"
	Actor  gov.Actor
	Facts  map[string]string
	Sealed map[string]string
	Rows   []RowRef // every recorded row the act wrote or deleted
}

// RowRef names a row of a table by its primary key after the district.
type RowRef struct {
	Table string
	Key   []any // string, int, int64 or gov.ID
}

// RowOf is a RowRef.
func RowOf(table string, key ...any) RowRef { return RowRef{table, key} }

// The names under which an entry's own salts are filed; sealed facts cannot
// have them.
const (
	actorSalt = ledger.ActorOpening
	rowsSalt  = ".rows"
)

// saltErased is the kind of the act of Erase.
const saltErased = "ledger.salt.erased"

const (
	latestEntryTime = `
select latest
from ledger_checkpoints
where district = $1
order by size desc
limit 1`
	addEntry = `
insert into ledger_entries (district, id, at, kind, object, actor, body)
values ($1, $2, $3, $4, $5, $6, $7)`
	addPending = `
insert into ledger_pending (district, seq, entry, at)
values ($1, $2, $3, $4)`
	addSalt = `
insert into ledger_salts (district, entry, name, salt)
values ($1, $2, $3, $4)`
	addRowState = `
insert into ledger_rows (district, tbl, key, version, entry, n, digest)
values ($1, $2, $3, (
  select coalesce(max(version), 0) + 1
  from ledger_rows
  where district = $1 and tbl = $2 and key = $3
), $4, $5, $6)
returning version`
	dropSalt = `
delete from ledger_salts
where district = $1 and entry = $2 and name = $3`
	forgetActor = `
update ledger_entries
set actor = null
where district = $1 and id = $2`
)

// Record writes an act into the ledger in this transaction: the entry with the
// digest of every row as the transaction has it now, and a place in the queue
// of the sequencer. The acts of a process get their places in the tree in the
// order they are recorded; of two acts of different processes about one row the
// versions of the row tell which came later. So it comes after the writes it tells of. It returns the
// event's id. An id that is already recorded is a Conflict.
func Record(ctx context.Context, tx *sqldb.Tx, a Act) (gov.ID, error) {
	if a.ID.IsZero() {
		a.ID = gov.NewID(tx.Now())
	}
	at, err := entryTime(ctx, tx)
	if err != nil {
		return a.ID, sqldb.Classify(err, "read the ledger's time")
	}
	e := ledger.Entry{ID: a.ID, District: tx.District(), At: at, Kind: a.Kind, Object: a.Object, Facts: a.Facts}
	salts := map[string]ledger.Salt{actorSalt: newSalt()}
	actor := a.Actor.String()
	e.Actor = ledger.Commit(salts[actorSalt], []byte(actor))
	for name, value := range a.Sealed {
		if e.Sealed == nil {
			e.Sealed = map[string]ledger.Hash{}
		}
		salts[name] = newSalt()
		e.Sealed[name] = ledger.Commit(salts[name], []byte(value))
	}
	rows, err := recordRows(ctx, tx, a)
	if err != nil {
		return a.ID, err
	}
	if rows.Size() > 0 {
		salts[rowsSalt] = newSalt()
		e.Rows = ledger.CommitRows(salts[rowsSalt], rows)
	}
	body, err := ledger.Encode(e)
	if err != nil {
		return a.ID, fmt.Errorf("record %s: %w", a.Kind, err)
	}
	id := a.ID.String()
	if _, err := tx.ExecContext(ctx, addEntry, tx.District(), id, e.At, e.Kind, e.Object, actor, body); err != nil {
		return a.ID, sqldb.Classify(err, "record event %s", id)
	}
	for _, name := range slices.Sorted(maps.Keys(salts)) {
		salt := salts[name]
		if _, err := tx.ExecContext(ctx, addSalt, tx.District(), id, name, salt[:]); err != nil {
			return a.ID, sqldb.Classify(err, "keep a salt of event %s", id)
		}
	}
	_, err = tx.ExecContext(ctx, addPending, tx.District(), tx.NextOrder(), id, e.At)
	return a.ID, sqldb.Classify(err, "queue event %s", id)
}

// entryTime is the transaction's time, or the ledger's newest when the clock
// has been put back behind it: time never turns back in the ledger.
func entryTime(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	var latest int64
	err := tx.QueryRowContext(ctx, latestEntryTime, tx.District()).Scan(&latest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	return max(tx.Now().UnixMilli(), latest), nil
}

func newSalt() (s ledger.Salt) {
	rand.Read(s[:]) // never fails since Go 1.24
	return s
}

// recordRows writes the state of every row of an act and returns the tree over
// them.
func recordRows(ctx context.Context, tx *sqldb.Tx, a Act) (*ledger.Builder, error) {
	tree := &ledger.Builder{}
	done := map[[2]string]bool{}
	for _, ref := range a.Rows {
		t, ok := tx.Table(ref.Table)
		if !ok || t.Role != sqldb.Recorded || len(ref.Key) != len(t.Key)-1 {
			return nil, fmt.Errorf("record %s: %s%v is not a row of a recorded table", a.Kind, ref.Table, ref.Key)
		}
		args, key, err := rowKey(ref.Key)
		if err != nil {
			return nil, fmt.Errorf("record %s: table %s: %w", a.Kind, ref.Table, err)
		}
		if done[[2]string{ref.Table, key}] {
			continue
		}
		done[[2]string{ref.Table, key}] = true
		row := ledger.Row{Table: ref.Table, Key: key}
		var digest []byte // null for a deleted row
		canonical, err := tx.CanonicalRow(ctx, t, args...)
		switch {
		case err == nil:
			row.Digest = ledger.DigestRow(canonical)
			digest = row.Digest[:]
		case !errors.Is(err, sql.ErrNoRows):
			return nil, sqldb.Classify(err, "read back %s %s", ref.Table, key)
		}
		err = tx.QueryRowContext(ctx, addRowState, tx.District(), ref.Table, key, a.ID.String(), tree.Size(), digest).Scan(&row.Version)
		if err != nil {
			return nil, sqldb.Classify(err, "keep the state of %s %s", ref.Table, key)
		}
		if row.Version == 1 && digest == nil {
			return nil, fmt.Errorf("record %s: there is no row %s %s", a.Kind, ref.Table, key)
		}
		if err := tree.Append(row.Leaf()); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// rowKey gives key values the types of the database and of the ledger.
func rowKey(key []any) (args []any, text string, err error) {
	parts := make([]string, len(key))
	args = make([]any, len(key))
	for i, k := range key {
		switch k := k.(type) {
		case string:
			args[i], parts[i] = k, k
		case gov.ID:
			args[i], parts[i] = k.String(), k.String()
		case int:
			args[i], parts[i] = int64(k), strconv.Itoa(k)
		case int64:
			args[i], parts[i] = k, strconv.FormatInt(k, 10)
		default:
			return nil, "", fmt.Errorf("a key of type %T", k)
		}
	}
	return args, ledger.RowKey(parts...), nil
}

// Erase erases the salts of an entry, and with ActorOpening the actor's name
// as well: nobody can link the entry to the person or value any more. The entry
// and every proof stay. The erasure is an act of its own.
func Erase(ctx context.Context, tx *sqldb.Tx, by gov.Actor, entry gov.ID, names ...string) (gov.ID, error) {
	for _, name := range names {
		if err := sqldb.ExecOne(ctx, tx, dropSalt, tx.District(), entry.String(), name); err != nil {
			return gov.ID{}, sqldb.Classify(err, "erase %s of event %s", name, entry)
		}
		if name == actorSalt {
			if err := sqldb.ExecOne(ctx, tx, forgetActor, tx.District(), entry.String()); err != nil {
				return gov.ID{}, sqldb.Classify(err, "erase the actor of event %s", entry)
			}
		}
	}
	return Record(ctx, tx, Act{
		Kind: saltErased, Object: "entry:" + entry.String(), Actor: by,
		Facts: map[string]string{"entry": entry.String(), "names": strings.Join(names, ",")},
	})
}
