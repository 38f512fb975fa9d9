// Package kernel is the loops of columns: each does one thing to all elements
// of a block, without a branch, so that the data do not slow it down. Conditions
// are masks, all bits or none. Operands are as long as the result or longer; the
// result may be the memory of an operand, so each element is read before it is
// written.
package kernel

import (
	"math/bits"

	"quanxiang/rules/money"
)

// Number is what columns of a table are made of.
type Number interface{ uint8 | int32 | int64 }

// AddR is a + b.
func AddR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] + b[i]
	}
}

// AddK is a + k.
func AddK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = int64(a[i]) + k
	}
}

// SubR is a − b.
func SubR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] - b[i]
	}
}

// MulR is a × b.
func MulR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] * b[i]
	}
}

// MulK is a × k.
func MulK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = int64(a[i]) * k
	}
}

// MinR is the lesser of a and b.
func MinR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = min(a[i], b[i])
	}
}

// MinK is a, at most k.
func MinK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = min(int64(a[i]), k)
	}
}

// MaxR is the greater of a and b.
func MaxR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = max(a[i], b[i])
	}
}

// MaxK is a, at least k.
func MaxK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = max(int64(a[i]), k)
	}
}

// Units is a × k, at most most.
func Units[T Number](d []int64, a []T, k, most int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = min(int64(a[i])*k, most)
	}
}

// LessR is a < b. Differences stay within 64 bits, since values are within 62.
func LessR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = (a[i] - b[i]) >> 63
	}
}

// LessK is a < k.
func LessK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = (int64(a[i]) - k) >> 63
	}
}

// LeastR is a ≥ b.
func LeastR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = ^((a[i] - b[i]) >> 63)
	}
}

// LeastK is a ≥ k.
func LeastK[T Number](d []int64, a []T, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = (k - 1 - int64(a[i])) >> 63
	}
}

// Zero is a mask of whether x is nothing.
func Zero(x int64) int64 { return ^((x | -x) >> 63) }

// EqualR is a = b, or a ≠ b if flip is all bits.
func EqualR(d, a, b []int64, flip int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = Zero(a[i]-b[i]) ^ flip
	}
}

// Lookup is table[a]; a is below 64.
func Lookup[T Number](d []int64, a []T, table *[64]int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = table[a[i]&63]
	}
}

// Tiers is what holds between cuts: what the lowest tier gives, and at each cut
// reached the difference to the next.
func Tiers[T Number](d []int64, a []T, cuts, between []int64) {
	a = a[:len(d)]
	switch {
	case len(cuts) == 1 && between[0] == -1 && between[1] == 0:
		LessK(d, a, cuts[0])
	case len(cuts) == 1 && between[0] == 0 && between[1] == -1:
		LeastK(d, a, cuts[0])
	case len(cuts) == 1:
		k, low, more := cuts[0], between[0], between[1]^between[0]
		for i := range d {
			d[i] = low ^ more&^((int64(a[i])-k)>>63)
		}
	case len(cuts) == 2 && between[0] == between[2]:
		k, n, low, more := cuts[0]-1, cuts[1], between[0], between[1]^between[0]
		for i := range d {
			x := int64(a[i])
			d[i] = low ^ more&((k-x)&(x-n)>>63)
		}
	case len(cuts) <= 4:
		var k, more [4]int64
		for i, c := range cuts {
			k[i], more[i] = c, between[i+1]-between[i]
		}
		low, k0, k1, k2, k3 := between[0], k[0], k[1], k[2], k[3]
		m0, m1, m2, m3 := more[0], more[1], more[2], more[3]
		for i := range d {
			x := int64(a[i])
			d[i] = low + m0&^((x-k0)>>63) + m1&^((x-k1)>>63) + m2&^((x-k2)>>63) + m3&^((x-k3)>>63)
		}
	default:
		for i := range d {
			x, y := int64(a[i]), between[0]
			for n, k := range cuts {
				y += (between[n+1] - between[n]) &^ ((x - k) >> 63)
			}
			d[i] = y
		}
	}
}

// Linear is k × a + k2 × b < 0, or its opposite.
func Linear(d, a, b []int64, k, k2, flip int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = (k*a[i]+k2*b[i])>>63 ^ flip
	}
}

// Steep is amounts between cuts of a, each where K × a + K2 × b is below nothing,
// or where it is not if Flip is all bits.
type Steep struct {
	Cuts                [4]int64
	Amount, K, K2, Flip [8]int64
}

// Run computes the amounts.
func (s *Steep) Run(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	c0, c1, c2, c3 := s.Cuts[0], s.Cuts[1], s.Cuts[2], s.Cuts[3]
	for i := range d {
		x := a[i]
		at := (4 + (x-c0)>>63 + (x-c1)>>63 + (x-c2)>>63 + (x-c3)>>63) & 7
		d[i] = s.Amount[at] & ((s.K[at]*x+s.K2[at]*b[i])>>63 ^ s.Flip[at])
	}
}

// Below is b where a < k, else nothing.
func Below[T Number](d []int64, a []T, b []int64, k int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] & ((int64(a[i]) - k) >> 63)
	}
}

// From is b where a ≥ k, else nothing.
func From[T Number](d []int64, a []T, b []int64, k int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] &^ ((int64(a[i]) - k) >> 63)
	}
}

// Member is whether bit a of a set is set.
func Member(d, a []int64, set int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = -(int64(uint64(set)>>(uint64(a[i])&63)) & 1)
	}
}

