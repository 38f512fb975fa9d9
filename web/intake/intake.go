// Package intake begins many cases from one table: a template to fill in, a look
// at every row before anything happens, and then the good rows, once, in the
// background, with a page that says how far it has come and what came of each.
package intake

import (
	"embed"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/cases/entered"
	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is the address below which each way to begin cases has its page.
const Root = "/desk/import/"

const (
	maxFile  = 1 << 20 // bytes: with the form around it, it goes through the site's limit of a request twice
	maxShown = 200     // bad rows listed
	longest  = 60      // characters of what was typed that are shown
)

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Imports  *tables.Imports
	Clock    gov.Clock
}

// Intake answers the pages.
type Intake struct {
	Deps
	page *ui.Template[view]
	run  *ui.Template[runView]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Intake, error) {
	x := &Intake{Deps: d}
	return x, errors.Join(ui.LoadInto(d.Engine, templates, &x.page, "import"), ui.LoadInto(d.Engine, templates, &x.run, "run"))
}

// Mount adds the routes.
func (x *Intake) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]func(visit) error{
		"GET " + Root + "{procedure}/{action}":                  x.show,
		"POST " + Root + "{procedure}/{action}":                 x.send,
		"GET " + Root + "{procedure}/{action}/template.csv":     x.template,
		"GET " + Root + "{procedure}/{action}/template.xlsx":    x.template,
		"GET " + Root + "{procedure}/{action}/runs/{id}":        x.showRun,
		"GET " + Root + "{procedure}/{action}/runs/{id}/{file}": x.report,
	} {
		mux.Handle(pattern, x.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			v := visit{Request: r, w: w, m: x.Engine.For(r), by: who.Of(r.Context()).Standing}
			if err := x.find(&v); err != nil {
				return err
			}
			return h(v)
		}))
	}
}

// visit is a request with who makes it and the way to begin cases it is about.
type visit struct {
	*http.Request
	w     http.ResponseWriter
	m     *ui.Messages
	by    people.Standing
	start casework.Start
}

func (v visit) path() string { return Root + v.start.Procedure.ID + "/" + v.start.Action.ID }

// find finds the start of a request. Whoever may not begin such cases learns no
// more than that.
func (x *Intake) find(v *visit) error {
	if v.by.Kind != gov.StaffActor {
		return people.Can(v.by, policy.ReadCases, people.Object{})
	}
	for _, s := range x.Casework.Starts(v.by) {
		if s.Procedure.ID == v.PathValue("procedure") && s.Action.ID == v.PathValue("action") {
			v.start = s
			return nil
		}
	}
	if p, ok := x.Pack.Procedure(v.PathValue("procedure")); ok {
		if _, ok := p.Action(v.PathValue("action")); ok {
			return gov.Errorf(gov.Forbidden, "您的角色不能这样立案", "your roles do not let you begin such cases")
		}
	}
	return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
}

// view is the page.
type view struct {
	Crumbs    []ui.Link
	What      string
	Form      ui.Form
	Columns   ui.Table // what there is to fill in
	Templates []ui.Link

	Checked  bool
	Rows     string // how many there are, and how many are good
	Bad      bool
	Problems ui.Table
	More     string // how many bad rows are not listed
	Ignored  string // columns that mean nothing here
	Load     *ui.Form
}

func (x *Intake) base(v visit) view {
	m, out := v.m, view{What: v.start.Procedure.Title.In(v.m.Lang())}
	out.Crumbs = []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: "/desk/new", Label: m.T("desk.new")}}
	out.Form = ui.Form{ID: "import", Action: v.path(), Post: true, File: true, Submit: m.T("intake.check"), Fields: []ui.Field{
		{Name: "file", Kind: "file", Label: m.T("intake.file"), Hint: m.T("intake.hint", "kib", maxFile>>10)}}}
	out.Columns = x.columns(v)
	out.Templates = []ui.Link{{Href: v.path() + "/template.xlsx", Label: "XLSX"}, {Href: v.path() + "/template.csv", Label: "CSV"}}
	return out
}

