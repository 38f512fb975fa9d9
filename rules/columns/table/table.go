// Package table is a population laid out in columns, for package columns to
// compute with. It is laid out from records, or by whoever has columns already.
package table

import (
	"fmt"
	"slices"

	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
)

// Column is the values of a fact, one for each row, or for each entry of a
// list. At most one of the slices is set and may be memory that is mapped; it
// is only read. If none is set, All is the value of every row. Values are those
// of package ir: fen, hundred-millionths, counts times a power of ten, days,
// numbers of choices, 0 or 1, numbers of texts.
type Column struct {
	U8  []uint8
	I32 []int32
	I64 []int64
	All int64
}

// At is the value of a row.
func (c *Column) At(i int) int64 {
	switch {
	case c.U8 != nil:
		return int64(c.U8[i])
	case c.I32 != nil:
		return int64(c.I32[i])
	case c.I64 != nil:
		return c.I64[i]
	}
	return c.All
}

// fits reports whether the column has a value for n rows.
func (c *Column) fits(n int) bool {
	switch {
	case c.U8 != nil:
		return len(c.U8) >= n && c.I32 == nil && c.I64 == nil
	case c.I32 != nil:
		return len(c.I32) >= n && c.I64 == nil
	case c.I64 != nil:
		return len(c.I64) >= n
	}
	return true
}

// List is the entries of a list, those of a row behind those of the row before.
type List struct {
	Offsets []uint32 // Rows+1: where the entries of a row begin; nil if no row has one
	Columns []Column // by field of the list
}

// Span is where the entries of rows begin and end.
func Span(offsets []uint32, from, to int) (int, int) {
	if offsets == nil {
		return 0, 0
	}
	return int(offsets[from]), int(offsets[to])
}

// Payments is what was paid in earlier years.
type Payments struct {
	Offsets []uint32 // Rows+1; nil if no row has one
	Year    Column
	Benefit Column // by number of the program
	Key     Column // number of the text it was paid for; that of "" for none
	Amount  Column // fen
}

// Table is a population laid out for one kind of applicant of a program. All
// facts are known: a record with a fact that is missing or a range cannot be in
// a table, and whoever makes one keeps such records apart and says how many.
// Values lie within the ranges the program declares; Check holds that, once,
// for data that comes from elsewhere.
type Table struct {
	Input int32
	Year  int // applied for
	Rows  int
	Slots []Column // by slot of the program; those of other kinds of applicants are not read
	Lists []List   // by list of the program, likewise
	Paid  Payments

	// Texts is the numbers of texts. Within a row two numbers are equal if and
	// only if their texts are. Only texts that also name a choice have to be in
	// the map; others may be.
	Texts map[string]int64
}

// Check reports a table that was not laid out for the program, with columns
// that are too short or values outside of their ranges.
func (t *Table) Check(p *ir.Program) error {
	if err := t.Shape(p); err != nil {
		return err
	}
	for l := range t.Lists {
		if k, ok := rising(t.Lists[l].Offsets, t.Rows); !ok {
			return fmt.Errorf("columns: entries of row %d of %s begin behind their end", k, p.Fields[p.Lists[l].Field].Name)
		}
	}
	if k, ok := rising(t.Paid.Offsets, t.Rows); !ok {
		return fmt.Errorf("columns: payments of row %d begin behind their end", k)
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Input != t.Input || f.Type == ir.List || f.Type == ir.Text {
			continue
		}
		if f.Column != ir.None {
			list := &t.Lists[f.List]
			_, n := Span(list.Offsets, 0, t.Rows)
			if k, ok := list.Columns[f.Column].within(n, f.Min, f.Max); !ok {
				return fmt.Errorf("columns: entry %d of %s: %s is outside of %d to %d", k, p.Fields[p.Lists[f.List].Field].Name, f.Name, f.Min, f.Max)
			}
			continue
		}
		for back := range years(f) {
			if k, ok := t.Slots[f.Slot+back].within(t.Rows, f.Min, f.Max); !ok {
				return fmt.Errorf("columns: row %d: %s, %d years back, is outside of %d to %d", k, f.Name, back, f.Min, f.Max)
			}
		}
	}
	_, n := Span(t.Paid.Offsets, 0, t.Rows)
	if k, ok := t.Paid.Benefit.within(n, 0, int64(len(p.Benefits)-1)); !ok {
		return fmt.Errorf("columns: payment %d is for no benefit of the program", k)
	}
	return nil
}

// rising finds a row whose entries begin behind their end.
func rising(offsets []uint32, rows int) (int, bool) {
	for k := 0; offsets != nil && k < rows; k++ {
		if offsets[k] > offsets[k+1] {
			return k, false
		}
	}
	return 0, true
}

