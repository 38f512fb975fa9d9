package register

import (
	"regexp"
	"strconv"
	"time"

	"quanxiang/gov"
)

// Scheme says what form the keys of a register have.
type Scheme string

// The schemes.
const (
	CreditCode Scheme = "uscc" // unified social credit code, GB 32100
	FreeKey    Scheme = "free" // letters, digits and hyphens, at most 40
)

// Values lists the schemes.
func (Scheme) Values() []string { return []string{string(CreditCode), string(FreeKey)} }

// Openness says who may read a field.
type Openness string

// The levels, from wide to narrow.
const (
	OpenPublic  Openness = "public"  // everybody
	OpenStaff   Openness = "staff"   // everybody of the staff who may see registers
	OpenPurpose Openness = "purpose" // those of them who say for what; each look is recorded
)

// Values lists the levels.
func (Openness) Values() []string {
	return []string{string(OpenPublic), string(OpenStaff), string(OpenPurpose)}
}

// Tone says what a record means for its entry.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// Values lists the tones a pack may write.
func (Tone) Values() []string { return []string{string(Good), string(Warn), string(Bad)} }

// Span is a time from a day on: "36m", "3y", "90d", or "always".
type Span struct {
	Months, Days int
	Always       bool
}

var spanForm = regexp.MustCompile(`^([1-9][0-9]{0,3})([dmy])$`)

// UnmarshalText reads the form packs write.
func (s *Span) UnmarshalText(b []byte) error {
	if string(b) == "always" {
		*s = Span{Always: true}
		return nil
	}
	m := spanForm.FindStringSubmatch(string(b))
	if m == nil {
		return gov.Errorf(gov.Invalid, "“%s”不是时长，应写作 36m、3y、90d 或 always", "%q is no span; write 36m, 3y, 90d or always", b)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return err
	}
	switch m[2] {
	case "d":
		*s = Span{Days: n}
	case "m":
		*s = Span{Months: n}
	default:
		*s = Span{Months: 12 * n}
	}
	return nil
}

// MarshalText is the form packs write.
func (s Span) MarshalText() ([]byte, error) {
	switch {
	case s.Always:
		return []byte("always"), nil
	case s.Days > 0:
		return []byte(strconv.Itoa(s.Days) + "d"), nil
	}
	return []byte(strconv.Itoa(s.Months) + "m"), nil
}

// IsZero reports that no span was given.
func (s Span) IsZero() bool { return s == Span{} }

// Text is the span in words.
func (s Span) Text() gov.Text {
	switch {
	case s.Always:
		return gov.Textf("长期", "for good")
	case s.Days > 0:
		return gov.Textf("%d 天", "%d days", s.Days)
	case s.Months%12 == 0:
		return gov.Textf("%d 年", "%d years", s.Months/12)
	}
	return gov.Textf("%d 个月", "%d months", s.Months)
}

// From is the last day of the span that begins on a day. ok is false for one
// that does not end. A month that is shorter ends on its last day.
func (s Span) From(day gov.Date) (last gov.Date, ok bool) {
	if s.Always {
		return gov.Date{}, false
	}
	if s.Days > 0 {
		return day.Add(s.Days - 1), true
	}
	return AddMonths(day, s.Months).Add(-1), true
}

// Covers reports that a day lies in the span that begins on another. A zero span
// covers nothing.
func (s Span) Covers(from, day gov.Date) bool {
	if s.IsZero() || day.Before(from) {
		return false
	}
	last, ends := s.From(from)
	return !ends || !last.Before(day)
}

// AddMonths is the same day some months later, or the last one of a shorter month.
func AddMonths(d gov.Date, months int) gov.Date {
	first := time.Date(d.Year, d.Month+time.Month(months), 1, 0, 0, 0, 0, gov.China)
	last := first.AddDate(0, 1, -1).Day()
	return gov.DateOf(first.AddDate(0, 0, min(d.Day, last)-1))
}
