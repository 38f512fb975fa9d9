package measures_test

import (
	"testing"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/policy/procedure"
)

// Half of the last place is rounded up: so the totals Tianmen published for December
// 2016 come out, 972 cases due, 911 closed, 737 of them in time.
func TestPercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, of int64
		want  string
	}{
		{911, 972, "93.72%"}, {737, 972, "75.82%"}, {996, 1054, "94.50%"}, {0, 0, ""}, {0, 7, "0.00%"}, {7, 7, "100.00%"},
		{1, 8, "12.50%"}, {1, 3, "33.33%"}, {2, 3, "66.67%"}, {1, 800, "0.13%"}, {1, 20_000, "0.01%"}, {1, 20_001, "0.00%"},
		{1_000_000_000, 3_000_000_000, "33.33%"},
	} {
		if got := measures.Percent(c.n, c.of); got != c.want {
			t.Errorf("%d of %d are %s, want %s", c.n, c.of, got, c.want)
		}
	}
}

// Figures add up whatever parts they come in; what is unknown of a later program
// is left out.
func TestFigure(t *testing.T) {
	t.Parallel()
	rate := measures.New(&procedure.Measure{ID: "a", At: "ended", Hit: "true"})
	for part, n := range map[string]int64{docket.Hit: 2, docket.Miss: 1, "maybe": 9} {
		rate.Add(part, n)
	}
	if rate.N != 2 || rate.Of != 3 || rate.Percent() != "66.67%" {
		t.Errorf("%d of %d", rate.N, rate.Of)
	}
	long := measures.New(&procedure.Measure{ID: "b", Clock: "k"})
	if _, ok := long.Percentile(50); ok {
		t.Error("nothing has a median")
	}
	for part, n := range map[string]int64{"5": 12, "7": 1, "8": 1, "10": 3, "20": 1, "soon": 4} {
		long.Add(part, n)
	}
	for percent, want := range map[int64]time.Duration{50: 5, 90: 10, 95: 20, 100: 20} {
		if got, ok := long.Percentile(percent); !ok || got != want*time.Minute {
			t.Errorf("%d per cent are within %s, want %d minutes", percent, got, want)
		}
	}
	better, more := measures.New(rate.Measure), measures.New(rate.Measure)
	better.Add(docket.Hit, 1)
	more.Add(docket.Hit, 4)
	more.Add(docket.Miss, 2)
	if better.Compare(&rate) >= 0 || more.Compare(&rate) >= 0 || !more.Ties(&rate) || better.Ties(&rate) {
		t.Error("the higher rate comes first, of equal ones that of more cases")
	}
}

// A time is never told too short, nor more than a 32nd too long.
func TestTimeRange(t *testing.T) {
	t.Parallel()
	before := 0
	for minutes := range 200_000 {
		got := docket.TimeRange(time.Duration(minutes) * time.Minute)
		if got < minutes || got > minutes+minutes/32 || minutes <= 64 && got != minutes || got < before {
			t.Fatalf("%d minutes count with those up to %d", minutes, got)
		}
		before = got
	}
	if got := docket.TimeRange(time.Millisecond); got != 1 {
		t.Errorf("a begun minute counts as %d", got)
	}
	if a, b := docket.TimeRange(100*365*24*time.Hour), docket.TimeRange(90*365*24*time.Hour); a != b {
		t.Error("there is no end of ranges")
	}
}
