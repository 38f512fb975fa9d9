package syntax

import (
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
)

// Parse reads a rule file. Every mistake is added to list; the file holds what
// could be read.
func Parse(name string, data []byte, list *problems.List) *File {
	p := &parser{problems: list}
	before := len(*list)
	f := &File{Source: Read(name, data, list)}
	p.lang = f.Source.Lang
	if len(f.Source.Lines) == 0 && len(*list) == before {
		list.Add(gov.Pos{File: name}, "规则文件是空的", "the rule file is empty")
	}
	for i, l := range f.Source.Lines {
		p.item(f, l, i == 0)
	}
	for _, e := range f.Examples {
		e.Doc = f.Short()
	}
	return f
}

// parser reads lines; the fields below lang are about the line it is at.
type parser struct {
	problems *problems.List
	lang     Lang

	line   *Line
	i      int
	failed bool // the line has a mistake already: nothing more is said of it
	bare   int  // in brackets 的 is an operator; at 0 after 按 it ends the amount
	share  bool
	depth  int
}

// begin turns to a line.
func (p *parser) begin(l *Line) { p.line, p.i, p.failed, p.share, p.bare = l, 0, false, false, 0 }

// end reports what is left of the line.
func (p *parser) end() {
	if !p.failed && p.i < len(p.line.Tokens) {
		p.fail("这里不该再有“%s”", "%q is not expected here", p.text())
	}
}

// text is the token at hand, "" at the end of the line.
func (p *parser) text() string {
	if p.i >= len(p.line.Tokens) {
		return ""
	}
	return p.line.Tokens[p.i].Text
}

// expected reports that something else stands here.
func (p *parser) expected(zh, en string) {
	if p.i >= len(p.line.Tokens) {
		p.fail("这里应是%[1]s，这一行却到此为止", "expected %[2]s, but the line ends here", zh, en)
		return
	}
	p.fail("这里应是%[1]s，而不是“%[3]s”", "expected %[2]s, not %[3]q", zh, en, p.text())
}

func (p *parser) pos() gov.Pos {
	if p.i < len(p.line.Tokens) {
		return p.line.Tokens[p.i].Pos
	}
	at := p.line.Pos
	if n := len(p.line.Tokens); n > 0 {
		at = p.line.Tokens[n-1].Pos
		at.Column = p.line.Tokens[n-1].End
	}
	return at
}

// fail reports the first mistake of a line.
func (p *parser) fail(zh, en string, args ...any) { p.failGuess("", zh, en, args...) }

func (p *parser) failGuess(guess, zh, en string, args ...any) {
	if p.failed {
		return
	}
	p.failed = true
	if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Bad {
		return // the lexer has said so
	}
	p.problems.AddGuess(p.pos(), guess, zh, en, args...)
}

// wanted reports that one of several words was expected.
func (p *parser) wanted(keys ...Key) {
	spelt := make([]string, len(keys))
	for i, k := range keys {
		spelt[i] = k.Spelt(p.lang)
	}
	if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Word {
		word := p.text()
		for _, k := range spellings[1-p.lang][word] {
			if slices.Contains(keys, k) {
				zh, en := "中文", "Chinese"
				if p.lang == English {
					zh, en = "英文", "English"
				}
				p.fail("这份文件用"+zh+"写，“%s”应写作“%s”", "this file is written in "+en+": write %[2]s for %[1]s", word, k.Spelt(p.lang))
				return
			}
		}
		if guess := problems.Suggest(word, spelt); guess != "" {
			p.failGuess(guess, "不认识“%s”", "unknown word %q", word)
			return
		}
	}
	if len(spelt) > 8 && p.i < len(p.line.Tokens) {
		p.fail("不认识“%s”", "unknown word %q", p.text())
		return
	}
	list := strings.Join(spelt, map[Lang]string{Chinese: "、", English: ", "}[p.lang])
	p.expected(list, list)
}

// peek is the key of the word at hand that is among those given.
func (p *parser) peek(keys ...Key) Key {
	if p.i >= len(p.line.Tokens) {
		return NoKey
	}
	t := p.line.Tokens[p.i]
	if t.Kind != Word && t.Kind != Sign {
		return NoKey
	}
	for _, k := range spellings[p.lang][t.Text] {
		if slices.Contains(keys, k) {
			return k
		}
	}
	return NoKey
}

// take reads one of the words if it is at hand.
func (p *parser) take(keys ...Key) Key {
	k := p.peek(keys...)
	if k != NoKey {
		p.i++
	}
	return k
}

