package check

import (
	"strconv"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// finish looks at what only the whole can tell.
func (c *compiler) finish() {
	if len(c.problems) > 0 {
		return
	}
	for _, d := range c.order {
		c.accounted(d)
		for _, ch := range d.changes {
			switch {
			case ch.found == 0:
				c.bad(ch.Pos, "在 @%[1]s 找不到“%[2]s”，没有可改的", "%[2]q is not found in @%[1]s: there is nothing to change", ch.Cite, ch.Old.Text)
			case ch.found > 1 && ch.Label == "":
				c.bad(ch.Pos, "@%[1]s 里“%[2]s”有 %[3]d 处，请写明标注", "@%[1]s has %[2]q %[3]d times: give the label", ch.Cite, ch.Old.Text, ch.found)
			}
		}
	}
	for i := range c.p.Fields {
		f := &c.p.Fields[i]
		if !f.Used && f.Type != ir.Text {
			c.warnings.Add(f.Pos, "没有规则用到“%s”", "no rule uses %q", f.Name)
		}
	}
	c.unused()
	for i := range c.p.Readings {
		if r := &c.p.Readings[i]; !r.Used {
			c.warnings.Add(r.Pos, "没有规则依据解读“%s”", "no rule rests on the reading %q", r.Name)
		}
	}
	for _, d := range c.order {
		for _, f := range d.files {
			for _, r := range f.Related {
				c.account(d, r.One)
				c.account(d, r.Two)
				c.relatedClauses(d, r)
			}
		}
	}
	c.natures()
	c.inner()
}

// accounted holds that every article is cited or said to be without rules
// (check 2), as far as the head of the file says how many there are.
func (c *compiler) accounted(d *document) {
	for _, u := range d.without {
		for _, cite := range u.Cites {
			for path := range d.accounts {
				if (syntax.Clause{Path: path}).Within(syntax.Clause{Path: cite.Path}) && path == cite.Path {
					c.warnings.Add(u.Pos, "@%s 既有规则引用，又列为不计算", "@%s is cited by rules and listed as without rules", cite.Path)
				}
			}
		}
	}
	have := map[string]bool{}
	for path := range d.accounts {
		have[syntax.Clause{Path: path}.Article()] = true
	}
	for _, u := range d.without {
		for _, cite := range u.Cites {
			have[cite.Article()] = true
			if n, err := strconv.ParseInt(cite.Article(), 10, 64); err == nil && d.head.Clauses > 0 && n > d.head.Clauses {
				c.bad(cite.Pos, "没有第 %d 条", "there is no article %d", n)
			}
		}
	}
	for n := range d.head.Clauses {
		if !have[strconv.FormatInt(n+1, 10)] {
			c.bad(d.head.Pos, "第 %d 条没有交代：没有规则引用它，也没有列为不计算", "article %d is not accounted for: no rule cites it and it is not listed as uncomputed", n+1)
		}
	}
}

// relatedClauses relates the benefits of two clauses.
func (c *compiler) relatedClauses(d *document, r *syntax.Related) {
	of := func(k syntax.Clause) (list []int32) {
		if k.Doc == "" {
			k.Doc = d.short
		}
		for i := range c.p.Benefits {
			for _, x := range c.p.Benefits[i].Clauses {
				if (syntax.Clause{Doc: x.Doc, Path: x.Path}).Within(k) || k.Within(syntax.Clause{Doc: x.Doc, Path: x.Path}) {
					list = append(list, int32(i))
				}
			}
		}
		return list
	}
	for _, a := range of(r.One) {
		for _, b := range of(r.Two) {
			c.related = append(c.related, pair{a, b})
		}
	}
}

// natures holds that benefits of one nature in different documents are related
// (check 5).
func (c *compiler) natures() {
	known := map[pair]bool{}
	for _, r := range c.related {
		known[r], known[pair{r.b, r.a}] = true, true
	}
	for i := range c.p.Benefits {
		for j := range c.p.Benefits[:i] {
			a, b := &c.p.Benefits[j], &c.p.Benefits[i]
			if a.Doc != b.Doc && a.Nature != "" && a.Nature == b.Nature && a.Grant+b.Grant == "" && a.Input == b.Input && !known[pair{int32(j), int32(i)}] {
				c.bad(b.Pos, "“%[1]s”与“%[2]s”性质相同（%[3]s），却没有写明两者的关系（互斥或相当）", "%[1]s and %[2]s are of one nature (%[3]s) without a relation: an exclusion or related", a.Key(), b.Key(), b.Nature)
			}
		}
	}
}

// inner reports limits of parts that can never matter beside a limit of the
// whole (check 4): six countries at 1万元 each under 6万元 in all.
func (c *compiler) inner() {
	for i := range c.p.Benefits {
		b := &c.p.Benefits[i]
		for n := b.From; n < b.To; n++ {
			outer := &c.p.Nodes[n]
			if outer.Op != ir.Cap || outer.Type != ir.Money || outer.C != ir.None || outer.Step == ir.None {
				continue
			}
			limit := &c.p.Nodes[outer.B]
			if limit.Min != limit.Max {
				continue
			}
			c.under(outer.A, limit.Min, c.p.Steps[outer.Step].Pos)
		}
	}
}

// under looks for limits below a limit on the whole.
func (c *compiler) under(n int32, limit int64, at gov.Pos) {
	if n == ir.None {
		return
	}
	x := &c.p.Nodes[n]
	switch x.Op {
	case ir.Sum, ir.Pass, ir.Positive:
		c.under(x.A, limit, at)
	case ir.If:
		c.under(x.B, limit, at)
	case ir.Add:
		c.under(x.A, limit, at)
		c.under(x.B, limit, at)
	case ir.Mul:
		// a price times a count that has a limit of its own
		for _, i := range []int32{x.A, x.B} {
			if q := &c.p.Nodes[i]; q.Op == ir.Cap && q.Step != ir.None && x.Max >= limit && len(c.p.Steps[q.Step].Readings) == 0 && x.K == 0 {
				c.neverMatters(q, at)
			}
		}
	case ir.Cap:
		if x.Type == ir.Money && x.C == ir.None && x.Step != ir.None && c.p.Nodes[x.B].Min >= limit && len(c.p.Steps[x.Step].Readings) == 0 {
			c.neverMatters(x, at)
		}
		c.under(x.A, limit, at)
	}
}

func (c *compiler) neverMatters(x *ir.Node, outer gov.Pos) {
	c.bad(c.p.Steps[x.Step].Pos, "这个上限从不起作用：第 %d 行的上限总是先到；请写一个解读说明本意", "this limit never matters: the limit in line %d is always reached first; say in a reading what is meant", outer.Line)
}
