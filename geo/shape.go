package geo

import (
	"math"
	"slices"
)

// Ring is a closed line: its points in order, the first not repeated at the
// end.
type Ring []Point

// Polygon is the ground within a ring but for what lies in its holes. The outer
// ring runs counterclockwise, holes clockwise (RFC 7946, 3.1.6).
type Polygon struct {
	Outer Ring
	Holes []Ring
}

// Shape is the ground of an area: one polygon, or several that lie apart. The
// empty shape is ground nobody has drawn.
type Shape []Polygon

// Box is the ground between two parallels and two meridians.
type Box struct{ South, West, North, East float64 }

// half is a place in half micro-degrees: whole numbers, so that sides of lines
// are told exactly, and fine enough for the middle of two places.
type half struct{ x, y int64 }

func halves(p Point) half {
	return half{2 * int64(math.Round(p.Lon*1e6)), 2 * int64(math.Round(p.Lat*1e6))}
}

// point is the place, rounded to micro-degrees.
func (h half) point() Point { return Point{round(float64(h.y) / 2e6), round(float64(h.x) / 2e6)} }

// side is positive when p lies left of the line from a to b, negative on its
// right, zero on it.
func side(a, b, p half) int64 { return (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x) }

// rings lists the rings of a polygon, the outer one first.
func (p Polygon) rings() []Ring { return append([]Ring{p.Outer}, p.Holes...) }

// Contains reports whether a place lies on the ground. Of two areas that share
// a border just one contains a place on it.
func (s Shape) Contains(p Point) bool {
	at, inside := halves(p), false
	for _, poly := range s {
		for _, r := range poly.rings() {
			for i := range r {
				if crosses(halves(r[i]), halves(r[(i+1)%len(r)]), at) {
					inside = !inside
				}
			}
		}
	}
	return inside
}

// crosses reports whether the line from a to b passes east of p at its height.
// The lower end of a line belongs to it and the upper does not, whichever way
// it is drawn.
func crosses(a, b, p half) bool {
	if a.y <= p.y == (b.y <= p.y) {
		return false
	}
	if a.y > b.y {
		a, b = b, a
	}
	return side(a, b, p) > 0
}

// Bounds is the least box around the ground; the zero Box for none.
func (s Shape) Bounds() Box {
	var b Box
	for i, poly := range s {
		for j, p := range poly.Outer {
			if i == 0 && j == 0 {
				b = Box{p.Lat, p.Lon, p.Lat, p.Lon}
			}
			b = Box{min(b.South, p.Lat), min(b.West, p.Lon), max(b.North, p.Lat), max(b.East, p.Lon)}
		}
	}
	return b
}

// Join is the least box around two.
func (b Box) Join(c Box) Box {
	return Box{min(b.South, c.South), min(b.West, c.West), max(b.North, c.North), max(b.East, c.East)}
}

// Around is the box whose sides lie so many metres from a place, to about 0.5 %.
func Around(p Point, metres float64) Box {
	lat := metres / earthRadius * 180 / math.Pi
	lon := lat / math.Max(math.Cos(p.Lat*math.Pi/180), 1e-3)
	return Box{South: p.Lat - lat, West: p.Lon - lon, North: p.Lat + lat, East: p.Lon + lon}
}

// Common is what two boxes that meet have in common.
func (b Box) Common(c Box) Box {
	return Box{South: max(b.South, c.South), West: max(b.West, c.West), North: min(b.North, c.North), East: min(b.East, c.East)}
}

// Contains reports whether a place lies in the box or on its edge.
func (b Box) Contains(p Point) bool {
	return b.South <= p.Lat && p.Lat <= b.North && b.West <= p.Lon && p.Lon <= b.East
}

// Meets reports whether two boxes share a place.
func (b Box) Meets(c Box) bool {
	return b.South <= c.North && c.South <= b.North && b.West <= c.East && c.West <= b.East
}

// The ellipsoid of CGCS2000 (GB 22021); that of WGS 84 differs by 0.1 mm.
const (
	semiMajor  = 6_378_137.0
	flattening = 1 / 298.257222101
)

// plane projects a place onto a plane where areas are square metres: the
// longitude in radians against the area of the ellipsoid from the equator to
// the latitude, for one radian (Snyder 1987, 3-12).
func plane(p Point) (x, y float64) {
	const e2 = flattening * (2 - flattening)
	e, s := math.Sqrt(e2), math.Sin(p.Lat*math.Pi/180)
	q := semiMajor * semiMajor * (1 - e2) / 2 * (s/(1-e2*s*s) + math.Atanh(e*s)/e)
	return p.Lon * math.Pi / 180, q
}

