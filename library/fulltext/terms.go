package fulltext

import "strconv"

// Terms are the index terms of a normalised text, in order. Terms hold only
// a-z, 0-9 and Han characters.
func Terms(text []rune) []string {
	terms, _ := split(text, false)
	return terms
}

// split makes the terms of a text or, when query is set, of a query word: its
// last run then stays open, because the text may go on after it. The last term
// is a prefix when open is true.
func split(text []rune, query bool) (terms []string, open bool) {
	terms = make([]string, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); {
		r := text[i]
		j := i + 1
		switch {
		case han(r):
			for j < len(text) && han(text[j]) {
				j++
			}
			for k := i; k+1 < j; k++ {
				terms = append(terms, string(text[k:k+2]))
			}
			switch {
			case !query || j < len(text):
				terms = append(terms, string(text[j-1]))
			case j-i == 1:
				terms, open = append(terms, string(r)), true
			}
		case latin(r):
			same := digit
			if letter(r) {
				same = letter
			}
			for j < len(text) && same(text[j]) {
				j++
			}
			terms = append(terms, string(text[i:j]))
			open = query && j == len(text) && letter(r)
		default:
			// A letter and a digit in one term: no word or number looks like it.
			terms = append(terms, "0x"+strconv.FormatInt(int64(r), 16))
		}
		i = j
	}
	return terms, open
}
