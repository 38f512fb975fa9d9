package population

import "quanxiang/rules/ir"

// Need is whether a fact is read, and how many years back.
type Need struct {
	Any  bool
	Back int32
}

// Needed says of each fact of a program whether the benefits of a kind of
// applicant read it. without leaves benefits out; what a benefit that is left in
// refers to is in.
func Needed(p *ir.Program, input int32, without []bool) []Need {
	w := walker{p: p, need: make([]Need, len(p.Fields)), seen: make([]bool, len(p.Nodes)), done: make([]bool, len(p.Benefits))}
	for b := range p.Benefits {
		if p.Benefits[b].Input == input && (without == nil || !without[b]) {
			w.benefit(int32(b))
		}
	}
	for g := range p.Groups {
		for _, c := range p.Groups[g].Caps {
			for _, m := range c.Members {
				if w.done[m] {
					w.node(c.Limit)
					break
				}
			}
		}
	}
	return w.need
}

type walker struct {
	p    *ir.Program
	need []Need
	seen []bool // nodes
	done []bool // benefits
}

func (w *walker) benefit(b int32) {
	if !w.done[b] {
		w.done[b] = true
		w.node(w.p.Benefits[b].Result)
	}
}

func (w *walker) field(f, back int32) {
	n := &w.need[f]
	n.Any, n.Back = true, max(n.Back, back)
	if d := &w.p.Fields[f]; d.Column != ir.None {
		w.need[w.p.Lists[d.List].Field].Any = true
	}
}

func (w *walker) node(i int32) {
	if i == ir.None || w.seen[i] {
		return
	}
	w.seen[i] = true
	n := &w.p.Nodes[i]
	if n.Loop != ir.None {
		w.field(w.p.Lists[w.p.Loops[n.Loop].List].Field, 0)
	}
	switch n.Op {
	case ir.Const, ir.Number, ir.YearStart, ir.YearEnd:
	case ir.Field:
		w.field(int32(n.K), n.B)
	case ir.Entry:
		w.field(int32(n.K), 0)
	case ir.Linear:
		for _, t := range w.p.Terms[n.A:n.B] {
			w.node(t.X)
			w.node(t.Ratio)
		}
	case ir.Amount, ir.Granted:
		w.benefit(int32(n.K))
	case ir.Paid, ir.PaidYears, ir.Instalment:
		w.node(n.A)
	default:
		w.node(n.A)
		w.node(n.B)
		w.node(n.C)
	}
}
