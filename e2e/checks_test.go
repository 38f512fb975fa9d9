package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// checkAxe runs axe-core over the open page. It is evaluated by the debugger,
// which the page's content security policy does not bind.
func (b *reader) checkAxe() {
	b.Helper()
	if !value[bool](b, `"axe" in window`) {
		value[bool](b, axe+"; true")
	}
	found := ask(b.T, b.ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))}))))`,
		chromedp.EvalAwaitPromise))
	var violations []struct {
		ID, Help string
		Where    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		b.Fatal(err)
	}
	for _, v := range violations {
		b.Errorf("axe %s at %d px: %s\n\t%s", v.ID, value[int](b, `innerWidth`), v.Help, strings.Join(v.Where, "\n\t"))
	}
}

// checkTargets: controls are 44 px high, 60 px in the elder view. A box to tick
// is as high as its label, which ticks it too.
func (b *reader) checkTargets(view string) {
	b.Helper()
	least := 44
	if view != "" {
		least = 60
	}
	small := value[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, .sitenav a, .tool, .pager a")]
		.filter(e => e.checkVisibility()).filter(e => Math.max(...[e, ...(/^(checkbox|radio)$/.test(e.type) ? e.labels : [])].map(x => x.getBoundingClientRect().height)) < %d - 0.5)
		.map(e => e.outerHTML.slice(0, 120)).slice(0, 5)`, least))
	for _, s := range small {
		b.Errorf("lower than %d px: %s", least, s)
	}
}

// checkFocus presses the tab key some times: each stop comes after the one
// before, is in view and shows the focus. A link that fills its row shows it
// around the row. Where a page sets the focus itself, on the summary of what is
// wrong, the walk begins there.
func (b *reader) checkFocus(stops int) {
	b.Helper()
	value[int](b, `window.walked = []; 0`)
	for i := range stops {
		b.do(chromedp.KeyEvent(kb.Tab))
		const problem = `(() => {
			const e = document.activeElement, r = e.getBoundingClientRect();
			const outlined = x => x && (s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(x));
			const what = e.outerHTML.slice(0, 120);
			if (e === document.body) return walked.length ? "end" : "focus is nowhere";
			const last = walked.at(-1);
			if (last && last !== e && !(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) return "out of order: " + what;
			walked.push(e);
			if (!outlined(e) && !outlined(e.closest("li"))) return "no visible focus: " + what;
			if (r.bottom <= 0 || r.top >= innerHeight || r.width === 0) return "out of view: " + what;
			return "";
		})()`
		switch p := value[string](b, problem); p {
		case "":
		case "end":
			return
		default:
			b.Errorf("stop %d: %s", i+1, p)
		}
	}
}

// ownWords are the words of the program's English that a Chinese page must not
// hold: those of the English catalogue that the Chinese one has no use for.
var ownWords = sync.OnceValues(func() ([]string, error) {
	letters := regexp.MustCompile(`[A-Za-z]{3,}`)
	words := map[string]map[string]bool{}
	for _, lang := range []string{"en", "zh-CN"} {
		b, err := os.ReadFile(filepath.Join("..", "web", "ui", "messages", lang+".json"))
		if err != nil {
			return nil, err
		}
		var entries map[string]any
		if err := json.Unmarshal(b, &entries); err != nil {
			return nil, err
		}
		words[lang] = map[string]bool{}
		for _, v := range entries {
			for _, w := range letters.FindAllString(fmt.Sprint(v), -1) {
				words[lang][strings.ToLower(w)] = true
			}
		}
	}
	var list []string
	for w := range words["en"] {
		if !words["zh-CN"][w] {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return list, nil
})

// checkLanguage: an English page holds Chinese only where it is marked so, and
// what is marked so holds no words of the program; a Chinese page holds no
// English of the program outside names of formats and keys, code, identifiers,
// mail addresses, staff numbers and logins. Words on the page
// and those for assistive technology count alike.
func (b *reader) checkLanguage(lang string) {
	b.Helper()
	words, err := ownWords()
	if err != nil {
		b.Fatal(err)
	}
	if len(words) < 300 {
		b.Fatalf("only %d English words are known", len(words))
	}
	list, err := json.Marshal(words)
	if err != nil {
		b.Fatal(err)
	}
	wrong := value[[]string](b, fmt.Sprintf(`((page, words) => {
		const own = new Set(words), wrong = [];
		const check = (text, element, where) => {
			if (!element || element.closest("script, style, code, kbd, pre, .hash")) return;
			const lang = element.closest("[lang]").getAttribute("lang"); // elements of a picture have no property for it
			const what = where + " in " + lang + ": " + text.trim().slice(0, 80);
			if (lang !== "zh-CN" && /\p{Script=Han}/u.test(text)) wrong.push(what);
			if (lang === "zh-CN" && (text.replace(/https?:\S+|\S+@\S+|\b[A-Za-z]+-?\d+|[A-Za-z\d]+([._:]+[A-Za-z\d-]+)+|\b(Word|Excel|PowerPoint)\b/g, "").match(/[A-Za-z]{3,}/g) ?? []).some(w => own.has(w.toLowerCase()))) wrong.push(what);
		};
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) check(walk.currentNode.data, walk.currentNode.parentElement, "text");
		for (const name of ["title", "aria-label", "alt", "placeholder", "data-label"])
			for (const e of document.querySelectorAll("body [" + name + "]")) check(e.getAttribute(name), e, name);
		return wrong.slice(0, 5);
	})(%q, %s)`, lang, list))
	for _, w := range wrong {
		b.Errorf("wrong language: %s", w)
	}
}

// eventually waits until something is so that a job, a network or another person has to
// bring, and tells what was there instead when it never is. Five minutes tell a busy machine
// from what does not come.
func eventually(t testing.TB, what string, look func() (so bool, instead string)) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		so, instead := look()
		if so {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it never came to that: %s:\n%s", what, instead)
		}
	}
}
