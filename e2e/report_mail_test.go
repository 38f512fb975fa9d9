package e2e

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Whom the demonstration would write to about the report of TestLifeOfAReport.
const (
	reporterMail = "shimin.life@example.cn"
	followerMail = "linju.life@example.cn"
)

// sent is a message the demonstration would have sent: to whom, and what it says.
var sent = regexp.MustCompile(`(?s)<p class="timeline-when">.*? · ([^<]*)</p>.*?<p class="sent-body">(.*?)</p></li>`)

var tags = regexp.MustCompile(`<[^>]*>`)

// sentTo are the messages to a number or an address, the newest first.
func sentTo(t *testing.T, to string) (list []string) {
	t.Helper()
	for _, m := range sent.FindAllSubmatch(get(t, "/demo/messages"), -1) {
		if string(m[1]) == to {
			list = append(list, html.UnescapeString(tags.ReplaceAllString(string(m[2]), "")))
		}
	}
	return list
}

// awaits is the newest message to an address, once there are more than so many.
func awaits(t *testing.T, to string, than int) (newest string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s gets a message beyond the first %d", to, than), func() (bool, string) {
		list := sentTo(t, to)
		if len(list) > than {
			newest = list[0]
		}
		return newest != "", strings.Join(list, "\n")
	})
	return newest
}

// link is the address in a message that leads to a part of the site.
func link(t *testing.T, message, part string) string {
	t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(site) + `(` + part + `\S+)`).FindStringSubmatch(message)
	if found == nil {
		t.Fatalf("no link to %s in %q", part, message)
	}
	return found[1]
}

// private checks that a message tells none of what only those read who deal with the
// report, nor who they are.
func (m *matter) private(message string) {
	m.Helper()
	for _, secret := range []string{saidDetail, saidDone, saidContest, saidOpinion, streeter.of(m.T).Person, acceptor.of(m.T).Person, supervisor.of(m.T).Person} {
		if strings.Contains(message, secret) {
			m.Errorf("a mail says %q: %q", secret, message)
		}
	}
}

// follow: a neighbour asks to be told by mail, is asked first, and confirms.
func (m *matter) follow() {
	m.Helper()
	m.follower = newReader(m.T)
	b := m.follower
	b.open("/progress/cases/"+m.number, http.StatusOK)
	b.click(`.follow-ways a[href^="/subscribe?case="]`)
	b.do(chromedp.SendKeys(chromedp.CSS(`main form [name=email]`), followerMail))
	b.both("street-follow")
	b.click("main form .form-actions button")
	if got := b.text("main"); !strings.Contains(got, "请查收邮件") {
		m.Errorf("who wants to follow is told %q", got)
	}
	b.open(link(m.T, awaits(m.T, followerMail, 0), "/subscriptions/confirm/"), http.StatusOK)
	b.both("street-follow-confirm")
	b.click("main form button")
	if got := b.text("main"); !strings.Contains(got, m.number) {
		m.Errorf("after it was confirmed what is followed is %q", got)
	}
	b.both("street-follow-all")
	b.clean()
}

// moved: the first step after that came by mail, as everybody may read it, with the
// way to be told no more.
func (m *matter) moved() {
	m.Helper()
	b := m.follower
	mail := awaits(m.T, followerMail, 1)
	if !strings.Contains(mail, m.number) || !strings.Contains(mail, saidAbout) || !strings.Contains(mail, "已派遣") {
		m.Errorf("the follower of %s reads %q", m.number, mail)
	}
	m.private(mail)
	b.open(link(m.T, mail, "/progress/cases/"), http.StatusOK)
	b.open(link(m.T, mail, "/subscriptions/stop/"), http.StatusOK)
	b.both("street-follow-stop")
	b.click("main form button")
	if got := b.text("main"); !strings.Contains(got, "已退订") {
		m.Errorf("who follows no more is told %q", got)
	}
	b.clean()
}

// mailed: whoever reported it is told by mail where they read what became of it, and
// not what it is about.
func (m *matter) mailed(state string, than int) {
	m.Helper()
	mail := awaits(m.T, reporterMail, than)
	if !strings.Contains(mail, m.number) || !strings.Contains(mail, state) || strings.Contains(mail, saidAbout) {
		m.Errorf("who reported %s reads %q, want %s", m.number, mail, state)
	}
	m.private(mail)
	other := newReader(m.T)
	other.open(link(m.T, mail, "/follow/"), http.StatusOK)
	if got := other.text("main"); !strings.Contains(got, m.number) || !strings.Contains(got, state) {
		m.Errorf("the link of the mail leads to %q", got)
	}
	other.clean()
}
