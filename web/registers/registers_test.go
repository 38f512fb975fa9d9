package registers_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"

	pages "quanxiang/web/registers"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 12, func(e *ui.Engine) error {
		_, err := pages.New(pages.Deps{Engine: e})
		return err
	})
}

// site is the pages on a register with some subjects.
func site(t *testing.T) (*webtest.Desk, *pages.Pages, *registers.Registers, *registers.Importer, []string) {
	t.Helper()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	s, folder := d.DB.Registers(d.Pack.District), files.NewFolder(t.TempDir())
	current := func() *policy.Pack { return d.Pack }
	regs := &registers.Registers{Store: s, Pack: current, Clock: webtest.Clock}
	m := &registers.Importer{Store: s, Pack: current, Clock: webtest.Clock, Open: func(_ context.Context, key string) (registers.Rows, error) {
		f, err := folder.Open(files.Key(key))
		if err != nil {
			return nil, err
		}
		return export.NewStream(f.(export.File))
	}}
	p, err := pages.New(pages.Deps{Engine: d.Engine, Pack: d.Pack, Registers: regs, Importer: m, Files: folder, Clock: webtest.Clock})
	must(t, err)
	codes, err := invent.Codes(d.Pack.District, 3)
	must(t, err)
	var items []map[string]string
	for _, c := range codes {
		items = append(items, map[string]string{"key": c, "name": "虚构云杉餐饮" + c[10:], "form": "企业", "founded": "2010-01-02", "address": "虚构路1号", "head": "虚构负责人", "capital": "1,040,000元"})
	}
	target, err := registers.NewTarget(d.Pack, "market", "", "gsfj")
	must(t, err)
	_, err = regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, items)
	must(t, err)
	return d, p, regs, m, codes
}

