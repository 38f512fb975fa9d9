package design

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
)

// field is a frame while it is drawn.
type field struct {
	suite lot.Suite
	key   *lot.Hash
	rows  frame.Rows
	skip  Set
	drums []drum
}

// drum is a stratum while it is drawn.
type drum struct {
	Stratum
	tally
	aims  map[uint16]int64 // pareto: aims in ppm by weight
	limit uint64           // the greatest head that is kept
	odds  float64          // pareto: the greatest odds that are kept
	sure  int              // candidates that count against the quota
}

// tally counts subjects by balls.
type tally struct {
	by    [MaxBalls + 1]int
	heavy map[uint16]int // of weights above MaxBalls
	all   int            // who can be drawn
}

// candidate is a subject that may be drawn.
type candidate struct {
	ticket lot.Hash
	row    int32
	drum   int32
	odds   float64 // pareto: what is compared, but for rounding
	ppm    int64   // pareto: its aim
}

// partRows is below how many rows another part is not worth its goroutine.
const partRows = 1 << 14

// inParts runs fn over even parts of 0 to n, side by side, and returns how many
// there were.
func inParts(n int, fn func(part, from, to int)) int {
	parts := max(1, min(runtime.GOMAXPROCS(0), n/partRows))
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() { fn(p, n*p/parts, n*(p+1)/parts) })
	}
	wg.Wait()
	return parts
}

// indexes are 0 to n−1.
func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// count counts the subjects of every drum.
func (f *field) count() {
	tallies := make([][]tally, runtime.GOMAXPROCS(0))
	parts := inParts(f.rows.Len(), func(part, from, to int) {
		mine := make([]tally, len(f.drums))
		place := places(f.drums)
		for i := from; i < to; i++ {
			if d, ok := place(f.rows.Group(i)); ok && !f.skip.Has(i) {
				mine[d].count(f.drums[d].Design, f.rows.Count(i))
			}
		}
		tallies[part] = mine
	})
	for _, mine := range tallies[:parts] {
		for d := range mine {
			f.drums[d].add(&mine[d])
		}
	}
}

func (t *tally) count(design Design, balls uint16) {
	if balls == 0 && (design == Balls || design == Pareto) {
		return
	}
	t.all++
	if balls <= MaxBalls {
		t.by[balls]++
		return
	}
	if t.heavy == nil {
		t.heavy = map[uint16]int{}
	}
	t.heavy[balls]++
}