// need reads one of the words.
func (p *parser) need(keys ...Key) Key {
	k := p.take(keys...)
	if k == NoKey {
		p.wanted(keys...)
	}
	return k
}

func (p *parser) sign(s string) bool {
	if p.line.is(p.i, s) {
		p.i++
		return true
	}
	return false
}

func (p *parser) needSign(s string) bool {
	if p.sign(s) {
		return true
	}
	p.expected("“"+s+"”", strconv.Quote(s))
	return false
}

// kind reads a token of a kind.
func (p *parser) kind(k Kind, zh, en string) (Token, bool) {
	if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == k {
		p.i++
		return p.line.Tokens[p.i-1], true
	}
	p.expected(zh, en)
	return Token{}, false
}

// name reads a name.
func (p *parser) name() Name {
	t, ok := p.kind(Word, "一个名称", "a name")
	if ok && reserved[p.lang][t.Text] {
		p.i--
		p.fail("“%s”是语言里的词，不能作名称", "%q is a word of the language and no name", t.Text)
		p.i++
	}
	return Name{t.Text, t.Pos}
}

// short reads the short name of a document, which may begin with a digit.
func (p *parser) short() Name {
	if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Quantity {
		p.i++
		return Name{p.line.Tokens[p.i-1].Text, p.line.Tokens[p.i-1].Pos}
	}
	return p.name()
}

func (p *parser) textOf() string {
	t, _ := p.kind(Text, "一段加引号的文字", "a text in quotation marks")
	return t.Text
}

func (p *parser) date() gov.Date {
	t, _ := p.kind(Date, "日期，如 2016-11-01", "a date like 2016-11-01")
	d, _ := gov.ParseDate(t.Text) // the lexer has looked
	return d
}

// whole reads a whole number of at least low, whatever its unit.
func (p *parser) whole(low, high int64) int64 {
	at := p.i
	l := p.quantity()
	if p.failed {
		return low
	}
	if l.Kind != CountLiteral || l.Decimals != 0 || l.Value < low || l.Value > high {
		p.i = at
		p.fail("这里应是 %d 到 %d 的整数，而不是“%s”", "expected a whole number from %d to %d, not %q", low, high, l.Text)
		return low
	}
	return l.Value
}

// note reads a label and citations.
func (p *parser) note() (n Note) {
	if p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Text {
		n.LabelP = p.pos()
		n.Label = p.textOf()
	}
	for p.i < len(p.line.Tokens) && p.line.Tokens[p.i].Kind == Cite {
		n.Cites = append(n.Cites, p.cite())
	}
	return n
}

// tail reads a note that ends the line.
func (p *parser) tail() Note {
	n := p.note()
	p.end()
	return n
}

// cite reads a citation.
func (p *parser) cite() Clause {
	t, ok := p.kind(Cite, "条款，如 @3/2", "a clause like @3/2")
	if !ok {
		return Clause{}
	}
	c := Clause{Path: t.Text[1:], Pos: t.Pos}
	if doc, path, ok := strings.Cut(c.Path, ":"); ok {
		c.Doc, c.Path = doc, path
	}
	if !validPath(c.Path) {
		p.i--
		p.fail("“%s”不是条款：第三条第二款写作 @3/2，第七条（一）写作 @7(1)，其第 2 目写作 @7(1)2", "%q is no clause: write @3/2 for paragraph 2 of article 3, @7(1) for item (一) of article 7, @7(1)2 for its sub-item 2", t.Text)
		p.i++
	}
	return c
}

// validPath reports whether a path is article{/n}{(n)[n]}.
func validPath(s string) bool {
	digits := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		v, err := strconv.Atoi(s[:n])
		s = s[n:]
		return err == nil && v > 0 && n < 5
	}
	if !digits() {
		return false
	}
	for s != "" {
		switch s[0] {
		case '/':
			s = s[1:]
			if !digits() {
				return false
			}
		case '(':
			s = s[1:]
			if !digits() || s == "" || s[0] != ')' {
				return false
			}
			s = s[1:]
			if s != "" && s[0] >= '0' && s[0] <= '9' && !digits() {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// childless reports lines below one that has none.
func (p *parser) childless(l *Line) {
	if len(l.Kids) > 0 {
		p.problems.Add(l.Kids[0].Pos, "这一行不能缩进在上一行之下：上一行没有下级", "this line cannot be indented below the line above, which takes none")
	}
}

// commas reads a list parted by commas.
func commas[T any](p *parser, read func() T) []T {
	list := []T{read()}
	for !p.failed && p.sign(",") {
		list = append(list, read())
	}
	return list
}
