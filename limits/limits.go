// Package limits bounds how often something is done, over sliding windows: how
// many reports a device sends in an hour, how many codes go to a number in a day.
// It is pure; whoever keeps the meters keeps them across restarts.
//
// It is another thing than the guards of package people. A guard slows down
// whoever fails, and forgets on success; a meter counts what is done, whether or
// not it succeeds.
package limits

import (
	"math"
	"time"
)

// Rule allows so many within a window.
type Rule struct {
	Window time.Duration
	Most   int64
}

// Meter counts what was done in the window that runs and in the one before it.
// Of the window before, as much counts as the sliding window still covers: an
// even rate is counted exactly, and no meter has to remember single instants.
type Meter struct {
	Slot    int64 // the window that runs: instants divided by the length of the window
	Used    int64 // in it
	Earlier int64 // in the one before
}

// Slot is the window of a length that an instant is in.
func Slot(at time.Time, window time.Duration) int64 {
	return floorDiv(at.UnixMilli(), window.Milliseconds())
}

// Add is the meter after n more at an instant.
func (m Meter) Add(at time.Time, window time.Duration, n int64) Meter {
	slot := Slot(at, window)
	switch {
	case slot <= m.Slot: // a clock put back counts in the window that runs
	case slot == m.Slot+1:
		m.Slot, m.Earlier, m.Used = slot, m.Used, 0
	default:
		m.Slot, m.Earlier, m.Used = slot, 0, 0
	}
	m.Used += n
	return m
}

// Sum is how many there were within a window before an instant.
func (m Meter) Sum(at time.Time, window time.Duration) int64 {
	m = m.Add(at, window, 0)
	length := window.Milliseconds()
	gone := max(0, at.UnixMilli()-m.Slot*length)
	left := float64(length-gone) / float64(length)
	return m.Used + int64(math.Ceil(float64(m.Earlier)*max(0, left)))
}

// Over tells how long whoever was just counted has to wait before there is room
// again; 0 when the rule is kept.
func (r Rule) Over(m Meter, at time.Time) time.Duration {
	if m.Sum(at, r.Window) <= r.Most {
		return 0
	}
	length := r.Window.Milliseconds()
	end := (m.Slot + 1) * length // of the window that runs
	if m.Used > r.Most {         // what is in it has to slide out, too
		keep := float64(r.Most) / float64(m.Used)
		return time.Duration(end-at.UnixMilli()+int64(math.Ceil(float64(length)*(1-keep)))) * time.Millisecond
	}
	need := 1 - float64(r.Most-m.Used)/float64(max(m.Earlier, 1)) // the part of the one before that must be gone
	return time.Duration(max(1, m.Slot*length+int64(math.Ceil(float64(length)*need))-at.UnixMilli())) * time.Millisecond
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
