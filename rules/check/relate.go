package check

import (
	"slices"
	"strings"

	"quanxiang/gov/problems"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// maxTogether bounds benefits among which exclusions choose, since every choice
// is weighed.
const maxTogether = 16

// find is the benefit a name means; doc is the document of whoever names it.
func (c *compiler) find(e *syntax.Expr, doc string) int32 {
	if e.Doc != "" {
		doc = e.Doc
	} else if doc == "" && c.benefit != ir.None {
		doc = c.p.Benefits[c.benefit].Doc
	}
	return c.p.Benefit(doc, e.Name)
}

// named is find with a report.
func (c *compiler) named(e *syntax.Expr, d *document) int32 {
	b := c.find(e, d.short)
	if b == ir.None {
		var names []string
		for i := range c.p.Benefits {
			if o := &c.p.Benefits[i]; o.Doc == d.short && e.Doc == "" {
				names = append(names, o.Name)
			} else if o.Doc == e.Doc {
				names = append(names, o.Name)
			}
		}
		c.problems.AddGuess(e.Pos, problems.Suggest(e.Name, names), "没有名为“%s”的支持", "there is no benefit %q", e.Name)
	}
	return b
}

// other compiles what is asked of another benefit.
func (c *compiler) other(e *syntax.Expr, s scope) operand {
	x := nothing
	if c.verifying {
		c.bad(e.Pos, "核对的是事实，不能问一项支持", "facts are verified, and no benefit is asked about")
		return x
	}
	for _, r := range e.Refs {
		b := c.named(r, s.doc)
		if b == ir.None {
			return nothing
		}
		if c.p.Benefits[b].Input != s.input {
			c.bad(r.Pos, "“%s”是给另一种申报者的", "%q is for another kind of applicant", r.Name)
			return nothing
		}
		if c.benefit == ir.None {
			c.bad(r.Pos, "这里不能问另一项支持", "another benefit cannot be asked about here")
			return nothing
		}
		me := &c.p.Benefits[c.benefit]
		if !slices.Contains(me.Refs, b) {
			me.Refs = append(me.Refs, b)
		}
		grant := c.body[b].Body.Amount != nil && c.body[b].Body.Amount.Kind == syntax.KGrant
		op, t := ir.Granted, ir.Bool
		if e.Key == syntax.KAmount {
			if op, t = ir.Amount, ir.Money; grant {
				c.bad(r.Pos, "“%s”不是金额", "%q is no amount of money", r.Name)
				return nothing
			}
		}
		n := node(op, t)
		n.K = int64(b)
		y := operand{node: c.emit(n, e.Pos), typ: typ{kind: t}}
		if x.node == ir.None {
			x = y
		} else {
			x.node = c.emit(node(ir.Or, ir.Bool, x.node, y.node), e.Pos)
		}
	}
	return x
}

// relate compiles exclusions and joint caps and groups what they tie together.
func (c *compiler) relate() {
	group := make([]int, len(c.p.Benefits)) // union-find
	for i := range group {
		group[i] = i
	}
	root := func(i int32) int {
		for group[i] != int(i) {
			i = int32(group[i])
		}
		return int(i)
	}
	join := func(a, b int32) { group[root(a)] = root(b) }
	var exclusions []ir.Exclusion
	var caps []ir.JointCap
	exclude := func(a, b int32, x ir.Exclusion) {
		if a == b || c.p.Benefits[a].Input != c.p.Benefits[b].Input {
			return
		}
		x.A, x.B = a, b
		exclusions = append(exclusions, x)
		c.related = append(c.related, pair{a, b})
		join(a, b)
	}
	for _, d := range c.order {
		for _, f := range d.files {
			for _, e := range f.Excludes {
				c.exclude(d, e, exclude)
			}
			for _, j := range f.JointCaps {
				if cap, ok := c.jointCap(d, j); ok {
					caps = append(caps, cap)
					for _, m := range cap.Members[1:] {
						join(cap.Members[0], m)
					}
				}
			}
		}
	}
	c.group(root, exclusions, caps)
}

// exclude compiles an exclusion into pairs.
func (c *compiler) exclude(d *document, e *syntax.Exclude, add func(a, b int32, x ir.Exclusion)) {
	s := scope{doc: d}.with(c, e.Note)
	c.benefit = ir.None
	if len(s.cites) == 0 {
		c.bad(e.Pos, "互斥没有写依据哪一条", "the exclusion cites no clause")
	}
	x := ir.Exclusion{First: e.Choose == syntax.KFirst, Chosen: e.Choose == syntax.KChosen, Step: c.step(ir.Excluded, s, e.Pos)}
	if !e.ByNature {
		var list []int32
		for _, n := range e.Names {
			b := c.named(n, d)
			if b == ir.None {
				continue
			}
			if c.p.Benefits[b].Grant != "" {
				c.bad(n.Pos, "“%s”不是金额，不能互斥", "%q is no amount of money and cannot be excluded", n.Name)
				continue
			}
			list = append(list, b)
		}
		for i, a := range list {
			for _, b := range list[i+1:] {
				add(a, b, x)
			}
		}
		return
	}
	var docs []string
	for _, n := range e.Docs {
		docs = append(docs, n.Text)
		if c.docs[n.Text] == nil {
			c.warnings.Add(n.Pos, "没有文件“%s”的规则，它与本文件的互斥没有计算", "there are no rules of document %q: exclusions with it are not computed", n.Text)
		}
	}
	for i := range c.p.Benefits {
		for j := range c.p.Benefits[:i] {
			a, b := &c.p.Benefits[j], &c.p.Benefits[i]
			if a.Doc != b.Doc && a.Nature == b.Nature && a.Grant+b.Grant == "" && slices.Contains(docs, a.Doc) && slices.Contains(docs, b.Doc) {
				add(int32(j), int32(i), x)
			}
		}
	}
}

// jointCap compiles one limit on several benefits.
func (c *compiler) jointCap(d *document, j *syntax.JointCap) (ir.JointCap, bool) {
	s := scope{doc: d, input: ir.None}.with(c, j.Note)
	c.benefit = ir.None
	out := ir.JointCap{}
	sum := int64(0)
	for _, n := range j.Names {
		if n.Doc != "" && c.docs[n.Doc] == nil {
			c.warnings.Add(n.Pos, "没有文件“%s”的规则，共同上限没有计算", "there are no rules of document %q: the joint limit is not computed", n.Doc)
			return out, false
		}
		b := c.named(n, d)
		if b == ir.None {
			return out, false
		}
		info := &c.p.Benefits[b]
		switch {
		case info.Grant != "":
			c.bad(n.Pos, "“%s”不是金额", "%q is no amount of money", n.Name)
			return out, false
		case slices.Contains(out.Members, b):
			c.bad(n.Pos, "“%s”写了两次", "%q appears twice", n.Name)
			return out, false
		case s.input != ir.None && info.Input != s.input:
			c.bad(n.Pos, "共同上限的各项是给不同申报者的", "the benefits of a joint limit are for different kinds of applicants")
			return out, false
		}
		s.input = info.Input
		out.Members = append(out.Members, b)
		if info.Result != ir.None {
			sum += min(c.p.Nodes[info.Result].Max, widest/64)
		}
	}
	defer c.region()()
	out.From = int32(len(c.p.Nodes))
	x := c.want(j.Pos, c.expr(j.Expr, s), ir.Money)
	out.To, out.Limit, out.Step = int32(len(c.p.Nodes)), x.node, c.step(ir.Joint, s, j.Pos)
	if x.node == ir.None {
		return out, false
	}
	if len(s.readings) == 0 && sum <= c.p.Nodes[x.node].Min {
		c.bad(j.Pos, "共同上限从不起作用：各项之和至多 %[1]s，上限 %[2]s；请写一个解读说明本意", "the joint limit never binds: the benefits come to %[1]s at most, the limit is %[2]s; say in a reading what is meant",
			written(sum, ir.Money), written(c.p.Nodes[x.node].Min, ir.Money))
	}
	return out, true
}

// group orders what is decided together by what it asks of the rest.
func (c *compiler) group(root func(int32) int, exclusions []ir.Exclusion, caps []ir.JointCap) {
	index := map[int]int{}
	var groups []ir.Group
	of := make([]int, len(c.p.Benefits))
	for i := range c.p.Benefits {
		r := root(int32(i))
		g, ok := index[r]
		if !ok {
			g = len(groups)
			index[r] = g
			groups = append(groups, ir.Group{})
		}
		groups[g].Benefits = append(groups[g].Benefits, int32(i))
		of[i] = g
	}
	for _, x := range exclusions {
		groups[of[x.A]].Exclusions = append(groups[of[x.A]].Exclusions, x)
	}
	for _, k := range caps {
		groups[of[k.Members[0]]].Caps = append(groups[of[k.Members[0]]].Caps, k)
	}
	state := make([]int, len(groups)) // 1 under way, 2 done
	var path []string
	var visit func(g int)
	visit = func(g int) {
		if state[g] == 2 {
			return
		}
		state[g] = 1
		for _, b := range groups[g].Benefits {
			for _, r := range c.p.Benefits[b].Refs {
				path = append(path, c.p.Benefits[b].Name)
				if state[of[r]] == 1 {
					c.bad(c.p.Benefits[b].Pos, "支持之间绕成一圈，互斥也算在内：%s", "benefits depend on each other in a circle, exclusions included: %s", strings.Join(append(path, c.p.Benefits[r].Name), " → "))
				} else {
					visit(of[r])
				}
				path = path[:len(path)-1]
			}
		}
		state[g] = 2
		c.p.Groups = append(c.p.Groups, groups[g])
	}
	for g := range groups {
		together := map[int32]bool{}
		for _, x := range groups[g].Exclusions {
			together[x.A], together[x.B] = true, true
		}
		if len(together) > maxTogether {
			c.bad(c.p.Benefits[groups[g].Benefits[0]].Pos, "互斥牵连在一起的支持多于 %d 项", "more than %d benefits are tied together by exclusions", maxTogether)
		}
		visit(g)
	}
}
