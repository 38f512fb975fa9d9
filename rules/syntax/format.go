package syntax

import (
	"bytes"
	"slices"
	"strings"

	"quanxiang/gov/problems"
)

// Format writes a file as it should look: two spaces for each level, one space
// between words, the signs and words of the file's language; comments and
// single empty lines stay. It refuses a file whose lines cannot be read; a line
// whose statement is wrong keeps its words.
func Format(name string, data []byte) ([]byte, error) {
	var list problems.List
	src := Read(name, data, &list)
	if err := list.Err(); err != nil {
		return nil, err
	}
	return Print(src), nil
}

// Print writes a file as it should look.
func Print(src *Source) []byte {
	w := &printer{lang: src.Lang}
	for i, l := range src.Lines {
		w.print(l, 0, i == 0)
	}
	if len(src.Tail) > 0 && len(src.Lines) > 0 {
		w.b.WriteByte('\n')
	}
	w.comments(src.Tail, 0)
	return w.b.Bytes()
}

type printer struct {
	b    bytes.Buffer
	lang Lang
}

func (w *printer) comments(list []string, depth int) {
	for _, c := range list {
		w.b.WriteString(strings.TrimRight(strings.Repeat("  ", depth)+"# "+c, " ") + "\n")
	}
}

func (w *printer) print(l *Line, depth int, first bool) {
	if l.Apart && !first {
		w.b.WriteByte('\n')
	}
	w.comments(l.Lead, depth)
	w.b.WriteString(strings.Repeat("  ", depth))
	w.tokens(l, depth)
	if l.Trail != "" {
		w.b.WriteString(" # " + l.Trail)
	}
	w.b.WriteByte('\n')
	for _, k := range l.Kids {
		w.print(k, depth+1, false)
	}
}

// lineWidth is the number of characters beyond which the entries of a list
// stand on rows of their own.
const lineWidth = 110

// tokens writes the tokens of a line.
func (w *printer) tokens(l *Line, depth int) {
	tokens := slices.Clone(l.Tokens)
	for i := range tokens {
		w.words(&tokens[i])
	}
	plain := w.join(tokens, "")
	if len([]rune(plain)) > lineWidth {
		plain = w.join(tokens, "\n"+strings.Repeat("  ", depth+2))
	}
	w.b.WriteString(plain)
}

// join writes tokens one after the other; rest comes after each semicolon in
// brackets, if it is not empty.
func (w *printer) join(tokens []Token, rest string) string {
	var b strings.Builder
	fresh := true // no space is due
	depth := 0
	for i, t := range tokens {
		if t.Kind == Sign && t.Text == "(" {
			depth++
		} else if t.Kind == Sign && t.Text == ")" {
			depth--
		}
		text := w.spell(t)
		if !fresh && w.spaced(tokens, i) {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		fresh = false
		if rest != "" && depth > 0 && t.Kind == Sign && t.Text == ";" {
			b.WriteString(rest)
			fresh = true
		}
	}
	return b.String()
}

// words makes words of the signs that the file's language has words for.
func (w *printer) words(t *Token) {
	if t.Kind != Sign {
		return
	}
	for _, x := range words {
		if x.symbol == t.Text && x.spelt[w.lang] != t.Text {
			t.Kind, t.Text = Word, x.spelt[w.lang]
			return
		}
	}
}

// chinese are the signs as a Chinese file has them.
var chinese = map[string]string{":": "：", ",": "，", ";": "；", "(": "（", ")": "）"}

// spell writes a token in the language of the file.
func (w *printer) spell(t Token) string {
	switch t.Kind {
	case Text:
		marks := [2]string{"“", "”"}
		if plain := !strings.Contains(t.Text, `"`); plain && (w.lang == English || strings.ContainsAny(t.Text, "“”")) {
			marks = [2]string{`"`, `"`}
		}
		return marks[0] + t.Text + marks[1]
	case Sign:
		if w.lang == English && t.Text == "×" {
			return "*"
		}
		if s, ok := chinese[t.Text]; ok && w.lang == Chinese {
			return s
		}
	}
	return t.Text
}

// spaced reports whether a space stands before the i-th token.
func (w *printer) spaced(tokens []Token, i int) bool {
	before, t := tokens[i-1], tokens[i]
	sign := func(t Token, signs string) bool { return t.Kind == Sign && strings.Contains(signs, t.Text) }
	switch {
	case sign(before, "("), sign(t, ")"), sign(t, ","), sign(t, ";"):
		return false
	case sign(t, "."):
		return !(i+1 < len(tokens) && tokens[i+1].Kind == Word)
	case sign(before, "."):
		return t.Kind != Word
	case sign(before, "-") && i > 1 && tokens[i-2].Kind == Word && negative[w.lang][tokens[i-2].Text]:
		return false
	case sign(t, "("):
		return !(before.Kind == Word && calls[w.lang][before.Text])
	case sign(t, ":"):
		return w.lang == Chinese
	case sign(before, ":"), sign(before, ","), sign(before, ";"):
		return w.lang == English
	}
	return true
}

// negative are the words after which a minus is that of a number.
var negative = func() (t [2]map[string]bool) {
	for l := range t {
		t[l] = map[string]bool{}
		for _, k := range []Key{KRange, KTo, KIs} {
			t[l][k.Spelt(Lang(l))] = true
		}
	}
	return t
}()

// calls are the words that a bracket follows without a space.
var calls = func() (t [2]map[string]bool) {
	for l := range t {
		t[l] = map[string]bool{}
		for _, k := range append([]Key{KCount, KChoice}, functions...) {
			t[l][k.Spelt(Lang(l))] = true
		}
	}
	return t
}()
