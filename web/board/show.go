package board

import (
	"net/http"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/departure"
	"quanxiang/cases/measures"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/export"
	"quanxiang/web/figures"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
)

// boardView is the board of a procedure.
type boardView struct {
	Crumbs []ui.Link
	Ways   []ui.Link // to what else there is about the procedure
	At     int64     // of the figures
	Totals ui.Table
	Tabs   []tab
	Label  string // of the facet
	Table  ui.Table
	Idle   ui.Table // its rows with nothing open, folded
	Notes  []string
}

// tab is a facet of the board.
type tab struct {
	Href    string
	Label   string
	Current bool
}

func (b *Board) show(w http.ResponseWriter, r *http.Request) error {
	ctx, m := r.Context(), b.Engine.For(r)
	p, err := b.procedureOf(r)
	if err != nil {
		return err
	}
	facet, err := facetOf(p, r.URL.Query().Get("facet"))
	if err != nil {
		return err
	}
	whole, err := b.Casework.Tallies(ctx, staff(r), p.ID, "")
	if err != nil {
		return err
	}
	parts, err := b.Casework.Tallies(ctx, staff(r), p.ID, facet.ID)
	if err != nil {
		return err
	}
	all, rows := sums.Of(p, whole).At(""), sums.Of(p, parts)
	rows.WorstFirst(p)
	s := sheet{Messages: m, words: explain.New(m, b.Pack, p), pack: b.Pack, Measures: sums.MeasuresOf(p, all)}
	table := s.table(facet, rows, staff(r))
	if format := export.FormatOf(r.URL.Path); format != "" {
		return export.Send(w, format, p.ID+"-"+facet.ID, plain(table))
	}
	self := Root + "/" + p.ID
	table.Exports = []ui.Link{
		{Href: ui.With(self+"/table.csv", "facet", facet.ID), Label: "CSV"}, {Href: ui.With(self+"/table.xlsx", "facet", facet.ID), Label: "XLSX"},
	}
	table, idle := s.apart(table)
	v := boardView{
		Crumbs: crumbs(m, ui.Link{Href: Root, Label: m.T("board.title")}), At: b.Clock().UnixMilli(),
		Ways:   s.ways(self),
		Totals: s.totals(all), Label: facet.Label.In(m.Lang()), Table: table, Idle: idle, Notes: s.notes(facet),
	}
	for _, id := range p.Facets {
		f, _ := p.Field(id)
		v.Tabs = append(v.Tabs, tab{ui.With(self, "facet", id), f.Label.In(m.Lang()), id == facet.ID})
	}
	return b.board.Render(w, r, http.StatusOK, frame(m.T("board.of", "title", p.Title)), v)
}

// sheet makes the tables of a board in the reader's language.
type sheet struct {
	*ui.Messages
	sums.Measures
	words explain.Explainer
	pack  *policy.Pack
}

func (s sheet) ways(self string) []ui.Link {
	list := []ui.Link{{Href: listed(s.Procedure, "", ""), Label: s.T("board.list")}, {Href: self + "/statistics", Label: s.T("statistics.title")}}
	if len(s.Procedure.Measures) > 0 {
		list = append(list, ui.Link{Href: figures.StaffRoot + "/" + s.Procedure.ID, Label: s.T("statistics.measures")})
	}
	return append(list, ui.Link{Href: self + "/brief", Label: s.T("brief.title")}, ui.Link{Href: "/procedures/" + s.Procedure.ID, Label: s.T("board.procedure")})
}

