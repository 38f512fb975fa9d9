package atlas_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	lamp   = "11010210109" // under 110102101
	cover  = "11010210101" // under 110102101
	litter = "11010210302" // under 110102103
	street = "110102011"
)

var (
	acceptor  = dockettest.Staff("shou", "cgzx-jd", "acceptor")
	collector = dockettest.Staff("xun", "cgzx-jd", "supervisor")
)

// photo is one that was attached.
var photo = []string{strings.Repeat("a1", 32)}

// placed is a case of the test.
type placed struct {
	at    geo.Point
	class string
	ended bool
	month docket.Month
	id    gov.ID
	area  string
}

// city is a district with cases.
type city struct {
	*testing.T
	docket *docket.Docket
	atlas  *atlas.Atlas
	db     *store.DB
	now    time.Time
	all    []placed // what everybody is shown with its place
	gone   int      // what everybody is shown without a place
}

func (c *city) begin(actor cases.Actor, action string, v cases.Values) gov.ID {
	c.Helper()
	c.now = c.now.Add(time.Second)
	id := gov.NewID(c.now)
	_, err := c.docket.Begin(c.Context(), id, "report", cases.Input{Action: action, Actor: actor, Values: v})
	must(c.T, err)
	return id
}

func (c *city) act(id gov.ID, actor cases.Actor, action string, v cases.Values) {
	c.Helper()
	_, err := c.docket.Act(c.Context(), docket.Step{Case: id}, cases.Input{Action: action, Actor: actor, Values: v})
	must(c.T, err)
}

// settle makes a case that is over at once.
func (c *city) settle(at geo.Point, class string) {
	c.Helper()
	id := c.begin(collector, "settle", cases.Values{"about": "清理", "place": at.String(), "class": class, "photos": photo, "after_photos": photo})
	c.all = append(c.all, placed{at, class, true, docket.MonthOf(c.now), id, c.area(id)})
}

// report makes a case that runs.
func (c *city) report(at geo.Point, class, row string) {
	c.Helper()
	id := c.begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": "路灯不亮", "place": at.String(), "class": class})
	c.act(id, acceptor, "file", cases.Values{"row": row, "street": street})
	c.all = append(c.all, placed{at, class, false, docket.MonthOf(c.now), id, c.area(id)})
}

// area is the street a case is in.
func (c *city) area(id gov.ID) string {
	c.Helper()
	x, _, err := c.docket.Case(c.Context(), id)
	must(c.T, err)
	return x.Values.Text("street")
}

// whole is a box around all cases of the test.
var whole = geo.Box{South: 39.85, West: 116.3, North: 39.99, East: 116.42}

// TestAtlas compares everything an atlas tells with the cases there are.
func TestAtlas(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	rows := map[string]string{}
	list, _ := pack.List("standard-rows")
	for _, e := range list.Entries {
		if rows[e.Text("class")] == "" {
			rows[e.Text("class")] = e.Code
		}
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			c := &city{T: t, now: time.Date(2016, 9, 20, 9, 0, 0, 0, gov.China)}
			c.db = storetest.Open(t, storetest.DSN(t, e), func() time.Time { return c.now })
			packs := dockettest.OnePack{Pack: pack}
			c.docket = docket.New(c.db.Cases(pack.District), packs, calendar.Seed)
			c.atlas = atlas.New(c.docket, packs)
			rnd := rand.New(rand.NewPCG(15, 16))
			somewhere := func() geo.Point {
				return geo.Point{Lat: 39.87 + rnd.Float64()*0.1, Lon: 116.32 + rnd.Float64()*0.08}
			}
			for range 10 {
				c.report(somewhere(), lamp, rows[lamp])
				c.report(somewhere(), litter, rows[litter])
			}
			c.now = c.now.AddDate(0, 1, 0)
			corner := geo.Point{Lat: 39.91, Lon: 116.36}
			for range 300 { // too many to show each, near each other
				c.settle(geo.Point{Lat: corner.Lat + rnd.Float64()*0.0002, Lon: corner.Lon + rnd.Float64()*0.0002}, cover)
			}
			c.report(somewhere(), lamp, rows[lamp])
			c.begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": "尚未立案", "place": somewhere().String(), "class": lamp})
			// Of one that was nowhere, then somewhere, then elsewhere, only the last
			// place counts; another stays nowhere.
			late := c.begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": "后补位置", "street": street, "class": lamp})
			nowhere := c.begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": "没有位置", "street": street, "class": litter})
			c.act(nowhere, acceptor, "file", cases.Values{"row": rows[litter], "street": street})
			c.gone = 1
			at := somewhere()
			c.act(late, acceptor, "ask_verify", cases.Values{"street": street})
			c.act(late, collector, "verify_before", cases.Values{"verified": "genuine", "place": somewhere().String()})
			c.act(late, acceptor, "file", cases.Values{"row": rows[lamp], "street": street, "place": at.String()})
			c.all = append(c.all, placed{at, lamp, false, docket.MonthOf(c.now), late, c.area(late)})
			c.compare("as the steps left it")
			storetest.Exec(t, c.db, "delete from case_tiles", "delete from case_spots", "delete from case_listed", "delete from case_counts")
			_, err := c.docket.Relist(t.Context(), gov.ID{}, 1000, func(id gov.ID, err error) { t.Errorf("%s: %v", id, err) })
			must(t, err)
			c.compare("made again")
			c.office(packs)
		})
	}
}

