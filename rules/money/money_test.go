package money

import (
	"math"
	"math/big"
	"testing"

	"quanxiang/gov"
)

func TestMulDivRounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b, c int64
		want    [4]int64 // HalfUp, Down, Up, HalfEven
	}{
		{5, 1, 2, [4]int64{3, 2, 3, 2}},
		{7, 1, 2, [4]int64{4, 3, 4, 4}},
		{-5, 1, 2, [4]int64{-3, -2, -3, -2}},
		{10, 1, 3, [4]int64{3, 3, 4, 3}},
		{6, 1, 3, [4]int64{2, 2, 2, 2}},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, [4]int64{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}},
	} {
		for mode, want := range c.want {
			if got, ok := MulDiv(c.a, c.b, c.c, Mode(mode)); !ok || got != want {
				t.Errorf("MulDiv(%d, %d, %d, %d) = %d, %t; want %d", c.a, c.b, c.c, mode, got, ok, want)
			}
		}
	}
	for _, c := range [][3]int64{{math.MaxInt64, 2, 1}, {1, 1, 0}, {math.MinInt64, 1, 1}} {
		if got, ok := MulDiv(c[0], c[1], c[2], Down); ok {
			t.Errorf("MulDiv(%v) = %d, want no answer", c, got)
		}
	}
}

// The sum that another engine in production had eight off (float32).
func TestShareIsExact(t *testing.T) {
	t.Parallel()
	got, ok := Share(68_212_208*Yuan, Whole, ToFen)
	if !ok || got != 68_212_208*Yuan {
		t.Errorf("all of it = %s", got)
	}
	got, ok = Share(1, Whole/2, ToFen)
	if !ok || got != 1 {
		t.Errorf("half a fen, half up = %s", got)
	}
	if got, _ = Share(123_456, Whole, Rounding{Down, Yuan}); got != 123_400 {
		t.Errorf("to a yuan, down = %s", got)
	}
}

func FuzzCompareProducts(f *testing.F) {
	f.Add(int64(3), int64(4), int64(6), int64(2))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), int64(-1), int64(1))
	f.Fuzz(func(t *testing.T, a, b, c, d int64) {
		x := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		y := new(big.Int).Mul(big.NewInt(c), big.NewInt(d))
		if got, want := CompareProducts(a, b, c, d), x.Cmp(y); got != want {
			t.Errorf("CompareProducts(%d, %d, %d, %d) = %d, want %d", a, b, c, d, got, want)
		}
	})
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     string
		times int64
		want  int64
		ok    bool
	}{
		{"1.5", int64(Yi), int64(Yi) * 3 / 2, true},
		{"1,880", int64(Wan), 1880 * int64(Wan), true},
		{"0.001", int64(Yuan), 0, false}, // a tenth of a fen
		{"-3", 1, -3, true},
		{"", 1, 0, false},
		{"1.", 1, 0, false},
		{"--1", 1, 0, false},
		{"-+1", 1, 0, false},
		{"9223372036854775807", 10, 0, false},
		{"9223372036854775807.5", 2, 0, false},
	} {
		if got, ok := Decimal(c.s, c.times); ok != c.ok || got != c.want {
			t.Errorf("Decimal(%q, %d) = %d, %t; want %d, %t", c.s, c.times, got, ok, c.want, c.ok)
		}
	}
}

func TestAmountsInWords(t *testing.T) {
	t.Parallel()
	for f, want := range map[Fen]string{94 * Wan: "94万元", 150 * Yi: "150亿元", 15 * Yi / 10: "1.5亿元", 951_235_49: "951,235.49元", 12_345 * Wan: "12,345万元", 1880 * Wan: "1880万元", -12_345 * Yuan / 10: "-1234.5元", 951235: "9512.35元", 0: "0元", -5 * Wan: "-5万元"} {
		if got := f.Short(); got != want {
			t.Errorf("%d: %s, want %s", int64(f), got, want)
		}
	}
	for f, want := range map[Fen][2]string{94 * Wan: {"94万元", "940,000 yuan"}, 15 * Yi / 10: {"1.5亿元", "150,000,000 yuan"}, 951_235_49: {"951,235.49元", "951,235.49 yuan"}, 951235: {"9512.35元", "9512.35 yuan"}, 0: {"0元", "0 yuan"}} {
		if got := [2]string{f.As(gov.ZH), f.As(gov.EN)}; got != want {
			t.Errorf("%d: %s, want %s", int64(f), got, want)
		}
	}
	if got := Fen(-1).String(); got != "-0.01" {
		t.Errorf("minus one fen: %s", got)
	}
	if got := (Whole / 8).String(); got != "12.5%" {
		t.Errorf("an eighth: %s", got)
	}
}
