package check

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// benefits compiles every entitlement.
func (c *compiler) benefits() {
	for _, d := range c.order {
		for i := range c.p.Benefits {
			if c.p.Benefits[i].Doc == d.short {
				c.compileBenefit(d, int32(i))
			}
		}
	}
	c.benefit = ir.None
}

func (c *compiler) compileBenefit(d *document, i int32) {
	b, info := c.body[i], &c.p.Benefits[i]
	c.benefit = i
	defer c.region()()
	s := scope{doc: d, input: info.Input, rounding: d.head.Rounding}.with(c, b.Note)
	s.label = ""
	info.From = int32(len(c.p.Nodes))
	info.Result = ir.None
	if a := b.Body.Amount; a != nil && a.Kind == syntax.KGrant {
		info.Grant = a.Grant
	}
	if b.Nature.Text == "" && info.Grant == "" {
		c.bad(b.Pos, "“%[1]s”没有写性质（%[2]s）", "%[1]q does not say its nature (%[2]s)", info.Name, syntax.KNature.Spelt(d.files[0].Source.Lang))
	}
	x := c.block(b.Body, s)
	if info = &c.p.Benefits[i]; x.node != ir.None {
		if info.Grant == "" {
			x = c.want(b.Pos, x, ir.Money)
		}
		info.Result = x.node
	}
	info.To = int32(len(c.p.Nodes))
}

// nothing is an operand that could not be compiled.
var nothing = operand{node: ir.None}

// block compiles conditions, an amount and limits.
func (c *compiler) block(b *syntax.Block, s scope) operand {
	if b.Amount == nil {
		return nothing
	}
	rest := c.blockReadings(b, &s)
	var conds, steps []int32
	broken := false
	for _, k := range b.Conditions {
		inner := s.with(c, k.Note)
		x := c.cond(k.Expr, inner)
		if x == ir.None {
			broken = true
			continue // what else is wrong in the block is told as well
		}
		kind := ir.Condition
		if k.Gate {
			kind = ir.Gate
		}
		n := node(ir.Pass, ir.Bool, x)
		n.Step = c.step(kind, inner, k.Pos)
		steps = append(steps, n.Step)
		conds = append(conds, c.emit(n, k.Pos))
		c.condRefs(k.Expr)
	}
	x := c.amount(b.Amount, s)
	for _, l := range rest {
		if x.node == ir.None {
			c.look(l, s.with(c, l.Note))
			continue
		}
		x = c.limit(l, x, s.with(c, l.Note))
	}
	if broken || x.node == ir.None {
		return nothing
	}
	for _, cond := range slices.Backward(conds) {
		op := ir.If
		if x.typ.kind == ir.Bool {
			op = ir.And
		}
		x.node = c.emit(node(op, x.typ.kind, cond, x.node), b.Pos)
	}
	for _, st := range steps {
		c.p.Steps[st].End = int32(len(c.p.Nodes))
	}
	return x
}

// look reports what is wrong in a limit on something that is wrong itself.
func (c *compiler) look(l *syntax.Limit, s scope) {
	if l.Expr != nil {
		c.expr(l.Expr, s)
	}
	if l.When != nil {
		c.cond(l.When, s)
	}
}

// blockReadings moves readings that stand on lines of their own into the scope
// and returns the other limits with the readings of their lines.
func (c *compiler) blockReadings(b *syntax.Block, s *scope) []*syntax.Limit {
	lines := map[int][]*syntax.Limit{}
	for _, l := range b.Limits {
		lines[l.Pos.Line] = append(lines[l.Pos.Line], l)
	}
	var rest []*syntax.Limit
	for _, l := range b.Limits {
		of := lines[l.Pos.Line]
		alone := !slices.ContainsFunc(of, func(o *syntax.Limit) bool { return o.Kind != syntax.KReading })
		switch {
		case l.Kind == syntax.KReading && alone:
			s.readings = append(slices.Clip(s.readings), c.reading(s.doc, l.Reading)...)
		case l.Kind != syntax.KReading:
			copied := *l
			for _, o := range of {
				if o.Kind == syntax.KReading {
					copied.Readings = append(copied.Readings, o.Reading)
				}
			}
			rest = append(rest, &copied)
		}
	}
	return rest
}

// amount compiles a line that says how much, with the limits on it.
func (c *compiler) amount(a *syntax.Amount, s scope) operand {
	s = s.with(c, a.Note)
	for _, l := range a.Limits {
		switch l.Kind {
		case syntax.KReading:
			s.readings = append(slices.Clip(s.readings), c.reading(s.doc, l.Reading)...)
		case syntax.KRound:
			s.rounding = l.Rounding
		}
	}
	x := c.kind(a, s)
	if x.node == ir.None {
		return x
	}
	if a.Kind != syntax.KGrant && (x.typ.kind != ir.Money || len(x.typ.per) > 0) {
		return c.want(a.Pos, x, ir.Money)
	}
	s.label = a.Label
	for _, l := range a.Limits {
		if c.early(l, a, s) {
			continue
		}
		if x = c.limit(l, x, s); x.node == ir.None {
			return x
		}
	}
	return x
}

