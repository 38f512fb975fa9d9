package portal

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// documentsView is the list of documents.
type documentsView struct {
	Filter ui.Form
	Count  string
	AsOf   string
	Rows   []ui.Row
	Pager  ui.Pager
	Empty  emptyView
	Files  []ui.Link
}

// emptyView says that nothing was found, what to try and where else to go.
type emptyView struct {
	Title  string
	Advice []string
	Ways   []ui.Link
}

// documentFilter is a Filter with the form that shows it.
func (p *Portal) documentFilter(r *http.Request, action string) (library.Filter, ui.Form, error) {
	m := p.Engine.For(r)
	form := ui.Form{ID: "filter", Action: action, Inline: true, Submit: m.T("filter.go")}
	facets, err := p.Library.Facets(r.Context(), gov.Date{})
	if err != nil {
		return library.Filter{}, form, err
	}
	form.Fields = []ui.Field{
		{Name: "series", Kind: "select", Label: m.T("filter.series"), Options: facetOptions(m, facets.Series)},
		{Name: "year", Kind: "select", Label: m.T("filter.year"), Options: facetOptions(m, facets.Years)},
		{Name: "kind", Kind: "select", Label: m.T("filter.kind"), Options: facetOptions(m, facets.Kinds)},
		{Name: "status", Kind: "select", Label: m.T("filter.status"), Options: statusOptions(m)},
		{Name: "unit", Kind: "select", Label: m.T("filter.unit"), Options: p.unitOptions(m)},
		{Name: "as_of", Kind: "date", Label: m.T("filter.as_of")},
	}
	q := r.URL.Query()
	form.Fill(q)
	for _, f := range form.Fields {
		if f.Value != "" {
			form.Clear = action
		}
	}
	f := library.Filter{Series: q.Get("series"), Kind: q.Get("kind"), Unit: q.Get("unit")}
	if f.Year, err = intParam(r, "year"); err != nil {
		return f, form, err
	}
	if f.Status, err = library.ParseStatus(q.Get("status")); err != nil {
		return f, form, err
	}
	f.AsOf, err = dateParam(r, "as_of")
	return f, form, err
}

func (p *Portal) documents(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	frame := ui.Frame{Section: "documents", Title: m.T("documents.title"), Feed: true}
	f, form, err := p.documentFilter(r, "/documents")
	v := documentsView{Filter: form, Empty: emptyView{
		m.T("documents.empty"), []string{m.T("documents.advice_1"), m.T("documents.advice_2")},
		[]ui.Link{{Href: "/documents", Label: m.T("home.all_documents")}, {Href: searchPrefix, Label: m.T("search.title")}}}}
	if err != nil {
		if !v.Filter.Fail(err, m.Lang()) {
			return err
		}
		return p.pages.documents.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	list, err := p.Library.Documents(r.Context(), f, gov.Page{After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	v.Rows, v.Pager = p.rows(m, list.Items), ui.PagerOf(r, list)
	v.Count = m.T("documents.count", "n", list.Total)
	asOf := f.AsOf
	if asOf.IsZero() {
		asOf = p.today()
	}
	v.AsOf = m.T("documents.as_of", "date", asOf)
	v.Files = export.Links(r, "/documents")
	return p.pages.documents.Render(w, r, http.StatusOK, frame, v)
}

// allItems is the page size for files: a district issues some dozens of
// documents a year.
const allItems = 200

// documentsFile is the filtered list as CSV or XLSX, all of it.
func (p *Portal) documentsFile(w http.ResponseWriter, r *http.Request) error {
	f, _, err := p.documentFilter(r, "/documents")
	if err != nil {
		return err
	}
	m := p.Engine.For(r)
	t := ui.Table{Caption: m.T("documents.title"), Columns: []ui.Column{
		{Label: m.T("field.number")}, {Label: m.T("field.title")}, {Label: m.T("field.kind")}, {Label: m.T("field.issuers")},
		{Label: m.T("field.signed")}, {Label: m.T("field.effective")}, {Label: m.T("field.valid_until")}, {Label: m.T("field.status")},
	}}
	for page := (gov.Page{Limit: allItems}); ; {
		list, err := p.Library.Documents(r.Context(), f, page)
		if err != nil {
			return err
		}
		for _, d := range list.Items {
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				ui.TextCell(d.Number), ui.TextCell(d.Title), ui.TextCell(d.Kind), ui.TextCell(joined(d.Issuers)),
				{Date: d.Signed}, {Date: d.Effective}, {Date: d.ValidUntil}, ui.TextCell(d.State.Status.Text().In(m.Lang())),
			}})
		}
		if list.Next == "" {
			break
		}
		page.After = list.Next
	}
	return export.Send(w, export.FormatOf(r.URL.Path), "documents", t)
}

func facetOptions(m *ui.Messages, facets []library.Facet) []ui.Option {
	list := []ui.Option{{Label: m.T("filter.all")}}
	for _, f := range facets {
		list = append(list, ui.Option{Value: f.Value, Label: f.Text.In(m.Lang())})
	}
	return list
}

func statusOptions(m *ui.Messages) []ui.Option {
	list := []ui.Option{{Label: m.T("filter.all")}}
	for _, s := range library.Statuses {
		if s != library.UnknownStatus {
			list = append(list, ui.Option{Value: string(s), Label: s.Text().In(m.Lang())})
		}
	}
	return list
}

// unitOptions lists the units of the pack in its order, by name.
func (p *Portal) unitOptions(m *ui.Messages) []ui.Option {
	list := []ui.Option{{Label: m.T("filter.all")}}
	for _, u := range p.Pack.Units {
		list = append(list, ui.Option{Value: u.ID, Label: u.Name.In(m.Lang())})
	}
	return list
}
