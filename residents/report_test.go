package residents_test

import (
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/residents"
)

// A form is ours, of one case, and not for ever.
func TestForm(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		id, token := r.Form()
		r.now = r.now.Add(time.Minute)
		got, opened, err := r.ReadForm(token)
		check(t, err)
		if got != id || r.now.Sub(opened) != time.Minute {
			t.Errorf("%s opened at %s", got, opened)
		}
		other, _ := r.Form()
		for _, bad := range []string{"", "x", token[:len(token)-1], strings.ToUpper(token), other.String()} {
			_, _, err := r.ReadForm(bad)
			wants(t, "a form "+bad, err, gov.Invalid)
		}
		r.now = r.now.Add(25 * time.Hour)
		_, _, err = r.ReadForm(token)
		wants(t, "yesterday's", err, gov.Invalid)
	})
}

// Limits of reports hold for a device, whatever it writes, and for a number from
// wherever; what was refused is not counted; meters outlast a restart.
func TestLimitsOfReports(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		opened := r.now.Add(-time.Minute)
		report := func(v residents.Visitor, d residents.Draft, text string) error {
			_, err := r.Count(ctx, gov.NewID(opened), v, d, text, opened)
			return err
		}
		for n := range 6 {
			check(t, report(phone(1), residents.Draft{}, strings.Repeat("灯", n+1)))
		}
		again := residents.New(r.Config)
		if _, err := again.Count(ctx, gov.NewID(opened), phone(1), residents.Draft{}, "路灯", opened); gov.CodeOf(err) != gov.Unavailable || !strings.Contains(gov.TextOf(err, gov.ZH), "分钟") {
			t.Errorf("the seventh of an hour, after a restart: %v", err)
		}
		for n := range byte(20) {
			check(t, report(phone(10+n), residents.Draft{Mobile: zhang.Value}, strings.Repeat("水", int(n)+1)))
		}
		wants(t, "the twenty-first from a number", report(phone(50), residents.Draft{Mobile: zhang.Value}, "水管"), gov.Unavailable)
		check(t, report(phone(51), residents.Draft{Mobile: "13900000000"}, "水管漏水"))
	})
}

// The same text from many devices is noticed, and many reports of one device are.
func TestCountedSignals(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		opened := r.now.Add(-time.Minute)
		score := 0
		for n := range byte(5) {
			v, err := r.Count(ctx, gov.NewID(opened), phone(n), residents.Draft{}, "代办 营业执照 "+string(rune('1'+n)), opened)
			check(t, err)
			if n == 0 && v.Score != 0 {
				t.Errorf("the first: %d, %q", v.Score, v.Why(gov.ZH))
			}
			score = v.Score
		}
		if score < 50 {
			t.Errorf("the fifth of one text: %d", score)
		}
		for n := range 5 {
			v, err := r.Count(ctx, gov.NewID(opened), phone(9), residents.Draft{}, strings.Repeat("树", n+1)+"倒", opened)
			check(t, err)
			if (v.Score > 0) != (n == 4) {
				t.Errorf("report %d of a device: %d, %q", n+1, v.Score, v.Why(gov.ZH))
			}
		}
	})
}
