package procedure

import (
	"quanxiang/gov"
	"quanxiang/rules/guard"
)

// New is the state before a case exists: an action at New begins one.
const New = "new"

// FieldType says what a field holds.
type FieldType string

// The types, and how a value travels.
const (
	TextField      FieldType = "text"      // one line: string
	ParagraphField FieldType = "paragraph" // several lines: string
	IntegerField   FieldType = "integer"   // int64
	MoneyField     FieldType = "money"     // fen: int64
	BoolField      FieldType = "bool"      // bool
	DateField      FieldType = "date"      // YYYY-MM-DD: string
	InstantField   FieldType = "instant"   // Unix milliseconds: int64
	ChoiceField    FieldType = "choice"    // id of an option: string
	UnitField      FieldType = "unit"      // id of a unit: string
	UnitsField     FieldType = "units"     // ids of units: []string
	PostField      FieldType = "post"      // id of a post: string
	PostsField     FieldType = "posts"     // ids of posts: []string
	AreaField      FieldType = "area"      // code of an area: string
	PersonField    FieldType = "person"    // id of a person: string
	PersonsField   FieldType = "persons"   // ids of persons: []string
	ContactField   FieldType = "contact"   // personal data, kept sealed elsewhere: its reference, a string
	FilesField     FieldType = "files"     // SHA-256 of files, hex: []string
	CaseField      FieldType = "case"      // id of another case: string
	PointField     FieldType = "point"     // a place, as geo.Point writes it: string
	EntryField     FieldType = "entry"     // code of an entry of a list of the pack: string
	SubjectField   FieldType = "subject"   // key of an entry of a register of the pack: string
	ChecklistField FieldType = "checklist" // rows of package cases/checklist: []string
)

// typeFacts says what is true of each type. A type without kind is nothing an
// expression may read.
var typeFacts = map[FieldType]struct {
	kind guard.Kind
	list bool
}{
	TextField: {guard.Text, false}, ParagraphField: {guard.Text, false}, IntegerField: {guard.Int, false},
	MoneyField: {guard.Int, false}, BoolField: {guard.Bool, false}, DateField: {guard.Date, false},
	InstantField: {guard.Instant, false}, ChoiceField: {guard.Text, false}, UnitField: {guard.Text, false},
	UnitsField: {guard.List, true}, PostField: {guard.Text, false}, PostsField: {guard.List, true}, AreaField: {guard.Text, false},
	PersonField: {guard.Text, false}, PersonsField: {guard.List, true}, ContactField: {0, false}, FilesField: {guard.List, true}, CaseField: {guard.Text, false},
	PointField: {0, false}, EntryField: {guard.Text, false}, SubjectField: {guard.Text, false}, ChecklistField: {0, true},
}

// Values lists the types.
func (FieldType) Values() []string {
	return []string{"text", "paragraph", "integer", "money", "bool", "date", "instant", "choice", "unit", "units", "post", "posts", "area",
		"person", "persons", "contact", "files", "case", "point", "entry", "subject", "checklist"}
}

// IsList reports that a value of the type has items.
func (t FieldType) IsList() bool { return typeFacts[t].list }

// IsNumber reports that a value of the type is counted.
func (t FieldType) IsNumber() bool { return t == IntegerField || t == MoneyField }

// IsPerson reports that a value of the type names persons.
func (t FieldType) IsPerson() bool { return t == PersonField || t == PersonsField }

// IsText reports that someone writes the value freely.
func (t FieldType) IsText() bool { return t == TextField || t == ParagraphField }

// Openness says who may read a field.
type Openness string

// The levels, from wide to narrow.
const (
	OpenPublic Openness = "public" // everybody
	OpenStaff  Openness = "staff"  // everybody who holds a post in the district, and the parties the field names
	OpenCase   Openness = "case"   // every party of the case
	OpenNamed  Openness = "named"  // the parties the field names
)

// Values lists the levels.
func (Openness) Values() []string { return []string{"public", "staff", "case", "named"} }

var opennessNames = map[Openness]gov.Text{
	OpenPublic: {ZH: "所有人", EN: "everybody"}, OpenStaff: {ZH: "全区工作人员", EN: "all staff"},
	OpenCase: {ZH: "案件各方", EN: "the parties of the case"}, OpenNamed: {ZH: "指定的人", EN: "those named"},
}

// Name is the level in words.
func (o Openness) Name() gov.Text { return opennessNames[o] }

// rank orders the levels, the widest first.
func (o Openness) rank() int {
	switch o {
	case OpenPublic:
		return 0
	case OpenStaff:
		return 1
	case OpenNamed:
		return 3
	}
	return 2
}

// StateKind says what a state means for the outside.
type StateKind string

// The kinds.
const (
	OpenState   StateKind = "open"   // someone has to act
	PausedState StateKind = "paused" // nothing is to be done until something happens
	DoneState   StateKind = "done"   // ended with a result
	VoidState   StateKind = "void"   // ended without
)

// Values lists the kinds.
func (StateKind) Values() []string { return []string{"open", "paused", "done", "void"} }

// Ended reports that a case in such a state has ended.
func (k StateKind) Ended() bool { return k == DoneState || k == VoidState }

// Again says what a second start does to a clock.
type Again string

// The ways.
const (
	Resume  Again = "resume"  // goes on with what was left; the time between does not count
	Restart Again = "restart" // counts from zero
	Keep    Again = "keep"    // counts from the first start, stops between included
)

// Values lists the ways.
func (Again) Values() []string { return []string{"resume", "restart", "keep"} }

// Period is the distance of the cases of a series.
type Period string

// The periods.
const (
	Daily     Period = "day"  // each working day
	Weekly    Period = "week" // from Monday
	Monthly   Period = "month"
	Quarterly Period = "quarter"
	HalfYears Period = "half"
	Yearly    Period = "year"
)

// Values lists the periods.
func (Period) Values() []string { return []string{"day", "week", "month", "quarter", "half", "year"} }

// Tone is what a colour says, for those who do not see it.
type Tone string

// The tones.
const (
	Calm    Tone = "calm"    // nothing to do
	Good    Tone = "good"    // on track
	Warning Tone = "warning" // at risk
	Bad     Tone = "bad"     // overdue
)

// Values lists the tones.
func (Tone) Values() []string { return []string{"calm", "good", "warning", "bad"} }

var toneNames = map[Tone]gov.Text{
	Calm: {ZH: "平常", EN: "neutral"}, Good: {ZH: "正常", EN: "good"}, Warning: {ZH: "预警", EN: "warning"}, Bad: {ZH: "警示", EN: "bad"},
}

// Name is the tone in words.
func (t Tone) Name() gov.Text { return toneNames[t] }
