package geo_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"quanxiang/geo"
)

// tiles parts a square of n by n fields into areas; fields share their corners.
func tiles(n int) []geo.Shape {
	list := make([]geo.Shape, 0, n*n)
	step := 30.0 / float64(n)
	for row := range n {
		for column := range n {
			x, y := float64(column)*step, float64(row)*step
			list = append(list, area(ring(x, y, x+step, y, x+step, y+step, x, y+step)))
		}
	}
	return list
}

func TestIndex(t *testing.T) {
	t.Parallel()
	shapes := append([]geo.Shape{nil, area(hook)}, tiles(7)...)
	x := geo.NewIndex(shapes)
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		p := at(rnd.Float64()*36-3, rnd.Float64()*36-3)
		want := -1
		for i, s := range shapes {
			if s.Contains(p) {
				want = i
				break
			}
		}
		if got := x.At(p); got != want {
			t.Errorf("At(%v) = %d, want %d", p, got, want)
		}
	}
	// A place is the one it rounds to, also at the edge of a box.
	if p := at(10, 10); x.At(geo.Point{Lat: p.Lat - 4e-7, Lon: p.Lon}) != x.At(p) {
		t.Error("a place just off a corner lies elsewhere")
	}
	box := geo.Box{South: 39.9, West: 116.32, North: 39.901, East: 116.321}
	var want []int
	for i, s := range shapes {
		if len(s) > 0 && s.Bounds().Meets(box) {
			want = append(want, i)
		}
	}
	if got := x.Meeting(box); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Meeting = %v, want %v", got, want)
	}
	if got := x.Meeting(geo.Box{South: 10, West: 10, North: 11, East: 11}); got != nil {
		t.Errorf("far away there is %v", got)
	}
	empty := geo.NewIndex(nil)
	if got := empty.At(geo.Point{}); got != -1 {
		t.Errorf("an empty index finds %d", got)
	}
	point := geo.NewIndex([]geo.Shape{area(square)})
	if got := point.At(at(5, 5)); got != 0 {
		t.Errorf("an index of one finds %d", got)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	unit := area(ring(0, 0, 1, 0, 1, 1, 0, 1)).Area() // of a field of a thousandth of a degree
	whole := area(ring(0, 0, 30, 0, 30, 30, 0, 30))
	left := area(ring(0, 0, 15, 0, 15, 30, 0, 30))
	right := area(ring(15, 0, 30, 0, 30, 30, 15, 30))
	for _, tt := range []struct {
		name  string
		whole geo.Shape
		parts []geo.Shape
		want  []string // kind, numbers, hundreds of units
	}{
		{"two halves", whole, []geo.Shape{left, right}, nil},
		{"fields", whole, tiles(6), nil},
		{"one is missing", whole, []geo.Shape{left}, []string{"gap -1 -1 450"}},
		{"all are missing", whole, nil, []string{"gap -1 -1 900"}},
		{"a part too wide", whole, []geo.Shape{left, area(ring(10, 0, 30, 0, 30, 30, 10, 30))}, []string{"overlap 0 1 150"}},
		{"a part outside", whole, []geo.Shape{left, area(ring(15, 0, 35, 0, 35, 30, 15, 30))}, []string{"outside 1 -1 150"}},
		{"all the same", nil, []geo.Shape{left, left, left}, []string{"overlap 0 1 450", "overlap 0 2 450", "overlap 1 2 450"}},
		{"without a whole", nil, []geo.Shape{left}, nil},
		{"a hole is a gap", whole, []geo.Shape{left, area(right[0].Outer, ring(20, 10, 20, 20, 25, 20, 25, 10))}, []string{"gap -1 -1 50"}},
		{"the hole is filled", whole, []geo.Shape{left, area(right[0].Outer, ring(20, 10, 20, 20, 25, 20, 25, 10)), area(ring(20, 10, 25, 10, 25, 20, 20, 20))}, nil},
		{"slanting", whole, []geo.Shape{area(ring(0, 0, 30, 0, 0, 30)), area(ring(0, 30, 30, 0, 30, 30)), area(ring(0, 0, 30, 0, 30, 30))},
			[]string{"overlap 0 2 225", "overlap 1 2 225"}},
		{"only rounding", whole, []geo.Shape{left, area(ring(15.0001, 0, 30, 0, 30, 30, 14.9999, 30))}, nil},
	} {
		var got []string
		for _, m := range geo.Fit(tt.whole, tt.parts) {
			got = append(got, fmt.Sprintf("%s %d %d %.0f", m.Kind, m.A, m.B, math.Round(m.Area/unit)))
			for _, n := range []int{m.A, m.B} {
				if n >= 0 && !tt.parts[n].Contains(m.Place) {
					t.Errorf("%s: %v does not lie in part %d", tt.name, m.Place, n)
				}
			}
			if tt.whole != nil && tt.whole.Contains(m.Place) != (m.Kind != geo.Outside) {
				t.Errorf("%s: %s at %v", tt.name, m.Kind, m.Place)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What the sweep finds for two areas that cover each other in part is what
// their sizes leave over.
func TestFitAddsUp(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 8))
	star := func() geo.Shape {
		var xy []float64
		cx, cy := 10+rnd.Float64()*10, 10+rnd.Float64()*10
		for i := range 24 {
			s, c := math.Sincos(2 * math.Pi * float64(i) / 24)
			r := 3 + rnd.Float64()*7
			xy = append(xy, cx+r*c, cy+r*s)
		}
		return area(ring(xy...))
	}
	for range 200 {
		a, b := star(), star()
		whole := area(ring(-10, -10, 40, -10, 40, 40, -10, 40))
		var gap, both float64
		for _, m := range geo.Fit(whole, []geo.Shape{a, b}) {
			switch m.Kind {
			case geo.Gap:
				gap = m.Area
			case geo.Overlap:
				both = m.Area
			}
		}
		if left, right := whole.Area()-gap, a.Area()+b.Area()-both; math.Abs(left-right) > geo.Tolerance {
			t.Errorf("whole without gap is %.0f m², the two together %.0f", left, right)
		}
	}
}

func TestMeets(t *testing.T) {
	t.Parallel()
	box := func(x0, y0, x1, y1 float64) geo.Box {
		sw, ne := at(x0, y0), at(x1, y1)
		return geo.Box{South: sw.Lat, West: sw.Lon, North: ne.Lat, East: ne.Lon}
	}
	for _, tt := range []struct {
		name  string
		shape geo.Shape
		box   geo.Box
		want  bool
	}{
		{"within", area(square), box(4, 4, 5, 5), true},
		{"around", area(square), box(-1, -1, 11, 11), true},
		{"across", area(square), box(-1, 4, 11, 5), true},
		{"touching in a corner", area(square), box(10, 10, 12, 12), true},
		{"beside", area(square), box(11, 0, 12, 12), false},
		{"in the hole", area(square, hole), box(4.5, 4.5, 5.5, 5.5), false},
		{"over the hole", area(square, hole), box(3, 3, 7, 7), true},
		{"between the arms", area(hook), box(3, 3, 7, 9), false},
		{"beside a slanting side", area(ring(0, 0, 10, 0, 0, 10)), box(6, 6, 9, 9), false},
		{"nothing", nil, box(0, 0, 1, 1), false},
	} {
		if got := tt.shape.Meets(tt.box); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
