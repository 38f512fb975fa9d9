package ledgerdb

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

// Ledger reads the ledger of a district: heads, receipts, export, and Verify.
type Ledger struct {
	db       *sqldb.DB
	district gov.District
	verifier *ledger.Verifier
}

// New returns the ledger of a district whose checkpoints v verifies.
func New(db *sqldb.DB, d gov.District, v *ledger.Verifier) *Ledger { return &Ledger{db, d, v} }

const (
	leafOfEntry = `
select idx
from ledger_leaves
where district = $1 and entry = $2`
	entryBody = `
select body
from ledger_entries
where district = $1 and id = $2`
	newestEntries = `
select l.idx, e.body
from ledger_leaves l
join ledger_entries e on e.district = l.district and e.id = l.entry
where l.district = $1 and l.idx < $2
order by l.idx desc
limit $3`
	entriesFrom = `
select l.idx, e.body
from ledger_leaves l
join ledger_entries e on e.district = l.district and e.id = l.entry
where l.district = $1 and l.idx >= $2
order by l.idx
limit $3`
	historyOf = `
select e.body, coalesce(l.idx, -1)
from ledger_entries e
left join ledger_leaves l on l.district = e.district and l.entry = e.id
left join ledger_pending p on p.district = e.district and p.entry = e.id
where e.district = $1 and e.object = $2
order by case when l.idx is null then 1 else 0 end, l.idx, p.seq, e.id`
	countPending = `
select count(*), coalesce(min(at), 0)
from ledger_pending
where district = $1`
	saltOfEntry = `
select e.body, s.salt
from ledger_entries e
join ledger_salts s on s.district = e.district and s.entry = e.id
where e.district = $1 and e.id = $2 and s.name = $3`
	actorOfEntry = `
select e.actor, coalesce(e.actor_salt, s.salt)
from ledger_entries e
left join ledger_salts s on s.district = e.district and s.entry = e.id and s.name = $1
where e.district = $2 and e.id = $3 and e.actor is not null`
)

// noCheckpoint is what readers of a ledger without a head get.
func noCheckpoint() error {
	return gov.Errorf(gov.NotFound, "账本还没有检查点", "the ledger has no checkpoint yet")
}

// read runs fn on a snapshot with the newest head.
func (l *Ledger) read(ctx context.Context, fn func(tx *sqldb.Tx, h head) error) error {
	return l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		h, err := readHead(ctx, tx, l.verifier)
		if errors.Is(err, sql.ErrNoRows) {
			return noCheckpoint()
		}
		if err != nil {
			return fmt.Errorf("open the newest checkpoint: %w", err)
		}
		return fn(tx, h)
	})
}

// Newest returns the newest checkpoint as a transaction sees it, unverified, or
// nil while there is none.
func Newest(ctx context.Context, tx *sqldb.Tx) (note []byte, err error) {
	var size, latest int64
	err = tx.QueryRowContext(ctx, newestCheckpoint, tx.District()).Scan(&size, &latest, &note)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return note, sqldb.Classify(err, "read the newest checkpoint")
}

// Checkpoint returns the newest signed checkpoint, or NotFound while there is
// none.
func (l *Ledger) Checkpoint(ctx context.Context) (note []byte, err error) {
	err = l.read(ctx, func(tx *sqldb.Tx, h head) error { note = h.note; return nil })
	return note, err
}

// Receipt returns the receipt of an event, without openings. It returns
// NotFound for an unknown event and Unavailable while the event waits to be
// sequenced.
func (l *Ledger) Receipt(ctx context.Context, event gov.ID) (r ledger.Receipt, err error) {
	err = l.read(ctx, func(tx *sqldb.Tx, h head) error {
		var body []byte
		if err := tx.QueryRowContext(ctx, entryBody, tx.District(), event.String()).Scan(&body); err != nil {
			return sqldb.Classify(err, "read event %s", event)
		}
		var index int64
		err := tx.QueryRowContext(ctx, leafOfEntry, tx.District(), event.String()).Scan(&index)
		if errors.Is(err, sql.ErrNoRows) {
			return gov.Errorf(gov.Unavailable, "事件已记录，正等待入账，请稍后再取回执", "the event is recorded and about to be appended to the ledger; ask for the receipt again shortly")
		}
		if err != nil {
			return sqldb.Classify(err, "find event %s", event)
		}
		proof, err := ledger.ProveInclusion(h.Checkpoint, index, tileReader(ctx, tx))
		if err != nil {
			return err
		}
		if err := ledger.CheckInclusion(proof, h.Checkpoint, index, ledger.LeafHash(body)); err != nil {
			return fmt.Errorf("event %s was changed after it was signed: %v", event, err)
		}
		r = ledger.NewReceipt(body, index, proof, h.note)
		return nil
	})
	return r, err
}

