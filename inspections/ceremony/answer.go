package ceremony

import (
	"context"
	"crypto/ed25519"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/people"
)

// What the ledger calls the acts.
const (
	actSetup   = "draw.arranged"
	actAnswer  = "draw.answered"
	actAsk     = "draw.asked"
	actAdvance = "draw.advanced"
	actVisits  = "draw.visits"
)

// Request is what is asked of a party now; it is empty when nothing is.
func (s *Ceremonies) Request(ctx context.Context, by people.Standing, id gov.ID, signer string) (r party.Request, err error) {
	err = s.with(ctx, id, "", by.Actor(), func(h *held) error {
		if err := h.mayAct(by, signer); err != nil {
			return err
		}
		if err := h.advance(s.Clock().Unix()); err != nil {
			return err
		}
		if a := h.asks[signer]; a != nil {
			r = *a
			return nil
		}
		return gov.Errorf(gov.Conflict, "现在没有需要您办理的步骤", "nothing is asked of you now")
	})
	return r, err
}

// Answer takes what a party gave with a key file, and goes on as far as it can.
func (s *Ceremonies) Answer(ctx context.Context, by people.Standing, id gov.ID, signer string, file []byte) error {
	a, err := party.ParseAnswer(file)
	if err != nil {
		return err
	}
	return s.with(ctx, id, actAnswer, by.Actor(), func(h *held) error {
		if err := h.mayAct(by, signer); err != nil {
			return err
		}
		now := s.Clock().Unix()
		if err := s.answer(h, signer, &a, now); err != nil {
			return err
		}
		return h.advance(now)
	})
}

// Act is Answer with the account key that somebody has unlocked. Whoever gives the
// element of a use so also signs what follows from it, as long as the key is open.
func (s *Ceremonies) Act(ctx context.Context, by people.Standing, id gov.ID, signer string) error {
	return s.with(ctx, id, actAnswer, by.Actor(), func(h *held) error {
		if err := h.mayAct(by, signer); err != nil {
			return err
		}
		now := s.Clock().Unix()
		if err := s.unlockedAnswer(h, signer, by.Person, now); err != nil {
			return err
		}
		if err := h.advance(now); err != nil {
			return err
		}
		return s.followUp(h, now)
	})
}

// unlockedAnswer answers with an account key.
func (s *Ceremonies) unlockedAnswer(h *held, signer string, person gov.ID, now int64) error {
	k, err := s.Safe.Open(person, s.Clock())
	if err != nil {
		return err
	}
	r, err := h.requestOf(signer, now)
	if err != nil {
		return err
	}
	a, err := k.Answer(r)
	if err != nil {
		return err
	}
	for _, q := range r.Asks {
		if q.Kind == party.AskElement {
			h.c.State.Consents = append(h.c.State.Consents, Consent{q.Use, signer})
		}
	}
	return s.apply(h, r, signer, &a, now)
}

// followUp lets holders who consented sign what came of the use.
func (s *Ceremonies) followUp(h *held, now int64) error {
	if h.campaign == nil {
		return nil
	}
	for {
		moved := false
		current := h.campaign.Use()
		if h.status().Stage == draw.Drawn { // teams come of the draw's use
			current--
		}
		for _, c := range slices.Clone(h.c.State.Consents) {
			r, p := h.asks[c.By], h.c.State.Setup.party(c.By)
			if c.Use != current || r == nil || p == nil || p.Person.IsZero() || slices.ContainsFunc(r.Asks, func(a party.Ask) bool { return a.Kind != party.AskSign || !follows(a.Type) }) {
				continue
			}
			k, err := s.Safe.Open(p.Person, s.Clock())
			if err != nil { // locked meanwhile: they are asked on the page
				continue
			}
			a, err := k.Answer(r)
			if err != nil {
				return err
			}
			if err := s.apply(h, r, c.By, &a, now); err != nil {
				return err
			}
			if err := h.advance(now); err != nil {
				return err
			}
			moved = true
		}
		if !moved {
			return nil
		}
	}
}

// follows reports that a record is computed from a use alone.
func follows(t record.Type) bool {
	return t == record.TypeDraw || t == record.TypeAssign || t == record.TypeSubstitute || t == record.TypeRecuse
}

