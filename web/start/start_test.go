package start_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/start"
	"quanxiang/web/ui"
)

var now = time.Date(2026, 11, 24, 10, 0, 10, 0, gov.China)

var filled = demo.Filled{From: gov.Date{Year: 2026, Month: 1, Day: 26}, Persons: 148, Duties: 58, Steps: 416, Logins: []demo.Login{{
	Login: "demo0007", Password: demo.Password, Secret: "JBSWY3DPEHPK3PXP", Person: "王春耕",
	Role: gov.Text{ZH: "经办人", EN: "Clerk"}, Unit: gov.Text{ZH: "区财政局", EN: "Finance Bureau"}, Try: gov.Text{ZH: "签收任务", EN: "Accept duties"},
}}}

// house is an office that takes the codes it is told to.
type house struct {
	codes []string
	shown int // so many codes
}

var errCode = gov.Errorf(gov.Unknown, "验证码不正确", "the code is not right")

func (h *house) Login(_ context.Context, login, password string, _ people.Visitor) (people.Opened, error) {
	if login != "demo0007" || password != demo.Password {
		return people.Opened{}, errors.New("another login")
	}
	return people.Opened{Token: "half", Need: people.NeedCode}, nil
}

func (h *house) ShowCode(_ context.Context, token, code string, _ people.Visitor) (people.Opened, error) {
	if token != "half" {
		return people.Opened{}, errors.New("another session")
	}
	h.shown++
	for _, c := range h.codes {
		if c == code {
			return people.Opened{Token: "whole"}, nil
		}
	}
	return people.Opened{}, errCode
}

func at(t *testing.T, after time.Duration) string {
	t.Helper()
	code, err := filled.Logins[0].Code(now.Add(after))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// page asks the start page; entered is the token of the session it opened.
func page(t *testing.T, h *house, r *http.Request) (w *httptest.ResponseRecorder, entered string) {
	t.Helper()
	w = httptest.NewRecorder()
	site(t, h, &entered).ServeHTTP(w, r)
	return w, entered
}

// site is the page's own site; entered becomes the session somebody got.
func site(t *testing.T, h *house, entered *string) http.Handler {
	t.Helper()
	engine, err := ui.New(ui.Site{Name: gov.Text{ZH: "试点区", EN: "Pilot District"}, Demo: start.Path}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	d := start.Deps{Engine: engine, Filled: filled, Clock: func() time.Time { return now }}
	if h != nil {
		d.Office = h
		d.Enter = func(w http.ResponseWriter, r *http.Request, o people.Opened) error {
			*entered = o.Token
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return nil
		}
	}
	s, err := start.New(d)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s.Mount(mux)
	return ui.WithPrefs(mux)
}

func TestListsLogins(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"zh-CN": {"演示系统", "经办人", "区财政局", "签收任务", "虚构 148 人", "还有 20 秒有效"},
		"en":    {"Demonstration", "Clerk", "Finance Bureau", "Accept duties", "148 invented persons", "hold for 20 more seconds"},
	} {
		for _, h := range []*house{nil, {}} {
			w, _ := page(t, h, httptest.NewRequest("GET", "/demo?lang="+lang, nil))
			body := w.Body.String()
			for _, s := range append(want, "王春耕", "demo0007", demo.Password, at(t, 0)) {
				if !strings.Contains(body, s) {
					t.Errorf("%s: no %q in %s", lang, s, body)
				}
			}
			if button := strings.Contains(body, `value="demo0007"`); button != (h != nil) {
				t.Errorf("button: %v", button)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("codes may be kept: %q", got)
			}
		}
	}
}

func TestEnter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		login  string
		codes  []string
		status int
		token  string
	}{
		{"the code of now", "demo0007", []string{at(t, 0)}, http.StatusSeeOther, "whole"},
		{"that one was used a moment ago, the next one holds already", "demo0007", []string{at(t, 30*time.Second)}, http.StatusSeeOther, "whole"},
		{"both were used", "demo0007", nil, http.StatusConflict, ""},
		{"a login that is not on the page", "demo0008", []string{at(t, 0)}, http.StatusNotFound, ""},
	} {
		r := httptest.NewRequest("POST", "/demo", strings.NewReader(url.Values{"login": {c.login}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w, token := page(t, &house{codes: c.codes}, r)
		if w.Code != c.status || token != c.token {
			t.Errorf("%s: %d, session %q\n%s", c.why, w.Code, token, w.Body)
		}
		if c.status == http.StatusConflict && !strings.Contains(w.Body.String(), "请过 20 秒再试") {
			t.Errorf("%s: the page does not say so", c.why)
		}
	}
}

// A third visit within half a minute is told to wait and is no refused code, which
// would shut the login for longer.
func TestThirdTime(t *testing.T) {
	t.Parallel()
	h, token := &house{codes: []string{at(t, 0), at(t, 30*time.Second)}}, ""
	handler := site(t, h, &token)
	for i, want := range []int{http.StatusSeeOther, http.StatusSeeOther, http.StatusConflict, http.StatusConflict} {
		r := httptest.NewRequest("POST", "/demo", strings.NewReader("login=demo0007"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want || h.shown > 2 {
			t.Errorf("visit %d: %d after %d codes", i+1, w.Code, h.shown)
		}
	}
}

// Without a door the page has nothing to press.
func TestNoDoorNoEntrance(t *testing.T) {
	t.Parallel()
	if w, _ := page(t, nil, httptest.NewRequest("POST", "/demo", nil)); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("got %d", w.Code)
	}
}