// within finds the first of n values outside of a range.
func (c *Column) within(n int, low, high int64) (int, bool) {
	for i := range n {
		if v := c.At(i); v < low || v > high {
			return i, false
		}
	}
	return 0, true
}

// years is how many years a fact has.
func years(f *ir.FieldInfo) int32 {
	if f.Yearly {
		return 3
	}
	return 1
}

// Shape reports columns that are missing or too short.
func (t *Table) Shape(p *ir.Program) error {
	if len(t.Slots) != int(p.Slots) || len(t.Lists) != len(p.Lists) {
		return fmt.Errorf("columns: the table has %d facts and %d lists, the program %d and %d", len(t.Slots), len(t.Lists), p.Slots, len(p.Lists))
	}
	for i := range t.Slots {
		if !t.Slots[i].fits(t.Rows) {
			return fmt.Errorf("columns: fact %d has not one column of %d rows", i, t.Rows)
		}
	}
	for l := range t.Lists {
		list := &t.Lists[l]
		if list.Offsets == nil {
			continue
		}
		if len(list.Offsets) <= t.Rows || len(list.Columns) != len(p.Lists[l].Fields) {
			return fmt.Errorf("columns: list %d has %d offsets and %d columns", l, len(list.Offsets), len(list.Columns))
		}
		_, n := Span(list.Offsets, 0, t.Rows)
		for c := range list.Columns {
			if !list.Columns[c].fits(n) {
				return fmt.Errorf("columns: column %d of list %d has not one column of %d entries", c, l, n)
			}
		}
	}
	if t.Paid.Offsets != nil {
		_, n := 0, 0
		if len(t.Paid.Offsets) <= t.Rows {
			return fmt.Errorf("columns: payments have %d offsets", len(t.Paid.Offsets))
		}
		_, n = Span(t.Paid.Offsets, 0, t.Rows)
		for _, c := range []*Column{&t.Paid.Year, &t.Paid.Benefit, &t.Paid.Key, &t.Paid.Amount} {
			if !c.fits(n) {
				return fmt.Errorf("columns: payments have not columns of %d rows", n)
			}
		}
	}
	return nil
}

// Facts is a row as package eval takes it, for an explanation. Texts that the
// table has only numbers of are called by their numbers.
func (t *Table) Facts(p *ir.Program, row int) *eval.Facts {
	f := eval.NewFacts(p, t.Input, t.Year)
	names := map[int64]string{}
	for s, n := range t.Texts {
		names[n] = s
	}
	name := func(n int64) string {
		if s, ok := names[n]; ok {
			return s
		}
		return fmt.Sprint("#", n)
	}
	value := func(d *ir.FieldInfo, v int64) eval.Value {
		if d.Type == ir.Text {
			v = f.Text(name(v))
		}
		return eval.Value{Low: v, High: v}
	}
	for i := range p.Fields {
		d := &p.Fields[i]
		if d.Input != t.Input || d.Column != ir.None {
			continue
		}
		if d.Type != ir.List {
			for back := range years(d) {
				f.Set(int32(i), back, value(d, t.Slots[d.Slot+back].At(row)))
			}
			continue
		}
		list := &t.Lists[d.List]
		from, to := Span(list.Offsets, row, row+1)
		if list.Offsets == nil {
			to = from
		}
		l := f.SetList(d.List, to-from)
		for c, field := range p.Lists[d.List].Fields {
			for k := from; k < to; k++ {
				l.Columns[c][k-from] = value(&p.Fields[field], list.Columns[c].At(k))
			}
		}
	}
	if t.Paid.Offsets != nil {
		from, to := Span(t.Paid.Offsets, row, row+1)
		for k := from; k < to; k++ {
			f.Paid = append(f.Paid, eval.Payment{Year: int(t.Paid.Year.At(k)), Benefit: int32(t.Paid.Benefit.At(k)), Key: name(t.Paid.Key.At(k)), Amount: t.Paid.Amount.At(k)})
		}
	}
	return f
}

