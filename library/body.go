package library

import (
	"regexp"
	"strconv"
	"strings"

	"quanxiang/gazette"
)

// Elements below the nodes of the reader: paragraphs (款), points (项) and
// their subdivisions (目).
const (
	ParagraphElement gazette.NodeType = "para"
	PointElement     gazette.NodeType = "point"
	SubpointElement  gazette.NodeType = "subpoint"
)

// PartKind says what a part of a document is.
type PartKind string

// The kinds of parts. A document that promulgates something has a cover and an
// instrument; one that speaks for itself has a body.
const (
	CoverPart      PartKind = "cover"
	BodyPart       PartKind = "body"
	InstrumentPart PartKind = "instrument"
	AttachmentPart PartKind = "attachment"
)

// Part is one of the texts that make up a document.
type Part struct {
	ID       string // eId: "cover", "body", "main", "cmp_2", "att_1"
	Kind     PartKind
	Number   string // 附件1
	Title    string
	Elements []Element
}

// Element is a piece of a document's text with its address. The same ID is the
// eId in Akoma Ntoso, the anchor on the page and the anchor of a search hit.
type Element struct {
	ID       string           // "chp_2__art_6__para_1__point_1", after the Akoma Ntoso naming convention 1.0
	Type     gazette.NodeType // a node type of the reader or one of those above
	Number   string           // as printed
	Heading  string
	Text     string // of a paragraph or point
	Line     int    // raw line of the file
	Children []Element
}

// abbreviations are those of akn-nc v1.0, 5.3; 一、 （一） 1. （1） are mapped to the
// general containers that fit their rank.
var abbreviations = map[gazette.NodeType]string{
	gazette.PartNode:       "part",
	gazette.ChapterNode:    "chp",
	gazette.SectionNode:    "sec",
	gazette.ArticleNode:    "art",
	gazette.Level1Node:     "sec",
	gazette.Level2Node:     "subsec",
	gazette.Level3Node:     "cl",
	gazette.Level4Node:     "subcl",
	gazette.BoxNode:        "box",
	gazette.AttachmentNode: "att",
	ParagraphElement:       "para",
	PointElement:           "point",
	SubpointElement:        "subpara",
}

// Body is the text of a document in its parts. IDs are unique in the document
// and depend on printed numbers, so they survive corrections elsewhere.
func Body(d *gazette.Document) []Part {
	b := builder{doc: d, used: map[string]int{}}
	for i := 0; i < len(d.Structure); {
		p := b.place(d.Structure[i])
		j := i + 1
		for j < len(d.Structure) && b.place(d.Structure[j]) == p && !attachmentTop(d.Structure[j]) {
			j++
		}
		b.part(p, d.Structure[i:j])
		i = j
	}
	return b.parts
}

// place is where a node stands: the kind of part and its position in the
// document's list of instruments or attachments.
type place struct {
	kind PartKind
	n    int
}

type builder struct {
	doc   *gazette.Document
	parts []Part
	used  map[string]int // IDs given, with how often they were wanted
	att   int            // attachments seen as nodes
}

func attachmentTop(n gazette.Node) bool { return n.Type == gazette.AttachmentNode }

func (b *builder) place(n gazette.Node) place {
	within := func(s gazette.Span) bool { return s[0] > 0 && s[0] <= n.Line && n.Line <= s[1] }
	for i, a := range b.doc.Attachments {
		if within(a.Lines) {
			return place{AttachmentPart, i}
		}
	}
	texts := 0
	for i, in := range b.doc.Instruments {
		if within(in.Lines) {
			return place{InstrumentPart, i}
		}
		if in.Lines[0] > 0 {
			texts++
		}
	}
	if attachmentTop(n) {
		return place{AttachmentPart, -n.Line}
	}
	// An attachment the list does not know goes on until the next one.
	if last := len(b.parts) - 1; last >= 0 && b.parts[last].Kind == AttachmentPart && n.Depth > 0 {
		return place{AttachmentPart, -1}
	}
	if texts > 0 {
		return place{CoverPart, 0}
	}
	return place{BodyPart, 0}
}

// part makes a part of consecutive nodes, or adds them to the part before when
// they go on with it.
func (b *builder) part(at place, nodes []gazette.Node) {
	p := Part{Kind: at.kind}
	prefix := ""
	switch at.kind {
	case CoverPart:
		p.ID, p.Title, prefix = "cover", b.doc.Title, "cover"
	case BodyPart:
		p.ID, p.Title = "body", b.doc.Title
	case InstrumentPart:
		p.ID, p.Title = "main", b.doc.Instruments[at.n].Title
		if at.n > 0 {
			p.ID = "cmp_" + strconv.Itoa(at.n+1)
			prefix = p.ID
		}
	case AttachmentPart:
		b.att++
		no := b.att
		if at.n >= 0 {
			a := b.doc.Attachments[at.n]
			p.Title = a.Title
			if a.No > 0 {
				no = a.No
			}
		}
		p.ID = "att_" + strconv.Itoa(no)
		if attachmentTop(nodes[0]) {
			p.Number = nodes[0].Number
			if nodes[0].Heading != "" {
				p.Title = nodes[0].Heading
			}
		}
		prefix = p.ID
	}
	if last := len(b.parts) - 1; last >= 0 && b.parts[last].ID == p.ID {
		b.parts[last].Elements = append(b.parts[last].Elements, b.elements(nodes, prefix)...)
		return
	}
	p.ID = b.unique(p.ID)
	if prefix != "" {
		prefix = p.ID
	}
	if attachmentTop(nodes[0]) {
		p.Elements = b.paragraphs(nodes[0], prefix)
		nodes = nodes[1:]
	}
	p.Elements = append(p.Elements, b.elements(nodes, prefix)...)
	b.parts = append(b.parts, p)
}

