package ceremony

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// actOf is what somebody must be allowed to do to act as a party.
func actOf(r Role) policy.Act {
	switch r {
	case Witness:
		return policy.WitnessDraws
	case SealHolder:
		return policy.SealDraws
	case Auditor:
		return policy.AttestDraws
	}
	return policy.HoldDraws
}

// Arrange names parties, times and outside sources of a frozen plan. It may be done
// again as long as no party has given its key.
func (s *Ceremonies) Arrange(ctx context.Context, by people.Standing, plan gov.ID, setup Setup) error {
	if err := people.Can(by, policy.HoldDraws, people.Object{}); err != nil {
		return err
	}
	f, err := s.Plans.Frozen(ctx, plan)
	if err != nil {
		return err
	}
	for i := range setup.Parties {
		setup.Parties[i].Key, setup.Parties[i].Anchor = nil, nil
	}
	if err := setup.tidy(f); err != nil {
		return err
	}
	if setup.Times[0].T1 <= s.Clock().Unix() {
		return gov.Errorf(gov.Invalid, "承诺截止时间已过", "commitments would close in the past").On("t1")
	}
	c, err := s.Store.Ceremony(ctx, plan)
	switch {
	case gov.CodeOf(err) == gov.NotFound:
		c = Ceremony{ID: plan, Number: f.Plan.ID, Stage: draw.Begins}
	case err != nil:
		return err
	case slices.ContainsFunc(c.State.Setup.Parties, func(p Party) bool { return len(p.Key) > 0 }) && c.Records > 0:
		return gov.Errorf(gov.Conflict, "计划已经登记，不能再改", "the plan is recorded and stands")
	}
	c.State = State{Setup: setup}
	c.Touched = s.Clock().UnixMilli()
	return s.Store.Save(ctx, Change{Ceremony: c, Kind: actSetup, Actor: by.Actor()})
}

var codeForm = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// Ask puts a record into the queue that somebody of the authority decides on: the
// outside value, a void, a recusal, an abandoned draw, the next day's draw, a
// publication, the release. It is made once everybody has given their part.
func (s *Ceremonies) Ask(ctx context.Context, by people.Standing, id gov.ID, i Intent) error {
	switch i.Op {
	case OpOutside, OpDraw, OpVoid, OpRecuse, OpAbandon, OpPublish, OpRelease, OpReleaseDay:
	default:
		return gov.Errorf(gov.Unsupported, "这一步不由组织部门提出", "the authority does not ask for this")
	}
	if err := people.Can(by, policy.HoldDraws, people.Object{}); err != nil {
		return err
	}
	if slices.Contains([]string{OpVoid, OpRecuse, OpAbandon}, i.Op) && !codeForm.MatchString(i.Reason) {
		return gov.Errorf(gov.Invalid, "理由代码由小写字母、数字和连字符组成", "a reason is a code of lower-case letters, digits and hyphens").On("reason")
	}
	return s.queue(ctx, by, id, i)
}

// Attest puts an auditor's word into the queue.
func (s *Ceremonies) Attest(ctx context.Context, by people.Standing, id gov.ID, auditor int, v draw.Kind) error {
	if v != draw.Valid && v != draw.Invalid {
		return gov.Errorf(gov.Invalid, "请选择审计意见", "choose a verdict").On("verdict")
	}
	i := Intent{Op: OpAttest, N: auditor, Value: string(v)}
	return s.with(ctx, id, actAsk, by.Actor(), func(h *held) error {
		if err := h.mayAct(by, record.Auditor(auditor)); err != nil {
			return err
		}
		return h.enqueue(i, s.Clock().Unix())
	})
}

func (s *Ceremonies) queue(ctx context.Context, by people.Standing, id gov.ID, i Intent) error {
	return s.with(ctx, id, actAsk, by.Actor(), func(h *held) error { return h.enqueue(i, s.Clock().Unix()) })
}

// enqueue tries a record at once, so that whoever asks for what cannot be is told.
func (h *held) enqueue(i Intent, now int64) error {
	if h.campaign == nil {
		return gov.Errorf(gov.Conflict, "计划尚未登记", "the plan is not recorded yet")
	}
	if i.Op == OpOutside {
		if err := h.fits(i.Value); err != nil {
			return err
		}
	}
	if i.Op == OpPublish { // the results that are not published yet
		st := h.status()
		for u := range st.Results {
			if !st.Published[u] {
				i.UIDs = append(i.UIDs, u)
			}
		}
		if len(i.UIDs) == 0 {
			return gov.Errorf(gov.Conflict, "没有待公布的结果", "no result waits to be published")
		}
		slices.SortFunc(i.UIDs, lot.UID.Compare)
	}
	if slices.ContainsFunc(h.c.State.Queue, func(q Intent) bool { return same(q, i) }) {
		return gov.Errorf(gov.Conflict, "这一步已经提出，正在等待各方签署", "this was asked for and waits for the parties")
	}
	h.dry = true
	line, err := h.try(i, max(now, h.status().Clock))
	h.dry = false
	if line != nil {
		return gov.Errorf(gov.Internal, "平台未签名却有了记录", "a record without the platform's signature")
	}
	if err != nil && !waits(err) {
		return err
	}
	h.c.State.Queue = append(h.c.State.Queue, i)
	return h.advance(now)
}

