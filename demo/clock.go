package demo

import (
	"sync/atomic"
	"time"
)

// Clock is a clock that is set while history is played and then tells the real
// time. The zero Clock tells the real time. It may be used by any number of
// goroutines.
type Clock struct{ ms atomic.Int64 }

// Set stops the clock at an instant.
func (c *Clock) Set(at time.Time) { c.ms.Store(at.UnixMilli()) }

// Run lets the clock tell the real time from now on.
func (c *Clock) Run() { c.ms.Store(0) }

// Now is a gov.Clock.
func (c *Clock) Now() time.Time {
	if ms := c.ms.Load(); ms != 0 {
		return time.UnixMilli(ms)
	}
	return time.Now()
}
