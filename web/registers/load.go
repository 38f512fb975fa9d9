package registers

import (
	"encoding/csv"
	"errors"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

const (
	inMemory  = 4 << 20 // of a file while it is received; the rest goes to a temporary one
	maxShown  = 100     // mistakes that are listed on the page
	latest    = 20      // imports that are listed
	lookAgain = "3"     // seconds
)

// MaxBody bounds a request that carries a file.
const MaxBody = export.MaxStreamed + 1<<20

// loadView is where files are sent.
type loadView struct {
	Crumbs  []ui.Link
	Form    ui.Form
	Columns []columnsView
	Recent  ui.Table
}

// columnsView is what a table may hold.
type columnsView struct {
	Title string
	Table ui.Table
}

// targetOf names a target in a form.
func targetOf(t registers.Target) string {
	kind := ""
	if t.Kind != nil {
		kind = t.Kind.ID
	}
	return strings.Join([]string{t.Register.ID, kind, t.Unit}, "/")
}

func (k *Pages) showLoad(w http.ResponseWriter, r *http.Request) error {
	return k.renderLoad(w, r, http.StatusOK, nil)
}

func (k *Pages) renderLoad(w http.ResponseWriter, r *http.Request, status int, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	if err := registers.Enter(by); err != nil {
		return err
	}
	targets := k.Registers.Targets(by)
	if len(targets) == 0 {
		return gov.Errorf(gov.Forbidden, "您所在的单位不报送名录信息。", "Your unit pushes nothing to registers.")
	}
	l := m.Lang()
	out := loadView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root, Label: m.T("staff.registers")}}, Form: ui.Form{ID: "import", Action: ImportPath, Post: true, File: true, Submit: m.T("registers.send"), Fields: []ui.Field{
		{Name: "target", Kind: "select", Label: m.T("registers.target"), Required: true, Options: []ui.Option{{Label: m.T("registers.choose")}}},
		{Name: "file", Kind: "file", Label: m.T("intake.file"), Hint: m.T("registers.file_hint"), Required: true},
		{Name: "good", Kind: "checks", Label: m.T("registers.bad_rows"), Options: []ui.Option{{Value: "yes", Label: m.T("registers.good_only")}}},
	}}}
	seen := map[string]bool{}
	for _, t := range targets {
		title := t.Register.Title.In(l) + m.T("registers.dot") + t.Title().In(l)
		out.Form.Fields[0].Options = append(out.Form.Fields[0].Options, ui.Option{Value: targetOf(t), Label: title + m.T("registers.dot") + k.unitName(m, t.Unit)})
		if seen[title] {
			continue
		}
		seen[title] = true
		c := columnsView{Title: title, Table: ui.Table{Caption: m.T("intake.columns"), Columns: []ui.Column{{Label: m.T("intake.column"), Main: true}, {Label: m.T("intake.required"), Narrow: true}, {Label: m.T("registers.id"), Narrow: true}}}}
		for _, col := range t.Columns() {
			required := m.T("intake.no")
			if col.Required {
				required = m.T("intake.yes")
			}
			c.Table.Rows = append(c.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(col.Label.In(l)), ui.TextCell(required), {Code: col.ID}}})
		}
		out.Columns = append(out.Columns, c)
	}
	if failed != nil && !out.Form.Fail(failed, l) {
		return failed
	}
	list, err := k.Importer.Store.Imports(r.Context(), latest)
	if err != nil {
		return err
	}
	out.Recent = ui.Table{Caption: m.T("registers.recent"), Columns: []ui.Column{{Label: m.T("intake.file"), Main: true}, {Label: m.T("registers.source")}, {Label: m.T("registers.phase")}, {Label: m.T("registers.rows"), Number: true}}}
	for _, i := range list {
		if mayPush(by, i.Unit) {
			out.Recent.Rows = append(out.Recent.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: ImportPath + "/" + i.ID.String(), Label: i.Name}}}, ui.TextCell(k.unitName(m, i.Unit)),
				{Chips: []ui.Chip{{Label: m.T("registers.phase." + string(i.Phase)), Tone: phaseTone(i)}}}, ui.TextCell(m.Number(int(i.Good + i.Bad)))}})
		}
	}
	return k.load.Render(w, r, status, frame(m.T("registers.import")), out)
}

func phaseTone(i registers.Import) string {
	switch i.Phase {
	case registers.Done:
		return "good"
	case registers.Failed:
		return "bad"
	case registers.Waiting:
		return "warn"
	}
	return "info"
}

// send keeps a file and has it imported.
func (k *Pages) send(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return k.renderLoad(w, r, http.StatusRequestEntityTooLarge, gov.Errorf(gov.TooLarge, "文件超过 %d MiB", "the file has more than %d MiB", export.MaxStreamed>>20).On("file").Because(tooBig))
		}
		return k.renderLoad(w, r, http.StatusUnprocessableEntity, missing.Because(err))
	}
	defer r.MultipartForm.RemoveAll() // temporary files; the system removes those that stay
	parts := strings.Split(r.PostFormValue("target"), "/")
	if len(parts) != 3 {
		return k.renderLoad(w, r, http.StatusUnprocessableEntity, gov.Errorf(gov.Invalid, "请选择导入什么", "choose what is imported").On("target"))
	}
	f, head, err := r.FormFile("file")
	if err != nil {
		return k.renderLoad(w, r, http.StatusUnprocessableEntity, missing.Because(err))
	}
	defer f.Close()
	key, size, err := k.Files.Put(r.Context(), f, export.MaxStreamed)
	if err != nil {
		return err
	}
	i := registers.Import{ID: gov.NewID(k.Clock()), Register: parts[0], Kind: parts[1], Unit: parts[2], File: string(key), Name: filepath.Base(head.Filename), Bytes: size, GoodOnly: r.PostFormValue("good") != ""}
	if err := k.Importer.Ask(r.Context(), by, i, false); err != nil {
		return err
	}
	http.Redirect(w, r, ImportPath+"/"+i.ID.String(), http.StatusSeeOther)
	return nil
}

