package e2e

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"quanxiang/demo"
)

// role is somebody of the demonstration by what they are.
type role struct {
	name string // of the role in Chinese
	nth  int    // of those who have it, as the start page lists them
}

// Those the tests act as. The second clerk is in another unit than the lead.
var (
	officerA      = role{"督查人员", 0}
	officerB      = role{"督查人员", 1}
	leader        = role{"区领导", 0}
	lead          = role{"单位负责人", 0}
	clerk         = role{"经办人", 0}
	helper        = role{"经办人", 1}
	registrar     = role{"经办人", 3} // of a unit that pushes to registers
	park          = role{"经办人", 4} // of the unit that certifies incubators
	auditor       = role{"审计员", 0}
	administrator = role{"系统管理员", 0}
)

// of finds the login of a role.
func (r role) of(t *testing.T) demo.Login {
	t.Helper()
	n := 0
	for _, l := range filled.Logins {
		if l.Role.ZH != r.name {
			continue
		}
		if n == r.nth {
			return l
		}
		n++
	}
	t.Fatalf("the start page lists no %s %d", r.name, r.nth+1)
	return demo.Login{}
}

// sessions are of those who have logged in, by login.
var sessions sync.Map

// session is one of them.
type session struct {
	once  sync.Once
	token string
}

// as opens a tab for somebody who is logged in. They go through the door once;
// other tests go on with the same session, each in a browser of its own, so that
// a language that is chosen stays in one test.
func as(t *testing.T, who role) *reader {
	t.Helper()
	b := newReader(t)
	l := who.of(t)
	kept, _ := sessions.LoadOrStore(l.Login, &session{})
	s := kept.(*session)
	s.once.Do(func() { s.token = b.login(l) })
	if s.token == "" {
		t.Fatalf("%s could not log in", l.Login)
	}
	if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "session", Value: s.token, URL: site}); err != nil {
		t.Fatal(err)
	}
	return b
}

// login asks for a page that everybody of the staff has and goes through the door by typing login,
// password and code. It returns the session.
func (b *reader) login(l demo.Login) string {
	b.Helper()
	b.open("/account", http.StatusOK)
	if got := b.here(); got != "/login?next=%2Faccount" {
		b.Fatalf("without a login the account leads to %s", got)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("#login [name=login]"), l.Login), chromedp.SendKeys(chromedp.CSS("#login [name=password]"), l.Password))
	b.click("#login button")
	code, err := l.Code(time.Now())
	if err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("#code [name=code]"), code))
	b.click("#code button")
	if got := b.here(); got != "/account" {
		b.Fatalf("the login leads to %s, want /account: %s", got, b.text("main .error-summary"))
	}
	got, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{site}})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range got.Cookies {
		if c.Name == "session" {
			return c.Value
		}
	}
	b.Fatal("the login gave no session")
	return ""
}
