package columns

import (
	"slices"

	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/money"
)

// Most of what rules ask of one fact is constant over stretches of it: tiers of
// income, choices with an amount each, limits with a number. Such a function is
// one value, and what is done to several of one fact is again one: a table for a
// fact with few values, else cuts and what holds between them.

const (
	few      = 64 // values of a fact that has a table
	mostCuts = 8
)

// piecewise is a function of one value: values[x] if it has no cuts, else
// values[i] from cuts[i-1] and below cuts[i].
type piecewise struct {
	of     int32
	cuts   []int64
	values []int64
}

// at is what the function gives for a value.
func (p *piecewise) at(x int64) int64 {
	if p.cuts == nil {
		return p.values[x]
	}
	n := 0
	for n < len(p.cuts) && x >= p.cuts[n] {
		n++
	}
	return p.values[n]
}

// small reports whether a value is a fact with few values.
func (v *value) small() bool {
	return (v.op == opLoad || v.op == opEntry) && v.min >= 0 && v.max < few
}

// pieces is a value as a function of one other; false if it is none.
func (g *graph) pieces(i int32) (piecewise, bool) {
	v := &g.values[i]
	switch {
	case v.op == opTable:
		return piecewise{of: v.a, values: bounds.Unpack64(v.args)}, true
	case v.op == opTier:
		all := bounds.Unpack64(v.args)
		return piecewise{of: v.a, cuts: all[:v.k], values: all[v.k:]}, true
	case v.small():
		p := piecewise{of: i}
		for x := range v.max + 1 {
			p.values = append(p.values, x)
		}
		return p, true
	}
	return piecewise{}, false
}

// fold makes one value of an operation on functions of one fact.
func (g *graph) fold(o op, k, k2 int64, operands ...int32) (int32, bool) {
	of := none
	var parts [3]piecewise
	for n, i := range operands {
		if g.values[i].op == opConst {
			continue
		}
		p, ok := g.pieces(i)
		if !ok || of != none && of != p.of {
			return none, false
		}
		parts[n], of = p, p.of
	}
	at := func(x int) int64 {
		var v [3]int64
		for n, i := range operands {
			switch c := &g.values[i]; {
			case c.op == opConst:
				v[n] = c.k
			default:
				v[n] = parts[n].values[x]
			}
		}
		return result(o, k, k2, v)
	}
	if of == none {
		return g.constant(at(0)), true
	}
	if g.values[of].small() {
		values := make([]int64, g.values[of].max+1)
		for x := range values {
			values[x] = at(x)
		}
		return g.pick(piecewise{of: of, values: values}), true
	}
	var cuts []int64
	for _, p := range parts {
		cuts = append(cuts, p.cuts...)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if len(cuts) > mostCuts {
		return none, false
	}
	for n, p := range parts { // every part is given all cuts
		if p.cuts == nil {
			continue
		}
		values := make([]int64, len(cuts)+1)
		for x := range values {
			k := 0
			for k < len(p.cuts) && x > 0 && cuts[x-1] >= p.cuts[k] {
				k++
			}
			values[x] = p.values[k]
		}
		parts[n].values = values
	}
	values := make([]int64, len(cuts)+1)
	for x := range values {
		values[x] = at(x)
	}
	return g.pick(piecewise{of: of, cuts: cuts, values: values}), true
}

// pick makes the value of a function, as simple as it can be.
func (g *graph) pick(p piecewise) int32 {
	v := value{op: opTable, a: p.of, b: none, c: none, dom: g.values[p.of].dom, min: slices.Min(p.values), max: slices.Max(p.values)}
	if v.min == v.max {
		return g.constant(v.min)
	}
	if g.values[p.of].small() {
		v.args = bounds.Pack64(p.values)
		return g.add(v)
	}
	cuts, values := []int64{}, p.values[:1:1]
	for i, c := range p.cuts {
		if p.values[i+1] != values[len(values)-1] {
			cuts, values = append(cuts, c), append(values, p.values[i+1])
		}
	}
	v.op, v.k, v.args = opTier, int64(len(cuts)), bounds.Pack64(cuts, values)
	return g.add(v)
}

// tier is a function of a value that changes at cuts.
func (g *graph) tier(of int32, cuts []int64, values ...int64) int32 {
	return g.pick(piecewise{of: of, cuts: cuts, values: values})
}

// result is what an operation gives for one element.
func result(o op, k, k2 int64, v [3]int64) int64 {
	on := func(b bool) int64 {
		if b {
			return -1
		}
		return 0
	}
	switch o {
	case opAdd:
		return v[0] + v[1]
	case opSub:
		return v[0] - v[1]
	case opMul:
		return v[0] * v[1]
	case opMin:
		return min(v[0], v[1])
	case opMax:
		return max(v[0], v[1])
	case opScale:
		r, _ := money.MulDiv(v[0], v[1], k, money.Mode(k2))
		return r
	case opLess:
		return on(v[0] < v[1])
	case opLeast:
		return on(v[0] >= v[1])
	case opEqual:
		return on(v[0] == v[1])
	case opMember:
		return on(uint64(k)>>(uint64(v[0])&63)&1 == 1)
	case opAnd, opMask:
		return v[0] & v[1]
	case opOr:
		return v[0] | v[1]
	case opAndNot:
		return v[0] &^ v[1]
	}
	return v[2] ^ (v[1]^v[2])&v[0] // opSel
}
