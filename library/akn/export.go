package akn

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
)

const namespace = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

// WorkURI is the address of a document as a work: "/akn/cn-110102/act/xzf/2016/16"
// for the slug "xzf-2016-16".
func WorkURI(d gov.District, slug string) string {
	return "/akn/cn-" + string(d) + "/act/" + strings.ReplaceAll(slug, "-", "/")
}

// Export writes a document with everything the library knows of it. A stub,
// of which there is no text, is NotFound.
func Export(d gov.District, v *library.View) ([]byte, error) {
	if v.Content == nil {
		return nil, gov.Errorf(gov.NotFound, "馆内没有%s的文本", "the library does not hold the text of %s", v.Number)
	}
	e := exporter{writer: writer{ids: map[string]bool{}}, view: v, work: WorkURI(d, v.Slug), district: d}
	e.expression = e.work + "/zho@" + cmp.Or(v.Signed.String(), strconv.Itoa(v.Year))
	if v.Shown.Version > 1 {
		e.expression += "v" + strconv.Itoa(v.Shown.Version)
	}
	e.buf.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	e.start("akomaNtoso", "xmlns", namespace)
	e.document()
	e.end()
	return e.buf.Bytes(), e.fault
}

type exporter struct {
	writer
	view       *library.View
	district   gov.District
	work       string // URIs
	expression string
}

// document writes the doc: its own text, then attachments, then what it
// promulgates as components.
func (e *exporter) document() {
	var attachments, components []library.Part
	var own *library.Part
	for i, p := range e.view.Parts {
		switch p.Kind {
		case library.AttachmentPart:
			attachments = append(attachments, p)
		case library.InstrumentPart:
			components = append(components, p)
		default:
			own = &e.view.Parts[i]
		}
	}
	e.start("doc", "name", cmp.Or(e.view.Kind, "公文"), "contains", "originalVersion")
	e.meta()
	e.start("preface")
	e.start("p")
	e.text("docNumber", e.view.Number)
	e.text("docTitle", e.view.Title)
	e.end()
	if to := e.view.Content.Addressees; len(to) > 0 {
		e.text("p", strings.Join(to, "，")+"：", "class", "addressees")
	}
	e.end()
	e.start("mainBody")
	empty := true
	if own != nil {
		e.elements(own.Elements)
		empty = len(own.Elements) == 0
		empty = !e.tables(own) && empty
	}
	if empty {
		e.empty("p")
	}
	e.end()
	e.conclusions()
	if len(attachments) > 0 {
		e.start("attachments")
		for i := range attachments {
			e.part("attachment", &attachments[i])
		}
		e.end()
	}
	if len(components) > 0 {
		e.start("components")
		for i := range components {
			e.part("component", &components[i])
		}
		e.end()
	}
	e.end()
}

// conclusions closes the document's own text with who signed it and when.
func (e *exporter) conclusions() {
	if len(e.view.Issuers) == 0 && e.view.Signed.IsZero() {
		return
	}
	e.start("conclusions")
	for _, issuer := range e.view.Issuers {
		e.text("p", issuer)
	}
	if d := e.view.Signed; !d.IsZero() {
		e.start("p")
		e.text("docDate", d.In(gov.ZH), "date", d.String())
		e.end()
	}
	if cc := e.view.Content.CC; len(cc) > 0 {
		e.text("p", "抄送："+strings.Join(cc, "，")+"。", "class", "cc")
	}
	e.end()
}

// part writes an attachment or component: an act when it is made of articles,
// otherwise a doc.
func (e *exporter) part(container string, p *library.Part) {
	e.start(container, "eId", p.ID)
	e.text("num", p.Number)
	e.text("heading", p.Title)
	name, body := "doc", "mainBody"
	if hasArticles(p.Elements) {
		name, body = "act", "body"
	}
	kind := "附件"
	for _, in := range e.view.Content.Instruments {
		if in.Title == p.Title && in.Kind != "" {
			kind = in.Kind
		}
	}
	e.start(name, "name", kind, "contains", "originalVersion")
	e.start("meta")
	e.identification("/!" + p.ID)
	e.end()
	e.start(body)
	e.elements(p.Elements)
	if !e.tables(p) && len(p.Elements) == 0 {
		if body == "mainBody" {
			e.empty("p")
		}
	}
	e.end()
	e.end()
	e.end()
}

