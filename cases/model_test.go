package cases_test

import (
	"slices"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// model says who is a party, from the written relation alone and in the
// plainest way: a set of terms less another, looked at one by one. It shares no
// code with the engine.
type model struct {
	p   *procedure.Procedure
	dir cases.Directory
}

// actorOf is who acted, with the post by which it was done.
func actorOf(m cases.Mark) cases.Actor {
	a := cases.Actor{Kind: m.Kind, Person: m.Person, Seats: []cases.Seat{{Unit: m.Unit, Role: m.Role, Post: m.Post, For: m.For}}}
	if m.Kind == gov.PublicActor { // the history does not keep the contact by which somebody acted; the walks have one
		a.Contacts = []string{"mei"}
	}
	return a
}

// is says whether somebody belongs to a party. Reading asks for the terms of a
// relation only, since whoever may not check may still read.
func (m model) is(a cases.Actor, party string, c cases.Case, reading bool) bool {
	if m.excluded(a, party, c) && !reading {
		return false
	}
	for _, t := range m.plus(party) {
		if m.holds(a, t, c, reading, party) {
			return true
		}
	}
	return false
}

func (m model) plus(party string) (list []procedure.Term) {
	x, _ := m.p.Party(party)
	for _, t := range x.Who.Plus {
		if t.Kind == procedure.Among {
			list = append(list, m.plus(t.Name)...)
		} else {
			list = append(list, t)
		}
	}
	return list
}

// minus is all that a party or a party in it takes away.
func (m model) minus(party string) (list []procedure.Term) {
	x, _ := m.p.Party(party)
	for _, t := range x.Who.Plus {
		if t.Kind == procedure.Among {
			list = append(list, m.minus(t.Name)...)
		}
	}
	for _, t := range x.Who.Minus {
		if t.Kind == procedure.Among {
			list = append(list, m.plus(t.Name)...)
		} else {
			list = append(list, t)
		}
	}
	return list
}

// excluded says whether the actor, as a person or through any post, is taken
// away.
func (m model) excluded(a cases.Actor, party string, c cases.Case) bool {
	for _, t := range m.minus(party) {
		switch t.Kind {
		case procedure.Did:
			if a.Person != "" && slices.Contains(c.Done[t.Name].By, a.Person) {
				return true
			}
		case procedure.Person:
			if a.Person != "" && slices.Contains(c.Values.All(t.Name), a.Person) {
				return true
			}
		case procedure.Post, procedure.Holds:
			for _, s := range a.Seats {
				if m.fits(s, t, c) {
					return true
				}
			}
		}
	}
	return false
}

// barred says whether the person for whom a deputy would act is taken away.
func (m model) barred(who, party string, c cases.Case) bool {
	return who != "" && m.excluded(cases.Actor{Person: who}, party, c)
}

func (m model) holds(a cases.Actor, t procedure.Term, c cases.Case, reading bool, party string) bool {
	switch t.Kind {
	case procedure.Public:
		return !reading // being one of the public makes nobody a party who reads
	case procedure.Holder:
		v, _ := c.Values[t.Name].(string)
		return v != "" && slices.Contains(a.Contacts, v)
	case procedure.Person, procedure.Did:
		var who []string
		if t.Kind == procedure.Did {
			who = c.Done[t.Name].By
		} else {
			who = c.Values.All(t.Name)
		}
		if a.Person != "" && slices.Contains(who, a.Person) {
			return true
		}
		return slices.ContainsFunc(a.Seats, func(s cases.Seat) bool {
			return s.For != "" && slices.Contains(who, s.For) && (reading || !m.barred(s.For, party, c))
		})
	}
	return slices.ContainsFunc(a.Seats, func(s cases.Seat) bool {
		return m.fits(s, t, c) && (reading || !m.barred(s.For, party, c))
	})
}

// fits says whether a seat is of the kind a term names.
func (m model) fits(s cases.Seat, t procedure.Term, c cases.Case) bool {
	if t.Kind == procedure.Holds {
		v, _ := c.Values[t.Name].(string)
		return v != "" && s.Post == v
	}
	if t.Role != "" && s.Role != t.Role {
		return false
	}
	var units []string
	switch v := c.Values[t.Unit.Field].(type) {
	case string:
		units = []string{v}
	case []string:
		units = v
	}
	if t.Unit.ID != "" {
		units = []string{t.Unit.ID}
	}
	if t.Unit.Area != "" {
		area, _ := c.Values[t.Unit.Area].(string)
		units = []string{m.dir.Serving(area)}
	}
	return s.Unit != "" && slices.ContainsFunc(units, func(u string) bool { return u == s.Unit || slices.Contains(m.dir.Members(u), s.Unit) })
}
