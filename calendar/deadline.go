package calendar

import (
	"time"

	"quanxiang/gov"
)

// Spec is the rule of a clock: how long, and which hours of a day are worked.
type Spec struct {
	Limit   Limit
	Windows Windows // of a working day; nil means OfficeHours
}

// Pause is a stretch in which the clock stands still, [From, To). A zero To
// says that it still does.
type Pause struct {
	From, To time.Time
	Reason   gov.Text
}

// Extension is approved additional time of the limit's family; "wd" on a limit
// in "wd-end" means whole working days too.
type Extension struct {
	Add    Limit
	Reason gov.Text
}

// History is what happened to a clock, from the events of its case. Pauses may
// come in any order and overlap.
type History struct {
	Start      time.Time
	Pauses     []Pause
	Extensions []Extension
}

// SpanKind says what a stretch of time was to a clock.
type SpanKind string

// The kinds of span.
const (
	CountedSpan SpanKind = "counted"  // the clock ran
	MakeupSpan  SpanKind = "makeup"   // the clock ran, on a weekend day worked by the notice
	OffHours    SpanKind = "off"      // outside the working windows of a working day
	WeekendSpan SpanKind = "weekend"  // Saturday or Sunday
	HolidaySpan SpanKind = "holiday"  // off by the notice
	PausedSpan  SpanKind = "paused"   // the clock stood still
	DayZeroSpan SpanKind = "day-zero" // the rest of the day of receipt, which whole days do not count
	RolledSpan  SpanKind = "rolled"   // the last day was off and the deadline moved
)

// Span is a row of the table that explains a deadline. Spans follow each other
// without a gap from the start to the deadline, and their Counted add up to the
// limit exactly.
type Span struct {
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to"`
	Kind    SpanKind      `json:"kind"`
	Counted time.Duration `json:"counted"` // of the limit; To-From or 0
	Reason  gov.Text      `json:"reason"`
	Missing int           `json:"missing,omitempty"` // the year whose notice could change the span
}

// Result is a deadline and what made it. It is derived, never stored: a
// corrected calendar gives another Result from the same history.
type Result struct {
	Start    time.Time
	Total    time.Duration // limit and extensions, in counted time; a whole day is 24 hours
	Deadline time.Time     // on time is at or before it; zero while Paused
	Paused   bool          // the clock stands still and may stand for ever: no deadline yet
	Missing  Missing       // years whose notice could move the deadline
	Spans    []Span
	Calendar string // hash of the calendar it was reckoned with

	clock    clock
	unrolled time.Time // the deadline before it moved off a day that is not worked
}

// Provisional reports that a missing notice may still move the deadline.
func (r Result) Provisional() bool { return len(r.Missing) > 0 }

// LastDay is the day whose end, or within which, the deadline falls; zero
// while Paused.
func (r Result) LastDay() gov.Date {
	if r.Deadline.IsZero() {
		return gov.Date{}
	}
	return gov.DateOf(r.Deadline.Add(-time.Millisecond))
}

// Used is the counted time from the start to t. It goes on growing after the
// deadline, then it tells how late it is; days over which the deadline moved do
// not count.
func (r Result) Used(t time.Time) time.Duration {
	if r.unrolled.IsZero() || !t.After(r.unrolled) {
		return duration(r.clock.used(t.UnixMilli()))
	}
	used := r.Total
	if t.After(r.Deadline) {
		used += duration(r.clock.used(t.UnixMilli()) - r.clock.used(r.Deadline.UnixMilli()))
	}
	return used
}

// Remaining is the counted time left at t, negative when it is over.
func (r Result) Remaining(t time.Time) time.Duration { return r.Total - r.Used(t) }

// Fraction is the part of the limit used at t: 0.5 is half, above 1 is late.
func (r Result) Fraction(t time.Time) float64 { return float64(r.Used(t)) / float64(r.Total) }

// Warning is the first instant at which so many per cent of the limit are used;
// the second result is false while an open pause comes first.
func (r Result) Warning(percent int) (time.Time, bool) {
	total := r.Total.Milliseconds()
	at, ok := r.clock.reach((total*int64(percent) + 99) / 100)
	if !ok {
		return time.Time{}, false
	}
	return instant(at), true
}

// OnTime reports whether something done at t kept the deadline. While Paused
// everything does.
func (r Result) OnTime(t time.Time) bool { return r.Paused || !t.After(r.Deadline) }

// Deadline reckons the deadline of a clock. Instants are taken to the
// millisecond. It refuses, as Invalid, limits that make no sense, extensions of
// another family, pauses that end before they begin, and years outside 1950 to
// 2200.
func Deadline(spec Spec, h History, cal Calendar) (Result, error) {
	c, total, err := newClock(spec, h, cal)
	if err != nil {
		return Result{}, err
	}
	r := Result{Start: instant(c.start), Total: duration(total), Calendar: cal.Hash(), clock: c}
	left := total
	for seg := range c.walk {
		if seg.endless && !seg.counts {
			r.Paused = true
			r.Spans = append(r.Spans, Span{From: instant(seg.from), Kind: seg.kind, Reason: seg.reason})
			break
		}
		if seg.counts && seg.to-seg.from >= left {
			seg.to = seg.from + left
			left = 0
		} else if seg.counts {
			left -= seg.to - seg.from
		}
		r.add(seg)
		if left == 0 {
			r.Deadline = instant(seg.to)
			break
		}
	}
	if c.roll && !r.Paused {
		r.moveOff(c)
	}
	return r, nil
}

// add appends a segment, joining what is one to the reader.
func (r *Result) add(seg segment) {
	r.Missing.add(seg.missing)
	s := Span{From: instant(seg.from), To: instant(seg.to), Kind: seg.kind, Reason: seg.reason, Missing: seg.missing}
	if seg.counts {
		s.Counted = duration(seg.to - seg.from)
	}
	if n := len(r.Spans); n > 0 {
		if last := &r.Spans[n-1]; last.Kind == s.Kind && last.Reason == s.Reason && last.Missing == s.Missing {
			last.To, last.Counted = s.To, last.Counted+s.Counted
			return
		}
	}
	r.Spans = append(r.Spans, s)
}

// moveOff moves a deadline at the end of a day off to the end of the next
// working day.
func (r *Result) moveOff(c clock) {
	end := r.Deadline.UnixMilli() // a midnight: only whole days roll
	for n := dayOf(end - 1); ; n++ {
		d := c.cal.day(n)
		if r.Missing.add(d.Missing); d.Worked() {
			break
		}
		r.add(segment{from: end, to: midnight(n + 2), kind: RolledSpan, missing: d.Missing, reason: rolledReason(d)})
		end = midnight(n + 2)
	}
	r.unrolled, r.Deadline = r.Deadline, instant(end)
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).In(gov.China) }

func duration(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
