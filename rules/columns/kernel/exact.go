package kernel

import (
	"math/bits"

	"quanxiang/gov"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// FullYears is the full years from one day to another.
func FullYears(from, to int64) int64 {
	a, b := syntax.DateOf(from), syntax.DateOf(to)
	years := int64(b.Year - a.Year)
	if b.Before(a.AddYears(int(years))) {
		years--
	}
	return max(years, 0)
}

// FullYearsOf is full years from a to b.
func FullYearsOf(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = FullYears(a[i], b[i])
	}
}

// Began is the last day from which there are k full years, k above zero, to a
// day.
func Began(to, k int64) int64 {
	d := syntax.DateOf(to)
	low := syntax.Days(gov.Date{Year: d.Year - int(k) - 1, Month: 1, Day: 1})
	high := low + 3*366
	for low < high {
		if middle := (low + high + 1) / 2; FullYears(middle, to) >= k {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// Exactly compares sums of products of pairs of columns with nothing in 128 bits;
// bits of signs are products that are taken away.
func Exactly(d []int64, args [][]int64, signs int64, c ir.Cmp) {
	for i := range d {
		var hi int64
		var lo uint64
		for t := 0; t < len(args); t += 2 {
			h, l := product128(args[t][i], args[t+1][i])
			if signs>>(t/2)&1 == 1 {
				var borrow uint64
				l, borrow = bits.Sub64(0, l, 0)
				h = -h - int64(borrow)
			}
			var carry uint64
			lo, carry = bits.Add64(lo, l, 0)
			hi += h + int64(carry)
		}
		holds := false
		switch c {
		case ir.Least:
			holds = hi >= 0
		case ir.More:
			holds = hi > 0 || hi == 0 && lo > 0
		case ir.Less:
			holds = hi < 0
		case ir.Most:
			holds = hi < 0 || hi == 0 && lo == 0
		case ir.Equal:
			holds = hi == 0 && lo == 0
		default:
			holds = hi != 0 || lo != 0
		}
		d[i] = 0
		if holds {
			d[i] = -1
		}
	}
}

// product128 is a × b in two words.
func product128(a, b int64) (int64, uint64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return h, lo
}
