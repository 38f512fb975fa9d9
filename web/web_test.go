package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/policy/procedure"
	"quanxiang/web"
	"quanxiang/web/webtest"
)

// setup serves the sample gazette. change may alter what the site stands on.
func setup(t *testing.T, log io.Writer, change func(*web.Deps)) *web.Site {
	t.Helper()
	d := webtest.Deps(t)
	d.Log = slog.New(slog.NewTextHandler(log, nil))
	if change != nil {
		change(&d)
	}
	s, err := web.New(d)
	check(t, err)
	return s
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A log must not tell who searched for what.
func TestAccessLogHoldsNoQuery(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	site := setup(t, &log, nil)
	w := httptest.NewRecorder()
	site.Public.ServeHTTP(w, httptest.NewRequest("GET", "/search?q=%E5%81%9C%E8%BD%A6&kind=secret", nil))
	got := log.String()
	if !strings.Contains(got, `pattern="GET /search"`) || !strings.Contains(got, "status=200") {
		t.Errorf("the log does not tell of the request: %s", got)
	}
	for _, bad := range []string{"secret", "停车", "%E5", "192.0.2.1"} {
		if strings.Contains(got, bad) {
			t.Errorf("the log holds %q: %s", bad, got)
		}
	}
	if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(got, id) {
		t.Errorf("the log does not hold the request id %q", id)
	}
}

// The receipt a reader downloads is found genuine by the page, as a file and as
// text, and a changed one is not.
func TestReceiptRoundTrip(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(setup(t, io.Discard, nil).Public)
	t.Cleanup(srv.Close)
	get := func(path string) string {
		t.Helper()
		resp, err := http.Get(srv.URL + path)
		check(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		check(t, err)
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", path, resp.StatusCode)
		}
		return string(b)
	}
	page := get("/documents/xzf-2017-3")
	_, rest, ok := strings.Cut(page, `href="/ledger/events/`)
	if !ok {
		t.Fatal("the document does not lead to its ledger entry")
	}
	event, _, _ := strings.Cut(rest, `"`)
	if proof := get("/ledger/events/" + event); !strings.Contains(proof, "已证明") {
		t.Error("the entry's page does not show the proof")
	}
	receipt := get("/ledger/events/" + event + "/receipt")
	forged := strings.Replace(receipt, "xzf-2017-3", "xzf-2017-9", 1)
	for _, c := range []struct {
		why, text string
		file      bool
		status    int
		want      string
	}{
		{"the text", receipt, false, 200, "回执真实"},
		{"the file", receipt, true, 200, "回执真实"},
		{"a forged text", forged, false, 422, "填写有误"},
		{"a forged file", forged, true, 422, "填写有误"},
	} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		var w io.Writer
		var err error
		if c.file {
			w, err = form.CreateFormFile("receipt", "receipt.json")
		} else {
			w, err = form.CreateFormField("text")
		}
		check(t, err)
		_, err = io.WriteString(w, c.text)
		check(t, err)
		check(t, form.Close())
		resp, err := http.Post(srv.URL+"/ledger", form.FormDataContentType(), &body)
		check(t, err)
		b, err := io.ReadAll(resp.Body)
		check(t, err)
		resp.Body.Close()
		if resp.StatusCode != c.status || !strings.Contains(string(b), c.want) {
			t.Errorf("%s: status %d, want %d and %q", c.why, resp.StatusCode, c.status, c.want)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// failingLedger breaks in the ways a database does.
type failingLedger struct{}

func (failingLedger) Checkpoint(context.Context) ([]byte, error) {
	return nil, errors.New("dial tcp 10.1.2.3:5432: password for user quanxiang refused")
}
func (failingLedger) Receipt(context.Context, gov.ID) (ledger.Receipt, error) { panic("broken") }
func (failingLedger) File(context.Context, string) ([]byte, error) {
	return nil, context.DeadlineExceeded
}
func (failingLedger) Recent(context.Context, int) ([]ledger.Recorded, error) { return nil, nil }

// Whatever breaks inside, the reader sees an apology with a reference, and the
// log holds the cause.
func TestFailuresAreLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	site := setup(t, &log, func(d *web.Deps) { d.Ledger = failingLedger{} })
	for _, c := range []struct {
		why, path string
		status    int
		logged    string
	}{
		{"an error without a code", "/ledger/checkpoint", 500, "password for user"},
		{"a panic", "/ledger/events/019ab3c0-0000-7000-8000-000000000000", 500, "panic=broken"},
		{"a time limit", "/ledger/tile/0/000", 503, ""},
		{"the API's error without a code", "/api/v1/ledger/checkpoint", 500, "password for user"},
		{"the API's panic", "/api/v1/ledger/receipts/019ab3c0-0000-7000-8000-000000000000", 500, "panic=broken"},
	} {
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.why, w.Code, c.status)
		}
		for _, bad := range []string{"password", "10.1.2.3", "broken", "goroutine", "context deadline"} {
			if strings.Contains(w.Body.String(), bad) {
				t.Errorf("%s: the answer shows %q", c.why, bad)
			}
		}
		if !strings.Contains(log.String(), c.logged) {
			t.Errorf("%s: the log does not hold %q:\n%s", c.why, c.logged, log.String())
		}
	}
}

