package columns

import (
	"quanxiang/rules/columns/kernel"
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
	entries  [][]entry         // of payments, by benefit
	looked   []bool            // benefits whose payments are looked at
	named    map[int64][]int64 // by field: the numbers of the texts that name its choices
	groups   kernel.Groups
	row      []int64
}

func newFrame(p *plan, t *Table, program *ir.Program) frame {
	f := frame{plan: p, table: t, values: make([][]int64, len(p.graph.values)), memory: make([][]int64, p.regs), layouts: make([]layout, len(p.domains)), named: map[int64][]int64{}}
	f.entries, f.looked = make([][]entry, len(program.Benefits)), make([]bool, len(program.Benefits))
	for _, s := range p.steps {
		if s.op == opPaid || s.op == opYearsPaid {
			f.looked[s.k&(1<<32-1)] = true
		}
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
	for k := 0; k < len(f.plan.steps); k++ {
		s := &f.plan.steps[k]
		switch {
		case s.op != opSkip:
			f.step(s)
		case f.nowhere(s):
			k = s.to - 1
		}
	}
}

// nowhere reports whether a condition holds nowhere in the block; what it is the
// condition of is nothing then.
func (f *frame) nowhere(s *step) bool {
	n := f.layouts[s.dom].n
	for _, x := range f.values[s.a][:n] {
		if x != 0 {
			return false
		}
	}
	end := &f.plan.steps[s.to-1]
	d := grown(f.memory[end.reg], n)
	clear(d)
	f.memory[end.reg], f.values[end.id] = d, d
	return true
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
	f.values[s.id] = d
	var a, b, c []int64
	if s.b >= 0 && !s.constant {
		b = f.values[s.b]
	}
	if s.column != nil {
		v := &f.plan.graph.values[s.a]
		column, from := f.column(v)
		if column.U8 != nil {
			alone(s, d, column.U8[from:from+n], b, false)
		} else {
			alone(s, d, column.I32[from:from+n], b, v.min < 0)
		}
		return
	}
	if s.a >= 0 {
		a = f.values[s.a]
	}
	if s.c >= 0 && (s.op == opSel || s.op == opCapPer) && !s.also {
		c = f.values[s.c]
	}
	switch s.op {
	case opTable, opTier, opUnits, opScale, opBelow, opFrom:
		alone(s, d, a, b, f.plan.graph.values[s.a].min < 0)
		return
	}
	if s.constant || s.also {
		f.fixed(s, d, a, b, c)
		return
	}
	switch s.op {
	case opAdd:
		kernel.AddR(d, a, b)
	case opSub:
		kernel.SubR(d, a, b)
	case opMul:
		kernel.MulR(d, a, b)
	case opMin:
		kernel.MinR(d, a, b)
	case opMax:
		kernel.MaxR(d, a, b)
	case opWide:
		if v := f.plan.graph.values; v[s.a].min < 0 || v[s.b].min < 0 || money.Mode(s.k2) == money.HalfEven {
			kernel.Broad(d, a, b, s.k, money.Mode(s.k2))
		} else {
			kernel.Wider(d, a, b, s.k, money.Mode(s.k2))
		}
	case opDiv:
		kernel.Quotient(d, a, b)
	case opLess:
		kernel.LessR(d, a, b)
	case opLeast:
		kernel.LeastR(d, a, b)
	case opEqual:
		kernel.EqualR(d, a, b, 0)
	case opUnequal:
		kernel.EqualR(d, a, b, -1)
	case opLinear:
		kernel.Linear(d, a, b, s.k, s.k2, -int64(s.value.c))
	case opSteep:
		s.steep.Run(d, a, b)
	case opMember:
		kernel.Member(d, a, s.k)
	case opAnd, opMask:
		kernel.AndR(d, a, b)
	case opOr:
		kernel.OrR(d, a, b)
	case opAndNot:
		kernel.AndNot(d, a, b)
	case opSel:
		kernel.SelR(d, a, b, c)
	case opYears:
		kernel.FullYearsOf(d, a, b)
	case opBit:
		kernel.Bit(d, a, s.k)
	default:
		f.gather(s, d, a, b, c)
	}
}

// alone computes loops whose operand a may be a column of the table.
func alone[T kernel.Number](s *step, d []int64, a []T, b []int64, signed bool) {
	switch s.op {
	case opTable:
		kernel.Lookup(d, a, s.table)
	case opTier:
		kernel.Tiers(d, a, s.cuts, s.between)
	case opUnits:
		kernel.Units(d, a, s.k, s.k2)
	case opBelow:
		kernel.Below(d, a, b, s.k)
	case opFrom:
		kernel.From(d, a, b, s.k)
	case opScale:
		if signed || s.k < 0 {
			kernel.Signed(d, a, s.k, s.divide, money.Mode(s.value.c))
		} else {
			kernel.Scale(d, a, s.k, s.divide, money.Mode(s.value.c))
		}
	case opAdd:
		kernel.AddK(d, a, s.kb)
	case opMul:
		kernel.MulK(d, a, s.kb)
	case opMin:
		kernel.MinK(d, a, s.kb)
	case opMax:
		kernel.MaxK(d, a, s.kb)
	}
}

// fixed computes loops with a number for an operand.
func (f *frame) fixed(s *step, d, a, b, c []int64) {
	switch s.op {
	case opMask:
		kernel.AndK(d, a, s.kb)
	case opSel:
		switch {
		case s.constant && s.also:
			kernel.SelKK(d, a, s.kb, s.kc)
		case s.constant:
			kernel.SelK(d, a, c, s.kb)
		default:
			kernel.SelR(d, a, b, f.values[s.value.c])
		}
	default:
		alone(s, d, a, b, false)
	}
}

// column is the column of the table that a value is, and where the block begins
// in it.
func (f *frame) column(v *value) (*Column, int) {
	if v.op == opLoad {
		return &f.table.Slots[v.k], f.from
	}
	list := &f.table.Lists[v.k]
	return &list.Columns[v.k2], int(list.Offsets[f.from])
}

// load widens a column of the table, or is that column.
func (f *frame) load(s *step, n int) {
	column, from := f.column(&s.value)
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
