package sums

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases/docket"
	"quanxiang/packs/packtest"
)

// Sums add up by value; what has ended counts by state and by no colour, a
// state nobody knows any more runs, and trouble comes first.
func TestSums(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	p, _ := pack.Procedure("duty")
	tally := func(value, state, colour string, n int64) docket.Tally {
		return docket.Tally{Facet: docket.Facet{Field: "lead", Value: value}, State: state, Colour: colour, N: n}
	}
	list := Of(p, []docket.Tally{
		tally("a", "running", "green", 9), tally("b", "running", "red", 1), tally("b", "confirmed", "red", 2), tally("b", "closed", "blue", 4),
		tally("c", "running", "yellow", 3), tally("c", "dropped", "blue", 1), tally("d", "of_old", "green", 10),
	})
	list.WorstFirst(p)
	var order []string
	for _, c := range list {
		order = append(order, c.Value)
	}
	if diff := cmp.Diff([]string{"b", "c", "d", "a"}, order); diff != "" {
		t.Error(diff)
	}
	b := list.At("b")
	want := Count{Value: "b", Open: 3, Colours: map[string]int64{"red": 3}, Ended: map[string]int64{"closed": 4}}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Error(diff)
	}
	m := MeasuresOf(p, b)
	if m.Counts("blue") || m.Counts("white") || !m.Counts("red") || len(m.Done) != 1 || len(m.Void) != 1 {
		t.Errorf("measures %+v", m)
	}
	if n, ok := m.Timely(list.At("d")); !ok || n != 10 {
		t.Errorf("timely %d %t", n, ok)
	}
	if n, ok := m.Timely(b); !ok || n != 0 {
		t.Errorf("timely %d %t", n, ok)
	}
	if _, ok := m.Timely(list.At("nobody")); ok {
		t.Error("nothing is in time")
	}
}