func hasArticles(list []library.Element) bool {
	found := false
	library.Walk(list, 0, func(e *library.Element, _ int) { found = found || e.Type == gazette.ArticleNode })
	return found
}

// names of the elements that stand for the levels of an official document.
var names = map[gazette.NodeType]string{
	gazette.PartNode:         "part",
	gazette.ChapterNode:      "chapter",
	gazette.SectionNode:      "section",
	gazette.ArticleNode:      "article",
	gazette.Level1Node:       "section",
	gazette.Level2Node:       "subsection",
	gazette.Level3Node:       "clause",
	gazette.Level4Node:       "subclause",
	library.ParagraphElement: "paragraph",
	library.PointElement:     "point",
	library.SubpointElement:  "subparagraph",
}

func (e *exporter) elements(list []library.Element) {
	for i := range list {
		e.element(&list[i])
	}
}

func (e *exporter) element(el *library.Element) {
	name := names[el.Type]
	if name == "" {
		e.start("hcontainer", "eId", el.ID, "name", string(el.Type))
	} else {
		e.start(name, "eId", el.ID)
	}
	e.text("num", el.Number)
	e.text("heading", el.Heading)
	switch {
	case el.Text != "" && len(el.Children) > 0:
		e.start("intro")
		e.text("p", el.Text)
		e.end()
	case el.Text != "":
		e.start("content")
		e.text("p", el.Text)
		e.end()
	}
	e.elements(el.Children)
	e.end()
}

// identification tells work, expression and manifestation of the document, or
// of a component of it.
func (e *exporter) identification(component string) {
	v := e.view
	signed := cmp.Or(v.Signed.String(), v.Effective.String(), fmt.Sprintf("%04d-01-01", max(v.Year, 1)))
	author := "#quanxiang"
	if len(v.Issuers) > 0 {
		author = "#issuer_1"
	}
	whole := cmp.Or(component, "/!main")
	e.start("identification", "source", "#quanxiang")
	e.start("FRBRWork")
	e.empty("FRBRthis", "value", e.work+whole)
	e.empty("FRBRuri", "value", e.work)
	if v.Number != "" {
		e.empty("FRBRalias", "name", "文号", "value", v.Number)
	}
	e.empty("FRBRalias", "name", "标题", "value", v.Title)
	e.empty("FRBRdate", "date", signed, "name", "成文日期")
	if !v.Printed.IsZero() {
		e.empty("FRBRdate", "date", v.Printed.String(), "name", "印发日期")
	}
	e.empty("FRBRauthor", "href", author, "as", "#author")
	e.empty("FRBRcountry", "value", "cn-"+string(e.district))
	series, _, _ := strings.Cut(v.Slug, "-")
	e.empty("FRBRsubtype", "value", series)
	if v.Serial > 0 {
		e.empty("FRBRnumber", "value", strconv.Itoa(v.Serial))
	}
	e.empty("FRBRprescriptive", "value", "true")
	e.end()
	e.start("FRBRExpression")
	e.empty("FRBRthis", "value", e.expression+whole)
	e.empty("FRBRuri", "value", e.expression)
	e.empty("FRBRdate", "date", signed, "name", "成文日期")
	e.empty("FRBRauthor", "href", author, "as", "#author")
	e.empty("FRBRversionNumber", "value", strconv.Itoa(max(v.Shown.Version, 1)))
	e.empty("FRBRlanguage", "language", "zho")
	e.end()
	e.start("FRBRManifestation")
	e.empty("FRBRthis", "value", e.expression+whole+".xml")
	e.empty("FRBRuri", "value", e.expression+".xml")
	e.empty("FRBRdate", "date", gov.DateOf(time.UnixMilli(v.Shown.ImportedAt)).String(), "name", "入馆日期")
	e.empty("FRBRauthor", "href", "#quanxiang", "as", "#editor")
	e.empty("FRBRformat", "value", "application/akn+xml")
	e.end()
	e.end()
}

// meta is the metadata of the whole document.
func (e *exporter) meta() {
	v := e.view
	e.start("meta")
	e.identification("")
	if !v.Printed.IsZero() {
		e.empty("publication", "date", v.Printed.String(), "name", "印发", "showAs", "印发", "number", v.Number)
	}
	first, last := e.lifecycle()
	e.analysis()
	if first != "" {
		e.start("temporalData", "source", "#quanxiang")
		e.start("temporalGroup", "eId", "tmpg_1")
		interval := []string{"start", "#" + first, "refersTo", "#inforce"}
		if last != "" {
			interval = append(interval, "end", "#"+last)
		}
		e.empty("timeInterval", interval...)
		e.end()
		e.end()
	}
	e.references()
	e.end()
}

