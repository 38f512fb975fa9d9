// Package design draws a stratum's sample from tickets: simple, by balls, by
// aimed shares, each by itself, or all (docs/spec/draw.md, section 5). Every
// ticket depends on key and subject alone, so adding, dropping or re-classing
// others moves nobody.
package design

import (
	"slices"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

// Design is a way to draw a stratum.
type Design string

// The designs.
const (
	SRS     Design = "srs"     // n subjects, each set of n as likely
	Balls   Design = "balls"   // n subjects, as if each had its balls in the drum
	Pareto  Design = "pareto"  // n subjects, each with a share that follows its weight
	Poisson Design = "poisson" // each subject by itself
	Census  Design = "census"  // all
)

// MaxBalls is the most balls a subject may have.
const MaxBalls = 64

// Stratum is what is drawn together.
type Stratum struct {
	ID     uint32
	Design Design
	N      int   // the quota; of poisson and census without meaning
	PPM    int64 // of poisson
}

// Quota is how many of size subjects a share in parts per million makes, and
// no less than one of any.
func Quota(size, ppm int64) int64 { return min(size, (size*ppm+999_999)/1_000_000) }

// Drawn is somebody drawn.
type Drawn struct {
	Row    int // place in the frame
	Ticket lot.Hash
	Rank   uint32 // place in the stratum's order, from 0
}

// Set is a set of rows of a frame.
type Set []uint64

// NewSet is an empty set for n rows.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Has reports whether row i is in the set. Nothing is in a nil set.
func (s Set) Has(i int) bool { return s != nil && s[i/64]&(1<<(i%64)) != 0 }

// Add puts row i into the set.
func (s Set) Add(i int) { s[i/64] |= 1 << (i % 64) }

// Draw draws all strata of a frame with one key and returns who was drawn in
// the order of the rows. Rows in skip are not there. Rows of strata that are
// not listed are not drawn. Large frames are read in parts side by side, which has
// no influence on who is drawn.
func Draw(s lot.Suite, key lot.Hash, rows frame.Rows, strata []Stratum, skip Set) []Drawn {
	f := field{s, &key, rows, skip, make([]drum, len(strata))}
	for i, d := range strata {
		f.drums[i].Stratum = d
	}
	f.count()
	for i := range f.drums {
		f.drums[i].aim(1)
	}
	kept := f.put(func(int) bool { return true })
	// A threshold that was too low to keep enough is guessed again, higher.
	// It has no influence on who is drawn.
	low := func(i int) bool { return f.drums[i].sure < f.drums[i].want() }
	for again := 4.0; slices.ContainsFunc(indexes(len(strata)), low); again *= 4 {
		short := make([]bool, len(strata))
		for i := range f.drums {
			if short[i] = low(i); short[i] {
				f.drums[i].aim(again)
			}
		}
		kept = slices.DeleteFunc(kept, func(c candidate) bool { return short[c.drum] })
		kept = append(kept, f.put(func(i int) bool { return short[i] })...)
		slices.SortFunc(kept, func(a, b candidate) int { return int(a.row) - int(b.row) })
	}
	return f.rank(kept)
}

// places finds a drum by the id of its stratum. What it returns is for one
// goroutine.
func places(drums []drum) func(id uint32) (int, bool) {
	ids := make([]uint32, len(drums))
	byID := make(map[uint32]int, len(drums))
	for i := range drums {
		ids[i], byID[drums[i].ID] = drums[i].ID, i
	}
	if len(ids) <= 16 { // few are found faster one by one
		return func(id uint32) (int, bool) {
			at := slices.Index(ids, id)
			return at, at >= 0
		}
	}
	last, at, known := uint32(0), 0, false
	return func(id uint32) (int, bool) {
		if !known || id != last { // neighbours are mostly of one stratum
			if at, known = byID[id]; !known {
				return 0, false
			}
			last = id
		}
		return at, true
	}
}

// Least is who has the least ticket of a key among the rows of a stratum that
// keep allows: how a substitute is found. ok is false when there is nobody.
func Least(s lot.Suite, key lot.Hash, p lot.Purpose, rows frame.Rows, stratum uint32, keep func(i int) bool) (best Drawn, ok bool) {
	for i := range rows.Len() {
		if rows.Group(i) != stratum || !keep(i) {
			continue
		}
		t := s.Ticket(&key, rows.UID(i), 0, p)
		// Rows ascend by uid, so the first of two equal tickets stays.
		if !ok || t.Compare(best.Ticket) < 0 {
			best, ok = Drawn{Row: i, Ticket: t}, true
		}
	}
	return best, ok
}