// OpenActor returns the opening of the actor of an event, for a receipt that is
// handed to someone who may know. It returns NotFound once it was erased.
func (l *Ledger) OpenActor(ctx context.Context, event gov.ID) (o ledger.Opening, err error) {
	err = l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		var salt []byte
		o.Name = actorSalt
		err := tx.QueryRowContext(ctx, actorOfEntry, actorSalt, tx.District(), event.String()).Scan(&o.Value, &salt)
		if err == nil && len(salt) != ledger.SaltSize {
			err = fmt.Errorf("the salt has %d bytes", len(salt))
		}
		if err != nil {
			return sqldb.Classify(err, "open the actor of event %s", event)
		}
		o.Salt = ledger.Hash(salt)
		return nil
	})
	return o, err
}

// OpenSealed returns the opening of a sealed fact for its value, which the
// caller knows. It returns Invalid when the value is another one and NotFound
// once the salt was erased.
func (l *Ledger) OpenSealed(ctx context.Context, event gov.ID, name, value string) (o ledger.Opening, err error) {
	err = l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		var body, salt []byte
		if err := tx.QueryRowContext(ctx, saltOfEntry, tx.District(), event.String(), name).Scan(&body, &salt); err != nil {
			return sqldb.Classify(err, "open %s of event %s", name, event)
		}
		e, err := ledger.Decode(body)
		if err != nil || len(salt) != ledger.SaltSize {
			return fmt.Errorf("open %s of event %s: the entry or its salt was changed: %v", name, event, err)
		}
		if ledger.Commit(ledger.Salt(salt), []byte(value)) != e.Sealed[name] {
			return gov.Errorf(gov.Invalid, "该值不是事件中密封的“%s”", "this is not the value sealed as %q in the event", name)
		}
		o = ledger.Opening{Name: name, Salt: ledger.Hash(salt), Value: value}
		return nil
	})
	return o, err
}

// Consistency returns the proof that the newest checkpoint continues the tree
// of an earlier size, and that checkpoint.
func (l *Ledger) Consistency(ctx context.Context, earlier int64) (proof []ledger.Hash, note []byte, err error) {
	err = l.read(ctx, func(tx *sqldb.Tx, h head) (err error) {
		note = h.note
		proof, err = ledger.ProveConsistency(earlier, h.Checkpoint, tileReader(ctx, tx))
		return err
	})
	return proof, note, err
}

// File returns a file of the export, such as "checkpoint", "tile/0/000" or
// "tile/entries/000.p/7", or NotFound when the newest checkpoint does not cover
// it.
func (l *Ledger) File(ctx context.Context, path string) (data []byte, err error) {
	if path == ledger.CheckpointPath {
		return l.Checkpoint(ctx)
	}
	t, entries, err := ledger.ParseTilePath(path)
	if err != nil {
		return nil, err
	}
	err = l.read(ctx, func(tx *sqldb.Tx, h head) (err error) {
		if (h.Size>>(8*t.Level))-t.Index*ledger.TileWidth < int64(t.Width) {
			return gov.Errorf(gov.NotFound, "账本还没有 %s", "the ledger has no %s yet", path)
		}
		if !entries {
			data, err = tileReader(ctx, tx)(t)
			return err
		}
		list, err := bodiesFrom(ctx, tx, t.Index*ledger.TileWidth, t.Width)
		if err == nil && len(list) < t.Width {
			err = fmt.Errorf("%d entries of %s are lost", t.Width-len(list), path)
		}
		for _, e := range list {
			data = binary.BigEndian.AppendUint16(data, uint16(len(e.body)))
			data = append(data, e.body...)
		}
		return err
	})
	return data, err
}

// indexed is the stored bytes of an entry of the tree.
type indexed struct {
	index int64
	body  []byte
}

func scanIndexed(scan func(...any) error) (e indexed, err error) {
	return e, scan(&e.index, &e.body)
}

