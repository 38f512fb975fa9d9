package check

import (
	"maps"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// kinds are the types in words.
var kinds = map[ir.Type]gov.Text{
	ir.Money: {ZH: "金额", EN: "money"}, ir.Ratio: {ZH: "比例", EN: "a ratio"}, ir.Count: {ZH: "数量", EN: "a count"}, ir.Date: {ZH: "日期", EN: "a date"},
	ir.Choice: {ZH: "选项", EN: "a choice"}, ir.Bool: {ZH: "是否", EN: "yes or no"}, ir.Text: {ZH: "文字", EN: "a text"}, ir.List: {ZH: "清单", EN: "a list"},
}

func (t typ) text() gov.Text {
	k := kinds[t.kind]
	if len(t.per) > 0 {
		return gov.Text{ZH: "单价（每" + strings.Join(t.per, "·") + "）", EN: "money per " + strings.Join(t.per, "·")}
	}
	if t.unit != "" {
		return gov.Text{ZH: k.ZH + "（" + t.unit + "）", EN: k.EN + " of " + t.unit}
	}
	return k
}

// mismatch reports types that do not go together.
func (c *compiler) mismatch(at gov.Pos, a, b typ) {
	x, y := a.text(), b.text()
	c.problems = append(c.problems, (&gov.Error{Code: gov.Invalid, Text: gov.Text{
		ZH: x.ZH + "与" + y.ZH + "不能放在一起", EN: x.EN + " and " + y.EN + " do not go together",
	}}).At(at))
}

// want reports an expression of the wrong type.
func (c *compiler) want(at gov.Pos, x operand, kind ir.Type) operand {
	if x.node != ir.None && (x.typ.kind != kind || len(x.typ.per) > 0) {
		a, b := kinds[kind], x.typ.text()
		c.problems = append(c.problems, (&gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: "这里应是" + a.ZH + "，而不是" + b.ZH, EN: "expected " + a.EN + ", not " + b.EN}}).At(at))
		return operand{node: ir.None}
	}
	return x
}

// same brings two operands to one type; a bare number takes the other's unit.
func (c *compiler) same(at gov.Pos, a, b operand) (operand, operand, bool) {
	if a.node == ir.None || b.node == ir.None {
		return a, b, false
	}
	if a.typ.kind == ir.Count && b.typ.kind == ir.Count {
		a, b = c.scaled(a, b.typ.decimals), c.scaled(b, a.typ.decimals)
		if a.typ.unit == b.typ.unit || a.typ.bare || b.typ.bare {
			if a.typ.bare {
				a.typ.unit, a.typ.bare = b.typ.unit, b.typ.bare
			} else {
				b.typ.unit, b.typ.bare = a.typ.unit, false
			}
			return a, b, true
		}
	} else if a.typ.kind == b.typ.kind && len(a.typ.per)+len(b.typ.per) == 0 && (a.typ.kind != ir.Choice || a.typ.field == b.typ.field) {
		return a, b, true
	}
	c.mismatch(at, a.typ, b.typ)
	return a, b, false
}

// scaled brings a count to at least so many decimals.
func (c *compiler) scaled(x operand, decimals int) operand {
	if d := decimals - x.typ.decimals; d > 0 {
		n := node(ir.Mul, ir.Count, x.node, c.number(ir.Count, money.Power(d)))
		x.node = c.emit(n, gov.Pos{})
		x.typ.decimals = decimals
	}
	return x
}

