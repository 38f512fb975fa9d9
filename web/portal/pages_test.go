package portal

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/web/ui"
)

// Every page in every language is type-checked against the view it is executed
// with, so that a misspelt field fails here and not in front of a reader.
func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, public, err := ledger.NewKey(rand.Reader, "example/ledger")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Deps{Engine: e, LedgerKey: public}); err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, c := range e.Checks() {
		pages++
		parsed, err := c.Template()
		if err == nil {
			err = templatecheck.CheckHTML(parsed, c.Dot)
		}
		if err != nil {
			t.Errorf("%s (%s): %v", c.Name, c.Lang, err)
		}
	}
	if want := 2 * 14; pages < want {
		t.Errorf("%d pages checked, want at least %d", pages, want)
	}
}

// The words of the program stand in the catalogues: every key that code or a
// template names exists, and no key is left over.
func TestEveryMessageIsUsedAndExists(t *testing.T) {
	t.Parallel()
	e, err := ui.New(ui.Site{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	m := e.Messages(gov.ZH)
	whole := regexp.MustCompile(`\b(?:t|T) ?\(?"([a-z_0-9.]+[a-z_0-9])"`)
	prefix := regexp.MustCompile(`"([a-z_0-9.]+\.)"`)
	used := map[string]bool{}
	var prefixes []string
	files := 0
	for _, dir := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !slices.Contains([]string{".go", ".html"}, filepath.Ext(path)) {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for _, k := range whole.FindAllStringSubmatch(string(b), -1) {
				used[k[1]] = true
			}
			for _, k := range prefix.FindAllStringSubmatch(string(b), -1) {
				prefixes = append(prefixes, k[1])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 20 {
		t.Fatalf("only %d files read", files)
	}
	for k := range used {
		if !m.Has(k) && !strings.HasSuffix(k, ".") {
			t.Errorf("key %q is used but in no catalogue", k)
		}
	}
	for _, k := range m.Keys() {
		if !used[k] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) }) {
			t.Errorf("key %q is used nowhere", k)
		}
	}
}
