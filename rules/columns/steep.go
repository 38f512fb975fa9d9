package columns

import (
	"slices"

	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/columns/kernel"
)

// Tiers whose amounts have a second condition, "from 100 million on if R&D is 9 %
// of it", are one loop as well: between the cuts of one fact an amount, and a
// comparison with another fact that decides it.

// steepCuts is how many cuts such a loop takes.
const steepCuts = len(kernel.Steep{}.Cuts)

// slope is what holds between two cuts: an amount where k × a + k2 × b < 0, or
// where it is not.
type slope struct {
	amount, k, k2, flip int64
}

// steep makes one loop of a choice by tiers of one fact among amounts that a
// comparison with another decides.
func (g *graph) steep(c, x, y int32) (int32, bool) {
	by, ok := g.pieces(c)
	if !ok || by.cuts == nil {
		return none, false
	}
	other := none
	xCuts, xs, ok := g.slopes(x, by.of, &other)
	if !ok {
		return none, false
	}
	yCuts, ys, ok := g.slopes(y, by.of, &other)
	if !ok || other == none || g.values[other].dom != g.values[by.of].dom {
		return none, false
	}
	cuts := slices.Concat(by.cuts, xCuts, yCuts)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	at := func(list []int64, i int) int { // the part of a list of cuts that the part i of all is in
		n := 0
		for n < len(list) && i > 0 && cuts[i-1] >= list[n] {
			n++
		}
		return n
	}
	var kept []int64
	var parts []slope
	for i := range len(cuts) + 1 {
		part := ys[at(yCuts, i)]
		if by.values[at(by.cuts, i)] != 0 {
			part = xs[at(xCuts, i)]
		}
		if i > 0 && part == parts[len(parts)-1] {
			continue
		}
		if i > 0 {
			kept = append(kept, cuts[i-1])
		}
		parts = append(parts, part)
	}
	if len(kept) > steepCuts {
		return none, false
	}
	v := value{op: opSteep, a: by.of, b: other, c: none, k: int64(len(kept)), dom: g.values[by.of].dom}
	list := kept
	for _, p := range parts {
		list = append(list, p.amount, p.k, p.k2, p.flip)
		v.min, v.max = min(v.min, p.amount), max(v.max, p.amount)
	}
	v.args = bounds.Pack64(list)
	return g.add(v), true
}

// slopes is a value as amounts between cuts of one fact; other is the fact they
// are compared with, if one is.
func (g *graph) slopes(i, of int32, other *int32) ([]int64, []slope, bool) {
	v := &g.values[i]
	if p, ok := g.pieces(i); ok || v.op == opConst {
		if v.op == opConst {
			p = piecewise{of: of, values: []int64{v.k}}
		}
		if p.of != of {
			return nil, nil, false
		}
		var list []slope
		for _, x := range p.values {
			list = append(list, slope{amount: x, flip: -1}) // nothing is not below nothing
		}
		return p.cuts, list, true
	}
	b := none
	var cuts []int64
	var list []slope
	switch {
	case v.op == opSteep && v.a == of:
		b = v.b
		all := bounds.Unpack64(v.args)
		cuts = all[:v.k]
		for rest := all[v.k:]; len(rest) > 0; rest = rest[4:] {
			list = append(list, slope{rest[0], rest[1], rest[2], rest[3]})
		}
	case v.op == opMask && g.values[v.a].op == opLinear && g.values[v.b].op == opConst:
		l := &g.values[v.a]
		s := slope{g.values[v.b].k, l.k, l.k2, -int64(l.c)}
		switch of {
		case l.a:
			b = l.b
		case l.b:
			b, s.k, s.k2 = l.a, s.k2, s.k
		default:
			return nil, nil, false
		}
		list = []slope{s}
	default:
		return nil, nil, false
	}
	if *other != none && *other != b {
		return nil, nil, false
	}
	*other = b
	return cuts, list, true
}

// steepOf is the loop of such a value.
func steepOf(v *value) *kernel.Steep {
	s := &kernel.Steep{}
	all := bounds.Unpack64(v.args)
	for i := range s.Cuts {
		s.Cuts[i] = bounds.Limit // beyond all values
		if i < int(v.k) {
			s.Cuts[i] = all[i]
		}
	}
	for i, rest := 0, all[v.k:]; len(rest) > 0; i, rest = i+1, rest[4:] {
		s.Amount[i], s.K[i], s.K2[i], s.Flip[i] = rest[0], rest[1], rest[2], rest[3]
	}
	return s
}
