package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// pageType is a type of page with an example of it and the status it is
// answered with.
type pageType struct {
	name, path string
	status     int
}

// pages are the site's page types. {event} stands for an entry of the ledger.
var pages = []pageType{
	{"home", "/", 200},
	{"documents", "/documents", 200},
	{"documents-filtered", "/documents?year=2022&status=in_force", 200},
	{"documents-none", "/documents?year=2022&status=expired", 200},
	{"documents-error", "/documents?year=nonsense", 422},
	{"document-articles", "/documents/xzf-2022-2", 200},
	{"document-plan", "/documents/xzf-2017-9", 200},
	{"document-tasks", "/documents/xzf-2017-3", 200},
	{"document-stub", "/documents/xzf-2012-31", 200},
	{"document-repealed", "/documents/xzf-2017-6?as_of=2023-01-01", 200},
	{"document-earlier", "/documents/xzf-2017-6?version=1", 200},
	{"document-error", "/documents/xzf-2017-6?as_of=yesterday", 422},
	{"tasks", "/documents/xzf-2017-3/tasks", 200},
	{"tasks-none", "/documents/xzf-2017-3/tasks?q=没有", 200},
	{"indicators", "/documents/xzf-2017-9/indicators", 200},
	{"indicators-none", "/documents/xzf-2017-3/indicators", 200},
	{"projects", "/documents/xzf-2017-9/projects", 200},
	{"versions", "/documents/xzf-2017-6/versions", 200},
	{"versions-one", "/documents/xzf-2017-9/versions", 200},
	{"difference", "/documents/xzf-2017-6/diff?from=1&to=2", 200},
	{"difference-facts", "/documents/xzf-2017-3/diff?from=1&to=2", 200},
	{"difference-none", "/documents/xzf-2017-6/diff?from=2&to=2", 200},
	{"print", "/documents/xzf-2022-2/print", 200},
	{"search", "/search?q=停车", 200},
	{"search-filtered", "/search?q=匠人&status=in_force&unit=whw", 200},
	{"search-nothing", "/search?q=没有这个词语", 200},
	{"search-empty", "/search", 200},
	{"search-error", "/search?q=停车&scope=nonsense", 422},
	{"units", "/units", 200},
	{"units-found", "/units?q=街道", 200},
	{"units-none", "/units?q=没有", 200},
	{"unit", "/units/fgw", 200},
	{"unit-none", "/units/fgw?q=没有", 200},
	{"unit-group", "/units/g-jiedao", 200},
	{"programmes", "/programmes", 200},
	{"programmes-choose", "/programmes/calculate", 200},
	{"programmes-answer", "/programmes/calculate?for=企业&b=16号.配套资金&year=2017&facts.认定=认定企业&n.科技项目=1", 200},
	{"programmes-announced", "/programmes/announced", 200},
	{"apply", "/apply", 200},
	{"apply-new", "/apply/new?for=企业&b=16号.贷款贴息&year=2017&n.贷款=1", 200},
	{"map", "/map", 200},
	{"report", "/report/report/report", 200},
	{"report-login", "/my/login", 200},
	{"report-find", "/my/find", 200},
	{"ogc", "/ogc?f=html", 200},
	{"ogc-conformance", "/ogc/conformance?f=html", 200},
	{"layers", "/ogc/collections?f=html", 200},
	{"layer-about", "/ogc/collections/streets?f=html", 200},
	{"layer", "/ogc/collections/units/items?f=html", 200},
	{"layer-none", "/ogc/collections/units/items?f=html&bbox=0,0,1,1", 200},
	{"layer-error", "/ogc/collections/units/items?f=html&bbox=nonsense", 400},
	{"feature", "/ogc/collections/streets/items/110102001?f=html", 200},
	{"procedures", "/procedures", 200},
	{"procedure", "/procedures/duty", 200},
	{"procedure-part", "/procedures/milestone", 200},
	{"expiring", "/expiring", 200},
	{"expiring-some", "/expiring?as_of=2021-06-01&months=60", 200},
	{"ledger", "/ledger", 200},
	{"entry", "/ledger/events/{event}", 200},
	{"deadline", "/tools/deadline", 200},
	{"deadline-answer", "/tools/deadline?start=2016-09-30&days=20&unit=wd-end", 200},
	{"deadline-unknown-year", "/tools/deadline?start=2030-01-01&days=30&unit=wd-end", 200},
	{"deadline-errors", "/tools/deadline?start=2016-09-30&days=20&unit=20wd", 422},
	{"about", "/about", 200},
	{"accessibility", "/accessibility", 200},
	{"privacy", "/privacy", 200},
	{"api", "/api", 200},
	{"login", "/login", 200},
	{"invitation", "/invitation", 200},
	{"not-found", "/nothing-here", 404},
	{"malformed", "/search?q=%ff", 400},
}

// address is where the page stands.
func (p pageType) address() string { return site + strings.ReplaceAll(p.path, "{event}", event) }

// paper reports whether the page shows a sheet of paper, which does not reflow.
func (p pageType) paper() bool { return strings.HasSuffix(p.name, "print") }

// complaints collects what the browser has to say against a page: exceptions,
// errors on the console, violations of the content security policy.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) listen(ctx context.Context) error {
	return chromedp.Listen(ctx, func(ev any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			c.list = append(c.list, "exception: "+ev.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.ConsoleAPICalledTypeError {
				c.list = append(c.list, "console error")
			}
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				c.list = append(c.list, ev.Entry.Text)
			}
		}
	})
}