// area is the ground within a ring in square metres, positive when it runs
// counterclockwise.
func (r Ring) area() float64 {
	sum := 0.0
	if len(r) == 0 {
		return 0
	}
	x0, y0 := plane(r[0]) // near the origin fewer digits are lost
	for i := range r {
		xa, ya := plane(r[i])
		xb, yb := plane(r[(i+1)%len(r)])
		sum += (xa-x0)*(yb-y0) - (xb-x0)*(ya-y0)
	}
	return sum / 2
}

// Area is how many square metres the ground has, on the ellipsoid. What six
// decimals leave open, 0.1 m along the border, is the greater uncertainty.
func (s Shape) Area() float64 {
	sum := 0.0
	for _, poly := range s {
		sum += math.Abs(poly.Outer.area())
		for _, h := range poly.Holes {
			sum -= math.Abs(h.area())
		}
	}
	return sum
}

// Centroid is the middle of the ground, which may lie outside it: see Inside.
func (s Shape) Centroid() Point {
	var lat, lon, weight float64
	for _, poly := range s {
		for i, r := range poly.rings() {
			if len(r) == 0 {
				continue
			}
			o := r[0]
			var x, y, sum float64
			for j := range r {
				a, b := r[j], r[(j+1)%len(r)]
				w := (a.Lon-o.Lon)*(b.Lat-o.Lat) - (b.Lon-o.Lon)*(a.Lat-o.Lat)
				x, y, sum = x+w*(a.Lon+b.Lon-2*o.Lon), y+w*(a.Lat+b.Lat-2*o.Lat), sum+w
			}
			if sum < 0 != (i > 0) { // holes count against the outer ring, whichever way they run
				x, y, sum = -x, -y, -sum
			}
			lon, lat, weight = lon+x/3+sum*o.Lon, lat+y/3+sum*o.Lat, weight+sum
		}
	}
	if weight == 0 {
		return Point{}
	}
	return Point{round(lat / weight), round(lon / weight)}
}

// Inside is a place on the ground to stand for it on a map: its centroid, or
// the middle of its widest part when the centroid lies outside.
func (s Shape) Inside() Point {
	if c := s.Centroid(); s.Contains(c) || len(s) == 0 {
		return c
	}
	b := s.Bounds()
	best, width := s.Centroid(), 0.0
	const lines = 16
	for i := 1; i < lines; i++ {
		lat := round(b.South + (b.North-b.South)*float64(i)/lines)
		at := s.crossings(lat)
		for j := 0; j+1 < len(at); j += 2 {
			p := Point{lat, round((at[j] + at[j+1]) / 2)}
			if w := at[j+1] - at[j]; w > width && s.Contains(p) {
				best, width = p, w
			}
		}
	}
	return best
}

// crossings lists the longitudes where the borders cross a parallel, from west
// to east.
func (s Shape) crossings(lat float64) []float64 {
	var at []float64
	for _, poly := range s {
		for _, r := range poly.rings() {
			for i := range r {
				a, b := r[i], r[(i+1)%len(r)]
				if a.Lat <= lat != (b.Lat <= lat) {
					at = append(at, a.Lon+(b.Lon-a.Lon)*(lat-a.Lat)/(b.Lat-a.Lat))
				}
			}
		}
	}
	slices.Sort(at)
	return at
}

// Meets reports whether some of the ground, or of its border, lies in a box.
func (s Shape) Meets(b Box) bool {
	sw, ne := halves(Point{b.South, b.West}), halves(Point{b.North, b.East})
	corners := [4]half{sw, {ne.x, sw.y}, ne, {sw.x, ne.y}}
	for _, poly := range s {
		for _, r := range poly.rings() {
			for i := range r {
				p, q := halves(r[i]), halves(r[(i+1)%len(r)])
				if max(p.x, q.x) < sw.x || min(p.x, q.x) > ne.x || max(p.y, q.y) < sw.y || min(p.y, q.y) > ne.y {
					continue
				}
				left, right := false, false // of the side lie corners of the box
				for _, c := range corners {
					v := side(p, q, c)
					left, right = left || v >= 0, right || v <= 0
				}
				if left && right {
					return true
				}
			}
		}
	}
	return s.Contains(Point{b.South, b.West}) // no side does: the box is within or without
}
