package figures

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// measureView is one figure: month by month and by what it is told.
type measureView struct {
	Crumbs []ui.Link
	At     int64
	Ask    askView
	Card   card
	Months ui.Table
	Tabs   []tab
	By     string
	Table  ui.Table
	Notes  []string
}

// tab leads to the same figure told by something else.
type tab struct {
	Href    string
	Label   string
	Current bool
}

// measureOf is the measure of a request.
func (a *asking) measureOf(p *procedure.Procedure, id string) (*procedure.Measure, error) {
	for _, m := range a.measures(p) {
		if m.ID == id {
			return m, nil
		}
	}
	return nil, gov.Errorf(gov.NotFound, "没有这项指标。", "There is no such figure.")
}

func (s *Figures) showMeasure(a *asking, w http.ResponseWriter, r *http.Request) error {
	q, err := a.ask(r)
	if err != nil {
		return err
	}
	m, err := a.measureOf(q.p, r.PathValue("measure"))
	if err != nil {
		return err
	}
	dims := a.dimensions(q.p, false)
	by := dims[0]
	for _, d := range dims {
		if d.id == q.by {
			by = d
		}
	}
	asked := docket.Asked{Procedure: q.p.ID, Facet: docket.Facet{Field: by.id}, Values: true, What: []docket.What{docket.CountMeasure(m.ID)}, From: q.from, To: q.to}
	parts, err := a.sums(r.Context(), asked)
	if err != nil {
		return err
	}
	table := a.table(q, m, by, measures.Of(m, parts, func(s docket.Sum) string { return s.Value }), export.FormatOf(r.URL.Path) != "")
	if format := export.FormatOf(r.URL.Path); format != "" {
		return export.Send(w, format, q.p.ID+"-"+m.ID, table)
	}
	asked.Facet, asked.Values, asked.Months = q.facet, false, true
	months, err := a.sums(r.Context(), asked)
	if err != nil {
		return err
	}
	self := a.root + "/" + q.p.ID + "/measures/" + m.ID
	whole := measures.Of(m, months, func(docket.Sum) bool { return true })[true]
	if whole == nil {
		none := measures.New(m)
		whole = &none
	}
	v := measureView{
		Crumbs: a.crumbs(ui.Link{Href: q.link(a.root + "/" + q.p.ID), Label: q.p.Title.In(a.Lang())}), At: s.Clock().UnixMilli(),
		Ask: a.form(q, self), Card: a.card(q, whole), By: by.label, Table: table, Notes: a.notes(q.p),
		Months: a.months(q, m, measures.Of(m, months, func(s docket.Sum) docket.Month { return s.Month })),
	}
	v.Table.Exports = export.Links(r, self+"/by")
	for _, d := range dims {
		v.Tabs = append(v.Tabs, tab{q.link(self, "by", d.id), d.label, d.id == by.id})
	}
	return s.measure.Render(w, r, http.StatusOK, a.frame(m.Name.In(a.Lang())), v)
}

// table ranks the values by which a figure is told. What stands on too few cases
// has no place and comes last.
func (a *asking) table(q question, m *procedure.Measure, by dimension, all map[string]*measures.Figure, file bool) ui.Table {
	t := ui.Table{ID: "by-" + m.ID, Caption: by.label, Columns: []ui.Column{{Label: a.T("figures.rank"), Lead: true, Narrow: true}, {Label: by.label, Main: true}}}
	if !file {
		t.Columns = append(t.Columns, ui.Column{Label: a.T("figures.picture")})
	}
	t.Columns = append(t.Columns, a.columns(m)...)
	least := q.p.LeastCases()
	values := slices.Collect(maps.Keys(all))
	slices.SortFunc(values, func(x, y string) int {
		f, g := all[x], all[y]
		few := func(f *measures.Figure) int {
			if f.Of < least {
				return 1
			}
			return 0
		}
		if by.field == nil { // hours go on as they do in a day
			return cmp.Compare(x, y)
		}
		return cmp.Or(cmp.Compare(few(f), few(g)), f.Compare(g), cmp.Compare(x, y))
	})
	longest := longestMedian(maps.Values(all))
	place, before := 0, (*measures.Figure)(nil)
	for i, value := range values {
		f, name := all[value], a.value(by, value)
		rank := ""
		if f.Of >= least && by.field != nil {
			if before == nil || !f.Ties(before) {
				place = i + 1
			}
			rank, before = a.Number(place), f
		}
		at := q.at(docket.Facet{Field: by.id, Value: value})
		head := ui.Cell{Links: []ui.Link{{Href: at.link(a.root + "/" + q.p.ID), Label: name}}}
		if file {
			head = ui.TextCell(name)
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: append([]ui.Cell{ui.TextCell(rank), head}, a.row(at, name, f, longest, file)...)})
	}
	return t
}

