package syntax

import (
	"quanxiang/gov"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens.
const (
	Word     Kind = iota // a word of the language or a name
	Quantity             // a number with its unit: 100万元, 3项, 50%, 1:0.5
	Date                 // 2016-11-01
	Text                 // “…”, without its quotes
	Cite                 // @3/2
	Sign                 // one of : , ; ( ) . + - × and comparison signs, in ASCII but for ×
	Bad                  // what cannot be read; Format keeps it
)

// Token is a piece of a line.
type Token struct {
	Kind Kind
	Text string // as written, but without quotes and with ASCII signs
	Pos  gov.Pos
	End  int  // column behind the token
	Glue bool // no space before it
}

// Line is a statement with what is indented below it.
type Line struct {
	Pos    gov.Pos
	Tokens []Token
	Kids   []*Line
	Lead   []string // comment lines before it, without #
	Trail  string   // comment at its end, without #
	Apart  bool     // an empty line stands before it
}

// is reports whether the i-th token is that sign.
func (l *Line) is(i int, sign string) bool {
	return i < len(l.Tokens) && l.Tokens[i].Kind == Sign && l.Tokens[i].Text == sign
}

// Source is a file as lines.
type Source struct {
	Name  string
	Lang  Lang
	Lines []*Line
	Tail  []string // comment lines after the last line
}
