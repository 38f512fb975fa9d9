package docket

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/cases"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Spot is where a case is, as what looks for cases on the ground knows it.
type Spot struct {
	At      geo.Point
	Nowhere bool // the case has no place; At says nothing
	Open    Openness
	Kind    string // the heading of the case's class, see KindField; "" for none
	Area    string // code of the area it is in, see AreaField; "" for none
}

// Openness is who may know where a case is.
type Openness int

// Who: some by their part in the case, who holds a post in the district besides,
// or everybody that is shown the case at all.
const (
	OpenToSome Openness = iota
	OpenToStaff
	OpenToAll
)

// OpennessOf is who reads a field of every case they know of.
func OpennessOf(f *procedure.Field) Openness {
	switch {
	case f.Sealed:
	case f.Level() == procedure.OpenPublic && len(f.Once) == 0:
		return OpenToAll
	case f.Level() == procedure.OpenPublic, f.Level() == procedure.OpenStaff:
		return OpenToStaff
	}
	return OpenToSome
}

// SpotField is the field that says where a case of a procedure is: the one by
// which similar cases are told, or else the first point; nil for none.
func SpotField(p *procedure.Procedure) *procedure.Field {
	if p.Similar != nil {
		f, _ := p.Field(p.Similar.Place)
		return f
	}
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Type == procedure.PointField && !f.Sealed {
			return f
		}
	}
	return nil
}

// KindField is the field by whose headings cases of a procedure are told apart
// on the ground: the first facet that is an entry of a list; nil for none.
func KindField(p *procedure.Procedure) *procedure.Field {
	for _, id := range p.Facets {
		if f, _ := p.Field(id); f.Type == procedure.EntryField {
			return f
		}
	}
	return nil
}

// AreaField is the field by whose areas cases of a procedure are told apart on the
// ground: the first facet that is one; nil for none.
func AreaField(p *procedure.Procedure) *procedure.Field {
	for _, id := range p.Facets {
		if f, _ := p.Field(id); f.Type == procedure.AreaField {
			return f
		}
	}
	return nil
}

// Heading is the entry above the one a field holds, or that itself when it is a
// heading or stands under none; the value itself for another field.
func Heading(f *procedure.Field, value string) string {
	if l := f.List(); l != nil && !l.Heads(value) {
		return cmp.Or(l.Above(value), value)
	}
	return value
}

// spotOf is where a case is, nil for one of a procedure that knows no places.
func spotOf(p *procedure.Procedure, c cases.Case) *Spot {
	f := SpotField(p)
	if f == nil {
		return nil
	}
	at, err := geo.ParsePoint(c.Values.Text(f.ID)) // no text is no point
	s := &Spot{At: at, Nowhere: err != nil, Open: OpennessOf(f)}
	if k := KindField(p); k != nil {
		s.Kind = Heading(k, c.Values.Text(k.ID))
	}
	if a := AreaField(p); a != nil {
		s.Area = c.Values.Text(a.ID)
	}
	return s
}

// Nearby is a case near a place.
type Nearby struct {
	Row
	Spot
}

// Spot is a case with its place, by its number. It returns NotFound where there is
// none.
func (s *Docket) Spot(ctx context.Context, number string) (Nearby, error) {
	id, err := s.store.Find(ctx, number)
	if err != nil {
		return Nearby{}, err
	}
	list, err := s.store.Spot(ctx, id)
	if err == nil && len(list) == 0 {
		err = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")
	}
	if err != nil {
		return Nearby{}, err
	}
	return list[0], nil
}

// Near asks for cases of a procedure around a place.
type Near struct {
	Procedure  string
	At         geo.Point
	Within     float64 // metres
	Least      Openness
	OpenedFrom int64 // Unix ms, inclusive
	OpenedTo   int64
}

