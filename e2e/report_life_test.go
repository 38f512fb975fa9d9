package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Who deals with a report: the clerk is of the street in which it lies, so that
// the supervisor who checks is of the centre.
var (
	acceptor   = role{"受理员", 0}
	shift      = role{"值班长", 0}
	dispatcher = role{"派遣员", 0}
	streeter   = role{"经办人", 1}
	supervisor = role{"监督员（现场）", 1}
)

// What is typed into a report and on its way. The public reads the reply alone.
const (
	saidAbout   = "石桥边有一堆袋装垃圾"
	saidDetail  = "已经放了两天，味道很大。"
	saidDone    = "已清运并冲洗地面。"
	saidReply   = "垃圾已清运，地面已冲洗。"
	saidContest = "今天又去看了，还剩一半。"
	saidAgain   = "剩余部分已清走。"
	saidOpinion = "处理得挺快。"
)

// matter is a report on its way.
type matter struct {
	*testing.T
	reporter *reader
	follower *reader // a neighbour who is told by mail
	id       string
	number   string
	again    bool // the second round: its pages were looked at in the first
}

// TestLifeOfAReport takes a report from the telephone that sends it to its second
// closing, as six people of the district, through the pages alone.
func TestLifeOfAReport(t *testing.T) {
	t.Parallel()
	m := &matter{T: t, reporter: newReader(t)}
	m.report()
	m.hears("已上报", saidAbout, saidDetail)
	m.staff(acceptor, "file", func(b *reader) { b.set("class", "11010220102"); b.set("row", "E0102-1") })
	m.public("已立案")
	m.hears("已立案")
	m.follow()
	m.told(dispatcher)
	m.round(saidDone)
	m.moved()
	m.public("已结案")
	m.hears("已结案", saidReply)
	m.mailed("已结案", codes)
	m.theirs("rate", func(b *reader) { b.set("rating", "4"); b.write("opinion", saidOpinion) })
	m.theirs("contest", func(b *reader) { b.write("reason", saidContest) })
	m.told(shift)
	m.hears("已立案", saidContest)
	m.again = true
	m.round(saidAgain)
	m.public("已结案")
	m.hears("已结案", saidReply)
	m.mailed("已结案", codes+1)
	m.history()
}

// codes is how many mails with a code whoever reported it was sent.
const codes = 1

// round: dispatched, accepted, put right, checked and closed.
func (m *matter) round(done string) {
	m.Helper()
	photo := absolute(m.T, filepath.Join("..", "docs", "images", "phone.png"))
	m.staff(dispatcher, "dispatch", func(b *reader) { b.pick("unit", streeter.of(m.T).Unit.ZH) })
	m.told(streeter)
	m.hears("已派遣", streeter.of(m.T).Unit.ZH)
	m.staff(streeter, "accept", nil)
	m.staff(streeter, "submit", func(b *reader) { b.write("result", done); b.attach("after_photos", photo) })
	m.told(acceptor)
	m.staff(acceptor, "send_check", nil)
	m.told(supervisor)
	m.staff(supervisor, "verify_after", func(b *reader) { b.set("check_result", "fixed"); b.attach("check_photos", photo) })
	m.staff(acceptor, "close", func(b *reader) { b.write("reply", saidReply) })
}

// report: a resident with a telephone.
func (m *matter) report() {
	m.Helper()
	b := m.reporter
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/report/report/report", http.StatusOK)
	b.pick("street", streeter.of(m.T).Unit.ZH)
	b.do(chromedp.Click(chromedp.CSS("[data-next]")), chromedp.WaitVisible(chromedp.CSS(input("about"))))
	b.write("about", saidAbout)
	b.write("description", saidDetail)
	b.do(chromedp.Click(chromedp.CSS(".report-contact > summary")), chromedp.SendKeys(chromedp.CSS(`main form [name=email]`), reporterMail),
		chromedp.Click(chromedp.CSS(`main form [name=channel][value=email] + label`)))
	b.both("street-report")
	if status := b.follow(chromedp.Click(chromedp.CSS("[data-send]"))); status != http.StatusOK {
		m.Fatalf("the report is answered with %d: %s", status, b.text("main [role=alert]"))
	}
	m.number = b.text(".reported strong")
	m.id = value[string](b, `location.pathname.split("/").at(-1)`)
	if !strings.HasPrefix(m.number, "CG") || len(m.id) != 36 {
		m.Fatalf("the report became %q at %s", m.number, b.here())
	}
	if got := b.text("#todo"); got != "您可以" {
		m.Errorf("what whoever reported it may do is headed %q: nobody waits for them", got)
	}
	b.both("street-reported")
	b.proves(`form[action$="/prove"] button`, reporterMail)
	b.clean()
}

// staff does something about the report in the office, and looks at the page of
// the case before and after.
func (m *matter) staff(who role, action string, fill func(*reader)) {
	m.Helper()
	b := as(m.T, who)
	b.open("/desk/cases/"+m.id+"/do/"+action, http.StatusOK)
	if fill != nil {
		fill(b)
	}
	if !m.again {
		b.both("street-" + action)
	}
	if status := b.send(); status != http.StatusOK {
		m.Fatalf("%s: status %d: %s", action, status, b.text("main .error-summary, main .case-alert"))
	}
	if got := b.text("main"); !strings.Contains(got, m.number) {
		m.Errorf("after %s the page does not show %s", action, m.number)
	}
	if !m.again {
		b.both("street-" + action + "-done")
	}
	b.clean()
}

