package open311

import (
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
)

// rates counts what each key posts in an hour of the clock, in this process. It is
// no window of package limits: a client that is told to wait until the hour is over
// finds room then, however often it tried meanwhile.
type rates struct {
	mu     sync.Mutex
	counts map[gov.ID]count
}

type count struct {
	hour time.Time
	n    int
}

// take takes one of the posts a key has in an hour, or tells how long to wait.
// A key's rate is per hour; 0 is any number.
func (r *rates) take(k apikeys.Key, now time.Time) (wait time.Duration) {
	if k.Rate == 0 {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	hour := now.Truncate(time.Hour)
	c := r.counts[k.ID]
	if !c.hour.Equal(hour) {
		c = count{hour: hour}
	}
	if c.n >= k.Rate {
		return hour.Add(time.Hour).Sub(now)
	}
	c.n++
	r.counts[k.ID] = c
	return 0
}
