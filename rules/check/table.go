package check

import (
	"cmp"
	"slices"

	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// table compiles rows of values; its step is the row that holds.
func (c *compiler) table(t *syntax.Table, s scope) operand {
	subject := nothing
	if t.Subject != nil {
		if subject = c.expr(t.Subject, s); subject.node == ir.None {
			return nothing
		}
		if k := subject.typ.kind; t.Kind == syntax.KMatch && k != ir.Choice || t.Kind == syntax.KTier && k != ir.Money && k != ir.Count && k != ir.Ratio && k != ir.Date {
			a := subject.typ.text()
			c.bad(t.Pos, "这里不能用%[1]s", "%[2]s cannot be used here", a.ZH, a.EN)
			return nothing
		}
	}
	var (
		conds, values []int32
		steps         []int32
		kind          = nothing
		zero          []int // rows of 无
		ok            = true
		rest          = -1
		taken         = map[string]bool{}
		tiers         []tier
	)
	for i, r := range t.Rows {
		inner := s.with(c, r.Note)
		if inner.label == "" {
			inner.label = s.label
		}
		cond := ir.None
		switch {
		case r.Else:
			if rest >= 0 || i != len(t.Rows)-1 {
				c.bad(r.Pos, "“其余”是最后一行", "else is the last row")
			}
			rest = i
		case t.Kind == syntax.KCases:
			cond = c.cond(r.Cond, inner)
		case t.Kind == syntax.KMatch:
			for _, n := range r.Names {
				if taken[n.Text] {
					c.bad(n.Pos, "“%s”在表里写了两次", "%q stands in the table twice", n.Text)
				}
				taken[n.Text] = true
			}
			cond = c.choices(subject, r.Names)
		default:
			var tr tier
			cond, tr = c.edges(r, subject, inner)
			tiers = append(tiers, tr)
		}
		value := ir.None
		if r.Value == nil {
			zero = append(zero, i)
		} else {
			v := c.expr(r.Value, inner)
			switch {
			case v.node == ir.None:
				ok = false
			case kind.node == ir.None:
				kind = v
			default:
				_, _, same := c.same(r.Pos, kind, v)
				ok = ok && same
			}
			value = v.node
		}
		if !r.Else && cond == ir.None {
			ok = false
		}
		if r.Cond != nil && t.Kind != syntax.KCases {
			if also := c.cond(r.Cond, inner); also == ir.None {
				ok = false
			} else if value != ir.None {
				value = c.emit(node(ir.If, kind.typ.kind, also, value), r.Pos)
			}
		}
		conds, values = append(conds, cond), append(values, value)
		steps = append(steps, c.step(ir.Row, inner, r.Pos))
	}
	if !ok || kind.node == ir.None {
		if ok && len(t.Rows) > 0 {
			c.bad(t.Pos, "表里没有一行给值", "no row of the table gives a value")
		}
		return nothing
	}
	switch t.Kind {
	case syntax.KTier:
		c.tiers(t, tiers, rest >= 0)
	case syntax.KMatch:
		for _, name := range c.p.Fields[subject.typ.field].Choices {
			if !taken[name] && rest < 0 {
				c.bad(t.Pos, "表里没有“%s”，也没有“其余”", "the table has neither %q nor else", name)
			}
		}
		if rest >= 0 && len(taken) == len(c.p.Fields[subject.typ.field].Choices) {
			c.bad(t.Rows[rest].Pos, "“其余”达不到：每个选项都有自己的行", "else is unreachable: every choice has a row")
		}
	case syntax.KCases:
		if rest < 0 {
			c.bad(t.Pos, "分情形要有“其余”", "cases end with else")
		}
	}
	for _, i := range zero {
		values[i] = c.number(kind.typ.kind, 0)
	}
	x := operand{node: c.number(kind.typ.kind, 0), typ: kind.typ}
	for i := range slices.Backward(t.Rows) {
		if i == rest {
			n := node(ir.Pass, kind.typ.kind, values[i])
			if t.Rows[i].Value != nil {
				n.Step = steps[i]
			}
			x.node = c.emit(n, t.Rows[i].Pos)
			continue
		}
		n := node(ir.If, kind.typ.kind, conds[i], values[i], x.node)
		n.Step = steps[i]
		x.node = c.emit(n, t.Rows[i].Pos)
	}
	return x
}

// tier is where a row of a tier table begins and ends, if that is a number.
type tier struct {
	row           *syntax.Row
	low, high     *int64
	lowIn, highIn bool // the edge belongs to the row
	open          bool // an edge is no number: nothing is known
	lowAt, highAt int32
}

// edges compiles the edges of a row.
func (c *compiler) edges(r *syntax.Row, subject operand, s scope) (int32, tier) {
	t := tier{row: r}
	cond := ir.None
	for _, e := range r.Edges {
		x, y, ok := c.same(e.Pos, subject, c.expr(e.Value, s))
		if !ok {
			return ir.None, tier{open: true}
		}
		n := node(ir.Compare, ir.Bool, x.node, y.node)
		n.Cmp = compares[e.Key]
		i := c.emit(n, e.Pos)
		c.edge(i)
		if cond == ir.None {
			cond = i
		} else {
			cond = c.emit(node(ir.And, ir.Bool, cond, i), e.Pos)
		}
		v := c.p.Nodes[y.node]
		if v.Min != v.Max {
			t.open = true
			continue
		}
		at := v.Min
		switch e.Key {
		case syntax.KLeast, syntax.KMore:
			t.low, t.lowIn, t.lowAt = &at, e.Key == syntax.KLeast, i
		case syntax.KLess, syntax.KMost:
			t.high, t.highIn, t.highAt = &at, e.Key == syntax.KMost, i
		default:
			t.low, t.high, t.lowIn, t.highIn = &at, &at, true, true
		}
	}
	return cond, t
}

// tiers holds that tiers neither overlap nor leave a gap (check 3).
func (c *compiler) tiers(t *syntax.Table, list []tier, rest bool) {
	if len(list) == 0 || slices.ContainsFunc(list, func(x tier) bool { return x.open }) {
		return
	}
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b tier) int {
		switch {
		case a.low == nil || b.low == nil:
			return cmp.Compare(b2i(a.low != nil), b2i(b.low != nil))
		}
		return cmp.Compare(*a.low, *b.low)
	})
	if !slices.EqualFunc(sorted, list, func(a, b tier) bool { return a.row == b.row }) {
		down := slices.Clone(sorted)
		slices.Reverse(down)
		if !slices.EqualFunc(down, list, func(a, b tier) bool { return a.row == b.row }) {
			c.bad(t.Pos, "各档没有按大小排列", "the tiers are not in order")
			return
		}
	}
	for i, x := range sorted {
		if x.low != nil && x.high != nil && (*x.low > *x.high || *x.low == *x.high && !(x.lowIn && x.highIn)) {
			c.bad(x.row.Pos, "这一档是空的", "nothing can be in this tier")
			return
		}
		if i == 0 {
			continue
		}
		y := sorted[i-1]
		switch {
		case x.low == nil || y.high == nil || *y.high > *x.low || *y.high == *x.low && y.highIn && x.lowIn:
			c.bad(x.row.Pos, "这一档与第 %d 行的一档重叠", "this tier overlaps the one in line %d", y.row.Pos.Line)
		case *y.high == *x.low && !y.highIn && !x.lowIn:
			c.bad(x.row.Pos, "与第 %d 行之间的界点不属于任何一档", "the edge to the tier in line %d belongs to neither", y.row.Pos.Line)
		case *y.high < *x.low:
			c.bad(x.row.Pos, "与第 %d 行的一档之间有空档", "there is a gap to the tier in line %d", y.row.Pos.Line)
		default:
			// one edge drawn twice: trying it once is enough, in the row that
			// comes first
			again := y.highAt
			if y.row.Pos.Line < x.row.Pos.Line {
				again = x.lowAt
			}
			c.p.Edges = slices.DeleteFunc(c.p.Edges, func(e int32) bool { return e == again })
		}
	}
	first, last := sorted[0], sorted[len(sorted)-1]
	if !rest && (first.low != nil || last.high != nil) {
		c.bad(t.Pos, "最低档以下或最高档以上没有说给多少，请写“其余”", "nothing is said of what is below the lowest or above the highest tier: write else")
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
