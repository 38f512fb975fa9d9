package kernel

import (
	"math/rand/v2"
	"testing"

	"quanxiang/rules/money"
)

// Rounded divisions are those of package money for every mode, with operands
// about the halves and the ends of what fits.
func TestDivisions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 54))
	for range 20_000 {
		by := 2 + r.Int64N([]int64{8, 1000, 100_000_000, 1 << 40}[r.IntN(4)])
		k := 1 + r.Int64N([]int64{9, 100_000_000}[r.IntN(2)])
		most := (int64(1)<<62 - by) / k
		x := r.Int64N(most)
		if r.IntN(2) == 0 { // at a half, beside it, at the end
			x = []int64{0, 1, most - 1, (by/2 + by*r.Int64N(1000)) / k, by / k}[r.IntN(5)]
		}
		a, b, d := []int64{x, -x, x}, []int64{k, k, k}, make([]int64, 3)
		for mode := money.HalfUp; mode <= money.HalfEven; mode++ {
			want := make([]int64, 3)
			for i := range a {
				want[i], _ = money.MulDiv(a[i], k, by, mode)
			}
			Signed(d, a, k, By(by), mode)
			equal(t, "Signed", d, want, a, k, by, mode)
			Broad(d, a, b, by, mode)
			equal(t, "Broad", d, want, a, k, by, mode)
			Scale(d[:1], a, k, By(by), mode)
			equal(t, "Scale", d[:1], want[:1], a, k, by, mode)
			if mode != money.HalfEven {
				Wider(d[:1], a, b, by, mode)
				equal(t, "Wider", d[:1], want[:1], a, k, by, mode)
			}
		}
	}
}

// Products beyond 64 bits are divided as exactly.
func TestWider(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 54))
	d := make([]int64, 1)
	for range 100_000 {
		by := []int64{100_000_000, 1 + r.Int64N(1<<62), 1 << r.IntN(62), 1}[r.IntN(4)]
		a, b := r.Int64N(1<<62)>>r.IntN(62), r.Int64N(1<<62)>>r.IntN(62)
		for _, mode := range []money.Mode{money.HalfUp, money.Down, money.Up} {
			want, fits := money.MulDiv(a, b, by, mode)
			if !fits || want > 1<<62 {
				continue
			}
			Wider(d, []int64{a}, []int64{b}, by, mode)
			equal(t, "Wider", d, []int64{want}, []int64{a}, b, by, mode)
		}
	}
}

func equal(t *testing.T, name string, got, want, a []int64, k, by int64, mode money.Mode) {
	t.Helper()
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: %d × %d ÷ %d by mode %d is %d, want %d", name, a[i], k, by, mode, got[i], want[i])
		}
	}
}

// Tiers change at each cut and nowhere else, however many there are.
func TestTiers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 54))
	for cuts := 1; cuts <= 8; cuts++ {
		for range 50 {
			at, between := make([]int64, cuts), make([]int64, cuts+1)
			for i := range at {
				at[i] = int64(10*i) - 20
			}
			for i := range between {
				between[i] = r.Int64N(3) - 1
			}
			if cuts == 2 && r.IntN(2) == 0 {
				between[2] = between[0]
			}
			a := make([]int32, 0, 200)
			for x := int32(-50); x < 150; x++ {
				a = append(a, x)
			}
			d := make([]int64, len(a))
			Tiers(d, a, at, between)
			for i, x := range a {
				want := between[0]
				for n, c := range at {
					if int64(x) >= c {
						want = between[n+1]
					}
				}
				if d[i] != want {
					t.Fatalf("%v with cuts %v at %d: %d, want %d", between, at, x, d[i], want)
				}
			}
		}
	}
}
