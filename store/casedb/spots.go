package casedb

import (
	"cmp"
	"context"
	"math"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/store/sqldb"
)

const (
	spotOfCase = `
select cell, lat, lon, open, area, kind, opened, state, colour
from case_spots
where district = $1 and case_id = $2`
	putSpot = `
insert into case_spots (district, procedure, cell, case_id, lat, lon, open, area, kind, state, colour, opened)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (district, procedure, cell, case_id) do update
set lat = excluded.lat, lon = excluded.lon, open = excluded.open, area = excluded.area, kind = excluded.kind, state = excluded.state, colour = excluded.colour,
  opened = excluded.opened`
	dropSpot = `
delete from case_spots
where district = $1 and procedure = $2 and cell = $3 and case_id = $4`
)

// spot is a row of case_spots.
type spot struct {
	spotBody
	state, colour string
}

// spotBody is what a spot has that no facet of the case has.
type spotBody struct {
	Nowhere bool            `json:"n,omitempty"`
	Lat     int64           `json:"y"` // millionths of a degree, as finely as points are kept
	Lon     int64           `json:"x"`
	Open    docket.Openness `json:"o"`
	Area    string          `json:"a,omitempty"`
	Kind    string          `json:"k,omitempty"`
	Opened  int64           `json:"t"`
}

const micro = 1e6

func spotOf(r docket.Row, s docket.Spot) *spot {
	return &spot{spotBody{s.Nowhere, int64(math.Round(s.At.Lat * micro)), int64(math.Round(s.At.Lon * micro)), s.Open, s.Area, s.Kind, r.Opened}, r.State, r.Colour}
}

// at is the point of a spot.
func (s spotBody) at() geo.Point {
	return geo.Point{Lat: float64(s.Lat) / micro, Lon: float64(s.Lon) / micro}
}

// cell is the number by which the index has a spot, -1 for nowhere.
func (s spotBody) cell() int64 {
	if s.Nowhere {
		return -1
	}
	return int64(geo.TileAt(s.at(), geo.MaxZoom).Key)
}

// saveSpot keeps where a case is found on the ground.
func (t *tx) saveSpot(ctx context.Context, r docket.Row, before, now *spot) error {
	id := r.ID.String()
	if before != nil && (now == nil || now.cell() != before.cell()) {
		if err := t.Later(ctx, dropSpot, t.District(), r.Procedure, before.cell(), id); err != nil {
			return err
		}
	}
	if now == nil || before != nil && *now == *before {
		return nil
	}
	return t.Later(ctx, putSpot, t.District(), r.Procedure, now.cell(), id, now.Lat, now.Lon, int(now.Open), now.Area, now.Kind, now.state, now.colour, now.Opened)
}

const (
	// spans is in how many stretches of the index a box is looked up.
	spans = 8
	// maxScanned bounds how many cases of one stretch are read.
	maxScanned = 5000
)

// boxArgs are the sides of a box in millionths of a degree: south, north, west, east.
func boxArgs(b geo.Box) []any {
	return []any{int64(math.Ceil(b.South * micro)), int64(math.Floor(b.North * micro)), int64(math.Ceil(b.West * micro)), int64(math.Floor(b.East * micro))}
}

const spotsNear = `
select r.id, r.procedure, r.number, r.parent, r.kind, r.subject, r.units, r.state, r.ends, r.colour, r.due, r.stage, r.stage_due,
  r.opened, r.ended, r.touched, s.lat, s.lon, s.open, s.kind
from case_spots s
join case_rows r on r.district = s.district and r.id = s.case_id
where s.district = $1 and s.procedure = $2 and s.open >= $3 and s.opened >= $4 and s.opened <= $5
  and s.lat >= $6 and s.lat <= $7 and s.lon >= $8 and s.lon <= $9 and s.cell >= $10 and s.cell <= $11
limit $12`

// Near implements docket.Store.
func (s *Cases) Near(ctx context.Context, n docket.Near, limit int) (list []docket.Nearby, err error) {
	b := geo.Around(n.At, n.Within)
	args := append([]any{s.district, n.Procedure, int(n.Least), n.OpenedFrom, n.OpenedTo}, boxArgs(b)...)
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		for _, span := range geo.Cover(b, spans) {
			some, err := sqldb.Collect(ctx, t, func(scan func(...any) error) (x docket.Nearby, err error) {
				var b spotBody
				x.Row, err = scanRow(scan, &b.Lat, &b.Lon, &b.Open, &b.Kind)
				x.Spot = docket.Spot{At: b.at(), Open: b.Open, Kind: b.Kind}
				return x, err
			}, spotsNear, append(slices.Clone(args), int64(span.First), int64(span.Last), maxScanned)...)
			if err != nil {
				return sqldb.Classify(err, "cases of %s near a place", n.Procedure)
			}
			list = append(list, some...)
		}
		return nil
	})
	list = slices.DeleteFunc(list, func(x docket.Nearby) bool { return x.At.Distance(n.At) > n.Within })
	slices.SortFunc(list, func(a, b docket.Nearby) int {
		return cmp.Or(cmp.Compare(a.At.Distance(n.At), b.At.Distance(n.At)), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return list[:min(len(list), limit)], err
}
