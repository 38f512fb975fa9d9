package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"quanxiang/gov"
)

// What is typed into fields that only the staff see: no page of the public may
// ever hold it.
const (
	saidReport = "已完成三分之一的编制工作"
	saidRemark = "我单位的资料已备齐"
	saidReason = "外部评审推迟"
	saidDemand = "请每月报一次进展"
	saidGoal   = "完成本年度的编制"
	saidResult = "本年度的编制已完成"
	saidEnd    = "成果已印发并公开"
)

// districtHead is the post of the leader on the start page.
const districtHead = "区委副书记、区政府区长"

// life is a duty on its way through the district.
type life struct {
	*testing.T
	number  string
	address string // of its page
	begin   gov.Date
}

// TestLifeOfADuty takes a proposed duty from its confirmation to its end as the
// people of the demonstration, through the pages alone.
func TestLifeOfADuty(t *testing.T) {
	t.Parallel()
	d := &life{T: t, begin: gov.DateOf(time.Now())}
	d.confirm()
	d.public("待签收")
	d.accept()
	d.report()
	d.extend()
	d.public("办理中")
	d.milestones()
	d.finish()
	d.public("已办结")
	d.audit()
}

// narrow opens a tab as somebody with a telephone.
func narrow(t *testing.T, who role) *reader {
	t.Helper()
	b := as(t, who)
	b.do(chromedp.EmulateViewport(390, 844))
	return b
}

// confirm: the first supervision officer looks through what the documents
// propose, names units, leader and dates, and assigns the duty.
func (d *life) confirm() {
	d.Helper()
	b := as(d.T, officerA)
	b.open("/desk/review", http.StatusOK)
	b.shoot("life-review.jpg")
	b.click("main table a")
	d.address = b.attribute(`.doc-actions a[href^="/desk/cases/"]`, "href")
	words := strings.Fields(b.text(`.doc-actions a[href^="/desk/cases/"]`))
	d.number = words[len(words)-1]
	if status, _ := newReader(d.T).fetch("/progress/cases/" + d.number); status != http.StatusNotFound {
		d.Errorf("the public gets %d for a proposal, want 404", status)
	}
	b.choose("lead", lead.of(d.T).Unit.ZH)
	b.choose("support", helper.of(d.T).Unit.ZH)
	b.choose("leaders", districtHead)
	b.write("start", d.begin.String())
	b.write("end", d.begin.AddYears(1).String())
	b.shoot("life-review-next.jpg")
	if status := b.send(); status != http.StatusOK {
		d.Fatalf("the confirmation is answered with %d: %s", status, b.text("main .note-warn, main .error-summary"))
	}
	if got := b.text(".note-good"); !strings.Contains(got, d.number) {
		d.Errorf("after the confirmation the page says %q, want %s", got, d.number)
	}
	b.shoot("life-review-done.jpg")
	b.clean()
}

// accept: the head of the lead unit finds the duty on the desk and accepts it;
// the clerk splits it into yearly milestones.
func (d *life) accept() {
	d.Helper()
	b := narrow(d.T, lead)
	b.open("/desk", http.StatusOK)
	b.shoot("life-desk.jpg")
	b.click(`.case-rows a[href="` + d.address + `"]`)
	b.shoot("life-accept.jpg")
	if status := b.send(); status != http.StatusOK {
		d.Fatalf("the acceptance is answered with %d", status)
	}
	if got := b.text(".case-chips"); !strings.Contains(got, "办理中") {
		d.Errorf("after it was accepted the duty is %q", got)
	}
	b.clean()
	as(d.T, clerk).actWith(d.address, "split", "分解年度任务", map[string]string{"years": "2"})
}

// actWith does an action with these fields filled in.
func (b *reader) actWith(address, action, name string, fields map[string]string) {
	b.Helper()
	b.act(address, action, name, func() {
		for field, text := range fields {
			b.write(field, text)
		}
	})
}

// report: the clerk reports progress with a file, and the supporting unit adds
// a remark. The file is for those who deal with the duty.
func (d *life) report() {
	d.Helper()
	evidence := filepath.Join("..", "docs", "images", "phone.png")
	b := as(d.T, clerk)
	b.act(d.address, "update", "报告进展", func() {
		b.write("progress", "30")
		b.write("report", saidReport)
		b.attach("evidence", absolute(d.T, evidence))
	})
	file := b.attribute(`main a[href*="/files/"]`, "href")
	if status, got := b.fetch(file); status != http.StatusOK || !bytes.HasPrefix(got, []byte("\xff\xd8\xff")) {
		d.Errorf("the evidence comes back with status %d and is no picture made anew", status)
	}
	if status, _ := newReader(d.T).fetch(file); status != http.StatusSeeOther {
		d.Errorf("the public gets %d for the evidence, want to be led to the login", status)
	}

	h := narrow(d.T, helper)
	h.open(d.address, http.StatusOK)
	h.do(chromedp.Click(chromedp.CSS(".case-remark summary")), chromedp.SendKeys(chromedp.CSS(".case-remark textarea"), saidRemark))
	h.shoot("life-remark.jpg")
	h.click(".case-remark form .form-actions button")
	if got := h.text(".timeline"); !strings.Contains(got, saidRemark) || !strings.Contains(got, helper.of(d.T).Person) {
		d.Error("the history does not hold the remark with who made it")
	}
	h.clean()
}

