package portal

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/feed"
	"quanxiang/web/ui"
)

// headView leads every page about a document.
type headView struct {
	Crumbs []ui.Link
	Number string
	Title  string
	Chips  []ui.Chip
}

// tab is one of the pages about a thing.
type tab struct {
	Href    string
	Label   string
	Count   int
	Current bool
}

// documentView is the page of a document.
type documentView struct {
	Head        headView
	Self        string
	Life        []moment
	AsOf        gov.Date
	AsOfError   string
	StateLine   string
	Stub        bool
	Earlier     int // the number of an old version that is shown, or 0
	Facts       []fact
	Actions     []ui.Link
	Tabs        []tab
	Relations   []relations
	Outline     []outlineEntry
	Parts       []part
	Attachments []ui.Link
	Contacts    []ui.Table // one or none
	Notes       []noteView
	Proof       *proofView
}

// moment is a point of the life line.
type moment struct {
	Name  string
	Date  gov.Date
	Why   string
	Class string
	Today bool
}

// fact is a labelled value; Date wins over Text, which then explains it.
type fact struct {
	Label string
	Text  string
	Href  string
	Date  gov.Date
	Wide  bool
}

// relations are the references of one kind.
type relations struct {
	Label string
	Items []ui.Link
}

// firstRelations is how many references are shown before the rest is folded.
const firstRelations = 6

// First are the references always shown.
func (r relations) First() []ui.Link { return r.Items[:min(firstRelations, len(r.Items))] }

// Rest are the references behind a fold.
func (r relations) Rest() []ui.Link { return r.Items[min(firstRelations, len(r.Items)):] }

type outlineEntry struct {
	ID    string
	Label string
	Depth int
}

// noteView is an annotation of the reader on the source.
type noteView struct {
	Text  string
	Place string
}

// proofView says where the ledger vouches for the version.
type proofView struct {
	Version int
	At      int64
	Digest  string
	Source  string
	Event   string
}

func (p *Portal) document(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	slug := r.PathValue("slug")
	version, err := intParam(r, "version")
	if err != nil {
		return err
	}
	asOf, asOfErr := dateParam(r, "as_of")
	d, err := p.Library.Document(r.Context(), slug, version, asOf)
	if err != nil {
		return err
	}
	v := documentView{
		Head: p.head(m, d), Self: self(d), AsOf: d.AsOf, Life: lifeline(m, d), Stub: d.Stub(),
		StateLine: m.T("document.state", "date", d.AsOf, "status", d.State.Status.Text(), "reason", d.State.Reason),
		Facts:     p.facts(m, d), Relations: relationsOf(m, d), Tabs: tabs(m, d, ""),
		Outline: outlineOf(d), Parts: partsOf(m, d),
	}
	status := http.StatusOK
	if asOfErr != nil {
		status, v.AsOfError = http.StatusUnprocessableEntity, gov.TextOf(asOfErr, m.Lang())
	}
	if d.Content != nil {
		v.Attachments = attachments(m, d)
		v.Contacts = contacts(m, d.Content.Contacts)
		v.Notes = notes(m, d.Content.Notes)
		v.Proof = &proofView{d.Shown.Version, d.Shown.ImportedAt, d.Shown.Digest, d.Shown.Source, d.Shown.Event.String()}
		if d.Shown.Version != d.Version {
			v.Earlier = d.Shown.Version
		}
		v.Actions = []ui.Link{
			{Href: v.Self + "/print", Label: m.T("document.print")},
			{Href: v.Self + "/akn.xml", Label: m.T("document.akn")},
			{Href: "/api/v1/documents/" + d.Slug, Label: m.T("document.json")},
		}
		if len(d.Content.Tasks) > 0 {
			v.Actions = append([]ui.Link{{Href: "/progress/" + d.Slug, Label: m.T("document.progress")}}, v.Actions...)
		}
	}
	f := ui.Frame{Section: "documents", Title: d.Title, Description: m.T("document.description", "number", d.Number, "title", d.Title),
		Canonical: v.Self, NoIndex: version != 0}
	ld, err := feed.Legislation(p.BaseURL, p.Pack.District, d)
	if err != nil {
		return err
	}
	f.JSONLD = json.RawMessage(ld)
	return p.pages.document.Render(w, r, status, f, v)
}

