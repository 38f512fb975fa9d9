package eval

import "math/bits"

// wide is a whole number of 128 bits.
type wide struct {
	hi int64
	lo uint64
}

// times is a × b.
func times(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	h := int64(hi)
	if a < 0 {
		h -= b
	}
	if b < 0 {
		h -= a
	}
	return wide{h, lo}
}

func (x wide) plus(y wide) wide {
	lo, carry := bits.Add64(x.lo, y.lo, 0)
	return wide{x.hi + y.hi + int64(carry), lo}
}

func (x wide) minus() wide {
	lo, borrow := bits.Sub64(0, x.lo, 0)
	return wide{-x.hi - int64(borrow), lo}
}

// sign is −1, 0 or 1.
func (x wide) sign() int64 {
	switch {
	case x.hi < 0:
		return -1
	case x.hi == 0 && x.lo == 0:
		return 0
	}
	return 1
}

func (x wide) less(y wide) bool { return x.hi < y.hi || x.hi == y.hi && x.lo < y.lo }
