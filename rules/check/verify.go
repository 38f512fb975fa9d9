package check

import (
	"slices"

	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// verifies compiles what facts must not fail, into a program of its own: nothing that
// is computed rests on it. It reads facts alone, so that it can be asked of them before
// anything is computed, and names no definition, which may rest on a benefit.
func (c *compiler) verifies() {
	if len(c.problems) > 0 {
		return
	}
	p := &ir.Program{Inputs: c.p.Inputs, Fields: slices.Clone(c.p.Fields), Lists: c.p.Lists, Slots: c.p.Slots} // a copy: to be verified is not to be used
	own := &compiler{when: c.when, p: p, benefit: ir.None, verifying: true}
	checks := &ir.Checks{Program: p}
	for _, d := range c.order {
		for _, f := range d.files {
			for _, in := range f.Inputs {
				for _, v := range in.Verifies {
					if k, ok := own.verify(d, p.Input(in.Name.Text), v); ok {
						checks.All = append(checks.All, k)
					}
				}
			}
		}
	}
	c.problems = append(c.problems, own.problems...)
	if len(checks.All) > 0 {
		c.p.Checks = checks
	}
}

func (c *compiler) verify(d *document, input int32, v *syntax.Verify) (ir.Check, bool) {
	if len(v.Key) > 0 {
		return c.unique(d, input, v)
	}
	before := len(c.problems)
	k := ir.Check{Doc: d.short, Input: input, List: ir.None, From: int32(len(c.p.Nodes)), Text: v.Text, Pos: v.Pos}
	s := scope{doc: d, input: input}
	end := c.region()
	if v.List.Text != "" {
		list, ok := c.list(v.List, s)
		if !ok {
			end()
			return k, false
		}
		k.List = list
		inner, out := c.enter(list, v.Var.Text, s)
		k.Result = c.cond(v.Expr, inner)
		out()
	} else {
		k.Result = c.cond(v.Expr, s)
	}
	end()
	k.To = int32(len(c.p.Nodes))
	if len(c.problems) > before || k.Result == ir.None {
		return k, false
	}
	for _, n := range c.p.Nodes[k.From:k.To] {
		r := ir.Read{Field: int32(n.K)}
		switch n.Op {
		case ir.Field:
			r.Back = n.B
		case ir.Entry:
			if k.List == ir.None || c.p.Fields[n.K].List != k.List {
				r.Field = c.p.Lists[c.p.Fields[n.K].List].Field // all its entries
			}
		case ir.Sum, ir.Tally:
			r.Field = c.p.Lists[c.p.Loops[n.Loop].List].Field
		default:
			continue
		}
		if !slices.Contains(k.Reads, r) {
			k.Reads = append(k.Reads, r)
		}
	}
	if len(k.Reads) == 0 {
		c.bad(v.Pos, "这里没有可核对的事实", "there is no fact in this to be verified")
		return k, false
	}
	return k, true
}

// unique compiles by which fields no two entries of a list may be the same.
func (c *compiler) unique(d *document, input int32, v *syntax.Verify) (ir.Check, bool) {
	before := len(c.problems)
	at := int32(len(c.p.Nodes))
	k := ir.Check{Doc: d.short, Input: input, From: at, To: at, Result: ir.None, Text: v.Text, Pos: v.Pos}
	list, ok := c.list(v.List, scope{doc: d, input: input})
	if !ok {
		return k, false
	}
	k.List = list
	for _, n := range v.Key {
		f := c.p.FieldOf(input, v.List.Text, n.Text)
		switch {
		case f == ir.None:
			c.unknown(n, c.fieldNames(input, list), "清单的项没有“%s”", "an entry of the list has no %q")
		case slices.Contains(k.Key, f):
			c.bad(n.Pos, "“%s”写了两次", "%q appears twice", n.Text)
		default:
			k.Key, k.Reads = append(k.Key, f), append(k.Reads, ir.Read{Field: f})
		}
	}
	return k, len(c.problems) == before
}
