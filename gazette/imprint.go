package gazette

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// imprint is the 版记 of a document: to whom copies go, who printed it when.
type imprint struct {
	from, to int // indexes of its lines
	cc       []string
	printed  gov.Date
}

var copies = regexp.MustCompile(`^(抄 ?送|抄 ?报|分 ?送|主 ?送) ?[:：]`)

// findImprint looks for the imprint among the lines of a document. Its last
// line names the printing office and the date: ……办公室 2016年6月16日印发.
func findImprint(ls []paper.Line) (imprint, bool) {
	for i, l := range ls {
		if !strings.HasSuffix(l.Text, "印发") {
			continue
		}
		t := strings.TrimSuffix(paper.Compact(l.Text), "印发")
		at, office := dateStart(t), i
		if at == 0 && i > 0 { // the office on the line above
			office = i - 1
		}
		if at < 0 || !organ(paper.Compact(ls[office].Text)) && !(at > 0 && organ(t[:at])) {
			continue
		}
		d, rest, ok := paper.LeadingDate(t[at:])
		if !ok || rest != "" {
			continue
		}
		im := imprint{from: office, to: i + 1, printed: d}
		for j := office - 1; j >= 0 && j >= office-maxCopies; j-- {
			if copies.MatchString(ls[j].Text) {
				im.from = j
				break
			}
		}
		im.cc = copyList(ls[im.from:office])
		return im, true
	}
	return imprint{}, false
}

// maxCopies is how many lines the list of copies may have.
const maxCopies = 12

// dateStart is where the year of a date begins that ends the text, or -1.
func dateStart(t string) int {
	y := strings.LastIndex(t, "年")
	if y < 0 {
		return -1
	}
	for n := 0; n < 4; n++ {
		r, size := utf8.DecodeLastRuneInString(t[:y])
		if r == utf8.RuneError {
			return -1
		}
		y -= size
	}
	return y
}

// copyList reads the lines of 抄送 into names.
func copyList(ls []paper.Line) []string {
	names := []string{}
	for _, p := range paper.Paragraphs(ls) {
		t := paper.Squeeze(p.Text)
		if _, after, ok := strings.Cut(t, "："); ok && copies.MatchString(p.Text) {
			t = after
		} else if _, after, ok := strings.Cut(t, ":"); ok && copies.MatchString(p.Text) {
			t = after
		}
		names = append(names, cutList(t, "，,。；;")...)
	}
	return names
}

// cutList cuts a list at the given marks and drops empty pieces.
func cutList(s, marks string) (out []string) {
	for _, n := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
		if n = strings.TrimFunc(n, paper.IsBlank); n != "" {
			out = append(out, n)
		}
	}
	return out
}
