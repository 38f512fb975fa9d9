package geo

import (
	"math"
	"slices"

	"quanxiang/gov"
)

// Limits of a shape. A district is some ten kilometres wide; what is wider has
// its coordinates wrong.
const (
	maxExtent   = 5.0    // degrees, either way
	MaxVertices = 20_000 // of one shape
	maxFlaws    = 10     // told of one shape
)

// Flaw is why a shape is no ground: where, and what is wrong there.
type Flaw struct {
	Polygon, Ring int // which ring; the outer one is 0
	At            Point
	Text          gov.Text
}

// Flaws checks that a shape is ground: rings of at least three places that
// neither cross nor touch themselves, holes within their polygon and apart,
// polygons apart. It lists some ten mistakes at most.
func (s Shape) Flaws() []Flaw {
	c := flawFinder{shape: s}
	total := 0
	for i, poly := range s {
		for j, r := range poly.rings() {
			if total += len(r); total > MaxVertices {
				c.add(i, j, Point{}, "一个区域的顶点超过 %d 个", "the area has more than %d vertices", MaxVertices)
				return c.list
			}
			c.ring(i, j, r)
		}
	}
	if b := s.Bounds(); b.North-b.South > maxExtent || b.East-b.West > maxExtent {
		c.add(0, 0, Point{b.South, b.West}, "区域跨度超过 %v 度；请检查坐标系和坐标的次序", "the area is wider than %v degrees; look at its system and the order of its coordinates", maxExtent)
	}
	if len(c.list) > 0 {
		return c.list // what lies within what is told of sound rings only
	}
	c.meetings()
	for i, poly := range s {
		for j, hole := range poly.Holes {
			c.within(i, j, poly, hole)
		}
	}
	for i := range s {
		for j := range s {
			if i != j && s[i].touchesInside(s[j]) && len(c.list) == 0 {
				c.add(j, 0, s[j].Outer[0], "两个多边形重叠", "two polygons overlap")
			}
		}
	}
	return c.list
}

type flawFinder struct {
	shape Shape
	list  []Flaw
}

func (c *flawFinder) add(polygon, ring int, at Point, zh, en string, args ...any) {
	if len(c.list) < maxFlaws {
		c.list = append(c.list, Flaw{polygon, ring, at, gov.Textf(zh, en, args...)})
	}
}

// ring checks what can be seen of a ring alone without comparing its sides.
func (c *flawFinder) ring(i, j int, r Ring) {
	if len(r) < 3 {
		c.add(i, j, Point{}, "环至少要有三个不同的点", "a ring has three different places at least")
		return
	}
	for k := range r {
		p, q, n := halves(r[k]), halves(r[(k+1)%len(r)]), halves(r[(k+2)%len(r)])
		switch {
		case p == q:
			c.add(i, j, r[k], "同一点连续出现两次：%s", "the place %s comes twice in a row", r[k])
		case side(p, q, n) == 0 && (q.x-p.x)*(n.x-q.x)+(q.y-p.y)*(n.y-q.y) < 0:
			c.add(i, j, r[(k+1)%len(r)], "边界在 %s 处折回", "the border turns back on itself at %s", r[(k+1)%len(r)])
		}
	}
}

// edge is a side of a ring.
type edge struct {
	a, b          half
	polygon, ring int
	n, of         int // which side, of how many
}

func (e edge) west() int64 { return min(e.a.x, e.b.x) }
func (e edge) east() int64 { return max(e.a.x, e.b.x) }

