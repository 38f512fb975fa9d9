package site

import (
	"fmt"
	"math"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/geo"
	"quanxiang/policy"
)

// chart is the way as a small picture: outlines of the streets, the stops by their
// numbers, straight lines between them. North is at the top.
type chart struct {
	Width, Height int
	Outlines      []string // paths of SVG
	Way           string   // path
	Start         *spot
	Spots         []spot
}

type spot struct {
	X, Y int
	N    int
}

// Measures of the picture, in its own units, and what it shows at least.
const (
	chartWidth  = 360
	chartMargin = 24
	leastSpan   = 600 // metres: two cases next to each other are not made a journey
	maxRatio    = 0.8 // height by width
)

// draw makes the picture of errands in order; nil when none has a place. With a
// start it draws the way.
func draw(pack *policy.Pack, start *geo.Point, list []casework.Errand) *chart {
	var stops []geo.Point
	for _, e := range list {
		if e.Place != nil {
			stops = append(stops, *e.Place)
		}
	}
	if len(stops) == 0 {
		return nil
	}
	all := stops
	if start != nil {
		all = append([]geo.Point{*start}, stops...)
	}
	s := scaleOf(all)
	c := &chart{Width: chartWidth, Height: s.height}
	for _, a := range pack.AreasOf(policy.StreetLevel) {
		if path := s.outline(a.Ground.Shape); path != "" {
			c.Outlines = append(c.Outlines, path)
		}
	}
	for i, p := range stops {
		x, y := s.at(p)
		c.Spots = append(c.Spots, spot{x, y, i + 1})
	}
	if start != nil {
		x, y := s.at(*start)
		c.Start, c.Way = &spot{X: x, Y: y}, s.line(all)
	}
	return c
}

// scale lays the ground on the picture.
type scale struct {
	box    geo.Box
	height int
}

func scaleOf(points []geo.Point) scale {
	b := geo.Box{South: points[0].Lat, North: points[0].Lat, West: points[0].Lon, East: points[0].Lon}
	for _, p := range points {
		b.South, b.North = min(b.South, p.Lat), max(b.North, p.Lat)
		b.West, b.East = min(b.West, p.Lon), max(b.East, p.Lon)
	}
	perLat := geo.Point{Lat: b.South, Lon: b.West}.Distance(geo.Point{Lat: b.South + 0.01, Lon: b.West}) / 0.01
	perLon := geo.Point{Lat: b.South, Lon: b.West}.Distance(geo.Point{Lat: b.South, Lon: b.West + 0.01}) / 0.01
	widen := func(low, high *float64, metres, per float64) {
		if missing := metres/per - (*high - *low); missing > 0 {
			*low, *high = *low-missing/2, *high+missing/2
		}
	}
	widen(&b.West, &b.East, leastSpan, perLon)
	widen(&b.South, &b.North, leastSpan, perLat)
	tall, wide := (b.North-b.South)*perLat, (b.East-b.West)*perLon
	widen(&b.West, &b.East, tall/maxRatio, perLon)
	widen(&b.South, &b.North, wide/2, perLat)
	tall, wide = (b.North-b.South)*perLat, (b.East-b.West)*perLon
	return scale{b, int(math.Round((chartWidth-2*chartMargin)*tall/wide)) + 2*chartMargin}
}

func (s scale) at(p geo.Point) (x, y int) {
	part := func(v, low, high float64, size int) float64 {
		return chartMargin + (v-low)/(high-low)*float64(size-2*chartMargin)
	}
	return int(math.Round(part(p.Lon, s.box.West, s.box.East, chartWidth))), s.height - int(math.Round(part(p.Lat, s.box.South, s.box.North, s.height)))
}

func (s scale) line(points []geo.Point) string {
	var b strings.Builder
	for i, p := range points {
		x, y := s.at(p)
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%d %d", letter, x, y)
	}
	return b.String()
}

// outline is the path of ground that is on the picture, "" for ground that is not.
func (s scale) outline(shape geo.Shape) string {
	b := shape.Bounds()
	if len(shape) == 0 || b.East < s.box.West || b.West > s.box.East || b.North < s.box.South || b.South > s.box.North {
		return ""
	}
	var path strings.Builder
	for _, poly := range shape {
		path.WriteString(s.line(poly.Outer) + "Z")
	}
	return path.String()
}
