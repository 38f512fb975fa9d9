package columns

import (
	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/columns/kernel"
	"quanxiang/rules/money"
)

// What follows makes values, and no value where another will do.

func (g *graph) sum(a, b int32) int32 {
	if r, ok := g.fold(opAdd, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case g.isK(a, 0):
		return b
	case g.isK(b, 0):
		return a
	case x.op == opConst:
		a, b = b, a
	}
	return g.binary(opAdd, a, b, bounds.Plus(x.min, y.min), bounds.Plus(x.max, y.max))
}

func (g *graph) sub(a, b int32) int32 {
	if r, ok := g.fold(opSub, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case y.op == opConst:
		return g.sum(a, g.constant(-y.k))
	case a == b:
		return g.constant(0)
	}
	return g.binary(opSub, a, b, bounds.Plus(x.min, -y.max), bounds.Plus(x.max, -y.min))
}

// mul is a product that the caller knows to fit.
func (g *graph) mul(a, b int32) int32 {
	if r, ok := g.fold(opMul, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case x.op == opConst:
		a, b = b, a
		y = x
	}
	if y.op == opConst {
		switch y.k {
		case 0:
			return b
		case 1:
			return a
		}
	}
	low, high, _ := g.product(a, b)
	return g.binary(opMul, a, b, low, high)
}

// divided is a × b ÷ by, rounded.
func (g *graph) divided(a, b int32, by int64, mode money.Mode) int32 {
	if r, ok := g.fold(opScale, by, int64(mode), a, b); ok {
		return r
	}
	if g.values[a].op == opConst {
		a, b = b, a
	}
	if k, ok := g.is(b); ok {
		if k == 0 {
			return b
		}
		f := bounds.Common(k, by)
		k, by = k/f, by/f
		low, high, fits := g.product(a, g.constant(k))
		if fits {
			if by == 1 {
				return g.mul(a, g.constant(k))
			}
			v := g.values[a]
			return g.add(value{op: opScale, a: a, b: none, c: int32(mode), k: k, k2: by, dom: v.dom, min: low/by - 1, max: high/by + 1})
		}
		b = g.constant(k)
	} else if by == 1 {
		if _, _, fits := g.product(a, b); fits {
			return g.mul(a, b)
		}
	} else if _, _, fits := g.product(a, b); fits {
		return g.divided(g.mul(a, b), g.constant(1), by, mode)
	}
	a, b, dom := g.level(a, b)
	return g.add(value{op: opWide, a: a, b: b, c: none, k: by, k2: int64(mode), dom: dom, min: -bounds.Limit, max: bounds.Limit})
}

func (g *graph) least(a, b int32) int32 { // the lesser of two
	if r, ok := g.fold(opMin, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case x.max <= y.min || a == b:
		return a
	case y.max <= x.min:
		return b
	case x.op == opConst:
		a, b = b, a
		x, y = y, x
	}
	low, high := min(x.min, y.min), min(x.max, y.max)
	if x.op == opMul && y.op == opConst && g.values[x.b].op == opConst {
		return g.add(value{op: opUnits, a: x.a, b: none, c: none, k: g.values[x.b].k, k2: y.k, dom: x.dom, min: low, max: high})
	}
	return g.binary(opMin, a, b, low, high)
}

func (g *graph) greatest(a, b int32) int32 {
	if r, ok := g.fold(opMax, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case x.min >= y.max || a == b:
		return a
	case y.min >= x.max:
		return b
	case x.op == opConst:
		a, b = b, a
	}
	return g.binary(opMax, a, b, max(x.min, y.min), max(x.max, y.max))
}

// positive is a, at least nothing. A share of what is positive is positive, so
// that one of several shares suffices.
func (g *graph) positive(a int32) int32 {
	v := g.values[a]
	if v.min < 0 && v.op == opScale && v.k > 0 {
		return g.divided(g.positive(v.a), g.constant(v.k), v.k2, money.Mode(v.c))
	}
	return g.greatest(a, g.constant(0))
}

// mask is all bits or none.
func (g *graph) mask(on bool) int32 {
	if on {
		return g.constant(-1)
	}
	return g.constant(0)
}

// less is a < b.
func (g *graph) less(a, b int32) int32 {
	if r, ok := g.fold(opLess, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case x.max < y.min:
		return g.mask(true)
	case x.min >= y.max || a == b:
		return g.mask(false)
	case x.op == opConst:
		return g.atLeast(b, g.constant(x.k+1))
	}
	if y.op == opConst {
		if r, ok := g.byYears(x, y.k, false); ok {
			return r
		}
		return g.tier(a, []int64{y.k}, -1, 0)
	}
	return g.binary(opLess, a, b, -1, 0)
}

// atLeast is a ≥ b.
func (g *graph) atLeast(a, b int32) int32 {
	if r, ok := g.fold(opLeast, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case x.min >= y.max || a == b:
		return g.mask(true)
	case x.max < y.min:
		return g.mask(false)
	case x.op == opConst:
		return g.less(b, g.constant(x.k+1))
	}
	if y.op == opConst {
		if r, ok := g.byYears(x, y.k, true); ok {
			return r
		}
		return g.tier(a, []int64{y.k}, 0, -1)
	}
	return g.binary(opLeast, a, b, -1, 0)
}

