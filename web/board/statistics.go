package board

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases/departure"
	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/figures"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
)

// monthsShown is how many months the statistics show one by one, this one
// included.
const monthsShown = 12

// statisticsView is the statistics of a procedure.
type statisticsView struct {
	Crumbs     []ui.Link
	Ways       []ui.Link
	At         int64  // of the figures
	From, To   string // the first and the last month
	Unit       string // whose months are shown, "" for all cases
	Whole      string // where those of all cases are
	Totals     ui.Table
	Departures ui.Table
	Months     ui.Table
	Units      ui.Table // without rows when the procedure names nobody responsible
	Notes      []string
}

// statistics shows what became of the cases of a procedure month by month and
// unit by unit, or sends a table of it as a file.
func (b *Board) statistics(w http.ResponseWriter, r *http.Request) error {
	m := b.Engine.For(r)
	p, ok := b.Pack.Procedure(r.PathValue("procedure"))
	if !ok {
		return gov.Errorf(gov.NotFound, "没有这种流程。", "There is no such procedure.")
	}
	unit := r.URL.Query().Get("unit")
	if _, known := b.Pack.Unit(unit); unit != "" && (!known || p.Unit == "") {
		return gov.Errorf(gov.Invalid, "没有单位“%s”的统计", "there are no statistics of a unit %q", unit).On("unit")
	}
	s, err := b.reckon(r.Context(), staff(r), m, p, unit)
	if err != nil {
		return err
	}
	if format := export.FormatOf(r.URL.Path); format != "" {
		if strings.Contains(r.URL.Path, "/units.") {
			return export.Send(w, format, p.ID+"-units", s.units(true))
		}
		return export.Send(w, format, strings.TrimSuffix(p.ID+"-months-"+unit, "-"), s.months(true))
	}
	self := Root + "/" + p.ID + "/statistics"
	v := statisticsView{
		Crumbs: crumbs(m, ui.Link{Href: Root, Label: m.T("board.title")}), At: b.Clock().UnixMilli(),
		From: monthText(s.first), To: monthText(s.last), Unit: s.unitName(unit), Whole: self,
		Totals: s.totals(), Departures: s.departures(), Months: s.months(false), Units: s.units(false), Notes: s.notes(),
	}
	if len(p.Facets) > 0 {
		v.Crumbs = append(v.Crumbs, ui.Link{Href: Root + "/" + p.ID, Label: p.Title.In(m.Lang())})
		v.Ways = append(v.Ways, ui.Link{Href: Root + "/" + p.ID, Label: m.T("statistics.board")})
	}
	if len(p.Measures) > 0 {
		v.Ways = append(v.Ways, ui.Link{Href: figures.StaffRoot + "/" + p.ID, Label: m.T("statistics.measures")})
	}
	v.Ways = append(v.Ways, ui.Link{Href: listed(p, "", ""), Label: m.T("board.list")}, ui.Link{Href: "/procedures/" + p.ID, Label: m.T("board.procedure")})
	v.Months.Exports = exports(self+"/months", unit)
	v.Units.Exports = exports(self+"/units", "")
	return b.stats.Render(w, r, http.StatusOK, frame(m.T("statistics.of", "title", p.Title)), v)
}

func exports(path, unit string) []ui.Link {
	return []ui.Link{{Href: ui.With(path+".csv", "unit", unit), Label: "CSV"}, {Href: ui.With(path+".xlsx", "unit", unit), Label: "XLSX"}}
}

// numbers are the statistics of a procedure and how its reader is told of them.
type numbers struct {
	*ui.Messages
	pack        *policy.Pack
	procedure   *procedure.Procedure
	first, last docket.Month
	ever        *sums.Period // all cases since the first
	year        *sums.Period // all cases of the months shown
	shown       *sums.Period // the same of the unit whose months are shown
	byMonth     map[docket.Month]*sums.Period
	byUnit      map[string]*sums.Period
}

