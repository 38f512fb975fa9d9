package explain

import (
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/stamp"
	"quanxiang/gov"
	"quanxiang/web/ui"
)

// Found is a finding about a stamp in words.
type Found struct {
	Text  string
	Doubt bool
}

// Findings says what was found about a stamp. picture names a picture by its key.
func Findings(m *ui.Messages, list []stamp.Finding, picture func(key string) string) []Found {
	out := make([]Found, len(list))
	for i, f := range list {
		out[i] = Found{Doubt: f.Doubt(), Text: m.T("stamp."+string(f.Kind), "metres", Metres(m, f.Metres), "time", Span(m, f.Time), "picture", picture(f.Picture))}
	}
	return out
}

// Metres writes a distance: to ten metres up to a kilometre, since none is better
// known, and to a tenth of a kilometre beyond.
func Metres(m *ui.Messages, n int) string {
	if n >= 1000 {
		return m.T("distance.km", "n", strconv.FormatFloat(float64(n)/1000, 'f', 1, 64))
	}
	if n > 20 {
		n = (n + 5) / 10 * 10
	}
	return m.T("distance.m", "n", strconv.Itoa(n))
}

// Span writes how long something took, by its largest unit.
func Span(m *ui.Messages, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return m.T("span.days", "n", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return m.T("span.hours", "n", int(d/time.Hour))
	}
	return m.T("span.minutes", "n", int(d/time.Minute))
}

// StampFacts says what a phone said, in words: when it was done, and where.
func StampFacts(m *ui.Messages, s *stamp.Stamp, taken int64) (list []Fact) {
	if s == nil {
		return nil
	}
	if s.Did != 0 {
		at := func(ms int64) string { return time.UnixMilli(ms).In(gov.China).Format("2006-01-02 15:04:05") }
		list = append(list, Fact{Label: m.T("stamp.fact.did"), Lines: []Line{{Text: at(s.Did)}}})
		if done := s.Done(taken); done != taken {
			list = append(list, Fact{Label: m.T("stamp.fact.done"), Lines: []Line{{Text: at(done)}}})
		}
	}
	if s.Place != "" {
		list = append(list, Fact{Label: m.T("stamp.fact.place"), Lines: []Line{{Text: m.T("stamp.fact.at", "place", s.Place, "metres", strconv.FormatInt(s.Accuracy, 10))}}})
	}
	return list
}

// Coverage says how much of its ground a case has covered, and what is missing.
func Coverage(m *ui.Messages, c casework.Coverage) []string {
	list := []string{m.T("onsite.covered", "n", len(c.Visited), "of", len(c.Visited)+len(c.Missed))}
	if len(c.Missed) > 0 {
		names := make([]string, len(c.Missed))
		for i, a := range c.Missed {
			names[i] = a.Name.In(m.Lang())
		}
		list = append(list, m.T("onsite.uncovered", "names", strings.Join(names, m.T("list.separator"))))
	}
	return list
}
