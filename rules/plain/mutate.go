package plain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// figure is a number of a rule that can be changed, with the benefits whose
// amount may change with it.
type figure struct {
	literal []*syntax.Literal // one; an edge of a table stands in two rows
	years   *int64            // instead, of a limit
	limit   *syntax.Limit
	near    []*benefit
}

// Untested changes every number of every rule by one step of its last digit,
// up and down, and says which changes no example notices. The files are left
// as they were; nobody else may use them meanwhile.
func (s *Set) Untested() []string {
	var list []string
	for _, f := range s.figures() {
		examples := s.about(f.near)
		for _, by := range []int64{-1, 1} {
			undo, was, now := f.change(by)
			noticed := slices.ContainsFunc(examples, func(e *example) bool { return len(s.check(e)) > 0 })
			undo()
			if !noticed {
				list = append(list, fmt.Sprintf("%s: %s → %s", f.pos(), was, now))
			}
		}
	}
	return list
}

func (f figure) pos() string {
	if f.years != nil {
		return f.limit.Pos.String()
	}
	return f.literal[0].Pos.String()
}

// change changes the number; undo brings it back.
func (f figure) change(by int64) (undo func(), was, now string) {
	if f.years != nil {
		before := *f.years
		*f.years += by
		return func() { *f.years = before }, fmt.Sprint(before), fmt.Sprint(*f.years)
	}
	before := *f.literal[0]
	set := func(v int64) {
		for _, l := range f.literal {
			l.Value = v
		}
	}
	set(before.Value + by*step(before))
	return func() { set(before.Value) }, before.Text, fmt.Sprint(f.literal[0].Value)
}

// step is what the last digit written of a number is worth.
func step(l syntax.Literal) int64 {
	if l.Kind != syntax.RatioLiteral {
		return 1
	}
	text, percent := strings.CutSuffix(l.Text, "%")
	_, fraction, _ := strings.Cut(text[strings.IndexByte(text, ':')+1:], ".")
	unit := int64(money.Whole)
	if percent {
		unit /= 100
	}
	return unit / money.Power(len(fraction))
}

// figures finds the numbers of benefits, definitions and joint limits. That
// nothing (0) is nothing is not put to the test.
func (s *Set) figures() []figure {
	var list []figure
	for _, b := range s.benefits {
		w := walker{near: s.near(b)}
		w.block(b.Body)
		list = append(list, w.found...)
	}
	for _, c := range s.caps {
		w := walker{near: s.near(c.members[0])}
		w.expr(c.limit)
		list = append(list, w.found...)
	}
	for _, d := range s.defines {
		w := walker{near: s.benefits}
		w.expr(d.Expr)
		list = append(list, w.found...)
	}
	return list
}

// near is the benefits whose amounts may change with that of b: b, those tied
// to it, and those that ask about one of them.
func (s *Set) near(b *benefit) []*benefit {
	list := append([]*benefit{b}, slices.DeleteFunc(s.group(b), func(x *benefit) bool { return x == b })...)
	for _, x := range s.benefits {
		w := walker{}
		w.block(x.Body)
		if slices.ContainsFunc(w.refs, func(e *syntax.Expr) bool { return slices.Contains(list, s.find(e, x.doc)) }) && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// about is the examples that expect something of some benefits, those about
// the first before the others, then those about the total.
func (s *Set) about(near []*benefit) []*example {
	var list, others, totals []*example
	for _, e := range s.examples {
		named := map[*benefit]bool{}
		total := false
		for _, x := range e.Expect {
			if x.Benefit == nil {
				total = true
				continue
			}
			named[s.find(x.Benefit, e.doc)] = true
		}
		for _, x := range e.Edges {
			named[s.find(x.Benefit, e.doc)] = true
		}
		switch {
		case named[near[0]]:
			list = append(list, e)
		case slices.ContainsFunc(near, func(b *benefit) bool { return named[b] }):
			others = append(others, e)
		case total:
			totals = append(totals, e)
		}
	}
	return slices.Concat(list, others, totals)
}

// walker gathers the numbers and references of a benefit.
type walker struct {
	near  []*benefit
	found []figure
	refs  []*syntax.Expr
}

func (w *walker) block(b *syntax.Block) {
	if b == nil {
		return
	}
	for _, c := range b.Conditions {
		w.expr(c.Expr)
	}
	w.amount(b.Amount)
	w.limits(b.Limits)
}

func (w *walker) amount(a *syntax.Amount) {
	if a == nil {
		return
	}
	for _, e := range append([]*syntax.Expr{a.Base, a.Ratio, a.Step, a.Pay, a.On, a.Above}, a.Factor...) {
		w.expr(e)
	}
	if a.Table != nil {
		w.expr(a.Table.Subject)
		edges := map[int64]*figure{}
		for _, r := range a.Table.Rows {
			for _, e := range r.Edges {
				if e.Value.Kind != syntax.Value {
					w.expr(e.Value)
				} else if f := edges[e.Value.Literal.Value]; f != nil {
					f.literal = append(f.literal, &e.Value.Literal)
				} else {
					edges[e.Value.Literal.Value] = &figure{literal: []*syntax.Literal{&e.Value.Literal}, near: w.near}
				}
			}
			w.expr(r.Cond)
			w.expr(r.Value)
		}
		for _, at := range slices.Sorted(maps.Keys(edges)) {
			w.found = append(w.found, *edges[at])
		}
	}
	for _, x := range a.Items {
		w.amount(x)
	}
	w.block(a.Body)
	w.limits(a.Limits)
}

func (w *walker) limits(list []*syntax.Limit) {
	for _, l := range list {
		w.expr(l.Expr)
		w.expr(l.When)
		if l.Years > 0 {
			w.found = append(w.found, figure{years: &l.Years, limit: l, near: w.near})
		}
	}
}

func (w *walker) expr(e *syntax.Expr) {
	if e == nil {
		return
	}
	if l := &e.Literal; e.Kind == syntax.Value && l.Value != 0 && l.Kind != syntax.TextLiteral && l.Kind != syntax.YesNoLiteral {
		w.found = append(w.found, figure{literal: []*syntax.Literal{l}, near: w.near})
	}
	w.refs = append(w.refs, e.Refs...)
	for _, x := range e.Args {
		w.expr(x)
	}
	w.expr(e.Where)
}
