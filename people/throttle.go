package people

import "time"

// Guard counts the failures of one bucket of attempts. See doc.go for why
// attempts are counted in buckets.
type Guard struct {
	Bucket   string
	Failures int
	Last     int64 // Unix milliseconds of the last failure
	Revision int
}

// Limits of a bucket.
const (
	freeTries   = 5                // failures before there is any delay
	firstDelay  = 30 * time.Second // after that many; doubled by each further one
	longestWait = 15 * time.Minute // and never more than this
)

// ForgetAfter is how long without a failure empties a bucket.
const ForgetAfter = 24 * time.Hour

// Wait is how long the next attempt has to wait; 0 when it may go ahead.
func (g Guard) Wait(at time.Time, free int) time.Duration {
	gone := max(0, at.Sub(time.UnixMilli(g.Last))) // a clock put back does not lengthen the wait
	if g.Failures < free || gone >= ForgetAfter {
		return 0
	}
	delay := longestWait
	if n := g.Failures - free; n < 6 {
		delay = min(firstDelay<<n, longestWait)
	}
	return max(0, delay-gone)
}

// Failed is the guard after one more failure.
func (g Guard) Failed(at time.Time) Guard {
	if at.Sub(time.UnixMilli(g.Last)) >= ForgetAfter {
		g.Failures = 0
	}
	g.Failures++
	g.Last = at.UnixMilli()
	return g
}
