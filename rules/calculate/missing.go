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

// Missing is what a result is open for, what most benefits wait for first.
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
	slices.SortStableFunc(list, func(a, b Missing) int { return len(b.Benefits) - len(a.Benefits) })
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
