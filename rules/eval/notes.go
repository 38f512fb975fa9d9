package eval

import "quanxiang/rules/ir"

// note is how a node stands in an explanation: a record of values that are there
// once it is computed, so that the closures have nothing to do with it.
type note struct {
	step, node  int32
	in, by, out *Value
	when        occasion
}

// occasion says when a node is noted and whether it decided something then.
type occasion uint8

const (
	never   occasion = iota
	gives            // always; if it comes to more than nothing
	lifts            // always; if it comes to more than nothing, or lifted what was below
	demands          // always; unless what it came to holds
	allows           // always; unless its condition holds
	cuts             // always; if it left less
	reached          // always; unless what it was done to is at least the limit
	beyond           // always; unless it is more than the limit
	row              // a row of a table, if it may be the one
	turn             // an instalment; which one it is is its limit
)

// note says how a node is noted.
func (b *builder) note(i int32, n ir.Node) note {
	if n.Step == ir.None {
		return note{}
	}
	r := note{step: n.Step, node: i, out: b.at(i)}
	if n.A != ir.None {
		r.in = b.at(n.A)
	}
	r.by = r.in
	if n.B != ir.None && n.Op != ir.Instalment && n.Op != ir.Positive {
		r.by = b.at(n.B)
	}
	kind := b.p.Steps[n.Step].Kind
	switch n.Op {
	case ir.Pass:
		r.when = gives
		if kind == ir.Condition || kind == ir.Gate {
			r.when = demands
		}
	case ir.Positive:
		r.when = lifts
		if kind == ir.LessPaid { // the difference of what it comes to and what was paid
			r.in, r.by, r.when = b.at(b.p.Nodes[n.A].A), b.at(b.p.Nodes[n.A].B), cuts
		}
	case ir.And:
		r.in, r.by, r.when = r.by, r.in, demands
	case ir.If:
		r.in, r.by, r.when = r.by, r.in, allows
		if kind == ir.Row {
			r.in, r.by, r.when = r.by, r.in, row
		}
	case ir.Mul, ir.Share, ir.Steps:
		r.when = gives
	case ir.Cap:
		r.when = cuts
	case ir.Floor:
		r.when = reached
		if n.Cmp == ir.More {
			r.when = beyond
		}
	case ir.Instalment:
		r.when = turn
	default:
		return note{} // a loop notes itself; others explain nothing
	}
	return r
}

// tell notes a node that was computed.
func (m *Machine) tell(n *note) {
	by, binds := *n.by, true
	switch n.when {
	case row:
		if n.in.High == 0 {
			return
		}
	case gives:
		binds = n.out.High > 0
	case lifts:
		binds = n.out.High > 0 || n.in.Low < 0
	case demands:
		binds = *n.out != Value{1, 1}
	case allows:
		binds = by != Value{1, 1}
	case cuts:
		binds = *n.out != *n.in
	case reached:
		binds = n.in.Low < by.High
	case beyond:
		binds = n.in.Low <= by.High
	case turn:
		by = exactly(m.paidYears(m.program.Nodes[n.node].B, ir.None).Low + 1)
	}
	m.note(n.step, n.node, *n.in, by, *n.out, binds)
}

// note keeps a step of the benefit at hand.
func (m *Machine) note(step, node int32, in, by, out Value, binds bool) {
	if m.entry >= 0 && len(m.records) >= maxRecords {
		m.truncated = true
		return
	}
	if len(m.records) == cap(m.records) {
		m.records = append(m.records, Record{})[:len(m.records)]
	}
	m.records = m.records[:len(m.records)+1]
	// written where it stays: a record is long, and there are a hundred and more
	r := &m.records[len(m.records)-1]
	r.Step, r.Benefit, r.Node, r.Entry = step, m.current, node, m.entry
	r.In, r.By, r.Out, r.Binds = in, by, out, binds
}
