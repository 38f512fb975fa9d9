// Package keyed says for which entries of lists a benefit is granted. Rules look at earlier
// payments by the key of an entry («each prize once», «at most so much for one investee
// over the years»); so what a decision promises has to be told apart by these keys. It
// only reads compiled rules and runs them; it depends on its arguments alone.
package keyed

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
)

// Most is for how many keys one benefit is told apart at most.
const Most = 1000

// By is a list of facts with the field of its entries that a benefit goes by.
type By struct {
	List, Field int32 // of the program
	gather      int32 // node that gathers the entries
}

// Of lists by which entries a benefit looks at earlier payments, in the order of its
// nodes; none for one that looks at the benefit as a whole alone.
func Of(p *ir.Program, benefit int32) (list []By) {
	b := &p.Benefits[benefit]
	add := func(l ir.Loop, key int32) {
		if key == ir.None || p.Nodes[key].Op != ir.Entry {
			return
		}
		f := int32(p.Nodes[key].K)
		if p.Fields[f].List != l.List || slices.ContainsFunc(list, func(x By) bool { return x.gather == l.To }) {
			return
		}
		list = append(list, By{l.List, f, l.To})
	}
	for _, l := range p.Loops {
		if l.From < b.From || l.To >= b.To {
			continue
		}
		for i := l.From; i < l.To; i++ {
			if n := &p.Nodes[i]; (n.Op == ir.Paid || n.Op == ir.PaidYears) && int32(n.K) == benefit {
				add(l, n.A)
			}
		}
		if n := &p.Nodes[l.To]; n.Op == ir.CapPer {
			add(l, n.B)
		}
	}
	return list
}

// Share is what a benefit comes to for one key; Key "" for what has none.
type Share struct {
	Key    string
	Amount int64 // fen
}

// Shares says what a benefit comes to for each key of its entries, before limits that hold
// for all of them together; a key that comes to nothing is left out. Facts that decide
// must be known. It is TooLarge for more keys than Most.
func Shares(p *ir.Program, f *eval.Facts, benefit int32) ([]Share, error) {
	by := Of(p, benefit)
	if len(by) == 0 {
		return nil, nil
	}
	m := eval.New(p)
	m.Thorough() // what an entry comes to is wanted though a condition of all of them fails for one alone
	g := *f
	g.Without = make([]bool, len(p.Benefits))
	for i := range g.Without {
		g.Without[i] = int32(i) != benefit && !slices.Contains(p.Benefits[benefit].Refs, int32(i))
	}
	g.Lists = slices.Clone(f.Lists)
	var out []Share
	all := m.Run(&g, false).Outcomes[benefit].Raw
	for _, x := range by {
		whole := g.Lists[x.List]
		if !whole.Known || whole.Len == 0 {
			continue
		}
		if len(by) > 1 { // of several the best is taken: the others come to nothing
			g.Lists[x.List] = only(whole, nil)
			if m.Run(&g, false).Outcomes[benefit].Raw == all {
				continue // and stays empty, so that of two that are alike one counts
			}
		}
		keys, rows := grouped(p, f, whole, x.Field)
		if len(keys) > Most {
			return nil, gov.Errorf(gov.TooLarge, "“%[1]s”一次最多按 %[2]d 项分别记账", "%[1]q is kept apart for at most %[2]d entries at once", p.Benefits[benefit].Key(), Most)
		}
		for _, key := range keys {
			g.Lists[x.List] = only(whole, rows[key])
			m.Run(&g, false)
			if v := m.At(x.gather).Low; v > 0 {
				out = add(out, Share{key, v})
			}
		}
		g.Lists[x.List] = whole
	}
	return out, nil
}

// add adds to the share of the same key.
func add(list []Share, s Share) []Share {
	if i := slices.IndexFunc(list, func(x Share) bool { return x.Key == s.Key }); i >= 0 {
		list[i].Amount += s.Amount
		return list
	}
	return append(list, s)
}

// only is a list with some of its entries.
func only(l eval.ListFacts, rows []int) eval.ListFacts {
	out := eval.ListFacts{Known: true, Len: len(rows), Columns: make([][]eval.Value, len(l.Columns))}
	for i, column := range l.Columns {
		for _, r := range rows {
			out.Columns[i] = append(out.Columns[i], column[r])
		}
	}
	return out
}

// grouped are the entries of a list by the text of a field, in the order of their first.
// Entries without it are of no key.
func grouped(p *ir.Program, f *eval.Facts, l eval.ListFacts, field int32) (keys []string, rows map[string][]int) {
	rows = map[string][]int{}
	for i, v := range l.Columns[p.Fields[field].Column] {
		if !v.Known() {
			continue
		}
		key := ""
		if info := &p.Fields[field]; info.Type == ir.Choice {
			key = info.Choices[v.Low]
		} else {
			key = f.Texts[v.Low]
		}
		if rows[key] == nil {
			keys = append(keys, key)
		}
		rows[key] = append(rows[key], i)
	}
	return keys, rows
}

// Split shares an amount out by keys: each has at most its share, and less in proportion
// where the amount is less than all shares, to the fen. What goes beyond them is of no key.
func Split(amount int64, shares []Share) (out []Share) {
	sum, keyed := int64(0), int64(0)
	for _, s := range shares {
		sum += s.Amount
	}
	if keyed = min(amount, sum); keyed > 0 {
		before, upTo := int64(0), int64(0)
		for _, s := range shares {
			upTo += s.Amount
			part, _ := money.MulDiv(keyed, upTo, sum, money.Down) // at most keyed
			if part > before {
				out = append(out, Share{s.Key, part - before})
			}
			before = part
		}
	}
	if amount > keyed {
		out = append(out, Share{"", amount - keyed})
	}
	return out
}
