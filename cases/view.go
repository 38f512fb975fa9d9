package cases

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Reader is who looks at a case.
type Reader struct {
	Actor
	Staff bool // holds a post in the district
	All   bool // an auditor: reads every field that is not sealed
}

// Seen says how a field shows to a reader.
type Seen int

// The ways.
const (
	Hidden Seen = iota // not at all, not even that it has a value
	Closed             // that it is sealed, not its value
	Open
)

// Seen is how a field of a case shows to a reader. It is the one place where
// openness is decided.
func (c Case) Seen(p *procedure.Procedure, f *procedure.Field, r Reader, dir Directory) Seen {
	if f.Sealed && !slices.Contains(c.Unsealed, f.ID) {
		if c.open(p, f, r, dir) {
			return Closed
		}
		return Hidden
	}
	if r.All || c.open(p, f, r, dir) {
		return Open
	}
	return Hidden
}

func (c Case) open(p *procedure.Procedure, f *procedure.Field, r Reader, dir Directory) bool {
	r.All = false
	switch {
	case f.Open == procedure.OpenNamed:
		_, _, ok := c.belongs(p, f.Named, r.Actor, dir)
		return ok
	case f.Open == procedure.OpenStaff && len(f.Named) > 0: // besides the staff
		if _, _, ok := c.belongs(p, f.Named, r.Actor, dir); ok {
			return true
		}
	case f.Open == procedure.OpenPublic && len(f.Once) > 0 && !slices.ContainsFunc(f.Once, func(s string) bool { return slices.Contains(c.Visited, s) }):
		if _, _, ok := c.belongs(p, f.Named, r.Actor, dir); ok {
			return true
		}
		return c.Reads(p, procedure.OpenStaff, r, dir)
	}
	return c.Reads(p, f.Open, r, dir)
}

// Reads reports that a reader is among those to whom a level of openness opens
// a case. OpenNamed is nobody's: whom it names stands with the field.
func (c Case) Reads(p *procedure.Procedure, level procedure.Openness, r Reader, dir Directory) bool {
	switch level {
	case procedure.OpenPublic:
		return p.Published(c.State) || r.All || r.Staff && !p.Hushed(c.State) || c.Party(p, r, dir)
	case procedure.OpenNamed:
		return false
	case procedure.OpenStaff:
		// Whoever is a party by a contact alone is outside the office.
		return r.All || r.Staff && !p.Hushed(c.State) || r.Kind != gov.PublicActor && c.Party(p, r, dir)
	}
	return r.All || c.Party(p, r, dir)
}

// Party reports that a reader is a party of the case other than as one of the
// public.
func (c Case) Party(p *procedure.Procedure, r Reader, dir Directory) bool {
	for i := range p.Parties {
		if p.Parties[i].Outside {
			continue
		}
		for _, t := range c.Turns(p, p.Parties[i].ID, dir) {
			t.Out, t.Away = nil, nil // whoever may not check still may read
			if _, ok := t.Matches(r.Actor); ok && t.Kind != procedure.Public {
				return true
			}
		}
	}
	return false
}

// View is the fields of a case a reader may see, in the order of the file.
func View(p *procedure.Procedure, c Case, r Reader, dir Directory) []Shown {
	var list []Shown
	for i := range p.Fields {
		f := &p.Fields[i]
		v, has := c.Values[f.ID]
		switch seen := c.Seen(p, f, r, dir); {
		case !has || seen == Hidden:
		case seen == Closed:
			list = append(list, Shown{Field: f, Sealed: true})
		default:
			list = append(list, Shown{Field: f, Value: v})
		}
	}
	return list
}

// Shown is a field as a reader sees it.
type Shown struct {
	Field  *procedure.Field
	Value  any
	Sealed bool
}

// Redact takes out of an event the values its reader may not see. Remarks,
// files and stamps are for the parties of the case.
func Redact(p *procedure.Procedure, c Case, e Event, r Reader, dir Directory) Event {
	e.Set = c.readable(p, e.Set, r, dir)
	if !c.Reads(p, procedure.OpenCase, r, dir) {
		e.Note, e.Files, e.Stamp = "", nil, nil
		e.By = e.By.unnamed()
	}
	return e
}

// RedactRequest takes out of a request what its reader may not see, as Redact
// does.
func RedactRequest(p *procedure.Procedure, c Case, q Request, r Reader, dir Directory) Request {
	q.Values = c.readable(p, q.Values, r, dir)
	if !c.Reads(p, procedure.OpenCase, r, dir) {
		q.Note, q.By = "", q.By.unnamed()
		q.Joined = slices.Clone(q.Joined)
		for i := range q.Joined {
			q.Joined[i].By = q.Joined[i].By.unnamed()
		}
	}
	return q
}

