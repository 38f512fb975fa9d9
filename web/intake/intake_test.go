package intake_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/web/export"
	"quanxiang/web/intake"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

const path = intake.Root + "duty/enter"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setup(t *testing.T) (*webtest.Desk, *intake.Intake, people.Standing) {
	t.Helper()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	x, err := intake.New(intake.Deps{Engine: d.Engine, Pack: d.Pack, Casework: d.Casework, Imports: d.Imports, Clock: webtest.Clock})
	must(t, err)
	return d, x, d.Enter(t, "赵督查", "zhao", "zfb", "supervision")
}

func read(t testing.TB, resp *http.Response, err error) (int, string) {
	t.Helper()
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(b)
}

func get(t testing.TB, srv *httptest.Server, path string) (int, string) {
	t.Helper()
	r, err := srv.Client().Get(srv.URL + path)
	return read(t, r, err)
}

// send sends a form with a file, if data is not nil, and fields.
func send(t testing.TB, srv *httptest.Server, path string, data []byte, fields map[string]string) (int, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if data != nil {
		f, err := w.CreateFormFile("file", "table.csv")
		must(t, err)
		_, err = f.Write(data)
		must(t, err)
	}
	for k, v := range fields {
		must(t, w.WriteField(k, v))
	}
	must(t, w.Close())
	r, err := srv.Client().Post(srv.URL+path, w.FormDataContentType(), &b)
	return read(t, r, err)
}

