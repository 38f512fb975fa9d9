package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
)

// at reads a civil time in China.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, gov.China)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func limit(t *testing.T, s string) calendar.Limit {
	t.Helper()
	l, err := calendar.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// reckon reckons a deadline and checks what every deadline must fulfil.
func reckon(t *testing.T, lim string, h calendar.History) calendar.Result {
	t.Helper()
	r, err := calendar.Deadline(calendar.Spec{Limit: limit(t, lim)}, h, calendar.Seed())
	if err != nil {
		t.Fatal(err)
	}
	addsUp(t, r)
	return r
}

// addsUp checks that the table of spans has no gap, leads from the start to
// the deadline, and adds up to the limit exactly.
func addsUp(t *testing.T, r calendar.Result) {
	t.Helper()
	from, sum := r.Start, time.Duration(0)
	for i, s := range r.Spans {
		if !s.From.Equal(from) {
			t.Errorf("span %d begins at %v, the one before ended at %v", i, s.From, from)
		}
		if s.Counted != 0 && s.Counted != s.To.Sub(s.From) || s.Reason.ZH == "" && s.Kind != calendar.PausedSpan {
			t.Errorf("span %d: %+v", i, s)
		}
		from, sum = s.To, sum+s.Counted
	}
	if r.Paused {
		if !r.Deadline.IsZero() || !from.IsZero() || sum >= r.Total {
			t.Errorf("paused, but the deadline is %v and %v of %v are used", r.Deadline, sum, r.Total)
		}
		return
	}
	if !from.Equal(r.Deadline) || sum != r.Total {
		t.Errorf("spans end at %v with %v; want %v with %v", from, sum, r.Deadline, r.Total)
	}
	if got := r.Used(r.Deadline); got != r.Total {
		t.Errorf("used at the deadline: %v, want %v", got, r.Total)
	}
	if r.Fraction(r.Deadline) != 1 || r.Remaining(r.Deadline) != 0 || !r.OnTime(r.Deadline) || r.OnTime(r.Deadline.Add(time.Millisecond)) {
		t.Error("the deadline itself is on time, a millisecond later is not")
	}
}

// The golden vectors: windows 8–12 and 14–18, the State Council's calendar of
// 2016, checked by hand and minute by minute.
func TestGoldenVectors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, start, limit, pauseFrom, pauseTo, want string
	}{
		{"over National Day into a make-up Saturday", "2016-09-30 17:00", "4wh", "", "", "2016-10-08 11:00"},
		{"make-up Saturday before Spring Festival", "2016-02-05 17:30", "4wh", "", "", "2016-02-06 11:30"},
		{"both make-up days of Spring Festival", "2016-02-05 17:30", "2wd", "", "", "2016-02-14 17:30"},
		{"begun on a holiday, make-up Sunday", "2016-06-11 10:00", "4wh", "", "", "2016-06-12 12:00"},
		{"ends with the day, not the next morning", "2016-11-01 14:00", "4wh", "", "", "2016-11-01 18:00"},
		{"a pause over lunch costs nothing", "2016-11-01 09:00", "4wh", "2016-11-01 12:00", "2016-11-01 14:00", "2016-11-01 15:00"},
		{"a pause of a day costs its working hours", "2016-11-01 09:00", "4wh", "2016-11-01 11:00", "2016-11-02 11:00", "2016-11-02 15:00"},
		{"five working days over National Day", "2016-09-28 15:00", "5wd", "", "", "2016-10-10 15:00"},

		{"continuous hours run through the night", "2016-09-30 23:00", "2h", "", "", "2016-10-01 01:00"},
		{"minutes", "2016-09-30 23:50", "15m", "", "", "2016-10-01 00:05"},
		{"whole working days: receipt is day zero", "2016-09-28 15:00", "3wd-end", "", "", "2016-10-09 00:00"},
		{"20 working days of an information request", "2016-09-28 15:00", "20wd-end", "", "", "2016-11-01 00:00"},
		{"natural days end at midnight", "2016-09-28 15:00", "3d", "", "", "2016-10-02 00:00"},
		{"natural days moved out of National Day", "2016-09-28 15:00", "3d-roll", "", "", "2016-10-09 00:00"},
		{"a last day worked does not move", "2016-09-28 15:00", "2d-roll", "", "", "2016-10-01 00:00"},
		{"a month to a shorter month", "2016-01-31 09:00", "1mo", "", "", "2016-03-01 00:00"},
		{"a year from 29 February", "2016-02-29 09:00", "1y", "", "", "2017-03-01 00:00"},
		{"a month moved off a Saturday", "2016-08-10 09:00", "1mo-roll", "", "", "2016-09-13 00:00"},
		{"whole days: a pause costs the days between its dates", "2016-11-01 09:00", "3wd-end", "2016-11-02 16:00", "2016-11-04 09:00", "2016-11-09 00:00"},
		{"whole days: a pause within a day costs nothing", "2016-11-01 09:00", "3wd-end", "2016-11-02 09:00", "2016-11-02 16:00", "2016-11-05 00:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := calendar.History{Start: at(t, tt.start)}
			if tt.pauseFrom != "" {
				h.Pauses = []calendar.Pause{{From: at(t, tt.pauseFrom), To: at(t, tt.pauseTo)}}
			}
			r := reckon(t, tt.limit, h)
			if !r.Deadline.Equal(at(t, tt.want)) {
				t.Errorf("deadline %v, want %s", r.Deadline, tt.want)
			}
			if r.Provisional() {
				t.Errorf("provisional for want of %v", r.Missing)
			}
		})
	}
}