// take empties the list; the browser's note that a page came with the status of
// an error is left out, for that is checked by itself.
func (c *complaints) take(status int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for _, x := range c.list {
		if status < 400 || !strings.HasPrefix(x, fmt.Sprintf("Failed to load resource: the server responded with a status of %d", status)) {
			list = append(list, x)
		}
	}
	c.list = nil
	return list
}

// TestPages visits every page type in Chinese, in English and in the elder
// view, at desktop and at phone width: status, console, language, axe-core, size
// of targets, the way of the focus, and that nothing scrolls sideways.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct{ name, lang, view string }{
		{"chinese", "zh-CN", ""}, {"english", "en", ""}, {"elder", "zh-CN", "elder"},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			b := newReader(t)
			b.open("/?lang="+mode.lang, 200)
			if mode.view != "" {
				b.click(".masthead button[value=" + mode.view + "]")
			}
			for _, p := range pages {
				t.Run(p.name, func(t *testing.T) {
					one, cancel := b.with(t)
					defer cancel()
					one.visit(p, mode.lang, mode.view)
				})
			}
		})
	}
}

// visit checks one page.
func (b *reader) visit(p pageType, lang, view string) {
	b.Helper()
	b.do(chromedp.EmulateViewport(1280, 900))
	if got := b.follow(chromedp.Navigate(p.address())); got != p.status {
		b.Errorf("status %d, want %d", got, p.status)
	}
	if got := value[string](b, `document.documentElement.lang`); got != lang {
		b.Errorf("lang = %q, want %q", got, lang)
	}
	b.checkLanguage(lang)
	wide := lang == "zh-CN" && view == "" || p.paper() // the elements are the same in every language: axe looks at each width once
	if wide {
		b.checkAxe()
	}
	if view == "" && !p.paper() {
		b.checkFocus(8)
	}
	b.shoot(fmt.Sprintf("%s-%s%s-1280.jpg", p.name, lang, view))
	if !p.paper() {
		b.do(chromedp.EmulateViewport(390, 844))
		if !wide {
			b.checkAxe()
		}
		b.checkTargets(view)
		b.shoot(fmt.Sprintf("%s-%s%s-390.jpg", p.name, lang, view))
		b.checkReflow()
	}
	for _, c := range b.take(p.status) {
		b.Errorf("the browser complains: %s", c)
	}
}

// glance checks what a language changes of a page: its words, and whether they
// fit a narrow screen.
func (b *reader) glance(p pageType, lang string) {
	b.Helper()
	b.do(chromedp.EmulateViewport(320, 700))
	if got := b.follow(chromedp.Navigate(p.address())); got != p.status {
		b.Errorf("status %d, want %d", got, p.status)
	}
	b.checkLanguage(lang)
	b.checkReflow()
	for _, c := range b.take(p.status) {
		b.Errorf("the browser complains: %s", c)
	}
}

// checkReflow: no page scrolls sideways at 320 and 360 px, nor with letters
// twice as large (WCAG 1.4.10, 1.4.4).
func (b *reader) checkReflow() {
	b.Helper()
	for _, v := range []struct {
		width int64
		size  string
	}{{320, ""}, {360, ""}, {640, "200%"}} {
		b.do(chromedp.EmulateViewport(v.width, 700))
		over := value[int](b, fmt.Sprintf(`document.documentElement.style.fontSize = %q; document.documentElement.scrollWidth - innerWidth`, v.size))
		if over > 0 {
			b.Errorf("%d px too wide at %d px %s: %s", over, v.width, v.size, value[string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth).at(-1)?.outerHTML.slice(0, 160) ?? ""`))
		}
	}
}

// shoot keeps a picture of the page for people to look at, when asked with
// -screenshots.
func (b *reader) shoot(name string) {
	b.Helper()
	if !*screenshots {
		return
	}
	shot := ask(b.T, b.ctx, chromedp.FullScreenshot(80))
	if err := os.MkdirAll("screenshots", 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("screenshots", name), shot, 0o644); err != nil {
		b.Fatal(err)
	}
}

// TestPrint: the print view is on A4 and has pages.
func TestPrint(t *testing.T) {
	t.Parallel()
	ctx := tab(t, 1280, 900)
	do(t, ctx, chromedp.Navigate(site+"/documents/xzf-2022-2/print"))
	pdf := ask(t, ctx, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) { css := true; p.PreferCSSPageSize = &css }))
	s := string(pdf)
	if n := strings.Count(s, "/Type /Page\n") + strings.Count(s, "/Type /Page "); n < 2 {
		t.Errorf("%d pages, want several", n)
	}
	if !strings.Contains(s, "/MediaBox [0 0 594.95996 841.91998]") && !strings.Contains(s, "/MediaBox [0 0 595") && !strings.Contains(s, "/MediaBox [0 0 594") {
		t.Error("the sheet is not A4")
	}
}

// TestReadmeImages rewrites the README's pictures when asked with -readme.
func TestReadmeImages(t *testing.T) {
	t.Parallel()
	for name, v := range map[string][2]int64{"document": {1280, 960}, "phone": {390, 844}} {
		ctx := tab(t, v[0], v[1])
		do(t, ctx, chromedp.Navigate(site+"/documents/xzf-2022-2"))
		shot := ask(t, ctx, chromedp.CaptureScreenshot())
		if len(shot) < 10_000 {
			t.Errorf("%s: a picture of %d bytes shows nothing", name, len(shot))
		}
		if *readmeImages {
			if err := os.WriteFile(filepath.Join("..", "docs", "images", name+".png"), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
