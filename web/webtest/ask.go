package webtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Ask sends a request and returns the status, the page and where it led; a form is posted.
func Ask(t testing.TB, srv *httptest.Server, path string, form url.Values) (status int, page, led string) {
	t.Helper()
	var r *http.Response
	var err error
	if form == nil {
		r, err = srv.Client().Get(srv.URL + path)
	} else {
		r, err = srv.Client().PostForm(srv.URL+path, form)
	}
	check(t, err)
	return answered(t, r)
}

// Upload sends a form with a file in its field "file", as Ask does.
func Upload(t testing.TB, srv *httptest.Server, path string, form url.Values, name string, data []byte) (status int, page, led string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field := range form {
		check(t, w.WriteField(field, form.Get(field)))
	}
	f, err := w.CreateFormFile("file", name)
	check(t, err)
	_, err = f.Write(data)
	check(t, err)
	check(t, w.Close())
	r, err := srv.Client().Post(srv.URL+path, w.FormDataContentType(), &b)
	check(t, err)
	return answered(t, r)
}

func answered(t testing.TB, r *http.Response) (status int, page, led string) {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	check(t, err)
	return r.StatusCode, string(b), r.Request.URL.Path
}

// Says fails the test unless a page says all of it.
func Says(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if !strings.Contains(page, x) {
			t.Errorf("the page does not say %q", x)
		}
	}
}
