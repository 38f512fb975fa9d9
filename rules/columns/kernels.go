package columns

import (
	"math/bits"

	"quanxiang/rules/money"
)

// The loops. Operands are as long as the result or longer; the result may be
// the memory of an operand, so each element is read before it is written.

func addR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] + b[i]
	}
}

func addK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] + k
	}
}

func subR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] - b[i]
	}
}

func mulR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] * b[i]
	}
}

func mulK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] * k
	}
}

func minR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = min(a[i], b[i])
	}
}

func minK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = min(a[i], k)
	}
}

func maxR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = max(a[i], b[i])
	}
}

func maxK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = max(a[i], k)
	}
}

func units(d, a []int64, k, most int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = min(a[i]*k, most)
	}
}

// differences stay within 64 bits, since values are within 62

func lessR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = (a[i] - b[i]) >> 63
	}
}

func lessK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = (a[i] - k) >> 63
	}
}

func leastR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = ^((a[i] - b[i]) >> 63)
	}
}

func leastK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = (k - 1 - a[i]) >> 63
	}
}

// zero is a mask of whether x is nothing.
func zero(x int64) int64 { return ^((x | -x) >> 63) }

func equalR(d, a, b []int64, flip int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = zero(a[i]-b[i]) ^ flip
	}
}

func equalK(d, a []int64, k, flip int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = zero(a[i]-k) ^ flip
	}
}

func within(d, a []int64, low, high int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = (low - 1 - a[i]) & (a[i] - high) >> 63
	}
}

// linear is k × a + k2 × b < 0, or its opposite.
func linear(d, a, b []int64, k, k2, flip int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = (k*a[i]+k2*b[i])>>63 ^ flip
	}
}

func member(d, a []int64, set int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = -(int64(uint64(set)>>(uint64(a[i])&63)) & 1)
	}
}

func andR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] & b[i]
	}
}

func andK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] & k
	}
}

func orR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] | b[i]
	}
}

func andNot(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] &^ b[i]
	}
}

func selR(d, c, a, b []int64) {
	c, a, b = c[:len(d)], a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] ^ (a[i]^b[i])&c[i]
	}
}

// selK is k where c holds, else b.
func selK(d, c, b []int64, k int64) {
	c, b = c[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] ^ (k^b[i])&c[i]
	}
}

func selKK(d, c []int64, k, k2 int64) {
	c = c[:len(d)]
	k ^= k2
	for i := range d {
		d[i] = k2 ^ k&c[i]
	}
}

// divisor divides whole numbers below 2^63 by a fixed one, by a product and a
// shift (Granlund and Montgomery, 1994).
type divisor struct {
	by, magic uint64
	shift     uint8
}

// over makes a divisor of a number above 1.
func over(by int64) divisor {
	d := uint64(by)
	l := bits.Len64(d - 1)
	q, _ := bits.Div64(1<<(l-1), 0, d)
	return divisor{d, q + 1, uint8(l - 1)}
}

func (d divisor) of(x uint64) uint64 {
	hi, _ := bits.Mul64(x, d.magic)
	return hi >> (d.shift & 63)
}

// scale is a × k divided and rounded, for a and k from zero.
func scale(d, a []int64, k int64, by divisor, mode money.Mode) {
	a = a[:len(d)]
	magic, shift := by.magic, by.shift&63
	more := uint64(0)
	switch mode {
	case money.HalfUp:
		more = by.by / 2
	case money.Up:
		more = by.by - 1
	case money.HalfEven:
		for i := range d {
			d[i] = int64(halfEven(uint64(a[i]*k), by))
		}
		return
	}
	for i := range d {
		hi, _ := bits.Mul64(uint64(a[i]*k)+more, magic)
		d[i] = int64(hi >> shift)
	}
}

// signed is scale for numbers below zero as well: what is rounded is the
// magnitude.
func signed(d, a []int64, k int64, by divisor, mode money.Mode) {
	a = a[:len(d)]
	more := uint64(0)
	switch mode {
	case money.HalfUp:
		more = by.by / 2
	case money.Up:
		more = by.by - 1
	}
	for i := range d {
		x := a[i] * k
		s := x >> 63
		m := uint64(x^s) - uint64(s)
		q := uint64(0)
		if mode == money.HalfEven {
			q = halfEven(m, by)
		} else {
			q = by.of(m + more)
		}
		d[i] = int64(q)&^s | -int64(q)&s
	}
}

func halfEven(x uint64, by divisor) uint64 {
	q := by.of(x)
	r := x - q*by.by
	if left := by.by - r; r > left || r == left && q&1 == 1 {
		q++
	}
	return q
}

// broad is a × b ÷ k in 128 bits.
func broad(d, a, b []int64, k int64, mode money.Mode) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i], _ = money.MulDiv(a[i], b[i], k, mode) // the compiler has bounded it
	}
}

func quotient(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] / b[i]
	}
}

func fullYearsOf(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = fullYears(a[i], b[i])
	}
}

func bit(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = -(a[i] >> (k & 63) & 1)
	}
}

// total adds columns up, four at a time.
func total(d []int64, columns [][]int64) {
	clear(d)
	for ; len(columns) >= 4; columns = columns[4:] {
		a, b, c, e := columns[0][:len(d)], columns[1][:len(d)], columns[2][:len(d)], columns[3][:len(d)]
		for i := range d {
			d[i] += a[i] + b[i] + c[i] + e[i]
		}
	}
	for _, a := range columns {
		addR(d, d, a)
	}
}

// sums adds up the entries of each element: the differences of a running total,
// so that there is no loop in the loop. What overflows in the total does so
// without harm.
func sums(d, x []int64, seg []int32, running []int64) {
	seg = seg[1 : len(d)+1]
	running = running[:len(x)+1]
	t := int64(0)
	running[0] = 0
	for i, v := range x {
		t += v
		running[i+1] = t
	}
	last := int64(0)
	for i := range d {
		t := running[seg[i]]
		d[i] = t - last
		last = t
	}
}
