package webtest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/web/keygate"
)

// Program is another program that signs what it sends with the secret of an API key.
type Program struct {
	T       testing.TB
	Client  *http.Client
	URL     string
	Key     gov.ID
	Signing string
	At      time.Time // of its clock
}

// Send signs a request and returns the answer's status and body.
func (p Program) Send(method, path, body string) (int, string) {
	p.T.Helper()
	r, err := http.NewRequestWithContext(p.T.Context(), method, p.URL+path, strings.NewReader(body))
	check(p.T, err)
	signed := []byte(body)
	if method == http.MethodGet {
		signed = []byte(path)
	}
	signature, err := hooks.Sign([]string{p.Signing}, "m1", p.At, signed)
	check(p.T, err)
	r.Header.Set(keygate.KeyHeader, p.Key.String())
	r.Header.Set("webhook-id", "m1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(p.At.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	resp, err := p.Client.Do(r)
	check(p.T, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(p.T, err)
	return resp.StatusCode, string(b)
}
