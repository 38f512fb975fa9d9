package board

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/measures"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/sums"
	"quanxiang/web/ui"
)

// briefView is the form by which a brief is asked for.
type briefView struct {
	Crumbs []ui.Link
	Form   ui.Form
}

// sheetView is a supervision brief (督查通报) as it is printed. Like every
// official paper it is in Chinese, whatever the reader's language.
type sheetView struct {
	Back      string
	Head      string // the red head
	Number    string
	Title     string
	Intro     string
	Summary   string
	Parts     []briefPart
	TermsHead string
	Terms     []string // what the figures count
	Signed    []string
}

// briefPart is a chapter with a table.
type briefPart struct {
	Title string
	Note  string
	Table *ui.Table // nil when there is nothing to list
}

// maxListed bounds the cases a brief lists one by one.
const maxListed = 500

// The red head in its own units: a line holds eleven characters, and the few of
// a brief stand apart in its middle.
const (
	headWidth  = 11 * 34
	headLength = 260
)

// HeadWidth is the width of the line of the red head.
func (sheetView) HeadWidth() int { return headWidth }

// HeadLength is how wide the words of the head are set.
func (sheetView) HeadLength() int { return headLength }

// HeadFrom is where they begin.
func (sheetView) HeadFrom() int { return (headWidth - headLength) / 2 }

// brief shows the form, or the brief when the period is chosen.
func (b *Board) brief(w http.ResponseWriter, r *http.Request) error {
	m, q := b.Engine.For(r), r.URL.Query()
	p, err := b.procedureOf(r)
	if err != nil {
		return err
	}
	form := b.briefForm(m, p)
	if !q.Has("from") {
		// Who may not see the figures is told so here, not after filling in.
		if _, err := b.Casework.Tallies(r.Context(), staff(r), p.ID, ""); err != nil {
			return err
		}
		return b.briefs.Render(w, r, http.StatusOK, frame(m.T("brief.title")), briefView{b.briefCrumbs(m, p), form})
	}
	form.Fill(q)
	period, facet, err := briefAsked(p, r)
	if err == nil {
		var v sheetView
		if v, err = b.write(r.Context(), staff(r), p, facet, period, strings.TrimSpace(q.Get("number"))); err == nil {
			f := frame(m.T("brief.title"))
			f.Print = true
			return b.sheet.Render(w, r, http.StatusOK, f, v)
		}
	}
	if form.Fail(err, m.Lang()) {
		return b.briefs.Render(w, r, http.StatusUnprocessableEntity, frame(m.T("brief.title")), briefView{b.briefCrumbs(m, p), form})
	}
	return err
}

func (b *Board) briefCrumbs(m *ui.Messages, p *procedure.Procedure) []ui.Link {
	return crumbs(m, ui.Link{Href: Root, Label: m.T("board.title")}, ui.Link{Href: Root + "/" + p.ID, Label: p.Title.In(m.Lang())})
}

func (b *Board) briefForm(m *ui.Messages, p *procedure.Procedure) ui.Form {
	today := gov.DateOf(b.Clock())
	first := today
	first.Day = 1
	f := ui.Form{ID: "brief", Action: Root + "/" + p.ID + "/brief", Submit: m.T("brief.make"), Fields: []ui.Field{
		{Name: "from", Kind: "date", Label: m.T("brief.from"), Value: first.String()},
		{Name: "to", Kind: "date", Label: m.T("brief.to"), Hint: m.T("brief.to_hint"), Value: today.String()},
		{Name: "facet", Kind: "select", Label: m.T("board.facets")},
		{Name: "number", Kind: "text", Label: m.T("brief.number"), Hint: m.T("brief.number_hint")},
	}}
	for _, id := range p.Facets {
		field, _ := p.Field(id)
		f.Fields[2].Options = append(f.Fields[2].Options, ui.Option{Value: id, Label: field.Label.In(m.Lang())})
	}
	return f
}

// period is a stretch of days, both included.
type period struct{ from, to gov.Date }

func briefAsked(p *procedure.Procedure, r *http.Request) (d period, facet *procedure.Field, err error) {
	q := r.URL.Query()
	if facet, err = facetOf(p, q.Get("facet")); err != nil {
		return d, nil, err
	}
	if d.from, err = givenDate(q.Get("from"), "from"); err == nil {
		d.to, err = givenDate(q.Get("to"), "to")
	}
	if err == nil && d.to.Before(d.from) {
		err = gov.Errorf(gov.Invalid, "结束日期早于开始日期", "the last day is before the first").On("to")
	}
	if n := q.Get("number"); err == nil && utf8.RuneCountInString(n) > 30 {
		err = gov.Errorf(gov.Invalid, "期号至多 30 字", "the number has at most 30 characters").On("number")
	}
	return d, facet, err
}