func (c *city) compare(why string) {
	c.Helper()
	month := docket.MonthOf(c.now)
	for _, tt := range []struct {
		name  string
		f     atlas.Filter
		means func(placed) bool
		gone  int
	}{
		{"all", atlas.Filter{}, func(placed) bool { return true }, c.gone},
		{"running", atlas.Filter{Stage: atlas.Running}, func(p placed) bool { return !p.ended }, c.gone},
		{"ended", atlas.Filter{Stage: atlas.Ended}, func(p placed) bool { return p.ended }, 0},
		{"a state", atlas.Filter{State: "filed"}, func(p placed) bool { return !p.ended }, c.gone},
		{"a state of another stage", atlas.Filter{State: "filed", Stage: atlas.Ended}, func(placed) bool { return false }, 0},
		{"one not published", atlas.Filter{State: "reported"}, func(placed) bool { return false }, 0},
		{"a kind", atlas.Filter{Kind: litter[:9]}, func(p placed) bool { return p.class == litter }, c.gone},
		{"a kind that runs", atlas.Filter{Kind: lamp[:9], Stage: atlas.Running}, func(p placed) bool { return p.class == lamp }, 0},
		{"an area", atlas.Filter{Area: street}, func(p placed) bool { return p.area == street }, c.gone},
		{"an area, of a kind that runs", atlas.Filter{Area: street, Kind: lamp[:9], Stage: atlas.Running}, func(p placed) bool { return p.area == street && p.class == lamp }, 0},
		{"this month", atlas.Filter{Since: month}, func(p placed) bool { return p.month == month }, c.gone},
		{"both months", atlas.Filter{Since: month - 1}, func(placed) bool { return true }, c.gone},
		{"next month", atlas.Filter{Since: month + 1}, func(placed) bool { return false }, 0},
	} {
		name := why + ", " + tt.name
		tt.f.Procedure = "report"
		want := map[gov.ID]placed{}
		for _, p := range c.all {
			if tt.means(p) {
				want[p.id] = p
			}
		}
		total, nowhere, err := c.atlas.Sums(c.Context(), tt.f)
		must(c.T, err)
		if int(total) != len(want)+tt.gone || int(nowhere) != tt.gone {
			c.Errorf("%s: %d, %d without a place, want %d and %d", name, total, nowhere, len(want)+tt.gone, tt.gone)
		}
		c.newest(name, tt.f, want, tt.gone)
		c.walk(name, tt.f, want)
		for _, zoom := range []uint8{10, 13, 15, 16, 17, 19} {
			box := whole
			if zoom > 14 { // a screen around where most are
				box = geo.Around(geo.Point{Lat: 39.9101, Lon: 116.3601}, 1000/float64(int(1)<<(zoom-14)))
			}
			c.clusters(fmt.Sprintf("%s, zoom %d", name, zoom), tt.f, box, zoom, want)
		}
	}
}

