package gazette

import (
	"slices"
	"strings"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/work"
)

// reader carries what is known of the district while one file is read.
type reader struct {
	lex  *Lexicon
	work *work.Reader
}

// opening of a document: where its letterhead begins and its number stands.
type start struct {
	first, number int // indexes into the lines
	num           number
	issuers       []string // from the letterhead
	joint         bool     // a letterhead of several organs, without the word 文件
}

// gazette splits the lines into documents and reads each. What stands before
// the first document, or after the end of one, is listed as unattributed.
func (rd *reader) gazette(g *Gazette, ls []paper.Line) {
	starts := rd.starts(ls)
	if len(starts) == 0 {
		return
	}
	g.unattributed(ls[:starts[0].first])
	for i, s := range starts {
		end := len(ls)
		if i+1 < len(starts) {
			end = starts[i+1].first
		}
		if s.number < 0 { // a letterhead without a number: no document we could name
			g.unattributed(ls[s.first:end])
			continue
		}
		p := rd.document(ls[s.first:end], s)
		g.Documents = append(g.Documents, p.doc)
		g.Checks = append(g.Checks, p.checks...)
		g.unattributed(p.tail)
	}
}

// unattributed lists lines as passages, one for each paragraph.
func (g *Gazette) unattributed(ls []paper.Line) {
	for _, p := range paper.Paragraphs(ls) {
		g.Unattributed = append(g.Unattributed, Passage{Lines: p.Span(), Text: p.Text})
	}
}

// starts finds the documents: a number on a line of its own under a letterhead.
func (rd *reader) starts(ls []paper.Line) (out []start) {
	for i, l := range ls {
		if !strings.HasSuffix(l.Text, "号") {
			if l.Page && rd.isLetterhead(paper.Compact(l.Text)) && !rd.numberFollows(ls, i) {
				out = append(out, start{first: i, number: -1})
			}
			continue
		}
		num, ok := parseNumber(l.Text)
		if !ok {
			continue
		}
		s := start{number: i, num: num}
		if rd.letterhead(ls, &s) || rd.headless(ls, &s) {
			out = append(out, s)
		}
	}
	return out
}

// numberFollows reports whether a document number stands among the lines under
// a letterhead.
func (rd *reader) numberFollows(ls []paper.Line, i int) bool {
	for j := i + 1; j < len(ls) && j <= i+maxLetterhead; j++ {
		if _, ok := parseNumber(ls[j].Text); ok {
			return true
		}
	}
	return false
}

// maxLetterhead is how many lines a letterhead may have: one for each organ of
// a joint document.
const maxLetterhead = 6

// letterhead finds the letterhead above the number of s. It is one line
// (……文件), or for a joint document one spaced-out line for each organ, at the
// top of a page, the word 文件 standing elsewhere.
func (rd *reader) letterhead(ls []paper.Line, s *start) bool {
	s.first = s.number
	known := false
	for j := s.number - 1; j >= 0 && j >= s.number-maxLetterhead; j-- {
		t := paper.Compact(ls[j].Text)
		if t == "文件" {
			s.first = j
			continue
		}
		if !paper.IsHan(t) || paper.Width(t) > paper.Measure || len(t) < len("某局") {
			break
		}
		name, full := strings.CutSuffix(t, "文件")
		if full != rd.isLetterhead(t) && full && !rd.seriesKnown(s.num.series) && !organ(name) {
			break
		}
		if !full && !rd.isIssuer(name) && !organ(name) {
			break
		}
		s.issuers = append([]string{name}, s.issuers...)
		s.first = j
		known = known || full || rd.isIssuer(name)
		if full || ls[j].Page {
			break
		}
	}
	if !known {
		return false
	}
	s.joint = len(s.issuers) > 1
	return s.joint || strings.HasSuffix(paper.Compact(ls[s.first].Text), "文件") || ls[s.first].Page
}

// headless accepts a number without a letterhead, which may have been a picture
// in the PDF: a number of a known series at the top of a page over a title and
// addressees.
func (rd *reader) headless(ls []paper.Line, s *start) bool {
	i := slices.IndexFunc(rd.lex.Series, func(x Series) bool { return x.Code == s.num.series })
	if i < 0 || !ls[s.number].Page {
		return false
	}
	title, addressees := titleLines(ls[s.number+1:])
	if title == 0 || addressees <= title {
		return false
	}
	s.first, s.issuers, s.joint = s.number, []string{rd.lex.Series[i].Issuer}, false
	return true
}

func (rd *reader) isLetterhead(t string) bool {
	for _, s := range rd.lex.Series {
		for _, h := range s.Letterhead {
			if paper.Compact(h) == t {
				return true
			}
		}
	}
	return false
}

func (rd *reader) isIssuer(name string) bool {
	for _, s := range rd.lex.Series {
		if s.Issuer == name {
			return true
		}
	}
	return false
}

func (rd *reader) seriesKnown(code string) bool {
	for _, s := range rd.lex.Series {
		if s.Code == code {
			return true
		}
	}
	return false
}

// organ reports whether a name ends as names of public bodies do.
func organ(name string) bool {
	for _, end := range []string{"政府", "办公室", "办公厅", "委员会", "局", "委", "厅", "部", "院", "署", "处", "中心", "办", "管委会", "领导小组", "指挥部", "协会", "联合会", "工会", "公司"} {
		if strings.HasSuffix(name, end) && paper.IsHan(name) {
			return true
		}
	}
	return false
}
