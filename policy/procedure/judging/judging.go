// Package judging is how an action of a procedure asks the rule files whether something
// may be granted: which benefit, to whom, by which entry of a register. See
// docs/spec/procedure.md, section 6.11.
//
// The types are decoded from the procedure's file; package policy/effects checks them
// against registers, package policy against the rule files of the pack.
package judging

import "quanxiang/rules/guard"

// Judge lets an action take effect only when a benefit is granted.
type Judge struct {
	Applicant string    `yaml:"applicant" pack:"required"` // kind of applicant of the rule files
	Subject   string    `yaml:"subject" pack:"required"`   // the field with the applicant's unified social credit code
	Register  string    `yaml:"register"`                  // of which register only one entry counts,
	Entry     string    `yaml:"entry"`                     // the field with its key
	Field     string    `yaml:"field" pack:"required"`     // the field that conditions not met are told at
	Benefits  []Benefit `yaml:"benefits" pack:"required"`  // the first whose condition holds is judged
}

// Benefit is a benefit of the rule files.
type Benefit struct {
	Of   string `yaml:"of" pack:"required"` // as rule files name it, with its document: 17号.基地认定
	When string `yaml:"when"`               // an expression over the fields; "" always

	test *guard.Expr
}

// Take makes it ready: the compiled conditions, nil without one.
func (j *Judge) Take(tests []*guard.Expr) {
	for i := range j.Benefits {
		j.Benefits[i].test = tests[i]
	}
}

// Question is what is asked of the rule files.
type Question struct {
	Benefit   string
	Applicant string
	Subject   string
	Register  string // "" for all that is known
	Entry     string
	Field     string
}

// Ask works out the question over the fields of a case; ok is false where no benefit is
// judged.
func (j *Judge) Ask(value func(field string) any) (q Question, ok bool, err error) {
	text := func(field string) string {
		if field == "" {
			return ""
		}
		s, _ := value(field).(string)
		return s
	}
	for i := range j.Benefits {
		if x := j.Benefits[i].test; x != nil {
			if yes, err := x.Holds(value); err != nil {
				return q, false, err
			} else if !yes {
				continue
			}
		}
		return Question{Benefit: j.Benefits[i].Of, Applicant: j.Applicant, Subject: text(j.Subject), Register: j.Register, Entry: text(j.Entry), Field: j.Field}, true, nil
	}
	return q, false, nil
}
