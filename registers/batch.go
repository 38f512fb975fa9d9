package registers

import (
	"context"
	"strconv"

	"quanxiang/gov"
)

// Batch is entries or records that are written together: one act of the ledger. No
// two of them have the same key.
type Batch struct {
	Entries []Entry
	Records []Record
	Source  *Source // the case that writes them, nil for none
}

// Sum is what came of a batch.
type Sum struct{ Added, Changed, Same int64 }

// The acts of registers in the ledger.
const (
	pushedAct    = "register.pushed"
	withdrawnAct = "register.record.withdrawn"
	gradedAct    = "register.graded"
	lookedAct    = "register.looked"
	endedAct     = "register.record.ended"
	contestedAct = "register.record.contested"
	settledAct   = "register.record.settled"
)

// Object is a register in the ledger.
func Object(register string) string { return "register:" + register }

// put writes a batch. With fresh it takes everything for new, and where that is not
// so the write is a Conflict.
func (b Batch) put(ctx context.Context, tx Tx, t Target, actor gov.Actor, facts map[string]string, fresh bool) (sum Sum, err error) {
	at := tx.Now().UnixMilli()
	var entries []Change[Entry]
	var records []Change[Record]
	if len(b.Entries) > 0 {
		there := map[string]Entry{}
		if !fresh {
			if there, err = tx.EntriesOf(ctx, b.Entries); err != nil {
				return sum, err
			}
		}
		entries = changes(b.Entries, there, func(e Entry) string { return e.Key }, Entry.Same, func(e *Entry, version int) { e.Version, e.At = version, at }, func(e Entry) int { return e.Version }, &sum)
	}
	if len(b.Records) > 0 {
		there := map[string]Record{}
		if !fresh {
			if there, err = tx.RecordsOf(ctx, b.Records); err != nil {
				return sum, err
			}
		}
		records = changes(b.Records, there, Record.Ref, Record.Same, func(r *Record, version int) { r.Version, r.At = version, at }, func(r Record) int { return r.Version }, &sum)
	}
	if len(entries)+len(records) == 0 && b.Source == nil {
		return sum, nil
	}
	if err := tx.PutEntries(ctx, entries); err != nil {
		return sum, err
	}
	if err := tx.PutRecords(ctx, records); err != nil {
		return sum, err
	}
	if err := causes(ctx, tx, t.Register, records); err != nil {
		return sum, err
	}
	if b.Source != nil {
		if err := tx.PutSource(ctx, *b.Source); err != nil {
			return sum, err
		}
	}
	all := map[string]string{"unit": t.Unit, "added": strconv.FormatInt(sum.Added, 10), "changed": strconv.FormatInt(sum.Changed, 10)}
	if t.Kind != nil {
		all["kind"] = t.Kind.ID
	}
	for k, v := range facts {
		all[k] = v
	}
	return sum, tx.Act(ctx, Act{Kind: pushedAct, Object: Object(t.Register.ID), Actor: actor, Facts: all})
}

// changes compares a list with what is there.
func changes[T any](list []T, there map[string]T, ref func(T) string, same func(T, T) bool, set func(*T, int), version func(T) int, sum *Sum) (out []Change[T]) {
	for _, v := range list {
		old, ok := there[ref(v)]
		switch {
		case !ok:
			set(&v, 1)
			out = append(out, Change[T]{New: v})
			sum.Added++
		case same(v, old):
			sum.Same++
		default:
			set(&v, version(old)+1)
			out = append(out, Change[T]{Old: &old, New: v})
			sum.Changed++
		}
	}
	return out
}
