package columns

// What documents promise is for few: most rows of a population come to nothing
// because of one fact, the kind of recognition or a status. A condition on facts
// of the row that all who come to something meet tells which rows are worth to be
// computed.

// scope is such a condition on several values, none if there is none.
func (g *graph) scope(wanted []int32) int32 {
	seen := map[int32]int32{}
	var parts []int32 // each another, those of one fact made one
	var part func(c int32)
	part = func(c int32) {
		if v := g.values[c]; v.op == opOr {
			part(v.a)
			part(v.b)
			return
		}
		for k, o := range parts {
			if r, ok := g.fold(opOr, 0, 0, o, c); ok || o == c {
				if ok {
					parts[k] = r
				}
				return
			}
		}
		parts = append(parts, c)
	}
	for _, i := range wanted {
		c := g.needs(i, seen)
		if c == none {
			return none
		}
		part(c)
	}
	all := g.mask(false)
	for _, c := range parts {
		all = g.or(all, c)
	}
	if g.values[all].op == opConst {
		return none
	}
	return all
}

// needs is a condition that holds wherever a value is not nothing, made of facts
// of the row alone; none if none is known.
func (g *graph) needs(i int32, seen map[int32]int32) int32 {
	if c, ok := seen[i]; ok {
		return c
	}
	c := g.needed(g.values[i], i, seen)
	seen[i] = c
	return c
}

func (g *graph) needed(v value, i int32, seen map[int32]int32) int32 {
	switch v.op {
	case opConst:
		if v.k == 0 {
			return i
		}
	case opTable, opTier:
		if g.values[v.a].op == opLoad {
			return g.not(g.same(i, g.constant(0)))
		}
		if p, ok := g.pieces(i); ok && p.at(0) == 0 { // nothing of nothing
			return g.needs(v.a, seen)
		}
	case opMask, opAnd: // both are something; one tells enough
		return g.either(v.a, v.b, seen)
	case opMin:
		if g.values[v.a].min >= 0 && g.values[v.b].min >= 0 {
			return g.either(v.a, v.b, seen)
		}
	case opMul, opWide:
		return g.either(v.a, v.b, seen)
	case opScale:
		return g.needs(v.a, seen)
	case opUnits:
		if v.k2 >= 0 {
			return g.needs(v.a, seen)
		}
	case opMax, opAdd, opSub, opOr:
		return g.both(v.a, v.b, seen)
	case opSel:
		return g.both(v.b, v.c, seen)
	}
	return none
}

// either is the condition of one of two values of which both are something.
func (g *graph) either(a, b int32, seen map[int32]int32) int32 {
	x, y := none, none
	if g.values[a].op != opConst {
		x = g.needs(a, seen)
	}
	if g.values[b].op != opConst {
		y = g.needs(b, seen)
	}
	switch {
	case x == none:
		return y
	case y == none:
		return x
	}
	if r, ok := g.fold(opAnd, 0, 0, x, y); ok {
		return r
	}
	return x
}

func (g *graph) both(a, b int32, seen map[int32]int32) int32 {
	x := g.needs(a, seen)
	if x == none {
		return none
	}
	y := g.needs(b, seen)
	if y == none {
		return none
	}
	return g.or(x, y)
}
