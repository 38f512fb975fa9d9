package resealdb

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/privacy"
	"quanxiang/store/sqldb"
)

// Seals are the sealed values of one district.
type Seals struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

// New returns the sealed values of a district and the keys they are sealed with.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Seals { return &Seals{db, d, keys} }

// Found says how what is sealed opens.
type Found struct {
	Values int
	Closed int   // of them, those that do not open, or whose index is another key's
	First  error // about the first of those
}

// pageRows is how many rows are read, and sealed anew, at once: what one
// transaction holds up others for.
const pageRows = 100

// Check opens everything that is sealed and throws it away. It tells whether the
// keys are those the data were sealed with; the error is for what keeps it from
// telling.
func (s *Seals) Check(ctx context.Context) (Found, error) {
	var found Found
	err := s.each(ctx, func(p place, _ sqldb.Table, rows []row) error {
		for _, r := range rows {
			for _, c := range p.columns {
				n, err := s.try(c, p, r)
				found.Values += n
				if err != nil {
					found.Closed += n
					if found.First == nil {
						found.First = err
					}
				}
			}
		}
		return nil
	})
	return found, err
}

// Needed says how many values still need a key other than the present ones: they open
// with it, or are found by it, and not without. closed are those that no key here
// opens, for which none need be kept.
func (s *Seals) Needed(ctx context.Context) (needed, closed int, err error) {
	all := s.keys.Pin()
	with, without := &Seals{s.db, s.district, all}, &Seals{s.db, s.district, all.Newest()}
	err = s.each(ctx, func(p place, _ sqldb.Table, rows []row) error {
		for _, r := range rows {
			for _, c := range p.columns {
				n, err := without.try(c, p, r)
				if err == nil {
					continue
				}
				if _, err := with.try(c, p, r); err == nil {
					needed += n
				} else {
					closed += n
				}
			}
		}
		return nil
	})
	return needed, closed, err
}

// try opens what a column of a row holds, and compares the index that goes with
// it. n is how many values that is; a column that holds several does so in one
// row, and if one of them does not open none counts as open.
func (s *Seals) try(c column, p place, r row) (n int, err error) {
	cells, err := c.cells(r)
	if err != nil {
		return 1, err
	}
	for _, x := range cells {
		value, err := s.keys.Open(s.at(p.table, x), x.envelope)
		if err != nil {
			return len(cells), err
		}
		indexes, err := s.indexes(s.keys, c, p.table, r, value)
		if err != nil {
			return len(cells), err
		}
		if indexes != nil && !under(string(r.values[c.blind]), indexes) {
			return len(cells), gov.Errorf(gov.Conflict, "%[1]s.%[2]s 的检索索引出自另一把密钥", "the index of %[1]s.%[2]s was made with another key", p.table, c.name)
		}
	}
	return len(cells), nil
}

func (s *Seals) at(table string, x cell) privacy.Place {
	return privacy.Place{District: s.district, Table: table, Column: x.column, Key: x.key}
}

// indexes are the blind indexes, in hex, that a column's value may have; nil when
// the row has none.
func (s *Seals) indexes(keys *privacy.Keyring, c column, table string, r row, value []byte) (list []string, err error) {
	if c.blind == "" || len(r.values[c.blind]) == 0 {
		return nil, nil
	}
	column, text := c.name, string(value)
	if c.index != nil {
		if table, column, text, err = c.index(r, value); err != nil {
			return nil, err
		}
	}
	for _, index := range keys.Indexes(privacy.Place{District: s.district, Table: table, Column: column}, text) {
		list = append(list, hex.EncodeToString(index))
	}
	return list, nil
}

// againMark parts the index of a value that is there twice, where it may be once,
// from the key of the row that was indexed anew last.
const againMark = "/"

// under reports that a row stands under one of a value's indexes.
func under(stands string, indexes []string) bool {
	index, _, _ := strings.Cut(stands, againMark)
	return slices.Contains(indexes, index)
}

// Count tells how many values each key seals, by the key's name and the table.
func (s *Seals) Count(ctx context.Context) (map[string]map[string]int, error) {
	counts := map[string]map[string]int{}
	err := s.each(ctx, func(p place, _ sqldb.Table, rows []row) error {
		for _, r := range rows {
			for _, c := range p.columns {
				cells, err := c.cells(r)
				if err != nil {
					return err
				}
				for _, x := range cells {
					key := privacy.SealedBy(x.envelope)
					if counts[key] == nil {
						counts[key] = map[string]int{}
					}
					counts[key][p.table]++
				}
			}
		}
		return nil
	})
	return counts, err
}

// each calls fn with the rows of every place, a page at a time. A page is read by
// itself: what is written meanwhile may be met or not.
func (s *Seals) each(ctx context.Context, fn func(place, sqldb.Table, []row) error) error {
	for _, p := range places {
		if err := s.pages(ctx, p, fn); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seals) pages(ctx context.Context, p place, fn func(place, sqldb.Table, []row) error) error {
	args := []any{s.district}
	for {
		var rows []row
		var t sqldb.Table
		err := s.db.Read(ctx, s.district, func(tx *sqldb.Tx) (err error) {
			t, _ = tx.Table(p.table)
			rows, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (row, error) { return scanRow(scan, t) },
				t.SelectFrom(len(args) > 1, pageRows), args...)
			return sqldb.Classify(err, "read what is sealed in %s", p.table)
		})
		if err == nil && len(rows) > 0 {
			err = fn(p, t, rows)
		}
		if err != nil || len(rows) < pageRows {
			return err
		}
		args = append([]any{s.district}, rows[len(rows)-1].args...)
	}
}

// scanRow reads a whole row.
func scanRow(scan func(...any) error, t sqldb.Table) (row, error) {
	v := t.Values()
	if err := scan(v...); err != nil {
		return row{}, err
	}
	args, parts := t.KeyOf(v)
	r := row{args: args, key: ledger.RowKey(parts...), values: map[string][]byte{}}
	for i, c := range t.Columns {
		_, r.values[c.Name] = sqldb.Plain(v[i])
	}
	return r, nil
}
