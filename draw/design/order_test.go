package design

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// However heads are spread, the order is that of sorting.
func TestOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for name, head := range map[string]func() uint64{
		"even":                r.Uint64,
		"below a threshold":   func() uint64 { return r.Uint64() >> 5 },
		"all alike":           func() uint64 { return 7 },
		"nothing but noughts": func() uint64 { return 0 },
		"few values":          func() uint64 { return r.Uint64() % 3 },
		"the two ends":        func() uint64 { return []uint64{0, 1, math.MaxUint64 - 1, math.MaxUint64}[r.IntN(4)] },
		"one far out":         func() uint64 { return r.Uint64() >> (r.IntN(64)) },
	} {
		for _, n := range []int{0, 1, 2, 3, 50, 1000} {
			list := make([]standing, n)
			for i := range list {
				list[i] = standing{head(), int32(i)}
			}
			compare := func(a, b standing) int { return cmp.Or(cmp.Compare(a.head, b.head), cmp.Compare(a.at, b.at)) }
			want := slices.SortedFunc(slices.Values(list), compare)
			if got := order(list, compare); !slices.Equal(got, want) {
				t.Errorf("%s, %d of them: not in order", name, n)
			}
		}
	}
}
