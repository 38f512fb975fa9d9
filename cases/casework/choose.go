package casework

import (
	"context"
	"slices"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Among lists the persons a field of a case may name: who holds a seat of the
// party it is chosen from, as the case stands. id is zero for a case yet to be
// begun. Without a party, and where a party is not told by roles, there is
// nobody to choose from.
func (w *Casework) Among(ctx context.Context, s people.Standing, id gov.ID, p *procedure.Procedure, f *procedure.Field) ([]people.Person, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	pack, c := w.packs.Current(), cases.Case{State: procedure.New}
	if !id.IsZero() {
		file, err := w.docket.File(ctx, id, s.At)
		if err != nil {
			return nil, err
		}
		c = file.Case
	}
	var roles []string // in the order of the party
	places := map[string][]people.Place{}
	for _, t := range c.Turns(p, f.Among, pack) {
		if t.Kind != procedure.Post || t.Role == "" {
			continue
		}
		if !slices.Contains(roles, t.Role) {
			roles = append(roles, t.Role)
		}
		places[t.Role] = append(places[t.Role], people.Place{Unit: t.Unit, Area: t.Area, Out: t.Out})
	}
	var list []people.Person
	for _, role := range roles {
		some, err := w.staff.Holders(ctx, s, role, places[role]...)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			if !slices.ContainsFunc(list, func(o people.Person) bool { return o.ID == one.ID }) {
				list = append(list, one)
			}
		}
	}
	return list, nil
}
