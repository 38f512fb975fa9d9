package columns

import (
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// frame is the memory of a machine while it goes through a block.
type frame struct {
	plan     *plan
	table    *Table
	from, to int
	values   [][]int64 // by value of the graph
	memory   [][]int64 // by register
	layouts  []layout  // by domain
	running  []int64   // sums under way
	args     [][]int64
	entries  []entry // of payments
	years    []int64
	named    map[int64][]int64 // by field: the numbers of the texts that name its choices
	keys     map[int64]int
	groups   []group
	row      []int64
}

func newFrame(p *plan, t *Table, program *ir.Program) frame {
	f := frame{plan: p, table: t, values: make([][]int64, len(p.graph.values)), memory: make([][]int64, p.regs), layouts: make([]layout, len(p.domains)), named: map[int64][]int64{}, keys: map[int64]int{}}
	for _, s := range p.steps {
		if field := s.k>>32 - 1; (s.op == opPaid || s.op == opYearsPaid) && field >= 0 && f.named[field] == nil {
			for _, c := range program.Fields[field].Choices {
				n, ok := t.Texts[c]
				if !ok {
					n = -1 << 62 // no payment has it
				}
				f.named[field] = append(f.named[field], n)
			}
		}
	}
	return f
}

// grown is memory for n numbers.
func grown(x []int64, n int) []int64 {
	if cap(x) < n {
		return make([]int64, n, max(n, 2*cap(x), BlockRows))
	}
	return x[:n]
}

// run computes the rows of a block.
func (f *frame) run(from, to int) {
	f.from, f.to = from, to
	most := to - from
	for d := range f.layouts {
		if f.plan.used[d] {
			f.lay(int32(d))
			most = max(most, f.layouts[d].n)
		}
	}
	for _, i := range f.plan.numbers {
		if x := f.values[i]; len(x) < most {
			x = grown(x, most)
			k := f.plan.graph.values[i].k
			for j := range x {
				x[j] = k
			}
			f.values[i] = x
		}
	}
	if f.plan.payers {
		f.pay()
	}
	for k := range f.plan.steps {
		f.step(&f.plan.steps[k])
	}
}

// step computes one loop.
func (f *frame) step(s *step) {
	n := f.layouts[s.dom].n
	if s.op == opLoad || s.op == opEntry {
		f.load(s, n)
		return
	}
	d := grown(f.memory[s.reg], n)
	f.memory[s.reg] = d
	var a, b, c []int64
	if s.a >= 0 {
		a = f.values[s.a]
	}
	if s.b >= 0 && !s.constant {
		b = f.values[s.b]
	}
	if s.c >= 0 && (s.op == opSel || s.op == opCapPer) && !s.also {
		c = f.values[s.c]
	}
	f.values[s.id] = d
	if s.constant || s.also {
		f.fixed(s, d, a, b, c)
		return
	}
	switch s.op {
	case opAdd:
		addR(d, a, b)
	case opSub:
		subR(d, a, b)
	case opMul:
		mulR(d, a, b)
	case opMin:
		minR(d, a, b)
	case opMax:
		maxR(d, a, b)
	case opScale:
		if f.plan.graph.values[s.a].min < 0 || s.k < 0 {
			signed(d, a, s.k, s.divide, money.Mode(s.c))
		} else {
			scale(d, a, s.k, s.divide, money.Mode(s.c))
		}
	case opWide:
		broad(d, a, b, s.k, money.Mode(s.k2))
	case opDiv:
		quotient(d, a, b)
	case opLess:
		lessR(d, a, b)
	case opLeast:
		leastR(d, a, b)
	case opEqual:
		equalR(d, a, b, 0)
	case opUnequal:
		equalR(d, a, b, -1)
	case opRange:
		within(d, a, s.k, s.k2)
	case opLinear:
		linear(d, a, b, s.k, s.k2, -int64(s.value.c))
	case opMember:
		member(d, a, s.k)
	case opAnd, opMask:
		andR(d, a, b)
	case opOr:
		orR(d, a, b)
	case opAndNot:
		andNot(d, a, b)
	case opSel:
		selR(d, a, b, c)
	case opUnits:
		units(d, a, s.k, s.k2)
	case opYears:
		fullYearsOf(d, a, b)
	case opBit:
		bit(d, a, s.k)
	default:
		f.gather(s, d, a, b, c)
	}
}

// fixed computes loops with a number for an operand.
func (f *frame) fixed(s *step, d, a, b, c []int64) {
	k := s.kb
	switch s.op {
	case opAdd:
		addK(d, a, k)
	case opMul:
		mulK(d, a, k)
	case opMin:
		minK(d, a, k)
	case opMax:
		maxK(d, a, k)
	case opLess:
		lessK(d, a, k)
	case opLeast:
		leastK(d, a, k)
	case opEqual:
		equalK(d, a, k, 0)
	case opUnequal:
		equalK(d, a, k, -1)
	case opMask:
		andK(d, a, k)
	case opSel:
		switch {
		case s.constant && s.also:
			selKK(d, a, k, s.kc)
		case s.constant:
			selK(d, a, c, k)
		default:
			selR(d, a, b, f.values[s.value.c])
		}
	}
}

// load widens a column of the table, or is that column.
func (f *frame) load(s *step, n int) {
	c, from := &f.table.Slots, f.from
	column := &Column{}
	if s.op == opLoad {
		column = &(*c)[s.k]
	} else {
		list := &f.table.Lists[s.k]
		column = &list.Columns[s.k2]
		from, _ = span(list.Offsets, f.from, f.to)
	}
	if column.I64 != nil {
		f.values[s.id] = column.I64[from : from+n]
		return
	}
	d := grown(f.memory[s.reg], n)
	f.memory[s.reg], f.values[s.id] = d, d
	if column.U8 != nil {
		for i, x := range column.U8[from : from+n] {
			d[i] = int64(x)
		}
		return
	}
	for i, x := range column.I32[from : from+n] {
		d[i] = int64(x)
	}
}
