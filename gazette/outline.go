package gazette

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// outliner builds the nodes of one section.
type outliner struct {
	r       *reading
	nodes   []Node
	count   *counter
	stack   []int  // ranks of the open nodes, outermost first
	base    int    // depth of the section's outermost headings
	plain   bool   // the section has headings without numbers
	wait    []Node // boxes that interrupted the paragraphs of the open node
	heading bool   // the node before has no text yet

	styles   map[string]int // ranks of headings without numbers, by style
	outer    map[string]int // likewise, of the styles that are nested: the level outside
	inferred bool           // a note says that levels are inferred
}

var bodyAttachment = regexp.MustCompile(`^附(图|表) ?[0-9一二三四五六七八九十]{0,3} ?[.．：:]`)

// outline builds the structure of the whole document, the lines of tables left
// out. It may be called again when the tables are known.
func (r *reading) outline(tables []Span) {
	r.doc.Structure = []Node{}
	r.seen = nil
	for i := range r.sections {
		s := &r.sections[i]
		o := &outliner{r: r, count: newCounter(), styles: map[string]int{}, outer: map[string]int{}}
		node := Node{Type: s.typ, Number: s.number, Line: s.first()}
		if s.typ != PreambleNode {
			o.base = 1
			node.Heading = s.title
		}
		o.nodes = append(o.nodes, node)
		for _, p := range paper.Paragraphs(s.cover) {
			o.text(p, p.Text)
		}
		o.section(s, tables)
		if s.typ == PreambleNode && o.nodes[0].Line == 0 {
			o.nodes = o.nodes[1:]
		}
		r.doc.Structure = append(r.doc.Structure, o.nodes...)
	}
	if len(r.doc.Structure) == 0 {
		line := r.head[len(r.head)-1].No
		r.doc.Structure = []Node{{Type: PreambleNode, Line: line}}
	}
}

// section reads the text of a section between its tables.
func (o *outliner) section(s *section, tables []Span) {
	s.paras = nil
	var chunks [][]item
	for _, ls := range between(s.lines, tables) {
		chunks = append(chunks, items(ls))
	}
	o.plain = s.typ == InstrumentNode && !numberedHeadings(chunks)
	for _, c := range chunks {
		for i, it := range c {
			if it.box != nil {
				s.paras = append(s.paras, paper.Paragraphs(it.box.lines)...)
			} else {
				s.paras = append(s.paras, it.para)
			}
			for _, b := range it.boxes {
				s.paras = append(s.paras, paper.Paragraphs(b.lines)...)
			}
			next := ""
			if i+1 < len(c) {
				next = c[i+1].para.Text
			}
			o.paragraph(it, next)
		}
	}
	o.flush()
}

// numberedHeadings reports whether a section is divided by numbers, the tables
// and figures after it left aside. Parts alone, or chapters alone, leave room
// for headings without numbers.
func numberedHeadings(chunks [][]item) bool {
	parts, chapters := false, false
	for _, c := range chunks {
		for _, it := range c {
			if bodyAttachment.MatchString(it.para.Text) {
				return false
			}
			switch ordinalOf(it.para.Text).typ {
			case Level1Node, Level2Node, ArticleNode, SectionNode:
				return true
			case PartNode:
				parts = true
			case ChapterNode:
				chapters = true
			}
			if parts && chapters {
				return true
			}
		}
	}
	return false
}

// between cuts lines at tables and leaves the lines of tables out.
func between(ls []paper.Line, tables []Span) (chunks [][]paper.Line) {
	from := 0
	for i, l := range ls {
		in := slices.ContainsFunc(tables, func(t Span) bool { return l.No >= t[0] && l.No <= t[1] })
		if in {
			if i > from {
				chunks = append(chunks, ls[from:i])
			}
			from = i + 1
		}
	}
	if from < len(ls) {
		chunks = append(chunks, ls[from:])
	}
	return chunks
}

