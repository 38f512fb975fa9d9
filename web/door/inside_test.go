package door

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"quanxiang/gov"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// Every page in every language is type-checked against the view it is executed
// with.
func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Deps{Engine: e}); err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, c := range e.Checks() {
		parsed, err := c.Template()
		if err == nil {
			err = templatecheck.CheckHTML(parsed, c.Dot)
		}
		if err != nil {
			t.Errorf("%s (%s): %v", c.Name, c.Lang, err)
		}
		pages++
	}
	if want := 2 * 5; pages != want {
		t.Errorf("%d pages checked, want %d", pages, want)
	}
}

// Only a trusted proxy's word is taken for where a request comes from, and only
// the part that it wrote itself.
func TestSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, remote, forwarded, proxies, want string
	}{
		{"no proxy", "203.0.113.7:1234", "", "", "203.0.113.7"},
		{"a header of a stranger", "203.0.113.7:1234", "10.0.0.1", "", "203.0.113.7"},
		{"a header of a stranger where proxies are trusted", "203.0.113.7:1234", "10.0.0.1", "192.0.2.0/24", "203.0.113.7"},
		{"a proxy", "192.0.2.1:1234", "203.0.113.7", "192.0.2.0/24", "203.0.113.7"},
		{"what the visitor sent to the proxy", "192.0.2.1:1234", "10.9.9.9, 203.0.113.7", "192.0.2.0/24", "203.0.113.7"},
		{"two proxies", "192.0.2.1:1234", "10.9.9.9, 203.0.113.7, 192.0.2.2", "192.0.2.0/24", "203.0.113.7"},
		{"a proxy that writes nonsense", "192.0.2.1:1234", "unknown", "192.0.2.0/24", "192.0.2.1"},
		{"a proxy that writes nothing", "192.0.2.1:1234", "", "192.0.2.0/24", "192.0.2.1"},
		{"an IPv6 network", "[2001:db8:1:2:3:4:5:6]:1234", "", "", "2001:db8:1:2::/64"},
		{"an IPv4 address in IPv6 dress", "[::ffff:203.0.113.7]:1234", "", "", "203.0.113.7"},
		{"a zone", "[fe80::1%eth0]:1234", "", "", "fe80::/64"},
		{"no address", "@", "", "", ""},
	} {
		d := &Door{}
		if c.proxies != "" {
			d.Proxies = []netip.Prefix{netip.MustParsePrefix(c.proxies)}
		}
		r := httptest.NewRequest(http.MethodPost, "/login", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := d.source(r); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestAgent(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0": "Edge · Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":     "Safari · macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50":           "微信 · iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox · Linux",
		"curl/8.0": "",
	} {
		if got := agent(header); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
}

// Who has no session, and who asks for what is the same for all, costs no look
// at the database: there is no office here to look with.
func TestNoCookieNoLook(t *testing.T) {
	t.Parallel()
	d := &Door{Deps: Deps{Clock: func() time.Time { return time.Unix(0, 0) }}}
	broken := func(http.ResponseWriter, *http.Request, error) { t.Error("an error is shown") }
	for path, cookie := range map[string]string{"/": "", "/assets/site.0.css": "x", "/favicon.ico": "x", "/healthz": "x"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "session", Value: cookie})
		}
		w, passed := httptest.NewRecorder(), false
		d.Identify(broken)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			if v := who.Of(r.Context()); v.Standing.Kind != gov.PublicActor || v.LoggedIn() || v.Token != "" {
				t.Errorf("%s: %+v", path, v)
			}
		})).ServeHTTP(w, r)
		if !passed || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: passed %v, %v", path, passed, w.Header())
		}
	}
}
