package handout

import (
	"context"

	"quanxiang/gov"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/policy"
)

// Persons are people and their accounts.
type Persons interface {
	Person(ctx context.Context, id gov.ID) (people.Person, error)
	Account(ctx context.Context, person gov.ID) (*people.Account, error)
}

// Certificates are registers as far as badges need them.
type Certificates interface {
	Entries
	Resolve(ctx context.Context, register string, names []string) (map[string]string, error)
}

// Badges are what the register of inspectors says of persons, whom it knows by their
// logins. It implements visits.Badges.
type Badges struct {
	Persons Persons
	Entries Certificates
	Pack    func() *policy.Pack
}

var _ visits.Badges = Badges{}

// Badge implements visits.Badges. Of somebody who is in no register it is the name
// alone: whoever reads it sees that there is no certificate.
func (k Badges) Badge(ctx context.Context, person gov.ID) (visits.Badge, error) {
	p, err := k.Persons.Person(ctx, person)
	if err != nil {
		return visits.Badge{}, err
	}
	b := visits.Badge{Name: p.Name}
	rules := k.Pack().Inspections
	if rules == nil {
		return b, nil
	}
	a, err := k.Persons.Account(ctx, person)
	if gov.CodeOf(err) == gov.NotFound {
		return b, nil
	}
	if err != nil {
		return b, err
	}
	keys, err := k.Entries.Resolve(ctx, rules.Inspectors, []string{a.Login})
	if err != nil || keys[a.Login] == "" {
		return b, err
	}
	e, err := k.Entries.Entry(ctx, rules.Inspectors, keys[a.Login])
	if err != nil {
		return b, err
	}
	if login, _ := e.Values[loginField].(string); login != a.Login {
		return b, nil // the key of somebody else's certificate that looks like a login
	}
	b.Certificate = e.Key
	b.Unit, _ = e.Values["unit"].(string)
	if text, _ := e.Values["expires"].(string); text != "" {
		if b.Until, err = gov.ParseDate(text); err != nil {
			return b, err
		}
	}
	return b, nil
}
