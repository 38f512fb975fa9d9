package draws

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/registers"
	"quanxiang/web/explain"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// About is where the pages learn what the public may know of a draw besides its
// transcript. The zero About says nothing: the transcript speaks in codes alone.
type About struct {
	Pack  *policy.Pack
	Case  func(ctx context.Context, id gov.ID) (casework.Sheet, error)             // a visit's, once its result is public
	Entry func(ctx context.Context, register, key string) (registers.Sheet, error) // a register's, as everybody sees it
	Name  func(ctx context.Context, register, key string) (string, error)          // an entry's, "" for one the public is not shown
}

// The fields of the procedure of visits that the results show.
const (
	subjectNameField = "subject_name"
	subjectField     = "subject"
	unitsField       = "units"
	visitedField     = "visited_on"
	outcomeField     = "outcome"
)

const (
	resultRows = 30
	resultFile = 5000
)

// resultsView is what was found at those who were drawn.
type resultsView struct {
	Crumbs []ui.Link
	Table  ui.Table
	Pager  ui.Pager
	Done   string // how many there are of how many drawn
}

// published is how many visits of a draw have public results, of how many.
func (d *Draws) published(ctx context.Context, c *ceremony.Ceremony) (n, drawn int, err error) {
	if d.about.Case == nil {
		return 0, 0, nil
	}
	counts, err := d.held.Store.VisitCounts(ctx, c.ID)
	for stage, n := range counts {
		if stage != ceremony.Void {
			drawn += n
		}
	}
	return counts[ceremony.Published], drawn, err
}

// results puts published visits into a table: whom, when, by which departments, and
// what was found (西政办发〔2016〕15号 四（六）).
func (d *Draws) results(ctx context.Context, m *ui.Messages, list []ceremony.Handed) (ui.Table, error) {
	t := ui.Table{Caption: m.T("draws.results"), Columns: []ui.Column{{Label: m.T("draws.subject"), Main: true}, {Label: m.T("draws.code")}, {Label: m.T("draws.dept")}, {Label: m.T("draws.visited")}, {Label: m.T("draws.outcome")}, {Label: m.T("draws.report")}}}
	for _, v := range list {
		s, err := d.about.Case(ctx, v.Case)
		if gov.CodeOf(err) == gov.NotFound { // hidden since
			continue
		}
		if err != nil {
			return t, err
		}
		words := map[string]string{}
		var on gov.Date
		for _, f := range s.Fields {
			words[f.Field.ID] = strings.Join(casework.Words(s.Under.Pack, f.Field, f.Value, m.Lang()), m.T("list.separator"))
			if date, ok := f.Value.(string); ok && f.Field.ID == visitedField && f.Field.Type == procedure.DateField {
				if on, err = gov.ParseDate(date); err != nil {
					return t, err
				}
			}
		}
		code := cmp.Or(words[subjectField], printable(v.UID))
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(cmp.Or(words[subjectNameField], code)), d.entryCell(code), ui.TextCell(words[unitsField]), dateCell(on, words[visitedField]), ui.TextCell(words[outcomeField]),
			{Links: []ui.Link{{Href: "/progress/cases/" + url.PathEscape(s.Number), Label: s.Number}}}}})
	}
	return t, nil
}

func dateCell(on gov.Date, otherwise string) ui.Cell {
	if on.IsZero() {
		return ui.TextCell(otherwise)
	}
	return ui.Cell{Date: on}
}

// name is what a subject is called, "" where the public is not told.
func (d *Draws) name(ctx context.Context, code string) (string, error) {
	if d.about.Pack == nil || d.about.Pack.Inspections == nil || d.about.Name == nil {
		return "", nil
	}
	name, err := d.about.Name(ctx, d.about.Pack.Inspections.Subjects, code)
	if gov.CodeOf(err) == gov.NotFound { // no longer in the register
		return "", nil
	}
	return name, err
}

