package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inventedMobile is a number a demonstration takes.
const inventedMobile = "15400009317"

var sentCode = regexp.MustCompile(`\b\d{6}\b`)

// TestReport is a resident with a telephone: they find where to report, report
// with a photograph, prove their number, and follow by the link.
func TestReport(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/", http.StatusOK)
	b.shoot("report-home.jpg")
	b.click(`.tasks-grid a[href="/report"]`)
	// Where it is comes first: by the keyboard, in the middle of the map.
	b.do(chromedp.Click(chromedp.CSS(".report-exact > summary")), chromedp.SendKeys(chromedp.CSS(input("place")), "39.8,116.5"), chromedp.Click(chromedp.CSS("[data-next]")), chromedp.WaitVisible(chromedp.CSS(".report-status.field-error")))
	if got := b.text(".report-status"); !strings.Contains(got, "12345") {
		t.Errorf("of a place typed in that is of no street here it is said %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS("[data-pin]")), chromedp.WaitVisible(chromedp.CSS(".report-status:not(.field-error):not(:empty)")), chromedp.WaitVisible(chromedp.CSS(".report-status:not(:empty)")))
	if got := b.text(".report-status"); !strings.Contains(got, "街道") {
		t.Errorf("the place is said to be %q", got)
	}
	b.checkAxe()
	b.do(chromedp.Click(chromedp.CSS("[data-next]")), chromedp.WaitVisible(chromedp.CSS(input("about"))))
	b.write("about", "便道井盖松动")
	b.do(chromedp.Click(chromedp.CSS(".report-choices button"))) // what the words suggest
	if got := value[string](b, `document.querySelector("main form [name=f-class]").value`); !strings.HasPrefix(got, "11010210") {
		t.Errorf("the suggested class is %q", got)
	}
	b.write("description", "踩上去会响，晚上危险。")
	b.attach("photos", absolute(t, filepath.Join("..", "docs", "images", "phone.png")))
	b.do(chromedp.WaitVisible(chromedp.CSS(".report-photos li")), chromedp.Click(chromedp.CSS(".report-contact > summary")))
	b.do(chromedp.SendKeys(chromedp.CSS(`main form [name=mobile]`), "1540000"))
	const submit = "[data-send]"
	b.do(chromedp.Click(chromedp.CSS(submit)), chromedp.WaitVisible(chromedp.CSS(".error-summary")))
	if got := value[string](b, `document.querySelector("main form [name=f-about]").value`); got != "便道井盖松动" {
		t.Errorf("of what was typed %q is kept", got)
	}
	b.shoot("report-mistake.jpg")
	b.checkAxe()
	b.take(http.StatusUnprocessableEntity)
	value[string](b, `document.querySelector("main form [name=mobile]").value = ""`)
	b.do(chromedp.SendKeys(chromedp.CSS(`main form [name=mobile]`), inventedMobile))
	if status := b.follow(chromedp.Click(chromedp.CSS(submit))); status != http.StatusOK {
		t.Fatalf("the report is answered with %d: %s", status, b.text("main [role=alert]"))
	}
	number, link := b.text(".reported strong"), b.text(".reported .follow-link")
	if !strings.HasPrefix(number, "CG") || !strings.HasPrefix(link, site) {
		t.Fatalf("the receipt says %q and %q", number, link)
	}
	b.shoot("report-receipt.jpg")
	b.checkAxe()
	b.do(chromedp.EmulateViewport(1280, 900))
	b.shoot("report-receipt-1280.jpg")
	b.do(chromedp.EmulateViewport(390, 844))

	b.proves(`form[action$="/prove"] button`, inventedMobile)
	if got := b.text("main"); !strings.Contains(got, number) { // they are signed in
		t.Errorf("their reports are %q, want %s", got, number)
	}
	b.shoot("report-mine.jpg")
	b.checkAxe()
	b.click("main .row-link")
	if got := b.text("section[aria-labelledby=contact] .facts"); !strings.Contains(got, "已验证") {
		t.Errorf("after the code the contact is %q", got)
	}
	b.shoot("report-proven.jpg")
	b.clean()

	// Another telephone, by the link alone; and everybody, not at all.
	other := newReader(t)
	other.do(chromedp.EmulateViewport(390, 844))
	other.open(strings.TrimPrefix(link, site), http.StatusOK)
	if got := other.text("main"); !strings.Contains(got, number) || !strings.Contains(got, "便道井盖松动") {
		t.Errorf("by the link there is %q", got)
	}
	other.clean()

	stranger := newReader(t)
	stranger.open("/progress/cases/"+number, http.StatusNotFound) // nobody has filed it yet
	stranger.take(http.StatusNotFound)
}

// TestReportWithoutNetwork is a resident whose telephone loses the network: what
// they report is kept, with its photograph, and goes out when the network is back.
func TestReportWithoutNetwork(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/report/report/report", http.StatusOK)
	network := func(there bool) {
		t.Helper()
		if there {
			value[bool](b, `window.fetch = window.kept, dispatchEvent(new Event("online"))`)
			return
		}
		value[bool](b, `(window.kept = window.fetch, window.fetch = () => Promise.reject(new TypeError("no network")), true)`)
	}
	network(false)
	b.write("where", "报国寺路口")
	b.do(chromedp.Click(chromedp.CSS("[data-next]")), chromedp.WaitVisible(chromedp.CSS(input("about"))))
	b.write("about", "路口积水")
	b.attach("photos", absolute(t, filepath.Join("..", "docs", "images", "phone.png")))
	b.do(chromedp.WaitVisible(chromedp.CSS(".report-photos li")), chromedp.Click(chromedp.CSS("[data-send]")), chromedp.WaitVisible(chromedp.CSS(".report-kept .row")))
	if got := b.text(".report-kept"); !strings.Contains(got, "路口积水") || !strings.Contains(got, "只存在这个浏览器里") {
		t.Errorf("what waits is %q", got)
	}
	b.shoot("report-kept.jpg")
	b.checkAxe()
	network(true)
	b.do(chromedp.WaitVisible(chromedp.CSS(".report-kept .row a")))
	if got := b.text(".report-kept"); !strings.Contains(got, "CG") {
		t.Errorf("it was sent as %q", got)
	}
	b.click(".report-kept .row a")
	if got := b.text("main"); !strings.Contains(got, "路口积水") || !strings.Contains(got, "phone.jpg") {
		t.Errorf("what arrived is %q", got)
	}
	b.clean()
}

// proves types the code that is sent to a number or an address when a button is pressed.
func (b *reader) proves(button, to string) {
	b.Helper()
	before := len(sentTo(b.T, to))
	b.click(button)
	b.shoot("report-code.jpg")
	b.checkAxe()
	code := sentCode.FindString(awaits(b.T, to, before))
	b.do(chromedp.SendKeys(chromedp.CSS("form#code input"), code))
	b.click("form#code .form-actions button")
}
