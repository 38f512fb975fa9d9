package programmes

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/calculate"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/web/ui"
)

const (
	atOnce     = 8  // facts asked for in one step
	maxEntries = 20 // of a list; more are for the command line and the API
)

// countPrefix names the input that says how many entries a list has.
const countPrefix = "n."

// asker turns what was entered into a statement and back into a form. Inputs are
// named by the paths of the statement, so that its mistakes are told at the input.
type asker struct {
	rules *ir.Program
	input int32
	year  int
	q     url.Values
}

// factPath is the name of a fact's input, years back from the year applied for.
func (a *asker) factPath(f *ir.FieldInfo, back int) string {
	if !f.Yearly {
		return "facts." + f.Name
	}
	return fmt.Sprintf("facts.%s.%d", f.Name, a.year-back)
}

func entryPath(list string, k int, field string) string {
	return fmt.Sprintf("facts.%s[%d].%s", list, k, field)
}

// years is how many years a fact is asked for.
func years(f *ir.FieldInfo) int {
	if f.Yearly {
		return 3
	}
	return 1
}

// value is what was entered as a statement has it.
func value(f *ir.FieldInfo, s string) any {
	switch f.Type {
	case ir.Bool:
		switch s {
		case "yes":
			return true
		case "no":
			return false
		}
	case ir.Ratio:
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return s + "%"
		}
	}
	return s
}

// statement is everything entered, in the form of facts.Read.
func (a *asker) statement() ([]byte, error) {
	all := map[string]any{}
	for i := range a.rules.Fields {
		f := &a.rules.Fields[i]
		if f.Input != a.input || f.Column != ir.None {
			continue
		}
		if f.Type == ir.List {
			n, known, err := a.entries(f)
			if err != nil {
				return nil, err
			}
			if !known {
				continue
			}
			rows := make([]map[string]any, n)
			for k := range rows {
				rows[k] = map[string]any{}
				for _, c := range a.rules.Lists[f.List].Fields {
					d := &a.rules.Fields[c]
					if s := strings.TrimSpace(a.q.Get(entryPath(f.Name, k, d.Name))); s != "" {
						rows[k][d.Name] = value(d, s)
					}
				}
			}
			all[f.Name] = rows
			continue
		}
		byYear := map[string]any{}
		for back := range years(f) {
			s := strings.TrimSpace(a.q.Get(a.factPath(f, back)))
			if s == "" {
				continue
			}
			if !f.Yearly {
				all[f.Name] = value(f, s)
				continue
			}
			byYear[strconv.Itoa(a.year-back)] = value(f, s)
		}
		if len(byYear) > 0 {
			all[f.Name] = byYear
		}
	}
	return json.Marshal(map[string]any{"applicant": a.rules.Inputs[a.input], "year": a.year, "facts": all})
}

// entries is how many entries of a list were announced.
func (a *asker) entries(f *ir.FieldInfo) (n int, known bool, err error) {
	s := strings.TrimSpace(a.q.Get(countPrefix + f.Name))
	if s == "" {
		return 0, false, nil
	}
	n, convErr := strconv.Atoi(s)
	if convErr != nil || n < 0 || n > maxEntries {
		return 0, false, gov.Errorf(gov.Invalid, "“%[1]s”填 0 至 %[2]d 的项数", "Of %[1]s enter how many there are, 0 to %[2]d", f.Name, maxEntries).On(countPrefix + f.Name)
	}
	return n, true, nil
}

// given reports whether something was entered of a fact.
func (a *asker) given(f *ir.FieldInfo) bool {
	if f.Type == ir.List {
		return a.q.Get(countPrefix+f.Name) != ""
	}
	for back := range years(f) {
		if a.q.Get(a.factPath(f, back)) != "" {
			return true
		}
	}
	return false
}

// backs are the years back from the year applied for in which the benefits asked
// for read a fact.
func (a *asker) backs(field int32, without []bool) (list []int) {
	for b := range a.rules.Benefits {
		if without[b] {
			continue
		}
		for _, n := range a.rules.Nodes[a.rules.Benefits[b].From:a.rules.Benefits[b].To] {
			if n.Op == ir.Field && int32(n.K) == field && !slices.Contains(list, int(n.B)) {
				list = append(list, int(n.B))
			}
		}
	}
	slices.Sort(list)
	return list
}

