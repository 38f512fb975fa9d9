package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// hubs is how many crowded places a district has; half of the cases lie within
// some hundred metres of one.
const hubs = 40

// spotAt is where a case of the benchmark lies: somewhere on nine kilometres by
// seven.
func spotAt(r *rand.Rand, hub []geo.Point) geo.Point {
	if r.IntN(2) == 0 {
		h := hub[r.IntN(len(hub))]
		return geo.Point{Lat: h.Lat + r.NormFloat64()*0.002, Lon: h.Lon + r.NormFloat64()*0.0025}
	}
	return geo.Point{Lat: 39.88 + r.Float64()*0.08, Lon: 116.32 + r.Float64()*0.08}
}

// streetAt is the street of a place: fifteen strips from west to east.
func streetAt(p geo.Point) string {
	return fmt.Sprintf("1101020%02d", 1+min(max(int((p.Lon-116.32)/0.08*15), 0), 14))
}

func hubsOf(r *rand.Rand) []geo.Point {
	list := make([]geo.Point, hubs)
	for i := range list {
		list[i] = geo.Point{Lat: 39.89 + r.Float64()*0.06, Lon: 116.33 + r.Float64()*0.06}
	}
	return list
}

// begun is when case i of n began: evenly over a year.
func begun(i, n int) time.Time {
	return time.Date(2016, 1, 1, 0, 0, 0, 0, gov.China).Add(time.Duration(float64(i) / float64(n) * 366 * 24 * float64(time.Hour)))
}

// fillSpots are the statements that put the cases of bench_spots where steps would
// have left them.
var fillSpots = []string{`
insert into case_rows (district, id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched, wake)
select '110102', id, 'report', 'CG2016-' || i, '', '', '路灯不亮（第' || i || '号）', 'jd-jinrongjie', state, case when colour = 'ended' then 'done' else 'open' end, colour, 0, opened,
  case when colour = 'ended' then opened + 86400000 else 0 end, opened + 86400000, 0
from bench_spots`, `
insert into case_spots (district, procedure, cell, case_id, lat, lon, open, area, kind, state, colour, opened)
select '110102', 'report', cell, id, lat, lon, 2, area, kind, state, colour, opened
from bench_spots`, `
insert into case_tiles (district, procedure, zoom, month, tile, open, area, kind, state, colour, n, lat, lon)
select '110102', 'report', z.zoom, m.used * b.month, b.cell >> z.shift, 2, b.area, b.kind, b.state, b.colour, count(*), sum(b.lat), sum(b.lon)
from bench_spots b
cross join (select {wide} as zoom, {wideshift} as shift union all select {fine}, {fineshift}) z
cross join (select 0 as used union all select 1) m
group by z.zoom, m.used * b.month, b.cell >> z.shift, b.area, b.kind, b.state, b.colour`,
}

// fillGround makes n reports, one in twenty of them not public, and returns the
// crowded places.
func fillGround(b *testing.B, db *store.DB, n int) []geo.Point {
	b.Helper()
	if db.Engine() == store.SQLite { // of the one connection that fills
		storetest.Exec(b, db, "pragma cache_size = -1000000", "pragma synchronous = off")
	}
	storetest.Exec(b, db, "create table bench_spots (i integer primary key, id text, cell bigint, lat bigint, lon bigint, area text, kind text, state text, colour text, opened bigint, month bigint)")
	r := rand.New(rand.NewPCG(3, 4))
	hub := hubsOf(r)
	var rows []string
	for i := range n {
		p := spotAt(r, hub)
		state, colour := "closed", "ended"
		switch k := r.IntN(100); {
		case k < 5:
			state, colour = "reported", "running"
		case k < 10:
			state = "settled"
		case k < 25:
			state = []string{"filed", "dispatched", "handling", "handling", "handling", "submitted", "checking", "checked"}[r.IntN(8)]
			colour = []string{"running", "running", "running", "soon", "late"}[r.IntN(5)]
		}
		at := begun(i, n)
		rows = append(rows, fmt.Sprintf("(%d, '01577c00-0000-7000-8000-%012d', %d, %d, %d, '%s', '1101021%02d', '%s', '%s', %d, %d)", i, i,
			geo.TileAt(p, geo.MaxZoom).Key, int64(p.Lat*1e6), int64(p.Lon*1e6), streetAt(p), 1+int(10*r.Float64()*r.Float64()), state, colour, at.UnixMilli(), docket.MonthOf(at)))
		if len(rows) == 1000 || i == n-1 {
			storetest.Exec(b, db, "insert into bench_spots (i, id, cell, lat, lon, area, kind, state, colour, opened, month) values "+strings.Join(rows, ", "))
			rows = rows[:0]
		}
	}
	fill := strings.NewReplacer("{wide}", strconv.Itoa(docket.WideTiles), "{wideshift}", strconv.Itoa(2*(geo.MaxZoom-docket.WideTiles)),
		"{fine}", strconv.Itoa(docket.FineTiles), "{fineshift}", strconv.Itoa(2*(geo.MaxZoom-docket.FineTiles)))
	for _, s := range fillSpots {
		storetest.Exec(b, db, fill.Replace(s))
	}
	storetest.Exec(b, db, "drop table bench_spots")
	if err := db.Analyze(b.Context()); err != nil {
		b.Fatal(err)
	}
	return hub
}

