package ledgerdb

import (
	"context"
	"crypto/rand"
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
	sqldb.NewTable("ledger_entries", sqldb.Evidence, 2, "district text, id text, at int, kind text, object text, actor text, body bytes, actor_salt bytes, rows_salt bytes"),
	sqldb.NewTable("ledger_salts", sqldb.Evidence, 3, "district text, entry text, name text, salt bytes"),
	sqldb.NewTable("ledger_rows", sqldb.Evidence, 4, "district text, key text, tbl text, version int, entry text, n int, digest bytes"),
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

	Foreseen *Foreseen // of one of the rows, or nil. Record keeps it up for the next act about that row
}

// RowRef names a row of a table by its primary key after the district.
type RowRef struct {
	Table string
	Key   []any // string, int, int64 or gov.ID

	values []any // of Written
	fresh  bool  // of New
}

// RowOf is a RowRef of a row that Record reads back.
func RowOf(table string, key ...any) RowRef { return RowRef{Table: table, Key: key} }

// Written is a RowRef of a row as the act wrote it, which Record need not read
// back: its values behind the district in the order of the table's columns, of
// the types of Table.CanonicalOf. The first keys of them are the key.
func Written(table string, keys int, values ...any) RowRef {
	return RowRef{Table: table, Key: values[:keys], values: values}
}

// New says of a row that no act was ever about it. Where that is not so the
// write is a Conflict.
func (r RowRef) New() RowRef {
	r.fresh = true
	return r
}

// Foreseen is what Record needs to know of the ledger for an act about a row.
// The query that reads the row to change it asks for it beside. The act finds out
// when the row was changed since.
type Foreseen struct {
	Latest  int64 // the ledger's newest time: latest of its newest checkpoint, Unix ms; 0 without one
	Version int64 // of the row's last act in ledger_rows; 0 without one

	table, key string
}

// Foresee makes the Foreseen of a row, for a query to fill. The row has a key of one
// text behind the district.
func Foresee(table, key string) *Foreseen { return &Foreseen{table: table, key: ledger.RowKey(key)} }

// The names of an entry's own salts; sealed facts cannot have them. Those of
// entries from before migration 74 are filed under them.
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
	lastVersion = `
select coalesce((
  select version
  from ledger_rows
  where district = $1 and tbl = $2 and key = $3
  order by version desc limit 1
), 0)`
	addEntry = `
insert into ledger_entries (district, id, at, kind, object, actor, body, actor_salt, rows_salt)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	addPending = `
insert into ledger_pending (district, seq, entry, at)
values ($1, $2, $3, $4)`
	addSalt = `
insert into ledger_salts (district, entry, name, salt)
values ($1, $2, $3, $4)`
	addRowState = `
insert into ledger_rows (district, tbl, key, version, entry, n, digest)
values ($1, $2, $3, $4, $5, $6, $7)`
	dropSalt = `
delete from ledger_salts
where district = $1 and entry = $2 and name = $3`
	forgetActor = `
