package atlas_test

import (
	"cmp"
	"context"

	"quanxiang/cases"
	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
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
				if at := cmp.Or(x.Due, docket.Never); at < due {
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
