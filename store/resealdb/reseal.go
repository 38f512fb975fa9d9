package resealdb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"quanxiang/gov"
	"quanxiang/privacy"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// Resealed says what Reseal did.
type Resealed struct {
	Values, Rows int   // that were sealed or indexed anew
	Closed       int   // values that no key here opens; they stay as they are
	First        error // about the first of those
}

// patience is how often the values of rows that somebody was just writing are looked
// at again.
const (
	patience = 50
	breath   = 100 * time.Millisecond
)

// Reseal seals anew, with the present key, what an older one sealed, and makes the
// blind indexes of the present key. The site goes on working meanwhile: a
// transaction seals at most a hundred rows and is an act of the ledger with them. It
// may be cut off at any moment and begun again. It ends when it has seen everything
// once and found nothing left to do. by is who runs it, and holder the one Hold was
// called for. show, if not nil, is told of the rows done.
func (s *Seals) Reseal(ctx context.Context, by gov.Actor, holder string, show func(rows int)) (done Resealed, err error) {
	held := time.Now()
	for tries := 0; ; {
		pass := Resealed{}
		busy := 0
		err := s.each(ctx, func(p place, t sqldb.Table, rows []row) error {
			if time.Since(held) > leaseLasts/3 { // long after anything was sealed
				if err := s.Hold(ctx, holder); err != nil {
					return err
				}
				held = time.Now()
			}
			n, missed, err := s.renew(ctx, by, holder, p, t, rows, &pass)
			done.Rows, done.Values, busy = done.Rows+n.Rows, done.Values+n.Values, busy+missed
			pass.Rows += n.Rows
			if show != nil && n.Rows > 0 {
				show(done.Rows)
			}
			return err
		})
		if err != nil {
			return done, err
		}
		done.Closed, done.First = pass.Closed, pass.First
		switch {
		case pass.Rows > 0:
			tries = 0
		case busy == 0:
			return done, nil
		case tries == patience:
			return done, gov.Errorf(gov.Unavailable, "有 %d 行一直被其他写入占用，请稍后再次运行", "%d rows are being written all the time; run this again later", busy)
		}
		if busy > 0 {
			tries++
			if err := wait(ctx, breath); err != nil {
				return done, err
			}
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// change is what a row gets.
type change struct {
	row     row
	columns []string
	values  map[string][]byte
	sealed  int
}

// renew seals a page of rows anew. missed is how many rows were written by others
// between reading and writing: they are for the next pass.
func (s *Seals) renew(ctx context.Context, by gov.Actor, holder string, p place, t sqldb.Table, rows []row, pass *Resealed) (done Resealed, missed int, err error) {
	keys := s.keys.Pin()
	var changes []change
	for _, r := range rows {
		x, err := s.changeOf(keys, p, r, pass)
		if err != nil {
			return done, 0, err
		}
		if len(x.columns) > 0 {
			changes = append(changes, x)
		}
	}
	done, missed, err = s.write(ctx, by, holder, keys.IDs()[0], p, t, changes)
	if !contended(err) || ctx.Err() != nil {
		return done, missed, err
	}
	// Somebody wrote one of them at the same moment, or there is an account twice: each
	// by itself, so that one does not hold up the others.
	done, missed = Resealed{}, 0
	for _, x := range changes {
		n, busy, err := s.write(ctx, by, holder, keys.IDs()[0], p, t, []change{x})
		if contended(err) && p.twice != "" {
			x.values[p.twice] = append(x.values[p.twice], againMark+x.row.key...)
			n, busy, err = s.write(ctx, by, holder, keys.IDs()[0], p, t, []change{x})
		}
		if contended(err) {
			busy, err = 1, nil
		}
		done.Rows, done.Values, missed = done.Rows+n.Rows, done.Values+n.Values, missed+busy
		if err != nil {
			return done, missed, err
		}
	}
	return done, missed, nil
}

// contended is true of what another writer is the cause of.
func contended(err error) bool { return gov.CodeOf(err) == gov.Conflict && !isBusy(err) }

// write writes changes in one transaction.
func (s *Seals) write(ctx context.Context, by gov.Actor, holder, key string, p place, t sqldb.Table, changes []change) (done Resealed, missed int, err error) {
	if len(changes) == 0 {
		return done, 0, nil
	}
	err = s.db.Write(ctx, s.district, func(tx *sqldb.Tx) error {
		done, missed = Resealed{}, 0
		if held, err := tx.TakeLease(ctx, rotationLease, holder, leaseLasts); err != nil || !held {
			return orBusy(err)
		}
		var refs []ledgerdb.RowRef
		for _, x := range changes {
			n, err := tx.ExecContext(ctx, t.UpdateUnchanged(x.columns), x.args(t, tx.District())...)
			if err != nil {
				return sqldb.Classify(err, "seal a row of %s anew", t.Name)
			}
			if n == 0 {
				missed++
				continue
			}
			done.Rows, done.Values = done.Rows+1, done.Values+x.sealed
			refs = append(refs, ledgerdb.RowOf(t.Name, x.row.args...))
		}
		if len(refs) == 0 || t.Role != sqldb.Recorded {
			return nil
		}
		_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: resealedAct, Object: "sealed:" + t.Name, Actor: by, Rows: refs,
			Facts: map[string]string{"key": key, "rows": strconv.Itoa(len(refs))}})
		return err
	})
	if err != nil {
		return Resealed{}, 0, err
	}
	return done, missed, nil
}

// changeOf works out what a row gets: envelopes of the present key for those of
// older ones, and its blind indexes.
func (s *Seals) changeOf(keys *privacy.Keyring, p place, r row, pass *Resealed) (change, error) {
	x := change{row: r, values: map[string][]byte{}}
	set := func(column string, value []byte) {
		if _, ok := x.values[column]; !ok {
			x.columns = append(x.columns, column)
		}
		x.values[column] = value
	}
	for _, c := range p.columns {
		cells, err := c.cells(r)
		if err != nil {
			return x, err
		}
		for _, cell := range cells {
			stale := keys.Stale(cell.envelope)
			if !stale && c.blind == "" {
				continue
			}
			at := s.at(p.table, cell)
			value, err := keys.Open(at, cell.envelope)
			if err != nil {
				if pass.Closed++; pass.First == nil {
					pass.First = err
				}
				continue
			}
			indexes, err := s.indexes(keys, c, p.table, r, value)
			if err != nil {
				return x, fmt.Errorf("the index of %s %s: %v", p.table, r.key, err)
			}
			moved := indexes != nil && !under(string(r.values[c.blind]), indexes[:1])
			if moved {
				set(c.blind, []byte(indexes[0]))
				x.sealed++
			}
			if stale {
				now, changed := x.values[c.name]
				if !changed {
					now = r.values[c.name]
				}
				set(c.name, c.put(now, cell, keys.Seal(at, value)))
				if !moved { // else it was counted with its index
					x.sealed++
				}
			}
		}
	}
	return x, nil
}

// args are those of sqldb.Table.UpdateUnchanged.
func (x change) args(t sqldb.Table, d gov.District) []any {
	typed := func(values map[string][]byte) (list []any) {
		for _, name := range x.columns {
			i := slices.IndexFunc(t.Columns, func(c sqldb.Column) bool { return c.Name == name })
			if t.Columns[i].Type == sqldb.Bytes {
				list = append(list, values[name])
			} else {
				list = append(list, string(values[name]))
			}
		}
		return list
	}
	return slices.Concat(typed(x.values), []any{d}, x.row.args, typed(x.row.values))
}