func givenDate(text, field string) (gov.Date, error) {
	d, err := gov.ParseDate(text)
	if err != nil || d.IsZero() {
		return d, gov.Errorf(gov.Invalid, "请填写日期，如 2016-09-30", "give a date, such as 2016-09-30").On(field)
	}
	return d, nil
}

// write makes the brief.
func (b *Board) write(ctx context.Context, by people.Standing, p *procedure.Procedure, facet *procedure.Field, d period, number string) (v sheetView, err error) {
	m := b.Engine.Messages(gov.ZH)
	whole, err := b.Casework.Tallies(ctx, by, p.ID, "")
	if err != nil {
		return v, err
	}
	parts, err := b.Casework.Tallies(ctx, by, p.ID, facet.ID)
	if err != nil {
		return v, err
	}
	late, more, err := b.late(ctx, by, p)
	if err != nil {
		return v, err
	}
	ended, moreEnded, err := b.Casework.Ended(ctx, by, p.ID, d.from.Time(), d.to.Add(1).Time(), maxListed)
	if err != nil {
		return v, err
	}
	ended = slices.DeleteFunc(ended, func(r docket.Row) bool { return r.Ends != string(procedure.DoneState) })
	all, rows := sums.Of(p, whole).At(""), sums.Of(p, parts)
	rows.WorstFirst(p)
	s := sheet{Messages: m, words: explain.New(m, b.Pack, p), pack: b.Pack, Measures: sums.MeasuresOf(p, all)}
	now := b.Clock()
	v = sheetView{
		Back: Root + "/" + p.ID + "/brief", Head: m.T("brief.head"), Number: number, Title: m.T("brief.heading", "title", p.Title),
		Intro:   m.T("brief.intro", "title", p.Title, "cite", p.Cite, "from", d.from, "to", d.to),
		Summary: s.summary(all, len(ended), now.UnixMilli()), TermsHead: m.T("brief.terms"), Terms: s.terms(facet),
	}
	if unit := issuer(b, by); unit != "" {
		v.Signed = append(v.Signed, unit)
	}
	v.Signed = append(v.Signed, gov.DateOf(now).In(gov.ZH))
	table := printed(s.table(facet, rows, people.Standing{}))
	v.Parts = append(v.Parts, briefPart{Title: m.T("brief.parts", "facet", facet.Label), Table: filled(table)})
	lateTable, err := b.lateTable(ctx, s, late)
	if err != nil {
		return v, err
	}
	v.Parts = append(v.Parts,
		briefPart{Title: m.T("brief.late"), Note: bounded(m, more, len(late), "late"), Table: filled(lateTable)},
		briefPart{Title: m.T("brief.ended"), Note: bounded(m, moreEnded, len(ended), "ended"), Table: filled(s.endedTable(ended))})
	return v, nil
}

// issuer is the unit by whose post the brief is made.
func issuer(b *Board, by people.Standing) string {
	for _, h := range by.Held {
		if u, ok := b.Pack.Unit(h.Assignment.Unit); ok {
			return cmp.Or(u.Full.ZH, u.Name.ZH)
		}
	}
	return ""
}

// bounded says that a list is empty, or that there is more than it shows.
func bounded(m *ui.Messages, more bool, n int, none string) string {
	switch {
	case n == 0:
		return m.Of("brief.none.", none)
	case more:
		return m.T("brief.more", "n", maxListed)
	}
	return ""
}

