// Package atlas is cases by where they are on the ground: lists, numbers and
// clusters for maps. The public's gives out nothing but what the public may know of
// any case of a procedure: places are in it where the field that says them is open
// to everybody without condition, and no case before the district publishes it. The
// office's has what runs, published or not, as somebody in it sees it; see Office.
package atlas

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Atlas answers questions about a district's cases by place, the public's or the
// office's. Its methods may be called by any number of goroutines.
type Atlas struct {
	docket *docket.Docket
	packs  docket.Packs
	office *office // nil: it is the public's
}

// New makes the public's atlas over a docket.
func New(d *docket.Docket, packs docket.Packs) *Atlas { return &Atlas{docket: d, packs: packs} }

// Layers lists the procedures whose cases are on the map, in the order of the pack,
// but those first whose cases are told from each other by where they are.
func (a *Atlas) Layers() []*procedure.Procedure {
	var list, others []*procedure.Procedure
	for _, p := range a.packs.Current().Procedures {
		f := docket.SpotField(p)
		switch {
		case f == nil || docket.OpennessOf(f) < a.least() || a.office == nil && !p.Publishes():
		case p.Similar != nil:
			list = append(list, p)
		default:
			others = append(others, p)
		}
	}
	return append(list, others...)
}

// Kinds is the field by whose headings a layer can be narrowed; nil for none.
func Kinds(p *procedure.Procedure) *procedure.Field {
	if f := docket.KindField(p); f != nil && docket.OpennessOf(f) == docket.OpenToAll {
		return f
	}
	return nil
}

// Areas is the field by whose areas a layer can be narrowed; nil for none.
func Areas(p *procedure.Procedure) *procedure.Field {
	if f := docket.AreaField(p); f != nil && docket.OpennessOf(f) == docket.OpenToAll {
		return f
	}
	return nil
}

// Stage is how far along cases are.
type Stage string

// The stages. Every published state is in one of them.
const (
	Running Stage = "running"
	Ended   Stage = "ended"
)

// Filter says which public cases are meant.
type Filter struct {
	Procedure string
	Stage     Stage        // "" for any
	State     string       // "" for any
	Kind      string       // a heading of the field Kinds; "" for any
	Area      string       // an area of the field Areas; "" for any
	Since     docket.Month // the first month in which they began; 0 for any

	// In the office's atlas alone:
	Late   bool           // of a colour of bad tone
	Facets []docket.Facet // with all of these
}

// ground is what a filter means for the docket. It returns NotFound for cases that
// are not on the public's map.
func (a *Atlas) ground(f Filter) (docket.Ground, *procedure.Procedure, error) {
	layers := a.Layers()
	i := slices.IndexFunc(layers, func(p *procedure.Procedure) bool { return p.ID == f.Procedure })
	if i < 0 {
		return docket.Ground{}, nil, gov.Errorf(gov.NotFound, "地图上没有这类事项", "no such cases are shown on the map")
	}
	p := layers[i]
	if f.Kind != "" && Kinds(p) == nil {
		return docket.Ground{}, nil, gov.Errorf(gov.NotFound, "这类事项不按类别公开", "such cases are not shown by class")
	}
	if f.Area != "" && Areas(p) == nil {
		return docket.Ground{}, nil, gov.Errorf(gov.NotFound, "这类事项不按区域公开", "such cases are not shown by area")
	}
	g := docket.Ground{Procedure: p.ID, Kind: f.Kind, Area: f.Area, Since: f.Since, Least: a.least(), Facets: f.Facets}
	for _, c := range p.Colours {
		if c.Tone == procedure.Bad {
			g.Marked = append(g.Marked, c.ID)
		}
	}
	if f.Late {
		g.Colours = g.Marked
	}
	for _, s := range a.states(p) {
		if (f.State == "" || f.State == s.ID) && (f.Stage == "" || (f.Stage == Ended) == s.Kind.Ended()) {
			g.States = append(g.States, s.ID)
		}
	}
	return g, p, nil
}

// states are those in which cases are on the map.
func (a *Atlas) states(p *procedure.Procedure) (list []*procedure.State) {
	for i := range p.States {
		if s := &p.States[i]; a.office == nil && p.Published(s.ID) || a.office != nil && a.office.sees(p, s) {
			list = append(list, s)
		}
	}
	return list
}

// Sums counts the cases a filter means, and of them those without a place.
func (a *Atlas) Sums(ctx context.Context, f Filter) (total, nowhere int64, err error) {
	g, _, err := a.ground(f)
	if err != nil {
		return 0, 0, err
	}
	return a.docket.Sums(ctx, g)
}

