package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// reader is somebody using the site in a tab of their own.
type reader struct {
	*testing.T
	ctx context.Context
	*complaints
}

// newReader opens a tab 1280 px wide.
func newReader(t *testing.T) *reader {
	t.Helper()
	b := &reader{T: t, ctx: tab(t, 1280, 900), complaints: &complaints{}}
	if err := b.listen(b.ctx); err != nil {
		t.Fatal(err)
	}
	return b
}

// with is the reader in another test, which may take ten minutes.
func (b *reader) with(t *testing.T) (*reader, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Minute)
	return &reader{T: t, ctx: ctx, complaints: b.complaints}, cancel
}

// clean fails the test when the browser has complained.
func (b *reader) clean() {
	b.Helper()
	for _, c := range b.take(http.StatusOK) {
		b.Errorf("the browser complains: %s", c)
	}
}

// do runs browser actions and ends the test when one fails.
func (b *reader) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	do(b.T, b.ctx, actions...)
}

// value evaluates JavaScript that answers a T.
func value[T any](b *reader, js string) T {
	b.Helper()
	return ask(b.T, b.ctx, chromedp.Evaluate[T](js))
}

// open loads a page and checks its status.
func (b *reader) open(path string, status int) {
	b.Helper()
	if got := b.follow(chromedp.Navigate(site + path)); got != status {
		b.Fatalf("open %s: status %d, want %d", path, got, status)
	}
}

// longest is how long a page may take on a machine with much else to do.
const longest = 2 * time.Minute

// follow does something that loads another page, waits for it and tells its
// status.
func (b *reader) follow(actions ...chromedp.Action[chromedp.Void]) int {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, longest) // what loads no page would wait for ever
	defer stop()
	resp, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		b.Fatal(err)
	}
	return int(resp.Status)
}

// click follows the first link or button a CSS selector finds.
func (b *reader) click(selector string) {
	b.Helper()
	if got := b.follow(chromedp.Click(chromedp.CSS(selector))); got >= http.StatusBadRequest {
		b.Fatalf("click on %s: status %d: %s", selector, got, b.text("main [role=alert]"))
	}
}

// attribute is an attribute of the first element a CSS selector finds.
func (b *reader) attribute(selector, name string) string {
	b.Helper()
	return ask(b.T, b.ctx, chromedp.AttributeValue(chromedp.CSS(selector), name)).Value
}

