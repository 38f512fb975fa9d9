package e2e

import (
	"context"
	"encoding/json"
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

// pages are the site's page types with an example of each. A broken one is
// answered with an error page on purpose.
var pages = []struct {
	name, path string
	broken     bool
}{
	{"home", "/", false},
	{"documents", "/documents", false},
	{"documents-filtered", "/documents?year=2022&status=in_force", false},
	{"document-articles", "/documents/xzf-2022-2", false},
	{"document-plan", "/documents/xzf-2017-9", false},
	{"document-tasks", "/documents/xzf-2017-3", false},
	{"document-stub", "/documents/xzf-2012-31", false},
	{"document-repealed", "/documents/xzf-2017-6?as_of=2023-01-01", false},
	{"tasks", "/documents/xzf-2017-3/tasks", false},
	{"indicators", "/documents/xzf-2017-9/indicators", false},
	{"projects", "/documents/xzf-2017-9/projects", false},
	{"versions", "/documents/xzf-2017-9/versions", false},
	{"print", "/documents/xzf-2022-2/print", false},
	{"search", "/search?q=停车", false},
	{"search-nothing", "/search?q=没有这个词语", false},
	{"search-empty", "/search", false},
	{"units", "/units", false},
	{"unit", "/units/fgw", false},
	{"expiring", "/expiring", false},
	{"ledger", "/ledger", false},
	{"deadline", "/tools/deadline", false},
	{"deadline-answer", "/tools/deadline?start=2016-09-30&days=20&unit=wd-end", false},
	{"deadline-errors", "/tools/deadline?start=2016-09-30&days=20&unit=20wd", true},
	{"about", "/about", false},
	{"accessibility", "/accessibility", false},
	{"privacy", "/privacy", false},
	{"api", "/api", false},
	{"not-found", "/nothing-here", true},
}

// complaints collects what the browser has to say against a page.
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

// TestPages visits every page type at phone and desktop width.
func TestPages(t *testing.T) {
	for _, width := range []int64{390, 1280} {
		for _, p := range pages {
			t.Run(fmt.Sprintf("%s/%d", p.name, width), func(t *testing.T) {
				ctx := tab(t, width, 844)
				var c complaints
				if err := c.listen(ctx); err != nil {
					t.Fatal(err)
				}
				do(t, ctx, chromedp.Navigate(site+p.path))
				lang := ask(t, ctx, chromedp.Evaluate[string](`document.documentElement.lang`))
				shot := ask(t, ctx, chromedp.FullScreenshot(90))
				if lang != "zh-CN" {
					t.Errorf("lang = %q", lang)
				}
				save(t, fmt.Sprintf("%s-%d.jpg", p.name, width), shot)
				c.mu.Lock()
				if len(c.list) > 0 && !p.broken {
					t.Errorf("the browser complains: %q", c.list)
				}
				c.mu.Unlock()
				checkAxe(t, ctx)
			})
		}
	}
}

func save(t *testing.T, name string, shot []byte) {
	t.Helper()
	if err := os.MkdirAll("screenshots", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("screenshots", name), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkAxe runs axe-core over the open page. It is evaluated by the debugger,
// which the page's content security policy does not bind.
func checkAxe(t *testing.T, ctx context.Context) {
	t.Helper()
	ask(t, ctx, chromedp.Evaluate[bool](axe+"; true"))
	found := ask(t, ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))}))))`,
		chromedp.EvalAwaitPromise))
	var violations []struct {
		ID, Help string
		Where    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Errorf("axe %s: %s\n\t%s", v.ID, v.Help, strings.Join(v.Where, "\n\t"))
	}
}

// TestReflow: no page scrolls sideways at 320 and 360 px, nor with letters
// twice as large (WCAG 1.4.10, 1.4.4). The print view shows a sheet of paper.
func TestReflow(t *testing.T) {
	for _, v := range []struct {
		width int64
		size  string
	}{{320, ""}, {360, ""}, {640, "200%"}} {
		t.Run(fmt.Sprintf("%dpx%s", v.width, v.size), func(t *testing.T) {
			ctx := tab(t, v.width, 700)
			for _, p := range pages {
				if p.name == "print" {
					continue
				}
				do(t, ctx, chromedp.Navigate(site+p.path))
				over := ask(t, ctx, chromedp.Evaluate[int](fmt.Sprintf(`document.documentElement.style.fontSize = %q; document.documentElement.scrollWidth - innerWidth`, v.size)))
				if over > 0 {
					t.Errorf("%s is %d px too wide", p.name, over)
				}
			}
		})
	}
}

// TestEnglish: the English site is English in every word that is its own.
func TestEnglish(t *testing.T) {
	ctx := tab(t, 1280, 900)
	for _, p := range pages {
		if p.name == "print" {
			continue // the official form of a Chinese document
		}
		sep := "?"
		if strings.Contains(p.path, "?") {
			sep = "&"
		}
		do(t, ctx, chromedp.Navigate(site+p.path+sep+"lang=en"))
		lang := ask(t, ctx, chromedp.Evaluate[string](`document.documentElement.lang`))
		chrome := ask(t, ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("nav.sitenav, footer, label, button, legend")].filter(e => !e.closest("[lang='zh-CN'],[lang='zh']")).map(e => e.innerText).join(" ")`))
		if lang != "en" {
			t.Errorf("%s: lang = %q", p.name, lang)
		}
		for _, r := range chrome {
			if r >= 0x4e00 && r <= 0x9fff {
				t.Errorf("%s: Chinese among the words of the English site: %.300q", p.name, chrome)
				break
			}
		}
	}
}

// TestPrint: the print view is on A4 and has pages.
func TestPrint(t *testing.T) {
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
