package population

import (
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/columns"
	"quanxiang/rules/ir"
)

// maxPaid is how many payments an applicant can have had, as for statements of
// facts.
const maxPaid = 10_000

// Binding lays the chunks of a snapshot out for a program.
type Binding struct {
	Program *ir.Program
	Input   int32
	Year    int // applied for

	snapshot *Snapshot
	slots    []slot
	lists    []list
	paid     []int64 // benefit of the program, by Index.Paid
	texts    map[string]int64
}

// slot is where a fact of the program is.
type slot struct {
	to, column int
	name       string
	least      int64
	most       int64
	choices    []int64 // of the program, by choice of the snapshot; nil if they are the same
}

type list struct {
	to, starts int
	name       string
	limit      int64
	width      int // fields of the program
	fields     []slot
}

// Bind finds the facts that the benefits of a program read. A fact that the
// snapshot does not have, or has as something else, is an error that names it.
//
// The facts may be those of another year than the one applied for: then those of
// the snapshot's year stand for those of the year, earlier years and payments keep
// their distance, and dates are what they are.
func (s *Snapshot) Bind(p *ir.Program, year int, without []bool) (*Binding, error) {
	b := &Binding{Program: p, Input: p.Input(s.Applicant), Year: year, snapshot: s, texts: map[string]int64{"": 0}}
	if b.Input == ir.None {
		return nil, gov.Errorf(gov.Invalid, "规则里没有快照的申报者“%s”", "the rules know no applicant %q, whom the snapshot is of", s.Applicant)
	}
	for i, w := range s.Words {
		b.texts[w] = int64(i + 1)
	}
	var missing, other []string
	need := Needed(p, b.Input, without)
	columnOf := map[int]int{} // of facts: the first of their columns
	for k := len(s.layout) - 1; k >= 0; k-- {
		if x := s.layout[k]; x.sort == sortFact || x.sort == sortField || x.sort == sortCounts && x.fact >= 0 {
			columnOf[x.fact] = k
		}
	}
	for i := range p.Fields {
		d := &p.Fields[i]
		if !need[i].Any || d.Column != ir.None {
			continue
		}
		f := slices.IndexFunc(s.Facts, func(f Fact) bool { return f.Name == d.Name })
		if f < 0 {
			missing = append(missing, d.Name)
			continue
		}
		fact := &s.Facts[f]
		if !same(fact, d) {
			other = append(other, d.Name)
			continue
		}
		if d.Type != ir.List {
			if fact.Back < int64(need[i].Back) {
				missing = append(missing, d.Name+gov.Text{ZH: "（前几年）"}.ZH)
				continue
			}
			for back := range int(fact.Back) + 1 {
				x := bound(fact, d, columnOf[f]+back)
				x.to = int(d.Slot) + back
				b.slots = append(b.slots, x)
			}
			continue
		}
		info := &p.Lists[d.List]
		l := list{to: int(d.List), starts: columnOf[f], name: d.Name, limit: info.Limit, width: len(info.Fields)}
		for _, k := range info.Fields {
			if !need[k].Any {
				continue
			}
			field := &p.Fields[k]
			g := slices.IndexFunc(fact.Fields, func(f Fact) bool { return f.Name == field.Name })
			switch {
			case g < 0:
				missing = append(missing, d.Name+"."+field.Name)
			case !same(&fact.Fields[g], field):
				other = append(other, d.Name+"."+field.Name)
			default:
				x := bound(&fact.Fields[g], field, l.starts+1+g)
				x.to, x.name = int(field.Column), d.Name+"."+field.Name
				l.fields = append(l.fields, x)
			}
		}
		b.lists = append(b.lists, l)
	}
	for _, key := range s.Paid {
		doc, name, _ := strings.Cut(key, ".")
		n := p.Benefit(doc, name)
		if n == ir.None {
			other = append(other, key)
		}
		b.paid = append(b.paid, int64(n))
	}
	switch {
	case len(missing) > 0:
		return nil, gov.Errorf(gov.Invalid, "快照没有规则要用的事实：%[1]s", "the snapshot does not have facts that the rules read: %[2]s", strings.Join(missing, "、"), strings.Join(missing, ", "))
	case len(other) > 0:
		return nil, gov.Errorf(gov.Invalid, "快照里的这些事实或支持与规则的不是一回事：%[1]s", "these facts or benefits of the snapshot are not those of the rules: %[2]s", strings.Join(other, "、"), strings.Join(other, ", "))
	}
	return b, nil
}