// totals are all cases of the procedure, each figure beside what it counts.
func (s sheet) totals(all sums.Count) ui.Table {
	t := ui.Table{Caption: s.T("board.totals"), Columns: []ui.Column{
		{Label: s.T("board.figure"), Main: true}, {Label: s.T("board.count"), Number: true}, {Label: s.T("board.share"), Number: true}, {Label: s.T("board.meaning")},
	}}
	add := func(head ui.Cell, n int64, href, share string, meaning ui.Cell) {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{head, s.number(n, href), ui.TextCell(share), meaning}})
	}
	add(ui.TextCell(s.T("board.open")), all.Open, listed(s.Procedure, "", ""), "", ui.TextCell(s.T("board.open_means")))
	for _, k := range s.words.Colours() {
		if s.Counts(k.ID) {
			add(ui.Cell{Chips: []ui.Chip{k.Chip}}, all.Colours[k.ID], listed(s.Procedure, "", "", "colour", k.ID), measures.Percent(all.Colours[k.ID], all.Open),
				ui.Cell{Text: k.Means.Text, Code: k.Means.Code})
		}
	}
	if n, ok := s.Timely(all); ok {
		add(ui.TextCell(s.T("board.timely")), n, "", measures.Percent(n, all.Open), ui.TextCell(s.T("board.timely_means", "colours", s.bad())))
	}
	for _, list := range [][]*procedure.State{s.Done, s.Void} {
		for _, state := range list {
			add(ui.TextCell(state.Name.In(s.Lang())), all.Ended[state.ID], s.endedIn(state, "", ""), "", ui.TextCell(s.Of("board.ended.", state.Kind)))
		}
	}
	return t
}

// bad names the colours of a bad tone.
func (s sheet) bad() string {
	list := ""
	for _, k := range s.Colours {
		if k.Tone == procedure.Bad {
			if list != "" {
				list += s.T("list.separator")
			}
			list += "“" + k.Name.In(s.Lang()) + "”"
		}
	}
	return list
}

func (s sheet) endedIn(state *procedure.State, field, value string) string {
	return listed(s.Procedure, field, value, "ended", "1", "state", state.ID)
}

// table is the figures of a facet, one row for each value.
func (s sheet) table(facet *procedure.Field, rows sums.Sums, by people.Standing) ui.Table {
	t := ui.Table{ID: "by-" + facet.ID, Caption: s.T("board.by", "facet", facet.Label), Columns: []ui.Column{
		{Label: facet.Label.In(s.Lang()), Main: true}, {Label: s.T("board.picture")}, {Label: s.T("board.open"), Number: true},
	}}
	for _, k := range s.Colours {
		t.Columns = append(t.Columns, ui.Column{Label: k.Name.In(s.Lang()), Number: true})
	}
	for _, state := range s.Done {
		t.Columns = append(t.Columns, ui.Column{Label: state.Name.In(s.Lang()), Number: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: s.T("board.timely"), Number: true}, ui.Column{Label: s.T("board.do")})
	widest := int64(0)
	for _, c := range rows {
		widest = max(widest, c.Open)
	}
	for _, c := range rows {
		name := s.value(facet, c.Value)
		link := func(more ...string) string { return listed(s.Procedure, facet.ID, c.Value, more...) }
		cells := []ui.Cell{{Text: name}, {Bar: s.Bar(name, c, s.words.Chip, widest)}, s.number(c.Open, link())}
		for _, k := range s.Colours {
			cells = append(cells, s.number(c.Colours[k.ID], link("colour", k.ID)))
		}
		for _, state := range s.Done {
			cells = append(cells, s.number(c.Ended[state.ID], s.endedIn(state, facet.ID, c.Value)))
		}
		timely := ""
		if n, ok := s.Timely(c); ok {
			timely = measures.Percent(n, c.Open)
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, ui.TextCell(timely), s.reminders(facet, c, by))})
	}
	return t
}

// openColumn is where a table says how many cases are open.
const openColumn = 2

// apart takes the rows with nothing open out of a table: on a telephone they
// would be most of a long way to those that matter.
func (s sheet) apart(t ui.Table) (busy, idle ui.Table) {
	busy, idle = t, t
	busy.Rows, idle.Rows, idle.Exports = nil, nil, nil
	idle.ID, idle.Caption = t.ID+"-idle", s.T("board.idle_caption")
	for _, r := range t.Rows {
		if r.Cells[openColumn].Text == s.Number(0) {
			idle.Rows = append(idle.Rows, r)
		} else {
			busy.Rows = append(busy.Rows, r)
		}
	}
	return busy, idle
}

