package procedure

import (
	"slices"

	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// The bounds of what makes cases similar.
const (
	maxWithin = 5000 // metres
	maxDays   = 366
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
			if c.field(f).Sealed {
				c.add(at.Field(list.key).Item(i), "字段“%s”是密封的，不能用来比较案件", "the field %q is sealed: cases cannot be compared by it", f)
			}
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

// Expr is the compiled value.
func (g *Suggest) Expr() *guard.Expr { return g.value }
