package gov

import (
	"fmt"
	"time"
)

// Date is a civil date without time or zone, as documents carry it. The zero
// Date means "no date". It is comparable, prints and travels as YYYY-MM-DD,
// and its string form sorts in time order.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// China is the one zone of the product's civil time, UTC+8 without summer time.
var China = time.FixedZone("Asia/Shanghai", 8*60*60)

// DateOf is the civil date of an instant in China.
func DateOf(t time.Time) Date {
	y, m, d := t.In(China).Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD and refuses dates that do not exist. The empty
// string is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, Errorf(Invalid, "“%s”不是有效日期，应写作 2016-09-15", "%q is not a date; write 2016-09-15", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the date exists in the Gregorian calendar.
func (d Date) Valid() bool { return !d.IsZero() && d == DateOf(d.Time()) }

// Time is midnight of the date in China.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, China) }

// Add moves the date by calendar days.
func (d Date) Add(days int) Date { return DateOf(d.Time().AddDate(0, 0, days)) }

// AddYears moves the date by whole years; 29 February becomes 28 February in
// a common year, so a period of years never grows by a day.
func (d Date) AddYears(n int) Date {
	r := Date{d.Year + n, d.Month, d.Day}
	if !r.Valid() {
		r.Day = 28
	}
	return r
}

// Compare is negative when d is before e, positive when after, else 0.
func (d Date) Compare(e Date) int { return d.Time().Compare(e.Time()) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// String is YYYY-MM-DD, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// In writes the date as officials do: 2016年9月15日, or 15 September 2016.
func (d Date) In(l Lang) string {
	switch {
	case d.IsZero():
		return ""
	case l == EN:
		return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}
