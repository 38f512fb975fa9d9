package codes

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quanxiang/gov"
)

// maxRead bounds how much of a text is looked at, in bytes: what somebody means
// they say at its beginning.
const maxRead = 6000

// Suggest lists the entries whose words or names occur in a text, at most limit
// of those in use on a day, those for which most speaks first. A word counts by
// its length, and less the more entries have it: 井盖 says that it is one of the
// covers, 燃气 which.
func (l *List) Suggest(text string, day gov.Date, limit int) []Entry {
	if l == nil {
		return nil
	}
	said := fold(firstBytes(text, maxRead))
	if said == "" {
		return nil
	}
	found := map[int][]string{}
	having := map[string]float64{} // entries that have a word
	for i, e := range l.Entries {
		if l.Heads(e.Code) || !e.Valid(day) {
			continue
		}
		for _, word := range e.said() {
			if occurs(word, said) {
				found[i] = append(found[i], word)
				having[word]++
			}
		}
	}
	type ranked struct {
		entry int
		score float64
	}
	var list []ranked
	for i, words := range found {
		r := ranked{entry: i}
		for _, word := range words {
			if !slices.ContainsFunc(words, func(longer string) bool { return longer != word && strings.Contains(longer, word) }) {
				r.score += weight(word) / having[word]
			}
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry))
	})
	var out []Entry
	for _, r := range list[:min(len(list), limit)] {
		out = append(out, l.Entries[r.entry])
	}
	return out
}

// said is all that people say who mean an entry, folded, each once.
func (e Entry) said() (list []string) {
	for _, word := range append([]string{e.Name.ZH, e.Name.EN}, e.Words...) {
		if word = fold(word); word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// weight is how much a word says: Han characters say more than letters.
func weight(word string) float64 {
	n := 0.0
	for _, r := range word {
		if unicode.Is(unicode.Han, r) {
			n++
		} else {
			n += 0.4
		}
	}
	return n * n // two short words are worth less than a long one
}

// occurs reports that a folded word occurs in a folded text: one of letters at
// the beginning of a word there, so that lamp is in lamps and not in clamp.
func occurs(word, text string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if at == 0 || !latin(first) || !latin(before) {
			return true
		}
		from = at + len(word)
	}
}

func latin(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }

// fold is a text as it is compared: compatible characters made one, small
// letters, no blanks around Han characters and no punctuation.
func fold(text string) string {
	var b strings.Builder
	blank, last := false, rune(0)
	for _, r := range norm.NFKC.String(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			blank = true
			continue
		}
		if blank && latin(r) && latin(last) {
			b.WriteByte(' ')
		}
		blank, last = false, unicode.ToLower(r)
		b.WriteRune(last)
	}
	return b.String()
}

// firstBytes is the beginning of a text, in whole characters.
func firstBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
