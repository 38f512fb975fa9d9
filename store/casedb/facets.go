package casedb

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

const (
	facetsOf = `
select field, value, state, colour, ended, due
from case_facets
where district = $1 and case_id = $2`
	dropFacets = `
delete from case_facets
where district = $1 and case_id = $2`
	insertFacet = `
insert into case_facets (district, case_id, field, value, procedure, state, colour, ended, due)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	addToTally = `
insert into case_tallies (district, procedure, field, value, state, colour, slot, n)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, procedure, field, value, state, colour, slot) do update
set n = case_tallies.n + excluded.n`
)

// facet is a row of case_facets.
type facet struct {
	docket.Facet
	state, colour string
	ended, due    int64
}

// saveFacets puts a case where lists look for it and keeps the tallies: what
// the case counted for before is taken off, what it counts for now is added.
func (t *tx) saveFacets(ctx context.Context, l docket.Listing) error {
	id := l.Row.ID.String()
	before, err := sqldb.Collect(ctx, t.Tx, func(scan func(...any) error) (f facet, err error) {
		return f, scan(&f.Field, &f.Value, &f.state, &f.colour, &f.ended, &f.due)
	}, facetsOf, t.District(), id)
	if err != nil {
		return sqldb.Classify(err, "facets of case %s", l.Row.Number)
	}
	var now []facet
	for _, f := range l.Facets {
		one := facet{Facet: f, state: l.Row.State, colour: l.Row.Colour, due: cmp.Or(l.Row.Due, docket.Never)}
		if l.Row.Ended != 0 {
			one.ended = 1
		}
		if !slices.Contains(now, one) {
			now = append(now, one)
		}
	}
	order(before)
	order(now)
	if slices.Equal(before, now) {
		return nil
	}
	if len(before) > 0 {
		if _, err := t.ExecContext(ctx, dropFacets, t.District(), id); err != nil {
			return sqldb.Classify(err, "clear facets of case %s", l.Row.Number)
		}
	}
	for _, f := range now {
		if _, err := t.ExecContext(ctx, insertFacet, t.District(), id, f.Field, f.Value, l.Row.Procedure, f.state, f.colour, f.ended, f.due); err != nil {
			return sqldb.Classify(err, "facets of case %s", l.Row.Number)
		}
	}
	return t.tally(ctx, l.Row, before, now)
}

// slots is in how many rows a tally is kept, by case. In one row, every step on
// any case of a procedure would wait for the commit of the one before.
const slots = 8

func slotOf(id gov.ID) int { return int(id[len(id)-1]) % slots }

// tally moves a case from what it counted for to what it counts for. All
// transactions touch tallies in the same order, so none waits for another in a
// circle.
func (t *tx) tally(ctx context.Context, r docket.Row, before, now []facet) error {
	slot := slotOf(r.ID)
	change := map[docket.Tally]int64{}
	for _, f := range before {
		change[docket.Tally{Facet: f.Facet, State: f.state, Colour: f.colour}]--
	}
	for _, f := range now {
		change[docket.Tally{Facet: f.Facet, State: f.state, Colour: f.colour}]++
	}
	keys := make([]docket.Tally, 0, len(change))
	for k, n := range change {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b docket.Tally) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value), cmp.Compare(a.State, b.State), cmp.Compare(a.Colour, b.Colour))
	})
	for _, k := range keys {
		if _, err := t.ExecContext(ctx, addToTally, t.District(), r.Procedure, k.Field, k.Value, k.State, k.Colour, slot, change[k]); err != nil {
			return sqldb.Classify(err, "count cases")
		}
	}
	return nil
}

func order(list []facet) {
	slices.SortFunc(list, func(a, b facet) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value)) })
}

// Lists of a facet by due time. Each has an index in its order, so that a page
// costs the same whatever else there is; where state and colour are asked for,
// the colour leads, since it mostly tells the state as well.
const (
	facetRows = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due,
  r.opened, r.ended, r.touched
from case_facets f
join case_rows r on r.district = f.district and r.id = f.case_id
where f.district = $1 and f.procedure = $2 and f.field = $3 and f.value = $4 and f.ended = $5 and (f.due, f.case_id) > ($6, $7)`
	facetOrder = `
order by f.due, f.case_id
limit `
	listByFacet       = facetRows + facetOrder + "$8"
	listByState       = facetRows + " and f.state = $8" + facetOrder + "$9"
	listByColour      = facetRows + " and f.colour = $8" + facetOrder + "$9"
	listByColourState = facetRows + " and f.colour = $8 and f.state = $9" + facetOrder + "$10"
)

// List implements docket.Store.
func (s *Cases) List(ctx context.Context, q docket.Query, after docket.Place, limit int) (list []docket.Row, err error) {
	ended := 0
	if q.Ended {
		ended = 1
	}
	query, args := listByFacet, []any{s.district, q.Procedure, q.Facet.Field, q.Facet.Value, ended, after.Due, placeID(after)}
	switch {
	case q.State != "" && q.Colour != "":
		query, args = listByColourState, append(args, q.Colour, q.State)
	case q.State != "":
		query, args = listByState, append(args, q.State)
	case q.Colour != "":
		query, args = listByColour, append(args, q.Colour)
	}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) },
			query, append(args, limit)...)
		return sqldb.Classify(err, "list cases of %s", q.Procedure)
	})
	return list, err
}

const endedWithin = `
select id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched
from case_rows
where district = $1 and procedure = $2 and ended > 0 and ended >= $3 and ended < $4
order by ended, id
limit $5`

// Ended implements docket.Store.
func (s *Cases) Ended(ctx context.Context, procedure string, from, to int64, limit int) (list []docket.Row, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) },
			endedWithin, s.district, procedure, from, to, limit)
		return sqldb.Classify(err, "cases of %s that ended", procedure)
	})
	return list, err
}

const latestInState = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.opened, r.ended, r.touched
from case_rows r
where r.district = $1 and r.procedure = $2 and r.state = $3 and exists (
  select 1
  from case_facets f
  where f.district = r.district and f.case_id = r.id and f.field = $4 and f.value = $5)
order by r.touched desc, r.id desc
limit $6`

// Latest implements docket.Store.
func (s *Cases) Latest(ctx context.Context, procedure string, f docket.Facet, state string, limit int) (list []docket.Row, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) },
			latestInState, s.district, procedure, state, f.Field, f.Value, limit)
		return sqldb.Classify(err, "newest cases of %s", procedure)
	})
	return list, err
}

const talliesOf = `
select field, value, state, colour, cast(sum(n) as bigint)
from case_tallies
where district = $1 and procedure = $2 and field = $3
group by field, value, state, colour
having sum(n) <> 0
order by value, state, colour`

// Tallies implements docket.Store.
func (s *Cases) Tallies(ctx context.Context, procedure, field string) (list []docket.Tally, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (c docket.Tally, err error) {
			return c, scan(&c.Field, &c.Value, &c.State, &c.Colour, &c.N)
		}, talliesOf, s.district, procedure, field)
		return sqldb.Classify(err, "count cases of %s", procedure)
	})
	return list, err
}
