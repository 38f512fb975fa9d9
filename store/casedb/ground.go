package casedb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

const (
	spotsIn = `
select lat, lon, open, kind, state, colour
from case_spots
where district = $1 and procedure = $2 and cell >= $3 and cell <= $4 and lat >= $5 and lat <= $6 and lon >= $7 and lon <= $8
  and open >= $9 and opened >= $10 and opened <= $11 and (kind = $12 or $12 = '') and (area = $13 or $13 = '')
limit $14`
	// What a stretch of the index holds is chosen before the rows of cases are read.
	walkSpots = `
select ` + foundColumns + `, s.cell, s.lat, s.lon, s.open, s.kind
from (
  select case_id, cell, lat, lon, open, kind
  from (
    select case_id, cell, lat, lon, open, area, kind, state, opened
    from case_spots
    where district = $1 and procedure = $2 and (cell, case_id) > ($3, $4) and cell <= $5
    order by cell, case_id
    limit $6
  ) n
  where lat >= $7 and lat <= $8 and lon >= $9 and lon <= $10 and open >= $11 and opened >= $12 and opened <= $13
    and (kind = $14 or $14 = '') and (area = $15 or $15 = '') and replace($16, '|' || state || '|', '') <> $16
  order by cell, case_id
  limit $17
) s
join case_rows r on r.district = $1 and r.id = s.case_id
order by s.cell, s.case_id`
	walkEnd = `
select cell, case_id
from case_spots
where district = $1 and procedure = $2 and (cell, case_id) > ($3, $4) and cell <= $5
order by cell, case_id
limit 1 offset $6`
	spotRow = `
select ` + foundColumns + `, s.cell, s.lat, s.lon, s.open, s.kind
from case_spots s
join case_rows r on r.district = s.district and r.id = s.case_id
where s.district = $1 and s.case_id = $2`
	newestSpots = `
select ` + foundColumns + `, s.cell, s.lat, s.lon, s.open, s.kind
from (
  select case_id, cell, lat, lon, open, kind, opened
  from case_spots
  where district = $1 and procedure = $2 and state = $3 and (opened, case_id) < ($4, $5) and (area = $6 or $6 = '')
  order by opened desc, case_id desc
  limit $7
) s
join case_rows r on r.district = $1 and r.id = s.case_id
order by s.opened desc, s.case_id desc`
	newestOfKind = `
select ` + foundColumns + `, s.cell, s.lat, s.lon, s.open, s.kind
from (
  select case_id, cell, lat, lon, open, kind, opened
  from case_spots
  where district = $1 and procedure = $2 and state = $3 and kind = $4 and (opened, case_id) < ($5, $6) and (area = $7 or $7 = '')
  order by opened desc, case_id desc
  limit $8
) s
join case_rows r on r.district = $1 and r.id = s.case_id
order by s.opened desc, s.case_id desc`
	// What runs is few of what there is, and has an index of its own.
	standingIn = `
from case_facets f
join case_spots s on s.district = f.district and s.case_id = f.case_id
join case_rows r on r.district = f.district and r.id = f.case_id
where f.district = $1 and f.procedure = $2 and f.field = $3 and f.value = $4 and f.ended = 0 and (f.due, f.case_id) > ($5, $6)
  and replace($7, '|' || f.state || '|', '') <> $7 and ($8 = '||' or replace($8, '|' || f.colour || '|', '') <> $8) and (s.kind = $9 or $9 = '')
  and s.lat >= $10 and s.lat <= $11 and s.lon >= $12 and s.lon <= $13`
	standingRows = `
select ` + foundColumns + `, s.cell, s.lat, s.lon, s.open, s.kind` + standingIn + facetOrder + "$14"
	standingSums = `
select cast(count(*) as bigint), cast(coalesce(sum(case when s.cell < 0 then 1 else 0 end), 0) as bigint)` + standingIn
)

// standing is a statement for what runs on a ground behind a place; last is its limit,
// if it has one.
func standing(query string, t *sqldb.Tx, g docket.Ground, after docket.Place, last ...any) (string, []any) {
	facets := append(slices.Clone(g.Facets), docket.Facet{}) // that of every case comes last
	args := []any{t.District(), g.Procedure, facets[0].Field, facets[0].Value, after.Due, placeID(after), words(g.States), words(g.Colours), g.Kind}
	args = append(args, boxArgs(g.Box)...)
	if len(facets) < 3 {
		return query, append(args, last...)
	}
	return withFacets(query, "f", facets[1:len(facets)-1], args, last...)
}

// Standing implements docket.Store.
func (s *Cases) Standing(ctx context.Context, g docket.Ground, after docket.Place, limit int) (list []docket.Nearby, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		query, args := standing(standingRows, t, g, after, limit)
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Nearby, error) {
			x, _, err := scanNearby(scan)
			return x, err
		}, query, args...)
		return sqldb.Classify(err, "running cases of %s", g.Procedure)
	})
	return list, err
}

// Standings implements docket.Store.
func (s *Cases) Standings(ctx context.Context, g docket.Ground) (total, nowhere int64, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		query, args := standing(standingSums, t, g, docket.Place{})
		return sqldb.Classify(t.QueryRowContext(ctx, query, args...).Scan(&total, &nowhere), "count running cases of %s", g.Procedure)
	})
	return total, nowhere, err
}