// Resuming after a pause must not forget an approved extension: a known system
// reckons from the start with the bare limit again.
func TestExtensionSurvivesPause(t *testing.T) {
	t.Parallel()
	h := calendar.History{
		Start:      at(t, "2016-11-01 09:00"),
		Pauses:     []calendar.Pause{{From: at(t, "2016-11-01 11:00"), To: at(t, "2016-11-02 11:00")}},
		Extensions: []calendar.Extension{{Add: limit(t, "4wh")}},
	}
	if r := reckon(t, "4wh", h); !r.Deadline.Equal(at(t, "2016-11-03 09:00")) {
		t.Errorf("deadline %v, want 2016-11-03 09:00", r.Deadline)
	}
}

func TestSpanTable(t *testing.T) {
	t.Parallel()
	r := reckon(t, "8wh", calendar.History{
		Start:  at(t, "2016-09-30 17:00"),
		Pauses: []calendar.Pause{{From: at(t, "2016-10-08 10:00"), To: at(t, "2016-10-08 15:00"), Reason: gov.Text{ZH: "征求第三方意见", EN: "asking a third party"}}},
	})
	var got strings.Builder
	for _, s := range r.Spans {
		fmt.Fprintf(&got, "%s %s %s %v %s\n", s.From.Format("01-02T15:04"), s.To.Format("01-02T15:04"), s.Kind, s.Counted, s.Reason.In(gov.EN))
	}
	const want = `09-30T17:00 09-30T18:00 counted 1h0m0s working time
09-30T18:00 10-01T00:00 off 0s outside working hours
10-01T00:00 10-08T00:00 holiday 0s holiday: National Day
10-08T00:00 10-08T08:00 off 0s outside working hours
10-08T08:00 10-08T10:00 makeup 2h0m0s worked in exchange for the holiday National Day
10-08T10:00 10-08T15:00 paused 0s asking a third party
10-08T15:00 10-08T18:00 makeup 3h0m0s worked in exchange for the holiday National Day
10-08T18:00 10-09T08:00 off 0s outside working hours
10-09T08:00 10-09T10:00 makeup 2h0m0s worked in exchange for the holiday National Day
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}

// A clock that stands still has no deadline, but tells what is used.
func TestOpenPause(t *testing.T) {
	t.Parallel()
	r := reckon(t, "4wh", calendar.History{
		Start:  at(t, "2016-11-01 09:00"),
		Pauses: []calendar.Pause{{From: at(t, "2016-11-01 11:00")}},
	})
	if !r.Paused || r.Used(at(t, "2016-12-01 00:00")) != 2*time.Hour || !r.OnTime(at(t, "2017-01-01 00:00")) || !r.LastDay().IsZero() {
		t.Errorf("%+v", r)
	}
	if w, ok := r.Warning(50); !ok || !w.Equal(at(t, "2016-11-01 11:00")) {
		t.Errorf("50%% at %v, %v", w, ok)
	}
	if _, ok := r.Warning(80); ok {
		t.Error("80% cannot be reached while paused")
	}
	// A pause that begins after the limit is used up changes nothing.
	r = reckon(t, "1wh", calendar.History{Start: at(t, "2016-11-01 09:00"), Pauses: []calendar.Pause{{From: at(t, "2016-11-01 10:00")}}})
	if !r.Deadline.Equal(at(t, "2016-11-01 10:00")) {
		t.Errorf("deadline %v", r.Deadline)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	r := reckon(t, "5wd", calendar.History{Start: at(t, "2016-09-28 15:00")})
	for percent, want := range map[int]string{0: "2016-09-28 15:00", 50: "2016-09-30 18:00", 80: "2016-10-09 15:00", 100: "2016-10-10 15:00"} {
		if w, ok := r.Warning(percent); !ok || percent != 50 && !w.Equal(at(t, want)) {
			t.Errorf("%d%% at %v, want %s", percent, w, want)
		}
	}
	w, _ := r.Warning(50)
	if used := r.Used(w); used != 20*time.Hour || r.Used(w.Add(-time.Millisecond)) >= used {
		t.Errorf("50%% is not the first instant with half the limit used: %v, %v", w, used)
	}
}

// A deadline beyond the known years says so, and which year.
func TestProvisional(t *testing.T) {
	t.Parallel()
	r := reckon(t, "10wd", calendar.History{Start: at(t, "2026-12-21 09:00")})
	if !r.Provisional() || len(r.Missing) != 1 || r.Missing[0] != 2027 || !strings.Contains(r.Missing.Text().ZH, "2027") || !strings.Contains(r.Missing.Text().EN, "2027") {
		t.Errorf("missing %v, %+v", r.Missing, r.Missing.Text())
	}
	marked := false
	for _, s := range r.Spans {
		marked = marked || s.Missing == 2027
	}
	if !marked {
		t.Error("no span says that it is provisional")
	}
	if r := reckon(t, "10wd", calendar.History{Start: at(t, "2026-12-01 09:00")}); r.Provisional() {
		t.Errorf("ends %v but misses %v", r.Deadline, r.Missing)
	}
	// Running time does not ask the calendar.
	if r := reckon(t, "5y", calendar.History{Start: at(t, "2026-12-01 09:00")}); r.Provisional() || r.LastDay().String() != "2031-12-01" {
		t.Errorf("ends %v but misses %v", r.LastDay(), r.Missing)
	}
}

// A notice that comes later re-dates what is open.
func TestCorrectedCalendar(t *testing.T) {
	t.Parallel()
	before := calendar.Seed()
	y, _ := before.Year(2016)
	for i, e := range y.Days {
		if e.Date.String() == "2016-10-08" {
			y.Days = append(y.Days[:i], y.Days[i+1:]...)
			break
		}
	}
	after := before.With(y)
	spec, h := calendar.Spec{Limit: limit(t, "4wh")}, calendar.History{Start: at(t, "2016-09-30 17:00")}
	a, _ := calendar.Deadline(spec, h, before)
	b, err := calendar.Deadline(spec, h, after)
	if err != nil || !a.Deadline.Equal(at(t, "2016-10-08 11:00")) || !b.Deadline.Equal(at(t, "2016-10-09 11:00")) || a.Calendar == b.Calendar {
		t.Errorf("before %v, after %v, %v", a.Deadline, b.Deadline, err)
	}
	d := before.Diff(after)
	if len(d) != 1 || d[0].Before.Kind != calendar.Makeup || d[0].After.Kind != calendar.Weekend || d[0].After.Date.String() != "2016-10-08" {
		t.Errorf("Diff = %+v", d)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := calendar.History{Start: at(t, "2016-11-01 09:00")}
	with := func(f func(*calendar.Spec, *calendar.History)) error {
		s, h := calendar.Spec{Limit: limit(t, "4wh")}, good
		f(&s, &h)
		_, err := calendar.Deadline(s, h, calendar.Seed())
		return err
	}
	tests := map[string]func(*calendar.Spec, *calendar.History){
		"no limit":        func(s *calendar.Spec, _ *calendar.History) { s.Limit = calendar.Limit{} },
		"negative":        func(s *calendar.Spec, _ *calendar.History) { s.Limit.N = -1 },
		"unknown unit":    func(s *calendar.Spec, _ *calendar.History) { s.Limit.Unit = "weeks" },
		"century":         func(s *calendar.Spec, _ *calendar.History) { s.Limit = calendar.Limit{N: 101, Unit: calendar.Years} },
		"windows overlap": func(s *calendar.Spec, _ *calendar.History) { s.Windows = calendar.Windows{{480, 720}, {700, 800}} },
		"no windows":      func(s *calendar.Spec, _ *calendar.History) { s.Windows = calendar.Windows{} },
		"no start":        func(_ *calendar.Spec, h *calendar.History) { h.Start = time.Time{} },
		"backward pause": func(_ *calendar.Spec, h *calendar.History) {
			h.Pauses = []calendar.Pause{{From: h.Start.Add(time.Hour), To: h.Start}}
		},
		"other family": func(_ *calendar.Spec, h *calendar.History) {
			h.Extensions = []calendar.Extension{{Add: calendar.Limit{N: 1, Unit: calendar.Months}}}
		},
		"extensions beyond a century": func(_ *calendar.Spec, h *calendar.History) {
			for range 3 {
				h.Extensions = append(h.Extensions, calendar.Extension{Add: calendar.Limit{N: 30_000, Unit: calendar.Workdays}})
			}
		},
	}
	for name, f := range tests {
		if err := with(f); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
	for _, s := range []string{"", "5", "wd", "0wd", "-1wd", "5 weeks", "99999999y", "5wd-", "1.5wd", "５wd"} {
		if l, err := calendar.ParseLimit(s); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParseLimit(%q) = %v, %v", s, l, err)
		}
	}
	for _, s := range []string{"", "8", "8-12,10-14", "12-8", "8-25", "8:60-9", "8-12;14-18"} {
		if w, err := calendar.ParseWindows(s); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParseWindows(%q) = %v, %v", s, w, err)
		}
	}
}

// brute counts minute by minute what the engine reckons by intervals.
func brute(start time.Time, minutes int, wh bool, w calendar.Windows, pauses []calendar.Pause, cal calendar.Calendar) time.Time {
	for t := start; ; t = t.Add(time.Minute) {
		if minutes == 0 {
			return t
		}
		counts := !wh
		if wh && cal.IsWorkday(gov.DateOf(t)) {
			m := t.In(gov.China).Hour()*60 + t.In(gov.China).Minute()
			for _, x := range w {
				counts = counts || m >= x.From && m < x.To
			}
		}
		for _, p := range pauses {
			if !t.Before(p.From) && t.Before(p.To) {
				counts = false
			}
		}
		if counts {
			minutes--
		}
	}
}

// TestAgainstMinutes compares with the brute force over random histories from
// the years with the most make-up days, with pauses that overlap and begin
// before the start.
func TestAgainstMinutes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2016, 10))
	windows := []calendar.Windows{calendar.OfficeHours(), {{0, 1440}}, {{510, 690}, {800, 1050}}, {{1, 2}, {600, 660}, {1380, 1440}}}
	for range 300 {
		start := at(t, "2015-12-20 00:00").Add(time.Duration(rng.IntN(330*1440)) * time.Minute)
		var pauses []calendar.Pause
		for range rng.IntN(4) {
			from := start.Add(time.Duration(rng.IntN(8*1440)-1440) * time.Minute)
			pauses = append(pauses, calendar.Pause{From: from, To: from.Add(time.Duration(rng.IntN(3*1440)) * time.Minute)})
		}
		w := windows[rng.IntN(len(windows))]
		perDay := 0
		for _, x := range w {
			perDay += x.To - x.From
		}
		spec := calendar.Spec{Windows: w, Limit: calendar.Limit{N: 1 + rng.IntN(12)}}
		minutes, wh := 0, true
		switch rng.IntN(4) {
		case 0:
			spec.Limit.Unit, minutes, wh = calendar.Hours, spec.Limit.N*60, false
		case 1:
			spec.Limit.Unit, minutes, wh = calendar.Minutes, spec.Limit.N, false
		case 2:
			spec.Limit.Unit, minutes = calendar.WorkHours, spec.Limit.N*60
		case 3:
			spec.Limit.Unit, minutes = calendar.Workdays, spec.Limit.N*perDay
		}
		h := calendar.History{Start: start, Pauses: pauses}
		r, err := calendar.Deadline(spec, h, calendar.Seed())
		if err != nil {
			t.Fatal(err)
		}
		addsUp(t, r)
		if want := brute(start, minutes, wh, w, pauses, calendar.Seed()); !r.Deadline.Equal(want) {
			t.Errorf("%v from %v, pauses %v: %v, want %v", spec.Limit, start, pauses, r.Deadline, want)
		}
	}
}

// TestMetamorphic states laws that hold for every history.
func TestMetamorphic(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	units := []string{"wh", "wd", "wd-end", "h", "d", "d-roll"}
	for range 400 {
		start := at(t, "2016-01-01 00:00").Add(time.Duration(rng.IntN(360*1440)) * time.Minute)
		unit := units[rng.IntN(len(units))]
		lim := fmt.Sprintf("%d%s", 1+rng.IntN(9), unit)
		h := calendar.History{Start: start}
		base := reckon(t, lim, h)

		// A pause while the clock does not count anyway costs nothing.
		for _, s := range base.Spans {
			if s.Counted == 0 && s.Kind != calendar.RolledSpan && unit != "wd-end" && unit != "d" && unit != "d-roll" {
				h.Pauses = append(h.Pauses, calendar.Pause{From: s.From, To: s.To})
			}
		}
		if r := reckon(t, lim, h); !r.Deadline.Equal(base.Deadline) {
			t.Fatalf("%s from %v: pauses in off time move the deadline from %v to %v", lim, start, base.Deadline, r.Deadline)
		}

		// A pause never brings a deadline forward, and an extension puts it off.
		from := start.Add(time.Duration(rng.IntN(4*1440)) * time.Minute)
		h.Pauses = []calendar.Pause{{From: from, To: from.Add(time.Duration(rng.IntN(2*1440)) * time.Minute)}}
		paused := reckon(t, lim, h)
		if paused.Deadline.Before(base.Deadline) {
			t.Fatalf("%s from %v: a pause brings the deadline forward", lim, start)
		}
		h.Extensions = []calendar.Extension{{Add: limit(t, "1"+unit)}}
		more := reckon(t, lim, h)
		if more.Deadline.Before(paused.Deadline) || unit != "d-roll" && !more.Deadline.After(paused.Deadline) {
			t.Fatalf("%s from %v: an extension moves the deadline from %v to %v", lim, start, paused.Deadline, more.Deadline)
		}

		// Two pauses in either order, or one cut in two, are the same.
		p := h.Pauses[0]
		mid := p.From.Add(p.To.Sub(p.From) / 2).Truncate(time.Minute)
		h.Pauses = []calendar.Pause{{From: mid, To: p.To}, {From: p.From, To: mid}, p}
		if r := reckon(t, lim, h); !r.Deadline.Equal(more.Deadline) {
			t.Fatalf("%s from %v: cutting a pause moves the deadline", lim, start)
		}

		// Used time never falls and never outruns the clock on the wall.
		last := time.Duration(-1)
		for i := range 40 {
			at := start.Add(time.Duration(i) * 3 * time.Hour)
			used := more.Used(at)
			if used < last || last >= 0 && used-last > 3*time.Hour {
				t.Fatalf("%s from %v: used %v, three hours later %v", lim, start, last, used)
			}
			last = used
		}
	}
}
