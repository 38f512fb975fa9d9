package precedent_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/cases/precedent"
)

// past writes decisions as words: the value, and behind a slash what took it
// back. The last decision stands first.
func past(words ...string) (list []precedent.Decision) {
	for _, w := range words {
		value, against := w, ""
		if i := slices.Index([]byte(w), '/'); i >= 0 {
			value, against = w[:i], w[i+1:]
		}
		list = append(list, precedent.Decision{Value: value, Against: against})
	}
	return list
}

func TestRank(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		list []precedent.Decision
		want []string
	}{
		{"nothing", nil, nil},
		{"the most frequent first", past("a", "b", "b"), []string{"b", "a"}},
		{"of equals the last one", past("a", "b", "a", "b"), []string{"a", "b"}},
		// Three that went wrong weigh more than three that went well: a unit that
		// refuses half of what it gets is a bad guess.
		{"one that gave much back comes last", past("a/back", "a", "a/back", "a", "a/back", "a", "b"), []string{"b", "a"}},
		{"one given back takes one that stood away", past("a", "a", "a/back", "b", "b"), []string{"b", "a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range precedent.Rank(tt.list) {
				got = append(got, c.Value)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want - got +:\n%s", diff)
			}
		})
	}
}
