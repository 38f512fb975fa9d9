package plain

import (
	"fmt"
	"math/big"
	"slices"

	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// facts are the values of a fact by name and years back, or of an entry.
type facts map[string]any

// payment is what was paid before.
type payment struct {
	year    int
	benefit *benefit
	key     string
	amount  *big.Rat
}

// run is the computation of one applicant in one year.
type run struct {
	set   *Set
	kind  string
	year  int
	facts facts
	paid  []payment
	upper bool // what an office has not set yet is granted in full
	exact bool // within a comparison, where shares are not rounded

	benefit *benefit // at hand
	vars    map[string]facts
	lists   map[string]string // which list a variable goes through
	results map[*benefit]*result
}

// result is what a benefit comes to.
type result struct {
	amount  *big.Rat
	granted bool
}

func (r result) any() bool { return r.granted || r.amount.Sign() > 0 }

// missing is a fact nobody gave.
type missing string

func (m missing) Error() string { return "fact " + string(m) + " is missing" }

var zero = new(big.Rat)

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

func positive(a *big.Rat) *big.Rat {
	if a.Sign() < 0 {
		return zero
	}
	return a
}

func sub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

// floor is the whole part of a number that is not negative.
func floor(a *big.Rat) *big.Rat { return new(big.Rat).SetInt(new(big.Int).Div(a.Num(), a.Denom())) }

// round rounds an amount that is not negative.
func round(a *big.Rat, by money.Rounding) *big.Rat {
	step := big.NewRat(int64(max(by.Step, 1)), 1)
	q := new(big.Rat).Quo(a, step)
	down := floor(q)
	half := sub(q, down).Cmp(big.NewRat(1, 2))
	up := false
	switch by.Mode {
	case money.HalfUp:
		up = half >= 0
	case money.Up:
		up = q.Cmp(down) > 0
	case money.HalfEven:
		up = half > 0 || half == 0 && down.Num().Bit(0) == 1
	}
	if up {
		down = add(down, big.NewRat(1, 1))
	}
	return mul(down, step)
}

// gross is what a benefit comes to without regard to others.
func (r *run) gross(b *benefit) *result {
	before, vars := r.benefit, r.vars
	r.benefit, r.vars = b, map[string]facts{}
	defer func() { r.benefit, r.vars = before, vars }()
	out := &result{amount: zero}
	out.amount = r.block(b.Body, nil, out)
	return out
}

// block computes conditions, amount and limits. Without is a limit left out.
func (r *run) block(b *syntax.Block, without *syntax.Limit, out *result) *big.Rat {
	for _, c := range b.Conditions {
		if !r.truth(c.Expr) {
			return zero
		}
	}
	return r.limits(r.amount(b.Amount, out), b.Limits, without)
}

func (r *run) rounding(limits ...[]*syntax.Limit) money.Rounding {
	for _, list := range limits {
		for _, l := range list {
			if l.Kind == syntax.KRound {
				return l.Rounding
			}
		}
	}
	return r.set.docs[r.benefit.doc].Rounding
}

func limitOf(list []*syntax.Limit, kind syntax.Key) *syntax.Limit {
	for _, l := range list {
		if l.Kind == kind {
			return l
		}
	}
	return nil
}

func (r *run) amount(a *syntax.Amount, out *result) *big.Rat {
	v := zero
	switch a.Kind {
	case syntax.KFixed:
		v = r.number(a.Base)
	case syntax.KShare:
		ratio := r.ratio(a)
		v = round(mul(positive(r.number(a.Base)), ratio), r.rounding(a.Limits))
	case syntax.KUnit:
		v = r.unit(a)
	case syntax.KTier, syntax.KMatch, syntax.KCases:
		v = r.table(a.Table)
	case syntax.KEvery:
		on := r.number(a.On)
		if a.Above != nil {
			on = sub(on, r.number(a.Above))
		}
		v = mul(floor(new(big.Rat).Quo(positive(on), r.number(a.Step))), r.number(a.Pay))
	case syntax.KSum:
		for _, x := range a.Items {
			v = add(v, r.amount(x, out))
		}
	case syntax.KPart:
		v = r.block(a.Body, nil, out)
	case syntax.KEach:
		v = r.each(a, out)
	case syntax.KBest:
		if a.List.Text != "" {
			v = r.best(a, out)
			break
		}
		for _, x := range a.Items {
			if y := r.amount(x, out); y.Cmp(v) > 0 {
				v = y
			}
		}
	case syntax.KGrant:
		when := limitOf(a.Limits, syntax.KWhen)
		out.granted = when == nil || r.truth(when.Expr)
	}
	return r.limits(positive(v), a.Limits, nil)
}

// ratio is the ratio of a share, at most what an office set.
func (r *run) ratio(a *syntax.Amount) *big.Rat {
	var ratio *big.Rat
	if a.Table != nil {
		ratio = r.table(a.Table)
	} else {
		ratio = r.number(a.Ratio)
	}
	if l := limitOf(a.Limits, syntax.KDiscretion); l != nil && r.fieldOf(l.Expr).Type == syntax.KRatio {
		ratio = r.decided(ratio, l.Expr)
	}
	return ratio
}

// decided is an amount or ratio, at most what an office set; before it did, all
// or nothing.
func (r *run) decided(v *big.Rat, path *syntax.Expr) *big.Rat {
	x, ok := r.look(path)
	if !ok {
		if r.upper {
			return v
		}
		return zero
	}
	return least(v, x.(*big.Rat))
}

func (r *run) unit(a *syntax.Amount) *big.Rat {
	v := r.number(a.Factor[0])
	for i, f := range a.Factor[1:] {
		q := positive(r.number(f))
		if i == 0 {
			if l := limitOf(a.Limits, syntax.KReaching); l != nil && q.Cmp(r.number(l.Expr)) < 0 {
				return zero
			}
			if l := limitOf(a.Limits, syntax.KAtMost); l != nil {
				q = least(q, r.number(l.Expr))
			}
		}
		v = mul(v, q)
	}
	return round(v, r.rounding(a.Limits))
}

func (r *run) table(t *syntax.Table) *big.Rat {
	for _, row := range t.Rows {
		holds := row.Else
		switch {
		case row.Else:
		case t.Kind == syntax.KCases:
			holds = r.truth(row.Cond)
		case t.Kind == syntax.KMatch:
			is := r.eval(t.Subject).(string)
			holds = slices.ContainsFunc(row.Names, func(n syntax.Name) bool { return n.Text == is })
		default:
			holds = true
			v := r.number(t.Subject)
			for _, e := range row.Edges {
				holds = holds && compares(e.Key, v.Cmp(r.number(e.Value)))
			}
		}
		if !holds {
			continue
		}
		if row.Value == nil || t.Kind != syntax.KCases && row.Cond != nil && !r.truth(row.Cond) {
			return zero
		}
		return r.number(row.Value)
	}
	return zero
}

func compares(k syntax.Key, c int) bool {
	switch k {
	case syntax.KLeast, syntax.KSince:
		return c >= 0
	case syntax.KMore, syntax.KAfter:
		return c > 0
	case syntax.KLess, syntax.KBefore:
		return c < 0
	case syntax.KMost, syntax.KUntil:
		return c <= 0
	case syntax.KIs:
		return c == 0
	case syntax.KIsNot:
		return c != 0
	}
	panic(fmt.Sprint("no comparison: ", k))
}

// each adds up the entries of a list; a limit with a key holds for all entries
// of that key together.
func (r *run) each(a *syntax.Amount, out *result) *big.Rat {
	var perKey *syntax.Limit
	for _, l := range a.Body.Limits {
		if l.Kind == syntax.KCap && l.Per != nil {
			perKey = l
		}
	}
	total := zero
	sums, limits := map[string]*big.Rat{}, map[string]*big.Rat{}
	for _, entry := range r.list(a.List.Text) {
		r.vars[a.Var.Text], r.lists[a.Var.Text] = entry, a.List.Text
		v := r.block(a.Body, perKey, out)
		if perKey == nil {
			total = add(total, v)
			continue
		}
		key := r.key(perKey.Per)
		if sums[key] == nil {
			sums[key] = zero
		}
		sums[key] = add(sums[key], v)
		limits[key] = r.cap(perKey)
	}
	delete(r.vars, a.Var.Text)
	for key, v := range sums {
		total = add(total, least(v, limits[key]))
	}
	return total
}

// best adds up the highest entry of each key.
func (r *run) best(a *syntax.Amount, out *result) *big.Rat {
	highest := map[string]*big.Rat{}
	for _, entry := range r.list(a.List.Text) {
		r.vars[a.Var.Text], r.lists[a.Var.Text] = entry, a.List.Text
		v, key := r.block(a.Body, nil, out), r.key(a.Per)
		if highest[key] == nil || v.Cmp(highest[key]) > 0 {
			highest[key] = v
		}
	}
	delete(r.vars, a.Var.Text)
	total := zero
	for _, v := range highest {
		total = add(total, v)
	}
	return total
}

// before sums what was paid for the benefit at hand in earlier years, the last
// so many or all (0), for a key or all, and counts the years.
func (r *run) before(per *syntax.Expr, years int64) (*big.Rat, int64) {
	sum, in := zero, map[int]bool{}
	for _, p := range r.paid {
		if p.benefit != r.benefit || p.year >= r.year || years > 0 && int64(r.year-p.year) >= years || per != nil && p.key != r.key(per) {
			continue
		}
		sum = add(sum, p.amount)
		in[p.year] = true
	}
	return sum, int64(len(in))
}

// elsewhere tells whether something of the same nature, given once only for the same
// thing, was paid for it in an earlier year.
func (r *run) elsewhere(per *syntax.Expr) bool {
	if per == nil {
		return false
	}
	for _, b := range r.set.natures[r.benefit] {
		if !b.OnceFor(r.lists[per.Name], per.Field) {
			continue
		}
		for _, p := range r.paid {
			if p.benefit == b && p.year < r.year && p.key == r.key(per) && p.amount.Sign() > 0 {
				return true
			}
		}
	}
	return false
}

// cap is what a limit leaves.
func (r *run) cap(l *syntax.Limit) *big.Rat {
	v := r.number(l.Expr)
	if l.Ever {
		paid, _ := r.before(l.Per, l.Years)
		v = sub(v, paid)
	}
	return positive(round(v, r.rounding()))
}

func (r *run) limits(v *big.Rat, list []*syntax.Limit, without *syntax.Limit) *big.Rat {
	for _, l := range list {
		if l == without {
			continue
		}
		switch l.Kind {
		case syntax.KCap:
			if l.When == nil || r.truth(l.When) {
				v = least(v, r.cap(l))
			}
		case syntax.KWhen:
			if !r.truth(l.Expr) {
				v = zero
			}
		case syntax.KLessPaid:
			paid, _ := r.before(l.Per, 0)
			v = positive(sub(v, paid))
		case syntax.KOnce:
			if paid, _ := r.before(l.Per, 0); paid.Sign() > 0 || r.elsewhere(l.Per) {
				v = zero
			}
		case syntax.KLasting:
			if _, n := r.before(l.Per, 0); n >= l.Years {
				v = zero
			}
		case syntax.KInstalments:
			paid, n := r.before(nil, 0)
			switch {
			case n >= l.Years:
				v = zero
			case n == l.Years-1:
				v = positive(sub(v, paid))
			default:
				v = floor(new(big.Rat).Quo(v, big.NewRat(l.Years, 1)))
			}
		case syntax.KDiscretion:
			if r.fieldOf(l.Expr).Type == syntax.KMoney {
				v = r.decided(v, l.Expr)
			}
		}
	}
	return v
}
