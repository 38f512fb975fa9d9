package docket

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/departure"
	"quanxiang/cases/precedent"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Month is a month of the calendar in China: the year times 12 and the months
// of the year that have passed.
type Month int

// MonthOf is the month of an instant.
func MonthOf(at time.Time) Month {
	d := gov.DateOf(at)
	return Month(d.Year*12 + int(d.Month) - 1)
}

// First is the first day of a month.
func (m Month) First() gov.Date {
	return gov.Date{Year: int(m) / 12, Month: time.Month(int(m)%12 + 1), Day: 1}
}

// What is a thing cases are counted by.
type What string

// The things. Each count may have a part, what of the thing it is.
const (
	CountBegun    What = "begun"    // began
	CountDone     What = "done"     // ended with a result; the part is a Punctuality
	CountVoid     What = "void"     // ended without one
	CountDays     What = "days"     // ended with a result; the part is the DayRange of the calendar days it took
	CountDeparted What = "departed" // an action was done that is a departure; the part is its kind, a slash and the action
)

// Punctuality is how a case that ended with a result stood with the clock of its
// procedure that says when it is due, as it was known at the end.
type Punctuality string

// The parts of CountDone.
const (
	OnTime  Punctuality = "on-time" // the clock stopped at its deadline or before
	TooLate Punctuality = "late"    // it stopped after that
	Undated Punctuality = "undated" // there was no such clock, or it had no deadline
)

// Count is how many cases, or departures, of a month there were.
type Count struct {
	Month Month  `json:"m"`
	What  What   `json:"w"`
	Part  string `json:"p,omitempty"`
	N     int64  `json:"n"`
}

// Counted is what one case counts for, once for the procedure and once for each
// unit that is responsible now.
type Counted struct {
	Units  []string `json:"u,omitempty"`
	Counts []Count  `json:"c"` // sorted, each thing of a month once

	Decided []precedent.Decision `json:"r,omitempty"` // what the next cases like it are suggested by, as it happened
}

// Equal reports that a case counts for the same.
func (c Counted) Equal(o Counted) bool {
	return slices.Equal(c.Units, o.Units) && slices.Equal(c.Counts, o.Counts) && slices.Equal(c.Decided, o.Decided)
}

// UnitCount is a count of a unit, "" for all cases together.
type UnitCount struct {
	Unit string
	Count
}

// Up to wholeDays days are kept as they are, then up to weekDays by the week, and
// then by thirty days up to mostDays, which stands for all that took longer.
const (
	wholeDays = 60
	weekDays  = wholeDays + 43*7 // 361
	mostDays  = weekDays + 110*30
)

// DayRange is the last of the days that count together with a number of days.
// It bounds how much is kept of a month, whatever the number of its cases.
func DayRange(days int) int {
	up := func(beyond, step int) int { return beyond + (days-beyond+step-1)/step*step }
	switch {
	case days <= wholeDays:
		return max(days, 0)
	case days <= weekDays:
		return up(wholeDays, 7)
	}
	return min(up(weekDays, 30), mostDays)
}

// counted derives what a case counts for: from its whole history, or from what it
// counted for before some events, when it was as from says. Departures and
// decisions stay what they were.
func counted(p *procedure.Procedure, from, c cases.Case, before Counted, events []cases.Event, w cases.World) (Counted, error) {
	sum := map[Count]int64{}
	add := func(at int64, what What, part string) { sum[Count{MonthOf(time.UnixMilli(at)), what, part, 0}]++ }
	add(c.Opened, CountBegun, "")
	for _, n := range before.Counts {
		if n.What == CountDeparted {
			sum[Count{n.Month, n.What, n.Part, 0}] = n.N
		}
	}
	for _, e := range events {
		if d, ok := departure.Of(p, c, e); ok {
			add(e.At, CountDeparted, string(d)+"/"+e.Action)
		}
	}
	if state, _ := p.State(c.State); c.Ended != 0 && state.Kind == procedure.DoneState {
		kept, err := punctuality(p, c, w)
		if err != nil {
			return Counted{}, err
		}
		days := gov.DateOf(time.UnixMilli(c.Ended)).Time().Sub(gov.DateOf(time.UnixMilli(c.Opened)).Time()) / (24 * time.Hour)
		add(c.Ended, CountDone, string(kept))
		add(c.Ended, CountDays, strconv.Itoa(DayRange(int(days))))
	} else if c.Ended != 0 {
		add(c.Ended, CountVoid, "")
	}
	units := slices.Sorted(slices.Values(c.Values.All(p.Unit)))
	all := Counted{Units: slices.Compact(units)}
	var err error
	if all.Decided, err = precedent.Follow(p, before.Decided, from, events); err != nil {
		return Counted{}, err
	}
	for k, n := range sum {
		k.N = n
		all.Counts = append(all.Counts, k)
	}
	slices.SortFunc(all.Counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.What, b.What), cmp.Compare(a.Part, b.Part))
	})
	return all, nil
}

// punctuality is that of a case that has ended.
func punctuality(p *procedure.Procedure, c cases.Case, w cases.World) (Punctuality, error) {
	deadlines, err := cases.Deadlines(p, c, w)
	if err != nil {
		return "", err
	}
	for _, d := range deadlines {
		switch {
		case d.Clock != p.Due || d.At.IsZero():
		case d.Late(time.UnixMilli(c.Ended)):
			return TooLate, nil
		default:
			return OnTime, nil
		}
	}
	return Undated, nil
}

// recounts reports that a step may change what a case counts for.
func recounts(p *procedure.Procedure, before, after cases.Case, events []cases.Event) bool {
	return before.Version == 0 || before.Ended != after.Ended || precedent.Concerns(p, events) ||
		!slices.Equal(before.Values.All(p.Unit), after.Values.All(p.Unit)) ||
		slices.ContainsFunc(events, func(e cases.Event) bool { _, ok := departure.Of(p, after, e); return ok })
}

// Recount is what a case counted for and what it counts for now.
type Recount struct{ Before, Now Counted }

// recount derives what a case counts for after a step, nil when the step leaves
// that as it was.
func recount(ctx context.Context, tx Tx, p *procedure.Procedure, before cases.Case, res cases.Result, w cases.World) (*Recount, error) {
	if !recounts(p, before, res.Case, res.Events) {
		return nil, nil
	}
	events, from := res.Events, before
	var kept Counted
	if before.Version > 0 {
		var there bool
		var err error
		if kept, there, err = tx.Counted(ctx, res.Case.ID); err != nil {
			return nil, err
		}
		if !there { // the case is older than counting, and was not listed anew since
			history, err := tx.History(ctx, res.Case.ID)
			if err != nil {
				return nil, err
			}
			events, from = append(history, events...), before.Begun()
		}
	}
	now, err := counted(p, from, res.Case, kept, events, w)
	return &Recount{kept, now}, err
}

// CountsByMonth counts the cases of a procedure from a month on by month, for a
// unit that is responsible, "" for all cases together.
func (s *Docket) CountsByMonth(ctx context.Context, procedureID, unit string, from Month) ([]Count, error) {
	return s.store.CountsByMonth(ctx, procedureID, unit, from)
}

// CountsByUnit counts the cases of a procedure from a month on, all months
// together, by unit that is responsible; "" is all cases together. The Month of
// the counts is zero.
func (s *Docket) CountsByUnit(ctx context.Context, procedureID string, from Month) ([]UnitCount, error) {
	return s.store.CountsByUnit(ctx, procedureID, from)
}
