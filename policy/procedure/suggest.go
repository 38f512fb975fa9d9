package procedure

import (
	"slices"

	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// The bounds of what makes cases similar, and of what is remembered of them.
const (
	maxWithin = 5000 // metres
	maxDays   = 366
	maxLeast  = 20 // decisions
)

func (c *compiler) resolveSuggest(at source.Node, a *Action) {
	for i, g := range a.Suggest {
		n := at.Field("suggest").Item(i).Field("field")
		if c.oneOf(n, g.Field, c.index.fields, "字段", "field"); c.field(g.Field).ID == "" {
			continue
		}
		if !slices.ContainsFunc(a.Asks, func(k Ask) bool { return k.Field == g.Field }) {
			c.add(n, "动作不填写字段“%s”，不必建议", "the action does not ask for %q: there is nothing to suggest", g.Field)
		}
	}
}

// compileSuggest makes the expressions of suggestions ready. Who is offered a
// value reads it, so it is held to the openness of the field it is for.
func (c *compiler) compileSuggest(at source.Node, a *Action) {
	for i := range a.Suggest {
		g, n := &a.Suggest[i], at.Field("suggest").Item(i).Field("to")
		f := c.field(g.Field)
		if f.Kind() == 0 {
			c.add(n, "%s 类型的字段不能建议", "nothing can be suggested for a field of type %s", string(f.Type))
			continue
		}
		g.value = c.express(c.whole, n, g.To, f.Kind())
	}
}

func (c *compiler) resolvePrecedent(at source.Node, r Precedent) {
	c.typed(at.Field("field"), r.Field, UnitField, PostField, EntryField, ChoiceField, AreaField)
	c.unsealed(at.Field("field"), r.Field)
	c.each(at.Field("of"), r.Of, c.index.actions, "动作", "action")
	c.each(at.Field("against"), r.Against, c.index.actions, "动作", "action")
	for i, id := range r.Of {
		if j, ok := c.index.actions[id]; ok && c.field(r.Field).ID != "" && !slices.ContainsFunc(c.Actions[j].Asks, func(k Ask) bool { return k.Field == r.Field }) {
			c.add(at.Field("of").Item(i), "动作“%[1]s”不填写字段“%[2]s”，没有可记住的决定", "the action %[1]q does not ask for %[2]q: it decides nothing that could be remembered", id, r.Field)
		}
	}
	for i, f := range r.By {
		n := at.Field("by").Item(i)
		c.typed(n, f, EntryField, ChoiceField, AreaField, UnitField)
		c.unsealed(n, f)
		if f == r.Field {
			c.add(n, "决定的字段不能作比较的依据", "what is decided cannot be what cases are compared by")
		}
		if slices.Contains(r.By[:i], f) {
			c.add(n, "“%s”重复", "%q is listed twice", f)
		}
	}
	if r.Least < 0 || r.Least > maxLeast {
		c.add(at.Field("least"), "least 应为 1 到 %d 次", "least is 1 to %d", maxLeast)
	}
}

func (c *compiler) resolveSimilar(at source.Node, s *Similar) {
	c.typed(at.Field("place"), s.Place, PointField)
	for i, f := range s.Same {
		c.typed(at.Field("same").Item(i), f, EntryField, ChoiceField, AreaField, UnitField)
	}
	for i, f := range s.Text {
		c.typed(at.Field("text").Item(i), f, TextField, ParagraphField)
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"same", s.Same}, {"text", s.Text}, {"place", []string{s.Place}}} {
		for i, f := range list.names {
			c.unsealed(at.Field(list.key).Item(i), f)
			if slices.Contains(list.names[:i], f) {
				c.add(at.Field(list.key).Item(i), "“%s”重复", "%q is listed twice", f)
			}
		}
	}
	if s.Within < 1 || s.Within > maxWithin {
		c.add(at.Field("within"), "within 应为 1 到 %d 米", "within is 1 to %d metres", maxWithin)
	}
	if s.Days < 1 || s.Days > maxDays {
		c.add(at.Field("days"), "days 应为 1 到 %d 日", "days is 1 to %d", maxDays)
	}
}

func (c *compiler) resolveIntake(at source.Node, n *Intake) {
	c.each(at.Field("actions"), n.Actions, c.index.actions, "动作", "action")
	asked := func(field string) bool {
		return slices.ContainsFunc(n.Actions, func(id string) bool {
			i, ok := c.index.actions[id]
			return ok && slices.ContainsFunc(c.Actions[i].Asks, func(k Ask) bool { return k.Field == field })
		})
	}
	for i, id := range n.Actions {
		if j, ok := c.index.actions[id]; ok && (!slices.Contains(c.Actions[j].At, New) || len(c.Actions[j].By) == 0) {
			c.add(at.Field("actions").Item(i), "动作“%s”不是由人开始案件的动作", "the action %q is none by which somebody begins a case", id)
		}
	}
	for i, f := range n.Words {
		c.typed(at.Field("words").Item(i), f, TextField, ParagraphField)
		if c.field(f).ID != "" && !asked(f) {
			c.add(at.Field("words").Item(i), "受理页不填写字段“%s”", "the page does not ask for %q", f)
		}
	}
	if n.Source != "" {
		c.typed(at.Field("source"), n.Source, TextField)
		if c.field(n.Source).ID != "" && !asked(n.Source) {
			c.add(at.Field("source"), "受理页不填写字段“%s”", "the page does not ask for %q", n.Source)
		}
	}
}

// unsealed reports a sealed field by which cases would be compared.
func (c *compiler) unsealed(at source.Node, f string) {
	if c.field(f).Sealed {
		c.add(at, "字段“%s”是密封的，不能用来比较案件", "the field %q is sealed: cases cannot be compared by it", f)
	}
}

// Expr is the compiled value.
func (g *Suggest) Expr() *guard.Expr { return g.value }
