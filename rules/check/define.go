package check

import (
	"slices"
	"strings"

	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// circles reports definitions that depend on themselves, whether or not a
// benefit uses them.
func (c *compiler) circles() {
	done := map[string]bool{}
	for _, d := range c.order {
		for _, f := range d.files {
			for _, def := range f.Defines {
				c.circle(d.short, def, nil, done)
			}
		}
	}
}

// circle follows a definition to those it names; path are those on the way to it.
func (c *compiler) circle(doc string, d *syntax.Define, path []string, done map[string]bool) {
	name := d.Name.Text
	if i := slices.Index(path, name); i >= 0 {
		c.bad(d.Name.Pos, "定义绕成一圈：%s", "definitions run in a circle: %s", strings.Join(append(path[i:], name), " → "))
		return
	}
	if done[doc+"."+name] {
		return
	}
	done[doc+"."+name] = true
	each(d.Expr, func(e *syntax.Expr) {
		next := c.defines[doc+"."+e.Name]
		if next != nil && e.Kind == syntax.Path && e.Field == "" && e.Doc == "" && !c.choice(e.Name) {
			c.circle(doc, next, append(slices.Clip(path), name), done)
		}
	})
}

// choice reports whether a name is a choice of some fact, which a definition may
// be called by: 定义 认定企业 是 认定 是 认定企业.
func (c *compiler) choice(name string) bool {
	return slices.ContainsFunc(c.p.Fields, func(f ir.FieldInfo) bool { return slices.Contains(f.Choices, name) })
}

// each calls f for an expression and all it is made of.
func each(e *syntax.Expr, f func(*syntax.Expr)) {
	if e == nil {
		return
	}
	f(e)
	for _, a := range e.Args {
		each(a, f)
	}
	each(e.Where, f)
}

// unused warns of definitions no rule names: what they say was not looked at.
func (c *compiler) unused() {
	for _, d := range c.order {
		for _, f := range d.files {
			for _, def := range f.Defines {
				if !c.used[def] {
					c.warnings.Add(def.Name.Pos, "没有规则用到定义“%s”", "no rule uses the definition %q", def.Name.Text)
				}
			}
		}
	}
}
