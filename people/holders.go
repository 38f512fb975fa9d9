package people

import (
	"context"
	"slices"

	"quanxiang/gov"
)

// maxHolders bounds a list people choose a person from.
const maxHolders = 200

// Holders lists who holds a role in a unit and for an area now, "" for any, with
// masked contacts, for whoever is staff: cases are given to persons out of such
// lists. At most 200 are listed.
func (o *Office) Holders(ctx context.Context, by Standing, role, unit, area string) ([]Person, error) {
	if by.Kind != gov.StaffActor {
		return nil, gov.Errorf(gov.Unknown, "请先登录", "log in first")
	}
	day := gov.DateOf(o.clock())
	var list []Person
	for page := (gov.Page{Limit: maxHolders}); ; {
		some, err := o.store.Persons(ctx, Filter{Role: role, Day: day}, page)
		if err != nil {
			return nil, err
		}
		for _, p := range some.Items {
			holds, err := o.holds(ctx, p.ID, role, unit, area, day)
			if err != nil {
				return nil, err
			}
			if holds {
				list = append(list, p.masked())
			}
		}
		if page.After = some.Next; some.Next == "" || len(list) >= maxHolders {
			return list[:min(len(list), maxHolders)], nil
		}
	}
}

// holds reports that a person with an account that is not closed holds a role
// in a unit and for an area on a day.
func (o *Office) holds(ctx context.Context, id gov.ID, role, unit, area string, day gov.Date) (bool, error) {
	h, err := o.store.Holdings(ctx, id)
	if err != nil || h.Account == nil || h.Account.State == Closed {
		return false, err
	}
	return slices.ContainsFunc(h.Assignments, func(a Assignment) bool {
		return a.Role == role && (unit == "" || a.Unit == unit) &&
			(area == "" || slices.Contains(o.pack().Beats(a.Unit, a.Area), area)) && a.Period.Has(day)
	}), nil
}
