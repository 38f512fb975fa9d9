package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	devices "github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Two inspectors who have visits today.
var (
	inspectorA = role{"检查人员", 0}
	inspectorB = role{"检查人员", 1}
)

// worker is the service worker behind a tab, which has a network of its own.
func (b *reader) worker() *reader {
	b.Helper()
	list, err := chromedp.Targets(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	own := slices.IndexFunc(list, func(i *target.Info) bool { return i.TargetID == chromedp.FromContext(b.ctx).Target.TargetID })
	i := slices.IndexFunc(list, func(i *target.Info) bool {
		return i.Type == "service_worker" && i.BrowserContextID == list[own].BrowserContextID
	})
	if i < 0 {
		b.Fatal("there is no service worker")
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(list[i].TargetID))
	b.Cleanup(cancel)
	return &reader{T: b.T, ctx: ctx, complaints: b.complaints}
}

// promise evaluates JavaScript that promises a T.
func promise[T any](b *reader, js string) T {
	b.Helper()
	return ask(b.T, b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// kept is how many pages the service worker keeps for when there is no network.
const kept = `(async () => { const n = (await caches.keys()).find((n) => n.startsWith("site-")); return n ? (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname) : [] })()`

// lost makes the page lose the first answer to each form: the server has done what
// it was asked, and the telephone does not know.
const lost = `(() => { const sent = window.fetch, seen = new Set(); window.fetch = async (to, how) => { const answer = await sent(to, how); if (seen.has(to)) return answer; seen.add(to); throw new TypeError("the answer was lost") }; return true })()`

// TestVisit is a drawn visit in a cellar: the list, the check-in and the checklist are
// there without a network, what was done is sent in its order when there is one, and is
// done once, though answers are lost and another telephone does the same. The other of
// the team confirms it; the subject sees by the code at the door who came.
func TestVisit(t *testing.T) {
	t.Parallel()
	b, other := narrow(t, inspectorA), narrow(t, inspectorA)
	b.open("/desk/site", http.StatusOK)
	const first = `[...document.querySelectorAll(".site-errand")].find((e) => e.innerText.includes("虚构"))`
	at := value[string](b, first+`.querySelector(".site-do a").pathname.replace(/\/[^/]*$/, "")`)
	name := value[string](b, first+`.querySelector(".site-subject").innerText`)
	for range 100 {
		if slices.Contains(promise[[]string](b, kept), at+"/record") {
			break
		}
		promise[bool](b, `new Promise((done) => setTimeout(() => done(true), 50))`)
	}
	if got := promise[[]string](b, kept); !slices.Contains(got, at+"/record") {
		t.Fatalf("kept for when there is no network: %v", got)
	}
	other.open(at+"/check_in", http.StatusOK)

	behind := b.worker()
	behind.offline(true)
	b.offline(true)
	b.open("/desk/site", http.StatusOK)
	if got := b.text(".site-list"); !strings.Contains(got, name) {
		t.Fatalf("without a network the list is %q", got)
	}
	b.follow(chromedp.Click(chromedp.CSS(fmt.Sprintf(`.site-do a[href=%q]`, at+"/check_in"))))
	b.do(chromedp.Click(chromedp.CSS("form#step .form-actions button")))
	b.until("the check-in is kept", `document.querySelectorAll(".outbox-item").length === 1`)
	b.open("/desk/site", http.StatusOK)
	b.follow(chromedp.Click(chromedp.CSS(fmt.Sprintf(`.site-after a[href^=%q]`, at+"/record"))))
	b.shoot("visit-checklist.jpg")
	b.fills()
	b.do(chromedp.Click(chromedp.CSS("form#step .form-actions button")))
	b.until("what was found is kept", `document.querySelectorAll(".outbox-item").length === 2`)
	b.shoot("visit-outbox.jpg")
	b.take(http.StatusOK) // the browser says that there is no network

	value[bool](b, lost)
	behind.offline(false)
	b.offline(false)
	const online = `window.dispatchEvent(new Event("online"))`
	value[bool](b, online)
	b.until("the first answer is lost", `document.querySelector(".outbox").dataset.rounds > 1 && document.querySelectorAll(".outbox-item").length === 2`)
	value[bool](b, online)
	b.until("the second answer is lost", `document.querySelectorAll(".outbox-item").length === 1`)
	b.open("/desk/site", http.StatusOK)
	b.until("all is sent", `document.querySelector(".outbox").dataset.rounds > 0 && document.querySelectorAll(".outbox-item").length === 0`)

	// The other telephone had the form open all the time.
	other.do(chromedp.Click(chromedp.CSS("form#step .form-actions button")))
	other.until("the other telephone is told", `document.querySelector("main").innerText.includes("没有办成")`)
	other.shoot("visit-twice.jpg")
	other.take(http.StatusConflict)

	second := narrow(t, inspectorB)
	second.open("/desk/site", http.StatusOK)
	second.shoot("visit-confirm.jpg")
	page := strings.Replace(at, "/site", "", 1)
	second.open(page, http.StatusOK)
	second.click(".case-request button[value=agree]")
	second.shoot("visit-case.jpg")
	second.checkAxe()
	main := second.text("main")
	for _, want := range []string{"待审核", "有问题，已当场改正", "当场悬挂"} {
		if !strings.Contains(main, want) {
			t.Errorf("the case does not say %s:\n%s", want, main)
		}
	}
	done := value[[]string](second, `[...document.querySelectorAll(".timeline .happening-head strong")].map((e) => e.innerText)`)
	if want := []string{"记录检查结果", "同意“记录检查结果”", "提出“记录检查结果”，等待同意", "到场签到", "抽签产生"}; !slices.Equal(done, want) {
		t.Errorf("what was done is %v, want %v", done, want)
	}
	if got := value[int](second, `document.querySelectorAll("main img").length`); got != 2 {
		t.Errorf("the case shows %d pictures, want a photograph and a signature", got)
	}
	second.open(at+"/door", http.StatusOK)
	link := second.attribute(".door-show a", "href")
	subject := newReader(t)
	subject.do(chromedp.EmulateViewport(390, 844))
	subject.open(strings.TrimPrefix(link, site), http.StatusOK)
	if got := subject.text("main"); strings.Count(got, "执法证号") != 2 || !strings.Contains(got, name) || strings.Contains(got, "当场悬挂") {
		t.Errorf("the subject reads %q", got)
	}
	subject.shoot("visit-door.jpg")
	subject.checkAxe()
	for _, one := range []*reader{b, second, subject} {
		one.clean()
	}
}

// fills answers a checklist, with a photograph and a signature.
func (b *reader) fills() {
	b.Helper()
	value[bool](b, `(() => { document.querySelectorAll(".checklist-row").forEach((r, i) => r.querySelector(i ? "[value=fine]" : "[value=corrected]").click()); return true })()`)
	b.do(chromedp.SendKeys(chromedp.CSS(".checklist-row .checklist-remark[open] textarea, .checklist-row .checklist-remark[open] input"), "当场悬挂"))
	b.write("signer", "李某，店长")
	b.attach("evidence", absolute(b.T, filepath.Join("..", "docs", "images", "phone.png")))
	value[bool](b, `(() => { const pad = document.querySelector("canvas.sign-pad"); pad.scrollIntoView({ block: "center" }); return true })()`)
	box := value[[]float64](b, `(() => { const r = document.querySelector("canvas.sign-pad").getBoundingClientRect(); return [r.x, r.y, r.width, r.height] })()`)
	x, y := box[0]+box[2]/4, box[1]+box[3]/2
	b.do(chromedp.MouseEvent(chromedp.MousePressed, x, y, held), chromedp.MouseEvent(chromedp.MouseMoved, x+box[2]/2, y+box[3]/4, held), chromedp.MouseEvent(chromedp.MouseReleased, x+box[2]/2, y+box[3]/4, held))
	b.until("it is signed", `document.querySelector("[data-sign]").dataset.signed === "1"`)
}

// held says that the left button is.
func held(p *devices.DispatchMouseEventParams) { p.Button, p.ClickCount = devices.MouseButtonLeft, 1 }