// The operator's address has the metrics; the public one has not, and counts
// by route pattern so that addresses cannot grow the series.
func TestMetrics(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, func(d *web.Deps) {
		d.Gauges = []web.Gauge{{Name: "ledger_size", Help: "Entries.", Read: func(context.Context) (float64, error) { return 10, nil }}}
	})
	for _, p := range []string{"/documents/xzf-2017-3", "/documents/xzf-2017-6", "/nowhere", "/nowhere/else"} {
		site.Public.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", p, nil))
	}
	w := httptest.NewRecorder()
	site.Operator.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`quanxiang_http_requests_total{method="GET",pattern="GET /documents/{slug}",status="200"} 2`,
		`quanxiang_http_requests_total{method="GET",pattern="/",status="404"} 2`,
		"quanxiang_ledger_size 10", `quanxiang_build_info{`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	w = httptest.NewRecorder()
	site.Public.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("the public address answers /metrics with %d", w.Code)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	site := setup(t, io.Discard, func(d *web.Deps) { d.Ready = func(context.Context) error { return down } })
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503} {
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "down") {
			t.Errorf("%s: %d %q, want %d", path, w.Code, w.Body, want)
		}
	}
}

// The choice of language and of the elder view lasts, and the page stays.
func TestPreferencesLast(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(setup(t, io.Discard, func(d *web.Deps) { d.BaseURL = "http://policy.example" }).Public)
	t.Cleanup(srv.Close)
	jar, err := cookiejar.New(nil)
	check(t, err)
	client := &http.Client{Jar: jar}
	read := func(path string) string {
		t.Helper()
		resp, err := client.Get(srv.URL + path)
		check(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		check(t, err)
		return string(b)
	}
	if got := read("/documents?year=2017"); !strings.Contains(got, `href="/documents?lang=en&amp;year=2017"`) || !strings.Contains(got, `<html lang="zh-CN">`) {
		t.Error("the Chinese page does not lead to the same page in English")
	}
	if got := read("/documents?lang=en&year=2017"); !strings.Contains(got, `<html lang="en">`) {
		t.Error("?lang=en does not give English")
	}
	if got := read("/units"); !strings.Contains(got, `<html lang="en">`) {
		t.Error("the choice of English did not last")
	}
	resp, err := client.PostForm(srv.URL+"/preferences", map[string][]string{"view": {"elder"}, "back": {"/units"}})
	check(t, err)
	resp.Body.Close()
	if resp.Request.URL.Path != "/units" {
		t.Errorf("after choosing the elder view the reader is at %s, want /units", resp.Request.URL.Path)
	}
	if got := read("/"); !strings.Contains(got, `class="elder"`) {
		t.Error("the elder view did not last")
	}
}

// Answers of text are compressed for those who accept it, files and short answers are
// not.
func TestCompression(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, nil)
	for _, c := range []struct{ path, accept, want string }{
		{"/", "gzip, br", "gzip"},
		{"/", "br", ""},
		{"/", "gzip;q=0", ""},
		{"/documents.csv", "gzip", "gzip"},
		{"/documents.xlsx", "gzip", ""},
		{"/robots.txt", "gzip", ""},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != c.want || w.Code != 200 {
			t.Errorf("GET %s accepting %q: %d, encoding %q, want %q", c.path, c.accept, w.Code, got, c.want)
		}
	}
}

// A stop lets the request under way finish.
func TestServeStopsGracefully(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	begun, finish := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		io.WriteString(w, "whole")
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, slog.New(slog.DiscardHandler), web.Listener{Listener: l, Handler: h}) }()
	got := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		got <- string(b)
	}()
	<-begun
	stop()
	close(finish)
	if s := <-got; s != "whole" {
		t.Errorf("the request under way got %q", s)
	}
	check(t, <-served)
}