// Ground asks for cases of a procedure that are in some states by where they are
// and when they began.
type Ground struct {
	Procedure string
	States    []string
	Kind      string // "" for any
	Area      string // "" for any
	Since     Month  // the first month in which they began; 0 for any
	Until     int64  // the last instant at which they began, Unix ms; 0 for any
	From      int64  // the first one; bounds what Since bounds, more finely
	Least     Openness
	Box       geo.Box
	Marked    []string // colours that are counted apart

	// Standing and Standings alone look at these.
	Facets  []Facet  // the cases have all of them
	Colours []string // they have one of them; nil for any
}

// Patch is how many cases lie in a tile.
type Patch struct {
	Tile   geo.Tile
	N      int64
	Lat    int64 // the sum of their latitudes in millionths of a degree
	Lon    int64
	Marked int64 // how many of them have a colour the ground marks
}

// The zooms of the tiles in which cases are counted: about a kilometre and a
// quarter of one in the latitude of Beijing.
const (
	WideTiles = 15
	FineTiles = 17
)

// Found is a place in the order of what lies on the ground.
type Found struct {
	Cell int64
	ID   gov.ID
}

// Patches counts the cases of a ground by tiles of one of the two zooms that meet
// its box: kept up with every step, not counted when asked. Of when they began it
// knows Since alone.
func (s *Docket) Patches(ctx context.Context, g Ground, zoom uint8) ([]Patch, error) {
	return s.store.Patches(ctx, g, zoom)
}

// Sums counts all cases of a ground, wherever they are, and of them those without
// a place; see Patches.
func (s *Docket) Sums(ctx context.Context, g Ground) (total, nowhere int64, err error) {
	return s.store.Sums(ctx, g)
}

// Spots lists the places of cases in the box of a ground, at most limit, in no
// order, without the rows.
func (s *Docket) Spots(ctx context.Context, g Ground, limit int) ([]Nearby, error) {
	return s.store.Spots(ctx, g, limit)
}

// Walk lists the cases in the box of a ground as they lie, at most limit of them
// behind one, and where to go on, zero at the end. A page may be short and not the
// last.
func (s *Docket) Walk(ctx context.Context, g Ground, after Found, limit int) ([]Nearby, Found, error) {
	return s.store.Walk(ctx, g, after, min(max(limit, 1), maxWalk))
}

// maxWalk bounds a page of a walk.
const maxWalk = 2000

// Newest lists cases of a ground, wherever they are, that began last first: at
// most limit behind a place, whose Due is then when they began, and where to go
// on, zero at the end.
func (s *Docket) Newest(ctx context.Context, g Ground, after Place, limit int) (list []Nearby, next Place, err error) {
	limit = min(max(limit, 1), maxWalk)
	for _, state := range g.States { // each has an index in the order of the list
		one := g
		one.States = []string{state}
		page, err := s.store.Newest(ctx, one, after, limit+1)
		if err != nil {
			return nil, next, err
		}
		list = append(list, page...)
	}
	slices.SortFunc(list, func(a, b Nearby) int {
		return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(b.ID.String(), a.ID.String()))
	})
	if len(list) > limit {
		list = list[:limit]
		next = Place{list[limit-1].Opened, list[limit-1].ID}
	}
	return list, next, nil
}

// maxStanding bounds a page of what runs: a city has fewer open cases.
const maxStanding = 10_000

// Standing lists the running cases in the box of a ground, by due time: at most
// limit behind a place, and where to go on, zero at the end. Those without a place
// lie in a box around the whole world.
func (s *Docket) Standing(ctx context.Context, g Ground, after Place, limit int) (list []Nearby, next Place, err error) {
	limit = min(max(limit, 1), maxStanding)
	list, err = s.store.Standing(ctx, g, after, limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = placeOf(list[limit-1].Row)
	}
	return list, next, err
}

// Standings counts what Standing lists, and of it what has no place.
func (s *Docket) Standings(ctx context.Context, g Ground) (total, nowhere int64, err error) {
	return s.store.Standings(ctx, g)
}

// Near lists the cases around a place, the nearest first, at most limit of them.
func (s *Docket) Near(ctx context.Context, n Near, limit int) ([]Nearby, error) {
	return s.store.Near(ctx, n, limit)
}
