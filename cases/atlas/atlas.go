// Package atlas is the cases everybody is shown, by where they are on the ground:
// lists, numbers and clusters for maps. It gives out nothing but what the public
// may know of any case of a procedure: places are in it where the field that says
// them is open to everybody without condition, and no case before the district
// publishes it.
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

// Atlas answers the public's questions about a district's cases by place. Its
// methods may be called by any number of goroutines.
type Atlas struct {
	docket *docket.Docket
	packs  docket.Packs
}

// New makes an atlas over a docket.
func New(d *docket.Docket, packs docket.Packs) *Atlas { return &Atlas{d, packs} }

// Layers lists the procedures whose cases are on the public's map, in the order of
// the pack.
func (a *Atlas) Layers() []*procedure.Procedure {
	var list []*procedure.Procedure
	for _, p := range a.packs.Current().Procedures {
		if f := docket.SpotField(p); p.Publishes() && f != nil && docket.OpennessOf(f) == docket.OpenToAll {
			list = append(list, p)
		}
	}
	return list
}

// Kinds is the field by whose headings a layer can be narrowed; nil for none.
func Kinds(p *procedure.Procedure) *procedure.Field {
	if f := docket.KindField(p); f != nil && docket.OpennessOf(f) == docket.OpenToAll {
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
	Since     docket.Month // the first month in which they began; 0 for any
}

// ground is what a filter means for the docket. It returns NotFound for cases that
// are not on the public's map.
func (a *Atlas) ground(f Filter) (docket.Ground, *procedure.Procedure, error) {
	layers := a.Layers()
	i := slices.IndexFunc(layers, func(p *procedure.Procedure) bool { return p.ID == f.Procedure })
	if i < 0 {
		return docket.Ground{}, nil, gov.Errorf(gov.NotFound, "没有向社会公开位置的这类事项", "no such cases are shown to the public on the map")
	}
	p := layers[i]
	if f.Kind != "" && Kinds(p) == nil {
		return docket.Ground{}, nil, gov.Errorf(gov.NotFound, "这类事项不按类别公开", "such cases are not shown by class")
	}
	g := docket.Ground{Procedure: p.ID, Kind: f.Kind, Since: f.Since, Least: docket.OpenToAll}
	for _, id := range p.Publish {
		s, ok := p.State(id)
		if ok && (f.State == "" || f.State == id) && (f.Stage == "" || (f.Stage == Ended) == s.Kind.Ended()) {
			g.States = append(g.States, id)
		}
	}
	return g, p, nil
}

// Sums is how many cases a filter means.
type Sums struct {
	Total   int64
	Nowhere int64            // of them without a place on the map
	Kinds   map[string]int64 // of each heading
}

// Sums counts the cases a filter means.
func (a *Atlas) Sums(ctx context.Context, f Filter) (Sums, error) {
	s := Sums{Kinds: map[string]int64{}}
	g, p, err := a.ground(f)
	if err != nil {
		return s, err
	}
	list, err := a.docket.Sums(ctx, g)
	for _, x := range list {
		s.Total += x.N
		if x.Nowhere {
			s.Nowhere += x.N
		}
		if Kinds(p) != nil {
			s.Kinds[x.Kind] += x.N
		}
	}
	return s, err
}

// Newest lists the cases a filter means, those first that began last: at most
// limit behind a place, and where to go on; the zero place begins and ends.
func (a *Atlas) Newest(ctx context.Context, f Filter, after docket.Place, limit int) ([]docket.Nearby, docket.Place, error) {
	g, p, err := a.ground(f)
	if err != nil {
		return nil, docket.Place{}, err
	}
	list, next, err := a.docket.Newest(ctx, g, after, limit)
	return published(p, list), next, err
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
	return published(p, list), next, err
}

// published takes out what everybody may not know.
func published(p *procedure.Procedure, list []docket.Nearby) []docket.Nearby {
	unit, ok := p.Field(p.Unit)
	for i := range list {
		x := &list[i]
		if !ok || docket.OpennessOf(unit) != docket.OpenToAll {
			x.Units = nil
		}
		if Kinds(p) == nil {
			x.Spot.Kind = ""
		}
		if x.Spot.Open != docket.OpenToAll {
			x.Spot = docket.Spot{Nowhere: true, Kind: x.Spot.Kind}
		}
	}
	return list
}

// Cluster is cases that lie near each other, or one of them.
type Cluster struct {
	Middle  geo.Point
	N       int64
	Colours map[string]int64
	One     *docket.Nearby // set when each case is shown
}

// Bounds of a map: how many of its cells are looked at, up to how many cases each
// is shown, and up to how many are put together where they really lie and not by
// the tiles they are counted in.
const (
	maxCells  = 1024
	maxSingle = 300
	maxExact  = 20_000
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
	kept := uint8(docket.WideTiles)
	if zoom+1 > kept {
		kept = docket.FineTiles
	}
	patches, err := a.docket.Patches(ctx, g, kept)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	b := bins{zoom: min(zoom+1, kept), by: map[geo.Tile]*bin{}}
	for _, x := range patches {
		if ground := x.Tile.Box(); g.Box.Contains(geo.Point{Lat: (ground.South + ground.North) / 2, Lon: (ground.West + ground.East) / 2}) {
			total += x.N
			b.add(x.Tile.Out(b.zoom), x.Colour, x.N, x.Lat, x.Lon)
		}
	}
	switch {
	case total <= maxSingle:
		return a.single(ctx, p, g)
	case zoom+1 > kept && total <= maxExact:
		return a.exact(ctx, g, zoom+1)
	}
	return b.clusters(), nil
}

// single shows each case.
func (a *Atlas) single(ctx context.Context, p *procedure.Procedure, g docket.Ground) (list []Cluster, err error) {
	var after docket.Found
	for {
		some, next, err := a.docket.Walk(ctx, g, after, maxSingle)
		if err != nil {
			return nil, err
		}
		for _, x := range published(p, some) {
			list = append(list, Cluster{Middle: x.At, N: 1, Colours: map[string]int64{x.Colour: 1}, One: &x})
		}
		if after = next; after == (docket.Found{}) || len(list) >= 2*maxSingle {
			return list, nil
		}
	}
}

// exact puts cases together by cells finer than the tiles they are counted in.
func (a *Atlas) exact(ctx context.Context, g docket.Ground, zoom uint8) ([]Cluster, error) {
	spots, err := a.docket.Spots(ctx, g, 2*maxExact)
	b := bins{zoom: zoom, by: map[geo.Tile]*bin{}}
	for _, x := range spots {
		b.add(geo.TileAt(x.At, zoom), x.Colour, 1, int64(x.At.Lat*micro), int64(x.At.Lon*micro))
	}
	return b.clusters(), err
}

// micro is how many parts a degree has in sums.
const micro = 1e6

// bins put cases together by tiles of a zoom.
type bins struct {
	zoom uint8
	by   map[geo.Tile]*bin
}

type bin struct {
	n, lat, lon int64
	colours     map[string]int64
}

func (b bins) add(t geo.Tile, colour string, n, lat, lon int64) {
	one := b.by[t]
	if one == nil {
		one = &bin{colours: map[string]int64{}}
		b.by[t] = one
	}
	one.n += n
	one.lat += lat
	one.lon += lon
	one.colours[colour] += n
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
		middle := geo.Point{Lat: float64(x.lat) / float64(x.n) / micro, Lon: float64(x.lon) / float64(x.n) / micro}
		list[i] = Cluster{Middle: middle, N: x.n, Colours: x.colours}
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
