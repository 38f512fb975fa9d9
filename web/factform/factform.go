// Package factform turns what is entered about facts of support programmes into a
// statement and back into inputs: the calculator and applications ask by it.
package factform

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/calculate"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/web/ui"
)

const (
	AtOnce     = 8  // facts asked for in one step
	MaxEntries = 20 // of a list; more are for the command line and the API
)

// CountPrefix names the input that says how many entries a list has.
const CountPrefix = "n."

// Asker turns what was entered into a statement and back into a form. Inputs are
// named by the paths of the statement, so that its mistakes are told at the input.
type Asker struct {
	Own   bool // an applicant states it: what an office sets is not asked
	Rules *ir.Program
	Input int32
	Year  int
	Q     url.Values
}

// factPath is the name of a fact's input, years back from the year applied for.
func (a *Asker) factPath(f *ir.FieldInfo, back int) string {
	if !f.Yearly {
		return "facts." + f.Name
	}
	return fmt.Sprintf("facts.%s.%d", f.Name, a.Year-back)
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

// value is what was entered as a statement has it. Amounts are typed as people do; what
// is none stays as it is, and the reader of facts tells so.
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
	case ir.Money:
		v, err := money.Typed(s, money.Yuan)
		if err == nil {
			return v.Short()
		}
		if _, strict := money.Typed(s, 0); strict.Text != err.Text { // a bare number, refused as yuan
			return s + "元"
		}
	}
	return s
}

// Unknown tells of inputs that name no fact of the applicant, as in an address
// somebody wrote by hand: what they say would be missing without a word.
func (a *Asker) Unknown() error {
	var list problems.List
	var names []string
	for i := range a.Rules.Fields {
		if f := &a.Rules.Fields[i]; f.Input == a.Input && f.Column == ir.None {
			names = append(names, f.Name)
		}
	}
	for _, input := range slices.Sorted(maps.Keys(a.Q)) {
		name, ok := strings.CutPrefix(input, "facts.")
		if !ok {
			name, ok = strings.CutPrefix(input, CountPrefix)
		}
		if name, _, _ = strings.Cut(name, "."); ok {
			name, _, _ = strings.Cut(name, "[")
			if !slices.Contains(names, name) {
				e := gov.Errorf(gov.Invalid, "没有“%s”这个事实", "there is no fact %q", name).On(input)
				if guess := problems.Suggest(name, names); guess != "" {
					e = gov.Errorf(gov.Invalid, "没有“%s”这个事实（是不是“%s”？）", "there is no fact %q (did you mean %q?)", name, guess).On(input)
				}
				list = append(list, e)
			}
		}
	}
	return list.Err()
}

// Statement is everything entered, in the form of facts.Read.
func (a *Asker) Statement() ([]byte, error) {
	all := map[string]any{}
	for i := range a.Rules.Fields {
		f := &a.Rules.Fields[i]
		if f.Input != a.Input || f.Column != ir.None {
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
				for _, c := range a.Rules.Lists[f.List].Fields {
					d := &a.Rules.Fields[c]
					if s := strings.TrimSpace(a.Q.Get(entryPath(f.Name, k, d.Name))); s != "" {
						rows[k][d.Name] = value(d, s)
					}
				}
			}
			all[f.Name] = rows
			continue
		}
		byYear := map[string]any{}
		for back := range years(f) {
			s := strings.TrimSpace(a.Q.Get(a.factPath(f, back)))
			if s == "" {
				continue
			}
			if !f.Yearly {
				all[f.Name] = value(f, s)
				continue
			}
			byYear[strconv.Itoa(a.Year-back)] = value(f, s)
		}
		if len(byYear) > 0 {
			all[f.Name] = byYear
		}
	}
	return json.Marshal(map[string]any{"applicant": a.Rules.Inputs[a.Input], "year": a.Year, "facts": all})
}

// entries is how many entries of a list were announced.
func (a *Asker) entries(f *ir.FieldInfo) (n int, known bool, err error) {
	s := strings.TrimSpace(a.Q.Get(CountPrefix + f.Name))
	if s == "" {
		return 0, false, nil
	}
	n, convErr := strconv.Atoi(s)
	if convErr != nil || n < 0 || n > MaxEntries {
		return 0, false, gov.Errorf(gov.Invalid, "“%[1]s”填 0 至 %[2]d 的项数", "Of %[1]s enter how many there are, 0 to %[2]d", f.Name, MaxEntries).On(CountPrefix + f.Name)
	}
	return n, true, nil
}

