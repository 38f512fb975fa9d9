package calendar_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/gov"
)

const lawful = `{"name": "元旦", "date": "2027-01-01", "isOffDay": true},
{"name": "劳动节", "date": "2027-05-01", "isOffDay": true},
{"name": "国庆节", "date": "2027-10-01", "isOffDay": true}`

// yearFile is a year's file with more days, which begin on line 4.
func yearFile(days string) string {
	if days != "" {
		days = ",\n" + days
	}
	return `{"$schema": "x", "year": 2027, "papers": ["https://notice.example/1"], "days": [` + lawful + days + `]}`
}

func TestParseYear(t *testing.T) {
	t.Parallel()
	y, err := calendar.ParseYear("2027.json", []byte(yearFile(`{"name": "元旦", "date": "2026-12-26", "isOffDay": false}`)))
	if err != nil {
		t.Fatal(err)
	}
	if y.Year != 2027 || len(y.Papers) != 1 || len(y.Days) != 4 || y.Days[0].Date.String() != "2026-12-26" || y.Days[0].Off {
		t.Errorf("%+v", y)
	}
}

func TestParseYearMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ why, text, want string }{
		{"empty file", ``, `ends too early`},
		{"broken off", yearFile("")[:100], `ends too early|JSON syntax`},
		{"more behind it", yearFile("") + "{}", `more after the JSON value`},
		{"not UTF-8", "{\"year\": \"\xc7\xf8\"}", `not UTF-8`},
		{"too large", strings.Repeat(" ", calendar.MaxBytes+1), `over the limit`},
		{"too deep", strings.Repeat("[", 50), `nested deeper`},
		{"a list", `[]`, `expected an object`},
		{"unknown key", strings.Replace(yearFile(""), `"year"`, `"region": "CN", "year"`, 1), `y.json:1:18: unknown field "region"`},
		{"repeated key", strings.Replace(yearFile(""), `"year"`, `"year": 2027, "year"`, 1), `"year" is repeated`},
		{"missing key", strings.Replace(yearFile(""), `"papers"`, `"$id"`, 1), `"papers" is missing`},
		{"year as text", strings.Replace(yearFile(""), `2027,`, `"2027",`, 1), `whole number`},
		{"a paper that is no address", strings.Replace(yearFile(""), `https://notice.example/1`, `notice`, 1), `addresses of the notices`},
		{"no date", yearFile(`{"name": "春节", "date": "2027-02-30", "isOffDay": true}`), `y.json:4:24: "2027-02-30" is not a date`},
		{"date of another year", yearFile(`{"name": "春节", "date": "2028-01-01", "isOffDay": true}`), `neither in 2027 nor in the December before`},
		{"November before", yearFile(`{"name": "春节", "date": "2026-11-30", "isOffDay": true}`), `neither in 2027`},
		{"day twice", yearFile(`{"name": "元旦", "date": "2027-01-01", "isOffDay": true}`), `repeated, first on line 1`},
		{"no name", yearFile(`{"name": "", "date": "2027-02-01", "isOffDay": true}`), `name of the holiday`},
		{"off as text", yearFile(`{"name": "春节", "date": "2027-02-01", "isOffDay": "true"}`), `true or false`},
		{"notice not out yet", `{"year": 2027, "papers": [], "days": []}`, `(?s)2027-01-01 is a holiday by law.*2027-05-01.*2027-10-01`},
		{"National Day worked", strings.Replace(yearFile(""), `10-01", "isOffDay": true`, `10-01", "isOffDay": false`, 1), `2027-10-01 is a holiday by law`},
	} {
		_, err := calendar.ParseYear("y.json", []byte(tt.text))
		if err == nil || !regexp.MustCompile(tt.want).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %s", tt.why, err, tt.want)
		}
		checkErrors(t, err)
	}
}

// checkErrors holds that every mistake has a place and both languages.
func checkErrors(t *testing.T, err error) {
	t.Helper()
	all := []error{err}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		all = j.Unwrap()
	}
	for _, one := range all {
		e, ok := errors.AsType[*gov.Error](one)
		if !ok || e.Pos.File == "" || e.Text.ZH == "" || e.Text.EN == "" || strings.Contains(e.Text.EN+e.Text.ZH, "%!") {
			t.Fatalf("bad error %#v", one)
		}
	}
}

// FuzzParseYear: what is accepted reads back as itself; what is not has errors
// with places.
func FuzzParseYear(f *testing.F) {
	f.Add([]byte(yearFile("")))
	f.Add([]byte(yearFile(`{"name": "元旦", "date": "2026-12-26", "isOffDay": false}`)))
	f.Add([]byte(`{"year": 2027, "days": [{"date": 1}, null, []]}`))
	f.Add([]byte(`[[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		y, err := calendar.ParseYear("f", data)
		if err != nil {
			checkErrors(t, err)
			return
		}
		again, err := calendar.ParseYear("f", y.Canonical())
		if err != nil || !bytes.Equal(again.Canonical(), y.Canonical()) {
			t.Fatalf("%s reads back as %s, %v", y.Canonical(), again.Canonical(), err)
		}
	})
}
