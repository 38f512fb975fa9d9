package eval

import (
	"slices"

	"quanxiang/rules/ir"
)

// paid is what the ledger has for a benefit and key, years back at most.
func (m *Machine) paid(benefit, key, years int32) Value {
	sum := int64(0)
	for i := range m.facts.Paid {
		p := &m.facts.Paid[i]
		if p.Benefit == benefit && p.Year < m.facts.Year && (years == 0 || p.Year >= m.facts.Year-int(years)) && m.keyed(p, key) {
			sum += p.Amount
		}
	}
	if key != ir.None && !m.At(key).Known() && len(m.facts.Paid) > 0 {
		return Value{0, m.paid(benefit, ir.None, years).High}
	}
	return exactly(sum)
}

func (m *Machine) paidYears(benefit, key int32) Value {
	var room [8]int
	years := room[:0]
	for i := range m.facts.Paid {
		p := &m.facts.Paid[i]
		if p.Benefit == benefit && p.Year < m.facts.Year && p.Amount > 0 && m.keyed(p, key) && !slices.Contains(years, p.Year) {
			years = append(years, p.Year)
		}
	}
	if key != ir.None && !m.At(key).Known() && len(m.facts.Paid) > 0 {
		return Value{0, m.paidYears(benefit, ir.None).High}
	}
	return exactly(int64(len(years)))
}

// keyed reports whether a payment is of the key a node gives.
func (m *Machine) keyed(p *Payment, key int32) bool {
	if key == ir.None {
		return true
	}
	k := m.At(key)
	if !k.Known() {
		return false
	}
	n := &m.program.Nodes[key]
	if n.Type == ir.Choice {
		return m.program.Fields[n.K].Choices[k.Low] == p.Key
	}
	return m.facts.Texts[k.Low] == p.Key
}
