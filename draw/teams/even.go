package teams

import (
	"math/bits"
	"slices"
)

// search is a breadth-first search for a path that takes one slot from a
// source and gives, along the path, one to somebody with less.
type search struct {
	seen  set
	queue []int
	from  []int  // who gave up a slot, by who was reached
	slot  []slot // and which
}

// even shifts paths until a repetition with no marks finds none. It returns
// how many it shifted.
func (w *work) even() (moves int) {
	n := len(w.load)
	s := search{seen: make(set, (n+63)/64), from: make([]int, n), slot: make([]slot, n)}
	marked := make(set, (n+63)/64)
	for {
		clear(marked)
		before := moves
		for {
			source, ok := w.source(marked)
			if !ok {
				break
			}
			end, ok := w.path(&s, source, marked)
			if !ok {
				for i := range marked {
					marked[i] |= s.seen[i]
				}
				continue
			}
			w.shift(&s, source, end)
			moves++
		}
		if moves == before {
			return moves
		}
	}
}

// source is the most loaded inspector who is not marked and holds at least two
// more than the least loaded, of these the first in rank.
func (w *work) source(marked set) (int, bool) {
	if len(w.load) == 0 {
		return 0, false
	}
	least, best := slices.Min(w.load), None
	for j, load := range w.load {
		if load >= least+2 && !marked.has(j) && (best == None || load > w.load[best]) {
			best = j
		}
	}
	return best, best != None
}

// path searches from a source for the first whose load is at least two less.
func (w *work) path(s *search, source int, marked set) (end int, ok bool) {
	clear(s.seen)
	s.seen.add(source)
	s.queue = append(s.queue[:0], source)
	enough := w.load[source] - 2
	for head := 0; head < len(s.queue); head++ {
		x := s.queue[head]
		for _, place := range w.holds[x] {
			for i, word := range w.eligible[place.visit][min(place.slot, 1)] {
				for word &^= s.seen[i] | marked[i]; word != 0; word &= word - 1 {
					y := i*64 + bits.TrailingZeros64(word)
					if slices.Contains(w.team[place.visit], y) {
						continue
					}
					s.seen.add(y)
					s.from[y], s.slot[y] = x, place
					if w.load[y] <= enough {
						return y, true
					}
					s.queue = append(s.queue, y)
				}
			}
		}
	}
	return 0, false
}

// shift gives each slot along a path to whom it reached. Nobody enters a team
// twice: who is reached is outside the team at the start and reached once.
func (w *work) shift(s *search, source, end int) {
	for y := end; y != source; y = s.from[y] {
		w.take(s.from[y], s.slot[y])
		w.give(y, s.slot[y])
	}
}

// Certified reports whether a plan is one that no path improves, and keeps the
// rules: who is in a slot is eligible, once per visit. It shares no state with
// Assign.
func Certified(p Problem, plan Plan) bool {
	w := newWork(&p)
	for v, team := range plan.Team {
		for s, j := range team {
			if j == None {
				continue
			}
			r := w.rank[j]
			if slices.Contains(w.team[v], r) || !w.eligible[v][min(s, 1)].has(r) {
				return false
			}
			w.give(r, slot{v, s})
		}
	}
	n := len(w.load)
	search := search{seen: make(set, (n+63)/64), from: make([]int, n), slot: make([]slot, n)}
	none := make(set, (n+63)/64)
	for j, load := range w.load {
		if load < slices.Min(w.load)+2 {
			continue
		}
		if _, ok := w.path(&search, j, none); ok {
			return false
		}
	}
	return true
}