// same reports whether a fact of a snapshot is one of the program.
func same(f *Fact, d *ir.FieldInfo) bool {
	return f.Type == typeWord(d.Type) && f.Unit == d.Unit && f.Decimals == int64(d.Decimals)
}

// bound is a fact with how its numbers are read.
func bound(f *Fact, d *ir.FieldInfo, column int) slot {
	x := slot{column: column, name: d.Name, least: d.Min, most: d.Max}
	if d.Type == ir.Text {
		x.least, x.most = 0, 1<<31
	}
	if d.Type == ir.Choice && !slices.Equal(f.Choices, d.Choices) {
		for _, c := range f.Choices {
			x.choices = append(x.choices, int64(slices.Index(d.Choices, c)))
		}
	}
	return x
}

// read is a column as the program takes it; it must be within the ranges that the
// rules declare, since nothing else holds that no amount overflows.
func (b *Binding) read(c *Chunk, x slot) (columns.Column, error) {
	col := &c.columns[x.column]
	if col.Len == 0 {
		return columns.Column{All: x.least}, nil
	}
	if x.choices != nil {
		list := make([]uint8, col.Len)
		for i := range list {
			v := x.choices[col.At(i)]
			if v < 0 {
				return columns.Column{}, wrong(x.name, "第 %d 行的选项规则里没有", "row %d has a choice that the rules do not know", c.First+1)
			}
			list[i] = uint8(v)
		}
		return columns.Column{U8: list}, nil
	}
	if col.Least < x.least || col.Most > x.most {
		return columns.Column{}, wrong(x.name, "第 %d 行起有值超出规则所定的范围", "from row %d on a value is outside of the range that the rules declare", c.First+1)
	}
	return columns.Column{U8: col.U8, I32: col.I32, I64: col.I64, All: col.Value}, nil
}

// Table is a chunk as a population of the program. It shares the snapshot's memory.
func (b *Binding) Table(c *Chunk) (*columns.Table, error) {
	p := b.Program
	t := &columns.Table{Input: b.Input, Year: b.Year, Rows: c.Rows, Slots: make([]columns.Column, p.Slots), Lists: make([]columns.List, len(p.Lists)), Texts: b.texts}
	var err error
	for _, x := range b.slots {
		if t.Slots[x.to], err = b.read(c, x); err != nil {
			return nil, err
		}
	}
	for _, l := range b.lists {
		off := c.offsets[l.starts]
		if off == nil {
			continue
		}
		if c.columns[l.starts].Most > l.limit {
			return nil, wrong(l.name, "第 %d 行起有清单长于规则所定", "from row %d on a list is longer than the rules allow", c.First+1)
		}
		to := &t.Lists[l.to]
		to.Offsets, to.Columns = off, make([]columns.Column, l.width)
		for _, x := range l.fields {
			if to.Columns[x.to], err = b.read(c, x); err != nil {
				return nil, err
			}
		}
	}
	return t, b.payments(c, t)
}

// payments lays out what was paid before.
func (b *Binding) payments(c *Chunk, t *columns.Table) error {
	k := len(c.columns) - 9
	off := c.offsets[k]
	if off == nil {
		return nil
	}
	if c.columns[k].Most > maxPaid {
		return wrong("paid", "第 %d 行起有申报者的已领记录太多", "from row %d on an applicant has too many payments", c.First+1)
	}
	n := c.columns[k+1].Len
	years, benefits := make([]int32, n), make([]int32, n)
	for i := range n {
		years[i], benefits[i] = int32(int64(b.Year)-c.columns[k+1].At(i)), int32(b.paid[c.columns[k+2].At(i)])
	}
	key, amount := &c.columns[k+3], &c.columns[k+4]
	t.Paid = columns.Payments{Offsets: off, Year: columns.Column{I32: years}, Benefit: columns.Column{I32: benefits},
		Key: columns.Column{U8: key.U8, I32: key.I32, I64: key.I64, All: key.Value}, Amount: columns.Column{U8: amount.U8, I32: amount.I32, I64: amount.I64, All: amount.Value}}
	return nil
}