func bodiesFrom(ctx context.Context, tx *sqldb.Tx, start int64, n int) ([]indexed, error) {
	list, err := sqldb.Collect(ctx, tx, scanIndexed, entriesFrom, tx.District(), start, n)
	return list, sqldb.Classify(err, "read entries from %d", start)
}

// Recent returns the newest entries of the tree, at most n, newest first.
func (l *Ledger) Recent(ctx context.Context, n int) ([]ledger.Recorded, error) {
	return l.Before(ctx, -1, n)
}

// Before is Recent for the entries before an index; -1 stands for the end.
func (l *Ledger) Before(ctx context.Context, index int64, n int) (all []ledger.Recorded, err error) {
	if index < 0 {
		index = ledger.MaxSize
	}
	err = l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		list, err := sqldb.Collect(ctx, tx, scanIndexed, newestEntries, tx.District(), index, n)
		if err != nil {
			return sqldb.Classify(err, "read the newest entries")
		}
		all = make([]ledger.Recorded, len(list))
		for i, b := range list {
			all[i].Index = b.index
			if all[i].Entry, err = ledger.Decode(b.body); err != nil {
				return fmt.Errorf("decode entry %d: %v", b.index, err)
			}
		}
		return nil
	})
	return all, err
}

// History returns every entry about an object, oldest first. Index is -1 for
// those that are not in the tree yet.
func (l *Ledger) History(ctx context.Context, object string) (all []ledger.Recorded, err error) {
	err = l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		all, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (r ledger.Recorded, err error) {
			var body []byte
			if err := scan(&body, &r.Index); err != nil {
				return r, err
			}
			if r.Entry, err = ledger.Decode(body); err != nil {
				return r, fmt.Errorf("decode an entry about %s: %v", object, err)
			}
			return r, nil
		}, historyOf, tx.District(), object)
		return sqldb.Classify(err, "read the history of %s", object)
	})
	return all, err
}

// Waiting tells how many entries are not in the tree yet and since when, in
// Unix milliseconds, the oldest of them waits.
func (l *Ledger) Waiting(ctx context.Context) (n int, since int64, err error) {
	err = l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		return tx.QueryRowContext(ctx, countPending, tx.District()).Scan(&n, &since)
	})
	return n, since, sqldb.Classify(err, "count waiting entries")
}

// Export writes the ledger as of its newest checkpoint in the tlog-tiles
// layout. It runs on one snapshot; put gets slash-separated names.
func (l *Ledger) Export(ctx context.Context, put func(name string, data []byte) error) (c ledger.Checkpoint, err error) {
	err = l.read(ctx, func(tx *sqldb.Tx, h head) (err error) {
		c, err = ledger.Export(l.verifier, h.note, eachBody(ctx, tx), put)
		return err
	})
	return c, err
}

// eachBody streams the entries of the tree, a tile's worth at a time.
func eachBody(ctx context.Context, tx *sqldb.Tx) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for start := int64(0); ; start += ledger.TileWidth {
			list, err := bodiesFrom(ctx, tx, start, ledger.TileWidth)
			if err != nil {
				yield(nil, err)
				return
			}
			for i, e := range list {
				if e.index != start+int64(i) {
					yield(nil, gov.Errorf(gov.Invalid, "缺第 %d 条", "entry %d is missing", start+int64(i)))
					return
				}
				if !yield(e.body, nil) {
					return
				}
			}
			if len(list) < ledger.TileWidth {
				return
			}
		}
	}
}

// Contains checks that the newest checkpoint continues an earlier one, and
// returns Conflict when it does not.
func (l *Ledger) Contains(ctx context.Context, earlier ledger.Checkpoint) error {
	return l.db.Read(ctx, l.district, func(tx *sqldb.Tx) error {
		h, err := readHead(ctx, tx, l.verifier)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("open the newest checkpoint: %w", err)
		}
		missing := gov.Errorf(gov.Conflict, "数据库中的账本（%[1]d 条）不包含已签名的 %[2]d 条", "the ledger in the database (%[1]d entries) does not contain the %[2]d that were signed", h.Size, earlier.Size)
		if earlier.Size > h.Size {
			return missing
		}
		if earlier.Size == 0 {
			return nil
		}
		root, err := ledger.RootAt(earlier.Size, tileReader(ctx, tx))
		if err == nil && root != earlier.Root {
			err = missing
		}
		return err
	})
}
