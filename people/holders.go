package people

import (
	"context"
	"slices"

	"quanxiang/gov"
)

// maxHolders bounds a list people choose a person from.
const maxHolders = 200

// Place is where somebody may hold a role: in a unit and for an area, "" for any.
type Place struct {
	Unit, Area string
	Out        []string // ids of persons who do not count there
}

// Holders lists who holds a role in one of some places now, anywhere where none is
// named, with masked contacts, for whoever is staff: cases are given to persons out
// of such lists. At most 200 are listed.
func (o *Office) Holders(ctx context.Context, by Standing, role string, places ...Place) ([]Person, error) {
	if len(places) == 0 {
		places = []Place{{}}
	}
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
			holds, err := o.holds(ctx, p.ID, role, places, day)
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
// in one of some places on a day.
func (o *Office) holds(ctx context.Context, id gov.ID, role string, places []Place, day gov.Date) (bool, error) {
	h, err := o.store.Holdings(ctx, id)
	if err != nil || h.Account == nil || h.Account.State == Closed {
		return false, err
	}
	return slices.ContainsFunc(h.Assignments, func(a Assignment) bool {
		return a.Role == role && a.Period.Has(day) && slices.ContainsFunc(places, func(at Place) bool {
			return (at.Unit == "" || a.Unit == at.Unit) && !slices.Contains(at.Out, id.String()) &&
				(at.Area == "" || slices.Contains(o.pack().Beats(a.Unit, a.Area), at.Area))
		})
	}), nil
}
