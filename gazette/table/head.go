package table

import (
	"slices"
	"strings"

	"quanxiang/gazette/paper"
)

// head matches the head of a layout at line i: the heads of its columns in
// order, however they are broken into lines. It returns the columns found and
// the number of lines; of a head whose last columns are optional the longest.
func (l *Layout) head(ls []paper.Line, i int) (cols []Column, lines int) {
	if !l.begins(ls[i].Text) {
		return nil, 0
	}
	var found []Column
	rest, c := "", 0
	for n := i; n < len(ls) && n-i < longestHead; n++ {
		rest += paper.Compact(ls[n].Text)
		for c < len(l.Columns) && rest != "" {
			h, cut := l.Columns[c].match(rest)
			if h == 0 && cut { // the head may go on in the next line
				break
			}
			if h > 0 {
				found, rest = append(found, l.Columns[c]), rest[h:]
			} else if !l.Columns[c].Optional {
				return cols, lines
			}
			c++
		}
		switch {
		case rest == "" && l.complete(c) && len(found) >= 3 && hasNo(found):
			cols, lines = slices.Clone(found), n-i+1
		case rest != "" && c == len(l.Columns):
			return cols, lines
		}
	}
	return cols, lines
}

// longestHead is how many lines the head of a table may take.
const longestHead = 40

// begins is a quick test whether a line can begin the head.
func (l *Layout) begins(s string) bool {
	for _, c := range l.Columns {
		for _, h := range c.Heads {
			if n, _ := commonHead(h, s); n >= len(paper.FirstRune(s)) {
				return true
			}
		}
		if !c.Optional {
			break
		}
	}
	return false
}

func (l *Layout) complete(from int) bool {
	for _, c := range l.Columns[from:] {
		if !c.Optional {
			return false
		}
	}
	return true
}

func hasNo(cols []Column) bool {
	for _, c := range cols {
		if c.Role == RoleNo {
			return true
		}
	}
	return false
}

// anyYear stands in a head for the four digits of a year, which differ from
// plan to plan: YYYY年规划值.
const anyYear = "YYYY"

// match finds the longest head of the column at the front of s. Cut means that
// s ends inside a head.
func (c *Column) match(s string) (size int, cut bool) {
	for _, h := range c.Heads {
		n, whole := commonHead(h, s)
		switch {
		case whole:
			size = max(size, len(h))
		case n == len(s):
			cut = true
		}
	}
	return size, cut && size == 0
}

// commonHead is how many bytes of s agree with the head from its beginning,
// and whether that is the whole head.
func commonHead(h, s string) (n int, whole bool) {
	year := strings.Index(h, anyYear)
	for n < len(h) && n < len(s) {
		digit := '0' <= s[n] && s[n] <= '9'
		if year >= 0 && n >= year && n < year+len(anyYear) && digit || h[n] == s[n] {
			n++
			continue
		}
		return n, false
	}
	return n, n == len(h)
}
