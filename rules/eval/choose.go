package eval

import (
	"slices"

	"quanxiang/rules/ir"
)

// exclude finds the best choice among benefits that are not had together. If
// all amounts are known it is the exact optimum, with what stands earlier kept
// among equals; else the results are ranges that hold whatever the facts are.
func (m *Machine) exclude(g *ir.Group) {
	for _, x := range g.Exclusions {
		if x.First {
			switch a := m.final[x.A]; {
			case a.Low > 0:
				m.drop(x, x.B, Value{})
			case a.High > 0:
				m.final[x.B].Low = 0
			}
		}
	}
	var room [32]int32
	open := room[:0] // benefits that may come to something and meet another
	known := true
	for _, x := range g.Exclusions {
		if x.First || m.final[x.A].High == 0 || m.final[x.B].High == 0 {
			continue
		}
		for _, b := range [2]int32{x.A, x.B} {
			if !slices.Contains(open, b) {
				open = append(open, b)
				known = known && m.final[b].Known()
			}
		}
	}
	if len(open) == 0 {
		return
	}
	slices.Sort(open)
	var others [32]uint32
	meets := others[:len(open)]
	for _, x := range g.Exclusions {
		i, j := slices.Index(open, x.A), slices.Index(open, x.B)
		if i >= 0 && j >= 0 && !x.First {
			meets[i] |= 1 << j
			meets[j] |= 1 << i
		}
	}
	if !known {
		m.between(open, meets)
		return
	}
	best, bestSum := uint32(0), int64(-1)
	for mask := range uint32(1) << len(open) {
		if !independent(mask, meets) {
			continue
		}
		sum := m.worth(g, open, mask)
		if sum > bestSum || sum == bestSum && earlier(mask, best) {
			best, bestSum = mask, sum
		}
	}
	for i, b := range open {
		if best&(1<<i) != 0 {
			continue
		}
		for _, x := range g.Exclusions {
			other := x.A
			if x.A == b {
				other = x.B
			} else if x.B != b {
				continue
			}
			if j := slices.Index(open, other); j >= 0 && best&(1<<j) != 0 {
				m.drop(x, b, m.raw[other])
				break
			}
		}
		m.final[b] = Value{}
	}
}

// drop takes a benefit away in favour of another.
func (m *Machine) drop(x ir.Exclusion, b int32, other Value) {
	if m.explain && m.final[b].High > 0 {
		// the step is the exclusion's; whose explanation it belongs to is told by
		// the benefit it takes away
		m.noteOf(b, Record{Step: x.Step, Node: ir.None, Entry: -1, In: m.final[b], By: other, Binds: true})
	}
	m.final[b] = Value{}
}

// earlier reports whether a keeps what stands earlier and b does not.
func earlier(a, b uint32) bool {
	d := a ^ b
	return d != 0 && a&(d&-d) != 0
}

func independent(mask uint32, meets []uint32) bool {
	for i := range meets {
		if mask&(1<<i) != 0 && mask&meets[i] != 0 {
			return false
		}
	}
	return true
}

// worth is the sum of a choice after joint limits.
func (m *Machine) worth(g *ir.Group, open []int32, mask uint32) int64 {
	has := func(b int32) int64 {
		if i := slices.Index(open, b); i >= 0 && mask&(1<<i) == 0 {
			return 0
		}
		return m.final[b].Low
	}
	sum := int64(0)
	for _, b := range g.Benefits {
		sum += has(b)
	}
	for i := range g.Caps {
		of := int64(0)
		for _, b := range g.Caps[i].Members {
			of += has(b)
		}
		sum -= max(0, of-max(m.At(g.Caps[i].Limit).Low, 0)) // a limit below nothing leaves nothing
	}
	return sum
}

// between bounds benefits some of which are unknown: one is sure if it is more
// than all it meets can be together, out if another is sure, else between.
func (m *Machine) between(open []int32, meets []uint32) {
	sure := uint32(0)
	for i, b := range open {
		against := int64(0)
		for j, o := range open {
			if meets[i]&(1<<j) != 0 {
				against += m.final[o].High
			}
		}
		if m.final[b].Low > against {
			sure |= 1 << i
		}
	}
	for i, b := range open {
		switch {
		case sure&(1<<i) != 0:
		case meets[i]&sure != 0:
			m.final[b] = Value{}
		default:
			m.final[b].Low = 0
		}
	}
}

// joint applies one limit on several benefits: what goes beyond is taken from
// the last named first.
func (m *Machine) joint(c *ir.JointCap) {
	limit := m.At(c.Limit)
	before := Value{}
	for _, b := range c.Members {
		v := m.final[b]
		r := Value{min(v.Low, max(limit.Low-before.High, 0)), min(v.High, max(limit.High-before.Low, 0))}
		if r != v {
			if m.explain {
				m.noteOf(b, Record{Step: c.Step, Node: ir.None, Entry: -1, In: v, By: limit, Out: r, Binds: true})
			}
			m.final[b] = r
		}
		before = Value{before.Low + r.Low, before.High + r.High}
	}
}
