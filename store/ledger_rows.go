package store

import (
	"database/sql"
	"errors"

	"quanxiang/gov"
	"quanxiang/ledger"
)

// lookup is how many row states one statement fetches; the statement below has
// as many placeholders.
const lookup = 16

const (
	lastStates = `
select r.key, r.digest, r.entry
from ledger_rows r
where r.district = $1 and r.tbl = $2
  and r.key in ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
  and r.version = (
    select max(x.version)
    from ledger_rows x
    where x.district = r.district and x.tbl = r.tbl and x.key = r.key
  )`
	countLive = `
select count(*)
from ledger_rows r
where r.district = $1 and r.tbl = $2 and r.digest is not null
  and not exists (
    select 1
    from ledger_rows x
    where x.district = r.district and x.tbl = r.tbl and x.key = r.key and x.version > r.version
  )`
	liveAfter = `
select r.key, r.entry
from ledger_rows r
where r.district = $1 and r.tbl = $2 and r.key > $3 and r.digest is not null
  and not exists (
    select 1
    from ledger_rows x
    where x.district = r.district and x.tbl = r.tbl and x.key = r.key and x.version > r.version
  )
order by r.key
limit $4`
)

// tableRow is a row of a recorded table as it is now.
type tableRow struct {
	args   []any // the key after the district
	key    string
	digest ledger.Hash
}

// table compares every row of a recorded table with the last act about it.
func (c *dbCheck) table(t Table) error {
	first, next := t.selectFrom(false, lookup), t.selectFrom(true, lookup)
	query, args := first, []any{c.district}
	var live int64
	for {
		page, err := collect(c.ctx, c.tx, func(scan func(...any) error) (r tableRow, err error) {
			v := t.values()
			if err := scan(v...); err != nil {
				return r, err
			}
			canonical, err := t.appendCanonical(nil, v)
			if err != nil {
				return r, err
			}
			r.args, r.key = t.keyOf(v)
			r.digest = ledger.DigestRow(canonical)
			return r, nil
		}, query, args...)
		if err != nil {
			return classify(err, "read table %s", t.Name)
		}
		if len(page) > 0 {
			n, err := c.rows(t, page)
			if err != nil {
				return err
			}
			live += n
		}
		if len(page) < lookup {
			break
		}
		query, args = next, append([]any{c.district}, page[len(page)-1].args...)
	}
	var want int64
	if err := c.tx.QueryRowContext(c.ctx, countLive, c.district, t.Name).Scan(&want); err != nil {
		return classify(err, "count the rows of %s", t.Name)
	}
	if want == live {
		return nil
	}
	return c.deletedRows(t)
}

// state is the last one kept of a row.
type state struct {
	key    string
	digest []byte // nil: deleted
	entry  string
}

// rows checks a page of rows and returns for how many the ledger says that they
// exist.
func (c *dbCheck) rows(t Table, page []tableRow) (live int64, err error) {
	args := []any{c.district, t.Name}
	for i := range lookup {
		args = append(args, page[min(i, len(page)-1)].key)
	}
	list, err := collect(c.ctx, c.tx, func(scan func(...any) error) (s state, err error) {
		return s, scan(&s.key, &s.digest, &s.entry)
	}, lastStates, args...)
	if err != nil {
		return 0, classify(err, "read the states of %s", t.Name)
	}
	last := map[string]state{}
	for _, s := range list {
		last[s.key] = s
	}
	for _, r := range page {
		c.sum.Rows++
		s, ok := last[r.key]
		id, _ := gov.ParseID(s.entry) // zero when no entry is named
		switch {
		case !ok:
			c.report(InsertedRow, -1, id, "表 %[1]s 行 %[2]s 是绕过程序插入的：账本没有记录", "table %[1]s row %[2]s was inserted behind the program's back: the ledger does not know it", t.Name, r.key)
		case s.digest == nil:
			c.report(InsertedRow, -1, id, "表 %[1]s 行 %[2]s 是绕过程序插入的：事件 %[3]s 已将其删除", "table %[1]s row %[2]s was inserted behind the program's back: event %[3]s deleted it", t.Name, r.key, s.entry)
		default:
			live++
			if string(s.digest) != string(r.digest[:]) {
				c.report(ChangedRow, -1, id, "表 %[1]s 行 %[2]s 被绕过程序改动：与事件 %[3]s 之后的状态不符", "table %[1]s row %[2]s was changed behind the program's back: it is not what event %[3]s left", t.Name, r.key, s.entry)
			}
		}
	}
	return live, nil
}

// deletedRows names the rows that should exist and do not.
func (c *dbCheck) deletedRows(t Table) error {
	after := ""
	for {
		list, err := collect(c.ctx, c.tx, func(scan func(...any) error) (s state, err error) {
			return s, scan(&s.key, &s.entry)
		}, liveAfter, c.district, t.Name, after, maxNamed)
		if err != nil {
			return classify(err, "list the rows of %s", t.Name)
		}
		for _, s := range list {
			after = s.key
			args, err := t.parseKey(s.key)
			if err == nil {
				err = c.tx.QueryRowContext(c.ctx, t.selectRow(), append([]any{c.district}, args...)...).Scan(t.values()...)
			}
			switch {
			case err == nil:
			case errors.Is(err, sql.ErrNoRows), errors.Is(err, errKey):
				id, _ := gov.ParseID(s.entry)
				c.report(DeletedRow, -1, id, "表 %[1]s 行 %[2]s 被绕过程序删除：事件 %[3]s 之后应有此行", "table %[1]s row %[2]s was deleted behind the program's back: event %[3]s left it there", t.Name, s.key, s.entry)
			default:
				return classify(err, "look for %s %s", t.Name, s.key)
			}
		}
		if len(list) < maxNamed {
			return nil
		}
	}
}
