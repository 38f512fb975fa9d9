// Package hints finds what would change an amount: of each fact that somebody can do
// more of, the next value at which the total is higher than growing along with it
// explains. "With 372,000 yuan more spent on research the ninth part of income is
// reached, which gives 100,000 more."
//
// Every node of a program is piecewise linear in each fact, so where a comparison turns
// follows from its operands at two values of the fact. What is found so is tried: a
// hint holds for the whole program, exclusions and limits included.
package hints

import (
	"cmp"
	"math/big"
	"slices"

	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
)

// Most hints of one applicant, and values tried of one fact: the nearest ones.
const (
	maxHints = 6
	maxTries = 8
)

// Hint is one fact and what would come of more of it.
type Hint struct {
	Fact     int32 // of Program.Fields
	From, To int64 // what it is and what it would be, as values of the fact's type
	More     int64 // fen in all
	Gains    []Gain
	Clauses  []ir.Clause // where the value comes from; may be empty
}

// Gain is what a benefit comes to more, or less where others displace it.
type Gain struct {
	Benefit int32
	More    int64 // fen; of a title 1
}

// Of lists hints for facts of which all that matters is known: without an exact total
// there are none. The greatest gain comes first.
func Of(p *ir.Program, m *eval.Machine, f *eval.Facts) []Hint {
	now := m.Run(f, false)
	if !now.Total.Known() {
		return nil
	}
	s := &search{p: p, m: m, f: f.Clone(), total: now.Total.Low, before: amounts(p, now)}
	s.nodes()
	var list []Hint
	for i := range p.Fields {
		info := &p.Fields[i]
		if info.Input != f.Input || info.Column != ir.None || !info.Used || info.By != "" {
			continue
		}
		if v := f.Slots[info.Slot]; v.Known() {
			if h, ok := s.fact(int32(i), v.Low); ok {
				list = append(list, h)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Hint) int { return cmp.Compare(b.More, a.More) })
	return list[:min(len(list), maxHints)]
}

// amounts are what benefits come to.
func amounts(p *ir.Program, r *eval.Result) []int64 {
	list := make([]int64, len(p.Benefits))
	for i := range r.Outcomes {
		list[i] = r.Outcomes[i].Final.Low
	}
	return list
}

// search looks for hints of one applicant.
type search struct {
	p      *ir.Program
	m      *eval.Machine
	f      *eval.Facts // changed and put back
	total  int64
	before []int64
	turns  []int32    // nodes outside loops that turn at a value
	terms  []*big.Int // of turns: their distance at the value the fact has
}

// nodes lists what may turn.
func (s *search) nodes() {
	within := make([]bool, len(s.p.Nodes))
	for _, l := range s.p.Loops {
		for i := l.From; i < l.To; i++ {
			within[i] = true
		}
	}
	for i := range s.p.Nodes {
		switch s.p.Nodes[i].Op {
		case ir.Compare, ir.Linear, ir.Floor, ir.Steps:
			if !within[i] {
				s.turns = append(s.turns, int32(i))
			}
		}
	}
}

// run computes with another value of a fact.
func (s *search) run(slot int32, v int64) *eval.Result {
	old := s.f.Slots[slot]
	s.f.Slots[slot] = eval.Value{Low: v, High: v}
	r := s.m.Run(s.f, false)
	s.f.Slots[slot] = old
	return r
}

// distance is how far a node is from its turn, times a positive number: 0 where both
// sides are equal. Of steps it is the amount less one step.
func (s *search) distance(n *ir.Node) *big.Int {
	at := func(x int32) *big.Int { return big.NewInt(s.m.At(x).Low) }
	if n.Op == ir.Linear {
		sum := new(big.Int)
		for _, t := range s.p.Terms[n.A:n.B] {
			x := at(t.X)
			if t.Ratio != ir.None {
				x.Mul(x, at(t.Ratio))
			} else {
				x.Mul(x, big.NewInt(100_000_000)) // ratios are hundred-millionths
			}
			if t.Negative {
				x.Neg(x)
			}
			sum.Add(sum, x)
		}
		return sum
	}
	d := at(n.A)
	return d.Sub(d, at(n.B))
}

// fact looks for the nearest value of a fact that gives more.
func (s *search) fact(field int32, v int64) (Hint, bool) {
	info := &s.p.Fields[field]
	switch info.Type {
	case ir.Bool:
		if v != 0 {
			return Hint{}, false
		}
		return s.try(field, v, 1, nil)
	case ir.Money, ir.Count:
	default:
		return Hint{}, false
	}
	unit := int64(1)
	for range info.Decimals {
		unit *= 10
	}
	if info.Type == ir.Money {
		unit = 100 // whole yuan: nobody aims at a fen
	}
	if v > info.Max-unit {
		return Hint{}, false
	}
	s.run(info.Slot, v)
	s.terms = s.terms[:0]
	for _, i := range s.turns {
		s.terms = append(s.terms, s.distance(&s.p.Nodes[i]))
	}
	s.run(info.Slot, v+unit)
	var found []turn
	for k, i := range s.turns {
		n := &s.p.Nodes[i]
		was := s.terms[k]
		slope := new(big.Int).Sub(s.distance(n), was)
		if slope.Sign() == 0 {
			continue
		}
		if n.Op == ir.Steps { // the next full step
			b := big.NewInt(max(s.m.At(n.B).Low, 1))
			was = new(big.Int).Neg(new(big.Int).Sub(b, new(big.Int).Mod(new(big.Int).Add(was, b), b)))
		}
		if was.Sign()*slope.Sign() > 0 {
			continue // it moves away from its turn
		}
		// The least number of units that brings it to its turn, and one unit beyond for
		// a comparison that excludes equality.
		was.Abs(was)
		slope.Abs(slope)
		steps := was.Add(was, slope).Sub(was, big.NewInt(1)).Quo(was, slope)
		if !steps.IsInt64() {
			continue
		}
		for _, more := range []int64{steps.Int64(), steps.Int64() + 1} {
			if more > 0 && more <= (info.Max-v)/unit {
				found = append(found, turn{v + more*unit, i})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b turn) int { return cmp.Compare(a.value, b.value) })
	found = slices.CompactFunc(found, func(a, b turn) bool { return a.value == b.value })
	for _, t := range found[:min(len(found), maxTries)] {
		// What the total gains by growing along with the fact is no jump.
		just := s.run(info.Slot, t.value-unit).Total
		if just.Known() && s.run(info.Slot, t.value).Total.Low-just.Low <= unit {
			continue
		}
		if h, ok := s.try(field, v, t.value, &s.p.Nodes[t.node]); ok {
			return h, true
		}
	}
	return Hint{}, false
}

// turn is a value of a fact at which a node turns.
type turn struct {
	value int64
	node  int32
}

// try is the hint for a value, if it gives more.
func (s *search) try(field int32, from, to int64, n *ir.Node) (Hint, bool) {
	r := s.run(s.p.Fields[field].Slot, to)
	h := Hint{Fact: field, From: from, To: to, More: r.Total.Low - s.total}
	if !r.Total.Known() || h.More <= 0 {
		return h, false
	}
	for i, after := range amounts(s.p, r) {
		if after != s.before[i] {
			h.Gains = append(h.Gains, Gain{int32(i), after - s.before[i]})
		}
	}
	slices.SortStableFunc(h.Gains, func(a, b Gain) int { return cmp.Compare(b.More, a.More) })
	if n != nil {
		h.Clauses = s.clauses(n)
	}
	if len(h.Clauses) == 0 && len(h.Gains) > 0 {
		h.Clauses = s.p.Benefits[h.Gains[0].Benefit].Clauses
	}
	return h, true
}

// clauses are those of the number a node compares with.
func (s *search) clauses(n *ir.Node) []ir.Clause {
	of := func(x int32) []ir.Clause {
		if x != ir.None && s.p.Nodes[x].Op == ir.Const {
			return s.p.Consts[s.p.Nodes[x].K].Clauses
		}
		return nil
	}
	if n.Step != ir.None {
		return s.p.Steps[n.Step].Clauses
	}
	if n.Op == ir.Linear {
		for _, t := range s.p.Terms[n.A:n.B] {
			if c := of(t.Ratio); len(c) > 0 {
				return c
			}
		}
		for _, t := range s.p.Terms[n.A:n.B] {
			if c := of(t.X); len(c) > 0 {
				return c
			}
		}
		return nil
	}
	return of(n.B)
}