// extend: the head asks for more time, the officer agrees, the leader urges.
func (d *life) extend() {
	d.Helper()
	later := d.begin.AddYears(1).Add(20)
	narrow(d.T, lead).actWith(d.address, "extend", "申请延期", map[string]string{"new_end": later.String(), "reason": saidReason})
	b := as(d.T, officerA)
	b.open(d.address, http.StatusOK)
	if got := b.text(".case-request"); !strings.Contains(got, saidReason) {
		d.Errorf("the request says %q, want its reason", got)
	}
	b.shoot("life-request.jpg")
	b.click(".case-request button[value=agree]")
	if got := value[string](b, `document.querySelector(".case-due time")?.getAttribute("datetime") ?? ""`); got != later.String() {
		d.Errorf("the duty is due on %q, want %s", got, later)
	}
	b.shoot("life-agreed.jpg")
	b.clean()
	narrow(d.T, leader).actWith(d.address, "urge", "催办", map[string]string{"demand": saidDemand})
}

// milestones: the clerk sets the goal of each year and reports it done, the head
// approves.
func (d *life) milestones() {
	d.Helper()
	b := as(d.T, clerk)
	b.open(d.address, http.StatusOK)
	parts := value[[]string](b, `[...document.querySelectorAll("section[aria-labelledby=children] tbody a")].map(a => a.getAttribute("href"))`)
	if len(parts) != 2 {
		d.Fatalf("the duty has %d milestones, want 2", len(parts))
	}
	const why = "还有未完成的年度任务"
	if got := b.text(".case-barred"); !strings.Contains(got, "申请办结") || !strings.Contains(got, why) {
		d.Errorf("with milestones open the page says of what cannot be done %q", got)
	}
	b.open(d.address+"/do/submit", http.StatusConflict)
	if got := b.text("main"); !strings.Contains(got, why) {
		d.Errorf("with milestones open the completion says %q", got)
	}
	b.take(http.StatusConflict)
	for _, part := range parts {
		b.actWith(part, "plan", "确定目标", map[string]string{"goal": saidGoal})
		b.actWith(part, "submit", "报完成", map[string]string{"report": saidResult})
		narrow(d.T, lead).act(part, "approve", "审定", nothing)
	}
}

// finish: the clerk reports completion. Who confirmed the duty may not verify
// it, the other officer does.
func (d *life) finish() {
	d.Helper()
	c := as(d.T, clerk)
	c.open(d.address, http.StatusOK)
	c.actWith(d.address, "submit", "申请办结", map[string]string{"report": saidEnd})

	const why = "未经办此事的督查人员"
	a := as(d.T, officerA)
	a.open(d.address, http.StatusOK)
	if n := value[int](a, `document.querySelectorAll("main [action*='/do/close'], main [href*='/do/close']").length`); n != 0 {
		d.Error("who confirmed the duty is offered to verify it")
	}
	if got := a.text(".case-barred"); !strings.Contains(got, why) {
		d.Errorf("of what who confirmed the duty cannot do the page says %q, want %s", got, why)
	}
	a.shoot("life-barred.jpg")
	a.clean()
	a.open(d.address+"/do/close", http.StatusForbidden)
	if got := a.text(".case-alert"); !strings.Contains(got, why) {
		d.Errorf("the refusal says %q, want %s", got, why)
	}
	a.take(http.StatusForbidden)

	as(d.T, officerB).act(d.address, "close", "核验办结", nothing)
}

// public checks what everybody sees of the duty.
func (d *life) public(state string) {
	d.Helper()
	b := newReader(d.T)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/progress/cases/"+d.number, http.StatusOK)
	if got := b.text(".doc-number"); !strings.Contains(got, state) {
		d.Errorf("the public page says %q, want %s", got, state)
	}
	b.shoot("life-public-" + state + ".jpg")
	page := string(get(d.T, "/progress/cases/"+d.number))
	for _, secret := range []string{saidReport, saidRemark, saidReason, saidDemand, saidGoal, saidResult, saidEnd, "phone.png",
		officerA.of(d.T).Person, officerB.of(d.T).Person, lead.of(d.T).Person, clerk.of(d.T).Person, helper.of(d.T).Person, leader.of(d.T).Person} {
		if strings.Contains(page, secret) {
			d.Errorf("the public reads %q", secret)
		}
	}
	b.clean()
}

// audit: the auditor reads everything that was done and can do nothing.
func (d *life) audit() {
	d.Helper()
	b := as(d.T, auditor)
	b.open(d.address, http.StatusOK)
	history := b.text(".timeline")
	for _, said := range []string{saidReport, saidRemark, saidReason, saidDemand, saidEnd, officerB.of(d.T).Person} {
		if !strings.Contains(history, said) {
			d.Errorf("the auditor does not read %q in the history", said)
		}
	}
	if n := value[int](b, `document.querySelectorAll("main form, main a[href*='/do/']").length`); n != 0 {
		d.Errorf("%d forms and actions are open to the auditor", n)
	}
	b.shoot("life-audit.jpg")
	b.clean()
	b.open(d.address+"/do/reopen", http.StatusForbidden)
	if n := value[int](b, `document.querySelectorAll("main form").length`); n != 0 {
		d.Error("the auditor gets the form to start the duty anew")
	}
	b.take(http.StatusForbidden)
}

// fetch gets a file as the reader, without showing it.
func (b *reader) fetch(path string) (status int, content []byte) {
	b.Helper()
	return b.request(http.MethodGet, path, nil)
}

// request asks for a path as the reader; form goes with a POST.
func (b *reader) request(method, path string, form url.Values) (status int, content []byte) {
	b.Helper()
	got, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{site}})
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.Context(), method, site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range got.Cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if content, err = io.ReadAll(resp.Body); err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, content
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}
