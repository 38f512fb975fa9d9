package codes

import (
	"slices"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// List is a code list of a pack.
type List struct {
	ID      string   `yaml:"list" json:"id" pack:"required"` // the file's name: "classes"
	Title   gov.Text `yaml:"title" json:"title" pack:"required"`
	Cite    string   `yaml:"cite" json:"cite,omitempty"`       // where it comes from
	Layout  *Layout  `yaml:"layout" json:"layout,omitempty"`   // of the codes; without one a code is letters, digits and hyphens
	Columns []Column `yaml:"columns" json:"columns,omitempty"` // besides code, name, from and until

	// Entries in the order of the file.
	Entries []Entry `yaml:"-" json:"entries"`

	Rows []map[string]source.Raw `yaml:"entries" json:"-" pack:"required"` // as decoded; Read makes Entries of them

	at     source.Node
	byCode map[string]int
	heads  map[string]bool // codes under which others stand
	places []source.Node   // of the entries
}

// Layout is how the codes of a list are put together. Codes are text: a
// segment keeps its leading zeros.
type Layout struct {
	Name     string    `yaml:"name" json:"name" pack:"required"` // the standard it follows
	Version  string    `yaml:"version" json:"version" pack:"required"`
	Segments []Segment `yaml:"segments" json:"segments" pack:"required"`
}

// Segment is a stretch of a code.
type Segment struct {
	Name    gov.Text `yaml:"name" json:"name" pack:"required"`
	Width   int      `yaml:"width" json:"width" pack:"required"` // characters
	Letters bool     `yaml:"letters" json:"letters,omitempty"`   // capital letters instead of digits
	Value   string   `yaml:"value" json:"value,omitempty"`       // the one text it may hold
	Ends    bool     `yaml:"ends" json:"ends,omitempty"`         // a code may end with it; one always may with the last
}

// Column is what every entry of a list may say.
type Column struct {
	ID       string     `yaml:"id" json:"id" pack:"required"`
	Type     ColumnType `yaml:"type" json:"type" pack:"required"`
	Label    gov.Text   `yaml:"label" json:"label" pack:"required"`
	Of       string     `yaml:"of" json:"of,omitempty"`           // of a code: the list it is of
	Options  []Option   `yaml:"options" json:"options,omitempty"` // of a choice
	Required bool       `yaml:"required" json:"required,omitempty"`
	Unique   bool       `yaml:"unique" json:"unique,omitempty"` // no two entries say the same
}

// Option is a value of a choice.
type Option struct {
	ID   string   `yaml:"id" json:"id" pack:"required"`
	Name gov.Text `yaml:"name" json:"name" pack:"required"`
}

// ColumnType says what a column holds.
type ColumnType string

// The types, and the Go values that carry them.
const (
	TextColumn    ColumnType = "text"    // gov.Text
	CodeColumn    ColumnType = "code"    // code of an entry of a list: string
	UnitColumn    ColumnType = "unit"    // id of a unit: string
	LevelColumn   ColumnType = "level"   // level of an area: string
	IntegerColumn ColumnType = "integer" // int64
	LimitColumn   ColumnType = "limit"   // calendar.Limit
	ChoiceColumn  ColumnType = "choice"  // id of an option: string
)

// Values lists the types.
func (ColumnType) Values() []string {
	return []string{"text", "code", "unit", "level", "integer", "limit", "choice"}
}

// Entry is a line of a list.
type Entry struct {
	Code  string   `json:"code"`
	Name  gov.Text `json:"name"`
	From  gov.Date `json:"from,omitzero"`   // the first day on which it may be chosen
	Until gov.Date `json:"until,omitzero"`  // the last
	Words []string `json:"words,omitempty"` // what people say who mean it, see Suggest

	Values map[string]any `json:"values,omitempty"` // by column
}

// Valid reports that the entry may be chosen on a day.
func (e Entry) Valid(day gov.Date) bool {
	return (e.From.IsZero() || !day.Before(e.From)) && (e.Until.IsZero() || !e.Until.Before(day))
}

// Text is what a column says of the entry, "" without: a text in Chinese, a
// code or an id.
func (e Entry) Text(column string) string {
	switch v := e.Values[column].(type) {
	case string:
		return v
	case gov.Text:
		return v.ZH
	}
	return ""
}

// Int is the number in a column, 0 without one.
func (e Entry) Int(column string) int64 {
	n, _ := e.Values[column].(int64)
	return n
}

// Limit is the time in a column; ok is false when the entry states none.
func (e Entry) Limit(column string) (limit calendar.Limit, ok bool) {
	limit, ok = e.Values[column].(calendar.Limit)
	return limit, ok
}

// Entry is the entry with a code. A nil list has none.
func (l *List) Entry(code string) (Entry, bool) {
	if l == nil {
		return Entry{}, false
	}
	i, ok := l.byCode[code]
	if !ok {
		return Entry{}, false
	}
	return l.Entries[i], true
}

// Find is the entry that somebody means who writes its code, what a unique
// column says of it, or a name that is no other's; headings are not meant.
func (l *List) Find(text string) (found Entry, ok bool) {
	if e, ok := l.Entry(text); ok || text == "" {
		return e, ok
	}
	named := 0
	for _, e := range l.Entries {
		if l.Heads(e.Code) {
			continue
		}
		for _, c := range l.Columns {
			if c.Unique && c.Type == TextColumn && e.Text(c.ID) == text {
				return e, true
			}
		}
		if e.Name.ZH == text || e.Name.EN == text {
			found, named = e, named+1
		}
	}
	return found, named == 1
}

// Heads reports that a code stands above others of its list: it is there to
// group and to count by, and nothing is of it directly.
func (l *List) Heads(code string) bool { return l.heads[code] }

// Column is the column with an id.
func (l *List) Column(id string) (Column, bool) {
	i := slices.IndexFunc(l.Columns, func(c Column) bool { return c.ID == id })
	if i < 0 {
		return Column{}, false
	}
	return l.Columns[i], true
}

// parent is the column that says under which entry of the same list another
// stands, "" without one.
func (l *List) parent() string {
	for _, c := range l.Columns {
		if c.Type == CodeColumn && c.Of == l.ID {
			return c.ID
		}
	}
	return ""
}

// Above is the code of the entry under which another stands, "" for none.
func (l *List) Above(code string) string {
	e, _ := l.Entry(code)
	return e.Text(l.parent())
}