// fields asks for the facts that decide most, then shows those that were entered.
// left is how many more there are to ask.
func (a *asker) fields(m *ui.Messages, missing []calculate.Missing, without []bool) (list []ui.Field, left int) {
	var asked, shown []int32
	for _, x := range missing {
		name, _, _ := strings.Cut(x.Fact, ".")
		if i := a.rules.FieldOf(a.input, "", name); !slices.Contains(asked, i) {
			asked = append(asked, i)
		}
	}
	left = max(0, len(asked)-atOnce)
	asked = asked[:len(asked)-left]
	for i := range a.rules.Fields {
		if f := &a.rules.Fields[i]; f.Input == a.input && f.Column == ir.None && a.given(f) && !slices.Contains(asked, int32(i)) {
			shown = append(shown, int32(i))
		}
	}
	for _, i := range asked {
		list = append(list, a.inputs(m, i, without)...)
	}
	if len(shown) > 0 && len(asked) > 0 {
		list = append(list, ui.Field{Kind: "fixed", Label: m.T("programmes.given")})
	}
	for _, i := range shown {
		list = append(list, a.inputs(m, i, without)...)
	}
	return list, left
}

// inputs are those of one fact: several for a yearly one or a list.
func (a *asker) inputs(m *ui.Messages, i int32, without []bool) (list []ui.Field) {
	f := &a.rules.Fields[i]
	if f.Type == ir.List {
		x := ui.Field{Name: countPrefix + f.Name, Kind: "number", Label: m.T("programmes.how_many", "list", f.Name), Hint: m.T("programmes.how_many_hint", "hint", hint(m, f)), Value: a.q.Get(countPrefix + f.Name)}
		list = append(list, x)
		n, _, err := a.entries(f)
		if err != nil {
			n = 0 // the mistake is told at the number
		}
		for k := range n {
			for _, c := range a.rules.Lists[f.List].Fields {
				d := &a.rules.Fields[c]
				list = append(list, a.one(m, d, entryPath(f.Name, k, d.Name), fmt.Sprintf("%s %d · %s", f.Name, k+1, d.Name)))
			}
		}
		return list
	}
	if !f.Yearly {
		return []ui.Field{a.one(m, f, a.factPath(f, 0), f.Name)}
	}
	for _, back := range a.backs(i, without) {
		list = append(list, a.one(m, f, a.factPath(f, back), m.T("programmes.of_year", "fact", f.Name, "year", strconv.Itoa(a.year-back))))
	}
	return list
}

// one is one input.
func (a *asker) one(m *ui.Messages, f *ir.FieldInfo, name, label string) ui.Field {
	x := ui.Field{Name: name, Kind: "text", Label: label, Hint: hint(m, f), Value: a.q.Get(name)}
	unknown := ui.Option{Label: m.T("programmes.unknown")}
	switch f.Type {
	case ir.Bool:
		x.Kind, x.Options = "select", []ui.Option{unknown, {Value: "yes", Label: m.T("programmes.yes")}, {Value: "no", Label: m.T("programmes.no")}}
	case ir.Choice:
		x.Kind, x.Options = "select", []ui.Option{unknown}
		for _, c := range f.Choices {
			x.Options = append(x.Options, ui.Option{Value: c, Label: c, Group: f.Name})
		}
	case ir.Date:
		x.Kind = "date"
	case ir.Count:
		x.Suffix = f.Unit
	case ir.Ratio:
		x.Suffix = "%"
		x.Value = strings.TrimSuffix(x.Value, "%")
	}
	return x
}

// hint says how a fact is written, what proves it and who supplies it.
func hint(m *ui.Messages, f *ir.FieldInfo) string {
	var list []string
	if f.Type == ir.Money {
		list = append(list, m.T("programmes.money"))
	}
	if f.By != "" {
		list = append(list, m.T("programmes.by", "office", f.By))
	}
	if f.Evidence != "" {
		list = append(list, m.T("programmes.evidence", "evidence", f.Evidence))
	}
	return strings.Join(list, m.T("programmes.join"))
}

// read computes what was entered.
func (p *Programmes) read(a *asker, docs []string, without []bool) (calculate.Result, error) {
	data, err := a.statement()
	if err != nil {
		return calculate.Result{}, err
	}
	f, err := facts.ReadFor(a.rules, data, facts.Options{Docs: docs})
	if err != nil {
		return calculate.Result{}, err
	}
	f.Without = without
	return p.rules.Facts(f, true), nil
}
