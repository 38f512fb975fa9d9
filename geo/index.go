package geo

import (
	"math"
	"slices"
)

// Index answers which of many areas a place lies in. It is made once and then
// only read, so any number of goroutines may ask.
//
// The box around all areas is parted into as many fields as there are areas;
// a field knows the areas whose boxes meet it.
type Index struct {
	shapes        []Shape
	boxes         []Box
	bounds        Box
	columns, rows int
	fields        [][]int32
}

// NewIndex makes an index of areas, which must not be changed after. Areas
// without ground are never found.
func NewIndex(shapes []Shape) *Index {
	x := &Index{shapes: shapes, boxes: make([]Box, len(shapes))}
	n := 0
	for i, s := range shapes {
		if len(s) == 0 {
			continue
		}
		x.boxes[i] = s.Bounds()
		if n++; n == 1 {
			x.bounds = x.boxes[i]
		}
		x.bounds = x.bounds.Join(x.boxes[i])
	}
	side := max(1, int(math.Ceil(math.Sqrt(float64(n)))))
	x.columns, x.rows = side, side
	x.fields = make([][]int32, side*side)
	for i, s := range shapes {
		if len(s) > 0 {
			x.over(x.boxes[i], func(field int) { x.fields[field] = append(x.fields[field], int32(i)) })
		}
	}
	return x
}

// over calls f with each field a box meets.
func (x *Index) over(b Box, f func(field int)) {
	place := func(v, lo, hi float64, n int) int {
		if hi <= lo {
			return 0
		}
		return min(max(int((v-lo)/(hi-lo)*float64(n)), 0), n-1)
	}
	west, east := place(b.West, x.bounds.West, x.bounds.East, x.columns), place(b.East, x.bounds.West, x.bounds.East, x.columns)
	south, north := place(b.South, x.bounds.South, x.bounds.North, x.rows), place(b.North, x.bounds.South, x.bounds.North, x.rows)
	for row := south; row <= north; row++ {
		for column := west; column <= east; column++ {
			f(row*x.columns + column)
		}
	}
}

// At is the number of the area a place lies in, the lowest if there are several
// and -1 for none.
func (x *Index) At(p Point) int {
	found := -1
	p = Point{round(p.Lat), round(p.Lon)} // as Contains takes it
	if !x.bounds.Contains(p) {
		return found
	}
	x.over(Box{p.Lat, p.Lon, p.Lat, p.Lon}, func(field int) {
		for _, i := range x.fields[field] { // ascending
			if x.boxes[i].Contains(p) && x.shapes[i].Contains(p) {
				found = int(i)
				return
			}
		}
	})
	return found
}

// Meeting lists the areas whose boxes meet a box, ascending.
func (x *Index) Meeting(b Box) []int {
	var list []int
	if !x.bounds.Meets(b) {
		return nil
	}
	x.over(b, func(field int) {
		for _, i := range x.fields[field] {
			if x.boxes[i].Meets(b) {
				list = append(list, int(i))
			}
		}
	})
	slices.Sort(list)
	return slices.Compact(list)
}
