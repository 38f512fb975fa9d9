package check

import (
	"math/big"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

func suggest(word string, known []string) string { return problems.Suggest(word, known) }

// widest is what a value may be at most, so that sums of two never overflow.
const widest = int64(1) << 62

// emit adds a node, or finds one that computes the same.
func (c *compiler) emit(n ir.Node, at gov.Pos) int32 {
	if n.Step == ir.None && n.Loop == ir.None && n.Op != ir.Linear {
		if i, ok := c.merged[n]; ok {
			return i
		}
	}
	key := n
	n.Min, n.Max = c.bounds(n, at)
	i := int32(len(c.p.Nodes))
	c.p.Nodes = append(c.p.Nodes, n)
	if key.Step == ir.None && key.Loop == ir.None && n.Op != ir.Linear {
		c.merged[key] = i
	}
	return i
}

// node is a node without anything but its operation and operands.
func node(op ir.Op, t ir.Type, operands ...int32) ir.Node {
	n := ir.Node{Op: op, Type: t, A: ir.None, B: ir.None, C: ir.None, Step: ir.None, Loop: ir.None}
	for i, x := range operands {
		switch i {
		case 0:
			n.A = x
		case 1:
			n.B = x
		case 2:
			n.C = x
		}
	}
	return n
}

// number is a constant that stands in no document.
func (c *compiler) number(t ir.Type, k int64) int32 {
	n := node(ir.Number, t)
	n.K = k
	return c.emit(n, gov.Pos{})
}

// region begins nodes that are computed elsewhere than those before; the
// result ends it.
func (c *compiler) region() func() {
	old := c.merged
	c.merged = map[ir.Node]int32{}
	return func() { c.merged = old }
}

// bounds works out what a node can be, and reports what could overflow.
func (c *compiler) bounds(n ir.Node, at gov.Pos) (int64, int64) {
	get := func(i int32) (int64, int64) {
		if i < 0 || int(i) >= len(c.p.Nodes) {
			return 0, 0
		}
		return c.p.Nodes[i].Min, c.p.Nodes[i].Max
	}
	al, ah := get(n.A)
	bl, bh := get(n.B)
	cl, ch := get(n.C)
	switch n.Op {
	case ir.Const:
		r := c.p.Consts[n.K].Range
		return r[0], r[1]
	case ir.Number:
		return n.K, n.K
	case ir.Field, ir.Entry:
		return c.p.Fields[n.K].Min, c.p.Fields[n.K].Max
	case ir.YearStart, ir.YearEnd:
		return minDay, maxDay
	case ir.FullYears:
		return 0, 300
	case ir.Add:
		return c.fit(at, big.NewInt(al), big.NewInt(bl), "+"), c.fit(at, big.NewInt(ah), big.NewInt(bh), "+")
	case ir.Sub:
		return c.fit(at, big.NewInt(al), big.NewInt(-bh), "+"), c.fit(at, big.NewInt(ah), big.NewInt(-bl), "+")
	case ir.Mul, ir.Share:
		div := money.Power(int(n.K))
		if n.Op == ir.Share {
			div = int64(money.Whole) / div
		}
		return c.corners(at, [2]int64{al, ah}, [2]int64{bl, bh}, div, int64(n.Rounding.Step))
	case ir.Min:
		return min(al, bl), min(ah, bh)
	case ir.Cap:
		if n.C != ir.None {
			return min(al, bl), ah
		}
		return min(al, bl), min(ah, bh)
	case ir.Positive:
		return max(al, 0), max(ah, 0)
	case ir.If:
		if n.C == ir.None {
			return min(bl, 0), max(bh, 0)
		}
		return min(bl, cl), max(bh, ch)
	case ir.Highest:
		return max(al, bl), max(ah, bh)
	case ir.Steps:
		if bl < 1 {
			return 0, widest
		}
		return 0, c.fit(at, big.NewInt(max(ah, 0)/bl), big.NewInt(ch), "*")
	case ir.Floor, ir.Pass, ir.Instalment:
		return min(al, 0), ah
	case ir.Paid:
		return 0, maxMoney
	case ir.PaidYears, ir.Tally:
		if n.Op == ir.Tally {
			return 0, c.p.Lists[c.p.Loops[n.Loop].List].Limit
		}
		return 0, 200
	case ir.Sum, ir.BestPer, ir.CapPer:
		limit := big.NewInt(c.p.Lists[c.p.Loops[n.Loop].List].Limit)
		return c.fit(at, big.NewInt(min(al, 0)), limit, "*"), c.fit(at, big.NewInt(max(ah, 0)), limit, "*")
	case ir.Amount:
		return 0, maxMoney
	}
	return 0, 1 // conditions
}

// fit reports a value beyond what is computed with, and returns it within.
func (c *compiler) fit(at gov.Pos, a, b *big.Int, op string) int64 {
	r := new(big.Int)
	if op == "+" {
		r.Add(a, b)
	} else {
		r.Mul(a, b)
	}
	return c.within(at, r)
}

func (c *compiler) within(at gov.Pos, r *big.Int) int64 {
	if r.CmpAbs(big.NewInt(widest)) > 0 {
		c.bad(at, "这里的数可能太大，算不准；请在它用到的事实后面写明“%s … 至 …”", "this can become too large to be exact; give the facts a range (%s)", syntax.KRange.Spelt(syntax.Chinese))
		if r.Sign() < 0 {
			return -widest
		}
		return widest
	}
	return r.Int64()
}

// corners bounds a product of two ranges, divided.
func (c *compiler) corners(at gov.Pos, a, b [2]int64, div, step int64) (low, high int64) {
	for i, x := range a {
		for j, y := range b {
			r := new(big.Int).Mul(big.NewInt(x), big.NewInt(y))
			q, m := new(big.Int).QuoRem(r, big.NewInt(div), new(big.Int))
			if m.Sign() != 0 {
				q.Add(q, big.NewInt(int64(m.Sign())*max(step, 1)))
			}
			if step > 1 {
				// what is rounded to a step may exceed the exact value by one
				q.Add(q, big.NewInt(int64(r.Sign())*step))
			}
			v := c.within(at, q)
			if i == 0 && j == 0 {
				low, high = v, v
			}
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}
