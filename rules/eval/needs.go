package eval

import (
	"slices"

	"quanxiang/rules/ir"
)

// Needs is the facts a benefit's result is still open for, after a run: those
// unknown or known as ranges that its value rests on, in the order of the
// program. Fields of list entries are named by the list if it is missing as a
// whole.
func (m *Machine) Needs(b int32) []int32 {
	m.turn++
	w := &needs{m: m}
	w.benefit(b)
	slices.Sort(w.fields)
	return slices.Compact(w.fields)
}

type needs struct {
	m      *Machine
	fields []int32
}

// turns are the nodes and benefits that were looked at: those that hold the number
// of this asking.
type turns struct {
	turn            uint64
	nodes, benefits []uint64
	looped          []bool // nodes that are computed for each entry of a list
}

func newTurns(p *ir.Program) turns {
	t := turns{nodes: make([]uint64, len(p.Nodes)), benefits: make([]uint64, len(p.Benefits)), looped: make([]bool, len(p.Nodes))}
	for _, l := range p.Loops {
		for i := l.From; i < l.To; i++ {
			t.looped[i] = true
		}
	}
	return t
}

func (w *needs) benefit(b int32) {
	m := w.m
	if m.benefits[b] == m.turn || m.final[b].Known() && m.raw[b].Known() {
		return
	}
	m.benefits[b] = m.turn
	info := &m.program.Benefits[b]
	if !m.raw[b].Known() {
		w.node(info.Result)
	}
	if m.final[b] == m.raw[b] {
		return
	}
	for g := range m.program.Groups {
		for _, x := range m.program.Groups[g].Exclusions {
			if x.A == b {
				w.benefit(x.B)
			} else if x.B == b {
				w.benefit(x.A)
			}
		}
		for _, c := range m.program.Groups[g].Caps {
			if slices.Contains(c.Members, b) {
				for _, o := range c.Members {
					w.benefit(o)
				}
			}
		}
	}
}

// node follows what is not known. What a condition that fails for certain would
// have asked is not asked.
func (w *needs) node(i int32) {
	m := w.m
	if i == ir.None || m.nodes[i] == m.turn {
		return
	}
	m.nodes[i] = m.turn
	n := &m.program.Nodes[i]
	// the value at hand of a node in a loop is that of the last entry only
	if n.Op != ir.Entry && m.At(i).Known() && n.Loop == ir.None && !m.looped[i] {
		return
	}
	switch n.Op {
	case ir.Field:
		w.fields = append(w.fields, int32(n.K))
		return
	case ir.Entry:
		f := &m.program.Fields[n.K]
		list := &m.facts.Lists[f.List]
		if list.Known && slices.ContainsFunc(list.Columns[f.Column], func(v Value) bool { return !v.Known() }) {
			w.fields = append(w.fields, int32(n.K))
		}
		return
	case ir.Granted, ir.Amount:
		w.benefit(int32(n.K))
		return
	case ir.Linear:
		for _, t := range m.program.Terms[n.A:n.B] {
			w.node(t.X)
			w.node(t.Ratio)
		}
		return
	case ir.If:
		w.node(n.A)
		if m.looped[i] || m.At(n.A).High > 0 {
			w.node(n.B)
		}
		if m.looped[i] || m.At(n.A).Low == 0 {
			w.node(n.C)
		}
		return
	case ir.Paid, ir.PaidYears, ir.Not, ir.Member, ir.Positive, ir.Pass, ir.Instalment:
		w.node(n.A)
		return
	}
	if n.Loop != ir.None {
		l := m.program.Loops[n.Loop].List
		if !m.facts.Lists[l].Known {
			w.fields = append(w.fields, m.program.Lists[l].Field)
			return
		}
	}
	w.node(n.A)
	w.node(n.B)
	w.node(n.C)
}
