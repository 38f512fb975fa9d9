package sums

import (
	"strconv"
	"strings"

	"quanxiang/cases/departure"
	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
)

// PeriodCounts are the things a Period is made of.
var PeriodCounts = []docket.What{docket.CountBegun, docket.CountVoid, docket.CountDone, docket.CountDays, docket.CountDeparted}

// Period is what happened to cases of a procedure in some months. Messages under
// "statistics." say in words what each of its figures counts.
type Period struct {
	Begun    int64
	Void     int64                        // ended without a result
	Done     map[docket.Punctuality]int64 // ended with one
	Days     map[int]int64                // of those, by docket.DayRange
	Departed map[Departed]int64
}

// Departed is an action that was a departure.
type Departed struct {
	Kind   departure.Kind
	Action string
}

// NewPeriod is a period in which nothing happened yet.
func NewPeriod() *Period {
	return &Period{Done: map[docket.Punctuality]int64{}, Days: map[int]int64{}, Departed: map[Departed]int64{}}
}

// PeriodOf sums counts up, whatever their month.
func PeriodOf(sums []docket.Sum) *Period {
	p := NewPeriod()
	for _, s := range sums {
		p.Add(s.Count)
	}
	return p
}

// Add counts a count in. What it does not know is of a later program and left out.
func (p *Period) Add(c docket.Count) {
	switch c.What {
	case docket.CountBegun:
		p.Begun += c.N
	case docket.CountVoid:
		p.Void += c.N
	case docket.CountDone:
		p.Done[docket.Punctuality(c.Part)] += c.N
	case docket.CountDays:
		if days, err := strconv.Atoi(c.Part); err == nil {
			p.Days[days] += c.N
		}
	case docket.CountDeparted:
		kind, action, _ := strings.Cut(c.Part, "/")
		p.Departed[Departed{departure.Kind(kind), action}] += c.N
	}
}

// Ended is how many cases ended with a result.
func (p *Period) Ended() (n int64) {
	for _, one := range p.Done {
		n += one
	}
	return n
}

// Timely is how many of the cases that ended with a result and had a deadline
// kept it, and how many those are.
func (p *Period) Timely() (n, of int64) {
	return p.Done[docket.OnTime], p.Done[docket.OnTime] + p.Done[docket.TooLate]
}

// Percentile is the smallest number of days within which at least so many per
// cent of the cases that ended with a result did so (the nearest rank); ok is
// false when there are none. Above sixty days it is that of a docket.DayRange.
func (p *Period) Percentile(percent int64) (days int, ok bool) {
	return measures.NearestRank(p.Days, percent)
}

// Of is how often there was a departure of a kind, by whatever action.
func (p *Period) Of(kind departure.Kind) (n int64) {
	for d, one := range p.Departed {
		if d.Kind == kind {
			n += one
		}
	}
	return n
}
