package procedure

import (
	"slices"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure/entering"
	"quanxiang/policy/procedure/judging"
	"quanxiang/rules/guard"
)

// Procedure is a compiled procedure file.
type Procedure struct {
	ID       string   `yaml:"procedure" pack:"required"` // "duty"
	Language int      `yaml:"language"`                  // of the expressions, see guard.Language; 0 means 1
	Title    gov.Text `yaml:"title" pack:"required"`     // what one case of it is called
	Cite     string   `yaml:"cite" pack:"required"`      // the clause it carries out
	Number   Number   `yaml:"number" pack:"required"`    // how cases are numbered
	Subject  string   `yaml:"subject" pack:"required"`   // the field that names a case in lists
	Unit     string   `yaml:"unit"`                      // the unit or units field that says who is responsible
	Due      string   `yaml:"due"`                       // the clock whose deadline lists show
	Facets   []string `yaml:"facets"`                    // fields by whose values cases are listed and counted
	Comments []string `yaml:"comments"`                  // parties who may add a comment with attachments at any time
	Publish  []string `yaml:"publish"`                   // states in which the public is shown a case; see Published
	Quiet    []string `yaml:"quiet"`                     // states in which only the parties of a case read anything of it
	Under    string   `yaml:"under"`                     // a text field with the number of the case whose sub-case a case is, whoever begins it

	Fields     []Field     `yaml:"fields" pack:"required"`
	Parties    []Party     `yaml:"parties" pack:"required"`
	States     []State     `yaml:"states" pack:"required"`
	Actions    []Action    `yaml:"actions" pack:"required"`
	Clocks     []Clock     `yaml:"clocks"`
	Children   []Child     `yaml:"children"`
	Series     *Series     `yaml:"series"`
	Items      *Items      `yaml:"items"`
	Similar    *Similar    `yaml:"similar"`
	Intake     *Intake     `yaml:"intake"`
	Precedents []Precedent `yaml:"precedents"`
	Covers     *Covers     `yaml:"covers"`
	Earns      *Earns      `yaml:"earns"`
	Colours    []Colour    `yaml:"colours"`
	Measures   []Measure   `yaml:"measures"`
	Figures    *Figures    `yaml:"figures"`
	Letters    []Letter    `yaml:"letters"`

	index  index
	opened [][2][]Term // parties by position: plus and minus with references opened
}

// Publishes reports that the district shows its cases of the procedure to the
// public of its own accord: in lists and by their numbers.
func (p *Procedure) Publishes() bool { return len(p.Publish) > 0 }

// Published reports that the public may know of a case in a state. Without the
// key no state keeps it from them: what a field's openness says stands alone.
func (p *Procedure) Published(state string) bool {
	return len(p.Publish) == 0 || slices.Contains(p.Publish, state)
}

// Hushed reports that only the parties of a case, and auditors, read anything of it
// in a state, whatever the levels of its fields say.
func (p *Procedure) Hushed(state string) bool { return slices.Contains(p.Quiet, state) }

// Field is a value a case holds.
type Field struct {
	ID       string    `yaml:"id" pack:"required"`
	Type     FieldType `yaml:"type" pack:"required"`
	Label    gov.Text  `yaml:"label" pack:"required"`
	Help     gov.Text  `yaml:"help"`
	Unit     string    `yaml:"unit"`    // of an integer: "%", "户"
	Min      *int      `yaml:"min"`     // of a number; of a list: how many
	Max      *int      `yaml:"max"`     // of a number; of text: characters; of a list: how many
	Options  []Option  `yaml:"options"` // of a choice; of a checklist: the answers
	Accept   string    `yaml:"accept"`  // of files: "image", "document", "signature", a picture drawn with a finger or taken, or "" for all
	Among    string    `yaml:"among"`   // of a person or persons: the party they are chosen from
	Open     Openness  `yaml:"open"`    // who may read it; "" means OpenCase
	Named    []string  `yaml:"named"`   // the parties of OpenNamed, and those outside the office who read what is OpenStaff, or not yet public
	Once     []string  `yaml:"once"`    // states: the public reads it only after the case has been in one of them
	Sealed   bool      `yaml:"sealed"`  // nobody reads it, whatever Open says, before an action unseals it
	Value    string    `yaml:"value"`   // an expression: the field is worked out after every step and never asked
	Of       string    `yaml:"of"`      // of an entry: the list of the pack it is of; of a subject: the register
	At       string    `yaml:"at"`      // of an area: the point in which it lies; given a point, nobody's choice counts. Of a text: the point whose place it tells in words
	Size     string    `yaml:"level"`   // of an area, with At: how large it is
	computed *guard.Expr
	list     *codes.List
}

// Option is one value of a choice, or one answer of a checklist.
type Option struct {
	ID     string   `yaml:"id" pack:"required"`
	Name   gov.Text `yaml:"name" pack:"required"`
	Tone   Tone     `yaml:"tone"`   // of an answer: what it says at a glance
	Remark bool     `yaml:"remark"` // of an answer: it wants a remark
}

