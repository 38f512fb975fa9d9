package ceremony

import (
	"context"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// View is a ceremony as somebody of the staff sees it.
type View struct {
	Ceremony Ceremony
	Plan     record.Plan // with what is known of the parties
	Status   draw.Status
	Asks     map[string][]party.Ask // by signer: what is asked of each now
	Mine     []string               // signers whom the person acts for
	Leads    bool                   // may lead the ceremony
	Visits   []draw.Visit           // drawn and not void; only for who leads
	Stuck    *gov.Text              // why what comes next by itself does not come
	HasKey   bool                   // the person has an account key
	Open     time.Time              // until when it is unlocked; zero when it is not
	Attempts int                    // that the plan allows
}

// View is a ceremony with whose turn it is. Everybody who is a party, who leads
// draws or who audits may see it.
func (s *Ceremonies) View(ctx context.Context, by people.Standing, id gov.ID) (v View, err error) {
	err = s.with(ctx, id, "", by.Actor(), func(h *held) error {
		v.Leads = leads(by)
		for _, p := range h.c.State.Setup.Parties {
			if p.Person == by.Person && !by.Person.IsZero() || p.Person.IsZero() && v.Leads {
				v.Mine = append(v.Mine, p.By())
			}
		}
		if v.Mine == nil && !v.Leads {
			if err := people.Can(by, policy.AttestDraws, people.Object{}); err != nil {
				return err
			}
		}
		if err := h.advance(s.Clock().Unix()); err != nil {
			return err
		}
		v.Ceremony, v.Status, v.Stuck = h.c, h.status(), h.stuck
		v.Asks = map[string][]party.Ask{}
		for by, r := range h.asks {
			v.Asks[by] = r.Asks
		}
		v.Plan = h.c.State.Setup.plan(h.frozen, [32]byte{}, s.Name, s.Verifier)
		if v.Status.Plan != nil {
			v.Plan = *v.Status.Plan
		}
		v.Attempts = len(v.Plan.Times)
		if v.Leads && h.campaign != nil {
			v.Visits = h.campaign.Visits()
		}
		return nil
	})
	if err != nil || by.Person.IsZero() {
		return v, err
	}
	if v.HasKey, err = s.Safe.Has(ctx, by.Person); err != nil {
		return v, err
	}
	v.Open = s.Safe.Until(by.Person, s.Clock())
	return v, nil
}

// Runs reports that something of a ceremony may still come by itself.
func (c *Ceremony) Runs() bool {
	return c.Records > 0 && c.Stage != draw.Abandoned
}

// Stages are how far the draws of plans have come, by plan.
func (s *Ceremonies) Stages(ctx context.Context) (map[gov.ID]draw.Stage, error) {
	list, err := s.Store.Ceremonies(ctx)
	stages := make(map[gov.ID]draw.Stage, len(list))
	for i := range list {
		stages[list[i].ID] = list[i].Stage
	}
	return stages, err
}

// Drawn are the visits of a draw whose data were released.
func (s *Ceremonies) Drawn(ctx context.Context, id gov.ID) (list []draw.Visit, err error) {
	err = s.with(ctx, id, "", gov.Actor{Kind: gov.PublicActor}, func(h *held) error {
		if h.status().Stage != draw.Released {
			return gov.Errorf(gov.Conflict, "名单尚未公布", "the list is not released yet")
		}
		list = h.campaign.Visits()
		return nil
	})
	return list, err
}

// leads reports that somebody may lead draws, with or without a fresh proof of who
// they are.
func leads(by people.Standing) bool {
	by.Proven = by.At
	return people.Can(by, policy.HoldDraws, people.Object{}) == nil
}

// Involved lists the ceremonies somebody may see, the newest plan first.
func (s *Ceremonies) Involved(ctx context.Context, by people.Standing) ([]Ceremony, error) {
	list, err := s.Store.Ceremonies(ctx)
	if err != nil || leads(by) || people.Can(by, policy.AttestDraws, people.Object{}) == nil {
		return list, err
	}
	var out []Ceremony
	for _, c := range list {
		for _, p := range c.State.Setup.Parties {
			if p.Person == by.Person && !by.Person.IsZero() {
				out = append(out, c)
				break
			}
		}
	}
	return out, nil
}
