package calendar

import (
	"time"

	"quanxiang/gov"
)

// maxDays bounds a search over days: a century. A limit beyond that is a slip.
const maxDays = 36_600

// Dated is a date with the years that were missing when it was reckoned.
type Dated struct {
	Date    gov.Date `json:"date"`
	Missing Missing  `json:"missing,omitempty"`
}

// Provisional reports that the date may move when a notice is published.
func (d Dated) Provisional() bool { return len(d.Missing) > 0 }

// IsWorkday reports whether a date is worked. Day tells whether that is
// settled, and why.
func (c Calendar) IsWorkday(date gov.Date) bool { return c.Day(date).Worked() }

// NextWorkday is the date itself if it is worked, else the next that is.
func (c Calendar) NextWorkday(date gov.Date) Dated {
	var r Dated
	for n := dayNumber(date); ; n++ {
		d := c.day(n)
		if r.Missing.add(d.Missing); d.Worked() {
			r.Date = d.Date
			return r
		}
	}
}

// AddWorkdays is the nth working day after a date, or before it when n is
// negative. The date itself, the day of receipt, is day zero and does not
// count; n = 0 is the date itself. It refuses more than a century.
func (c Calendar) AddWorkdays(date gov.Date, n int) (Dated, error) {
	step, left := 1, n
	if n < 0 {
		step, left = -1, -n
	}
	if left > maxDays {
		return Dated{}, tooFar()
	}
	r := Dated{Date: date}
	for at := dayNumber(date); left > 0; {
		at += step
		d := c.day(at)
		if r.Missing.add(d.Missing); d.Worked() {
			left--
			r.Date = d.Date
		}
	}
	return r, nil
}

// Counted is a number of working days with the years that were missing.
type Counted struct {
	Days    int     `json:"days"`
	Missing Missing `json:"missing,omitempty"`
}

// WorkdaysBetween counts the working days in [from, to), negative when to is
// the earlier.
func (c Calendar) WorkdaysBetween(from, to gov.Date) (Counted, error) {
	a, b, sign := dayNumber(from), dayNumber(to), 1
	if b < a {
		a, b, sign = b, a, -1
	}
	if b-a > 2*maxDays {
		return Counted{}, tooFar()
	}
	var r Counted
	for n := a; n < b; n++ {
		d := c.day(n)
		if r.Missing.add(d.Missing); d.Worked() {
			r.Days += sign
		}
	}
	return r, nil
}

// WorkdayOfMonth is the nth working day of a month: the last day for what is
// due "within the first n working days". It is NotFound when the month has
// fewer.
func (c Calendar) WorkdayOfMonth(year int, month time.Month, n int) (Dated, error) {
	first := gov.Date{Year: year, Month: month, Day: 1}
	if !first.Valid() || n < 1 {
		return Dated{}, gov.Errorf(gov.Invalid, "没有这样的月份或工作日序号", "there is no such month or working day")
	}
	r, err := c.AddWorkdays(first.Add(-1), n)
	if err == nil && (r.Date.Year != year || r.Date.Month != month) {
		return Dated{}, gov.Errorf(gov.NotFound, "%[1]d年%[2]d月没有第 %[3]d 个工作日", "%[1]d-%02[2]d has no working day number %[3]d", year, int(month), n)
	}
	return r, err
}

func tooFar() error {
	return gov.Errorf(gov.Invalid, "期限超过一百年，请检查", "the period is longer than a century; check it")
}