func filled(t ui.Table) *ui.Table {
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

// printed is a table as paper carries it: no pictures, nothing to do, no links.
func printed(t ui.Table) ui.Table {
	t = plain(t)
	for i := range t.Rows {
		for j := range t.Rows[i].Cells {
			t.Rows[i].Cells[j] = ui.TextCell(t.Rows[i].Cells[j].Plain())
		}
	}
	return t
}

// summary is the state of all cases in a sentence.
func (s sheet) summary(all sums.Count, ended int, at int64) string {
	var parts []string
	for _, k := range s.Colours {
		parts = append(parts, s.T("brief.colour", "colour", k.Name, "n", int(all.Colours[k.ID]), "share", cmp.Or(measures.Percent(all.Colours[k.ID], all.Open), "0%")))
	}
	return s.T("brief.summary", "at", s.Minute(at), "open", int(all.Open), "colours", strings.Join(parts, s.T("list.separator")), "ended", ended)
}

// terms are what the figures count.
func (s sheet) terms(facet *procedure.Field) []string {
	list := []string{s.T("brief.term", "name", s.T("board.open"), "means", s.T("board.open_means"))}
	for _, k := range s.words.Colours() {
		if s.Counts(k.ID) {
			list = append(list, s.T("brief.term", "name", k.Chip.Label, "means", k.Means.Text+k.Means.Code+s.T("brief.stop")))
		}
	}
	list = append(list, s.T("brief.term", "name", s.T("board.timely"), "means", s.T("board.timely_means", "colours", s.bad())),
		s.T("brief.term", "name", s.T("brief.days_late"), "means", s.T("brief.days_late_means")))
	if facet.Type.IsList() {
		list = append(list, s.T("board.note_several", "facet", facet.Label))
	}
	return list
}

// late lists the cases of a bad colour.
func (b *Board) late(ctx context.Context, by people.Standing, p *procedure.Procedure) (list []casework.Sheet, more bool, err error) {
	for _, k := range p.Colours {
		if k.Tone != procedure.Bad {
			continue
		}
		for place := (docket.Place{}); ; {
			rows, next, err := b.Casework.List(ctx, by, docket.Query{Procedure: p.ID, Colour: k.ID}, place, 100)
			if err != nil {
				return nil, false, err
			}
			for _, r := range rows {
				if len(list) == maxListed {
					return list, true, nil
				}
				c, err := b.Casework.Sheet(ctx, by, r.ID)
				if err != nil {
					return nil, false, err
				}
				list = append(list, c)
			}
			if place = next; next.IsZero() {
				break
			}
		}
	}
	return list, false, nil
}

// lateTable lists cases with who is responsible and how late they are.
func (b *Board) lateTable(ctx context.Context, s sheet, list []casework.Sheet) (ui.Table, error) {
	t := ui.Table{Columns: []ui.Column{{Label: s.T("brief.case_number")}, {Label: s.T("brief.subject"), Main: true}}}
	for _, id := range s.Procedure.Facets {
		f, _ := s.Procedure.Field(id)
		t.Columns = append(t.Columns, ui.Column{Label: f.Label.ZH})
	}
	t.Columns = append(t.Columns, ui.Column{Label: s.T("brief.due")}, ui.Column{Label: s.T("brief.days_late"), Number: true})
	for _, c := range list {
		cells := []ui.Cell{ui.TextCell(c.Number), ui.TextCell(c.Subject)}
		for _, id := range s.Procedure.Facets {
			cells = append(cells, ui.TextCell(s.shown(c, id)))
		}
		due, days, err := b.daysLate(ctx, c)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, ui.Cell{Date: due}, ui.TextCell(days))})
	}
	return t, nil
}

// shown is a field of a case in words, as far as its reader sees it.
func (s sheet) shown(c casework.Sheet, field string) string {
	for _, f := range c.Fields {
		if f.Field.ID == field {
			return joined(s.Messages, casework.Words(c.Under.Pack, f.Field, f.Value, s.Lang()))
		}
	}
	return ""
}

// daysLate is the day in which the clock that says when a case is due ends, and
// the working days since then, today included; none when it has not run out.
func (b *Board) daysLate(ctx context.Context, c casework.Sheet) (due gov.Date, days string, err error) {
	now := b.Clock()
	d := cases.Counting(c.Under.Procedure, c.Deadlines)
	if d.At.IsZero() {
		return gov.Date{}, "", nil
	}
	due = d.LastDay()
	if !d.Late(now) {
		return due, "", nil
	}
	n, err := b.Calendar(ctx).WorkdaysBetween(due.Add(1), gov.DateOf(now).Add(1))
	return due, strconv.Itoa(n.Days), err
}

func (s sheet) endedTable(rows []docket.Row) ui.Table {
	t := ui.Table{Columns: []ui.Column{{Label: s.T("brief.case_number")}, {Label: s.T("brief.subject"), Main: true},
		{Label: s.T("brief.units")}, {Label: s.T("brief.ended_on")}}}
	unit, ok := s.Procedure.Field(s.Procedure.Unit)
	for _, r := range rows {
		names := ""
		if ok {
			names = joined(s.Messages, casework.Words(s.pack, unit, r.Units, s.Lang()))
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(r.Number), ui.TextCell(r.Subject), ui.TextCell(names), {Date: gov.DateOf(time.UnixMilli(r.Ended))}}})
	}
	return t
}
