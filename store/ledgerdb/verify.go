package ledgerdb

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

// The problems that only the database can have, besides those of package
// ledger.
const (
	ChangedRow   ledger.Problem = "row_changed"  // a row is not what the last act about it left
	InsertedRow  ledger.Problem = "row_inserted" // a row no act tells of
	DeletedRow   ledger.Problem = "row_deleted"  // a row no act deleted is gone
	ChangedTrace ledger.Problem = "trace"        // what the ledger keeps beside an entry is not what the entry commits to
)

// VerifySummary is what Verify saw.
type VerifySummary struct {
	ledger.Summary
	Waiting int64 // entries that are not in the tree yet; they were checked too
	Rows    int64 // rows of recorded tables whose digest was recomputed
}

// Verify checks the district's whole database against its ledger on one
// snapshot, as docs/spec/ledger.md section 9 says, and reports every defect,
// naming the entry or the table and key. pinned are checkpoints from elsewhere
// that the tree must contain. Memory does not grow with the rows, and by 24
// bytes with each entry. The error is for reading that failed.
func (l *Ledger) Verify(ctx context.Context, found func(ledger.Finding), pinned ...[]byte) (VerifySummary, error) {
	var sum VerifySummary
	err := l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		if l.db.Engine() == sqldb.Postgres {
			// Every page below is a range of an index. A planner that has not
			// yet seen a new table's size would rather sort all of it each time.
			if _, err := tx.ExecContext(ctx, indexOrderPostgres); err != nil {
				return sqldb.Classify(err, "prepare to verify")
			}
		}
		c := &dbCheck{ctx: ctx, tx: tx, Ledger: l, found: found, sum: &sum, pinned: pinned}
		return c.run()
	})
	if err != nil {
		return sum, fmt.Errorf("verify the ledger: %w", err)
	}
	return sum, nil
}

// dbCheck is one run of Verify.
type dbCheck struct {
	*Ledger
	ctx    context.Context
	tx     *sqldb.Tx
	found  func(ledger.Finding)
	sum    *VerifySummary
	own    int64 // findings that are not in sum.Summary
	pinned [][]byte

	page   map[gov.ID]*trace // what is kept beside the entries being checked
	traced int64             // rows of ledger_rows that belong to an entry
}

// trace is what the database keeps beside one entry.
type trace struct {
	at           int64
	kind, object string
	actor        sql.Null[string]
	salts        map[string]ledger.Salt
	rows         ledger.Builder
}

// keep keeps a salt, if it is one.
func (t *trace) keep(name string, salt []byte) {
	if len(salt) == ledger.SaltSize {
		t.salts[name] = ledger.Salt(salt)
	}
}

func (c *dbCheck) report(p ledger.Problem, index int64, id gov.ID, zh, en string, args ...any) {
	c.own++
	c.found(ledger.Finding{Problem: p, Index: index, ID: id, Text: gov.Textf(zh, en, args...)})
}

const (
	indexOrderPostgres = `set local enable_sort = off; set local enable_bitmapscan = off; set local enable_seqscan = off`
	newestNotes        = `
select size, note
from ledger_checkpoints
where district = $1
order by size desc
limit $2`
	notesAfter = `
select size, note
from ledger_checkpoints
where district = $1 and size > $2
order by size
limit $3`
	leavesFrom = `
select l.idx, l.entry, e.at, e.kind, e.object, e.actor, e.body, e.actor_salt, e.rows_salt
from ledger_leaves l
left join ledger_entries e on e.district = l.district and e.id = l.entry
where l.district = $1 and l.idx >= $2 and l.idx < $3
order by l.idx`
	saltsOfLeaves = `
select l.entry, s.name, s.salt
from ledger_leaves l
join ledger_salts s on s.district = l.district and s.entry = l.entry
where l.district = $1 and l.idx >= $2 and l.idx < $3`
	rowsOfLeaves = `
select l.entry, r.tbl, r.key, r.version, r.digest
from ledger_leaves l
join ledger_rows r on r.district = l.district and r.entry = l.entry
where l.district = $1 and l.idx >= $2 and l.idx < $3
order by l.idx, r.n`
	countLeavesFrom = `
select count(*)
from ledger_leaves
where district = $1 and idx >= $2`
	erasuresOf = `
select body
from ledger_entries
where district = $1 and object = $2 and kind = $3`
)

// maxNamed is how many stray things of a sort are named one by one.
const maxNamed = 1000

func (c *dbCheck) run() error {
	if err := c.tree(); err != nil {
		return err
	}
	if err := c.waiting(); err != nil {
		return err
	}
	if err := c.strays(); err != nil {
		return err
	}
	if err := c.tables(); err != nil {
		return err
	}
	c.sum.Findings += c.own
	return nil
}