// early reports limits that were part of the amount.
func (c *compiler) early(l *syntax.Limit, a *syntax.Amount, s scope) bool {
	switch l.Kind {
	case syntax.KReading, syntax.KRound:
		return true
	case syntax.KReaching, syntax.KAtMost:
		return a.Kind == syntax.KUnit
	case syntax.KDiscretion:
		return a.Kind == syntax.KShare && c.expr(l.Expr, s).typ.kind == ir.Ratio
	}
	return false
}

// explain makes the value a step of the explanation.
func (c *compiler) explain(op ir.Op, kind ir.StepKind, x operand, s scope, at gov.Pos) operand {
	n := node(op, x.typ.kind, x.node)
	n.Step = c.step(kind, s, at)
	x.node = c.emit(n, at)
	return x
}

// kind compiles the amount of a line without its limits.
func (c *compiler) kind(a *syntax.Amount, s scope) operand {
	switch a.Kind {
	case syntax.KFixed:
		x := c.want(a.Pos, c.expr(a.Base, s), ir.Money)
		if x.node == ir.None {
			return x
		}
		return c.explain(ir.Positive, ir.Fixed, x, s, a.Pos)
	case syntax.KShare:
		return c.shareAmount(a, s)
	case syntax.KUnit:
		return c.unitAmount(a, s)
	case syntax.KTier, syntax.KMatch, syntax.KCases:
		return c.table(a.Table, s)
	case syntax.KEvery:
		return c.everyAmount(a, s)
	case syntax.KSum, syntax.KBest:
		if a.List.Text != "" {
			return c.each(a, s)
		}
		return c.items(a, s)
	case syntax.KEach:
		return c.each(a, s)
	case syntax.KPart:
		return c.block(a.Body, s)
	case syntax.KGrant:
		x := operand{node: c.number(ir.Bool, 1), typ: typ{kind: ir.Bool}}
		return c.explain(ir.Pass, ir.Grant, x, s, a.Pos)
	}
	return nothing
}

// shareAmount compiles 按 … 的 ….
func (c *compiler) shareAmount(a *syntax.Amount, s scope) operand {
	x := c.want(a.Pos, c.expr(a.Base, s), ir.Money)
	var r operand
	if a.Table != nil {
		r = c.table(a.Table, s)
	} else {
		r = c.expr(a.Ratio, s)
	}
	r = c.want(a.Pos, r, ir.Ratio)
	if x.node == ir.None || r.node == ir.None {
		return nothing
	}
	for _, l := range a.Limits {
		if l.Kind != syntax.KDiscretion {
			continue
		}
		f := c.expr(l.Expr, s)
		if f.node != ir.None && f.typ.kind == ir.Ratio {
			n := node(ir.Cap, ir.Ratio, r.node, f.node)
			n.Step = c.step(ir.Discretion, s, l.Pos)
			r.node = c.emit(n, l.Pos)
		}
	}
	n := node(ir.Share, ir.Money, x.node, r.node)
	n.Rounding = s.rounding
	n.Step = c.step(ir.ShareOf, s, a.Pos)
	x.node = c.emit(n, a.Pos)
	x.node = c.emit(node(ir.Positive, ir.Money, x.node), a.Pos)
	return x
}

// unitAmount compiles a price for each of something.
func (c *compiler) unitAmount(a *syntax.Amount, s scope) operand {
	list := make([]operand, len(a.Factor))
	for i, f := range a.Factor {
		if list[i] = c.expr(f, s); list[i].node == ir.None {
			return nothing
		}
	}
	for _, l := range a.Limits {
		if l.Kind != syntax.KReaching && l.Kind != syntax.KAtMost {
			continue
		}
		bound := c.expr(l.Expr, s)
		q, b, ok := c.same(l.Pos, list[1], bound)
		if !ok {
			return nothing
		}
		op, kind := ir.Floor, ir.When
		if l.Kind == syntax.KAtMost {
			op, kind = ir.Cap, ir.Limit
			c.dead(l.Pos, q, b, s)
		}
		n := node(op, ir.Count, q.node, b.node)
		n.Step = c.step(kind, s, l.Pos)
		q.node = c.emit(n, l.Pos)
		if op == ir.Floor {
			c.edge(q.node)
		}
		list[1] = q
	}
	x := c.times(list, s, a.Pos)
	if x.node == ir.None {
		return x
	}
	if x.typ.kind != ir.Money || len(x.typ.per) > 0 {
		return c.want(a.Pos, x, ir.Money)
	}
	return c.explain(ir.Pass, ir.Unit, x, s, a.Pos)
}