// paragraph decides what a paragraph is: a heading, an article, an item, or
// text under the node before.
func (o *outliner) paragraph(it item, next string) {
	p := it.para
	defer func() {
		for _, b := range it.boxes {
			o.wait = append(o.wait, b.node)
		}
	}()
	if it.box != nil {
		if it.open { // what follows belongs to the box
			o.open(ranks[Level3Node], it.box.node)
			o.count.reset(ranks[Level3Node])
			return
		}
		o.wait = append(o.wait, it.box.node)
		return
	}
	if m := bodyAttachment.FindString(p.Text); m != "" {
		o.plain = false
		o.open(0, Node{Type: AttachmentNode, Number: paper.Compact(m), Heading: paper.Squeeze(p.Text[len(m):]), Line: p.Span()[0]})
		return
	}
	if len(p.Text) < 40 && preface.MatchString(paper.Compact(p.Text)) {
		// A preface stands beside the parts or chapters without being one.
		n := Node{Type: Level1Node, Heading: paper.Compact(p.Text), Line: p.Span()[0]}
		o.open(ranks[o.r.outermost()], n)
		return
	}
	if ord := ordinalOf(p.Text); ord.typ != "" {
		switch v := o.count.judge(ord, o.announces()); v {
		case rejected:
		default:
			if v != expected {
				o.numbering(v, ord, p)
			}
			o.numbered(ord, it)
			return
		}
	}
	if o.plain && isHeading(p, next) {
		o.unnumbered(it)
		return
	}
	o.text(p, p.Text)
}

// outermost is the level of a preface: that of the parts or chapters of the
// document.
func (r *reading) outermost() NodeType {
	if r.top != "" {
		return r.top
	}
	r.top = Level1Node
	for _, s := range r.sections {
		for _, l := range s.lines {
			if t := ordinalOf(l.Text).typ; t == PartNode || t == ChapterNode {
				r.top = t
				return t
			}
		}
	}
	return r.top
}

// numbering notes a number that is out of order; the text is kept as it is.
func (o *outliner) numbering(v verdict, ord ordinal, p paper.Paragraph) {
	last := o.count.local[ord.typ]
	if v == repeated {
		o.note("misprint", p, "编号“%s”重复", "the number %s is there twice", ord.printed)
		return
	}
	o.note("misprint", p, "编号从第%[2]d跳到“%[1]s”", "the numbering jumps from %[2]d to %[1]s", ord.printed, last)
}

// note keeps a note until the outline is final.
func (o *outliner) note(kind string, p paper.Paragraph, zh, en string, args ...any) {
	o.r.seen = append(o.r.seen, Note{Kind: kind, Text: gov.Textf(zh, en, args...), Line: p.Span()[0]})
}

// announces reports whether the text before ends with a colon: a list begins.
func (o *outliner) announces() bool {
	n := &o.nodes[len(o.nodes)-1]
	if len(n.Paragraphs) == 0 {
		return paper.EndsWith(n.Heading+n.Stop, "：:")
	}
	return paper.EndsWith(n.Paragraphs[len(n.Paragraphs)-1].Text, "：:")
}

// numbered opens the node of a number.
func (o *outliner) numbered(ord ordinal, it item) {
	inArticle := slices.Contains(o.stack, ranks[ArticleNode])
	n := Node{Type: ord.typ, Number: ord.printed, Line: it.para.Span()[0]}
	var text string
	n.Heading, n.Stop, text = headingOf(ord.typ, ord.rest, inArticle)
	o.count.enter(ord.typ, ord.n)
	if ranks[ord.typ] < ranks[Level1Node] {
		clear(o.styles)
		clear(o.outer)
	}
	o.open(ranks[ord.typ], n)
	if text != "" {
		o.text(it.para, text)
	}
}

