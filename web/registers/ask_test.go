package registers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/registers"
	"quanxiang/web/webtest"

	pages "quanxiang/web/registers"
)

// post sends a form and returns the status, the page it led to, and its text.
func post(t testing.TB, srv *httptest.Server, path string, form url.Values) (int, string, string) {
	t.Helper()
	r, err := srv.Client().PostForm(srv.URL+path, form)
	must(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return r.StatusCode, r.Request.URL.RequestURI(), string(b)
}

// push sends records as a unit's program would.
func push(t testing.TB, d *webtest.Desk, regs *registers.Registers, kind, unit string, items ...map[string]string) {
	t.Helper()
	target, err := registers.NewTarget(d.Pack, "market", kind, unit)
	must(t, err)
	out, err := regs.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, items)
	must(t, err)
	if len(out.Mistakes) > 0 {
		t.Fatalf("pushed with mistakes: %+v", out.Mistakes)
	}
}

// Somebody asks before giving support, reads why not, tells what came of it, and the
// unit's figures say so.
func TestAsk(t *testing.T) {
	t.Parallel()
	d, p, regs, _, codes := site(t)
	push(t, d, regs, "serious", "gsfj", map[string]string{"subject": codes[0], "number": "黑1号", "date": "2026-09-01", "reason": "虚构"})
	clerk := d.Enter(t, "钱经办", "qian", "czj", "clerk")
	srv := d.Serve(t, clerk, p.Mount)
	other := d.Serve(t, d.Enter(t, "孙经办", "sun", "hbj", "clerk"), p.Mount)
	if code, page := get(t, srv, pages.AskPath+"?register=market&key="+codes[0]); code != 200 || !strings.Contains(page, `value="`+codes[0]+`"`) {
		t.Errorf("the form: %d", code)
	}
	form := url.Values{"register": {"market"}, "key": {codes[0]}, "receive": {"support"}, "on": {""}, "purpose": {"support"}, "note": {"申1号"}, "unit": {"czj"}}
	for field, wrong := range map[string]string{"key": "nothing", "receive": "", "on": "soon", "purpose": ""} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set(field, wrong)
		if code, _, page := post(t, srv, pages.AskPath, bad); code != http.StatusUnprocessableEntity || !strings.Contains(page, "申1号") {
			t.Errorf("%s %q: %d", field, wrong, code)
		}
	}
	if code, _, _ := post(t, other, pages.AskPath, form); code != http.StatusForbidden {
		t.Errorf("for another unit: %d", code)
	}
	code, at, page := post(t, srv, pages.AskPath, form)
	for want, there := range map[string]bool{"不予办理": true, "严重违法失信主体不得享受扶持资金": true, "西城工商分局": true, "申1号": true, "已落实": true, "未发现限制": false} {
		if code != 200 || strings.Contains(page, want) != there {
			t.Errorf("the answer: %d, %q there is %t", code, want, !there)
		}
	}
	if code, _ := get(t, other, at); code != http.StatusForbidden {
		t.Errorf("another unit reads it: %d", code)
	}
	if _, page := get(t, srv, pages.AskPath); strings.Count(page, "待反馈") < 2 {
		t.Error("nothing waits to be told of")
	}
	if code, _, page := post(t, srv, at, url.Values{"outcome": {"waived"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "请说明理由") {
		t.Errorf("without a reason: %d", code)
	}
	if code, _, page := post(t, srv, at, url.Values{"outcome": {"waived"}, "why": {"已经修复"}}); code != 200 || !strings.Contains(page, "已经修复") {
		t.Errorf("told: %d", code)
	}
	if code, _, _ := post(t, srv, at, url.Values{"outcome": {"applied"}}); code != http.StatusConflict {
		t.Errorf("told twice: %d", code)
	}
	if code, page := get(t, srv, pages.CountsPath); code != 200 || !strings.Contains(page, "口径") || !strings.Contains(page, "严重违法失信主体不得享受扶持资金") {
		t.Errorf("the figures: %d", code)
	}
	if code, text := get(t, srv, pages.CountsPath+".csv?from=2026-11-24&until=2026-11-24"); code != 200 || !strings.Contains(text, ",区财政局,1,0,1,0") {
		t.Errorf("their file: %d %q", code, text)
	}
	if code, text := get(t, srv, pages.CountsPath+".csv?from=2026-11-01&until=2026-11-23"); code != 200 || strings.Count(text, "\n") != 1 {
		t.Errorf("of the days before: %d %q", code, text)
	}
	if code, _ := get(t, d.Serve(t, people.Public(webtest.Now), p.Mount), pages.AskPath); code == 200 {
		t.Error("the public asks")
	}
	for _, path := range []string{pages.AskPath, at, pages.CountsPath} {
		if _, page := get(t, srv, path+"?lang=en"); len(webtest.Unmarked(t, page)) > 0 {
			t.Errorf("%s: %q is not marked", path, webtest.Unmarked(t, page))
		}
	}
}
