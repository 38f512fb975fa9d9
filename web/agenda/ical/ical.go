// Package ical writes days into the file that calendar programs subscribe to.
package ical

import (
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/gov"
)

// Event is a day in a calendar.
type Event struct {
	UID         string // the same for the same thing, for ever
	Day         gov.Date
	Changed     time.Time // what it says
	Summary     string
	Description string
	URL         string
	Category    string
}

// Write writes a calendar by RFC 5545 (and its name and how often to look by
// RFC 7986, with the older names Outlook and Apple know). Days are all-day
// events, since Outlook and most telephones show no tasks of a subscription, and
// transparent, so that they block nobody's time. DTSTAMP is when an event was
// last revised, as it is without a METHOD: the same cases give the same bytes.
func Write(name string, events []Event) []byte {
	var b lines
	b.line("BEGIN", "VCALENDAR")
	b.line("VERSION", "2.0")
	b.line("PRODID", "-//Quanxiang//Deadlines//ZH")
	b.line("CALSCALE", "GREGORIAN")
	b.line("NAME", escape(name))
	b.line("X-WR-CALNAME", escape(name))
	b.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	b.line("X-PUBLISHED-TTL", "PT1H")
	for _, e := range events {
		changed := e.Changed.UTC().Format("20060102T150405Z")
		b.line("BEGIN", "VEVENT")
		b.line("UID", escape(e.UID))
		b.line("DTSTAMP", changed)
		b.line("LAST-MODIFIED", changed)
		b.line("DTSTART;VALUE=DATE", day(e.Day))
		b.line("DTEND;VALUE=DATE", day(e.Day.Add(1))) // the day it is over
		b.line("SUMMARY", escape(e.Summary))
		b.line("DESCRIPTION", escape(e.Description))
		b.line("CATEGORIES", escape(e.Category))
		b.line("URL", uri(e.URL))
		b.line("TRANSP", "TRANSPARENT")
		b.line("END", "VEVENT")
	}
	b.line("END", "VCALENDAR")
	return []byte(b.String())
}

func day(d gov.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

// lines are content lines.
type lines struct{ strings.Builder }

// foldAt is how many octets a line has at most without its end (RFC 5545, 3.1).
const foldAt = 75

// line writes a property, folded between characters: what is behind the first
// line begins with a blank, which counts.
func (b *lines) line(name, value string) {
	n := 0
	for s := name + ":" + value; s != ""; {
		_, size := utf8.DecodeRuneInString(s)
		if n+size > foldAt {
			b.WriteString("\r\n ")
			n = 1
		}
		b.WriteString(s[:size])
		n += size
		s = s[size:]
	}
	b.WriteString("\r\n")
}

// escaper writes what parts texts in a property. Line breaks are all written
// alike.
var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escape writes a TEXT (RFC 5545, 3.3.11): valid UTF-8 without control
// characters.
func escape(s string) string { return drop(escaper.Replace(strings.ToValidUTF8(s, "\ufffd"))) }

// uri writes a URI, which is not escaped.
func uri(s string) string { return drop(strings.ToValidUTF8(s, "")) }

func drop(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
