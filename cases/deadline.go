package cases

import (
	"fmt"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Deadline is where a clock of a case stands. It is derived from the history:
// a corrected calendar gives another.
type Deadline struct {
	Clock   string
	At      time.Time // the last moment that is on time; zero while it is paused without end, or without a date
	Stopped time.Time // zero while the clock runs
	Paused  bool
	Result  calendar.Result // the spans that made it; zero of a clock that ends on a date

	start time.Time
}

// deadline reckons one clock; ok is false when it has not started.
func (c Case) deadline(def *procedure.Clock, cal calendar.Calendar) (d Deadline, ok bool, err error) {
	k, started := c.Runs[def.ID]
	if !started || len(k.Runs) == 0 {
		return d, false, nil
	}
	d = Deadline{Clock: def.ID, start: milli(k.Runs[0].From)}
	if last := k.Runs[len(k.Runs)-1]; !last.open() {
		d.Stopped = milli(last.To)
	}
	if def.Until != "" {
		d.At, err = c.until(def.Until)
		return d, true, err
	}
	h := calendar.History{Start: d.start}
	for _, s := range k.Pauses {
		h.Pauses = append(h.Pauses, calendar.Pause{From: milli(s.From), To: milli(s.To), Reason: gov.Text{ZH: "暂停", EN: "paused"}})
	}
	if def.Again != procedure.Keep {
		for i := 1; i < len(k.Runs); i++ {
			h.Pauses = append(h.Pauses, calendar.Pause{From: milli(k.Runs[i-1].To), To: milli(k.Runs[i].From),
				Reason: gov.Text{ZH: "未计时", EN: "not running"}})
		}
	}
	for _, extra := range k.Extra {
		h.Extensions = append(h.Extensions, calendar.Extension{Add: extra, Reason: gov.Text{ZH: "批准延长", EN: "extension approved"}})
	}
	if d.Result, err = calendar.Deadline(calendar.Spec{Limit: k.Limit, Windows: def.Windows}, h, cal); err != nil {
		return d, true, fmt.Errorf("clock %s of case %s: %w", def.ID, c.Number, err)
	}
	d.At, d.Paused = d.Result.Deadline, d.Result.Paused
	return d, true, nil
}

// until is the deadline in a date field, to the end of its day, or in an
// instant field.
func (c Case) until(field string) (time.Time, error) {
	switch v := c.Values[field].(type) {
	case string:
		d, err := gov.ParseDate(v)
		if err != nil || d.IsZero() {
			return time.Time{}, err
		}
		return d.Add(1).Time(), nil
	case int64:
		return milli(v), nil
	}
	return time.Time{}, nil
}

// Next is of some deadlines the one that runs out first of those whose clocks run,
// zero where none does.
func Next(list []Deadline) (next Deadline) {
	for _, d := range list {
		if d.Stopped.IsZero() && !d.Paused && !d.At.IsZero() && (next.At.IsZero() || d.At.Before(next.At)) {
			next = d
		}
	}
	return next
}

// Counting is of the deadlines of a case that runs the one that counts for the whole,
// by the clock its procedure names as due; zero where that one does not run or has no end.
func Counting(p *procedure.Procedure, list []Deadline) Deadline {
	for _, d := range list {
		if d.Clock == p.Due && d.Stopped.IsZero() && !d.At.IsZero() {
			return d
		}
	}
	return Deadline{}
}

// Late reports that the deadline passed before the clock stopped, or before
// now while it runs.
func (d Deadline) Late(now time.Time) bool {
	if d.At.IsZero() {
		return false
	}
	if !d.Stopped.IsZero() {
		now = d.Stopped
	}
	return now.After(d.At)
}

// Used is the part of the limit used at t: 1 is all of it.
func (d Deadline) Used(t time.Time) float64 {
	if !d.Stopped.IsZero() && t.After(d.Stopped) {
		t = d.Stopped
	}
	switch {
	case d.Result.Total > 0:
		return d.Result.Fraction(t)
	case d.At.IsZero() || !d.At.After(d.start):
		return 0
	}
	return max(0, float64(t.Sub(d.start))/float64(d.At.Sub(d.start)))
}

// warning is when so many per cent are used; zero if an open pause comes
// before.
func (d Deadline) warning(percent int) time.Time {
	if d.Result.Total > 0 {
		at, _ := d.Result.Warning(percent)
		return at
	}
	if d.At.IsZero() || !d.At.After(d.start) {
		return time.Time{}
	}
	return d.start.Add(d.At.Sub(d.start) / 100 * time.Duration(percent))
}

// LastDay is the day in which the deadline falls, for people.
func (d Deadline) LastDay() gov.Date {
	if d.At.IsZero() {
		return gov.Date{}
	}
	return gov.DateOf(d.At.Add(-time.Millisecond))
}

// milli is an instant of the history; 0 is none.
func milli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(gov.China)
}