// readable is those of some values of a case that a reader may see.
func (c Case) readable(p *procedure.Procedure, values Values, r Reader, dir Directory) Values {
	list := Values{}
	for name, v := range values {
		if f, ok := p.Field(name); ok && c.Seen(p, f, r, dir) == Open {
			list[name] = v
		}
	}
	return list
}

// unnamed is a mark without who it was: post and unit stay.
func (m Mark) unnamed() Mark {
	m.Person, m.For = "", ""
	return m
}

// Option is an action as it stands for an actor: possible, or not and why.
type Option struct {
	Action *procedure.Action
	Why    error // nil when the actor may do it, fields aside
}

// Options lists what may be done where a case stands: the actions of its state
// that are the actor's, with the reason where something is against it that
// nothing typed would change. That is Conflict for a condition about the case
// alone, and Forbidden where the actor is left out for what they did before:
// who reported may not verify. Actions for others are left out.
func Options(p *procedure.Procedure, c Case, actor Actor, w World) []Option {
	s := newStep(p, c, w)
	var list []Option
	for i := range p.Actions {
		a := &p.Actions[i]
		if actor.Kind == gov.SystemActor || !slices.Contains(a.At, c.State) || !c.concerns(p, a.Who(), actor, w.Dir) {
			continue
		}
		_, _, err := s.may(a, actor)
		if err == nil && slices.ContainsFunc(c.Pending, func(r Request) bool { return r.Action == a.ID }) {
			err = gov.Errorf(gov.Conflict, "“%[1]s”已经提出，正在等待同意", "%[2]q has been asked for already and waits for consent", a.Name.ZH, a.Name.In(gov.EN))
		}
		if err == nil {
			err = s.settled(a)
		}
		if err == nil && len(a.Asks) == 0 { // with fields the rest depends on what is typed
			_, err = Act(p, c, Input{Action: a.ID, Actor: actor}, w)
		}
		list = append(list, Option{a, err})
	}
	return list
}

// Requests lists the requests an actor may answer now.
func Requests(p *procedure.Procedure, c Case, actor Actor, w World) []Request {
	s := newStep(p, c, w)
	var list []Request
	for _, r := range c.Pending {
		if _, _, _, _, err := s.consent(r.Seq, actor); err == nil {
			list = append(list, r)
		}
	}
	return list
}

// Waiting is whose turn it is: all who may do what the state waits for, or
// whose consent is asked for. Actions aside make it nobody's turn.
func Waiting(p *procedure.Procedure, c Case, dir Directory) []Turn {
	var parties []string
	add := func(list []string) {
		for _, party := range list {
			if !slices.Contains(parties, party) {
				parties = append(parties, party)
			}
		}
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		pending := slices.ContainsFunc(c.Pending, func(r Request) bool { return r.Action == a.ID })
		if a.Aside || pending || !slices.Contains(a.At, c.State) || a.Times > 0 && c.Done[a.ID].Times >= a.Times {
			continue
		}
		add(a.By)
		if a.Together != nil {
			add(a.Together.Of)
		}
	}
	for _, r := range c.Pending {
		a, _ := p.Action(r.Action)
		add(r.asked(a))
	}
	var turns []Turn
	for _, party := range parties {
		for _, t := range c.Turns(p, party, dir) {
			if t.Kind != procedure.Public && t.Kind != procedure.Program {
				turns = append(turns, t)
			}
		}
	}
	return turns
}

// Colour is how a case stands at a glance, nil when the procedure has no
// colour for it.
func Colour(p *procedure.Procedure, c Case, w World) *procedure.Colour {
	s := scope{p: p, c: c, w: w}
	for i := range p.Colours {
		k := &p.Colours[i]
		if k.Test() == nil {
			return k
		}
		if yes, err := k.Test().Holds(s.value); err == nil && yes {
			return k
		}
	}
	return nil
}

// Deadlines lists where the clocks of a case stand, those that have started,
// in the order of the file.
func Deadlines(p *procedure.Procedure, c Case, w World) ([]Deadline, error) {
	var list []Deadline
	for i := range p.Clocks {
		d, ok, err := c.deadline(&p.Clocks[i], w.Calendar)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, d)
		}
	}
	return list, nil
}
