package gov_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"quanxiang/gov"
)

func TestIDKeepsTimeAndOrder(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1474329600123)
	a, b := gov.NewID(at), gov.NewID(at.Add(time.Millisecond))
	if got := a.Time(); !got.Equal(at) {
		t.Errorf("Time = %v, want %v", got, at)
	}
	if a.String() >= b.String() {
		t.Errorf("the later ID %s does not sort after %s", b, a)
	}
	if v := a.String()[14]; v != '7' {
		t.Errorf("version %c, want 7 (RFC 9562)", v)
	}
	if v := a.String()[19]; v != '8' && v != '9' && v != 'a' && v != 'b' {
		t.Errorf("variant %c, want 8, 9, a or b", v)
	}
	if gov.NewID(at) == a {
		t.Error("two IDs of one millisecond are equal")
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	id := gov.NewID(time.Now())
	if got, err := gov.ParseID(id.String()); err != nil || got != id {
		t.Errorf("ParseID(%s) = %v, %v", id, got, err)
	}
	for _, bad := range []string{"", "x", id.String()[1:], id.String() + "0", "0190aaaa_bbbb-7ccc-8ddd-eeeeeeeeeeee", "zzzzzzzz-bbbb-7ccc-8ddd-eeeeeeeeeeee"} {
		if _, err := gov.ParseID(bad); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParseID(%q) = %v, want Invalid", bad, err)
		}
	}
	var back gov.ID
	b, err := json.Marshal(id)
	if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil || back != id {
		t.Errorf("through JSON %s: %v, %v", b, back, err)
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in    string
		valid bool
	}{
		{"2016-09-15", true}, {"2016-02-29", true}, {"2015-02-29", false}, {"2016-9-5", false}, {"2016-13-01", false}, {"soon", false},
	} {
		d, err := gov.ParseDate(tt.in)
		if (err == nil) != tt.valid {
			t.Errorf("ParseDate(%q) = %v, %v", tt.in, d, err)
		}
		if tt.valid && (d.String() != tt.in || !d.Valid()) {
			t.Errorf("%q reads back as %q, valid %v", tt.in, d, d.Valid())
		}
	}
	d := gov.Date{Year: 2016, Month: time.February, Day: 29}
	if got := d.AddYears(1).String(); got != "2017-02-28" {
		t.Errorf("a year after a leap day is %s: a period of years may not grow by a day", got)
	}
	if got := d.Add(1).String(); got != "2016-03-01" {
		t.Errorf("the day after is %s", got)
	}
	if zh, en := d.In(gov.ZH), d.In(gov.EN); zh != "2016年2月29日" || en != "29 February 2016" {
		t.Errorf("written %q and %q", zh, en)
	}
	// 16:30 UTC is already the next day in China.
	if got := gov.DateOf(time.Date(2016, 9, 14, 16, 30, 0, 0, time.UTC)).String(); got != "2016-09-15" {
		t.Errorf("DateOf = %s, want the civil date of China", got)
	}
	if zero, err := gov.ParseDate(""); err != nil || !zero.IsZero() || zero.String() != "" {
		t.Errorf("no date is %v, %v", zero, err)
	}
}

// An error without a code must never show its text to a user.
func TestErrorsShowOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	secret := errors.New("password=hunter2")
	inner := gov.Errorf(gov.Invalid, "第 %d 行有误", "line %d is wrong", 3).Because(secret)
	for _, tt := range []struct {
		why    string
		err    error
		code   gov.Code
		zh, en string
	}{
		{"plain", secret, gov.Internal, "系统内部出错，已记录。", "Something went wrong on our side; it has been logged."},
		{"coded", inner, gov.Invalid, "第 3 行有误", "line 3 is wrong"},
		{"wrapped", fmt.Errorf("import: %w", inner), gov.Invalid, "第 3 行有误", "line 3 is wrong"},
		{"placed", inner.At(gov.Pos{File: "units.yaml", Line: 14, Column: 9}), gov.Invalid, "units.yaml:14:9: 第 3 行有误", "units.yaml:14:9: line 3 is wrong"},
		{"ours", gov.Errorf(gov.Internal, "细节", "detail"), gov.Internal, "系统内部出错，已记录。", "Something went wrong on our side; it has been logged."},
	} {
		if got := gov.CodeOf(tt.err); got != tt.code {
			t.Errorf("%s: code %s, want %s", tt.why, got, tt.code)
		}
		if zh, en := gov.TextOf(tt.err, gov.ZH), gov.TextOf(tt.err, gov.EN); zh != tt.zh || en != tt.en {
			t.Errorf("%s: shows %q and %q", tt.why, zh, en)
		}
	}
	if !errors.Is(inner, secret) {
		t.Error("the cause is lost for the log")
	}
	if gov.CodeOf(nil) != "" {
		t.Error("nil has a code")
	}
}

func TestTextFallsBackToChinese(t *testing.T) {
	t.Parallel()
	if got := (gov.Text{ZH: "各街道"}).In(gov.EN); got != "各街道" {
		t.Errorf("In(EN) = %q; pack texts without English show their Chinese", got)
	}
	if got := gov.Textf("%[2]s的%[1]d条", "%d of %s", 3, "表").In(gov.ZH); got != "表的3条" {
		t.Errorf("Textf = %q", got)
	}
}
