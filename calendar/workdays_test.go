package calendar_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/gov"
)

func date(t testing.TB, s string) gov.Date {
	t.Helper()
	d, err := gov.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The program's own years are what the State Council announced.
func TestSeed(t *testing.T) {
	t.Parallel()
	seed := calendar.Seed()
	if y := seed.Years(); len(y) != 20 || y[0] != calendar.FirstSeedYear || y[19] != calendar.LastSeedYear {
		t.Errorf("years %v", y)
	}
	// Days by their date, whichever year's notice names them.
	for year, want := range map[int][2]int{2016: {30, 6}, 2026: {33, 6}} {
		var got [2]int
		for d := date(t, gov.Date{Year: year, Month: 1, Day: 1}.String()); d.Year == year; d = d.Add(1) {
			switch seed.Day(d).Kind {
			case calendar.Holiday:
				got[0]++
			case calendar.Makeup:
				got[1]++
			}
		}
		if got != want {
			t.Errorf("%d: %d days off and %d make-up days, want %v", year, got[0], got[1], want)
		}
	}
	for day, want := range map[string]calendar.DayKind{
		"2013-04-07": calendar.Makeup, // these two are missing from lunar-go
		"2013-10-12": calendar.Makeup,
		"2016-10-08": calendar.Makeup,
		"2016-10-03": calendar.Holiday,
		"2016-10-15": calendar.Weekend,
		"2016-10-10": calendar.Weekday,
		"2015-09-03": calendar.Holiday, // once only
		"2014-09-03": calendar.Weekday,
		"2018-12-29": calendar.Makeup, // by the notice for 2019
		"2020-01-31": calendar.Holiday,
		"2006-12-30": calendar.Makeup, // by the notice for 2007
	} {
		if got := seed.Day(date(t, day)); got.Kind != want {
			t.Errorf("%s: %s, want %s", day, got.Kind, want)
		}
	}
	// Every year must be one that could be loaded: a stored copy is read back so.
	for _, n := range seed.Years() {
		y, _ := seed.Year(n)
		again, err := calendar.ParseYear("seed", y.Canonical())
		if err != nil {
			t.Errorf("%d: %v", n, err)
		}
		if d := cmp.Diff(string(y.Canonical()), string(again.Canonical())); d != "" {
			t.Errorf("%d changes when it is read back:\n%s", n, d)
		}
	}
}

func TestDayProvisional(t *testing.T) {
	t.Parallel()
	for day, missing := range map[string]int{
		"2026-12-24": 0, "2026-12-25": 2027, "2027-01-01": 2027, "2025-12-31": 0, "2006-12-24": 2006,
	} {
		if got := calendar.Seed().Day(date(t, day)).Missing; got != missing {
			t.Errorf("%s: missing %d, want %d", day, got, missing)
		}
	}
	var none calendar.Calendar
	if d := none.Day(date(t, "2016-10-03")); !d.Worked() || d.Missing != 2016 {
		t.Errorf("the zero calendar: %+v", d)
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		why, from string
		n         int
		want      string
		missing   calendar.Missing
	}{
		{"over the holiday and two make-up days", "2016-09-30", 3, "2016-10-10", nil},
		{"the first make-up day counts", "2016-09-30", 1, "2016-10-08", nil},
		{"none is the day itself, worked or not", "2016-10-03", 0, "2016-10-03", nil},
		{"from a day off", "2016-10-03", 1, "2016-10-08", nil},
		{"backwards", "2016-10-10", -3, "2016-09-30", nil},
		{"into a year without a notice", "2026-12-24", 1, "2026-12-25", calendar.Missing{2027}},
	} {
		got, err := calendar.Seed().AddWorkdays(date(t, tt.from), tt.n)
		if err != nil || got.Date.String() != tt.want || cmp.Diff(tt.missing, got.Missing) != "" {
			t.Errorf("%s: %+v, %v; want %s %v", tt.why, got, err, tt.want, tt.missing)
		}
	}
	for _, n := range []int{36_601, -36_601} {
		if _, err := calendar.Seed().AddWorkdays(date(t, "2016-01-01"), n); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%d working days: %v", n, err)
		}
	}
}

// Counting and adding agree, over all days of ten years.
func TestWorkdaysAgree(t *testing.T) {
	t.Parallel()
	seed := calendar.Seed()
	end := date(t, "2020-01-01")
	total, err := seed.WorkdaysBetween(date(t, "2010-01-01"), end)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for d := date(t, "2010-01-01"); d != end; d = d.Add(1) {
		if seed.IsWorkday(d) {
			sum++
			if seed.NextWorkday(d).Date != d {
				t.Errorf("%s is worked and not its own next working day", d)
			}
			continue
		}
		next, err := seed.AddWorkdays(d, 1)
		if err != nil || next.Date != seed.NextWorkday(d).Date {
			t.Errorf("after %s: %v and %v", d, next, seed.NextWorkday(d))
		}
	}
	back, err := seed.WorkdaysBetween(end, date(t, "2010-01-01"))
	if err != nil || total.Days != sum || back.Days != -sum {
		t.Errorf("counted %d, back %d, want %d (%v)", total.Days, back.Days, sum, err)
	}
}

func TestWorkdayOfMonth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		year  int
		month time.Month
		n     int
		want  string
		code  gov.Code
	}{
		{2016, time.October, 3, "2016-10-10", ""},
		{2016, time.October, 1, "2016-10-08", ""},
		{2016, time.November, 3, "2016-11-03", ""},
		{2016, time.October, 19, "", gov.NotFound},
		{2016, 13, 1, "", gov.Invalid},
		{2016, time.October, 0, "", gov.Invalid},
	} {
		got, err := calendar.Seed().WorkdayOfMonth(tt.year, tt.month, tt.n)
		if tt.code != "" && gov.CodeOf(err) != tt.code || tt.code == "" && (err != nil || got.Date.String() != tt.want) {
			t.Errorf("working day %d of %d-%d: %v, %v", tt.n, tt.year, tt.month, got, err)
		}
	}
}
