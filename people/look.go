package people

import (
	"context"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/policy"
)

// Look is someone's wish to see a protected field in full.
type Look struct {
	Act    policy.Act // SeeContact, SeeIdentity or SeeFinances
	Target Object     // whose field it is
	Object string     // as the ledger names it: "case:0192...", "person:0192..."
	Field  string     // "contact"
	Reason string     // why, in the person's own words
}

// Look records a look at a protected field, or refuses it. Whoever shows the
// field calls it first and shows nothing unless it returns nil: a look that is
// not in the ledger does not happen. Looks at one's own things are not
// recorded.
func (o *Office) Look(ctx context.Context, by Standing, l Look) error {
	g, err := o.mayLook(by, &l)
	if err != nil || g.Held == nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error { return o.recordLook(ctx, tx, g, l) })
}

func (o *Office) mayLook(by Standing, l *Look) (Grant, error) {
	switch l.Act {
	case policy.SeeContact, policy.SeeIdentity, policy.SeeFinances:
	default:
		return Grant{}, gov.Errorf(gov.Forbidden, "“%s”不是查看受保护信息的权限", "%q is not about seeing a protected field", l.Act)
	}
	g, err := Allow(by, l.Act, l.Target)
	if err != nil || g.Held == nil {
		return g, err
	}
	l.Reason, err = goodReason(l.Reason)
	return g, err
}

func goodReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 2 || n > 200 {
		return "", gov.Errorf(gov.Invalid, "请用 2 至 200 字说明为什么要看", "say in 2 to 200 characters why you need to see it").On("reason")
	}
	return reason, nil
}

// LookAtNames records that someone at the command line is about to see the
// names of the staff, or refuses it. Colleagues see each other's names on every
// page; a list in a terminal goes where no page goes.
func (o *Office) LookAtNames(ctx context.Context, by Standing, reason string) error {
	g, err := Allow(by, policy.ManageLogins, Object{})
	if err != nil {
		return err
	}
	if reason, err = goodReason(reason); err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return o.recordLook(ctx, tx, g, Look{Act: policy.ManageLogins, Object: "people:all", Field: "name", Reason: reason})
	})
}

func (o *Office) recordLook(ctx context.Context, tx Tx, g Grant, l Look) error {
	return o.record(ctx, tx, g.Actor(), Event{
		Kind: "field.looked", Object: l.Object,
		Facts:  map[string]string{"field": l.Field, "act": string(l.Act)},
		Sealed: map[string]string{"reason": l.Reason},
	})
}

// Contact returns a person with mobile number and e-mail in full, and records
// the look. Everyone may see their own.
func (o *Office) Contact(ctx context.Context, by Standing, id gov.ID, reason string) (Person, error) {
	p, err := o.store.Person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	err = o.Look(ctx, by, Look{
		Act: policy.SeeContact, Target: Object{Units: []string{p.Unit}, Owner: p.ID}, Object: "person:" + id.String(), Field: "contact", Reason: reason,
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}
