package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/calendar"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
)

// inLang runs the program on a data folder in a language.
func inLang(t *testing.T, lang, data string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": lang, "QUANXIANG_DATA": data, "USER": "tester"}[k]
	}}
	code = run(t.Context(), e, args)
	return code, out.String(), errs.String()
}

// Without an installation the program's own years answer.
func TestCalendarWithoutInstallation(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		lang string
		args string
		code int
		want []string // parts of the output
	}{
		{"zh", "show 2016", cli.OK, []string{"2016 年：放假 30 天，调休上班 6 天。", "2016-10-08  周六  调休上班  国庆节", "2016-12-31  周六  放假  元旦"}},
		{"en", "show 2016", cli.OK, []string{"2016: 30 days off, 6 weekend days worked.", "2016-10-08  Sat  worked instead  国庆节"}},
		{"en", "show 2026", cli.OK, []string{"2026: 33 days off, 6 weekend days worked.", "Days from 2026-12-25 on may still move with the notice for 2027."}},
		{"en", "show 2027", cli.Failed, []string{"The notice for 2027 is not loaded; known are 2007 to 2026."}},
		{"en", "show next", cli.Usage, nil},
		{"en", "show 2016 --format xml", cli.Usage, nil},
		{"en", "show", cli.Usage, nil},
		{"zh", "deadline --start 2016-09-30T17:00 --limit 4wh", cli.OK, []string{
			"期限 4 个工作时：2016-10-08 11:00（周六）届满。\n",
			"从                到                计入     说明\n",
			"2016-09-30 17:00  2016-09-30 18:00  1:00     工作时间\n",
			"2016-10-01 00:00  2016-10-07 24:00  -        放假：国庆节\n",
			"2016-10-08 08:00  2016-10-08 11:00  3:00     调休上班：国庆节\n",
			"合计                                4:00\n"}},
		{"en", "deadline --start 2016-11-01T09:00 --limit 4wh --pause 2016-11-01T11:00..2016-11-02T11:00 --extend 2wh", cli.OK, []string{
			"ends 2016-11-02 17:00 (Wed)", "2016-11-01 11:00  2016-11-02 11:00  -        paused\n", "6:00\n"}},
		{"en", "deadline --start 2016-09-30 --limit 3wd-end", cli.OK, []string{"ends 2016-10-10 24:00 (Mon)", "the first day does not count"}},
		{"en", "deadline --start 2016-09-30T17:00:00+09:00 --limit 1h", cli.OK, []string{"ends 2016-09-30 17:00"}},
		{"en", "deadline --start 2016-11-01T09:00 --limit 1wd --windows 9-12", cli.OK, []string{"ends 2016-11-01 12:00"}},
		{"en", "deadline --start 2016-11-01T09:00 --limit 4wh --pause 2016-11-01T10:00..", cli.OK, []string{"the clock stands still", "…"}},
		{"en", "deadline --start 2026-12-24 --limit 5wd-end", cli.OK, []string{"provisional: notice for 2027 not loaded", "the result may move"}},
		{"en", "deadline --start soon --limit 4wh", cli.Invalid, []string{`"soon" is not a time`}},
		{"en", "deadline --start 2016-11-01 --limit 4xx", cli.Invalid, []string{`no unit of time "xx"`}},
		{"en", "deadline --start 2016-11-01 --limit 4wh --pause 2016-11-01", cli.Invalid, []string{"is no pause"}},
		{"en", "deadline --start 2016-11-01 --limit 4wh --extend 2d", cli.Invalid, []string{"cannot be extended"}},
		{"en", "deadline --limit 4wh", cli.Usage, nil},
		{"en", "shift", cli.Usage, nil},
	} {
		code, out, errs := inLang(t, tt.lang, data, append([]string{"calendar"}, strings.Fields(tt.args)...)...)
		if code != tt.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", tt.args, code, tt.code, out, errs)
		}
		for _, part := range tt.want {
			if !says(out+errs, part) {
				t.Errorf("%s: no %q in\n%s%s", tt.args, part, out, errs)
			}
		}
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("asking made an installation: %v", err)
	}
}