// self is the address of a document.
func self(d *library.View) string { return "/documents/" + d.Slug }

func (p *Portal) head(m *ui.Messages, d *library.View) headView {
	return headView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: "/documents", Label: m.T("nav.documents")}},
		Number: d.Number, Title: cmp.Or(d.Title, d.Number), Chips: []ui.Chip{statusChip(m, d.State.Status)},
	}
}

// lifeline places the date the page is seen from among the document's dates.
func lifeline(m *ui.Messages, d *library.View) []moment {
	var list []moment
	placed := false
	today := moment{Name: m.T("life.as_of"), Date: d.AsOf, Class: "today", Today: true}
	for _, x := range d.Line {
		if !x.Past && !placed {
			list, placed = append(list, today), true
		}
		mm := moment{Name: x.Text.In(m.Lang()), Date: x.Date, Why: x.By}
		switch {
		case x.Past && (x.Kind == "repealed" || x.Kind == "valid_until" || x.Kind == "plan_ends"):
			mm.Class = "past ended"
		case x.Past && x.Kind == "in_force" && d.State.Status == library.InForce:
			mm.Class = "past in-force"
		case x.Past:
			mm.Class = "past"
		}
		list = append(list, mm)
	}
	if !placed {
		list = append(list, today)
	}
	return list
}

// facts are the head block (公文信息) as portals of Chinese governments show it.
func (p *Portal) facts(m *ui.Messages, d *library.View) []fact {
	list := []fact{
		{Label: m.T("field.index"), Text: p.indexNumber(d)},
		{Label: m.T("field.kind"), Text: d.Kind},
		{Label: m.T("field.issuers"), Text: joined(d.Issuers)},
		{Label: m.T("field.signed"), Date: d.Signed},
		{Label: m.T("field.number"), Text: d.Number},
		{Label: m.T("field.printed"), Date: d.Printed},
		{Label: m.T("field.effective"), Date: d.Effective},
		{Label: m.T("field.valid_until"), Date: d.ValidUntil},
		{Label: m.T("field.status"), Text: d.State.Status.Text().In(m.Lang())},
	}
	if c := d.Content; c != nil {
		if c.Effective != nil {
			list[6].Text = m.Of("basis.", basisKey(c.Effective.Basis))
		}
		if a := c.Approval; a != nil {
			list = append(list, fact{Label: m.T("field.approval"), Text: a.Body + a.Meeting})
		}
		list = append(list, fact{Label: m.T("field.interpreter"), Text: c.Interpreter})
		for _, in := range c.Instruments {
			list = append(list, fact{Label: m.T("field.instrument"), Text: in.Title, Wide: true})
		}
		list = append(list,
			fact{Label: m.T("field.addressees"), Text: joined(c.Addressees), Wide: true},
			fact{Label: m.T("field.cc"), Text: joined(c.CC), Wide: true})
	}
	shown := list[:0]
	for _, f := range list {
		if f.Text != "" || !f.Date.IsZero() {
			shown = append(shown, f)
		}
	}
	return shown
}

// indexNumber is the library's own number of the document: district, series,
// year and serial.
func (p *Portal) indexNumber(d *library.View) string {
	return string(p.Pack.District) + "/" + strings.ReplaceAll(d.Slug, "-", "/")
}

