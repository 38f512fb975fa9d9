package ogc

import (
	"context"
	"slices"
	"strings"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
)

// Layer is a collection of features of one kind. Its title and what it says of
// itself are the messages "ogc.layer.<id>" and "ogc.about.<id>".
type Layer struct {
	ID         string
	Properties []string // names of its features' properties, in the order of display
	Optional   []string // of them that may be null
	Filters    []string // of them that a query may give a value for
	Source     Source
}

// Source is where the features of a layer come from.
type Source interface {
	// Features lists features in an order that stays as it is while they do.
	Features(ctx context.Context, q Query) (Page, error)

	// Feature is the feature with an id, or NotFound.
	Feature(ctx context.Context, id string) (geo.Feature, error)

	// Extent is the ground all features lie on; false for a layer without any.
	Extent(ctx context.Context) (geo.Box, bool)
}

// Query is what a client asks a layer for.
type Query struct {
	Boxes   []geo.Box         // some of a feature lies in one of them; nil for anywhere
	During  Interval          // a feature that has a time has some of it within
	Filters map[string]string // properties and their values
	After   string            // only features behind this: Next of the page before
	Limit   int               // at most so many
}

// Interval is a stretch of time; a zero end is open.
type Interval struct{ From, To time.Time }

// Page is a piece of a layer.
type Page struct {
	Features []geo.Feature
	Matched  int    // how many there are without After and Limit, -1 if nobody counted
	Next     string // After of the next piece, "" for the last
}

// fixed is a layer that is held in memory: features in the order of their ids.
type fixed struct {
	features []geo.Feature
	extent   geo.Box
}

func newFixed(features []geo.Feature) *fixed {
	slices.SortFunc(features, func(a, b geo.Feature) int { return strings.Compare(a.ID, b.ID) })
	x := &fixed{features: features}
	for i, f := range features {
		b := boundsOf(f)
		if i == 0 {
			x.extent = b
		}
		x.extent = x.extent.Join(b)
	}
	return x
}

func boundsOf(f geo.Feature) geo.Box {
	if p := f.Point; p != nil {
		return geo.Box{South: p.Lat, West: p.Lon, North: p.Lat, East: p.Lon}
	}
	return f.Shape.Bounds()
}

// Features implements Source. The features have no time, so that of the query
// leaves none out.
func (x *fixed) Features(_ context.Context, q Query) (Page, error) {
	var p Page
	for _, f := range x.features {
		if !lies(f, q.Boxes) || !has(f, q.Filters) {
			continue
		}
		p.Matched++
		switch {
		case f.ID <= q.After:
		case len(p.Features) < q.Limit:
			p.Features = append(p.Features, f)
		case p.Next == "":
			p.Next = p.Features[len(p.Features)-1].ID
		}
	}
	return p, nil
}

func lies(f geo.Feature, boxes []geo.Box) bool {
	return boxes == nil || slices.ContainsFunc(boxes, func(b geo.Box) bool {
		if f.Point != nil {
			return b.Contains(*f.Point)
		}
		return f.Shape.Bounds().Meets(b) && f.Shape.Meets(b)
	})
}

func has(f geo.Feature, filters map[string]string) bool {
	for name, want := range filters {
		if got, _ := f.Properties[name].(string); got != want {
			return false
		}
	}
	return true
}

// Feature implements Source.
func (x *fixed) Feature(_ context.Context, id string) (geo.Feature, error) {
	i, ok := slices.BinarySearchFunc(x.features, id, func(f geo.Feature, id string) int { return strings.Compare(f.ID, id) })
	if !ok {
		return geo.Feature{}, gov.Errorf(gov.NotFound, "没有这个要素。", "There is no such feature.")
	}
	return x.features[i], nil
}

// Extent implements Source.
func (x *fixed) Extent(context.Context) (geo.Box, bool) { return x.extent, len(x.features) > 0 }

// packLayers are the layers a pack fills.
func packLayers(p *policy.Pack) []Layer {
	own := []string{"code", "name", "name_en", "parent", "unit", "area_km2", "source", "invented"}
	return []Layer{
		{ID: "streets", Properties: own, Filters: []string{"unit"}, Source: newFixed(areas(p, policy.StreetLevel))},
		{ID: "communities", Properties: own, Filters: []string{"parent", "unit"}, Source: newFixed(areas(p, policy.CommunityLevel))},
		{ID: "cells", Properties: own, Filters: []string{"parent", "unit"}, Source: newFixed(areas(p, policy.CellLevel))},
		{ID: "units", Properties: []string{"id", "name", "name_en", "kind", "area", "place", "source", "invented"}, Filters: []string{"kind", "area"}, Source: newFixed(units(p))},
	}
}

// areas are the drawn areas of a level as features.
func areas(p *policy.Pack, level policy.AreaLevel) []geo.Feature {
	var list []geo.Feature
	for _, a := range p.AreasOf(level) {
		if len(a.Ground.Shape) == 0 {
			continue
		}
		list = append(list, geo.Feature{ID: a.Code, Shape: a.Ground.Shape, Properties: map[string]any{
			"code": a.Code, "name": a.Name.ZH, "name_en": a.Name.In(gov.EN), "parent": a.Parent, "unit": p.Serving(a.Code),
			"area_km2": float64(int(a.Ground.Shape.Area()/10+0.5)) / 1e5, "source": a.Ground.Source.ZH, "invented": a.Ground.Invented,
		}})
	}
	return list
}

// units are the units that serve a drawn area, in its middle: nobody has told
// where their offices are, and the property "place" says so.
func units(p *policy.Pack) []geo.Feature {
	var list []geo.Feature
	for _, u := range p.Units {
		a, ok := p.Area(u.Area)
		if !ok || len(a.Ground.Shape) == 0 {
			continue
		}
		at := a.Ground.Shape.Inside()
		list = append(list, geo.Feature{ID: u.ID, Point: &at, Properties: map[string]any{
			"id": u.ID, "name": u.Name.ZH, "name_en": u.Name.In(gov.EN), "kind": string(u.Kind), "area": u.Area,
			"place": "middle-of-area", "source": a.Ground.Source.ZH, "invented": a.Ground.Invented,
		}})
	}
	return list
}

// All lists every feature of a layer. It returns NotFound for a layer there is
// not.
func (f *Features) All(ctx context.Context, layer string) ([]geo.Feature, error) {
	l, err := f.layer(layer)
	if err != nil {
		return nil, err
	}
	var list []geo.Feature
	for q := (Query{Limit: maxLimit}); ; {
		p, err := l.Source.Features(ctx, q)
		if err != nil {
			return nil, err
		}
		list = append(list, p.Features...)
		if q.After = p.Next; p.Next == "" {
			return list, nil
		}
	}
}
