package money

import (
	"cmp"
	"math/bits"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Fen is an amount of money in fen, a hundredth of a yuan.
type Fen int64

// Amounts people count in.
const (
	Jiao Fen = 10
	Yuan Fen = 100
	Wan  Fen = 10_000 * Yuan
	Yi   Fen = 10_000 * Wan
)

// Ratio is a share in hundred-millionths, so that every percentage with up to
// six decimals is exact. Thirds are not ratios; a document that speaks of them
// speaks of equal parts.
type Ratio int64

// Whole is a ratio of one, 100 %.
const Whole Ratio = 100_000_000

// Mode is a way of rounding.
type Mode uint8

// The ways of rounding. HalfUp rounds halves away from zero.
const (
	HalfUp   Mode = iota // 四舍五入
	Down                 // 去尾
	Up                   // 进一
	HalfEven             // 四舍六入五成双
)

// Rounding is a mode and the step amounts are rounded to.
type Rounding struct {
	Mode Mode
	Step Fen // 1 or more
}

// ToFen is the rounding of documents that say nothing.
var ToFen = Rounding{HalfUp, 1}

// MulDiv is a × b ÷ c rounded to a whole number, computed in 128 bits; c is
// above zero. The second result is false if the quotient does not fit.
func MulDiv(a, b, c int64, mode Mode) (int64, bool) {
	negative := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	d := uint64(c)
	if c <= 0 || hi >= d {
		return 0, false
	}
	q, r := bits.Div64(hi, lo, d)
	if r != 0 {
		up := false
		switch mode {
		case HalfUp:
			up = r >= d-r
		case Up:
			up = true
		case HalfEven:
			up = r > d-r || r == d-r && q&1 == 1
		}
		if up {
			q++
		}
	}
	if q > 1<<63-1 {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// CompareProducts compares a × b with c × d exactly.
func CompareProducts(a, b, c, d int64) int {
	sa, sc := sign(a)*sign(b), sign(c)*sign(d)
	if sa != sc {
		return cmp.Compare(sa, sc)
	}
	ah, al := bits.Mul64(magnitude(a), magnitude(b))
	ch, cl := bits.Mul64(magnitude(c), magnitude(d))
	return sa * cmp.Or(cmp.Compare(ah, ch), cmp.Compare(al, cl))
}

func sign(a int64) int { return cmp.Compare(a, 0) }

// Share is a ratio of an amount, rounded. The second result is false if it does
// not fit.
func Share(f Fen, r Ratio, by Rounding) (Fen, bool) {
	q, ok := MulDiv(int64(f), int64(r), int64(Whole)*int64(by.Step), by.Mode)
	if !ok {
		return 0, false
	}
	return product(q, int64(by.Step))
}

func product(q, step int64) (Fen, bool) {
	hi, lo := bits.Mul64(magnitude(q), uint64(step))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	return Fen(q * step), true
}

// units are the words of amounts and what they hold in fen.
var units = []struct {
	word string
	fen  Fen
}{
	{"亿元", Yi}, {"千万元", 1000 * Wan}, {"百万元", 100 * Wan}, {"万元", Wan}, {"元", Yuan}, {"角", Jiao}, {"分", 1}, {"yuan", Yuan}, {"fen", 1},
}

// Unit is what a word for an amount holds in fen, 0 if it is none.
func Unit(word string) Fen {
	for _, u := range units {
		if u.word == word {
			return u.fen
		}
	}
	return 0
}

// Decimal multiplies a decimal number as people write it, with an optional sign
// and thousands separators, by a whole number and returns the product if it is
// whole and fits; separators stand after every third digit. It is how every amount,
// ratio and count is read.
func Decimal(s string, times int64) (int64, bool) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	whole, parted := Ungroup(whole)
	if whole == "" || !parted || dotted && fraction == "" || len(fraction) > 18 || strings.ContainsAny(whole+fraction, "+-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, false
	}
	total, ok := MulDiv(n, times, 1, Down)
	if !ok {
		return 0, false
	}
	if fraction != "" {
		f, err := strconv.ParseInt(fraction, 10, 64)
		if err != nil {
			return 0, false
		}
		scale := int64(1)
		for range fraction {
			scale *= 10
		}
		part, ok := MulDiv(f, times, scale, Down)
		if !ok || CompareProducts(part, scale, f, times) != 0 || total > 1<<63-1-part {
			return 0, false
		}
		total += part
	}
	if negative {
		total = -total
	}
	return total, true
}

// String is the amount in yuan with two decimals, as tables carry it: 940000.00.
func (f Fen) String() string {
	m := magnitude(int64(f))
	s := strconv.FormatUint(m/100, 10) + "." + string('0'+rune(m/10%10)) + string('0'+rune(m%10))
	if f < 0 {
		return "-" + s
	}
	return s
}

// Short is the amount as documents write it: 94万元, 12,345万元, 9512.35元.
func (f Fen) Short() string {
	for _, u := range []struct {
		fen  Fen
		word string
	}{{Yi, "亿元"}, {Wan, "万元"}, {Yuan, "元"}} {
		if f != 0 && f%(u.fen/100) == 0 && magnitude(int64(f)) >= uint64(u.fen) {
			return group(trim(int64(f), int64(u.fen))) + u.word
		}
	}
	return group(trim(int64(f), int64(Yuan))) + "元"
}

// group parts the thousands of a number from 10,000 up.
func group(s string) string {
	whole, fraction, dotted := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n == 0 { // -0 keeps its sign
		return s
	}
	if whole = gov.Thousands(n); dotted {
		whole += "." + fraction
	}
	return whole
}

// As is the amount as people write it in a language: 94万元 as officials do, 9512元
// what is no round sum, 940,000 yuan in English.
func (f Fen) As(l gov.Lang) string {
	if s := f.Short(); l == gov.ZH && (strings.HasSuffix(s, "万元") || strings.HasSuffix(s, "亿元")) {
		return s
	}
	return f.In(l)
}

// In is the amount in a language of the interface: 951,235.49元.
func (f Fen) In(l gov.Lang) string {
	out := group(strings.TrimSuffix(f.String(), ".00"))
	if l == gov.EN {
		return out + " yuan"
	}
	return out + "元"
}

// String is the ratio as a percentage: 12.5%.
func (r Ratio) String() string { return trim(int64(r), int64(Whole)/100) + "%" }

// trim writes n ÷ scale, a power of ten, without superfluous zeros.
func trim(n, scale int64) string {
	m := magnitude(n)
	s := strconv.FormatUint(m/uint64(scale), 10)
	if rest := m % uint64(scale); rest != 0 {
		f := strconv.FormatUint(rest+uint64(scale), 10)[1:]
		s += "." + strings.TrimRight(f, "0")
	}
	if n < 0 {
		return "-" + s
	}
	return s
}

// Number writes n ÷ 10^decimals without superfluous zeros.
func Number(n int64, decimals int) string { return trim(n, Power(decimals)) }

// Grouped is Number as people read it, its thousands parted from 10,000 up.
func Grouped(n int64, decimals int) string { return group(Number(n, decimals)) }

// Power is 10 to the n-th, n from 0 to 18.
func Power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
