package residents

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Shade returns a contact as everybody who deals with its case may see it: masked,
// and empty where it was withheld from the unit and by is not of those who take
// reports in. Whether by deals with the case is for the case to say
// (casework.Contacts).
func (g *Register) Shade(ctx context.Context, by people.Standing, id gov.ID) (Contact, error) {
	c, err := g.Store.Contact(ctx, id)
	if err != nil {
		return c, err
	}
	if c.Withheld && !takesIn(by) {
		return Contact{ID: c.ID, Case: c.Case, Lang: c.Lang, Withheld: true, Made: c.Made, Erased: c.Erased}, nil
	}
	return c.Masked(), nil
}

// See returns a contact in full and records the look first. It returns Forbidden
// when by may not see contacts or this one is withheld from them, and Invalid on
// the field reason. As with Shade, whether by deals with the case is asked before.
func (g *Register) See(ctx context.Context, by people.Standing, id gov.ID, reason string) (Contact, error) {
	c, err := g.Store.Contact(ctx, id)
	if err != nil {
		return Contact{}, err
	}
	act := policy.SeeContact
	if c.Withheld && !takesIn(by) {
		return Contact{}, gov.Errorf(gov.Forbidden, "反映人要求不向办理单位透露联系方式，请由受理人员联系", "the reporter asked to keep the contact from the unit; let those who took the report in get in touch")
	}
	err = g.Looks.Look(ctx, by, people.Look{Act: act, Target: people.Object{Units: unitsWith(by, act)}, Object: c.object(), Field: "contact", Reason: reason})
	if err != nil {
		return Contact{}, err
	}
	return c, nil
}

// History returns the contacts of other cases that came from a number or an
// address, the newest first, to those who take reports in, and records the look
// first. Names and numbers are masked. Numbers that were only typed count as well:
// whoever asks hears the caller.
func (g *Register) History(ctx context.Context, by people.Standing, a Address, reason string, p gov.Page) (gov.List[Contact], error) {
	none := gov.List[Contact]{Total: -1}
	if err := people.Can(by, policy.Accept, people.Object{Units: unitsWith(by, policy.Accept)}); err != nil {
		return none, err
	}
	// The look is recorded whether or not there is anything, and names the caller
	// by the latest of their contacts.
	latest, err := g.Store.ContactsAt(ctx, a, false, gov.Page{Limit: 1})
	if err != nil {
		return none, err
	}
	object := "contacts:none"
	if len(latest.Items) > 0 {
		object = latest.Items[0].object()
	}
	look := people.Look{Act: policy.SeeContact, Target: people.Object{Units: unitsWith(by, policy.SeeContact)}, Object: object, Field: "history", Reason: reason}
	if err := g.Looks.Look(ctx, by, look); err != nil {
		return none, err
	}
	list, err := g.Store.ContactsAt(ctx, a, false, p)
	for i := range list.Items {
		list.Items[i] = list.Items[i].Masked()
	}
	return list, err
}

// ServesCallers reports that somebody takes reports in and may see who sends them:
// they ask what else came from a number, and look at what waits to be moderated.
func ServesCallers(by people.Standing) bool {
	acts := by.Acts()
	return slices.Contains(acts, policy.Accept) && slices.Contains(acts, policy.SeeContact)
}

func takesIn(by people.Standing) bool { return slices.Contains(by.Acts(), policy.Accept) }

// unitsWith are the units in which somebody holds a role with an act.
func unitsWith(by people.Standing, act policy.Act) (list []string) {
	for _, h := range by.Held {
		if slices.Contains(h.Role.Grants, act) {
			list = append(list, h.Assignment.Unit)
		}
	}
	return list
}
