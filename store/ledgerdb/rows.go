package ledgerdb

import (
	"database/sql"
	"errors"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

const (
	lastState = `
select digest, entry
from ledger_rows
where district = $1 and tbl = $2 and key = $3
order by version desc
limit 1`
	statesAfter = `
select key, tbl, version, digest, entry
from ledger_rows
where district = $1 and (key, tbl, version) > ($2, $3, $4)
order by key, tbl, version
limit $5`
)

// rowPage is how many rows of a table are read before their states are looked
// up; only their keys and digests are kept.
const rowPage = 500

// tableRow is a row of a recorded table as it is now.
type tableRow struct {
	args   []any // the key after the district
	key    string
	digest ledger.Hash
}

// tables compares every row of every recorded table with the last act about it, and
// looks for the rows that acts left and that are gone.
func (c *dbCheck) tables() error {
	want := map[string]int64{} // rows there should be
	err := c.lastStates(func(s state) error {
		if s.digest != nil {
			want[s.table]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	short := map[string]sqldb.Table{}
	for _, t := range c.tx.Tables() {
		if t.Role != sqldb.Recorded {
			continue
		}
		live, err := c.table(t)
		if err != nil {
			return err
		}
		if live != want[t.Name] {
			short[t.Name] = t
		}
	}
	if len(short) == 0 {
		return nil
	}
	return c.lastStates(func(s state) error {
		if t, ok := short[s.table]; ok {
			return c.exists(t, s)
		}
		return nil
	})
}

// table compares every row of a recorded table with the last act about it. live is
// how many rows the ledger says exist.
func (c *dbCheck) table(t sqldb.Table) (live int64, err error) {
	first, next := t.SelectFrom(false, rowPage), t.SelectFrom(true, rowPage)
	query, args := first, []any{c.district}
	for {
		page, err := sqldb.Collect(c.ctx, c.tx, func(scan func(...any) error) (r tableRow, err error) {
			v := t.Values()
			if err := scan(v...); err != nil {
				return r, err
			}
			canonical, err := t.AppendCanonical(nil, v)
			if err != nil {
				return r, err
			}
			var parts []string
			r.args, parts = t.KeyOf(v)
			r.key = ledger.RowKey(parts...)
			r.digest = ledger.DigestRow(canonical)
			return r, nil
		}, query, args...)
		if err != nil {
			return live, sqldb.Classify(err, "read table %s", t.Name)
		}
		for _, r := range page {
			known, err := c.row(t, r)
			if err != nil {
				return live, err
			}
			if known {
				live++
			}
		}
		if len(page) < rowPage {
			return live, nil
		}
		query, args = next, append([]any{c.district}, page[len(page)-1].args...)
	}
}

// state is the last one kept of a row.
type state struct {
	table   string
	key     string
	version int64
	digest  []byte // nil: deleted
	entry   string
}

// row checks a row and reports whether the ledger says that it exists.
func (c *dbCheck) row(t sqldb.Table, r tableRow) (known bool, err error) {
	var s state
	err = c.tx.QueryRowContext(c.ctx, lastState, c.district, t.Name, r.key).Scan(&s.digest, &s.entry)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, sqldb.Classify(err, "read the state of %s %s", t.Name, r.key)
	}
	c.sum.Rows++
	id, _ := gov.ParseID(s.entry) // zero when no entry is named
	switch {
	case err != nil:
		c.report(InsertedRow, -1, id, "表 %[1]s 行 %[2]s 是绕过程序插入的：账本没有记录", "table %[1]s row %[2]s was inserted behind the program's back: the ledger does not know it", t.Name, r.key)
		return false, nil
	case s.digest == nil:
		c.report(InsertedRow, -1, id, "表 %[1]s 行 %[2]s 是绕过程序插入的：事件 %[3]s 已将其删除", "table %[1]s row %[2]s was inserted behind the program's back: event %[3]s deleted it", t.Name, r.key, s.entry)
		return false, nil
	case string(s.digest) != string(r.digest[:]):
		c.report(ChangedRow, -1, id, "表 %[1]s 行 %[2]s 被绕过程序改动：与事件 %[3]s 之后的状态不符", "table %[1]s row %[2]s was changed behind the program's back: it is not what event %[3]s left", t.Name, r.key, s.entry)
	}
	return true, nil
}

// lastStates calls fn with the last state of every row the ledger knows, by key and
// table.
func (c *dbCheck) lastStates(fn func(s state) error) error {
	var last state
	for {
		list, err := sqldb.Collect(c.ctx, c.tx, func(scan func(...any) error) (s state, err error) {
			return s, scan(&s.key, &s.table, &s.version, &s.digest, &s.entry)
		}, statesAfter, c.district, last.key, last.table, last.version, rowPage)
		if err != nil {
			return sqldb.Classify(err, "list the states of rows")
		}
		for _, s := range list {
			if last.table != "" && (s.key != last.key || s.table != last.table) {
				if err := fn(last); err != nil {
					return err
				}
			}
			last = s
		}
		if len(list) < rowPage {
			break
		}
	}
	if last.table == "" {
		return nil
	}
	return fn(last)
}

// exists names a row that should exist and does not.
func (c *dbCheck) exists(t sqldb.Table, s state) error {
	if s.digest == nil {
		return nil
	}
	args, ok := t.ParseKey(ledger.SplitRowKey(s.key))
	err := sql.ErrNoRows
	if ok {
		err = c.tx.QueryRowContext(c.ctx, t.SelectRow(), append([]any{c.district}, args...)...).Scan(t.Values()...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		id, _ := gov.ParseID(s.entry)
		c.report(DeletedRow, -1, id, "表 %[1]s 行 %[2]s 被绕过程序删除：事件 %[3]s 之后应有此行", "table %[1]s row %[2]s was deleted behind the program's back: event %[3]s left it there", t.Name, s.key, s.entry)
		return nil
	}
	return sqldb.Classify(err, "look for %s %s", t.Name, s.key)
}
