package columns

import (
	"slices"

	"quanxiang/rules/columns/kernel"
)

// step is one loop of a plan.
type step struct {
	value
	id       int32 // of the value
	reg      int32 // whose memory the result has
	divide   kernel.Divisor
	column   *Column // read as it is: the operand a of a loop with one operand
	list     int32   // whose entries the column is of, none of rows
	reads    []int32
	args     []int32
	table    *[few]int64
	cuts     []int64
	between  []int64
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
	payers  bool // payments are looked at
}

// schedule orders what the outputs need and gives it memory.
func schedule(g *graph, t *Table, outputs [][]int32, totals []int32) *plan {
	p := &plan{graph: g, table: t, outputs: outputs, totals: totals, used: make([]bool, len(g.domains))}
	seen := make([]bool, len(g.values))
	var order []int32
	var visit func(i int32)
	visit = func(i int32) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, o := range p.reads(i) {
			visit(o)
		}
		order = append(order, i)
	}
	kept := make([]bool, len(g.values))
	for k := range totals {
		for _, i := range outputs[k] {
			if i != none {
				visit(i)
				kept[i] = true
			}
		}
	}
	for _, i := range totals {
		visit(i)
		kept[i] = true
	}
	for _, i := range order {
		p.add(i)
	}
	for i := range kept {
		if kept[i] {
			p.number(int32(i))
		}
	}
	p.allocate(kept)
	return p
}

// add adds the loop of a value.
func (p *plan) add(i int32) {
	v := p.values[i]
	if v.op == opConst {
		return
	}
	s := step{value: v, id: i, reg: none, list: none, reads: p.reads(i)}
	if len(s.reads) == 0 && v.a != none {
		s.column, s.list = p.narrow(v.a)
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
		copy(s.table[:], unpacked64(v.args))
	case opTier:
		all := unpacked64(v.args)
		s.cuts, s.between = all[:v.k], all[v.k:]
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
	v := &p.values[i]
	if c, _ := p.narrow(v.a); c != nil {
		switch v.op {
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
func (p *plan) narrow(i int32) (*Column, int32) {
	if i == none {
		return nil, none
	}
	var c *Column
	list := none
	switch v := &p.values[i]; v.op {
	case opLoad:
		c = &p.table.Slots[v.k]
	case opEntry:
		c, list = &p.table.Lists[v.k].Columns[v.k2], int32(v.k)
	}
	if c == nil || c.I64 != nil {
		return nil, none
	}
	return c, list
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
