package webtest_test

import (
	"io"
	"strings"
	"testing"

	"quanxiang/people"
	"quanxiang/web/webtest"
)

// A member's browser is known to the site, and nobody else's.
func TestLogin(t *testing.T) {
	t.Parallel()
	d := webtest.Deps(t)
	srv := webtest.Serve(t, d)
	m := webtest.Hire(t, d, "钱试验", "qian", people.Assignment{Role: "clerk", Unit: "fgw"})
	for _, c := range []struct {
		why   string
		known bool
	}{{"logged in", true}, {"a stranger", false}} {
		browser := webtest.Browser(t, srv)
		if c.known {
			browser = webtest.Login(t, srv, m)
		}
		r, err := browser.Get(srv.URL + "/")
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		page := string(b)
		if strings.Contains(page, "钱试验") != c.known || strings.Contains(page, `href="/desk"`) != c.known || strings.Contains(page, `href="/login"`) == c.known {
			t.Errorf("%s: the page says\n%.3000s", c.why, page)
		}
	}
}