func (b *Board) reckon(ctx context.Context, by people.Standing, m *ui.Messages, p *procedure.Procedure, unit string) (numbers, error) {
	last := docket.MonthOf(b.Clock())
	s := numbers{Messages: m, pack: b.Pack, procedure: p, first: last - monthsShown + 1, last: last,
		byMonth: map[docket.Month]*sums.Period{}, byUnit: map[string]*sums.Period{}, year: sums.NewPeriod(), shown: sums.NewPeriod()}
	asked := docket.Asked{Procedure: p.ID, What: sums.PeriodCounts, To: docket.Ever, Months: true}
	ever, err := b.Casework.Totals(ctx, by, asked)
	if err != nil {
		return s, err
	}
	months := ever
	if unit != "" {
		asked.Facet, asked.From = docket.Facet{Field: p.Unit, Value: unit}, s.first
		if months, err = b.Casework.Totals(ctx, by, asked); err != nil {
			return s, err
		}
	}
	var units []docket.Sum
	if p.Unit != "" {
		units, err = b.Casework.Totals(ctx, by, docket.Asked{Procedure: p.ID, Facet: docket.Facet{Field: p.Unit}, Values: true, What: sums.PeriodCounts, From: s.first, To: docket.Ever})
		if err != nil {
			return s, err
		}
	}
	s.ever = sums.PeriodOf(ever)
	for _, c := range ever {
		if c.Month >= s.first {
			s.year.Add(c.Count)
		}
	}
	for month := s.first; month <= last; month++ {
		s.byMonth[month] = sums.NewPeriod()
	}
	for _, c := range months {
		if at, within := s.byMonth[c.Month]; within {
			at.Add(c.Count)
			s.shown.Add(c.Count)
		}
	}
	for _, c := range units {
		if s.byUnit[c.Value] == nil {
			s.byUnit[c.Value] = sums.NewPeriod()
		}
		s.byUnit[c.Value].Add(c.Count)
	}
	return s, nil
}

// monthText is a month as tables write it: 2016-10.
func monthText(m docket.Month) string { return m.First().String()[:len("2016-10")] }

func (s numbers) unitName(id string) string {
	if u, ok := s.pack.Unit(id); ok {
		return u.Name.In(s.Lang())
	}
	return id
}

// totals are all cases, each figure beside what it counts.
func (s numbers) totals() ui.Table {
	t := ui.Table{Caption: s.T("statistics.totals"), Columns: s.totalColumns()}
	add := func(key string, show func(*sums.Period) string, args ...any) {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(s.T("statistics." + key)), ui.TextCell(show(s.year)), ui.TextCell(show(s.ever)), ui.TextCell(s.T("statistics."+key+"_means", args...)),
		}})
	}
	add("begun", func(p *sums.Period) string { return s.count(p.Begun) })
	add("done", func(p *sums.Period) string { return s.count(p.Ended()) })
	add("void", func(p *sums.Period) string { return s.count(p.Void) })
	if clock, ok := s.procedure.Clock(s.procedure.Due); ok {
		add("timely", s.share, "clock", clock.Name)
	}
	add("median", func(p *sums.Period) string { return s.days(p, 50) })
	add("most", func(p *sums.Period) string { return s.days(p, 90) })
	return t
}

func (s numbers) totalColumns() []ui.Column {
	return []ui.Column{{Label: s.T("board.figure"), Main: true}, {Label: s.T("statistics.year"), Number: true},
		{Label: s.T("statistics.ever"), Number: true}, {Label: s.T("board.meaning")}}
}