// columns are those of a figure's numbers.
func (a *asking) columns(m *procedure.Measure) []ui.Column {
	if m.IsTime() {
		return []ui.Column{{Label: a.T("figures.median"), Number: true}, {Label: a.T("figures.most"), Number: true}, {Label: a.T("figures.cases"), Number: true}}
	}
	return []ui.Column{{Label: m.Name.In(a.Lang()), Number: true}, {Label: a.T("figures.hits"), Number: true}, {Label: a.T("figures.cases"), Number: true}}
}

// row is a figure as a row: its picture, unless it is for a file, and its numbers,
// of which each leads to the cases it counts.
func (a *asking) row(q question, title string, f *measures.Figure, longest time.Duration, file bool) (cells []ui.Cell) {
	least := q.p.LeastCases()
	if f.Measure.IsTime() {
		least = 0
	}
	numbers := a.numbers(f, least, file)
	if f.Measure.IsTime() {
		cells = []ui.Cell{numbers[3], numbers[4], numbers[2]}
	} else {
		cells = numbers[:3]
	}
	if file {
		return cells
	}
	list := a.root + "/" + q.p.ID + "/cases/" + f.Measure.ID
	link := func(c *ui.Cell, n int64, pairs ...string) {
		if n > 0 {
			*c = ui.Cell{Links: []ui.Link{{Href: q.link(list, pairs...), Label: c.Text}}}
		}
	}
	link(&cells[2], f.Of)
	bar := a.bar(title, f)
	if f.Measure.IsTime() {
		median, _ := f.Percentile(50)
		bar = ui.Bar{Title: title, Of: int64(longest / time.Minute), Segments: []ui.Segment{{N: int64(median / time.Minute), Tone: "info", Label: a.T("figures.median_minutes")}}}
	} else {
		link(&cells[1], f.N, "part", docket.Hit)
		if f.Of > 0 && f.Of < least {
			cells[0] = ui.TextCell(a.T("figures.fraction", "n", f.N, "of", f.Of))
		}
	}
	return append([]ui.Cell{{Bar: bar}}, cells...)
}

func longestMedian(all func(func(*measures.Figure) bool)) (longest time.Duration) {
	for f := range all {
		median, _ := f.Percentile(50)
		longest = max(longest, median)
	}
	return longest
}

// months is the figure month by month.
func (a *asking) months(q question, m *procedure.Measure, all map[docket.Month]*measures.Figure) ui.Table {
	t := ui.Table{ID: "by-month", Caption: a.T("figures.months"), Columns: append([]ui.Column{{Label: a.T("figures.month"), Main: true}, {Label: a.T("figures.picture")}}, a.columns(m)...)}
	longest := longestMedian(maps.Values(all))
	for month := q.to; month >= q.from; month-- {
		f := all[month]
		if f == nil {
			none := measures.New(m)
			f = &none
		}
		of := q
		of.from, of.to = month, month
		text := monthText(month)
		t.Rows = append(t.Rows, ui.TableRow{Cells: append([]ui.Cell{ui.TextCell(text)}, a.row(of, text, f, longest, false)...)})
	}
	return t
}
