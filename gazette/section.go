package gazette

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

// section is a stretch of a document that has its own title and its own
// numbering: the notice, an instrument, an attachment.
type section struct {
	typ    NodeType
	number string // 附件1
	no     int
	title  string
	head   []paper.Line // the lines of number and title
	cover  []paper.Line // other lines of the title page: who, when
	lines  []paper.Line
	paras  []paper.Paragraph // what lines read as, tables excepted; set by outline
}

// first is the raw line it begins on.
func (s *section) first() int {
	n := 0
	for _, ls := range [][]paper.Line{s.head, s.cover, s.lines} {
		if len(ls) > 0 && (n == 0 || ls[0].No < n) {
			n = ls[0].No
		}
	}
	return n
}

// last is the raw line it ends on.
func (s *section) last() int {
	n := 0
	for _, ls := range [][]paper.Line{s.head, s.cover, s.lines} {
		if len(ls) > 0 {
			n = max(n, ls[len(ls)-1].No)
		}
	}
	return n
}

// split cuts the text of the document into sections. The notice comes first.
// What follows the signature is the instrument, up to the mark of an
// attachment; a page that begins with the title of another instrument begins
// that.
func (r *reading) split(notice, text []paper.Line, wordings []string) {
	r.sections = []section{{typ: PreambleNode}}
	outstanding := slices.Clone(wordings)
	add := func(ls []paper.Line, first bool) {
		for i := 0; i < len(ls); {
			if mark := attachmentMark(ls[i].Text); mark != "" && len(r.sections) < maxAttachments {
				i += r.openAttachment(mark, ls[i:])
				continue
			}
			if ls[i].Page || first && i == 0 {
				if k, n := matching(ls[i:], outstanding); n > 0 {
					r.openInstrument(ls[i:i+n], outstanding[k])
					outstanding = slices.Delete(outstanding, k, k+1)
					i += n
					continue
				}
			}
			if first && i == 0 {
				title := ""
				if len(outstanding) > 0 {
					title, outstanding = outstanding[0], outstanding[1:]
				}
				n := titleBlock(ls)
				r.openInstrument(ls[:n], title)
				i = n
				if n > 0 {
					continue
				}
			}
			s := &r.sections[len(r.sections)-1]
			s.lines = append(s.lines, ls[i])
			i++
		}
	}
	add(notice, false)
	add(text, true)
}

// openInstrument begins an instrument whose title is somewhere in the block.
// The text may lack a title of its own.
func (r *reading) openInstrument(block []paper.Line, title string) {
	s := section{typ: InstrumentNode, title: title}
	from, to := within(block, title)
	if title == "" {
		from, to = 0, len(block)
	}
	s.head = block[from:to:to]
	s.cover = append(block[:from:from], block[to:]...)
	if len(s.head) > 0 {
		s.title = paper.Squeeze(paper.Join(s.head))
	}
	r.sections = append(r.sections, s)
}

// openAttachment begins an attachment at its mark and tells how many lines its
// mark and title take.
func (r *reading) openAttachment(mark string, ls []paper.Line) int {
	s := section{typ: AttachmentNode, number: mark, no: 1}
	if n, ok := paper.HanNumber(strings.TrimPrefix(mark, "附件")); ok {
		s.no = n
	}
	n := 1 + titleBlock(ls[1:])
	block := ls[1:n]
	listed := ""
	for _, a := range r.doc.Attachments {
		if a.No == s.no {
			listed = a.Title
		}
	}
	from, to := within(block, listed)
	if listed == "" || from == to {
		from, to = 0, len(block)
	}
	s.head = append([]paper.Line{ls[0]}, block[from:to]...)
	s.cover = append(block[:from:from], block[to:]...)
	s.title = paper.Squeeze(paper.Join(block[from:to]))
	r.sections = append(r.sections, s)
	return n
}

var attachmentLine = regexp.MustCompile(`^附件(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})?$`)

// attachmentMark reads the line that stands above an attachment, 附件 or
// 附件1, and returns it without blanks; "" for any other line.
func attachmentMark(text string) string {
	if !strings.HasPrefix(text, "附") || len(text) > 40 {
		return ""
	}
	t := strings.TrimRight(paper.Compact(text), "：:")
	if attachmentLine.MatchString(t) {
		return t
	}
	return ""
}

// maxTitle is how many lines a title page may have.
const maxTitle = 12

// titleBlock counts the lines of a title page or head: short lines without a
// sentence before the first heading or paragraph.
func titleBlock(ls []paper.Line) int {
	for i, l := range ls {
		t := paper.Compact(l.Text)
		switch {
		case i == maxTitle, i > 0 && l.Page:
		case utf8.RuneCountInString(t) < 2, i > 0 && strings.Count(l.Text, " ") >= 3 && !strings.Contains(l.Text, "  "):
			// the head of a table
		case strings.ContainsAny(t, "，。；：:"), paper.Width(l.Text) > paper.FullLine-1:
		case preface.MatchString(t) || paper.IsBox(l.Text) || attachmentMark(l.Text) != "":
		case ordinalOf(l.Text).typ != "":
		default:
			continue
		}
		return i
	}
	return len(ls)
}