// meetings finds sides that meet where they should not. Sides are swept from
// west to east, so that only those over the same meridian are compared.
func (c *flawFinder) meetings() {
	var edges []edge
	for i, poly := range c.shape {
		for j, r := range poly.rings() {
			for k := range r {
				edges = append(edges, edge{halves(r[k]), halves(r[(k+1)%len(r)]), i, j, k, len(r)})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return int(a.west() - b.west()) })
	var open []edge
	for _, e := range edges {
		open = slices.DeleteFunc(open, func(o edge) bool { return o.east() < e.west() })
		for _, o := range open {
			if c.meet(o, e); len(c.list) >= maxFlaws {
				return
			}
		}
		open = append(open, e)
	}
}

// meet tells of two sides that should not meet. Sides of one ring meet only
// where one ends and the next begins; those of two rings may touch in a place.
func (c *flawFinder) meet(e, f edge) {
	if max(e.a.y, e.b.y) < min(f.a.y, f.b.y) || max(f.a.y, f.b.y) < min(e.a.y, e.b.y) {
		return
	}
	same := e.polygon == f.polygon && e.ring == f.ring
	if same && (e.n == (f.n+1)%f.of || f.n == (e.n+1)%e.of) {
		return // folds are told by ring
	}
	s1, s2 := sign(side(e.a, e.b, f.a)), sign(side(e.a, e.b, f.b))
	s3, s4 := sign(side(f.a, f.b, e.a)), sign(side(f.a, f.b, e.b))
	if s1*s2 > 0 || s3*s4 > 0 {
		return
	}
	collinear := s1 == 0 && s2 == 0
	if collinear && !overlap(e, f, same) {
		return
	}
	crossing := s1*s2 < 0 && s3*s4 < 0
	at := meetingPoint(e, f)
	switch {
	case same && crossing:
		c.add(e.polygon, e.ring, at, "边界在 %s 处自相交", "the border crosses itself at %s", at)
	case same:
		c.add(e.polygon, e.ring, at, "边界在 %s 处与自身相接", "the border touches itself at %s", at)
	case crossing || collinear:
		c.add(f.polygon, f.ring, at, "两个环在 %s 处相交", "two rings cross at %s", at)
	}
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// overlap reports whether two sides on one line share ground; a place alone
// counts when touching does.
func overlap(e, f edge, touching bool) bool {
	along := func(h half) int64 {
		if e.a.x != e.b.x {
			return h.x
		}
		return h.y
	}
	lo := max(min(along(e.a), along(e.b)), min(along(f.a), along(f.b)))
	hi := min(max(along(e.a), along(e.b)), max(along(f.a), along(f.b)))
	return lo < hi || touching && lo == hi
}

// meetingPoint is about where two sides meet.
func meetingPoint(e, f edge) Point {
	d := float64((e.b.x-e.a.x)*(f.b.y-f.a.y) - (e.b.y-e.a.y)*(f.b.x-f.a.x))
	if d == 0 { // on one line: an end of one lies on the other
		for _, h := range []half{f.a, f.b} {
			if min(e.a.x, e.b.x) <= h.x && h.x <= max(e.a.x, e.b.x) && min(e.a.y, e.b.y) <= h.y && h.y <= max(e.a.y, e.b.y) {
				return h.point()
			}
		}
		return e.a.point()
	}
	t := float64((f.a.x-e.a.x)*(f.b.y-f.a.y)-(f.a.y-e.a.y)*(f.b.x-f.a.x)) / d
	x, y := float64(e.a.x)+t*float64(e.b.x-e.a.x), float64(e.a.y)+t*float64(e.b.y-e.a.y)
	return Point{round(y / 2e6), round(x / 2e6)}
}

// within tells of a hole that leaves its polygon or lies in another hole.
func (c *flawFinder) within(i, j int, poly Polygon, hole Ring) {
	if out, at := leaves(hole, poly.Outer); out {
		c.add(i, j+1, at, "洞在 %s 处伸出外环", "the hole leaves its polygon at %s", at)
		return
	}
	for k, other := range poly.Holes {
		if k != j && enters(hole, other) {
			c.add(i, j+1, hole[0], "洞与另一个洞重叠", "the hole overlaps another")
			return
		}
	}
}

// touchesInside reports whether some place of q's border lies inside p.
func (p Polygon) touchesInside(q Polygon) bool {
	if !(Shape{p}).Bounds().Meets((Shape{q}).Bounds()) || !enters(q.Outer, p.Outer) {
		return false
	}
	for _, h := range p.Holes {
		if out, _ := leaves(q.Outer, h); !out {
			return false // q lies in a hole of p
		}
	}
	return true
}

// places lists the corners of a ring and the middles of its sides.
func places(r Ring) []half {
	list := make([]half, 0, 2*len(r))
	for i := range r {
		a, b := halves(r[i]), halves(r[(i+1)%len(r)])
		list = append(list, a, half{(a.x + b.x) / 2, (a.y + b.y) / 2})
	}
	return list
}

// leaves reports whether some place of r lies outside of ring, and where.
func leaves(r, ring Ring) (bool, Point) {
	for _, h := range places(r) {
		if locate(ring, h) < 0 {
			return true, h.point()
		}
	}
	return false, Point{}
}

// enters reports whether some place of r lies inside of ring, or the two are
// the same line.
func enters(r, ring Ring) bool {
	on := true
	for _, h := range places(r) {
		switch locate(ring, h) {
		case 1:
			return true
		case -1:
			on = false
		}
	}
	return on
}

// locate is 1 for a place inside a ring, 0 on it, -1 outside.
func locate(r Ring, p half) int {
	inside := -1
	for i := range r {
		a, b := halves(r[i]), halves(r[(i+1)%len(r)])
		if side(a, b, p) == 0 && min(a.x, b.x) <= p.x && p.x <= max(a.x, b.x) && min(a.y, b.y) <= p.y && p.y <= max(a.y, b.y) {
			return 0
		}
		if crosses(a, b, p) {
			inside = -inside
		}
	}
	return inside
}

// onGlobe reports whether coordinates are any.
func onGlobe(p Point) bool { return math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180 }
