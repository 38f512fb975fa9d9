package columns

import (
	"errors"
	"fmt"
	"slices"

	"quanxiang/rules/columns/bounds"
	"quanxiang/rules/ir"
)

// BlockRows is how many rows are computed at a time: what a block needs stays
// in the cache, and what it costs to go from one operation to the next is
// spread over many rows.
const BlockRows = 1024

// Want says what a machine is for.
type Want struct {
	Input    int32   // kind of applicant
	Benefits []int32 // only these are asked for; nil asks for all of the kind
	Without  []bool  // by benefit: not applied for, comes to nothing and displaces nothing; nil applies for all
}

// Machine computes one program, or several at once, for tables. It is not for
// several goroutines: make one for each.
type Machine struct {
	want     Want
	programs []*ir.Program
	block    Block
	frame    // of the table at hand
	sparse   sparse
}

// Block is what the rows of a block come to. It is the machine's and holds
// until its next run.
type Block struct {
	From, To int
	Of       []Amounts // by program
}

// Amounts is what the benefits of a program come to.
type Amounts struct {
	// Final is by benefit, then by row of the block: fen after exclusions and
	// joint limits, 1 or 0 of a title. It is nil for benefits that were not asked
	// for. It is only read: a benefit that is computed the same in two programs
	// is one slice in both, and may be a column of the table.
	Final [][]int64
	Total []int64 // fen of all benefits asked for, titles left out
}

// New makes a machine for a program, and for others to be computed over the
// same blocks: what they share is computed once. They must have the same facts
// and benefits, as a document has before and after an amendment.
func New(w Want, p *ir.Program, others ...*ir.Program) (*Machine, error) {
	m := &Machine{want: w, programs: append([]*ir.Program{p}, others...)}
	if w.Input < 0 || int(w.Input) >= len(p.Inputs) {
		return nil, errors.New("columns: no such kind of applicant")
	}
	for _, o := range others {
		if err := alike(p, o); err != nil {
			return nil, err
		}
	}
	for _, b := range w.Benefits {
		if b < 0 || int(b) >= len(p.Benefits) || p.Benefits[b].Input != w.Input {
			return nil, fmt.Errorf("columns: benefit %d is not one for %s", b, p.Inputs[w.Input])
		}
	}
	for range m.programs {
		m.block.Of = append(m.block.Of, Amounts{Final: make([][]int64, len(p.Benefits))})
	}
	// a table in which all is read finds what cannot be computed
	all := &Table{Input: w.Input, Year: 2000, Slots: make([]Column, p.Slots), Lists: make([]List, len(p.Lists))}
	for i := range all.Slots {
		all.Slots[i].U8 = []uint8{}
	}
	for i := range all.Lists {
		all.Lists[i] = List{Offsets: []uint32{0}, Columns: make([]Column, len(p.Lists[i].Fields))}
		for k := range all.Lists[i].Columns {
			all.Lists[i].Columns[k].U8 = []uint8{}
		}
	}
	all.Paid.Offsets = []uint32{0}
	return m, m.prepare(all)
}

// prepare makes the plan for a table.
func (m *Machine) prepare(t *Table) error {
	if t == m.table {
		return nil
	}
	if t.Input != m.want.Input {
		return errors.New("columns: the table is of another kind of applicant than the machine")
	}
	if err := t.Shape(m.programs[0]); err != nil {
		return err
	}
	g := newGraph()
	var outputs [][]int32
	var totals []int32
	for _, p := range m.programs {
		final, err := lower(g, p, t, &m.want)
		if err != nil {
			return err
		}
		var parts []int32
		for b := range final {
			switch {
			case !m.asked(int32(b)):
				final[b] = none
			case p.Benefits[b].Grant != "":
				final[b] = g.when(final[b], g.constant(1))
			case !g.isK(final[b], 0):
				parts = append(parts, final[b])
			}
		}
		outputs = append(outputs, final)
		totals = append(totals, g.add(value{op: opTotal, a: none, b: none, c: none, args: bounds.Pack(parts), min: -bounds.Limit, max: bounds.Limit}))
	}
	var wanted []int32
	for _, final := range outputs {
		for _, i := range final {
			if i != none {
				wanted = append(wanted, i)
			}
		}
	}
	scope := g.scope(wanted)
	m.frame = newFrame(schedule(g, t, outputs, totals), t, m.programs[0])
	m.sparse = sparsely(m.plan, t, scope, m)
	return nil
}

// alike reports programs that one table cannot serve.
func alike(p, q *ir.Program) error {
	if len(p.Fields) != len(q.Fields) || p.Slots != q.Slots || len(p.Lists) != len(q.Lists) || len(p.Benefits) != len(q.Benefits) {
		return errors.New("columns: the programs do not have the same facts and benefits")
	}
	for i := range p.Fields {
		a, b := &p.Fields[i], &q.Fields[i]
		if a.Name != b.Name || a.Type != b.Type || a.Input != b.Input || a.Slot != b.Slot || a.List != b.List || a.Column != b.Column || !slices.Equal(a.Choices, b.Choices) {
			return fmt.Errorf("columns: the fact %s is not the same in both programs", a.Name)
		}
	}
	for i := range p.Benefits {
		if p.Benefits[i].Key() != q.Benefits[i].Key() || p.Benefits[i].Input != q.Benefits[i].Input {
			return fmt.Errorf("columns: benefit %s is not the same in both programs", p.Benefits[i].Key())
		}
	}
	return nil
}

// Each runs over the rows from, to (exclusive) of a table block by block.
func (m *Machine) Each(t *Table, from, to int, f func(*Block) error) error {
	for ; from < to; from += BlockRows {
		b, err := m.Run(t, from, min(from+BlockRows, to))
		if err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
	}
	return nil
}

// asked reports whether a benefit is asked for.
func (m *Machine) asked(b int32) bool {
	return m.programs[0].Benefits[b].Input == m.want.Input && (m.want.Benefits == nil || slices.Contains(m.want.Benefits, b))
}

// Changed is the benefits asked for that some program computes otherwise than the
// first: those a reform reaches, directly or through what is decided with them.
// Before the first run it is what may differ for some table, then what may for
// the table at hand.
func (m *Machine) Changed() (list []int32) {
	for b, first := range m.plan.outputs[0] {
		for _, other := range m.plan.outputs[1:] {
			if other[b] != first {
				list = append(list, int32(b))
				break
			}
		}
	}
	return list
}

// Run computes the rows from, to (exclusive) of a table, at most BlockRows. A
// machine that is given another table than before plans anew, which takes
// milliseconds: the facts that all rows of a table share are numbers of the plan.
// A table is not changed between runs.
func (m *Machine) Run(t *Table, from, to int) (*Block, error) {
	if err := m.prepare(t); err != nil {
		return nil, err
	}
	if from < 0 || to > t.Rows || to < from || to-from > BlockRows {
		return nil, fmt.Errorf("columns: rows %d to %d of %d are no block", from, to, t.Rows)
	}
	column := func(i int32) []int64 { return m.sparse.spread(i, to-from) }
	if !m.sparse.compute(t, from, to) {
		m.frame.run(from, to)
		column = func(i int32) []int64 { return m.values[i][:to-from] }
	}
	m.block.From, m.block.To = from, to
	for k := range m.programs {
		of := &m.block.Of[k]
		for b, i := range m.plan.outputs[k] {
			if i != none {
				of.Final[b] = column(i)
			}
		}
		of.Total = column(m.plan.totals[k])
	}
	return &m.block, nil
}
