package eval

import (
	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// maxRecords bounds the steps noted of the entries of lists; the rest is
// computed and not explained.
const maxRecords = 1000

// Machine computes a program again and again, for one record at a time. It is
// not for several goroutines.
type Machine struct {
	program *ir.Program
	values  []Value    // of nodes, then the facts
	where   []int32    // of values: a node's
	slots   []Value    // the facts' part of values
	parts   []part     // by benefit
	caps    [][][]step // by group and joint cap

	facts      *Facts
	year       int // of start and end
	start, end int64
	entry      int32 // of a list, −1 outside
	current    int32 // benefit
	explain    bool
	records    []Record
	spans      [][2]int // of records, by benefit
	together   []Record // of exclusions and joint limits
	thorough   bool     // see Thorough
	truncated  bool
	raw, final []Value
	out        Result
	turns      // of Needs
}

// part is a benefit as it is computed: what a run needs of it, close together.
type part struct {
	steps  []step
	result *Value
	input  int32
	money  bool // it is no title
}

// Outcome is what one benefit comes to.
type Outcome struct {
	Benefit int32
	Applies bool  // it is for this kind of applicant, who applies for it
	Raw     Value // before exclusions and joint limits
	Final   Value // after them; of a grant 0 or 1
	Records []Record
}

// Result is what all benefits come to.
type Result struct {
	Outcomes  []Outcome // by benefit
	Total     Value     // of money
	Truncated bool      // more entries than are explained
}

// New makes a machine for a program.
func New(p *ir.Program) *Machine {
	m := &Machine{program: p, raw: make([]Value, len(p.Benefits)), final: make([]Value, len(p.Benefits)), spans: make([][2]int, len(p.Benefits))}
	m.out.Outcomes = make([]Outcome, len(p.Benefits))
	m.turns = newTurns(p)
	b := &builder{p: p, m: m}
	b.places()
	for i := range p.Benefits {
		info := &p.Benefits[i]
		m.parts = append(m.parts, part{b.build(info.From, info.To, info.To), b.at(info.Result), info.Input, info.Grant == ""})
	}
	for _, g := range p.Groups {
		var list [][]step
		for _, c := range g.Caps {
			list = append(list, b.build(c.From, c.To, -1))
		}
		m.caps = append(m.caps, list)
	}
	return m
}

// Thorough lets runs go on behind a condition that is not met, so that the records tell
// how all of them stand. What benefits come to is the same.
func (m *Machine) Thorough() { m.thorough = true }

// noteOf keeps a step about a benefit that was decided with others.
func (m *Machine) noteOf(b int32, r Record) {
	r.Benefit = b
	m.together = append(m.together, r)
}

// Run computes all benefits; explain notes the steps. The result is the
// machine's and holds until the next run.
func (m *Machine) Run(f *Facts, explain bool) *Result {
	m.begin(f, explain)
	m.records, m.together, m.truncated = m.records[:0], m.together[:0], false
	m.out.Total = Value{}
	for g := range m.program.Groups {
		group := &m.program.Groups[g]
		for _, b := range group.Benefits {
			m.benefit(b)
		}
		m.entry = -1
		for _, steps := range m.caps[g] {
			m.perform(steps)
		}
		if len(group.Exclusions) > 0 {
			m.exclude(group)
		}
		for i := range group.Caps {
			m.joint(&group.Caps[i])
		}
	}
	for b := range m.out.Outcomes {
		o := &m.out.Outcomes[b]
		o.Final = m.final[b]
		if m.parts[b].money {
			m.out.Total.Low += o.Final.Low
			m.out.Total.High += o.Final.High
		}
	}
	m.out.Truncated = m.truncated
	m.share()
	return &m.out
}

// begin takes up the facts of a run.
func (m *Machine) begin(f *Facts, explain bool) {
	m.facts, m.explain, m.entry = f, explain, -1
	copy(m.slots, f.Slots)
	if m.year != f.Year {
		m.year = f.Year
		m.start, m.end = syntax.Days(gov.Date{Year: f.Year, Month: 1, Day: 1}), syntax.Days(gov.Date{Year: f.Year, Month: 12, Day: 31})
	}
}

// share gives each benefit its records: those made while it was computed, then
// those of what was decided with others, for which they all move to the end.
func (m *Machine) share() {
	for _, r := range m.together {
		s := &m.spans[r.Benefit]
		if s[1] < len(m.records) || s[0] == s[1] {
			from := len(m.records)
			m.records = append(m.records, m.records[s[0]:s[1]]...)
			s[0] = from
		}
		m.records = append(m.records, r)
		s[1] = len(m.records)
	}
	for b := range m.out.Outcomes {
		s := m.spans[b]
		m.out.Outcomes[b].Records = m.records[s[0]:s[1]:s[1]]
	}
}

// perform computes steps, and reports whether what they are of is more than nothing
// for all the conditions among them.
func (m *Machine) perform(steps []step) bool {
	holds := true
	for i := range steps {
		s := &steps[i]
		if s.op != nil {
			s.op(m)
		}
		if m.explain && s.note.when != never {
			m.tell(&s.note)
		}
		if s.stops != nil && s.stops.High == 0 {
			if holds = false; !m.thorough {
				break
			}
		}
	}
	return holds
}

// benefit computes one benefit before exclusions.
func (m *Machine) benefit(b int32) {
	of := &m.parts[b]
	o := &m.out.Outcomes[b]
	o.Benefit, o.Applies = b, of.input == m.facts.Input && (m.facts.Without == nil || !m.facts.Without[b])
	m.raw[b], m.final[b] = Value{}, Value{}
	o.Raw, m.current = Value{}, b
	from := len(m.records)
	m.spans[b] = [2]int{from, from}
	if !o.Applies {
		return
	}
	v := Value{}
	if m.perform(of.steps) {
		v = *of.result
		v.Low, v.High = max(v.Low, 0), max(v.High, 0)
	}
	m.raw[b], m.final[b], o.Raw = v, v, v
	m.spans[b][1] = len(m.records)
}

// At is what a node that is in no loop came to in the last run; of a benefit that was
// not computed, or behind a condition that failed, what it came to before.
func (m *Machine) At(node int32) Value { return m.values[m.where[node]] }
