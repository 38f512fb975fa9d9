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
	var list []people.Person
	for _, t := range c.Turns(p, f.Among, pack) {
		if t.Kind != procedure.Post || t.Role == "" {
			continue
		}
		some, err := w.staff.Holders(ctx, s, t.Role, t.Unit, t.Area)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			if !slices.Contains(t.Out, one.ID.String()) && !slices.ContainsFunc(list, func(o people.Person) bool { return o.ID == one.ID }) {
				list = append(list, one)
			}
		}
	}
	return list, nil
}
