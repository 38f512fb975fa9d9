package restrict_test

import (
	"slices"
	"testing"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy/register"
	"quanxiang/registers/credit"
	"quanxiang/registers/restrict"
)

func date(t testing.TB, s string) gov.Date {
	t.Helper()
	d, err := gov.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The catalogue of the reference pack on records whose answers anybody can look up.
func TestMay(t *testing.T) {
	t.Parallel()
	r, ok := packtest.Xicheng(t).Register("market")
	if !ok {
		t.Fatal("no register")
	}
	record := func(kind, on, until string, values map[string]any) restrict.Record {
		rec := restrict.Record{Unit: "gsfj", Basis: "依据", Record: credit.Record{Kind: kind, Ref: kind + "/" + on, On: date(t, on), Values: values}}
		if until != "" {
			rec.Until = date(t, until)
		}
		return rec
	}
	fine := func(on string, fen int64) restrict.Record {
		return record("penalty", on, "", map[string]any{"amount": fen})
	}
	type line struct{ measure, until string }
	for _, c := range []struct {
		why     string
		receive string
		class   string
		records []restrict.Record
		effect  register.Effect
		lines   []line
	}{
		{"nothing", "support", "B", nil, register.Clear, nil},
		{"on the black list with no end", "support", "D", []restrict.Record{record("serious", "2014-01-01", "", nil)}, register.Refuse, []line{{"serious-support", ""}}},
		{"on it until the day itself", "support", "D", []restrict.Record{record("serious", "2014-01-01", "2016-10-10", nil)}, register.Refuse, []line{{"serious-support", "2016-10-10"}}},
		{"removed the day before", "support", "B", []restrict.Record{record("serious", "2014-01-01", "2016-10-09", nil)}, register.Clear, nil},
		{"listed tomorrow", "support", "B", []restrict.Record{record("serious", "2016-10-11", "", nil)}, register.Clear, nil},
		{"land is given with care", "land", "D", []restrict.Record{record("serious", "2014-01-01", "", nil)}, register.Heed, []line{{"serious-land", ""}}},
		{"a refusal before a warning", "tender", "D", []restrict.Record{record("abnormal", "2016-01-01", "", map[string]any{"reason": "report"}), fine("2016-01-01", 5_000_000)},
			register.Refuse, []line{{"heavy-tender", "2018-12-31"}, {"abnormal-tender", ""}}},
		{"a fine below the bound", "tender", "C", []restrict.Record{fine("2016-01-01", 4_999_999)}, register.Clear, nil},
		{"three years to the day", "tender", "B", []restrict.Record{fine("2013-10-10", 5_000_000)}, register.Clear, nil},
		{"one fine within a year", "support", "C", []restrict.Record{fine("2016-01-01", 1), fine("2015-10-10", 1)}, register.Clear, nil},
		{"two of them", "support", "C", []restrict.Record{fine("2016-01-01", 1), fine("2015-10-11", 1)}, register.Heed, []line{{"again-support", "2016-12-31"}, {"again-support", "2016-10-10"}}},
		{"another choice", "licence", "C", []restrict.Record{record("abnormal", "2016-01-01", "", map[string]any{"reason": "report"})}, register.Clear, nil},
		{"the choice meant", "licence", "C", []restrict.Record{record("abnormal", "2016-01-01", "", map[string]any{"reason": "untrue"})}, register.Heed, []line{{"untrue-licence", ""}}},
		{"by class alone", "relief", "C", nil, register.Refuse, []line{{"watch-relief", ""}}},
		{"a worse class", "relief", "D", nil, register.Refuse, []line{{"watch-relief", ""}}},
		{"a better class", "relief", "B", nil, register.Clear, nil},
		{"never graded", "relief", "", nil, register.Clear, nil},
	} {
		got, err := restrict.May(r, c.receive, restrict.Facts{Records: c.records, Class: c.class}, date(t, "2016-10-10"))
		if err != nil {
			t.Fatal(err)
		}
		var lines []line
		for _, x := range got.Reasons {
			l := line{measure: x.Measure}
			if !x.Until.IsZero() {
				l.until = x.Until.String()
			}
			lines = append(lines, l)
			if x.Basis == "" || x.Name.ZH == "" || (x.Kind != "") != (x.Ref != "" && x.Unit != "" && x.Ground != "") {
				t.Errorf("%s: a line says too little: %+v", c.why, x)
			}
		}
		if got.Effect != c.effect || !slices.Equal(lines, c.lines) {
			t.Errorf("%s: %q %v, want %q %v", c.why, got.Effect, lines, c.effect, c.lines)
		}
	}
	all, err := restrict.May(r, "", restrict.Facts{Records: []restrict.Record{record("serious", "2014-01-01", "", nil)}, Class: "D"}, date(t, "2016-10-10"))
	if err != nil || len(all.Reasons) != 5 {
		t.Errorf("of everything: %+v, %v", all, err)
	}
}
