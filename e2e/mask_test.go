package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestMask: a picture is attached, looked at, and masked by drawing a box; where
// no script draws, the fields of the grid do.
func TestMask(t *testing.T) {
	t.Parallel()
	duty := enter(t, "整治背街小巷")
	officer := as(t, officerB)
	officer.open(duty+"/do/confirm", http.StatusOK)
	officer.send()
	b := as(t, clerk)
	b.act(duty, "accept", "签收", nothing)
	b.act(duty, "update", "报告进展", func() {
		b.write("progress", "30")
		b.write("report", "已完成三条")
		b.attach("evidence", absolute(t, filepath.Join("..", "docs", "images", "phone.png")))
	})
	mask := b.attribute(`main .picture a[href$="/mask"]`, "href")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.shoot("pictures-1280.jpg")
	for _, lang := range []string{"en", "zh-CN"} { // the last is the language of what follows
		b.open("/?lang="+lang, http.StatusOK)
		b.visit(pageType{"mask", mask, http.StatusOK}, lang, "")
	}

	b.do(chromedp.EmulateViewport(1280, 900))
	b.open(mask, http.StatusOK)
	if value[bool](b, `document.querySelector(".mask-grid").checkVisibility()`) || !value[bool](b, `document.querySelector(".mask-tools button").disabled`) {
		t.Error("the grid is shown to who can draw, or there is something to undo")
	}
	drag := `(() => { const s = document.querySelector(".mask-stage"), r = s.getBoundingClientRect();
		const at = (type, x, y) => s.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, pointerId: 1, button: 0, clientX: r.left + r.width * x, clientY: r.top + r.height * y}));
		s.setPointerCapture = () => {};
		at("pointerdown", %[1]v, %[1]v); at("pointermove", 0.5, 0.5); at("pointerup", %[2]v, %[2]v);
		return [...document.querySelectorAll("#mask input[type=hidden][name=area]")].map(e => e.value).join(" "); })()`
	if got := value[string](b, fmt.Sprintf(drag, 0.3, 0.6)); !regexp.MustCompile(`^(29\d\d|30\d\d),(29\d\d|30\d\d),(29\d\d|30\d\d),(29\d\d|30\d\d)$`).MatchString(got) {
		t.Errorf("the box drawn is %q", got)
	}
	if got := value[string](b, fmt.Sprintf(drag, 0.7, 0.9)); len(strings.Fields(got)) != 2 {
		t.Errorf("two boxes are %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS(".mask-tools button:first-child")))
	if n := value[int](b, `document.querySelectorAll("#mask input[type=hidden][name=area], .mask-drawing").length`); n != 2 {
		t.Errorf("after one was undone there are %d, want a box and its field", n)
	}
	b.shoot("mask-drawn.jpg")
	if status := b.follow(chromedp.Click(chromedp.CSS("#mask .form-actions button"))); status != http.StatusOK {
		t.Errorf("masking is answered with %d", status)
	}
	if got := b.text("main .pictures"); !strings.Contains(got, "遮挡副本") || !strings.Contains(got, "可以公开") {
		t.Errorf("the pictures of the case: %s", got)
	}
	b.do(chromedp.EmulateViewport(390, 844))
	b.shoot("pictures-390.jpg")
	b.clean()

	// By the keyboard: the fields of the grid.
	b.open(mask, http.StatusOK)
	b.do(chromedp.Click(chromedp.CSS(".mask-tools button:last-child")))
	if !value[bool](b, `document.querySelector(".mask-grid").checkVisibility()`) {
		t.Error("the grid does not come back")
	}
	b.do(chromedp.Click(chromedp.CSS(".mask-box:nth-child(14)")))
	b.shoot("mask-grid-390.jpg")
	b.checkAxe()
	if status := b.follow(chromedp.Click(chromedp.CSS("#mask .form-actions button"))); status != http.StatusOK {
		t.Errorf("masking by the grid is answered with %d", status)
	}
	b.clean()
}
