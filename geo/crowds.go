package geo

import (
	"cmp"
	"math"
	"slices"
)

// Crowds finds where at least so many of some points lie within so many metres of
// one of them. The point around which most lie makes the first crowd, with those
// around it; of what is left the next does, until nowhere enough are left. Of points
// around which equally many lie the one listed first goes first. Each crowd lists
// its points by their numbers, its middle first, the others in order.
func Crowds(points []Point, within float64, least int) (crowds [][]int) {
	near := neighbours(points, within)
	count := make([]int, len(points)) // how many that are left lie around each that is
	for i := range points {
		count[i] = len(near[i]) + 1
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
		for _, i := range near[best] {
			if count[i] > 0 {
				crowd = append(crowd, i)
			}
		}
		slices.Sort(crowd[1:])
		for _, i := range crowd {
			count[i] = 0
		}
		for _, i := range crowd {
			for _, j := range near[i] {
				if count[j] > 0 {
					count[j]--
				}
			}
		}
		crowds = append(crowds, crowd)
	}
}

// metresOfLatitude is about how long a degree of latitude is.
const metresOfLatitude = 111_000

// neighbours lists for each point the others within so many metres.
func neighbours(points []Point, within float64) [][]int {
	order := make([]int, len(points)) // from south to north: who is near is near in it
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(points[a].Lat, points[b].Lat) })
	near := make([][]int, len(points))
	high := within / metresOfLatitude * 1.01
	for at, i := range order {
		wide := high / math.Max(0.01, math.Cos(points[i].Lat*math.Pi/180))
		for _, j := range order[at+1:] {
			if points[j].Lat-points[i].Lat > high {
				break
			}
			if math.Abs(points[j].Lon-points[i].Lon) <= wide && points[i].Distance(points[j]) <= within {
				near[i], near[j] = append(near[i], j), append(near[j], i)
			}
		}
	}
	return near
}
