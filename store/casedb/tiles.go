package casedb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/store/sqldb"
)

const addToTile = `
insert into case_tiles (district, procedure, zoom, month, tile, open, area, kind, state, colour, n, lat, lon)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (district, procedure, zoom, month, tile, open, area, kind, state, colour) do update
set n = case_tiles.n + excluded.n, lat = case_tiles.lat + excluded.lat, lon = case_tiles.lon + excluded.lon`

// tileKey is a row of case_tiles that counts a case.
type tileKey struct {
	zoom, month, tile, open int
	area                    string
	kind, state, colour     string
}

type tileSum struct{ n, lat, lon int64 }

// tile keeps how many cases lie where: it moves a case from the tiles it counted
// for to those it counts for. Each zoom has all cases, under month 0, and those
// that began in each month. As with tallies, all transactions touch tiles in one
// order.
func (t *tx) tile(ctx context.Context, r docket.Row, before, now *spot) error {
	change := map[tileKey]tileSum{}
	add := func(s *spot, sign int64) {
		if s == nil {
			return
		}
		for _, zoom := range []int{docket.WideTiles, docket.FineTiles} {
			tile := s.cell()
			if !s.Nowhere {
				tile >>= 2 * (geo.MaxZoom - zoom)
			}
			for _, month := range []int{0, int(docket.MonthOf(time.UnixMilli(s.Opened)))} {
				k := tileKey{zoom, month, int(tile), int(s.Open), s.Area, s.Kind, s.state, s.colour}
				sum := change[k]
				change[k] = tileSum{sum.n + sign, sum.lat + sign*s.Lat, sum.lon + sign*s.Lon}
			}
		}
	}
	add(before, -1)
	add(now, 1)
	keys := make([]tileKey, 0, len(change))
	for k, sum := range change {
		if sum != (tileSum{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b tileKey) int {
		return cmp.Or(cmp.Compare(a.zoom, b.zoom), cmp.Compare(a.month, b.month), cmp.Compare(a.tile, b.tile), cmp.Compare(a.open, b.open),
			cmp.Compare(a.area, b.area), cmp.Compare(a.kind, b.kind), cmp.Compare(a.state, b.state), cmp.Compare(a.colour, b.colour))
	})
	rows := make([][]any, len(keys))
	for i, k := range keys {
		sum := change[k]
		rows[i] = []any{r.Procedure, k.zoom, k.month, k.tile, k.open, k.area, k.kind, k.state, k.colour, sum.n, sum.lat, sum.lon}
	}
	return t.LaterRows(ctx, addToTile, rows...)
}

const (
	// Lists of words come as one text, |a|b|, in which a word is looked for by
	// taking it out: the statement is the same for lists of any length. Grouping
	// goes by the order of the key alone, so that nothing is sorted.
	patchesOf = `
select tile, cast(sum(n) as bigint), cast(sum(lat) as bigint), cast(sum(lon) as bigint),
  cast(sum(case when replace($1, '|' || colour || '|', '') <> $1 then n else 0 end) as bigint)
from case_tiles
where district = $2 and procedure = $3 and zoom = $4 and month = $5 and tile >= $6 and tile <= $7 and open >= $8 and (kind = $9 or $9 = '')
  and (area = $10 or $10 = '') and replace($11, '|' || state || '|', '') <> $11
group by tile
having sum(n) <> 0`
	sumsOf = `
select cast(coalesce(sum(n), 0) as bigint), cast(coalesce(sum(case when tile < 0 then n else 0 end), 0) as bigint)
from case_tiles
where district = $1 and procedure = $2 and zoom = $3 and month = $4 and (kind = $5 or $5 = '') and (area = $6 or $6 = '')
  and replace($7, '|' || state || '|', '') <> $7`
	monthsOf = `
with recursive months (month) as (
  select min(month)
  from case_tiles
  where district = $1 and procedure = $2 and zoom = $3 and month >= $4
  union all
  select (
    select min(c.month)
    from case_tiles c
    where c.district = $1 and c.procedure = $2 and c.zoom = $3 and c.month > months.month
  )
  from months
  where month is not null
)
select month
from months
where month is not null`
)

// monthsSince are the months under which the tiles have what a ground asks for.
func monthsSince(ctx context.Context, t *sqldb.Tx, g docket.Ground) ([]int, error) {
	if g.Since == 0 {
		return []int{0}, nil
	}
	return sqldb.Collect(ctx, t, func(scan func(...any) error) (m int, err error) { return m, scan(&m) },
		monthsOf, t.District(), g.Procedure, docket.WideTiles, int(g.Since))
}

// words is a list as a statement looks for words in it.
func words(list []string) string { return "|" + strings.Join(list, "|") + "|" }

// Patches implements docket.Store.
func (s *Cases) Patches(ctx context.Context, g docket.Ground, zoom uint8) (list []docket.Patch, err error) {
	shift := 2 * (geo.MaxZoom - zoom)
	at := map[uint64]int{} // where in the list a tile is
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		months, err := monthsSince(ctx, t, g)
		if err != nil {
			return sqldb.Classify(err, "months of cases of %s", g.Procedure)
		}
		for _, month := range months {
			next := uint64(0)
			for _, span := range geo.Cover(g.Box, spans) {
				first, last := max(span.First>>shift, next), span.Last>>shift
				if next = last + 1; first > last { // in the tile of the span before
					continue
				}
				some, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (x docket.Patch, err error) {
					var tile int64
					err = scan(&tile, &x.N, &x.Lat, &x.Lon, &x.Marked)
					x.Tile = geo.Tile{Zoom: zoom, Key: uint64(tile)}
					return x, err
				}, patchesOf, words(g.Marked), t.District(), g.Procedure, int(zoom), month, int64(first), int64(last), int(g.Least), g.Kind, g.Area, words(g.States))
				if err != nil {
					return sqldb.Classify(err, "count cases of %s by tile", g.Procedure)
				}
				for _, x := range some {
					i, ok := at[x.Tile.Key]
					if !ok {
						i = len(list)
						at[x.Tile.Key], list = i, append(list, docket.Patch{Tile: x.Tile})
					}
					sum := &list[i]
					sum.N, sum.Lat, sum.Lon, sum.Marked = sum.N+x.N, sum.Lat+x.Lat, sum.Lon+x.Lon, sum.Marked+x.Marked
				}
			}
		}
		return nil
	})
	return list, err
}

// Sums implements docket.Store.
func (s *Cases) Sums(ctx context.Context, g docket.Ground) (total, nowhere int64, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		months, err := monthsSince(ctx, t, g)
		for _, month := range months {
			var n, none int64
			if err := t.QueryRowContext(ctx, sumsOf, t.District(), g.Procedure, docket.WideTiles, month, g.Kind, g.Area, words(g.States)).Scan(&n, &none); err != nil {
				return sqldb.Classify(err, "count cases of %s", g.Procedure)
			}
			total, nowhere = total+n, nowhere+none
		}
		return sqldb.Classify(err, "months of cases of %s", g.Procedure)
	})
	return total, nowhere, err
}
