package columns

import (
	"math/bits"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// fullYears is the full years from one day to another.
func fullYears(from, to int64) int64 {
	a, b := syntax.DateOf(from), syntax.DateOf(to)
	years := int64(b.Year - a.Year)
	if b.Before(a.AddYears(int(years))) {
		years--
	}
	return max(years, 0)
}

func fullYearsOf(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = fullYears(a[i], b[i])
	}
}

// began is the last day from which there are k full years, k above zero, to a
// day.
func began(to, k int64) int64 {
	d := syntax.DateOf(to)
	low := syntax.Days(gov.Date{Year: d.Year - int(k) - 1, Month: 1, Day: 1})
	high := low + 3*366
	for low < high {
		if middle := (low + high + 1) / 2; fullYears(middle, to) >= k {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// term is a part of a comparison of sums of shares: ratio × x.
type term struct {
	x, ratio int32
	k        int64 // of a ratio that is a number, with its sign
	negative bool  // of one that is not
}

// linear lowers a sum of shares compared with nothing, exactly. Ratios that are
// numbers are made as small as they go.
func (l *lowering) linear(n *ir.Node) (int32, error) {
	var terms []term
	rest, factor, plain := int64(0), int64(0), true
	for _, t := range l.p.Terms[n.A:n.B] {
		x, err := l.node(t.X)
		if err != nil {
			return none, err
		}
		one := term{x: x, ratio: none, k: int64(money.Whole), negative: t.Negative}
		if t.Ratio != ir.None {
			if one.ratio, err = l.node(t.Ratio); err != nil {
				return none, err
			}
			k, known := l.is(one.ratio)
			if plain = plain && known; known {
				one.ratio, one.k = none, k
			}
		}
		if one.negative {
			one.k = -one.k
		}
		terms = append(terms, one)
	}
	if !plain {
		return l.exact(n.Cmp, terms), nil
	}
	sort := map[int32]int{} // of equal values one term
	kept := terms[:0]
	for _, t := range terms {
		if i, ok := sort[t.x]; ok {
			kept[i].k += t.k
			continue
		}
		sort[t.x] = len(kept)
		kept = append(kept, t)
	}
	terms = kept
	kept = nil
	for _, t := range terms {
		if k, known := l.is(t.x); known {
			r, fits := times(k, t.k)
			if !fits {
				return l.exact(n.Cmp, terms), nil
			}
			rest = plus(rest, r)
			continue
		}
		if t.k != 0 {
			kept = append(kept, t)
		}
	}
	for _, t := range kept {
		factor = common(t.k, max(factor, 0))
		if factor == 0 {
			factor = int64(abs(t.k))
		}
	}
	if rest != 0 && factor != 0 && rest%factor != 0 {
		factor = common(rest, factor)
	}
	if factor > 1 {
		for i := range kept {
			kept[i].k /= factor
		}
		rest /= factor
	}
	if !l.fits(kept, rest) {
		return l.exact(n.Cmp, terms), nil
	}
	return l.signOf(n.Cmp, kept, rest), nil
}

// fits reports whether every part of a sum is within 62 bits.
func (l *lowering) fits(terms []term, rest int64) bool {
	most := abs(rest)
	for _, t := range terms {
		v := &l.values[t.x]
		for _, x := range [2]int64{v.min, v.max} {
			if _, ok := times(x, t.k); !ok {
				return false
			}
		}
		most += max(abs(v.min), abs(v.max)) * abs(t.k)
		if most > uint64(limit) {
			return false
		}
	}
	return true
}

// signOf compares a sum of multiples with nothing.
func (l *lowering) signOf(c ir.Cmp, terms []term, rest int64) int32 {
	flip := int32(0)
	switch c {
	case ir.Least: // not below
		flip = 1
	case ir.More, ir.Most: // the opposite sum is below, or is not
		for i := range terms {
			terms[i].k = -terms[i].k
		}
		rest = -rest
		if c == ir.Most {
			flip = 1
		}
	case ir.Equal, ir.Unequal:
		r := l.same(l.multiples(terms), l.constant(-rest))
		if c == ir.Unequal {
			return l.not(r)
		}
		return r
	}
	below := none
	switch {
	case len(terms) == 0:
		below = l.mask(rest < 0)
	case len(terms) == 1 && terms[0].k > 0: // x < −rest ÷ k, upwards
		k := terms[0].k
		below = l.less(terms[0].x, l.constant(-floor(rest, k)))
	case len(terms) == 1: // x > rest ÷ −k
		below = l.atLeast(terms[0].x, l.constant(floor(rest, -terms[0].k)+1))
	case len(terms) == 2 && rest == 0:
		a, b := terms[0], terms[1]
		x, y, dom := l.level(a.x, b.x)
		return l.add(value{op: opLinear, a: x, b: y, c: flip, k: a.k, k2: b.k, dom: dom, min: -1})
	default:
		below = l.less(l.multiples(terms), l.constant(-rest))
	}
	if flip == 1 {
		return l.not(below)
	}
	return below
}

// floor is a ÷ b downwards; b is above zero.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (l *lowering) multiples(terms []term) int32 {
	sum := l.constant(0)
	for _, t := range terms {
		sum = l.sum(sum, l.mul(t.x, l.constant(t.k)))
	}
	return sum
}

// exact compares a sum of products with nothing in 128 bits.
func (l *lowering) exact(c ir.Cmp, terms []term) int32 {
	var args []int32
	signs := int64(0)
	dom := int32(0)
	for i, t := range terms {
		if t.ratio == none {
			k := t.k
			if t.negative {
				k = -k
			}
			t.ratio = l.constant(k)
		}
		if t.negative {
			signs |= 1 << i
		}
		args = append(args, t.x, t.ratio)
		dom = l.union(dom, l.union(l.values[t.x].dom, l.values[t.ratio].dom))
	}
	for i, x := range args {
		args[i] = l.expand(x, dom)
	}
	return l.add(value{op: opExact, a: none, b: none, c: int32(c), k: signs, dom: dom, args: packed(args), min: -1})
}

// exactly computes opExact.
func exactly(d []int64, args [][]int64, signs int64, c ir.Cmp) {
	for i := range d {
		var hi int64
		var lo uint64
		for t := 0; t < len(args); t += 2 {
			h, l := product128(args[t][i], args[t+1][i])
			if signs>>(t/2)&1 == 1 {
				var borrow uint64
				l, borrow = bits.Sub64(0, l, 0)
				h = -h - int64(borrow)
			}
			var carry uint64
			lo, carry = bits.Add64(lo, l, 0)
			hi += h + int64(carry)
		}
		holds := false
		switch c {
		case ir.Least:
			holds = hi >= 0
		case ir.More:
			holds = hi > 0 || hi == 0 && lo > 0
		case ir.Less:
			holds = hi < 0
		case ir.Most:
			holds = hi < 0 || hi == 0 && lo == 0
		case ir.Equal:
			holds = hi == 0 && lo == 0
		default:
			holds = hi != 0 || lo != 0
		}
		d[i] = 0
		if holds {
			d[i] = -1
		}
	}
}

// product128 is a × b in two words.
func product128(a, b int64) (int64, uint64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return h, lo
}
