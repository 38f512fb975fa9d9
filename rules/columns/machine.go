package columns

import (
	"errors"
	"fmt"

	"quanxiang/rules/eval"
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

	rows []*eval.Machine
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
	// for. A benefit that is computed the same in two programs may be one slice
	// in both.
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
	for _, q := range m.programs {
		m.rows = append(m.rows, eval.New(q))
		m.block.Of = append(m.block.Of, Amounts{Final: make([][]int64, len(p.Benefits)), Total: make([]int64, BlockRows)})
	}
	return m, nil
}

// alike reports programs that one table cannot serve.
func alike(p, q *ir.Program) error {
	if len(p.Fields) != len(q.Fields) || p.Slots != q.Slots || len(p.Lists) != len(q.Lists) || len(p.Benefits) != len(q.Benefits) {
		return errors.New("columns: the programs do not have the same facts and benefits")
	}
	for i := range p.Fields {
		a, b := &p.Fields[i], &q.Fields[i]
		if a.Name != b.Name || a.Type != b.Type || a.Input != b.Input || a.Slot != b.Slot || a.List != b.List || a.Column != b.Column || len(a.Choices) != len(b.Choices) {
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
func (m *Machine) asked(b int) bool {
	if m.programs[0].Benefits[b].Input != m.want.Input {
		return false
	}
	if m.want.Benefits == nil {
		return true
	}
	for _, w := range m.want.Benefits {
		if int(w) == b {
			return true
		}
	}
	return false
}

// Run computes the rows from, to (exclusive) of a table, at most BlockRows.
func (m *Machine) Run(t *Table, from, to int) (*Block, error) {
	if from < 0 || to > t.Rows || to < from || to-from > BlockRows {
		return nil, fmt.Errorf("columns: rows %d to %d of %d are no block", from, to, t.Rows)
	}
	if t.Input != m.want.Input {
		return nil, errors.New("columns: the table is of another kind of applicant than the machine")
	}
	if err := t.shape(m.programs[0]); err != nil {
		return nil, err
	}
	m.block.From, m.block.To = from, to
	for k, p := range m.programs {
		of := &m.block.Of[k]
		of.Total = of.Total[:to-from]
		for b := range p.Benefits {
			if m.asked(b) {
				of.Final[b] = make([]int64, to-from)
			}
		}
		for row := from; row < to; row++ {
			f := t.Facts(p, row)
			f.Without = m.want.Without
			of.Total[row-from] = 0
			for b, o := range m.rows[k].Run(f, false).Outcomes {
				if of.Final[b] != nil {
					of.Final[b][row-from] = o.Final.Low
					if p.Benefits[b].Grant == "" {
						of.Total[row-from] += o.Final.Low
					}
				}
			}
		}
	}
	return &m.block, nil
}