// columns says what there is to fill in.
func (x *Intake) columns(v visit) ui.Table {
	m := v.m
	t := ui.Table{Caption: m.T("intake.columns"), Columns: []ui.Column{
		{Label: m.T("intake.column"), Main: true}, {Label: m.T("intake.required"), Narrow: true}, {Label: m.T("intake.holds")}}}
	holds := map[string]string{}
	for _, f := range explain.New(m, x.Pack, v.start.Procedure).Fields() {
		holds[f.ID] = f.Type
	}
	for _, ask := range v.start.Action.Asks {
		f, _ := v.start.Procedure.Field(ask.Field)
		required := m.T("intake.no")
		if ask.Required {
			required = m.T("intake.yes")
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Label.In(m.Lang())), ui.TextCell(required), ui.TextCell(holds[f.ID])}})
	}
	return t
}

func (x *Intake) show(v visit) error { return x.render(v, http.StatusOK, x.base(v)) }

func (x *Intake) render(v visit, status int, out view) error {
	title := v.m.T("intake.title", "procedure", out.What)
	return x.page.Render(v.w, v.Request, status, ui.Frame{Section: "new", Title: title, NoIndex: true}, out)
}

// template is the file to fill in: the heads of the columns, a row that shows what
// goes into them and is passed over when the file is read, and, in a workbook, a
// sheet of its own that says it in words.
func (x *Intake) template(v visit) error {
	var head ui.Table
	var example ui.TableRow
	for _, ask := range v.start.Action.Asks {
		f, _ := v.start.Procedure.Field(ask.Field)
		head.Columns = append(head.Columns, ui.Column{Label: f.Label.In(v.m.Lang())})
		example.Cells = append(example.Cells, ui.TextCell(x.example(v, f)))
	}
	example.Cells[0].Text = "# " + v.m.T("intake.example") + example.Cells[0].Text // passed over when it is read
	head.Rows = []ui.TableRow{example}
	return export.Send(v.w, export.FormatOf(v.URL.Path), v.start.Procedure.ID+"-"+v.start.Action.ID, head, x.columns(v))
}

// example is what somebody might write for a field, "" where nothing need be shown.
func (x *Intake) example(v visit, f *procedure.Field) string {
	l := v.m.Lang()
	switch f.Type {
	case procedure.ChoiceField:
		return f.Options[0].Name.In(l)
	case procedure.BoolField:
		return v.m.T("form.yes")
	case procedure.DateField:
		return gov.DateOf(v.by.At).String()
	case procedure.InstantField:
		return v.by.At.In(gov.China).Format(entered.InstantForm)
	case procedure.IntegerField, procedure.MoneyField:
		return "1"
	case procedure.PointField:
		return "39.9155,116.3600"
	case procedure.ContactField:
		return "13800000000"
	case procedure.UnitField, procedure.UnitsField:
		return x.Pack.Units[0].Name.ZH
	case procedure.AreaField:
		for _, a := range x.Pack.Areas {
			if f.Size == "" || string(a.Level) == f.Size {
				return a.Name.ZH
			}
		}
	case procedure.EntryField:
		for _, e := range f.List().Entries {
			if !f.List().Heads(e.Code) && e.Valid(gov.DateOf(v.by.At)) {
				return e.Code
			}
		}
	case procedure.TextField, procedure.ParagraphField:
		return f.Label.In(l)
	}
	return ""
}

