package casedb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

const (
	facetsOf = `
select field, value, state, colour, ended, due
from case_facets
where district = $1 and case_id = $2`
	dropFacet = `
delete from case_facets
where district = $1 and case_id = $2 and field = $3 and value = $4`
	putFacet = `
insert into case_facets (district, case_id, field, value, procedure, state, colour, ended, due)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (district, case_id, field, value) do update
set state = excluded.state, colour = excluded.colour, ended = excluded.ended, due = excluded.due`
	// What all facets of a case have in common. On PostgreSQL those of many cases are one
	// statement the other way.
	changeFacets = `
update case_facets
set state = $1, colour = $2, ended = $3, due = $4
where district = $5 and case_id = $6`
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

// saveFacets puts a case where lists look for it.
func (t *tx) saveFacets(ctx context.Context, r docket.Row, before, now []facet) error {
	id := r.ID.String()
	if slices.EqualFunc(before, now, func(a, b facet) bool { return a.Facet == b.Facet }) { // both are in order
		if slices.Equal(before, now) {
			return nil
		}
		if t.Engine() == sqldb.SQLite {
			f := now[0] // every case has the facet ""
			return t.Later(ctx, changeFacets, f.state, f.colour, f.ended, f.due, t.District(), id)
		}
	}
	for _, f := range before {
		if slices.ContainsFunc(now, func(n facet) bool { return n.Facet == f.Facet }) {
			continue
		}
		if err := t.Later(ctx, dropFacet, t.District(), id, f.Field, f.Value); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, f := range now {
		if !slices.Contains(before, f) {
			rows = append(rows, []any{id, f.Field, f.Value, r.Procedure, f.state, f.colour, f.ended, f.due})
		}
	}
	return t.LaterRows(ctx, putFacet, rows...)
}

// tally keeps the tallies: it moves a case from what it counted for to what it counts for. A tally is the
// sum of a row for each lane, of which one may well be negative: in one row, every step on any case of a procedure would
// wait for the commit of the one before. All transactions touch tallies in the same order, so none waits
// for another in a circle.
func (t *tx) tally(ctx context.Context, r docket.Row, before, now []facet) error {
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
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{r.Procedure, k.Field, k.Value, k.State, k.Colour, t.Lane(), change[k]}
	}
	return t.LaterRows(ctx, addToTally, rows...)
}

func order(list []facet) {
	slices.SortFunc(list, func(a, b facet) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value)) })
}

// Lists of a facet by due time. Each has an index in its order, so that a page
// costs the same whatever else there is; where state and colour are asked for,
// the colour leads, since it mostly tells the state as well.
const (
	facetRows = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
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

// Lists of several facets go through the cases of one, so many of them at most,
// and look up for each whether it has the others.
const (
	listByFacets = `
select ` + foundColumns + `
from (
  select case_id, due, state
  from case_facets
  where district = $1 and procedure = $2 and field = $3 and value = $4 and ended = $5 and (due, case_id) > ($6, $7)
  order by due, case_id
  limit $8
) f
join case_rows r on r.district = $1 and r.id = f.case_id
where (f.state = $9 or $9 = '')` + facetOrder + "$10"
	listByFacetsColour = `
select ` + foundColumns + `
from (
  select case_id, due, state
  from case_facets
  where district = $1 and procedure = $2 and field = $3 and value = $4 and ended = $5 and (due, case_id) > ($6, $7) and colour = $8
  order by due, case_id
  limit $9
) f
join case_rows r on r.district = $1 and r.id = f.case_id
where (f.state = $10 or $10 = '')` + facetOrder + "$11"
	facetPlace = `
select due, case_id
from case_facets
where district = $1 and procedure = $2 and field = $3 and value = $4 and ended = $5 and (due, case_id) > ($6, $7)
order by due, case_id
limit 1 offset $8`
	facetPlaceColour = `
select due, case_id
from case_facets
where district = $1 and procedure = $2 and field = $3 and value = $4 and ended = $5 and (due, case_id) > ($6, $7) and colour = $8
order by due, case_id
limit 1 offset $9`
	sizeOfFacet = `
select cast(coalesce(sum(n), 0) as bigint)
from case_tallies
where district = $1 and procedure = $2 and field = $3 and value = $4`
)

// maxDriven is how many cases of a facet a list of several goes through for a
// page: as many as take some ten milliseconds.
const maxDriven = 4000

// withFacets adds to a statement that ends in its conditions, or an order and maybe a
// limit behind them, that the case t.case_id has more facets; args are those before
// them, last the one of the limit.
func withFacets(query, t string, facets []docket.Facet, args []any, last ...any) (string, []any) {
	head, tail, ordered := strings.Cut(query, "\norder by "+t)
	for _, f := range facets {
		n := len(args)
		head += fmt.Sprintf(hasFacet, t, n+1, n+2)
		args = append(args, f.Field, f.Value)
	}
	if !ordered {
		return head, args
	}
	if i := strings.LastIndex(tail, "$"); i >= 0 {
		tail = fmt.Sprintf("%s$%d", tail[:i], len(args)+1)
	}
	return head + "\norder by " + t + tail, append(args, last...)
}

const hasFacet = `
  and exists (
    select 1
    from case_facets h
    where h.district = $1 and h.case_id = %s.case_id and h.field = $%d and h.value = $%d
  )`

// List implements docket.Store.
func (s *Cases) List(ctx context.Context, q docket.Query, after docket.Place, limit int) (list []docket.Row, stop docket.Place, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		if len(q.Facets) > 1 {
			list, stop, err = listSeveral(ctx, t, q, after, limit)
		} else {
			list, err = listOne(ctx, t, q, after, limit)
		}
		return sqldb.Classify(err, "list cases of %s", q.Procedure)
	})
	return list, stop, err
}

