package web_test

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/people"
	"quanxiang/web/webtest"
)

// rooms of the staff's navigation in a page, with those that are current.
var (
	staffNav = regexp.MustCompile(`(?s)<div class="staffbar">.*?</nav>`)
	navLink  = regexp.MustCompile(`<a href="([^"]+)"( aria-current="true")?`)
)

// From every page of the staff one gets to every room that is open to the
// reader: the navigation is the same on all of them and says where one is. What
// is no root of the navigation has crumbs besides.
func TestStaffNavigation(t *testing.T) {
	t.Parallel()
	d := webtest.Deps(t)
	srv := webtest.Serve(t, d)
	hire := func(name, login, unit, role string) *webtest.Member {
		return webtest.Hire(t, d, name, login, people.Assignment{Role: role, Unit: unit})
	}
	office := hire("赵督查", "zhao", "zfb", "supervision")
	_, s, err := d.Office.Authenticate(t.Context(), office.Token)
	check(t, err)
	id, err := d.Casework.Begin(t.Context(), s, gov.NewID(webtest.Now), "duty", "enter",
		cases.Values{"title": "整治背街小巷", "text": "整治背街小巷", "lead": []string{"fgw"}, "end": "2026-12-31"}, "")
	check(t, err)
	desk := "/desk /desk/registers /desk/notices /desk/search "
	for _, c := range []struct {
		who   *webtest.Member
		rooms string            // in their order
		pages map[string]string // page: the room it belongs to
	}{
		{office, desk + "/desk/new /desk/review /desk/board /desk/calendar /account", map[string]string{
			"/desk": "/desk", "/desk/unit": "/desk", "/desk/all": "/desk", "/desk/cases/" + id.String(): "/desk", "/desk/notices": "/desk/notices",
			"/desk/notices/choice": "/desk/notices", "/desk/search": "/desk/search", "/desk/search?q=整治": "/desk/search", "/desk/new": "/desk/new",
			"/desk/new/duty/enter": "/desk/new", "/desk/import/duty/enter": "/desk/new", "/desk/review": "/desk/review", "/desk/review/duty": "/desk/review",
			"/desk/board": "/desk/board", "/desk/board/duty": "/desk/board", "/desk/board/duty/brief": "/desk/board", "/desk/calendar": "/desk/calendar",
			"/account": "/account", "/account/password": "/account", "/account/absence": "/account", "/account/prove": "/account", "/": "", "/documents": "",
		}},
		{hire("钱经办", "qian", "fgw", "clerk"), "/desk /desk/site /desk/inspections /desk/registers /desk/notices /desk/search /desk/board /desk/calendar /account", map[string]string{"/desk": "/desk", "/desk/cases/" + id.String(): "/desk"}},
		{hire("孙管理", "sun", "zfb", "administrator"), "/desk/search /console /account", map[string]string{
			"/console": "/console", "/console/persons": "/console", "/console/persons/" + office.Person.String(): "/console", "/console/second": "/console", "/console/matrix": "/console",
			"/desk/search": "/desk/search",
		}},
		{hire("李审计", "lishen", "zfb", "auditor"), "/desk /desk/inspections/ceremonies /desk/funds /desk/notices /desk/search /desk/board /desk/calendar /console /account", map[string]string{"/console/looks": "/console", "/console/security": "/console"}},
	} {
		browser := webtest.Login(t, srv, c.who)
		for page, room := range c.pages {
			body := get(t, browser, srv.URL+page)
			var rooms []string
			at := ""
			for _, m := range navLink.FindAllStringSubmatch(staffNav.FindString(body), -1) {
				if rooms = append(rooms, m[1]); m[2] != "" {
					at += m[1]
				}
			}
			if got := strings.Join(rooms, " "); got != c.rooms || at != room {
				t.Errorf("%s on %s: is at %q, gets to %s, want %q, %s", c.who.Login, page, at, got, room, c.rooms)
			}
			listed := strings.HasPrefix(page, "/desk/unit") || strings.HasPrefix(page, "/desk/all") // tabs of the root
			if crumbs := strings.Contains(body, `class="crumbs"`); room != "" && !listed && crumbs == (page == "/desk" || page == "/console" || page == "/account") {
				t.Errorf("%s has crumbs: %v", page, crumbs)
			}
		}
	}
}

// What the navigation tells costs a look at the messages for each page, none
// for what is no page, and none for the public.
func TestUnreadIsCountedPerPage(t *testing.T) {
	t.Parallel()
	d := webtest.Deps(t)
	store := &counted{Store: d.Notices.Store}
	d.Notices.Store = store
	srv := webtest.Serve(t, d)
	clerk := webtest.Hire(t, d, "钱经办", "qian", people.Assignment{Role: "clerk", Unit: "fgw"})
	in, out := webtest.Login(t, srv, clerk), webtest.Browser(t, srv)
	for _, c := range []struct {
		who  *http.Client
		path string
		want int64
	}{{in, "/desk", 1}, {in, "/documents", 1}, {in, "/desk/mine.csv", 0}, {in, "/feed.atom", 0}, {out, "/documents", 0}, {out, "/desk", 0}} {
		before := store.asked.Load()
		resp, err := c.who.Get(srv.URL + c.path)
		check(t, err)
		resp.Body.Close()
		if n := store.asked.Load() - before; n != c.want {
			t.Errorf("%s asked %d times, want %d", c.path, n, c.want)
		}
	}
}

// counted counts how often somebody's messages are counted.
type counted struct {
	notices.Store
	asked atomic.Int64
}

func (c *counted) Unseen(ctx context.Context, person gov.ID) (int, error) {
	c.asked.Add(1)
	return c.Store.Unseen(ctx, person)
}

func get(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	resp, err := c.Get(address)
	check(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s: %d\n%.500s", address, resp.StatusCode, b)
	}
	return string(b)
}