// fits checks a value of the next outside source before anybody signs it.
func (h *held) fits(value string) error {
	st := h.status()
	if st.Plan == nil || st.Outside >= len(st.Plan.Outside) {
		return gov.Errorf(gov.Conflict, "没有待登记的外部来源", "no outside source is left")
	}
	s, at := &st.Plan.Outside[st.Outside], st.Plan.Attempt-1
	_, err := s.Source.Value(s.Rounds[at], s.Dates[at], value)
	return err
}

// Withdraw takes an intent back that waits for the parties.
func (s *Ceremonies) Withdraw(ctx context.Context, by people.Standing, id gov.ID, n int) error {
	if err := people.Can(by, policy.HoldDraws, people.Object{}); err != nil {
		return err
	}
	return s.with(ctx, id, actAsk, by.Actor(), func(h *held) error {
		if n < 0 || n >= len(h.c.State.Queue) {
			return gov.Errorf(gov.NotFound, "没有这一步", "there is no such step")
		}
		h.c.State.Queue = slices.Delete(slices.Clone(h.c.State.Queue), n, n+1)
		return nil
	})
}

// Advance makes what comes by itself: the close of commitments, records whose last
// signature came.
func (s *Ceremonies) Advance(ctx context.Context, id gov.ID) error {
	return s.with(ctx, id, actAdvance, gov.Actor{Kind: gov.SystemActor, Name: "draws"}, func(h *held) error {
		return h.advance(s.Clock().Unix())
	})
}

// Transcript is the file as it stands.
func (s *Ceremonies) Transcript(ctx context.Context, id gov.ID) ([]byte, error) {
	lines, err := s.Store.Lines(ctx, id)
	var out []byte
	for _, l := range lines {
		out = append(append(out, l.Text...), '\n')
	}
	return out, err
}

// Sealed is the file for the auditors of a plan in mode attested, after its release.
func (s *Ceremonies) Sealed(ctx context.Context, by people.Standing, id gov.ID) (file []byte, err error) {
	if err := people.Can(by, policy.AttestDraws, people.Object{}); err != nil {
		return nil, err
	}
	err = s.with(ctx, id, "", by.Actor(), func(h *held) error {
		if h.campaign != nil {
			file = h.campaign.Sealed()
		}
		if file == nil {
			return gov.Errorf(gov.NotFound, "还没有封存文件", "there is no sealed file yet")
		}
		return nil
	})
	return file, err
}

// Opening is one department's proof of a subject, with what it leads to.
type Opening struct {
	Department string
	Opening    draw.Opening
	Roots      draw.Roots
}

// Openings are the proofs of one subject, one of each department that drew it, once
// its visit was opened.
func (s *Ceremonies) Openings(ctx context.Context, id gov.ID, u lot.UID) (list []Opening, err error) {
	err = s.with(ctx, id, "", gov.Actor{Kind: gov.PublicActor}, func(h *held) error {
		if _, ok := h.status().Opened[u]; !ok {
			return errNoOpening
		}
		provers, err := h.proofs()
		if err != nil {
			return err
		}
		for _, p := range provers {
			for f := range h.frozen.Plan.Frames {
				o, err := p.Open(f, u)
				if gov.CodeOf(err) == gov.NotFound {
					continue
				}
				if err != nil {
					return err
				}
				list = append(list, Opening{h.frozen.Plan.Frames[f].Name, o, p.Roots(f)})
			}
		}
		if list == nil {
			return errNoOpening
		}
		return nil
	})
	return list, err
}

// waits reports that a record lacks nothing but what parties give.
func waits(err error) bool {
	if _, ok := errors.AsType[lacking](err); ok {
		return true
	}
	_, ok := errors.AsType[*record.Pending](err)
	return ok
}

// errNoOpening says the same of who was not drawn and of who does not know yet.
var errNoOpening = gov.Errorf(gov.NotFound, "没有可以出示的凭证：检查开始以后才有", "there is no proof to be shown: it is there once the visit has begun")