update ledger_entries
set actor = null, actor_salt = null
where district = $1 and id = $2 and actor is not null`
)

// Record writes an act into the ledger in this transaction: the entry with the
// digest of every row as the transaction has it now, and a place in the queue
// of the sequencer. The acts of a process get their places in the tree in the
// order they are recorded; of two acts of different processes about one row the
// versions of the row tell which came later. So it comes after the writes it tells of. It returns the
// event's id. An id that is already recorded is a Conflict, as is a row another
// act was about meanwhile; either may show only when the transaction ends.
func Record(ctx context.Context, tx *sqldb.Tx, a Act) (gov.ID, error) {
	if carried, ok := tx.Noted(carriedKey{}).([]RowRef); ok && len(carried) > 0 {
		a.Rows = append(slices.Clip(a.Rows), carried...)
		tx.Note(carriedKey{}, nil)
		tx.Owe("")
	}
	if a.ID.IsZero() {
		a.ID = gov.NewID(tx.Now())
	}
	rows, latest, err := states(ctx, tx, a)
	if err != nil {
		return a.ID, err
	}
	// The ledger's newest time when the clock has been put back behind it: time
	// never turns back in the ledger.
	at := max(tx.Now().UnixMilli(), latest)
	e := ledger.Entry{ID: a.ID, District: tx.District(), At: at, Kind: a.Kind, Object: a.Object, Facts: a.Facts}
	id, actor, ofActor := a.ID.String(), a.Actor.String(), newSalt()
	e.Actor = ledger.Commit(ofActor, []byte(actor))
	var secrets [][]any
	for _, name := range slices.Sorted(maps.Keys(a.Sealed)) {
		if e.Sealed == nil {
			e.Sealed = map[string]ledger.Hash{}
		}
		salt := newSalt()
		e.Sealed[name] = ledger.Commit(salt, []byte(a.Sealed[name]))
		secrets = append(secrets, []any{id, name, salt[:]})
	}
	tree, kept := &ledger.Builder{}, make([][]any, len(rows))
	for n, r := range rows {
		kept[n] = []any{r.Table, r.Key, r.Version, id, n, r.digest}
		if err := tree.Append(r.Leaf()); err != nil {
			return a.ID, err
		}
	}
	var ofRows []byte // null without rows
	if len(rows) > 0 {
		salt := newSalt()
		e.Rows, ofRows = ledger.CommitRows(salt, tree), salt[:]
	}
	body, err := ledger.Encode(e)
	if err != nil {
		return a.ID, fmt.Errorf("record %s: %w", a.Kind, err)
	}
	if err := tx.LaterRows(ctx, addRowState, kept...); err != nil {
		return a.ID, err
	}
	if err := tx.LaterRows(ctx, addEntry, []any{id, e.At, e.Kind, e.Object, actor, body, ofActor[:], ofRows}); err != nil {
		return a.ID, err
	}
	if err := tx.LaterRows(ctx, addSalt, secrets...); err != nil {
		return a.ID, err
	}
	return a.ID, tx.LaterRows(ctx, addPending, []any{tx.NextOrder(), id, e.At})
}

func newSalt() (s ledger.Salt) {
	rand.Read(s[:]) // never fails since Go 1.24
	return s
}

// rowState is the state an act leaves a row in.
type rowState struct {
	ledger.Row
	digest []byte // null for a deleted row
}

// carriedKey is under what a transaction notes the rows of Carry.
type carriedKey struct{}

// Carry makes rows part of the act that is recorded next in this transaction: what one
// room writes for what another is about to do. Without such an act the transaction
// fails.
func Carry(tx *sqldb.Tx, rows ...RowRef) {
	carried, _ := tx.Noted(carriedKey{}).([]RowRef)
	tx.Note(carriedKey{}, append(carried, rows...))
	tx.Owe("the act its rows are part of")
}

// latestKey is under what a transaction notes the ledger's newest time, which acts of
// its own do not move.
type latestKey struct{}

// states finds the state of every row of an act, each once, and the newest
// time of the ledger.
func states(ctx context.Context, tx *sqldb.Tx, a Act) (rows []rowState, latest int64, err error) {
	asked := a.Foreseen == nil
	known, again := tx.Noted(latestKey{}).(int64)
	switch {
	case !asked:
		latest = a.Foreseen.Latest
	case again:
		latest = known
	default:
		err = tx.Ask(ctx, func(scan func(...any) error) error { return scan(&latest) }, latestEntryTime, tx.District())
	}
	if err != nil {
		return nil, 0, err
	}
	rows = make([]rowState, 0, len(a.Rows)) // never grows: answers go where the rows are
	done := map[[2]string]bool{}
	for _, ref := range a.Rows {
		t, ok := tx.Table(ref.Table)
		if !ok || t.Role != sqldb.Recorded || len(ref.Key) != len(t.Key)-1 {
			return nil, 0, fmt.Errorf("record %s: %s%v is not a row of a recorded table", a.Kind, ref.Table, ref.Key)
		}
		args, key, err := rowKey(ref.Key)
		if err != nil {
			return nil, 0, fmt.Errorf("record %s: table %s: %w", a.Kind, ref.Table, err)
		}
		if done[[2]string{ref.Table, key}] {
			continue
		}
		done[[2]string{ref.Table, key}] = true
		rows = append(rows, rowState{Row: ledger.Row{Table: ref.Table, Key: key}})
		r := &rows[len(rows)-1]
		digest := func(canonical []byte, err error) error {
			if err == nil {
				r.Digest = ledger.DigestRow(canonical)
				r.digest = r.Digest[:]
			}
			return err
		}
		if ref.values != nil {
			err = digest(t.CanonicalOf(tx.District(), ref.values...))
		} else {
			asked = true
			err = tx.Ask(ctx, func(scan func(...any) error) error {
				v := t.Values()
				if err := scan(v...); err != nil {
					return err
				}
				return digest(t.AppendCanonical(nil, v))
			}, t.SelectRow(), append([]any{tx.District()}, args...)...)
		}
		if err != nil {
			return nil, 0, sqldb.Classify(err, "the state of %s %s", ref.Table, key)
		}
		switch f := a.Foreseen; {
		case ref.fresh:
		case f != nil && f.table == ref.Table && f.key == key:
			r.Version = f.Version
			f.Version++
		default:
			asked = true
			err = tx.Ask(ctx, func(scan func(...any) error) error { return scan(&r.Version) }, lastVersion, tx.District(), ref.Table, key)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	if asked {
		if err := tx.Answers(ctx); err != nil {
			return nil, 0, err
		}
	}
	for i := range rows {
		r := &rows[i]
		r.Version++
		if r.Version == 1 && r.digest == nil {
			return nil, 0, fmt.Errorf("record %s: there is no row %s %s", a.Kind, r.Table, r.Key)
		}
	}
	tx.Note(latestKey{}, latest)
	return rows, latest, nil
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
// and every proof stay. The erasure is an act of its own. NotFound is an entry that has
// none of that name, or no more.
func Erase(ctx context.Context, tx *sqldb.Tx, by gov.Actor, entry gov.ID, names ...string) (gov.ID, error) {
	for _, name := range names {
		if name == rowsSalt {
			return gov.ID{}, gov.Errorf(gov.Invalid, "数据行的盐不能抹去，否则无法核验", "the salt of rows cannot be erased: nothing could be verified")
		}
		dropped, err := tx.ExecContext(ctx, dropSalt, tx.District(), entry.String(), name)
		if err == nil && name == actorSalt { // one from before they stood beside the entry is gone; so is the name
			dropped, err = tx.ExecContext(ctx, forgetActor, tx.District(), entry.String())
		}
		if err != nil {
			return gov.ID{}, sqldb.Classify(err, "erase %s of event %s", name, entry)
		}
		if dropped == 0 {
			return gov.ID{}, gov.Errorf(gov.NotFound, "事件 %[1]s 没有“%[2]s”，或已抹去", "event %[1]s has no %[2]q, or it is erased already", entry, name)
		}
	}
	return Record(ctx, tx, Act{
		Kind: saltErased, Object: "entry:" + entry.String(), Actor: by,
		Facts: map[string]string{"entry": entry.String(), "names": strings.Join(names, ",")},
	})
}