// elements makes the tree of a list of nodes from their depths.
func (b *builder) elements(nodes []gazette.Node, prefix string) []Element {
	var list []Element
	ordinal := map[string]int{}
	for i := 0; i < len(nodes); {
		n := nodes[i]
		j := i + 1
		for j < len(nodes) && nodes[j].Depth > n.Depth {
			j++
		}
		if n.Type == "" || n.Number == "" && n.Heading == "" && n.Type != gazette.BoxNode {
			// Text before the first heading belongs to the part itself.
			list = append(list, b.paragraphs(n, prefix)...)
			list = append(list, b.elements(nodes[i+1:j], prefix)...)
			i = j
			continue
		}
		abbr := abbreviations[n.Type]
		if abbr == "" {
			abbr = "hcontainer"
		}
		ordinal[abbr]++
		e := Element{Type: n.Type, Number: n.Number, Heading: n.Heading, Line: n.Line}
		e.ID = b.id(prefix, abbr, n.Number, ordinal[abbr])
		e.Children = b.paragraphs(n, e.ID)
		below := e.ID
		if k := len(e.Children) - 1; k >= 0 && n.Type == gazette.ArticleNode && j > i+1 && nodes[i+1].Type == PointElement {
			// Points that the reader found as nodes belong to the last paragraph.
			below = e.Children[k].ID
			e.Children[k].Children = append(e.Children[k].Children, b.elements(nodes[i+1:j], below)...)
		} else {
			e.Children = append(e.Children, b.elements(nodes[i+1:j], below)...)
		}
		list = append(list, e)
		i = j
	}
	return list
}

var (
	pointStart    = regexp.MustCompile(`^[（(]([一二三四五六七八九十]+)[）)]\s*`)
	subpointStart = regexp.MustCompile(`^(\d{1,2})[.．、]\s*`)
)

// paragraphs makes elements of the paragraphs directly under a node. In an
// article, （一）（二） … are points of the paragraph before, 1. 2. … their
// subdivisions, each accepted only as the successor of the one before.
func (b *builder) paragraphs(n gazette.Node, prefix string) []Element {
	var list []Element
	point, subpoint := 0, 0
	for _, p := range n.Paragraphs {
		e := Element{Type: ParagraphElement, Text: p.Text, Line: p.Lines[0]}
		if last := len(list) - 1; last >= 0 && n.Type == gazette.ArticleNode {
			para := &list[last]
			if m := pointStart.FindStringSubmatch(p.Text); m != nil && numeral(m[1]) == point+1 {
				point, subpoint = point+1, 0
				e.Type, e.Number, e.Text = PointElement, strings.TrimSpace(m[0]), p.Text[len(m[0]):]
				e.ID = b.id(para.ID, "point", m[1], point)
				para.Children = append(para.Children, e)
				continue
			}
			if m := subpointStart.FindStringSubmatch(p.Text); m != nil && point > 0 && m[1] == strconv.Itoa(subpoint+1) {
				subpoint++
				pt := &para.Children[len(para.Children)-1]
				e.Type, e.Number, e.Text = SubpointElement, strings.TrimSpace(m[0]), p.Text[len(m[0]):]
				e.ID = b.id(pt.ID, "subpara", m[1], subpoint)
				pt.Children = append(pt.Children, e)
				continue
			}
		}
		point, subpoint = 0, 0
		e.ID = b.id(prefix, "para", "", len(list)+1)
		list = append(list, e)
	}
	return list
}

// id gives an element its address: the printed number where there is one, else
// its position among its likes.
func (b *builder) id(prefix, abbr, number string, position int) string {
	n := numbers(number)
	if n == "" {
		n = strconv.Itoa(position)
	}
	id := abbr + "_" + n
	if prefix != "" {
		id = prefix + "__" + id
	}
	return b.unique(id)
}

// unique tells apart elements that bear the same number, as misprints do.
func (b *builder) unique(id string) string {
	b.used[id]++
	if n := b.used[id]; n > 1 {
		return b.unique(id + "-" + strconv.Itoa(n))
	}
	return id
}

// Walk calls fn for an element and everything below it, in reading order, with
// the depth from 0.
func Walk(list []Element, depth int, fn func(e *Element, depth int)) {
	for i := range list {
		fn(&list[i], depth)
		Walk(list[i].Children, depth+1, fn)
	}
}
