package geo

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Crowds finds where at least so many of some points lie within so many metres of
// one of them. The point around which most lie makes the first crowd, with those
// around it; of what is left the next does, until nowhere enough are left. Of points
// around which equally many lie the one listed first goes first. Each crowd lists
// its points by their numbers, its middle first, the others in order.
func Crowds(points []Point, within float64, least int) (crowds [][]int) {
	near := nearby(points, within)
	count := make([]int, len(points)) // how many that are left lie around each that is, and it
	for i := range points {
		count[i] = 1
		for range near(i) {
			count[i]++
		}
	}
	for {
		best := -1
		for i, n := range count {
			if n >= max(least, 1) && (best < 0 || n > count[best]) {
				best = i
			}
		}
		if best < 0 {
			return crowds
		}
		crowd := []int{best}
		for i := range near(best) {
			if count[i] > 0 {
				crowd = append(crowd, i)
			}
		}
		slices.Sort(crowd[1:])
		for _, i := range crowd {
			count[i] = 0
		}
		for _, i := range crowd {
			for j := range near(i) {
				if count[j] > 0 {
					count[j]--
				}
			}
		}
		crowds = append(crowds, crowd)
	}
}

// nearby returns the others within so many metres of each point. They are looked for
// each time anew: kept, those of very many points at one place would fill the memory.
func nearby(points []Point, within float64) func(int) iter.Seq[int] {
	order := make([]int, len(points)) // from south to north: who is near is near in it
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(points[a].Lat, points[b].Lat) })
	place := make([]int, len(points))
	for at, i := range order {
		place[i] = at
	}
	// So close by the earth is flat. Who is near one has that one near: the narrowing of
	// both their latitudes counts.
	narrow := make([]float64, len(points))
	for i, p := range points {
		narrow[i] = math.Cos(p.Lat*math.Pi/180) / 2
	}
	const degree = earthRadius * math.Pi / 180 // metres
	most := within / degree
	isNear := func(i, j int) bool {
		y := points[i].Lat - points[j].Lat
		x := (points[i].Lon - points[j].Lon) * (narrow[i] + narrow[j])
		return x*x+y*y <= most*most
	}
	return func(i int) iter.Seq[int] {
		return func(yield func(int) bool) {
			for at := place[i] - 1; at >= 0 && points[i].Lat-points[order[at]].Lat <= most; at-- {
				if isNear(i, order[at]) && !yield(order[at]) {
					return
				}
			}
			for at := place[i] + 1; at < len(order) && points[order[at]].Lat-points[i].Lat <= most; at++ {
				if isNear(i, order[at]) && !yield(order[at]) {
					return
				}
			}
		}
	}
}
