// Package credit works out the class of an entry by the rule table of its
// register, and explains it line by line. It is pure: table, records and day go in.
// See docs/spec/registers.md, section 4.
package credit

import (
	"cmp"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/register"
)

// Record is what the table needs to know of a record in force.
type Record struct {
	Kind   string
	Ref    string // names it among the records of its entry
	On     gov.Date
	Until  gov.Date // zero while it goes on
	Values map[string]any
}

// Result is a class with what it rests on.
type Result struct {
	Class  string `json:"class"`
	Points int    `json:"points"`
	Base   int    `json:"base"`
	Lines  []Line `json:"lines,omitempty"`
}

// Line is what one rule or trigger says of one record.
type Line struct {
	Rule   string   `json:"rule"`             // its id
	Ref    string   `json:"ref"`              // of the record
	On     gov.Date `json:"on"`               // its day
	Whole  int      `json:"whole,omitempty"`  // points it had in full
	Points int      `json:"points,omitempty"` // that count now
	Class  string   `json:"class,omitempty"`  // of a trigger: the best class there can be
	Ends   gov.Date `json:"ends,omitzero"`    // the last day on which it counts; zero: for good
	Capped bool     `json:"capped,omitempty"` // the rule gives no more
}

// Grade works out the class of an entry on a day. It fails when a condition cannot
// be worked out.
func Grade(t *register.Credit, records []Record, kinds func(id string) (*register.Kind, bool), day gov.Date) (Result, error) {
	out := Result{Points: t.Base, Base: t.Base}
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b Record) int { return cmp.Or(b.On.Compare(a.On), cmp.Compare(a.Ref, b.Ref)) })
	for i := range t.Rules {
		r := &t.Rules[i]
		sum := 0
		for _, rec := range sorted {
			if rec.Kind != r.Kind || day.Before(rec.On) {
				continue
			}
			points, ends := left(r, rec.On, day)
			if points == 0 {
				continue
			}
			if r.Test() != nil {
				k, _ := kinds(r.Kind)
				if holds, err := r.Test().Holds(rec.Value(k)); err != nil {
					return out, fmt.Errorf("rule %s: %w", r.ID, err)
				} else if !holds {
					continue
				}
			}
			line := Line{Rule: r.ID, Ref: rec.Ref, On: rec.On, Whole: r.Points, Points: points, Ends: ends}
			if r.Most != 0 && abs(sum+points) > abs(r.Most) {
				line.Points, line.Capped = r.Most-sum, true
			}
			sum += line.Points
			out.Lines = append(out.Lines, line)
		}
		out.Points += sum
	}
	at := classOf(t, out.Points)
	for i := range t.Triggers {
		g := &t.Triggers[i]
		for _, rec := range sorted {
			ends, on := rec.Stands(g.Lasts, day)
			if rec.Kind != g.Kind || !on {
				continue
			}
			if g.Test() != nil {
				k, _ := kinds(g.Kind)
				if holds, err := g.Test().Holds(rec.Value(k)); err != nil {
					return out, fmt.Errorf("trigger %s: %w", g.ID, err)
				} else if !holds {
					continue
				}
			}
			out.Lines = append(out.Lines, Line{Rule: g.ID, Ref: rec.Ref, On: rec.On, Class: g.Class, Ends: ends})
			at = max(at, slices.IndexFunc(t.Classes, func(c register.Class) bool { return c.ID == g.Class }))
		}
	}
	out.Class = t.Classes[at].ID
	return out, nil
}

// classOf is the position of the class of a number of points.
func classOf(t *register.Credit, points int) int {
	for i, c := range t.Classes {
		if c.From == nil || points >= *c.From {
			return i
		}
	}
	return len(t.Classes) - 1
}

// left is what is left on a day of the points of a rule, and the last day on which
// something is.
func left(r *register.Rule, on, day gov.Date) (points int, ends gov.Date) {
	if r.Ends.IsZero() {
		return r.Points, gov.Date{}
	}
	months := elapsed(on, day)
	switch whole, end := r.Full.Months, r.Ends.Months; {
	case months < whole:
		points = r.Points
	case months >= end:
		return 0, gov.Date{}
	default: // the month that has begun counts as gone
		points = r.Points * (end - months - 1) / (end - whole)
	}
	last := r.Ends.Months
	for last > r.Full.Months && last > 0 && r.Points*(r.Ends.Months-last)/max(r.Ends.Months-r.Full.Months, 1) == 0 {
		last-- // the months at the end in which nothing is left
	}
	return points, register.AddMonths(on, max(last, r.Full.Months)).Add(-1)
}

// elapsed is how many whole months lie between two days.
func elapsed(from, to gov.Date) int {
	n := (to.Year-from.Year)*12 + int(to.Month) - int(from.Month)
	if to.Before(register.AddMonths(from, n)) {
		n--
	}
	return n
}

// Stands reports that a record works on a day, and until when: for so long from its
// own day, or with a zero span as long as it has effect. A zero end is none that is
// known.
func (r Record) Stands(lasts register.Span, day gov.Date) (ends gov.Date, on bool) {
	if day.Before(r.On) {
		return ends, false
	}
	if lasts.IsZero() {
		return r.Until, r.Until.IsZero() || !r.Until.Before(day)
	}
	ends, _ = lasts.From(r.On)
	return ends, lasts.Covers(r.On, day)
}

// Value gives a condition the fields of a record.
func (r Record) Value(k *register.Kind) func(string) any {
	return func(name string) any {
		if v, ok := r.Values[name]; ok {
			return v
		}
		f, _ := k.Field(name)
		return f.Form().Kind().Zero()
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
