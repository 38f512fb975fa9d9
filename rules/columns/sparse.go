package columns

import (
	"slices"

	"quanxiang/rules/columns/table"
)

// fewRows is how few rows are few: one in so many.
const fewRows = 6

// sparse computes the rows of a block that meet the scope, where they are few:
// they are gathered into a table of their own. A row gathered costs about as much
// as five that are not.
type sparse struct {
	scope  int32 // the condition, none if there is none
	ask    frame // computes it
	few    frame // computes the rows that meet it
	slots  []int32
	lists  []int32
	fields [][]int32 // columns of each of these lists
	picked []int32
	rows   []int32 // of the block
	oneIn  int
	out    [][]int64
	told   []int // by value: the run it was put into out
	run    int
}

// sparsely makes what the rows that meet a scope are computed with.
func sparsely(p *plan, t *Table, scope int32, m *Machine) sparse {
	s := sparse{scope: scope, oneIn: fewRows}
	if scope == none {
		return s
	}
	s.ask = newFrame(schedule(p.graph, t, [][]int32{{scope}}, []int32{scope}), t, m.programs[0])
	few := &Table{Input: t.Input, Year: t.Year, Texts: t.Texts, Slots: make([]Column, len(t.Slots)), Lists: make([]List, len(t.Lists))}
	for l := range few.Lists {
		few.Lists[l].Columns = make([]Column, len(t.Lists[l].Columns))
	}
	s.few = newFrame(p, few, m.programs[0])
	s.out, s.told = make([][]int64, len(p.graph.values)), make([]int, len(p.graph.values))
	for d := range p.domains {
		if lists := p.domains[d].lists; p.used[d] && len(lists) == 1 {
			s.lists, s.fields = append(s.lists, lists[0]), append(s.fields, nil)
		}
	}
	read := map[int32]bool{}
	for k := range p.steps {
		ids := []int32{p.steps[k].id}
		if p.steps[k].column != nil {
			ids = append(ids, p.steps[k].a)
		}
		for _, id := range ids {
			if read[id] {
				continue
			}
			read[id] = true
			switch v := &p.graph.values[id]; v.op {
			case opLoad:
				s.slots = append(s.slots, int32(v.k))
			case opEntry:
				n := slices.Index(s.lists, int32(v.k))
				s.fields[n] = append(s.fields[n], int32(v.k2))
			}
		}
	}
	return s
}

// compute computes the rows from, to (exclusive) if those that meet the scope are
// few; else it is false.
func (s *sparse) compute(t *Table, from, to int) bool {
	if s.scope == none {
		return false
	}
	s.ask.run(from, to)
	s.rows = s.rows[:0]
	for i, x := range s.ask.values[s.scope][:to-from] {
		if x != 0 {
			s.rows = append(s.rows, int32(i))
		}
	}
	if s.oneIn*len(s.rows) > to-from {
		return false
	}
	s.run++
	s.gather(t, from)
	s.few.run(0, len(s.rows))
	return true
}

// gather copies what is read of the rows.
func (s *sparse) gather(t *Table, from int) {
	few := s.few.table
	few.Rows = len(s.rows)
	for _, k := range s.slots {
		table.Take(&few.Slots[k], &t.Slots[k], from, s.rows)
	}
	for n, l := range s.lists {
		offsets := t.Lists[l].Offsets[from:]
		few.Lists[l].Offsets = s.entries(few.Lists[l].Offsets, offsets)
		for _, k := range s.fields[n] {
			table.Take(&few.Lists[l].Columns[k], &t.Lists[l].Columns[k], int(offsets[0]), s.picked)
		}
	}
	if s.few.plan.payers {
		offsets := t.Paid.Offsets[from:]
		few.Paid.Offsets = s.entries(few.Paid.Offsets, offsets)
		table.Take(&few.Paid.Year, &t.Paid.Year, int(offsets[0]), s.picked)
		table.Take(&few.Paid.Benefit, &t.Paid.Benefit, int(offsets[0]), s.picked)
		table.Take(&few.Paid.Key, &t.Paid.Key, int(offsets[0]), s.picked)
		table.Take(&few.Paid.Amount, &t.Paid.Amount, int(offsets[0]), s.picked)
	}
}

// entries is the offsets of the rows; picked is then their entries, counted from
// the first of the block.
func (s *sparse) entries(out, offsets []uint32) []uint32 {
	out, s.picked = append(out[:0], 0), s.picked[:0]
	base := offsets[0]
	for _, row := range s.rows {
		for k := offsets[row]; k < offsets[row+1]; k++ {
			s.picked = append(s.picked, int32(k-base))
		}
		out = append(out, uint32(len(s.picked)))
	}
	return out
}

// spread is a value of all n rows of the block: nothing for those that were not
// computed.
func (s *sparse) spread(i int32, n int) []int64 {
	if s.told[i] == s.run {
		return s.out[i][:n]
	}
	s.told[i] = s.run
	if s.out[i] == nil {
		s.out[i] = make([]int64, BlockRows)
	}
	out := s.out[i][:n]
	clear(out)
	values := s.few.values[i]
	for k, row := range s.rows {
		out[row] = values[k]
	}
	return out
}
