package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/gov/problems"
)

// What bounds a file; a longer one is not a document's rules.
const (
	maxBytes = 1 << 20
	maxDepth = 16
)

// wide are the full-width signs and digits, and what they stand for: who writes
// Chinese types them without noticing.
var wide = map[rune]rune{
	'：': ':', '，': ',', '；': ';', '（': '(', '）': ')', '＋': '+', '－': '-', '．': '.', '＝': '=', '＞': '>', '＜': '<', '　': ' ', '、': ',',
	'％': '%', '＠': '@', '／': '/', '＃': '#', '＊': '*', '！': '!',
	'０': '0', '１': '1', '２': '2', '３': '3', '４': '4', '５': '5', '６': '6', '７': '7', '８': '8', '９': '9',
}

// lexer turns a file into lines of tokens.
type lexer struct {
	name     string
	rows     []string
	row      int
	s        []rune // the row being read
	i        int
	problems *problems.List
}

func (x *lexer) pos() gov.Pos { return gov.Pos{File: x.name, Line: x.row + 1, Column: x.i + 1} }

func (x *lexer) bad(zh, en string, args ...any) { x.problems.Add(x.pos(), zh, en, args...) }

// Read reads a file as lines. What is wrong is added to problems; the lines
// are all there nevertheless.
func Read(name string, data []byte, list *problems.List) *Source {
	src := &Source{Name: name}
	if len(data) > maxBytes {
		list.Add(gov.Pos{File: name}, "规则文件超过 1 MB", "the rule file is over 1 MB")
		return src
	}
	if !utf8.Valid(data) {
		list.Add(gov.Pos{File: name}, "规则文件不是 UTF-8 文本", "the rule file is not UTF-8 text")
		return src
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	x := &lexer{name: name, rows: strings.Split(text, "\n"), problems: list}
	type level struct {
		indent int
		line   *Line
	}
	var (
		open  []level
		lead  []string
		apart bool
	)
	for ; x.row < len(x.rows); x.row++ {
		x.s, x.i = []rune(x.rows[x.row]), 0
		indent := x.indent()
		if x.i == len(x.s) {
			apart = apart || len(lead) == 0
			continue
		}
		if x.at(0) == '#' {
			lead = append(lead, comment(x.s[x.i:]))
			continue
		}
		line := &Line{Pos: x.pos(), Lead: lead, Apart: apart}
		lead, apart = nil, false
		x.line(line)
		for len(open) > 0 && open[len(open)-1].indent >= indent {
			open = open[:len(open)-1]
		}
		if len(open) >= maxDepth {
			list.Add(line.Pos, "缩进超过 %d 层", "indented more than %d levels deep", maxDepth)
			open = open[:maxDepth-1]
		}
		if len(open) == 0 {
			if indent > 0 {
				list.Add(line.Pos, "这一行缩进了，但上面没有它所属的行", "this line is indented, but there is no line above that it belongs to")
			}
			src.Lines = append(src.Lines, line)
		} else {
			above := open[len(open)-1].line
			if len(above.Kids) > 0 && above.Kids[0].Pos.Column != line.Pos.Column {
				list.Add(line.Pos, "这一行的缩进与同一段的前几行不一致", "this line is indented differently from the lines before it in its block")
			}
			above.Kids = append(above.Kids, line)
		}
		open = append(open, level{indent, line})
	}
	src.Tail = lead
	src.Lang = language(src)
	return src
}

// language goes by the first word of the file.
func language(src *Source) Lang {
	if len(src.Lines) > 0 && len(src.Lines[0].Tokens) > 0 {
		switch src.Lines[0].Tokens[0].Text {
		case KDocument.Spelt(English), KAmend.Spelt(English), KContinued.Spelt(English):
			return English
		}
	}
	return Chinese
}

func comment(s []rune) string { return strings.TrimSpace(strings.TrimLeft(string(s), "#＃")) }

// indent skips the spaces at the beginning of a row.
func (x *lexer) indent() int {
	n := 0
	for x.i < len(x.s) && (unicode.IsSpace(x.s[x.i])) {
		switch x.s[x.i] {
		case '\t', '　':
			n += 2
		default:
			n++
		}
		x.i++
	}
	return n
}

// line reads the tokens of a line, over several rows while a bracket is open.
func (x *lexer) line(l *Line) {
	depth := 0
	for {
		space := true
		for x.i < len(x.s) {
			r := x.s[x.i]
			if w, ok := wide[r]; ok {
				r = w
			}
			if r == '#' {
				l.Trail = strings.TrimSpace(l.Trail + " " + comment(x.s[x.i:]))
				x.i = len(x.s)
				break
			}
			if unicode.IsSpace(r) {
				x.i++
				space = true
				continue
			}
			t := x.token(r)
			t.Glue = !space
			space = false
			if t.Kind == Sign {
				switch t.Text {
				case "(":
					depth++
				case ")":
					depth--
				}
			}
			l.Tokens = append(l.Tokens, t)
		}
		if depth <= 0 || x.row+1 == len(x.rows) {
			break
		}
		next := x.rows[x.row+1]
		if next != "" && !unicode.IsSpace([]rune(next)[0]) && !strings.ContainsAny(next[:1], ")") && !strings.HasPrefix(next, "）") {
			break // an unclosed bracket must not swallow the file
		}
		x.row++
		x.s, x.i = []rune(next), 0
	}
	if depth > 0 {
		x.problems.Add(l.Pos, "这一行的括号没有合上", "a bracket of this line is not closed")
	} else if depth < 0 {
		x.problems.Add(l.Pos, "这一行多了右括号", "this line has a closing bracket too many")
	}
}

// token reads one token; r is its first character in ASCII.
func (x *lexer) token(r rune) Token {
	t := Token{Pos: x.pos(), Kind: Sign}
	start := x.i
	switch {
	case isDigit(r):
		x.number(&t)
	case unicode.IsLetter(r) || r == '_':
		t.Kind = Word
		for x.i < len(x.s) && (unicode.IsLetter(x.s[x.i]) || unicode.IsDigit(x.s[x.i]) || x.s[x.i] == '_') {
			x.i++
		}
	case r == '“' || r == '"' || r == '「':
		return x.quoted(t)
	case r == '@':
		t.Kind = Cite
		x.cite()
		t.Text = asciiOf(x.s[start:x.i])
		t.End = x.i + 1
		return t
	case strings.ContainsRune(":,;().+-×*", r):
		x.i++
		t.Text = string(r)
		if r == '*' {
			t.Text = "×"
		}
	case strings.ContainsRune("><=!≥≤≠", r):
		x.i++
		t.Text = map[rune]string{'≥': ">=", '≤': "<=", '≠': "!="}[r]
		if t.Text == "" {
			t.Text = string(r)
			if x.i < len(x.s) && (x.s[x.i] == '=' || x.s[x.i] == '＝') {
				x.i++
				if r != '=' {
					t.Text += "="
				}
			}
		}
		if t.Text == "!" {
			t.Kind = Bad
			x.problems.Add(t.Pos, "单独的“!”没有意义，“不是”写作“不是”", `a single "!" means nothing; write isnot`)
		}
	default:
		x.i++
		t.Kind = Bad
		x.problems.Add(t.Pos, "不认识的符号“%s”", "unknown sign %q", string(r))
	}
	if t.Text == "" {
		t.Text = asciiOf(x.s[start:x.i])
	}
	t.End = x.i + 1
	return t
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// at is the i-th character from here in ASCII, 0 at the end of the row.
func (x *lexer) at(i int) rune {
	if x.i+i >= len(x.s) {
		return 0
	}
	r := x.s[x.i+i]
	if w, ok := wide[r]; ok {
		return w
	}
	return r
}

// number reads a date or a number with its unit.
func (x *lexer) number(t *Token) {
	t.Kind = Quantity
	start := x.i
	digits := func() {
		for isDigit(x.at(0)) || x.at(0) == ',' && x.s[x.i] == ',' && isDigit(x.at(1)) && isDigit(x.at(2)) && isDigit(x.at(3)) && !isDigit(x.at(4)) {
			x.i++
		}
	}
	digits()
	if x.i-start == 4 && x.at(0) == '-' && isDigit(x.at(1)) && isDigit(x.at(2)) && x.at(3) == '-' && isDigit(x.at(4)) && isDigit(x.at(5)) {
		x.i += 6
		t.Kind = Date
		t.Text = asciiOf(x.s[start:x.i])
		if d, err := gov.ParseDate(t.Text); err != nil || d.IsZero() {
			x.problems.Add(t.Pos, "没有 %s 这一天", "there is no day %s", t.Text)
			t.Kind = Bad
		}
		return
	}
	fraction := func() {
		if x.at(0) == '.' && isDigit(x.at(1)) {
			x.i++
			digits()
		}
	}
	fraction()
	switch {
	case x.at(0) == '%':
		x.i++
	case x.at(0) == ':' && isDigit(x.at(1)):
		x.i++
		digits()
		fraction()
	default:
		x.unit()
	}
	t.Text = asciiOf(x.s[start:x.i])
}

// unit reads a unit, or what an amount is for one of: 元/平方米·天.
func (x *lexer) unit() {
	letters := func() {
		for x.i < len(x.s) && (unicode.IsLetter(x.s[x.i]) || x.s[x.i] == '_') {
			x.i++
		}
	}
	letters()
	if x.at(0) == '/' && unicode.IsLetter(x.at(1)) {
		x.i++
		letters()
		for (x.at(0) == '·') && unicode.IsLetter(x.at(1)) {
			x.i++
			letters()
		}
	}
}

// quoted reads a text. Chinese quotes may hold each other.
func (x *lexer) quoted(t Token) Token {
	open := x.s[x.i]
	shut := map[rune]rune{'“': '”', '"': '"', '「': '」'}[open]
	depth, start := 0, x.i+1
	for j := x.i; j < len(x.s); j++ {
		switch {
		case x.s[j] == shut && (depth == 1 || open == shut && j > x.i):
			t.Kind, t.Text = Text, string(x.s[start:j])
			x.i = j + 1
			t.End = x.i + 1
			return t
		case x.s[j] == shut && open != shut:
			depth--
		case x.s[j] == open:
			depth++
		}
	}
	x.bad("引号没有合上", "a quotation mark is not closed")
	t.Kind, t.Text = Bad, string(x.s[x.i:])
	x.i = len(x.s)
	t.End = x.i + 1
	return t
}

// cite reads a citation.
func (x *lexer) cite() {
	start, open := x.i, 0
	x.i++
	for x.i < len(x.s) {
		r := x.at(0)
		switch {
		case r == '(' || r == '/':
			if !isDigit(x.at(1)) {
				return
			}
		case r == ')':
		case r == ':':
			if !isDigit(x.at(1)) || !strings.ContainsFunc(string(x.s[start:x.i]), unicode.IsLetter) {
				return // not between a document and an article
			}
		case isDigit(r) || unicode.IsLetter(r):
		default:
			return
		}
		if r == ')' {
			if open == 0 {
				return // closes a bracket around the citation
			}
			open--
		} else if r == '(' {
			open++
		}
		x.i++
	}
}

// asciiOf writes full-width signs as ASCII ones.
func asciiOf(s []rune) string {
	var b strings.Builder
	for _, r := range s {
		if w, ok := wide[r]; ok {
			r = w
		}
		b.WriteRune(r)
	}
	return b.String()
}
