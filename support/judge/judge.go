// Package judge asks the rule files of a pack what an applicant may have by what the
// registers know of it: each condition with its clause, met or not or not known, and
// what money depends on it.
package judge

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure/judging"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/support/prefill"
)

// Judge asks the rule files.
type Judge struct {
	Prefill *prefill.Prefill
	Pack    func() *policy.Pack

	mu      sync.Mutex
	program *ir.Program
	machine *eval.Machine
}

var _ docket.Judge = (*Judge)(nil)

// Met says how a condition stands.
type Met string

// The three.
const (
	Yes  Met = "met"
	No   Met = "unmet"
	Open Met = "open" // a fact is not known
)

// Condition is a condition of a benefit.
type Condition struct {
	Clauses []ir.Clause
	Text    string // as the rule file has it, in Chinese
	Met     Met
	Gate    bool // of money: it decides whether there is any
}

// Benefit is a benefit with its conditions.
type Benefit struct {
	Info       *ir.BenefitInfo
	Conditions []Condition
	Low, High  int64    // fen; of a title 0 or 1
	Needs      []string // facts that it is open for
}

// Granted reports that nothing is wanting.
func (b *Benefit) Granted() bool { return b.Low > 0 }

// Sheet is what rule files say of an applicant.
type Sheet struct {
	Year     int
	Facts    []prefill.Fact
	Benefits []Benefit // of the kind of applicant and the documents asked for
}

// Of is what the benefits of a document come to for a subject by what registers know,
// in the year of a day or the last in which the document is in force. With a register,
// only one entry of it counts.
func (j *Judge) Of(ctx context.Context, applicant, doc, subject, register, key string, day gov.Date) (out Sheet, err error) {
	p := j.Pack().Rules
	if p == nil || p.Input(applicant) == ir.None {
		return out, gov.Errorf(gov.NotFound, "没有规则文件", "there are no rule files")
	}
	out.Year = yearOf(p, doc, day)
	if register == "" {
		out.Facts, err = j.Prefill.Facts(ctx, subject, out.Year)
	} else {
		out.Facts, err = j.Prefill.About(ctx, subject, out.Year, register, key)
	}
	if err != nil {
		return out, err
	}
	statement, err := json.Marshal(map[string]any{"applicant": applicant, "year": out.Year, "facts": prefill.JSON(out.Facts, applicant)})
	if err != nil {
		return out, err
	}
	given, err := facts.ReadFor(p, statement, facts.Options{Docs: []string{doc}})
	if err != nil {
		return out, fmt.Errorf("facts of %s: %w", subject, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.program != p {
		j.program, j.machine = p, eval.New(p)
		j.machine.Thorough()
	}
	for _, o := range j.machine.Run(given, true).Outcomes {
		info := &p.Benefits[o.Benefit]
		if !o.Applies || info.Doc != doc {
			continue
		}
		b := Benefit{Info: info, Low: o.Final.Low, High: o.Final.High}
		for _, r := range o.Records {
			if c, ok := j.condition(p, r); ok {
				b.Conditions = append(b.Conditions, c)
			}
		}
		if b.Low != b.High {
			for _, f := range j.machine.Needs(o.Benefit) {
				b.Needs = append(b.Needs, p.Fields[f].Name)
			}
		}
		out.Benefits = append(out.Benefits, b)
	}
	return out, nil
}

// yearOf is the year that is judged: that of the day, within the validity of a document.
func yearOf(p *ir.Program, doc string, day gov.Date) int {
	year := day.Year
	for _, d := range p.Docs {
		if d.Short != doc {
			continue
		}
		year = max(year, d.Force.Year)
		if !d.Until.IsZero() {
			year = min(year, d.Until.Year)
		}
	}
	return year
}

// condition reads a record of a run; ok is false for what is no condition of all.
func (j *Judge) condition(p *ir.Program, r eval.Record) (c Condition, ok bool) {
	s := &p.Steps[r.Step]
	if r.Entry >= 0 || s.Kind != ir.Condition && s.Kind != ir.Gate && s.Kind != ir.When {
		return c, false
	}
	c = Condition{Clauses: s.Clauses, Text: j.text(s.Pos), Met: Open, Gate: s.Kind == ir.Gate}
	switch {
	case r.By.Low >= 1:
		c.Met = Yes
	case r.By.High == 0:
		c.Met = No
	}
	return c, true
}

// text is a condition as its rule file has it, without the words around it.
func (j *Judge) text(at gov.Pos) string {
	for _, f := range j.Pack().Files {
		if f.Path != at.File {
			continue
		}
		lines := strings.SplitN(string(f.Content), "\n", at.Line+1)
		if at.Line < 1 || at.Line > len(lines) {
			return ""
		}
		line := strings.TrimSpace(lines[at.Line-1])
		for _, word := range []string{"条件", "门槛"} {
			line = strings.TrimSpace(strings.TrimPrefix(line, word))
		}
		if strings.HasPrefix(line, "授予") {
			_, line, _ = strings.Cut(line, "当")
		}
		line, _, _ = strings.Cut(line, "@")
		line, _, _ = strings.Cut(line, "，解读")
		line, _, _ = strings.Cut(line, " “") // what the calculator calls it
		return strings.TrimSpace(line)
	}
	return ""
}

// Unmet implements docket.Judge.
func (j *Judge) Unmet(ctx context.Context, q judging.Question, day gov.Date) (list []gov.Text, err error) {
	p := j.Pack().Rules
	doc, name, _ := strings.Cut(q.Benefit, ".")
	sheet, err := j.Of(ctx, q.Applicant, doc, q.Subject, q.Register, q.Entry, day)
	if err != nil {
		return nil, err
	}
	for i := range sheet.Benefits {
		b := &sheet.Benefits[i]
		if b.Info.Name != name || b.Granted() {
			continue
		}
		for _, c := range b.Conditions {
			if c.Met == Yes {
				continue
			}
			list = append(list, c.words(number(p, doc)))
		}
		if len(list) == 0 { // conditions hold, and still there is nothing
			list = append(list, gov.Textf("按规则文件不能授予“%s”", "the rule file does not grant %q", b.Info.Grant))
		}
	}
	return list, nil
}

func number(p *ir.Program, doc string) string {
	for _, d := range p.Docs {
		if d.Short == doc {
			return d.Number
		}
	}
	return doc
}

// words tells a condition that is wanting.
func (c *Condition) words(doc string) gov.Text {
	cite := func(l gov.Lang) string {
		var list []string
		for _, k := range c.Clauses {
			list = append(list, explain.Citation(k.Path, l))
		}
		return doc + " " + strings.Join(list, gov.Text{ZH: "、", EN: ", "}.In(l))
	}
	if c.Met == Open {
		return gov.Textf("%[1]s：还不知道是否符合“%[3]s”", "%[2]s: not known whether %[3]q", cite(gov.ZH), cite(gov.EN), c.Text)
	}
	return gov.Textf("%[1]s：不符合“%[3]s”", "%[2]s: not met: %[3]q", cite(gov.ZH), cite(gov.EN), c.Text)
}
