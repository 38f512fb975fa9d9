package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// offline takes the network of a tab away, or gives it back.
func (b *reader) offline(away bool) {
	b.Helper()
	c := &network.Conditions{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}
	if _, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{c}}); err != nil {
		b.Fatal(err)
	}
}

// until waits for a condition of the page.
func (b *reader) until(what, js string) {
	b.Helper()
	eventually(b, what, func() (bool, string) {
		if value[bool](b, js) {
			return true, ""
		}
		return false, b.text("main")
	})
}

// TestOutbox is a supervisor in a cellar: what is reported there with a picture is
// kept in the telephone over a restart, and sent once when there is a network, with
// where and when it was.
func TestOutbox(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.follow(chromedp.Navigate(hired(t, "E7", "zhao.e7", "cgzx-jd", "supervisor")))
	b.chooses()
	b.enrols()
	const here = `navigator.geolocation.watchPosition = (found) => { found({ coords: { latitude: 39.9123, longitude: 116.366, accuracy: 12 }, timestamp: Date.now() }); return 1; }`
	if _, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: here}); err != nil {
		t.Fatal(err)
	}
	b.open("/desk/site", http.StatusOK)
	b.shoot("site-list.jpg")
	b.checkAxe()
	b.click(".site-begin a")
	b.until("the place is filled in", `document.querySelector('[name="f-place"]').value === "39.912300,116.366000"`)
	b.write("about", "地下通道积水")
	b.do(chromedp.SetValue(chromedp.CSS(input("class")), "11010220102"))
	b.attach("photos", absolute(t, filepath.Join("..", "docs", "images", "phone.png")))
	b.until("the picture is shown", `document.querySelector("canvas.camera-shot") !== null`)
	b.shoot("site-find.jpg")
	b.checkAxe()

	b.offline(true)
	b.do(chromedp.Click(chromedp.CSS("form#step .form-actions button")))
	b.until("it is kept", `!document.querySelector(".outbox").hidden && document.querySelectorAll(".outbox-item").length === 1`)
	if got := b.text(".outbox"); !strings.Contains(got, "尚未发送") {
		t.Errorf("what waits says %q", got)
	}
	b.shoot("outbox.jpg")
	b.checkAxe()
	b.take(http.StatusOK) // the browser says that there is no network
	b.offline(false)

	// Another page of the same browser, later: it sends by itself what the first one kept.
	b.open("/desk/site", http.StatusOK)
	b.until("it is sent", `document.querySelector(".outbox").dataset.rounds > 0 && document.querySelector(".outbox").hidden && document.querySelectorAll(".outbox-item").length === 0`)
	const theirs = `[...document.querySelectorAll(".case-row .row-link")].filter((a) => a.textContent.includes("地下通道积水"))`
	b.open("/desk/all?procedure=report&q=地下通道积水", http.StatusOK)
	if n := value[int](b, theirs+`.length`); n != 1 {
		t.Errorf("%d cases were begun", n)
	}
	b.open(strings.TrimPrefix(value[string](b, theirs+`[0].href`), site), http.StatusOK)
	if got := b.text(".stamp"); !strings.Contains(got, "39.912300,116.366000（±12 米）") {
		t.Errorf("the stamp says %q", got)
	}
	b.shoot("site-stamp.jpg")
	b.checkAxe()
	b.clean()
}
