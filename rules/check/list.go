package check

import (
	"slices"

	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// gather compiles a count or a sum over a list.
func (c *compiler) gather(e *syntax.Expr, s scope) operand {
	list, ok := c.list(syntax.Name{Text: e.Name, Pos: e.Pos}, s)
	if !ok {
		return operand{node: ir.None}
	}
	inner, end := c.enter(list, e.Var, s)
	from := int32(len(c.p.Nodes))
	op, x := ir.Tally, operand{typ: typ{kind: ir.Count, bare: true}}
	switch {
	case e.Key == syntax.KTotal:
		op = ir.Sum
		x = c.expr(e.Args[0], inner)
		if k := x.typ.kind; x.node != ir.None && k != ir.Money && k != ir.Count {
			c.bad(e.Pos, "只有金额和数量可以加总", "only money and counts can be added up")
			x.node = ir.None
		}
		if x.node != ir.None && e.Where != nil {
			if w := c.cond(e.Where, inner); w != ir.None {
				x.node = c.emit(node(ir.If, x.typ.kind, w, x.node), e.Pos)
			} else {
				x.node = ir.None
			}
		}
	case e.Where != nil:
		x.node = c.cond(e.Where, inner)
	default:
		x.node = c.number(ir.Bool, 1)
	}
	end()
	if x.node == ir.None {
		return x
	}
	n := node(op, x.typ.kind, x.node)
	n.Loop = c.loop(list, from)
	return operand{node: c.emit(n, e.Pos), typ: x.typ}
}

// list finds a list of facts.
func (c *compiler) list(name syntax.Name, s scope) (int32, bool) {
	f := c.p.FieldOf(s.input, "", name.Text)
	if f == ir.None || c.p.Fields[f].Type != ir.List {
		var names []string
		for i := range c.p.Fields {
			if c.p.Fields[i].Type == ir.List && c.p.Fields[i].Input == s.input {
				names = append(names, c.p.Fields[i].Name)
			}
		}
		c.unknown(name, names, "没有名为“%s”的清单", "there is no list %q")
		return 0, false
	}
	list := c.p.Fields[f].List
	if slices.Contains(c.looping, list) {
		c.bad(name.Pos, "正在逐项看“%s”，不能在其中再看一遍", "the entries of %q are being gone through already", name.Text)
		return 0, false
	}
	c.p.Fields[f].Used = true
	return list, true
}

// enter begins what is computed for each entry of a list.
func (c *compiler) enter(list int32, variable string, s scope) (scope, func()) {
	outer := s
	s.outer, s.variable, s.list = &outer, variable, list
	end := c.region()
	c.looping = append(c.looping, list)
	return s, func() {
		c.looping = c.looping[:len(c.looping)-1]
		end()
	}
}

// loop ends it.
func (c *compiler) loop(list, from int32) int32 {
	c.p.Loops = append(c.p.Loops, ir.Loop{List: list, From: from, To: int32(len(c.p.Nodes))})
	return int32(len(c.p.Loops) - 1)
}

// call compiles a function.
func (c *compiler) call(e *syntax.Expr, s scope) operand {
	switch e.Key {
	case syntax.KYearStart, syntax.KYearEnd:
		op := ir.YearStart
		if e.Key == syntax.KYearEnd {
			op = ir.YearEnd
		}
		return operand{node: c.emit(node(op, ir.Date), e.Pos), typ: typ{kind: ir.Date}}
	case syntax.KFullYears:
		from := c.want(e.Pos, c.expr(e.Args[0], s), ir.Date)
		to := operand{node: c.emit(node(ir.YearEnd, ir.Date), e.Pos)}
		if len(e.Args) == 2 {
			to = c.want(e.Pos, c.expr(e.Args[1], s), ir.Date)
		}
		if from.node == ir.None || to.node == ir.None {
			return operand{node: ir.None}
		}
		return operand{node: c.emit(node(ir.FullYears, ir.Count, from.node, to.node), e.Pos), typ: typ{kind: ir.Count, unit: "年"}}
	case syntax.KLimited:
		a, b, ok := c.same(e.Pos, c.expr(e.Args[0], s), c.expr(e.Args[1], s))
		if !ok {
			return operand{node: ir.None}
		}
		return operand{node: c.emit(node(ir.Min, a.typ.kind, a.node, b.node), e.Pos), typ: a.typ}
	case syntax.KAmount, syntax.KGranted:
		return c.other(e, s)
	}
	return c.gather(e, s)
}
