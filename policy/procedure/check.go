package procedure

import (
	"slices"
)

// check looks at the procedure as a whole: what no single line shows.
func (c *compiler) check() {
	c.checkStates()
	c.checkClocks()
	c.checkParties()
	c.checkOpenness()
	c.checkMeasures()
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
	} else {
		c.checkEnds(reached)
	}
	for i, a := range c.Actions {
		if !slices.ContainsFunc(a.At, func(s string) bool { return s == New || reached[s] }) {
			c.add(c.at.Field("actions").Item(i), "动作“%s”永远不能做：它所在的状态无法到达", "the action %q can never be done: its states cannot be reached", a.ID)
		}
	}
}

// checkEnds finds states from which a case can go on for ever but never end.
func (c *compiler) checkEnds(reached map[string]bool) {
	ends := map[string]bool{}
	for _, s := range c.States {
		ends[s.ID] = s.Kind.Ended()
	}
	for more := true; more; {
		more = false
		for _, a := range c.Actions {
			for _, s := range a.At {
				if !ends[s] && ends[a.To] {
					ends[s], more = true, true
				}
			}
		}
	}
	for i, s := range c.States {
		leaves := slices.ContainsFunc(c.Actions, func(a Action) bool { return a.To != "" && a.To != s.ID && slices.Contains(a.At, s.ID) })
		if reached[s.ID] && !ends[s.ID] && leaves { // one without a way out is reported
			c.add(c.at.Field("states").Item(i), "从状态“%s”出发永远不能结束", "from the state %q the case can never end", s.ID)
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