// BenchmarkAtlas reports how long the public's lists and maps of cases take when
// there are very many. of-limit below 1 keeps the promise.
func BenchmarkAtlas(b *testing.B) {
	sizes := []int{100_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	packs := dockettest.OnePack{Pack: packtest.Xicheng(b)}
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/cases=%d", engine, n), func(b *testing.B) {
				db := storetest.Open(b, storetest.DSN(b, engine), nil)
				hub := fillGround(b, db, n)
				s := docket.New(db.Cases(storetest.District), packs, calendar.Seed)
				for _, q := range grounds(s, atlas.New(s, packs), hub, n) {
					b.Run(q.name, func(b *testing.B) { benchPage(b, q.read) })
				}
			})
		}
	}
}

// screen is what a screen of 1,280 by 800 points shows around a place.
func screen(p geo.Point, zoom uint8) geo.Box {
	metres := 40_075_017 * 0.767 / float64(int(1)<<zoom) / 256 // of a point, in the latitude of Beijing
	wide, high := geo.Around(p, 640*metres), geo.Around(p, 400*metres)
	return geo.Box{South: high.South, West: wide.West, North: high.North, East: wide.East}
}

func grounds(s *docket.Docket, a *atlas.Atlas, hub []geo.Point, n int) (list []page) {
	all := atlas.Filter{Procedure: "report"}
	kind, since, late, street, rare := all, all, all, all, all
	kind.Kind = "110102103"
	since.Since = docket.MonthOf(begun(n-1, n)) - 2
	late.Stage, late.Kind, late.Since = atlas.Running, kind.Kind, since.Since
	street.Area = streetAt(hub[0])
	rare.Area, rare.Kind, rare.Stage = street.Area, "110102110", atlas.Running // of a hundred one, of which one in twenty is in the street
	filters := []struct {
		name string
		f    atlas.Filter
	}{{"all", all}, {"a kind", kind}, {"three months", since}, {"a kind that runs, three months", late}, {"a street", street}, {"a rare kind that runs in a street", rare}}
	somewhere := func(r *rand.Rand) geo.Point { return spotAt(r, hub) }
	for _, x := range filters {
		list = append(list, page{"list of " + x.name, func(b *testing.B, r *rand.Rand) int {
			rows, next, err := a.Newest(b.Context(), x.f, docket.Place{}, pageSize)
			if err == nil && r.IntN(2) == 0 { // and its second page
				rows, _, err = a.Newest(b.Context(), x.f, next, pageSize)
			}
			if err != nil {
				b.Fatal(err)
			}
			return len(rows)
		}}, page{"numbers of " + x.name, func(b *testing.B, _ *rand.Rand) int {
			total, _, err := a.Sums(b.Context(), x.f)
			if err != nil {
				b.Fatal(err)
			}
			return int(total)
		}})
		for zoom := uint8(12); zoom <= 19; zoom++ {
			list = append(list, page{fmt.Sprintf("map of %s, zoom %d", x.name, zoom), func(b *testing.B, r *rand.Rand) int {
				clusters, err := a.Clusters(b.Context(), x.f, screen(somewhere(r), zoom), zoom)
				if err != nil {
					b.Fatal(err)
				}
				return len(clusters) + 1
			}})
		}
	}
	return append(list,
		page{"near a place", func(b *testing.B, r *rand.Rand) int {
			at := begun(n-1, n)
			near, err := s.Near(b.Context(), docket.Near{Procedure: "report", At: somewhere(r), Within: 100, Least: docket.OpenToAll,
				OpenedFrom: at.AddDate(0, 0, -30).UnixMilli(), OpenedTo: at.UnixMilli()}, 20)
			if err != nil {
				b.Fatal(err)
			}
			return len(near) + 1
		}},
		page{"a page of 1,000 in a box", func(b *testing.B, r *rand.Rand) int {
			rows, _, err := a.Walk(b.Context(), all, geo.Around(somewhere(r), 1000), 0, 0, docket.Found{}, 1000)
			if err != nil {
				b.Fatal(err)
			}
			return len(rows)
		}})
}
