package cases

import (
	"time"

	"quanxiang/policy/procedure"
)

// Reading is what one case comes to under a measure of its procedure.
type Reading struct {
	Measure string
	At      int64         // the instant that says in which month it counts, Unix ms
	Hit     bool          // of a rate
	Took    time.Duration // of a time: counted time for a clock, else time on the wall
}

// Readings lists what a case comes to under the measures of its procedure as it
// stands, in the order of the file; a measure it does not count for has none.
// They are derived from the case alone: what happens to it later may change
// them.
func Readings(p *procedure.Procedure, c Case, w World) ([]Reading, error) {
	var list []Reading
	s := scope{p: p, c: c, w: w}
	for i := range p.Measures {
		m := &p.Measures[i]
		r := Reading{Measure: m.ID}
		var counts bool
		var err error
		switch {
		case m.Clock != "":
			counts, err = s.clocked(m, &r)
		case m.From != "":
			counts = c.between(m, &r)
		default:
			counts, err = s.rated(m, &r)
		}
		if err != nil {
			return nil, err
		}
		if counts {
			list = append(list, r)
		}
	}
	return list, nil
}

// rated reads a rate. What cannot be evaluated does not hold, as everywhere.
func (s scope) rated(m *procedure.Measure, r *Reading) (counts bool, err error) {
	kept := false
	if m.Due == "" {
		r.At = s.c.instant(m.At, 0)
	} else if r.At, kept, err = s.settled(m.Due); err != nil {
		return false, err
	}
	if r.At == 0 {
		return false, nil
	}
	if m.Counts() != nil {
		if yes, err := m.Counts().Holds(s.value); err != nil || !yes {
			return false, nil
		}
	}
	if m.Hits() == nil {
		r.Hit = kept
		return true, nil
	}
	yes, err := m.Hits().Holds(s.value)
	r.Hit = err == nil && yes
	return true, nil
}

// settled is when it was settled whether a clock was kept: when it stopped in
// time or else ran out; 0 when it runs in time, is paused or has no deadline.
func (s scope) settled(clock string) (at int64, kept bool, err error) {
	def, _ := s.p.Clock(clock)
	d, ok, err := s.c.deadline(def, s.w.Calendar)
	switch {
	case err != nil || !ok || d.At.IsZero():
		return 0, false, err
	case d.Late(s.w.Now):
		return d.At.UnixMilli(), false, nil
	case d.Stopped.IsZero():
		return 0, false, nil
	}
	return d.Stopped.UnixMilli(), true, nil
}

// clocked reads the counted time of a clock that has stopped.
func (s scope) clocked(m *procedure.Measure, r *Reading) (bool, error) {
	def, _ := s.p.Clock(m.Clock)
	d, ok, err := s.c.deadline(def, s.w.Calendar)
	if err != nil || !ok || d.Stopped.IsZero() {
		return false, err
	}
	r.At, r.Took = d.Stopped.UnixMilli(), d.Result.Used(d.Stopped)
	return true, nil
}

// between reads the time between two instants.
func (c Case) between(m *procedure.Measure, r *Reading) bool {
	from := c.instant(m.From, 0)
	if from == 0 {
		return false
	}
	if r.At = c.instant(m.To, from); r.At == 0 {
		return false
	}
	r.Took = time.Duration(r.At-from) * time.Millisecond
	return true
}

// instant is when something first was that is not before another instant; 0
// when it was not yet. Of what was done before that and again after, only the
// last time is known, so that is taken.
func (c Case) instant(name string, from int64) int64 {
	switch name {
	case procedure.AtOpened:
		return c.Opened
	case procedure.AtEnded:
		return c.Ended
	}
	switch d := c.Done[name]; {
	case d.First >= from:
		return d.First
	case d.Last >= from:
		return d.Last
	}
	return 0
}