// A page the client still has is not sent again, one in another language is.
func TestNotModified(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, nil)
	get := func(path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/", "/documents/xzf-2017-3", "/feed.atom", "/sitemap.xml", "/documents/xzf-2017-3/akn.xml", "/search?q=停车", "/api/openapi.json"} {
		first := get(path, "")
		tag := first.Header().Get("ETag")
		if first.Code != 200 || tag == "" {
			t.Fatalf("GET %s: %d, ETag %q", path, first.Code, tag)
		}
		for _, sent := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
			if again := get(path, sent); again.Code != 304 || again.Body.Len() != 0 {
				t.Errorf("GET %s with If-None-Match %s: %d with %d bytes, want 304 and none", path, sent, again.Code, again.Body.Len())
			}
		}
		if other := get(path, `W/"0123"`); other.Code != 200 {
			t.Errorf("GET %s with another ETag: %d", path, other.Code)
		}
	}
	if w := get("/?lang=en", get("/", "").Header().Get("ETag")); w.Code != 200 {
		t.Errorf("the page in another language: %d, want 200", w.Code)
	}
	if w := get("/nowhere", "*"); w.Code != 404 {
		t.Errorf("an error: %d, want 404", w.Code)
	}
}

// What is too large is refused with a page or a problem that says so.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, nil)
	for path, kind := range map[string]string{"/ledger": "text/html", "/preferences": "text/html", "/api/v1/ledger/verify": "application/problem+json"} {
		body := "text=" + strings.Repeat("a", 3<<20)
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(path, "/api/") {
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, r)
		if w.Code != 413 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("POST %s of 3 MiB: %d %s, want 413 %s", path, w.Code, w.Header().Get("Content-Type"), kind)
		}
	}
}

// A procedure leads to its clause where the library holds the document: to the
// place, to the document when the place is not found, nowhere when it is not
// held or is no document at all.
func TestClauseOfAProcedure(t *testing.T) {
	t.Parallel()
	for cite, want := range map[string]string{
		"西政发〔2022〕2号 第三条":    `<a href="/documents/xzf-2022-2#`,
		"西政发〔2017〕3号 一（二）":   `<a href="/documents/xzf-2017-3#`,
		"西政发〔2022〕2号 第九百条":   `<a href="/documents/xzf-2022-2">西政发〔2022〕2号 第九百条</a>`,
		"西政发〔2022〕2号":        `<a href="/documents/xzf-2022-2">西政发〔2022〕2号</a>`,
		"西政发〔2012〕31号 一":     `<dd>西政发〔2012〕31号 一</dd>`, // cited only
		"西政办发〔2016〕18号 三（二）": `<dd>西政办发〔2016〕18号 三（二）</dd>`,
		"《政府信息公开条例》第二十条":     `<dd>《政府信息公开条例》第二十条</dd>`,
	} {
		site := setup(t, io.Discard, func(d *web.Deps) {
			pack := *d.Pack
			pack.Procedures = slices.Clone(pack.Procedures)
			i := slices.IndexFunc(pack.Procedures, func(p *procedure.Procedure) bool { return p.ID == "duty" })
			duty := *pack.Procedures[i]
			duty.Cite, pack.Procedures[i] = cite, &duty
			d.Pack = &pack
		})
		w := httptest.NewRecorder()
		site.Public.ServeHTTP(w, httptest.NewRequest("GET", "/procedures/duty", nil))
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			_, got, _ := strings.Cut(w.Body.String(), `<dl class="head-block"`)
			t.Errorf("%s: %d, want %s in %.400s", cite, w.Code, want, got)
		}
	}
}

// The picture's style is in the site's sheet, below the pages' own.
func TestPictureStyle(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, nil)
	w := httptest.NewRecorder()
	site.Public.ServeHTTP(w, httptest.NewRequest("GET", "/procedures/duty", nil))
	_, rest, _ := strings.Cut(w.Body.String(), `<link rel="stylesheet" href="`)
	sheet, _, _ := strings.Cut(rest, `"`)
	w = httptest.NewRecorder()
	site.Public.ServeHTTP(w, httptest.NewRequest("GET", sheet, nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "@layer components {\n.diagram {") {
		t.Errorf("GET %s: %d, without the picture's style", sheet, w.Code)
	}
}
