package passwords

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quanxiang/gov"
)

// Limits of a password in characters. There is no rule about kinds of
// characters and no forced change: both make passwords worse (NIST SP 800-63B,
// section 5.1.1.2).
const (
	Min = 12
	Max = 128
)

// ownPart is how many characters of a password must be nobody else's: neither
// common pieces nor runs nor parts of the person's own names.
const ownPart = 6

//go:embed common.txt
var commonText string

// common are pieces that passwords are commonly made of, the longest first.
var common = func() []string {
	list := slices.DeleteFunc(strings.Fields(commonText), func(s string) bool { return s[0] == '#' })
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}()

// Normal is a password as it is hashed, so that the same keys give the
// same password on every system (RFC 8265, OpaqueString).
func Normal(password string) string { return norm.NFC.String(password) }

// Check returns an Invalid error that says what to change when a
// password is too easily guessed. Names are the login, the person's name and
// whatever else a guesser would try first.
func Check(password string, names ...string) error {
	refuse := func(zh, en string, args ...any) error {
		return &gov.Error{Code: gov.Invalid, Text: gov.Textf(zh, en, args...), Field: "password"}
	}
	password = Normal(password)
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return refuse("密码含有无法输入的字符", "the password holds characters that cannot be typed")
	case n < Min:
		return refuse("密码至少 %d 个字符；几个不相干的词连起来既长又好记", "a password has %d characters at least; some unrelated words in a row are long and easy to keep in mind", Min)
	case n > Max:
		return refuse("密码不能超过 %d 个字符", "a password has %d characters at most", Max)
	}
	rest := strings.ToLower(norm.NFKC.String(password))
	for _, name := range names {
		for part := range strings.FieldsFuncSeq(strings.ToLower(norm.NFKC.String(name)), func(r rune) bool { return strings.ContainsRune(" .@_-·", r) }) {
			if utf8.RuneCountInString(part) < 2 || !strings.Contains(rest, part) {
				continue
			}
			rest = strings.ReplaceAll(rest, part, "")
			if ownLen(rest) < ownPart {
				return refuse("密码不能主要由登录名或姓名组成", "a password may not consist mainly of the login or the name")
			}
		}
	}
	if ownLen(rest) < ownPart {
		return refuse("这个密码太常见或太有规律，容易被猜到；换几个不相干的词", "the password is too common or too regular and easily guessed; take some unrelated words")
	}
	return nil
}

// ownLen counts the characters that are left when common pieces, runs (abcd, 4321,
// aaaa) and repetitions are taken out.
func ownLen(s string) int {
	for _, piece := range common {
		s = strings.ReplaceAll(s, piece, "\x00")
	}
	var kept []rune
	runes := []rune(s)
	for i, r := range runes {
		if r == 0 || strings.ContainsRune(" .,!?@#$%^&*_-+=~，。！", r) || i > 0 && step(runes[i-1], r) {
			continue
		}
		kept = append(kept, r)
	}
	// A repetition counts once: half of abcabc is its own.
	for n := len(kept) / 2; n > 0; n-- {
		for len(kept) >= 2*n && slices.Equal(kept[len(kept)-n:], kept[len(kept)-2*n:len(kept)-n]) {
			kept = kept[:len(kept)-n]
		}
	}
	return len(kept)
}

// step reports that b follows a in a run.
func step(a, b rune) bool { return b-a >= -1 && b-a <= 1 }
