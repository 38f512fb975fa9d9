package registers

import (
	"strings"

	"quanxiang/cases/entered"
	"quanxiang/cases/naming"
	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
)

// Target is what is written: entries of a register, or records of one kind about
// them, by a unit.
type Target struct {
	Pack     *policy.Pack
	Register *register.Register
	Kind     *register.Kind // nil: entries
	Unit     string
}

// NewTarget finds a target by its ids; kind is "" for entries. It returns NotFound
// for what the pack does not have, and Forbidden for a unit that does not write it.
func NewTarget(p *policy.Pack, registerID, kind, unit string) (Target, error) {
	t := Target{Pack: p, Unit: unit}
	var ok bool
	if t.Register, ok = p.Register(registerID); !ok {
		return t, errNoRegister
	}
	u, ok := p.Unit(unit)
	if !ok {
		return t, gov.Errorf(gov.NotFound, "没有单位“%s”", "there is no unit %q", unit).On("unit")
	}
	writes := t.Register.Writes(unit)
	what := t.Register.Entry
	if kind != "" {
		if t.Kind, ok = t.Register.Kind(kind); !ok {
			return t, gov.Errorf(gov.NotFound, "名录没有记录类型“%s”", "the register has no kind of record %q", kind).On("kind")
		}
		writes, what = t.Kind.Pushes(unit), t.Kind.Title
	}
	if !writes {
		return t, gov.Errorf(gov.Forbidden, "“%[1]s”不由%[2]s报送", "%[4]s is not pushed by %[3]s", what.ZH, u.Name.ZH, u.Name.In(gov.EN), what.In(gov.EN)).On("unit")
	}
	return t, nil
}

var errNoRegister = gov.Errorf(gov.NotFound, "没有这个名录", "there is no such register")

// Fields are those of what is written.
func (t Target) Fields() []register.Field {
	if t.Kind != nil {
		return t.Kind.Fields
	}
	return t.Register.Fields
}

// Title is what is written, in words.
func (t Target) Title() gov.Text {
	if t.Kind != nil {
		return t.Kind.Title
	}
	return t.Register.Entry
}

// The columns a table has besides fields.
const (
	keyColumn     = "key"
	subjectColumn = "subject"
	basisColumn   = "basis"
)

var basisLabel = gov.Text{ZH: "依据", EN: "Legal basis"}

// Columns lists what a table may have.
func (t Target) Columns() []tables.Heading {
	list := []tables.Heading{{ID: keyColumn, Label: t.Register.Key.Label, Required: true}}
	if t.Kind != nil {
		list[0].ID = subjectColumn
	}
	for _, f := range t.Fields() {
		list = append(list, tables.Heading{ID: f.ID, Label: f.Label, Required: f.Required})
	}
	if t.Kind != nil {
		list = append(list, tables.Heading{ID: basisColumn, Label: basisLabel})
	}
	return list
}

// Table reads rows of a table whose head is known.
type Table struct {
	Target
	columns []string        // ids by position; "" for one that means nothing
	found   map[name]result // what was looked up
}

// name is what was written for a unit or an area.
type name struct {
	of   procedure.FieldType
	text string
}

// result is the id it means.
type result struct {
	id    string
	wrong *gov.Error
}

const maxFound = 1000

// NewTable makes a reader of a table by its head, which names columns by their ids
// or their labels in either language, in any order. It returns Invalid when a
// column is there twice, or a required one is missing.
func NewTable(t Target, head []string) (*Table, error) {
	all := t.Columns()
	at, err := tables.Match(head, all)
	if err != nil {
		return nil, err
	}
	out := &Table{Target: t, columns: make([]string, len(head)), found: map[name]result{}}
	for i, k := range at {
		if k >= 0 {
			out.columns[i] = all[k].ID
		}
	}
	return out, nil
}

// Row is one row of a table.
type Row struct {
	Entry    Entry  // when entries are written
	Record   Record // when records are; its Subject is still to be found
	Named    string // of a record: the key or alias of its entry, as it was written
	Mistakes []*gov.Error
}

// Read reads the cells of a row. ok is false for one that is passed over: blank, or a
// remark.
func (t *Table) Read(cells []string) (row Row, ok bool) {
	if tables.PassedOver(cells) {
		return row, false
	}
	typed := make(map[string]string, len(cells))
	for i, id := range t.columns {
		if id != "" && i < len(cells) {
			typed[id] = cells[i]
		}
	}
	return t.Parse(typed), true
}

