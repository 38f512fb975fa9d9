package eval

import (
	"slices"

	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// op computes a node. It is false when nothing behind it in the benefit matters
// any more, which is then nothing.
type op func(m *Machine) bool

// Record is a step of an explanation as it came out.
type Record struct {
	Step    int32 // of the program
	Benefit int32
	Node    int32
	Entry   int32 // of a list, −1 outside
	In      Value // what it was done to
	By      Value // the limit, ratio or condition
	Out     Value
	Binds   bool // it decided something: a row that holds, a limit reached, a condition not met
}

// builder makes closures of nodes.
type builder struct {
	p *ir.Program
	m *Machine
}

// build makes the closures of nodes from, to (exclusive).
func (b *builder) build(from, to int32, end int32) []op {
	var ops []op
	for i := from; i < to; i++ {
		if l, ok := b.outermost(i, to); ok {
			loop := b.p.Loops[l]
			ops = append(ops, b.gather(loop.To, loop, b.build(loop.From, loop.To, -1)))
			i = loop.To
			continue
		}
		if o := b.node(i, end); o != nil {
			ops = append(ops, o)
		}
	}
	return ops
}

// outermost finds the widest loop that begins at a node and ends before to.
func (b *builder) outermost(i, to int32) (int32, bool) {
	best, ok := int32(0), false
	for l := range b.p.Loops {
		x := &b.p.Loops[l]
		if x.From == i && x.To < to && (!ok || x.To > b.p.Loops[best].To) {
			best, ok = int32(l), true
		}
	}
	return best, ok
}

// node makes the closure of a node; nil for constants, which are set already.
func (b *builder) node(i, end int32) op {
	n := b.p.Nodes[i]
	v := b.m.values
	x, y := n.A, n.B
	switch n.Op {
	case ir.Const:
		v[i] = exactly(b.p.Consts[n.K].Value)
		return nil
	case ir.Number:
		v[i] = exactly(n.K)
		return nil
	case ir.Field:
		slot := b.p.Fields[n.K].Slot + n.B
		return func(m *Machine) bool { v[i] = m.facts.Slots[slot]; return true }
	case ir.Entry:
		f := &b.p.Fields[n.K]
		list, column := f.List, f.Column
		return func(m *Machine) bool {
			v[i] = m.facts.Lists[list].Columns[column][m.at[list]]
			return true
		}
	case ir.YearStart:
		return func(m *Machine) bool { v[i] = exactly(m.start); return true }
	case ir.YearEnd:
		return func(m *Machine) bool { v[i] = exactly(m.end); return true }
	case ir.FullYears:
		return func(m *Machine) bool {
			v[i] = Value{fullYears(v[x].High, v[y].Low), fullYears(v[x].Low, v[y].High)}
			return true
		}
	case ir.Add:
		return func(m *Machine) bool { v[i] = Value{v[x].Low + v[y].Low, v[x].High + v[y].High}; return true }
	case ir.Sub:
		return func(m *Machine) bool { v[i] = Value{v[x].Low - v[y].High, v[x].High - v[y].Low}; return true }
	case ir.Mul:
		return b.product(i, n, money.Power(int(n.K)), 1)
	case ir.Share:
		return b.product(i, n, int64(money.Whole)/money.Power(int(n.K))*max(int64(n.Rounding.Step), 1), max(int64(n.Rounding.Step), 1))
	case ir.Min:
		return func(m *Machine) bool {
			v[i] = Value{min(v[x].Low, v[y].Low), min(v[x].High, v[y].High)}
			return true
		}
	case ir.Positive:
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			a := v[x]
			r := Value{max(a.Low, 0), max(a.High, 0)}
			return a, a, r, r.High > 0 || a.Low < 0
		})
	case ir.Compare:
		return func(m *Machine) bool { v[i] = compare(n.Cmp, v[x], v[y]); return true }
	case ir.Linear:
		terms := b.p.Terms[n.A:n.B]
		return func(m *Machine) bool { v[i] = linear(n.Cmp, terms, v); return true }
	case ir.Member:
		return func(m *Machine) bool { v[i] = member(v[x], n.K); return true }
	case ir.And:
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			r := Value{v[x].Low & v[y].Low, v[x].High & v[y].High}
			return v[y], v[x], r, r != exactly(1)
		})
	case ir.Or:
		return func(m *Machine) bool { v[i] = Value{v[x].Low | v[y].Low, v[x].High | v[y].High}; return true }
	case ir.Not:
		return func(m *Machine) bool { v[i] = Value{1 - v[x].High, 1 - v[x].Low}; return true }
	case ir.Granted:
		return func(m *Machine) bool { v[i] = compare(ir.More, m.final[n.K], Value{}); return true }
	case ir.Amount:
		return func(m *Machine) bool { v[i] = m.final[n.K]; return true }
	}
	return b.stepped(i, n, end)
}

