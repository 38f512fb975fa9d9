package progress

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/web/explain"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
)

// documentView is how what one document promises is carried out.
type documentView struct {
	Crumbs   []ui.Link
	At       int64
	Document ui.Link
	Kinds    []listView
}

// listView is the cases of one kind of a document.
type listView struct {
	ID      string
	Title   string
	Figures ui.Table
	Terms   []explain.Colour
	Tabs    []tab
	Table   ui.Table
	Pager   ui.Pager
	Feed    string
}

type tab struct {
	Href    string
	Label   string
	Count   int
	Current bool
}

// pageLength is how many cases a page lists.
const pageLength = 50

func (p *Progress) showDocument(w http.ResponseWriter, r *http.Request) error {
	ctx, m, q := r.Context(), p.Engine.For(r), r.URL.Query()
	d, err := p.Library.Document(ctx, r.PathValue("slug"), 0, gov.Date{})
	if err != nil {
		return err
	}
	after, err := ParsePlace(q.Get("after"))
	if err != nil {
		return err
	}
	v := documentView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: Root, Label: m.T("progress.title")}},
		At:     p.Clock().UnixMilli(), Document: ui.Link{Href: "/documents/" + d.Slug, Label: d.Title, Note: d.Number},
	}
	for _, k := range Kinds(p.Pack) {
		facet := docket.Facet{Field: k.Document, Value: d.Number}
		tallies, err := p.Casework.PublicTallies(ctx, k.ID, k.Document)
		if err != nil {
			return err
		}
		n := sums.Of(k.Procedure, tallies).At(d.Number)
		if n.Open == 0 && len(n.Ended) == 0 {
			continue
		}
		rows, next, err := p.Casework.PublicList(ctx, docket.Query{Procedure: k.ID, Facets: []docket.Facet{facet}, Ended: q.Get("ended") == "1", Colour: q.Get("colour")}, after, pageLength)
		if err != nil {
			return err
		}
		c := columns{m, explain.New(m, p.Pack, k.Procedure), sums.MeasuresOf(k.Procedure, n)}
		self := Root + "/" + d.Slug
		one := listView{ID: k.ID, Title: k.Title.In(m.Lang()), Terms: c.terms(), Feed: FeedPath(k.ID, facet), Table: p.rows(m, k, rows),
			Pager: ui.PagerOf(r, gov.List[docket.Row]{Items: rows, Next: PlaceText(next), Total: -1})}
		one.Figures = ui.Table{ID: "figures-" + k.ID, Caption: m.T("progress.figures"), Columns: c.heads(ui.Column{Label: m.T("progress.kind"), Main: true}),
			Rows: []ui.TableRow{{Cells: c.cells(ui.TextCell(k.Title.In(m.Lang())), k.Title.In(m.Lang()), self, n, n.Open)}}}
		ended := 0
		for _, x := range n.Ended {
			ended += int(x)
		}
		one.Tabs = []tab{
			{self, m.T("progress.running"), int(n.Open), q.Get("ended") != "1" && q.Get("colour") == ""},
			{self + "?ended=1", m.T("progress.ended"), ended, q.Get("ended") == "1"},
		}
		v.Kinds = append(v.Kinds, one)
	}
	f := ui.Frame{Section: "progress", Title: m.T("progress.of", "title", d.Title), NoIndex: len(q) > 0}
	return p.document.Render(w, r, http.StatusOK, f, v)
}

// rows is a table of cases.
func (p *Progress) rows(m *ui.Messages, k Kind, rows []docket.Row) ui.Table {
	words := explain.New(m, p.Pack, k.Procedure)
	unit, hasUnit := k.Field(k.Unit)
	t := ui.Table{ID: "cases-" + k.ID, Caption: k.Title.In(m.Lang()), Columns: []ui.Column{
		{Label: m.T("progress.number"), Lead: true, Narrow: true}, {Label: m.T("progress.subject"), Main: true},
		{Label: m.T("progress.units")}, {Label: m.T("progress.state")}, {Label: m.T("progress.colour")}, {Label: m.T("progress.due")},
	}}
	for _, x := range rows {
		cells := []ui.Cell{ui.TextCell(x.Number), {Links: []ui.Link{{Href: CasePath(x.Number), Label: x.Subject}}}, {}, {}, {}, {}}
		if hasUnit {
			for i, name := range casework.Words(p.Pack, unit, x.Units, m.Lang()) {
				cells[2].Links = append(cells[2].Links, ui.Link{Href: "/units/" + x.Units[i], Label: name})
			}
		}
		if s, ok := k.State(x.State); ok {
			cells[3].Text = s.Name.In(m.Lang())
		}
		for i := range k.Colours {
			if k.Colours[i].ID == x.Colour {
				cells[4].Chips = []ui.Chip{words.Chip(&k.Colours[i])}
			}
		}
		if x.Due != 0 {
			cells[5].Date = gov.DateOf(time.UnixMilli(x.Due - 1)) // the day the last moment on time falls in
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	return t
}

// PlaceText writes a place in a list as an address carries it, "" at its ends.
func PlaceText(p docket.Place) string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%s", p.Due, p.ID)
}

// ParsePlace reads what PlaceText wrote.
func ParsePlace(text string) (p docket.Place, err error) {
	if text == "" {
		return p, nil
	}
	due, id, _ := strings.Cut(text, ".")
	if p.Due, err = strconv.ParseInt(due, 10, 64); err == nil {
		p.ID, err = gov.ParseID(id)
	}
	if err != nil {
		return docket.Place{}, gov.Errorf(gov.Invalid, "翻页的位置无法识别", "the place in the list cannot be read").On("after")
	}
	return p, nil
}