// number is a figure that leads to what it counts.
func (s sheet) number(n int64, href string) ui.Cell {
	text := s.Number(int(n))
	if n == 0 || href == "" {
		return ui.TextCell(text)
	}
	return ui.Cell{Links: []ui.Link{{Href: href, Label: text}}}
}

// value is what a value of a facet is called.
func (s sheet) value(facet *procedure.Field, v string) string {
	return joined(s.Messages, casework.Words(s.pack, facet, v, s.Lang()))
}

func joined(m *ui.Messages, words []string) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += m.T("list.separator")
		}
		text += w
	}
	return text
}

// reminders lead to the cases of a bad colour of a value where the reader may
// remind those responsible: the list lets them do it for several at once.
func (s sheet) reminders(facet *procedure.Field, c sums.Count, by people.Standing) ui.Cell {
	var names []string
	for _, a := range reminders(s.Procedure) {
		if mayRemind(s.Procedure, a, facet, c.Value, casework.Actor(s.pack, by), s.pack) {
			names = append(names, a.Name.In(s.Lang()))
		}
	}
	var cell ui.Cell
	for _, k := range s.Colours {
		if k.Tone == procedure.Bad && c.Colours[k.ID] > 0 && len(names) > 0 {
			cell.Links = append(cell.Links, ui.Link{Href: listed(s.Procedure, facet.ID, c.Value, "colour", k.ID), Label: joined(s.Messages, names)})
		}
	}
	return cell
}

// reminders are the actions of a procedure by which somebody is reminded.
func reminders(p *procedure.Procedure) []*procedure.Action {
	var list []*procedure.Action
	for i := range p.Actions {
		if a := &p.Actions[i]; departure.Reminds(a) {
			list = append(list, a)
		}
	}
	return list
}

// mayRemind reports that an action is somebody's in every case that has a value
// of a facet, whatever else the case holds.
func mayRemind(p *procedure.Procedure, a *procedure.Action, facet *procedure.Field, value string, actor cases.Actor, dir cases.Directory) bool {
	c := cases.Case{Values: cases.Values{facet.ID: value}}
	if facet.Type.IsList() {
		c.Values[facet.ID] = []string{value}
	}
	return slices.ContainsFunc(a.By, func(party string) bool {
		return slices.ContainsFunc(c.Turns(p, party, dir), func(t cases.Turn) bool { _, ok := t.Matches(actor); return ok })
	})
}

func (s sheet) notes(facet *procedure.Field) []string {
	list := []string{s.T("board.note_time")}
	if facet.Type.IsList() {
		list = append(list, s.T("board.note_several", "facet", facet.Label))
	}
	return append(list, s.T("board.note_without", "facet", facet.Label))
}

// plain is a table without its pictures and without what is to be done, as a
// file carries it.
func plain(t ui.Table) ui.Table {
	var columns []ui.Column
	rows := make([]ui.TableRow, len(t.Rows))
	for i, c := range t.Columns {
		picture := slices.ContainsFunc(t.Rows, func(r ui.TableRow) bool { return r.Cells[i].Bar.Drawn() })
		if picture || i == len(t.Columns)-1 {
			continue
		}
		columns = append(columns, c)
		for j, r := range t.Rows {
			rows[j].Cells = append(rows[j].Cells, r.Cells[i])
		}
	}
	return ui.Table{Columns: columns, Rows: rows}
}

// listed is the address of the desk's list of exactly the cases of a procedure
// with a value of a facet, and more conditions.
func listed(p *procedure.Procedure, field, value string, more ...string) string {
	by := ""
	if field != "" {
		by = field + ":" + value
	}
	return ui.With("/desk/all", append([]string{"procedure", p.ID, "by", by}, more...)...)
}
