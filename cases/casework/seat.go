package casework

import (
	"slices"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Actor is who somebody is to cases: the seats of the roles by which they may
// do something about cases, their own and those they are deputy for. Whoever
// holds a role in a unit holds it for the units whose tasks that one has taken
// over, too: cases that name a unit which is no more go on. They hold it for the
// area they were given it for or else for those the unit serves.
func Actor(pack *policy.Pack, s people.Standing) cases.Actor {
	a := cases.Actor{Kind: s.Kind}
	if !s.Person.IsZero() {
		a.Person = s.Person.String()
	}
	for _, h := range s.Held {
		if !slices.ContainsFunc(h.Role.Grants, policy.Act.Moves) {
			continue
		}
		seat := cases.Seat{Unit: h.Assignment.Unit, Role: h.Role.ID, Post: h.Assignment.Post, Area: h.Assignment.Area}
		if !h.For.IsZero() {
			seat.For = h.For.String()
		}
		for _, seat := range seat.Spread(pack) {
			a.Seats = append(a.Seats, seat)
			if u, ok := pack.Unit(seat.Unit); ok {
				for _, seat.Unit = range u.Former {
					a.Seats = append(a.Seats, seat)
				}
			}
		}
	}
	return a
}

// Reader is how somebody reads cases. Who may see cases and the record of what
// others did is an auditor and reads every level of openness.
func Reader(pack *policy.Pack, s people.Standing) cases.Reader {
	r := cases.Reader{Actor: Actor(pack, s)}
	for _, h := range s.Held {
		if !slices.Contains(h.Role.Grants, policy.ReadCases) {
			continue
		}
		r.Staff = true
		r.All = r.All || slices.ContainsFunc(h.Role.Grants, func(a policy.Act) bool { return a.Kind() == policy.OnRecord })
	}
	return r
}

// Enter refuses whoever may not see cases in the office. Which fields of which
// cases they see is for the fields to say.
func Enter(s people.Standing) error {
	if s.Kind == gov.StaffActor && slices.Contains(s.Acts(), policy.ReadCases) {
		return nil
	}
	return people.Can(s, policy.ReadCases, people.Object{})
}
