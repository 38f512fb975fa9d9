package money

import (
	"math"
	"strings"
	"testing"

	"quanxiang/gov"
)

func TestTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fen{
		"12000": 12_000 * Yuan, "12,000元": 12_000 * Yuan, "12，000": 12_000 * Yuan, "１２０００": 12_000 * Yuan, "１２，０００．５０元": 12_000_50,
		"1 200": 1200 * Yuan, "1　200 元": 1200 * Yuan, "1 234 567.8": 1_234_567_80, "12\u00a0000 yuan": 12_000 * Yuan,
		"1万": Wan, "1.5万元": 15_000 * Yuan, "1.5 万元": 15_000 * Yuan, "1，880万": 1880 * Wan, "5千": 5000 * Yuan, "20千元": 20_000 * Yuan, "3亿": 3 * Yi, "2百万": 200 * Wan, "1.2千万元": 1200 * Wan, "1万亿元": 10_000 * Yi,
		"3亿5000万元": 3*Yi + 5000*Wan, "1万2千元": 12_000 * Yuan, "1万2000元": 12_000 * Yuan, "1万2千": 12_000 * Yuan, "1亿 5,000万": Yi + 5000*Wan, "1万2000.50元": 12_000_50,
		"5元5角": 5_50, "5元5角5分": 5_55, "3角": 30, "7分": 7, "7 fen": 7,
		"¥800": 800 * Yuan, "￥ 1.5万": 15_000 * Yuan, "人民币12,000元整": 12_000 * Yuan, "-5万": -5 * Wan, "－５": -5 * Yuan, "−0.05": -5, "+3": 3 * Yuan, "-¥3": -3 * Yuan, "0": 0, " 0.01 ": 1, "007": 7 * Yuan,
	} {
		if got, err := Typed(text, Yuan); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "not an amount", "元": "not an amount", "万元": "not an amount", "¥": "not an amount", "-": "not an amount", "十万": "not an amount", "1e3": "not an amount",
		"1,5": "not an amount", "1，5万": "not an amount", "1,2000": "not an amount", "1.2.3": "not an amount", "1.": "not an amount", ".5": "not an amount", "1 2": "not an amount", "1,234 567": "not an amount", "--1": "not an amount", "¥-3": "not an amount",
		"1万元2千": "not an amount", "1万2": "not an amount", "1万2000": "not an amount", "5元5": "not an amount", "5角5元": "not an amount", "1.5万2千元": "not an amount", "1万20000元": "not an amount", "1万1万": "not an amount", "1千5万": "not an amount", "5元5角5角": "not an amount", "5元30角": "not an amount",
		"3万-5万": "not an amount", "约3万": "not an amount", "3万以上": "not an amount", "3角元": "not an amount", "3%": "not an amount",
		"1.005": "whole number of fen", "0.0000001万": "whole number of fen", "0.5分": "whole number of fen",
		"99999999999999999999": "too large", "9223372036854775807万": "too large", "10000000万亿": "too large",
	} {
		if got, err := Typed(text, Yuan); err == nil || gov.CodeOf(err) != gov.Invalid || !strings.Contains(err.Text.EN, want) {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	if got, err := Typed("300", Wan); err != nil || got != 300*Wan {
		t.Errorf("300 counted in 万: %s, %v", got, err)
	}
	if got, err := Typed("300元", Wan); err != nil || got != 300*Yuan {
		t.Errorf("300元 where 万 are counted: %s, %v", got, err)
	}
	if _, err := Typed("12,000", 0); err == nil || err.Text.ZH != "“12,000”没有单位，应写作 12,000元 或 12,000万元" {
		t.Errorf("a number that has to have a unit: %v", err)
	}
}

// forms are the ways the program writes an amount.
func forms(f Fen) []string {
	return []string{f.String(), f.Short(), f.As(gov.ZH), f.As(gov.EN), f.In(gov.ZH), f.In(gov.EN)}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, f := range []Fen{0, 1, -1, 9, 10, 99, 100, 951_235_49, 12_345_600, Wan, -Wan, Wan + 1, 15 * Yi / 10, Yi - 1, 123 * Yi, math.MaxInt64, -math.MaxInt64} {
		for _, s := range forms(f) {
			if got, err := Typed(s, Yuan); err != nil || got != f {
				t.Errorf("%q: %d, %v; want %d", s, got, err, f)
			}
		}
	}
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"12000", "1.5万元", "１２，０００．５", "1 200", "3亿5000万元", "5元5角", "-¥800", "1万元2千", "1,5", "人民币 3 元整", "9223372036854775807分", "0.000001万"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Typed(text, Yuan)
		if err != nil {
			if err.Text.ZH == "" || err.Text.EN == "" {
				t.Errorf("%q: nothing said in a language", text)
			}
			return
		}
		for _, s := range forms(got) {
			if again, err := Typed(s, Yuan); err != nil || again != got {
				t.Errorf("%q is %d, written %q, read %d, %v", text, got, s, again, err)
			}
		}
		if strict, err := Typed(text, 0); err == nil && strict != got {
			t.Errorf("%q is %d, and %d where units are needed", text, got, strict)
		}
	})
}
