// Package bounds is arithmetic on what values can be at least and at most, and
// the packing of lists into keys of maps.
package bounds

import (
	"math/bits"
	"strings"
)

// Limit is what bounds stay within: beyond it a value is not for 64 bits.
const Limit = int64(1) << 62

// Plus is a bound of a sum of two bounds.
func Plus(a, b int64) int64 {
	switch {
	case a > 0 && b > Limit-a:
		return Limit
	case a < 0 && b < -Limit-a:
		return -Limit
	}
	return a + b
}

// Times is a bound of a product; false if it leaves 62 bits.
func Times(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(Abs(a), Abs(b))
	if hi != 0 || lo > uint64(Limit) {
		if (a < 0) != (b < 0) {
			return -Limit, false
		}
		return Limit, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// Abs is a magnitude.
func Abs(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

// Common is the greatest common divisor; b is above zero.
func Common(a, b int64) int64 {
	x, y := Abs(a), uint64(b)
	for x != 0 {
		x, y = y%x, x
	}
	return int64(y)
}

// Floor is a ÷ b downwards; b is above zero.
func Floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Pack packs operands beyond three.
func Pack(list []int32) string {
	var b strings.Builder
	for _, i := range list {
		b.Write([]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
	}
	return b.String()
}

// Pack64 packs numbers.
func Pack64(lists ...[]int64) string {
	var b strings.Builder
	for _, list := range lists {
		for _, x := range list {
			for shift := 56; shift >= 0; shift -= 8 {
				b.WriteByte(byte(x >> shift))
			}
		}
	}
	return b.String()
}

// Unpack64 is what Pack64 packed.
func Unpack64(s string) []int64 {
	var list []int64
	for ; len(s) >= 8; s = s[8:] {
		x := int64(0)
		for i := range 8 {
			x = x<<8 | int64(s[i])
		}
		list = append(list, x)
	}
	return list
}
