package cases

import (
	"slices"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Actor is who acts now: what the permission check knows of a person at this
// moment.
type Actor struct {
	Kind     gov.ActorKind
	Person   string   // id, "" for the public and the system
	Seats    []Seat   // posts in effect now, those deputised for included
	Contacts []string // references of contacts the actor has shown to be theirs
}

// Seat is a post someone holds or stands in for.
type Seat struct {
	Unit string
	Role string
	Post string // id of the post of the pack, "" for none
	For  string // the absent person whose deputy the actor is, "" for an own post
	Area string `json:",omitempty"` // code of the area it is held for, "" for none
}

// Spread is a seat once for each area it is held for.
func (s Seat) Spread(dir Directory) []Seat {
	areas := dir.Beats(s.Unit, s.Area)
	if len(areas) == 0 {
		return []Seat{s}
	}
	list := make([]Seat, len(areas))
	for i, area := range areas {
		list[i] = s
		list[i].Area = area
	}
	return list
}

// Directory is what relations need to know of the district.
type Directory interface {
	// Members lists the units a group stands for; nil when id is no group.
	Members(id string) []string
	// Serving is the unit that serves an area, "" for none.
	Serving(area string) string
	// Area is the area with a code.
	Area(code string) (area policy.Area, ok bool)
	// AreasOf lists the areas of a level.
	AreasOf(level policy.AreaLevel) []policy.Area
	// Beats lists the areas a role in a unit is held for: the one that is named,
	// or else those the unit serves.
	Beats(unit, area string) []string
	// AreaAt is the area of a level in which a point lies; ok is false where
	// the ground is not known.
	AreaAt(pt geo.Point, level policy.AreaLevel) (area policy.Area, ok bool)
}

// Turn is a relation of a case worked out to units, posts and persons, so that
// a list of what waits for someone is a lookup. It holds for a seat or person
// that matches and is not left out.
type Turn struct {
	Party string // of the procedure
	Kind  procedure.TermKind
	Unit  string   // of Post
	Role  string   // of Post, "" for any
	Area  string   `json:",omitempty"` // of Post: the area served, in place of the unit
	Name  string   // of Holds the post, of Person the person, of Holder the contact
	Out   []string // persons left out: they did what they may not check themselves
	Away  []Seat   // posts left out
}

// Turns works a party of a case out.
func (c Case) Turns(p *procedure.Procedure, party string, dir Directory) []Turn {
	plus, minus := p.Terms(party)
	base := Turn{Party: party}
	for _, t := range minus {
		switch t.Kind {
		case procedure.Did:
			base.Out = append(base.Out, c.Done[t.Name].By...)
		case procedure.Person:
			base.Out = append(base.Out, c.Values.All(t.Name)...)
		case procedure.Post:
			units, areas := c.units(t.Unit, dir)
			for _, u := range units {
				base.Away = append(base.Away, Seat{Unit: u, Role: t.Role})
			}
			for _, a := range areas {
				base.Away = append(base.Away, Seat{Area: a, Role: t.Role})
			}
		case procedure.Holds:
			for _, post := range c.Values.All(t.Name) {
				base.Away = append(base.Away, Seat{Post: post})
			}
		}
	}
	slices.Sort(base.Out)
	base.Out = slices.Compact(base.Out)
	var list []Turn
	for _, t := range plus {
		turn := base
		turn.Kind, turn.Role = t.Kind, t.Role
		switch t.Kind {
		case procedure.Post:
			units, areas := c.units(t.Unit, dir)
			for _, turn.Unit = range units {
				list = append(list, turn)
			}
			turn.Unit = ""
			for _, turn.Area = range areas {
				if !slices.ContainsFunc(list, func(o Turn) bool { return o.Area == turn.Area && o.Role == turn.Role }) {
					list = append(list, turn)
				}
			}
		case procedure.Holds, procedure.Person, procedure.Holder:
			for _, turn.Name = range c.Values.All(t.Name) {
				list = append(list, turn)
			}
		case procedure.Did:
			for _, who := range c.Done[t.Name].By {
				turn.Kind, turn.Name = procedure.Person, who
				list = append(list, turn)
			}
		case procedure.Public, procedure.Program:
			list = append(list, turn)
		}
	}
	return list
}

// units works a reference to units out; groups stand for their members. Of a
// field that holds an area it gives that area and those it lies in instead, from
// the smallest.
func (c Case) units(ref procedure.UnitRef, dir Directory) (list, areas []string) {
	var ids []string
	switch {
	case ref.ID != "":
		ids = []string{ref.ID}
	case ref.Area != "":
		if u := dir.Serving(c.Values.Text(ref.Area)); u != "" {
			ids = []string{u}
		}
	default:
		ids = c.Values.All(ref.Field)
		if len(ids) == 1 { // codes of areas and ids of units are never the same
			for a, ok := dir.Area(ids[0]); ok; a, ok = dir.Area(a.Parent) {
				areas = append(areas, a.Code)
			}
		}
		if len(areas) > 0 {
			return nil, areas
		}
	}
	for _, id := range ids {
		members := dir.Members(id)
		if members == nil {
			members = []string{id}
		}
		for _, u := range members { // a unit may be named beside a group it is in
			if !slices.Contains(list, u) {
				list = append(list, u)
			}
		}
	}
	return list, nil
}

// Matches reports that a turn is an actor's, and by which seat. The seat of a
// person without post is zero.
func (t Turn) Matches(a Actor) (Seat, bool) {
	if a.Person != "" && slices.Contains(t.Out, a.Person) || slices.ContainsFunc(t.Away, func(away Seat) bool {
		return slices.ContainsFunc(a.Seats, func(s Seat) bool { return away.includes(s) })
	}) {
		return Seat{}, false
	}
	switch t.Kind {
	case procedure.Public:
		return Seat{}, a.Kind != gov.SystemActor // the program is not one of the public
	case procedure.Program:
		return Seat{}, a.Kind == gov.ProgramActor
	case procedure.Holder:
		return Seat{}, slices.Contains(a.Contacts, t.Name)
	case procedure.Person:
		if t.Name == "" {
			return Seat{}, false // nobody, not everybody without a name
		}
		if a.Person == t.Name {
			return a.own(), true
		}
		i := slices.IndexFunc(a.Seats, func(s Seat) bool { return s.For == t.Name })
		if i < 0 || slices.Contains(t.Out, t.Name) {
			return Seat{}, false
		}
		return a.Seats[i], true
	}
	want := Seat{Unit: t.Unit, Role: t.Role, Area: t.Area}
	if t.Kind == procedure.Holds {
		want = Seat{Post: t.Name}
	}
	// An own post goes before one held for somebody else.
	for _, deputy := range []bool{false, true} {
		for _, s := range a.Seats {
			if (s.For != "") == deputy && want.includes(s) && !(deputy && slices.Contains(t.Out, s.For)) {
				return s, true
			}
		}
	}
	return Seat{}, false
}

// includes reports that a pattern, whose empty parts mean any, covers a seat.
func (s Seat) includes(o Seat) bool {
	return (s.Unit == "" || s.Unit == o.Unit) && (s.Role == "" || s.Role == o.Role) && (s.Post == "" || s.Post == o.Post) && (s.Area == "" || s.Area == o.Area)
}

// own is the actor's first own post, for the record.
func (a Actor) own() Seat {
	for _, s := range a.Seats {
		if s.For == "" {
			return s
		}
	}
	return Seat{}
}

// mark is how the history keeps an actor.
func (a Actor) mark(s Seat) Mark {
	return Mark{Kind: a.Kind, Person: a.Person, For: s.For, Unit: s.Unit, Role: s.Role, Post: s.Post}
}

// belongs finds the first of some parties an actor is one of, in the order of
// the file; within one term an own post goes before one held for somebody else.
func (c Case) belongs(p *procedure.Procedure, parties []string, a Actor, dir Directory) (party string, seat Seat, ok bool) {
	for _, party := range parties {
		for _, t := range c.Turns(p, party, dir) {
			if seat, ok := t.Matches(a); ok {
				return party, seat, true
			}
		}
	}
	return "", Seat{}, false
}

// concerns reports that an actor is one of some parties, or would be had they
// not done what the relation leaves out.
func (c Case) concerns(p *procedure.Procedure, parties []string, a Actor, dir Directory) bool {
	for _, party := range parties {
		for _, t := range c.Turns(p, party, dir) {
			t.Out = nil
			if _, ok := t.Matches(a); ok {
				return true
			}
		}
	}
	return false
}

// Key is the name under which a turn is kept, so that whoever it is for can
// look it up; "" for the public's.
func (t Turn) Key() string {
	switch t.Kind {
	case procedure.Post:
		if t.Area != "" {
			return "area/" + t.Area + "/" + t.Role
		}
		return "post/" + t.Unit + "/" + t.Role
	case procedure.Holds, procedure.Person, procedure.Holder:
		return string(t.Kind) + "/" + t.Name
	}
	return ""
}

// Keys lists the names under which an actor's turns are kept.
func (a Actor) Keys() []string {
	var list []string
	add := func(t Turn) {
		if key := t.Key(); !slices.Contains(list, key) {
			list = append(list, key)
		}
	}
	if a.Person != "" {
		add(Turn{Kind: procedure.Person, Name: a.Person})
	}
	for _, s := range a.Seats {
		add(Turn{Kind: procedure.Post, Unit: s.Unit, Role: s.Role})
		add(Turn{Kind: procedure.Post, Unit: s.Unit})
		if s.Area != "" {
			add(Turn{Kind: procedure.Post, Area: s.Area, Role: s.Role})
			add(Turn{Kind: procedure.Post, Area: s.Area})
		}
		if s.Post != "" {
			add(Turn{Kind: procedure.Holds, Name: s.Post})
		}
		if s.For != "" {
			add(Turn{Kind: procedure.Person, Name: s.For})
		}
	}
	for _, c := range a.Contacts {
		add(Turn{Kind: procedure.Holder, Name: c})
	}
	return list
}
