package calculate

import (
	"slices"
	"strings"

	"quanxiang/rules/ir"
)

// Missing is a fact that some amount is open for, as people are asked for it.
type Missing struct {
	Fact     string   `json:"fact"` // a field of a list is list.field
	Type     string   `json:"type" enum:"money,ratio,count,date,choice,yesno,text,list"`
	Unit     string   `json:"unit,omitempty"` // of a count
	Choices  []string `json:"choices,omitempty"`
	Yearly   bool     `json:"yearly,omitempty"`   // it may be asked of the two years before too
	Evidence string   `json:"evidence,omitempty"` // what proves it
	By       string   `json:"by,omitempty"`       // the office that supplies it, if not the applicant
	Benefits []string `json:"benefits"`           // that wait for it
}

// types are the words of types.
var types = map[ir.Type]string{
	ir.Money: "money", ir.Ratio: "ratio", ir.Count: "count", ir.Date: "date", ir.Choice: "choice", ir.Bool: "yesno", ir.Text: "text", ir.List: "list",
}

// effort is how much it takes to answer a question: a yes or a choice takes a glance, a
// number has to be looked up, one of several years that many times, a list an entry at a time.
func effort(f *ir.FieldInfo) int {
	n := 3
	switch f.Type {
	case ir.Bool, ir.Choice:
		n = 1
	case ir.Date:
		n = 2
	case ir.List:
		n = 4
	}
	if f.Yearly {
		n *= years
	}
	return n
}

// years is how many a yearly fact may be asked of.
const years = 3

// Missing is what a result is open for: first what more benefits wait for by the effort
// it takes to answer, so that a yes or no that may decide goes before figures of three
// years.
func (c *Calculator) Missing(r Result) []Missing {
	list := []Missing{}
	for _, name := range r.Needs {
		f := &c.program.Fields[c.Field(r.Applicant, name)]
		m := Missing{Fact: name, Type: types[f.Type], Unit: f.Unit, Choices: f.Choices, Yearly: f.Yearly, Evidence: f.Evidence, By: f.By}
		for _, b := range r.Benefits {
			if slices.Contains(b.Needs, name) {
				m.Benefits = append(m.Benefits, b.Benefit)
			}
		}
		list = append(list, m)
	}
	takes := func(m Missing) int { return effort(&c.program.Fields[c.Field(r.Applicant, m.Fact)]) }
	slices.SortStableFunc(list, func(a, b Missing) int { return len(b.Benefits)*takes(a) - len(a.Benefits)*takes(b) })
	return list
}

// Field finds a fact by the name that needs have; ir.None if there is none.
func (c *Calculator) Field(applicant, name string) int32 {
	list, field, ok := strings.Cut(name, ".")
	if !ok {
		list, field = "", name
	}
	return c.program.FieldOf(c.program.Input(applicant), list, field)
}
