package casedb

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

const (
	insertChange = `
insert into case_recounts (district, id, procedure, body)
values ($1, $2, $3, $4)`
	insertMonth = `
insert into case_months (district, procedure, month, case_id)
values ($1, $2, $3, $4)
on conflict (district, procedure, month, case_id) do nothing`
	dropMonth = `
delete from case_months
where district = $1 and procedure = $2 and month = $3 and case_id = $4`
	addToCount = `
insert into case_counts (district, procedure, field, what, value, month, part, n)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, procedure, field, what, value, month, part) do update
set n = case_counts.n + excluded.n`
)

// Counted implements docket.Tx.
func (t *tx) Counted(ctx context.Context, id gov.ID) (all docket.Counted, ok bool, err error) {
	var raw []byte
	if k := t.known[id]; k != nil {
		err = t.settled(ctx, id, k)
		raw = k.raw
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

// recount notes what a case counts for that it did not before, and what was decided. A step adds nothing
// to the sums itself: it would write a row for every value of every field by which
// figures are told, and wait for every other step that does.
func (t *tx) recount(ctx context.Context, r docket.Row, re docket.Recount) error {
	if err := t.decided(ctx, r, re.Before.Decided, re.Now.Decided); err != nil {
		return err
	}
	changes := re.Changes()
	if len(changes) == 0 {
		return nil
	}
	body, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	if err := t.Later(ctx, insertChange, t.District(), gov.NewID(t.Now()).String(), r.Procedure, body); err != nil {
		return err
	}
	before, now := re.Before.Months(), re.Now.Months()
	for _, m := range now {
		if !slices.Contains(before, m) {
			if err := t.Later(ctx, insertMonth, t.District(), r.Procedure, int(m), r.ID.String()); err != nil {
				return err
			}
		}
	}
	for _, m := range before {
		if !slices.Contains(now, m) {
			if err := t.Later(ctx, dropMonth, t.District(), r.Procedure, int(m), r.ID.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Whoever takes a change takes it alone: it is gone for all others.
const takeChanges = `
delete from case_recounts
where district = $1 and id in (
  select r.id
  from case_recounts r
  where r.district = $1
  order by r.id
  limit $2
)
returning procedure, body`

// sumKey is a row of case_counts.
type sumKey struct {
	procedure string
	docket.Facet
	docket.Count // N aside
}

// Fold implements docket.Store.
func (s *Cases) Fold(ctx context.Context, limit int) (n int, err error) {
	err = s.db.Write(ctx, s.district, func(t *sqldb.Tx) error {
		change := map[sumKey]int64{}
		taken, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (c struct{}, err error) {
			var procedure string
			var body []byte
			if err = scan(&procedure, &body); err == nil {
				err = eachOf(body, func(f docket.Facet, c docket.Count) {
					n := c.N
					c.N = 0
					change[sumKey{procedure, f, c}] += n
				})
			}
			return c, err
		}, takeChanges, s.district, limit)
		if err != nil {
			return err
		}
		n = len(taken)
		var keys []sumKey
		for k, n := range change {
			if n != 0 {
				keys = append(keys, k)
			}
		}
		slices.SortFunc(keys, func(a, b sumKey) int { // all transactions touch sums in one order
			return cmp.Or(cmp.Compare(a.procedure, b.procedure), cmp.Compare(a.Field, b.Field), cmp.Compare(a.What, b.What),
				cmp.Compare(a.Value, b.Value), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Part, b.Part))
		})
		rows := make([][]any, len(keys))
		for i, k := range keys {
			rows[i] = []any{k.procedure, k.Field, string(k.What), k.Value, int(k.Month), k.Part, change[k]}
		}
		return t.LaterRows(ctx, addToCount, rows...)
	})
	return n, sqldb.Classify(err, "add to the sums of cases")
}

// eachOf visits what a row of case_recounts adds to the sums.
func eachOf(body []byte, visit func(docket.Facet, docket.Count)) error {
	var list []docket.Counted
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	for _, c := range list {
		c.Each(visit)
	}
	return nil
}

const (
	sumsOfValue = `
select value, month, part, n
from case_counts
where district = $1 and procedure = $2 and field = $3 and what = $4 and value = $5 and month between $6 and $7`
	// Months that are not asked for are passed over value by value: however many
	// years there are, as much is read as the asked months hold.
	sumsOfValues = `
with recursive kept (value) as (
  select min(value)
  from case_counts
  where district = $1 and procedure = $2 and field = $3 and what = $4
  union all
  select (
    select min(c.value)
    from case_counts c
    where c.district = $1 and c.procedure = $2 and c.field = $3 and c.what = $4 and c.value > kept.value
  )
  from kept
  where value is not null
)
select s.value, case when $5 = 1 then c.month else 0 end as month, c.part, cast(sum(c.n) as bigint)
from kept s
join case_counts c on c.district = $1 and c.procedure = $2 and c.field = $3 and c.what = $4 and c.value = s.value and c.month between $6 and $7
group by s.value, case when $5 = 1 then c.month else 0 end, c.part`
	changesOf = `
select body
from case_recounts
where district = $1 and procedure = $2`
)

// Totals implements docket.Store.
func (s *Cases) Totals(ctx context.Context, a docket.Asked) (list []docket.Sum, err error) {
	sums := map[docket.Sum]int64{}
	add := func(value string, c docket.Count) {
		n := c.N
		c.N = 0
		if !a.Months {
			c.Month = 0
		}
		sums[docket.Sum{Value: value, Count: c}] += n
	}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error { // one snapshot: a change is in the sums or it is not
		for _, what := range a.What {
			query, args := sumsOfValue, []any{s.district, a.Procedure, a.Field, string(what), a.Value, int(a.From), int(a.To)}
			if a.Values {
				byMonth := 0
				if a.Months {
					byMonth = 1
				}
				query, args = sumsOfValues, []any{s.district, a.Procedure, a.Field, string(what), byMonth, int(a.From), int(a.To)}
			}
			_, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (struct{}, error) {
				var value string
				c := docket.Count{What: what}
				err := scan(&value, &c.Month, &c.Part, &c.N)
				add(value, c)
				return struct{}{}, err
			}, query, args...)
			if err != nil {
				return err
			}
		}
		_, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (struct{}, error) {
			var body []byte
			err := scan(&body)
			if err != nil {
				return struct{}{}, err
			}
			return struct{}{}, eachOf(body, func(f docket.Facet, c docket.Count) {
				if f.Field == a.Field && (a.Values || f.Value == a.Value) && c.Month >= a.From && c.Month <= a.To && slices.Contains(a.What, c.What) {
					add(f.Value, c)
				}
			})
		}, changesOf, s.district, a.Procedure)
		return err
	})
	if err != nil {
		return nil, sqldb.Classify(err, "count cases of %s", a.Procedure)
	}
	for k, n := range sums {
		if n != 0 {
			k.N = n
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b docket.Sum) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Month, b.Month), cmp.Compare(a.What, b.What), cmp.Compare(a.Part, b.Part))
	})
	return list, nil
}

const casesInMonths = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
  r.opened, r.ended, r.touched, m.month, l.body
from case_months m
join case_rows r on r.district = m.district and r.id = m.case_id
join case_listed l on l.district = m.district and l.case_id = m.case_id
where m.district = $1 and m.procedure = $2 and m.month between $3 and $4 and (m.month, m.case_id) < ($5, $6)
order by m.month desc, m.case_id desc
limit $7`

// CountedIn implements docket.Store.
func (s *Cases) CountedIn(ctx context.Context, procedure string, from, to docket.Month, after docket.Mark, limit int) (list []docket.InMonth, err error) {
	if after.IsZero() {
		after.Month = docket.Ever
	}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (one docket.InMonth, err error) {
			var body []byte
			if one.Row, err = scanRow(scan, &one.Month, &body); err != nil {
				return one, err
			}
			l, _, err := decodeListed(body)
			if l.counted != nil {
				one.Counted = *l.counted
			}
			return one, err
		}, casesInMonths, s.district, procedure, int(from), int(min(to, after.Month)), int(after.Month), text(after.ID), limit)
		return sqldb.Classify(err, "list what cases of %s are counted", procedure)
	})
	return list, err
}
