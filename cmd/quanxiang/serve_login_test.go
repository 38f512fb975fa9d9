package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/store"
)

// From a link on the command line to the page that asks for the second factor,
// in the running program.
func TestServeLetsStaffIn(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.appoint(t)
	at.ok(t, "people", "add", "吴试验", "--unit", "fgw", "--staff-no", "C1")
	public, _, log, stop := at.serving(t)
	defer stop()
	out := at.want(t, cli.OK, "One-time link, valid until", "people", "invite", "C1", "--login", "wu.shiyan", "--base-url", public+"/")
	link := regexp.MustCompile(`(?m)^http://\S+/invitation/([A-Za-z0-9_-]{64})$`).FindStringSubmatch(out)
	if link == nil {
		t.Fatalf("no link in %q", out)
	}
	jar, err := cookiejar.New(nil)
	must(t, err)
	browser := &http.Client{Jar: jar}
	r, err := browser.Get(link[0])
	must(t, err)
	must(t, r.Body.Close())
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/invitation" {
		t.Fatalf("the link leads to %s: %s", r.Request.URL, r.Status)
	}
	r, err = browser.PostForm(public+"/invitation", url.Values{"password": {newPassword}, "again": {newPassword}})
	must(t, err)
	must(t, r.Body.Close())
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/login/enrol" {
		t.Fatalf("the password leads to %s: %s", r.Request.URL, r.Status)
	}
	stop()
	for _, secret := range []string{link[1], "willows", "wu.shiyan"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log.String(), `"pattern":"GET /invitation/{link}"`) {
		t.Errorf("the log does not tell of the link: %s", log)
	}
}

// What is wrong with the settings of the login is said before anything is
// served.
func TestServeRefusesLoginSettings(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.ok(t, "init")
	file := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(file, []byte("s3cret\n"), 0o600))
	for _, c := range []struct {
		want string
		code int
		args []string
	}{
		{"--trusted-proxy is an address", cli.Invalid, []string{"--trusted-proxy", "10.0.0.0/8,nonsense"}},
		{"no --oidc-issuer", cli.Invalid, []string{"--oidc-client-id", "quanxiang"}},
		{"client_id is missing", cli.Invalid, []string{"--oidc-issuer", "https://id.example", "--base-url", "https://policy.example"}},
		{"should be an https address", cli.Invalid, []string{"--oidc-issuer", "http://id.example", "--oidc-client-id", "q"}},
		{"Cannot open", cli.Failed, []string{"--oidc-issuer", "https://id.example", "--oidc-client-id", "q", "--oidc-secret-file", file + ".none"}},
		{`"http://policy.example/login/identity/back" should`, cli.Invalid, []string{"--oidc-issuer", "https://id.example", "--oidc-client-id", "q", "--oidc-secret-file", file, "--base-url", "http://policy.example"}},
	} {
		if out := at.want(t, c.code, c.want, append([]string{"serve", "--addr", "localhost:0"}, c.args...)...); strings.Contains(out, "s3cret") {
			t.Errorf("%v: the secret is shown in %s", c.args, out)
		}
	}
}
