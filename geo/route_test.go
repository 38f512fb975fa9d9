package geo_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/geo"
)

// A route visits every stop once, is never longer than the order it was given,
// and is the same every time.
func TestRouteKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	place := func() geo.Point { return geo.Point{Lat: 39.88 + rng.Float64()/10, Lon: 116.32 + rng.Float64()/10} }
	for round := range 200 {
		start, stops := place(), make([]geo.Point, rng.IntN(30))
		given := make([]int, len(stops))
		for i := range stops {
			if stops[i], given[i] = place(), i; i > 0 && rng.IntN(5) == 0 {
				stops[i] = stops[i-1] // two cases at one place
			}
		}
		order := geo.Route(start, stops)
		if visited := slices.Sorted(slices.Values(order)); !slices.Equal(visited, given) {
			t.Fatalf("round %d: visits %v", round, visited)
		}
		if long, short := geo.Length(start, stops, given), geo.Length(start, stops, order); short > long+1e-3 {
			t.Errorf("round %d: %.1f m, in the order given %.1f m", round, short, long)
		}
		if again := geo.Route(start, stops); !slices.Equal(again, order) {
			t.Errorf("round %d: %v, then %v", round, order, again)
		}
	}
}

// With few stops the route is held against every order there is: it is the best
// in nearly all cases and never far off.
func TestRouteIsNearlyTheBest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	best := 0
	const rounds = 60
	for range rounds {
		start, stops := geo.Point{Lat: 39.9, Lon: 116.36}, make([]geo.Point, 6)
		for i := range stops {
			stops[i] = geo.Point{Lat: 39.88 + rng.Float64()/20, Lon: 116.34 + rng.Float64()/20}
		}
		least := shortest(start, stops, nil)
		got := geo.Length(start, stops, geo.Route(start, stops))
		if got > least*1.25 {
			t.Errorf("%.0f m where %.0f m are possible", got, least)
		}
		if got < least+1 {
			best++
		}
	}
	if best < rounds*8/10 {
		t.Errorf("the best way was found %d times of %d", best, rounds)
	}
}

func shortest(start geo.Point, stops []geo.Point, order []int) float64 {
	if len(order) == len(stops) {
		return geo.Length(start, stops, order)
	}
	least := -1.0
	for i := range stops {
		if slices.Contains(order, i) {
			continue
		}
		if d := shortest(start, stops, append(slices.Clone(order), i)); least < 0 || d < least {
			least = d
		}
	}
	return least
}

// The start is where one stands: from the other end the order turns around.
func TestRouteBeginsAtTheStart(t *testing.T) {
	t.Parallel()
	line := []geo.Point{{Lat: 39.93, Lon: 116.36}, {Lat: 39.91, Lon: 116.36}, {Lat: 39.92, Lon: 116.36}}
	if got := geo.Route(geo.Point{Lat: 39.90, Lon: 116.36}, line); !slices.Equal(got, []int{1, 2, 0}) {
		t.Errorf("from the south %v", got)
	}
	if got := geo.Route(geo.Point{Lat: 39.94, Lon: 116.36}, line); !slices.Equal(got, []int{0, 2, 1}) {
		t.Errorf("from the north %v", got)
	}
	if got := geo.Route(line[0], nil); len(got) != 0 {
		t.Errorf("of nothing %v", got)
	}
}
