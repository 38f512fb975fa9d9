package geo

import (
	"cmp"
	"math"
	"slices"
)

// Tile is a square of the world's map in Web Mercator at a zoom: at zoom z there
// are 4^z of them. It is kept as the bits of its quadkey, so that the tile around
// it is its number shifted by two, and tiles of a zoom in their order lie near
// each other.
type Tile struct {
	Zoom uint8
	Key  uint64
}

// MaxZoom is the finest zoom of tiles: about 4 cm on the ground.
const MaxZoom = 30

// maxLat is where Web Mercator ends.
const maxLat = 85.0511287798066

// TileAt is the tile of a zoom a place lies in; a place beyond the map's edges
// counts to the tile at the edge. A zoom over MaxZoom is taken for it.
func TileAt(p Point, zoom uint8) Tile {
	zoom = min(zoom, MaxZoom)
	n := float64(uint64(1) << zoom)
	lat := math.Max(-maxLat, math.Min(maxLat, p.Lat)) * math.Pi / 180
	x := (p.Lon + 180) / 360 * n
	y := (1 - math.Asinh(math.Tan(lat))/math.Pi) / 2 * n
	at := func(v float64) uint64 { return uint64(math.Max(0, math.Min(v, n-1))) }
	return Tile{zoom, spread(at(x)) | spread(at(y))<<1}
}

// spread puts a zero before every bit of a number of 32 bits.
func spread(v uint64) uint64 {
	v &= 0xffffffff
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// gather undoes spread.
func gather(v uint64) uint64 {
	v &= 0x5555555555555555
	v = (v | v>>1) & 0x3333333333333333
	v = (v | v>>2) & 0x0f0f0f0f0f0f0f0f
	v = (v | v>>4) & 0x00ff00ff00ff00ff
	v = (v | v>>8) & 0x0000ffff0000ffff
	return (v | v>>16) & 0xffffffff
}

// Out is the tile of a coarser zoom around this one; a finer zoom gives the tile
// itself.
func (t Tile) Out(zoom uint8) Tile {
	if zoom >= t.Zoom {
		return t
	}
	return Tile{zoom, t.Key >> (2 * (t.Zoom - zoom))}
}

// String is the tile's quadkey: a digit from 0 to 3 for each zoom.
func (t Tile) String() string {
	b := make([]byte, t.Zoom)
	for i := range b {
		b[i] = '0' + byte(t.Key>>(2*(int(t.Zoom)-1-i))&3)
	}
	return string(b)
}

// Grid is the column and the row of the tile in its zoom, from the north-west.
func (t Tile) Grid() (column, row uint64) { return gather(t.Key), gather(t.Key >> 1) }

// Box is the ground of the tile.
func (t Tile) Box() Box {
	n := float64(uint64(1) << t.Zoom)
	column, row := t.Grid()
	x, y := float64(column), float64(row)
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y/n))) * 180 / math.Pi }
	return Box{South: lat(y + 1), West: x/n*360 - 180, North: lat(y), East: (x+1)/n*360 - 180}
}

// Span is a stretch of numbers of tiles at MaxZoom, both ends in it.
type Span struct{ First, Last uint64 }

// Cover lists at most n spans, ascending, that hold the tile of every place in a
// box: what an index by the numbers of tiles is asked for. They hold places
// around the box, too.
func Cover(b Box, n int) []Span {
	northWest, southEast := TileAt(Point{b.North, b.West}, MaxZoom), TileAt(Point{b.South, b.East}, MaxZoom)
	west, north := northWest.Grid()
	east, south := southEast.Grid()
	coarser := uint(0) // by so many zooms, that a few tiles cover the box
	for (east>>coarser-west>>coarser+1)*(south>>coarser-north>>coarser+1) > uint64(8*n) {
		coarser++
	}
	var list []Span
	for y := north >> coarser; y <= south>>coarser; y++ {
		for x := west >> coarser; x <= east>>coarser; x++ {
			key := spread(x) | spread(y)<<1
			list = append(list, Span{key << (2 * coarser), (key+1)<<(2*coarser) - 1})
		}
	}
	slices.SortFunc(list, func(a, b Span) int { return cmp.Compare(a.First, b.First) })
	for gap := uint64(1); ; { // join those that follow each other, then the nearest
		joined, next := list[:1], uint64(math.MaxUint64)
		for _, s := range list[1:] {
			last := &joined[len(joined)-1]
			if d := s.First - last.Last; d <= gap {
				last.Last = s.Last
			} else {
				next = min(next, d)
				joined = append(joined, s)
			}
		}
		if list = joined; len(list) <= n {
			return list
		}
		gap = next
	}
}
