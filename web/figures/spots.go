package figures

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// shownSpots is how many places a page lists; a file has all.
const shownSpots = 50

// spotsView is where most cases began.
type spotsView struct {
	Crumbs []ui.Link
	At     int64
	Ask    askView
	Tabs   []tab
	Total  string
	Table  ui.Table
	Notes  []string
}

// spot is a place with what began there.
type spot struct {
	area   string
	n      int64
	months int // of the period, in which something began
}

func (s *Figures) showSpots(a *asking, w http.ResponseWriter, r *http.Request) error {
	q, err := a.ask(r)
	if err != nil {
		return err
	}
	fields := a.fields(q.p, q.p.Spots())
	var by dimension
	self := a.root + "/" + q.p.ID + "/spots/"
	v := spotsView{Crumbs: a.crumbs(ui.Link{Href: q.link(a.root + "/" + q.p.ID), Label: q.p.Title.In(a.Lang())}), At: s.Clock().UnixMilli()}
	for _, f := range fields {
		current := f.ID == r.PathValue("field")
		if current {
			by = dimension{f.ID, f.Label.In(a.Lang()), f}
		}
		v.Tabs = append(v.Tabs, tab{q.link(self + f.ID), f.Label.In(a.Lang()), current})
	}
	if by.field == nil {
		return gov.Errorf(gov.NotFound, "不按这个字段看高发点位。", "There is no such list of places.")
	}
	sums, err := a.sums(r.Context(), docket.Asked{Procedure: q.p.ID, Facet: docket.Facet{Field: by.id}, Values: true, Months: true,
		What: []docket.What{docket.CountBegun}, From: q.from, To: q.to})
	if err != nil {
		return err
	}
	list, total := spotsOf(sums)
	format := export.FormatOf(r.URL.Path)
	v.Ask, v.Total = a.form(q.at(docket.Facet{}), self+by.id), a.T("figures.spots_total", "n", int(total), "places", len(list))
	v.Table = ui.Table{ID: "spots", Caption: a.T("figures.spots"), Columns: []ui.Column{{Label: a.T("figures.rank"), Lead: true, Narrow: true}, {Label: by.label, Main: true},
		{Label: a.T("figures.picture")}, {Label: a.T("figures.begun"), Number: true}, {Label: a.T("figures.again"), Number: true}}}
	if format != "" {
		v.Table.Columns = slices.Delete(v.Table.Columns, 2, 3)
	} else {
		list = list[:min(len(list), shownSpots)]
	}
	for i, one := range list {
		name := a.value(by, one.area)
		cells := []ui.Cell{ui.TextCell(a.Number(i + 1)), ui.TextCell(name)}
		number := ui.TextCell(a.Number(int(one.n)))
		if format == "" {
			cells = append(cells, ui.Cell{Bar: ui.Bar{Title: name, Of: list[0].n, Segments: []ui.Segment{{N: one.n, Tone: "warn", Label: a.T("figures.begun")}}}})
			number = ui.Cell{Links: []ui.Link{{Href: q.at(docket.Facet{Field: by.id, Value: one.area}).link(a.root + "/" + q.p.ID + "/cases/" + begun), Label: number.Text}}}
		}
		again := a.T("figures.again_of", "n", one.months, "of", int(q.to-q.from)+1)
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: append(cells, number, ui.TextCell(again))})
	}
	if format != "" {
		return export.Send(w, format, q.p.ID+"-spots-"+by.id, v.Table)
	}
	v.Notes = []string{a.T("figures.note_spots", "field", by.label)}
	v.Table.Exports = export.Links(r, self+by.id+"/table")
	return s.spots.Render(w, r, http.StatusOK, a.frame(a.T("figures.spots_of", "title", q.p.Title)), v)
}

// spotsOf are the places of sums, those with the most first, and all that began
// there.
func spotsOf(sums []docket.Sum) (list []spot, total int64) {
	all := map[string]spot{}
	for _, s := range sums {
		one := all[s.Value]
		one.area = s.Value
		one.n += s.N
		one.months++ // there is one sum for each month
		all[s.Value] = one
		total += s.N
	}
	return slices.SortedFunc(maps.Values(all), func(a, b spot) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(b.months, a.months), cmp.Compare(a.area, b.area))
	}), total
}
