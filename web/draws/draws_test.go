package draws

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/web/ui"
)

// A program with the browser's verifier shows the box and serves both files; one
// without shows the command alone.
func TestPage(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "the verifier")
	z.Close()
	with := fstest.MapFS{program: {Data: packed.Bytes()}, runtime: {Data: []byte("// Go")}}
	for name, files := range map[string]fstest.MapFS{"with": with, "without": {}, "half": {program: with[program]}} {
		engine, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		d, err := load(engine, nil, About{}, files)
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		d.Mount(mux)
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			ui.WithPrefs(mux).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			return w
		}
		page := get("/draws/verify")
		box := strings.Contains(page.Body.String(), `class="section draws"`)
		policy := strings.Contains(page.Header().Get("Content-Security-Policy"), "'wasm-unsafe-eval'")
		if page.Code != http.StatusOK || box != (name == "with") || policy != box || !strings.Contains(page.Body.String(), "quanxiang draw verify") {
			t.Errorf("%s: %d, box %v, policy %v", name, page.Code, box, policy)
		}
		if strings.Contains(page.Body.String(), "浏览器的人") != box {
			t.Errorf("%s: the page speaks of a browser's verifier, or not, where there is one: %v", name, box)
		}
		file := get("/draws/verifier.wasm")
		if (file.Code == http.StatusOK) != box {
			t.Errorf("%s: the verifier is answered with %d", name, file.Code)
		}
		if box && (file.Header().Get("Content-Encoding") != "gzip" || !bytes.Equal(file.Body.Bytes(), packed.Bytes()) || file.Header().Get("Content-Type") != "application/wasm") {
			t.Errorf("the verifier is sent as %v", file.Header())
		}
		if code := get("/draws/wasm_exec.js").Code; (code == http.StatusOK) != box {
			t.Errorf("%s: Go's part is answered with %d", name, code)
		}
	}
}
