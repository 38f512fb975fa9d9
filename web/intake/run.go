package intake

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/web/desk"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// runView is the page of an import: how far it has come, then what came of each
// row.
type runView struct {
	Crumbs  []ui.Link
	Path    string // of this page
	Running string // how far it has come, "" when it has ended
	Done    int
	Total   int
	Ended   string
	Bad     bool
	Refused string // why nothing was begun
	Rows    ui.Table
	More    string // how many rows are not listed
	Exports []ui.Link
}

// lookAgain is after how many seconds a browser looks again how far an import
// has come.
const lookAgain = "4"

func (v visit) runPath(id gov.ID) string { return v.path() + "/runs/" + id.String() }

// wanted is the import an address names.
func (x *Intake) wanted(v visit) (tables.Import, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return tables.Import{}, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	i, err := x.Imports.Get(v.Context(), v.by, id)
	if err == nil && (i.Procedure != v.start.Procedure.ID || i.Action != v.start.Action.ID) {
		err = gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return i, err
}

func (x *Intake) showRun(v visit) error {
	i, err := x.wanted(v)
	if err != nil {
		return err
	}
	m, what := v.m, v.start.Procedure.Title.In(v.m.Lang())
	title := m.T("intake.title", "procedure", what)
	out := runView{Path: v.runPath(i.ID), Done: i.Done, Total: i.Total,
		Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: "/desk/new", Label: m.T("desk.new")}, {Href: v.path(), Label: title}}}
	if i.Ended == 0 {
		v.w.Header().Set("Refresh", lookAgain)
		out.Running = m.T("intake.run.running", "done", i.Done, "total", i.Total)
	} else {
		begun := len(i.Result.Begun())
		left := len(i.Result.Rows) - begun
		out.Ended = m.T("intake.done", "n", begun)
		if left > 0 {
			out.Ended = m.T("intake.done_partly", "n", begun, "left", left)
		}
		out.Bad = left > 0 || i.Result.Refused != nil
		if i.Result.Refused != nil {
			out.Refused = i.Result.Refused.Text().In(m.Lang())
		}
		out.Rows = x.rows(v, i)
		if n := len(out.Rows.Rows); n > maxShown {
			out.Rows.Rows, out.More = out.Rows.Rows[:maxShown], m.T("intake.run.more", "n", n-maxShown)
		}
		for _, f := range []export.Format{export.CSV, export.XLSX} {
			out.Exports = append(out.Exports, ui.Link{Href: v.runPath(i.ID) + "/report." + string(f), Label: strings.ToUpper(string(f))})
		}
	}
	return x.run.Render(v.w, v.Request, http.StatusOK, ui.Frame{Section: "new", Title: title, NoIndex: true}, out)
}

// rows says of each row what came of it, those without a case first.
func (x *Intake) rows(v visit, i tables.Import) ui.Table {
	m := v.m
	t := ui.Table{Caption: m.T("intake.run.rows"), Columns: []ui.Column{
		{Label: m.T("intake.line"), Narrow: true}, {Label: m.T("intake.run.case"), Main: true}, {Label: m.T("intake.column")}, {Label: m.T("intake.mistake")}}}
	var begun []ui.TableRow
	for _, r := range i.Result.Rows {
		line := ui.TextCell(strconv.Itoa(r.Line))
		if !r.Case.IsZero() {
			begun = append(begun, ui.TableRow{Cells: []ui.Cell{line, {Links: []ui.Link{{Href: desk.CasePath(r.Case), Label: r.Number}}}, {}, {}}})
		}
		for _, e := range r.Mistakes {
			column := ""
			if f, ok := v.start.Procedure.Field(e.Field); ok {
				column = f.Label.In(m.Lang())
			}
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{line, {Chips: []ui.Chip{{Label: m.T("intake.run.not"), Tone: "warn"}}},
				ui.TextCell(column), ui.TextCell(e.Text().In(m.Lang()))}})
		}
	}
	t.Rows = append(t.Rows, begun...)
	return t
}

// report is what came of every row, as a file.
func (x *Intake) report(v visit) error {
	name := v.PathValue("file")
	if name != "report.csv" && name != "report.xlsx" {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	i, err := x.wanted(v)
	if err != nil {
		return err
	}
	if i.Ended == 0 {
		return gov.Errorf(gov.Conflict, "导入还没有结束。", "The import has not ended yet.")
	}
	return export.Send(v.w, export.FormatOf(name), "import", x.rows(v, i))
}