// departures are the actions that were departures, by kind; a kind there never
// was has one row that says so.
func (s numbers) departures() ui.Table {
	t := ui.Table{Caption: s.T("statistics.departures"), Columns: slices.Insert(s.totalColumns(), 1, ui.Column{Label: s.T("statistics.action")})}
	for _, kind := range departure.Kinds {
		var list []sums.Departed
		for d := range s.ever.Departed {
			if d.Kind == kind {
				list = append(list, d)
			}
		}
		slices.SortFunc(list, func(a, b sums.Departed) int {
			return cmp.Or(cmp.Compare(s.ever.Departed[b], s.ever.Departed[a]), cmp.Compare(a.Action, b.Action))
		})
		if len(list) == 0 {
			list = []sums.Departed{{Kind: kind}}
		}
		for _, d := range list {
			name := d.Action
			if a, ok := s.procedure.Action(d.Action); ok {
				name = a.Name.In(s.Lang())
			}
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				ui.TextCell(s.Of("statistics.kind.", kind)), ui.TextCell(name), ui.TextCell(s.count(s.year.Departed[d])),
				ui.TextCell(s.count(s.ever.Departed[d])), ui.TextCell(s.Of("statistics.means.", kind)),
			}})
		}
	}
	return t
}

// columns are those of a table of periods. A file has one for every number, a
// page puts together what belongs together.
func (s numbers) columns(head string, file bool) []ui.Column {
	list := []ui.Column{{Label: head, Main: true}}
	if !file {
		list = append(list, ui.Column{Label: s.T("statistics.picture")})
	}
	for _, key := range []string{"begun", "done", "void"} {
		list = append(list, ui.Column{Label: s.T("statistics." + key), Number: true})
	}
	if s.procedure.Due != "" {
		list = append(list, ui.Column{Label: s.T("statistics.timely"), Number: true})
		if file {
			list = append(list, ui.Column{Label: s.T("statistics.measured"), Number: true})
		}
	}
	list = append(list, ui.Column{Label: s.T("statistics.median"), Number: true}, ui.Column{Label: s.T("statistics.most"), Number: true})
	if !file {
		return append(list, ui.Column{Label: s.T("statistics.departed")})
	}
	for _, kind := range s.kinds() {
		list = append(list, ui.Column{Label: s.Of("statistics.kind.", kind), Number: true})
	}
	return list
}

// kinds are the departures there ever were.
func (s numbers) kinds() []departure.Kind {
	return slices.DeleteFunc(slices.Clone(departure.Kinds), func(k departure.Kind) bool { return s.ever.Of(k) == 0 })
}

// row is a period in a table of them. widest is the most that ended in one.
func (s numbers) row(head ui.Cell, title string, p *sums.Period, widest int64, file bool) ui.TableRow {
	cells := []ui.Cell{head}
	if !file {
		cells = append(cells, ui.Cell{Bar: s.bar(title, p, widest)})
	}
	cells = append(cells, ui.TextCell(s.count(p.Begun)), ui.TextCell(s.count(p.Ended())), ui.TextCell(s.count(p.Void)))
	if n, of := p.Timely(); s.procedure.Due != "" && file {
		cells = append(cells, ui.TextCell(measures.Percent(n, of)), ui.TextCell(s.count(of)))
	} else if s.procedure.Due != "" {
		cells = append(cells, ui.TextCell(s.share(p)))
	}
	cells = append(cells, ui.TextCell(s.days(p, 50)), ui.TextCell(s.days(p, 90)))
	var several []string
	for _, kind := range s.kinds() {
		n := p.Of(kind)
		if file {
			cells = append(cells, ui.TextCell(s.count(n)))
		} else if n > 0 {
			several = append(several, s.T("statistics.times", "kind", s.Of("statistics.kind.", kind), "times", s.count(n)))
		}
	}
	if !file {
		cells = append(cells, ui.TextCell(joined(s.Messages, several)))
	}
	return ui.TableRow{Cells: cells}
}

// share is the part of the cases done that was on time, and of how many that is
// said; "" of none.
func (s numbers) share(p *sums.Period) string {
	n, of := p.Timely()
	if of == 0 {
		return ""
	}
	return s.T("statistics.share", "share", measures.Percent(n, of), "timely", s.count(n), "measured", s.count(of))
}

