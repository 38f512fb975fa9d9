package policy

import (
	"errors"
	"path"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/policy/supply"
	"quanxiang/rules/check"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// parseProgrammes reads the rule files of support programmes
// (docs/spec/rules.md).
func (l *loader) parseProgrammes() {
	for _, f := range l.files {
		if ok, _ := path.Match("programmes/*.rule", f.Path); !ok {
			continue
		}
		l.read[f.Path] = true
		l.programmes = append(l.programmes, syntax.Parse(f.Path, f.Content, &l.problems))
	}
}

// checkProgrammes compares the heads of rule files with what the pack says of
// their documents.
func (c *checker) checkProgrammes() {
	heads := map[string]*syntax.Document{}
	for _, f := range c.programmes {
		if f.Document != nil {
			c.checkProgramme(f.Document, heads)
		}
	}
	for _, f := range c.programmes {
		if name := f.Continues; name.Text != "" && heads[name.Text] == nil {
			c.problems.Add(name.Pos, "没有规则文件叫“%s”", "no rule file is called %q", name.Text)
		}
	}
	if len(c.problems) > 0 || len(c.programmes) == 0 {
		return // what is wrong already would be told again in other words
	}
	rules, warnings, err := check.Compile(c.programmes, check.When{})
	if list, ok := errors.AsType[Problems](err); ok {
		c.problems = append(c.problems, list...)
	}
	c.warnings = append(c.warnings, warnings...)
	c.rules = rules
}

// checkSupply compiles what registers know of the facts of rule files.
func (c *checker) checkSupply() {
	if c.supply.value == nil || len(c.problems) > 0 {
		return // what it refers to is not ready
	}
	names := supply.Names{Registers: map[string]*register.Register{}, Rules: c.rules}
	for _, r := range c.registers {
		names.Registers[r.value.ID] = r.value
	}
	c.problems = append(c.problems, supply.Compile(c.supply.value, c.supply.at, names)...)
}

// checkJudges looks up what procedures ask the rule files.
func (c *checker) checkJudges() {
	if len(c.problems) > 0 {
		return
	}
	for _, e := range c.procedures {
		for i := range e.value.Actions {
			j := e.value.Actions[i].Judge
			if j == nil {
				continue
			}
			at := e.at.Field("actions").Item(i).Field("judge")
			if c.rules == nil || c.rules.Input(j.Applicant) == ir.None {
				c.problems.Add(at.Field("applicant").Pos(), "规则文件没有申报者“%s”", "rule files have no applicant %q", j.Applicant)
				continue
			}
			for k, b := range j.Benefits {
				doc, name, _ := strings.Cut(b.Of, ".")
				if n := c.rules.Benefit(doc, name); n == ir.None || c.rules.Benefits[n].Input != c.rules.Input(j.Applicant) {
					c.problems.Add(at.Field("benefits").Item(k).Field("of").Pos(), "规则文件没有“%s”", "rule files have no %q", b.Of)
				}
			}
		}
	}
}

// sources are the compiled sources of facts.
func (l *loader) sources() []supply.Source {
	if l.supply.value == nil {
		return nil
	}
	return l.supply.value.Sources
}

// checkProgramme checks the head of one rule file and adds it to those before.
func (c *checker) checkProgramme(d *syntax.Document, heads map[string]*syntax.Document) {
	if other := heads[d.Short.Text]; other != nil {
		c.problems.Add(d.Pos, "“%s”已有规则文件（%s）", "%q has a rule file already (%s)", d.Short.Text, other.Pos)
		return
	}
	heads[d.Short.Text] = d
	i, ok := c.docAt[d.Number]
	if !ok {
		c.problems.Add(d.Pos, "没有文件“%s”", "there is no document %q", d.Number)
		return
	}
	known := c.documents[i].value
	c.sameDay(d, d.Force, known.Effective, "施行", "in force")
	c.sameDay(d, d.Until, known.ValidUntil, "有效至", "valid until")
}

// sameDay reports a day that a rule file and the list of documents give
// differently.
func (c *checker) sameDay(d *syntax.Document, rule, list gov.Date, zh, en string) {
	if rule != list {
		c.problems.Add(d.Pos, "“%[3]s”%[1]s %[4]s，文件清单里是 %[5]s", "%[3]s: %[2]s %[4]s, the list of documents says %[5]s",
			zh, en, d.Number, day(rule), day(list))
	}
}

// day is a date, or that there is none.
func day(d gov.Date) string {
	if d.IsZero() {
		return "—"
	}
	return d.String()
}
