package registers

import (
	"context"
	"errors"
	"io"
	"strconv"

	"quanxiang/gov"
)

// loader reads the rows of an import in batches.
type loader struct {
	*Importer
	table *Table
	known map[string]string // keys of entries by how rows name them
	look  int               // how many batches are written with a look at what is there

	rows    []lined
	refs    map[string]bool // of the rows of the batch
	ahead   *lined          // a row that was read and names what the batch has already
	offset  int64           // behind the rows of the batch
	last    int64           // their last line
	rejects []Reject
}

// lined is a row with its line.
type lined struct {
	Row
	line  int64
	typed map[string]string // of the columns with mistakes
}

// read fills a batch. No two of its rows write the same thing; the second begins
// the next batch, and so corrects the first.
func (l *loader) read(rows Rows) (ended bool, err error) {
	l.rows, l.refs, l.rejects = l.rows[:0], map[string]bool{}, nil
	if l.ahead != nil {
		l.rows, l.refs[l.ahead.ref()], l.ahead = append(l.rows, *l.ahead), true, nil
	}
	for l.offset, l.last = rows.Offset(), rows.Line(); len(l.rows) < batchRows; l.offset, l.last = rows.Offset(), rows.Line() {
		cells, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		row, ok := l.table.Read(cells)
		if !ok {
			continue
		}
		one := lined{Row: row, line: rows.Line()}
		for _, e := range row.Mistakes {
			for i, id := range l.table.columns {
				if id == e.Field && i < len(cells) {
					if one.typed == nil {
						one.typed = map[string]string{}
					}
					one.typed[e.Field] = short(cells[i])
				}
			}
		}
		if len(row.Mistakes) == 0 {
			if l.refs[one.ref()] {
				l.ahead = &one
				return false, nil
			}
			l.refs[one.ref()] = true
		}
		l.rows = append(l.rows, one)
	}
	return false, nil
}

// ref names what a good row writes.
func (r *lined) ref() string { return r.Entry.Key + r.Record.Key }

// short is the beginning of what was typed.
func short(s string) string {
	if r := []rune(s); len(r) > maxTyped {
		return string(r[:maxTyped]) + "…"
	}
	return s
}

// judge finds the entries records are about, and counts what is good and bad.
func (l *loader) judge(ctx context.Context, i *Import) error {
	if l.table.Kind != nil {
		var names []string
		for _, r := range l.rows {
			if _, known := l.known[r.Named]; r.Named != "" && !known {
				names = append(names, r.Named)
			}
		}
		if len(names) > 0 {
			found, err := l.Store.Resolve(ctx, l.table.Register.ID, names)
			if err != nil {
				return err
			}
			if len(l.known) > maxKnown {
				clear(l.known)
			}
			for name, key := range found {
				l.known[name] = key
			}
		}
	}
	for n := range l.rows {
		r := &l.rows[n]
		if l.table.Kind != nil && r.Named != "" {
			if r.Record.of(l.table.Kind, l.known[r.Named]); r.Record.Subject == "" {
				r.Mistakes = append(r.Mistakes, gov.Errorf(gov.Invalid, "名录中没有“%s”", "the register has no entry %q", short(r.Named)).On(subjectColumn))
				if r.typed == nil {
					r.typed = map[string]string{}
				}
				r.typed[subjectColumn] = short(r.Named)
			}
		}
		if len(r.Mistakes) == 0 {
			if !i.Checked {
				i.Good++
			}
			continue
		}
		if i.Checked {
			continue // known
		}
		i.Bad++
		for k, e := range r.Mistakes {
			l.rejects = append(l.rejects, Reject{Line: r.line, N: k, Column: e.Field, Text: gov.Text{ZH: gov.TextOf(e, gov.ZH), EN: gov.TextOf(e, gov.EN)}, Typed: r.typed[e.Field]})
		}
	}
	if i.Bad > maxRejects {
		return gov.Errorf(gov.TooLarge, "错误行超过 %d 行，请先核对整张表", "more than %d rows are bad; look at the whole table first", maxRejects)
	}
	return nil
}

// write keeps how far the import has come and, when rows are taken, writes the good
// ones of the batch in the same transaction. It first takes them for new.
func (l *loader) write(ctx context.Context, i *Import, taking bool) error {
	if !taking {
		return l.keep(ctx, i, nil)
	}
	var b Batch
	for _, r := range l.rows {
		switch {
		case len(r.Mistakes) > 0:
		case l.table.Kind == nil:
			b.Entries = append(b.Entries, r.Entry)
		default:
			b.Records = append(b.Records, r.Record)
		}
	}
	fresh := l.look == 0
	err := l.take(ctx, i, b, fresh)
	if fresh && gov.CodeOf(err) == gov.Conflict {
		l.look = lookAfter
		return l.take(ctx, i, b, false)
	}
	l.look = max(0, l.look-1)
	return err
}

// lookAfter is how many batches are written with a look after one row was not new.
const lookAfter = 20

// take writes a batch.
func (l *loader) take(ctx context.Context, i *Import, b Batch, fresh bool) error {
	before := *i
	err := l.keep(ctx, i, func(ctx context.Context, tx Tx) error {
		*i = before
		facts := map[string]string{"import": i.ID.String(), "to": strconv.FormatInt(i.Line, 10)}
		sum, err := b.put(ctx, tx, l.table.Target, i.Actor, facts, fresh)
		i.Added, i.Changed, i.Same = i.Added+sum.Added, i.Changed+sum.Changed, i.Same+sum.Same
		return err
	})
	if err != nil {
		*i = before
	}
	return err
}

// keep keeps how far an import has come, and does something else with it.
func (l *loader) keep(ctx context.Context, i *Import, also func(ctx context.Context, tx Tx) error) error {
	return l.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		if err := tx.AddRejects(ctx, i.ID, l.rejects); err != nil {
			return err
		}
		if i.Phase == Done && l.table.Register.Credit != nil {
			if err := tx.Enqueue(ctx, GradeAllJob, l.table.Register.ID); err != nil {
				return err
			}
		}
		return tx.SaveImport(ctx, *i)
	})
}