// tree checks what has been sequenced.
func (c *dbCheck) tree() error {
	head, err := c.newestValid()
	if err != nil {
		return err
	}
	if head == nil {
		var n int64
		if err := c.tx.QueryRowContext(c.ctx, countLeavesFrom, c.district, 0).Scan(&n); err != nil {
			return sqldb.Classify(err, "count the leaves")
		}
		if n > 0 || len(c.pinned) > 0 {
			c.report(ledger.BadCheckpoint, -1, gov.ID{}, "账本有 %d 条，却没有可用的检查点", "the ledger has %d entries but no checkpoint that verifies", n)
		}
		return nil
	}
	read := tileReader(c.ctx, c.tx)
	c.sum.Summary, err = ledger.Verify(c.ctx, ledger.Source{
		Head: func() ([]byte, error) { return head, nil }, Tile: read, Entries: c.entries, Each: c.entry, Heads: c.heads(),
	}, c.verifier, c.found)
	if err != nil {
		return err
	}
	var beyond int64
	if err := c.tx.QueryRowContext(c.ctx, countLeavesFrom, c.district, c.sum.Checkpoint.Size).Scan(&beyond); err != nil {
		return sqldb.Classify(err, "count the leaves")
	}
	if beyond > 0 {
		c.report(ledger.BadCheckpoint, c.sum.Checkpoint.Size, gov.ID{}, "第 %[1]d 条起的 %[2]d 条没有检查点签名", "the %[2]d entries from %[1]d on are covered by no checkpoint", c.sum.Checkpoint.Size, beyond)
	}
	return nil
}

// note is a stored checkpoint.
type note struct {
	size int64
	note []byte
}

func scanNote(scan func(...any) error) (n note, err error) { return n, scan(&n.size, &n.note) }

// newestValid returns the newest checkpoint that verifies, or nil. Those that
// do not are reported when heads comes to them.
func (c *dbCheck) newestValid() ([]byte, error) {
	list, err := sqldb.Collect(c.ctx, c.tx, scanNote, newestNotes, c.district, maxNamed)
	if err != nil {
		return nil, sqldb.Classify(err, "read the newest checkpoints")
	}
	for _, n := range list {
		if _, err := c.verifier.Open(n.note); err == nil {
			return n.note, nil
		}
	}
	for _, n := range list {
		c.report(ledger.BadCheckpoint, -1, gov.ID{}, "第 %d 条处的检查点不可信", "the checkpoint filed under size %d does not verify", n.size)
	}
	return nil, nil
}

// heads streams the stored checkpoints and the pinned ones by size.
func (c *dbCheck) heads() iter.Seq2[ledger.Signed, error] {
	pins := c.verifier.Pin(c.pinned)
	return func(yield func(ledger.Signed, error) bool) {
		for after := int64(-1); ; {
			list, err := sqldb.Collect(c.ctx, c.tx, scanNote, notesAfter, c.district, after, maxNamed)
			if err != nil {
				yield(ledger.Signed{}, sqldb.Classify(err, "read the checkpoints"))
				return
			}
			for _, n := range list {
				for len(pins) > 0 && pins[0].Size <= n.size {
					if !yield(pins[0].Signed, nil) {
						return
					}
					pins = pins[1:]
				}
				after = n.size
				from := gov.Textf("登记为 %d 条的检查点", "the checkpoint filed under size %d", n.size)
				if !yield(ledger.Signed{From: from, Note: n.note}, nil) {
					return
				}
			}
			if len(list) < maxNamed {
				break
			}
		}
		for _, p := range pins {
			if !yield(p.Signed, nil) {
				return
			}
		}
	}
}

// kept is a row of ledger_entries as it hangs in the tree or waits.
type kept struct {
	place        int64 // index, or seq in the queue
	entry        string
	at           sql.Null[int64]
	kind, object sql.Null[string]
	actor        sql.Null[string]
	body         []byte
	ofActor      []byte // salts; null where they are kept in ledger_salts
	ofRows       []byte
}

func scanKept(scan func(...any) error) (k kept, err error) {
	return k, scan(&k.place, &k.entry, &k.at, &k.kind, &k.object, &k.actor, &k.body, &k.ofActor, &k.ofRows)
}

// entries reads what lies below a tile, with what is kept beside it.
func (c *dbCheck) entries(t ledger.Tile) ([]ledger.Stored, error) {
	from := t.Index * ledger.TileWidth
	to := from + int64(t.Width)
	list, err := sqldb.Collect(c.ctx, c.tx, scanKept, leavesFrom, c.district, from, to)
	if err != nil {
		return nil, sqldb.Classify(err, "read entries from %d", from)
	}
	stored := make([]ledger.Stored, t.Width)
	c.page = map[gov.ID]*trace{}
	for _, k := range list {
		id, err := gov.ParseID(k.entry)
		if err != nil {
			c.report(ChangedTrace, k.place, id, "第 %[1]d 条登记的事件标识“%[2]s”无效", "entry %[1]d is filed under %[2]q, which is no identifier", k.place, k.entry)
		}
		stored[k.place-from] = ledger.Stored{ID: id, Body: k.body}
		c.keep(id, k)
	}
	if err := c.readSalts(saltsOfLeaves, from, to); err != nil {
		return nil, err
	}
	return stored, c.readRows(rowsOfLeaves, from, to)
}