// explained makes a closure that computes a value and notes a step if the node
// has one. f gives what it was done to, by what, the result, and whether it
// decided something.
func (b *builder) explained(i int32, n ir.Node, f func() (in, by, out Value, binds bool)) op {
	v := b.m.values
	if n.Step == ir.None {
		return func(m *Machine) bool { _, _, v[i], _ = f(); return true }
	}
	return func(m *Machine) bool {
		in, by, out, binds := f()
		v[i] = out
		if m.explain {
			m.note(Record{Step: n.Step, Node: i, In: in, By: by, Out: out, Binds: binds})
		}
		return true
	}
}

// product makes a closure for a product divided and rounded. The compiler has
// bounded the result.
func (b *builder) product(i int32, n ir.Node, div, step int64) op {
	v, x, y := b.m.values, n.A, n.B
	mode := n.Rounding.Mode
	one := func(p, q int64) int64 {
		r, _ := money.MulDiv(p, q, div, mode)
		return r * step
	}
	return b.explained(i, n, func() (Value, Value, Value, bool) {
		p, q := v[x], v[y]
		if p.Known() && q.Known() {
			r := one(p.Low, q.Low)
			return p, q, Value{r, r}, r > 0
		}
		r := Value{one(p.Low, q.Low), one(p.Low, q.Low)}
		for _, w := range [3]int64{one(p.Low, q.High), one(p.High, q.Low), one(p.High, q.High)} {
			r.Low, r.High = min(r.Low, w), max(r.High, w)
		}
		return p, q, r, r.High > 0
	})
}

// stepped makes the closures of nodes that mostly are steps.
func (b *builder) stepped(i int32, n ir.Node, end int32) op {
	v := b.m.values
	x, y, z := n.A, n.B, n.C
	switch n.Op {
	case ir.Pass:
		stops := n.Step != ir.None && n.Type == ir.Bool && b.p.Steps[n.Step].Kind != ir.Grant && b.p.Steps[n.Step].End == end
		condition := n.Step != ir.None && (b.p.Steps[n.Step].Kind == ir.Condition || b.p.Steps[n.Step].Kind == ir.Gate)
		f := b.explained(i, n, func() (Value, Value, Value, bool) {
			if condition {
				return v[x], v[x], v[x], v[x] != exactly(1)
			}
			return v[x], v[x], v[x], v[x].High > 0
		})
		if !stops {
			return f
		}
		return func(m *Machine) bool { f(m); return v[i].High > 0 }
	case ir.If:
		row := n.Step != ir.None && b.p.Steps[n.Step].Kind == ir.Row
		if row {
			return func(m *Machine) bool {
				v[i] = choose(v, x, y, z)
				if m.explain && v[x].High > 0 {
					m.note(Record{Step: n.Step, Node: i, In: v[x], By: v[y], Out: v[i], Binds: true})
				}
				return true
			}
		}
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			return v[y], v[x], choose(v, x, y, z), v[x] != exactly(1)
		})
	case ir.Cap:
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			a, r := v[x], Value{min(v[x].Low, v[y].Low), min(v[x].High, v[y].High)}
			if z != ir.None {
				switch v[z] {
				case Value{}:
					r = a
				case Value{0, 1}:
					r.High = a.High
				}
			}
			return a, v[y], r, r != a
		})
	case ir.Highest:
		return func(m *Machine) bool {
			v[i] = Value{max(v[x].Low, v[y].Low), max(v[x].High, v[y].High)}
			return true
		}
	case ir.Steps:
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			r := Value{max(v[x].Low, 0) / v[y].High * v[z].Low, max(v[x].High, 0) / v[y].Low * v[z].High}
			return v[x], v[y], r, r.High > 0
		})
	case ir.Floor:
		least := ir.Least
		if n.Cmp == ir.More {
			least = ir.More
		}
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			reached := compare(least, v[x], v[y])
			r := Value{v[x].Low * reached.Low, v[x].High * reached.High}
			return v[x], v[y], r, reached != exactly(1)
		})
	case ir.Paid:
		return func(m *Machine) bool { v[i] = m.paid(int32(n.K), x, n.B); return true }
	case ir.PaidYears:
		return func(m *Machine) bool { v[i] = m.paidYears(int32(n.K), x); return true }
	case ir.Instalment:
		return b.explained(i, n, func() (Value, Value, Value, bool) {
			had, sum := b.m.paidYears(n.B, ir.None).Low, b.m.paid(n.B, ir.None, 0).Low
			r := Value{}
			switch {
			case had == n.K-1:
				r = Value{max(v[x].Low-sum, 0), max(v[x].High-sum, 0)}
			case had < n.K-1:
				// rounded down, so that the parts never come to more than the whole
				r = Value{v[x].Low / n.K, v[x].High / n.K}
			}
			return v[x], exactly(had + 1), r, true
		})
	}
	panic("eval: node without a meaning") // the compiler makes none
}