// Parse makes an entry or record of what was typed, by column.
func (t *Table) Parse(typed map[string]string) (row Row) {
	values := Values{}
	fields := t.Fields()
	for i := range fields {
		f := &fields[i]
		v, err := t.value(f, typed[f.ID])
		switch {
		case err != nil:
			row.Mistakes = append(row.Mistakes, err.On(f.ID))
		case v != nil:
			values[f.ID] = v
		case f.Required:
			row.Mistakes = append(row.Mistakes, gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", f.Label.ZH, f.Label.In(gov.EN)).On(f.ID))
		}
	}
	if t.Kind == nil {
		return t.row(values, typed[keyColumn], "", row.Mistakes)
	}
	return t.row(values, typed[subjectColumn], typed[basisColumn], row.Mistakes)
}

// Make makes an entry or record of values, by field; named is the key of the entry, or
// the key or alias of that which the record is about.
func (t *Table) Make(given map[string]any, named string) (row Row) {
	values := Values{}
	fields := t.Fields()
	for i := range fields {
		f := &fields[i]
		v, there := given[f.ID]
		if !there {
			if f.Required {
				row.Mistakes = append(row.Mistakes, gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", f.Label.ZH, f.Label.In(gov.EN)).On(f.ID))
			}
			continue
		}
		v, err := entered.Check(f.Form(), v)
		if s, ok := v.(string); ok && err == nil && (f.Type == procedure.UnitField || f.Type == procedure.AreaField) {
			v, err = t.find(name{f.Type, s})
		}
		switch {
		case err != nil:
			row.Mistakes = append(row.Mistakes, err.On(f.ID))
		case v != nil:
			values[f.ID] = v
		}
	}
	return t.row(values, named, "", row.Mistakes)
}

// row makes an entry or record of values that were read.
func (t *Table) row(values Values, named, basis string, wrong []*gov.Error) (row Row) {
	row.Mistakes = wrong
	if t.Kind == nil {
		row.Entry, row.Mistakes = t.entry(named, values, row.Mistakes)
		return row
	}
	if row.Named = strings.TrimSpace(named); row.Named == "" {
		row.Mistakes = append(row.Mistakes, gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", t.Register.Key.Label.ZH, t.Register.Key.Label.In(gov.EN)).On(subjectColumn))
	}
	row.Record = Record{Register: t.Register.ID, Kind: t.Kind.ID, Unit: t.Unit, Values: values, On: values.Text(t.Kind.On), Basis: strings.TrimSpace(basis)}
	if t.Kind.Until != "" {
		row.Record.Until = values.Text(t.Kind.Until)
	}
	if row.Record.Basis == "" {
		row.Record.Basis = t.Kind.Basis
	} else if _, err := entered.Check(&procedure.Field{Type: procedure.TextField}, row.Record.Basis); err != nil {
		row.Mistakes = append(row.Mistakes, err.On(basisColumn))
	}
	if row.Record.Until != "" && row.Record.Until < row.Record.On {
		row.Mistakes = append(row.Mistakes, gov.Errorf(gov.Invalid, "早于记录发生的日期", "it is before the day of the record").On(t.Kind.Until))
	}
	if len(row.Mistakes) == 0 {
		row.Record.Key = t.Kind.NameOf(values)
	}
	return row
}

// of puts a record to the entry it is about. Where its kind is known by the entry as
// well, the record is named in whole only now.
func (r *Record) of(k *register.Kind, subject string) {
	if r.Subject = subject; k.BySubject() {
		r.Key = subject + register.KeySeparator + r.Key
	}
}

// entry makes an entry of a key and its values.
func (t *Table) entry(text string, v Values, wrong []*gov.Error) (Entry, []*gov.Error) {
	r := t.Register
	e := Entry{Register: r.ID, Unit: t.Unit, Name: v.Text(r.Name), Values: v}
	key, err, doubt := r.ParseKey(text)
	if err != nil {
		wrong = append(wrong, err.On(keyColumn))
	}
	e.Key, e.Doubt = key, doubt != nil
	for _, p := range []struct {
		field string
		into  *string
	}{{r.Facet, &e.Facet}, {r.Area, &e.Area}, {r.Since, &e.Since}, {r.Until, &e.Until}} {
		if p.field != "" {
			*p.into = v.Text(p.field)
		}
	}
	for _, id := range r.Aliases {
		if a := v.Text(id); a != "" {
			e.Aliases = append(e.Aliases, a)
		}
	}
	if e.Until != "" && e.Until < e.Since {
		wrong = append(wrong, gov.Errorf(gov.Invalid, "早于开始日期", "it is before the first day").On(r.Until))
	}
	return e, wrong
}

// value reads what was typed for a field.
func (t *Table) value(f *register.Field, text string) (any, *gov.Error) {
	v, err := entered.Parse(f.Form(), naming.Cell(f.Form(), strings.TrimSpace(text)))
	if err == nil && v != nil {
		v, err = entered.Check(f.Form(), v)
	}
	if s, ok := v.(string); ok && err == nil && (f.Type == procedure.UnitField || f.Type == procedure.AreaField) {
		return t.find(name{f.Type, s})
	}
	return v, err
}

// find is the id of a unit or an area.
func (t *Table) find(n name) (any, *gov.Error) {
	r, known := t.found[n]
	if !known {
		if n.of == procedure.UnitField {
			r.id, r.wrong = naming.Unit(t.Pack, n.text)
		} else {
			r.id, r.wrong = naming.Area(t.Pack, n.text)
		}
		if len(t.found) < maxFound {
			t.found[n] = r
		}
	}
	if r.wrong != nil {
		return nil, r.wrong
	}
	return r.id, nil
}

// Label is what a column of a target is called, for messages about it.
func (t Target) Label(column string) gov.Text {
	for _, c := range t.Columns() {
		if c.ID == column {
			return c.Label
		}
	}
	return gov.Text{ZH: column, EN: column}
}
