package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
)

// Calendar is an immutable set of years. The zero Calendar knows no year and
// goes by Saturday and Sunday alone.
type Calendar struct {
	years map[int]Year
	days  map[int]Entry // by day number; a later year's notice wins
	hash  string        // of the years; every deadline names it, so it is reckoned once
}

// With is the calendar with a year added, or replaced when a notice was
// corrected.
func (c Calendar) With(y Year) Calendar {
	n := Calendar{years: maps.Clone(c.years), days: map[int]Entry{}}
	if n.years == nil {
		n.years = map[int]Year{}
	}
	n.years[y.Year] = y.clone()
	for _, year := range n.Years() {
		for _, e := range n.years[year].Days {
			n.days[dayNumber(e.Date)] = e
		}
	}
	n.hash = n.reckonHash()
	return n
}

// Years lists the known years in order.
func (c Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Year is what is known of a year.
func (c Calendar) Year(year int) (Year, bool) {
	y, ok := c.years[year]
	return y.clone(), ok
}

// Hash identifies the calendar: SHA-256, in hex, over the canonical years in
// order, each with a line feed behind it.
func (c Calendar) Hash() string {
	if c.hash == "" {
		return c.reckonHash() // of the zero Calendar
	}
	return c.hash
}

func (c Calendar) reckonHash() string {
	h := sha256.New()
	for _, year := range c.Years() {
		h.Write(append(c.years[year].Canonical(), '\n'))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// DayKind says why a day is worked or not.
type DayKind string

// The kinds of day.
const (
	Weekday DayKind = "weekday" // Monday to Friday, worked
	Weekend DayKind = "weekend" // Saturday or Sunday, off
	Holiday DayKind = "holiday" // off by the notice
	Makeup  DayKind = "makeup"  // Saturday or Sunday worked by the notice (调休)
)

// Day is one day as the calendar sees it.
type Day struct {
	Date gov.Date `json:"date"`
	Kind DayKind  `json:"kind"`
	Name string   `json:"name,omitempty"` // of the holiday that the day belongs to, or was moved for
	// Missing is the year whose notice could still change the day, 0 when the
	// day is settled.
	Missing int `json:"missing,omitempty"`
}

// Worked reports whether the day is a working day.
func (d Day) Worked() bool { return d.Kind == Weekday || d.Kind == Makeup }

// Provisional reports that the day is reckoned from the day of the week only.
func (d Day) Provisional() bool { return d.Missing != 0 }

// reachesBack is the day of December from which the next year's notice may move
// days. The earliest so far were 29 December 2007 and 2018.
const reachesBack = 25

// Day tells what a date is.
func (c Calendar) Day(date gov.Date) Day { return c.day(dayNumber(date)) }

func (c Calendar) day(number int) Day {
	date := dateOf(number)
	d := Day{Date: date, Kind: Weekday, Missing: c.missing(date)}
	// Day 0 of the Unix epoch was a Thursday; Monday is 0 here.
	weekend := ((number+3)%7+7)%7 >= 5
	if weekend {
		d.Kind = Weekend
	}
	if e, ok := c.days[number]; ok {
		d.Name, d.Missing = e.Name, 0
		switch {
		case e.Off:
			d.Kind = Holiday
		case weekend:
			d.Kind = Makeup
		}
	}
	return d
}

// missing is the year whose notice is not known and could name the date.
func (c Calendar) missing(date gov.Date) int {
	if _, ok := c.years[date.Year]; !ok {
		return date.Year
	}
	if date.Month == time.December && date.Day >= reachesBack {
		if _, ok := c.years[date.Year+1]; !ok {
			return date.Year + 1
		}
	}
	return 0
}

// Change is a day that two calendars see differently.
type Change struct {
	Before, After Day
}

// Diff lists the days of the years either calendar knows on which one of them
// works and the other does not, so that it can be told why a deadline moved.
func (c Calendar) Diff(after Calendar) []Change {
	numbers := map[int]bool{}
	for n := range c.days {
		numbers[n] = true
	}
	for n := range after.days {
		numbers[n] = true
	}
	var list []Change
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		if a, b := c.day(n), after.day(n); a.Worked() != b.Worked() {
			list = append(list, Change{a, b})
		}
	}
	return list
}

// Missing says which years' notices an answer had to do without.
type Missing []int

// add notes a year, each once.
func (m *Missing) add(year int) {
	if year != 0 && !slices.Contains(*m, year) {
		*m = append(*m, year)
	}
}

// Text warns of the missing years; it is empty when there are none.
func (m Missing) Text() gov.Text {
	if len(m) == 0 {
		return gov.Text{}
	}
	years := make([]string, len(m))
	for i, y := range m {
		years[i] = fmt.Sprint(y)
	}
	return gov.Textf("%[1]s 年的放假安排尚未载入，暂按周六、周日推算；载入后可能变动。",
		"The holiday notice for %[2]s is not loaded; Saturdays and Sundays are taken as days off for now, and the result may move.",
		strings.Join(years, "、"), strings.Join(years, ", "))
}

// dayNumber counts days from 1 January 1970.
func dayNumber(d gov.Date) int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(number int) gov.Date {
	y, m, d := time.Unix(int64(number)*86400, 0).UTC().Date()
	return gov.Date{Year: y, Month: m, Day: d}
}
