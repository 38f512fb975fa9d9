package geo_test

import (
	"math/rand/v2"
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

func TestClusters(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 12))
	var places []geo.Point
	for range 3000 {
		places = append(places, at(rnd.Float64()*100, rnd.Float64()*100))
	}
	for _, zoom := range []uint8{10, 13, 16} {
		total := 0
		last := int64(-1)
		for _, c := range geo.Clusters(places, zoom) {
			total += c.Count
			if !c.Tile.Box().Contains(c.Middle) || int64(c.Tile.Key) <= last || c.Tile.Zoom != zoom {
				t.Errorf("zoom %d: %+v", zoom, c)
			}
			last = int64(c.Tile.Key)
		}
		if total != len(places) {
			t.Errorf("zoom %d: %d of %d places", zoom, total, len(places))
		}
	}
	if got := geo.Clusters(nil, 10); len(got) != 0 {
		t.Errorf("nothing makes %v", got)
	}
}
