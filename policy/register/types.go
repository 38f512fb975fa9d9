package register

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/rules/guard"
)

// Register is a compiled register file.
type Register struct {
	ID      string   `yaml:"register" json:"register" pack:"required"` // the file's name: "market"
	Title   gov.Text `yaml:"title" json:"title" pack:"required"`
	Entry   gov.Text `yaml:"entry" json:"entry" pack:"required"` // what one entry is called
	Cite    string   `yaml:"cite" json:"cite" pack:"required"`   // the clause it carries out
	Key     Key      `yaml:"key" json:"key" pack:"required"`
	Name    string   `yaml:"name" json:"name" pack:"required"`       // the public text field that names an entry in lists
	Aliases []string `yaml:"aliases" json:"aliases,omitempty"`       // text fields by which an entry is found, too: old numbers
	Facet   string   `yaml:"facet" json:"facet,omitempty"`           // a choice by which lists are cut
	Shows   []string `yaml:"shows" json:"shows,omitempty"`           // options of the facet: the public is shown entries with one of them, all in one list; none: every entry, to who looks for it
	Area    string   `yaml:"area" json:"area,omitempty"`             // the area field that says where an entry is
	Since   string   `yaml:"since" json:"since,omitempty"`           // a date: the first day on which an entry holds
	Until   string   `yaml:"until" json:"until,omitempty"`           // a date: the last
	Writers []string `yaml:"writers" json:"writers" pack:"required"` // units that push entries
	Objects string   `yaml:"objection" json:"objection,omitempty"`   // the procedure by which somebody says that a record is wrong
	About   string   `yaml:"about" json:"about,omitempty"`           // of that procedure: the text field that takes what the objection is about
	Names   string   `yaml:"names" json:"names,omitempty"`           // of that procedure: the text field that takes which record, as KIND/UNIT/KEY
	Looks   []Option `yaml:"purposes" json:"purposes,omitempty"`     // for what an entry may be looked at in full
	Fields  []Field  `yaml:"fields" json:"fields" pack:"required"`   // of an entry
	Kinds   []Kind   `yaml:"records" json:"records,omitempty"`       // of records about entries
	Credit  *Credit  `yaml:"credit" json:"credit,omitempty"`         // nil: entries have no class
	Begins  []Begin  `yaml:"begins" json:"begins,omitempty"`         // cases that begin when records and classes change

	Data   *OpenData     `yaml:"data" json:"data,omitempty"`                 // nil: what is public of the register is not given away as a whole
	Limits *Restrictions `yaml:"restrictions" json:"restrictions,omitempty"` // nil: nothing is refused for what is recorded

	fields map[string]int
	kinds  map[string]int
}

// Key says what an entry is known by.
type Key struct {
	Label  gov.Text `yaml:"label" json:"label" pack:"required"`
	Scheme Scheme   `yaml:"scheme" json:"scheme" pack:"required"`
}

// Option is a value of a choice.
type Option = procedure.Option

// Field is a value that an entry or a record holds. Its types are those of
// procedures.
type Field struct {
	ID       string              `yaml:"id" json:"id" pack:"required"`
	Type     procedure.FieldType `yaml:"type" json:"type" pack:"required"`
	Label    gov.Text            `yaml:"label" json:"label" pack:"required"`
	Help     gov.Text            `yaml:"help" json:"help,omitzero"`
	Required bool                `yaml:"required" json:"required,omitempty"`
	Open     Openness            `yaml:"open" json:"open,omitempty"` // who may read it; "" means OpenPurpose
	Fact     string              `yaml:"fact" json:"fact,omitempty"` // what several sources say of an entry, so that they can be held against each other
	Min      *int                `yaml:"min" json:"min,omitempty"`
	Max      *int                `yaml:"max" json:"max,omitempty"`
	Options  []Option            `yaml:"options" json:"options,omitempty"` // of a choice
	Of       string              `yaml:"of" json:"of,omitempty"`           // of an entry of a code list: the list
	Unit     string              `yaml:"unit" json:"unit,omitempty"`       // of an integer: what it counts

	form *procedure.Field
}

// Level is who may read the field.
func (f *Field) Level() Openness {
	if f.Open == "" {
		return OpenPurpose
	}
	return f.Open
}

// Form is the field as forms and readers of what is typed know it.
func (f *Field) Form() *procedure.Field { return f.form }

// Kind says what a record holds, who pushes it, and who may read it.
type Kind struct {
	ID     string   `yaml:"id" json:"id" pack:"required"`
	Title  gov.Text `yaml:"title" json:"title" pack:"required"`
	Basis  string   `yaml:"basis" json:"basis" pack:"required"` // the legal basis, where a record states none of its own
	Units  []string `yaml:"units" json:"units" pack:"required"` // that push it
	Key    []string `yaml:"key" json:"key" pack:"required"`     // fields that name a record within its unit, subject for its entry: pushed again, it is corrected
	On     string   `yaml:"on" json:"on" pack:"required"`       // a date: when it happened
	Until  string   `yaml:"until" json:"until,omitempty"`       // a date: until when it has effect; without a date it goes on
	Text   string   `yaml:"says" json:"says,omitempty"`         // the field that says in a line what it is about
	Public Span     `yaml:"public" json:"public,omitzero"`      // how long the public may read it, counted from On; zero: never
	Tone   Tone     `yaml:"tone" json:"tone,omitempty"`         // what it means for the entry
	List   *List    `yaml:"list" json:"list,omitempty"`         // nil: who has such a record in force is no list of its own
	Fields []Field  `yaml:"fields" json:"fields" pack:"required"`

	fields map[string]int
}

