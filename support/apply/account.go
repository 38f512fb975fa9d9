package apply

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy/applying"
)

// Organisation is one that somebody may act for.
type Organisation struct {
	Code  string // unified social credit code
	Name  string
	Until gov.Date // last day; zero where there is none
}

// Fields of the procedure of representations.
const (
	untilField = "until"
)

// Door is the reference by which an organisation is a party of its applications,
// whoever acts for it at the time: what cases know as a contact, with nobody behind.
// Nobody is let have it but by Represents.
func (a *Applications) Door(code string) string {
	mac := hmac.New(sha256.New, a.DoorKey)
	mac.Write([]byte("organisation\n" + code))
	var id gov.ID
	copy(id[:], mac.Sum(nil))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a version that NewID never makes
	return id.String()
}

// Represents lists the organisations that somebody may act for today: those of the
// representations among their cases that a unit approved and that last. asked is how many
// wait to be approved.
func (a *Applications) Represents(ctx context.Context, own []gov.ID) (list []Organisation, asked int, err error) {
	rules := a.Rules()
	if rules == nil {
		return nil, 0, nil
	}
	today := gov.DateOf(a.Clock())
	for _, id := range own {
		c, p, err := a.docket.Case(ctx, id)
		if gov.CodeOf(err) == gov.NotFound { // a form that was not sent
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if c.Procedure != rules.Representation {
			continue
		}
		if c.State != applying.Approved {
			if c.Ended == 0 {
				asked++
			}
			continue
		}
		until, ok := holds(c, today)
		if !ok || !isField(p, organisationField) {
			continue
		}
		o := Organisation{Code: c.Values.Text(organisationField), Until: until}
		if slices.ContainsFunc(list, func(x Organisation) bool { return x.Code == o.Code }) {
			continue
		}
		e, err := a.Registers.Store.Entry(ctx, rules.Register, o.Code)
		if gov.CodeOf(err) == gov.NotFound { // merged or struck off the register since
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if o.Name = e.Name; e.Until == "" || e.Until >= today.String() {
			list = append(list, o)
		}
	}
	return list, asked, nil
}

// Of lists the applications of an organisation, the newest first.
func (a *Applications) Of(ctx context.Context, o Organisation, p gov.Page) ([]gov.ID, error) {
	return a.Store.Of(ctx, o.Code, p)
}

// holds reports that a representation that was approved has not run out, and its last day.
func holds(c cases.Case, today gov.Date) (until gov.Date, ok bool) {
	until, err := gov.ParseDate(c.Values.Text(untilField))
	return until, err == nil && !until.Before(today)
}
