package gazette

import (
	"strings"
	"unicode/utf8"
)

// chineseNumber reads a number up to ninety-nine at the front of s.
func chineseNumber(s string) (n, size int) {
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

// sectionNumber is the number of a heading 一、 or （一）, or 0.
func sectionNumber(s string) int {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "（"), "(")
	n, size := chineseNumber(s)
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

// cutNumber parts "12.text" at the mark after the number. It refuses "1.5".
func cutNumber(s string) (n int, rest string, ok bool) {
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

// isImprint recognises the imprint with which an official document closes.
func isImprint(s string) bool {
	s = compact(s)
	return strings.HasPrefix(s, "抄送:") || strings.HasPrefix(s, "抄送：")
}

// titleBefore is the title of a table whose head stands at line i: the
// nearest short paragraph before it that is no sentence.
func titleBefore(ls []line, i int) string {
	for range 3 {
		to := i
		for i > 0 && to-i < 4 && (i == to || !ls[i-1].end) && !(i < to && ls[i].page) {
			i--
		}
		var parts []string
		for _, l := range ls[i:to] {
			parts = append(parts, l.text)
		}
		s := squeeze(strings.Join(parts, ""))
		if s != "" && utf8.RuneCountInString(s) <= 40 && !strings.Contains(s, "。") {
			return s
		}
	}
	return ""
}

func firstOf(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// isAttachmentMark recognises the line 附件 or 附件1 over an attachment.
func isAttachmentMark(l line) bool {
	rest, ok := strings.CutPrefix(squeeze(l.text), "附件")
	return ok && strings.Trim(rest, "0123456789一二三四五六七八九十：:") == "" && utf8.RuneCountInString(rest) <= 3
}
