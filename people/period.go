package people

import "quanxiang/gov"

// Period is a span of civil dates: From is the first day, To the first day
// after it. A zero To leaves the end open.
type Period struct {
	From gov.Date
	To   gov.Date
}

// Check returns an Invalid error unless the period has a first day and lasts at
// least one.
func (p Period) Check() error {
	switch {
	case !p.From.Valid():
		return gov.Errorf(gov.Invalid, "缺少起始日期", "the first day is missing").On("from")
	case !p.To.IsZero() && !p.To.Valid():
		return gov.Errorf(gov.Invalid, "终止日期无效", "the last day is not a date").On("to")
	case !p.To.IsZero() && !p.From.Before(p.To):
		return gov.Errorf(gov.Invalid, "终止日期应晚于起始日期", "the period ends before it begins").On("to")
	}
	return nil
}

// Has reports whether the day lies in the period.
func (p Period) Has(d gov.Date) bool {
	return !d.Before(p.From) && (p.To.IsZero() || d.Before(p.To))
}

// empty reports a period without a day: something ended before it began.
func (p Period) empty() bool { return !p.To.IsZero() && !p.From.Before(p.To) }

// Meets reports whether two periods share a day.
func (p Period) Meets(q Period) bool {
	return !p.empty() && !q.empty() && (q.To.IsZero() || p.From.Before(q.To)) && (p.To.IsZero() || q.From.Before(p.To))
}
