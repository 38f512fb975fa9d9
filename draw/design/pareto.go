package design

import (
	"math"
	"math/big"
	"math/bits"
)

// whole is certainty in parts per million.
const whole = 1_000_000

// Weight is how many subjects of a weight there are.
type Weight struct {
	Weight int64
	Number int64
}

// Aims are the shares, in parts per million, that n of subjects with weights
// above zero are aimed at, in the order of the weights given: proportional to the
// weight, but for those who are certain.
func Aims(n int64, weights []Weight) []int64 {
	out := make([]int64, len(weights))
	var left, sum int64
	for _, w := range weights {
		left += w.Number
		sum += w.Number * w.Weight
	}
	if n >= left {
		for i := range out {
			out[i] = whole
		}
		return out
	}
	for changed := true; changed; {
		changed = false
		taken, gone := int64(0), int64(0)
		for i, w := range weights {
			if out[i] == 0 && n*w.Weight >= sum {
				out[i], changed = whole, true
				taken += w.Number
				gone += w.Number * w.Weight
			}
		}
		n, sum = n-taken, sum-gone
	}
	for i, w := range weights {
		if out[i] == 0 {
			// n·w < sum here, so the quotient fits where the product may not.
			hi, lo := bits.Mul64(uint64(n*w.Weight), whole)
			q, _ := bits.Div64(hi, lo, uint64(sum))
			out[i] = int64(q)
		}
	}
	return out
}

// aims are the aims of a drum by weight.
func aims(d *drum) map[uint16]int64 {
	var weights []Weight
	for b, n := range d.by {
		if n > 0 && b > 0 {
			weights = append(weights, Weight{int64(b), int64(n)})
		}
	}
	for b, n := range d.heavy {
		weights = append(weights, Weight{int64(b), int64(n)})
	}
	out := map[uint16]int64{}
	for i, ppm := range Aims(int64(d.N), weights) {
		out[uint16(weights[i].Weight)] = ppm
	}
	return out
}

// below is u·10^6 < ppm·2^64, exactly.
func below(u uint64, ppm int64) bool {
	hi, _ := bits.Mul64(u, whole)
	return hi < uint64(ppm)
}

// rounding bounds the relative error of odds, generously.
const rounding = 1e-12

// odds is U·(10^6−p) / ((2^65−U)·p) in floating point.
func odds(u uint64, ppm int64) float64 {
	if ppm == 0 {
		return math.Inf(1)
	}
	U := 2*float64(u) + 1
	// 2^65 − U from the other end of the numbers, where it keeps its precision.
	rest := 2*float64(math.MaxUint64-u) + 1
	return U * float64(whole-ppm) / (rest * float64(ppm))
}

// paretoOrder compares two candidates: by floating point where that is sure,
// else by the products of the definition.
func paretoOrder(a, b *candidate) int {
	switch {
	case a.odds < b.odds*(1-4*rounding):
		return -1
	case b.odds < a.odds*(1-4*rounding):
		return 1
	}
	left := paretoProduct(a.ticket.Head(), a.ppm, b.ticket.Head(), b.ppm)
	return left.Cmp(paretoProduct(b.ticket.Head(), b.ppm, a.ticket.Head(), a.ppm))
}

// paretoProduct is U_a·(10^6−p_a)·(2^65−U_b)·p_b, below 2^170.
func paretoProduct(ua uint64, pa int64, ub uint64, pb int64) *big.Int {
	one := big.NewInt(1)
	double := func(u uint64) *big.Int { // 2u + 1
		x := new(big.Int).SetUint64(u)
		return x.Lsh(x, 1).Or(x, one)
	}
	x := double(ua)
	x.Mul(x, big.NewInt(whole-pa))
	x.Mul(x, new(big.Int).Sub(new(big.Int).Lsh(one, 65), double(ub)))
	return x.Mul(x, big.NewInt(pb))
}
