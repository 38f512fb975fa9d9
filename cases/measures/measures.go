// Package measures makes figures of the sums of what cases count for: rates with
// what is above and below their line, and times as medians and percentiles. What a
// figure means stands with the measure in the procedure.
package measures

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/policy/procedure"
)

// Figure is what some cases come to under a measure.
type Figure struct {
	Measure *procedure.Measure
	N       int64         // of a rate: the hits
	Of      int64         // the cases that count
	times   map[int]int64 // of a time: cases by docket.TimeRange
}

// New is the figure of no cases.
func New(m *procedure.Measure) Figure { return Figure{Measure: m, times: map[int]int64{}} }

// Add counts a sum in, whose thing is that of the measure. A part it does not know
// is of a later program and left out.
func (f *Figure) Add(part string, n int64) {
	switch minutes, err := strconv.Atoi(part); {
	case f.Measure.IsTime() && err == nil:
		f.times[minutes] += n
		f.Of += n
	case f.Measure.IsTime():
	case part == docket.Hit:
		f.N += n
		f.Of += n
	case part == docket.Miss:
		f.Of += n
	}
}

// Of makes the figures of one measure out of sums of it, by what of a sum is the
// key.
func Of[K comparable](m *procedure.Measure, sums []docket.Sum, key func(docket.Sum) K) map[K]*Figure {
	list := map[K]*Figure{}
	for _, s := range sums {
		if s.What != docket.CountMeasure(m.ID) {
			continue
		}
		k := key(s)
		if list[k] == nil {
			f := New(m)
			list[k] = &f
		}
		list[k].Add(s.Part, s.N)
	}
	return list
}

// Percent is the rate in per cent, "" of no cases.
func (f *Figure) Percent() string { return Percent(f.N, f.Of) }

// Percentile is the smallest time within which at least so many per cent of the
// cases were done (the nearest rank), as far as ranges tell: up to 64 minutes it is
// in full minutes, begun ones up; of longer times it is too long by 1 in 32 at most.
// ok is false when there are no cases.
func (f *Figure) Percentile(percent int64) (d time.Duration, ok bool) {
	minutes, ok := NearestRank(f.times, percent)
	return time.Duration(minutes) * time.Minute, ok
}

// NearestRank is the smallest key at or below which at least so many per cent of
// what is counted lie; ok is false when nothing is.
func NearestRank(counts map[int]int64, percent int64) (key int, ok bool) {
	var all, within int64
	for _, n := range counts {
		all += n
	}
	rank := (all*percent + 99) / 100
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if within += counts[key]; within >= rank && all > 0 {
			return key, true
		}
	}
	return 0, false
}

// Percent is a part of a whole in per cent with two places, half of the last one
// rounded up; "" of nothing.
func Percent(n, of int64) string {
	if of == 0 {
		return ""
	}
	hundredths := (n*100_00*2 + of) / (of * 2)
	return fmt.Sprintf("%d.%02d%%", hundredths/100, hundredths%100)
}

// Compare orders figures of a rate: the higher first, of equal ones that of more
// cases; of a time by the median, the shorter first.
func (f *Figure) Compare(o *Figure) int {
	if f.Measure.IsTime() {
		a, _ := f.Percentile(50)
		b, _ := o.Percentile(50)
		return cmp.Or(cmp.Compare(a, b), cmp.Compare(o.Of, f.Of))
	}
	return cmp.Or(cmp.Compare(o.N*f.Of, f.N*o.Of), cmp.Compare(o.Of, f.Of))
}

// Ties reports that two figures of a rate, or of a time, have the same place.
func (f *Figure) Ties(o *Figure) bool {
	if f.Measure.IsTime() {
		a, _ := f.Percentile(50)
		b, _ := o.Percentile(50)
		return a == b
	}
	return f.N*o.Of == o.N*f.Of
}