func (c *dbCheck) keep(id gov.ID, k kept) {
	if k.body == nil {
		return
	}
	t := &trace{at: k.at.V, kind: k.kind.V, object: k.object.V, actor: k.actor, salts: map[string]ledger.Salt{}}
	t.keep(actorSalt, k.ofActor)
	t.keep(rowsSalt, k.ofRows)
	c.page[id] = t
}

func (c *dbCheck) readSalts(query string, args ...any) error {
	rows, err := c.tx.QueryContext(c.ctx, query, append([]any{c.district}, args...)...)
	if err != nil {
		return sqldb.Classify(err, "read salts")
	}
	defer rows.Close()
	for rows.Next() {
		var entry, name string
		var salt []byte
		if err := rows.Scan(&entry, &name, &salt); err != nil {
			return sqldb.Classify(err, "read salts")
		}
		if t := c.traceOf(entry); t != nil {
			t.keep(name, salt)
		}
	}
	return sqldb.Classify(rows.Err(), "read salts")
}

// readRows hashes the rows of entries as they come, so that an act over many
// rows needs no more memory than one over few.
func (c *dbCheck) readRows(query string, args ...any) error {
	rows, err := c.tx.QueryContext(c.ctx, query, append([]any{c.district}, args...)...)
	if err != nil {
		return sqldb.Classify(err, "read the states of rows")
	}
	defer rows.Close()
	for rows.Next() {
		var entry string
		var r ledger.Row
		var digest []byte
		if err := rows.Scan(&entry, &r.Table, &r.Key, &r.Version, &digest); err != nil {
			return sqldb.Classify(err, "read the states of rows")
		}
		copy(r.Digest[:], digest)
		if t := c.traceOf(entry); t != nil {
			c.traced++
			if err := t.rows.Append(r.Leaf()); err != nil {
				return err
			}
		}
	}
	return sqldb.Classify(rows.Err(), "read the states of rows")
}

func (c *dbCheck) traceOf(entry string) *trace {
	id, err := gov.ParseID(entry)
	if err != nil {
		return nil
	}
	return c.page[id]
}

// entry compares an entry with what is kept beside it. index is -1 for one that
// waits.
func (c *dbCheck) entry(index int64, e ledger.Entry) error {
	t := c.page[e.ID]
	if t == nil {
		return nil // filed under another id, which has been reported
	}
	name := e.ID.String() + " " + e.Object
	if e.At != t.at || e.Kind != t.kind || e.Object != t.object {
		c.report(ChangedTrace, index, e.ID, "事件 %s 的登记栏（时间、类别或对象）与条目不符", "the columns of event %s (time, kind or object) do not fit its entry", name)
	}
	var gone []string
	salt, ok := t.salts[actorSalt]
	switch {
	case ok && t.actor.Valid:
		if ledger.Commit(salt, []byte(t.actor.V)) != e.Actor {
			c.report(ChangedTrace, index, e.ID, "事件 %s 的行为人或其盐值被改动", "the actor of event %s, or its salt, was changed", name)
		}
	default:
		gone = append(gone, actorSalt)
	}
	for sealed := range e.Sealed {
		if _, ok := t.salts[sealed]; !ok {
			gone = append(gone, sealed)
		}
	}
	salt, ok = t.salts[rowsSalt]
	switch {
	case e.Rows.Count != t.rows.Size():
		c.report(ChangedTrace, index, e.ID, "事件 %[1]s 应有 %[2]d 行的记录，现有 %[3]d 行", "event %[1]s covers %[2]d rows, but the states of %[3]d are kept", name, e.Rows.Count, t.rows.Size())
	case e.Rows.Count > 0 && !ok:
		gone = append(gone, rowsSalt)
	case e.Rows.Count > 0 && ledger.CommitRows(salt, &t.rows) != e.Rows:
		c.report(ChangedTrace, index, e.ID, "事件 %s 所涉数据行的记录被改动", "the kept states of the rows of event %s were changed", name)
	}
	if len(gone) == 0 {
		return nil
	}
	return c.erased(index, e, gone)
}

// erased reports missing salts for which no act of erasure exists.
func (c *dbCheck) erased(index int64, e ledger.Entry, gone []string) error {
	bodies, err := sqldb.Collect(c.ctx, c.tx, func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) },
		erasuresOf, c.district, "entry:"+e.ID.String(), saltErased)
	if err != nil {
		return sqldb.Classify(err, "look for erasures")
	}
	for _, b := range bodies {
		act, err := ledger.Decode(b)
		if err != nil {
			continue // reported where the entry itself is checked
		}
		names := strings.Split(act.Facts["names"], ",")
		gone = slices.DeleteFunc(gone, func(name string) bool { return slices.Contains(names, name) })
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		c.report(ChangedTrace, index, e.ID, "事件 %[1]s 的盐值或行为人（%[2]s）不见了，也没有删除记录", "salts or the actor of event %[1]s (%[2]s) are gone without an act of erasure", e.ID, strings.Join(gone, ", "))
	}
	return nil
}