// Party is a relation of someone to the case: the only way to say who.
type Party struct {
	ID      string   `yaml:"id" pack:"required"`
	Name    gov.Text `yaml:"name" pack:"required"`
	Who     Who      `yaml:"who" pack:"required"`
	Outside bool     `yaml:"outside"` // whoever is in it is no party of the case for that: persons are chosen from it
}

// State is where a case stands.
type State struct {
	ID   string    `yaml:"id" pack:"required"`
	Name gov.Text  `yaml:"name" pack:"required"`
	Kind StateKind `yaml:"kind" pack:"required"`
}

// Action is what moves a case or adds to it. The fields from Set on are its
// effects, carried out in that order.
type Action struct {
	ID       string      `yaml:"id" pack:"required"`
	Name     gov.Text    `yaml:"name" pack:"required"` // a verb, as a button bears it
	Help     gov.Text    `yaml:"help"`
	At       []string    `yaml:"at" pack:"required"` // states; New begins a case
	To       string      `yaml:"to"`                 // the state it leads to; "" stays
	By       []string    `yaml:"by"`                 // parties; may be empty only with Auto
	Asks     []Ask       `yaml:"asks"`               // fields filled in
	When     []Condition `yaml:"when"`               // all must hold
	Times    int         `yaml:"times"`              // how often at most in the life of a case; 0 means any number
	Approve  []string    `yaml:"approve"`            // parties who must agree one after the other, each another person
	Together *Together   `yaml:"together"`           // persons who must all do it before it takes effect
	Auto     *Auto       `yaml:"auto"`               // when it is done without anybody
	Suggest  []Suggest   `yaml:"suggest"`            // what its fields may be filled with, and why
	Danger   bool        `yaml:"danger"`             // cannot be taken back: the page asks once more
	Aside    bool        `yaml:"aside"`              // may be done, but nobody is waited for: it makes it nobody's turn
	Site     *Site       `yaml:"site"`               // it is done on site; nil: at a desk

	Set    []Set    `yaml:"set"`
	Clear  []string `yaml:"clear"`  // fields emptied
	Unseal []string `yaml:"unseal"` // sealed fields opened for good
	Extend *Extend  `yaml:"extend"`
	Open   []Open   `yaml:"open"`  // sub-cases begun
	Merge  string   `yaml:"merge"` // a field of type case: the case this one is merged into
	Letter string   `yaml:"letter"`
	Notify []string `yaml:"notify"` // parties told, besides those whose turn it becomes

	Judge *judging.Judge   `yaml:"judge"` // what the rule files have to grant; nil: nothing
	Enter []entering.Enter `yaml:"enter"` // what is written into registers
}

// Condition must hold for an action; Why tells the actor when it does not.
type Condition struct {
	If  string   `yaml:"if" pack:"required"`
	Why gov.Text `yaml:"why" pack:"required"`

	test    *guard.Expr
	settled bool
}

// Suggest is a value that somebody who does an action may give a field, with
// the reason. It is offered, never given by itself.
type Suggest struct {
	Field string   `yaml:"field" pack:"required"` // one the action asks for
	To    string   `yaml:"to" pack:"required"`    // an expression; one that gives nothing suggests nothing
	Why   gov.Text `yaml:"why" pack:"required"`

	value *guard.Expr
}

// Intake says that cases are taken down on one page while somebody speaks: by
// which actions the page ends, and what is looked for while they speak.
type Intake struct {
	Actions []string `yaml:"actions" pack:"required"` // begin a case, each by persons of the staff; the first is the usual one
	Words   []string `yaml:"words" pack:"required"`   // fields by whose words is looked for documents and cases
	Source  string   `yaml:"source"`                  // a text field that takes the document an answer rests on
}

// Precedent says what is remembered of how cases were decided, so that the next
// case like them is suggested the same.
type Precedent struct {
	ID      string   `yaml:"id" pack:"required"`
	Name    gov.Text `yaml:"name" pack:"required"`  // of such decisions: "this class in this cell"
	Field   string   `yaml:"field" pack:"required"` // what is decided,
	Of      []string `yaml:"of" pack:"required"`    // by these actions, which ask for it
	By      []string `yaml:"by" pack:"required"`    // cases are alike that have the same in these fields
	Against []string `yaml:"against"`               // actions by which a decision is taken back
	Least   int      `yaml:"least"`                 // so many decisions say something; 0 means 1
}

// Similar says which other cases of the procedure may be about the same matter.
type Similar struct {
	Place  string   `yaml:"place" pack:"required"`  // a point field: they lie
	Within int      `yaml:"within" pack:"required"` // so many metres apart at most,
	Same   []string `yaml:"same"`                   // these fields have the same value, an entry under the same heading,
	Days   int      `yaml:"days" pack:"required"`   // and began at most so many days apart
	Text   []string `yaml:"text"`                   // the fields by whose words they are put in order
}

// Together says that an action takes effect when persons of so many of the
// parties, each another person, have done it; with one party alone, so many persons
// of it.
type Together struct {
	Of   []string `yaml:"of" pack:"required"`
	Need int      `yaml:"need" pack:"required"`
}

// maxTogether bounds the persons of one party who do something together.
const maxTogether = 10

