package jobs_test

import (
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/jobs"
)

func TestDaily(t *testing.T) {
	t.Parallel()
	at := func(d, h, m int) time.Time { return time.Date(2016, 9, d, h, m, 0, 0, gov.China) }
	for _, c := range []struct {
		name      string
		now, want time.Time
	}{
		{"later today", at(15, 1, 0), at(15, 2, 30)},
		{"already past", at(15, 3, 0), at(16, 2, 30)},
		{"exactly now means tomorrow", at(15, 2, 30), at(16, 2, 30)},
		{"the day is China's, not the server's", at(15, 1, 0).UTC(), at(15, 2, 30)},
		{"into the next month", at(30, 12, 0), at(31, 2, 30)}, // 31 September is 1 October
	} {
		if got := jobs.Daily(2, 30)(c.now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 12: 2048 * time.Second, 13: time.Hour, 1000: time.Hour,
	} {
		if got := jobs.Backoff(attempt); got != want {
			t.Errorf("after attempt %d: %v, want %v", attempt, got, want)
		}
	}
}
