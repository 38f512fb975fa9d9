package cases

import (
	"fmt"
	"slices"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Tick lets happen what time brings: warnings, limits that ran out, actions
// due by themselves. It returns no events when nothing was due, so a tick too
// many does no harm. What it notes carries the time of the tick; the deadline
// itself is in the history.
func Tick(p *procedure.Procedure, c Case, w World) (Result, error) {
	s := newStep(p, c, w)
	if c.State == "" || c.State == procedure.New {
		return s.res, nil
	}
	for range maxSettle {
		before := len(s.res.Events)
		if err := s.tellTime(); err != nil {
			return Result{}, err
		}
		a, err := s.due()
		if err != nil {
			return Result{}, err
		}
		if a != nil {
			if err := s.act(a, Mark{Kind: gov.SystemActor}, nil, "", 0); err != nil {
				return Result{}, err
			}
		}
		if len(s.res.Events) == before {
			return s.finish(nil)
		}
	}
	return Result{}, fmt.Errorf("procedure %s: timed actions of case %s do not come to rest", p.ID, c.Number)
}

// tellTime notes warnings and limits that ran out, each once.
func (s *step) tellTime() error {
	for i := range s.p.Clocks {
		def := &s.p.Clocks[i]
		c := s.res.Case
		d, ok, err := c.deadline(def, s.w.Calendar)
		if err != nil {
			return err
		}
		k := c.Runs[def.ID]
		if !ok || !k.Running() || k.Noted {
			continue
		}
		if d.Late(s.w.Now) {
			if err := s.add(Event{Kind: Late, Clock: def.ID, By: Mark{Kind: gov.SystemActor}}); err != nil {
				return err
			}
			s.tell(RanOut, def.ID, def.Report)
			continue
		}
		warned := 0
		for _, percent := range def.Warn {
			if at := d.warning(percent); percent > k.Warned && !at.IsZero() && !at.After(s.w.Now) {
				warned = percent
			}
		}
		if warned > 0 {
			if err := s.add(Event{Kind: Warned, Clock: def.ID, Percent: warned, By: Mark{Kind: gov.SystemActor}}); err != nil {
				return err
			}
			s.tell(RunsShort, def.ID, def.Tell)
			if to := Waiting(s.p, s.res.Case, s.w.Dir); len(to) > 0 {
				s.res.Effects = append(s.res.Effects, Effect{Kind: NoticeEffect, Event: s.res.Case.Version, Why: RunsShort, Clock: def.ID, To: to})
			}
		}
	}
	return nil
}

// due is an action whose time has come.
func (s *step) due() (*procedure.Action, error) {
	for i := range s.p.Actions {
		a := &s.p.Actions[i]
		if a.Auto == nil || !slices.Contains(a.At, s.res.Case.State) {
			continue
		}
		at, err := s.res.Case.autoAt(s.p, a, s.w)
		if err != nil {
			return nil, err
		}
		if at.IsZero() || at.After(s.w.Now) || !s.allows(a) {
			continue
		}
		return a, nil
	}
	return nil, nil
}

// autoAt is when an automatic action is due; zero when time does not bring it,
// or has brought it in this state already.
func (c Case) autoAt(p *procedure.Procedure, a *procedure.Action, w World) (time.Time, error) {
	at, err := c.dueAt(p, a, w)
	stays := a.To == "" || a.To == c.State
	if last := c.Done[a.ID].Last; stays && last >= c.Since && last >= at.UnixMilli() {
		return time.Time{}, err // done here since it was due
	}
	return at, err
}

func (c Case) dueAt(p *procedure.Procedure, a *procedure.Action, w World) (time.Time, error) {
	switch {
	case a.Auto.After.N > 0:
		return after(c.Since, a.Auto.After, w)
	case a.Auto.At != "":
		at, err := c.until(a.Auto.At)
		if f, _ := p.Field(a.Auto.At); err == nil && !at.IsZero() && f.Type == procedure.DateField {
			at = at.AddDate(0, 0, -1) // the beginning of the day, not its end
		}
		return at, err
	case a.Auto.Late != "":
		def, _ := p.Clock(a.Auto.Late)
		d, ok, err := c.deadline(def, w.Calendar)
		if err != nil || !ok || d.At.IsZero() || !d.Stopped.IsZero() {
			return time.Time{}, err
		}
		return d.At.Add(time.Millisecond), nil
	}
	return time.Time{}, nil
}

// Wake is the next instant at which time may bring something to a case; zero
// when nothing is to come. It is not after w.Now only when a Tick now finds
// something. A Tick then may find nothing while an action that is due waits for
// a condition that time can bring about; such a one is looked at every hour.
func Wake(p *procedure.Procedure, c Case, w World) (time.Time, error) {
	var next time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for i := range p.Clocks {
		def := &p.Clocks[i]
		d, ok, err := c.deadline(def, w.Calendar)
		if err != nil {
			return next, err
		}
		k := c.Runs[def.ID]
		if !ok || !k.Running() || k.Noted {
			continue
		}
		if !d.At.IsZero() {
			sooner(d.At.Add(time.Millisecond))
		}
		for _, percent := range def.Warn {
			if percent > k.Warned {
				sooner(d.warning(percent))
			}
		}
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Auto == nil || !slices.Contains(a.At, c.State) || a.Times > 0 && c.Done[a.ID].Times >= a.Times {
			continue
		}
		at, err := c.autoAt(p, a, w)
		if err != nil {
			return next, err
		}
		if s := newStep(p, c, w); !at.IsZero() && !at.After(w.Now) && !s.allows(a) {
			if at = (time.Time{}); a.Timed() {
				at = w.Now.Truncate(time.Hour).Add(time.Hour)
			}
		}
		sooner(at)
	}
	return next, nil
}

// allows reports that an automatic action that is due may be done.
func (s *step) allows(a *procedure.Action) bool {
	_, _, err := s.may(a, System)
	return err == nil && s.conditions(a, nil) == nil
}

// after is the deadline of a limit that began at an instant.
func after(since int64, limit calendar.Limit, w World) (time.Time, error) {
	r, err := calendar.Deadline(calendar.Spec{Limit: limit}, calendar.History{Start: milli(since)}, w.Calendar)
	if err != nil {
		return time.Time{}, fmt.Errorf("automatic action: %w", err)
	}
	return r.Deadline, nil
}

// System is the actor of what happens by itself.
var System = Actor{Kind: gov.SystemActor}

// ready is an automatic action whose condition holds.
func (s *step) ready() *procedure.Action {
	for i := range s.p.Actions {
		a := &s.p.Actions[i]
		if a.Auto == nil || a.Auto.Test() == nil || !slices.Contains(a.At, s.res.Case.State) {
			continue
		}
		// A condition that cannot be decided does not hold.
		if yes, err := a.Auto.Test().Holds(s.scope().value); err == nil && yes && s.allows(a) {
			return a
		}
	}
	return nil
}
