package limits_test

import (
	"testing"
	"time"

	"quanxiang/limits"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// What was done counts less and less as its window slides out, and no burst at
// the seam of two windows gets twice the limit.
func TestWindowSlides(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	m := limits.Meter{}
	for range 10 {
		m = m.Add(noon.Add(59*time.Minute), hour, 1)
	}
	for _, tt := range []struct {
		after time.Duration
		want  int64
	}{{59 * time.Minute, 10}, {hour, 10}, {90 * time.Minute, 5}, {119 * time.Minute, 1}, {2 * hour, 0}, {30 * hour, 0}} {
		if got := m.Sum(noon.Add(tt.after), hour); got != tt.want {
			t.Errorf("after %s: %d, want %d", tt.after, got, tt.want)
		}
	}
}

// Whoever waits as long as they are told has room for one more, and not before.
func TestWaitIsEnough(t *testing.T) {
	t.Parallel()
	rule := limits.Rule{Window: 10 * time.Minute, Most: 5}
	for _, burst := range []int64{5, 6, 9, 40} {
		for _, start := range []time.Duration{0, 3 * time.Minute, 9*time.Minute + 59*time.Second} {
			at := noon.Add(start)
			m := limits.Meter{}.Add(at, rule.Window, burst)
			next := m.Add(at, rule.Window, 1)
			wait := rule.Over(next, at)
			if wait <= 0 {
				t.Fatalf("%d at %s: one more is let through", burst, start)
			}
			later := at.Add(wait)
			if again := m.Add(later, rule.Window, 0); again.Sum(later, rule.Window) > rule.Most {
				t.Errorf("%d at %s: after %s there are still %d", burst, start, wait, again.Sum(later, rule.Window))
			}
			if wait > 2*rule.Window {
				t.Errorf("%d at %s: told to wait %s", burst, start, wait)
			}
		}
	}
	if wait := rule.Over(limits.Meter{}.Add(noon, rule.Window, 5), noon); wait != 0 {
		t.Errorf("the fifth of five waits %s", wait)
	}
}

// A clock that is put back neither empties a meter nor fills it.
func TestClockPutBack(t *testing.T) {
	t.Parallel()
	m := limits.Meter{}.Add(noon, time.Hour, 3)
	if back := m.Add(noon.Add(-5*time.Hour), time.Hour, 1); back.Sum(noon, time.Hour) != 4 || back.Slot != m.Slot {
		t.Errorf("%+v", back)
	}
}
