package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/web"
	"quanxiang/web/webtest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// site serves the sample gazette.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	s, err := web.New(webtest.Deps(t))
	check(t, err)
	srv := httptest.NewServer(s.Public)
	t.Cleanup(srv.Close)
	return srv
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) (int, string, []byte) {
	t.Helper()
	resp, err := http.Get(url)
	check(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(t, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), b
}

func TestOperations(t *testing.T) {
	t.Parallel()
	srv := site(t)
	for _, tt := range []struct {
		why, path string
		status    int
		want      string // a piece of the answer
	}{
		{"the list", "/documents?limit=2", 200, `"total":10`},
		{"a filter", "/documents?year=2022&series=西政发", 200, `"total":2`},
		{"with stubs", "/documents?stubs=true&limit=200", 200, `"stub":true`},
		{"a document with its text", "/documents/xzf-2017-3", 200, `"number":"西政发〔2017〕3号"`},
		{"as of a day before its repeal", "/documents/xzf-2017-6?as_of=2018-01-01", 200, `"status":"in_force"`},
		{"as of a day after its repeal", "/documents/xzf-2017-6?as_of=2023-01-01", 200, `"status":"repealed"`},
		{"tasks", "/documents/xzf-2017-3/tasks", 200, `"total":12`},
		{"no indicators is an empty list", "/documents/xzf-2017-3/indicators", 200, `"items":[]`},
		{"search", "/search?q=停车", 200, `"hit":true`},
		{"units", "/units?limit=200", 200, `"id":"fgw"`},
		{"a unit's duties", "/units/fgw", 200, `"role":"lead"`},
		{"areas", "/areas", 200, `"110102001"`},
		{"a deadline over the make-up days", "/deadline?start=2016-09-30&limit=3wd-end", 200, `"last_day":"2016-10-10"`},
		{"procedures", "/procedures", 200, `"id":"milestone"`},
		{"a procedure", "/procedures/duty", 200, `"who":"office - did(confirm)"`},
		{"the ledger", "/ledger/checkpoint", 200, `"size":10`},
		{"no such document", "/documents/xzf-1999-1", 404, `"code":"not_found"`},
		{"no such operation", "/nonsense", 404, `"code":"not_found"`},
		{"a page too long", "/documents?limit=900", 422, `"field":"limit"`},
		{"no number", "/documents?year=x", 422, `"field":"year"`},
		{"no date", "/documents?as_of=2016-13-01", 422, `"field":"as_of"`},
		{"no status", "/documents?status=x", 422, `"field":"status"`},
		{"no unit", "/documents?unit=x", 422, `"field":"unit"`},
		{"no scope", "/search?q=停车&scope=x", 422, `"field":"scope"`},
		{"no limit of time", "/deadline?start=2016-09-30&limit=3xx", 422, `"field":"limit"`},
		{"a missing parameter", "/deadline?limit=3wd", 422, `"field":"start"`},
		{"no event", "/ledger/receipts/x", 422, `"code":"invalid"`},
		{"in English", "/documents?status=x&lang=en", 422, `there is no status`},
	} {
		status, kind, body := get(t, srv.URL+"/api/v1"+tt.path)
		wantKind := "application/json"
		if tt.status != 200 {
			wantKind = "application/problem+json"
		}
		if status != tt.status || kind != wantKind || !strings.Contains(string(body), tt.want) {
			t.Errorf("%s: GET %s = %d %s, want %d and %s\n%.400s", tt.why, tt.path, status, kind, tt.status, tt.want, body)
		}
	}
}

func TestPagingMeetsEveryDocumentOnce(t *testing.T) {
	t.Parallel()
	srv := site(t)
	seen := map[string]int{}
	for after, pages := "", 0; ; pages++ {
		var page struct {
			Items []struct{ Slug string }
			Next  string
		}
		_, _, b := get(t, srv.URL+"/api/v1/documents?limit=3&after="+strings.ReplaceAll(after, "|", "%7C"))
		check(t, json.Unmarshal(b, &page))
		for _, d := range page.Items {
			seen[d.Slug]++
		}
		if page.Next == "" {
			break
		}
		if after = page.Next; pages > 10 {
			t.Fatal("the list does not end")
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d documents, want 10: %v", len(seen), seen)
	}
	for slug, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", slug, n)
		}
	}
}

// TestReceipt: what the API gives out, the API accepts, and nothing else.
func TestReceipt(t *testing.T) {
	t.Parallel()
	srv := site(t)
	var d struct{ Versions []struct{ Event string } }
	_, _, b := get(t, srv.URL+"/api/v1/documents/xzf-2017-3")
	check(t, json.Unmarshal(b, &d))
	_, _, receipt := get(t, srv.URL+"/api/v1/ledger/receipts/"+d.Versions[0].Event)
	verify := func(body []byte) (int, string) {
		resp, err := http.Post(srv.URL+"/api/v1/ledger/verify", "application/json", bytes.NewReader(body))
		check(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		check(t, err)
		return resp.StatusCode, string(b)
	}
	if status, body := verify(receipt); status != 200 || !strings.Contains(body, `"object":"document:xzf-2017-3"`) {
		t.Errorf("a good receipt: %d %s", status, body)
	}
	forged := bytes.Replace(receipt, []byte("xzf-2017-3"), []byte("xzf-2017-9"), 1)
	if status, body := verify(forged); status != 422 {
		t.Errorf("a forged receipt: %d %s", status, body)
	}
	if status, body := verify([]byte(`{`)); status < 400 || status >= 500 {
		t.Errorf("no receipt: %d %s", status, body)
	}
}

// TestOpenAPI holds the description to the golden file, which reviewers read
// when the API changes.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	srv := site(t)
	status, _, got := get(t, srv.URL+"/api/openapi.yaml?lang=en")
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	if *update {
		check(t, os.WriteFile("openapi.yaml", got, 0o644))
	}
	want, err := os.ReadFile("openapi.yaml")
	check(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the API's description changed; run with -update and review (-want +got):\n%s", diff)
	}
	_, _, page := get(t, srv.URL+"/api")
	if !strings.Contains(string(page), "/api/v1/documents/{slug}") || strings.Contains(string(page), "api.param") {
		t.Error("the reference page lacks an operation or shows a key")
	}
}
