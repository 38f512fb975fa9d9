package cases

import (
	"fmt"
	"slices"

	"quanxiang/cases/entered"
	"quanxiang/policy/procedure"
)

// Apply is the case after an event. It is total for events a decision function
// returned for this case, and reports an event that cannot follow: a gap in
// the numbers, or a state the procedure does not have. c is not changed.
func Apply(p *procedure.Procedure, c Case, e Event) (Case, error) {
	if e.Seq != c.Version+1 {
		return c, fmt.Errorf("event %d cannot follow event %d of case %s", e.Seq, c.Version, c.ID)
	}
	c = c.clone()
	c.Version, c.Touched = e.Seq, e.At
	switch e.Kind {
	case Acted:
		return c, c.acted(p, e)
	case Asked:
		c.Pending = append(c.Pending, Request{Seq: e.Seq, Action: e.Action, Values: e.Set, Note: e.Note, By: e.By, At: e.At,
			Joined: joined(e)})
	case Agreed:
		i := c.request(e.Request)
		if i < 0 {
			return c, fmt.Errorf("event %d agrees to no request", e.Seq)
		}
		r := c.Pending[i]
		r.Joined = append(slices.Clone(r.Joined), Joining{e.Party, e.By})
		c.Pending[i] = r
	case Refused:
		c.Pending = slices.DeleteFunc(c.Pending, func(r Request) bool { return r.Seq == e.Request })
	case Warned, Late:
		k := c.Runs[e.Clock]
		k.Warned = max(k.Warned, e.Percent)
		k.Noted = k.Noted || e.Kind == Late
		c.Runs[e.Clock] = k
	case Reckoned:
		c.Values.Put(e.Set)
	case Absorbed:
		c.Absorbed = append(c.Absorbed, e.Merge)
	case Commented:
	default:
		return c, fmt.Errorf("event %d is of an unknown kind %q", e.Seq, e.Kind)
	}
	return c, nil
}

// joined is who has joined a request by asking for it: the asker, when the
// action is one that several do together.
func joined(e Event) []Joining {
	if e.Party == "" {
		return nil
	}
	return []Joining{{e.Party, e.By}}
}

func (c *Case) request(seq int64) int {
	return slices.IndexFunc(c.Pending, func(r Request) bool { return r.Seq == seq })
}

// acted folds an action that took effect.
func (c *Case) acted(p *procedure.Procedure, e Event) error {
	to, ok := p.State(e.To)
	if !ok {
		return fmt.Errorf("event %d leads to an unknown state %q", e.Seq, e.To)
	}
	for i := range p.Clocks { // what was told about a deadline that changes is void
		if date := p.Clocks[i].Until; date != "" {
			if v, set := e.Set[date]; set && !entered.Same(v, c.Values[date]) {
				c.unwarn(p.Clocks[i].ID)
			}
		}
	}
	c.Values.Put(e.Set)
	c.note(p, e)
	for _, f := range e.Unseal {
		if !slices.Contains(c.Unsealed, f) {
			c.Unsealed = append(c.Unsealed, f)
		}
	}
	if e.Request != 0 {
		c.Pending = slices.DeleteFunc(c.Pending, func(r Request) bool { return r.Seq == e.Request })
	}
	if !e.Merge.IsZero() {
		c.Merged = e.Merge
	}
	if c.Opened == 0 {
		c.Opened = e.At
	}
	moved := c.State != e.To
	if moved {
		c.State, c.Since, c.Ended = e.To, e.At, 0
		if !slices.Contains(c.Visited, e.To) {
			c.Visited = append(c.Visited, e.To)
		}
		// What waited for agreement was about the state it was asked in.
		c.Pending = slices.DeleteFunc(c.Pending, func(r Request) bool { return !allowedAt(p, r.Action, e.To) })
	}
	if to.Kind.Ended() && c.Ended == 0 {
		c.Ended, c.Pending = e.At, nil
	}
	c.turnClocks(p, e, moved, to.Kind.Ended())
	return nil
}

