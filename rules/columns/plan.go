package columns

import (
	"slices"

	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/columns/kernel"
)

// step is one loop of a plan.
type step struct {
	value
	id       int32 // of the value
	reg      int32 // whose memory the result has
	divide   kernel.Divisor
	column   *Column // read as it is: the operand a of a loop with one operand
	reads    []int32
	args     []int32
	table    *[few]int64
	cuts     []int64
	between  []int64
	steep    *kernel.Steep
	to       int  // of a skip: the step behind what it leaves out
	constant bool // b is the number kb
	kb       int64
	also     bool // c is the number kc
	kc       int64
}

// plan is what a machine does for a table: which loops in which order, and in
// whose memory. Facts that all rows share are numbers in it.
type plan struct {
	*graph
	table   *Table
	steps   []step
	regs    int32
	numbers []int32 // constants that are read as columns
	used    []bool  // domains
	outputs [][]int32
	totals  []int32
	payers  bool            // payments are looked at
	joined  map[int32]value // values computed together with an operand that nobody else reads
}

// schedule orders what the outputs need and gives it memory.
func schedule(g *graph, t *Table, outputs [][]int32, totals []int32) *plan {
	p := &plan{graph: g, table: t, outputs: outputs, totals: totals, used: make([]bool, len(g.domains))}
	kept := make([]bool, len(g.values))
	var wanted []int32
	for k := range totals {
		for _, i := range outputs[k] {
			if i != none {
				wanted = append(wanted, i)
			}
		}
	}
	wanted = append(wanted, totals...)
	for _, i := range wanted {
		kept[i] = true
	}
	p.join(wanted, kept)
	marks := map[int32]int{}
	for _, i := range p.order(wanted) {
		if i < 0 {
			v := p.at(^i)
			marks[^i] = len(p.steps)
			p.steps = append(p.steps, step{value: value{op: opSkip, a: v.a, b: none, c: none, dom: v.dom}, id: ^i, reg: none, reads: []int32{v.a}})
			continue
		}
		p.add(i)
		if k, ok := marks[i]; ok {
			p.steps[k].to = len(p.steps)
		}
	}
	for i := range kept {
		if kept[i] {
			p.number(int32(i))
		}
	}
	p.allocate(kept)
	return p
}

// at is a value as it is computed.
func (p *plan) at(i int32) value {
	if v, ok := p.joined[i]; ok {
		return v
	}
	return p.values[i]
}

// join finds conditions with a number that one loop alone reads, which asks
// itself then.
func (p *plan) join(wanted []int32, kept []bool) {
	uses := make([]int, len(p.values))
	var count func(i int32)
	count = func(i int32) {
		if uses[i]++; uses[i] > 1 {
			return
		}
		for _, o := range p.values[i].operands() {
			count(o)
		}
	}
	for _, i := range wanted {
		count(i)
	}
	p.joined = map[int32]value{}
	for i := range p.values {
		v := p.values[i]
		if uses[i] == 0 || v.op != opMask && v.op != opAnd {
			continue
		}
		for _, o := range [2][2]int32{{v.a, v.b}, {v.b, v.a}} {
			c := &p.values[o[0]]
			if c.op != opTier || c.k != 1 || c.min != -1 || c.max != 0 || uses[o[0]] > 1 || kept[o[0]] || c.dom != v.dom || v.op == opMask && o[0] != v.a || p.values[o[1]].op == opConst {
				continue
			}
			all := bounds.Unpack64(c.args)
			v.op = opBelow
			if all[1] == 0 {
				v.op = opFrom
			}
			v.a, v.b, v.k = c.a, o[1], all[0]
			p.joined[int32(i)] = v
			break
		}
	}
}

