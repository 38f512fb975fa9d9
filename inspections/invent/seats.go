package invent

import (
	"slices"

	"quanxiang/policy"
)

// Inspector is the role of who carries visits out.
const Inspector = "inspector"

// Seat is a role somebody holds in a unit.
type Seat struct{ Unit, Role string }

// Seats are who plans inspections in each department, who agrees, and the two who go;
// and who keeps registers, and who decides about what is in them.
func Seats(p *policy.Pack) (list []Seat) {
	if p.Inspections == nil {
		return nil
	}
	for _, r := range p.Registers {
		list = append(list, Seat{r.Writers[0], "clerk"}, Seat{r.Writers[0], "lead"})
	}
	for _, d := range p.Inspections.Departments {
		list = append(list, Seat{d.Unit, "clerk"}, Seat{d.Unit, "lead"}, Seat{d.Unit, Inspector}, Seat{d.Unit, Inspector})
	}
	return list
}

// Planners are who plans inspections and who agrees, of the first two departments.
func Planners(p *policy.Pack) (list []Seat) {
	if p.Inspections == nil {
		return nil
	}
	for _, d := range p.Inspections.Departments[:min(2, len(p.Inspections.Departments))] {
		list = append(list, Seat{d.Unit, "clerk"}, Seat{d.Unit, "lead"})
	}
	for _, r := range p.Registers {
		if len(r.Shows) > 0 { // whose entries are decided about in cases
			list = append(list, Seat{r.Writers[0], "clerk"}, Seat{r.Writers[0], "lead"})
		}
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

// Party reports that holders of a role are parties of draws, or lead or audit them.
func Party(r policy.Role) bool {
	return slices.Contains(r.Grants, policy.WitnessDraws) || slices.Contains(r.Grants, policy.SealDraws) || slices.Contains(r.Grants, policy.AttestDraws)
}

// parties is how many of each a draw has.
var parties = map[policy.Act]int{policy.WitnessDraws: 3, policy.SealDraws: 2, policy.AttestDraws: 2}

// More are the seats that holding draws takes besides Seats and one holder of each role:
// the other parties, held in a unit, and inspectors, so many in all.
func More(p *policy.Pack, inspectors int, unit string) (list []Seat) {
	if p.Inspections == nil {
		return nil
	}
	for _, r := range p.Roles {
		for _, g := range r.Grants {
			for range parties[g] - 1 {
				list = append(list, Seat{Home(p, r, unit), r.ID})
			}
		}
	}
	for i, units := 2*len(p.Inspections.Departments), Units(); i < inspectors; i++ {
		list = append(list, Seat{units[i%len(units)], Inspector})
	}
	return list
}
