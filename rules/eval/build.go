package eval

import (
	"quanxiang/rules/ir"
)

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

// step is a node as it is run: computed, noted in the explanation, and where
// nothing behind it in the benefit matters any more, asked whether to go on.
type step struct {
	op    op // nil where the value is there already
	note  note
	stops *Value // nothing follows if it is nothing
}

// builder makes the steps of nodes.
type builder struct {
	p     *ir.Program
	m     *Machine
	reads [][]read // by loop
}

// at is where a node's value is.
func (b *builder) at(i int32) *Value { return &b.m.values[b.m.where[i]] }

// places settles where values are: facts where a run copies them to, behind the
// nodes; numbers in their nodes, once and for all; entries of lists where their
// loops put them; what only passes a value on where that value is; all others in
// their own nodes.
func (b *builder) places() {
	m := b.m
	m.where = make([]int32, len(b.p.Nodes))
	m.values = make([]Value, len(b.p.Nodes)+int(b.p.Slots))
	m.slots = m.values[len(b.p.Nodes):]
	for i := range b.p.Nodes {
		n := &b.p.Nodes[i]
		m.where[i] = int32(i)
		switch n.Op {
		case ir.Const:
			m.values[i] = exactly(b.p.Consts[n.K].Value)
		case ir.Number:
			m.values[i] = exactly(n.K)
		case ir.Field:
			m.where[i] = int32(len(b.p.Nodes)) + b.p.Fields[n.K].Slot + n.B
		}
	}
	for _, l := range b.p.Loops {
		b.reads = append(b.reads, b.entries(l))
	}
	for i := range b.p.Nodes {
		if n := &b.p.Nodes[i]; n.Op == ir.Pass {
			m.where[i] = m.where[n.A]
		}
	}
}

// build makes the steps of nodes from, to (exclusive); end is where the benefit
// ends, −1 where nothing stops.
func (b *builder) build(from, to, end int32) (steps []step) {
	for i := from; i < to; i++ {
		if l, ok := b.outermost(i, to); ok {
			i = b.p.Loops[l].To
			steps = append(steps, step{op: b.gather(i, l)})
			continue
		}
		n := b.p.Nodes[i]
		s := step{op: b.op(i, n), note: b.note(i, n)}
		if n.Op == ir.Pass && n.Step != ir.None && n.Type == ir.Bool && b.p.Steps[n.Step].Kind != ir.Grant && b.p.Steps[n.Step].End == end {
			s.stops = b.at(i)
		}
		if s.op != nil || s.note.when != never || s.stops != nil {
			steps = append(steps, s)
		}
	}
	return steps
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