// runView is how far an import has come.
type runView struct {
	Crumbs  []ui.Link
	Path    string
	What    string
	Chip    ui.Chip
	Running bool
	Done    int64
	Total   int64
	Says    string
	Counts  []fact
	Failure string
	Rejects ui.Table
	More    string
	File    string // with all mistakes, or ""
	Take    *ui.Form
}

func (k *Pages) imported(r *http.Request) (registers.Import, error) {
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return registers.Import{}, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return k.Importer.Get(r.Context(), who.Of(r.Context()).Standing, id)
}

func (k *Pages) showRun(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	i, err := k.imported(r)
	if err != nil {
		return err
	}
	l := m.Lang()
	target, err := registers.NewTarget(k.Pack, i.Register, i.Kind, i.Unit)
	if err != nil {
		return err
	}
	out := runView{Path: ImportPath + "/" + i.ID.String(), What: target.Title().In(l) + m.T("registers.dot") + k.unitName(m, i.Unit), Chip: ui.Chip{Label: m.T("registers.phase." + string(i.Phase)), Tone: phaseTone(i)},
		Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root, Label: m.T("staff.registers")}, {Href: ImportPath, Label: m.T("registers.import")}}}
	if out.Running = i.Phase == registers.Checking || i.Phase == registers.Loading; out.Running {
		w.Header().Set("Refresh", lookAgain)
		out.Done, out.Total = i.Offset, i.Bytes
		if i.Rows > 0 {
			out.Done, out.Total = i.Line, i.Rows+1
		}
		out.Says = m.T("registers.at_line", "line", int(i.Line))
	}
	out.Failure = i.Failure.In(l)
	for _, c := range []struct {
		key string
		n   int64
	}{{"good", i.Good}, {"bad", i.Bad}, {"added", i.Added}, {"changed", i.Changed}, {"same", i.Same}} {
		out.Counts = append(out.Counts, fact{m.T("registers.count." + c.key), m.Number(int(c.n))})
	}
	if i.Bad > 0 {
		list, err := k.Importer.Store.Rejects(r.Context(), i.ID, registers.Reject{}, maxShown+1)
		if err != nil {
			return err
		}
		out.Rejects = ui.Table{Caption: m.T("intake.problems"), Columns: []ui.Column{{Label: m.T("intake.line"), Narrow: true}, {Label: m.T("intake.column"), Narrow: true}, {Label: m.T("intake.mistake"), Main: true}, {Label: m.T("intake.typed")}}}
		for n, x := range list {
			if n == maxShown {
				out.More = m.T("registers.more_in_file")
				break
			}
			out.Rejects.Rows = append(out.Rejects.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.FormatInt(x.Line, 10)), ui.TextCell(target.Label(x.Column).In(l)), ui.TextCell(x.Text.In(l)), ui.TextCell(x.Typed)}})
		}
		out.File = out.Path + "/errors.csv"
	}
	if i.Phase == registers.Waiting && i.Good > 0 {
		out.Take = &ui.Form{ID: "take", Action: out.Path, Post: true, Submit: m.T("intake.load", "n", int(i.Good))}
	}
	return k.run.Render(w, r, http.StatusOK, frame(i.Name), out)
}

// takeGood has the good rows taken.
func (k *Pages) takeGood(w http.ResponseWriter, r *http.Request) error {
	i, err := k.imported(r)
	if err != nil {
		return err
	}
	if err := k.Importer.TakeGood(r.Context(), who.Of(r.Context()).Standing, i.ID); err != nil {
		return err
	}
	http.Redirect(w, r, ImportPath+"/"+i.ID.String(), http.StatusSeeOther)
	return nil
}

// rejects is everything that was wrong with the rows, as a file in the reader's
// language.
func (k *Pages) rejects(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	i, err := k.imported(r)
	if err != nil {
		return err
	}
	target, err := registers.NewTarget(k.Pack, i.Register, i.Kind, i.Unit)
	if err != nil || r.PathValue("file") != "errors.csv" {
		return errors.Join(err, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page."))
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": strings.TrimSuffix(i.Name, filepath.Ext(i.Name)) + "-errors.csv"}))
	out := csv.NewWriter(w)
	if err := out.Write([]string{"\ufeff" + m.T("intake.line"), m.T("intake.column"), m.T("intake.mistake"), m.T("intake.typed")}); err != nil {
		return err
	}
	err = k.Importer.Rejects(r.Context(), i.ID, func(x registers.Reject) error {
		return out.Write([]string{strconv.FormatInt(x.Line, 10), target.Label(x.Column).In(m.Lang()), x.Text.In(m.Lang()), export.Harmless(x.Typed)})
	})
	out.Flush()
	return errors.Join(err, out.Error())
}
