// Package madeup makes facts up that lie at, just below and just above the
// figures of the rules, where mistakes of evaluators are. Tests and benchmarks
// compare evaluators on them.
package madeup

import (
	"time"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// Rand is where chance comes from.
type Rand interface {
	IntN(n int) int
	Int64N(n int64) int64
}

// Maker makes up applicants of one kind.
type Maker struct {
	Year    int // applied for
	Entries int // at most so many entries of each list

	p     *ir.Program
	input int32
	rand  Rand
	near  map[ir.Type][]int64
	own   []int32 // benefits
	keys  []string
}

// names are the texts of made-up facts.
var names = []string{"甲", "乙", "丙"}

// New makes a maker. Lists have at most three entries.
func New(p *ir.Program, input int32, r Rand) *Maker {
	m := &Maker{Year: 2018, Entries: 3, p: p, input: input, rand: r, near: map[ir.Type][]int64{}}
	for _, k := range p.Consts {
		m.near[k.Type] = append(m.near[k.Type], k.Value)
	}
	for i := range p.Benefits {
		if p.Benefits[i].Input == input {
			m.own = append(m.own, int32(i))
		}
	}
	m.keys = append([]string{"", "别处"}, names...)
	for i := range p.Fields {
		if p.Fields[i].Input == input {
			m.keys = append(m.keys, p.Fields[i].Choices...)
		}
	}
	return m
}

// Value is a value for a fact; texts are numbers below three.
func (m *Maker) Value(f *ir.FieldInfo) int64 {
	v := f.Min
	near := m.near[f.Type]
	switch {
	case f.Type == ir.Text:
		return int64(m.rand.IntN(len(names)))
	case f.Type == ir.Date:
		return syntax.Days(gov.Date{Year: 2000 + m.rand.IntN(17), Month: time.Month(1 + m.rand.IntN(12)), Day: 1 + m.rand.IntN(28)})
	case len(near) > 0 && m.rand.IntN(4) > 0:
		v = near[m.rand.IntN(len(near))]*money.Power(f.Decimals) + int64(m.rand.IntN(3)) - 1
	case f.Max > f.Min:
		v = f.Min + m.rand.Int64N(min(f.Max-f.Min, 1_000_000_000)+1)
	}
	return min(max(v, f.Min), f.Max)
}

// Facts are an applicant of whom every fact is known, about half of them with
// payments of earlier years.
func (m *Maker) Facts() *eval.Facts {
	f := eval.NewFacts(m.p, m.input, m.Year)
	for _, s := range names {
		f.Text(s)
	}
	known := func(d *ir.FieldInfo) eval.Value {
		v := m.Value(d)
		return eval.Value{Low: v, High: v}
	}
	for i := range m.p.Fields {
		d := &m.p.Fields[i]
		if d.Input != m.input || d.Column != ir.None {
			continue
		}
		if d.Type == ir.List {
			n := m.rand.IntN(m.Entries + 1)
			l := f.SetList(d.List, n)
			for c, field := range m.p.Lists[d.List].Fields {
				for row := range n {
					l.Columns[c][row] = known(&m.p.Fields[field])
				}
			}
			continue
		}
		years := int32(1)
		if d.Yearly {
			years = 3
		}
		for back := range years {
			f.Set(int32(i), back, known(d))
		}
	}
	for range m.rand.IntN(2) * m.rand.IntN(12) {
		f.Paid = append(f.Paid, eval.Payment{
			Year: f.Year - 5 + m.rand.IntN(7), Benefit: m.own[m.rand.IntN(len(m.own))],
			Key: m.keys[m.rand.IntN(len(m.keys))], Amount: max(0, m.rand.Int64N(300_000_000)-2000),
		})
	}
	return f
}