// text is the text of the first element a CSS selector finds.
func (b *reader) text(selector string) string {
	b.Helper()
	return value[string](b, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// here is the page's path with query and fragment.
func (b *reader) here() string {
	b.Helper()
	return value[string](b, `location.pathname + location.search + location.hash`)
}

// get fetches a file of the site without a browser.
func get(t *testing.T, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
	return body
}

// TestSearchLeadsToThePassage types a word of two characters on the home page
// and follows a hit to the passage it was found in.
func TestSearchLeadsToThePassage(t *testing.T) {
	t.Parallel()
	const word = "匠人"
	b := newReader(t)
	b.open("/", 200)
	b.do(chromedp.SendKeys(chromedp.CSS("#home-q"), word))
	b.follow(chromedp.SendKeys(chromedp.CSS("#home-q"), kb.Enter))
	if got := b.text("mark"); got != word {
		t.Errorf("first mark is %q, want %q", got, word)
	}
	b.click(`.hit-parts a[href*="#"]`)
	passage := value[string](b, `document.querySelector(":target")?.innerText ?? ""`)
	if !strings.Contains(passage, word) {
		t.Errorf("%s leads to %q, which does not say %s", b.here(), passage, word)
	}
	if !value[bool](b, `(r => r.top >= 0 && r.top < innerHeight)(document.querySelector(":target").getBoundingClientRect())`) {
		t.Error("the passage is not in view")
	}
	b.clean()
}

// TestStatusOnADay asks for a repealed document's status before and after its
// repeal.
func TestStatusOnADay(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	for day, want := range map[string]string{"2018-01-01": "现行有效", "2023-01-01": "已废止"} {
		b.open("/documents/xzf-2017-6", 200)
		value[string](b, fmt.Sprintf(`document.querySelector("#as-of").value = %q`, day))
		b.click(".as-of button")
		if got := b.text(".as-of"); !strings.Contains(got, want) {
			t.Errorf("on %s the page says %q, want %s", day, got, want)
		}
		if got := b.attribute("#as-of", "value"); got != day {
			t.Errorf("the form says %s, want %s kept", got, day)
		}
	}
	b.clean()
}

// TestRepealBothWays goes from a repealed document to the one that repealed it
// and back.
func TestRepealBothWays(t *testing.T) {
	t.Parallel()
	const old, repealing = "/documents/xzf-2017-6", "/documents/xzf-2022-2"
	b := newReader(t)
	b.open(old, 200)
	b.click(`.relations a[href="` + repealing + `"]`)
	if got := b.here(); got != repealing {
		t.Fatalf("landed on %s, want %s", got, repealing)
	}
	b.click(`.relations a[href="` + old + `"]`)
	if got := b.here(); got != old {
		t.Errorf("landed on %s, want %s", got, old)
	}
	b.clean()
}

// TestDownloads takes the tasks of a document as the tables the page offers.
func TestDownloads(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.open("/documents/xzbf-2017-4/tasks", 200)
	rows := value[int](b, `document.querySelectorAll("main tbody tr").length`)
	csv := get(t, b.attribute(`main a[href*=".csv"]`, "href"))
	if !bytes.HasPrefix(csv, []byte("\ufeff")) {
		t.Errorf("the CSV starts with %q, want a byte order mark: spreadsheets would guess the encoding", csv[:min(len(csv), 8)])
	}
	if n := bytes.Count(csv, []byte("\n")); rows == 0 || n < rows+1 {
		t.Errorf("the CSV has %d lines, the page %d tasks", n, rows)
	}
	xlsx := get(t, b.attribute(`main a[href*=".xlsx"]`, "href"))
	if !bytes.HasPrefix(xlsx, []byte("PK\x03\x04")) {
		t.Errorf("the workbook starts with %q, want a zip file", xlsx[:min(len(xlsx), 4)])
	}
}

// TestSkipLink: the first stop of the tab key is the skip link, which leads past
// the navigation.
func TestSkipLink(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	for _, path := range []string{"/", "/documents/xzf-2022-2", "/search?q=养老"} {
		b.open(path, 200)
		b.do(chromedp.KeyEvent(kb.Tab))
		if got := value[string](b, `document.activeElement.getAttribute("href")`); got != "#page-content" {
			t.Errorf("%s: the first stop leads to %q, want #page-content", path, got)
		}
		b.do(chromedp.KeyEvent(kb.Enter))
		if got := value[string](b, `document.activeElement.id`); got != "page-content" {
			t.Errorf("%s: the skip link leads to %q, want main", path, got)
		}
	}
	b.clean()
}

// TestWithoutJavaScript uses the site with scripts turned off: search, filters,
// the status on a day, versions, the calculator, a receipt, the preferences.
func TestWithoutJavaScript(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	set := func(selector, to string) {
		t.Helper()
		b.do(chromedp.SetValue(chromedp.CSS(selector), to))
	}
	says := func(selector, want string) {
		t.Helper()
		if got := b.text(selector); !strings.Contains(got, want) {
			t.Errorf("%s: %s says %q, want %q", b.here(), selector, got, want)
		}
	}
	b.open("/", 200)
	b.do(chromedp.SendKeys(chromedp.CSS("#home-q"), "匠人"))
	b.click(".searchbox button")
	b.do(chromedp.Click(chromedp.CSS(".form-more summary")))
	set("#filter-status", "in_force")
	b.click("#filter button")
	says(".hit .chip", "现行有效")
	b.click(".hit-title a")
	says("h1", "匠人")

	b.open("/documents", 200)
	set("#filter-year", "2022")
	b.click("#filter button")
	says(".list-count", "共 3 件")
	b.click(".form-clear")
	says(".list-count", "共 10 件")

	b.open("/documents/xzf-2017-6", 200)
	set("#as-of", "2018-01-01")
	b.click(".as-of button")
	says(".as-of", "现行有效")
	b.click(`.tabs a[href$="/versions"]`)
	b.click("#compare button")
	says(".diff ins", "五")

	b.open("/documents/xzf-2017-3/tasks", 200)
	b.do(chromedp.SendKeys(chromedp.CSS("#filter-q"), "老人"))
	b.click("#filter button")
	says(".list-count", "显示 1 项")

	b.open("/units", 200)
	b.do(chromedp.SendKeys(chromedp.CSS("#find-q"), "文化委"))
	b.click("#find button")
	b.click(".unit-groups a")
	says("h1", "文化委")

	b.open("/tools/deadline", 200)
	set("#deadline-start", "2016-09-30")
	set("#deadline-days", "3")
	b.click("#deadline button")
	says(".answer-value", "2016年10月10日")

	b.open("/ledger/events/"+event, 200)
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	if err := os.WriteFile(receipt, get(t, b.attribute("a[download]", "href")), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open("/ledger", 200)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#receipt-receipt"), []string{receipt}))
	b.click("#receipt button")
	says(".note-good", "回执真实")

	b.click(".masthead button[value=elder]")
	if got := value[string](b, `document.documentElement.className`); got != "elder" {
		t.Errorf("the elder view is %q", got)
	}
	b.clean()
}

// TestPreferencesStay changes the language and the view on a page with a query:
// both stay there and hold on the next page.
func TestPreferencesStay(t *testing.T) {
	t.Parallel()
	const path = "/documents?year=2017"
	b := newReader(t)
	b.open(path, 200)
	b.click(".masthead a[hreflang=en]")
	b.click(".masthead button[value=elder]")
	if got := b.here(); !strings.HasPrefix(got, path) {
		t.Errorf("the switches led to %s, want %s", got, path)
	}
	for _, p := range []string{b.here(), "/units"} {
		b.open(p, 200)
		if got := value[string](b, `document.documentElement.lang+" "+document.documentElement.className`); got != "en elder" {
			t.Errorf("%s is %q, want English in large type", p, got)
		}
	}
	b.clean()
}

// TestReceiptVerifies downloads the receipt of a document's import as a reader
// would and verifies it with the program.
func TestReceiptVerifies(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.open("/documents/xzf-2022-2", 200)
	b.click(`a[href^="/ledger/events/"]`)
	receipt := get(t, b.attribute(`a[download]`, "href"))
	verify := func(content []byte) error {
		name := filepath.Join(t.TempDir(), "receipt")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(context.WithoutCancel(t.Context()), binary,
			"ledger", "receipt", "verify", "--data", filepath.Join(filepath.Dir(binary), "data"), name).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	if err := verify(receipt); err != nil {
		t.Error(err)
	}
	if i := bytes.LastIndexAny(receipt, "0123456789"); i >= 0 {
		forged := bytes.Clone(receipt)
		forged[i] = '0' + (forged[i]-'0'+1)%10
		if verify(forged) == nil {
			t.Error("a receipt with a changed digit verifies")
		}
	}
	b.clean()
}
