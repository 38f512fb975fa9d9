package invent

import (
	"slices"

	"quanxiang/policy"
)

// Inspector is the role of who carries visits out.
const Inspector = "inspector"

// Seat is a role somebody holds in a unit.
type Seat struct{ Unit, Role string }

// Seats are who plans inspections in each department, who agrees, and the two who go.
func Seats(p *policy.Pack) (list []Seat) {
	if p.Inspections == nil {
		return nil
	}
	for _, d := range p.Inspections.Departments {
		list = append(list, Seat{d.Unit, "clerk"}, Seat{d.Unit, "lead"}, Seat{d.Unit, Inspector}, Seat{d.Unit, Inspector})
	}
	return list
}

// Home is the unit in which a role about inspections is held, or else another.
func Home(p *policy.Pack, r policy.Role, other string) string {
	switch {
	case p.Inspections == nil:
	case slices.Contains(r.Grants, policy.LeadInspections):
		return p.Inspections.Office
	case slices.Contains(r.Grants, policy.Inspect):
		return p.Inspections.Departments[0].Unit
	}
	return other
}
