package inspection

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/rules/guard"
)

// Rules is a compiled file.
type Rules struct {
	Cite        string        `yaml:"inspections" json:"inspections" pack:"required"` // the clauses it carries out
	Number      string        `yaml:"number" json:"number" pack:"required"`           // leads the numbers of plans: "XC" of XC-2026-007
	Office      string        `yaml:"office" json:"office" pack:"required"`           // the unit that joins the departments' proposals
	Subjects    string        `yaml:"subjects" json:"subjects" pack:"required"`       // the register of what is inspected
	Items       string        `yaml:"items" json:"items" pack:"required"`             // the register of what may be inspected
	Inspectors  string        `yaml:"inspectors" json:"inspectors" pack:"required"`   // the register of who inspects
	Procedure   string        `yaml:"procedure" json:"procedure" pack:"required"`     // by which a visit runs
	Keeps       string        `yaml:"keeps" json:"keeps,omitempty"`                   // an expression over the open fields of a subject: which there are to inspect
	Departments []Department  `yaml:"departments" json:"departments" pack:"required"`
	Counts      []Count       `yaml:"counts" json:"counts,omitempty"`
	Exempt      []Exemption   `yaml:"exempt" json:"exempt,omitempty"`
	Strata      []Stratum     `yaml:"strata" json:"strata" pack:"required"`
	Balls       string        `yaml:"balls" json:"balls,omitempty"`           // an expression: how many balls a subject has in the drum, of strata drawn by balls
	MinStratum  int           `yaml:"minimum" json:"minimum" pack:"required"` // a stratum with fewer subjects is not called random
	Recent      register.Span `yaml:"recent" json:"recent,omitzero"`          // how far back earlier visits count for exemptions by items
	Team        Team          `yaml:"team" json:"team" pack:"required"`
	Due         Due           `yaml:"due" json:"due" pack:"required"`
	Mode        Mode          `yaml:"mode" json:"mode" pack:"required"`
	Suite       Suite         `yaml:"suite" json:"suite" pack:"required"`
	Again       int           `yaml:"again" json:"again,omitempty"`         // per cent of a plan's published visits that are proposed to be inspected again by others; 0: none
	Expiry      int           `yaml:"expiry" json:"expiry" pack:"required"` // days before the end of a certificate from which the unit is warned

	subjects *register.Register
	open     *guard.Env // of filters
	keeps    *guard.Expr
	balls    *guard.Expr
}

// Department is a unit that inspects, with its number in draws.
type Department struct {
	Unit   string `yaml:"unit" json:"unit" pack:"required"`
	Number int    `yaml:"number" json:"number" pack:"required"`
}

// Count counts records about a subject, by which expressions tell subjects apart.
type Count struct {
	ID     string        `yaml:"id" json:"id" pack:"required"` // the name in expressions
	Name   gov.Text      `yaml:"name" json:"name" pack:"required"`
	Kind   string        `yaml:"kind" json:"kind" pack:"required"`
	When   string        `yaml:"when" json:"when,omitempty"`    // an expression over the fields of the record
	Within register.Span `yaml:"within" json:"within,omitzero"` // counts records of that long back; zero: however old
	Open   bool          `yaml:"open" json:"open,omitempty"`    // counts only records that have effect on the day

	test *guard.Expr
}

// Exemption is a rule by which a subject that the filter keeps is not drawn.
type Exemption struct {
	Reason int      `yaml:"reason" json:"reason" pack:"required"` // of docs/spec/draw.md, section 3
	Name   gov.Text `yaml:"name" json:"name" pack:"required"`
	When   string   `yaml:"when" json:"when" pack:"required"`

	test *guard.Expr
}

