package eval

import (
	"slices"

	"quanxiang/rules/ir"
)

// read is a column of a list whose entry at hand is put where the nodes look for it.
type read struct {
	column int32
	to     *Value
}

// entries finds the fields of entries that a loop reads, and gives each a place.
// An inner loop over another list reads them there as well.
func (b *builder) entries(l ir.Loop) (list []read) {
	at := map[int32]int32{}
	for i := l.From; i < l.To; i++ {
		n := &b.p.Nodes[i]
		if n.Op != ir.Entry || b.p.Fields[n.K].List != l.List {
			continue
		}
		column := b.p.Fields[n.K].Column
		if _, ok := at[column]; !ok {
			at[column] = i
			list = append(list, read{column, &b.m.values[i]})
		}
		b.m.where[i] = at[column]
	}
	return list
}

// gather makes the closure of a node over a loop.
func (b *builder) gather(i, loop int32) op {
	n := b.p.Nodes[i]
	fields := b.reads[loop]
	list := b.p.Loops[loop].List
	body := b.build(b.p.Loops[loop].From, b.p.Loops[loop].To, -1)
	out, x := b.at(i), b.at(n.A)
	var key, room *Value
	if n.B != ir.None {
		key = b.at(n.B)
	}
	if n.C != ir.None {
		room = b.at(n.C)
	}
	unknown := Value{n.Min, n.Max}
	simple := n.Op == ir.Sum || n.Op == ir.Tally
	groups := &grouping{}
	return func(m *Machine) {
		facts := &m.facts.Lists[list]
		r, in := Value{}, exactly(int64(facts.Len))
		if !facts.Known {
			r, in = unknown, unknown
		} else if facts.Len > 0 {
			outer := m.entry
			groups.reset()
			for k := range facts.Len {
				m.entry = int32(k)
				for _, f := range fields {
					*f.to = facts.Columns[f.column][k]
				}
				m.perform(body)
				if simple {
					r.Low, r.High = r.Low+x.Low, r.High+x.High
					continue
				}
				left := Value{}
				if room != nil {
					left = *room
				}
				groups.add(*key, *x, left)
			}
			if !simple {
				r, in = groups.result(n.Op), groups.result(ir.Sum)
			}
			m.entry = outer
		}
		*out = r
		if m.explain && n.Step != ir.None {
			m.note(n.Step, i, in, Value{}, r, r.High > 0)
		}
	}
}

// grouping is values of entries by key, used again for each record.
type grouping struct {
	keys    []Value
	sums    []Value
	most    []Value
	rooms   []Value
	unknown bool
	index   map[int64]int
}

func (g *grouping) add(key, x, room Value) {
	if !key.Known() {
		g.unknown = true
		g.keys, g.sums, g.most, g.rooms = append(g.keys, key), append(g.sums, x), append(g.most, x), append(g.rooms, room)
		return
	}
	i, ok := g.find(key)
	if !ok {
		g.keys, g.sums, g.most, g.rooms = append(g.keys, key), append(g.sums, x), append(g.most, x), append(g.rooms, room)
		return
	}
	g.sums[i] = Value{g.sums[i].Low + x.Low, g.sums[i].High + x.High}
	g.most[i] = Value{max(g.most[i].Low, x.Low), max(g.most[i].High, x.High)}
}

// few is up to how many groups are looked through one by one.
const few = 16

func (g *grouping) reset() {
	g.keys, g.sums, g.most, g.rooms, g.unknown = g.keys[:0], g.sums[:0], g.most[:0], g.rooms[:0], false
	clear(g.index)
}

// find gives the group of a key. Beyond a few groups there is an index.
func (g *grouping) find(key Value) (int, bool) {
	if len(g.keys) <= few {
		i := slices.Index(g.keys, key)
		return i, i >= 0
	}
	if g.index == nil {
		g.index = map[int64]int{}
	}
	if len(g.index) == 0 {
		for i, k := range g.keys {
			if k.Known() {
				g.index[k.Low] = i
			}
		}
	}
	i, ok := g.index[key.Low]
	if !ok {
		g.index[key.Low] = len(g.keys) // it is added next
	}
	return i, ok
}

// result adds the groups up. If keys are unknown, entries may be of one group
// or of several.
func (g *grouping) result(op ir.Op) Value {
	r := Value{}
	for i := range g.keys {
		x := g.most[i]
		switch op {
		case ir.Sum:
			x = g.sums[i]
		case ir.CapPer:
			x = Value{min(g.sums[i].Low, g.rooms[i].Low), min(g.sums[i].High, g.rooms[i].High)}
		}
		r.High += x.High
		if g.unknown {
			r.Low = max(r.Low, x.Low)
		} else {
			r.Low += x.Low
		}
	}
	return r
}
