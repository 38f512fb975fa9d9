package people

import (
	"cmp"
	"slices"
	"time"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Standing is who acts now and by what right: all that Can and the worklists
// need. It is computed from data and a time, and is true of that time only.
type Standing struct {
	Kind   gov.ActorKind
	Person gov.ID // of citizens, applicants and staff
	Name   string // to be shown; the login of an operator
	At     time.Time
	Proven time.Time // when it was last proven that it is them; zero if never
	Held   []Held    // own assignments in effect, then those of absent persons

	pack *policy.Pack // for the words of refusals
}

// Held is an assignment in effect.
type Held struct {
	Assignment Assignment
	Role       policy.Role
	For        gov.ID // the absent person who holds it; zero for one's own
	ForName    string
}

// Public is the standing of someone who is not identified.
func Public(at time.Time) Standing { return Standing{Kind: gov.PublicActor, At: at} }

// Operator is the standing of someone at the server's command line, whom the
// operating system has let in. It gives rights and reads texts in; it sees no
// case.
func Operator(login string, at time.Time) Standing {
	return Standing{Kind: gov.OperatorActor, Name: login, At: at, Proven: at}
}

// Program is the standing of another program that has an API key: it may do these acts.
func Program(name string, at time.Time, acts ...policy.Act) Standing {
	return Standing{Kind: gov.SystemActor, Name: name, At: at, Held: []Held{{Role: policy.Role{Grants: acts}}}}
}

// Citizen is the standing of a person with things of their own.
func Citizen(id gov.ID, name string, at time.Time) Standing {
	return Standing{Kind: gov.CitizenActor, Person: id, Name: name, At: at}
}

// Applicant is the standing of an organisation with things of its own.
func Applicant(id gov.ID, name string, at time.Time) Standing {
	return Standing{Kind: gov.ApplicantActor, Person: id, Name: name, At: at}
}

// Staff computes the standing of a person from what they hold.
//
// Assignments count on their days, by the date in China. During an absence the
// deputy has the absent person's assignments besides their own, each marked
// with whose it is; roles that conflict with one the deputy has already stay
// behind. The absent person keeps theirs: nobody can be shut out by an absence
// entered for them. A deputy who is away covers for nobody, and what a deputy
// covers is not handed on. A role that the pack does not have grants nothing.
func Staff(h Holdings, pack *policy.Pack, at, proven time.Time) Standing {
	s := Standing{Kind: gov.StaffActor, Person: h.Person.ID, Name: h.Person.Name, At: at, Proven: proven, pack: pack}
	if h.Account == nil || h.Account.State == Closed {
		return s
	}
	day := gov.DateOf(at)
	s.Held = inEffect(h.Assignments, pack, day)
	if slices.ContainsFunc(h.Absences, func(a Absence) bool { return a.Period.Has(day) }) {
		return s
	}
	for _, c := range h.Covers {
		if !c.Absence.Period.Has(day) {
			continue
		}
		for _, held := range inEffect(c.Assignments, pack, day) {
			if slices.ContainsFunc(s.Held, func(o Held) bool { return pack.RolesConflict(o.Role.ID, held.Role.ID) }) {
				continue
			}
			held.For, held.ForName = c.Absence.Person, c.Name
			s.Held = append(s.Held, held)
		}
	}
	return s
}

// inEffect lists the assignments of a day in the order they began.
func inEffect(list []Assignment, pack *policy.Pack, day gov.Date) []Held {
	var held []Held
	for _, a := range list {
		if role, ok := pack.Role(a.Role); ok && a.Period.Has(day) {
			held = append(held, Held{Assignment: a, Role: role})
		}
	}
	slices.SortStableFunc(held, func(a, b Held) int {
		return cmp.Or(a.Assignment.Period.From.Compare(b.Assignment.Period.From), cmp.Compare(a.Assignment.ID.String(), b.Assignment.ID.String()))
	})
	return held
}

// Acts lists what the person may do somewhere, in the order of policy.Acts. It
// decides which parts of a page are offered; Can decides about the act.
func (s Standing) Acts() []policy.Act {
	return slices.DeleteFunc(policy.Acts(), func(a policy.Act) bool {
		if s.Kind == gov.OperatorActor {
			return !operatorMay(a)
		}
		return !slices.ContainsFunc(s.Held, func(h Held) bool { return slices.Contains(h.Role.Grants, a) })
	})
}

// Actor is who acts, as the ledger commits to it, without a deputy's "for":
// that depends on the act, see Grant.
func (s Standing) Actor() gov.Actor {
	switch s.Kind {
	case gov.PublicActor:
		return gov.Actor{Kind: s.Kind}
	case gov.OperatorActor, gov.SystemActor:
		return gov.Actor{Kind: s.Kind, Name: s.Name}
	}
	return gov.Actor{Kind: s.Kind, Name: s.Person.String()}
}