// newest goes through the list page by page.
func (c *city) newest(name string, f atlas.Filter, want map[gov.ID]placed, gone int) {
	c.Helper()
	n, last := 0, int64(1)<<62
	for after := (docket.Place{}); ; {
		page, next, err := c.atlas.Newest(c.Context(), f, after, 75)
		must(c.T, err)
		for _, x := range page {
			p, ok := want[x.ID]
			if !ok && !x.Nowhere || ok && x.At.Distance(p.at) > 0.2 || x.Opened > last {
				c.Errorf("%s: %s at %v, %v", name, x.Number, x.At, ok)
			}
			last = x.Opened
		}
		n += len(page)
		if after = next; after.IsZero() {
			break
		}
	}
	if n != len(want)+gone {
		c.Errorf("%s: %d cases are listed, want %d", name, n, len(want)+gone)
	}
}

// walk goes over the western half of the ground page by page.
func (c *city) walk(name string, f atlas.Filter, want map[gov.ID]placed) {
	c.Helper()
	half := whole
	half.East = 116.3601
	left := 0
	for _, p := range want {
		if half.Contains(p.at) {
			left++
		}
	}
	n := 0
	for after := (docket.Found{}); ; {
		page, next, err := c.atlas.Walk(c.Context(), f, half, 0, 0, after, 60)
		must(c.T, err)
		for _, x := range page {
			if p, ok := want[x.ID]; !ok || x.At.Distance(p.at) > 0.2 || !half.Contains(x.At) {
				c.Errorf("%s: walked over %s at %v", name, x.Number, x.At)
			}
		}
		n += len(page)
		if after = next; after == (docket.Found{}) {
			break
		}
	}
	if n != left {
		c.Errorf("%s: walked over %d cases, want %d", name, n, left)
	}
}

// clusters checks that every case in the box is in one cluster and that no other
// is but at the edges.
func (c *city) clusters(name string, f atlas.Filter, box geo.Box, zoom uint8, want map[gov.ID]placed) {
	c.Helper()
	list, err := c.atlas.Clusters(c.Context(), f, box, zoom)
	must(c.T, err)
	least, most := 0, 0
	high, wide := box.North-box.South, box.East-box.West
	around := geo.Box{South: box.South - high, West: box.West - wide, North: box.North + high, East: box.East + wide}
	for _, p := range want {
		if box.Contains(p.at) {
			least++
		}
		if around.Contains(p.at) {
			most++
		}
	}
	n := 0
	for _, x := range list {
		n += int(x.N)
		if !around.Contains(x.Middle) {
			c.Errorf("%s: %d cases at %v", name, x.N, x.Middle)
		}
		if x.N < 1 || x.Bad != 0 { // none is late
			c.Errorf("%s: %d cases, %d late", name, x.N, x.Bad)
		}
	}
	if n < least || n > most {
		c.Errorf("%s: %d cases in %d clusters, want %d to %d", name, n, len(list), least, most)
	}
}

func TestAtlasRefuses(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	packs := dockettest.OnePack{Pack: pack}
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), nil)
	a := atlas.New(docket.New(db.Cases(pack.District), packs, calendar.Seed), packs)
	if l := a.Layers(); len(l) != 2 || l[0].ID != "report" || l[1].ID != "duty" { // what is told apart by its place comes first
		t.Errorf("layers: %v", l)
	}
	if _, _, err := a.Soonest(t.Context(), atlas.Filter{Procedure: "report"}, docket.Place{}, 1); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("the public looks at the office's list: %v", err)
	}
	if _, err := a.Clusters(t.Context(), atlas.Filter{Procedure: "report", Late: true}, whole, 13); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("the public looks at what is late: %v", err)
	}
	for _, id := range []string{"patrol", "milestone", "nothing", ""} { // kept inside, without places, unknown
		if _, _, err := a.Sums(t.Context(), atlas.Filter{Procedure: id}); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	f := atlas.Filter{Procedure: "report"}
	for _, box := range []geo.Box{{South: 39, West: 116, North: 41, East: 118}, {South: 40, West: 116, North: 39, East: 117}} {
		if _, err := a.Clusters(t.Context(), f, box, 18); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%v: %v", box, err)
		}
	}
	if list, err := a.Clusters(t.Context(), f, geo.Box{South: 39.9, West: 116.3, North: 39.9, East: 116.3}, 200); err != nil || len(list) != 0 {
		t.Errorf("nothing there: %v, %v", list, err)
	}
}