// Newest lists the cases a filter means, those first that began last: at most
// limit behind a place, and where to go on; the zero place begins and ends.
func (a *Atlas) Newest(ctx context.Context, f Filter, after docket.Place, limit int) ([]docket.Nearby, docket.Place, error) {
	g, p, err := a.ground(f)
	if err != nil {
		return nil, docket.Place{}, err
	}
	list, next, err := a.docket.Newest(ctx, g, after, limit)
	if err != nil {
		return nil, next, err
	}
	list, err = a.shown(ctx, p, list)
	return list, next, err
}

// Walk lists the cases with places a filter means that lie in a box and began in a
// stretch of time, Unix ms with both ends, 0 for none: as they lie, at most limit
// behind one, and where to go on, zero at the end. A page may be short and not the
// last.
func (a *Atlas) Walk(ctx context.Context, f Filter, box geo.Box, from, until int64, after docket.Found, limit int) ([]docket.Nearby, docket.Found, error) {
	g, p, err := a.ground(f)
	if err != nil {
		return nil, docket.Found{}, err
	}
	g.Box, g.From, g.Until = box, from, until
	list, next, err := a.docket.Walk(ctx, g, after, limit)
	if err != nil {
		return nil, next, err
	}
	list, err = a.shown(ctx, p, list)
	return list, next, err
}

// Case is a case on the map by its number. It returns NotFound, always in the same
// words, for one that is not shown there.
func (a *Atlas) Case(ctx context.Context, number string) (docket.Nearby, error) {
	hidden := gov.Errorf(gov.NotFound, "地图上没有这件案件", "there is no such case on the map")
	x, err := a.docket.Spot(ctx, number)
	if gov.CodeOf(err) == gov.NotFound {
		return x, hidden
	}
	if err != nil {
		return x, err
	}
	g, p, err := a.ground(Filter{Procedure: x.Procedure})
	if gov.CodeOf(err) == gov.NotFound {
		return docket.Nearby{}, hidden
	}
	if err != nil {
		return x, err
	}
	list, err := a.shown(ctx, p, []docket.Nearby{x})
	if err != nil {
		return x, err
	}
	if x = list[0]; x.Nowhere || !slices.Contains(g.States, x.State) {
		return docket.Nearby{}, hidden
	}
	return x, nil
}

// least is who at least may know a place that is on the map.
func (a *Atlas) least() docket.Openness {
	if a.office != nil {
		return docket.OpenToStaff
	}
	return docket.OpenToAll
}

