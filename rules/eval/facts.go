package eval

import (
	"quanxiang/rules/ir"
)

// Value is a range; one number if Low equals High. Conditions are 0 and 1.
type Value struct{ Low, High int64 }

// Known reports whether the value is one number.
func (v Value) Known() bool { return v.Low == v.High }

func exactly(x int64) Value { return Value{x, x} }

// ListFacts is a list of facts: a column of values for each field.
type ListFacts struct {
	Known   bool
	Len     int
	Columns [][]Value
}

// Payment is what was paid for a benefit in an earlier year; Key is the text a
// limit per key counts by, or "".
type Payment struct {
	Year    int
	Benefit int32
	Key     string
	Amount  int64
}

// Facts is what is known of an applicant for a year. Make it with NewFacts,
// where everything is unknown.
type Facts struct {
	Input int32
	Year  int
	Slots []Value
	Lists []ListFacts
	Texts []string // what values of texts number
	Paid  []Payment

	// Without says of each benefit whether it is not applied for: it comes to
	// nothing then and displaces no other. nil applies for all.
	Without []bool

	program *ir.Program
	numbers map[string]int64
	told    []bool // of slots, then of lists: that something was said, if only that it is unknown
}

// NewFacts are facts of which nothing is known.
func NewFacts(p *ir.Program, input int32, year int) *Facts {
	f := &Facts{Input: input, Year: year, program: p, Slots: make([]Value, p.Slots), Lists: make([]ListFacts, len(p.Lists)), numbers: map[string]int64{}, told: make([]bool, int(p.Slots)+len(p.Lists))}
	for i := range p.Fields {
		info := &p.Fields[i]
		if info.Column != ir.None || info.Type == ir.List {
			continue
		}
		for s := info.Slot; s <= info.Slot+back(info); s++ {
			f.Slots[s] = Value{info.Min, info.Max}
		}
	}
	return f
}

// back is how many earlier years a fact has.
func back(f *ir.FieldInfo) int32 {
	if f.Yearly {
		return 2
	}
	return 0
}

// Text is the number of a text.
func (f *Facts) Text(s string) int64 {
	n, ok := f.numbers[s]
	if !ok {
		n = int64(len(f.Texts))
		f.numbers[s] = n
		f.Texts = append(f.Texts, s)
	}
	return n
}

// Set sets a fact, years back from the year applied for.
func (f *Facts) Set(field int32, years int32, v Value) {
	slot := f.program.Fields[field].Slot + years
	f.Slots[slot], f.told[slot] = v, true
}

// Told reports whether something was said of a fact, years back, or of a list.
func (f *Facts) Told(field int32, years int32) bool {
	d := &f.program.Fields[field]
	if d.Type == ir.List {
		return f.told[f.program.Slots+d.List]
	}
	return f.told[d.Slot+years]
}

// Forget makes a list unknown, as somebody said it is.
func (f *Facts) Forget(list int32) {
	f.Lists[list], f.told[f.program.Slots+list] = ListFacts{}, true
}

// SetList makes a list of n entries of which nothing is known.
func (f *Facts) SetList(list int32, n int) *ListFacts {
	info := &f.program.Lists[list]
	l := ListFacts{Known: true, Len: n, Columns: make([][]Value, len(info.Fields))}
	for i, field := range info.Fields {
		d := &f.program.Fields[field]
		l.Columns[i] = make([]Value, n)
		for j := range l.Columns[i] {
			l.Columns[i][j] = Value{d.Min, d.Max}
		}
	}
	f.Lists[list], f.told[f.program.Slots+list] = l, true
	return &f.Lists[list]
}

// Clone is a copy that can be changed by itself.
func (f *Facts) Clone() *Facts {
	g := *f
	g.Slots = append([]Value(nil), f.Slots...)
	g.Texts = append([]string(nil), f.Texts...)
	g.told = append([]bool(nil), f.told...)
	g.Paid = append([]Payment(nil), f.Paid...)
	g.Lists = append([]ListFacts(nil), f.Lists...)
	for i := range g.Lists {
		g.Lists[i].Columns = append([][]Value(nil), f.Lists[i].Columns...)
		for j := range g.Lists[i].Columns {
			g.Lists[i].Columns[j] = append([]Value(nil), f.Lists[i].Columns[j]...)
		}
	}
	g.numbers = map[string]int64{}
	for i, s := range g.Texts {
		g.numbers[s] = int64(i)
	}
	return &g
}