// byYears compares full years up to a day with a number: they are reached if
// they began on a certain day or before.
func (g *graph) byYears(x value, k int64, least bool) (int32, bool) {
	if x.op != opYears {
		return 0, false
	}
	to, ok := g.is(x.b)
	if !ok {
		return 0, false
	}
	first := g.constant(kernel.Began(to, k) + 1)
	if least {
		return g.less(x.a, first), true
	}
	return g.atLeast(x.a, first), true
}

func (g *graph) same(a, b int32) int32 {
	if r, ok := g.fold(opEqual, 0, 0, a, b); ok {
		return r
	}
	x, y := g.values[a], g.values[b]
	switch {
	case a == b:
		return g.mask(true)
	case x.max < y.min || y.max < x.min:
		return g.mask(false)
	case x.op == opConst:
		return g.tier(b, []int64{x.k, x.k + 1}, 0, -1, 0)
	case y.op == opConst:
		return g.tier(a, []int64{y.k, y.k + 1}, 0, -1, 0)
	}
	return g.binary(opEqual, a, b, -1, 0)
}

func (g *graph) not(a int32) int32 {
	if r, ok := g.fold(opAndNot, 0, 0, g.mask(true), a); ok {
		return r
	}
	v := g.values[a]
	switch v.op {
	case opConst:
		return g.constant(^v.k)
	case opLess:
		return g.atLeast(v.a, v.b)
	case opLeast:
		return g.less(v.a, v.b)
	case opEqual:
		return g.add(value{op: opUnequal, a: v.a, b: v.b, c: none, dom: v.dom, min: -1})
	case opUnequal:
		return g.add(value{op: opEqual, a: v.a, b: v.b, c: none, dom: v.dom, min: -1})
	case opLinear:
		v.c ^= 1
		return g.add(v)
	case opMember:
		v.k = ^v.k
		return g.add(v)
	}
	return g.add(value{op: opAndNot, a: g.mask(true), b: a, c: none, dom: v.dom, min: -1})
}

func (g *graph) and(a, b int32) int32 {
	if r, ok := g.fold(opAnd, 0, 0, a, b); ok {
		return r
	}
	switch {
	case g.isK(a, -1) || g.isK(b, 0) || a == b:
		return b
	case g.isK(b, -1) || g.isK(a, 0):
		return a
	}
	return g.binary(opAnd, a, b, -1, 0)
}

func (g *graph) or(a, b int32) int32 {
	if r, ok := g.fold(opOr, 0, 0, a, b); ok {
		return r
	}
	switch {
	case g.isK(a, -1) || g.isK(b, 0) || a == b:
		return a
	case g.isK(b, -1) || g.isK(a, 0):
		return b
	}
	return g.binary(opOr, a, b, -1, 0)
}

// when is x if a condition holds, else nothing.
func (g *graph) when(c, x int32) int32 {
	if r, ok := g.fold(opMask, 0, 0, c, x); ok {
		return r
	}
	switch {
	case g.isK(c, -1):
		return x
	case g.isK(c, 0) || g.isK(x, 0):
		return g.constant(0)
	case g.isK(x, -1):
		return c
	}
	if r, ok := g.steep(c, x, g.constant(0)); ok {
		return r
	}
	v := g.values[x]
	return g.binary(opMask, c, x, min(v.min, 0), max(v.max, 0))
}

// choose is x if a condition holds, else y.
func (g *graph) choose(c, x, y int32) int32 {
	if r, ok := g.fold(opSel, 0, 0, c, x, y); ok {
		return r
	}
	switch {
	case g.isK(c, -1) || x == y:
		return x
	case g.isK(c, 0):
		return y
	case g.isK(y, 0):
		return g.when(c, x)
	}
	if r, ok := g.steep(c, x, y); ok {
		return r
	}
	dom := g.values[c].dom
	for _, o := range [2]int32{x, y} {
		if d := g.values[o].dom; d != dom && g.values[o].op != opConst {
			dom = g.union(dom, d)
		}
	}
	c, x, y = g.expand(c, dom), g.expand(x, dom), g.expand(y, dom)
	v, w := g.values[x], g.values[y]
	return g.add(value{op: opSel, a: c, b: x, c: y, dom: dom, min: min(v.min, w.min), max: max(v.max, w.max)})
}

// member is whether a choice is among bits.
func (g *graph) member(a int32, set int64) int32 {
	if r, ok := g.fold(opMember, set, 0, a); ok {
		return r
	}
	return g.add(value{op: opMember, a: a, b: none, c: none, k: set, dom: g.values[a].dom, min: -1})
}

// over is a sum over the last list of a domain.
func (g *graph) over(o op, dom int32, a int32) int32 {
	parent := g.domains[dom].parent
	a = g.expand(a, dom)
	v := g.values[a]
	entries := g.add(value{op: opLen, a: none, b: none, c: none, k: int64(dom), dom: parent, max: 1 << 32})
	if v.op == opConst {
		if o == opCount {
			return g.mul(entries, g.constant(-v.k))
		}
		return g.mul(entries, a)
	}
	return g.add(value{op: o, a: a, b: none, c: none, k: int64(dom), dom: parent, min: -bounds.Limit, max: bounds.Limit})
}
