package e2e

import (
	"encoding/base32"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quanxiang/people"
)

// staffPages are the page types of somebody who is logged in.
var staffPages = []pageType{
	{"staff-home", "/", 200},
	{"account", "/account", 200},
	{"account-done", "/account?done=password", 200},
	{"account-password", "/account/password", 200},
	{"account-absence", "/account/absence", 200},
	{"account-prove", "/account/prove", 200},
	{"enrol-again", "/login/enrol", 200},
}

const staffPassword = "seven willows by the lake"

// invited enters an administrator on the command line and returns their link.
func invited(t *testing.T, number, login string) string {
	t.Helper()
	return hired(t, number, login, "fgw", "administrator")
}

// hired enters somebody with a role in a unit on the command line and returns their
// link.
func hired(t *testing.T, number, login, unit, role string) string {
	t.Helper()
	command := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(binary, append(args, "--data", data)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	command("people", "add", "赵试验", "--unit", unit, "--staff-no", number)
	command("people", "assign", number, "--role", role, "--unit", unit)
	link := regexp.MustCompile(`(?m)^http://\S+$`).FindString(command("people", "invite", number, "--login", login, "--base-url", site))
	if link == "" {
		t.Fatal("no link was printed")
	}
	return link
}

// TestStaff goes the whole way of a new colleague in the browser, checks every
// page on it like those of the public, and looks at what is left after the
// logout.
func TestStaff(t *testing.T) {
	t.Parallel()
	for number, mode := range map[string]struct{ lang, view string }{"E1": {"zh-CN", ""}, "E2": {"en", ""}, "E3": {"zh-CN", "elder"}} {
		t.Run(mode.lang+mode.view, func(t *testing.T) {
			t.Parallel()
			b := newReader(t)
			link := invited(t, number, "zhao."+strings.ToLower(number))
			b.open("/?lang="+mode.lang, 200)
			if mode.view != "" {
				b.click(".masthead button[value=" + mode.view + "]")
			}
			visit := func(p pageType) {
				t.Helper()
				t.Run(p.name, func(t *testing.T) {
					one, cancel := b.with(t)
					defer cancel()
					one.visit(p, mode.lang, mode.view)
				})
			}
			b.follow(chromedp.Navigate(link))
			if got := b.here(); !strings.HasSuffix(got, "/invitation") {
				t.Fatalf("the link leads to %s", got)
			}
			visit(pageType{"invitation-link", "/invitation", 200})
			b.chooses()
			visit(pageType{"enrol", "/login/enrol", 200})
			b.enrols()
			if n := value[int](b, `document.querySelectorAll(".codes li").length`); n != 10 {
				t.Fatalf("%d recovery codes", n)
			}
			b.checkLanguage(mode.lang)
			b.checkAxe()
			b.shoot("recovery-" + mode.lang + mode.view + ".jpg")
			b.click("main a.button")
			for _, p := range staffPages {
				visit(p)
			}
			b.follow(chromedp.Navigate(site + "/account"))
			b.click(".staffbar form button")
			b.follow(chromedp.NavigateBack())
			if got := b.here(); !strings.Contains(got, "/login?next=") {
				t.Errorf("going back after the logout shows %s", got)
			}
			b.clean()
		})
	}
}

// chooses gives the password on the page of an invitation.
func (b *reader) chooses() {
	b.Helper()
	b.do(chromedp.SendKeys("#invitation-password", staffPassword), chromedp.SendKeys("#invitation-again", staffPassword))
	b.click("#invitation button")
}

// enrols sets up the second factor on its page.
func (b *reader) enrols() {
	b.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(b.text(".secret"), " ", ""))
	if err != nil {
		b.Fatal(err)
	}
	b.do(chromedp.SendKeys("#enrol-code", people.TOTP(secret, time.Now())))
	b.click("#enrol button")
}
