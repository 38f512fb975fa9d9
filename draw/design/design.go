// Package design draws a stratum's sample from tickets: simple, by balls, by
// aimed shares, each by itself, or all (docs/spec/draw.md, section 5). Every
// ticket depends on key and subject alone, so adding, dropping or re-classing
// others moves nobody.
package design

import (
	"math"
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
// not listed are not drawn.
func Draw(s lot.Suite, key lot.Hash, rows frame.Rows, strata []Stratum, skip Set) []Drawn {
	drums := make([]drum, len(strata))
	for i := range strata {
		drums[i].Stratum = strata[i]
	}
	place := places(strata)
	for i := range rows.Len() {
		if d, ok := place(rows.Group(i)); ok && !skip.Has(i) {
			drums[d].count(rows.Count(i))
		}
	}
	var out []Drawn
	for i := range drums {
		drums[i].aim(1)
	}
	for i := range rows.Len() {
		if d, ok := place(rows.Group(i)); ok && !skip.Has(i) {
			drums[d].put(s, &key, rows, i)
		}
	}
	for i := range drums {
		d := &drums[i]
		// A threshold that was too low to keep enough is guessed again, higher.
		// It has no influence on who is drawn.
		for again := 4.0; d.sure < d.want(); again *= 4 {
			d.aim(again)
			for i := range rows.Len() {
				if rows.Group(i) == d.ID && !skip.Has(i) {
					d.put(s, &key, rows, i)
				}
			}
		}
		out = append(out, d.take(rows)...)
	}
	slices.SortFunc(out, func(a, b Drawn) int { return a.Row - b.Row })
	return out
}

// places finds a stratum by its id.
func places(strata []Stratum) func(id uint32) (int, bool) {
	byID := make(map[uint32]int, len(strata))
	last, at, known := uint32(0), 0, false
	for i, s := range strata {
		byID[s.ID] = i
	}
	return func(id uint32) (int, bool) {
		if !known || id != last { // neighbours are mostly of one stratum
			at, known = byID[id]
			if !known {
				return 0, false
			}
			last = id
		}
		return at, true
	}
}

// candidate is a subject that may be drawn.
type candidate struct {
	row    int
	ticket lot.Hash
	odds   float64 // pareto: what is compared, but for rounding
	ppm    int64   // pareto: its aim
}

// drum is a stratum while it is drawn.
type drum struct {
	Stratum
	by    [MaxBalls + 1]int // subjects by balls
	heavy map[uint16]int    // of weights above MaxBalls
	all   int               // who can be drawn
	aims  map[uint16]int64  // pareto: aims in ppm by weight
	limit uint64            // the greatest head that is kept
	odds  float64           // pareto: the greatest odds that are kept
	sure  int               // candidates that count against the quota
	kept  []candidate
}

func (d *drum) count(balls uint16) {
	if balls == 0 && (d.Design == Balls || d.Design == Pareto) {
		return
	}
	d.all++
	if balls <= MaxBalls {
		d.by[balls]++
		return
	}
	if d.heavy == nil {
		d.heavy = map[uint16]int{}
	}
	d.heavy[balls]++
}

// want is how many must be drawn.
func (d *drum) want() int {
	switch d.Design {
	case SRS, Balls, Pareto:
		return min(d.N, d.all)
	}
	return 0
}

// aim sets the threshold so that about k + 8·√k subjects stay below it.
func (d *drum) aim(times float64) {
	k := float64(d.want())
	goal := (k + 8*math.Sqrt(k)) * times
	d.limit, d.odds, d.sure, d.kept = math.MaxUint64, math.Inf(1), 0, d.kept[:0]
	if d.Design == Poisson || d.Design == Census {
		return
	}
	if d.Design == Pareto {
		d.aims = aims(d)
		// An aim rounded to nothing has no finite odds; far out, all are kept.
		if k > 0 && k < float64(d.all) && times < 1e9 {
			d.odds = times * (1 + 8/math.Sqrt(k))
		}
		return
	}
	if goal >= float64(d.all) {
		return
	}
	share := goal / float64(d.all)
	if d.Design == Balls {
		share = d.ballShare(goal)
	}
	if share < 1 {
		d.limit = uint64(share * (1 << 63) * 2)
	}
}

// ballShare is below which share of all tickets goal subjects have one.
func (d *drum) ballShare(goal float64) float64 {
	lo, hi := 0.0, 1.0
	for range 40 {
		m, sum := (lo+hi)/2, 0.0
		for b, n := range d.by {
			if n > 0 {
				sum += float64(n) * (1 - math.Pow(1-m, float64(b)))
			}
		}
		if sum < goal {
			lo = m
		} else {
			hi = m
		}
	}
	return hi
}

// put computes a subject's ticket and keeps it if it can be among the drawn.
func (d *drum) put(s lot.Suite, key *lot.Hash, rows frame.Rows, i int) {
	uid, balls := rows.UID(i), rows.Count(i)
	if balls == 0 && (d.Design == Balls || d.Design == Pareto) {
		return
	}
	ticket := s.Ticket(key, uid, 0, lot.Subjects)
	if d.Design == SRS && ticket.Head() > d.limit {
		return // nearly everybody goes here
	}
	c := candidate{row: i}
	switch d.Design {
	case Balls:
		for b := uint16(1); b < balls; b++ {
			if t := s.Ticket(key, uid, b, lot.Subjects); t.Compare(ticket) < 0 {
				ticket = t
			}
		}
		if ticket.Head() > d.limit {
			return
		}
	case Pareto:
		c.ppm = d.aims[balls]
		c.odds = odds(ticket.Head(), c.ppm)
		// Just above the limit rounding may have put one that stands below it.
		if c.odds > d.odds*(1+2*rounding) {
			return
		}
		if c.odds > d.odds {
			d.sure--
		}
	case Poisson:
		if !below(ticket.Head(), d.PPM) {
			return
		}
	}
	d.sure++
	c.ticket = ticket
	d.kept = append(d.kept, c)
}

// take puts the candidates into their order and ranks those drawn.
func (d *drum) take(rows frame.Rows) []Drawn {
	slices.SortFunc(d.kept, func(a, b candidate) int {
		if d.Design == Pareto {
			if c := paretoOrder(&a, &b); c != 0 {
				return c
			}
		}
		if c := a.ticket.Compare(b.ticket); c != 0 {
			return c
		}
		return rows.UID(a.row).Compare(*rows.UID(b.row))
	})
	n := len(d.kept)
	switch d.Design {
	case SRS, Balls, Pareto:
		n = min(n, d.N)
	}
	out := make([]Drawn, n)
	for i := range out {
		out[i] = Drawn{d.kept[i].row, d.kept[i].ticket, uint32(i)}
	}
	return out
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