// expr compiles an expression.
func (c *compiler) expr(e *syntax.Expr, s scope) operand {
	switch e.Kind {
	case syntax.Value:
		return c.literal(e.Literal, s)
	case syntax.Path:
		return c.path(e, s, 0)
	case syntax.Earlier:
		return c.path(e.Args[0], s, e.Years)
	case syntax.Share:
		return c.share(e, s)
	case syntax.Add, syntax.Sub:
		a, b, ok := c.same(e.Pos, c.expr(e.Args[0], s), c.expr(e.Args[1], s))
		if !ok {
			return operand{node: ir.None}
		}
		if k := a.typ.kind; k != ir.Money && k != ir.Count && k != ir.Ratio {
			c.mismatch(e.Pos, a.typ, b.typ)
			return operand{node: ir.None}
		}
		op := ir.Add
		if e.Kind == syntax.Sub {
			op = ir.Sub
		}
		return operand{node: c.emit(node(op, a.typ.kind, a.node, b.node), e.Pos), typ: a.typ}
	case syntax.Mul:
		return c.product([]*syntax.Expr{e.Args[0], e.Args[1]}, s, e.Pos)
	case syntax.Compare:
		return c.compare(e, s)
	case syntax.In:
		return c.member(e, s)
	case syntax.And, syntax.Or:
		op := ir.And
		if e.Kind == syntax.Or {
			op = ir.Or
		}
		x := c.cond(e.Args[0], s)
		for _, a := range e.Args[1:] {
			y := c.cond(a, s)
			if x != ir.None && y != ir.None {
				x = c.emit(node(op, ir.Bool, x, y), e.Pos)
			}
		}
		return operand{node: x, typ: typ{kind: ir.Bool}}
	case syntax.Not:
		x := c.cond(e.Args[0], s)
		if x != ir.None {
			x = c.emit(node(ir.Not, ir.Bool, x), e.Pos)
		}
		return operand{node: x, typ: typ{kind: ir.Bool}}
	}
	return c.call(e, s)
}

// cond compiles a condition.
func (c *compiler) cond(e *syntax.Expr, s scope) int32 {
	return c.want(e.Pos, c.expr(e, s), ir.Bool).node
}

// literal compiles a written number: a constant of its clause.
func (c *compiler) literal(l syntax.Literal, s scope) operand {
	t := typ{}
	switch l.Kind {
	case syntax.MoneyLiteral:
		t.kind = ir.Money
	case syntax.RateLiteral:
		t.kind, t.per = ir.Money, l.Per
	case syntax.RatioLiteral:
		t.kind = ir.Ratio
	case syntax.CountLiteral:
		t.kind, t.unit, t.bare, t.decimals = ir.Count, l.Unit, l.Unit == "", l.Decimals
	case syntax.DateLiteral:
		t.kind = ir.Date
	case syntax.YesNoLiteral:
		return operand{node: c.number(ir.Bool, l.Value), typ: typ{kind: ir.Bool}, literal: &l}
	default:
		c.bad(l.Pos, "文字不能参加计算", "a text cannot be computed with")
		return operand{node: ir.None}
	}
	low, high := l.Value, l.Value
	for _, ch := range s.doc.changes {
		if ch.Old.Kind == l.Kind && ch.Old.Value == l.Value && ch.Old.Unit == l.Unit && (ch.Label == "" || ch.Label == s.label) &&
			slices.ContainsFunc(s.cites, func(x syntax.Clause) bool { return x.Path == ch.Cite.Path && (x.Doc == "" || x.Doc == s.doc.short) }) {
			ch.found++
			l.Value, l.Text, l.Decimals = ch.New.Value, ch.New.Text, ch.New.Decimals
			low, high = l.Value, l.Value
		}
	}
	if len(s.cites) == 0 && !c.verifying {
		c.bad(l.Pos, "“%s”没有写依据哪一条", "%q cites no clause", l.Text)
	}
	n := node(ir.Const, t.kind)
	n.K = int64(len(c.p.Consts))
	c.p.Consts = append(c.p.Consts, ir.ConstInfo{
		Value: l.Value, Type: t.kind, Text: l.Text, Digit: lastDigit(l, t.kind), Pos: l.Pos, Clauses: clauses(s.doc, s.cites), Label: s.label, Benefit: c.benefit, Range: [2]int64{low, high},
	})
	return operand{node: c.emit(n, l.Pos), typ: t, literal: &l}
}

// lastDigit is what the last digit written of a ratio is worth: a step by which
// an example can see it changed.
func lastDigit(l syntax.Literal, kind ir.Type) int64 {
	if kind != ir.Ratio {
		return 1
	}
	step := int64(1)
	for step < int64(money.Whole)/100 && l.Value%(step*10) == 0 {
		step *= 10
	}
	return step
}

