package trial

import (
	"math/big"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Cliff is a place where one step more of a fact brings less in all (check 8):
// no mistake of the file, and worth knowing for who drafts the document.
type Cliff struct {
	Example string
	Field   string
	At      int64 // the value that brings less than the one before
	Before  int64 // fen
	After   int64
	Text    gov.Text
}

// Cliffs tries the facts of each example around the edges the rules draw, one
// fact at a time.
func Cliffs(p *ir.Program, examples []*syntax.Example) []Cliff {
	list, failures := prepare(p, examples)
	if len(failures) > 0 {
		return nil
	}
	m := eval.New(p)
	var out []Cliff
	type key struct {
		field int32
		at    int64
	}
	seen := map[key]bool{}
	for _, x := range list {
		g, tried := x.facts.Clone(), map[key]bool{} // many edges lie at one number
		for _, e := range p.Edges {
			for _, c := range candidates(p, x.facts, &p.Nodes[e]) {
				f := &p.Fields[c.field]
				for at := c.at - 1; at <= c.at+1; at++ {
					k := key{c.field, at}
					if f.Input != x.facts.Input || at-1 < f.Min || at > f.Max || seen[k] || tried[k] {
						continue
					}
					tried[k] = true
					own := x.facts.Slots[f.Slot]
					g.Set(c.field, 0, eval.Value{Low: at - 1, High: at - 1})
					before := finals(m.Run(g, false))
					g.Set(c.field, 0, eval.Value{Low: at, High: at})
					after := finals(m.Run(g, false))
					g.Set(c.field, 0, own)
					if a, b, ok := known(p, before, after); ok && b < a {
						seen[k] = true
						out = append(out, cliff(f, x.example.Name, at, a, b))
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Cliff) int { return int(min(max(b.Before-b.After-a.Before+a.After, -1), 1)) })
	return out
}

func finals(r *eval.Result) []eval.Value {
	list := make([]eval.Value, len(r.Outcomes))
	for i := range r.Outcomes {
		list[i] = r.Outcomes[i].Final
	}
	return list
}

// known adds up what is known before and after; false if something that is not
// known changes.
func known(p *ir.Program, before, after []eval.Value) (a, b int64, ok bool) {
	for i := range before {
		switch {
		case p.Benefits[i].Grant != "":
		case before[i].Known() && after[i].Known():
			a, b = a+before[i].Low, b+after[i].Low
		case before[i] != after[i]:
			return 0, 0, false
		}
	}
	return a, b, true
}

func cliff(f *ir.FieldInfo, example string, at, before, after int64) Cliff {
	value := gov.Textf("到 %[1]s", "at %[1]s", money.Grouped(at, f.Decimals)+f.Unit)
	if f.Type == ir.Money {
		value = reached(money.Fen(at))
	}
	return Cliff{
		Example: example, Field: f.Name, At: at, Before: before, After: after,
		Text: gov.Textf("“%[1]s”%[2]s 时，合计由 %[4]s 降到 %[5]s（例“%[8]s”）", "%[3]s of %[1]s the total falls from %[6]s to %[7]s (example %[8]q)",
			f.Name, value.ZH, value.EN, officially(before), officially(after), money.Fen(before).In(gov.EN), money.Fen(after).In(gov.EN), example),
	}
}

// reached tells of an amount at which a total falls: one fen above a round one it is said to
// be above that.
func reached(at money.Fen) gov.Text {
	if below := at - 1; below%money.Yuan == 0 && below > 0 {
		return gov.Textf("超过 %[1]s", "above %[2]s", officially(int64(below)), below.In(gov.EN))
	}
	return gov.Textf("到 %[1]s", "at %[2]s", officially(int64(at)), at.In(gov.EN))
}

// officially is an amount as officials write it. One that is not round has two decimals of
// 万元 if it comes to that much.
func officially(fen int64) string {
	short := money.Fen(fen).Short()
	if strings.HasSuffix(short, "万元") || strings.HasSuffix(short, "亿元") || fen < int64(money.Wan) {
		return short
	}
	rounded, ok := money.MulDiv(fen, 1, int64(money.Wan/100), money.HalfUp)
	if !ok {
		return short
	}
	return "约 " + strings.TrimSuffix(money.Fen(rounded).In(gov.ZH), "元") + "万元"
}

// candidate is a value of a fact at which an edge lies.
type candidate struct {
	field int32
	at    int64
}

// candidates are the facts an edge compares, and where it lies for them while
// the other facts are as they are.
func candidates(p *ir.Program, f *eval.Facts, n *ir.Node) (out []candidate) {
	terms := []ir.Term{{X: n.A, Ratio: ir.None}, {X: n.B, Ratio: ir.None, Negative: true}}
	if n.Op == ir.Linear {
		terms = p.Terms[n.A:n.B]
	}
	whole := big.NewInt(int64(money.Whole))
	rest, factors := make([]*big.Int, len(terms)), make([]*big.Int, len(terms))
	for i, t := range terms {
		v, ok := constant(p, f, t.X)
		factor := whole
		if t.Ratio != ir.None {
			r, known := constant(p, f, t.Ratio)
			ok = ok && known
			factor = big.NewInt(r)
		}
		if !ok {
			return nil
		}
		if t.Negative {
			factor = new(big.Int).Neg(factor)
		}
		factors[i], rest[i] = factor, new(big.Int).Mul(big.NewInt(v), factor)
	}
	for i, t := range terms {
		x := &p.Nodes[t.X]
		if x.Op != ir.Field || x.B != 0 || factors[i].Sign() == 0 {
			continue
		}
		sum := new(big.Int)
		for j := range terms {
			if j != i {
				sum.Sub(sum, rest[j])
			}
		}
		if sum.Div(sum, factors[i]); sum.IsInt64() {
			out = append(out, candidate{int32(x.K), sum.Int64()})
		}
	}
	return out
}

// constant is a number or a fact that is known.
func constant(p *ir.Program, f *eval.Facts, i int32) (int64, bool) {
	switch n := &p.Nodes[i]; n.Op {
	case ir.Const:
		return p.Consts[n.K].Value, true
	case ir.Number:
		return n.K, true
	case ir.Field:
		v := f.Slots[p.Fields[n.K].Slot+n.B]
		return v.Low, v.Known() && p.Fields[n.K].Input == f.Input
	case ir.Mul:
		a, okA := constant(p, f, n.A)
		b, okB := constant(p, f, n.B)
		r, ok := money.MulDiv(a, b, money.Power(int(n.K)), money.Down)
		return r, okA && okB && ok
	}
	return 0, false
}
