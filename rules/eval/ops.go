package eval

import (
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// op computes a node from the values of others. Where they are was settled when
// it was made.
type op func(m *Machine)

// op makes the closure of a node; nil for what is there before a run or with its
// first operand.
func (b *builder) op(i int32, n ir.Node) op {
	out := b.at(i)
	var x, y, z *Value
	switch n.Op {
	case ir.Const, ir.Number, ir.Field, ir.Entry, ir.Pass:
		return nil
	case ir.Linear:
		return b.linear(out, n)
	case ir.YearStart:
		return func(m *Machine) { *out = exactly(m.start) }
	case ir.YearEnd:
		return func(m *Machine) { *out = exactly(m.end) }
	case ir.Granted:
		final := &b.m.final[n.K]
		return func(*Machine) { *out = compare(ir.More, *final, Value{}) }
	case ir.Amount:
		final := &b.m.final[n.K]
		return func(*Machine) { *out = *final }
	case ir.Paid:
		return func(m *Machine) { *out = m.paid(int32(n.K), n.A, n.B) }
	case ir.PaidYears:
		return func(m *Machine) { *out = m.paidYears(int32(n.K), n.A) }
	}
	for k, operand := range [3]int32{n.A, n.B, n.C} {
		if operand != ir.None {
			*[3]**Value{&x, &y, &z}[k] = b.at(operand)
		}
	}
	switch n.Op {
	case ir.FullYears:
		return func(*Machine) { *out = Value{fullYears(x.High, y.Low), fullYears(x.Low, y.High)} }
	case ir.Add:
		return func(*Machine) { *out = Value{x.Low + y.Low, x.High + y.High} }
	case ir.Sub:
		return func(*Machine) { *out = Value{x.Low - y.High, x.High - y.Low} }
	case ir.Mul:
		return product(out, x, y, n.Rounding.Mode, money.Power(int(n.K)), 1)
	case ir.Share:
		step := max(int64(n.Rounding.Step), 1)
		return product(out, x, y, n.Rounding.Mode, int64(money.Whole)/money.Power(int(n.K))*step, step)
	case ir.Min:
		return func(*Machine) { *out = Value{min(x.Low, y.Low), min(x.High, y.High)} }
	case ir.Highest:
		return func(*Machine) { *out = Value{max(x.Low, y.Low), max(x.High, y.High)} }
	case ir.Positive:
		return func(*Machine) { *out = Value{max(x.Low, 0), max(x.High, 0)} }
	case ir.Compare:
		return comparison(out, x, y, n.Cmp)
	case ir.Member:
		return func(*Machine) { *out = member(*x, n.K) }
	case ir.And:
		return func(*Machine) { *out = Value{x.Low & y.Low, x.High & y.High} }
	case ir.Or:
		return func(*Machine) { *out = Value{x.Low | y.Low, x.High | y.High} }
	case ir.Not:
		return func(*Machine) { *out = Value{1 - x.High, 1 - x.Low} }
	case ir.If:
		if z == nil {
			z = &Value{}
		}
		return func(*Machine) { *out = choose(*x, *y, *z) }
	case ir.Cap:
		return limit(out, x, y, z)
	case ir.Steps:
		return func(*Machine) {
			*out = Value{max(x.Low, 0) / y.High * z.Low, max(x.High, 0) / y.Low * z.High}
		}
	case ir.Floor:
		least := leastOf(n.Cmp)
		return func(*Machine) {
			reached := compare(least, *x, *y)
			*out = Value{x.Low * reached.Low, x.High * reached.High}
		}
	case ir.Instalment:
		return instalment(out, x, n)
	}
	panic("eval: node without a meaning") // the compiler makes none
}

// product makes a closure for a product divided and rounded. The compiler has
// bounded the result.
func product(out, x, y *Value, mode money.Mode, div, step int64) op {
	one := func(p, q int64) int64 {
		r, _ := money.MulDiv(p, q, div, mode)
		return r * step
	}
	return func(*Machine) {
		r := exactly(one(x.Low, y.Low))
		if !x.Known() || !y.Known() {
			for _, w := range [3]int64{one(x.Low, y.High), one(x.High, y.Low), one(x.High, y.High)} {
				r.Low, r.High = min(r.Low, w), max(r.High, w)
			}
		}
		*out = r
	}
}

// comparison makes a closure for each of the comparisons that most conditions are.
func comparison(out, x, y *Value, c ir.Cmp) op {
	switch c {
	case ir.Least:
		return func(*Machine) { *out = truth(x.Low >= y.High, x.High >= y.Low) }
	case ir.Less:
		return func(*Machine) { *out = truth(x.High < y.Low, x.Low < y.High) }
	}
	return func(*Machine) { *out = compare(c, *x, *y) }
}

// limit makes the closure of a cap that may have a condition.
func limit(out, x, y, when *Value) op {
	if when == nil {
		return func(*Machine) { *out = Value{min(x.Low, y.Low), min(x.High, y.High)} }
	}
	return func(*Machine) {
		r := Value{min(x.Low, y.Low), min(x.High, y.High)}
		switch *when {
		case Value{}:
			r = *x
		case Value{0, 1}:
			r.High = x.High
		}
		*out = r
	}
}

// instalment makes the closure of an equal part: rounded down, so that the parts
// never come to more than the whole, and the rest at last.
func instalment(out, x *Value, n ir.Node) op {
	return func(m *Machine) {
		had, sum := m.paidYears(n.B, ir.None).Low, m.paid(n.B, ir.None, 0).Low
		switch {
		case had == n.K-1:
			*out = Value{max(x.Low-sum, 0), max(x.High-sum, 0)}
		case had < n.K-1:
			*out = Value{x.Low / n.K, x.High / n.K}
		default:
			*out = Value{}
		}
	}
}

// linear makes the closure of a sum of shares compared with nothing.
func (b *builder) linear(out *Value, n ir.Node) op {
	var terms []term
	whole := exactly(int64(money.Whole))
	for _, t := range b.p.Terms[n.A:n.B] {
		one := term{b.at(t.X), &whole, t.Negative}
		if t.Ratio != ir.None {
			one.ratio = b.at(t.Ratio)
		}
		terms = append(terms, one)
	}
	return func(*Machine) { *out = linear(n.Cmp, terms) }
}

// choose is y if the condition holds, else z.
func choose(x, y, z Value) Value {
	if x.Low == x.High {
		mask := -x.Low // all bits or none, since a condition is 1 or 0: no branch to guess
		return Value{z.Low ^ (y.Low^z.Low)&mask, z.High ^ (y.High^z.High)&mask}
	}
	return Value{min(y.Low, z.Low), max(y.High, z.High)}
}

// truth is whether something holds for certain, and whether it may.
func truth(sure, possible bool) Value { return Value{number(sure), number(possible)} }

func number(b bool) (n int64) {
	if b {
		n = 1
	}
	return n
}

func leastOf(c ir.Cmp) ir.Cmp {
	if c == ir.More {
		return ir.More
	}
	return ir.Least
}

func compare(c ir.Cmp, a, b Value) Value {
	switch c {
	case ir.Least:
		return truth(a.Low >= b.High, a.High >= b.Low)
	case ir.More:
		return truth(a.Low > b.High, a.High > b.Low)
	case ir.Less:
		return truth(a.High < b.Low, a.Low < b.High)
	case ir.Most:
		return truth(a.High <= b.Low, a.Low <= b.High)
	case ir.Equal:
		return truth(a.Known() && a == b, a.Low <= b.High && b.Low <= a.High)
	}
	return truth(a.High < b.Low || b.High < a.Low, !(a.Known() && a == b))
}

// term is a part of a sum of shares.
type term struct {
	x, ratio *Value
	negative bool
}

// linear compares a sum of shares with nothing, exactly.
func linear(c ir.Cmp, terms []term) Value {
	var low, high wide
	for _, t := range terms {
		x, r := *t.x, *t.ratio
		lo := times(x.Low, r.Low)
		hi := lo
		if !x.Known() || !r.Known() {
			for _, w := range [3]wide{times(x.Low, r.High), times(x.High, r.Low), times(x.High, r.High)} {
				if w.less(lo) {
					lo = w
				}
				if hi.less(w) {
					hi = w
				}
			}
		}
		if t.negative {
			lo, hi = hi.minus(), lo.minus()
		}
		low, high = low.plus(lo), high.plus(hi)
	}
	return compare(c, Value{low.sign(), high.sign()}, Value{})
}

// member is whether a choice is among bits; the choices between two are those
// of a range.
func member(a Value, set int64) Value {
	if a.Low == a.High {
		return exactly(set >> a.Low & 1)
	}
	all, some := true, false
	for k := a.Low; k <= a.High; k++ {
		if set&(1<<k) != 0 {
			some = true
		} else {
			all = false
		}
	}
	return truth(all, some)
}

func fullYears(from, to int64) int64 {
	a, b := syntax.DateOf(from), syntax.DateOf(to)
	years := int64(b.Year - a.Year)
	if b.Before(a.AddYears(int(years))) {
		years--
	}
	return max(years, 0)
}