// matching finds the outstanding title with which a text begins, and how many
// lines its head takes.
func matching(ls []paper.Line, titles []string) (which, n int) {
	if len(titles) == 0 {
		return 0, 0
	}
	n = titleBlock(ls)
	best := 0.75
	found := false
	for k, t := range titles {
		if from, to := within(ls[:n], t); to > from {
			if l := paper.Likeness(paper.Join(ls[from:to]), t); l >= best {
				which, best, found = k, l, true
			}
		}
	}
	if !found {
		return 0, 0
	}
	return which, n
}

// within finds the lines of a block that are most like a title. It returns an
// empty range when none is.
func within(block []paper.Line, title string) (from, to int) {
	best := 0.6
	for i := range block {
		for j := i + 1; j <= len(block); j++ {
			if l := paper.Likeness(paper.Join(block[i:j]), title); l > best {
				from, to, best = i, j, l
			}
		}
	}
	return from, to
}

var listedAttachment = regexp.MustCompile(`^附 ?件 ?[:：] ?`)

// attachmentList reads the 附件 list (附件：1.…… 2.……) out of the lines.
func (r *reading) attachmentList(ls []paper.Line) []paper.Line {
	rest := make([]paper.Line, 0, len(ls))
	for i := 0; i < len(ls); {
		if !strings.HasPrefix(ls[i].Text, "附") || !listedAttachment.MatchString(ls[i].Text) {
			rest = append(rest, ls[i])
			i++
			continue
		}
		to := i
		for n := 1; to < len(ls); n++ {
			if n > 1 {
				if o := ordinalOf(ls[to].Text); o.typ != Level3Node || o.n != n {
					break
				}
			}
			for to < len(ls) && !ls[to].End {
				to++
			}
			to = min(to+1, len(ls))
		}
		for _, p := range paper.Paragraphs(ls[i:to]) {
			t := strings.TrimSpace(listedAttachment.ReplaceAllString(p.Text, ""))
			a := Attachment{No: len(r.doc.Attachments) + 1, Title: t}
			if o := ordinalOf(t); o.typ == Level3Node {
				a.No, a.Title = o.n, o.rest
			}
			if a.Title = paper.Squeeze(a.Title); a.Title != "" && len(r.doc.Attachments) < maxAttachments {
				r.doc.Attachments = append(r.doc.Attachments, a)
			}
		}
		r.take(ls[i:to])
		i = to
	}
	return rest
}

// present compares what was announced with what is there.
func (r *reading) present(tables []Span) {
	d := &r.doc
	d.BodyPresent = d.Action != actionIssue && d.Action != actionForward && len(r.sections[0].lines) > 0
	for i := range r.sections {
		s := &r.sections[i]
		lines := Span{s.first(), s.last()}
		switch s.typ {
		case InstrumentNode:
			d.BodyPresent = true
			for k := range d.Instruments {
				if in := &d.Instruments[k]; in.Lines == (Span{}) && (len(s.head) == 0 || paper.Likeness(in.Title, s.title) > 0.6) {
					in.Lines = lines
					r.chooseTitle(in, s)
					break
				}
			}
		case AttachmentNode:
			d.BodyPresent = true
			k := slices.IndexFunc(d.Attachments, func(a Attachment) bool { return a.No == s.no && !a.Present })
			if k < 0 {
				d.Attachments = append(d.Attachments, Attachment{No: s.no, Title: s.title})
				k = len(d.Attachments) - 1
			}
			a := &d.Attachments[k]
			a.Present, a.Lines, a.Form = true, lines, form(s, tables)
			if s.title != "" && paper.Likeness(a.Title, s.title) < 1 && !strings.HasPrefix(s.title, a.Title) {
				r.note("conflict", s.first(), "附件说明中的名称是“%s”，附件上的名称是“%s”", "the list of attachments calls it %q, the attachment itself %q", a.Title, s.title)
			}
		}
	}
	for _, a := range d.Attachments {
		if !a.Present {
			r.note("layout", d.Structure[0].Line, "附件%d“%s”不在文件中", "attachment %d, %q, is not in the file", a.No, a.Title)
		}
	}
	if !d.BodyPresent {
		r.note("layout", d.Structure[0].Line, "只有通知，没有所印发的正文", "there is only the notice, not the text it issues")
	}
}

func form(s *section, tables []Span) string {
	for _, t := range tables {
		if t[0] >= s.first() && t[1] <= s.last() {
			return "table"
		}
	}
	title := paper.Compact(s.title + paper.Join(s.cover))
	for _, word := range []string{"模版", "模板", "样表", "样式", "申请表", "登记表", "报告表", "参考格式"} {
		if strings.Contains(title, word) {
			return "form"
		}
	}
	return "text"
}

// chooseTitle settles the title of an instrument where notice and text differ:
// the wording that the document uses twice, else that of the notice. The
// others become alternative titles.
func (r *reading) chooseTitle(in *Instrument, s *section) {
	d := &r.doc
	inTitle := titled(d.Title)
	if len(s.head) > 0 && paper.PlainTitle(s.title) != paper.PlainTitle(in.Title) && paper.PlainTitle(s.title) == paper.PlainTitle(inTitle) {
		d.alt(in.Title)
		in.Title = s.title
		in.Kind, in.Trial = instrumentKind(s.title)
	}
	if len(s.head) > 0 && paper.PlainTitle(s.title) != paper.PlainTitle(in.Title) {
		d.alt(s.title)
	}
}

// alt adds a wording of the title.
func (d *Document) alt(title string) {
	if title != "" && !slices.Contains(d.AltTitles, title) {
		d.AltTitles = append(d.AltTitles, title)
	}
}
