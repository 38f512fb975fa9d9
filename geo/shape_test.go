package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"quanxiang/geo"
)

// ring makes a ring of longitudes and latitudes in thousandths of a degree from
// 116.3 and 39.9.
func ring(xy ...float64) geo.Ring {
	r := make(geo.Ring, len(xy)/2)
	for i := range r {
		r[i] = geo.Point{Lat: math.Round((39.9+xy[2*i+1]/1000)*1e6) / 1e6, Lon: math.Round((116.3+xy[2*i]/1000)*1e6) / 1e6}
	}
	return r
}

func at(x, y float64) geo.Point { return ring(x, y)[0] }

func area(rings ...geo.Ring) geo.Shape {
	return geo.Shape{{Outer: rings[0], Holes: rings[1:]}}
}

var (
	square = ring(0, 0, 10, 0, 10, 10, 0, 10)
	hole   = ring(4, 4, 4, 6, 6, 6, 6, 4)
	hook   = ring(0, 0, 10, 0, 10, 10, 8, 10, 8, 2, 2, 2, 2, 10, 0, 10) // a U
)

func TestContains(t *testing.T) {
	t.Parallel()
	two := geo.Shape{{Outer: square}, {Outer: ring(20, 0, 30, 0, 30, 10, 20, 10)}}
	for _, tt := range []struct {
		name  string
		shape geo.Shape
		at    geo.Point
		want  bool
	}{
		{"middle", area(square), at(5, 5), true},
		{"west of it", area(square), at(-1, 5), false},
		{"level with a corner", area(ring(0, 0, 10, 0, 15, 5, 10, 10, 0, 10)), at(5, 5), true},
		{"level with a corner, outside", area(ring(0, 0, 10, 0, 15, 5, 10, 10, 0, 10)), at(-5, 5), false},
		{"in the hole", area(square, hole), at(5, 5), false},
		{"beside the hole", area(square, hole), at(5, 7), true},
		{"second part", two, at(25, 5), true},
		{"between the parts", two, at(15, 5), false},
		{"between the arms", area(hook), at(5, 5), false},
		{"nothing", nil, at(5, 5), false},
	} {
		if got := tt.shape.Contains(tt.at); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// Whoever draws the border and in whichever direction, a place on it belongs to
// one of the two sides.
func TestBordersBelongToOneSide(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a, b := at(rnd.Float64()*10, 0), at(rnd.Float64()*10, 10)
		west := geo.Ring{at(-5, 0), a, b, at(-5, 10)}
		east := geo.Ring{b, a, at(15, 0), at(15, 10)}
		f := rnd.Float64()
		p, err := geo.ParsePoint(geo.Point{Lat: a.Lat + f*(b.Lat-a.Lat), Lon: a.Lon + f*(b.Lon-a.Lon)}.String())
		if err != nil {
			t.Fatal(err)
		}
		if area(west).Contains(p) == area(east).Contains(p) {
			t.Errorf("%v between %v and %v belongs to both or neither", p, a, b)
		}
	}
}

func TestArea(t *testing.T) {
	t.Parallel()
	near := func(got, want, rel float64) bool { return math.Abs(got-want) <= want*rel }
	// The radii of curvature at 39.905°: M = 6361766 m, N = 6386932 m.
	const want = 6361766 * 0.01 * math.Pi / 180 * 6386932 * 0.7671085 * 0.01 * math.Pi / 180
	if got := area(square).Area(); !near(got, want, 1e-5) {
		t.Errorf("the square has %.0f m², want %.0f", got, want)
	}
	if got := area(square, hole).Area(); !near(got, want*0.96, 1e-5) {
		t.Errorf("with a hole it has %.0f m², want %.0f", got, want*0.96)
	}
	// Eighteen fields of five degrees from equator to pole are 1/72 of half the ellipsoid of 510,065,622 km².
	sum := 0.0
	for lat := 0.0; lat < 90; lat += 5 {
		sum += geo.Shape{{Outer: geo.Ring{{Lat: lat, Lon: 100}, {Lat: lat, Lon: 105}, {Lat: lat + 5, Lon: 105}, {Lat: lat + 5, Lon: 100}}}}.Area()
	}
	if !near(sum, 510_065_622e6/144, 1e-8) {
		t.Errorf("a strip from equator to pole has %.0f m²", sum)
	}
	if got := (geo.Shape)(nil).Area(); got != 0 {
		t.Errorf("nothing has %v m²", got)
	}
}

func TestCentroidAndInside(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name             string
		shape            geo.Shape
		centroid, inside geo.Point
	}{
		{"square", area(square), at(5, 5), at(5, 5)},
		{"clockwise", area(ring(0, 10, 10, 10, 10, 0, 0, 0)), at(5, 5), at(5, 5)},
		{"hole in the east", area(square, ring(6, 4, 6, 6, 8, 6, 8, 4)), at(4.916667, 5), at(4.916667, 5)},
		{"two parts", geo.Shape{{Outer: square}, {Outer: ring(20, 0, 30, 0, 30, 10, 20, 10)}}, at(15, 5), at(5, 0.625)},
	} {
		if got := tt.shape.Centroid(); got != tt.centroid {
			t.Errorf("%s: centroid %v, want %v", tt.name, got, tt.centroid)
		}
		if got := tt.shape.Inside(); got != tt.inside {
			t.Errorf("%s: inside %v, want %v", tt.name, got, tt.inside)
		}
	}
	if p := area(hook).Inside(); !area(hook).Contains(p) {
		t.Errorf("%v does not lie in the hook", p)
	}
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	long := make(geo.Ring, geo.MaxVertices+1)
	for i := range long {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(len(long)))
		long[i] = geo.Point{Lat: 39 + s, Lon: 116 + c}
	}
	for _, tt := range []struct {
		name  string
		shape geo.Shape
		want  string // "" for none
	}{
		{"sound", area(square, hole), ""},
		{"a hole touching the border in a place", area(square, ring(0, 5, 4, 6, 4, 4)), ""},
		{"two holes touching in a place", area(square, ring(1, 1, 1, 5, 5, 5, 5, 1), ring(5, 5, 5, 9, 9, 9, 9, 5)), ""},
		{"parts apart", geo.Shape{{Outer: square}, {Outer: ring(20, 0, 30, 0, 30, 10, 20, 10)}}, ""},
		{"a part in the hole of another", geo.Shape{{Outer: square, Holes: []geo.Ring{hole}}, {Outer: ring(4.5, 4.5, 5.5, 4.5, 5.5, 5.5)}}, ""},
		{"eight", area(ring(0, 0, 10, 10, 10, 0, 0, 10)), "the border crosses itself at 39.905000,116.305000"},
		{"touching itself in a corner", area(ring(0, 0, 5, 5, 10, 0, 10, 10, 5, 5, 0, 10)), "the border touches itself at 39.905000,116.305000"},
		{"spike", area(ring(0, 0, 10, 0, 10, 10, 10, 20, 10, 10, 0, 10)), "the border turns back on itself at 39.920000,116.310000"},
		{"two places", area(ring(0, 0, 10, 0)), "a ring has three different places at least"},
		{"flat", area(ring(0, 0, 10, 0, 5, 0)), "the border turns back on itself at 39.900000,116.310000"},
		{"hole outside", area(square, ring(20, 20, 20, 30, 30, 30)), "the hole leaves its polygon at 39.920000,116.320000"},
		{"hole across the border", area(square, ring(5, 5, 5, 15, 6, 15, 6, 5)), "two rings cross at 39.910000,116.305000"},
		{"hole along the border", area(square, ring(0, 2, 0, 8, 4, 8, 4, 2)), "two rings cross at 39.902000,116.300000"},
		{"hole leaving through corners", area(ring(0, 0, 4, 4, 8, 0, 8, 10, 0, 10), ring(0, 0, 4, 9, 8, 0)), "the hole leaves its polygon at 39.900000,116.304000"},
		{"hole in a hole", area(square, ring(1, 1, 1, 9, 9, 9, 9, 1), hole), "the hole overlaps another"},
		{"parts overlapping", geo.Shape{{Outer: square}, {Outer: hole}}, "two polygons overlap"},
		{"parts crossing", geo.Shape{{Outer: square}, {Outer: ring(5, 5, 15, 6, 15, 5)}}, "two rings cross at 39.905500,116.310000"},
		{"same part twice", geo.Shape{{Outer: square}, {Outer: square}}, "two rings cross at 39.900000,116.300000"},
		{"too wide", geo.Shape{{Outer: geo.Ring{{Lat: 30, Lon: 110}, {Lat: 30, Lon: 116}, {Lat: 31, Lon: 116}}}}, "the area is wider than 5 degrees; look at its system and the order of its coordinates"},
		{"too many places", area(long), "the area has more than 20000 vertices"},
	} {
		flaws := tt.shape.Flaws()
		switch {
		case tt.want == "" && len(flaws) > 0:
			t.Errorf("%s: %v", tt.name, flaws)
		case tt.want != "" && (len(flaws) == 0 || flaws[0].Text.EN != tt.want):
			t.Errorf("%s: %v, want %q", tt.name, flaws, tt.want)
		}
	}
}

