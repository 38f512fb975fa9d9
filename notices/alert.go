package notices

import (
	"context"
	"errors"
	"slices"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Alert mails something about the platform itself, and about no case, to
// everybody who may do an act, in their language. It is sent at once and once;
// what has to be done stands on the console. Without a mail server it does
// nothing.
func (n *Notices) Alert(ctx context.Context, act policy.Act, subject, body gov.Text) error {
	if n.Sender == nil {
		return nil
	}
	staff, err := n.Staff.Staff(ctx)
	if err != nil {
		return err
	}
	now, pack := n.Clock(), n.Pack()
	var list []Mail
	for _, h := range staff {
		if !slices.Contains(people.Staff(h, pack, now, time.Time{}).Acts(), act) {
			continue
		}
		person, err := n.Staff.Person(ctx, h.Person.ID)
		if err != nil {
			return err
		}
		account, err := n.Staff.Account(ctx, h.Person.ID)
		if gov.CodeOf(err) == gov.NotFound || err == nil && (account.State != people.Active || person.Email == "") {
			continue
		}
		if err != nil {
			return err
		}
		choice, err := n.Choice(ctx, person.ID)
		if err != nil {
			return err
		}
		list = append(list, Mail{ID: gov.NewID(now), To: person.Email, From: pack.Name.In(choice.Lang), Lang: choice.Lang, At: now,
			Subject: subject.In(choice.Lang), Body: body.In(choice.Lang) + "\n"})
	}
	if len(list) == 0 {
		return nil
	}
	var failed []error
	err = n.Sender.Send(ctx, list, func(_ int, refused error) error {
		failed = append(failed, refused)
		return nil
	})
	return errors.Join(append(failed, err)...)
}
