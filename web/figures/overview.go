package figures

import (
	"net/http"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// overviewView is all figures of a procedure.
type overviewView struct {
	Crumbs  []ui.Link
	At      int64
	Ask     askView
	Rates   []card
	Times   []card
	Spots   []ui.Link
	Pairs   []ui.Link
	Exports []ui.Link
	Notes   []string
}

// card is a figure with its definition.
type card struct {
	ID     string
	Name   string
	Href   string
	Figure string // "" when there are no cases
	Tail   string // of a time: the ninth decile
	Part   string // the hits in words
	Whole  string // the cases that count in words
	Hits   ui.Link
	Cases  ui.Link
	Bar    ui.Bar
	About  string
	Cite   string
	Few    string // says that a rate of so few cases is none
}

func (s *Figures) showOverview(a *asking, w http.ResponseWriter, r *http.Request) error {
	q, err := a.ask(r)
	if err != nil {
		return err
	}
	told := a.measures(q.p)
	asked := docket.Asked{Procedure: q.p.ID, Facet: q.facet, From: q.from, To: q.to}
	for _, m := range told {
		asked.What = append(asked.What, docket.CountMeasure(m.ID))
	}
	sums, err := a.sums(r.Context(), asked)
	if err != nil {
		return err
	}
	self := a.root + "/" + q.p.ID
	v := overviewView{Crumbs: a.crumbs(), At: s.Clock().UnixMilli(), Ask: a.form(q, self), Notes: a.notes(q.p)}
	table := ui.Table{Columns: []ui.Column{{Label: a.T("figures.figure"), Main: true}, {Label: a.T("figures.value"), Number: true}, {Label: a.T("figures.hits"), Number: true},
		{Label: a.T("figures.cases"), Number: true}, {Label: a.T("figures.median"), Number: true}, {Label: a.T("figures.most"), Number: true},
		{Label: a.T("figures.part")}, {Label: a.T("figures.whole")}, {Label: a.T("figures.about")}}}
	for _, m := range told {
		f := measures.Of(m, sums, func(docket.Sum) bool { return true })[true]
		if f == nil {
			empty := measures.New(m)
			f = &empty
		}
		c := a.card(q, f)
		if m.IsTime() {
			v.Times = append(v.Times, c)
		} else {
			v.Rates = append(v.Rates, c)
		}
		row := a.numbers(f, q.p.LeastCases(), true)
		table.Rows = append(table.Rows, ui.TableRow{Cells: append(append([]ui.Cell{ui.TextCell(c.Name)}, row...), ui.TextCell(c.Part), ui.TextCell(c.Whole), ui.TextCell(c.About))})
	}
	if format := export.FormatOf(r.URL.Path); format != "" {
		return export.Send(w, format, q.p.ID+"-figures", table)
	}
	for _, f := range a.fields(q.p, q.p.Spots()) {
		v.Spots = append(v.Spots, ui.Link{Href: q.at(docket.Facet{}).link(self + "/spots/" + f.ID), Label: a.T("figures.spots_by", "field", f.Label)})
	}
	if a.staff && q.p.Repeats() != nil {
		v.Spots = append(v.Spots, ui.Link{Href: HotPath(q.p.ID), Label: a.T("figures.hot")})
	}
	for _, p := range a.told(q.p) {
		v.Pairs = append(v.Pairs, ui.Link{Href: q.at(docket.Facet{}).link(self + "/pairs/" + p.field), Label: a.pairLabel(p)})
	}
	v.Exports = export.Links(r, self+"/table")
	return s.overview.Render(w, r, http.StatusOK, a.frame(a.T("figures.of", "title", q.p.Title)), v)
}

// card shows a figure.
func (a *asking) card(q question, f *measures.Figure) card {
	m := f.Measure
	c := card{ID: m.ID, Name: m.Name.In(a.Lang()), Href: q.link(a.root + "/" + q.p.ID + "/measures/" + m.ID), About: m.About.In(a.Lang()), Cite: m.Cite,
		Part: m.Part.In(a.Lang()), Whole: m.Whole.In(a.Lang()), Cases: ui.Link{Label: a.Number(int(f.Of))}}
	if m.IsTime() {
		c.Whole = a.T("figures.timed")
	}
	if f.Of == 0 {
		return c
	}
	list := a.root + "/" + q.p.ID + "/cases/" + m.ID
	c.Cases.Href = q.link(list)
	if m.IsTime() {
		median, _ := f.Percentile(50)
		most, _ := f.Percentile(90)
		c.Figure, c.Tail = a.duration(median), a.T("figures.most_are", "time", a.duration(most))
		return c
	}
	c.Hits = ui.Link{Label: a.Number(int(f.N))}
	if f.N > 0 {
		c.Hits.Href = q.link(list, "part", docket.Hit)
	}
	c.Figure, c.Bar = f.Percent(), a.bar(c.Name, f)
	if f.Of < q.p.LeastCases() {
		c.Figure, c.Few = a.T("figures.fraction", "n", f.N, "of", f.Of), a.T("figures.few", "n", int(q.p.LeastCases()))
	}
	return c
}

// bar draws what part of the cases are hits.
func (a *asking) bar(title string, f *measures.Figure) ui.Bar {
	b := ui.Bar{Title: title, Of: f.Of}
	for _, s := range []ui.Segment{{N: f.N, Tone: "info", Label: f.Measure.Part.In(a.Lang())}, {N: f.Of - f.N, Tone: "quiet", Label: a.T("figures.others")}} {
		if s.N > 0 {
			b.Segments = append(b.Segments, s)
		}
	}
	return b
}

// numbers are the columns of a figure: value, hits, cases, median and ninth decile.
// In a file times are in minutes; a rate of too few cases has no value.
func (a *asking) numbers(f *measures.Figure, least int64, file bool) []ui.Cell {
	number := func(n int64) ui.Cell { return ui.TextCell(a.Number(int(n))) }
	if !f.Measure.IsTime() {
		value := f.Percent()
		if f.Of < least {
			value = ""
		}
		return []ui.Cell{ui.TextCell(value), number(f.N), number(f.Of), {}, {}}
	}
	cells := []ui.Cell{{}, {}, number(f.Of), {}, {}}
	for i, percent := range []int64{50, 90} {
		if d, ok := f.Percentile(percent); ok && file {
			cells[3+i] = number(int64(d / time.Minute))
		} else if ok {
			cells[3+i] = ui.TextCell(a.duration(d))
		}
	}
	return cells
}

// duration is a time as people say it: minutes to an hour, hours to three days.
func (a *asking) duration(d time.Duration) string {
	const day = 24 * time.Hour
	whole := func(by time.Duration) string { return a.Number(int(d / by)) }
	switch {
	case d <= time.Hour:
		return a.T("figures.minutes", "n", whole(time.Minute))
	case d <= 3*day:
		return a.T("figures.hours", "h", whole(time.Hour), "m", int(d%time.Hour/time.Minute))
	}
	return a.T("figures.days", "d", whole(day), "h", int(d%day/time.Hour))
}

// notes are what is true of all figures of a procedure.
func (a *asking) notes(p *procedure.Procedure) []string {
	list := []string{a.T("figures.note_month"), a.T("figures.note_percent", "n", int(p.LeastCases())), a.T("figures.note_times")}
	if f, ok := p.Field(p.Unit); ok {
		list = append(list, a.T("figures.note_units", "field", f.Label))
	}
	if !a.staff {
		list = append(list, a.T("figures.note_public"))
	}
	return list
}
