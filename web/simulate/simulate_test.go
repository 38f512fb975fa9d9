package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/support/invent"
	"quanxiang/support/runs"
	"quanxiang/web/simulate"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 5, func(e *ui.Engine) error {
		_, err := simulate.New(simulate.Deps{Engine: e})
		return err
	})
}

// An officer adds a population, sees a mistake at its line with the text kept, corrects
// it, waits, and reads the winners; files and a comparison have the same figures.
func TestPages(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	now := webtest.Now
	clock := func() time.Time { now = now.Add(time.Second); return now }
	tries := &runs.Runs{Store: d.DB.Simulations(d.Pack.District), Files: runs.Folder(files.NewFolder(t.TempDir())), Pack: func() *policy.Pack { return d.Pack }, Clock: clock}
	p, err := simulate.New(simulate.Deps{Engine: d.Engine, Pack: d.Pack, Runs: tries, Library: library.New(d.DB.Library(d.Pack.District), d.Pack, clock), Clock: clock})
	must(t, err)
	officer := webtest.Staff(t, d.Pack, "fgw", "policy-officer", "", now)
	srv := serve(t, d, p, officer)
	if status, _, _ := webtest.Ask(t, serve(t, d, p, webtest.Staff(t, d.Pack, "fgw", "clerk", "", now)), simulate.Root, nil); status != http.StatusForbidden {
		t.Errorf("a clerk sees simulations: %d", status)
	}
	_, body, _ := webtest.Ask(t, srv, simulate.Root+"/new", nil)
	webtest.Says(t, body, "还没有申报者快照", "@3/2 100万元 改为 80万元")

	var file bytes.Buffer
	_, err = invent.Population(context.Background(), &file, invent.Options{Pack: d.Pack, Year: 2017, N: 1500, Seed: 1})
	must(t, err)
	status, body, _ := webtest.Upload(t, srv, simulate.PopulationsPath, url.Values{"name": {""}}, "population.pop", file.Bytes())
	if webtest.Says(t, body, "名称应有 1 至"); status != http.StatusUnprocessableEntity {
		t.Errorf("without a name: %d", status)
	}
	if status, body, _ = webtest.Upload(t, srv, simulate.PopulationsPath, url.Values{"name": {"虚构一批"}}, "population.pop", file.Bytes()); status != http.StatusOK {
		t.Fatalf("sent: %d", status)
	}
	webtest.Says(t, body, "虚构一批", "1500", "虚构")
	list, err := tries.Populations(t.Context(), officer)
	must(t, err)

	form := url.Values{"title": {"降低单项上限"}, "amendment": {"修订 16号 自 2017-01-01 “拟稿”\r\n  公布 2016-12-20\r\n  @3/2 100万圆 改为 80万元"}, "year": {"2017"}, "docs": {"16号", "17号", "18号"}, "population": {list[0].ID.String()}, "budget": {"3,000"}}
	status, body, _ = webtest.Ask(t, srv, simulate.Root+"/new", form)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a mistake: %d", status)
	}
	webtest.Says(t, body, `id="line-3"`, "第 3 行", "100万圆 改为 80万元", `value="3,000"`)
	form.Set("amendment", strings.Replace(form.Get("amendment"), "万圆", "万元", 1))
	form.Set("budget", "三千")
	_, body, _ = webtest.Ask(t, srv, simulate.Root+"/new", form)
	webtest.Says(t, body, "“三千”不是金额")
	form.Set("budget", "3,000")
	status, body, at := webtest.Ask(t, srv, simulate.Root+"/new", form)
	if status != http.StatusOK || !strings.HasPrefix(at, simulate.Root+"/runs/") {
		t.Fatalf("asked: %d at %s", status, at)
	}
	webtest.Says(t, body, "正在计算", "<progress")
	id, err := gov.ParseID(strings.TrimPrefix(at, simulate.Root+"/runs/"))
	must(t, err)
	must(t, tries.Compute(t.Context(), id))
	run, x, err := tries.Get(t.Context(), officer, id)
	must(t, err)
	_, body, _ = webtest.Ask(t, srv, at, nil)
	webtest.Says(t, body, "少得最多的", x.Losers[0].Name, "100万元 → 80万元", "第三条第二款", "<svg", "按街道", "超出预算", run.Digest, x.ID, "虚构的")
	_, english, _ := webtest.Ask(t, srv, at+"?lang=en", nil)
	webtest.Says(t, english, "Who lose most", "over the budget", "By Street")

	_, csv, _ := webtest.Ask(t, srv, at+".csv", nil)
	webtest.Says(t, csv, "街道", "修订后")
	if status, _, _ := webtest.Ask(t, srv, at+".xlsx", nil); status != http.StatusOK {
		t.Errorf("a workbook: %d", status)
	}
	form.Set("amendment", strings.Replace(form.Get("amendment"), "80万元", "60万元", 1))
	form.Set("title", "再降一些")
	_, _, second := webtest.Ask(t, srv, simulate.Root+"/new", form)
	other, err := gov.ParseID(strings.TrimPrefix(second, simulate.Root+"/runs/"))
	must(t, err)
	if status, _, _ := webtest.Ask(t, srv, simulate.Root+"/compare?a="+id.String()+"&b="+other.String(), nil); status != http.StatusConflict {
		t.Errorf("compared with what is not there: %d", status)
	}
	must(t, tries.Compute(t.Context(), other))
	_, body, _ = webtest.Ask(t, srv, simulate.Root+"/compare?a="+id.String()+"&b="+other.String(), nil)
	webtest.Says(t, body, "降低单项上限", "再降一些", "街道", "合计")
	_, body, _ = webtest.Ask(t, srv, simulate.Root, nil)
	webtest.Says(t, body, "降低单项上限", "再降一些", "比较两次试算")
	_, body, _ = webtest.Ask(t, srv, simulate.Root+"/new?from="+other.String(), nil)
	webtest.Says(t, body, "改为 60万元", `value="3000"`)
	for _, path := range []string{simulate.Root + "/runs/nothing", simulate.Root + "/runs/" + gov.NewID(now).String(), simulate.Root + "?after=x"} {
		if status, _, _ := webtest.Ask(t, srv, path, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Programs of the staff ask by the API: with a session that may, mistakes of the
// amendment all told, the result as it is kept.
func TestMachine(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	tries := &runs.Runs{Store: d.DB.Simulations(d.Pack.District), Files: runs.Folder(files.NewFolder(t.TempDir())), Pack: func() *policy.Pack { return d.Pack }, Clock: webtest.Clock}
	officer := webtest.Staff(t, d.Pack, "fgw", "policy-officer", "", webtest.Now)
	var file bytes.Buffer
	_, err := invent.Population(context.Background(), &file, invent.Options{Pack: d.Pack, Year: 2017, N: 300, Seed: 1})
	must(t, err)
	p, err := tries.Add(t.Context(), officer, "虚构一批", 0, &file)
	must(t, err)
	mux := http.NewServeMux()
	(&simulate.Machine{Runs: tries, BaseURL: "https://policy.example"}).Mount(mux)
	as := func(by people.Standing) *httptest.Server {
		srv := httptest.NewServer(ui.WithPrefs(webtest.As(by, mux)))
		t.Cleanup(srv.Close)
		return srv
	}
	call := func(srv *httptest.Server, method, path, body string) (int, map[string]any) {
		r, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
		must(t, err)
		a, err := srv.Client().Do(r)
		must(t, err)
		defer a.Body.Close()
		var v map[string]any
		must(t, json.NewDecoder(a.Body).Decode(&v))
		return a.StatusCode, v
	}
	srv := as(officer)
	_, list := call(srv, "GET", "/api/v1/populations", "")
	if items := list["items"].([]any); len(items) != 1 || items[0].(map[string]any)["id"] != p.ID.String() {
		t.Fatalf("populations %v", list)
	}
	body := func(text string) string {
		b, err := json.Marshal(map[string]any{"amendment": text, "year": 2017, "programmes": []string{"16"}, "population": p.ID.String(), "budget": "300"})
		must(t, err)
		return string(b)
	}
	const good = "修订 16号 自 2017-01-01 “拟稿”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n"
	for name, c := range map[string]struct {
		srv    *httptest.Server
		body   string
		status int
		want   string
	}{
		"nobody":             {httptest.NewServer(mux), body(good), 401, ""},
		"a clerk":            {as(webtest.Staff(t, d.Pack, "fgw", "clerk", "", webtest.Now)), body(good), 403, ""},
		"two mistakes":       {srv, body(strings.Replace(good, "改为 80万元", "变成", 1) + "  @9 错\n"), 422, "3:"},
		"an unknown member":  {srv, `{"amendement": "x"}`, 422, "amendement"},
		"no such population": {srv, `{"amendment": "x", "year": 2017, "population": "x"}`, 422, ""},
	} {
		status, v := call(c.srv, "POST", "/api/v1/simulate", c.body)
		if detail, _ := v["detail"].(string); status != c.status || !strings.Contains(detail, c.want) {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
	status, v := call(srv, "POST", "/api/v1/simulate", body(good))
	if status != 200 || v["state"] != "waiting" || v["url"] != "https://policy.example/api/v1/simulations/"+v["id"].(string) {
		t.Fatalf("asked: %d %v", status, v)
	}
	id, err := gov.ParseID(v["id"].(string))
	must(t, err)
	must(t, tries.Compute(t.Context(), id))
	status, v = call(srv, "GET", "/api/v1/simulations/"+id.String(), "")
	if status != 200 || v["state"] != "done" || v["result"].(map[string]any)["rows"] != 300.0 || v["budget"] != 3e8 {
		t.Errorf("got %d %v", status, v)
	}
	if status, _ := call(srv, "GET", "/api/v1/simulations/none", ""); status != 404 {
		t.Errorf("none: %d", status)
	}
}

func serve(t testing.TB, d *webtest.Desk, p *simulate.Pages, by people.Standing) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	p.Mount(mux)
	srv := httptest.NewServer(ui.WithPrefs(webtest.As(by, mux)))
	t.Cleanup(srv.Close)
	return srv
}
