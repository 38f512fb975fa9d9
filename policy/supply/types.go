package supply

import (
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/rules/guard"
)

// File is the file as it is written.
type File struct {
	Sources []Source `yaml:"sources" pack:"required"`
}

// Source says how one fact of an applicant is worked out of a register.
type Source struct {
	Fact     string   `yaml:"fact" pack:"required"`
	For      string   `yaml:"for" pack:"required"`  // kind of applicant of the rule files
	Cite     string   `yaml:"cite" pack:"required"` // the clause that makes the register know it
	Name     gov.Text `yaml:"name"`                 // what is counted or taken, in words, shown beside the value
	Register string   `yaml:"register" pack:"required"`
	By       string   `yaml:"by"`      // the alias field of entries with the applicant's code; "" for the key itself
	Entries  string   `yaml:"entries"` // an expression: which of the applicant's entries; "" for all
	Past     bool     `yaml:"past"`    // entries that do not hold on the day, too
	Record   string   `yaml:"record"`  // the kind of record that is looked at; "" for the entries themselves
	During   During   `yaml:"during"`  // which records; "" is InForce
	With     *With    `yaml:"with"`    // an entry of another register that is looked up for each
	When     string   `yaml:"when"`    // an expression: which records or, without any, entries
	Once     string   `yaml:"once"`    // the field of records by which the same thing is counted once
	Take     Take     `yaml:"take" pack:"required"`
	Value    string   `yaml:"value"`   // an expression: what is summed or taken
	Else     string   `yaml:"else"`    // of a choice: what holds where nothing was found
	Columns  []Column `yaml:"columns"` // of a list
	Day      Day      `yaml:"day"`     // as of which day of the year applied for; zero: its last
	Locked   bool     `yaml:"locked"`  // the register decides, nobody may say otherwise

	level    register.Openness
	register *register.Register
	kind     *register.Kind
	join     *register.Register
	entries  *guard.Expr
	when     *guard.Expr
	value    *guard.Expr
	key      *guard.Expr
}

// With looks up an entry of another register.
type With struct {
	Register string `yaml:"register" pack:"required"`
	Key      string `yaml:"key" pack:"required"` // an expression: the key of the entry
}

// Column is a field of the entries of a list.
type Column struct {
	Field string `yaml:"field" pack:"required"`
	Value string `yaml:"value" pack:"required"` // an expression

	value *guard.Expr
}

// During says which records are looked at.
type During string

// The choices. Withdrawn records are never among them.
const (
	InForce During = "force" // those that have effect on the day
	InYear  During = "year"  // those of the year applied for, until the day
	Ever    During = "ever"  // all until the day
)

// Values lists them.
func (During) Values() []string { return []string{string(InForce), string(InYear), string(Ever)} }

// Take says what becomes of what was found.
type Take string

// The ways.
const (
	Any    Take = "any"    // whether there is one
	Count  Take = "count"  // how many there are
	Sum    Take = "sum"    // the sum of a value
	Latest Take = "latest" // the value of the latest
	All    Take = "list"   // each is an entry of a list
)

// Values lists them.
func (Take) Values() []string {
	return []string{string(Any), string(Count), string(Sum), string(Latest), string(All)}
}

// Day is a day of any year, MM-DD.
type Day struct{ Month, Day int }

// UnmarshalText reads the form packs write.
func (d *Day) UnmarshalText(b []byte) error {
	day, err := gov.ParseDate("2000-" + string(b))
	if err != nil || len(b) != 5 {
		return gov.Errorf(gov.Invalid, "“%s”不是一年中的日子，应写作 12-31", "%q is no day of a year; write 12-31", b)
	}
	*d = Day{int(day.Month), day.Day}
	return nil
}

// MarshalText is the form packs write.
func (d Day) MarshalText() ([]byte, error) {
	if d == (Day{}) {
		return []byte("12-31"), nil
	}
	return []byte(two(d.Month) + "-" + two(d.Day)), nil
}

func two(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

// Of is the day of a year; a day that year has not is the last of its month.
func (d Day) Of(year int) gov.Date {
	if d == (Day{}) {
		d = Day{12, 31}
	}
	day := gov.Date{Year: year, Month: 1, Day: 1}
	day = register.AddMonths(day, d.Month-1)
	last := register.AddMonths(day, 1).Add(-1).Day
	return day.Add(min(d.Day, last) - 1)
}

// Level is who may read what the source gives: the narrowest of the fields it reads.
func (s *Source) Level() register.Openness { return s.level }

// Subject is the applicant an entry of the register is about, by its credit code.
func (s *Source) Subject(key string, text func(field string) string) string {
	if s.By == "" {
		return key
	}
	return text(s.By)
}

// Kind is the kind of record that is looked at, nil for entries.
func (s *Source) Kind() *register.Kind { return s.kind }

// Of is the register that is looked at.
func (s *Source) Of() *register.Register { return s.register }

// Join is the register in which something is looked up for each record, nil for none.
func (s *Source) Join() *register.Register { return s.join }

// EntriesExpr is the condition on the entries, nil for none.
func (s *Source) EntriesExpr() *guard.Expr { return s.entries }

// WhenExpr is the condition on what is looked at, nil for none.
func (s *Source) WhenExpr() *guard.Expr { return s.when }

// ValueExpr gives what is summed or taken, nil where nothing is.
func (s *Source) ValueExpr() *guard.Expr { return s.value }

// KeyExpr gives the key of what is looked up, nil for nothing.
func (s *Source) KeyExpr() *guard.Expr { return s.key }

// Expr gives the value of the column.
func (c *Column) Expr() *guard.Expr { return c.value }

// The names expressions read besides the fields, which are entry.FIELD, record.FIELD
// and with.FIELD.
const (
	VarYear  = "year"         // the year applied for
	VarDay   = "day"          // the day as of which is looked
	VarKey   = "entry.key"    // of the entry
	VarOn    = "record.on"    // the day of the record
	VarUntil = "record.until" // until when it has effect, "" for ever
	VarFound = "with.found"   // there is an entry under the key in the other register
)

// The prefixes of fields.
const (
	OfEntry  = "entry."
	OfRecord = "record."
	OfWith   = "with."
)

// KindOf is the kind of the values of a field in expressions; 0 for a field they do not
// read.
func KindOf(f *register.Field) guard.Kind {
	if f.Form() == nil || f.Type == procedure.PointField {
		return 0
	}
	return f.Form().Kind()
}