// shown takes out what whoever looks may not know.
func (a *Atlas) shown(ctx context.Context, p *procedure.Procedure, list []docket.Nearby) ([]docket.Nearby, error) {
	unit, ok := p.Field(p.Unit)
	for i := range list {
		x := &list[i]
		if !ok || docket.OpennessOf(unit) < a.least() {
			x.Units = nil
		}
		if Kinds(p) == nil {
			x.Spot.Kind = ""
		}
		if x.Spot.Open < a.least() {
			x.Spot = docket.Spot{Nowhere: true, Kind: x.Spot.Kind}
		}
		if a.office != nil {
			if err := a.office.hide(ctx, &x.Row); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// world is a box around everything.
var world = geo.Box{South: -90, West: -180, North: 90, East: 180}

// Cluster is cases that lie near each other, or one of them.
type Cluster struct {
	Middle geo.Point
	N      int64
	Bad    int64          // how many of them have a colour of bad tone
	One    *docket.Nearby // set when each case is shown
}

// Bounds of a map: how many of its cells are looked at, up to how many cases each
// is shown, and among how many, whether meant or not, those meant are put together
// where they really lie and not by the tiles they are counted in.
const (
	maxCells  = 1024
	maxSingle = 60 // more would lie over each other on a telephone
	maxExact  = 10_000
	maxZoom   = 22
)

// Clusters are the cases a filter means that lie in a box, put together as a map
// at a zoom shows them: by cells of half a tile, whole cells at the edges of the
// box. It returns Invalid for a box that is too large for the zoom.
func (a *Atlas) Clusters(ctx context.Context, f Filter, box geo.Box, zoom uint8) ([]Cluster, error) {
	g, p, err := a.ground(f)
	if err != nil {
		return nil, err
	}
	if zoom = min(zoom, maxZoom); box.South > box.North || box.West > box.East || cells(box, zoom+1) > maxCells {
		return nil, gov.Errorf(gov.Invalid, "地图范围相对于缩放级别过大", "the map is too wide for its zoom").On("bbox")
	}
	g.Box = whole(box, zoom+1)
	if f.Late || len(f.Facets) > 0 {
		return a.narrow(ctx, p, g, zoom+1)
	}
	kept := uint8(docket.WideTiles)
	if zoom+1 > kept {
		kept = docket.FineTiles
	}
	patches, err := a.docket.Patches(ctx, g, kept)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	b := bins{zoom: min(zoom+1, kept), by: map[geo.Tile]*docket.Patch{}}
	for _, x := range patches {
		if ground := x.Tile.Box(); g.Box.Contains(geo.Point{Lat: (ground.South + ground.North) / 2, Lon: (ground.West + ground.East) / 2}) {
			total += x.N
			b.add(x.Tile.Out(b.zoom), x)
		}
	}
	if total <= maxSingle {
		if list, all, err := a.single(ctx, p, g, patches); err != nil || all {
			return list, err
		}
	}
	if zoom+1 > kept && total <= maxExact {
		if near, err := a.crowd(ctx, p, g, kept); err != nil {
			return nil, err
		} else if near <= maxExact {
			return a.exact(ctx, g, zoom+1)
		}
	}
	return b.clusters(), nil
}

// crowd is about how many cases lie in the box of a ground, whether they are meant
// or not: so many have to be looked at to find those that are.
func (a *Atlas) crowd(ctx context.Context, p *procedure.Procedure, g docket.Ground, zoom uint8) (n int64, err error) {
	all := docket.Ground{Procedure: g.Procedure, Box: g.Box}
	for _, s := range p.States {
		all.States = append(all.States, s.ID)
	}
	patches, err := a.docket.Patches(ctx, all, zoom)
	for _, x := range patches {
		n += x.N
	}
	return n, err
}

// exact puts cases together by cells finer than the tiles they are counted in.
func (a *Atlas) exact(ctx context.Context, g docket.Ground, zoom uint8) ([]Cluster, error) {
	spots, err := a.docket.Spots(ctx, g, 2*maxExact)
	return gather(g, spots, zoom), err
}

// gather puts cases together by tiles of a zoom.
func gather(g docket.Ground, list []docket.Nearby, zoom uint8) []Cluster {
	b := bins{zoom: zoom, by: map[geo.Tile]*docket.Patch{}}
	for _, x := range list {
		b.add(geo.TileAt(x.At, zoom), docket.Patch{N: 1, Lat: int64(x.At.Lat * micro), Lon: int64(x.At.Lon * micro), Marked: marked(g, x)})
	}
	return b.clusters()
}

// micro is how many parts a degree has in sums.
const micro = 1e6

// marked is 1 for a case of a colour that is counted apart.
func marked(g docket.Ground, x docket.Nearby) int64 {
	if slices.Contains(g.Marked, x.Colour) {
		return 1
	}
	return 0
}

// bins put cases together by tiles of a zoom.
type bins struct {
	zoom uint8
	by   map[geo.Tile]*docket.Patch
}

func (b bins) add(t geo.Tile, x docket.Patch) {
	sum := b.by[t]
	if sum == nil {
		sum = &docket.Patch{Tile: t}
		b.by[t] = sum
	}
	sum.N, sum.Lat, sum.Lon, sum.Marked = sum.N+x.N, sum.Lat+x.Lat, sum.Lon+x.Lon, sum.Marked+x.Marked
}

// clusters are the bins in the order of their tiles.
func (b bins) clusters() []Cluster {
	tiles := make([]geo.Tile, 0, len(b.by))
	for t := range b.by {
		tiles = append(tiles, t)
	}
	slices.SortFunc(tiles, func(a, b geo.Tile) int { return cmp.Compare(a.Key, b.Key) })
	list := make([]Cluster, len(tiles))
	for i, t := range tiles {
		x := b.by[t]
		middle := geo.Point{Lat: float64(x.Lat) / float64(x.N) / micro, Lon: float64(x.Lon) / float64(x.N) / micro}
		list[i] = Cluster{Middle: middle, N: x.N, Bad: x.Marked}
	}
	return list
}

// corners are the tiles of a zoom at two corners of a box.
func corners(b geo.Box, zoom uint8) (northWest, southEast geo.Tile) {
	return geo.TileAt(geo.Point{Lat: b.North, Lon: b.West}, zoom), geo.TileAt(geo.Point{Lat: b.South, Lon: b.East}, zoom)
}

// whole is a box widened to whole tiles of a zoom.
func whole(b geo.Box, zoom uint8) geo.Box {
	northWest, southEast := corners(b, zoom)
	return northWest.Box().Join(southEast.Box())
}

// cells is how many tiles of a zoom a box meets.
func cells(b geo.Box, zoom uint8) uint64 {
	northWest, southEast := corners(b, zoom)
	west, north := northWest.Grid()
	east, south := southEast.Grid()
	return (east - west + 1) * (south - north + 1)
}
