package figures

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

const (
	shownCases = 50
	fileCases  = 20_000 // of a file
)

// casesView is the cases behind a number.
type casesView struct {
	Crumbs []ui.Link
	Ask    askView
	What   string // what of the figure they are
	About  string
	Parts  []tab
	Table  ui.Table
	Notes  []string
	First  string
	Next   string
}

// begun stands in addresses for the beginnings of cases.
const begun = "begun"

func (s *Figures) showCases(a *asking, w http.ResponseWriter, r *http.Request) error {
	q, err := a.ask(r)
	if err != nil {
		return err
	}
	self := a.root + "/" + q.p.ID + "/cases/" + r.PathValue("what")
	b := docket.Behind{Asked: docket.Asked{Procedure: q.p.ID, Facet: q.facet, From: q.from, To: q.to}}
	v := casesView{Ask: a.form(q, self), Crumbs: a.crumbs(ui.Link{Href: q.link(a.root + "/" + q.p.ID), Label: q.p.Title.In(a.Lang())})}
	title := a.T("figures.begun")
	if r.PathValue("what") == begun {
		b.What = []docket.What{docket.CountBegun}
	} else {
		m, err := a.measureOf(q.p, r.PathValue("what"))
		if err != nil {
			return err
		}
		title = m.Name.In(a.Lang())
		b.What, v.About = []docket.What{docket.CountMeasure(m.ID)}, m.About.In(a.Lang())
		v.Crumbs = append(v.Crumbs, ui.Link{Href: q.link(a.root + "/" + q.p.ID + "/measures/" + m.ID), Label: title})
		if !m.IsTime() {
			b.Part = r.URL.Query().Get("part")
			for _, part := range []struct{ part, label string }{{"", m.Whole.In(a.Lang())}, {docket.Hit, m.Part.In(a.Lang())}, {docket.Miss, a.T("figures.others")}} {
				v.Parts = append(v.Parts, tab{q.link(self, "part", part.part), part.label, part.part == b.Part})
			}
			if !slices.ContainsFunc(v.Parts, func(t tab) bool { return t.Current }) {
				return gov.Errorf(gov.Invalid, "part 应为 1 或 0", "part is 1 or 0").On("part")
			}
			v.Ask.Hidden = append(v.Ask.Hidden, ui.Link{Href: "part", Label: b.Part})
		}
	}
	after, err := markOf(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	v.Table = ui.Table{ID: "cases", Caption: title, Columns: []ui.Column{{Label: a.T("progress.number"), Lead: true, Narrow: true}, {Label: a.T("progress.subject"), Main: true},
		{Label: a.T("progress.units")}, {Label: a.T("progress.state")}, {Label: a.T("figures.opened")}, {Label: a.T("figures.ended")}}}
	format, limit := export.FormatOf(r.URL.Path), shownCases
	if format != "" {
		limit, after = fileCases, docket.Mark{}
	}
	for len(v.Table.Rows) < limit {
		list, next, err := a.behind(r.Context(), b, after, limit-len(v.Table.Rows))
		if err != nil {
			return err
		}
		for _, row := range list {
			v.Table.Rows = append(v.Table.Rows, a.caseRow(q.p, row))
		}
		if after = next; next.IsZero() || format == "" && len(list) > 0 {
			break
		}
	}
	if format != "" {
		return export.Send(w, format, q.p.ID+"-"+r.PathValue("what"), v.Table)
	}
	if !after.IsZero() {
		v.Next = q.link(self, "part", b.Part, "after", strconv.Itoa(int(after.Month))+"."+after.ID.String())
	}
	if r.URL.Query().Get("after") != "" {
		v.First = q.link(self, "part", b.Part)
	}
	if !a.staff {
		v.Notes = append(v.Notes, a.T("figures.note_published"))
	}
	v.Table.Exports = export.Links(r, self+"/cases")
	return s.cases.Render(w, r, http.StatusOK, a.frame(a.T("figures.cases_of", "title", title)), v)
}

// markOf reads where a list goes on.
func markOf(text string) (m docket.Mark, err error) {
	if text == "" {
		return m, nil
	}
	month, id, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(month)
	if err == nil {
		m.Month = docket.Month(n)
		m.ID, err = gov.ParseID(id)
	}
	if err != nil {
		return m, gov.Errorf(gov.Invalid, "列表的位置不对", "this is no place in the list").On("after")
	}
	return m, nil
}

func (a *asking) caseRow(p *procedure.Procedure, r docket.Row) ui.TableRow {
	day := func(ms int64) ui.Cell {
		if ms == 0 {
			return ui.Cell{}
		}
		return ui.Cell{Date: gov.DateOf(time.UnixMilli(ms))}
	}
	state := r.State // of an older pack
	if s, ok := p.State(r.State); ok {
		state = s.Name.In(a.Lang())
	}
	unit := ui.Cell{}
	if f, ok := p.Field(p.Unit); ok {
		for i, u := range r.Units {
			if i > 0 {
				unit.Text += a.T("list.separator")
			}
			for _, w := range casework.Words(a.Pack, f, u, a.Lang()) {
				unit.Text += w
			}
		}
	}
	return ui.TableRow{Cells: []ui.Cell{
		ui.TextCell(r.Number), {Links: []ui.Link{{Href: a.casePath(r), Label: r.Subject}}}, unit, ui.TextCell(state), day(r.Opened), day(r.Ended),
	}}
}