// entryCell is the code of a subject with the way to its public page.
func (d *Draws) entryCell(code string) ui.Cell {
	if d.about.Pack == nil || d.about.Pack.Inspections == nil {
		return ui.TextCell(code)
	}
	return ui.Cell{Links: []ui.Link{{Href: "/registers/" + d.about.Pack.Inspections.Subjects + "/" + url.PathEscape(code), Label: code}}}
}

func (d *Draws) showResults(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.one(r)
	if err != nil {
		return err
	}
	m := d.engine.For(r)
	n, drawn, err := d.published(r.Context(), &c)
	if err != nil {
		return err
	}
	file := export.FormatOf(r.URL.Path)
	from, size := 0, resultFile
	if file == "" {
		size = resultRows
		if text := r.URL.Query().Get("after"); text != "" {
			if from, err = strconv.Atoi(text); err != nil || from < 0 || from > n {
				return gov.Errorf(gov.Invalid, "没有这一页。", "There is no such page.")
			}
		}
	}
	var list []ceremony.Handed
	if n > 0 {
		if list, err = d.held.Store.VisitsAt(r.Context(), c.ID, ceremony.Published, from, size); err != nil {
			return err
		}
	}
	t, err := d.results(r.Context(), m, list)
	if err != nil {
		return err
	}
	if file != "" {
		return export.Send(w, file, c.Number+"-results", t)
	}
	t.Exports = export.Links(r, "/draws/"+c.Number+"/results")
	next := ""
	if to := from + len(list); to < n {
		next = strconv.Itoa(to)
	}
	out := resultsView{Crumbs: []ui.Link{{Href: "/draws", Label: m.T("draws.list")}, {Href: "/draws/" + c.Number, Label: c.Number}}, Table: t, Done: m.T("draws.results_of", "n", n, "of", drawn),
		Pager: ui.PagerOf(r, gov.List[ui.TableRow]{Items: t.Rows, Next: next, Total: n})}
	return d.found.Render(w, r, http.StatusOK, ui.Frame{Title: m.T("draws.results_title", "number", c.Number), Description: m.T("draws.results_lede"), Section: "draws"}, out)
}

// what says for each department which items are inspected and at whom: the filter in
// words, where there are words for it.
func (d *Draws) what(ctx context.Context, m *ui.Messages, p *record.Plan) (ui.Table, error) {
	t := ui.Table{Caption: m.T("draws.what_is"), Columns: []ui.Column{{Label: m.T("draws.dept"), Main: true}, {Label: m.T("draws.items")}, {Label: m.T("draws.whom")}, {Label: m.T("draws.listed"), Number: true}, {Label: m.T("draws.left_out"), Number: true}}}
	for i := range p.Frames {
		f := &p.Frames[i]
		var items ui.Cell
		for _, code := range f.Items {
			one, err := d.item(ctx, code)
			if err != nil {
				return t, err
			}
			items.Links = append(items.Links, one)
		}
		whom := m.T("draws.everybody")
		if f.Filter != "" {
			whom = f.Filter
			if d.about.Pack != nil {
				whom = cmp.Or(explain.Filter(m, d.about.Pack, f.Filter), f.Filter)
			}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Name), items, ui.TextCell(whom), ui.TextCell(m.Number(int(f.Registry.Size))), ui.TextCell(m.Number(int(f.Exempt.Size)))}})
	}
	return t, nil
}

// item is an item by its title, with the way to its page in the catalogue.
func (d *Draws) item(ctx context.Context, code string) (ui.Link, error) {
	if d.about.Pack == nil || d.about.Pack.Inspections == nil || d.about.Entry == nil {
		return ui.Link{Label: code}, nil
	}
	catalogue := d.about.Pack.Inspections.Items
	s, err := d.about.Entry(ctx, catalogue, code)
	if gov.CodeOf(err) == gov.NotFound { // no longer in the catalogue
		return ui.Link{Label: code}, nil
	}
	return ui.Link{Href: "/registers/" + catalogue + "/" + url.PathEscape(code), Label: cmp.Or(s.Entry.Name, code)}, err
}
