package demo

import (
	"math/rand/v2"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
)

// Months is how far the history goes back.
const Months = 10

// perDay is at how many moments of a working day something happens. What
// happens at one moment happens to different cases.
const perDay = 6

// stage is the time in which history is played: moments of working days, the
// last of them before now.
type stage struct {
	now    time.Time
	days   []gov.Date // working days
	first  []int      // of each day, the index of its first moment
	moment []time.Time
}

// opening is when an installation whose history ends now was set up: half past
// eight of a working day.
func opening(now time.Time, cal calendar.Calendar) time.Time {
	return clock(cal.NextWorkday(calendar.AddMonths(gov.DateOf(now), -Months)).Date, 8*60+30)
}

// clock is a time of a day in China, in minutes.
func clock(d gov.Date, minutes int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, gov.China)
}

func newStage(now time.Time, cal calendar.Calendar, rng *rand.Rand) *stage {
	s := &stage{now: now}
	today := gov.DateOf(now)
	for d := gov.DateOf(opening(now, cal)); !today.Before(d); d = d.Add(1) {
		if !cal.IsWorkday(d) {
			continue
		}
		s.days = append(s.days, d)
		s.first = append(s.first, len(s.moment))
		for i := range perDay {
			const begins, ends = 9 * 60, 17*60 + 30
			each := (ends - begins) / perDay
			at := clock(d, begins+i*each+rng.IntN(each)).Add(time.Duration(rng.IntN(60)) * time.Second)
			if at.Before(now) {
				s.moment = append(s.moment, at)
			}
		}
	}
	return s
}

// dayOf is the index of the last working day up to a date.
func (s *stage) dayOf(d gov.Date) int {
	i := len(s.days) - 1
	for i > 0 && d.Before(s.days[i]) {
		i--
	}
	return i
}

// last is the index of the last day with moments.
func (s *stage) last() int {
	i := len(s.days) - 1
	for i > 0 && s.first[i] >= len(s.moment) {
		i--
	}
	return i
}

// in is a moment of a day drawn from rng, behind another moment. Where there is
// none left before now, ok is false.
func (s *stage) in(day, behind int, rng *rand.Rand) (moment int, ok bool) {
	day = max(day, 0)
	if day > s.last() {
		return 0, false
	}
	n := min(perDay, len(s.moment)-s.first[day])
	m := max(s.first[day]+rng.IntN(n), behind+1)
	return m, m < len(s.moment)
}
