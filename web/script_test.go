package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScripts runs the request scripts of testdata: a request line, then what
// the answer must hold.
//
//	GET /path            or POST /path name=value&name=value
//	cookie name=value    sent with the request, before its checks
//	origin https://...   the request's Origin header
//	send name value      another header of the request
//	code == 200
//	header name contains words    or !contains
//	body contains words           or !contains
func TestScripts(t *testing.T) {
	t.Parallel()
	site := setup(t, io.Discard, nil)
	srv := httptest.NewServer(site.Public)
	t.Cleanup(srv.Close)
	files, err := filepath.Glob("testdata/*.txt")
	check(t, err)
	if len(files) < 3 {
		t.Fatalf("only %d scripts", len(files))
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(name)
			check(t, err)
			s := script{t: t, base: srv.URL, name: name}
			for i, line := range strings.Split(string(b), "\n") {
				s.line(i+1, strings.TrimSpace(line))
			}
			if s.requests == 0 {
				t.Error("no request in the script")
			}
		})
	}
}

// script is a request under way: it is sent by its first check.
type script struct {
	t        *testing.T
	base     string
	name     string
	req      *http.Request
	resp     *http.Response
	body     string
	requests int
}

func (s *script) line(n int, line string) {
	s.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "", "#":
	case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS":
		path, form, _ := strings.Cut(rest, " ")
		req, err := http.NewRequestWithContext(s.t.Context(), word, s.base+path, strings.NewReader(form))
		check(s.t, err)
		if word == "POST" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		s.req, s.resp = req, nil
		s.requests++
	case "cookie":
		s.req.Header.Add("Cookie", rest)
	case "origin":
		s.req.Header.Set("Origin", rest)
		s.req.Header.Set("Sec-Fetch-Site", "cross-site")
	case "send":
		name, value, _ := strings.Cut(rest, " ")
		s.req.Header.Set(name, value)
	case "code", "header", "body":
		s.send()
		s.expect(n, word, rest)
	default:
		s.t.Fatalf("%s:%d: %q is no word of a script", s.name, n, word)
	}
}

func (s *script) send() {
	s.t.Helper()
	if s.resp != nil {
		return
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(s.req)
	check(s.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(s.t, err)
	s.resp, s.body = resp, string(b)
}

func (s *script) expect(n int, what, rest string) {
	s.t.Helper()
	subject := s.body
	if what == "header" {
		var name string
		name, rest, _ = strings.Cut(rest, " ")
		subject = strings.Join(s.resp.Header.Values(name), ", ")
	}
	op, want, _ := strings.Cut(rest, " ")
	ok := false
	switch op {
	case "==":
		if what == "code" {
			subject = fmt.Sprint(s.resp.StatusCode)
		}
		ok = subject == want
	case "contains":
		ok = strings.Contains(subject, want)
	case "!contains":
		ok = !strings.Contains(subject, want)
	default:
		s.t.Fatalf("%s:%d: %q is no comparison", s.name, n, op)
	}
	if !ok {
		s.t.Errorf("%s:%d: %s %s: %s %s, got %.600q", s.name, n, s.req.Method, s.req.URL.Path, what, rest, subject)
	}
}