// choose is B if A, else C, else nothing.
func choose(v []Value, x, y, z int32) Value {
	other := Value{}
	if z != ir.None {
		other = v[z]
	}
	switch v[x] {
	case Value{1, 1}:
		return v[y]
	case Value{}:
		return other
	}
	return Value{min(v[y].Low, other.Low), max(v[y].High, other.High)}
}

func bool2(sure, possible bool) Value {
	switch {
	case sure:
		return Value{1, 1}
	case possible:
		return Value{0, 1}
	}
	return Value{}
}

func compare(c ir.Cmp, a, b Value) Value {
	switch c {
	case ir.Least:
		return bool2(a.Low >= b.High, a.High >= b.Low)
	case ir.More:
		return bool2(a.Low > b.High, a.High > b.Low)
	case ir.Less:
		return bool2(a.High < b.Low, a.Low < b.High)
	case ir.Most:
		return bool2(a.High <= b.Low, a.Low <= b.High)
	case ir.Equal:
		return bool2(a.Known() && a == b, a.Low <= b.High && b.Low <= a.High)
	}
	return bool2(a.High < b.Low || b.High < a.Low, !(a.Known() && a == b))
}

// linear compares a sum of shares with nothing, exactly.
func linear(c ir.Cmp, terms []ir.Term, v []Value) Value {
	var low, high wide
	for _, t := range terms {
		x, r := v[t.X], exactly(int64(money.Whole))
		if t.Ratio != ir.None {
			r = v[t.Ratio]
		}
		lo := times(x.Low, r.Low)
		hi := lo
		if !x.Known() || !r.Known() {
			for _, w := range [3]wide{times(x.Low, r.High), times(x.High, r.Low), times(x.High, r.High)} {
				if w.less(lo) {
					lo = w
				}
				if hi.less(w) {
					hi = w
				}
			}
		}
		if t.Negative {
			lo, hi = hi.minus(), lo.minus()
		}
		low, high = low.plus(lo), high.plus(hi)
	}
	return compare(c, Value{low.sign(), high.sign()}, Value{})
}

// member is whether a choice is among bits; the choices between two are those
// of a range.
func member(a Value, set int64) Value {
	all, some := true, false
	for k := a.Low; k <= a.High; k++ {
		if set&(1<<k) != 0 {
			some = true
		} else {
			all = false
		}
	}
	return bool2(all, some)
}

func fullYears(from, to int64) int64 {
	a, b := syntax.DateOf(from), syntax.DateOf(to)
	years := int64(b.Year - a.Year)
	if b.Before(a.AddYears(int(years))) {
		years--
	}
	return max(years, 0)
}

