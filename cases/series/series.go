// Package series works out which cases a series of a procedure has to have: one
// for each unit or area and each period. It begins none; the docket does.
package series

import (
	"fmt"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Occurrence is one case a series has to have: for a unit and a period.
type Occurrence struct {
	Whose  string   // id of the unit or code of the area
	Period string   // 2016-10-31, 2016-W44, 2016-10, 2016-Q4, 2016
	Begins gov.Date // from then on the case is to be there: the day after the period or, ahead, its first
	Due    gov.Date // the last day to hand in
}

// Origin names the occurrence within its procedure: there is one case of it.
func (o Occurrence) Origin() string { return "series/" + o.Whose + "/" + o.Period }

// Seed is what the case begins with.
func (o Occurrence) Seed(p *procedure.Procedure) cases.Values {
	return cases.Values{p.Series.Unit: o.Whose, p.Series.Period: o.Period, p.Series.Due: o.Due.String()}
}

// Of lists what a series has to have between two days, one case for each
// unit or area: of cases that begin after their period, those whose periods ended in
// [from, to]; of those that begin with it, those of the period that runs on the day
// after, unless they were due before. What was over before it was asked for has none of
// these: nobody could do any more what they ask for.
func Of(p *procedure.Procedure, from, to gov.Date, cal calendar.Calendar, dir cases.Directory) ([]Occurrence, error) {
	s := p.Series
	if s == nil || to.Before(from) {
		return nil, nil
	}
	each := whose(s, dir)
	var list []Occurrence
	for _, span := range spans(s, from, to, cal) {
		begins, zero := span.last.Add(1), span.last
		if s.Ahead {
			begins, zero = span.first, span.first.Add(-1)
		}
		// Day zero is the last before it begins, so that "5wd-end" is the fifth
		// working day from there.
		r, err := calendar.Deadline(calendar.Spec{Limit: s.Within}, calendar.History{Start: zero.Time().Add(12 * time.Hour)}, cal)
		if err != nil {
			return nil, fmt.Errorf("series of %s: %w", p.ID, err)
		}
		if s.Ahead && r.LastDay().Before(to.Add(1)) {
			continue
		}
		for _, u := range each {
			list = append(list, Occurrence{Whose: u, Period: span.name(s.Every), Begins: begins, Due: r.LastDay()})
		}
	}
	return list, nil
}

// whose lists the units or areas each of which has a case.
func whose(s *procedure.Series, dir cases.Directory) (list []string) {
	if level := s.Level(); level != "" {
		for _, a := range dir.AreasOf(policy.AreaLevel(level)) {
			list = append(list, a.Code)
		}
		return list
	}
	if list = dir.Members(s.For); list == nil {
		return []string{s.For}
	}
	return list
}

// span is a period of a series.
type span struct{ first, last gov.Date }

// spans lists the periods that end in [from, to] or, ahead, the one that runs on
// the day after.
func spans(s *procedure.Series, from, to gov.Date, cal calendar.Calendar) (list []span) {
	if s.Ahead {
		from = to.Add(1)
	}
	for day := from; ; {
		p := spanAt(s.Every, day)
		if !s.Ahead && to.Before(p.last) {
			return list
		}
		if s.Every != procedure.Daily || cal.IsWorkday(day) {
			list = append(list, p)
		}
		if s.Ahead {
			return list
		}
		day = p.last.Add(1)
	}
}

// spanAt is the period a day lies in.
func spanAt(every procedure.Period, day gov.Date) span {
	months := 12
	switch every {
	case procedure.Daily:
		return span{day, day}
	case procedure.Weekly:
		monday := day.Add(-(int(day.Time().Weekday()) + 6) % 7)
		return span{monday, monday.Add(6)}
	case procedure.Monthly:
		months = 1
	case procedure.Quarterly:
		months = 3
	}
	first := gov.Date{Year: day.Year, Month: (day.Month-1)/time.Month(months)*time.Month(months) + 1, Day: 1}
	return span{first, calendar.AddMonths(first, months).Add(-1)}
}

// name is a period as it is written: a week by the year most of it lies in.
func (s span) name(every procedure.Period) string {
	switch every {
	case procedure.Daily:
		return s.last.String()
	case procedure.Weekly:
		year, week := s.last.Time().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case procedure.Monthly:
		return fmt.Sprintf("%04d-%02d", s.last.Year, s.last.Month)
	case procedure.Quarterly:
		return fmt.Sprintf("%04d-Q%d", s.last.Year, (int(s.last.Month)+2)/3)
	}
	return fmt.Sprintf("%04d", s.last.Year)
}
