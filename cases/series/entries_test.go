package series_test

import (
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases/series"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
)

func day(t *testing.T, s string) gov.Date {
	t.Helper()
	d, err := gov.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// entry is a base of the reference pack.
func entry(key, kind, state, since, until string) series.Entry {
	return series.Entry{Key: key, Since: since, Until: until, Value: func(name string) any {
		return map[string]any{"entry.key": key, "entry.kind": kind, "entry.state": state, "entry.name": "虚构" + key, "entry.operator": ""}[name]
	}}
}

// Each base that holds at the end of a half-year has a case of it, and begins with what
// the register says of it; none after the document ran out.
func TestEntries(t *testing.T) {
	t.Parallel()
	p, ok := packtest.Xicheng(t).Procedure("incubator_data")
	if !ok {
		t.Fatal("no procedure")
	}
	entries := []series.Entry{
		entry("A", "base", "active", "2017-02-06", ""), entry("B", "base", "removed", "2016-12-05", "2017-12-30"), entry("C", "platform", "active", "2016-12-01", ""),
		entry("D", "base", "applying", "", ""), entry("E", "base", "active", "2017-07-01", ""),
	}
	for _, tt := range []struct{ name, from, to, want string }{
		{"the first half-year", "2016-11-01", "2016-12-31", "B 2016-H2 2017-01-16"},
		{"certified within it", "2017-01-01", "2017-06-30", "A 2017-H1 2017-07-14, B 2017-H1 2017-07-14"},
		{"withdrawn a day before its end", "2017-12-31", "2017-12-31", "A 2017-H2 2018-01-15, E 2017-H2 2018-01-15"},
		{"not ended yet", "2017-07-01", "2017-12-30", ""},
		{"the last, and none after it", "2021-01-01", "2026-12-31", "A 2021-H1 2021-07-14, E 2021-H1 2021-07-14"},
	} {
		list, err := series.OfEntries(p, day(t, tt.from), day(t, tt.to), calendar.Seed(), entries)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range list {
			got = append(got, o.Whose+" "+o.Period+" "+o.Due.String())
			seed := o.Seed(p)
			if seed["name"] != "虚构"+o.Whose || seed["incubator"] != o.Whose || seed["ended"] != o.Ends.String() || o.Origin() != "series/"+o.Whose+"/"+o.Period {
				t.Errorf("%s: %v, %s", tt.name, seed, o.Origin())
			}
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}
