// Package drawtest is the statistics of the tests of the draw: what a count
// that should be due to chance is held against. Keys are fixed, so a test gives
// the same number each time and its bounds can be strict.
package drawtest

import (
	"encoding/binary"
	"flag"
	"math"
	"slices"
	"testing"

	"quanxiang/draw/lot"
)

// long asks for the sizes of the specification.
var long = flag.Bool("long", false, "run the statistical tests at the sizes of the specification")

// Times is how often a test repeats: few by default, all with -long.
func Times(few, all int) int {
	if *long {
		return all
	}
	return few
}

// Key is the fixed key number n of a test.
func Key(test string, n int) lot.Hash { return lot.SHA256.TH("test", []byte(test), lot.U64(int64(n))) }

// Number is the uid of equipment number n.
func Number(n int) lot.UID {
	u := lot.UID{byte(lot.Equipment), 8}
	binary.BigEndian.PutUint64(u[2:], uint64(n))
	return u
}

// The bounds of the specification.
const (
	leastP = 1e-6
	worstZ = 5.5
)

// P fails a test whose probability is too small, or too good.
func P(t *testing.T, what string, p float64) {
	t.Helper()
	t.Logf("%s: p = %.4g", what, p)
	if p <= leastP || p >= 1-leastP || math.IsNaN(p) {
		t.Errorf("%s: p = %g is outside of (1e-6, 1−1e-6)", what, p)
	}
}

// Z fails a test that is too many standard deviations off.
func Z(t *testing.T, what string, z float64) {
	t.Helper()
	t.Logf("%s: z = %.3f", what, z)
	if !(math.Abs(z) < worstZ) {
		t.Errorf("%s: z = %g is not below 5.5", what, z)
	}
}

// Worst keeps the value farthest from zero.
func Worst(worst *float64, z float64) {
	if math.Abs(z) > math.Abs(*worst) || math.IsNaN(z) {
		*worst = z
	}
}

// Binomial is how many standard deviations a count of n trials is off.
func Binomial(count, n int, p float64) float64 {
	return (float64(count) - float64(n)*p) / math.Sqrt(float64(n)*p*(1-p))
}

// Uniform is the probability that counts are at least as uneven by chance.
func Uniform(counts []int) float64 {
	sum := 0
	for _, c := range counts {
		sum += c
	}
	e, x := float64(sum)/float64(len(counts)), 0.0
	for _, c := range counts {
		x += (float64(c) - e) * (float64(c) - e) / e
	}
	return ChiSquare(x, len(counts)-1)
}

// ChiSquare is the probability of a χ² of at least x.
func ChiSquare(x float64, df int) float64 { return upperGamma(float64(df)/2, x/2) }

// upperGamma is the regularised upper incomplete gamma function, by its series
// or its continued fraction.
func upperGamma(a, x float64) float64 {
	lg, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - lg)
	if x < a+1 {
		term, sum := 1/a, 1/a
		for n := 1; n < 10_000 && term > sum*1e-16; n++ {
			term *= x / (a + float64(n))
			sum += term
		}
		return 1 - front*sum
	}
	b := x + 1 - a
	c, d := 1e300, 1/b
	h := d
	for i := 1; i < 10_000; i++ {
		an := -float64(i) * (float64(i) - a)
		b += 2
		d = 1 / (an*d + b)
		c = b + an/c
		h *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return front * h
}

// Kolmogorov is the probability that heads of tickets lie at least as far from
// an even spread.
func Kolmogorov(heads []uint64) float64 {
	slices.Sort(heads)
	n, worst := float64(len(heads)), 0.0
	for i, h := range heads {
		x := float64(h) / (1 << 63) / 2
		worst = max(worst, x-float64(i)/n, float64(i+1)/n-x)
	}
	l := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * worst
	p, sign := 0.0, 2.0
	for k := 1.0; k < 100; k++ {
		p += sign * math.Exp(-2*k*k*l*l)
		sign = -sign
	}
	return min(1-2*leastP, p)
}