// Of lays out records of one kind of applicant for one year. A record of another
// kind or year, or with a fact that is not known, is an error.
func Of(p *ir.Program, records []*eval.Facts) (*Table, error) {
	t := &Table{Rows: len(records), Slots: make([]Column, p.Slots), Lists: make([]List, len(p.Lists)), Texts: map[string]int64{"": 0}}
	if len(records) == 0 {
		return t, nil
	}
	t.Input, t.Year = records[0].Input, records[0].Year
	text := func(s string) int64 {
		n, ok := t.Texts[s]
		if !ok {
			n = int64(len(t.Texts))
			t.Texts[s] = n
		}
		return n
	}
	for i := range p.Fields {
		for _, c := range p.Fields[i].Choices {
			text(c)
		}
	}
	for n, f := range records {
		if f.Input != t.Input || f.Year != t.Year {
			return nil, fmt.Errorf("columns: record %d is of another kind of applicant or year than the first", n)
		}
	}
	value := func(n int, d *ir.FieldInfo, f *eval.Facts, v eval.Value) (int64, error) {
		switch {
		case !v.Known() || d.Type == ir.Text && (v.Low < 0 || v.Low >= int64(len(f.Texts))):
			return 0, fmt.Errorf("columns: record %d: %s is not known", n, d.Name)
		case d.Type == ir.Text:
			return text(f.Texts[v.Low]), nil
		}
		return v.Low, nil
	}
	for i := range p.Fields {
		d := &p.Fields[i]
		switch {
		case d.Input != t.Input || d.Column != ir.None:
		case d.Type == ir.List:
			list, err := listOf(p, d, records, value)
			if err != nil {
				return nil, err
			}
			t.Lists[d.List] = list
		default:
			for back := range years(d) {
				column := make([]int64, len(records))
				for n, f := range records {
					v, err := value(n, d, f, f.Slots[d.Slot+back])
					if err != nil {
						return nil, err
					}
					column[n] = v
				}
				t.Slots[d.Slot+back] = narrow(column)
			}
		}
	}
	t.Paid = paymentsOf(records, text)
	return t, nil
}

// listOf lays out one list.
func listOf(p *ir.Program, d *ir.FieldInfo, records []*eval.Facts, value func(int, *ir.FieldInfo, *eval.Facts, eval.Value) (int64, error)) (List, error) {
	list := List{Offsets: make([]uint32, len(records)+1), Columns: make([]Column, len(p.Lists[d.List].Fields))}
	for n, f := range records {
		if !f.Lists[d.List].Known {
			return list, fmt.Errorf("columns: record %d: %s is not known", n, d.Name)
		}
		list.Offsets[n+1] = list.Offsets[n] + uint32(f.Lists[d.List].Len)
	}
	for c, field := range p.Lists[d.List].Fields {
		column := make([]int64, 0, list.Offsets[len(records)])
		for n, f := range records {
			for _, v := range f.Lists[d.List].Columns[c] {
				x, err := value(n, &p.Fields[field], f, v)
				if err != nil {
					return list, err
				}
				column = append(column, x)
			}
		}
		list.Columns[c] = narrow(column)
	}
	return list, nil
}

func paymentsOf(records []*eval.Facts, text func(string) int64) Payments {
	offsets := make([]uint32, len(records)+1)
	var year, benefit, key, amount []int64
	for n, f := range records {
		for _, x := range f.Paid {
			year, benefit, key, amount = append(year, int64(x.Year)), append(benefit, int64(x.Benefit)), append(key, text(x.Key)), append(amount, x.Amount)
		}
		offsets[n+1] = uint32(len(year))
	}
	return Payments{Offsets: offsets, Year: narrow(year), Benefit: narrow(benefit), Key: narrow(key), Amount: narrow(amount)}
}

// narrow is a column in the narrowest type that holds its values.
func narrow(values []int64) Column {
	if len(values) == 0 {
		return Column{}
	}
	low, high := slices.Min(values), slices.Max(values)
	switch {
	case low == high:
		return Column{All: low}
	case low >= 0 && high < 1<<8:
		c := Column{U8: make([]uint8, len(values))}
		for i, v := range values {
			c.U8[i] = uint8(v)
		}
		return c
	case low >= -1<<31 && high < 1<<31:
		c := Column{I32: make([]int32, len(values))}
		for i, v := range values {
			c.I32[i] = int32(v)
		}
		return c
	}
	return Column{I64: values}
}

// Take copies some values of a column, counted from one of them.
func Take(d, c *Column, from int, some []int32) {
	switch {
	case c.U8 != nil:
		d.U8 = picked(d.U8, c.U8[from:], some)
	case c.I32 != nil:
		d.I32 = picked(d.I32, c.I32[from:], some)
	case c.I64 != nil:
		d.I64 = picked(d.I64, c.I64[from:], some)
	default:
		d.All = c.All
	}
}

// picked is some values; it is never nil.
func picked[T any](out, column []T, some []int32) []T {
	if cap(out) < len(some) || out == nil {
		out = make([]T, max(len(some), 1024))
	}
	out = out[:len(some)]
	for i, k := range some {
		out[i] = column[k]
	}
	return out
}
