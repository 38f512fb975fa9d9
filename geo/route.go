package geo

// Route is a good order to visit stops in when one begins at start and need not
// come back: positions in stops, each once. The shorter is taken of two ways, the
// nearest stop next and the order given, after both were improved by turning
// stretches around (2-opt). It is never longer than the order given, and the same
// stops give the same order. Lengths are straight lines: streets are not known here.
//
// It takes time with the square of the number of stops, a few times over: below a
// millisecond for 50, some 20 ms for 500.
func Route(start Point, stops []Point) []int {
	given := make([]int, len(stops))
	for i := range given {
		given[i] = i
	}
	best, nearest := untangle(start, stops, given), untangle(start, stops, nearestNext(start, stops))
	if Length(start, stops, nearest) < Length(start, stops, best) {
		return nearest
	}
	return best
}

// Length is how many metres of straight lines lead from start past the stops in
// an order.
func Length(start Point, stops []Point, order []int) float64 {
	sum := 0.0
	for _, i := range order {
		sum += start.Distance(stops[i])
		start = stops[i]
	}
	return sum
}

// nearestNext goes to whatever stop is nearest, of two equally near to the first.
func nearestNext(at Point, stops []Point) []int {
	order := make([]int, 0, len(stops))
	visited := make([]bool, len(stops))
	for range stops {
		next, far := -1, 0.0
		for i, p := range stops {
			if d := at.Distance(p); !visited[i] && (next < 0 || d < far) {
				next, far = i, d
			}
		}
		order, visited[next], at = append(order, next), true, stops[next]
	}
	return order
}

// maxPasses bounds how often a way is looked through. Each pass but the last makes
// it shorter; a handful is usual.
const maxPasses = 50

// untangle turns stretches of a way around as long as that makes it shorter.
func untangle(start Point, stops []Point, order []int) []int {
	at := func(i int) Point {
		if i < 0 {
			return start
		}
		return stops[order[i]]
	}
	const worth = 1e-6 // metres; less is rounding and would never end
	for range maxPasses {
		better := false
		for i := range order {
			for j := i + 1; j < len(order); j++ {
				saved := at(i-1).Distance(at(i)) - at(i-1).Distance(at(j))
				if j+1 < len(order) {
					saved += at(j).Distance(at(j+1)) - at(i).Distance(at(j+1))
				}
				if saved > worth {
					for a, b := i, j; a < b; a, b = a+1, b-1 {
						order[a], order[b] = order[b], order[a]
					}
					better = true
				}
			}
		}
		if !better {
			break
		}
	}
	return order
}
