package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

// A form whose files are too large for memory waits on the disk while it is
// answered and no longer, although middleware has copied the request.
func TestUploadsLeaveTheDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	files := func() int {
		t.Helper()
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	during := make(chan int, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 10); err != nil {
			t.Errorf("parse: %v", err)
		}
		during <- files()
		if r.FormValue("fail") != "" {
			panic("failed half way")
		}
	})
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	show := func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusInternalServerError) }
	srv := httptest.NewServer(chain(mux, bounded(time.Now), observed(log, newMetrics("test", nil), show), routed))
	defer srv.Close()

	for _, fields := range []map[string]string{{}, {"fail": "yes"}} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, value := range fields {
			if err := form.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
		part, err := form.CreateFormFile("file", "large.bin")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, srv.URL+"/form", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if n := <-during; n == 0 {
			t.Errorf("%v: the file was kept in memory: the test shows nothing", fields)
		}
		if n := files(); n != 0 {
			t.Errorf("%v: %d files are left on the disk", fields, n)
		}
	}
}
