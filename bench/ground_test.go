package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"quanxiang/geo"
)

// cellsOf makes n by n cells of about 150 m, with three corners on every side.
func cellsOf(n int) []geo.Shape {
	corner := func(x, y int) geo.Point {
		return geo.Point{Lat: float64(39_870_000+y*600) / 1e6, Lon: float64(116_320_000+x*600) / 1e6}
	}
	list := make([]geo.Shape, 0, n*n)
	for y := range n {
		for x := range n {
			var r geo.Ring
			for i := range 3 {
				r = append(r, corner(3*x+i, 3*y))
			}
			for i := range 3 {
				r = append(r, corner(3*x+3, 3*y+i))
			}
			for i := range 3 {
				r = append(r, corner(3*x+3-i, 3*y+3))
			}
			for i := range 3 {
				r = append(r, corner(3*x, 3*y+3-i))
			}
			list = append(list, geo.Shape{{Outer: r}})
		}
	}
	return list
}

// BenchmarkCellOf finds which of 2,500 cells a place lies in.
func BenchmarkCellOf(b *testing.B) {
	x := geo.NewIndex(cellsOf(50))
	rnd := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		p := geo.Point{Lat: 39.87 + rnd.Float64()*0.0899, Lon: 116.32 + rnd.Float64()*0.0899}
		if x.At(p) < 0 {
			b.Fatalf("%v lies in no cell", p)
		}
	}
}

// BenchmarkFit checks that 100 and 2,500 cells cover the district without gap
// or overlap, all against all.
func BenchmarkFit(b *testing.B) {
	for _, n := range []int{10, 50} {
		b.Run(fmt.Sprintf("cells=%d", n*n), func(b *testing.B) {
			cells := cellsOf(n)
			for b.Loop() {
				if m := geo.Fit(nil, cells); m != nil {
					b.Fatal(m)
				}
			}
		})
	}
}

// BenchmarkReadGeoJSON reads and checks 2,500 cells.
func BenchmarkReadGeoJSON(b *testing.B) {
	var c geo.Collection
	for i, s := range cellsOf(50) {
		c.Features = append(c.Features, geo.Feature{ID: fmt.Sprint(i), Shape: s})
	}
	text, err := geo.WriteGeoJSON(c)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, report := geo.ReadGeoJSON("cells", text, geo.CGCS2000); len(report.Problems) > 0 {
			b.Fatal(report.Problems)
		}
	}
}
