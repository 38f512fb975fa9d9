package columns

import (
	"slices"

	"quanxiang/rules/columns/kernel"
	"quanxiang/rules/columns/table"
	"quanxiang/rules/ir"
)

// layout is where the elements of a domain are in a block.
type layout struct {
	n     int
	base  uint32   // what the first element is called in seg and start
	seg   []uint32 // by element of the parent domain: where its elements begin; one more
	start []uint32 // by row: where its elements begin; one more
	index map[int32][]int32
}

// rowStarts are those of rows: each is its own element.
var rowStarts = kernel.Counting(BlockRows + 1)

// lay works out a layout; that of the parent domain is there. The entries of a
// list are where the table says.
func (f *frame) lay(dom int32) {
	l := &f.layouts[dom]
	l.index = nil
	d := &f.plan.domains[dom]
	rows := f.to - f.from
	if len(d.lists) == 0 {
		l.n, l.start = rows, rowStarts[:rows+1]
		return
	}
	offsets := f.table.Lists[d.lists[len(d.lists)-1]].Offsets[f.from : f.to+1]
	if d.parent == 0 {
		l.base, l.seg, l.start = offsets[0], offsets, offsets
		l.n = int(offsets[rows] - offsets[0])
		return
	}
	parent := &f.layouts[d.parent]
	l.seg, l.start = append(l.seg[:0], 0), append(l.start[:0], 0)
	at := uint32(0)
	for row := range rows {
		n := offsets[row+1] - offsets[row]
		for range parent.start[row+1] - parent.start[row] {
			at += n
			l.seg = append(l.seg, at)
		}
		l.start = append(l.start, at)
	}
	l.n = int(at)
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
			s := &f.layouts[small]
			out = append(out, int32(s.start[row]-s.base)+at)
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
		kernel.Sums(d, a[:l.n], l.seg, l.base, f.running)
		if s.op == opCount {
			for i := range d { // a mask that holds is −1
				d[i] = -d[i]
			}
		}
	case opBest, opCapPer:
		l := &f.layouts[s.k]
		f.groups.Run(d, a, b, c, l.seg, l.base)
	case opPaid, opYearsPaid:
		f.paid(s, d, a)
	case opExact, opTotal, opChoose:
		f.args = f.args[:0]
		for _, i := range s.args {
			f.args = append(f.args, f.values[i])
		}
		switch s.op {
		case opExact:
			kernel.Exactly(d, f.args, s.k, ir.Cmp(s.value.c))
		case opTotal:
			kernel.Total(d, f.args)
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
		for _, e := range c.Edges {
			open |= min(f.args[e[0]][i], f.args[e[1]][i])
		}
		if open == 0 { // no two of them meet
			d[i] = -1
			continue
		}
		for k, x := range f.args {
			f.row[k] = x[i]
		}
		d[i] = c.Kept(f.row)
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
	seg, base := f.layouts[s.dom].seg, f.layouts[s.dom].base
	for i, x := range a[:f.layouts[from].n] {
		for k := seg[i]; k < seg[i+1]; k++ {
			d[k-base] = x
		}
	}
}

// entry is a payment of a row of the block.
type entry struct {
	row         int32
	year        int32 // how many years ago, from 1
	key, amount int64
}

// pay reads the payments of earlier years of the block, by benefit.
func (f *frame) pay() {
	p := &f.table.Paid
	for b := range f.entries {
		f.entries[b] = f.entries[b][:0]
	}
	row := f.from
	from, to := table.Span(p.Offsets, f.from, f.to)
	for k := from; k < to; k++ {
		var b int64
		if p.Benefit.U8 != nil {
			b = int64(p.Benefit.U8[k])
		} else {
			b = p.Benefit.At(k)
		}
		if !f.looked[b] {
			continue
		}
		for int(p.Offsets[row+1]) <= k {
			row++
		}
		if ago := int64(f.table.Year) - p.Year.At(k); ago > 0 {
			f.entries[b] = append(f.entries[b], entry{int32(row - f.from), int32(ago), p.Key.At(k), p.Amount.At(k)})
		}
	}
}

// paid adds up payments, or counts the years of payments.
func (f *frame) paid(s *step, d, key []int64) {
	clear(d)
	named := f.named[s.k>>32-1]
	start, base := f.layouts[s.dom].start, f.layouts[s.dom].base
	list := f.entries[s.k&(1<<32-1)]
	for n := range list {
		e := &list[n]
		add := e.amount
		if s.op == opPaid {
			if s.k2 != 0 && int64(e.year) > s.k2 {
				continue
			}
		} else if add = 1; e.amount <= 0 || counted(list[:n], e, key != nil) {
			continue
		}
		from, to := start[e.row]-base, start[e.row+1]-base
		switch {
		case key == nil:
			d[from] += add
		case named == nil:
			for i := from; i < to; i++ {
				d[i] += add & kernel.Zero(key[i]-e.key)
			}
		default:
			for i := from; i < to; i++ {
				if named[key[i]] == e.key {
					d[i] += add
				}
			}
		}
	}
}

// counted reports whether the year of a payment has been counted already.
func counted(before []entry, e *entry, keyed bool) bool {
	for n := len(before) - 1; n >= 0 && before[n].row == e.row; n-- {
		if o := &before[n]; o.year == e.year && o.amount > 0 && (!keyed || o.key == e.key) {
			return true
		}
	}
	return false
}
