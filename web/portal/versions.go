package portal

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/ui"
)

// versionsView lists the readings of a document.
type versionsView struct {
	Head    headView
	Tabs    []tab
	Table   ui.Table
	Compare ui.Form
}

func (p *Portal) versions(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	d, err := p.Library.Document(r.Context(), r.PathValue("slug"), 0, gov.Date{})
	if err != nil {
		return err
	}
	if d.Content == nil {
		return notFound(w, r)
	}
	v := versionsView{Head: p.head(m, d), Tabs: tabs(m, d, "versions"), Compare: compareForm(m, d, 0, 0)}
	v.Table = ui.Table{Caption: m.T("versions.all"), Columns: []ui.Column{
		{Label: m.T("document.version"), Main: true}, {Label: m.T("document.imported")},
		{Label: m.T("document.digest")}, {Label: m.T("document.event")},
	}}
	for _, x := range d.Versions {
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			{Links: []ui.Link{{Href: ui.With(self(d), "version", strconv.Itoa(x.Version)), Label: m.T("versions.n", "n", x.Version)}}},
			ui.TextCell(m.Minute(x.ImportedAt)),
			{Code: x.Digest},
			{Links: []ui.Link{{Href: "/ledger/events/" + x.Event.String(), Label: m.T("versions.event")}}},
		}})
	}
	return p.pages.versions.Render(w, r, http.StatusOK, ui.Frame{Section: "documents", Title: m.T("tab.versions") + " - " + d.Title}, v)
}

// compareForm chooses two versions; a document with one has nothing to compare.
func compareForm(m *ui.Messages, d *library.View, from, to int) ui.Form {
	if len(d.Versions) < 2 {
		return ui.Form{}
	}
	if to == 0 {
		from, to = d.Versions[1].Version, d.Versions[0].Version
	}
	var options []ui.Option
	for _, x := range d.Versions {
		options = append(options, ui.Option{Value: strconv.Itoa(x.Version), Label: m.T("versions.n", "n", x.Version)})
	}
	return ui.Form{ID: "compare", Action: self(d) + "/diff", Inline: true, Submit: m.T("versions.compare_go"), Fields: []ui.Field{
		{Name: "from", Kind: "select", Label: m.T("versions.from"), Value: strconv.Itoa(from), Options: options},
		{Name: "to", Kind: "select", Label: m.T("versions.to"), Value: strconv.Itoa(to), Options: options},
	}}
}

// diffView shows what changed between two versions.
type diffView struct {
	Head    headView
	Tabs    []tab
	Compare ui.Form
	Facts   []change
	Text    []change
	Changed bool
}

// change is a difference with the words that differ marked on both sides.
type change struct {
	What     string // the fact's name; "" for text
	Old, New []library.Mark
}

func (p *Portal) diff(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	slug := r.PathValue("slug")
	from, err := intParam(r, "from")
	if err != nil {
		return err
	}
	to, err := intParam(r, "to")
	if err != nil {
		return err
	}
	d, err := p.Library.Document(r.Context(), slug, to, gov.Date{})
	if err != nil {
		return err
	}
	if d.Content == nil || from == 0 {
		return notFound(w, r)
	}
	old, err := p.Library.Document(r.Context(), slug, from, gov.Date{})
	if err != nil {
		return err
	}
	changes, err := library.Diff(old.Content, d.Content)
	if err != nil {
		return err
	}
	v := diffView{Head: p.head(m, d), Tabs: tabs(m, d, "versions"), Compare: compareForm(m, d, from, d.Shown.Version), Changed: len(changes) > 0}
	for _, c := range changes {
		x := change{What: changedFact(m, c.Path)}
		x.Old, x.New = c.Marks()
		if c.Path == "text" {
			x.What = ""
			v.Text = append(v.Text, x)
		} else {
			v.Facts = append(v.Facts, x)
		}
	}
	return p.pages.diff.Render(w, r, http.StatusOK, ui.Frame{Section: "documents", Title: m.T("diff.title") + " - " + d.Title, NoIndex: true}, v)
}

// changedFact names a fact by its path: "tasks[3].due.text" is the third task's
// deadline. Names this version of the program has no word for are left out.
func changedFact(m *ui.Messages, path string) string {
	var words []string
	for part := range strings.SplitSeq(path, ".") {
		name, element, listed := strings.Cut(part, "[")
		if key := "diff.fact." + name; m.Has(key) {
			words = append(words, m.T(key))
		}
		if listed {
			words = append(words, strings.TrimSuffix(element, "]"))
		}
	}
	return strings.Join(words, " ")
}
