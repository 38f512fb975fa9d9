package procedure

import (
	"slices"

	"quanxiang/policy/source"
	"quanxiang/rules/guard"
)

// check looks at the procedure as a whole: what no single line shows.
func (c *compiler) check() {
	c.checkStates()
	c.checkClocks()
	c.checkParties()
	c.checkOpenness()
	c.missingEnglish()
}

// reached lists the states a case can come into, from its beginnings.
func (c *compiler) reached() map[string]bool {
	seen := map[string]bool{}
	queue := []string{New}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, a := range c.Actions {
			if a.To != "" && slices.Contains(a.At, s) && !seen[a.To] {
				seen[a.To] = true
				queue = append(queue, a.To)
			}
		}
	}
	return seen
}

func (c *compiler) checkStates() {
	reached := c.reached()
	if len(reached) == 0 {
		c.add(c.at.Field("actions"), "没有开始案件的动作（at: [new]）", "no action begins a case (at: [new])")
		return
	}
	ends := false
	for i, s := range c.States {
		at := c.at.Field("states").Item(i)
		if !reached[s.ID] {
			c.add(at, "状态“%s”无法到达", "no action leads to the state %q", s.ID)
			continue
		}
		if ends = ends || s.Kind.Ended(); s.Kind.Ended() {
			continue
		}
		if !slices.ContainsFunc(c.Actions, func(a Action) bool { return a.To != "" && a.To != s.ID && slices.Contains(a.At, s.ID) }) {
			c.add(at, "状态“%s”没有出路：没有动作能离开它", "there is no way out of the state %q", s.ID)
		}
	}
	if !ends {
		c.add(c.at.Field("states"), "没有结束状态（kind: done 或 void）", "no state ends a case (kind: done or void)")
	}
	for i, a := range c.Actions {
		if !slices.ContainsFunc(a.At, func(s string) bool { return s == New || reached[s] }) {
			c.add(c.at.Field("actions").Item(i), "动作“%s”永远不能做：它所在的状态无法到达", "the action %q can never be done: its states cannot be reached", a.ID)
		}
	}
}

func (c *compiler) checkClocks() {
	for i, k := range c.Clocks {
		at := c.at.Field("clocks").Item(i)
		if !slices.ContainsFunc(k.To, func(name string) bool { return !slices.Contains(k.From, name) }) {
			c.add(at.Field("to"), "时钟“%s”不会停：停止的都同时是开始", "the clock %q never stops: all that stops it starts it", k.ID)
		}
		if len(k.Limits) > 0 && k.Limits[len(k.Limits)-1].When != "" {
			c.add(at.Field("limits"), "最后一个期限应没有条件，否则时钟可能没有期限", "the last limit should have no condition, or the clock may have none")
		}
	}
	for i, a := range c.Actions {
		e := a.Extend
		if e == nil {
			continue
		}
		k := c.Clocks[c.index.clocks[e.Clock]]
		if k.Until != "" {
			c.add(c.at.Field("actions").Item(i).Field("extend"), "时钟“%s”按日期到期，请改那个日期字段", "the clock %q ends on a date: set that field instead", e.Clock)
		}
	}
}

// checkParties finds relations that hold for nobody and parties without a part.
func (c *compiler) checkParties() {
	used := map[string]bool{}
	mark := func(lists ...[]string) {
		for _, l := range lists {
			for _, id := range l {
				used[id] = true
			}
		}
	}
	mark(c.Comments)
	for _, a := range c.Actions {
		mark(a.By, a.Approve, a.Notify)
		if a.Together != nil {
			mark(a.Together.Of)
		}
	}
	for _, f := range c.Fields {
		mark(f.Named, []string{f.Among})
	}
	for _, k := range c.Clocks {
		mark(k.Tell, k.Report)
	}
	c.opened = make([][2][]Term, len(c.Parties))
	for i, p := range c.Parties {
		at := c.at.Field("parties").Item(i)
		plus, minus, ok := c.terms(p, nil)
		if !ok {
			c.add(at.Field("who"), "关系人“%s”循环引用自己", "the party %q refers to itself", p.ID)
			continue
		}
		c.opened[i] = [2][]Term{plus, minus}
		if !slices.ContainsFunc(plus, func(t Term) bool { return !slices.ContainsFunc(minus, func(m Term) bool { return covers(m, t) }) }) {
			c.add(at.Field("who"), "关系人“%s”不会是任何人：都被排除了", "the party %q is nobody: all of it is taken away again", p.ID)
		}
		for _, t := range slices.Concat(p.Who.Plus, p.Who.Minus) {
			if t.Kind == Among {
				used[t.Name] = true
			}
		}
	}
	for i, p := range c.Parties {
		if !used[p.ID] {
			c.warnings.Add(c.at.Field("parties").Item(i).Pos(), "关系人“%s”没有用处", "the party %q is not used", p.ID)
		}
	}
}