// theirs does something as whoever reported it, by the link in their browser.
func (m *matter) theirs(action string, fill func(*reader)) {
	m.Helper()
	b := m.reporter
	b.open("/my/cases/"+m.id, http.StatusOK)
	b.click(fmt.Sprintf(`main a[href$="/do/%s"]`, action))
	fill(b)
	b.both("street-" + action)
	if status := b.send(); status != http.StatusOK {
		m.Fatalf("%s: status %d: %s", action, status, b.text("main [role=alert]"))
	}
	b.both("street-" + action + "-done")
	b.clean()
}

// told waits until somebody has been told of the report in their messages.
func (m *matter) told(who role) {
	m.Helper()
	b := as(m.T, who)
	eventually(m, who.name+" is told of "+m.number, func() (bool, string) {
		status, page := b.fetch("/desk/notices")
		if status != http.StatusOK {
			m.Fatalf("the messages of %s answer %d", who.name, status)
		}
		return strings.Contains(string(page), m.number), string(page)
	})
}

// hears checks what whoever reported it is told where the case stands, by the link in
// their browser: they read more than the public, and no names of staff.
func (m *matter) hears(state string, said ...string) {
	m.Helper()
	status, body := m.reporter.fetch("/my/cases/" + m.id)
	page := string(body)
	if status != http.StatusOK || !strings.Contains(page, m.number) {
		m.Fatalf("the reporter's page answers %d", status)
	}
	for _, want := range append(said, `>`+state+`</span>`) {
		if !strings.Contains(page, want) {
			m.Errorf("the reporter is not told %q while the case is %s", want, state)
		}
	}
	for _, secret := range []string{streeter.of(m.T).Person, acceptor.of(m.T).Person, supervisor.of(m.T).Person} {
		if strings.Contains(page, secret) {
			m.Errorf("the reporter reads %q", secret)
		}
	}
}

// public checks what everybody sees: the state and the reply, nobody's name, and
// nothing that only those who deal with it may read.
func (m *matter) public(state string) {
	m.Helper()
	b := newReader(m.T)
	b.open("/progress/cases/"+m.number, http.StatusOK)
	if got := b.text("main"); !strings.Contains(got, state) || !strings.Contains(got, saidAbout) {
		m.Errorf("the public page says %q, want %s", got, state)
	}
	page := string(get(m.T, "/progress/cases/"+m.number))
	for _, secret := range []string{saidDetail, saidDone, saidContest, saidOpinion, streeter.of(m.T).Person, acceptor.of(m.T).Person, supervisor.of(m.T).Person} {
		if strings.Contains(page, secret) {
			m.Errorf("the public reads %q", secret)
		}
	}
	b.both("street-public-" + state)
	b.clean()
}

// history: the acceptor reads all of it, and the clerk of the unit that was
// complained about reads no contact.
func (m *matter) history() {
	m.Helper()
	b := as(m.T, acceptor)
	b.open("/desk/cases/"+m.id, http.StatusOK)
	history := b.text(".timeline")
	for _, said := range []string{saidDone, saidContest, saidAgain, saidReply} {
		if !strings.Contains(history, said) {
			m.Errorf("the history does not hold %q", said)
		}
	}
	b.clean()
	if status, _ := as(m.T, streeter).fetch("/desk/cases/" + m.id + "/contact"); status != http.StatusForbidden {
		m.Errorf("the unit asks who reported it and gets %d", status)
	}
}

// both looks at the page with a telephone and at a desk: a picture of each, and
// what axe-core finds.
func (b *reader) both(name string) {
	b.Helper()
	for _, v := range []struct{ wide, high int64 }{{390, 844}, {1280, 900}} {
		b.do(chromedp.EmulateViewport(v.wide, v.high))
		b.shoot(fmt.Sprintf("%s-%d.jpg", name, v.wide))
		if over := value[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			b.Errorf("%s is %d px too wide at %d px", name, over, v.wide)
		}
	}
	b.checkAxe()
}

// set gives a field a value, whatever its form is: a list, boxes to tick or a line
// to type in.
func (b *reader) set(field, v string) {
	b.Helper()
	if option := fmt.Sprintf(`%s[value=%q]`, input(field), v); value[bool](b, fmt.Sprintf(`["radio", "checkbox"].includes(document.querySelector(%q)?.type)`, input(field))) {
		b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label:has(> %s)`, strings.TrimPrefix(option, "main form ")))))
		return
	}
	b.do(chromedp.SetValue(chromedp.CSS(input(field)), v))
}

// pick chooses an option of a list by its name.
func (b *reader) pick(field, name string) {
	b.Helper()
	v := value[string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].find(o => o.textContent.includes(%q))?.value ?? ""`, input(field)+" option", name))
	if v == "" {
		b.Fatalf("%s cannot be chosen as %s", name, field)
	}
	b.set(field, v)
}
