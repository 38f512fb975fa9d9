package ceremony

import (
	"errors"
	"slices"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// maxRefused is how many refusals are kept to be shown.
const maxRefused = 10

// advance makes every record that can be made, and finds out what is asked of whom.
// It is called with the time in Unix seconds.
func (h *held) advance(now int64) error {
	for {
		h.asks, h.stuck = map[string]*party.Request{}, nil
		again, err := h.round(now)
		if err != nil || !again {
			return err
		}
	}
}

// round makes at most one record.
func (h *held) round(now int64) (again bool, err error) {
	if h.campaign == nil {
		h.askKeys()
		return false, nil
	}
	st := h.campaign.Status()
	now = max(now, st.Clock)
	taking := false // a record waits for the use at hand
	for n, i := range h.wanted(st, now) {
		if i.takes() && taking {
			continue
		}
		line, err := h.try(i, now)
		var pending *record.Pending
		var lack lacking
		switch {
		case errors.As(err, &lack):
			for _, a := range lack {
				h.ask(st, record.SealHolder(a)).Want(party.AskElement, h.campaign.Use())
			}
			taking = true
		case errors.As(err, &pending):
			for _, by := range pending.By {
				if by != record.Platform {
					h.ask(st, by).WantSigned(pending.Type, pending.Body)
				}
			}
			taking = taking || i.takes()
		case err != nil:
			if gov.CodeOf(err) == gov.Internal {
				return false, err
			}
			text := gov.Text{ZH: gov.TextOf(err, gov.ZH), EN: gov.TextOf(err, gov.EN)}
			if n < len(h.auto(st, now)) { // it comes by itself, and is tried again
				h.stuck = &text
				continue
			}
			if h.dry {
				continue
			}
			h.drop(i)
			h.c.State.Refused = append(h.c.State.Refused, Refusal{i.Op, now, text})
			if len(h.c.State.Refused) > maxRefused {
				h.c.State.Refused = h.c.State.Refused[1:]
			}
			return true, nil
		default:
			h.drop(i)
			return true, h.took(line)
		}
	}
	for w := range st.Committed {
		switch {
		case st.Stage == draw.Commits && !st.Committed[w] && now <= st.Plan.Now().T1:
			h.ask(st, record.Witness(w)).Want(party.AskCommit, 0)
		case st.Stage == draw.Reveals && st.Committed[w] && !st.Revealed[w] && now <= st.Plan.Now().T2:
			h.ask(st, record.Witness(w)).Want(party.AskReveal, 0)
		}
	}
	return false, nil
}

// drop takes an intent out of the queue.
func (h *held) drop(i Intent) {
	at := slices.IndexFunc(h.c.State.Queue, func(q Intent) bool { return same(q, i) })
	if at >= 0 {
		h.c.State.Queue = slices.Delete(slices.Clone(h.c.State.Queue), at, at+1)
	}
}

func same(a, b Intent) bool {
	return a.Op == b.Op && a.UID == b.UID && a.N == b.N && a.Frame == b.Frame && a.Visit == b.Visit && a.Slot == b.Slot && a.Value == b.Value && slices.Equal(a.UIDs, b.UIDs)
}

// wanted are the records that may come next: those that come by themselves, then
// those somebody asked for.
func (h *held) wanted(st draw.Status, now int64) []Intent {
	return append(h.auto(st, now), h.c.State.Queue...)
}

// auto are the records that come by themselves.
func (h *held) auto(st draw.Status, now int64) (list []Intent) {
	switch st.Stage {
	case draw.Begins:
		list = append(list, Intent{Op: opPlan})
	case draw.Commits:
		if now >= st.Plan.Now().T1 {
			list = append(list, Intent{Op: opClose})
		}
	case draw.Ready:
		if len(st.Plan.Now().Days) == 0 {
			list = append(list, Intent{Op: OpDraw})
		}
	case draw.Drawn:
		list = append(list, Intent{Op: opAssign})
	}
	if st.Stage == draw.Visiting || st.Stage == draw.Ready && st.Days > 0 {
		for _, v := range st.Voids {
			if v.Owed {
				list = append(list, Intent{Op: opSubstitute, N: int(v.Record)})
			}
		}
	}
	return list
}

// lacking are the holders who have not given their element of the use at hand.
type lacking []int

func (lacking) Error() string { return "elements of seal chains are missing" }

// try makes a record, or says what is missing.
func (h *held) try(i Intent, now int64) (line []byte, err error) {
	c := h.campaign
	var x []lot.Hash
	use := i.takes() || i.Op == OpAbandon && !c.Status().Took
	if use {
		var missing []int
		if x, missing = h.element(c.Use()); missing != nil {
			return nil, lacking(missing)
		}
	}
	grounds := draw.Grounds{Reason: i.Reason, Evidence: i.Evidence, Official: i.Official}
	switch i.Op {
	case opPlan:
		return c.Plan(now)
	case opClose:
		return c.Close(now)
	case OpOutside:
		return c.Outside(now, i.Value, i.N)
	case OpDraw:
		return c.Draw(now, x)
	case opAssign:
		return c.Assign(now)
	case opOpen:
		return c.Open(now, i.UID)
	case OpVoid:
		line, _, err = c.Void(now, i.UID, grounds)
		return line, err
	case opSubstitute:
		return c.Substitute(now, int64(i.N), x)
	case OpRecuse:
		return c.Recuse(now, i.Frame, i.Visit, i.Slot, grounds, x)
	case OpAbandon:
		return c.Abandon(now, grounds, x)
	case opResult:
		return c.Result(now, i.UID, i.Value, i.Evidence)
	case OpPublish:
		return c.Publish(now, i.UIDs, i.Where, i.Evidence)
	case OpRelease:
		return c.Release(now)
	case OpReleaseDay:
		return c.ReleaseDay(now)
	case OpAttest:
		return c.Attest(now, i.N, draw.Kind(i.Value))
	}
	return nil, gov.Errorf(gov.Unsupported, "没有“%.20s”这一步", "there is no step %.20q", i.Op)
}

// ask is the request to a party, begun if it is the first thing asked of it.
func (h *held) ask(st draw.Status, by string) *party.Request {
	r := h.asks[by]
	if r == nil {
		p := record.Plan{Suite: h.frozen.Plan.Suite, ID: h.c.Number}
		if len(h.c.State.Setup.Of(SealHolder)) > 0 {
			p.Seals = []record.Seal{{Length: h.c.State.Setup.Length}}
		}
		hash := st.Hash // zero before the plan is recorded
		made := party.NewRequest(&p, hash, by)
		r = &made
		h.asks[by] = r
	}
	return r
}

// askKeys asks every party without a key for it.
func (h *held) askKeys() {
	for _, p := range h.c.State.Setup.Parties {
		if len(p.Key) == 0 {
			h.ask(draw.Status{}, p.By()).Want(party.AskKey, 0)
		}
	}
}
