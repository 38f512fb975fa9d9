package gazette

import (
	"strings"
	"unicode"
)

// squeeze removes the blanks that a PDF sets between Chinese characters and
// around numbers; between two Latin words one blank stays.
func squeeze(s string) string {
	if strings.IndexFunc(s, isBlank) < 0 {
		return s
	}
	var b strings.Builder
	gap, before := false, rune(0)
	for _, c := range s {
		if isBlank(c) || c == '\n' {
			gap = true
			continue
		}
		if gap && isWord(before) && isWord(c) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		gap, before = false, c
	}
	return b.String()
}

func isWord(c rune) bool { return c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) }