func (t *tally) add(o *tally) {
	t.all += o.all
	for b, n := range o.by {
		t.by[b] += n
	}
	for b, n := range o.heavy {
		if t.heavy == nil {
			t.heavy = map[uint16]int{}
		}
		t.heavy[b] += n
	}
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
	d.limit, d.odds, d.sure = math.MaxUint64, math.Inf(1), 0
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

// put computes the tickets of the drums in which, and returns who can be among the
// drawn, in the order of the rows.
func (f *field) put(which func(drum int) bool) []candidate {
	kept := make([][]candidate, runtime.GOMAXPROCS(0))
	sure := make([][]int, len(kept))
	outside := make([]bool, len(kept)) // more came than there was room for
	n, expected := f.rows.Len(), f.expected(which)
	room := make([]candidate, expected)
	parts := inParts(n, func(part, from, to int) {
		begin, end := expected*from/n, expected*to/n
		mine := room[begin:begin:end]
		mySure := make([]int, len(f.drums))
		place := places(f.drums)
		for i := from; i < to; i++ {
			d, ok := place(f.rows.Group(i))
			if !ok || !which(d) || f.skip.Has(i) {
				continue
			}
			if c, counts, ok := f.drums[d].look(f, i); ok {
				c.drum = int32(d)
				mine = append(mine, c)
				if counts {
					mySure[d]++
				}
			}
		}
		kept[part], sure[part], outside[part] = mine, mySure, len(mine) > end-begin
	})
	for _, mine := range sure[:parts] {
		for d, n := range mine {
			f.drums[d].sure += n
		}
	}
	// What stayed in the room only moves down, and nothing is written over before its turn.
	all := room[:0]
	if slices.Contains(outside[:parts], true) {
		all = nil
	}
	for _, mine := range kept[:parts] {
		all = append(all, mine...)
	}
	return all
}

// expected is about how many candidates the drums in which keep, and a few more.
func (f *field) expected(which func(drum int) bool) (n int) {
	for i := range f.drums {
		if d := &f.drums[i]; which(i) {
			k := float64(d.want())
			n += min(d.all, int(k+9*math.Sqrt(k))+100)
		}
	}
	return n
}

// look computes a subject's ticket; ok is false when it cannot be among the
// drawn, counts whether it is below the threshold for sure.
func (d *drum) look(f *field, i int) (c candidate, counts, ok bool) {
	uid, balls := f.rows.UID(i), f.rows.Count(i)
	if balls == 0 && (d.Design == Balls || d.Design == Pareto) {
		return c, false, false
	}
	ticket := f.suite.Ticket(f.key, uid, 0, lot.Subjects)
	if d.Design == SRS && ticket.Head() > d.limit {
		return c, false, false // nearly everybody goes here
	}
	c.row, counts = int32(i), true
	switch d.Design {
	case Balls:
		for b := uint16(1); b < balls; b++ {
			if t := f.suite.Ticket(f.key, uid, b, lot.Subjects); t.Compare(ticket) < 0 {
				ticket = t
			}
		}
		if ticket.Head() > d.limit {
			return c, false, false
		}
	case Pareto:
		c.ppm = d.aims[balls]
		c.odds = odds(ticket.Head(), c.ppm)
		// Just above the limit rounding may have put one that stands below it.
		if c.odds > d.odds*(1+2*rounding) {
			return c, false, false
		}
		counts = c.odds <= d.odds
	case Poisson:
		if !below(ticket.Head(), d.PPM) {
			return c, false, false
		}
	}
	c.ticket = ticket
	return c, counts, true
}

// standing is a candidate while the order is made: few bytes to move, and the head
// decides nearly every comparison.
type standing struct {
	head uint64
	at   int32 // among the candidates
}

// order sorts standings by head and, where heads are alike, by compare, which must
// begin with them. Heads of tickets are spread evenly, so that each goes to a place
// of its own, or nearly, and hardly any are compared; evenly spread or not, the order
// is the same.
func order(list []standing, compare func(a, b standing) int) []standing {
	var most uint64
	for _, p := range list {
		most = max(most, p.head)
	}
	scale := float64(len(list)) / (float64(most) + 1)
	place := func(p standing) int { return min(int(float64(p.head)*scale), len(list)-1) } // never falls while heads rise
	ends := make([]int32, len(list)+1)
	for _, p := range list {
		ends[place(p)+1]++
	}
	for i := range list {
		ends[i+1] += ends[i]
	}
	out := make([]standing, len(list))
	for _, p := range list {
		i := place(p)
		out[ends[i]] = p
		ends[i]++
	}
	from := int32(0)
	for i := range list {
		if to := ends[i]; to > from+1 {
			slices.SortFunc(out[from:to], compare)
		}
		from = ends[i]
	}
	return out
}

// rank puts the candidates of each drum into its order and returns those drawn in
// the order of the rows.
func (f *field) rank(kept []candidate) []Drawn {
	byDrum := make([][]standing, len(f.drums))
	sizes := make([]int, len(f.drums))
	for i := range kept {
		sizes[kept[i].drum]++
	}
	for d, n := range sizes {
		byDrum[d] = make([]standing, 0, n)
	}
	for i := range kept {
		c := &kept[i]
		byDrum[c.drum] = append(byDrum[c.drum], standing{c.ticket.Head(), int32(i)})
	}
	const out = math.MaxUint32
	ranks := slices.Repeat([]uint32{out}, len(kept))
	taken := make([]int, len(f.drums))
	side := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range f.drums {
		side <- struct{}{}
		wg.Go(func() {
			taken[i] = f.rankDrum(&f.drums[i], byDrum[i], kept, ranks)
			<-side
		})
	}
	wg.Wait()
	all := 0
	for _, n := range taken {
		all += n
	}
	drawn := make([]Drawn, 0, all)
	for i, r := range ranks {
		if r != out {
			drawn = append(drawn, Drawn{int(kept[i].row), kept[i].ticket, r})
		}
	}
	return drawn
}

// rankDrum writes the ranks of those drawn from a drum and returns how many they are.
func (f *field) rankDrum(d *drum, list []standing, kept []candidate, ranks []uint32) int {
	byTicket := func(a, b standing) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		x, y := &kept[a.at], &kept[b.at]
		if c := x.ticket.Compare(y.ticket); c != 0 {
			return c
		}
		return f.rows.UID(int(x.row)).Compare(*f.rows.UID(int(y.row)))
	}
	if d.Design == Pareto {
		slices.SortFunc(list, func(a, b standing) int {
			return cmp.Or(paretoOrder(&kept[a.at], &kept[b.at]), byTicket(a, b))
		})
	} else {
		list = order(list, byTicket)
	}
	switch d.Design {
	case SRS, Balls, Pareto:
		list = list[:min(len(list), d.N)]
	}
	for r, p := range list {
		ranks[p.at] = uint32(r)
	}
	return len(list)
}
