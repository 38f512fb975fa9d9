package ical

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
)

// What a calendar says of two days, byte by byte.
func TestWrite(t *testing.T) {
	t.Parallel()
	got := string(Write("西城区 待办", []Event{{
		UID: "0192", Day: gov.Date{Year: 2016, Month: 12, Day: 31}, Changed: time.Date(2016, 10, 10, 9, 0, 0, 0, gov.China),
		Summary: "RW2016-0001 整治；背街, 小巷\n第二行", Description: `a\b;c`, Category: "任务", URL: "https://policy.example/desk/cases/0192",
	}}))
	want := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Quanxiang//Deadlines//ZH
CALSCALE:GREGORIAN
NAME:西城区 待办
X-WR-CALNAME:西城区 待办
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
BEGIN:VEVENT
UID:0192
DTSTAMP:20161010T010000Z
LAST-MODIFIED:20161010T010000Z
DTSTART;VALUE=DATE:20161231
DTEND;VALUE=DATE:20170101
SUMMARY:RW2016-0001 整治；背街\, 小巷\n第二行
DESCRIPTION:a\\b\;c
CATEGORIES:任务
URL:https://policy.example/desk/cases/0192
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// read takes a calendar apart as RFC 5545 says: unfold, then name and value, then
// the escapes of a text.
func read(t *testing.T, b []byte) (all [][2]string) {
	t.Helper()
	text := string(b)
	if !strings.HasSuffix(text, "\r\n") || !utf8.ValidString(text) {
		t.Fatalf("%q is no calendar", text)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > foldAt || strings.ContainsAny(line, "\r\n\x00") || line == "" || !utf8.ValidString(line) {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("%q has no name", line)
		}
		all = append(all, [2]string{name, value})
	}
	return all
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == 'n' {
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Whatever a case is called, a reader gets the same text back and no property
// that was not written.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"", "整治背街小巷", "a;b,c\\n\\d", "\r\nBEGIN:VEVENT\r\n", strings.Repeat("长", 60), strings.Repeat("x", 74) + "𠀀𠀁", "\xff\x00\x7f", " ", "\t:\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		props := read(t, Write(s, []Event{{UID: s, Summary: s, Description: s, Category: s, URL: s, Day: gov.Date{Year: 2016, Month: 1, Day: 1}}}))
		if len(props) != 8+12+1 {
			t.Fatalf("%d properties: %q", len(props), props)
		}
		want := drop2(s)
		for _, p := range props {
			switch p[0] {
			case "NAME", "UID", "SUMMARY", "DESCRIPTION", "CATEGORIES":
				if got := unescape(p[1]); got != want {
					t.Errorf("%s is %q, want %q", p[0], got, want)
				}
			}
		}
	})
}

// drop2 is what of a text can stand in a calendar: lines of valid characters.
func drop2(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f {
			b.WriteRune(r)
		}
	}
	return b.String()
}