// listOne lists the cases of one facet, or all.
func listOne(ctx context.Context, t *sqldb.Tx, q docket.Query, after docket.Place, limit int) ([]docket.Row, error) {
	var facet docket.Facet
	if len(q.Facets) > 0 {
		facet = q.Facets[0]
	}
	query, args := listByFacet, facetArgs(t, q, facet, after)
	switch {
	case q.State != "" && q.Colour != "":
		query, args = listByColourState, append(args, q.Colour, q.State)
	case q.State != "":
		query, args = listByState, append(args, q.State)
	case q.Colour != "":
		query, args = listByColour, append(args, q.Colour)
	}
	return found(ctx, t, query, append(args, limit)...)
}

func facetArgs(t *sqldb.Tx, q docket.Query, f docket.Facet, after docket.Place) []any {
	ended := 0
	if q.Ended {
		ended = 1
	}
	return []any{t.District(), q.Procedure, f.Field, f.Value, ended, after.Due, placeID(after)}
}

// listSeveral lists the cases of several facets.
func listSeveral(ctx context.Context, t *sqldb.Tx, q docket.Query, after docket.Place, limit int) (list []docket.Row, stop docket.Place, err error) {
	rarest, least := 0, int64(0)
	for i, f := range q.Facets {
		var n int64
		if err := t.QueryRowContext(ctx, sizeOfFacet, t.District(), q.Procedure, f.Field, f.Value).Scan(&n); err != nil {
			return nil, stop, err
		}
		if i == 0 || n < least {
			rarest, least = i, n
		}
	}
	others := slices.Delete(slices.Clone(q.Facets), rarest, rarest+1)
	query, last, args := listByFacets, facetPlace, facetArgs(t, q, q.Facets[rarest], after)
	if q.Colour != "" {
		query, last, args = listByFacetsColour, facetPlaceColour, append(args, q.Colour)
	}
	driven := slices.Clone(args)
	query, args = withFacets(query, "f", others, append(args, maxDriven, q.State), limit)
	if list, err = found(ctx, t, query, args...); err != nil || len(list) == limit || least < maxDriven {
		return list, stop, err
	}
	stop, err = placeAt(ctx, t, last, append(driven, maxDriven-1)...)
	return list, stop, err
}

// placeAt is the place a query gives, zero for none.
func placeAt(ctx context.Context, t *sqldb.Tx, query string, args ...any) (p docket.Place, err error) {
	var id string
	err = t.QueryRowContext(ctx, query, args...).Scan(&p.Due, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return docket.Place{}, nil
	}
	if err == nil {
		p.ID, err = gov.ParseID(id)
	}
	return p, err
}

const endedWithin = `
select id, procedure, number, parent, kind, subject, units, state, ends, colour, due, stage, stage_due, opened, ended, touched
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

// What a stretch does not bound is not in the statement: what it does decides
// which index bounds the rows that are read.
const (
	within = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
  r.opened, r.ended, r.touched
from case_rows r
where r.district = $1 and r.procedure = $2`
	openedWithin  = " and r.opened >= ? and r.opened <= ?"
	touchedWithin = " and r.touched >= ? and r.touched <= ?"
	hasValue      = `
  and exists (
    select 1
    from case_facets f
    where f.district = r.district and f.case_id = r.id and f.field = ? and `
	newestOpened = `
order by r.opened desc, r.id desc
limit ? offset ?`
)

// Within implements docket.Store.
func (s *Cases) Within(ctx context.Context, st docket.Stretch, skip, limit int) (list []docket.Row, err error) {
	query, args := withinStretch(s.district, st, skip, limit)
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Row, error) { return scanRow(scan) }, query, args...)
		return sqldb.Classify(err, "cases of %s by time", st.Procedure)
	})
	return list, err
}

// withinStretch is the statement for a stretch.
func withinStretch(d gov.District, st docket.Stretch, skip, limit int) (query string, args []any) {
	query, args = within, []any{d, st.Procedure}
	add := func(text string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			text = strings.Replace(text, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		query += text
	}
	oneOf := func(column string, list []string) {
		marks, values := make([]string, len(list)), make([]any, len(list))
		for i, v := range list {
			marks[i], values[i] = "?", v
		}
		add(column+" in ("+strings.Join(marks, ", ")+")", values...)
	}
	if st.OpenedFrom != 0 || st.OpenedTo != 0 {
		add(openedWithin, st.OpenedFrom, cmp.Or(st.OpenedTo, math.MaxInt64))
	}
	if st.TouchedFrom != 0 || st.TouchedTo != 0 {
		add(touchedWithin, st.TouchedFrom, cmp.Or(st.TouchedTo, math.MaxInt64))
	}
	oneOf(" and r.state", st.States)
	if st.Field != "" {
		add(hasValue, st.Field)
		oneOf("f.value", st.Values)
		add(")")
	}
	add(newestOpened, limit, skip)
	return query, args
}

const latestInState = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due, r.opened, r.ended, r.touched
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
