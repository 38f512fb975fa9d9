package library

import (
	"context"

	"quanxiang/gazette"
	"quanxiang/gov"
)

// View is everything a document page shows.
type View struct {
	Document
	AsOf     gov.Date
	State    State
	Line     []Moment          // life line in time order
	Content  *gazette.Document // what was read; nil for a stub
	Parts    []Part            // its text with anchors
	Outline  []Entry           // headings of the parts
	Items    []Item            // tasks, indicators and projects, in this order
	Repeals  []Reference
	Repealed []Reference // documents that repeal this one
	Cites    []Reference
	CitedBy  []Reference
	Versions []Version // newest first, without content
	Shown    Version   // the version shown, without content; its Event is the key of the receipt
}

// Entry is a line of a document's outline.
type Entry struct {
	Anchor  string
	Number  string
	Heading string
	Depth   int
}

// Reference is a document this one refers to or that refers to it.
type Reference struct {
	Summary        // of the other document; only Title is set when the reference leads nowhere
	Found   bool   // the other document, or a stub of it, is in the library
	Line    int    // raw line of the reference
	Anchor  string // node of this document with the reference, for references from it
}

// Document returns a document's page. Version 0 is the current one; asOf zero
// is today. The state and the references are those of the current version.
func (l *Library) Document(ctx context.Context, slug string, version int, asOf gov.Date) (*View, error) {
	head, err := l.store.Head(ctx, slug)
	if err != nil {
		return nil, err
	}
	v := &View{Document: *head, AsOf: l.today(asOf)}
	v.State = v.On(v.AsOf)
	v.Line = v.Lifecycle.Line(v.AsOf)
	if version == 0 {
		version = head.Version
	}
	if !head.Stub() || version != 0 {
		full, err := l.store.Version(ctx, slug, version)
		if err != nil {
			return nil, err
		}
		v.Content, v.Shown = full.Content, *full
		v.Shown.Content = nil
		v.Parts = Body(v.Content)
		v.Outline = outline(v.Parts)
		v.Items = l.items(slug, v.Content)
		if v.Versions, err = l.store.Versions(ctx, slug); err != nil {
			return nil, err
		}
	}
	return v, l.references(ctx, v)
}

// references fills the citation graph around a document.
func (l *Library) references(ctx context.Context, v *View) error {
	links, err := l.store.Links(ctx, v.Slug)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return nil
	}
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return err
	}
	bySlug := make(map[string]*Document, len(heads))
	for i := range heads {
		bySlug[heads[i].Slug] = &heads[i]
	}
	for _, link := range links {
		out := link.From == v.Slug
		r := Reference{Line: link.Line}
		other := link.To
		if !out {
			other = link.From
		}
		if d := bySlug[other]; d != nil {
			r.Summary, r.Found = Summary{Document: *d, State: d.On(v.AsOf)}, true
		} else {
			r.Number, r.Title = link.Number, link.Title
		}
		if out {
			r.Anchor = anchorAt(v.Parts, link.Line)
		}
		switch {
		case out && link.Relation == Repeals:
			v.Repeals = append(v.Repeals, r)
		case out:
			v.Cites = append(v.Cites, r)
		case link.Relation == Repeals:
			v.Repealed = append(v.Repealed, r)
		default:
			v.CitedBy = append(v.CitedBy, r)
		}
	}
	return nil
}

// anchorAt is the ID of the innermost element that begins on or before a line.
func anchorAt(parts []Part, line int) string {
	id, at := "", 0
	for _, p := range parts {
		Walk(p.Elements, 0, func(e *Element, _ int) {
			if e.Line > 0 && e.Line <= line && e.Line >= at {
				id, at = e.ID, e.Line
			}
		})
	}
	return id
}

// outline lists the headings of the parts. Paragraphs and items whose text runs
// on have none.
func outline(parts []Part) []Entry {
	var list []Entry
	for _, p := range parts {
		depth := 0
		if p.Kind == InstrumentPart || p.Kind == AttachmentPart {
			list = append(list, Entry{Anchor: p.ID, Number: p.Number, Heading: p.Title})
			depth = 1
		}
		Walk(p.Elements, depth, func(e *Element, d int) {
			if e.Heading != "" || e.Type == gazette.ArticleNode {
				list = append(list, Entry{Anchor: e.ID, Number: e.Number, Heading: e.Heading, Depth: d})
			}
		})
	}
	return list
}
