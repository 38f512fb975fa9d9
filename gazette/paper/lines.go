package paper

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
	Measure  = 28
	FullLine = Measure - 3
)

// Line is one raw line of the file after physical cleaning. Blank lines and
// printed page numbers are not among the lines of a document.
type Line struct {
	No   int    // raw line number from 1
	Text string // the print without surrounding blanks; inner blanks kept; no-break space is a space
	End  bool   // the raw line ended with a blank: the paragraph or table cell ends here
	Tail string // the blanks it ended with
	Page bool   // first line after a page break
	Void bool   // a line of blanks follows: an empty paragraph or table cell
}

// Paragraph is a run of lines that reads on.
type Paragraph struct {
	Lines []Line
	Text  string // the lines joined
}

// LineAt is the raw line that holds byte offset of the paragraph's text.
func (p Paragraph) LineAt(offset int) int {
	begin := 0
	for i, l := range p.Lines {
		if i > 0 && IsLatin(lastByte(p.Lines[i-1].Text)) && IsLatin(l.Text[0]) {
			begin++
		}
		begin += len(l.Text)
		if offset < begin {
			return l.No
		}
	}
	return p.Span()[1]
}

// LineOf is the raw line on which a word of the paragraph stands, blanks
// ignored.
func (p Paragraph) LineOf(word string) int {
	for i := range p.Lines {
		t := Compact(p.Lines[i].Text)
		if strings.Contains(t, word) {
			return p.Lines[i].No
		}
	}
	return p.Span()[0]
}

// Span is the raw lines the paragraph stands on.
func (p Paragraph) Span() Span {
	if len(p.Lines) == 0 {
		return Span{}
	}
	return Span{p.Lines[0].No, p.Lines[len(p.Lines)-1].No}
}

// IsBlank tells the blanks of print: also no-break and ideographic space.
func IsBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000' || r == '\ufeff'
}

