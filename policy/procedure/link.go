package procedure

import (
	"slices"
	"strings"

	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// Link checks what procedures say of each other and makes the expressions
// that fill sub-cases ready. files gives the root of each procedure's file.
func Link(all []*Procedure, files []source.Node) (problems, warnings source.Problems) {
	byID := map[string]*Procedure{}
	ids := make([]string, len(all))
	for i, p := range all {
		if _, twice := byID[p.ID]; twice {
			problems.Add(files[i].Field("procedure").Pos(), "程序“%s”重复", "duplicate procedure %q", p.ID)
		}
		byID[p.ID], ids[i] = p, p.ID
	}
	for i, p := range all {
		c := &compiler{Procedure: p, at: files[i]}
		for j, k := range p.Children {
			n := c.at.Field("children").Item(j)
			c.refer(n.Field("procedure"), k.Procedure, ids, "程序", "procedure")
			if i := slices.Index(ids, k.Procedure); len(k.At) > 0 && i >= 0 && all[i].Under == "" {
				c.add(n.Field("at"), "程序“%s”没有 under：没有字段说明它是哪件案件的子案", "the procedure %q has no under: no field says whose sub-case one of its cases is", k.Procedure)
			}
		}
		env, err := guard.NewEnv(c.variables(false))
		if err != nil {
			c.add(c.at, "不能建立表达式的环境：%v", "the expressions have no environment: %v", err)
			continue
		}
		for j := range p.Actions {
			for k := range p.Actions[j].Open {
				c.linkOpen(env, c.at.Field("actions").Item(j).Field("open").Item(k), &p.Actions[j].Open[k], byID)
			}
		}
		c.checkFilled(all)
		c.checkNumbers(all[:i])
		problems, warnings = append(problems, c.problems...), append(warnings, c.warnings...)
	}
	return problems, warnings
}

// checkFilled finds fields nobody ever fills: no action, no series, no parent.
func (c *compiler) checkFilled(all []*Procedure) {
	filled := map[string]bool{}
	for _, a := range c.Actions {
		for _, ask := range a.Asks {
			filled[ask.Field] = true
		}
		for _, s := range a.Set {
			filled[s.Field] = true
		}
	}
	if s := c.Series; s != nil {
		filled[s.Unit], filled[s.Period], filled[s.Due], filled[s.Ends] = true, true, true, true
		for _, w := range s.With {
			filled[w.Field] = true
		}
	}
	if c.Items != nil {
		for _, s := range c.Items.With {
			filled[s.Field] = true
		}
	}
	for _, parent := range all {
		for _, a := range parent.Actions {
			for _, o := range a.Open {
				if kind, ok := parent.Child(o.Child); ok && kind.Procedure == c.Procedure.ID {
					for _, s := range o.With {
						filled[s.Field] = true
					}
				}
			}
		}
	}
	for i, f := range c.Fields {
		if !filled[f.ID] && f.Value == "" && f.ID != DoubtField && f.ID != DoubtWhyField && (f.At == "" || f.Type != AreaField) {
			c.warnings.Add(c.at.Field("fields").Item(i).Pos(), "没有动作也没有上级案件填写字段“%s”", "no action and no parent case fills the field %q", f.ID)
		}
	}
}

// Applies reports that sub-cases are begun over a case whose variables value gives.
func (o *Open) Applies(value func(name string) any) (bool, error) {
	if o.test == nil {
		return true, nil
	}
	return o.test.Holds(value)
}

// Copies reports that the value of another point is given as it is.
func (s *Set) Copies() bool { return s.copy }

// linkOpen checks the fields a sub-case begins with against its procedure.
func (c *compiler) linkOpen(env *guard.Env, at source.Node, o *Open, all map[string]*Procedure) {
	kind, ok := c.Procedure.Child(o.Child)
	child := all[kind.Procedure]
	if !ok || child == nil {
		return // reported
	}
	if child.SystemBegin() == "" {
		c.add(at.Field("child"), "程序“%s”没有由系统开始的动作（at: [new]，没有 by）", "the procedure %q has no action that the system begins a case with (at: [new], no by)", child.ID)
	}
	if o.If != "" {
		o.test = c.express(env, at.Field("if"), o.If, guard.Bool)
	}
	for i := range o.With {
		s, n := &o.With[i], at.Field("with").Item(i)
		f, ok := child.Field(s.Field)
		switch {
		case !ok:
			c.oneOf(n.Field("field"), s.Field, child.index.fields, "子案的字段", "field of the sub-case")
		case f.Type == PointField: // a place is copied as it is
			c.typed(n.Field("to"), s.To, PointField)
			from := c.field(s.To)
			if s.copy = true; from.Sealed && !f.Sealed || from.Open.rank() > f.Open.rank() {
				c.wider(n.Field("to"), *f, from)
			}
		case f.Kind() == 0 || f.Value != "":
			c.add(n.Field("field"), "字段“%s”不能由上级案件给出", "a parent case cannot give the field %q", s.Field)
		default:
			if s.value = c.express(env, n.Field("to"), s.To, f.Kind()); s.value != nil {
				c.checkGiven(n.Field("to"), *f, s.value)
			}
		}
	}
}

// checkGiven reports an expression that copies a field into a sub-case where
// more may read it. The parties of the two cases differ, so levels are all that
// can be compared.
func (c *compiler) checkGiven(at source.Node, to Field, x *guard.Expr) {
	for _, name := range x.Uses() {
		from, ok := c.Procedure.Field(fieldOf(name))
		if ok && (from.Sealed && !to.Sealed || from.Open.rank() > to.Open.rank()) {
			c.wider(at, to, *from)
		}
	}
}

func (c *compiler) wider(at source.Node, to, from Field) {
	c.add(at, "子案的字段“%[1]s”对更多的人公开，却来自字段“%[2]s”", "the field %[1]q of the sub-case is open to more readers than %[2]q, from which it comes", to.ID, from.ID)
}

// checkNumbers finds procedures whose cases could get the same number.
func (c *compiler) checkNumbers(others []*Procedure) {
	for _, o := range others {
		a, b := c.Number.before, o.Number.before
		if len(a) > len(b) {
			a, b = b, a
		}
		if rest, ok := strings.CutPrefix(b, a); ok && a != "" && strings.Trim(rest, "0123456789-") == "" {
			c.add(c.at.Field("number"), "编号可能与程序“%s”的编号相同", "numbers may be the same as those of the procedure %q", o.ID)
		}
	}
}
