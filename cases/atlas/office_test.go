package atlas_test

import (
	"context"
	"slices"
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
	"quanxiang/policy/codes"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// office holds what the office's atlas tells against the cases there are: it has
// what is not published yet and nothing that has ended, tells apart by facets and by
// what is late, and hides what it is told to.
func (c *city) office(packs docket.Packs) {
	c.Helper()
	ctx := c.Context()
	var hidden gov.ID
	a := atlas.Office(c.docket, packs, false, func(_ context.Context, r *docket.Row) error {
		if r.ID == hidden {
			r.Subject = ""
		}
		return nil
	})
	var running []placed
	for _, p := range c.all {
		if !p.ended {
			running = append(running, p)
		}
	}
	const unpublished = 1
	dispatcher := dockettest.Staff("pai", "cgzx-zh", "dispatcher")
	for i, unit := range []string{"cgwyh", "cgwyh", "fgw"} {
		c.now = c.now.Add(1)
		c.act(running[i].id, dispatcher, "dispatch", cases.Values{"unit": unit})
	}
	c.act(running[1].id, dockettest.Staff("ban", "cgwyh", "clerk"), "accept", nil)
	hidden = running[0].id

	check := func(name string, f atlas.Filter, total, nowhere int, means ...gov.ID) {
		c.Helper()
		f.Procedure = "report"
		n, none, err := a.Standings(ctx, f)
		must(c.T, err)
		if int(n) != total || int(none) != nowhere {
			c.Errorf("%s: %d, %d without a place, want %d and %d", name, n, none, total, nowhere)
		}
		listed, due := map[gov.ID]docket.Nearby{}, int64(0)
		for after := (docket.Place{}); ; {
			page, next, err := a.Soonest(ctx, f, after, 2)
			must(c.T, err)
			for _, x := range page {
				if at := x.Order(); at < due {
					c.Errorf("%s: %s is due before the one listed before it", name, x.Number)
				} else {
					due = at
				}
				listed[x.ID] = x
			}
			if after = next; after.IsZero() {
				break
			}
		}
		if len(listed) != total {
			c.Errorf("%s: %d are listed, want %d", name, len(listed), total)
		}
		on := 0
		list, err := a.Clusters(ctx, f, whole, 11)
		must(c.T, err)
		for _, x := range list {
			on += int(x.N)
			if x.One != nil && x.One.ID == hidden && x.One.Subject != "" {
				c.Errorf("%s: the map shows a subject that is closed", name)
			}
		}
		if on != total-nowhere {
			c.Errorf("%s: %d are on the map, want %d", name, on, total-nowhere)
		}
		for _, id := range means {
			if x, ok := listed[id]; !ok || (x.Subject == "") != (id == hidden) {
				c.Errorf("%s: %s is listed %v with %q", name, id, ok, x.Subject)
			}
		}
	}
	all := len(running) + c.gone + unpublished
	check("all that run", atlas.Filter{}, all, c.gone, running[0].id, running[1].id)
	check("a state", atlas.Filter{State: "handling"}, 1, 0, running[1].id)
	check("one that is not published", atlas.Filter{State: "reported"}, unpublished, 0)
	check("one that has ended", atlas.Filter{State: "settled"}, 0, 0)
	check("a unit", atlas.Filter{Facets: []docket.Facet{{Field: "unit", Value: "cgwyh"}}}, 2, 0, running[0].id, running[1].id)
	check("a unit and a state", atlas.Filter{State: "dispatched", Facets: []docket.Facet{{Field: "unit", Value: "cgwyh"}}}, 1, 0, running[0].id)
	check("two facets", atlas.Filter{Facets: []docket.Facet{{Field: "class", Value: litter}, {Field: "unit", Value: "cgwyh"}}}, 1, 0, running[1].id)
	check("a kind", atlas.Filter{Kind: litter[:9], Facets: []docket.Facet{{Field: "unit", Value: "cgwyh"}}}, 1, 0, running[1].id)
	check("what is late before anything is", atlas.Filter{Late: true}, 0, 0)
	c.now = c.now.AddDate(0, 2, 0)
	_, err := c.docket.Stir(ctx, c.now, 1000)
	must(c.T, err)
	check("what is late", atlas.Filter{Late: true}, 3, 0, running[0].id, running[1].id, running[2].id)
	check("what is late of a unit", atlas.Filter{Late: true, Facets: []docket.Facet{{Field: "unit", Value: "fgw"}}}, 1, 0, running[2].id)
	check("what is late in a state", atlas.Filter{Late: true, State: "handling"}, 1, 0, running[1].id)
}

// TestHot works through a set small enough to count by hand: what runs counts
// however old it is, what has ended only while it is recent, what came to nothing
// never, and 100 metres are the limit.
func TestHot(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	today := time.Date(2016, 11, 1, 9, 0, 0, 0, gov.China)
	c := &city{T: t}
	c.db = storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return c.now })
	packs := dockettest.OnePack{Pack: pack}
	c.docket = docket.New(c.db.Cases(pack.District), packs, calendar.Seed)
	at := func(lat float64, north int) geo.Point {
		return geo.Point{Lat: lat + float64(north)/10_000, Lon: 116.36}
	} // steps of 11 m
	list, _ := pack.List("standard-rows")
	i := slices.IndexFunc(list.Entries, func(e codes.Entry) bool { return e.Text("class") == lamp })
	row := list.Entries[i].Code
	const old, aging, fallen, busy, wide = 39.88, 39.89, 39.90, 39.91, 39.92
	for _, x := range []struct {
		days int // ago
		do   func()
	}{
		{40, func() { c.report(at(old, 0), lamp, row) }},
		{31, func() { c.settle(at(aging, 0), cover) }}, // a day too old
		{10, func() { c.settle(at(old, 8), cover) }},
		{10, func() { c.settle(at(aging, 0), cover); c.settle(at(aging, 0), cover) }},
		{9, func() { c.report(at(fallen, 0), lamp, row); c.report(at(fallen, 1), lamp, row) }},
		{9, func() {
			id := c.begin(cases.Actor{Kind: gov.PublicActor}, "report", cases.Values{"about": "看不清", "place": at(fallen, 0).String(), "class": lamp})
			c.act(id, acceptor, "refuse", cases.Values{"refusal": "unclear", "reply": "请补充位置"})
		}},
		{8, func() {
			for n := range 4 {
				c.report(at(busy, n), lamp, row)
			}
		}},
		{7, func() {
			c.report(at(wide, 0), lamp, row)
			c.report(at(wide, 10), lamp, row)
			c.report(at(wide, 20), lamp, row)
		}}, // 111 m each
		{1, func() { c.report(at(old, 2), lamp, row) }},
	} {
		c.now = today.AddDate(0, 0, -x.days)
		x.do()
	}
	c.now = today
	a := atlas.Office(c.docket, packs, false, func(context.Context, *docket.Row) error { return nil })
	hot, cut, err := a.Hot(t.Context(), "report", today)
	must(t, err)
	if cut || len(hot) != 2 {
		t.Fatalf("%d places, cut %v: %+v", len(hot), cut, hot)
	}
	if h := hot[0]; len(h.Cases) != 4 || h.Open != 4 || h.Middle.Distance(at(busy, 1)) > 25 {
		t.Errorf("the busiest: %d cases, %d open, at %v", len(h.Cases), h.Open, h.Middle)
	}
	if h := hot[1]; len(h.Cases) != 3 || h.Open != 2 || h.Middle.Distance(at(old, 2)) > 70 || h.Cases[0].Opened < h.Cases[2].Opened {
		t.Errorf("the old one: %d cases, %d open, at %v", len(h.Cases), h.Open, h.Middle)
	}
	if _, _, err := a.Hot(t.Context(), "duty", today); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("duties repeat: %v", err)
	}
	if _, _, err := atlas.New(c.docket, packs).Hot(t.Context(), "report", today); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("the public asks: %v", err)
	}
}
