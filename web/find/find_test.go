package find_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/find"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// setup is a desk with a page of duties and more, one of them about wells.
func setup(t *testing.T) (*webtest.Desk, func(people.Standing) *httptest.Server, gov.ID) {
	t.Helper()
	deps := webtest.Deps(t)
	d := webtest.OpenDesk(t, deps.Pack)
	f, err := find.New(find.Deps{Engine: d.Engine, Pack: d.Pack, Casework: d.Casework, Library: deps.Library, Office: d.Office})
	must(t, err)
	office := d.Enter(t, "赵督查", "zhao", "zfb", "supervision")
	var well gov.ID
	for i := range 24 {
		title := fmt.Sprintf("整治第%d号街巷", i+1)
		if i == 3 {
			title = "更换破损井盖"
		}
		id, err := d.Casework.Begin(t.Context(), office, gov.NewID(webtest.Now.Add(time.Duration(i)*time.Second)), "duty", "enter",
			cases.Values{"title": title, "text": title, "lead": []string{"fgw"}, "end": "2026-12-31"}, "")
		must(t, err)
		if i == 3 {
			well = id
		}
	}
	must(t, d.Casework.Act(t.Context(), office, docket.Step{Case: well}, "confirm", nil, ""))
	return d, func(s people.Standing) *httptest.Server { return d.Serve(t, s, f.Mount) }, well
}

func get(t testing.TB, srv *httptest.Server, path string) (int, http.Header, string) {
	t.Helper()
	c := *srv.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := c.Get(srv.URL + path)
	must(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return r.StatusCode, r.Header, string(b)
}

func query(words string, more ...string) string {
	q := url.Values{"q": {words}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return find.Path + "?" + q.Encode()
}

var caseLink = regexp.MustCompile(`href="/desk/cases/([0-9a-f-]{36})"`)

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 1, func(e *ui.Engine) error {
		_, err := find.New(find.Deps{Engine: e})
		return err
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	d, serve, well := setup(t)
	clerk := serve(d.Enter(t, "钱经办", "qian", "fgw", "clerk"))
	admin := serve(d.Enter(t, "孙管理", "sun", "zfb", "administrator"))

	code, h, body := get(t, clerk, query("井盖"))
	if code != 200 || strings.Count(body, "/desk/cases/") != 1 || !strings.Contains(body, well.String()) || !strings.Contains(body, "更换破损井盖") ||
		!strings.Contains(body, "待签收") || !strings.Contains(body, "期限 2026年12月31日") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v\n%s", code, h, body)
	}
	if regexp.MustCompile(`>(find|search|nav)\.`).MatchString(body) {
		t.Errorf("keys show on the page:\n%s", body)
	}

	// The library stands beside the first page of cases.
	code, _, body = get(t, clerk, query("停车"))
	if code != 200 || !strings.Contains(body, `href="/documents/`) || caseLink.MatchString(body) {
		t.Errorf("%d\n%s", code, body)
	}

	// A number, however it is typed, opens its case.
	for _, number := range []string{"RW2026-0004", "rw2026-0004", "ＲＷ２０２６－０００４"} {
		code, h, _ := get(t, clerk, query(number))
		if code != http.StatusSeeOther || h.Get("Location") != "/desk/cases/"+well.String() {
			t.Errorf("%s: %d to %s", number, code, h.Get("Location"))
		}
	}

	// Persons are found by those who look after them, who need not see cases.
	if _, _, body = get(t, clerk, query("赵督查")); strings.Contains(body, "/console/persons/") {
		t.Errorf("a clerk finds persons:\n%s", body)
	}
	if code, _, body = get(t, admin, query("赵督查")); code != 200 || !strings.Contains(body, "/console/persons/") {
		t.Errorf("an administrator finds nobody: %d\n%s", code, body)
	}
	if code, _, body = get(t, admin, query("RW2026-0004")); code != 200 || caseLink.MatchString(body) {
		t.Errorf("an administrator finds cases: %d\n%s", code, body)
	}

	if code, _, _ := get(t, serve(people.Public(webtest.Now)), query("井盖")); code != http.StatusUnauthorized {
		t.Errorf("the public gets %d", code)
	}
	if code, _, body = get(t, clerk, query("没有这样的事")); code != 200 || !strings.Contains(body, "没有找到") && !strings.Contains(body, "没有这样的事") {
		t.Errorf("nothing found: %d\n%s", code, body)
	}
	for path, want := range map[string]int{
		query(strings.Repeat("长", 201)):         http.StatusUnprocessableEntity,
		query("井盖", "after", "x"):               http.StatusNotFound,
		query(`<script>"' OR 1=1 --`):           200,
		find.Path:                               200,
		query("井盖", "after", gov.ID{}.String()): 200,
	} {
		if code, _, body := get(t, clerk, path); code != want || strings.Contains(body, "<script>\"") {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
}

// Pages of cases follow each other without gaps, and say the rest once.
func TestPages(t *testing.T) {
	t.Parallel()
	d, serve, _ := setup(t)
	clerk := serve(d.Enter(t, "钱经办", "qian", "fgw", "clerk"))
	seen := map[string]bool{}
	path, pages := query("街巷"), 0
	for ; path != ""; pages++ {
		code, _, body := get(t, clerk, path)
		if code != 200 {
			t.Fatalf("%s: %d", path, code)
		}
		for _, m := range caseLink.FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				t.Errorf("%s stands on two pages", m[1])
			}
			seen[m[1]] = true
		}
		next := regexp.MustCompile(`pager-next" href="([^"]+)"`).FindStringSubmatch(body)
		path = ""
		if next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if pages != 2 || len(seen) != 23 {
		t.Errorf("%d cases on %d pages, want 23 on 2", len(seen), pages)
	}
}

// In English nothing is Chinese that is not marked as such.
func TestEnglish(t *testing.T) {
	t.Parallel()
	d, serve, _ := setup(t)
	clerk := serve(d.Enter(t, "钱经办", "qian", "fgw", "clerk"))
	for _, path := range []string{query("井盖", "lang", "en"), query("停车", "lang", "en"), query("没有", "lang", "en"), find.Path + "?lang=en"} {
		_, _, body := get(t, clerk, path)
		if stray := webtest.Unmarked(t, body); len(stray) > 0 {
			t.Errorf("%s: %q is not marked", path, stray)
		}
	}
}
