package gazette

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// measure is the width of a text line in full-width characters that GB/T 9704
// prescribes: 28 characters a line. A paragraph line is full when the next
// word might not have fitted.
const (
	measure  = 28
	fullLine = measure - 3
)

// line is one raw line of the file after physical cleaning. Blank lines and
// printed page numbers are not among the lines of a document.
type line struct {
	no   int    // raw line number from 1
	text string // the print without surrounding blanks; inner blanks kept; no-break space is a space
	end  bool   // the raw line ended with a blank: the paragraph or table cell ends here
	tail int    // how many blanks it ended with
	page bool   // first line after a page break
	void bool   // a line of blanks follows: an empty paragraph or table cell
}

// paragraph is a run of lines that reads on.
type paragraph struct {
	lines []line
	text  string // the lines joined
}

// lineAt is the raw line that holds byte offset of the paragraph's text.
func (p paragraph) lineAt(offset int) int {
	begin := 0
	for i, l := range p.lines {
		if i > 0 && isLatin(lastByte(p.lines[i-1].text)) && isLatin(l.text[0]) {
			begin++
		}
		begin += len(l.text)
		if offset < begin {
			return l.no
		}
	}
	return p.span()[1]
}

// span is the raw lines the paragraph stands on.
func (p paragraph) span() Span {
	if len(p.lines) == 0 {
		return Span{}
	}
	return Span{p.lines[0].no, p.lines[len(p.lines)-1].no}
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000' || r == '\ufeff'
}

// clean turns raw lines into the lines that carry text, in order, and gives
// apart the printed page numbers among them. A page break shows as a line that
// begins with a blank although the line before it was not empty, or as a form
// feed. On some pages the number of the page is printed instead: a bare number
// after a line of blanks. It is dropped only when it goes on from the pages
// counted so far, because rows of a table and amounts stand alone on a line
// too.
func clean(raw []string) (ls, pageNumbers []line) {
	var (
		pages  = 1    // page we are on, as far as breaks show
		drift  = 0    // how far the printed numbers have run ahead of that
		before = ""   // the raw line before
		white  = true // the last line without text had blanks in it
		turned = false
	)
	ls = make([]line, 0, len(raw))
	for i, r := range raw {
		r = strings.TrimSuffix(r, "\r")
		if j := strings.LastIndexByte(r, '\f'); j >= 0 {
			pages++
			turned = true
			r = strings.ReplaceAll(r, "\f", "")
		}
		text := strings.TrimFunc(r, isBlank)
		if text == "" {
			if r != "" {
				white = true
				if len(ls) > 0 {
					ls[len(ls)-1].void = true
				}
			}
			before = text
			continue
		}
		first, _ := utf8.DecodeRuneInString(r)
		tail := utf8.RuneCountInString(r[strings.LastIndex(r, text)+len(text):])
		l := line{no: i + 1, text: text, end: tail > 0, tail: tail}
		if hasBlank(text) {
			l.text = strings.Map(plainBlank, text)
		}
		if n, dashed, ok := pageNumber(l.text); ok && before == "" {
			if ahead := n - pages; (white || dashed) && ahead >= drift && ahead <= drift+maxDrift {
				drift = ahead
				pages++
				turned, white = true, false
				pageNumbers = append(pageNumbers, l)
				before = ""
				continue
			}
		}
		if isBlank(first) && before != "" {
			pages++
			turned = true
		}
		l.page = turned || len(ls) == 0
		turned, white = false, false
		ls = append(ls, l)
		before = text
	}
	return ls, pageNumbers
}

// maxDrift is how many pages without any trace (empty ones) may lie between
// two printed page numbers.
const maxDrift = 3

func plainBlank(r rune) rune {
	if isBlank(r) {
		return ' '
	}
	return r
}

// pageNumber reads a line that could be a printed page number: 26 or — 26 —.
func pageNumber(text string) (n int, dashed, ok bool) {
	s := strings.Trim(text, "-—–－ ")
	dashed = len(s) < len(text)
	if len(s) == 0 || len(s) > 4 || s[0] == '0' {
		return 0, false, false
	}
	n, err := strconv.Atoi(s)
	return n, dashed, err == nil && n > 0
}

// width is the printed width of a line in full-width characters.
func width(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r < 0x2000 {
			w += 0.5
		} else {
			w++
		}
	}
	return w
}