func TestCalendarJSON(t *testing.T) {
	t.Parallel()
	var d struct {
		Total       int64    `json:"total_seconds"`
		Deadline    string   `json:"deadline"`
		LastDay     gov.Date `json:"last_day"`
		Provisional bool     `json:"provisional"`
		Spans       []struct {
			Counted int64 `json:"counted_seconds"`
		} `json:"spans"`
	}
	_, out, _ := inLang(t, "zh", t.TempDir(), "calendar", "deadline", "--start", "2016-09-30T17:00", "--limit", "4wh", "--format", "json")
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, s := range d.Spans {
		sum += s.Counted
	}
	if d.Deadline != "2016-10-08T11:00:00+08:00" || d.Total != 4*3600 || sum != d.Total || d.Provisional || d.LastDay.String() != "2016-10-08" {
		t.Errorf("%+v", d)
	}
	var y struct {
		Off         int            `json:"off"`
		Makeup      int            `json:"makeup"`
		Days        []calendar.Day `json:"days"`
		Provisional gov.Date       `json:"provisional_from"`
	}
	_, out, _ = inLang(t, "zh", t.TempDir(), "calendar", "show", "2026", "--format", "json")
	if err := json.Unmarshal([]byte(out), &y); err != nil {
		t.Fatal(err)
	}
	if y.Off != 33 || y.Makeup != 6 || len(y.Days) != 39 || y.Provisional.String() != "2026-12-25" {
		t.Errorf("%+v", y)
	}
}

// A loaded year is in force, in the ledger, and loads once.
func TestCalendarLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "2027.json")
	write := func(days string) {
		text := `{"year": 2027, "papers": ["https://notice.example/2027"], "days": [` + days + `]}`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const lawful = `{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, {"name": "劳动节", "date": "2027-05-01", "isOffDay": true},
{"name": "国庆节", "date": "2027-10-01", "isOffDay": true}`
	steps := []struct {
		why, days string
		args      []string
		code      int
		want      string
	}{
		{"an empty file of holiday-cn", ``, []string{"load", file}, cli.Invalid, "Mistakes in the file: 3"},
		{"a dry run", lawful, []string{"load", file, "--dry-run"}, cli.OK, "2027-01-01  Fri  worked → off  元旦"},
		{"which changed nothing", lawful, []string{"show", "2027"}, cli.Failed, "not loaded"},
		{"for good", lawful, []string{"load", file}, cli.OK, "Loaded as version 1"},
		{"in force", lawful, []string{"show", "2027"}, cli.OK, "2027: 3 days off"},
		{"for deadlines too", lawful, []string{"deadline", "--start", "2026-12-31", "--limit", "1wd-end"}, cli.OK, "ends 2027-01-04 24:00 (Mon)"},
		{"again", lawful, []string{"load", file}, cli.OK, "nothing changed"},
		{"corrected", lawful + `, {"name": "国庆节", "date": "2027-10-09", "isOffDay": false}`, []string{"load", file}, cli.OK, "Loaded as version 2"},
		{"the correction in force", ``, []string{"show", "2027"}, cli.OK, "2027-10-09  Sat  worked instead"},
		{"no such file", ``, []string{"load", filepath.Join(dir, "2028.json")}, cli.Failed, "Cannot open"},
	}
	for _, s := range steps {
		write(s.days)
		code, out, errs := inLang(t, "en", data, append([]string{"calendar"}, s.args...)...)
		if code != s.code || !says(out+errs, s.want) {
			t.Fatalf("%s: exit %d\n%s%s", s.why, code, out, errs)
		}
	}
	if code, out, errs := inLang(t, "en", data, "ledger", "verify"); code != cli.OK {
		t.Errorf("ledger verify: exit %d\n%s%s", code, out, errs)
	}
}

// yearFile is a lawful notice for 2027.
func yearFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "2027.json")
	text := `{"year": 2027, "papers": ["https://notice.example/2027"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true},
{"name": "劳动节", "date": "2027-05-01", "isOffDay": true}, {"name": "国庆节", "date": "2027-10-01", "isOffDay": true}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