// terms opens a party's references to others. It reports false for a circle.
func (c *compiler) terms(p Party, seen []string) (plus, minus []Term, ok bool) {
	if slices.Contains(seen, p.ID) {
		return nil, nil, false
	}
	seen = append(slices.Clone(seen), p.ID)
	open := func(list []Term) (in, out []Term, ok bool) {
		for _, t := range list {
			if t.Kind != Among {
				in = append(in, t)
				continue
			}
			i, o, fine := c.terms(c.Parties[c.index.parties[t.Name]], seen)
			if !fine {
				return nil, nil, false
			}
			in, out = append(in, i...), append(out, o...)
		}
		return in, out, true
	}
	in, out, ok := open(p.Who.Plus)
	if !ok {
		return nil, nil, false
	}
	// What a party taken away leaves out itself is not given back: "a - (b - c)"
	// is read as "a - b", the narrower of the two.
	gone, _, ok := open(p.Who.Minus)
	return in, append(out, gone...), ok
}

// covers reports that everybody of t is one of m.
func covers(m, t Term) bool {
	if m.Kind == Public || m == t {
		return true
	}
	return m.Kind == Post && t.Kind == Post && m.Unit == t.Unit && m.Role == ""
}

// checkOpenness finds ways in which a field would reach readers its level
// keeps out: through a letter, a computed field or a field set by an action.
func (c *compiler) checkOpenness() {
	for i, l := range c.Letters {
		for _, part := range l.parts {
			if f, ok := c.Procedure.Field(part.Field); ok && (f.Sealed || narrower(*f, l.Open, nil)) {
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
		from, ok := c.Procedure.Field(name)
		if !ok || from.ID == to.ID || !(from.Sealed && !to.Sealed || narrower(*from, to.Open, to.Named)) {
			continue
		}
		if from.Kind() == to.Kind() && len(x.Uses()) == 1 {
			c.add(at, "字段“%[1]s”对更多的人公开，却来自字段“%[2]s”", "the field %[1]q is open to more readers than %[2]q, from which it comes", to.ID, from.ID)
		} else {
			c.warnings.Add(at.Pos(), "字段“%[1]s”对更多的人公开，却用到字段“%[2]s”", "the field %[1]q is open to more readers than %[2]q, which it uses", to.ID, from.ID)
		}
	}
}

// narrower reports that a field keeps out readers that a level lets in.
func narrower(f Field, level Openness, named []string) bool {
	if f.Open.rank() != level.rank() {
		return f.Open.rank() > level.rank()
	}
	if f.Open != OpenNamed {
		return len(f.Once) > 0
	}
	return slices.ContainsFunc(named, func(p string) bool { return !slices.Contains(f.Named, p) })
}

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
			c.refer(c.at.Field("children").Item(j).Field("procedure"), k.Procedure, ids, "程序", "procedure")
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
		filled[s.Unit], filled[s.Period], filled[s.Due] = true, true, true
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
		if !filled[f.ID] && f.Value == "" {
			c.warnings.Add(c.at.Field("fields").Item(i).Pos(), "没有动作也没有上级案件填写字段“%s”", "no action and no parent case fills the field %q", f.ID)
		}
	}
}

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
	for i := range o.With {
		s, n := &o.With[i], at.Field("with").Item(i)
		f, ok := child.Field(s.Field)
		switch {
		case !ok:
			c.oneOf(n.Field("field"), s.Field, child.index.fields, "子案的字段", "field of the sub-case")
		case f.Kind() == 0 || f.Value != "":
			c.add(n.Field("field"), "字段“%s”不能由上级案件给出", "a parent case cannot give the field %q", s.Field)
		default:
			s.value = c.express(env, n.Field("to"), s.To, f.Kind())
		}
	}
}