func get(t testing.TB, srv *httptest.Server, path string) (int, string) {
	t.Helper()
	r, err := srv.Client().Get(srv.URL + path)
	must(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return r.StatusCode, string(b)
}

// From a file of a unit to the page of a subject: checked, taken on request, seen by
// the staff for a purpose, and by the public without what is not public.
func TestFromFileToPage(t *testing.T) {
	t.Parallel()
	d, p, regs, m, codes := site(t)
	clerk := d.Enter(t, "钱经办", "qian", "syj", "clerk")
	srv, public := d.Serve(t, clerk, p.Mount), d.Serve(t, people.Public(webtest.Now), p.Mount)
	on := gov.DateOf(webtest.Now).Add(-30).String()
	file := "统一社会信用代码,检查编号,检查日期,检查事项,检查结果,检查地址,检查记录\n" +
		codes[0] + ",查1号," + on + ",食品安全,责令改正,虚构巷9号,后厨不洁\n" + "没有的,查2号," + on + ",食品安全,责令改正,,\n"
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	must(t, w.WriteField("target", "market/inspection/syj"))
	f, err := w.CreateFormFile("file", "inspections.csv")
	must(t, err)
	_, err = f.Write([]byte(file))
	must(t, err)
	must(t, w.Close())
	resp, err := srv.Client().Post(srv.URL+pages.ImportPath, w.FormDataContentType(), &body)
	must(t, err)
	must(t, resp.Body.Close())
	run := resp.Request.URL.Path
	id, err := gov.ParseID(run[strings.LastIndex(run, "/")+1:])
	must(t, err)
	must(t, m.Run(t.Context(), id))
	code, page := get(t, srv, run)
	if code != 200 || !strings.Contains(page, "名录中没有") || !strings.Contains(page, "导入 1 行") {
		t.Errorf("checked: %d\n%s", code, page)
	}
	if code, text := get(t, srv, run+"/errors.csv?lang=en"); code != 200 || !strings.Contains(text, "the register has no entry") || strings.Count(text, "\n") != 2 {
		t.Errorf("what was wrong: %d %q", code, text)
	}
	if code, _ := get(t, d.Serve(t, d.Enter(t, "孙经办", "sun", "hbj", "clerk"), p.Mount), run); code != http.StatusNotFound {
		t.Errorf("another unit sees the import: %d", code)
	}
	resp, err = srv.Client().PostForm(srv.URL+run, nil)
	must(t, err)
	must(t, resp.Body.Close())
	must(t, m.Run(t.Context(), id))
	must(t, regs.Grade(t.Context(), registers.GradeKey("market", codes[0])))

	entry := pages.Root + "/market/" + codes[0]
	code, page = get(t, srv, entry)
	for want, there := range map[string]bool{"各部门说法不一": true, "虚构巷9号": true, "检查发现问题": true, "后厨不洁": false, "虚构负责人": false, "查阅用途": true, "撤回": true} {
		if code != 200 || strings.Contains(page, want) != there {
			t.Errorf("the page for the staff: %d, %q there is %t", code, want, !there)
		}
	}
	resp, err = srv.Client().PostForm(srv.URL+entry+"/look", url.Values{"purpose": {"nothing"}})
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a look for nothing: %d", resp.StatusCode)
	}
	resp, err = srv.Client().PostForm(srv.URL+entry+"/look", url.Values{"purpose": {"inspection"}})
	must(t, err)
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	must(t, resp.Body.Close())
	if resp.StatusCode != 200 || !strings.Contains(string(b), "后厨不洁") || !strings.Contains(string(b), "虚构负责人") {
		t.Errorf("for a purpose: %d", resp.StatusCode)
	}
	if looks, err := regs.Store.Looks(t.Context(), "market", codes[0], 10); err != nil || len(looks) != 1 || looks[0].Person != clerk.Person {
		t.Errorf("looks %v, %v", looks, err)
	}
	if code, page = get(t, srv, pages.Root+"/market?q=云杉餐饮"); code != 200 || strings.Count(page, "row-link") != 3 || !strings.Contains(page, "导入文件") {
		t.Errorf("the list: %d", code)
	}

	if code, page = get(t, public, pages.PublicRoot+"/market?q="+codes[0]); code != 200 || strings.Count(page, "row-link") != 1 {
		t.Errorf("the public's list: %d", code)
	}
	for _, at := range []string{pages.PublicRoot, "/data", pages.DataRoot} {
		if code, page = get(t, public, at); code != 200 || !strings.Contains(page, `href="/registers/market"`) || !strings.Contains(page, `href="/registers/market/lists/serious"`) || !strings.Contains(page, `href="/data/registers/market"`) || strings.Contains(page, `href="/registers/inspectors"`) {
			t.Errorf("%s: %d; the list of registers is not whole, or says too much", at, code)
		}
	}
	if _, page = get(t, public, pages.PublicRoot+"?lang=en"); len(webtest.Unmarked(t, page)) > 0 {
		t.Errorf("%q is not marked", webtest.Unmarked(t, page))
	}
	if code, page = get(t, public, pages.PublicRoot+"/market"); code != 200 || strings.Contains(page, "row-link") {
		t.Errorf("without words: %d", code)
	}
	code, page = get(t, public, pages.PublicRoot+"/market/"+codes[0])
	for want, there := range map[string]bool{"责令改正": true, "虚构巷9号": false, "后厨不洁": false, "虚构负责人": false, "/report/objection/object?": true, "信用等级": false} {
		if code != 200 || strings.Contains(page, want) != there {
			t.Errorf("the public's page: %d, %q there is %t", code, want, !there)
		}
	}
	for _, closed := range []string{entry, pages.Root + "/market", pages.ImportPath} {
		if code, _ := get(t, public, closed); code == 200 {
			t.Errorf("the public sees %s", closed)
		}
	}
	for name, at := range map[string]string{"entry": entry, "list": pages.Root + "/market", "import": pages.ImportPath, "run": run} {
		if _, page := get(t, srv, at+"?lang=en"); len(webtest.Unmarked(t, page)) > 0 {
			t.Errorf("%s: %q is not marked", name, webtest.Unmarked(t, page))
		}
	}
	if _, page := get(t, public, pages.PublicRoot+"/market/"+codes[0]+"?lang=en"); len(webtest.Unmarked(t, page)) > 0 {
		t.Errorf("public: %q is not marked", webtest.Unmarked(t, page))
	}
}
