package geo_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/geo"
)

// Quadkeys as the system's description has them: the tile 3, 5 of zoom 3 is 213.
func TestTiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at   geo.Point
		zoom uint8
		want string
	}{
		{geo.Point{Lat: -41, Lon: -44.9}, 3, "213"}, // tile 3, 5
		{geo.Point{Lat: -41, Lon: -45.1}, 3, "212"}, // its neighbour in the west
		{geo.Point{Lat: 39.9, Lon: 116.3}, 0, ""},
		{geo.Point{Lat: 39.9, Lon: 116.3}, 1, "1"},
		{geo.Point{Lat: 39.9, Lon: 116.3}, 5, "13210"},
		{geo.Point{Lat: 90, Lon: -180}, 2, "00"},
		{geo.Point{Lat: -90, Lon: 180}, 2, "33"},
	} {
		if got := geo.TileAt(tt.at, tt.zoom).String(); got != tt.want {
			t.Errorf("%v at zoom %d: %q, want %q", tt.at, tt.zoom, got, tt.want)
		}
	}
	if got := geo.TileAt(geo.Point{Lat: 1, Lon: 1}, 99); got.Zoom != geo.MaxZoom {
		t.Errorf("zoom %d", got.Zoom)
	}
}

func TestTilesHoldTheirPlaces(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 5000 {
		p := geo.Point{Lat: rnd.Float64()*168 - 84, Lon: rnd.Float64()*360 - 180}
		fine := geo.TileAt(p, 20)
		for zoom := range uint8(21) {
			tile := geo.TileAt(p, zoom)
			if b := tile.Box(); !b.Contains(p) {
				t.Fatalf("%v does not lie in its tile %v of zoom %d", p, b, zoom)
			}
			if fine.Out(zoom) != tile {
				t.Fatalf("around %s at zoom %d lies %s, not %s", fine, zoom, tile, fine.Out(zoom))
			}
		}
		if fine.Out(25) != fine {
			t.Fatal("a tile has a finer one around it")
		}
	}
}

// Every place of a box lies in its cover, and little else does: what is read to
// find what lies near a place is a few times that.
func TestCover(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(13, 14))
	for range 500 {
		middle := geo.Point{Lat: rnd.Float64()*160 - 80, Lon: rnd.Float64()*340 - 170}
		b := geo.Around(middle, 1+rnd.Float64()*2000)
		list := geo.Cover(b, 8)
		in := func(p geo.Point) bool {
			key := geo.TileAt(p, geo.MaxZoom).Key
			return slices.ContainsFunc(list, func(s geo.Span) bool { return s.First <= key && key <= s.Last })
		}
		for i, s := range list {
			if s.Last < s.First || i > 0 && s.First <= list[i-1].Last || len(list) > 8 {
				t.Fatalf("%v: %v", b, list)
			}
		}
		for _, p := range []geo.Point{middle, {b.South, b.West}, {b.South, b.East}, {b.North, b.West}, {b.North, b.East},
			{b.South + rnd.Float64()*(b.North-b.South), b.West + rnd.Float64()*(b.East-b.West)}} {
			if !in(p) {
				t.Fatalf("%v of %v lies in none of %v", p, b, list)
			}
		}
		high, wide := (b.North-b.South)/2, (b.East-b.West)/2
		if in(geo.Point{middle.Lat + 6*high, middle.Lon}) && in(geo.Point{middle.Lat - 6*high, middle.Lon}) &&
			in(geo.Point{middle.Lat, middle.Lon + 6*wide}) && in(geo.Point{middle.Lat, middle.Lon - 6*wide}) {
			t.Errorf("%v is covered by %v, which reaches far beyond it", b, list)
		}
	}
	if got := geo.Cover(geo.Box{South: -85, West: -180, North: 85, East: 180}, 3); len(got) != 1 || got[0].First != 0 || got[0].Last != 1<<60-1 {
		t.Errorf("the world is covered by %v", got)
	}
}

func TestAround(t *testing.T) {
	t.Parallel()
	p := geo.Point{Lat: 39.9, Lon: 116.4}
	b := geo.Around(p, 500)
	for _, q := range []geo.Point{{b.South, p.Lon}, {b.North, p.Lon}, {p.Lat, b.West}, {p.Lat, b.East}} {
		if d := p.Distance(q); d < 499.9 || d > 500.1 {
			t.Errorf("%v lies %.1f m from %v", q, d, p)
		}
	}
}
