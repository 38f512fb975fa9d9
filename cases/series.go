package cases

import (
	"fmt"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Occurrence is one case a series has to have: for a unit and a period.
type Occurrence struct {
	Unit   string
	Period string   // 2016-10, 2016-Q4, 2016
	Begins gov.Date // the day after the period: from then on the case is to be there
	Due    gov.Date // the last day to hand in
}

// Origin names the occurrence within its procedure: there is one case of it.
func (o Occurrence) Origin() string { return "series/" + o.Unit + "/" + o.Period }

// Seed is what the case begins with.
func (o Occurrence) Seed(p *procedure.Procedure) Values {
	return Values{p.Series.Unit: o.Unit, p.Series.Period: o.Period, p.Series.Due: o.Due.String()}
}

// Occurrences lists what a series has to have between two days: the periods
// that ended in [from, to], one case for each unit.
func Occurrences(p *procedure.Procedure, from, to gov.Date, cal calendar.Calendar, dir Directory) ([]Occurrence, error) {
	s := p.Series
	if s == nil || to.Before(from) {
		return nil, nil
	}
	units := dir.Members(s.For)
	if units == nil {
		units = []string{s.For}
	}
	var list []Occurrence
	for _, end := range periodEnds(s.Every, from, to) {
		// The last day of the period is day zero, so that "5wd-end" is the fifth
		// working day after it.
		r, err := calendar.Deadline(calendar.Spec{Limit: s.Within}, calendar.History{Start: end.Time().Add(12 * time.Hour)}, cal)
		if err != nil {
			return nil, fmt.Errorf("series of %s: %w", p.ID, err)
		}
		for _, u := range units {
			list = append(list, Occurrence{Unit: u, Period: periodName(s.Every, end), Begins: end.Add(1), Due: r.LastDay()})
		}
	}
	return list, nil
}

// periodEnds lists the last days of periods in [from, to].
func periodEnds(every procedure.Period, from, to gov.Date) []gov.Date {
	step := map[procedure.Period]int{procedure.Monthly: 1, procedure.Quarterly: 3, procedure.Yearly: 12}[every]
	var list []gov.Date
	for first := (gov.Date{Year: from.Year, Month: time.January, Day: 1}); !to.Before(first); {
		next := calendar.AddMonths(first, step)
		if end := next.Add(-1); !end.Before(from) && !to.Before(end) {
			list = append(list, end)
		}
		first = next
	}
	return list
}

func periodName(every procedure.Period, end gov.Date) string {
	switch every {
	case procedure.Monthly:
		return fmt.Sprintf("%04d-%02d", end.Year, end.Month)
	case procedure.Quarterly:
		return fmt.Sprintf("%04d-Q%d", end.Year, (int(end.Month)+2)/3)
	}
	return fmt.Sprintf("%04d", end.Year)
}
