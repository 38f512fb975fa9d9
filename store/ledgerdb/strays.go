package ledgerdb

import (
	"database/sql"
	"errors"
	"math"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/store/sqldb"
)

const (
	pendingAfter = `
select p.seq, p.entry, e.at, e.kind, e.object, e.actor, e.body, e.actor_salt, e.rows_salt
from ledger_pending p
left join ledger_entries e on e.district = p.district and e.id = p.entry
where p.district = $1 and (p.seq, p.entry) > ($2, $3)
order by p.seq, p.entry
limit $4`
	saltsOfEntry = `
select entry, name, salt
from ledger_salts
where district = $1 and entry = $2`
	rowsOfEntry = `
select entry, tbl, key, version, digest
from ledger_rows
where district = $1 and entry = $2
order by n`
	countEntries = `
select count(*)
from ledger_entries
where district = $1`
	countRowStates = `
select count(*)
from ledger_rows
where district = $1`
	strayEntries = `
select e.id, e.kind, e.object
from ledger_entries e
where e.district = $1
  and not exists (select 1 from ledger_leaves l where l.district = e.district and l.entry = e.id)
  and not exists (select 1 from ledger_pending p where p.district = e.district and p.entry = e.id)
order by e.id
limit $2`
	strayRowStates = `
select r.tbl, r.key, r.entry
from ledger_rows r
where r.district = $1
  and not exists (select 1 from ledger_entries e where e.district = r.district and e.id = r.entry)
order by r.key, r.tbl, r.version
limit $2`
)

// waiting checks the entries that are not in the tree yet.
func (c *dbCheck) waiting() error {
	audit := ledger.Audit{District: c.district, Found: func(f ledger.Finding) { c.own++; c.found(f) }}
	seq, entry := int64(math.MinInt64), ""
	for {
		list, err := sqldb.Collect(c.ctx, c.tx, scanKept, pendingAfter, c.district, seq, entry, ledger.TileWidth)
		if err != nil {
			return sqldb.Classify(err, "read waiting entries")
		}
		for _, k := range list {
			seq, entry = k.place, k.entry
			c.sum.Waiting++
			id, err := gov.ParseID(k.entry)
			if err != nil || k.body == nil {
				c.report(ledger.MissingEntry, -1, id, "等待入账的事件 %s 不见了", "event %s, which waits to be appended, is gone", k.entry)
				continue
			}
			var index int64
			err = c.tx.QueryRowContext(c.ctx, leafOfEntry, c.district, k.entry).Scan(&index)
			if err == nil {
				c.report(ledger.Duplicate, index, id, "第 %[1]d 条（%[2]s）又在等待入账", "entry %[1]d (%[2]s) waits to be appended again", index, id)
				continue
			}
			if !errors.Is(err, sql.ErrNoRows) {
				return sqldb.Classify(err, "find event %s", k.entry)
			}
			c.page = map[gov.ID]*trace{}
			c.keep(id, k)
			if err := errors.Join(c.readSalts(saltsOfEntry, k.entry), c.readRows(rowsOfEntry, k.entry)); err != nil {
				return err
			}
			e, ok := audit.Entry(-1, k.body)
			if !ok {
				continue
			}
			if e.ID != id {
				c.report(ledger.ChangedEntry, -1, id, "等待入账的事件 %[1]s 内容却是 %[2]s", "the waiting event %[1]s reads %[2]s", id, e.ID)
				continue
			}
			if err := c.entry(-1, e); err != nil {
				return err
			}
		}
		if len(list) < ledger.TileWidth {
			return nil
		}
	}
}

// strays names entries that hang nowhere and row states no entry knows. The
// counts are compared first, so that a sound database pays nothing.
func (c *dbCheck) strays() error {
	var entries, states, leaves int64
	for query, n := range map[string]*int64{countEntries: &entries, countRowStates: &states} {
		if err := c.tx.QueryRowContext(c.ctx, query, c.district).Scan(n); err != nil {
			return sqldb.Classify(err, "count the ledger")
		}
	}
	if err := c.tx.QueryRowContext(c.ctx, countLeavesFrom, c.district, 0).Scan(&leaves); err != nil {
		return sqldb.Classify(err, "count the leaves")
	}
	type stray struct{ a, b, id string }
	scan := func(scan func(...any) error) (s stray, err error) { return s, scan(&s.a, &s.b, &s.id) }
	if entries != leaves+c.sum.Waiting { // one that waits again makes them differ too; it names itself
		list, err := sqldb.Collect(c.ctx, c.tx, scan, strayEntries, c.district, maxNamed)
		if err != nil {
			return sqldb.Classify(err, "look for stray entries")
		}
		for _, s := range list {
			id, err := gov.ParseID(s.a)
			if err != nil {
				id = gov.ID{}
			}
			c.report(ledger.MissingEntry, -1, id, "事件 %[1]s（%[2]s，%[3]s）既不在账本中也不在等待入账", "event %[1]s (%[2]s, %[3]s) is neither in the ledger nor waiting for it", s.a, s.b, s.id)
		}
	}
	if states != c.traced {
		list, err := sqldb.Collect(c.ctx, c.tx, scan, strayRowStates, c.district, maxNamed)
		if err != nil {
			return sqldb.Classify(err, "look for stray row states")
		}
		for _, s := range list {
			c.report(ChangedTrace, -1, gov.ID{}, "表 %[1]s 行 %[2]s 的记录所指事件 %[3]s 不存在", "the kept state of table %[1]s row %[2]s names event %[3]s, which does not exist", s.a, s.b, s.id)
		}
	}
	return nil
}
