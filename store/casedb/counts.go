package casedb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

const addToCount = `
insert into case_counts (district, procedure, unit, month, what, part, slot, n)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, procedure, unit, month, what, part, slot) do update
set n = case_counts.n + excluded.n`

// Counted implements docket.Tx.
func (t *tx) Counted(ctx context.Context, id gov.ID) (all docket.Counted, ok bool, err error) {
	var raw []byte
	if k := t.known[id]; k != nil {
		raw = k.raw
		err = t.Answers(ctx)
	} else {
		err = t.QueryRowContext(ctx, listedRow, t.District(), id.String()).Scan(&raw)
	}
	if errors.Is(err, sql.ErrNoRows) || err == nil && raw == nil {
		return all, false, nil
	}
	var l listed
	if err == nil {
		l, _, err = decodeListed(raw)
	}
	if err != nil || l.counted == nil {
		return all, false, sqldb.Classify(err, "what case %s counts for", id)
	}
	return *l.counted, true, nil
}

// sum moves a case from what it counted for to what it counts for: the one is
// taken off, the other added. As with tallies, all transactions touch sums in one
// order, and a sum is kept in several rows, but for the days cases took: few steps
// meet in one of those.
func (t *tx) sum(ctx context.Context, r docket.Row, re docket.Recount) error {
	change := map[docket.UnitCount]int64{}
	add := func(all docket.Counted, sign int64) {
		for _, c := range all.Counts {
			n := c.N
			c.N = 0
			change[docket.UnitCount{Count: c}] += sign * n
			for _, unit := range all.Units {
				change[docket.UnitCount{Unit: unit, Count: c}] += sign * n
			}
		}
	}
	add(re.Before, -1)
	add(re.Now, 1)
	keys := make([]docket.UnitCount, 0, len(change))
	for k, n := range change {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b docket.UnitCount) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Month, b.Month), cmp.Compare(a.What, b.What), cmp.Compare(a.Part, b.Part))
	})
	rows := make([][]any, len(keys))
	for i, k := range keys {
		slot := slotOf(r.ID)
		if k.What == docket.CountDays {
			slot = 0
		}
		rows[i] = []any{r.Procedure, k.Unit, int(k.Month), string(k.What), k.Part, slot, change[k]}
	}
	if err := t.LaterRows(ctx, addToCount, rows...); err != nil {
		return err
	}
	return t.decided(ctx, r, re.Before.Decided, re.Now.Decided)
}

const countsByMonth = `
select month, what, part, cast(sum(n) as bigint)
from case_counts
where district = $1 and procedure = $2 and unit = $3 and month >= $4
group by month, what, part
having sum(n) <> 0
order by month, what, part`

// CountsByMonth implements docket.Store.
func (s *Cases) CountsByMonth(ctx context.Context, procedure, unit string, from docket.Month) (list []docket.Count, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (c docket.Count, err error) {
			return c, scan(&c.Month, &c.What, &c.Part, &c.N)
		}, countsByMonth, s.district, procedure, unit, int(from))
		return sqldb.Classify(err, "count cases of %s by month", procedure)
	})
	return list, err
}

// The months before the first are passed over unit by unit: however many years
// there are, as much is read as the asked months hold.
const countsByUnit = `
with recursive units (unit) as (
  select min(unit)
  from case_counts
  where district = $1 and procedure = $2
  union all
  select (
    select min(c.unit)
    from case_counts c
    where c.district = $1 and c.procedure = $2 and c.unit > units.unit
  )
  from units
  where unit is not null
)
select u.unit, c.what, c.part, cast(sum(c.n) as bigint)
from units u
join case_counts c on c.district = $1 and c.procedure = $2 and c.unit = u.unit and c.month >= $3
group by u.unit, c.what, c.part
having sum(c.n) <> 0
order by u.unit, c.what, c.part`

// CountsByUnit implements docket.Store.
func (s *Cases) CountsByUnit(ctx context.Context, procedure string, from docket.Month) (list []docket.UnitCount, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (c docket.UnitCount, err error) {
			return c, scan(&c.Unit, &c.What, &c.Part, &c.N)
		}, countsByUnit, s.district, procedure, int(from))
		return sqldb.Classify(err, "count cases of %s by unit", procedure)
	})
	return list, err
}
