package library

import (
	"slices"
	"strconv"

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
	Line     int // raw line of the file
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
	first := Part{ID: "body", Kind: BodyPart, Title: d.Title, Line: d.Lines[0]}
	prefix := ""
	for _, n := range d.Structure {
		if n.Type == gazette.InstrumentNode {
			first.ID, first.Kind, prefix = "cover", CoverPart, "cover"
		}
	}
	nodes := d.Structure
	n := 0
	for n < len(nodes) && !opensPart(nodes[n]) {
		n++
	}
	if n > 0 {
		b.used[first.ID]++
		first.Elements = b.elements(nodes[:n], prefix)
		b.parts = append(b.parts, first)
	}
	for i := n; i < len(nodes); {
		j := i + 1
		for j < len(nodes) && !opensPart(nodes[j]) {
			j++
		}
		b.part(nodes[i], nodes[i+1:j])
		i = j
	}
	return b.parts
}

// builder gives out IDs while it makes parts.
type builder struct {
	doc         *gazette.Document
	parts       []Part
	used        map[string]int // IDs given, with how often they were wanted
	instruments int
	attachments int
}

// opensPart reports whether a text of its own begins with a node.
func opensPart(n gazette.Node) bool {
	return n.Type == gazette.InstrumentNode || n.Type == gazette.AttachmentNode
}

// part makes a part of the node that opens it and those that follow. What a
// notice promulgates is what people cite, so its elements bear plain IDs;
// those of the cover, of further instruments and of attachments are prefixed.
func (b *builder) part(top gazette.Node, nodes []gazette.Node) {
	p := Part{Kind: InstrumentPart, ID: "main", Number: top.Number, Title: top.Heading, Line: top.Line}
	prefix := ""
	if top.Type == gazette.AttachmentNode {
		b.attachments++
		p.Kind = AttachmentPart
		p.ID = b.id("", "att", top.Number, b.attachments)
		prefix = p.ID
	} else {
		b.instruments++
		if b.instruments > 1 {
			p.ID = b.id("", "cmp", "", b.instruments)
			prefix = p.ID
		}
	}
	p.Elements = append(b.paragraphs(top, prefix), b.elements(nodes, prefix)...)
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
		if n.Type == gazette.PreambleNode {
			list = append(list, b.paragraphs(n, prefix)...)
			list = append(list, b.elements(nodes[i+1:j], prefix)...)
			i = j
			continue
		}
		abbr := abbreviations[n.Type]
		ordinal[abbr]++
		e := Element{Type: n.Type, Number: n.Number, Heading: n.Heading, Line: n.Line}
		e.ID = b.id(prefix, abbr, n.Number, ordinal[abbr])
		e.Children = b.paragraphs(n, e.ID)
		if n.Type == gazette.ArticleNode {
			e.Children = b.points(e.Children, nodes[i+1:j], e.ID)
		} else {
			e.Children = append(e.Children, b.elements(nodes[i+1:j], e.ID)...)
		}
		list = append(list, e)
		i = j
	}
	return list
}

// points hangs the （一）（二） … of an article, and the 1. 2. … below them, under
// the paragraph that introduces them. What follows the last of them without a
// number is a new paragraph of the article: 本条前款第（一）项 speaks of the one
// before it.
func (b *builder) points(paragraphs []Element, nodes []gazette.Node, article string) []Element {
	if len(nodes) == 0 {
		return paragraphs
	}
	if len(paragraphs) == 0 {
		paragraphs = []Element{{ID: b.id(article, "para", "", 1), Type: ParagraphElement, Line: nodes[0].Line}}
	}
	nodes = slices.Clone(nodes)
	for i := 0; i < len(nodes); {
		n := nodes[i]
		j := i + 1
		for j < len(nodes) && nodes[j].Depth > n.Depth {
			j++
		}
		var after []gazette.Passage
		if last := &nodes[j-1]; (j == len(nodes) || numbers(nodes[j].Number) == "1") && last.Heading == "" && len(last.Paragraphs) > 1 {
			last.Paragraphs, after = last.Paragraphs[:1], last.Paragraphs[1:]
		}
		para := &paragraphs[len(paragraphs)-1]
		p := b.point(nodes[i], PointElement, para.ID, len(para.Children)+1)
		for k, sub := range nodes[i+1 : j] {
			p.Children = append(p.Children, b.point(sub, SubpointElement, p.ID, k+1))
		}
		para.Children = append(para.Children, p)
		for _, x := range after {
			paragraphs = append(paragraphs, Element{ID: b.id(article, "para", "", len(paragraphs)+1), Type: ParagraphElement, Text: x.Text, Line: x.Lines[0]})
		}
		i = j
	}
	return paragraphs
}

// point makes a point of a node: its text is the heading, if the reader took
// it for one, and the paragraphs.
func (b *builder) point(n gazette.Node, t gazette.NodeType, parent string, position int) Element {
	e := Element{Type: t, Number: n.Number, Text: n.Heading, Line: n.Line}
	e.ID = b.id(parent, abbreviations[t], n.Number, position)
	for i, p := range n.Paragraphs {
		if i == 0 && e.Text == "" {
			e.Text = p.Text
			continue
		}
		e.Children = append(e.Children, Element{
			ID: b.id(e.ID, "para", "", len(e.Children)+1), Type: ParagraphElement, Text: p.Text, Line: p.Lines[0],
		})
	}
	return e
}

// paragraphs makes elements of the paragraphs directly under a node.
func (b *builder) paragraphs(n gazette.Node, prefix string) []Element {
	list := make([]Element, 0, len(n.Paragraphs))
	for i, p := range n.Paragraphs {
		list = append(list, Element{ID: b.id(prefix, "para", "", i+1), Type: ParagraphElement, Text: p.Text, Line: p.Lines[0]})
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
