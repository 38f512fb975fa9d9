package sums

import (
	"testing"

	"quanxiang/cases/departure"
	"quanxiang/cases/docket"
)

// Shares leave out what had no deadline; percentiles are those of the nearest
// rank, of one case as of many.
func TestPeriod(t *testing.T) {
	t.Parallel()
	var sums []docket.Sum
	for _, c := range []docket.Count{
		{Month: 1, What: docket.CountBegun, N: 4}, {Month: 2, What: docket.CountBegun, N: 3}, {What: docket.CountVoid, N: 2},
		{What: docket.CountDone, Part: "on-time", N: 5}, {What: docket.CountDone, Part: "late", N: 3}, {What: docket.CountDone, Part: "undated", N: 2},
		{What: docket.CountDeparted, Part: "returned/redo", N: 2}, {What: docket.CountDeparted, Part: "returned/send_back", N: 1},
		{What: docket.CountDeparted, Part: "urged/urge", N: 7}, {What: "unheard-of", N: 9},
	} {
		sums = append(sums, docket.Sum{Count: c})
	}
	p := PeriodOf(sums)
	if p.Begun != 7 || p.Void != 2 || p.Ended() != 10 {
		t.Errorf("begun %d, void %d, ended %d", p.Begun, p.Void, p.Ended())
	}
	if n, of := p.Timely(); n != 5 || of != 8 {
		t.Errorf("%d of %d in time", n, of)
	}
	if p.Of(departure.Returned) != 3 || p.Of(departure.Urged) != 7 || p.Of(departure.Reopened) != 0 || p.Departed[Departed{departure.Returned, "redo"}] != 2 {
		t.Errorf("departures %v", p.Departed)
	}
	for _, c := range []struct {
		days         map[int]int64
		median, most int
	}{
		{map[int]int64{7: 1}, 7, 7},
		{map[int]int64{0: 1, 10: 1}, 0, 10},
		{map[int]int64{1: 1, 2: 1, 3: 1}, 2, 3},
		{map[int]int64{1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1}, 5, 9},
		{map[int]int64{5: 89, 30: 2, 81: 9}, 5, 30},
	} {
		p.Days = c.days
		if m, ok := p.Percentile(50); !ok || m != c.median {
			t.Errorf("the median of %v is %d", c.days, m)
		}
		if m, ok := p.Percentile(90); !ok || m != c.most {
			t.Errorf("nine tenths of %v take %d", c.days, m)
		}
	}
	if _, ok := NewPeriod().Percentile(50); ok {
		t.Error("nothing has a median")
	}
}
