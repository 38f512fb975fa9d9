package paper

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
)

// HasBlank reports whether isBlank holds for a character of s. It is asked for
// almost every piece of text and looks at bytes.
func HasBlank(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t':
			return true
		case 0xc2, 0xe3, 0xef:
			if strings.HasPrefix(s[i:], "\u00a0") || strings.HasPrefix(s[i:], "\u3000") || strings.HasPrefix(s[i:], "\ufeff") {
				return true
			}
		}
	}
	return false
}

// Compact is s without blanks: the form in which print is matched.
func Compact(s string) string {
	if !HasBlank(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if IsBlank(r) || r == '\n' {
			return -1
		}
		return r
	}, s)
}

// Squeeze removes the blanks that a PDF sets between Chinese characters and
// around numbers; between two Latin words one blank stays.
func Squeeze(s string) string {
	if !HasBlank(s) {
		return s
	}
	var b strings.Builder
	gap, before := false, rune(0)
	for _, c := range s {
		if IsBlank(c) || c == '\n' {
			gap = true
			continue
		}
		if gap && IsWord(before) && IsWord(c) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		gap, before = false, c
	}
	return b.String()
}

// IsWord reports whether c is a Latin letter or an Arabic digit.
func IsWord(c rune) bool { return c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) }

// IsHan reports whether s is one or more Chinese characters and nothing else,
// the brackets and marks that names of organs contain excepted.
func IsHan(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) && !strings.ContainsRune("（）()·、", r) {
			return false
		}
	}
	return s != ""
}

// HanNumber reads a Chinese or Arabic number from 1 to 999: 二十四, 24.
func HanNumber(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, n > 0 && n < 1000
	}
	total, digit := 0, 0
	for _, r := range s {
		switch {
		case r == '百':
			total += max(digit, 1) * 100
			digit = 0
		case r == '十':
			total += max(digit, 1) * 10
			digit = 0
		default:
			i := strings.IndexRune(hanDigits, r)
			if i < 0 {
				return 0, false
			}
			digit = i / len("零")
		}
	}
	total += digit
	return total, total > 0 && total < 1000
}

// hanDigits in order; every digit takes three bytes.
const hanDigits = "零一二三四五六七八九"

// WholeDate reads a text that is a date and nothing else: 2016 年 6 月 15 日, or
// with the digits in Chinese as older documents have it.
func WholeDate(s string) (gov.Date, bool) {
	d, rest, ok := LeadingDate(Compact(s))
	return d, ok && rest == ""
}

// LeadingDate reads a date at the beginning of a text without blanks and
// returns what follows it.
func LeadingDate(s string) (d gov.Date, rest string, ok bool) {
	y, s, ok := strings.Cut(s, "年")
	if !ok || utf8.RuneCountInString(y) != 4 {
		return d, "", false
	}
	m, s, ok := strings.Cut(s, "月")
	if !ok || len(m) > 6 {
		return d, "", false
	}
	day, rest, ok := strings.Cut(s, "日")
	if !ok || len(day) > 9 {
		return d, "", false
	}
	year, err := strconv.Atoi(strings.Map(arabic, y))
	month, okMonth := HanNumber(m)
	n, okDay := HanNumber(day)
	d = gov.Date{Year: year, Month: time.Month(month), Day: n}
	return d, rest, err == nil && okMonth && okDay && year >= 1900 && d.Valid()
}

// arabic turns a Chinese digit of a year into an Arabic one.
func arabic(r rune) rune {
	if strings.ContainsRune("〇○Ｏ零", r) {
		return '0'
	}
	if i := strings.IndexRune(hanDigits, r); i >= 0 {
		return '0' + rune(i/len("零"))
	}
	return r
}

// Quoted finds the titles in 《》 at the outer level of s: their byte ranges
// without the brackets.
func Quoted(s string) (at [][2]int) {
	depth, from := 0, 0
	for i, r := range s {
		switch r {
		case '《':
			if depth == 0 {
				from = i + len("《")
			}
			depth++
		case '》':
			if depth == 1 {
				at = append(at, [2]int{from, i})
			}
			depth = max(0, depth-1)
		}
	}
	return at
}

// Unquoted is s with every title in 《》 emptied.
func Unquoted(s string) string {
	var b strings.Builder
	from := 0
	for _, q := range Quoted(s) {
		b.WriteString(s[from:q[0]])
		from = q[1]
	}
	b.WriteString(s[from:])
	return b.String()
}

// Likeness compares two wordings of a title: 1 for equal, 0 for nothing in
// common; twice the longest common subsequence over both lengths.
func Likeness(a, b string) float64 {
	x, y := []rune(PlainTitle(a)), []rune(PlainTitle(b))
	if len(x) == 0 || len(y) == 0 || len(x) > 400 || len(y) > 400 {
		return 0
	}
	row := make([]int, len(y)+1)
	for _, c := range x {
		diagonal := 0
		for j, d := range y {
			up := row[j+1]
			switch {
			case c == d:
				row[j+1] = diagonal + 1
			case row[j] > up:
				row[j+1] = row[j]
			}
			diagonal = up
		}
	}
	return 2 * float64(row[len(y)]) / float64(len(x)+len(y))
}

var plainMarks = strings.NewReplacer("(", "（", ")", "）", "<", "〈", ">", "〉", "﹝", "〔", "﹞", "〕", "－", "—", "-", "—", "－", "—", "—", "—")

// PlainTitle makes wordings of a title comparable: no blanks, one form of each
// bracket and dash.
func PlainTitle(s string) string { return plainMarks.Replace(Compact(s)) }