// opened are the bounds of when cases of a ground began.
func opened(g docket.Ground) (from, to int64) {
	if from = g.From; g.Since != 0 {
		from = max(from, g.Since.First().Time().UnixMilli())
	}
	return from, cmp.Or(g.Until, math.MaxInt64)
}

// scanNearby reads a row with its place.
func scanNearby(scan func(...any) error) (x docket.Nearby, cell int64, err error) {
	var b spotBody
	x.Row, err = scanRow(scan, &cell, &b.Lat, &b.Lon, &b.Open, &b.Kind)
	x.Spot = docket.Spot{At: b.at(), Nowhere: cell < 0, Open: b.Open, Kind: b.Kind}
	return x, cell, err
}

// Spots implements docket.Store.
func (s *Cases) Spots(ctx context.Context, g docket.Ground, limit int) (list []docket.Nearby, err error) {
	from, to := opened(g)
	rest := append(boxArgs(g.Box), int(g.Least), from, to, g.Kind, g.Area)
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		for _, span := range geo.Cover(g.Box, spans) {
			args := append([]any{t.District(), g.Procedure, int64(span.First), int64(span.Last)}, rest...)
			some, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (x docket.Nearby, err error) {
				var b spotBody
				err = scan(&b.Lat, &b.Lon, &b.Open, &b.Kind, &x.State, &x.Colour)
				x.Spot = docket.Spot{At: b.at(), Open: b.Open, Kind: b.Kind}
				return x, err
			}, spotsIn, append(args, limit-len(list))...)
			if err != nil {
				return sqldb.Classify(err, "places of cases of %s", g.Procedure)
			}
			list = append(list, some...)
		}
		return nil
	})
	return slices.DeleteFunc(list, func(x docket.Nearby) bool { return !slices.Contains(g.States, x.State) }), err
}

// How many places of a walk are looked at at once, and for one page.
const (
	walkStep = 2000
	walkMost = 10_000
)

// Walk implements docket.Store.
func (s *Cases) Walk(ctx context.Context, g docket.Ground, after docket.Found, limit int) (list []docket.Nearby, next docket.Found, err error) {
	from, to := opened(g)
	chosen := append(boxArgs(g.Box), int(g.Least), from, to, g.Kind, g.Area, words(g.States))
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		looked := 0
		for _, span := range geo.Cover(g.Box, spans) {
			at := docket.Found{Cell: int64(span.First) - 1}
			if at.Cell < after.Cell {
				at = after
			}
			for at.Cell <= int64(span.Last) {
				stretch := []any{t.District(), g.Procedure, at.Cell, placeID(docket.Place{ID: at.ID}), int64(span.Last)}
				some, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Nearby, error) {
					x, cell, err := scanNearby(scan)
					next = docket.Found{Cell: cell, ID: x.ID}
					return x, err
				}, walkSpots, slices.Concat(stretch, []any{walkStep}, chosen, []any{limit - len(list)})...)
				if err != nil {
					return sqldb.Classify(err, "cases of %s as they lie", g.Procedure)
				}
				if list = append(list, some...); len(list) == limit {
					return nil
				}
				var id string
				err = t.QueryRowContext(ctx, walkEnd, append(stretch, walkStep-1)...).Scan(&at.Cell, &id)
				if errors.Is(err, sql.ErrNoRows) {
					break
				}
				if err != nil {
					return sqldb.Classify(err, "cases of %s as they lie", g.Procedure)
				}
				if at.ID, err = gov.ParseID(id); err != nil {
					return fmt.Errorf("place of case %q: %v", id, err)
				}
				if looked += walkStep; looked >= walkMost {
					next = at
					return nil
				}
			}
		}
		next = docket.Found{}
		return nil
	})
	return list, next, err
}

// Newest implements docket.Store. One bound of the index is in the statement and
// no more: with two that bear on one column SQLite sorts all cases of a state. The
// other is where the list stops.
func (s *Cases) Newest(ctx context.Context, g docket.Ground, after docket.Place, limit int) (list []docket.Nearby, err error) {
	from, to := opened(g)
	if after.IsZero() {
		after.Due = to
	}
	query, args := newestSpots, []any{s.district, g.Procedure, g.States[0]}
	if g.Kind != "" {
		query, args = newestOfKind, append(args, g.Kind)
	}
	id := placeID(after)
	if id == "" {
		id = "~" // behind every id
	}
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Nearby, error) {
			x, _, err := scanNearby(scan)
			return x, err
		}, query, append(args, after.Due, id, g.Area, limit)...)
		return sqldb.Classify(err, "newest cases of %s", g.Procedure)
	})
	if i := slices.IndexFunc(list, func(x docket.Nearby) bool { return x.Opened < from }); i >= 0 {
		list = list[:i]
	}
	return list, err
}

// Spot implements docket.Store.
func (s *Cases) Spot(ctx context.Context, id gov.ID) (list []docket.Nearby, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = sqldb.Collect(ctx, t, func(scan func(...any) error) (docket.Nearby, error) {
			x, _, err := scanNearby(scan)
			return x, err
		}, spotRow, s.district, id.String())
		return sqldb.Classify(err, "place of case %s", id)
	})
	return list, err
}
