package fulltext

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Text is a text in the one spelling in which it is searched, with the way
// back to the spelling in which it was printed.
type Text struct {
	Runes []rune
	from  []int // byte offset in the print at which each rune's source begins
	until []int // byte offset at which it ends
}

// Normalise brings s into the spelling used for searching: NFKC, lower case,
// one kind of bracket around the year of a document number, one kind of quote
// and dash, and no blank unless it parts two words in Latin letters or digits.
// Line breaks stay: a phrase never crosses a paragraph.
func Normalise(s string) Text {
	t := Text{
		Runes: make([]rune, 0, len(s)/2),
		from:  make([]int, 0, len(s)/2),
		until: make([]int, 0, len(s)/2),
	}
	var it norm.Iter
	it.InitString(norm.NFKC, s)
	blank := false
	for !it.Done() {
		from := it.Pos()
		segment := it.Next()
		until := it.Pos()
		for _, r := range string(segment) {
			switch {
			case r == '\n':
				blank = false
				t.add(r, from, until)
				continue
			case unicode.IsSpace(r):
				blank = true
				continue
			case unicode.Is(unicode.Cf, r): // zero-width characters, soft hyphens, byte order marks
				continue
			}
			r = fold(r)
			if blank && latin(r) && len(t.Runes) > 0 && latin(t.Runes[len(t.Runes)-1]) {
				t.add(' ', from, from)
			}
			blank = false
			if r == '-' && len(t.Runes) > 0 && t.Runes[len(t.Runes)-1] == '-' {
				t.until[len(t.until)-1] = until // the print writes "——" and "----" for one dash
				continue
			}
			t.add(r, from, until)
		}
	}
	t.yearBrackets()
	return t
}

func (t *Text) add(r rune, from, until int) {
	t.Runes = append(t.Runes, r)
	t.from = append(t.from, from)
	t.until = append(t.until, until)
}

// Print is the range of bytes of the original that the runes i to j (j
// excluded) were made from.
func (t Text) Print(i, j int) (from, until int) {
	if i >= j {
		return 0, 0
	}
	return t.from[i], t.until[j-1]
}

// String is the normalised text.
func (t Text) String() string { return string(t.Runes) }

// yearBrackets turns the round brackets of "(2016)8", as some print document
// numbers, into those of "〔2016〕8".
func (t *Text) yearBrackets() {
	r := t.Runes
	for i := 0; i+6 < len(r); i++ {
		if r[i] == '(' && r[i+5] == ')' && digit(r[i+6]) &&
			digit(r[i+1]) && digit(r[i+2]) && digit(r[i+3]) && digit(r[i+4]) {
			r[i], r[i+5] = '〔', '〕'
		}
	}
}

// fold unifies, after NFKC, characters that print and keyboards use for each
// other.
func fold(r rune) rune {
	switch r {
	case '[', '【', '〖':
		return '〔'
	case ']', '】', '〗':
		return '〕'
	case '“', '”', '„', '‟', '「', '」':
		return '"'
	case '‘', '’', '‛':
		return '\''
	case '〈', '‹':
		return '<'
	case '〉', '›':
		return '>'
	case '—', '–', '―', '‐', '‑', '‒', '−', '─', '━':
		return '-'
	case '∶', '︰':
		return ':'
	}
	return unicode.ToLower(r)
}

func digit(r rune) bool  { return '0' <= r && r <= '9' }
func letter(r rune) bool { return 'a' <= r && r <= 'z' }
func latin(r rune) bool  { return digit(r) || letter(r) }

// han reports whether r is a Han character that every supported database
// takes for a letter. Those of later Unicode versions are indexed one by one
// like punctuation, which finds them just as well.
func han(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fcc || 0x3400 <= r && r <= 0x4db5 || r == '〇' || r == '々' ||
		0x20000 <= r && r <= 0x2b81d
}
