package console

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/stafflist"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// maxUpload is the greatest list of persons the page takes, in bytes: about
// 4,000 rows. Each row is an act of its own, and a request has seconds. Longer
// lists go in at the command line.
const maxUpload = 256 << 10

// importView is the page that takes a list of persons.
type importView struct {
	Head     head
	Form     ui.Form
	Dry      bool
	Report   []fact // nil before there is a report
	Problems ui.Table
	Load     *ui.Form // loads the good rows of what was checked, or nil
}

func (c *Console) importForm(v visit) ui.Form {
	return ui.Form{ID: "import", Action: importPath, Post: true, File: true, Submit: v.m.T("console.import.check"), Fields: []ui.Field{
		{Name: "file", Kind: "file", Label: v.m.T("console.import.file"), Required: true, Hint: v.m.T("console.import.hint", "kib", maxUpload>>10)},
	}}
}

func (c *Console) showImport(v visit) error {
	if err := people.Can(v.by, policy.ManageLogins, people.Object{}); err != nil {
		return err
	}
	return c.pages.upload.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.import.title")), importView{Head: headOf(v, "import"), Form: c.importForm(v)})
}

// load checks a list that was chosen, or loads the good rows of one that was
// checked before. In between the list stays in the browser's form: the server
// keeps no half-loaded personal data, and what comes back is checked from the
// start as if it were new.
func (c *Console) load(v visit) error {
	view := importView{Head: headOf(v, "import"), Form: c.importForm(v)}
	name, data, kept, err := uploaded(v)
	var report stafflist.Report
	if err == nil {
		view.Dry = !kept
		report, err = stafflist.Import(v.ctx(), c.Office, v.by, name, bytes.NewReader(data), view.Dry)
	}
	status := http.StatusOK
	if err != nil {
		err = onField(err, "file", gov.Invalid, gov.TooLarge, gov.Unsupported)
		if _, status, err = place(v, &view.Form, err); err != nil {
			return err
		}
		return c.pages.upload.Render(v.w, v.Request, status, frame(v.m.T("console.import.title")), view)
	}
	view.Report = []fact{
		{Label: v.m.T("console.import.added"), Text: v.m.Number(report.Added)}, {Label: v.m.T("console.import.changed"), Text: v.m.Number(report.Changed)},
		{Label: v.m.T("console.import.same"), Text: v.m.Number(report.Same)}, {Label: v.m.T("console.import.problems"), Text: v.m.Number(len(report.Problems))},
	}
	if len(report.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	view.Problems = ui.Table{Caption: v.m.T("console.import.problems"), Columns: []ui.Column{
		{Label: v.m.T("console.import.line"), Narrow: true}, {Label: v.m.T("console.import.column"), Narrow: true}, {Label: v.m.T("console.import.problem"), Main: true},
	}}
	for _, e := range report.Problems {
		view.Problems.Rows = append(view.Problems.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(placeNumber(e.Pos.Line)), ui.TextCell(columnName(v, e)), ui.TextCell(e.Text.In(v.lang())),
		}})
	}
	if good := report.Added + report.Changed; view.Dry && good > 0 {
		view.Load = &ui.Form{ID: "load", Action: importPath, Post: true, File: true, Submit: v.m.T("console.import.load", "n", good), Fields: []ui.Field{
			{Name: "name", Kind: "hidden", Value: name}, {Name: "kept", Kind: "hidden", Value: base64.StdEncoding.EncodeToString(data)},
		}}
	}
	return c.pages.upload.Render(v.w, v.Request, status, frame(v.m.T("console.import.title")), view)
}

func placeNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// columnName is the column a mistake is in: its head where that is known, else
// where in the row it begins, in bytes.
func columnName(v visit, e *gov.Error) string {
	switch e.Field {
	case "":
		return placeNumber(e.Pos.Column)
	case "unit":
		return v.m.T("field.unit")
	}
	return v.m.Of("console.field.", e.Field)
}

// uploaded is the list of a request: the file that was chosen, or the one that
// was kept in the form.
func uploaded(v visit) (name string, data []byte, kept bool, err error) {
	tooLarge := gov.Errorf(gov.TooLarge, "文件超过 %d KiB；更大的名单请在服务器命令行用 quanxiang people import 导入",
		"the file has more than %d KiB; load longer lists at the server's command line with quanxiang people import", maxUpload>>10).On("file")
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	if err := parseUpload(v, maxUpload, tooLarge, missing); err != nil {
		return "", nil, false, err
	}
	if text := v.PostFormValue("kept"); text != "" {
		if data, err = base64.StdEncoding.DecodeString(text); err != nil {
			return "", nil, false, missing.Because(err)
		}
		name, kept = v.PostFormValue("name"), true
	} else {
		if name, data, err = chosen(v, maxUpload, missing); err != nil {
			return "", nil, false, err
		}
	}
	if len(data) > maxUpload {
		return "", nil, false, tooLarge
	}
	return path.Base(cmp.Or(name, "persons.csv")), data, kept, nil
}

// parseUpload reads a form that carries a file of at most limit bytes. Its
// errors are the two given, with their causes.
func parseUpload(v visit, limit int64, tooLarge, missing *gov.Error) error {
	err := v.ParseForm() // first: ParseMultipartForm would forget its error
	if err == nil {
		err = v.ParseMultipartForm(2 * limit)
	}
	if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge.Because(tooBig)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return missing.Because(err)
	}
	return nil
}

// chosen is the file of a form, of which it reads one byte more than limit.
func chosen(v visit, limit int64, missing *gov.Error) (name string, data []byte, err error) {
	f, head, err := v.FormFile("file")
	if err != nil {
		return "", nil, missing.Because(err)
	}
	defer f.Close()
	if data, err = io.ReadAll(io.LimitReader(f, limit+1)); err != nil {
		return "", nil, missing.Because(err)
	}
	return head.Filename, data, nil
}