func (c *Case) unwarn(clock string) {
	if k, ok := c.Runs[clock]; ok {
		k.Warned, k.Noted = 0, false
		c.Runs[clock] = k
	}
}

func allowedAt(p *procedure.Procedure, action, state string) bool {
	a, ok := p.Action(action)
	return ok && slices.Contains(a.At, state)
}

// note counts the action and remembers by whom and for whom it was done.
func (c *Case) note(p *procedure.Procedure, e Event) {
	d := c.Done[e.Action]
	d.By = slices.Clone(d.By)
	if d.Times++; d.Times == 1 {
		d.First = e.At
	}
	d.Last = e.At
	doers := []Mark{e.By}
	if a, ok := p.Action(e.Action); ok && a.Together != nil {
		if i := c.request(e.Request); i >= 0 { // who joined did it as much as who asked
			for _, j := range c.Pending[i].Joined {
				doers = append(doers, j.By)
			}
		}
	}
	for _, m := range doers {
		for _, person := range []string{m.Person, m.For} {
			if person != "" && !slices.Contains(d.By, person) {
				d.By = append(d.By, person)
			}
		}
	}
	c.Done[e.Action] = d
}

// turnClocks starts, stops, pauses, resumes and extends clocks.
func (c *Case) turnClocks(p *procedure.Procedure, e Event, moved, ended bool) {
	for i := range p.Clocks {
		def := &p.Clocks[i]
		k := c.Runs[def.ID]
		k.Runs, k.Pauses, k.Extra = slices.Clone(k.Runs), slices.Clone(k.Pauses), slices.Clone(k.Extra)
		hit := func(names []string) bool {
			return slices.Contains(names, e.Action) || moved && slices.Contains(names, e.To)
		}
		if k.Running() && (ended || hit(def.To)) {
			k.Runs[len(k.Runs)-1].To = e.At
			k.endPause(e.At)
		}
		if limit, starts := e.Limits[def.ID]; starts && !ended {
			if def.Again == procedure.Restart || len(k.Runs) == 0 || c.changed(def, k) {
				k = Clock{Limit: limit}
			}
			k.Of = c.Values.Only(def.Anew)
			k.Runs = append(k.Runs, Span{From: e.At})
		}
		if k.Running() {
			paused := len(k.Pauses) > 0 && k.Pauses[len(k.Pauses)-1].open()
			if still := slices.Contains(def.Pause, e.To); still && !paused {
				k.Pauses = append(k.Pauses, Span{From: e.At})
			} else if !still {
				k.endPause(e.At)
			}
		}
		if extra, ok := e.Extend[def.ID]; ok {
			k.Extra = append(k.Extra, extra)
			k.Warned, k.Noted = 0, false // what was told was about the shorter limit
		}
		if len(k.Runs) > 0 {
			c.Runs[def.ID] = k
		}
	}
}

// changed reports that a field on which a clock depends is no longer what its
// last start found: what is to be done is another matter then.
func (c *Case) changed(def *procedure.Clock, k Clock) bool {
	return len(k.Runs) > 0 && slices.ContainsFunc(def.Anew, func(field string) bool { return !entered.Same(c.Values[field], k.Of[field]) })
}

func (k *Clock) endPause(at int64) {
	if n := len(k.Pauses); n > 0 && k.Pauses[n-1].open() {
		k.Pauses[n-1].To = at
	}
}

// Begun is the case before its first event: what its history is folded onto.
func (c Case) Begun() Case {
	return Case{ID: c.ID, Procedure: c.Procedure, Pack: c.Pack, Number: c.Number, Parent: c.Parent, Kind: c.Kind, Origin: c.Origin}
}

// Fold makes a case of its history, from what it was before its first event.
func Fold(p *procedure.Procedure, c Case, events []Event) (Case, error) {
	for _, e := range events {
		var err error
		if c, err = Apply(p, c, e); err != nil {
			return c, err
		}
	}
	return c, nil
}