// Stratum is what is drawn together at one ratio. A subject is in the first whose
// condition holds; the last has none.
type Stratum struct {
	ID     int      `yaml:"id" json:"id" pack:"required"`
	Name   gov.Text `yaml:"name" json:"name" pack:"required"`
	When   string   `yaml:"when" json:"when,omitempty"`
	PPM    int      `yaml:"ppm" json:"ppm" pack:"required"` // how many of a million are drawn in one plan
	Design Design   `yaml:"design" json:"design" pack:"required"`

	test *guard.Expr
}

// Team says who inspects together.
type Team struct {
	Size   int  `yaml:"size" json:"size" pack:"required"`
	Area   Area `yaml:"area" json:"area" pack:"required"` // where a proposal says nothing else
	Recent int  `yaml:"recent" json:"recent,omitempty"`   // how many visits back a pair of inspector and subject must not meet again
	Load   int  `yaml:"load" json:"load" pack:"required"` // visits an inspector can make within one plan
}

// Due are deadlines in days.
type Due struct {
	Release int `yaml:"release" json:"release" pack:"required"` // of what was hidden, after the last day
	Result  int `yaml:"result" json:"result" pack:"required"`   // after the visit
	Publish int `yaml:"publish" json:"publish" pack:"required"` // after the result
}

// Campaign is the variable that says whether a subject is inspected in full by a
// campaign that runs (全面检查).
const Campaign = "campaign"

// Class is the variable with the class of credit of a subject, "" for none.
const Class = "class"

// Visits is the variable that says how often the subject was visited for the items of a
// proposal within Recent, Cap the one that says how often it may be; 0 for no limit.
const (
	Visits = "item_visits"
	Cap    = "item_times"
)

// Visited is the variable with the number of the plan whose visits the proposal inspects
// again, where the subject's visit of that plan was published; "" else. Everybody can
// tell: the results are public. Again says whether the proposal inspects visits again.
const (
	Visited = "visited"
	Again   = "again"
)

// Department is the department of a unit.
func (r *Rules) Department(unit string) (Department, bool) {
	i := slices.IndexFunc(r.Departments, func(d Department) bool { return d.Unit == unit })
	if i < 0 {
		return Department{}, false
	}
	return r.Departments[i], true
}

// Unit is the unit of a department's number, "" for none.
func (r *Rules) Unit(number uint32) string {
	for _, d := range r.Departments {
		if uint32(d.Number) == number {
			return d.Unit
		}
	}
	return ""
}

// KeepsTest is the condition of Keeps, nil when every subject is there to inspect.
func (r *Rules) KeepsTest() *guard.Expr { return r.keeps }

// BallsOf is the expression of Balls, nil when everybody has one.
func (r *Rules) BallsOf() *guard.Expr { return r.balls }

// Test is the condition on a record, nil when every one counts.
func (c *Count) Test() *guard.Expr { return c.test }

// Test is the condition of the exemption.
func (e *Exemption) Test() *guard.Expr { return e.test }

// Test is the condition of the stratum, nil of the last.
func (s *Stratum) Test() *guard.Expr { return s.test }

// Filter compiles a filter: an expression over the open fields of a subject, since
// everybody must be able to apply it. Mistakes are Invalid and about the field filter.
func (r *Rules) Filter(text string) (*guard.Expr, error) {
	x, wrong := r.open.Compile(text, guard.Bool)
	if wrong == nil {
		return x, nil
	}
	says := wrong.Text
	if wrong.Unknown != "" {
		says = gov.Textf("名录没有公开的字段“%s”", "the register has no open field %q", wrong.Unknown)
	}
	return nil, (&gov.Error{Code: gov.Invalid, Text: says}).On("filter")
}

// Fields are the fields of which filters are made.
func (r *Rules) Fields() (list []register.Field) {
	for _, f := range r.subjects.Fields {
		if open(&f) {
			list = append(list, f)
		}
	}
	return list
}

// open reports that a filter may read a field.
func open(f *register.Field) bool {
	return f.Level() == register.OpenPublic && f.Form().Kind() != 0 && f.Type != procedure.PointField
}
