package docket

import (
	"cmp"
	"context"

	"quanxiang/cases"
	"quanxiang/geo"
	"quanxiang/policy/procedure"
)

// Spot is where a case is, as what looks for cases on the ground knows it.
type Spot struct {
	At   geo.Point
	Open Openness
	Kind string // the heading of the case's class, see KindField; "" for none
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

// Heading is the entry above the one a field holds, or that itself when it is a
// heading or stands under none; the value itself for another field.
func Heading(f *procedure.Field, value string) string {
	if l := f.List(); l != nil && !l.Heads(value) {
		return cmp.Or(l.Above(value), value)
	}
	return value
}

// spotOf is where a case is, nil for nowhere.
func spotOf(p *procedure.Procedure, c cases.Case) *Spot {
	f := SpotField(p)
	if f == nil || c.Values.Text(f.ID) == "" {
		return nil
	}
	at, err := geo.ParsePoint(c.Values.Text(f.ID))
	if err != nil {
		return nil // no point is taken that is not one
	}
	s := &Spot{At: at, Open: OpennessOf(f)}
	if k := KindField(p); k != nil {
		s.Kind = Heading(k, c.Values.Text(k.ID))
	}
	return s
}

// Nearby is a case near a place.
type Nearby struct {
	Row
	Spot
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

// Near lists the cases around a place, the nearest first, at most limit of them.
func (s *Docket) Near(ctx context.Context, n Near, limit int) ([]Nearby, error) {
	return s.store.Near(ctx, n, limit)
}
