package board

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Deps is everything the boards stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Calendar func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock    gov.Clock
}

// Board answers the pages of supervision.
type Board struct {
	Deps
	boards *ui.Template[boardsView]
	board  *ui.Template[boardView]
	briefs *ui.Template[briefView]
	sheet  *ui.Template[sheetView]
	stats  *ui.Template[statisticsView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Board, error) {
	b := &Board{Deps: d}
	return b, errors.Join(
		ui.LoadInto(d.Engine, templates, &b.boards, "boards"),
		ui.LoadInto(d.Engine, templates, &b.board, "board"),
		ui.LoadInto(d.Engine, templates, &b.briefs, "brief"),
		ui.LoadInto(d.Engine, templates, &b.sheet, "sheet"),
		ui.LoadInto(d.Engine, templates, &b.stats, "statistics"),
	)
}

// Root is where the boards stand.
const Root = "/desk/board"

// Mount adds the routes.
func (b *Board) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                             b.index,
		"GET " + Root + "/{procedure}":            b.show,
		"GET " + Root + "/{procedure}/table.csv":  b.show,
		"GET " + Root + "/{procedure}/table.xlsx": b.show,
		"GET " + Root + "/{procedure}/brief":      b.brief,

		"GET " + Root + "/{procedure}/statistics":             b.statistics,
		"GET " + Root + "/{procedure}/statistics/months.csv":  b.statistics,
		"GET " + Root + "/{procedure}/statistics/months.xlsx": b.statistics,
		"GET " + Root + "/{procedure}/statistics/units.csv":   b.statistics,
		"GET " + Root + "/{procedure}/statistics/units.xlsx":  b.statistics,
	} {
		mux.Handle(pattern, b.Engine.Handle(private(h)))
	}
}

// private keeps pages of the office out of every cache.
func private(h ui.Handler) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r)
	}
}

// frame is that of every page here.
func frame(title string) ui.Frame { return ui.Frame{Title: title, Section: "board", NoIndex: true} }

// procedureOf is the procedure of a request, which has facets.
func (b *Board) procedureOf(r *http.Request) (*procedure.Procedure, error) {
	p, ok := b.Pack.Procedure(r.PathValue("procedure"))
	if !ok || len(p.Facets) == 0 {
		return nil, gov.Errorf(gov.NotFound, "没有这种流程的督查看板。", "There is no board of such a procedure.")
	}
	return p, nil
}

// facetOf is the field by which the figures are asked for, the first of the
// procedure when none is named.
func facetOf(p *procedure.Procedure, name string) (*procedure.Field, error) {
	for _, f := range p.Facets {
		if f == name || name == "" {
			field, _ := p.Field(f)
			return field, nil
		}
	}
	return nil, gov.Errorf(gov.Invalid, "不能按“%s”统计", "the cases are not counted by %q", name).On("facet")
}

// staff is by what right the request acts.
func staff(r *http.Request) people.Standing { return who.Of(r.Context()).Standing }

// boardsView lists the procedures, with their boards and statistics.
type boardsView struct {
	Crumbs []ui.Link
	Table  ui.Table
}

func (b *Board) index(w http.ResponseWriter, r *http.Request) error {
	m := b.Engine.For(r)
	v := boardsView{Crumbs: crumbs(m), Table: ui.Table{Caption: m.T("board.title"), Columns: []ui.Column{
		{Label: m.T("procedures.name"), Main: true}, {Label: m.T("board.open"), Number: true}, {Label: m.T("board.troubled"), Number: true}, {Label: m.T("board.more")},
	}}}
	for _, p := range b.Pack.Procedures {
		name := ui.TextCell(p.Title.In(m.Lang()))
		if len(p.Facets) > 0 {
			name = ui.Cell{Links: []ui.Link{{Href: Root + "/" + p.ID, Label: name.Text}}}
		}
		tallies, err := b.Casework.Tallies(r.Context(), staff(r), p.ID, "")
		if err != nil {
			return err
		}
		all := sums.Of(p, tallies).At("")
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			name, ui.TextCell(m.Number(int(all.Open))), ui.TextCell(m.Number(int(all.Toned(p, procedure.Bad)))),
			{Links: []ui.Link{{Href: Root + "/" + p.ID + "/statistics", Label: m.T("statistics.title")}}},
		}})
	}
	return b.boards.Render(w, r, http.StatusOK, frame(m.T("board.title")), v)
}

// crumbs lead back to the desk.
func crumbs(m *ui.Messages, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, more...)
}
