package sqldb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"quanxiang/gov"
)

// carried tells whether a backup carries the rows of a table.
func (t Table) carried() bool { return t.Role == Recorded || t.Role == Evidence }

// Dump gives put every row a backup carries, table by table, parents before
// children and in the order of the key, all of the transaction's snapshot: a
// running system may go on writing. row is the canonical form of
// Table.AppendCanonical, the same on both engines. Memory does not grow with
// the rows.
func (tx *Tx) Dump(ctx context.Context, put func(table string, row []byte) error) error {
	for _, t := range tx.Tables() {
		if !t.carried() {
			continue
		}
		if err := tx.dump(ctx, t, put); err != nil {
			return err
		}
	}
	return nil
}

// CountCarried tells how many rows Dump will give.
func (tx *Tx) CountCarried(ctx context.Context) (total int64, err error) {
	for _, t := range tx.Tables() {
		if !t.carried() {
			continue
		}
		var n int64
		if err := tx.QueryRowContext(ctx, t.countAll(), tx.district).Scan(&n); err != nil {
			return 0, Classify(err, "count table %s", t.Name)
		}
		total += n
	}
	return total, nil
}

// FileKeys yields the keys of the whole files that rows a backup carries refer
// to, in order and each once. An error ends it.
func (tx *Tx) FileKeys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for after := ""; ; {
			page, err := tx.fileKeys(ctx, after, rowPage)
			if err != nil {
				yield("", err)
				return
			}
			for _, key := range page {
				if !yield(key, nil) {
					return
				}
			}
			if len(page) < rowPage {
				return
			}
			after = page[len(page)-1]
		}
	}
}

// fileKeys are the first keys of FileKeys behind one.
func (tx *Tx) fileKeys(ctx context.Context, after string, limit int) ([]string, error) {
	var all []string
	for _, t := range tx.Tables() {
		if !t.carried() {
			continue
		}
		for _, c := range t.Columns {
			if c.Type != File {
				continue
			}
			keys, err := Collect(ctx, tx, func(scan func(...any) error) (k string, err error) { return k, scan(&k) },
				t.selectDistinct(c.Name), tx.district, after, limit)
			if err != nil {
				return nil, Classify(err, "list the files of table %s", t.Name)
			}
			all = append(all, keys...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(limit, len(all))], nil
}

// rowPage is how many rows a statement of Dump reads.
const rowPage = 500

// dumped is a row and its key after the district.
type dumped struct {
	row []byte
	key []any
}

// dump reads in pages: no statement lasts as long as the whole backup.
func (tx *Tx) dump(ctx context.Context, t Table, put func(table string, row []byte) error) error {
	query, args := t.SelectFrom(false, rowPage), []any{tx.district}
	for {
		page, err := Collect(ctx, tx, func(scan func(...any) error) (r dumped, err error) {
			v := t.Values()
			if err := scan(v...); err != nil {
				return r, err
			}
			r.key, _ = t.KeyOf(v)
			r.row, err = t.AppendCanonical(nil, v)
			return r, err
		}, query, args...)
		if err != nil {
			return Classify(err, "read table %s", t.Name)
		}
		for _, r := range page {
			if err := put(t.Name, r.row); err != nil {
				return err
			}
		}
		if len(page) < rowPage {
			return nil
		}
		query, args = t.SelectFrom(true, rowPage), append([]any{tx.district}, page[len(page)-1].key...)
	}
}

// Load writes the rows of a Dump into a district that has none, in one
// transaction: when rows or put fails nothing is kept. It returns Conflict when
// the district has rows already, and Invalid for a row that no Dump of this
// schema and district gives. rows may be called more than once and must then
// begin again. Derived tables, such as the search index, stay empty.
// Options.WriteTimeout limits the whole of it.
func (db *DB) Load(ctx context.Context, d gov.District, rows func(put func(table string, row []byte) error) error) error {
	return db.Write(ctx, d, func(tx *Tx) error {
		empty, err := tx.Empty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			return gov.Errorf(gov.Conflict, "数据库中已有数据；只能恢复到空的安装中。",
				"The database already holds data; a backup is restored into an empty installation only.")
		}
		return rows(func(table string, row []byte) error { return tx.load(ctx, table, row) })
	})
}

// Empty reports that the district has no row a backup would carry.
func (tx *Tx) Empty(ctx context.Context) (bool, error) {
	for _, t := range tx.Tables() {
		if !t.carried() {
			continue
		}
		there, err := Collect(ctx, tx, func(scan func(...any) error) (struct{}, error) {
			return struct{}{}, scan(t.Values()...)
		}, t.SelectFrom(false, 1), tx.district)
		if err != nil || len(there) != 0 {
			return false, Classify(err, "look into table %s", t.Name)
		}
	}
	return true, nil
}

func (tx *Tx) load(ctx context.Context, table string, row []byte) error {
	t, ok := tx.Table(table)
	if !ok || !t.carried() {
		return gov.Errorf(gov.Invalid, "备份中有未知的表“%s”。", "The backup has an unknown table %q.", table)
	}
	values, err := t.parseCanonical(row)
	if err != nil {
		return gov.Errorf(gov.Invalid, "备份中表 %s 有一行不合格式。", "The backup has a malformed row of table %s.", table)
	}
	if d, _ := values[0].(string); d != string(tx.district) {
		return gov.Errorf(gov.Invalid, "备份中表 %s 有别的区的数据。", "The backup has a row of another district in table %s.", table)
	}
	return tx.LaterOne(ctx, t.InsertRow(), values...)
}

// parseCanonical reads what AppendCanonical wrote, and nothing else: writing
// the values again must give the same bytes.
func (t Table) parseCanonical(row []byte) ([]any, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(row, &fields); err != nil {
		return nil, err
	}
	dest := t.Values()
	args := make([]any, len(dest))
	for i, c := range t.Columns {
		raw, ok := fields[c.Name]
		if !ok {
			continue // null
		}
		var err error
		args[i], err = parseValue(c.Type, raw, dest[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	again, err := t.AppendCanonical(nil, dest)
	if err == nil && !bytes.Equal(again, row) {
		err = fmt.Errorf("a row of table %s is not in its canonical form", t.Name)
	}
	return args, err
}

// parseValue reads one value into a destination of Table.values and returns it
// as an argument of a statement.
func parseValue(typ Type, raw json.RawMessage, dest any) (any, error) {
	switch typ {
	case Text, File:
		v := dest.(*sql.Null[string])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	case Int:
		v := dest.(*sql.Null[int64])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	case Bool:
		v := dest.(*sql.Null[bool])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	}
	v := dest.(*[]byte)
	err := json.Unmarshal(raw, v)
	return *v, err
}