// open closes the nodes that a new one of this rank does not belong under, and
// begins it.
func (o *outliner) open(rank int, n Node) {
	o.flush()
	for len(o.stack) > 0 && o.stack[len(o.stack)-1] >= rank {
		o.stack = o.stack[:len(o.stack)-1]
	}
	n.Depth = o.base + len(o.stack)
	o.stack = append(o.stack, rank)
	if n.Number == "" || n.Type == AttachmentNode {
		o.count.reset(rank)
	}
	o.nodes = append(o.nodes, n)
	o.heading = true
}

// text adds a paragraph to the open node.
func (o *outliner) text(p paper.Paragraph, text string) {
	n := &o.nodes[len(o.nodes)-1]
	if n.Line == 0 {
		n.Line = p.Span()[0]
	}
	n.Paragraphs = append(n.Paragraphs, Passage{Lines: p.Span(), Text: text})
	o.heading = false
}

// flush writes the boxes that waited for the end of the node's paragraphs.
func (o *outliner) flush() {
	for _, b := range o.wait {
		b.Depth = o.base + len(o.stack)
		o.nodes = append(o.nodes, b)
	}
	o.wait = nil
}

// isHeading reports whether a paragraph without a number is a heading: short,
// without any mark of a sentence, followed by text.
func isHeading(p paper.Paragraph, next string) bool {
	last := p.Lines[len(p.Lines)-1]
	n := utf8.RuneCountInString(paper.Compact(p.Text))
	return len(p.Lines) <= 2 && last.End && n >= 2 && n <= 30 && next != "" &&
		!strings.ContainsAny(p.Text, "。；：:！？!?《") && !paper.EndsWith(p.Text, "，、,") &&
		!strings.HasPrefix(p.Text, "—") && !strings.HasPrefix(p.Text, "-") && !strings.HasPrefix(p.Text, "（") &&
		!caption.MatchString(p.Text) && strings.Count(p.Text, "，") <= 2 &&
		!coverLine.MatchString(paper.Compact(p.Text)) && !organ(paper.Compact(p.Text))
}

// coverLine is the date of a title page.
var coverLine = regexp.MustCompile(`^[0-9〇○零一二三四五六七八九]{4}年([0-9一二三四五六七八九十]{1,3}月)?([0-9一二三四五六七八九十]{1,3}日)?$`)

var caption = regexp.MustCompile(`^(图|表|附图|附表|注) ?[0-9]`)

// unnumbered opens a heading without a number. Its level is gone from the
// print, but its style shows in the blanks at the end of the line, how many and
// of which kind: every style has the level at which it was first seen under the
// part. A heading right under another of its style begins a deeper level, and
// those that follow are beside it until one opens a page: what stands at the
// head of a page is of the outer level again.
func (o *outliner) unnumbered(it item) {
	p := it.para
	style := p.Lines[len(p.Lines)-1].Tail
	rank, used := o.styles[style]
	under := o.heading && len(o.stack) > 0 && o.nodes[len(o.nodes)-1].Number == ""
	outer, nested := o.outer[style]
	switch {
	case !used:
		rank = ranks[Level1Node]
		if under {
			rank = o.stack[len(o.stack)-1] + 1
		}
		for _, r := range o.styles {
			rank = max(rank, r+1)
		}
		rank = min(rank, ranks[Level3Node])
		o.styles[style] = rank
	case nested && p.Lines[0].Page:
		rank = outer
	case under && rank <= o.stack[len(o.stack)-1]:
		if !nested {
			o.outer[style] = rank
		}
		rank = min(o.stack[len(o.stack)-1]+1, ranks[Level3Node])
		o.styles[style] = rank
	}
	if !o.inferred {
		o.inferred = true
		o.note("layout", p, "小标题没有编号，层次按版式推断", "the headings have no numbers; their levels are inferred from the layout")
	}
	o.open(rank, Node{Type: levelAt(rank), Heading: paper.Squeeze(p.Text), Line: p.Span()[0]})
}

func levelAt(rank int) NodeType {
	for t, r := range ranks {
		if r == rank {
			return t
		}
	}
	return Level1Node
}
