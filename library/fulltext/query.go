package fulltext

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Limits of a query. Longer input is cut, not refused: the first words decide.
const (
	maxQuery = 200 // characters
	maxWords = 12
)

// Query is what must all be found.
type Query []Word

// Word is one thing to find: any of its spellings counts.
type Word []Phrase

// Phrase is a spelling in normal form with its index terms.
type Phrase struct {
	Runes  []rune
	Terms  []string // to stand side by side in this order
	Prefix bool     // the last term is the beginning of a term
}

// number is a document number as people type it, with any brackets and blanks.
var number = regexp.MustCompile(`\p{Han}+\s*[〔(\[【]\s*\d{4}\s*[〕)\]】]\s*第?\s*\d+\s*号?`)

// quoted is a phrase in quotes, blanks included.
var quoted = regexp.MustCompile(`["“”]([^"“”]+)["“”]`)

// Parse reads what a person typed: words parted by blanks, all of which must be
// found. A document number is one word however it is bracketed and spaced, and
// so is what stands in quotes. spellings, if not nil, gives further spellings
// of a word in normal form.
func Parse(s string, spellings func(word string) []string) Query {
	if r := []rune(s); len(r) > maxQuery {
		s = string(r[:maxQuery])
	}
	s = norm.NFKC.String(s)
	var words []string
	take := func(re *regexp.Regexp, group int) {
		s = re.ReplaceAllStringFunc(s, func(m string) string {
			words = append(words, re.FindStringSubmatch(m)[group])
			return " "
		})
	}
	take(number, 0)
	take(quoted, 1)
	words = append(words, strings.Fields(s)...)

	var q Query
	for _, w := range words {
		p, ok := NewPhrase(w)
		if !ok || len(q) == maxWords {
			continue
		}
		word := Word{p}
		if spellings != nil {
			for _, other := range spellings(string(p.Runes)) {
				if p, ok := NewPhrase(other); ok && !word.has(p) {
					word = append(word, p)
				}
			}
		}
		if !slices.ContainsFunc(q, func(v Word) bool { return v.has(p) }) {
			q = append(q, word)
		}
	}
	return q
}

func (w Word) has(p Phrase) bool {
	return slices.ContainsFunc(w, func(o Phrase) bool { return slices.Equal(o.Runes, p.Runes) })
}

// NewPhrase is s as a phrase; ok is false when nothing of it can be searched.
func NewPhrase(s string) (p Phrase, ok bool) {
	p.Runes = slices.DeleteFunc(Normalise(s).Runes, func(r rune) bool { return r == '\n' })
	p.Terms, p.Prefix = split(p.Runes, true)
	return p, len(p.Terms) > 0
}

// Range is a part of a normalised text, from rune I to rune J, J excluded.
type Range struct{ I, J int }

// Find lists where the phrase stands in a text, left to right. It is the
// definition of a hit: the same characters side by side, where a number is not
// cut out of a longer number, nor the end out of a Latin word.
func (p Phrase) Find(text []rune) []Range {
	var found []Range
	n := len(p.Runes)
	for i := 0; n > 0 && i+n <= len(text); i++ {
		if text[i] != p.Runes[0] || !slices.Equal(text[i:i+n], p.Runes) {
			continue
		}
		first, last := p.Runes[0], p.Runes[n-1]
		cut := i > 0 && (digit(first) && digit(text[i-1]) || letter(first) && letter(text[i-1])) ||
			i+n < len(text) && digit(last) && digit(text[i+n])
		if !cut {
			found = append(found, Range{i, i + n})
		}
	}
	return found
}

// Find lists where any spelling of any word stands in a text, left to right
// and without overlap, and whether every word was found.
func (q Query) Find(text []rune) (found []Range, all bool) {
	all = len(q) > 0
	for _, w := range q {
		n := len(found)
		for _, p := range w {
			found = append(found, p.Find(text)...)
		}
		all = all && len(found) > n
	}
	slices.SortFunc(found, func(a, b Range) int {
		if a.I != b.I {
			return a.I - b.I
		}
		return b.J - a.J
	})
	merged := found[:0]
	for _, r := range found {
		if n := len(merged); n > 0 && r.I < merged[n-1].J {
			merged[n-1].J = max(merged[n-1].J, r.J)
			continue
		}
		merged = append(merged, r)
	}
	return merged, all
}
