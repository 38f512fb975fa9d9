package programmes_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quanxiang/packs/packtest"
)

var (
	ruleLine = regexp.MustCompile(`(?s)<li id="L\d+"><code>(.*?)</code></li>`)
	markup   = regexp.MustCompile(`<[^>]*>`)
)

// Every rule file of the pack is shown character by character, with its words,
// numbers and citations marked.
func TestRuleFiles(t *testing.T) {
	t.Parallel()
	r, n := open(t), 0
	for _, f := range packtest.Xicheng(t).Files {
		name, ok := strings.CutPrefix(f.Path, "programmes/")
		if !ok || !strings.HasSuffix(name, ".rule") {
			continue
		}
		n++
		status, page, _ := r.get("/programmes/rules/"+name, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", name, status)
		}
		var lines []string
		for _, m := range ruleLine.FindAllStringSubmatch(page, -1) {
			lines = append(lines, html.UnescapeString(markup.ReplaceAllString(m[1], "")))
		}
		if got := strings.Join(lines, "\n") + "\n"; got != string(f.Content) {
			t.Errorf("%s is not shown as it stands", name)
		}
		r.has(page, `class="rules-word"`, `class="rules-text"`)
	}
	if n < 4 {
		t.Errorf("only %d files", n)
	}
	_, page, _ := r.get("/programmes/rules/16.rule", nil)
	r.has(page, `<span class="rules-number">100万元</span>`, `16.readings.rule`, `rules-comment`)
	if status, _, _ := r.get("/programmes/rules/99.rule", nil); status != http.StatusNotFound {
		t.Errorf("a file that is not there: status %d", status)
	}
}