// send checks a table that was chosen, or has the good rows of one begun that was
// checked. In between the file stays in the form: the server keeps nothing half
// done, and what comes back is read from the start as if it were new. The id in
// the form names the batch, so that sending it twice begins nothing twice.
func (x *Intake) send(v visit) error {
	out := x.base(v)
	data, batch, err := uploaded(v)
	var table [][]string
	if err == nil {
		table, err = export.Read(data)
	}
	var b tables.Batch
	if err == nil {
		b, err = tables.Read(v.Context(), x.Casework, v.by, v.start, table)
	}
	if err != nil {
		if !out.Form.Fail(err, v.m.Lang()) {
			return err
		}
		return x.render(v, ui.Status(gov.CodeOf(err)), out)
	}
	status := http.StatusOK
	if b.Good() < len(b.Rows) {
		status, out.Bad = http.StatusUnprocessableEntity, true
	}
	out.list(v, b, table)
	if batch.IsZero() {
		out.Checked = true
		if b.Good() > 0 {
			out.Load = &ui.Form{ID: "load", Action: v.path(), Post: true, File: true, Submit: v.m.T("intake.load", "n", b.Good()), Fields: []ui.Field{
				{Name: "kept", Kind: "hidden", Value: base64.StdEncoding.EncodeToString(data)}, {Name: "batch", Kind: "hidden", Value: gov.NewID(x.Clock()).String()}}}
		}
		return x.render(v, status, out)
	}
	if err := x.Imports.Ask(v.Context(), v.by, batch, v.start, table); err != nil {
		return err
	}
	http.Redirect(v.w, v.Request, v.runPath(batch), http.StatusSeeOther)
	return nil
}

// list says what is wrong, row by row.
func (out *view) list(v visit, b tables.Batch, table [][]string) {
	m := v.m
	out.Rows = m.T("intake.rows", "n", len(b.Rows), "good", b.Good())
	var ignored []string
	for i, field := range b.Columns {
		if title := strings.TrimSpace(table[0][i]); field == "" && title != "" {
			ignored = append(ignored, title)
		}
	}
	if len(ignored) > 0 {
		out.Ignored = m.T("intake.ignored", "columns", strings.Join(ignored, m.T("list.separator")))
	}
	out.Problems = ui.Table{Caption: m.T("intake.problems"), Columns: []ui.Column{
		{Label: m.T("intake.line"), Narrow: true}, {Label: m.T("intake.column"), Narrow: true}, {Label: m.T("intake.mistake"), Main: true}, {Label: m.T("intake.typed")}}}
	listed, bad := 0, 0
	for _, r := range b.Rows {
		if len(r.Mistakes) == 0 {
			continue
		}
		if bad++; listed == maxShown {
			continue
		}
		listed++
		for _, e := range r.Mistakes {
			out.Problems.Rows = append(out.Problems.Rows, problem(v, b, r, e, table))
		}
	}
	if bad > listed {
		out.More = m.T("intake.more", "n", bad-listed)
	}
}

func problem(v visit, b tables.Batch, r tables.BatchRow, e *gov.Error, table [][]string) ui.TableRow {
	l := v.m.Lang()
	column, typed := "", ""
	var f *procedure.Field
	if f, _ = v.start.Procedure.Field(e.Field); f != nil {
		column = f.Label.In(l)
	}
	for i, field := range b.Columns {
		if field == e.Field && field != "" && i < len(table[r.Line-1]) {
			typed = table[r.Line-1][i]
		}
	}
	if cut := []rune(typed); len(cut) > longest {
		typed = string(cut[:longest]) + "…"
	}
	return ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.Itoa(r.Line)), ui.TextCell(column), ui.TextCell(e.Text.In(l)), ui.TextCell(typed)}}
}

// uploaded is the table of a request: the file that was chosen, or the one that
// was kept in the form, with the id of its batch.
func uploaded(v visit) (data []byte, batch gov.ID, err error) {
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	tooLarge := gov.Errorf(gov.TooLarge, "文件超过 %d KiB", "the file has more than %d KiB", maxFile>>10).On("file")
	if err := v.ParseMultipartForm(2 * maxFile); err != nil {
		if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, batch, tooLarge.Because(tooBig)
		}
		return nil, batch, missing.Because(err)
	}
	if text := v.PostFormValue("kept"); text != "" {
		data, err = base64.StdEncoding.DecodeString(text)
		if err == nil {
			batch, err = gov.ParseID(v.PostFormValue("batch"))
		}
		if err != nil {
			return nil, batch, missing.Because(err)
		}
	} else {
		f, _, err := v.FormFile("file")
		if err != nil {
			return nil, batch, missing.Because(err)
		}
		defer f.Close()
		if data, err = io.ReadAll(io.LimitReader(f, maxFile+1)); err != nil {
			return nil, batch, missing.Because(err)
		}
	}
	if len(data) > maxFile {
		return nil, batch, tooLarge
	}
	return data, batch, nil
}
