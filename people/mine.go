package people

import (
	"context"
	"slices"

	"quanxiang/gov"
)

// Mine is what somebody sees of their own account.
type Mine struct {
	Login    string
	Password bool    // there is one
	Second   bool    // a second factor is set up
	Recovery int     // recovery codes that are left
	Issuer   string  // identity provider it is bound to, or ""
	Away     []Leave // absences that are not over
}

// Leave is a person's absence with who is their deputy.
type Leave struct {
	Absence Absence
	Deputy  string // name
}

// Mine returns the account of the person a token belongs to. It returns Unknown
// unless the session is whole.
func (o *Office) Mine(ctx context.Context, token string) (Mine, error) {
	s, a, err := o.whole(ctx, o.store, token)
	if err != nil {
		return Mine{}, err
	}
	h, err := o.store.Holdings(ctx, s.Person)
	if err != nil {
		return Mine{}, err
	}
	m := Mine{Login: a.Login, Password: a.Password != "", Second: len(a.TOTP) > 0, Recovery: len(a.Recovery), Issuer: a.Issuer}
	today := gov.DateOf(o.clock())
	for _, b := range h.Absences {
		if !today.Before(b.Period.To) || !b.Period.From.Before(b.Period.To) {
			continue // over, or ended before it began
		}
		p, err := o.store.Person(ctx, b.Deputy)
		if err != nil {
			return Mine{}, err
		}
		m.Away = append(m.Away, Leave{b, p.Name})
	}
	return m, nil
}

// Missing tells what a session lacks to count. It returns Unknown when there is
// no session or it has ended.
func (o *Office) Missing(ctx context.Context, token string) (Need, error) {
	s, a, err := o.session(ctx, o.store, token)
	switch {
	case err != nil || s.Whole:
		return Nothing, err
	case len(a.TOTP) > 0:
		return NeedCode, nil
	}
	return NeedEnrolment, nil
}

// Colleague is somebody of a unit with what they do today.
type Colleague struct {
	Person              // contacts masked
	Held   []Assignment // of the day, in whatever unit
}

// Roster lists those of a unit who have an account, with what they do today, to
// whoever is staff: colleagues know each other's names.
func (o *Office) Roster(ctx context.Context, by Standing, unit string) ([]Colleague, error) {
	if by.Kind != gov.StaffActor {
		return nil, errStaff
	}
	var all []Colleague
	for page := (gov.Page{Limit: 500}); ; {
		list, err := o.store.Persons(ctx, Filter{Unit: unit}, page)
		if err != nil {
			return nil, err
		}
		for _, p := range list.Items {
			h, err := o.store.Holdings(ctx, p.ID)
			if err != nil {
				return nil, err
			}
			if h.Account == nil || h.Account.State == Closed {
				continue
			}
			past := func(a Assignment) bool { return !a.Period.Has(gov.DateOf(o.clock())) }
			all = append(all, Colleague{p.masked(), slices.DeleteFunc(h.Assignments, past)})
		}
		if page.After = list.Next; list.Next == "" {
			return all, nil
		}
	}
}

// Colleagues are those of a roster, who can be deputies, contacts left out.
func (o *Office) Colleagues(ctx context.Context, by Standing, unit string) ([]Person, error) {
	roster, err := o.Roster(ctx, by, unit)
	all := make([]Person, len(roster))
	for i, c := range roster {
		all[i] = c.Person
		all[i].Mobile, all[i].Email = "", ""
	}
	return all, err
}
