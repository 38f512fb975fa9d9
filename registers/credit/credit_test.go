package credit_test

import (
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/registers/credit"
)

func date(t testing.TB, s string) gov.Date {
	t.Helper()
	d, err := gov.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The rule table of the reference pack on records whose sums anybody can do.
func TestGrade(t *testing.T) {
	t.Parallel()
	r, ok := packtest.Xicheng(t).Register("market")
	if !ok {
		t.Fatal("no register")
	}
	penalty := func(on string, fen int64) credit.Record {
		return credit.Record{Kind: "penalty", Ref: on, On: date(t, on), Values: map[string]any{"amount": fen}}
	}
	fine := func(on string) credit.Record {
		return credit.Record{Kind: "inspection", Ref: on, On: date(t, on), Values: map[string]any{"result": "fine"}}
	}
	listed := credit.Record{Kind: "abnormal", Ref: "l", On: date(t, "2012-01-01")}
	removed := listed
	removed.Until = date(t, "2016-10-09")
	for _, c := range []struct {
		why     string
		records []credit.Record
		class   string
		points  int
		lines   int
	}{
		{"nothing", nil, "B", 80, 0},
		{"a small fine in its first year", []credit.Record{penalty("2015-10-11", 100)}, "C", 68, 1},
		{"a year old: of 24 months of falling one has begun", []credit.Record{penalty("2015-10-10", 100)}, "C", 69, 1},
		{"two years old: half of them", []credit.Record{penalty("2014-10-11", 100)}, "B", 74, 1},
		{"three years old", []credit.Record{penalty("2013-10-10", 100)}, "B", 80, 0},
		{"a large fine", []credit.Record{penalty("2016-10-10", 5_000_000)}, "C", 58, 2},
		{"a fine of tomorrow", []credit.Record{penalty("2016-10-11", 5_000_000)}, "B", 80, 0},
		{"five good inspections count for three", []credit.Record{fine("2016-01-01"), fine("2016-02-01"), fine("2016-03-01"), fine("2016-04-01"), fine("2016-05-01")}, "B", 86, 5},
		{"listed long ago and still", []credit.Record{listed}, "C", 80, 1},
		{"removed yesterday", []credit.Record{removed}, "B", 80, 0},
		{"on the list of serious violations", []credit.Record{{Kind: "serious", Ref: "s", On: date(t, "2010-01-01")}}, "D", 80, 1},
	} {
		got, err := credit.Grade(r.Credit, c.records, r.Kind, date(t, "2016-10-10"))
		if err != nil || got.Class != c.class || got.Points != c.points || len(got.Lines) != c.lines {
			t.Errorf("%s: %+v, %v; want %s with %d points in %d lines", c.why, got, err, c.class, c.points, c.lines)
		}
	}
	// A line says when nothing is left: what it says is what the rule does.
	records := []credit.Record{penalty("2014-01-31", 100)}
	got, err := credit.Grade(r.Credit, records, r.Kind, date(t, "2016-10-10"))
	if err != nil || len(got.Lines) != 1 {
		t.Fatal(got, err)
	}
	ends := got.Lines[0].Ends
	last, err := credit.Grade(r.Credit, records, r.Kind, ends)
	after, failed := credit.Grade(r.Credit, records, r.Kind, ends.Add(1))
	if err != nil || failed != nil || len(last.Lines) != 1 || len(after.Lines) != 0 {
		t.Errorf("it ends on %s: %+v, the day after %+v, %v, %v", ends, last, after, err, failed)
	}
}
