package check

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// room compiles what a cap leaves after earlier payments.
func (c *compiler) room(l *syntax.Limit, s scope, key int32) int32 {
	x := c.want(l.Pos, c.expr(l.Expr, s), ir.Money)
	if x.node == ir.None || !l.Ever {
		return x.node
	}
	paid := node(ir.Paid, ir.Money, key)
	paid.K = int64(c.benefit)
	if l.Years > 0 {
		paid.B = int32(l.Years - 1) // no operand: how many earlier years count
	} else {
		paid.B = 0
	}
	left := c.emit(node(ir.Sub, ir.Money, x.node, c.emit(paid, l.Pos)), l.Pos)
	return c.emit(node(ir.Positive, ir.Money, left), l.Pos)
}

// limit compiles what is done to an amount.
func (c *compiler) limit(l *syntax.Limit, x operand, s scope) operand {
	key := ir.None
	if l.Per != nil {
		if s.variable == "" || l.Kind == syntax.KCap {
			c.bad(l.Pos, "“每”只能写在逐项之内", "per stands within each only")
			return nothing
		}
		if key = c.key(l.Per, s); key == ir.None {
			return nothing
		}
	}
	if x.typ.kind == ir.Bool && l.Kind != syntax.KWhen && l.Kind != syntax.KReading {
		c.bad(l.Pos, "授予没有限额", "a grant has no limits")
		return nothing
	}
	var n ir.Node
	kind := ir.Limit
	switch l.Kind {
	case syntax.KCap:
		room := c.room(l, s, key)
		when := ir.None
		if l.When != nil {
			if when = c.cond(l.When, s); when == ir.None {
				return nothing
			}
		}
		if room == ir.None {
			return nothing
		}
		if l.When == nil && !l.Ever {
			c.dead(l.Pos, x, operand{node: room}, s)
		}
		n = node(ir.Cap, ir.Money, x.node, room, when)
	case syntax.KWhen:
		w := c.cond(l.Expr, s)
		if w == ir.None {
			return nothing
		}
		kind = ir.When
		n = node(ir.If, x.typ.kind, w, x.node)
		if x.typ.kind == ir.Bool {
			n = node(ir.And, ir.Bool, w, x.node)
		}
		c.condRefs(l.Expr)
	case syntax.KLessPaid:
		paid := node(ir.Paid, ir.Money, key)
		paid.K, paid.B = int64(c.benefit), 0
		n, kind = node(ir.Positive, ir.Money, c.emit(node(ir.Sub, ir.Money, x.node, c.emit(paid, l.Pos)), l.Pos), x.node), ir.LessPaid
	case syntax.KOnce, syntax.KLasting:
		years := int64(1)
		kind = ir.Once
		if l.Kind == syntax.KLasting {
			years, kind = l.Years, ir.Lasting
		}
		free := c.fewerYears(c.benefit, key, years, l)
		if l.Kind == syntax.KOnce && key != ir.None {
			for _, b := range c.alike(l.Per, s) {
				free = c.emit(node(ir.And, ir.Bool, free, c.fewerYears(b, key, years, l)), l.Pos)
			}
		}
		n = node(ir.If, ir.Money, free, x.node)
	case syntax.KInstalments:
		n, kind = node(ir.Instalment, ir.Money, x.node), ir.Parts
		n.K = l.Years
		n.B = c.benefit // no operand: whose payments
	case syntax.KDiscretion:
		f := c.want(l.Pos, c.expr(l.Expr, s), ir.Money)
		if f.node == ir.None {
			return f
		}
		n, kind = node(ir.Cap, ir.Money, x.node, f.node), ir.Discretion
	default:
		spelt := l.Kind.Spelt(s.doc.files[0].Source.Lang)
		c.bad(l.Pos, "“%s”只能写在单价、按的同一行", "%s stands on the line of a unit price or share only", spelt)
		return nothing
	}
	n.Step = c.step(kind, s, l.Pos)
	return operand{node: c.emit(n, l.Pos), typ: typ{kind: x.typ.kind}}
}

// fewerYears holds while a benefit was paid for a key in fewer earlier years.
func (c *compiler) fewerYears(benefit, key int32, years int64, l *syntax.Limit) int32 {
	had := node(ir.PaidYears, ir.Count, key)
	had.K = int64(benefit)
	cmp := node(ir.Compare, ir.Bool, c.emit(had, l.Pos), c.number(ir.Count, years))
	cmp.Cmp = ir.Less
	return c.emit(cmp, l.Pos)
}

// alike is what else is paid once only for the same thing: benefits of the nature of
// the one at hand of which an exclusion by nature gives one only over all years. Who had
// the one for a standard does not have the other for it a year later.
func (c *compiler) alike(per *syntax.Expr, s scope) []int32 {
	if per.Field == "" || s.list == ir.None {
		return nil
	}
	list, me := c.p.Fields[c.p.Lists[s.list].Field].Name, &c.p.Benefits[c.benefit]
	var found []int32
	for i := range c.p.Benefits {
		b := &c.p.Benefits[i]
		if b.Doc != me.Doc && b.Nature == me.Nature && b.Input == me.Input && c.oneOf(me.Doc, b.Doc) && c.body[int32(i)].OnceFor(list, per.Field) {
			found = append(found, int32(i))
		}
	}
	return found
}

// oneOf tells whether an exclusion by nature over all years stands between two documents.
func (c *compiler) oneOf(a, b string) bool {
	for _, d := range c.order {
		for _, f := range d.files {
			for _, e := range f.Excludes {
				among := func(doc string) bool {
					return slices.ContainsFunc(e.Docs, func(n syntax.Name) bool { return n.Text == doc })
				}
				if e.AllYears && among(a) && among(b) {
					return true
				}
			}
		}
	}
	return false
}

// dead reports a limit that can never bind, unless a reading says what is
// meant by it (check 4).
func (c *compiler) dead(at gov.Pos, x, limit operand, s scope) {
	a, b := c.p.Nodes[x.node], c.p.Nodes[limit.node]
	if a.Max <= b.Min && len(s.readings) == 0 {
		c.bad(at, "这个上限从不起作用：金额至多 %[1]s，上限 %[2]s；请写一个解读说明本意", "this limit never binds: at most %[1]s comes to it, the limit is %[2]s; say in a reading what is meant",
			written(a.Max, a.Type), written(b.Min, b.Type))
	}
}

// condRefs notes that a benefit is made to depend on another by a condition,
// which relates the two.
func (c *compiler) condRefs(e *syntax.Expr) {
	if e == nil {
		return
	}
	if e.Kind == syntax.Call && (e.Key == syntax.KGranted || e.Key == syntax.KAmount) {
		for _, r := range e.Refs {
			if b := c.find(r, ""); b != ir.None {
				c.related = append(c.related, pair{c.benefit, b})
			}
		}
	}
	for _, a := range e.Args {
		c.condRefs(a)
	}
}
