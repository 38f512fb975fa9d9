package portal

import (
	"cmp"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/ui"
)

// part is one of the texts that make up a document, ready to be shown.
type part struct {
	ID         string
	Kind       string
	Number     string
	Title      string
	Hidden     bool // the title is for assistive technology only: the page's own says the same
	Break      bool // begins on a new sheet in print
	Salutation string
	Elements   []element
	Signature  []string
}

// element is a piece of text with its address. A node whose text runs on has
// its number and its first paragraph in one.
type element struct {
	ID        string
	First     string // id of the paragraph that was drawn into a node that runs on
	Type      string
	Number    string
	Heading   string
	Text      string
	Paragraph bool
	RunOn     bool
	Upper     bool // heads other headings
	Centred   bool
	Children  []element
}

// Name is what a link to the element is called: its number, else its id.
func (e element) Name() string { return cmp.Or(e.Number, e.ID) }

// partsOf prepares the text. The salutation leads the first part and the
// signature closes it, as printed.
func partsOf(m *ui.Messages, d *library.View) []part {
	var list []part
	for i, p := range d.Parts {
		v := part{ID: p.ID, Kind: string(p.Kind), Number: p.Number, Title: p.Title, Elements: elementsOf(p.Elements, 0)}
		v.Break = i > 0 && (p.Kind == library.AttachmentPart || p.Kind == library.InstrumentPart)
		if p.Kind == library.CoverPart || p.Kind == library.BodyPart {
			v.Title, v.Hidden = m.Of("part.", string(p.Kind)), true
		}
		list = append(list, v)
	}
	if len(list) > 0 && d.Content != nil {
		first := &list[0]
		if len(d.Content.Addressees) > 0 && !strings.HasSuffix(firstText(first.Elements), "：") {
			first.Salutation = joined(d.Content.Addressees) + "："
		}
		if d.Parts[0].Kind == library.CoverPart || len(d.Parts) == 1 {
			first.Signature = signature(d.Content)
		}
	}
	return list
}

// signature is who signs and when.
func signature(d *gazette.Document) []string {
	list := append([]string{}, d.Issuers...)
	if !d.Signed.IsZero() {
		list = append(list, d.Signed.In(gov.ZH))
	}
	return list
}

func firstText(list []element) string {
	for _, e := range list {
		if e.Text != "" || e.Heading != "" {
			return e.Text + e.Heading
		}
	}
	return ""
}

func elementsOf(list []library.Element, depth int) []element {
	var out []element
	for _, e := range list {
		v := element{ID: e.ID, Type: string(e.Type), Number: e.Number, Heading: e.Heading, Text: e.Text, Upper: depth == 0}
		switch e.Type {
		case library.ParagraphElement, library.SubpointElement:
			v.Paragraph = true
		case library.PointElement:
			v.Paragraph = e.Heading == "" && e.Text != ""
		case gazette.PartNode, gazette.ChapterNode, gazette.SectionNode:
			v.Centred = true
		}
		children := e.Children
		if !v.Paragraph && e.Heading == "" {
			v.RunOn = true
			if len(children) > 0 && children[0].Type == library.ParagraphElement {
				v.First, v.Text = children[0].ID, children[0].Text
				rest := elementsOf(children[0].Children, depth+1)
				v.Children = append(rest, elementsOf(children[1:], depth+1)...)
				out = append(out, v)
				continue
			}
		}
		v.Children = elementsOf(children, depth+1)
		out = append(out, v)
	}
	return out
}
