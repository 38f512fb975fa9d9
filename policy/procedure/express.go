package procedure

import (
	"regexp"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy/codes"
	"quanxiang/policy/express"
	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// variables lists what expressions of a procedure may read. Without time those
// are left out whose value changes while nothing happens.
func (c *compiler) variables(timeless bool) []guard.Var {
	vars := []guard.Var{{Name: "state", Kind: guard.Text}, {Name: "since", Kind: guard.Instant}}
	if !timeless {
		vars = append(vars, guard.Var{Name: "today", Kind: guard.Date}, guard.Var{Name: "now", Kind: guard.Instant},
			guard.Var{Name: "each", Kind: guard.Text}, guard.Var{Name: "nth", Kind: guard.Int}) // the unit a sub-case is opened for
	}
	for _, f := range c.Fields {
		if f.Kind() != 0 {
			vars = append(vars, guard.Var{Name: f.ID, Kind: f.Kind()})
		}
		vars = append(vars, guard.Var{Name: "given." + f.ID, Kind: guard.Bool})
		if f.Type == AreaField {
			vars = append(vars, guard.Var{Name: "serving." + f.ID, Kind: guard.Text}, guard.Var{Name: "area." + f.ID + ".name", Kind: guard.Text})
			for _, level := range c.names.Levels { // the area of the level it is or lies in
				vars = append(vars, guard.Var{Name: "area." + f.ID + "." + level, Kind: guard.Text})
			}
		}
		if f.Type == ChecklistField {
			vars = append(vars, f.answers()...)
		}
		if f.list != nil {
			vars = append(vars, ofEntry("entry."+f.ID+".", f.list)...)
		}
	}
	for _, a := range c.Actions {
		vars = append(vars, guard.Var{Name: "times." + a.ID, Kind: guard.Int})
	}
	for _, k := range c.Clocks {
		name := "clock." + k.ID + "."
		vars = append(vars, guard.Var{Name: name + "running", Kind: guard.Bool}, guard.Var{Name: name + "late", Kind: guard.Bool},
			guard.Var{Name: name + "warned", Kind: guard.Int}, guard.Var{Name: name + "deadline", Kind: guard.Date})
		if !timeless {
			vars = append(vars, guard.Var{Name: name + "used", Kind: guard.Number})
		}
	}
	for _, k := range c.Children {
		name := "children." + k.ID + "."
		vars = append(vars, guard.Var{Name: name + "total", Kind: guard.Int}, guard.Var{Name: name + "open", Kind: guard.Int},
			guard.Var{Name: name + "done", Kind: guard.Int})
	}
	return vars
}

// ofEntry lists what expressions may read of the entry in a field. A limit is
// for clocks.
func ofEntry(prefix string, list *codes.List) []guard.Var {
	vars := []guard.Var{{Name: prefix + "name", Kind: guard.Text}}
	for _, c := range list.Columns {
		switch c.Type {
		case codes.LimitColumn:
		case codes.IntegerColumn:
			vars = append(vars, guard.Var{Name: prefix + c.ID, Kind: guard.Int})
		default:
			vars = append(vars, guard.Var{Name: prefix + c.ID, Kind: guard.Text})
		}
	}
	return vars
}

// compile makes the expressions and letters ready.
func (c *compiler) compile() {
	var err error
	if c.whole, err = guard.NewEnv(c.variables(false)); err == nil {
		c.timeless, err = guard.NewEnv(c.variables(true))
	}
	if err != nil {
		c.add(c.at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
		return
	}
	for i := range c.Fields {
		if f := &c.Fields[i]; f.Value != "" {
			at := c.at.Field("fields").Item(i).Field("value")
			if f.Kind() == 0 {
				c.add(at, "%s 类型的字段不能由公式得出", "a field of type %s cannot be worked out", string(f.Type))
				continue
			}
			f.computed = c.express(c.timeless, at, f.Value, f.Kind())
		}
	}
	for i := range c.Actions {
		c.compileAction(c.at.Field("actions").Item(i), &c.Actions[i])
	}
	for i := range c.Clocks {
		for j := range c.Clocks[i].Limits {
			if l := &c.Clocks[i].Limits[j]; l.When != "" {
				l.test = c.express(c.whole, c.at.Field("clocks").Item(i).Field("limits").Item(j).Field("when"), l.When, guard.Bool)
			}
		}
	}
	for i := range c.Colours {
		if k := &c.Colours[i]; k.When != "" {
			k.test = c.express(c.timeless, c.at.Field("colours").Item(i).Field("when"), k.When, guard.Bool)
		}
	}
	for i := range c.Measures {
		c.compileMeasure(c.at.Field("measures").Item(i), &c.Measures[i])
	}
	if c.Items != nil {
		c.compileItems(c.at.Field("items"), c.Items)
	}
	for i := range c.Letters {
		c.compileLetter(c.at.Field("letters").Item(i), &c.Letters[i])
	}
}

func (c *compiler) compileAction(at source.Node, a *Action) {
	for i := range a.When {
		w := &a.When[i]
		w.test = c.express(c.whole, at.Field("when").Item(i).Field("if"), w.If, guard.Bool)
		w.settled = w.test != nil && !slices.ContainsFunc(w.test.Uses(), func(name string) bool { return c.typedFor(a, fieldOf(name)) })
	}
	if a.Auto != nil && a.Auto.When != "" {
		a.Auto.test = c.express(c.timeless, at.Field("auto").Field("when"), a.Auto.When, guard.Bool)
	}
	c.compileSuggest(at, a)
	for i := range a.Set {
		s, n := &a.Set[i], at.Field("set").Item(i).Field("to")
		f := c.field(s.Field)
		if f.Kind() == 0 || f.Value != "" {
			c.add(n, "字段“%s”不能由动作设定", "an action cannot set the field %q", s.Field)
			continue
		}
		s.value = c.express(c.whole, n, s.To, f.Kind())
	}
}

// typedFor reports that what is typed for an action may change a field: it asks
// for it, or for the point from which it follows.
func (c *compiler) typedFor(a *Action, field string) bool {
	at := c.field(field).At
	return slices.ContainsFunc(a.Asks, func(k Ask) bool { return k.Field == field || at != "" && k.Field == at })
}

// itemVariables is what expressions of Items read: an item of the library.
var itemVariables = []guard.Var{
	{Name: "item.document", Kind: guard.Text}, // number of the document
	{Name: "item.title", Kind: guard.Text},    // of the document
	{Name: "item.address", Kind: guard.Text},  // slug#anchor
	{Name: "item.section", Kind: guard.Text},
	{Name: "item.no", Kind: guard.Text},
	{Name: "item.text", Kind: guard.Text},
	{Name: "item.start", Kind: guard.Date},
	{Name: "item.end", Kind: guard.Date},
	{Name: "item.plan_end", Kind: guard.Date}, // of the document
	{Name: "item.due", Kind: guard.Text},      // as printed
	{Name: "item.lead", Kind: guard.List},     // units that lead, or are responsible where nobody leads
	{Name: "item.support", Kind: guard.List},
	{Name: "item.unresolved", Kind: guard.List}, // names no unit of the pack bears
}

func (c *compiler) compileItems(at source.Node, it *Items) {
	env, err := guard.NewEnv(itemVariables)
	if err != nil {
		c.add(at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
		return
	}
	if it.When != "" {
		it.test = c.express(env, at.Field("when"), it.When, guard.Bool)
	}
	for i := range it.With {
		s, n := &it.With[i], at.Field("with").Item(i)
		if f := c.field(s.Field); f.Kind() == 0 || f.Value != "" {
			c.add(n.Field("field"), "字段“%s”不能由文件条目给出", "an item cannot give the field %q", s.Field)
		} else {
			s.value = c.express(env, n.Field("to"), s.To, f.Kind())
		}
	}
}

// express compiles one expression and reports its mistakes in the file.
func (c *compiler) express(env *guard.Env, at source.Node, text string, want guard.Kind) *guard.Expr {
	return express.Compile(&c.problems, env, at, text, want)
}

// Env is what expressions of the procedure's actions read, and more besides.
func (p *Procedure) Env(levels []string, more ...guard.Var) (*guard.Env, error) {
	return guard.NewEnv(append((&compiler{Procedure: p, names: Names{Levels: levels}}).variables(false), more...))
}

// LetterPart is a stretch of a letter: plain text, or a fact that stands for
// itself.
type LetterPart struct {
	Text  string // plain
	Field string // id of a field
	Fact  string // "number", "today"
	Clock string // id of the clock whose deadline is meant
}

// Parts is the letter taken apart.
func (l *Letter) Parts() []LetterPart { return l.parts }

var placeForm = regexp.MustCompile(`\{[^{}\n]*\}`)

func (c *compiler) compileLetter(at source.Node, l *Letter) {
	rest := l.Body
	for _, span := range placeForm.FindAllString(l.Body, -1) {
		before, after, _ := strings.Cut(rest, span)
		if rest = after; before != "" {
			l.parts = append(l.parts, LetterPart{Text: before})
		}
		name := strings.TrimSpace(span[1 : len(span)-1])
		if clock, ok := strings.CutPrefix(name, "deadline."); ok {
			c.oneOf(at.Field("body"), clock, c.index.clocks, "时钟", "clock")
			l.parts = append(l.parts, LetterPart{Clock: clock})
			continue
		}
		if slices.Contains([]string{"number", "today"}, name) {
			l.parts = append(l.parts, LetterPart{Fact: name})
			continue
		}
		c.oneOf(at.Field("body"), name, c.index.fields, "字段", "field")
		l.parts = append(l.parts, LetterPart{Field: name})
	}
	if rest != "" {
		l.parts = append(l.parts, LetterPart{Text: rest})
	}
}

// Test is the compiled condition.
func (w *Condition) Test() *guard.Expr { return w.test }

// Settled reports that the condition is about the case alone: nothing that is
// typed for its action changes what it reads.
func (w *Condition) Settled() bool { return w.settled }

// Timed reports that a condition of the action may come to hold because time
// passes, while nothing happens.
func (a *Action) Timed() bool {
	return slices.ContainsFunc(a.When, func(w Condition) bool {
		return slices.ContainsFunc(w.test.Uses(), func(name string) bool {
			return name == "now" || name == "today" || strings.HasPrefix(name, "clock.")
		})
	})
}

// FromItem is the field that is filled with one variable of an item, such as
// "item.document", as it is, or else with something made of that variable alone;
// "" when none is.
func (p *Procedure) FromItem(variable string) (field string) {
	if p.Items == nil {
		return ""
	}
	for i := range p.Items.With {
		s := &p.Items.With[i]
		if s.value.Shape().Name == variable {
			return s.Field
		}
		if field == "" && slices.Equal(s.value.Uses(), []string{variable}) {
			field = s.Field
		}
	}
	return field
}

// Test is the compiled condition, nil when every item is taken.
func (it *Items) Test() *guard.Expr { return it.test }

// Test is the compiled condition of an automatic action, nil without When.
func (a *Auto) Test() *guard.Expr { return a.test }

// Expr is the compiled value.
func (s *Set) Expr() *guard.Expr { return s.value }

// Test is the compiled condition, nil when the limit always applies.
func (l *LimitCase) Test() *guard.Expr { return l.test }

// Test is the compiled condition, nil when the colour always applies.
func (k *Colour) Test() *guard.Expr { return k.test }

// Computed is the compiled value of a field that is worked out, else nil.
func (f *Field) Computed() *guard.Expr { return f.computed }

// missingEnglish warns of texts only Chinese readers can read.
func (c *compiler) missingEnglish() {
	c.texts(func(at source.Node, t gov.Text) {
		if t.ZH != "" && t.EN == "" {
			c.warnings.Add(at.Pos(), "缺少英文", "the English text is missing")
		}
	})
}
