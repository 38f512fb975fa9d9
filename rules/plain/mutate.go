package plain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// removal is a condition or limit that can be left out.
type removal struct {
	pos  gov.Pos
	what string
	out  func() (undo func())
	near []*benefit
}

// Unneeded leaves out every condition, every limit and every exclusion of the
// rules, one at a time, and says which no example misses. The files are left
// as they were; nobody else may use them meanwhile.
func (s *Set) Unneeded() []string {
	var list []string
	missed := func(near []*benefit) bool {
		return slices.ContainsFunc(s.about(near), func(e *example) bool { return len(s.check(e)) > 0 })
	}
	for _, b := range s.benefits {
		w := walker{near: s.near(b)}
		w.block(b.Body)
		for _, x := range w.removals {
			undo := x.out()
			if !missed(x.near) {
				list = append(list, fmt.Sprintf("%s: %s", x.pos, x.what))
			}
			undo()
		}
	}
	for i, x := range s.excludes {
		near := s.near(x.members[0])
		all := s.excludes
		s.excludes = slices.Delete(slices.Clone(all), i, i+1)
		if !missed(near) {
			list = append(list, fmt.Sprintf("%s, %s", x.members[0].name(), x.members[1].name()))
		}
		s.excludes = all
	}
	return list
}

// condition notes that each part of a condition can be left out.
func (w *walker) condition(e **syntax.Expr) {
	whole := *e
	yes := &syntax.Expr{Kind: syntax.Value, Pos: whole.Pos, Literal: syntax.Literal{Kind: syntax.YesNoLiteral, Value: 1}}
	if whole.Kind != syntax.And {
		w.removals = append(w.removals, removal{whole.Pos, "condition", func() func() {
			*e = yes
			return func() { *e = whole }
		}, w.near})
		return
	}
	for i, part := range whole.Args {
		w.removals = append(w.removals, removal{part.Pos, "part of a condition", func() func() {
			whole.Args[i] = yes
			return func() { whole.Args[i] = part }
		}, w.near})
	}
}

// limit notes that a limit can be left out.
func (w *walker) limit(list *[]*syntax.Limit, i int) {
	all := *list
	switch l := all[i]; l.Kind {
	case syntax.KReading, syntax.KRound:
	case syntax.KWhen:
		w.condition(&l.Expr)
	default:
		w.removals = append(w.removals, removal{l.Pos, l.Kind.Spelt(syntax.Chinese), func() func() {
			*list = slices.Delete(slices.Clone(all), i, i+1)
			return func() { *list = all }
		}, w.near})
		if l.When != nil {
			w.condition(&l.When)
		}
	}
}

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
	near     []*benefit
	found    []figure
	refs     []*syntax.Expr
	removals []removal
}

func (w *walker) block(b *syntax.Block) {
	if b == nil {
		return
	}
	for _, c := range b.Conditions {
		w.expr(c.Expr)
		w.condition(&c.Expr)
	}
	w.amount(b.Amount)
	w.limits(&b.Limits)
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
			if r.Cond != nil && a.Table.Kind != syntax.KCases {
				w.condition(&r.Cond)
			}
		}
		for _, at := range slices.Sorted(maps.Keys(edges)) {
			w.found = append(w.found, *edges[at])
		}
	}
	for _, x := range a.Items {
		w.amount(x)
	}
	w.block(a.Body)
	w.limits(&a.Limits)
}

func (w *walker) limits(list *[]*syntax.Limit) {
	for i, l := range *list {
		w.limit(list, i)
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
