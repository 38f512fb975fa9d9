// Package calculate answers what one applicant gets under the programmes of a
// pack, in the one form that the command line, the API and the pages tell it:
// each amount is the least and the most that the facts allow, in fen.
package calculate

import (
	"sync"

	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
)

// Amount is from Least to Most, in fen; they are equal when all facts that
// matter are known. Of a title both are 0 or 1.
type Amount struct {
	Least int64 `json:"least"`
	Most  int64 `json:"most"`
}

// Known reports whether the amount is one number.
func (a Amount) Known() bool { return a.Least == a.Most }

// Benefit is what one benefit comes to.
type Benefit struct {
	Benefit string   `json:"benefit"` // document.name, as the rules name it
	Clauses []string `json:"clauses"`
	Title   string   `json:"title,omitempty"` // that it grants; it is no money then
	Amount
	Needs   []string       `json:"needs,omitempty"`   // facts the amount is open for
	Pending []string       `json:"pending,omitempty"` // readings it rests on that nobody has ruled
	Trace   []explain.Step `json:"trace,omitempty"`
}

// Result is what an applicant gets in a year. Without a trace it leaves out
// benefits that come to nothing whatever is missing.
type Result struct {
	Applicant string `json:"applicant"`
	Year      int    `json:"year"`
	Total     Amount `json:"total"`
	// Needs is what is missing for an exact total: the needs of all benefits.
	Needs     []string  `json:"needs,omitempty"`
	Benefits  []Benefit `json:"benefits"`
	Truncated bool      `json:"truncated,omitempty"` // the trace leaves out entries of long lists
}

// Calculator computes a program for several goroutines.
type Calculator struct {
	program  *ir.Program
	machines sync.Pool
}

// New makes a calculator.
func New(p *ir.Program) *Calculator {
	c := &Calculator{program: p}
	c.machines.New = func() any { return eval.New(p) }
	return c
}

// Program is what is computed.
func (c *Calculator) Program() *ir.Program { return c.program }

// JSON reads facts in the form of facts.Read and computes with them. Mistakes
// are problems.List, each with its path.
func (c *Calculator) JSON(data []byte, o facts.Options, trace bool) (Result, error) {
	f, err := facts.ReadFor(c.program, data, o)
	if err != nil {
		return Result{}, err
	}
	return c.Facts(f, trace), nil
}

// Facts computes with facts.
func (c *Calculator) Facts(f *eval.Facts, trace bool) Result {
	m := c.machines.Get().(*eval.Machine)
	defer c.machines.Put(m)
	// Readings are told in any case, and those are of the steps.
	a := explain.Of(c.program, m, m.Run(f, true))
	r := Result{Applicant: c.program.Inputs[f.Input], Year: f.Year, Total: Amount{a.Total.Low, a.Total.High}, Benefits: []Benefit{}, Truncated: trace && a.Truncated}
	seen := map[string]bool{}
	for _, b := range a.Benefits {
		if !trace && b.Amount.High == 0 {
			continue
		}
		out := Benefit{Benefit: b.Benefit, Clauses: []string{}, Title: b.Grant, Amount: Amount{b.Amount.Low, b.Amount.High}, Needs: b.Needs, Pending: b.Pending}
		for _, k := range c.program.Benefits[b.Index].Clauses {
			out.Clauses = append(out.Clauses, k.String())
		}
		if trace {
			out.Trace = b.Steps
		}
		for _, n := range b.Needs {
			if !seen[n] {
				seen[n] = true
				r.Needs = append(r.Needs, n)
			}
		}
		r.Benefits = append(r.Benefits, out)
	}
	return r
}
