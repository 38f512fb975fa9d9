package columns

import (
	"slices"

	"quanxiang/rules/ir"
)

// layout is where the elements of a domain are in a block.
type layout struct {
	n     int
	seg   []int32 // by element of the parent domain: where its elements begin; one more
	start []int32 // by row: where its elements begin; one more
	index map[int32][]int32
}

// lay works out a layout; that of the parent domain is there.
func (f *frame) lay(dom int32) {
	l := &f.layouts[dom]
	l.index = nil
	d := &f.plan.domains[dom]
	rows := f.to - f.from
	l.start, l.seg = l.start[:0], l.seg[:0]
	if len(d.lists) == 0 {
		l.n = rows
		for i := range int32(rows + 1) {
			l.start = append(l.start, i)
		}
		return
	}
	offsets := f.table.Lists[d.lists[len(d.lists)-1]].Offsets[f.from : f.to+1]
	parent := &f.layouts[d.parent]
	at := int32(0)
	if d.parent == 0 {
		for _, o := range offsets {
			l.seg = append(l.seg, int32(o-offsets[0]))
		}
		l.start = l.seg
		l.n = int(l.seg[rows])
		return
	}
	l.seg = append(l.seg, 0)
	starts := []int32{0}
	for row := range rows {
		n := int32(offsets[row+1] - offsets[row])
		for range parent.start[row+1] - parent.start[row] {
			at += n
			l.seg = append(l.seg, at)
		}
		starts = append(starts, at)
	}
	l.start, l.n = starts, int(at)
}

// indexOf is, for each element of a domain, the element of a smaller one that it
// belongs to.
func (f *frame) indexOf(small, large int32) []int32 {
	l := &f.layouts[large]
	if x, ok := l.index[small]; ok {
		return x
	}
	in := f.plan.domains[large].lists
	of := f.plan.domains[small].lists
	out := make([]int32, 0, l.n)
	sizes, digits := make([]int32, len(in)), make([]int32, len(in))
	for row := range f.to - f.from {
		for k, list := range in {
			o := f.table.Lists[list].Offsets
			sizes[k], digits[k] = int32(o[f.from+row+1]-o[f.from+row]), 0
		}
		for range l.start[row+1] - l.start[row] {
			at := int32(0)
			for k, list := range in {
				if slices.Contains(of, list) {
					at = at*sizes[k] + digits[k]
				}
			}
			out = append(out, f.layouts[small].start[row]+at)
			for k := len(in) - 1; k >= 0; k-- {
				if digits[k]++; digits[k] < sizes[k] {
					break
				}
				digits[k] = 0
			}
		}
	}
	if l.index == nil {
		l.index = map[int32][]int32{}
	}
	l.index[small] = out
	return out
}

// gather computes what is not done element by element.
func (f *frame) gather(s *step, d, a, b, c []int64) {
	switch s.op {
	case opExpand:
		f.expand(s, d, a)
	case opLen:
		seg := f.layouts[s.k].seg
		for i := range d {
			d[i] = int64(seg[i+1] - seg[i])
		}
	case opSum, opCount:
		l := &f.layouts[s.k]
		if l.n == 0 {
			clear(d)
			return
		}
		f.running = grown(f.running, l.n+1)
		sums(d, a[:l.n], l.seg, f.running)
		if s.op == opCount {
			for i := range d { // a mask that holds is −1
				d[i] = -d[i]
			}
		}
	case opBest, opCapPer:
		f.grouped(s, d, a, b, c)
	case opPaid, opYearsPaid:
		f.paid(s, d, a)
	case opExact, opTotal, opChoose:
		f.args = f.args[:0]
		for _, i := range s.args {
			f.args = append(f.args, f.values[i])
		}
		switch s.op {
		case opExact:
			exactly(d, f.args, s.k, ir.Cmp(s.value.c))
		case opTotal:
			total(d, f.args)
		default:
			f.choose(s, d)
		}
	}
}

