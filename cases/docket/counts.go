package docket

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strconv"
	"strings"
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

// CountMeasure is what a case comes to under a measure of its procedure. The part
// is Hit or Miss of a rate, of a time it is a TimeRange.
func CountMeasure(id string) What { return What("measure/" + id) }

// Measure is the id of the measure a thing is of; ok is false of other things.
func (w What) Measure() (id string, ok bool) { return strings.CutPrefix(string(w), "measure/") }

// The parts of a rate.
const (
	Hit  = "1"
	Miss = "0"
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

// Counted is what one case counts for: once among all cases of its procedure and
// once for each value of the fields by which figures are told, as they are now.
// Where it lies counts only its beginning.
type Counted struct {
	By     []Facet `json:"b,omitempty"`
	Spots  []Facet `json:"o,omitempty"`
	Counts []Count `json:"c"` // sorted, each thing of a month once

	Decided []precedent.Decision `json:"r,omitempty"` // what the next cases like it are suggested by, as it happened
}

// Equal reports that a case counts for the same.
func (c Counted) Equal(o Counted) bool {
	return c.sameBy(o) && slices.Equal(c.Counts, o.Counts) && slices.Equal(c.Decided, o.Decided)
}

func (c Counted) sameBy(o Counted) bool {
	return slices.Equal(c.By, o.By) && slices.Equal(c.Spots, o.Spots)
}

// Each visits all that a case is added to: the zero Facet is all cases together.
func (c Counted) Each(visit func(Facet, Count)) {
	for _, n := range c.Counts {
		visit(Facet{}, n)
		for _, f := range c.By {
			visit(f, n)
		}
		if n.What == CountBegun {
			for _, f := range c.Spots {
				visit(f, n)
			}
		}
	}
}

// Months lists the months in which a case counts for something.
func (c Counted) Months() (list []Month) {
	for _, n := range c.Counts {
		if !slices.Contains(list, n.Month) {
			list = append(list, n.Month)
		}
	}
	return list
}

// Of is how often a case counts for a thing in a month, in parts that fit.
func (c Counted) Of(what What, in Month, fits func(part string) bool) (n int64) {
	for _, k := range c.Counts {
		if k.What == what && k.Month == in && fits(k.Part) {
			n += k.N
		}
	}
	return n
}

// Sum is how often cases with a value count for a thing.
type Sum struct {
	Value string
	Count // Month is 0 where all months are together
}

// Asked asks for sums.
type Asked struct {
	Procedure string
	Facet            // the zero Facet is all cases together
	Values    bool   // not of the value of the facet alone: every value of its field
	What      []What // at least one
	From, To  Month  // both included
	Months    bool   // month by month, else all of them together
}

// Ever is a month after all others.
const Ever Month = 1 << 20

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

// Up to wholeMinutes minutes are kept as they are, then in stepsOfRange equal
// steps from each power of two to the next: a time is never told more than 1 in
// stepsOfRange too long. mostMinutes stands for all that took longer.
const (
	wholeMinutes = 64
	stepsOfRange = 32
	mostMinutes  = 1 << 23 // about sixteen years
)

// TimeRange is the last of the minutes that count together with a time, which is
// taken in full minutes, begun ones up. Ranges of any number of cases add up.
func TimeRange(t time.Duration) int {
	minutes := int((t + time.Minute - 1) / time.Minute)
	if minutes <= wholeMinutes {
		return max(minutes, 0)
	}
	if minutes > mostMinutes {
		return mostMinutes
	}
	step := 1 << (bits.Len(uint(minutes-1)) - 1) / stepsOfRange
	return (minutes + step - 1) / step * step
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
	readings, err := cases.Readings(p, c, w)
	if err != nil {
		return Counted{}, err
	}
	for _, r := range readings {
		part := Miss
		switch m, _ := p.Measure(r.Measure); {
		case m.IsTime():
			part = strconv.Itoa(TimeRange(r.Took))
		case r.Hit:
			part = Hit
		}
		add(r.At, CountMeasure(r.Measure), part)
	}
	all := Counted{By: facetsOf(c, p.FiguresBy()), Spots: spotsOf(c, p)}
	all.By = append(all.By, Facet{procedure.HourOfDay, hourOf(c)})
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

// spotsOf are the values by which only the beginning of a case is counted: of areas,
// and of two fields together.
func spotsOf(c cases.Case, p *procedure.Procedure) []Facet {
	list := facetsOf(c, p.Spots())
	values := func(field string) []Facet {
		if field == procedure.HourOfDay {
			return []Facet{{field, hourOf(c)}}
		}
		return facetsOf(c, []string{field})
	}
	for _, pair := range p.Pairs() {
		for _, a := range values(pair[0]) {
			for _, b := range values(pair[1]) {
				list = append(list, Facet{procedure.PairField(pair[0], pair[1]), a.Value + procedure.PairOf + b.Value})
			}
		}
	}
	return list
}

// hourOf is the hour of the day in which a case began.
func hourOf(c cases.Case) string { return time.UnixMilli(c.Opened).In(gov.China).Format("15") }

// facetsOf are the values a case has of some fields.
func facetsOf(c cases.Case, fields []string) (list []Facet) {
	for _, f := range fields {
		values := slices.Sorted(slices.Values(c.Values.All(f)))
		for _, v := range slices.Compact(values) {
			list = append(list, Facet{f, v})
		}
	}
	return list
}

// recounts reports that a step may change what a case counts for. What a measure
// asks for may follow from anything.
func recounts(p *procedure.Procedure, before, after cases.Case, events []cases.Event) bool {
	return before.Ended != after.Ended || len(p.Measures) > 0 || precedent.Concerns(p, events) ||
		!slices.Equal(facetsOf(before, p.FiguresBy()), facetsOf(after, p.FiguresBy())) ||
		!slices.Equal(spotsOf(before, p), spotsOf(after, p)) ||
		slices.ContainsFunc(events, func(e cases.Event) bool { _, ok := departure.Of(p, after, e); return ok })
}

// Recount is what a case counted for and what it counts for now.
type Recount struct{ Before, Now Counted }

// Changes is what is added by it to the sums, and with negative numbers taken off.
func (r Recount) Changes() []Counted {
	off := r.Before
	off.Counts, off.Decided = slices.Clone(off.Counts), nil
	for i := range off.Counts {
		off.Counts[i].N *= -1
	}
	change := r.Now
	change.Decided = nil
	if !r.Before.sameBy(r.Now) {
		return slices.DeleteFunc([]Counted{off, change}, func(c Counted) bool { return len(c.Counts) == 0 })
	}
	change.Counts = nil
	for _, n := range slices.Concat(off.Counts, r.Now.Counts) {
		same := func(o Count) bool { return o.Month == n.Month && o.What == n.What && o.Part == n.Part }
		if i := slices.IndexFunc(change.Counts, same); i >= 0 {
			change.Counts[i].N += n.N
		} else {
			change.Counts = append(change.Counts, n)
		}
	}
	change.Counts = slices.DeleteFunc(change.Counts, func(n Count) bool { return n.N == 0 })
	if len(change.Counts) == 0 {
		return nil
	}
	return []Counted{change}
}

// recount derives what a case counts for after a step, nil when the step leaves
// that as it was; one that is listed for the first time counts for nothing yet.
func recount(ctx context.Context, tx Tx, p *procedure.Procedure, before cases.Case, res cases.Result, w cases.World, first bool) (*Recount, error) {
	if !first && !recounts(p, before, res.Case, res.Events) {
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
		if !there { // it is listed for the first time, or is older than counting and was not listed anew since
			history, err := tx.History(ctx, res.Case.ID)
			if err != nil {
				return nil, err
			}
			events, from = append(history, events...), before.Begun()
		}
	}
	now, err := counted(p, from, res.Case, kept, events, w)
	if err != nil || now.Equal(kept) {
		return nil, err
	}
	return &Recount{kept, now}, nil
}

// Totals answers how often cases count for something.
func (s *Docket) Totals(ctx context.Context, a Asked) ([]Sum, error) { return s.store.Totals(ctx, a) }

// Fold adds up to limit changes to the sums and returns how many there were. What
// it has not come to yet is counted by Totals all the same.
func (s *Docket) Fold(ctx context.Context, limit int) (int, error) { return s.store.Fold(ctx, limit) }

// Behind asks for the cases behind a sum.
type Behind struct {
	Asked        // Values and Months aside, with one What
	Part  string // of the rate: Hit or Miss, "" for both
}

// Mark is a position in the list of the cases behind a sum: the newest month
// first, in each the newest case.
type Mark struct {
	Month Month
	ID    gov.ID
}

// IsZero reports the beginning, or that there is no more.
func (m Mark) IsZero() bool { return m == Mark{} }

// Behind lists the cases a sum counts, and the place to go on from, zero at the
// end. A page may be short, or empty, and not the last.
func (s *Docket) Behind(ctx context.Context, b Behind, after Mark, limit int) (list []Row, next Mark, err error) {
	limit = min(max(limit, 1), maxWork)
	for looked := 0; looked < maxLooked; looked += maxLooked / 8 {
		page, err := s.store.CountedIn(ctx, b.Procedure, b.From, b.To, after, maxLooked/8)
		if err != nil {
			return nil, next, err
		}
		for _, one := range page {
			after = Mark{one.Month, one.ID}
			if !b.counts(one) {
				continue
			}
			if list = append(list, one.Row); len(list) == limit {
				return list, after, nil
			}
		}
		if len(page) < maxLooked/8 {
			return list, Mark{}, nil
		}
	}
	return list, after, nil
}

// InMonth is a case in a month in which it counts.
type InMonth struct {
	Row
	Month   Month
	Counted Counted
}

// counts reports that a case is behind a sum by what it counts for in its month.
func (b Behind) counts(one InMonth) bool {
	n := one.Counted.Of(b.What[0], one.Month, func(part string) bool { return b.Part == "" || b.Part == part })
	return n > 0 && (b.Facet == Facet{} || slices.Contains(one.Counted.By, b.Facet) || slices.Contains(one.Counted.Spots, b.Facet))
}
