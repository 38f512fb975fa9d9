package ogc

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/progress"
)

// publicCases are the cases everybody is shown with a place, read from an index a
// page at a time. Their order is that of the ground, not of their ids.
type publicCases struct {
	pack  *policy.Pack
	atlas *atlas.Atlas
	base  string
}

// Cases is the layer of public cases. base is scheme and host, for the addresses
// of their pages.
func Cases(p *policy.Pack, a *atlas.Atlas, base string) Layer {
	return Layer{
		ID:         "cases",
		Properties: []string{"number", "procedure", "subject", "kind", "kind_name", "state", "state_name", "opened", "ended", "page"},
		Optional:   []string{"kind", "kind_name", "state_name", "ended"},
		Filters:    []string{"procedure", "kind", "state"},
		Source:     &publicCases{p, a, base},
	}
}

// world is everywhere.
var world = geo.Box{South: -90, West: -180, North: 90, East: 180}

// casesAt is where a page of cases goes on: in which procedure and box, behind what.
type casesAt struct {
	procedure string
	box       int
	found     docket.Found
}

func (p casesAt) String() string {
	id := ""
	if !p.found.ID.IsZero() {
		id = p.found.ID.String()
	}
	return strings.Join([]string{p.procedure, strconv.Itoa(p.box), strconv.FormatInt(p.found.Cell, 10), id}, " ")
}

// parseCasesAt reads what String wrote; "" is the beginning.
func parseCasesAt(s string) (p casesAt, err error) {
	if s == "" {
		return p, nil
	}
	bad := gov.Errorf(gov.Invalid, "after 只能取自上一页的 next 链接", "after is taken from the next link of the page before").On("after")
	parts := strings.Split(s, " ")
	if len(parts) != 4 {
		return p, bad
	}
	p.procedure = parts[0]
	if p.box, err = strconv.Atoi(parts[1]); err == nil {
		p.found.Cell, err = strconv.ParseInt(parts[2], 10, 64)
	}
	if err == nil && parts[3] != "" {
		p.found.ID, err = gov.ParseID(parts[3])
	}
	if err != nil || p.box < 0 {
		return p, bad
	}
	return p, nil
}

// Features implements Source. How many match is told where it is counted anyway: all
// over the ground and of all times.
func (c *publicCases) Features(ctx context.Context, q Query) (Page, error) {
	at, err := parseCasesAt(q.After)
	if err != nil {
		return Page{}, err
	}
	boxes := q.Boxes
	if boxes == nil {
		boxes = []geo.Box{world}
	}
	var from, until int64
	if !q.During.From.IsZero() {
		from = q.During.From.UnixMilli()
	}
	if !q.During.To.IsZero() {
		until = max(q.During.To.UnixMilli(), 1) // 0 is no bound, and nothing began in 1970
	}
	for _, want := range q.Filters {
		if want == "" { // no bound to an index, and no case has a property that is empty
			return Page{}, nil
		}
	}
	page := Page{Matched: -1}
	if q.Boxes == nil && q.During == (Interval{}) {
		if page.Matched, err = c.matched(ctx, q); err != nil {
			return page, err
		}
	}
	for _, p := range c.atlas.Layers() {
		if !meant(p, q) || at.procedure != "" && at.procedure != p.ID {
			continue
		}
		for at.box < len(boxes) {
			list, next, err := c.atlas.Walk(ctx, filter(p, q), boxes[at.box], from, until, at.found, q.Limit-len(page.Features))
			if err != nil {
				return Page{}, err
			}
			for _, x := range list {
				page.Features = append(page.Features, c.feature(x))
			}
			if at.found = next; next != (docket.Found{}) {
				at.procedure = p.ID
				page.Next = at.String()
				return page, nil
			}
			at.box++
		}
		at = casesAt{}
	}
	return page, nil
}

// meant reports whether cases of a procedure can be among those asked for.
func meant(p *procedure.Procedure, q Query) bool {
	want := q.Filters["procedure"]
	return (want == "" || want == p.ID) && (q.Filters["kind"] == "" || atlas.Kinds(p) != nil)
}

func filter(p *procedure.Procedure, q Query) atlas.Filter {
	return atlas.Filter{Procedure: p.ID, Kind: q.Filters["kind"], State: q.Filters["state"]}
}

// matched counts the cases with a place that a query without box and time means.
func (c *publicCases) matched(ctx context.Context, q Query) (n int, err error) {
	for _, p := range c.atlas.Layers() {
		if !meant(p, q) {
			continue
		}
		total, nowhere, err := c.atlas.Sums(ctx, filter(p, q))
		if err != nil {
			return 0, err
		}
		n += int(total - nowhere)
	}
	return n, nil
}

// Feature implements Source.
func (c *publicCases) Feature(ctx context.Context, id string) (geo.Feature, error) {
	x, err := c.atlas.Case(ctx, id)
	if err != nil {
		return geo.Feature{}, err
	}
	return c.feature(x), nil
}

func (c *publicCases) feature(x docket.Nearby) geo.Feature {
	// Every feature has every property: QGIS takes those of the first features for
	// the fields of the layer and drops what comes up later.
	properties := map[string]any{
		"number": x.Number, "procedure": x.Procedure, "subject": x.Subject, "kind": nil, "kind_name": nil, "state": x.State, "state_name": nil,
		"opened": instant(x.Opened), "ended": nil, "page": c.base + progress.CasePath(x.Number),
	}
	if x.Spot.Kind != "" {
		properties["kind"] = x.Spot.Kind
	}
	if x.Ended != 0 {
		properties["ended"] = instant(x.Ended)
	}
	if p, ok := c.pack.Procedure(x.Procedure); ok {
		if s, ok := p.State(x.State); ok {
			properties["state_name"] = s.Name.ZH
		}
		if k := atlas.Kinds(p); k != nil {
			e, _ := k.List().Entry(x.Spot.Kind)
			properties["kind_name"] = e.Name.ZH
		}
	}
	return geo.Feature{ID: x.Number, Point: &x.At, Properties: properties}
}

func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// Extent implements Source: that of the district, since cases come and go.
func (c *publicCases) Extent(context.Context) (geo.Box, bool) {
	var box geo.Box
	drawn := slices.DeleteFunc(c.pack.AreasOf(policy.StreetLevel), func(a policy.Area) bool { return len(a.Ground.Shape) == 0 })
	for i, a := range drawn {
		b := a.Ground.Shape.Bounds()
		if i == 0 {
			box = b
		}
		box = box.Join(b)
	}
	return box, len(drawn) > 0 && len(c.atlas.Layers()) > 0
}
