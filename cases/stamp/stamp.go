// Package stamp is what a phone says of when and where something was done on site,
// and what that is worth: held against the time of the server, the place of the case
// and the pictures sent with it. Nothing in it is proof; it is evidence for those who
// check, and whatever does not fit is marked and never refused.
//
// A stamp is part of an event of a case (package cases) and so of the ledger. It is the
// phone's word as it was given; what follows from it is worked out when it is read.
// The room is pure.
package stamp

import (
	"math"
	"strconv"
	"time"

	"quanxiang/geo"
)

// Stamp is what a phone said with an act. Its times are by its own clock, Unix ms,
// 0 for not said.
type Stamp struct {
	Did      int64     `json:"did,omitempty"`      // when it was done
	Sent     int64     `json:"sent,omitempty"`     // when it was sent, later than done where there was no network
	Place    string    `json:"place,omitempty"`    // where the phone was, as geo.Point writes it; "" for not said
	Accuracy int64     `json:"accuracy,omitempty"` // how many metres that may be off, with 95 % (W3C Geolocation)
	Fixed    int64     `json:"fixed,omitempty"`    // when the phone found out where it was
	Pictures []Picture `json:"pictures,omitempty"` // those given with the act
}

// Picture is what the camera wrote into a picture.
type Picture struct {
	Key   string `json:"key"`             // its SHA-256
	Taken int64  `json:"taken,omitempty"` // Unix ms by the camera's clock
	Place string `json:"place,omitempty"`
}

// Raw is a stamp as a form brings it.
type Raw struct{ Did, Sent, Place, Accuracy, Fixed string }

// Bounds of what a phone may say. What is beyond was not said.
const (
	earliest    = 946_684_800_000   // 2000, Unix ms
	latest      = 7_258_118_400_000 // 2200
	maxAccuracy = 100_000           // metres
)

// Read reads a stamp. What cannot be read counts as not said: an act is not
// refused for what a phone makes of it.
func Read(r Raw) Stamp {
	s := Stamp{Did: instant(r.Did), Sent: instant(r.Sent), Fixed: instant(r.Fixed)}
	if p, err := geo.ParsePoint(r.Place); err == nil {
		s.Place = p.String()
	}
	if m, err := strconv.ParseFloat(r.Accuracy, 64); err == nil && m >= 0 && m <= maxAccuracy && s.Place != "" {
		s.Accuracy = int64(math.Ceil(m))
	}
	if s.Place == "" {
		s.Fixed = 0
	}
	return s
}

func instant(text string) int64 {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < earliest || ms > latest {
		return 0
	}
	return ms
}

// Skew is how much the phone's clock was ahead of the server's, which took the act
// at an instant; false if the phone did not say when it sent it. It holds to the
// time the sending took.
func (s Stamp) Skew(taken int64) (time.Duration, bool) {
	if s.Sent == 0 {
		return 0, false
	}
	return span(s.Sent - taken), true
}

// Done is when the act was done, Unix ms by the server's clock, which took it at an
// instant: that, less how long the phone kept it.
func (s Stamp) Done(taken int64) int64 {
	if s.Did == 0 || s.Sent < s.Did {
		return taken
	}
	return taken - (s.Sent - s.Did)
}

func span(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