// lifecycle writes the events of the document's life and returns the eIds of
// those that begin and end its force.
func (e *exporter) lifecycle() (first, last string) {
	if len(e.view.Line) == 0 {
		return "", ""
	}
	e.start("lifecycle", "source", "#quanxiang")
	for i, m := range e.view.Line {
		id := "eref_" + strconv.Itoa(i+1)
		kind := "generation"
		date := m.Date
		switch m.Kind {
		case "in_force":
			first = id
		case "repealed":
			kind, last = "repeal", id
		case "valid_until", "plan_ends":
			kind = "repeal"
			if last == "" {
				last = id
			}
		}
		e.empty("eventRef", "eId", id, "date", date.String(), "type", kind, "source", "#original", "refersTo", "#"+m.Kind)
	}
	e.end()
	return first, last
}

// analysis tells what the document repeals and what repeals it.
func (e *exporter) analysis() {
	v := e.view
	if len(v.Repeals)+len(v.Repealed) == 0 {
		return
	}
	e.start("analysis", "source", "#quanxiang")
	if len(v.Repeals) > 0 {
		e.start("activeModifications")
		for i, r := range v.Repeals {
			e.modification(fmt.Sprintf("am_%d", i+1), "#"+r.Anchor, e.uri(r))
		}
		e.end()
	}
	if len(v.Repealed) > 0 {
		e.start("passiveModifications")
		for i, r := range v.Repealed {
			e.modification(fmt.Sprintf("pm_%d", i+1), e.uri(r), e.work)
		}
		e.end()
	}
	e.end()
}

func (e *exporter) modification(id, source, destination string) {
	if source == "#" {
		source = e.work // the place of the repeal is not known
	}
	e.start("textualMod", "type", "repeal", "eId", id)
	e.empty("source", "eId", id+"__source", "href", source)
	e.empty("destination", "eId", id+"__destination", "href", destination)
	e.end()
}

// uri is the address of a document referred to; one that is known by its title
// alone is named by it.
func (e *exporter) uri(r library.Reference) string {
	if r.Slug != "" {
		return WorkURI(e.district, r.Slug)
	}
	return "/akn/cn/act/" + strings.Join(strings.Fields(r.Title), "")
}

// references defines what the metadata points to.
func (e *exporter) references() {
	v := e.view
	e.start("references", "source", "#quanxiang")
	e.empty("original", "eId", "original", "href", e.expression, "showAs", cmp.Or(v.Number, v.Title))
	for i, r := range v.Cites {
		e.empty("activeRef", "eId", fmt.Sprintf("aref_%d", i+1), "href", e.uri(r), "showAs", cmp.Or(r.Number, r.Title))
	}
	for i, r := range v.CitedBy {
		e.empty("passiveRef", "eId", fmt.Sprintf("pref_%d", i+1), "href", e.uri(r), "showAs", cmp.Or(r.Number, r.Title))
	}
	for i, issuer := range v.Issuers {
		e.empty("TLCOrganization", "eId", fmt.Sprintf("issuer_%d", i+1), "href", "/akn/ontology/organization/cn-"+string(e.district)+"/"+strconv.Itoa(i+1), "showAs", issuer)
	}
	e.empty("TLCOrganization", "eId", "quanxiang", "href", "/akn/ontology/organization/cn/quanxiang", "showAs", "全响应")
	e.empty("TLCRole", "eId", "author", "href", "/akn/ontology/role/cn/author", "showAs", "发文机关")
	e.empty("TLCRole", "eId", "editor", "href", "/akn/ontology/role/cn/editor", "showAs", "编辑")
	e.empty("TLCConcept", "eId", "inforce", "href", "/akn/ontology/concept/cn/inforce", "showAs", "现行有效")
	seen := map[string]bool{}
	for _, m := range v.Line {
		if !seen[m.Kind] {
			seen[m.Kind] = true
			e.empty("TLCEvent", "eId", m.Kind, "href", "/akn/ontology/event/cn/"+m.Kind, "showAs", m.Text.ZH)
		}
	}
	e.end()
}