// Given reports whether something was entered of a fact.
func (a *Asker) Given(f *ir.FieldInfo) bool {
	if f.Type == ir.List {
		return a.Q.Get(CountPrefix+f.Name) != ""
	}
	for back := range years(f) {
		if a.Q.Get(a.factPath(f, back)) != "" {
			return true
		}
	}
	return false
}

// backs are the years back from the year applied for in which the benefits asked
// for read a fact.
func (a *Asker) backs(field int32, without []bool) (list []int) {
	for b := range a.Rules.Benefits {
		if without[b] {
			continue
		}
		for _, n := range a.Rules.Nodes[a.Rules.Benefits[b].From:a.Rules.Benefits[b].To] {
			if n.Op == ir.Field && int32(n.K) == field && !slices.Contains(list, int(n.B)) {
				list = append(list, int(n.B))
			}
		}
	}
	slices.Sort(list)
	return list
}

// Fields asks for the facts that decide most, then shows those that were entered.
// left is how many more there are to ask.
func (a *Asker) Fields(m *ui.Messages, missing []calculate.Missing, without []bool) (list []ui.Field, left int) {
	var asked, shown []int32
	for _, x := range missing {
		name, _, _ := strings.Cut(x.Fact, ".")
		if i := a.Rules.FieldOf(a.Input, "", name); !slices.Contains(asked, i) {
			asked = append(asked, i)
		}
	}
	left = max(0, len(asked)-AtOnce)
	asked = asked[:len(asked)-left]
	for i := range a.Rules.Fields {
		if f := &a.Rules.Fields[i]; f.Input == a.Input && f.Column == ir.None && a.Given(f) && !slices.Contains(asked, int32(i)) {
			shown = append(shown, int32(i))
		}
	}
	for _, i := range asked {
		list = append(list, a.Inputs(m, i, without)...)
	}
	if len(shown) > 0 && len(asked) > 0 {
		list = append(list, ui.Field{Kind: "fixed", Label: m.T("programmes.given")})
	}
	for _, i := range shown {
		list = append(list, a.Inputs(m, i, without)...)
	}
	return list, left
}

// Inputs are those of one fact: several for a yearly one or a list.
func (a *Asker) Inputs(m *ui.Messages, i int32, without []bool) (list []ui.Field) {
	f := &a.Rules.Fields[i]
	if f.Type == ir.List {
		x := ui.Field{Name: CountPrefix + f.Name, Kind: "number", Label: m.T("programmes.how_many", "list", f.Name), Hint: m.T("programmes.how_many_hint", "hint", hint(m, f)), Value: a.Q.Get(CountPrefix + f.Name)}
		list = append(list, x)
		n, _, err := a.entries(f)
		if err != nil {
			n = 0 // the mistake is told at the number
		}
		for k := range n {
			for _, c := range a.Rules.Lists[f.List].Fields {
				d := &a.Rules.Fields[c]
				if a.Own && d.By != "" {
					continue
				}
				list = append(list, a.one(m, d, entryPath(f.Name, k, d.Name), fmt.Sprintf("%s %d · %s", f.Name, k+1, d.Name)))
			}
		}
		return list
	}
	if !f.Yearly {
		return []ui.Field{a.one(m, f, a.factPath(f, 0), f.Name)}
	}
	for _, back := range a.backs(i, without) {
		list = append(list, a.one(m, f, a.factPath(f, back), m.T("programmes.of_year", "fact", f.Name, "year", strconv.Itoa(a.Year-back))))
	}
	return list
}

// one is one input.
func (a *Asker) one(m *ui.Messages, f *ir.FieldInfo, name, label string) ui.Field {
	x := ui.Field{Name: name, Kind: "text", Label: label, Hint: hint(m, f), Value: a.Q.Get(name)}
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
	case ir.Money:
		x.Kind, x.Suffix = "money", m.T("form.yuan")
		x.Value = strings.TrimSpace(strings.TrimSuffix(x.Value, "元"))
	}
	return x
}

// hint says how a fact is written, what proves it and who supplies it.
func hint(m *ui.Messages, f *ir.FieldInfo) string {
	var list []string
	if f.Type == ir.Money {
		list = append(list, m.T("form.money_hint"))
	}
	if f.By != "" {
		list = append(list, m.T("programmes.by", "office", f.By))
	}
	if f.Evidence != "" {
		list = append(list, m.T("programmes.evidence", "evidence", f.Evidence))
	}
	return strings.Join(list, m.T("programmes.join"))
}