// path compiles a name: a fact, a field of the entry at hand, a definition.
func (c *compiler) path(e *syntax.Expr, s scope, years int) operand {
	if e.Kind != syntax.Path {
		return c.expr(e, s)
	}
	if e.Field != "" {
		for at := &s; at != nil; at = at.outer {
			if at.variable == e.Name && e.Name != "" {
				list := c.p.Fields[c.p.Lists[at.list].Field].Name
				f := c.p.FieldOf(s.input, list, e.Field)
				if f == ir.None {
					c.unknown(syntax.Name{Text: e.Field, Pos: e.Pos}, c.fieldNames(s.input, at.list), "清单的项没有“%s”", "an entry of the list has no %q")
					return operand{node: ir.None}
				}
				return c.fact(f, ir.Entry, 0, e.Pos)
			}
		}
		c.bad(e.Pos, "“%s”不是正在看的项；先写“逐项 … 作 %[1]s”", "%[1]q is no entry at hand; write each … as %[1]s", e.Name)
		return operand{node: ir.None}
	}
	if d := c.defines[s.doc.short+"."+e.Name]; d != nil && years == 0 {
		return c.defined(d, s)
	}
	f := c.p.FieldOf(s.input, "", e.Name)
	if f == ir.None {
		names := c.fieldNames(s.input, ir.None)
		for key := range maps.Keys(c.defines) {
			if n, ok := strings.CutPrefix(key, s.doc.short+"."); ok {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		c.unknown(syntax.Name{Text: e.Name, Pos: e.Pos}, names, "没有“%s”这个事实", "there is no fact %q")
		return operand{node: ir.None}
	}
	if c.p.Fields[f].Type == ir.List {
		c.bad(e.Pos, "“%s”是清单，不能直接计算；用“逐项”“数目”或“总和”", "%q is a list; use each, number or total", e.Name)
		return operand{node: ir.None}
	}
	if years > 0 && !c.p.Fields[f].Yearly {
		c.bad(e.Pos, "“%s”不是按年的事实，没有上年", "%q is not yearly: there is no earlier year", e.Name)
		return operand{node: ir.None}
	}
	return c.fact(f, ir.Field, years, e.Pos)
}

// fact compiles the reading of a fact.
func (c *compiler) fact(f int32, op ir.Op, years int, at gov.Pos) operand {
	info := &c.p.Fields[f]
	info.Used = true
	n := node(op, info.Type)
	n.K = int64(f)
	if op == ir.Field {
		n.B = int32(years) // no operand: how many years back
	}
	return operand{node: c.emit(n, at), typ: typ{kind: info.Type, unit: info.Unit, decimals: info.Decimals, field: f}}
}

func (c *compiler) fieldNames(input, list int32) (names []string) {
	for i := range c.p.Fields {
		f := &c.p.Fields[i]
		if f.Input == input && (list == ir.None) == (f.Column == ir.None) && (list == ir.None || f.List == list) {
			names = append(names, f.Name)
		}
	}
	return names
}

// defined compiles a definition in the facts of whoever uses it.
func (c *compiler) defined(d *syntax.Define, s scope) operand {
	c.used[d] = true
	if slices.Contains(c.doing, d.Name.Text) {
		return operand{node: ir.None} // a circle, which was reported
	}
	c.doing = append(c.doing, d.Name.Text)
	defer func() { c.doing = c.doing[:len(c.doing)-1] }()
	inner := s.with(c, d.Note)
	return c.expr(d.Expr, inner)
}

// share compiles a ratio of an amount.
func (c *compiler) share(e *syntax.Expr, s scope) operand {
	a, r := c.expr(e.Args[0], s), c.want(e.Args[1].Pos, c.expr(e.Args[1], s), ir.Ratio)
	if a.node == ir.None || r.node == ir.None {
		return operand{node: ir.None}
	}
	if a.typ.kind != ir.Money && a.typ.kind != ir.Count || len(a.typ.per) > 0 {
		c.mismatch(e.Pos, a.typ, r.typ)
		return operand{node: ir.None}
	}
	n := node(ir.Share, a.typ.kind, a.node, r.node)
	n.Rounding = s.rounding
	if a.typ.kind == ir.Count {
		// exact to the digits the ratio is written with; a ratio that is a fact
		// is rounded down
		n.Rounding = money.Rounding{Mode: money.Down, Step: 1}
		if k := c.p.Nodes[r.node]; k.Op == ir.Const {
			for digit := c.p.Consts[k.K].Digit; digit < int64(money.Whole); digit *= 10 {
				n.K++
			}
			a.typ.decimals += int(n.K)
		}
	}
	return operand{node: c.emit(n, e.Pos), typ: a.typ}
}

// product compiles factors: at most one is money.
func (c *compiler) product(factors []*syntax.Expr, s scope, at gov.Pos) operand {
	list := make([]operand, len(factors))
	for i, f := range factors {
		list[i] = c.expr(f, s)
		if list[i].node == ir.None {
			return operand{node: ir.None}
		}
	}
	return c.times(list, s, at)
}

// times multiplies operands: units of counts cancel those a price is for.
func (c *compiler) times(list []operand, s scope, at gov.Pos) operand {
	x := list[0]
	decimals := x.typ.decimals
	for i, y := range list[1:] {
		if y.typ.kind == ir.Money {
			x, y = y, x
		}
		if y.typ.kind != ir.Count || x.typ.kind != ir.Money && x.typ.kind != ir.Count {
			c.mismatch(at, x.typ, y.typ)
			return operand{node: ir.None}
		}
		if i > 0 || x.typ.kind == ir.Money {
			decimals += y.typ.decimals
		} else {
			decimals = x.typ.decimals + y.typ.decimals
		}
		t := typ{kind: x.typ.kind, per: x.typ.per, unit: x.typ.unit, decimals: decimals}
		if j := slices.Index(t.per, y.typ.unit); j >= 0 && y.typ.unit != "" {
			t.per = slices.Delete(slices.Clone(t.per), j, j+1)
		} else if len(t.per) > 0 && y.typ.bare {
			t.per = t.per[1:]
		} else if len(t.per) > 0 {
			c.mismatch(at, x.typ, y.typ)
			return operand{node: ir.None}
		}
		n := node(ir.Mul, x.typ.kind, x.node, y.node)
		if x.typ.kind == ir.Money && i == len(list)-2 {
			n.K, n.Rounding = int64(decimals), s.rounding
			t.decimals = 0
		}
		x = operand{node: c.emit(n, at), typ: t}
	}
	return x
}

var compares = map[syntax.Key]ir.Cmp{
	syntax.KLeast: ir.Least, syntax.KMore: ir.More, syntax.KLess: ir.Less, syntax.KMost: ir.Most, syntax.KIs: ir.Equal, syntax.KIsNot: ir.Unequal,
	syntax.KSince: ir.Least, syntax.KAfter: ir.More, syntax.KBefore: ir.Less, syntax.KUntil: ir.Most,
}

// compare compiles a comparison. Shares in it are not rounded.
func (c *compiler) compare(e *syntax.Expr, s scope) operand {
	yes := typ{kind: ir.Bool}
	if r := e.Args[1]; r.Kind == syntax.Path && r.Field == "" && e.Args[0].Kind == syntax.Path && (e.Key == syntax.KIs || e.Key == syntax.KIsNot) {
		if x := c.expr(e.Args[0], s); x.node != ir.None && x.typ.kind == ir.Choice && c.p.FieldOf(s.input, "", r.Name) == ir.None {
			m := c.choices(x, []syntax.Name{{Text: r.Name, Pos: r.Pos}})
			if m != ir.None && e.Key == syntax.KIsNot {
				m = c.emit(node(ir.Not, ir.Bool, m), e.Pos)
			}
			return operand{node: m, typ: yes}
		} else if x.node == ir.None {
			return x
		}
	}
	a, b := c.terms(e.Args[0], s, false), c.terms(e.Args[1], s, true)
	if a == nil || b == nil {
		return operand{node: ir.None}
	}
	x, y, ok := c.same(e.Pos, a[0].operand, b[0].operand)
	if !ok {
		return operand{node: ir.None}
	}
	if dates := e.Key == syntax.KSince || e.Key == syntax.KAfter || e.Key == syntax.KBefore || e.Key == syntax.KUntil; dates != (x.typ.kind == ir.Date) &&
		(dates || e.Key != syntax.KIs && e.Key != syntax.KIsNot) {
		c.bad(e.Pos, "日期用“早于、晚于、不早于、不晚于”，数用“达到、超过、低于、不超过”比较", "dates are compared by since, after, before, until; numbers by >=, >, <, <=")
		return operand{node: ir.None}
	}
	if t := x.typ.kind; (t == ir.Bool || t == ir.Text) && e.Key != syntax.KIs && e.Key != syntax.KIsNot {
		c.mismatch(e.Pos, x.typ, y.typ)
		return operand{node: ir.None}
	}
	if len(a) == 1 && len(b) == 1 && a[0].ratio == ir.None && b[0].ratio == ir.None {
		n := node(ir.Compare, ir.Bool, x.node, y.node)
		n.Cmp = compares[e.Key]
		i := c.emit(n, e.Pos)
		if x.literal != nil || y.literal != nil {
			c.edge(i)
		}
		return operand{node: i, typ: yes}
	}
	n := node(ir.Linear, ir.Bool)
	n.A = int32(len(c.p.Terms)) // no operands: the range of terms
	decimals := 0
	for _, t := range append(a, b...) {
		decimals = max(decimals, t.operand.typ.decimals)
	}
	for _, t := range append(a, b...) {
		if _, _, ok := c.same(e.Pos, x, t.operand); !ok {
			return operand{node: ir.None}
		}
		c.p.Terms = append(c.p.Terms, ir.Term{X: c.scaled(t.operand, decimals).node, Ratio: t.ratio, Negative: t.negative})
	}
	n.B, n.Cmp = int32(len(c.p.Terms)), compares[e.Key]
	i := c.emit(n, e.Pos)
	c.edge(i)
	return operand{node: i, typ: yes}
}

// edge notes a comparison whose edge a document draws.
func (c *compiler) edge(n int32) {
	if !slices.Contains(c.p.Edges, n) {
		c.p.Edges = append(c.p.Edges, n)
	}
}

// term is a part of one side of a comparison.
type term struct {
	operand  operand
	ratio    int32
	negative bool
}

// terms takes a side of a comparison apart into shares that are added.
func (c *compiler) terms(e *syntax.Expr, s scope, negative bool) []term {
	switch e.Kind {
	case syntax.Add, syntax.Sub:
		a, b := c.terms(e.Args[0], s, negative), c.terms(e.Args[1], s, negative != (e.Kind == syntax.Sub))
		if a == nil || b == nil {
			return nil
		}
		if k := a[0].operand.typ.kind; k != ir.Money && k != ir.Count && k != ir.Ratio {
			c.mismatch(e.Pos, a[0].operand.typ, b[0].operand.typ)
			return nil
		}
		return append(a, b...)
	case syntax.Share:
		a, r := c.expr(e.Args[0], s), c.want(e.Args[1].Pos, c.expr(e.Args[1], s), ir.Ratio)
		if a.node == ir.None || r.node == ir.None {
			return nil
		}
		if a.typ.kind != ir.Money && a.typ.kind != ir.Count {
			c.mismatch(e.Pos, a.typ, r.typ)
			return nil
		}
		return []term{{a, r.node, negative}}
	}
	x := c.expr(e, s)
	if x.node == ir.None {
		return nil
	}
	return []term{{x, ir.None, negative}}
}

// member compiles 属于.
func (c *compiler) member(e *syntax.Expr, s scope) operand {
	x := c.want(e.Pos, c.expr(e.Args[0], s), ir.Choice)
	if x.node == ir.None {
		return x
	}
	return operand{node: c.choices(x, e.Names), typ: typ{kind: ir.Bool}}
}

// choices compiles whether a choice is one of some.
func (c *compiler) choices(x operand, names []syntax.Name) int32 {
	f := &c.p.Fields[x.typ.field]
	n := node(ir.Member, ir.Bool, x.node)
	for _, name := range names {
		i := slices.Index(f.Choices, name.Text)
		if i < 0 {
			c.unknown(name, f.Choices, "“%s”不是其中的选项", "%q is none of the choices")
			return ir.None
		}
		if n.K&(1<<i) != 0 {
			c.bad(name.Pos, "“%s”写了两次", "%q appears twice", name.Text)
		}
		n.K |= 1 << i
	}
	return c.emit(n, names[0].Pos)
}
