package paper

import (
	"strings"
	"unicode/utf8"
)

// ChineseNumber reads a number up to ninety-nine at the front of s.
func ChineseNumber(s string) (n, size int) {
	tens, units := 0, 0
	for i, c := range s {
		if c == '十' {
			if tens > 0 {
				return 0, 0
			}
			tens, units = max(units, 1), 0
		} else if d := strings.IndexRune("一二三四五六七八九", c); d >= 0 && units == 0 {
			units = d/len("一") + 1
		} else {
			return tens*10 + units, i
		}
	}
	return tens*10 + units, len(s)
}

// SectionNumber is the number of a heading 一、 or （一）, or 0.
func SectionNumber(s string) int {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "（"), "(")
	n, size := ChineseNumber(s)
	if n == 0 || utf8.RuneCountInString(s) > 40 {
		return 0
	}
	for _, mark := range []string{"、", "）", ")"} {
		if strings.HasPrefix(s[size:], mark) {
			return n
		}
	}
	return 0
}

// CutNumber parts "12.text" at the mark after the number. It refuses "1.5".
func CutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 4 && '0' <= s[i] && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	if i == 0 || i > 3 {
		return 0, "", false
	}
	for _, mark := range []string{".", "．", "、"} {
		if rest, ok := strings.CutPrefix(s[i:], mark); ok {
			return n, rest, rest == "" || rest[0] < '0' || rest[0] > '9'
		}
	}
	return 0, "", false
}

// IsImprint recognises the imprint with which an official document closes.
func IsImprint(s string) bool {
	s = Compact(s)
	return strings.HasPrefix(s, "抄送:") || strings.HasPrefix(s, "抄送：")
}

// TitleBefore is the title of a table whose head stands at line i: the
// nearest short paragraph before it that is no sentence.
func TitleBefore(ls []Line, i int) string {
	for range 3 {
		to := i
		for i > 0 && to-i < 4 && (i == to || !ls[i-1].End) && !(i < to && ls[i].Page) {
			i--
		}
		var parts []string
		for _, l := range ls[i:to] {
			parts = append(parts, l.Text)
		}
		s := Squeeze(strings.Join(parts, ""))
		if s != "" && utf8.RuneCountInString(s) <= 40 && !strings.Contains(s, "。") {
			return s
		}
	}
	return ""
}

// FirstOf is the first character of s.
func FirstOf(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

// FirstRune is the first character of s as text.
func FirstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// IsAttachmentMark recognises the line 附件 or 附件1 over an attachment.
func IsAttachmentMark(l Line) bool {
	rest, ok := strings.CutPrefix(Squeeze(l.Text), "附件")
	return ok && strings.Trim(rest, "0123456789一二三四五六七八九十：:") == "" && utf8.RuneCountInString(rest) <= 3
}
