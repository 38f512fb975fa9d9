package progress

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Library  *library.Library
	Casework *casework.Casework
	Calendar func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock    gov.Clock
	BaseURL  string // public address of the site, for feeds
}

// Progress answers the public's pages.
type Progress struct {
	Deps
	all      *ui.Template[allView]
	document *ui.Template[documentView]
	matter   *ui.Template[matterView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Progress, error) {
	p := &Progress{Deps: d}
	return p, errors.Join(
		ui.LoadInto(d.Engine, templates, &p.all, "all"),
		ui.LoadInto(d.Engine, templates, &p.document, "document"),
		ui.LoadInto(d.Engine, templates, &p.matter, "case"),
	)
}

// Root is where the pages stand.
const Root = "/progress"

// CasePath is the address of a case's page.
func CasePath(number string) string { return Root + "/cases/" + number }

// PicturePath is the address of a picture of a case.
func PicturePath(number, key string) string { return CasePath(number) + "/pictures/" + key }

// Mount adds the routes.
func (p *Progress) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                                          p.showAll,
		"GET " + Root + "/feeds/{name}":                        p.showFeed,
		"GET " + Root + "/{slug}":                              p.showDocument,
		"GET " + Root + "/cases/{number}":                      p.showCase,
		"GET " + Root + "/cases/{number}/pictures/{sha}":       p.showPicture,
		"GET " + Root + "/cases/{number}/pictures/{sha}/small": p.showPicture,
	} {
		mux.Handle(pattern, p.Engine.Handle(h))
	}
}

// Kind is a procedure whose cases the public is shown by the document they were
// made of.
type Kind struct {
	*procedure.Procedure
	Document string // the facet that holds the document's number
}

// Kinds lists them in the order of the pack.
func Kinds(pack *policy.Pack) []Kind {
	var list []Kind
	for _, p := range pack.Procedures {
		f, ok := p.Field(p.FromItem("item.document"))
		if ok && p.Publishes() && slices.Contains(p.Facets, f.ID) && f.Level() == procedure.OpenPublic && len(f.Once) == 0 {
			list = append(list, Kind{p, f.ID})
		}
	}
	return list
}

// allView is the state of all documents.
type allView struct {
	At    int64
	Kinds []kindView
}

// kindView is one kind of matter by document.
type kindView struct {
	ID     string
	Title  string
	Terms  []explain.Colour
	Table  ui.Table
	Timely string // what the share of those not overdue counts
	Feed   string
}

func (p *Progress) showAll(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	v := allView{At: p.Clock().UnixMilli()}
	for _, k := range Kinds(p.Pack) {
		tallies, err := p.Casework.PublicTallies(r.Context(), k.ID, k.Document)
		if err != nil {
			return err
		}
		whole, err := p.Casework.PublicTallies(r.Context(), k.ID, "")
		if err != nil {
			return err
		}
		rows := sums.Of(k.Procedure, tallies)
		if len(rows) == 0 {
			continue
		}
		c := columns{m, explain.New(m, p.Pack, k.Procedure), sums.MeasuresOf(k.Procedure, sums.Of(k.Procedure, whole).At(""))}
		one := kindView{ID: k.ID, Title: k.Title.In(m.Lang()), Terms: c.terms(), Feed: FeedPath(k.ID, docket.Facet{})}
		one.Table = ui.Table{ID: "by-" + k.ID, Caption: m.T("progress.by_document", "title", k.Title), Columns: c.heads(ui.Column{Label: m.T("progress.document"), Main: true})}
		widest := int64(0)
		for _, row := range rows {
			widest = max(widest, row.Open)
		}
		for _, row := range rows {
			link, err := p.documentLink(r.Context(), row.Value)
			if err != nil {
				return err
			}
			one.Table.Rows = append(one.Table.Rows, ui.TableRow{Cells: c.cells(ui.Cell{Links: []ui.Link{link}}, link.Label, link.Href, row, widest)})
		}
		v.Kinds = append(v.Kinds, one)
	}
	f := ui.Frame{Section: "progress", Title: m.T("progress.title"), Description: m.T("progress.lede")}
	return p.all.Render(w, r, http.StatusOK, f, v)
}

// documentLink leads to the progress of a document by its number; a document the
// library does not hold is named by its number.
func (p *Progress) documentLink(ctx context.Context, number string) (ui.Link, error) {
	link := ui.Link{Label: number}
	d, err := p.Library.Document(ctx, library.SlugOf(&p.Pack.Gazette, number, ""), 0, gov.Date{})
	if gov.CodeOf(err) == gov.NotFound {
		return link, nil
	}
	if err != nil {
		return link, err
	}
	return ui.Link{Href: Root + "/" + d.Slug, Label: d.Title, Note: number}, nil
}

// columns are the figures of a kind as tables show them.
type columns struct {
	*ui.Messages
	words explain.Explainer
	sums.Measures
}

// terms are the colours that are counted, with what they mean.
func (c columns) terms() []explain.Colour {
	return slices.DeleteFunc(c.words.Colours(), func(k explain.Colour) bool { return !c.Counts(k.ID) })
}

func (c columns) heads(first ui.Column) []ui.Column {
	list := []ui.Column{first, {Label: c.T("board.picture")}, {Label: c.T("progress.total"), Number: true}}
	for _, s := range c.Done {
		list = append(list, ui.Column{Label: s.Name.In(c.Lang()), Number: true})
	}
	for _, k := range c.Colours {
		list = append(list, ui.Column{Label: k.Name.In(c.Lang()), Number: true})
	}
	return list
}

// cells are a row of figures; each leads to the cases it counts, on the page of
// the document.
func (c columns) cells(first ui.Cell, name, href string, n sums.Count, widest int64) []ui.Cell {
	number := func(n int64, pairs ...string) ui.Cell {
		text := c.Number(int(n))
		if n == 0 || href == "" {
			return ui.TextCell(text)
		}
		return ui.Cell{Links: []ui.Link{{Href: ui.With(href, pairs...), Label: text}}}
	}
	total := n.Open
	for _, k := range n.Ended {
		total += k
	}
	list := []ui.Cell{first, {Bar: c.Bar(name, n, c.words.Chip, widest)}, ui.TextCell(c.Number(int(total)))}
	for _, s := range c.Done {
		list = append(list, number(n.Ended[s.ID], "ended", "1"))
	}
	for _, k := range c.Colours {
		list = append(list, number(n.Colours[k.ID], "colour", k.ID))
	}
	return list
}
