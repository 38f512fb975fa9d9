package procedure

import (
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// texts are the parts of a procedure that people read, with their places.
func (c *compiler) texts(visit func(at source.Node, t gov.Text)) {
	visit(c.at.Field("title"), c.Title)
	for i, f := range c.Fields {
		at := c.at.Field("fields").Item(i)
		visit(at.Field("label"), f.Label)
		visit(at.Field("help"), f.Help)
		for j, o := range f.Options {
			visit(at.Field("options").Item(j).Field("name"), o.Name)
		}
	}
	for i, p := range c.Parties {
		visit(c.at.Field("parties").Item(i).Field("name"), p.Name)
	}
	for i, s := range c.States {
		visit(c.at.Field("states").Item(i).Field("name"), s.Name)
	}
	for i, a := range c.Actions {
		at := c.at.Field("actions").Item(i)
		visit(at.Field("name"), a.Name)
		visit(at.Field("help"), a.Help)
		for j, g := range a.Suggest {
			visit(at.Field("suggest").Item(j).Field("why"), g.Why)
		}
		for j, w := range a.When {
			visit(at.Field("when").Item(j).Field("why"), w.Why)
		}
	}
	for i, k := range c.Clocks {
		visit(c.at.Field("clocks").Item(i).Field("name"), k.Name)
	}
	for i, r := range c.Precedents {
		visit(c.at.Field("precedents").Item(i).Field("name"), r.Name)
	}
	for i, k := range c.Colours {
		visit(c.at.Field("colours").Item(i).Field("name"), k.Name)
	}
	for i, m := range c.Measures {
		at := c.at.Field("measures").Item(i)
		visit(at.Field("name"), m.Name)
		visit(at.Field("about"), m.About)
	}
	for i, l := range c.Letters {
		visit(c.at.Field("letters").Item(i).Field("name"), l.Name)
	}
}
