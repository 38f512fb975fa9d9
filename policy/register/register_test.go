package register_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
	"quanxiang/policy/register"
)

// TestMistakes loads a pack whose register says what is wrong with it.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(os.DirFS("testdata"), "mistakes")
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatalf("Load = %v, want problems", err)
	}
	policytest.Compare(t, os.DirFS("testdata/mistakes"), problems, "registers/*.yaml")
}

// The examples of docs/spec/registers.md make a register, without a warning.
func TestSpecExamples(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../../docs/spec/registers.md")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(spec, -1) {
		text.Write(m[1])
	}
	p, err := policy.Load(fstest.MapFS{
		"p/pack.yaml":            {Data: []byte("id: p\ndistrict: 990102\nname: 样例区\nversion: 1\n")},
		"p/units.yaml":           {Data: []byte("units:\n  - {id: gsj, name: 区工商局, kind: department}\n  - {id: syj, name: 区食药监局, kind: department}\n")},
		"p/registers/shops.yaml": {Data: []byte(text.String())},
	}, "p")
	if err != nil || len(p.Warnings) > 0 {
		t.Fatal(err, p)
	}
	r, ok := p.Register("shops")
	if !ok || len(r.Kinds) != 1 || len(r.Credit.Rules) != 1 || !r.Public() || !r.Writes("gsj") || r.Kinds[0].Pushes("sj") {
		t.Errorf("the register is %+v", r)
	}
}

// A span ends on the day before the same day of a later month, or on the last of a
// shorter one.
func TestSpans(t *testing.T) {
	t.Parallel()
	date := func(s string) gov.Date {
		d, err := gov.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ span, from, last string }{
		{"36m", "2013-10-10", "2016-10-09"}, {"3y", "2016-02-29", "2019-02-27"}, {"1m", "2016-01-31", "2016-02-28"}, {"90d", "2016-01-01", "2016-03-30"},
	} {
		var s register.Span
		if err := s.UnmarshalText([]byte(c.span)); err != nil {
			t.Fatal(err)
		}
		last, ends := s.From(date(c.from))
		if !ends || last != date(c.last) || !s.Covers(date(c.from), last) || s.Covers(date(c.from), last.Add(1)) || s.Covers(date(c.from), date(c.from).Add(-1)) {
			t.Errorf("%s from %s ends on %s, want %s", c.span, c.from, last, c.last)
		}
	}
	if always := (register.Span{Always: true}); !always.Covers(date("1999-01-01"), date("2199-01-01")) || (register.Span{}).Covers(date("2016-01-01"), date("2016-01-01")) {
		t.Error("always ends, or nothing covers something")
	}
}