func relationsOf(m *ui.Messages, d *library.View) []relations {
	var list []relations
	for _, x := range []struct {
		key  string
		refs []library.Reference
	}{{"repealed_by", d.Repealed}, {"repeals", d.Repeals}, {"cites", d.Cites}, {"cited_by", d.CitedBy}} {
		if len(x.refs) == 0 {
			continue
		}
		rel := relations{Label: m.Of("relation.", x.key)}
		for _, r := range x.refs {
			l := ui.Link{Label: cmp.Or(r.Title, r.Number), Note: r.Number}
			if r.Title == "" {
				l.Note = ""
			}
			if r.Found {
				l.Href = "/documents/" + r.Slug
			}
			rel.Items = append(rel.Items, l)
		}
		list = append(list, rel)
	}
	return list
}

// tabs lead to the pages of a document that have something to show.
func tabs(m *ui.Messages, d *library.View, current string) []tab {
	if d.Content == nil {
		return nil
	}
	list := []tab{{Href: self(d), Label: m.T("tab.text"), Current: current == ""}}
	for _, x := range []struct {
		name string
		n    int
	}{{"tasks", len(d.Content.Tasks)}, {"indicators", len(d.Content.Indicators)}, {"projects", len(d.Content.Projects)}} {
		if x.n > 0 {
			list = append(list, tab{self(d) + "/" + x.name, m.Of("tab.", x.name), x.n, current == x.name})
		}
	}
	return append(list, tab{self(d) + "/versions", m.T("tab.versions"), len(d.Versions), current == "versions"})
}

func attachments(m *ui.Messages, d *library.View) []ui.Link {
	var list []ui.Link
	for _, a := range d.Content.Attachments {
		l := ui.Link{Label: a.Title}
		if a.No > 0 {
			l.Label = strconv.Itoa(a.No) + ". " + a.Title
		}
		if !a.Present {
			l.Note = m.T("document.attachment_absent")
		}
		for _, part := range d.Parts {
			if part.Kind == library.AttachmentPart && (part.Title == a.Title || a.No > 0 && part.ID == "att_"+strconv.Itoa(a.No)) {
				l.Href = "#" + part.ID
			}
		}
		list = append(list, l)
	}
	return list
}

// contacts leaves out the persons: a public page names offices.
func contacts(m *ui.Messages, list []gazette.Contact) []ui.Table {
	t := ui.Table{Caption: m.T("document.contacts"), Columns: []ui.Column{{Label: m.T("field.unit"), Main: true}, {Label: m.T("field.phone")}}}
	seen := map[gazette.Contact]bool{}
	for _, c := range list {
		c.Person, c.Line = "", 0
		if !seen[c] && (c.Unit != "" || c.Phone != "") {
			seen[c] = true
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(c.Unit), ui.TextCell(c.Phone)}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []ui.Table{t}
}

func notes(m *ui.Messages, list []gazette.Note) []noteView {
	var out []noteView
	for _, n := range list {
		v := noteView{Text: n.Text.In(m.Lang())}
		if n.Line > 0 {
			v.Place = m.T("document.line", "line", strconv.Itoa(n.Line))
		}
		out = append(out, v)
	}
	return out
}

// joined lists names the Chinese way.
func joined(names []string) string { return strings.Join(names, "、") }

// longOutline is how many headings a reader still takes in; a longer outline
// shows the upper levels only.
const longOutline = 40

func outlineOf(d *library.View) []outlineEntry {
	for deepest := 2; ; deepest-- {
		var list []outlineEntry
		for _, e := range d.Outline {
			if e.Depth <= deepest && (e.Heading != "" || e.Depth < 2) {
				list = append(list, outlineEntry{e.Anchor, strings.TrimSpace(e.Number + " " + e.Heading), e.Depth})
			}
		}
		switch {
		case len(list) < 2:
			return nil
		case len(list) <= longOutline || deepest == 0:
			return list
		}
	}
}

// basisKey makes a message key of the reason for a first day in force.
func basisKey(basis string) string {
	if strings.HasPrefix(basis, "+") {
		return "later"
	}
	return basis
}
