package casedb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/store/sqldb"
)

const addToTile = `
insert into case_tiles (district, procedure, zoom, month, tile, open, kind, state, colour, n, lat, lon)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (district, procedure, zoom, month, tile, open, kind, state, colour) do update
set n = case_tiles.n + excluded.n, lat = case_tiles.lat + excluded.lat, lon = case_tiles.lon + excluded.lon`

// tileKey is a row of case_tiles that counts a case.
type tileKey struct {
	zoom, month, tile, open int
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
				k := tileKey{zoom, month, int(tile), int(s.Open), s.Kind, s.state, s.colour}
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
			cmp.Compare(a.kind, b.kind), cmp.Compare(a.state, b.state), cmp.Compare(a.colour, b.colour))
	})
	rows := make([][]any, len(keys))
	for i, k := range keys {
		sum := change[k]
		rows[i] = []any{r.Procedure, k.zoom, k.month, k.tile, k.open, k.kind, k.state, k.colour, sum.n, sum.lat, sum.lon}
	}
	return t.LaterRows(ctx, addToTile, rows...)
}

const (
	patchesOf = `
select tile, '', state, colour, cast(sum(n) as bigint), cast(sum(lat) as bigint), cast(sum(lon) as bigint)
from case_tiles
where district = $1 and procedure = $2 and zoom = $3 and month = $4 and tile >= $5 and tile <= $6 and open >= $7 and (kind = $8 or $8 = '')
group by tile, state, colour
having sum(n) <> 0`
	sumsOf = `
select case when tile < 0 then -1 else 0 end, kind, state, colour, cast(sum(n) as bigint), cast(sum(lat) as bigint), cast(sum(lon) as bigint)
from case_tiles
where district = $1 and procedure = $2 and zoom = $3 and month = $4 and (kind = $5 or $5 = '')
group by case when tile < 0 then -1 else 0 end, kind, state, colour
having sum(n) <> 0`
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

// Patches implements docket.Store.
func (s *Cases) Patches(ctx context.Context, g docket.Ground, zoom uint8) (list []docket.Patch, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = patches(ctx, t, g, func(month int) (all []docket.Patch, err error) {
			shift := 2 * (geo.MaxZoom - zoom)
			for next, cover := uint64(0), geo.Cover(g.Box, spans); len(cover) > 0; cover = cover[1:] {
				first, last := max(cover[0].First>>shift, next), cover[0].Last>>shift
				next = last + 1
				if first > last { // in the tile of the span before
					continue
				}
				some, err := collectPatches(ctx, t, zoom, patchesOf, t.District(), g.Procedure, int(zoom), month, int64(first), int64(last), int(g.Least), g.Kind)
				if err != nil {
					return nil, err
				}
				all = append(all, some...)
			}
			return all, nil
		})
		return sqldb.Classify(err, "count cases of %s by tile", g.Procedure)
	})
	return list, err
}

// Sums implements docket.Store.
func (s *Cases) Sums(ctx context.Context, g docket.Ground) (list []docket.Patch, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		list, err = patches(ctx, t, g, func(month int) ([]docket.Patch, error) {
			return collectPatches(ctx, t, 0, sumsOf, t.District(), g.Procedure, docket.WideTiles, month, g.Kind)
		})
		return sqldb.Classify(err, "count cases of %s", g.Procedure)
	})
	return list, err
}

// patches adds up what read finds of each month, in the states of a ground.
func patches(ctx context.Context, t *sqldb.Tx, g docket.Ground, read func(month int) ([]docket.Patch, error)) ([]docket.Patch, error) {
	months, err := monthsSince(ctx, t, g)
	if err != nil {
		return nil, err
	}
	var list []docket.Patch
	at := map[docket.Patch]int{} // where one is, its numbers aside
	for _, month := range months {
		some, err := read(month)
		if err != nil {
			return nil, err
		}
		for _, x := range some {
			if !slices.Contains(g.States, x.State) {
				continue
			}
			key := x
			key.N, key.Lat, key.Lon = 0, 0, 0
			i, ok := at[key]
			if !ok {
				i = len(list)
				at[key] = i
				list = append(list, key)
			}
			list[i].N += x.N
			list[i].Lat += x.Lat
			list[i].Lon += x.Lon
		}
	}
	return list, nil
}

func collectPatches(ctx context.Context, t *sqldb.Tx, zoom uint8, query string, args ...any) ([]docket.Patch, error) {
	return sqldb.Collect(ctx, t, func(scan func(...any) error) (x docket.Patch, err error) {
		var tile int64
		err = scan(&tile, &x.Kind, &x.State, &x.Colour, &x.N, &x.Lat, &x.Lon)
		if x.Nowhere = tile < 0; !x.Nowhere {
			x.Tile = geo.Tile{Zoom: zoom, Key: uint64(tile)}
		}
		return x, err
	}, query, args...)
}
