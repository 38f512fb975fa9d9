package ceremony

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
)

// Follow hands out the visits that were drawn and not handed out yet, tells cases
// of changed teams, ends those of void visits, and logs what became of the others.
// Doing it again does nothing new; what was interrupted is completed.
func (s *Ceremonies) Follow(ctx context.Context, id gov.ID) error {
	if s.Cases == nil {
		return nil
	}
	drawn, st, err := s.drawn(ctx, id)
	if err != nil || st.Plan == nil || st.Stage == draw.Drawn {
		return err
	}
	known, err := s.Store.Visits(ctx, id)
	if err != nil {
		return err
	}
	var made []public
	current := map[gov.ID]bool{}
	for _, v := range drawn {
		n := Handed{UID: v.UID, Case: caseOf(id, st.Hash, v.UID), Stage: Begun, Team: teamOf(v)}
		current[n.Case] = true
		i := slices.IndexFunc(known, func(k Handed) bool { return k.Case == n.Case })
		if i < 0 {
			if err = s.Cases.Begin(ctx, n.Case, v); err == nil {
				err = s.note(ctx, id, n, nil)
			}
		} else {
			made, err = s.follow(ctx, id, v, known[i], made)
		}
		if err != nil {
			return fmt.Errorf("visit %s of draw %s: %w", v.UID, v.Number, err)
		}
	}
	for _, n := range known {
		if n.Stage != Begun || current[n.Case] {
			continue
		}
		if err := s.Cases.Withdraw(ctx, n.Case, "void"); err != nil {
			return err
		}
		n.Stage = Void
		if err := s.note(ctx, id, n, nil); err != nil {
			return err
		}
	}
	if made == nil {
		return nil
	}
	return s.publish(ctx, id, made)
}

// public is a visit whose result was made public.
type public struct {
	visit    Handed
	progress Progress
}

// drawn are the visits of the present attempt, one per subject.
func (s *Ceremonies) drawn(ctx context.Context, id gov.ID) (list []inspections.Visit, st draw.Status, err error) {
	err = s.with(ctx, id, "", system, func(h *held) error {
		st = h.status()
		if st.Stage != draw.Visiting && st.Stage != draw.Released && (st.Stage != draw.Ready || st.Days == 0) {
			return nil
		}
		list, err = h.visitsOf(st.Plan)
		return err
	})
	return list, st, err
}

var system = gov.Actor{Kind: gov.SystemActor, Name: "draws"}

// visitsOf joins the visits of departments to one per subject.
func (h *held) visitsOf(p *record.Plan) (list []inspections.Visit, err error) {
	now := p.Now()
	first, err := gov.ParseDate(now.Window[0])
	if err != nil {
		return nil, err
	}
	last, err := gov.ParseDate(now.Window[1])
	if err != nil {
		return nil, err
	}
	at := map[lot.UID]int{}
	for _, v := range h.campaign.Visits() {
		i, ok := at[v.UID]
		if !ok {
			i = len(list)
			at[v.UID] = i
			list = append(list, inspections.Visit{Plan: h.c.ID, Number: h.c.Number, Subject: v.UID.ID(), UID: v.UID, First: first, Last: last})
		}
		one := &list[i]
		one.Frames = append(one.Frames, v.Frame)
		for slot, j := range v.Team {
			one.Team = append(one.Team, inspections.Member{Frame: v.Frame, Slot: slot, Certificate: j.ID()})
		}
		if v.Day != "" {
			if one.First, err = gov.ParseDate(v.Day); err != nil {
				return nil, err
			}
			one.Last = one.First
		}
	}
	for i := range list {
		slices.Sort(list[i].Frames)
		slices.SortFunc(list[i].Team, func(a, b inspections.Member) int {
			if a.Frame != b.Frame {
				return a.Frame - b.Frame
			}
			return a.Slot - b.Slot
		})
	}
	return list, nil
}

// caseOf is the id of the case of a visit of an attempt: the same each time, so that
// beginning it twice begins one.
func caseOf(plan gov.ID, attempt lot.Hash, u lot.UID) (id gov.ID) {
	sum := lot.SHA256.TH("visit", plan[:], attempt[:], u[:])
	copy(id[:], sum[:])
	copy(id[:6], plan[:6]) // the time of the plan
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// teamOf spells a team, to see when it changes.
func teamOf(v inspections.Visit) string {
	var b strings.Builder
	for _, m := range v.Team {
		fmt.Fprintf(&b, "%d/%d=%q;", m.Frame, m.Slot, m.Certificate)
	}
	return b.String()
}

// note keeps how far a visit has come, with the record that says so.
func (s *Ceremonies) note(ctx context.Context, id gov.ID, n Handed, i *Intent) error {
	return s.with(ctx, id, actVisits, system, func(h *held) error {
		if i != nil {
			line, err := h.try(*i, max(s.Clock().Unix(), h.status().Clock))
			if err == nil {
				err = h.took(line)
			}
			if err != nil {
				return err
			}
		}
		h.visits = append(h.visits, n)
		return nil
	})
}

// follow logs what became of a visit since. What was made public is added to made.
func (s *Ceremonies) follow(ctx context.Context, id gov.ID, v inspections.Visit, n Handed, made []public) ([]public, error) {
	if n.Stage == Published || n.Stage == Void {
		return made, nil
	}
	if team := teamOf(v); team != n.Team {
		err := s.Cases.Change(ctx, n.Case, v)
		if err == nil {
			n.Team = team
			if err = s.note(ctx, id, n, nil); err != nil {
				return made, err
			}
			n.Version++
		} else if !errors.Is(err, ErrLater) {
			return made, err
		}
	}
	p, err := s.Cases.Progress(ctx, n.Case)
	if err != nil {
		return made, err
	}
	if n.Stage == Begun && p.Arrived {
		n.Stage = Opened
		if err := s.note(ctx, id, n, &Intent{Op: opOpen, UID: n.UID}); err != nil {
			return made, err
		}
		n.Version++
	}
	if n.Stage == Opened && p.Outcome != "" {
		n.Stage = Done
		if err := s.note(ctx, id, n, &Intent{Op: opResult, UID: n.UID, Value: p.Outcome, Evidence: p.Evidence}); err != nil {
			return made, err
		}
		n.Version++
	}
	if n.Stage == Done && p.Published {
		made = append(made, public{n, p})
	}
	return made, nil
}

// publish asks the authority to sign where results were made public; a visit whose
// publication is recorded is done with.
func (s *Ceremonies) publish(ctx context.Context, id gov.ID, made []public) error {
	return s.with(ctx, id, actAdvance, system, func(h *held) error {
		i := Intent{Op: OpPublish}
		var digests [][]byte
		for _, x := range made {
			u := x.visit.UID
			if h.status().Published[u] {
				x.visit.Stage = Published
				h.visits = append(h.visits, x.visit)
				continue
			}
			asked := slices.ContainsFunc(h.c.State.Queue, func(q Intent) bool { return q.Op == OpPublish && slices.Contains(q.UIDs, u) })
			if !asked {
				i.UIDs, i.Where, digests = append(i.UIDs, u), x.progress.Where, append(digests, x.progress.Digest[:])
			}
		}
		if i.UIDs == nil {
			return nil
		}
		if len(i.UIDs) > 1 { // one place for all of them
			i.Where = "/draws/" + h.c.Number + "/results"
		}
		i.Evidence = h.frozen.Plan.Suite.TH("published", digests...)
		h.c.State.Queue = append(slices.Clone(h.c.State.Queue), i)
		return nil
	})
}