// AndR is a and b, or b where a holds.
func AndR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] & b[i]
	}
}

// AndK is k where a holds.
func AndK(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = a[i] & k
	}
}

// OrR is a or b.
func OrR(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] | b[i]
	}
}

// AndNot is a and not b.
func AndNot(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] &^ b[i]
	}
}

// SelR is a where c holds, else b.
func SelR(d, c, a, b []int64) {
	c, a, b = c[:len(d)], a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] ^ (a[i]^b[i])&c[i]
	}
}

// SelK is k where c holds, else b.
func SelK(d, c, b []int64, k int64) {
	c, b = c[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = b[i] ^ (k^b[i])&c[i]
	}
}

// SelKK is k where c holds, else k2.
func SelKK(d, c []int64, k, k2 int64) {
	c = c[:len(d)]
	k ^= k2
	for i := range d {
		d[i] = k2 ^ k&c[i]
	}
}

// Divisor divides whole numbers below 2^63 by a fixed one, by a product and a
// shift (Granlund and Montgomery, 1994).
type Divisor struct {
	by, magic uint64
	shift     uint8
}

// By makes a divisor of a number above 1.
func By(by int64) Divisor {
	d := uint64(by)
	l := bits.Len64(d - 1)
	q, _ := bits.Div64(1<<(l-1), 0, d)
	return Divisor{d, q + 1, uint8(l - 1)}
}

func (d Divisor) of(x uint64) uint64 {
	hi, _ := bits.Mul64(x, d.magic)
	return hi >> (d.shift & 63)
}

// Scale is a × k divided and rounded, for a and k from zero.
func Scale[T Number](d []int64, a []T, k int64, by Divisor, mode money.Mode) {
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
			d[i] = int64(halfEven(uint64(int64(a[i])*k), by))
		}
		return
	}
	for i := range d {
		hi, _ := bits.Mul64(uint64(int64(a[i])*k)+more, magic)
		d[i] = int64(hi >> shift)
	}
}

// Signed is Scale for numbers below zero as well: what is rounded is the
// magnitude.
func Signed[T Number](d []int64, a []T, k int64, by Divisor, mode money.Mode) {
	a = a[:len(d)]
	more := uint64(0)
	switch mode {
	case money.HalfUp:
		more = by.by / 2
	case money.Up:
		more = by.by - 1
	}
	for i := range d {
		x := int64(a[i]) * k
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

func halfEven(x uint64, by Divisor) uint64 {
	q := by.of(x)
	r := x - q*by.by
	if left := by.by - r; r > left || r == left && q&1 == 1 {
		q++
	}
	return q
}

// Broad is a × b ÷ k in 128 bits. The compiler has bounded the result.
func Broad(d, a, b []int64, k int64, mode money.Mode) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i], _ = money.MulDiv(a[i], b[i], k, mode)
	}
}

// Wider is Broad for a and b from zero, without a division: that by a number is
// a product with its inverse (Möller and Granlund, 2011). mode is not HalfEven.
func Wider(d, a, b []int64, k int64, mode money.Mode) {
	a, b = a[:len(d)], b[:len(d)]
	by := uint64(k)
	more := uint64(0)
	switch mode {
	case money.HalfUp:
		more = by / 2
	case money.Up:
		more = by - 1
	}
	shift := uint(bits.LeadingZeros64(by)) & 63
	by <<= shift
	inverse, _ := bits.Div64(^by, ^uint64(0), by)
	for i := range d {
		hi, lo := bits.Mul64(uint64(a[i]), uint64(b[i]))
		lo, carry := bits.Add64(lo, more, 0)
		hi += carry
		hi, lo = hi<<shift|lo>>(64-shift), lo<<shift
		q, r := bits.Mul64(inverse, hi)
		r, carry = bits.Add64(r, lo, 0)
		q += hi + carry + 1
		if rest := lo - q*by; rest > r {
			q--
			if rest+by >= by {
				q++
			}
		} else if rest >= by {
			q++
		}
		d[i] = int64(q)
	}
}

// Quotient is a ÷ b towards zero.
func Quotient(d, a, b []int64) {
	a, b = a[:len(d)], b[:len(d)]
	for i := range d {
		d[i] = a[i] / b[i]
	}
}

// Bit is whether bit k of a is set.
func Bit(d, a []int64, k int64) {
	a = a[:len(d)]
	for i := range d {
		d[i] = -(a[i] >> (k & 63) & 1)
	}
}

// Total adds columns up, four at a time.
func Total(d []int64, columns [][]int64) {
	clear(d)
	for ; len(columns) >= 4; columns = columns[4:] {
		a, b, c, e := columns[0][:len(d)], columns[1][:len(d)], columns[2][:len(d)], columns[3][:len(d)]
		for i := range d {
			d[i] += a[i] + b[i] + c[i] + e[i]
		}
	}
	for _, a := range columns {
		AddR(d, d, a)
	}
}

// Sums adds up the entries of each element: the differences of a running total,
// so that there is no loop in the loop. What overflows in the total does so
// without harm.
func Sums(d, x []int64, seg []uint32, base uint32, running []int64) {
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
		t := running[seg[i]-base]
		d[i] = t - last
		last = t
	}
}

// Counting is the numbers below n.
func Counting(n int) []uint32 {
	x := make([]uint32, n)
	for i := range x {
		x[i] = uint32(i)
	}
	return x
}