// most is how many persons may be needed at most.
func (t *Together) most() int {
	if len(t.Of) == 1 {
		return maxTogether
	}
	return len(t.Of)
}

// Auto says when an action is done by the system: exactly one of its fields.
type Auto struct {
	After calendar.Limit `yaml:"after"` // so long after the case came into its state
	At    string         `yaml:"at"`    // at the time in a date or instant field; the beginning of the day
	Late  string         `yaml:"late"`  // when this clock has run out
	When  string         `yaml:"when"`  // as soon as an expression without time holds

	test *guard.Expr
}

// Set gives a field the value of an expression.
type Set struct {
	Field string `yaml:"field" pack:"required"`
	To    string `yaml:"to" pack:"required"`

	value *guard.Expr
	copy  bool // To is a point field: its value is copied
}

// Extend adds to the limit of a clock.
type Extend struct {
	Clock string         `yaml:"clock" pack:"required"`
	By    calendar.Limit `yaml:"by"`    // a fixed time, or
	Field string         `yaml:"field"` // an integer field: so many of the units of the clock's limit, or
	Part  int            `yaml:"part"`  // so many per cent of the clock's limit
}

// Open begins sub-cases.
type Open struct {
	Child string `yaml:"child" pack:"required"`
	Each  string `yaml:"each"`  // a units field: one sub-case per unit, groups opened; or
	Times string `yaml:"times"` // an integer field: so many sub-cases
	With  []Set  `yaml:"with"`  // fields of the sub-case from expressions over this case; "each" is the unit, "nth" counts from 1
	If    string `yaml:"if"`    // an expression; where it does not hold none is begun

	test *guard.Expr
}

// Clock measures time against a limit. All of it is derived from the history
// of the case, nothing is counted up.
type Clock struct {
	ID      string           `yaml:"id" pack:"required"`
	Name    gov.Text         `yaml:"name" pack:"required"`
	From    []string         `yaml:"from" pack:"required"` // actions or states that start it
	To      []string         `yaml:"to" pack:"required"`   // actions or states that stop it
	Limit   calendar.Limit   `yaml:"limit"`                // exactly one of Limit, Limits, LimitOf and Until
	Limits  []LimitCase      `yaml:"limits"`               // the first that applies when the clock starts
	LimitOf string           `yaml:"limit_of"`             // FIELD.COLUMN: the limit the entry in a field states when the clock starts
	Until   string           `yaml:"until"`                // a date or instant field: the deadline itself
	Windows calendar.Windows `yaml:"-"`
	Pause   []string         `yaml:"pause"`  // states in which it stands still
	Again   Again            `yaml:"again"`  // what a second start does; "" means Resume
	Anew    []string         `yaml:"anew"`   // fields: a start that finds another value in one of them than the last start counts from zero
	Warn    []int            `yaml:"warn"`   // per cent of the limit
	Tell    []string         `yaml:"tell"`   // parties told of a warning, besides those whose turn it is
	Report  []string         `yaml:"report"` // parties told that it has run out
}

// LimitCase is a limit that applies under a condition, such as the law in
// force on a day.
type LimitCase struct {
	When  string         `yaml:"when"` // "" always applies
	Limit calendar.Limit `yaml:"limit" pack:"required"`
	Cite  string         `yaml:"cite"`

	test *guard.Expr
}

// Child is a kind of sub-case.
type Child struct {
	ID        string   `yaml:"id" pack:"required"`
	Procedure string   `yaml:"procedure" pack:"required"`
	At        []string `yaml:"at"` // states in which a case that names this one by its field Under becomes such a sub-case
}

// Items makes a case of every item of a document of the library that has one:
// its tasks, indicators or projects.
type Items struct {
	Scope string `yaml:"scope" pack:"required"` // task, indicator or project
	When  string `yaml:"when"`                  // an expression over the item; "" takes all
	With  []Set  `yaml:"with" pack:"required"`  // fields from expressions over the item

	test *guard.Expr
}

// Colour is how a case stands at a glance; the first that applies counts.
type Colour struct {
	ID   string   `yaml:"id" pack:"required"`
	Name gov.Text `yaml:"name" pack:"required"`
	Tone Tone     `yaml:"tone" pack:"required"`
	When string   `yaml:"when"` // an expression without time; "" always applies

	test *guard.Expr
}

// Letter is a text made of a case. {field} stands for a field as its reader
// may see it, {number} {today} {deadline.clock} for facts of the case.
type Letter struct {
	ID   string   `yaml:"id" pack:"required"`
	Name gov.Text `yaml:"name" pack:"required"`
	Body string   `yaml:"body" pack:"required"`
	Open Openness `yaml:"open"` // to whom it goes: it may quote fields open to all of them

	parts []LetterPart
}

// What a procedure may have to be told of a report that looks like none: fields
// with these ids take how doubtful it is, from 0 to 100, and why. They are filled
// in when the case is begun and asked for nowhere; what becomes of the case is for
// the procedure to say.
const (
	DoubtField    = "doubt"     // integer
	DoubtWhyField = "doubt_why" // paragraph
)
