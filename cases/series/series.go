// Package series works out which cases a series of a procedure has to have: one
// for each unit or area and each period. It begins none; the docket does.
package series

import (
	"fmt"
	"maps"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Occurrence is one case a series has to have: for a unit and a period.
type Occurrence struct {
	Whose  string   // id of the unit, code of the area or key of the entry
	Period string   // 2016-10-31, 2016-W44, 2016-10, 2016-Q4, 2016-H2, 2016
	Begins gov.Date // from then on the case is to be there: the day after the period or, ahead, its first
	Ends   gov.Date // the last day of the period
	Due    gov.Date // the last day to hand in

	with cases.Values // of an entry
}

// Entry is an entry of a register whose entries have cases.
type Entry struct {
	Key          string
	Since, Until string                // YYYY-MM-DD, the days on which it begins and ends to hold; "" for none
	Value        func(name string) any // the variables entry.FIELD and entry.key
}

// Origin names the occurrence within its procedure: there is one case of it.
func (o Occurrence) Origin() string { return "series/" + o.Whose + "/" + o.Period }

// Seed is what the case begins with.
func (o Occurrence) Seed(p *procedure.Procedure) cases.Values {
	seed := cases.Values{p.Series.Unit: o.Whose, p.Series.Period: o.Period, p.Series.Due: o.Due.String()}
	if p.Series.Ends != "" {
		seed[p.Series.Ends] = o.Ends.String()
	}
	maps.Copy(seed, o.with)
	return seed
}

// Of lists what a series has to have between two days, one case for each
// unit or area: of cases that begin after their period, those whose periods ended in
// [from, to]; of those that begin with it, those of the period that runs on the day
// after, unless they were due before. What was over before it was asked for has none of
// these: nobody could do any more what they ask for.
func Of(p *procedure.Procedure, from, to gov.Date, cal calendar.Calendar, dir cases.Directory) ([]Occurrence, error) {
	if p.Series == nil || to.Before(from) {
		return nil, nil
	}
	var each []Occurrence
	for _, u := range whose(p.Series, dir) {
		each = append(each, Occurrence{Whose: u})
	}
	return of(p, from, to, cal, func(span) ([]Occurrence, error) { return each, nil })
}

// OfEntries is Of for a series of entries: one case for each entry that meets the
// condition and holds at the end of the period or, ahead, at its beginning.
func OfEntries(p *procedure.Procedure, from, to gov.Date, cal calendar.Calendar, entries []Entry) ([]Occurrence, error) {
	s := p.Series
	if s == nil || to.Before(from) {
		return nil, nil
	}
	var meet []Entry
	for _, e := range entries {
		if x := s.Test(); x != nil {
			if yes, err := x.Holds(e.Value); err != nil {
				return nil, err
			} else if !yes {
				continue
			}
		}
		meet = append(meet, e)
	}
	return of(p, from, to, cal, func(in span) (list []Occurrence, err error) {
		day := in.last.String()
		if s.Ahead {
			day = in.first.String()
		}
		for _, e := range meet {
			if e.Since > day || e.Until != "" && e.Until < day {
				continue
			}
			o := Occurrence{Whose: e.Key, with: cases.Values{}}
			for i := range s.With {
				v, err := s.With[i].Expr().Eval(e.Value)
				if err != nil {
					return nil, err
				}
				if entered.Given(v) {
					o.with[s.With[i].Field] = v
				}
			}
			list = append(list, o)
		}
		return list, nil
	})
}

// of lists the occurrences in the periods between two days.
func of(p *procedure.Procedure, from, to gov.Date, cal calendar.Calendar, whose func(span) ([]Occurrence, error)) ([]Occurrence, error) {
	s := p.Series
	var list []Occurrence
	for _, span := range spans(s, from, to, cal) {
		if !s.Until.IsZero() && s.Until.Before(span.last) {
			continue
		}
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
		each, err := whose(span)
		if err != nil {
			return nil, err
		}
		for _, o := range each {
			o.Period, o.Begins, o.Ends, o.Due = span.name(s.Every), begins, span.last, r.LastDay()
			list = append(list, o)
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
	case procedure.HalfYears:
		months = 6
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
	case procedure.HalfYears:
		return fmt.Sprintf("%04d-H%d", s.last.Year, (int(s.last.Month)+5)/6)
	case procedure.Quarterly:
		return fmt.Sprintf("%04d-Q%d", s.last.Year, (int(s.last.Month)+2)/3)
	}
	return fmt.Sprintf("%04d", s.last.Year)
}
