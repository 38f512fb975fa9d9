package gazette

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

var (
	// movedQuote is “十三”五 for “十三五”.
	movedQuote = regexp.MustCompile(`“十[一二三四五六七八九]”五`)
	// member is a line of a list of people: a name, its two characters spread,
	// and a post.
	member = regexp.MustCompile(`^(?:[^：:]{2,8}[：:] ?)?[\p{Han}]( {1,2})?[\p{Han}]{1,2} {2}\p{Han}{3,}`)
)

// misprints annotates errors of the print that general rules find. The text
// stays as it is.
func (r *reading) misprints() {
	d := &r.doc
	if m := movedQuote.FindString(d.Title); m != "" {
		r.note("misprint", r.head[0].No, "标题中的引号错位：%s", "a quotation mark in the title is out of place: %s", m)
	}
	for _, s := range r.sections {
		for i, p := range s.paras {
			if m := misquoted(p.Text); m != nil {
				r.note("misprint", p.LineAt(m[0]), "引号错位：%s", "a quotation mark is out of place: %s", p.Text[m[0]:m[1]])
			}
			if i > 0 && i+1 < len(s.paras) && nameless(s.paras[i-1].Text, p.Text, s.paras[i+1].Text) {
				r.note("misprint", p.Span()[0], "名单中只有职务，缺姓名：%s", "a list of people has a post without a name: %s", p.Text)
			}
		}
	}
	for _, in := range d.Instruments {
		for _, alt := range append([]string{titled(d.Title)}, d.AltTitles...) {
			if m := slip(in.Title, alt); m != "" {
				line := r.head[0].No
				if in.Lines != (Span{}) {
					line = in.Lines[0]
				}
				r.note("conflict", line, "名称“%s”与“%s”只差个别字", "the names %q and %q differ by a slip only", alt, in.Title)
			}
		}
	}
}

// misquoted finds a “十三”五. Few paragraphs hold its tail; the others cost no
// expression.
func misquoted(s string) []int {
	if !strings.Contains(s, "”五") {
		return nil
	}
	return movedQuote.FindStringIndex(s)
}

// slip reports whether two wordings differ by at most two characters that are
// missing from one of them.
func slip(a, b string) string {
	x, y := paper.PlainTitle(a), paper.PlainTitle(b)
	nx, ny := utf8.RuneCountInString(x), utf8.RuneCountInString(y)
	if x == y || nx < 8 || ny < 8 || nx-ny > 2 || ny-nx > 2 || paper.Likeness(x, y) < float64(2*min(nx, ny)-2)/float64(nx+ny) {
		return ""
	}
	return b
}

// nameless reports whether a line of a list of people lacks the name: its
// neighbours have one.
func nameless(before, text, after string) bool {
	if !member.MatchString(before) || !member.MatchString(after) || strings.ContainsAny(text, " ，。：；") {
		return false
	}
	for _, r := range text {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return true
}