// Read is the statement of one fact as it was entered, nil for nothing. A mistake is
// about the input.
func (a *Asker) Read(field int32) (json.RawMessage, error) {
	one := *a
	one.Q = url.Values{}
	f := &a.Rules.Fields[field]
	for name, v := range a.Q {
		if name == CountPrefix+f.Name || name == "facts."+f.Name || strings.HasPrefix(name, "facts."+f.Name+".") || strings.HasPrefix(name, "facts."+f.Name+"[") {
			one.Q[name] = v
		}
	}
	data, err := one.Statement()
	if err != nil {
		return nil, err
	}
	var whole struct{ Facts map[string]json.RawMessage }
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, err
	}
	return whole.Facts[f.Name], nil
}

// Enter puts a fact of a statement into the inputs.
func (a *Asker) Enter(field int32, v json.RawMessage) {
	f := &a.Rules.Fields[field]
	if len(v) == 0 {
		return
	}
	if f.Type == ir.List {
		var rows []map[string]json.RawMessage
		if json.Unmarshal(v, &rows) != nil {
			return
		}
		a.Q.Set(CountPrefix+f.Name, strconv.Itoa(len(rows)))
		for k, row := range rows {
			for name, v := range row {
				a.Q.Set(entryPath(f.Name, k, name), entered(v))
			}
		}
		return
	}
	var years map[string]json.RawMessage
	if f.Yearly && json.Unmarshal(v, &years) == nil {
		for year, v := range years {
			a.Q.Set("facts."+f.Name+"."+year, entered(v))
		}
		return
	}
	a.Q.Set(a.factPath(f, 0), entered(v))
}

// entered is a value as people enter it.
func entered(v json.RawMessage) string {
	var s string
	switch {
	case string(v) == "true":
		return "yes"
	case string(v) == "false":
		return "no"
	case json.Unmarshal(v, &s) == nil:
		return s
	}
	return string(v)
}

// Words is the value of a fact of a statement as people read it, entry by entry of a
// list.
func Words(m *ui.Messages, p *ir.Program, applicant string, year int, name string, v json.RawMessage) string {
	i := p.FieldOf(p.Input(applicant), "", name)
	if i == ir.None || len(v) == 0 {
		return ""
	}
	a := &Asker{Rules: p, Input: p.Input(applicant), Year: year, Q: url.Values{}}
	a.Enter(i, v)
	f := &p.Fields[i]
	switch {
	case f.Type == ir.List:
		n, _, _ := a.entries(f)
		if n == 0 {
			return m.T("programmes.no_entries")
		}
		var entries []string
		for k := range n {
			var inputs []ui.Field
			for _, c := range p.Lists[f.List].Fields {
				d := &p.Fields[c]
				inputs = append(inputs, a.one(m, d, entryPath(f.Name, k, d.Name), d.Name))
			}
			text := strings.Join(said(m, inputs), m.T("list.separator"))
			if n > 1 {
				text = m.T("programmes.entry", "n", k+1) + text
			}
			entries = append(entries, text)
		}
		return strings.Join(entries, m.T("programmes.join"))
	case f.Yearly:
		var inputs []ui.Field
		for back := range years(f) {
			inputs = append(inputs, a.one(m, f, a.factPath(f, back), strconv.Itoa(year-back)))
		}
		return strings.Join(said(m, inputs), m.T("programmes.join"))
	}
	return strings.Join(said(m, []ui.Field{a.one(m, f, a.factPath(f, 0), "")}), m.T("programmes.join"))
}

// said are inputs in words: their labels with what is entered in them.
func said(m *ui.Messages, inputs []ui.Field) (parts []string) {
	for _, x := range inputs {
		if x.Value == "" {
			continue
		}
		value := x.Value
		if fen, err := money.Typed(value, money.Yuan); x.Kind == "money" && err == nil {
			value = m.Money(int64(fen))
		}
		for _, o := range x.Options {
			if o.Value == x.Value {
				value = o.Label
			}
		}
		if x.Suffix == "%" {
			value += "%"
		}
		if x.Label != "" {
			value = x.Label + m.T("programmes.colon") + value
		}
		parts = append(parts, value)
	}
	return parts
}
