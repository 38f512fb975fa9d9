package e2e

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/chromedp"
)

// input is how a form of a procedure calls the input of a field.
func input(field string) string { return fmt.Sprintf(`main form [name="f-%s"]`, field) }

// write puts a text, a number or a date into the input of a field in the place
// of what it holds.
func (b *reader) write(field, text string) {
	b.Helper()
	if kind := value[string](b, fmt.Sprintf(`document.querySelector(%q)?.type ?? "none"`, input(field))); kind == "date" {
		b.do(chromedp.SetValue(chromedp.CSS(input(field)), text)) // keys go by the browser's own order of day and month
		return
	}
	value[string](b, fmt.Sprintf(`document.querySelector(%q).value = ""`, input(field)))
	b.do(chromedp.SendKeys(chromedp.CSS(input(field)), text))
}

// choose ticks the options with these names in the field, and no others.
func (b *reader) choose(field string, names ...string) {
	b.Helper()
	if len(names) == 1 && value[bool](b, fmt.Sprintf(`(() => { // a list that opens
		const e = document.querySelector(%q), o = e?.tagName === "SELECT" && [...e.options].find((o) => o.text.trim() === %q);
		if (o) e.value = o.value;
		return !!o;
	})()`, input(field), names[0])) {
		return
	}
	rest := map[string]bool{}
	for _, n := range names {
		rest[n] = true
	}
	for _, o := range value[[]struct {
		Name, Value string
		Checked     bool
	}](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => ({Name: e.closest("label").innerText.trim() || e.closest("label").textContent.trim(), Value: e.value, Checked: e.checked}))`, input(field))) {
		if rest[o.Name] != o.Checked {
			box := fmt.Sprintf(`%s[value=%q]`, input(field), o.Value)
			value[int](b, fmt.Sprintf(`(() => { for (let d = document.querySelector(%q).closest("details"); d; d = d.parentElement.closest("details")) d.open = true; return 0 })()`, box))
			b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label:has(> %s)`, strings.TrimPrefix(box, "main form ")))))
		}
		delete(rest, o.Name)
	}
	for n := range rest {
		b.Errorf("%s cannot be chosen as %s", n, field)
	}
}

// attach chooses files for a field.
func (b *reader) attach(field string, files ...string) {
	b.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS(input(field)+"[type=file]"), files))
}

// send sends the form of the step and tells the status of the answer.
func (b *reader) send() int {
	b.Helper()
	return b.follow(chromedp.Click(chromedp.CSS("form#step .form-actions button")))
}

// act does an action of a case on its own page: fill writes into the form.
func (b *reader) act(address, action, name string, fill func()) {
	b.Helper()
	b.open(address+"/do/"+action, http.StatusOK)
	fill()
	b.shoot("life-" + action + "-form.jpg")
	if status := b.send(); status != http.StatusOK {
		b.Fatalf("%s on %s: status %d\n%s", action, address, status, b.text("main .error-summary, main .case-alert"))
	}
	if strings.Contains(b.text("main"), "请再确认一次") { // what cannot be taken back is asked twice
		b.click("main form .form-actions button")
	}
	if got := b.text(".case-alert[role=status]"); !strings.Contains(got, name) {
		b.Errorf("after %s the page says %q, want %s", action, got, name)
	}
	b.shoot("life-" + action + "-done.jpg")
	b.clean()
}

// nothing is to be filled in.
func nothing() {}