// List is what the public is told of those who have a record of a kind in force.
type List struct {
	About  gov.Text `yaml:"about" json:"about" pack:"required"`   // what it means to be on it
	Repair gov.Text `yaml:"repair" json:"repair" pack:"required"` // how one gets off it
}

// OpenData says on what terms anybody may have all that is public of a register.
type OpenData struct {
	Licence gov.Text `yaml:"licence" json:"licence" pack:"required"`
}

// Credit is a rule table: points for each record, and classes by points.
type Credit struct {
	Cite     string    `yaml:"cite" json:"cite" pack:"required"`
	Base     int       `yaml:"base" json:"base" pack:"required"` // points of an entry without records
	Classes  []Class   `yaml:"classes" json:"classes" pack:"required"`
	Rules    []Rule    `yaml:"rules" json:"rules" pack:"required"`
	Triggers []Trigger `yaml:"triggers" json:"triggers,omitempty"`
}

// Class is a class of credit. Classes stand from the best to the worst.
type Class struct {
	ID    string   `yaml:"id" json:"id" pack:"required"` // "A"
	Name  gov.Text `yaml:"name" json:"name" pack:"required"`
	About gov.Text `yaml:"about" json:"about,omitzero"` // what it means for how an entry is treated
	From  *int     `yaml:"from" json:"from,omitempty"`  // the least points; none for the worst class
}

// Rule gives points for each record of a kind.
type Rule struct {
	ID     string   `yaml:"id" json:"id" pack:"required"`
	Name   gov.Text `yaml:"name" json:"name" pack:"required"`
	Kind   string   `yaml:"kind" json:"kind" pack:"required"`
	When   string   `yaml:"when" json:"when,omitempty"` // an expression over the fields of the record; without one every record counts
	Points int      `yaml:"points" json:"points" pack:"required"`
	Full   Span     `yaml:"full" json:"full,omitzero"`  // how long they count in full,
	Ends   Span     `yaml:"ends" json:"ends,omitzero"`  // and after how long not at all, both from the day of the record; zero: for good
	Most   int      `yaml:"most" json:"most,omitempty"` // how many points the rule gives or takes in all, 0 for any number

	test *guard.Expr
}

// Trigger puts an entry into a class at best, whatever its points.
type Trigger struct {
	ID    string   `yaml:"id" json:"id" pack:"required"`
	Name  gov.Text `yaml:"name" json:"name" pack:"required"`
	Kind  string   `yaml:"kind" json:"kind" pack:"required"`
	When  string   `yaml:"when" json:"when,omitempty"`
	Class string   `yaml:"class" json:"class" pack:"required"`
	Lasts Span     `yaml:"lasts" json:"lasts,omitzero"` // from the day of the record; zero: as long as the record has effect

	test *guard.Expr
}

// Test is the condition of the rule, nil when every record counts.
func (r *Rule) Test() *guard.Expr { return r.test }

// Test is the condition of the trigger, nil when every record counts.
func (t *Trigger) Test() *guard.Expr { return t.test }

// Class is the class with an id.
func (c *Credit) Class(id string) (Class, bool) {
	i := slices.IndexFunc(c.Classes, func(k Class) bool { return k.ID == id })
	if i < 0 {
		return Class{}, false
	}
	return c.Classes[i], true
}

// Field is the field of an entry with an id.
func (r *Register) Field(id string) (*Field, bool) { return pick(r.Fields, r.fields, id) }

// Kind is the kind of record with an id.
func (r *Register) Kind(id string) (*Kind, bool) { return pick(r.Kinds, r.kinds, id) }

// Field is the field of a record with an id.
func (k *Kind) Field(id string) (*Field, bool) { return pick(k.Fields, k.fields, id) }

// Writes reports that a unit pushes entries of the register.
func (r *Register) Writes(unit string) bool { return slices.Contains(r.Writers, unit) }

// Pushes reports that a unit pushes records of the kind.
func (k *Kind) Pushes(unit string) bool { return slices.Contains(k.Units, unit) }

// TakesPart reports that a unit writes entries of the register or pushes records
// about them.
func (r *Register) TakesPart(unit string) bool {
	return r.Writes(unit) || slices.ContainsFunc(r.Kinds, func(k Kind) bool { return k.Pushes(unit) })
}

// Showing reports that the public is shown entries with an option of the facet.
func (r *Register) Showing(facet string) bool {
	return len(r.Shows) == 0 || slices.Contains(r.Shows, facet)
}

// Public reports that the public may read entries of the register.
func (r *Register) Public() bool {
	f, ok := r.Field(r.Name)
	return ok && f.Level() == OpenPublic
}

func pick[T any](list []T, index map[string]int, id string) (*T, bool) {
	i, ok := index[id]
	if !ok {
		return nil, false
	}
	return &list[i], true
}