// add adds the loop of a value.
func (p *plan) add(i int32) {
	v := p.at(i)
	if v.op == opConst {
		return
	}
	s := step{value: v, id: i, reg: none, reads: p.reads(i)}
	if !slices.Contains(s.reads, v.a) && v.a != none {
		s.column = p.narrow(v.a)
	}
	p.use(v.dom)
	switch v.op {
	case opScale:
		s.divide = kernel.By(v.k2)
	case opLen, opSum, opCount, opBest, opCapPer:
		p.use(int32(v.k))
	case opPaid, opYearsPaid:
		p.payers = true
	}
	switch v.op {
	case opTable:
		s.table = new([few]int64)
		copy(s.table[:], bounds.Unpack64(v.args))
	case opTier:
		all := bounds.Unpack64(v.args)
		s.cuts, s.between = all[:v.k], all[v.k:]
	case opSteep:
		s.steep = steepOf(&v)
	case opExact, opChoose, opTotal:
		s.args = v.operands()
	}
	switch v.op {
	case opAdd, opMul, opMin, opMax, opMask:
		s.kb, s.constant = p.is(v.b)
	case opSel:
		s.kb, s.constant = p.is(v.b)
		s.kc, s.also = p.is(v.c)
		if s.also && !s.constant { // the opposite choice has its number in front
			p.number(v.c)
		}
	}
	for k, o := range [3]int32{v.a, v.b, v.c} {
		if o == none || k == 2 && (v.op == opLinear || v.op == opScale || v.op == opExact) {
			continue
		}
		if k == 1 && s.constant || k == 2 && s.also {
			continue
		}
		p.number(o)
	}
	for _, o := range s.args {
		p.number(o)
	}
	p.steps = append(p.steps, s)
}

// reads is the values whose memory a loop reads. Loops with one operand read
// narrow columns of the table as they are.
func (p *plan) reads(i int32) []int32 {
	v := p.at(i)
	if p.narrow(v.a) != nil {
		switch v.op {
		case opBelow, opFrom:
			return []int32{v.b}
		case opTable, opTier, opUnits, opScale:
			return nil
		case opAdd, opMul, opMin, opMax:
			if _, number := p.is(v.b); number {
				return nil
			}
		}
	}
	return v.operands()
}

// narrow is the column of the table that a value is, if it is not as wide as
// values are.
func (p *plan) narrow(i int32) *Column {
	if i == none {
		return nil
	}
	var c *Column
	switch v := &p.values[i]; v.op {
	case opLoad:
		c = &p.table.Slots[v.k]
	case opEntry:
		c = &p.table.Lists[v.k].Columns[v.k2]
	}
	if c == nil || c.I64 != nil {
		return nil
	}
	return c
}

// number notes that a constant is read as a column.
func (p *plan) number(i int32) {
	if p.values[i].op == opConst && !slices.Contains(p.numbers, i) {
		p.numbers = append(p.numbers, i)
	}
}

func (p *plan) use(dom int32) {
	for ; dom != none && !p.used[dom]; dom = p.domains[dom].parent {
		p.used[dom] = true
	}
}

// allocate gives each loop the memory of a result that nobody reads any more.
func (p *plan) allocate(kept []bool) {
	last := make([]int32, len(p.values))
	reg := make([]int32, len(p.values))
	for k, s := range p.steps {
		for _, o := range s.reads {
			last[o] = int32(k)
		}
	}
	var free []int32
	for k := range p.steps {
		s := &p.steps[k]
		if s.op == opSkip {
			continue
		}
		take := func() {
			if n := len(free); n > 0 {
				s.reg, free = free[n-1], free[:n-1]
			} else {
				s.reg = p.regs
				p.regs++
			}
			reg[s.id] = s.reg
		}
		release := func() {
			done := map[int32]bool{}
			for _, o := range s.reads {
				if p.values[o].op != opConst && last[o] == int32(k) && !kept[o] && !done[o] {
					done[o] = true
					free = append(free, reg[o])
				}
			}
		}
		if s.elementwise() {
			release()
			take()
		} else {
			take()
			release()
		}
	}
}

// elementwise reports whether each element of the result needs that of the
// operands only, so that it may take their memory.
func (s *step) elementwise() bool {
	switch s.op {
	case opExpand, opSum, opCount, opBest, opCapPer, opTotal, opPaid, opYearsPaid, opExact, opChoose:
		return false
	}
	return true
}
