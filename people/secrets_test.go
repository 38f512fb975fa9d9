package people

import (
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
)

// The test values of RFC 6238, appendix B, cut to six digits.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totpAt(secret, at/30); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	for _, tt := range []struct {
		code string
		at   int64
		ok   bool
	}{
		{"287082", 59, true}, {" 287 082 ", 59, true}, {"287082", 89, true}, {"287082", 29, true}, {"287082", 119, false}, {"", 59, false}, {"94287082", 59, false},
	} {
		step, ok := matchTOTP(secret, tt.code, time.Unix(tt.at, 0))
		if ok != tt.ok || ok && step != 1 {
			t.Errorf("matchTOTP(%q) at %d = %d, %v, want %v", tt.code, tt.at, step, ok, tt.ok)
		}
	}
	e := newEnrolment(secret, "全响应 西城", "li.ming")
	if e.Secret != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || !strings.HasPrefix(e.URI, "otpauth://totp/%E5%85%A8") || strings.Contains(e.URI, "+") || !strings.Contains(e.URI, "secret="+e.Secret) {
		t.Errorf("%+v", e)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_474_000_000_000)
	var g Guard
	want := []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, longestWait, longestWait}
	for i, w := range want {
		g = g.Failed(now)
		if got := g.Wait(now, freeTries); got != w {
			t.Errorf("after %d failures the wait is %v, want %v", i+1, got, w)
		}
	}
	for range 1000 {
		g = g.Failed(now)
	}
	if got := g.Wait(now, freeTries); got != longestWait {
		t.Errorf("after a thousand failures the wait is %v: an official would be locked out", got)
	}
	if got := g.Wait(now.Add(longestWait), freeTries); got != 0 {
		t.Errorf("past the wait there is still %v", got)
	}
	if got := g.Wait(now.Add(-time.Hour), freeTries); got != longestWait {
		t.Errorf("a clock put back makes the wait %v", got)
	}
	if g := g.Failed(now.Add(ForgetAfter)); g.Failures != 1 {
		t.Errorf("a day later there are still %d failures", g.Failures)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	d := func(day int) gov.Date { return gov.Date{Year: 2016, Month: 9, Day: day} }
	var open gov.Date
	for _, tt := range []struct {
		p, q  Period
		meets bool
	}{
		{Period{d(1), d(5)}, Period{d(5), d(9)}, false},
		{Period{d(1), d(5)}, Period{d(4), d(9)}, true},
		{Period{d(1), open}, Period{d(9), open}, true},
		{Period{d(1), open}, Period{d(1), d(2)}, true},
		{Period{d(3), open}, Period{d(1), d(3)}, false},
		{Period{d(3), d(3)}, Period{d(1), d(9)}, false}, // ended before it began
	} {
		if tt.p.Meets(tt.q) != tt.meets || tt.q.Meets(tt.p) != tt.meets {
			t.Errorf("%v and %v meet: want %v", tt.p, tt.q, tt.meets)
		}
	}
	for _, bad := range []Period{{}, {open, d(2)}, {d(2), d(2)}, {d(2), d(1)}, {d(31), open}, {d(2), gov.Date{Year: 2016, Month: 9, Day: 31}}} {
		if gov.CodeOf(bad.Check()) != gov.Invalid {
			t.Errorf("%v passes", bad)
		}
	}
}
