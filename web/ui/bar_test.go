package ui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The parts of a bar stand one after the other, in proportion to the whole
// width, and are said in words.
func TestBar(t *testing.T) {
	t.Parallel()
	b := Bar{Of: 8, Segments: []Segment{{3, "good", "On track"}, {1, "bad", "Overdue"}}}
	if diff := cmp.Diff([]block{{"0.00", "37.50", "good"}, {"37.50", "12.50", "bad"}}, b.Blocks()); diff != "" {
		t.Error(diff)
	}
	if got := b.Says(); got != "On track 3, Overdue 1" {
		t.Errorf("says %q", got)
	}
	if !b.Drawn() || (Bar{Segments: b.Segments}).Drawn() || (Bar{Of: 8}).Drawn() {
		t.Error("a bar without width or parts is drawn, or one with both is not")
	}
}
