package gazette

import (
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// reading is one document while it is being read.
type reading struct {
	doc      Document
	sections []section
	head     []paper.Line // lines whose content is in fields of the document
	tail     []paper.Line // lines after its end that belong to no document
	checks   []Check
	seen     []Note   // what the outline has to say
	top      NodeType // level of the outermost headings, once asked for
}

// document reads the lines from a letterhead to the next.
func (rd *reader) document(ls []paper.Line, s start) *reading {
	n := s.number - s.first
	r := &reading{doc: Document{
		Number: s.num.String(), Series: s.num.series, Year: s.num.year, Serial: s.num.serial,
		Issuers: s.issuers, Addressees: []string{}, CC: []string{}, Repeals: []Reference{}, Cites: []Reference{},
		Instruments: []Instrument{}, Attachments: []Attachment{}, Structure: []Node{},
	}}
	d := &r.doc
	r.take(ls[:n+1])
	if n == 0 {
		r.note("layout", ls[0].No, "没有发文机关标志，按文号认定发文机关", "there is no letterhead; the issuer was taken from the number")
	}
	rest := ls[n+1:]
	if s.joint {
		rest = r.strayWord(rest)
	}

	title, addressees := titleLines(rest)
	d.Title = paper.Squeeze(paper.Join(rest[:title]))
	d.Addressees = append(d.Addressees, cutList(strings.TrimRight(paper.Squeeze(paper.Join(rest[title:addressees])), "：:"), "，,；;")...)
	d.Kind = documentKind(d.Title)
	d.Action = action(d.Title)
	r.take(rest[:addressees])
	rest = rest[addressees:]

	im, ok := findImprint(rest)
	before, after := rest, []paper.Line(nil)
	if ok {
		d.CC, d.Printed = im.cc, im.printed
		before, after = rest[:im.from], rest[im.to:]
		r.take(rest[im.from:im.to])
		if !substantial(after) {
			r.tail, after = after, nil
		}
	} else {
		r.note("layout", ls[len(ls)-1].No, "没有版记（抄送、印发机关和日期）", "there is no imprint (copies, printing office and date)")
	}
	notice, text := before, []paper.Line(nil)
	if sig, ok := findSignature(before); ok {
		d.Signed = sig.date
		r.take(before[sig.from:sig.to])
		notice, text = before[:sig.from], r.contacts(before[sig.to:])
	} else {
		r.note("layout", ls[0].No, "没有署名和成文日期", "there is no signature with a date")
	}
	text = append(text[:len(text):len(text)], after...)
	notice, text = r.attachmentList(notice), r.attachmentList(text)

	wordings := instrumentTitles(d, paper.Paragraphs(notice))
	r.split(notice, text, wordings)
	d.Lines = Span{ls[0].No, ls[len(ls)-1-len(r.tail)].No}
	tables := rd.fill(r)
	r.checks = append(r.checks, r.balance(ls, tables))
	return r
}

// take records lines whose content went into fields.
func (r *reading) take(ls []paper.Line) { r.head = append(r.head, ls...) }

func (r *reading) note(kind string, line int, zh, en string, args ...any) {
	r.doc.Notes = append(r.doc.Notes, Note{Kind: kind, Text: gov.Textf(zh, en, args...), Line: line})
}

// strayWord takes out the word 文件 of a joint letterhead: set large beside the
// names of the organs, it comes out of a PDF somewhere in the text below.
func (r *reading) strayWord(ls []paper.Line) []paper.Line {
	for i, l := range ls[:min(len(ls), 60)] {
		if paper.Compact(l.Text) == "文件" {
			r.take(ls[i : i+1])
			r.note("layout", l.No, "联合发文机关标志中的“文件”二字落在正文里，已移出", "the word 文件 of the joint letterhead stands within the text; it was taken out")
			out := append([]paper.Line(nil), ls[:i]...)
			if i > 0 && i+1 < len(ls) && !out[i-1].End {
				// The sentence goes on behind the word, whatever the page says.
				next := ls[i+1]
				next.Page = false
				return append(append(out, next), ls[i+2:]...)
			}
			return append(out, ls[i+1:]...)
		}
	}
	return ls
}

// titleLines tells how many lines the title takes, and where the addressees
// end. The title ends with the name of a kind of document (通知, 意见 ...), the
// addressees with a colon.
func titleLines(ls []paper.Line) (title, addressees int) {
	colon := -1
	for i, l := range ls[:min(len(ls), 24)] {
		if strings.Contains(l.Text, "。") {
			break
		}
		if paper.EndsWith(l.Text, "：:") {
			colon = i
			break
		}
	}
	end := colon
	if colon < 0 {
		end = min(len(ls), 12)
	}
	for i := range end {
		if strings.Contains(ls[i].Text, "。") {
			break
		}
		if documentKind(paper.Squeeze(paper.Join(ls[:i+1]))) != "" {
			title = i + 1
			if colon < 0 && ls[i].End {
				break
			}
		}
	}
	if colon < 0 {
		return title, title
	}
	if title == 0 {
		title = colon
	}
	return title, colon + 1
}

// signature is 署名 and 成文日期.
type signature struct {
	from, to int
	date     gov.Date
}

// findSignature finds the first date on a line of its own under the name of an
// organ.
func findSignature(ls []paper.Line) (signature, bool) {
	for i, l := range ls {
		if i == 0 || !strings.HasSuffix(l.Text, "日") {
			continue
		}
		d, ok := paper.WholeDate(l.Text)
		if !ok {
			continue
		}
		from := i
		for from > 0 && from > i-maxLetterhead && organs(ls[from-1].Text) {
			from--
		}
		if from < i {
			return signature{from, i + 1, d}, true
		}
	}
	return signature{}, false
}

// organs reports whether a line is the name of an organ, or several with wide
// gaps between them.
func organs(text string) bool {
	if strings.ContainsAny(text, "，。：；、") {
		return false
	}
	if organ(paper.Compact(text)) && utf8.RuneCountInString(paper.Compact(text)) >= 4 {
		return true
	}
	names := cutList(strings.ReplaceAll(text, "  ", "\t"), "\t")
	for _, n := range names {
		if !organ(paper.Compact(n)) {
			return false
		}
	}
	return len(names) > 0 && utf8.RuneCountInString(names[0]) >= 4
}

// substantial reports whether lines after an imprint are text of the document
// and not a divider or a page head: a sentence, or an attachment's mark.
func substantial(ls []paper.Line) bool {
	n := 0
	for _, l := range ls {
		n += utf8.RuneCountInString(paper.Compact(l.Text))
		if attachmentMark(l.Text) != "" {
			return true
		}
	}
	return n >= 60
}

// fill reads tables and text and everything that stands in them. It returns
// the lines of the tables.
func (rd *reader) fill(r *reading) (tables []Span) {
	d := &r.doc
	var body []paper.Line
	for _, s := range r.sections {
		body = append(body, s.head...)
		body = append(body, s.cover...)
		body = append(body, s.lines...)
	}
	r.outline(nil)
	work := rd.work.Read(body, d.Number, d.Year)
	d.Tasks, d.Indicators, d.Projects, r.checks = work.Tasks, work.Indicators, work.Projects, work.Checks
	d.Notes = append(d.Notes, work.Notes...)
	for i := range r.checks {
		if r.checks[i].Form == "table" {
			tables = append(tables, r.checks[i].Lines)
		}
	}
	if tables != nil {
		r.outline(tables)
	}
	d.Notes = append(d.Notes, r.seen...)
	r.present(tables)
	r.terms()
	r.misprints()
	r.conflicts()
	return tables
}
