package gazette

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

// number is a document number 文号 in its normal form.
type number struct {
	series string
	year   int
	serial int
}

// String is the number as the standard writes it: 西政发〔2016〕8号.
func (n number) String() string {
	return n.series + "〔" + strconv.Itoa(n.year) + "〕" + strconv.Itoa(n.serial) + "号"
}

const (
	openYear  = "〔﹝[［（(【"
	closeYear = "〕﹞]］）)】"
)

func opensYear(c rune) bool {
	switch c {
	case '〔', '﹝', '[', '［', '（', '(', '【':
		return true
	}
	return false
}

var (
	// wholeNumber is a line that is a document number, blanks removed.
	wholeNumber = regexp.MustCompile(`^(\p{Han}{1,16})[` + regexp.QuoteMeta(openYear) + `]((?:19|20)[0-9]{2})[` + regexp.QuoteMeta(closeYear) + `]第?0*([0-9]{1,5})号$`)
	// yearSerial is what follows the series in running text.
	yearSerial = regexp.MustCompile(`^ ?[` + regexp.QuoteMeta(openYear) + `] ?((?:19|20)[0-9]{2}) ?[` + regexp.QuoteMeta(closeYear) + `] ?第? ?0*([0-9]{1,5}) ?号`)
)

// parseNumber reads a text that is a document number and nothing else.
func parseNumber(s string) (number, bool) {
	m := wholeNumber.FindStringSubmatch(paper.Compact(s))
	if m == nil {
		return number{}, false
	}
	year, _ := strconv.Atoi(m[2]) // digits by the expression
	serial, _ := strconv.Atoi(m[3])
	return number{m[1], year, serial}, serial > 0
}

// mention is a document number in running text.
type mention struct {
	number
	from, to int // bytes of the text it takes
}

// mentions finds the document numbers in a text. The series is the run of
// Chinese characters before the year; where the sentence runs into it, the
// verb or conjunction in front is taken off.
func mentions(s string) (ms []mention) {
	for i := 0; i < len(s); {
		j := strings.IndexFunc(s[i:], opensYear)
		if j < 0 {
			return ms
		}
		at := i + j
		_, size := utf8.DecodeRuneInString(s[at:])
		i = at + size
		m := yearSerial.FindStringSubmatchIndex(s[at:])
		if m == nil {
			continue
		}
		from := at
		for n := 0; from > 0 && n < 16; n++ {
			r, size := utf8.DecodeLastRuneInString(s[:from])
			if !unicode.Is(unicode.Han, r) && !(r == ' ' && n > 0) {
				break
			}
			from -= size
		}
		series := paper.Compact(s[from:at])
		if i := strings.LastIndexAny(series, "见据照和与及即"); i >= 0 && i+len("见") < len(series) {
			series = series[i+len("见"):] // no series has these words in it
		}
		for again := true; again; {
			again = false
			for _, w := range intoNumber {
				if t, ok := strings.CutPrefix(series, w); ok && t != "" {
					series, again = t, true
				}
			}
		}
		if series == "" || !paper.IsHan(series) || strings.HasPrefix(s[at:], "（") && !paper.EndsWith(series, "发函字办令文号") {
			continue
		}
		year, _ := strconv.Atoi(s[at+m[2] : at+m[3]])
		serial, _ := strconv.Atoi(s[at+m[4] : at+m[5]])
		if serial == 0 {
			continue
		}
		to := at + m[1]
		ms = append(ms, mention{number{series, year, serial}, from, to})
		i = to
	}
	return ms
}

// intoNumber are the words after which a sentence goes straight into a number.
var intoNumber = []string{"贯彻", "落实", "执行", "以", "由", "对", "原", "将"}

// references finds every document a paragraph names by number, with the title
// that stands in 《》 right before the number.
func references(p paper.Paragraph) (refs []Reference) {
	ms := mentions(p.Text)
	if len(ms) == 0 {
		return nil
	}
	titles, k := paper.Quoted(p.Text), 0
	for _, m := range ms {
		ref := Reference{Number: m.number.String(), Line: p.LineAt(m.from)}
		for k < len(titles) && titles[k][1]+len("》") <= m.from {
			k++
		}
		if k > 0 {
			q := titles[k-1]
			if gap := paper.Compact(p.Text[q[1]+len("》") : m.from]); gap == "（" || gap == "(" || gap == "" {
				ref.Title = paper.Squeeze(p.Text[q[0]:q[1]])
				ref.Line = p.LineAt(q[0])
			}
		}
		refs = append(refs, ref)
	}
	return refs
}

// repealed finds the documents that a paragraph repeals: those named in a
// sentence before its 废止, the word inside a title excepted.
func repealed(p paper.Paragraph) (refs []Reference) {
	if !strings.Contains(p.Text, "废止") {
		return nil
	}
	titles := paper.Quoted(p.Text)
	inTitle := func(i int) bool {
		return slices.ContainsFunc(titles, func(q [2]int) bool { return i >= q[0] && i < q[1] })
	}
	from := 0
	for at := 0; ; {
		i := strings.Index(p.Text[at:], "废止")
		if i < 0 {
			return refs
		}
		i += at
		at = i + len("废止")
		if inTitle(i) {
			continue
		}
		begin := from
		for j := i; j > from; {
			r, size := utf8.DecodeLastRuneInString(p.Text[:j])
			if r == '。' && !inTitle(j-size) {
				begin = j
				break
			}
			j -= size
		}
		refs = append(refs, namedBetween(p, titles, begin, i)...)
		from = at
	}
}

// namedBetween lists the documents named between two offsets: by title and
// number, by number alone, or by a title alone that is a document's.
func namedBetween(p paper.Paragraph, titles [][2]int, from, to int) (refs []Reference) {
	taken := map[string]bool{}
	for _, r := range references(p) {
		taken[r.Title] = true
	}
	for _, q := range titles {
		if t := paper.Squeeze(p.Text[q[0]:q[1]]); q[0] >= from && q[1] <= to && !taken[t] {
			refs = append(refs, Reference{Title: t, Line: p.LineAt(q[0])})
		}
	}
	ms := mentions(p.Text)
	for i, r := range references(p) {
		if ms[i].from >= from && ms[i].to <= to {
			refs = append(refs, r)
		}
	}
	slices.SortStableFunc(refs, func(a, b Reference) int { return a.Line - b.Line })
	return refs
}

// distinct drops references that name the same document again; a title found
// later is kept.
func distinct(refs []Reference) []Reference {
	out := []Reference{}
	at := map[Reference]int{}
	for _, r := range refs {
		key := Reference{Number: r.Number}
		if r.Number == "" {
			key.Title = r.Title
		}
		i, seen := at[key]
		switch {
		case !seen:
			at[key] = len(out)
			out = append(out, r)
		case out[i].Title == "":
			out[i].Title = r.Title
		}
	}
	return out
}
