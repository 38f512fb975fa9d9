package columns

import (
	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

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
			r, fits := bounds.Times(k, t.k)
			if !fits {
				return l.exact(n.Cmp, terms), nil
			}
			rest = bounds.Plus(rest, r)
			continue
		}
		if t.k != 0 {
			kept = append(kept, t)
		}
	}
	for _, t := range kept {
		factor = bounds.Common(t.k, max(factor, 0))
		if factor == 0 {
			factor = int64(bounds.Abs(t.k))
		}
	}
	if rest != 0 && factor != 0 && rest%factor != 0 {
		factor = bounds.Common(rest, factor)
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
	most := bounds.Abs(rest)
	for _, t := range terms {
		v := &l.values[t.x]
		for _, x := range [2]int64{v.min, v.max} {
			if _, ok := bounds.Times(x, t.k); !ok {
				return false
			}
		}
		most += max(bounds.Abs(v.min), bounds.Abs(v.max)) * bounds.Abs(t.k)
		if most > uint64(bounds.Limit) {
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
		below = l.less(terms[0].x, l.constant(-bounds.Floor(rest, k)))
	case len(terms) == 1: // x > rest ÷ −k
		below = l.atLeast(terms[0].x, l.constant(bounds.Floor(rest, -terms[0].k)+1))
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
	return l.add(value{op: opExact, a: none, b: none, c: int32(c), k: signs, dom: dom, args: bounds.Pack(args), min: -1})
}
