package facts

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// contradiction is facts that fail a check.
type contradiction struct {
	check *ir.Check
	entry int32 // of the check's list, −1 for the applicant
	at    ir.Read
	text  gov.Text // the facts, what is wrong with them, and where the rule files say so
}

// contradictions tells which checks of the program facts fail.
func contradictions(p *ir.Program, f *eval.Facts) (list []contradiction) {
	for _, x := range eval.Verify(p, f) {
		k := &p.Checks.All[x.Check]
		c := contradiction{check: k, entry: x.Entry, at: k.Reads[0]}
		if i := slices.IndexFunc(k.Reads, func(r ir.Read) bool { return p.Fields[r.Field].Column != ir.None || f.Told(r.Field, r.Back) }); i >= 0 {
			c.at = k.Reads[i]
		}
		var zh, en []string
		for _, r := range k.Reads {
			d := &p.Fields[r.Field]
			name := gov.Text{ZH: d.Name, EN: d.Name}
			if d.Yearly {
				name = gov.Textf("%[1]s（%[2]d 年）", "%[1]s (%[2]d)", d.Name, f.Year-int(r.Back))
			}
			zh, en = append(zh, name.ZH), append(en, name.EN)
		}
		what := gov.Textf("%[1]s不符", "the facts do not agree: %[2]s", strings.Join(zh, "、"), strings.Join(en, ", "))
		if x.Same >= 0 {
			what = gov.Textf("%[1]s第 %[2]d 项与第 %[3]d 项的%[4]s相同", "entries %[3]d and %[2]d of %[1]s are the same in %[5]s",
				p.Fields[p.Lists[k.List].Field].Name, x.Entry+1, x.Same+1, strings.Join(zh, "、"), strings.Join(en, ", "))
		}
		c.text = gov.Textf("%[1]s：%[3]s（%[4]s:%[5]d）", "%[2]s: %[3]s (%[4]s:%[5]d)", what.ZH, what.EN, k.Text, k.Pos.File, k.Pos.Line)
		list = append(list, c)
	}
	return list
}

// pathOf is where the statement has the first of the facts.
func (r *reader) pathOf(c *contradiction) string {
	d := &r.p.Fields[c.at.Field]
	switch {
	case d.Column != ir.None:
		return fmt.Sprintf("facts.%s[%d].%s", r.p.Fields[r.p.Lists[d.List].Field].Name, c.entry, d.Name)
	case r.by[c.at.Field]:
		return fmt.Sprintf("facts.%s.%d", d.Name, r.f.Year-int(c.at.Back))
	}
	return "facts." + d.Name
}

// verified holds that the facts of an example contradict each other as it says they
// do, and not otherwise.
func (x *Examples) verified(e *syntax.Example, f *eval.Facts) {
	found := contradictions(x.Program, f)
	for _, c := range found {
		if !slices.ContainsFunc(e.Refuse, func(n syntax.Name) bool { return n.Text == c.check.Text }) {
			x.list = append(x.list, (&gov.Error{Code: gov.Invalid, Text: c.text}).At(e.Pos))
		}
	}
	for _, n := range e.Refuse {
		if !slices.ContainsFunc(found, func(c contradiction) bool { return c.check.Text == n.Text }) {
			x.list.Add(n.Pos, "例里的事实没有这样的矛盾：“%s”", "the facts of the example do not contradict each other like this: %q", n.Text)
		}
	}
}
