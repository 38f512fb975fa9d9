package invent

import (
	"math"
	"strconv"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// rest gives the other facts something that fits their type, often in a thousand.
func (m *maker) rest(often int, place bool) {
	for _, i := range m.plain {
		d := &m.p.Fields[i]
		years := int32(1)
		if d.Yearly {
			years = 3
		}
		some := m.IntN(1000) < often
		for back := range years {
			switch {
			case some:
				v := m.value(d)
				m.f.Set(i, back, eval.Value{Low: v, High: v})
			case d.Type == ir.Date: // a date is never nothing
				m.f.Set(i, back, eval.Value{Low: m.day(), High: 0})
				m.f.Slots[d.Slot+back].High = m.f.Slots[d.Slot+back].Low
			}
		}
	}
	if place {
		m.set("补贴天数", 0, int64(90+m.IntN(276)))
		m.set("核心区租用天数", 0, int64(90+m.IntN(276)))
	}
	for _, i := range m.lists {
		if m.IntN(1000) >= often {
			continue
		}
		d := &m.p.Fields[i]
		info := &m.p.Lists[d.List]
		n := min(1+m.IntN(3), int(info.Limit))
		l := m.f.SetList(d.List, n)
		for c, field := range info.Fields {
			for k := range n {
				f := &m.p.Fields[field]
				v := m.value(f)
				if f.Type == ir.Text {
					v = m.f.Text(f.Name + strconv.Itoa(k+1))
				}
				l.Columns[c][k] = eval.Value{Low: v, High: v}
			}
		}
	}
}

func (m *maker) day() int64 {
	return syntax.Days(gov.Date{Year: m.year, Month: 1, Day: 1}.Add(-m.IntN(3000)))
}

// value makes something up that a fact can be: money of ten thousand to two million
// yuan, counts up to a few hundred, floor space up to some thousand square metres,
// ratios of whole tens of percent.
func (m *maker) value(d *ir.FieldInfo) int64 {
	v := d.Min
	switch d.Type {
	case ir.Money:
		v = m.round(m.scale * m.between(1e4, 2e6))
		if d.Max > 1e15 || m.IntN(8) == 0 {
			v *= int64(10 + m.IntN(90))
		}
	case ir.Ratio:
		v = int64(money.Whole) / 10 * int64(1+m.IntN(10))
		if m.IntN(2) == 0 {
			v = int64(money.Whole)
		}
	case ir.Count:
		most := 300.0
		switch {
		case d.Unit == "年" && d.Min > 1900:
			return int64(m.year - m.IntN(3))
		case d.Unit == "平方米":
			most = 6000
		case d.Unit == "年" || d.Unit == "个" || d.Unit == "名" || d.Unit == "期":
			most = 9
		case d.Max >= 1e9:
			most = 3e7
		}
		v = int64(math.Exp(m.Float64()*math.Log(most))) * money.Power(d.Decimals)
	case ir.Date:
		return m.day()
	case ir.Choice:
		v = int64(m.IntN(len(d.Choices)))
	case ir.Bool:
		v = int64(m.IntN(2))
	}
	return min(max(v, d.Min), d.Max)
}

// paid makes up what some were paid in the two years before.
func (m *maker) paid(likely bool) {
	if !likely || m.IntN(5) > 0 {
		return
	}
	for range 1 + m.IntN(2) {
		b := int32(m.IntN(len(m.p.Benefits)))
		if info := &m.p.Benefits[b]; info.Input == m.input && info.Grant == "" {
			m.f.Paid = append(m.f.Paid, eval.Payment{Year: m.year - 1 - m.IntN(2), Benefit: b, Amount: int64(1+m.IntN(40)) * 1_000_000})
		}
	}
}