// gather makes the closure of a node over a loop.
func (b *builder) gather(i int32, l ir.Loop, body []op) op {
	n := b.p.Nodes[i]
	v := b.m.values
	x, key, room := n.A, n.B, n.C
	list := l.List
	unknown := Value{n.Min, n.Max}
	run := func(m *Machine, k int) {
		m.at[list] = k
		for _, o := range body {
			o(m)
		}
	}
	simple := n.Op == ir.Sum || n.Op == ir.Tally
	return func(m *Machine) bool {
		facts := &m.facts.Lists[list]
		outer := m.entry
		r, in := Value{}, exactly(int64(facts.Len))
		if !facts.Known {
			r, in = unknown, unknown
		} else if simple {
			for k := range facts.Len {
				m.entry = int32(k)
				run(m, k)
				r.Low, r.High = r.Low+v[x].Low, r.High+v[x].High
			}
		} else {
			g := grouping{}
			for k := range facts.Len {
				m.entry = int32(k)
				run(m, k)
				rm := Value{}
				if room != ir.None {
					rm = v[room]
				}
				g.add(v[key], v[x], rm)
			}
			r = g.result(n.Op)
			in = g.result(ir.Sum)
		}
		m.entry = outer
		v[i] = r
		if m.explain && n.Step != ir.None {
			m.note(Record{Step: n.Step, Node: i, In: in, Out: r, Binds: r.High > 0})
		}
		return true
	}
}

// grouping is values of entries by key.
type grouping struct {
	keys    []Value
	sums    []Value
	most    []Value
	rooms   []Value
	unknown bool
	index   map[int64]int
}

func (g *grouping) add(key, x, room Value) {
	if !key.Known() {
		g.unknown = true
		g.keys, g.sums, g.most, g.rooms = append(g.keys, key), append(g.sums, x), append(g.most, x), append(g.rooms, room)
		return
	}
	if g.index == nil {
		g.index = map[int64]int{}
	}
	i, ok := g.index[key.Low]
	if !ok {
		g.index[key.Low] = len(g.keys)
		g.keys, g.sums, g.most, g.rooms = append(g.keys, key), append(g.sums, x), append(g.most, x), append(g.rooms, room)
		return
	}
	g.sums[i] = Value{g.sums[i].Low + x.Low, g.sums[i].High + x.High}
	g.most[i] = Value{max(g.most[i].Low, x.Low), max(g.most[i].High, x.High)}
}

// result adds the groups up. If keys are unknown, entries may be of one group
// or of several.
func (g *grouping) result(op ir.Op) Value {
	r := Value{}
	for i := range g.keys {
		x := g.most[i]
		switch op {
		case ir.Sum:
			x = g.sums[i]
		case ir.CapPer:
			x = Value{min(g.sums[i].Low, g.rooms[i].Low), min(g.sums[i].High, g.rooms[i].High)}
		}
		r.High += x.High
		if g.unknown {
			r.Low = max(r.Low, x.Low)
		} else {
			r.Low += x.Low
		}
	}
	return r
}

// paid is what the ledger has for a benefit and key, years back at most.
func (m *Machine) paid(benefit, key, years int32) Value {
	sum := int64(0)
	for i := range m.facts.Paid {
		p := &m.facts.Paid[i]
		if p.Benefit == benefit && p.Year < m.facts.Year && (years == 0 || p.Year >= m.facts.Year-int(years)) && m.keyed(p, key) {
			sum += p.Amount
		}
	}
	if key != ir.None && !m.values[key].Known() && len(m.facts.Paid) > 0 {
		return Value{0, m.paid(benefit, ir.None, years).High}
	}
	return exactly(sum)
}

func (m *Machine) paidYears(benefit, key int32) Value {
	var years []int
	for i := range m.facts.Paid {
		p := &m.facts.Paid[i]
		if p.Benefit == benefit && p.Year < m.facts.Year && p.Amount > 0 && m.keyed(p, key) && !slices.Contains(years, p.Year) {
			years = append(years, p.Year)
		}
	}
	if key != ir.None && !m.values[key].Known() && len(m.facts.Paid) > 0 {
		return Value{0, m.paidYears(benefit, ir.None).High}
	}
	return exactly(int64(len(years)))
}

// keyed reports whether a payment is of the key a node gives.
func (m *Machine) keyed(p *Payment, key int32) bool {
	if key == ir.None {
		return true
	}
	k := m.values[key]
	if !k.Known() {
		return false
	}
	n := &m.program.Nodes[key]
	if n.Type == ir.Choice {
		return m.program.Fields[n.K].Choices[k.Low] == p.Key
	}
	return m.facts.Texts[k.Low] == p.Key
}