var hidden = regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`)

// kept is what the form of a checked table sends on.
func kept(page string) map[string]string {
	fields := map[string]string{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if m[1] == "kept" || m[1] == "batch" {
			fields[m[1]] = html.UnescapeString(m[2])
		}
	}
	return fields
}

func count(t testing.TB, d *webtest.Desk) int {
	t.Helper()
	rows, _, err := d.Docket.List(t.Context(), docket.Query{Procedure: "duty"}, docket.Place{}, 100)
	must(t, err)
	return len(rows)
}

const table = "任务名称,任务内容,牵头单位,完成期限,备注\n" +
	"整治背街小巷,逐条整治,区发展改革委,2027/6/30,x\n" +
	"没有这样的单位,试,区魔法委,2027-06-30,\n" +
	"日期写错,试,区发展改革委,年底,\n" +
	"更换井盖,逐个更换,区城管监督指挥中心、区发展改革委,2027年6月30日,\n"

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 2, func(e *ui.Engine) error {
		_, err := intake.New(intake.Deps{Engine: e})
		return err
	})
}

// A table is looked at first, every bad row with what is wrong and what was
// typed; its good rows are begun when asked for, once.
func TestImport(t *testing.T) {
	t.Parallel()
	d, x, office := setup(t)
	srv := d.Serve(t, office, x.Mount)
	code, body := get(t, srv, path)
	if code != 200 || !strings.Contains(body, "批量立案：任务") || !strings.Contains(body, "牵头单位") || len(kept(body)) != 0 {
		t.Fatalf("%d\n%s", code, body)
	}
	code, body = send(t, srv, path, []byte(table), nil)
	fields := kept(body)
	if code != http.StatusUnprocessableEntity || len(fields) != 2 || count(t, d) != 0 {
		t.Fatalf("%d, %d cases, form %v\n%s", code, count(t, d), fields, body)
	}
	for _, want := range []string{"共 4 行，其中 2 行可以导入", "导入 2 行", "区魔法委", "没有名为", "年底", ">3<", ">4<", "未读取：备注"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// It is done in the background; the page says how far it is without a script.
	run := path + "/runs/" + fields["batch"]
	for range 2 {
		if code, body = send(t, srv, path, nil, fields); code != 200 || count(t, d) != 0 || !strings.Contains(body, "已处理 0 行，共 4 行") {
			t.Errorf("asked: %d, %d cases\n%s", code, count(t, d), body)
		}
	}
	if code, _ := get(t, srv, run+"/report.csv"); code != http.StatusConflict {
		t.Errorf("the report of what runs: %d", code)
	}
	resp, err := srv.Client().Get(srv.URL + run)
	if _, _ = read(t, resp, err); resp.Header.Get("Refresh") == "" {
		t.Error("nothing looks again")
	}
	id, err := gov.ParseID(fields["batch"])
	must(t, err)
	must(t, d.Imports.Run(t.Context(), id))
	for range 2 {
		code, body = send(t, srv, path, nil, fields)
		if links := regexp.MustCompile(`href="/desk/cases/[0-9a-f-]{36}"`).FindAllString(body, -1); code != 200 || len(links) != 2 || count(t, d) != 2 ||
			!strings.Contains(body, "已立案 2 件") || !strings.Contains(body, "区魔法委") {
			t.Errorf("%d, %d links, %d cases\n%s", code, len(links), count(t, d), body)
		}
	}
	if code, body = get(t, srv, run+"/report.csv"); code != 200 || strings.Count(body, "未立案") != 2 || strings.Count(body, "RW2026-") != 2 {
		t.Errorf("the report: %d %s", code, body)
	}
	if code, body = get(t, srv, run+"?lang=en"); code != 200 || !strings.Contains(body, "What came of each row") || !strings.Contains(body, "Not begun") {
		t.Errorf("in English: %d", code)
	}
	second := d.Serve(t, d.Enter(t, "孙督查", "sun", "zfb", "supervision"), x.Mount)
	for _, nowhere := range []string{run, run + "/report.csv", path + "/runs/x"} {
		if code, _ := get(t, second, nowhere); code != http.StatusNotFound {
			t.Errorf("%s for somebody else: %d", nowhere, code)
		}
	}
	// What comes back in the form is read anew.
	fields["kept"] = "not base64"
	if code, _ := send(t, srv, path, nil, fields); code != http.StatusUnprocessableEntity {
		t.Errorf("a spoilt form: %d", code)
	}
	for why, c := range map[string]struct {
		data []byte
		code int
	}{
		"nothing":        {nil, http.StatusUnprocessableEntity},
		"a picture":      {[]byte("\x89PNG\x00\xff"), http.StatusUnsupportedMediaType},
		"no such column": {[]byte("甲,乙\n1,2\n"), http.StatusUnprocessableEntity},
		"too large":      {bytes.Repeat([]byte("a"), 1<<20+1), http.StatusRequestEntityTooLarge},
	} {
		code, body := send(t, srv, path, c.data, nil)
		if code != c.code || !strings.Contains(body, `class="error-summary"`) || len(kept(body)) != 0 {
			t.Errorf("%s: %d", why, code)
		}
	}
	if n := count(t, d); n != 2 {
		t.Errorf("in the end %d cases", n)
	}
}

// The template is a table of nothing but heads, in either language; filled in it
// is read back.
func TestTemplate(t *testing.T) {
	t.Parallel()
	d, x, office := setup(t)
	srv := d.Serve(t, office, x.Mount)
	for _, lang := range []string{"zh-CN", "en"} {
		_, file := get(t, srv, path+"/template.csv?lang="+lang)
		rows, err := export.Read([]byte(file))
		if err != nil || len(rows) != 2 || len(rows[0]) < 5 || !strings.HasPrefix(rows[1][0], "# ") {
			t.Fatalf("%s: %q, %v", lang, rows, err)
		}
		_, file = get(t, srv, path+"/template.xlsx?lang="+lang)
		book, err := excelize.OpenReader(strings.NewReader(file))
		must(t, err)
		if sheets := book.GetSheetList(); len(sheets) != 2 {
			t.Errorf("%s: sheets %q", lang, sheets)
		}
		must(t, book.SetSheetRow("Sheet1", "A3", // under the example, which is passed over
			&[]any{"整治", "逐条", "", "", "", "区发展改革委", "", "", "", "2027-06-30"}))
		b, err := book.WriteToBuffer()
		must(t, err)
		must(t, book.Close())
		if code, body := send(t, srv, path+"?lang="+lang, b.Bytes(), nil); code != 200 || len(kept(body)) != 2 {
			t.Errorf("%s: the filled template: %d\n%s", lang, code, body)
		}
	}
}

// A list that was exported with the labels of the fields as heads is read back.
func TestExportIsImport(t *testing.T) {
	t.Parallel()
	d, x, office := setup(t)
	srv := d.Serve(t, office, x.Mount)
	w := httptest.NewRecorder()
	must(t, export.Send(w, export.XLSX, "duties", ui.Table{
		Columns: []ui.Column{{Label: "编号"}, {Label: "任务名称"}, {Label: "任务内容"}, {Label: "牵头单位"}, {Label: "完成期限"}, {Label: "状态"}},
		Rows: []ui.TableRow{{Cells: []ui.Cell{ui.TextCell("RW2026-0001"), ui.TextCell("=整治"), ui.TextCell("逐条"),
			{Links: []ui.Link{{Label: "区发展改革委"}, {Label: "区民政局"}}}, ui.TextCell("2027年6月30日"), ui.TextCell("办理中")}}},
	}))
	code, body := send(t, srv, path, w.Body.Bytes(), nil)
	if code != 200 || !strings.Contains(body, "共 1 行，其中 1 行可以导入") {
		t.Errorf("%d\n%s", code, body)
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	d, x, office := setup(t)
	clerk := d.Serve(t, d.Enter(t, "钱经办", "qian", "fgw", "clerk"), x.Mount)
	public := d.Serve(t, people.Public(webtest.Now), x.Mount)
	for _, c := range []struct {
		srv  *httptest.Server
		path string
		want int
	}{
		{clerk, path, http.StatusForbidden}, {clerk, path + "/template.csv", http.StatusForbidden}, {public, path, http.StatusUnauthorized},
		{d.Serve(t, office, x.Mount), intake.Root + "duty/nothing", http.StatusNotFound}, {clerk, intake.Root + "nothing/enter", http.StatusNotFound},
	} {
		if code, _ := get(t, c.srv, c.path); code != c.want {
			t.Errorf("%s: %d, want %d", c.path, code, c.want)
		}
	}
	if code, _ := send(t, clerk, path, []byte(table), nil); code != http.StatusForbidden || count(t, d) != 0 {
		t.Errorf("a clerk sends a table: %d, %d cases", code, count(t, d))
	}
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	d, x, office := setup(t)
	srv := d.Serve(t, office, x.Mount)
	_, page := get(t, srv, path+"?lang=en")
	_, checked := send(t, srv, path+"?lang=en", []byte(table), nil)
	_, done := send(t, srv, path+"?lang=en", nil, kept(checked))
	for name, body := range map[string]string{"page": page, "checked": checked, "done": done} {
		if stray := webtest.Unmarked(t, body); len(stray) > 0 {
			t.Errorf("%s: %q is not marked", name, stray)
		}
	}
}