func (f *frame) choose(s *step, d []int64) {
	c := f.plan.choices[s.k]
	f.row = grown(f.row, len(f.args))
	for i := range d {
		open := int64(0)
		for _, e := range c.edges {
			open |= min(f.args[e[0]][i], f.args[e[1]][i])
		}
		if open == 0 { // no two of them meet
			d[i] = -1
			continue
		}
		for k, x := range f.args {
			f.row[k] = x[i]
		}
		d[i] = c.kept(f.row)
	}
}

// expand gives elements the value of what they belong to.
func (f *frame) expand(s *step, d, a []int64) {
	from := f.plan.graph.values[s.a].dom
	if f.plan.domains[s.dom].parent != from {
		for i, k := range f.indexOf(from, s.dom) {
			d[i] = a[k]
		}
		return
	}
	seg := f.layouts[s.dom].seg
	for i, x := range a[:f.layouts[from].n] {
		for k := seg[i]; k < seg[i+1]; k++ {
			d[k] = x
		}
	}
}

// group is entries with one key.
type group struct{ sum, most, room int64 }

// grouped adds up, for each element, the greatest value of each key, or the sum
// of each key within its room. The room is that of the first entry of the key.
func (f *frame) grouped(s *step, d, x, key, room []int64) {
	seg := f.layouts[s.k].seg
	for i := range d {
		from, to := seg[i], seg[i+1]
		switch {
		case from == to:
			d[i] = 0
			continue
		case to-from == 1:
			if d[i] = x[from]; s.op == opCapPer {
				d[i] = min(d[i], room[from])
			}
			continue
		}
		f.groups = f.groups[:0]
		clear(f.keys)
		for k := from; k < to; k++ {
			g := f.group(key, from, k)
			if g == len(f.groups) {
				f.groups = append(f.groups, group{x[k], x[k], 0})
				if room != nil {
					f.groups[g].room = room[k]
				}
				continue
			}
			f.groups[g].sum += x[k]
			f.groups[g].most = max(f.groups[g].most, x[k])
		}
		d[i] = 0
		for _, g := range f.groups {
			if s.op == opCapPer {
				d[i] += min(g.sum, g.room)
			} else {
				d[i] += g.most
			}
		}
	}
}

// group is the number of the group of entry k among those from an entry.
func (f *frame) group(key []int64, from, k int32) int {
	g, ok := f.keys[key[k]]
	if !ok {
		g = len(f.groups)
		f.keys[key[k]] = g
	}
	return g
}

// entry is a payment of a row of the block.
type entry struct {
	row         int32
	year        int32 // how many years ago, from 1
	benefit     int32
	key, amount int64
}

// pay reads the payments of earlier years of the block.
func (f *frame) pay() {
	f.entries = f.entries[:0]
	p := &f.table.Paid
	for row := f.from; row < f.to; row++ {
		for k := p.Offsets[row]; k < p.Offsets[row+1]; k++ {
			if ago := int64(f.table.Year) - p.Year.At(int(k)); ago > 0 {
				f.entries = append(f.entries, entry{int32(row - f.from), int32(ago), int32(p.Benefit.At(int(k))), p.Key.At(int(k)), p.Amount.At(int(k))})
			}
		}
	}
}

// paid adds up payments, or counts the years of payments.
func (f *frame) paid(s *step, d, key []int64) {
	clear(d)
	benefit := int32(s.k & (1<<32 - 1))
	named := f.named[s.k>>32-1]
	start := f.layouts[s.dom].start
	for from := 0; from < len(f.entries); {
		row := f.entries[from].row
		to := from + 1
		for to < len(f.entries) && f.entries[to].row == row {
			to++
		}
		for i := start[row]; i < start[row+1]; i++ {
			k := int64(0)
			if key != nil {
				if k = key[i]; named != nil {
					k = named[k]
				}
			}
			f.years = f.years[:0]
			for e := from; e < to; e++ {
				p := &f.entries[e]
				if p.benefit != benefit || key != nil && p.key != k {
					continue
				}
				if s.op == opPaid {
					if s.k2 == 0 || int64(p.year) <= s.k2 {
						d[i] += p.amount
					}
				} else if p.amount > 0 && !slices.Contains(f.years, int64(p.year)) {
					f.years = append(f.years, int64(p.year))
					d[i]++
				}
			}
		}
		from = to
	}
}
