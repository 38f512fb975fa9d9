// Package teams assigns inspectors to visits: a first pass in the order of the
// lot, then paths that take load from the most loaded, until no path is left
// (docs/spec/draw.md, section 6). It ends where all loads are as even as the
// rules allow, and where it ends depends on nothing but the key.
package teams

import (
	"math/bits"
	"slices"

	"quanxiang/draw/lot"
)

// lowChoice is the number of eligible inspectors below which a slot is
// reported: who is sent can be guessed.
const lowChoice = 5

// None marks a slot for which nobody could be found.
const None = -1

// Problem is the visits of one department in one draw.
type Problem struct {
	Suite      lot.Suite
	Key        lot.Hash  // K_4
	Inspectors []lot.UID // who may be in a slot at all: the department's, without experts
	Visits     []lot.UID // in the order of the lot
	Slots      int       // members of a team
	Load       []int     // what each inspector holds already; nil: nothing

	// Fit reports whether an inspector can take slot 0 (lead) and whether any
	// other slot, whichever visit it is of.
	Fit func(inspector int) (lead, other bool)
	// Barred lists the inspectors who cannot take any slot of a visit. It may
	// name one twice.
	Barred func(visit int) []int
}

// Plan is who goes where.
type Plan struct {
	Team     [][]int // by visit and slot: an inspector, or None
	Low      int     // slots with fewer than 5 eligible inspectors
	Unfilled int
	Moves    int // paths that were shifted
}

// set is a set of inspectors by rank.
type set []uint64

func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) drop(i int)     { s[i/64] &^= 1 << (i % 64) }
func (s set) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// slot is a place in a team.
type slot struct{ visit, slot int }

// work is a problem while it is solved. Inspectors are numbered by rank.
type work struct {
	*Problem
	order    []int    // inspector of the problem by rank
	rank     []int    // the other way round
	eligible [][2]set // by visit: for slot 0, for the others
	team     [][]int
	load     []int
	holds    [][]slot // by inspector, in the order of visit and slot
	tied     []int    // scratch of least
}

// Assign solves a problem.
func Assign(p Problem) Plan {
	w := newWork(&p)
	low := 0
	for v := range p.Visits {
		for s := range p.Slots {
			if w.eligible[v][min(s, 1)].count() < lowChoice {
				low++
			}
		}
	}
	w.first()
	moves := w.even()
	return w.plan(low, moves)
}

// First solves a problem by the first pass alone, as substitutes are.
func First(p Problem) Plan {
	w := newWork(&p)
	w.first()
	return w.plan(0, 0)
}

// Stand is who takes the slot of a single visit in place of others. gone are
// those who cannot: the team and who left it before.
func Stand(p Problem, s int, gone []int) int {
	w := newWork(&p)
	for _, j := range gone {
		w.eligible[0][min(s, 1)].drop(w.rank[j])
	}
	key := p.Suite.Ticket(&p.Key, &p.Visits[0], 0, lot.Stand)
	j := w.least(0, s, func(j int) lot.Hash { return p.Suite.Ticket(&key, &p.Inspectors[w.order[j]], uint16(s), lot.Stand) })
	if j == None {
		return None
	}
	return w.order[j]
}

func newWork(p *Problem) *work {
	n := len(p.Inspectors)
	w := &work{Problem: p, order: make([]int, n), rank: make([]int, n), load: make([]int, n), holds: make([][]slot, n)}
	ranks := make([]lot.Hash, n)
	for j := range n {
		w.order[j] = j
		ranks[j] = p.Suite.Ticket(&p.Key, &p.Inspectors[j], 0xffff, lot.Inspectors)
	}
	slices.SortFunc(w.order, func(a, b int) int {
		if c := ranks[a].Compare(ranks[b]); c != 0 {
			return c
		}
		return p.Inspectors[a].Compare(p.Inspectors[b])
	})
	words := (n + 63) / 64
	lead, other := make(set, words), make(set, words)
	for r, j := range w.order {
		w.rank[j] = r
		if p.Load != nil {
			w.load[r] = p.Load[j]
		}
		a, b := p.Fit(j)
		if a {
			lead.add(r)
		}
		if b {
			other.add(r)
		}
	}
	// Most visits bar nobody and share these two sets.
	w.eligible = make([][2]set, len(p.Visits))
	w.team = make([][]int, len(p.Visits))
	for v := range p.Visits {
		w.eligible[v] = [2]set{lead, other}
		if barred := p.Barred(v); len(barred) > 0 {
			a, b := slices.Clone(lead), slices.Clone(other)
			for _, j := range barred {
				a.drop(w.rank[j])
				b.drop(w.rank[j])
			}
			w.eligible[v] = [2]set{a, b}
		}
		w.team[v] = slices.Repeat([]int{None}, p.Slots)
	}
	return w
}

// equals lists, after tied, who of those who can take a slot has the least load.
func (w *work) equals(v, s int, tied []int) []int {
	least := -1
	for i, word := range w.eligible[v][min(s, 1)] {
		for ; word != 0; word &= word - 1 {
			j := i*64 + bits.TrailingZeros64(word)
			switch load := w.load[j]; {
			case least >= 0 && load > least || slices.Contains(w.team[v], j):
			case load == least:
				tied = append(tied, j)
			default:
				least, tied = load, append(tied[:0], j)
			}
		}
	}
	return tied
}

// least is the inspector with the least load for a slot, by ticket among
// equals.
func (w *work) least(v, s int, ticket func(j int) lot.Hash) int {
	w.tied = w.equals(v, s, w.tied[:0])
	best, ticketOf := None, lot.Hash{}
	for _, j := range w.tied {
		if t := ticket(j); best == None || w.before(t, j, ticketOf, best) {
			best, ticketOf = j, t
		}
	}
	return best
}

// give puts an inspector into a slot.
func (w *work) give(j int, s slot) {
	w.team[s.visit][s.slot] = j
	w.load[j]++
	at, _ := slices.BinarySearchFunc(w.holds[j], s, compareSlots)
	w.holds[j] = slices.Insert(w.holds[j], at, s)
}

// take takes an inspector out of a slot.
func (w *work) take(j int, s slot) {
	w.load[j]--
	at, _ := slices.BinarySearchFunc(w.holds[j], s, compareSlots)
	w.holds[j] = slices.Delete(w.holds[j], at, at+1)
}

func compareSlots(a, b slot) int {
	if a.visit != b.visit {
		return a.visit - b.visit
	}
	return a.slot - b.slot
}

func (w *work) plan(low, moves int) Plan {
	out := Plan{Team: make([][]int, len(w.team)), Low: low, Moves: moves}
	for v, team := range w.team {
		out.Team[v] = make([]int, len(team))
		for s, j := range team {
			if j == None {
				out.Team[v][s] = None
				out.Unfilled++
			} else {
				out.Team[v][s] = w.order[j]
			}
		}
	}
	return out
}
