package geo

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// MisfitKind is how areas fail to fit together.
type MisfitKind string

// The kinds.
const (
	Overlap MisfitKind = "overlap" // two parts cover the same ground
	Gap     MisfitKind = "gap"     // ground of the whole that no part covers
	Outside MisfitKind = "outside" // a part covers ground outside of the whole
)

// Misfit is ground where areas do not fit together.
type Misfit struct {
	Kind  MisfitKind
	A, B  int     // numbers of the parts; -1 where there is none
	Area  float64 // square metres, all such ground of the two together
	Place Point   // within the largest piece of it
}

// Tolerance is the ground in square metres below which areas count as fitting:
// what rounding to 0.1 m makes of a kilometre of border.
const Tolerance = 50.0

// Fit compares the parts of a whole with each other and with it: parts should
// cover the whole without overlap. An empty whole says nothing, then only
// overlaps are found. The result is ordered by kind and number.
//
// The plane is cut into strips at the height of every corner and crossing;
// within a strip no two sides cross, so it falls into trapezoids, of each of
// which it is known who covers it.
func Fit(whole Shape, parts []Shape) []Misfit {
	s := sweep{whole: len(whole) > 0, found: map[misfitKey]*misfitSum{}}
	for i, p := range parts {
		s.add(i, p)
	}
	s.add(wholeOwner, whole)
	s.run()
	var list []Misfit
	for k, v := range s.found {
		if v.area >= Tolerance {
			list = append(list, Misfit{k.kind, k.a, k.b, v.area, v.place})
		}
	}
	slices.SortFunc(list, func(x, y Misfit) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return list
}

// wholeOwner owns the sides of the whole.
const wholeOwner = -1

type misfitKey struct {
	kind MisfitKind
	a, b int
}

type misfitSum struct {
	area, largest float64
	place         Point
}

// line is a side on the plane of equal areas, from its lower end up; its ends
// are known as places too, since the projection is not turned back.
type line struct {
	x0, y0, x1, y1 float64
	lat0, lat1     float64
	owner          int
}

func (l line) at(y float64) float64 { return l.x0 + (l.x1-l.x0)*(y-l.y0)/(l.y1-l.y0) }

type sweep struct {
	lines []line
	whole bool
	found map[misfitKey]*misfitSum
}

func (s *sweep) add(owner int, shape Shape) {
	for _, poly := range shape {
		for _, r := range poly.rings() {
			for i := range r {
				a, b := r[i], r[(i+1)%len(r)]
				if a.Lat > b.Lat {
					a, b = b, a
				}
				x0, y0 := plane(a)
				x1, y1 := plane(b)
				if y0 < y1 {
					s.lines = append(s.lines, line{x0, y0, x1, y1, a.Lat, b.Lat, owner})
				}
			}
		}
	}
}

// run goes through the strips from south to north.
func (s *sweep) run() {
	slices.SortFunc(s.lines, func(a, b line) int { return cmp.Or(cmp.Compare(a.y0, b.y0), cmp.Compare(a.x0, b.x0)) })
	heights := s.heights()
	var open []line
	next := 0
	for i := 0; i+1 < len(heights); i++ {
		lo, hi := heights[i], heights[i+1]
		open = slices.DeleteFunc(open, func(l line) bool { return l.y1 <= lo })
		for next < len(s.lines) && s.lines[next].y0 <= lo {
			if s.lines[next].y1 > lo {
				open = append(open, s.lines[next])
			}
			next++
		}
		s.strip(open, lo, hi)
	}
}

// heights lists where strips begin and end.
func (s *sweep) heights() []float64 {
	var list []float64
	var open []line
	for _, l := range s.lines { // by their lower ends
		list = append(list, l.y0, l.y1)
		open = slices.DeleteFunc(open, func(o line) bool { return o.y1 <= l.y0 })
		for _, o := range open {
			if y, ok := crossing(o, l); ok {
				list = append(list, y)
			}
		}
		open = append(open, l)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// crossing is the height where two lines cross between their ends.
func crossing(a, b line) (float64, bool) {
	lo, hi := max(a.y0, b.y0), min(a.y1, b.y1)
	if lo >= hi || max(a.x0, a.x1) < min(b.x0, b.x1) || max(b.x0, b.x1) < min(a.x0, a.x1) {
		return 0, false
	}
	below, above := a.at(lo)-b.at(lo), a.at(hi)-b.at(hi)
	if below*above >= 0 {
		return 0, false
	}
	return lo + (hi-lo)*below/(below-above), true
}

// strip goes through the trapezoids of a strip from west to east.
func (s *sweep) strip(open []line, lo, hi float64) {
	mid := (lo + hi) / 2
	slices.SortFunc(open, func(a, b line) int { return cmp.Compare(a.at(mid), b.at(mid)) })
	inside := map[int]bool{}
	for i, l := range open {
		if inside[l.owner] {
			delete(inside, l.owner)
		} else {
			inside[l.owner] = true
		}
		if i+1 == len(open) || len(inside) == 0 {
			continue
		}
		x0, x1 := l.at(mid), open[i+1].at(mid)
		area := (x1 - x0) * (hi - lo)
		if area <= 0 {
			continue
		}
		lat := l.lat0 + (l.lat1-l.lat0)*(mid-l.y0)/(l.y1-l.y0)
		s.cover(inside, area, Point{round(lat), round((x0 + x1) / 2 * 180 / math.Pi)})
	}
}

// cover tells of a trapezoid who covers it.
func (s *sweep) cover(inside map[int]bool, area float64, place Point) {
	whole := inside[wholeOwner]
	parts := len(inside)
	if whole {
		parts--
	}
	switch {
	case parts == 0:
		s.count(misfitKey{Gap, -1, -1}, area, place)
		return
	case parts == 1 && (whole || !s.whole):
		return // as it should be
	}
	covering := slices.Sorted(maps.Keys(inside))
	if whole {
		covering = covering[1:]
	}
	for i, a := range covering {
		if s.whole && !whole {
			s.count(misfitKey{Outside, a, -1}, area, place)
		}
		for _, b := range covering[i+1:] {
			s.count(misfitKey{Overlap, a, b}, area, place)
		}
	}
}

func (s *sweep) count(k misfitKey, area float64, place Point) {
	v := s.found[k]
	if v == nil {
		v = &misfitSum{}
		s.found[k] = v
	}
	if v.area += area; area > v.largest {
		v.largest, v.place = area, place
	}
}