// Clean turns raw lines into the lines that carry text, in order, and gives
// apart the printed page numbers among them. A page break shows as a line that
// begins with a blank although the line before it was not empty, or as a form
// feed. On some pages the number of the page is printed instead: a bare number
// after a line of blanks. It is dropped only when it goes on from the pages
// counted so far, because rows of a table and amounts stand alone on a line
// too.
func Clean(raw []string) (ls, pageNumbers []Line) {
	var (
		pages  = 1    // page we are on, as far as breaks show
		drift  = 0    // how far the printed numbers have run ahead of that
		before = ""   // the raw line before
		white  = true // the last line without text had blanks in it
		turned = false
	)
	ls = make([]Line, 0, len(raw))
	for i, r := range raw {
		r = strings.TrimSuffix(r, "\r")
		if j := strings.LastIndexByte(r, '\f'); j >= 0 {
			pages++
			turned = true
			r = strings.ReplaceAll(r, "\f", "")
		}
		text := strings.TrimFunc(r, IsBlank)
		if text == "" {
			if r != "" {
				white = true
				if len(ls) > 0 {
					ls[len(ls)-1].Void = true
				}
			}
			before = text
			continue
		}
		first, _ := utf8.DecodeRuneInString(r)
		tail := r[strings.LastIndex(r, text)+len(text):]
		l := Line{No: i + 1, Text: text, End: tail != "", Tail: tail}
		if HasBlank(text) {
			l.Text = strings.Map(plainBlank, text)
		}
		if n, dashed, ok := PageNumber(l.Text); ok && before == "" {
			if ahead := n - pages; (white || dashed) && ahead >= drift && ahead <= drift+maxDrift {
				drift = ahead
				pages++
				turned, white = true, false
				pageNumbers = append(pageNumbers, l)
				before = ""
				continue
			}
		}
		if IsBlank(first) && before != "" {
			pages++
			turned = true
		}
		l.Page = turned || len(ls) == 0
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
	if IsBlank(r) {
		return ' '
	}
	return r
}

// PageNumber reads a line that could be a printed page number: 26 or — 26 —.
func PageNumber(text string) (n int, dashed, ok bool) {
	s := strings.Trim(text, "-—–－ ")
	dashed = len(s) < len(text)
	if len(s) == 0 || len(s) > 4 || s[0] == '0' {
		return 0, false, false
	}
	n, err := strconv.Atoi(s)
	return n, dashed, err == nil && n > 0
}

// Width is the printed width of a line in full-width characters.
func Width(s string) float64 {
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
	BoxHeading   = regexp.MustCompile(`^(专栏|名词|知识链接|案例) ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[：:]`)
	// opening is how a paragraph begins that cannot continue a sentence.
	opening = regexp.MustCompile(`^(第[一二三四五六七八九十百]+(部分|编|章|节|条)|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十0-9]+[）)]|[0-9]+ ?[.．、]|专栏|附 ?件|抄 ?送|[0-9]+$|[^，。；]{2,24}[：:])`)
)

// IsBox and isOuter look at the first character before they ask an expression:
// they are asked for every line.
func IsBox(text string) bool {
	return len(text) > 6 && strings.Contains("专栏名词知识案例", text[:3]) && BoxHeading.MatchString(text)
}

func isOuter(text string) bool {
	return strings.HasPrefix(text, "第") && outerHeading.MatchString(text)
}

// Ends reports whether a text ends with a mark after which nothing must follow.
func Ends(s string) bool { return EndsWith(s, "。！？；：:;”’）)」》〉!?.") }

// EndsWith reports whether s ends with one of the marks.
func EndsWith(s, marks string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r != utf8.RuneError && strings.ContainsRune(marks, r)
}

// Paragraphs joins lines into paragraphs. A paragraph ends with the line that
// ends with a blank, except where that mark is false: the line stops in the
// middle of a sentence and the next goes on with it. It also ends, without the
// mark, before a heading of a part or a box and after a short line that closes
// its sentence.
func Paragraphs(ls []Line) []Paragraph {
	var ps []Paragraph
	for i := 0; i < len(ls); {
		j := i + 1
		for j < len(ls) && !breaks(ls, i, j) {
			j++
		}
		ps = append(ps, Paragraph{ls[i:j:j], Join(ls[i:j])})
		i = j
	}
	return ps
}

// breaks reports whether a paragraph that began with ls[i] ends before ls[j].
func breaks(ls []Line, i, j int) bool {
	last, next := ls[j-1], ls[j]
	if IsBox(next.Text) {
		return true
	}
	if isOuter(next.Text) && !strings.ContainsAny(next.Text, "，。；") && Ends(last.Text) {
		return true
	}
	if !last.End {
		short := Width(last.Text) < FullLine-5
		switch {
		case short && EndsWith(last.Text, "。！？"):
			return true
		case next.Page && next.End && EndsWith(last.Text, "。") && Width(next.Text) < FullLine-5 && !strings.ContainsAny(next.Text, "，。；：、"):
			return true // a heading at the top of a page
		case short && j-1 == i && isOuter(last.Text) && !strings.ContainsAny(last.Text, "，。；"):
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
func cutShort(ls []Line, i, j int) bool {
	last, next := ls[j-1], ls[j]
	if opening.MatchString(next.Text) || Ends(last.Text) {
		return false
	}
	w := Width(last.Text)
	if EndsWith(last.Text, "，,、") {
		return w >= FullLine-5
	}
	if w < FullLine || w > Measure+1 || strings.ContainsAny(last.Text, " ") {
		return false
	}
	if j-1 == i && opening.MatchString(last.Text) {
		return false
	}
	k := j
	for k < len(ls)-1 && !ls[k].End && k-j < 40 {
		k++
	}
	return EndsWith(ls[k].Text, "。；") && (j-1 > i || strings.ContainsAny(last.Text, "，。；、"))
}

// Join puts the lines of a paragraph together. Chinese text has no blank at a
// line end; two Latin words would run together without one.
func Join(ls []Line) string {
	if len(ls) == 1 {
		return ls[0].Text
	}
	size := 0
	for _, l := range ls {
		size += len(l.Text) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range ls {
		if i > 0 && IsLatin(lastByte(ls[i-1].Text)) && IsLatin(l.Text[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(l.Text)
	}
	return b.String()
}

func lastByte(s string) byte { return s[len(s)-1] }

// IsLatin reports whether b is a Latin letter.
func IsLatin(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