// requestOf is what is asked of a party now.
func (h *held) requestOf(signer string, now int64) (*party.Request, error) {
	h.dry = true
	err := h.advance(now)
	h.dry = false
	if err != nil {
		return nil, err
	}
	if r := h.asks[signer]; r != nil {
		return r, nil
	}
	return nil, gov.Errorf(gov.Conflict, "现在没有需要您办理的步骤", "nothing is asked of you now")
}

func (s *Ceremonies) answer(h *held, signer string, a *party.Answer, now int64) error {
	r, err := h.requestOf(signer, now)
	if err != nil {
		return err
	}
	return s.apply(h, r, signer, a, now)
}

// apply takes an answer in.
func (s *Ceremonies) apply(h *held, r *party.Request, signer string, a *party.Answer, now int64) error {
	p := h.c.State.Setup.party(signer)
	var key *[32]byte
	if len(p.Key) == 32 {
		k := [32]byte(p.Key)
		key = &k
	}
	if err := r.Check(a, key); err != nil {
		return err
	}
	for i, q := range r.Asks {
		g := a.Given[i]
		switch q.Kind {
		case party.AskKey:
			if err := h.name(p, a.Key, g.Value); err != nil {
				return err
			}
		case party.AskCommit:
			b := h.campaign.Commits(p.N, lot.Hash(g.Value))
			h.keep(h.campaign.OfAct(record.TypeCommit, &b), signer, g.Sig)
			line, err := h.campaign.Commit(max(now, h.campaign.Status().Clock), b)
			if err == nil {
				err = h.took(line)
			}
			if err != nil {
				return err
			}
		case party.AskReveal:
			line, err := h.campaign.Reveal(max(now, h.campaign.Status().Clock), p.N, lot.Hash(g.Value))
			if err == nil {
				err = h.took(line)
			}
			if err != nil {
				return err
			}
		case party.AskElement:
			x := lot.Hash(g.Value)
			if q.Use != h.campaign.Use() || !h.campaign.Fits(p.N, x) {
				return gov.Errorf(gov.Invalid, "这一段密封链推不到锚点", "the element does not lead to the anchor")
			}
			e := Element{Use: q.Use, Holder: p.N, X: x}
			h.elements, h.given = append(h.elements, e), append(h.given, e)
		case party.AskSign:
			h.keep(record.Act(r.Suite, q.Type, q.Body), signer, g.Sig)
		}
	}
	return s.fix(h)
}

// name enters a party's key. Two parties with one key would be one.
func (h *held) name(p *Party, key [32]byte, anchor []byte) error {
	for _, o := range h.c.State.Setup.Parties {
		if string(o.Key) == string(key[:]) {
			return gov.Errorf(gov.Conflict, "%s 已用这把密钥登记：每一方须有自己的密钥", "%s has this key: every party needs its own", o.Name)
		}
	}
	p.Key, p.Anchor = canon.Hex(key[:]), anchor
	return nil
}

// keep keeps a signature until its record is made.
func (h *held) keep(act lot.Hash, by string, sig []byte) {
	h.c.State.Sigs = append(h.c.State.Sigs, Sig{Act: act[:], By: by, Sig: sig})
}

// fix makes the plan's body once every key is known.
func (s *Ceremonies) fix(h *held) error {
	if h.c.State.Body != nil || !h.c.State.Setup.complete() {
		return nil
	}
	p := h.c.State.Setup.plan(h.frozen, [32]byte(s.Platform.Public().(ed25519.PublicKey)), s.Name, s.Verifier)
	h.c.State.Body = canon.Marshal(&p)
	return h.resume(nil)
}

// mayAct decides whether somebody acts for a party: whoever is named, or who holds
// the ceremony for a party without an account, whose file carries its own proof.
func (h *held) mayAct(by people.Standing, signer string) error {
	p := h.c.State.Setup.party(signer)
	if p == nil {
		return gov.Errorf(gov.NotFound, "没有这一方", "there is no such party")
	}
	if p.Person.IsZero() {
		return people.Can(by, actOf(Authority), people.Object{})
	}
	if p.Person != by.Person {
		return gov.Errorf(gov.Forbidden, "只有%s本人可以办理这一步", "only %s can do this", p.Name)
	}
	return people.Can(by, actOf(p.Role), people.Object{})
}

// status is the campaign's, of one that has not begun without a plan.
func (h *held) status() draw.Status {
	if h.campaign == nil {
		return draw.Status{Stage: draw.Begins}
	}
	return h.campaign.Status()
}