var (
	// outerHeading is a heading that begins a paragraph whatever stands before.
	outerHeading = regexp.MustCompile(`^第[一二三四五六七八九十百]+(部分|编|章|节)([ “]|$)`)
	boxHeading   = regexp.MustCompile(`^(专栏|名词|知识链接|案例) ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[：:]`)
	// opening is how a paragraph begins that cannot continue a sentence.
	opening = regexp.MustCompile(`^(第[一二三四五六七八九十百]+(部分|编|章|节|条)|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十0-9]+[）)]|[0-9]+ ?[.．、]|专栏|附 ?件|抄 ?送|[0-9]+$|[^，。；]{2,24}[：:])`)
)

// isBox and isOuter look at the first character before they ask an expression:
// they are asked for every line.
func isBox(text string) bool {
	return len(text) > 6 && strings.Contains("专栏名词知识案例", text[:3]) && boxHeading.MatchString(text)
}

func isOuter(text string) bool {
	return strings.HasPrefix(text, "第") && outerHeading.MatchString(text)
}

// ends reports whether a text ends with a mark after which nothing must follow.
func ends(s string) bool { return endsWith(s, "。！？；：:;”’）)」》〉!?.") }

func endsWith(s, marks string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r != utf8.RuneError && strings.ContainsRune(marks, r)
}

// paragraphs joins lines into paragraphs. A paragraph ends with the line that
// ends with a blank, except where that mark is false: the line stops in the
// middle of a sentence and the next goes on with it. It also ends, without the
// mark, before a heading of a part or a box and after a short line that closes
// its sentence.
func paragraphs(ls []line) []paragraph {
	var ps []paragraph
	for i := 0; i < len(ls); {
		j := i + 1
		for j < len(ls) && !breaks(ls, i, j) {
			j++
		}
		ps = append(ps, paragraph{ls[i:j:j], join(ls[i:j])})
		i = j
	}
	return ps
}

// breaks reports whether a paragraph that began with ls[i] ends before ls[j].
func breaks(ls []line, i, j int) bool {
	last, next := ls[j-1], ls[j]
	if isBox(next.text) {
		return true
	}
	if isOuter(next.text) && !strings.ContainsAny(next.text, "，。；") && ends(last.text) {
		return true
	}
	if !last.end {
		short := width(last.text) < fullLine-5
		switch {
		case short && endsWith(last.text, "。！？"):
			return true
		case next.page && next.end && endsWith(last.text, "。") && width(next.text) < fullLine-5 && !strings.ContainsAny(next.text, "，。；：、"):
			return true // a heading at the top of a page
		case short && j-1 == i && isOuter(last.text) && !strings.ContainsAny(last.text, "，。；"):
			return true
		}
		return false
	}
	return !cutShort(ls, i, j)
}

// cutShort reports whether the end mark of ls[j-1] is false. Nothing ends with
// a comma, and a full line of text that stops without a mark goes on if what
// follows reads as the rest of a sentence. A heading of one line, numbered or
// followed by its text, is left alone: it stands alone on its line and the
// paragraph after it begins afresh.
func cutShort(ls []line, i, j int) bool {
	last, next := ls[j-1], ls[j]
	if opening.MatchString(next.text) || ends(last.text) {
		return false
	}
	w := width(last.text)
	if endsWith(last.text, "，,、") {
		return w >= fullLine-5
	}
	if w < fullLine || w > measure+1 || strings.ContainsAny(last.text, " ") {
		return false
	}
	if j-1 == i && opening.MatchString(last.text) {
		return false
	}
	k := j
	for k < len(ls)-1 && !ls[k].end && k-j < 40 {
		k++
	}
	return endsWith(ls[k].text, "。；") && (j-1 > i || strings.ContainsAny(last.text, "，。；、"))
}

// join puts the lines of a paragraph together. Chinese text has no blank at a
// line end; two Latin words would run together without one.
func join(ls []line) string {
	if len(ls) == 1 {
		return ls[0].text
	}
	size := 0
	for _, l := range ls {
		size += len(l.text) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range ls {
		if i > 0 && isLatin(lastByte(ls[i-1].text)) && isLatin(l.text[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(l.text)
	}
	return b.String()
}

func lastByte(s string) byte { return s[len(s)-1] }

func isLatin(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