// everyAmount compiles an amount for each full step.
func (c *compiler) everyAmount(a *syntax.Amount, s scope) operand {
	on, step := c.expr(a.On, s), c.expr(a.Step, s)
	pay := c.want(a.Pos, c.expr(a.Pay, s), ir.Money)
	on, step, ok := c.same(a.Pos, on, step)
	if !ok || pay.node == ir.None {
		return nothing
	}
	if k := on.typ.kind; k != ir.Money && k != ir.Count {
		c.mismatch(a.Pos, on.typ, step.typ)
		return nothing
	}
	if c.p.Nodes[step.node].Min < 1 {
		c.bad(a.Pos, "每满的一步要大于零", "a step is above zero")
		return nothing
	}
	if a.Above != nil {
		x, y, ok := c.same(a.Pos, on, c.expr(a.Above, s))
		if !ok {
			return nothing
		}
		on.node = c.emit(node(ir.Sub, x.typ.kind, x.node, y.node), a.Pos)
	}
	n := node(ir.Steps, ir.Money, on.node, step.node, pay.node)
	n.Step = c.step(ir.Every, s, a.Pos)
	return operand{node: c.emit(n, a.Pos), typ: typ{kind: ir.Money}}
}

// items compiles amounts that are added up or of which the highest counts.
func (c *compiler) items(a *syntax.Amount, s scope) operand {
	op, kind := ir.Add, ir.SumOf
	if a.Kind == syntax.KBest {
		op, kind = ir.Highest, ir.BestOf
	}
	x, broken := nothing, false
	inner := s
	inner.label = ""
	for _, item := range a.Items {
		y := c.amount(item, inner)
		switch {
		case y.node == ir.None:
			broken = true // the others are looked at all the same
		case item.Kind == syntax.KGrant:
			c.bad(item.Pos, "授予不是金额，不能合计或择优", "a grant is no money and cannot be added up")
			broken = true
		case x.node == ir.None:
			x = y
		default:
			x.node = c.emit(node(op, ir.Money, x.node, y.node), item.Pos)
		}
	}
	if broken || x.node == ir.None {
		return nothing
	}
	return c.explain(ir.Pass, kind, x, s, a.Pos)
}

// each compiles a block over the entries of a list.
func (c *compiler) each(a *syntax.Amount, s scope) operand {
	list, ok := c.list(a.List, s)
	if !ok || a.Body.Amount == nil {
		return nothing
	}
	body := *a.Body
	var capPer *syntax.Limit
	for i, l := range body.Limits {
		if l.Kind == syntax.KCap && l.Per != nil {
			if i != len(body.Limits)-1 && slices.ContainsFunc(body.Limits[i+1:], func(o *syntax.Limit) bool { return o.Kind != syntax.KReading }) || a.Kind == syntax.KBest {
				c.bad(l.Pos, "“上限 … 每 …”是逐项的最后一个限额", "a cap per key is the last limit of each")
				return nothing
			}
			copied := *l
			for _, o := range body.Limits {
				if o.Kind == syntax.KReading && o.Pos.Line == l.Pos.Line {
					copied.Readings = append(copied.Readings, o.Reading)
				}
			}
			capPer = &copied
			body.Limits = slices.DeleteFunc(slices.Clone(body.Limits), func(o *syntax.Limit) bool { return o.Pos.Line == l.Pos.Line })
			break
		}
	}
	inner, end := c.enter(list, a.Var.Text, s)
	inner.label = ""
	from := int32(len(c.p.Nodes))
	x := c.block(&body, inner)
	per := ir.None
	room := ir.None
	noted := s
	switch {
	case x.node == ir.None:
	case x.typ.kind != ir.Money:
		x = c.want(a.Pos, x, ir.Money)
	case a.Per != nil:
		per = c.key(a.Per, inner)
	case capPer != nil:
		noted = inner.with(c, capPer.Note)
		per = c.key(capPer.Per, inner)
		room = c.room(capPer, noted, per)
	}
	end()
	if x.node == ir.None || (a.Per != nil || capPer != nil) && per == ir.None || capPer != nil && room == ir.None {
		return nothing
	}
	op, kind := ir.Sum, ir.EachOf
	if a.Per != nil {
		op, kind = ir.BestPer, ir.PerKey
	} else if capPer != nil {
		op, kind = ir.CapPer, ir.Limit
		noted.variable, noted.outer = s.variable, s.outer
	}
	n := node(op, ir.Money, x.node, per, room)
	n.Loop = c.loop(list, from)
	n.Step = c.step(kind, noted, a.Pos)
	return operand{node: c.emit(n, a.Pos), typ: typ{kind: ir.Money}}
}

// key compiles what entries are grouped by.
func (c *compiler) key(e *syntax.Expr, s scope) int32 {
	x := c.expr(e, s)
	if x.node != ir.None && x.typ.kind != ir.Text && x.typ.kind != ir.Choice {
		c.bad(e.Pos, "“每”后面是文字或选项", "after per stands a text or a choice")
		return ir.None
	}
	return x.node
}

func written(v int64, t ir.Type) string {
	if t == ir.Money {
		return money.Fen(v).Short()
	}
	return money.Grouped(v, 0)
}