func TestConvert(t *testing.T) {
	t.Parallel()
	near := func(p, q geo.Point, deg float64) bool {
		return math.Abs(p.Lat-q.Lat) <= deg && math.Abs(p.Lon-q.Lon) <= deg
	}
	// Points that the programs which convert test themselves with.
	for _, tt := range []struct {
		system  geo.System
		in, out geo.Point
	}{
		{system: geo.GCJ02, in: geo.Point{31.1774276, 121.5272106}, out: geo.Point{31.17530398364597, 121.531541859215}},
		{system: geo.GCJ02, in: geo.Point{22.543847, 113.912316}, out: geo.Point{22.540796131694766, 113.9171764808363}},
		{system: geo.GCJ02, in: geo.Point{39.911954, 116.377817}, out: geo.Point{39.91334545536069, 116.38404722455657}},
		{system: geo.GCJ02, in: geo.Point{39.915, 116.404}, out: geo.Point{39.91640428150164, 116.41024449916938}},
		{system: geo.GCJ02, in: geo.Point{48.8566, 2.3522}, out: geo.Point{48.8566, 2.3522}}, // not shifted
		{system: geo.WGS84, in: geo.Point{39.915, 116.404}, out: geo.Point{39.915, 116.404}},
		{system: geo.CGCS2000, in: geo.Point{39.915, 116.404}, out: geo.Point{39.915, 116.404}},
	} {
		if got := tt.system.To(tt.in); !near(got, tt.out, 1e-11) {
			t.Errorf("%s.To(%v) = %.12f %.12f, want %.12f %.12f", tt.system, tt.in, got.Lat, got.Lon, tt.out.Lat, tt.out.Lon)
		}
	}
	// BD-09 is told by the step from GCJ-02: 39.915, 116.404 there is here:
	bd := geo.BD09.To(geo.GCJ02.From(geo.Point{39.915, 116.404}))
	if want := (geo.Point{39.92133699351021, 116.41036949371029}); !near(bd, want, 1e-9) {
		t.Errorf("BD-09: %.12f %.12f, want %v", bd.Lat, bd.Lon, want)
	}
}

func TestConversionComesBack(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		p := geo.Point{Lat: 18 + rnd.Float64()*35, Lon: 75 + rnd.Float64()*60}
		for _, s := range geo.Systems() {
			q := s.From(s.To(p))
			if math.Abs(q.Lat-p.Lat) > 1e-8 || math.Abs(q.Lon-p.Lon) > 1e-8 {
				t.Fatalf("%s: %v came back as %.9f,%.9f", s, p, q.Lat, q.Lon)
			}
			if d := s.To(p).Distance(p); s == geo.GCJ02 && (d < 5 || d > 1000) {
				t.Errorf("GCJ-02 shifts %v by %.0f m", p, d)
			}
		}
	}
	if _, err := geo.ParseSystem("GCJ02"); err == nil {
		t.Error("a misspelt system was read")
	}
	if s, err := geo.ParseSystem("GCJ-02"); err != nil || s != geo.GCJ02 {
		t.Errorf("GCJ-02 read as %q, %v", s, err)
	}
}
