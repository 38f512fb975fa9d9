package procedure

import (
	"slices"

	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// checkOpenness finds ways in which a field would reach readers its level
// keeps out: through a letter, a computed field, a field set by an action, or
// a party that is everybody. What an action sets in a sub-case is for Link.
func (c *compiler) checkOpenness() {
	if subject := c.field(c.Subject); c.Publishes() && (subject.Open != OpenPublic || len(subject.Once) > 0) {
		c.add(c.at.Field("publish"), "向公众列出案件的，字段“%s”应对所有人公开：它是案件在列表中的名称", "where cases are listed to the public the field %q, by which lists name them, is open to everybody", c.Subject)
	}
	for i, f := range c.Fields {
		for j, party := range f.Named {
			if plus, _ := c.Terms(party); slices.ContainsFunc(plus, func(t Term) bool { return t.Kind == Public }) {
				c.add(c.at.Field("fields").Item(i).Field("named").Item(j), "关系人“%s”是所有人：请写 open: public", "the party %q is everybody: write open: public", party)
			}
		}
		unsealed := slices.ContainsFunc(c.Actions, func(a Action) bool { return slices.Contains(a.Unseal, f.ID) })
		if f.Sealed && !unsealed {
			c.add(c.at.Field("fields").Item(i), "字段“%s”是密封的，却没有动作启封", "the field %q is sealed and no action unseals it", f.ID)
		}
	}
	for i, l := range c.Letters {
		if l.Open == OpenNamed {
			c.add(c.at.Field("letters").Item(i).Field("open"), "文书的 open 应为 public、staff 或 case", "a letter is open to public, staff or case")
			continue
		}
		for _, part := range l.parts {
			name := part.Field
			if part.Fact == "title" {
				name = c.Subject
			}
			if f, ok := c.Procedure.Field(name); ok && (f.Sealed || narrower(*f, l.Open, nil)) {
				c.add(c.at.Field("letters").Item(i).Field("body"), "文书引用了字段“%s”，它不对收件人公开", "the letter quotes the field %q, which its readers may not see", f.ID)
			}
		}
	}
	for i, f := range c.Fields {
		if f.computed != nil {
			c.checkLeak(c.at.Field("fields").Item(i).Field("value"), f, f.computed)
		}
	}
	for i, a := range c.Actions {
		for j, g := range a.Suggest {
			if g.value != nil {
				c.checkLeak(c.at.Field("actions").Item(i).Field("suggest").Item(j).Field("to"), c.field(g.Field), g.value)
			}
		}
		for j, s := range a.Set {
			if s.value != nil {
				c.checkLeak(c.at.Field("actions").Item(i).Field("set").Item(j).Field("to"), c.field(s.Field), s.value)
			}
		}
	}
}

// checkLeak reports an expression that copies a sealed or narrower field into
// a wider one. A truth value or a number worked out of several fields may be
// meant; the copy of one field as it is never is.
func (c *compiler) checkLeak(at source.Node, to Field, x *guard.Expr) {
	for _, name := range x.Uses() {
		from, ok := c.Procedure.Field(fieldOf(name))
		if !ok || from.ID == to.ID || !(from.Sealed && !to.Sealed || narrower(*from, to.Open, to.Named)) {
			continue
		}
		if from.ID == name && from.Kind() == to.Kind() && len(x.Uses()) == 1 {
			c.add(at, "字段“%[1]s”对更多的人公开，却来自字段“%[2]s”", "the field %[1]q is open to more readers than %[2]q, from which it comes", to.ID, from.ID)
		} else {
			c.warnings.Add(at.Pos(), "字段“%[1]s”对更多的人公开，却用到字段“%[2]s”", "the field %[1]q is open to more readers than %[2]q, which it uses", to.ID, from.ID)
		}
	}
}

// narrower reports that a field keeps out readers that a level lets in.
func narrower(f Field, level Openness, named []string) bool {
	open := f.Open
	if open == OpenPublic {
		if level == OpenPublic || len(f.Once) == 0 {
			return len(f.Once) > 0
		}
		open = OpenStaff // until then
	}
	if open.rank() != level.rank() {
		return open.rank() > level.rank()
	}
	return slices.ContainsFunc(named, func(p string) bool { return !slices.Contains(f.Named, p) })
}
