package register

import (
	"strings"

	"quanxiang/rules/guard"
)

// Begin says which case begins when a record comes or a class changes.
type Begin struct {
	On        string      `yaml:"on" json:"on" pack:"required"`               // "record KIND" or "class"
	When      string      `yaml:"when" json:"when,omitempty"`                 // an expression; "" always
	Run       *Run        `yaml:"run" json:"run,omitempty"`                   // of a record: how many like it in a row; nil: one is enough
	Procedure string      `yaml:"procedure" json:"procedure" pack:"required"` // one that the system can begin
	For       string      `yaml:"for" json:"for,omitempty"`                   // a kind of record: a case for each other unit from which one about the entry is in force
	With      []BeginWith `yaml:"with" json:"with" pack:"required"`           // what the case begins with

	test *guard.Expr
}

// Run says that one record is no cause yet: the latest records of the kind about the
// entry, so many of them, all have to meet the condition.
type Run struct {
	Least  int  `yaml:"least" json:"least" pack:"required"`
	Within Span `yaml:"within" json:"within,omitzero"` // from the day of the first of them to that of the last; zero: however far apart
}

// MaxRun bounds a run.
const MaxRun = 20

// BeginWith gives a field of the case the value of an expression.
type BeginWith struct {
	Field string `yaml:"field" json:"field" pack:"required"`
	To    string `yaml:"to" json:"to" pack:"required"`

	expr *guard.Expr
}

// Kind is the kind of record it is about, "" for one about classes.
func (b *Begin) Kind() string {
	kind, ok := strings.CutPrefix(b.On, "record ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(kind)
}

// Take makes it ready: with the compiled condition, nil without one, and the values in
// their order.
func (b *Begin) Take(test *guard.Expr, values []*guard.Expr) {
	b.test = test
	for i := range b.With {
		b.With[i].expr = values[i]
	}
}

// Holds reports that its condition holds; what cannot be evaluated does not.
func (b *Begin) Holds(value func(name string) any) bool {
	if b.test == nil {
		return true
	}
	yes, err := b.test.Holds(value)
	return err == nil && yes
}

// Expr is the compiled value.
func (w *BeginWith) Expr() *guard.Expr { return w.expr }

// BeginsOn lists those about a kind of record, "" for those about classes.
func (r *Register) BeginsOn(kind string) (list []int) {
	for i := range r.Begins {
		if r.Begins[i].Kind() == kind {
			list = append(list, i)
		}
	}
	return list
}
