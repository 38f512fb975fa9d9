// Package dumpdb gives the rows a backup carries, and writes them into a district that has
// none: the same bytes on either engine, so that a backup of one loads into the other.
package dumpdb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

// carried are the tables whose rows a backup carries.
func carried(tx *sqldb.Tx) []sqldb.Table {
	return slices.DeleteFunc(slices.Clone(tx.Tables()), func(t sqldb.Table) bool { return !isCarried(t) })
}

func isCarried(t sqldb.Table) bool { return t.Role == sqldb.Recorded || t.Role == sqldb.Evidence }

// Dump gives put every row a backup carries, table by table, parents before
// children and in the order of the key, all of the transaction's snapshot: a
// running system may go on writing. row is the canonical form of
// Table.AppendCanonical, the same on both engines. Memory does not grow with
// the rows.
func Dump(ctx context.Context, tx *sqldb.Tx, put func(table string, row []byte) error) error {
	for _, t := range carried(tx) {
		if err := dump(ctx, tx, t, put); err != nil {
			return err
		}
	}
	return nil
}

// Count tells how many rows Dump will give.
func Count(ctx context.Context, tx *sqldb.Tx) (total int64, err error) {
	for _, t := range carried(tx) {
		var n int64
		if err := tx.QueryRowContext(ctx, t.CountAll(), tx.District()).Scan(&n); err != nil {
			return 0, sqldb.Classify(err, "count table %s", t.Name)
		}
		total += n
	}
	return total, nil
}

// FileKeys yields the keys of the whole files that rows a backup carries refer
// to, in order and each once. An error ends it.
func FileKeys(ctx context.Context, tx *sqldb.Tx) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for after := ""; ; {
			page, err := fileKeys(ctx, tx, after, rowPage)
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
func fileKeys(ctx context.Context, tx *sqldb.Tx, after string, limit int) ([]string, error) {
	var all []string
	for _, t := range carried(tx) {
		for _, c := range t.Columns {
			if c.Type != sqldb.File {
				continue
			}
			keys, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (k string, err error) { return k, scan(&k) },
				t.SelectDistinct(c.Name), tx.District(), after, limit)
			if err != nil {
				return nil, sqldb.Classify(err, "list the files of table %s", t.Name)
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
func dump(ctx context.Context, tx *sqldb.Tx, t sqldb.Table, put func(table string, row []byte) error) error {
	query, args := t.SelectFrom(false, rowPage), []any{tx.District()}
	for {
		page, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (r dumped, err error) {
			v := t.Values()
			if err := scan(v...); err != nil {
				return r, err
			}
			r.key, _ = t.KeyOf(v)
			r.row, err = t.AppendCanonical(nil, v)
			return r, err
		}, query, args...)
		if err != nil {
			return sqldb.Classify(err, "read table %s", t.Name)
		}
		for _, r := range page {
			if err := put(t.Name, r.row); err != nil {
				return err
			}
		}
		if len(page) < rowPage {
			return nil
		}
		query, args = t.SelectFrom(true, rowPage), append([]any{tx.District()}, page[len(page)-1].key...)
	}
}

// Load writes the rows of a Dump into a district that has none, in one
// transaction: when rows or put fails nothing is kept. It returns Conflict when
// the district has rows already, and Invalid for a row that no Dump of this
// schema and district gives. rows may be called more than once and must then
// begin again. Derived tables, such as the search index, stay empty.
// The limit of a write limits the whole of it.
func Load(ctx context.Context, db *sqldb.DB, d gov.District, rows func(put func(table string, row []byte) error) error) error {
	return db.Write(ctx, d, func(tx *sqldb.Tx) error {
		empty, err := Empty(ctx, tx)
		if err != nil {
			return err
		}
		if !empty {
			return gov.Errorf(gov.Conflict, "数据库中已有数据；只能恢复到空的安装中。",
				"The database already holds data; a backup is restored into an empty installation only.")
		}
		return rows(func(table string, row []byte) error { return load(ctx, tx, table, row) })
	})
}

// Empty reports that the district has no row a backup would carry.
func Empty(ctx context.Context, tx *sqldb.Tx) (bool, error) {
	for _, t := range carried(tx) {
		there, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (struct{}, error) {
			return struct{}{}, scan(t.Values()...)
		}, t.SelectFrom(false, 1), tx.District())
		if err != nil || len(there) != 0 {
			return false, sqldb.Classify(err, "look into table %s", t.Name)
		}
	}
	return true, nil
}

func load(ctx context.Context, tx *sqldb.Tx, table string, row []byte) error {
	t, ok := tx.Table(table)
	if !ok || !isCarried(t) {
		return gov.Errorf(gov.Invalid, "备份中有未知的表“%s”。", "The backup has an unknown table %q.", table)
	}
	values, err := parseCanonical(t, row)
	if err != nil {
		return gov.Errorf(gov.Invalid, "备份中表 %s 有一行不合格式。", "The backup has a malformed row of table %s.", table)
	}
	if d, _ := values[0].(string); d != string(tx.District()) {
		return gov.Errorf(gov.Invalid, "备份中表 %s 有别的区的数据。", "The backup has a row of another district in table %s.", table)
	}
	return tx.LaterOne(ctx, t.InsertRow(), values...)
}

// parseCanonical reads what AppendCanonical wrote, and nothing else: writing
// the values again must give the same bytes.
func parseCanonical(t sqldb.Table, row []byte) ([]any, error) {
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
func parseValue(typ sqldb.Type, raw json.RawMessage, dest any) (any, error) {
	switch typ {
	case sqldb.Text, sqldb.File:
		v := dest.(*sql.Null[string])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	case sqldb.Int:
		v := dest.(*sql.Null[int64])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	case sqldb.Bool:
		v := dest.(*sql.Null[bool])
		v.Valid = true
		err := json.Unmarshal(raw, &v.V)
		return v.V, err
	}
	v := dest.(*[]byte)
	err := json.Unmarshal(raw, v)
	return *v, err
}
