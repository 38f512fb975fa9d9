package inspections

import (
	"math"
	"math/bits"

	"quanxiang/draw/design"
	"quanxiang/draw/record"
	"quanxiang/policy/inspection"
)

// tally counts what a scan finds.
type tally struct {
	rules  *inspection.Rules
	plan   *Plan
	frames []Counts
	sizes  []map[uint32]*[design.MaxBalls + 1]int64 // by frame and stratum: subjects by balls
	alike  map[kin]int64                            // in some frame
}

// kin are subjects that chance treats alike: in the same frames, of one stratum, with
// the same number of balls.
type kin struct {
	frames  uint64
	stratum uint32
	balls   uint16
}

func newTally(r *inspection.Rules, p *Plan) *tally {
	t := &tally{rules: r, plan: p, frames: make([]Counts, len(p.Frames)), alike: map[kin]int64{}}
	for range p.Frames {
		t.sizes = append(t.sizes, map[uint32]*[design.MaxBalls + 1]int64{})
	}
	return t
}

func (t *tally) add(r *row) {
	var in uint64
	for i, fate := range r.fates {
		c := &t.frames[i]
		switch fate {
		case notKept:
			continue
		case inFrame:
			in |= 1 << i
			c.Frame++
			by := t.sizes[i][r.stratum]
			if by == nil {
				by = new([design.MaxBalls + 1]int64)
				t.sizes[i][r.stratum] = by
			}
			by[r.balls]++
		default:
			c.Exempt[fate]++
		}
		c.Kept++
	}
	if in != 0 {
		t.alike[kin{in, r.stratum, r.balls}]++
	}
}

// drawn is a stratum of a frame with the number that is drawn of it.
type drawn struct {
	*inspection.Stratum
	size, visits int64
	count        bool // visits stands in the plan, and not the table's ratio
	fixed        bool
}

// strata are those of a frame that have subjects, with what is drawn of each: by the
// ratio table, or where a department says how many, so many parted among the strata as
// the table parts them.
func (t *tally) strata(frame int) (list []drawn) {
	share := &t.plan.Frames[frame]
	var total int64
	for i := range t.rules.Strata {
		h := &t.rules.Strata[i]
		by := t.sizes[frame][uint32(h.ID)]
		if by == nil {
			continue
		}
		d := drawn{Stratum: h, fixed: true}
		for _, n := range by {
			d.size += n
		}
		total += d.size
		switch ppm := int64(h.PPM); design.Design(h.Design) {
		case design.Census:
			d.visits, d.fixed = d.size, false
		case design.Poisson:
			d.visits, d.fixed = (d.size*ppm+500_000)/1_000_000, false
		default:
			d.visits = design.Quota(d.size, ppm)
		}
		list = append(list, d)
	}
	switch {
	case t.plan.Campaign:
		for i := range list {
			list[i].visits, list[i].count, list[i].fixed = list[i].size, false, false
		}
	case share.Count > 0:
		part(list, min(share.Count, total))
	case share.Share > 0:
		part(list, design.Quota(total, share.Share*10_000))
	}
	return list
}

// part shares n visits out among strata in proportion to what the table gives each, and
// none more than it has subjects. What strata of no fixed number draw is taken off first.
func part(list []drawn, n int64) {
	open := map[int]float64{}
	for i := range list {
		d := &list[i]
		if !d.fixed {
			n -= d.visits
			continue
		}
		d.count, d.visits = true, 0
		open[i] = float64(d.size) * float64(d.PPM)
	}
	for n > 0 && len(open) > 0 {
		var sum float64
		for _, w := range open {
			sum += w
		}
		left, full := n, false
		for i := range list { // in order, so that the same always comes of the same
			w, ok := open[i]
			if ok && float64(n)*w/sum >= float64(list[i].size) {
				list[i].visits = list[i].size
				left -= list[i].size
				delete(open, i)
				full = true
			}
		}
		if full {
			n = left
			continue
		}
		for i := range list {
			if w, ok := open[i]; ok {
				list[i].visits = int64(float64(n) * w / sum)
				left -= list[i].visits
			}
		}
		for i := 0; left > 0 && i < len(list); i++ { // parts of a visit: the strata named first
			if _, ok := open[i]; ok && list[i].visits < list[i].size {
				list[i].visits++
				left--
			}
		}
		return
	}
}

// sum is everything that was counted, with how many visits there will be.
func (t *tally) sum(team record.Team, force []Inspector) *Sum {
	out := &Sum{Frames: t.frames}
	limits := make([]map[uint32]float64, len(t.frames)) // by frame and stratum: the ticket below which subjects are drawn
	for i := range t.frames {
		c := &t.frames[i]
		c.Strata, c.Visits, limits[i] = nil, 0, map[uint32]float64{}
		for _, d := range t.strata(i) {
			c.Strata = append(c.Strata, Layer{ID: uint32(d.ID), Size: d.size, Visits: d.visits, Count: d.count})
			c.Visits += d.visits
			limits[i][uint32(d.ID)] = limit(design.Design(d.Design), t.sizes[i][uint32(d.ID)], d.visits)
		}
		out.Alone += c.Visits
		c.Capacity = capacity(t.plan, &t.plan.Frames[i], c.Visits, team.Size, t.rules.Team.Load, force)
	}
	var visits float64
	for k, n := range t.alike {
		most := 0.0
		for in := k.frames; in != 0; in &= in - 1 {
			at := limits[bits.TrailingZeros64(in)][k.stratum]
			// One key for all departments: who is drawn at a low limit is at a high one, too.
			most = max(most, 1-math.Pow(1-at, float64(k.balls)))
		}
		visits += most * float64(n)
	}
	out.Visits = min(int64(math.Round(visits)), out.Alone)
	return out
}

// limit is the ticket, between 0 and 1, below which about n subjects have one: each as
// many as balls where balls count, else one.
func limit(d design.Design, by *[design.MaxBalls + 1]int64, n int64) float64 {
	low, high := 0.0, 1.0
	for range 50 {
		at, sum := (low+high)/2, 0.0
		for balls, m := range by {
			if d != design.Balls && d != design.Pareto {
				balls = 1
			}
			sum += float64(m) * (1 - math.Pow(1-at, float64(balls)))
		}
		if sum < float64(n) {
			low = at
		} else {
			high = at
		}
	}
	return high
}

// capacity counts the inspectors of a department for its part of a plan.
func capacity(p *Plan, f *Share, visits int64, size, load int, force []Inspector) Capacity {
	c := Capacity{Slots: visits * int64(size), Size: size, Load: load}
	for i := range force {
		j := &force[i]
		if j.Unit != f.Unit || !j.Valid(p.First, p.Last) || j.Away(p.First, p.Last) || p.Area == record.AreaDistrict && !j.District {
			continue
		}
		all, some := j.Qualified(f.Items)
		if all {
			c.Leaders++
		}
		if some {
			c.Members++
		}
	}
	return c
}