// bar draws the cases that ended with a result by how they kept their deadline.
func (s numbers) bar(title string, p *sums.Period, widest int64) ui.Bar {
	bar := ui.Bar{Title: title, Of: widest}
	for _, kept := range []struct {
		part docket.Punctuality
		tone string
	}{{docket.OnTime, "good"}, {docket.TooLate, "bad"}, {docket.Undated, "quiet"}} {
		if n := p.Done[kept.part]; n > 0 {
			bar.Segments = append(bar.Segments, ui.Segment{N: n, Tone: kept.tone, Label: s.Of("statistics.kept.", kept.part)})
		}
	}
	return bar
}

// months is the table of the months, the newest first, and of all of them
// together.
func (s numbers) months(file bool) ui.Table {
	t := ui.Table{ID: "by-month", Caption: s.T("statistics.months"), Columns: s.columns(s.T("statistics.month"), file)}
	widest := int64(0)
	for _, p := range s.byMonth {
		widest = max(widest, p.Ended())
	}
	for month := s.last; month >= s.first; month-- {
		text := monthText(month)
		t.Rows = append(t.Rows, s.row(ui.TextCell(text), text, s.byMonth[month], widest, file))
	}
	t.Rows = append(t.Rows, s.row(ui.TextCell(s.T("statistics.year")), s.T("statistics.year"), s.shown, s.shown.Ended(), file))
	return t
}

// units is the table of the units that are responsible, those with the most
// cases that were late first, and of all cases. A name leads to the unit's
// months and, where cases are listed by unit, to the lists.
func (s numbers) units(file bool) ui.Table {
	field, ok := s.procedure.Field(s.procedure.Unit)
	if !ok {
		return ui.Table{}
	}
	t := ui.Table{ID: "by-unit", Caption: s.T("statistics.units"), Columns: s.columns(field.Label.In(s.Lang()), file)}
	ids, widest := make([]string, 0, len(s.byUnit)), int64(0)
	for id, p := range s.byUnit {
		ids, widest = append(ids, id), max(widest, p.Ended())
	}
	slices.SortFunc(ids, func(a, b string) int {
		x, y := s.byUnit[a], s.byUnit[b]
		return cmp.Or(cmp.Compare(y.Done[docket.TooLate], x.Done[docket.TooLate]), cmp.Compare(y.Ended(), x.Ended()),
			cmp.Compare(y.Begun, x.Begun), cmp.Compare(a, b))
	})
	lists := !file && slices.Contains(s.procedure.Facets, field.ID)
	if lists {
		t.Columns = append(t.Columns, ui.Column{Label: s.T("statistics.lists")})
	}
	for _, id := range ids {
		name := s.unitName(id)
		head := ui.TextCell(name)
		if !file {
			head = ui.Cell{Links: []ui.Link{{Href: ui.With(Root+"/"+s.procedure.ID+"/statistics", "unit", id) + "#months", Label: name}}}
		}
		row := s.row(head, name, s.byUnit[id], widest, file)
		if lists {
			row.Cells = append(row.Cells, ui.Cell{Links: []ui.Link{
				{Href: listed(s.procedure, field.ID, id), Label: s.T("board.open")},
				{Href: listed(s.procedure, field.ID, id, "ended", "1"), Label: s.T("statistics.ended")},
			}})
		}
		t.Rows = append(t.Rows, row)
	}
	all := s.row(ui.TextCell(s.T("statistics.all")), s.T("statistics.all"), s.year, s.year.Ended(), file)
	if lists {
		all.Cells = append(all.Cells, ui.Cell{})
	}
	t.Rows = append(t.Rows, all)
	return t
}

func (s numbers) count(n int64) string { return s.Number(int(n)) }

// days is a percentile in days, "" of nothing.
func (s numbers) days(p *sums.Period, percent int64) string {
	days, ok := p.Percentile(percent)
	if !ok {
		return ""
	}
	return s.Number(days)
}

func (s numbers) notes() []string {
	list := []string{s.T("statistics.note_now"), s.T("statistics.note_calendar")}
	if field, ok := s.procedure.Field(s.procedure.Unit); ok {
		list = append(list, s.T("statistics.note_units", "field", field.Label))
	}
	return list
}
