package simulate

import (
	"cmp"
	"slices"

	"quanxiang/rules/columns"
	"quanxiang/rules/ir"
	"quanxiang/rules/population"
)

// topN is how many winners and losers are told one by one.
const topN = 10

// bars are the ends of the chart's bars, in fen, up from nothing.
var bars = []int64{1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000}

// barAt is the bar of a change: losses from the greatest, none, gains to the greatest.
func barAt(d int64) int {
	n := len(bars)
	switch {
	case d == 0:
		return n + 1
	case d < 0:
		return n - upTo(-d)
	}
	return n + 2 + upTo(d)
}

func upTo(d int64) int {
	for i, b := range bars {
		if d <= b {
			return i
		}
	}
	return len(bars)
}

// row is one of the extremes.
type row struct {
	at            int64
	before, after int64
}

// tally is what one worker has added up. Everything in it can be added to that of
// another in any order.
type tally struct {
	total    Sum
	benefits []Sum
	groups   [3][]Sum
	bars     []Bar
	up, down []row // the greatest first
}

func newTally(p *ir.Program, x *population.Index) *tally {
	t := &tally{benefits: make([]Sum, len(p.Benefits)), bars: make([]Bar, 2*len(bars)+3)}
	for g := range t.groups {
		t.groups[g] = make([]Sum, len(x.Groups[g].Names))
	}
	return t
}

func (s *Sum) add(before, after int64) {
	s.Rows++
	s.Before += before
	s.After += after
	if before > 0 {
		s.Had++
	}
	if after > 0 {
		s.Have++
	}
	switch d := after - before; {
	case d > 0:
		s.Winners++
		s.Gain += d
	case d < 0:
		s.Losers++
		s.Loss -= d
	}
}

func (s *Sum) plus(o *Sum) {
	s.Rows += o.Rows
	s.Before += o.Before
	s.After += o.After
	s.Had += o.Had
	s.Have += o.Have
	s.Winners += o.Winners
	s.Gain += o.Gain
	s.Losers += o.Losers
	s.Loss += o.Loss
}

// block adds a block of a chunk.
func (t *tally) block(c *population.Chunk, b *columns.Block) {
	was, is := b.Of[0].Total, b.Of[1].Total
	for g := range t.groups {
		col, sums := c.Group(g), t.groups[g]
		for i := range was {
			sums[col.At(b.From+i)].add(was[i], is[i])
		}
	}
	for i := range was {
		t.total.add(was[i], is[i])
		d := is[i] - was[i]
		bar := &t.bars[barAt(d)]
		bar.Rows++
		bar.Sum += d
		if d != 0 {
			r := row{c.First + int64(b.From+i), was[i], is[i]}
			if d > 0 {
				t.up = keep(t.up, r)
			} else {
				t.down = keep(t.down, r)
			}
		}
	}
	for k := range t.benefits {
		t.benefit(&t.benefits[k], b.Of[0].Final[k], b.Of[1].Final[k])
	}
}

// benefit adds a benefit, whose amounts are one slice if the amendment does not
// reach it.
func (t *tally) benefit(s *Sum, was, is []int64) {
	if len(was) == 0 {
		return
	}
	if &was[0] != &is[0] {
		for i := range was {
			s.add(was[i], is[i])
		}
		return
	}
	sum, had := int64(0), int64(0)
	for _, v := range was {
		sum += v
		if v > 0 {
			had++
		}
	}
	s.Rows += int64(len(was))
	s.Before += sum
	s.After += sum
	s.Had += had
	s.Have += had
}

// compare orders extremes: the greatest change first, of equals the row that stands
// first.
func compare(a, b row) int {
	return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.at, b.at))
}

func size(r row) int64 { return max(r.after-r.before, r.before-r.after) }

func keep(list []row, r row) []row {
	if len(list) == topN {
		if compare(list[topN-1], r) < 0 {
			return list
		}
		list = list[:topN-1]
	}
	at, _ := slices.BinarySearchFunc(list, r, compare)
	return slices.Insert(list, at, r)
}

// merge adds another worker's.
func (t *tally) merge(o *tally) {
	t.total.plus(&o.total)
	for i := range t.benefits {
		t.benefits[i].plus(&o.benefits[i])
	}
	for g := range t.groups {
		for i := range t.groups[g] {
			t.groups[g][i].plus(&o.groups[g][i])
		}
	}
	for i := range t.bars {
		t.bars[i].Rows += o.bars[i].Rows
		t.bars[i].Sum += o.bars[i].Sum
	}
	for _, r := range o.up {
		t.up = keep(t.up, r)
	}
	for _, r := range o.down {
		t.down = keep(t.down, r)
	}
}

// chart is the bars with their ends.
func (t *tally) chart() []Bar {
	n := len(bars)
	list := slices.Clone(t.bars)
	for i := range n + 1 {
		low, high := int64(0), int64(0) // nothing, the first end …
		if i > 0 {
			low = bars[i-1]
		}
		if i < n {
			high = bars[i]
		}
		list[n+2+i].From, list[n+2+i].To = low, high
		list[n-i].From, list[n-i].To = -high, -low
	}
	return list
}
