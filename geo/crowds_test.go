package geo_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/geo"
)

// The points stand on lines of latitude, on which 0.0001 degrees are 11.1 m: what is
// near what can be told by eye.
func TestCrowds(t *testing.T) {
	t.Parallel()
	at := func(tenThousandths ...int) (list []geo.Point) {
		for _, n := range tenThousandths {
			list = append(list, geo.Point{Lat: 39.9 + float64(n)/10_000, Lon: 116.36})
		}
		return list
	}
	for _, tt := range []struct {
		name   string
		points []geo.Point
		within float64
		least  int
		want   [][]int
	}{
		{"none", nil, 50, 2, nil},
		{"too few", at(0, 4), 50, 3, nil},                                                // 44 m apart
		{"a chain has its middle", at(0, 4, 8), 50, 3, [][]int{{1, 0, 2}}},               // the ends are 89 m apart
		{"a chain too long for its ends", at(0, 5, 10), 50, 2, nil},                      // 56 m each
		{"whoever is in one is in no other", at(0, 4, 8, 12), 50, 3, [][]int{{1, 0, 2}}}, // 8 has two around it, and is taken
		{"the larger first, though listed later", at(0, 1, 2, 50, 51, 52, 53), 50, 3, [][]int{{3, 4, 5, 6}, {0, 1, 2}}},
		{"what is left is counted anew", at(0, 4, 8, 12, 16, 17), 50, 3, [][]int{{1, 0, 2}, {4, 3, 5}}}, // 12 had 8 and 16 around it, and has 16 now
		{"at one place", at(7, 7, 7), 1, 3, [][]int{{0, 1, 2}}},
	} {
		if got := geo.Crowds(tt.points, tt.within, tt.least); !slices.EqualFunc(got, tt.want, slices.Equal) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	// East and west a degree is shorter: 0.0005 of it are 42.7 m here, 0.0006 are 51.2.
	wide := func(lon float64) []geo.Point {
		return []geo.Point{{Lat: 39.9, Lon: 116.36}, {Lat: 39.9, Lon: 116.36 + lon}}
	}
	if got := geo.Crowds(wide(0.0005), 50, 2); len(got) != 1 {
		t.Errorf("43 m to the east: %v", got)
	}
	if got := geo.Crowds(wide(0.0006), 50, 2); got != nil {
		t.Errorf("51 m to the east: %v", got)
	}
}

// Crowds share no point, and each is around its middle; none is left that is large
// enough.
func TestCrowdsOfMany(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 7))
	points := make([]geo.Point, 400)
	for i := range points {
		points[i] = geo.Point{Lat: 39.9 + rnd.Float64()*0.01, Lon: 116.36 + rnd.Float64()*0.01}
	}
	const within, least = 60, 4
	left := map[int]bool{}
	for i := range points {
		left[i] = true
	}
	around := func(i int) (n int) {
		for j := range left {
			if points[i].Distance(points[j]) <= within {
				n++
			}
		}
		return n
	}
	for _, crowd := range geo.Crowds(points, within, least) {
		if len(crowd) < least || len(crowd) != around(crowd[0]) {
			t.Errorf("%v is not all that lies around its middle: %d", crowd, around(crowd[0]))
		}
		for i := range left {
			if around(i) > len(crowd) {
				t.Errorf("around %d lie more than around %d", i, crowd[0])
			}
		}
		for _, i := range crowd {
			if !left[i] || points[i].Distance(points[crowd[0]]) > within {
				t.Errorf("%d is in two crowds or not near", i)
			}
			delete(left, i)
		}
	}
	for i := range left {
		if around(i) >= least {
			t.Errorf("around %d lie enough", i)
		}
	}
}
