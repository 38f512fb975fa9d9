package quanxiang_test

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// level orders the rooms: a package imports only rooms of a lower level, or
// sub-packages of its own room. docs/architecture.md draws the same order.
var level = map[string]int{
	"gov":      0,
	"docs":     0, // what programs need of the pages: the second verifier
	"canon":    1,
	"calendar": 2, "rules": 2, "ledger": 2, "gazette": 2, "jobs": 2, "files": 2, "privacy": 2, "geo": 2, "limits": 2, "draw": 2,
	"policy": 3, "backup": 3,
	"library": 4, "people": 4,
	"cases": 5, "residents": 5,
	"notices": 6, "registers": 6,
	"inspections": 7,
	"support":     8,
	"store":       9, "demo": 9,
	"packs": 9, // embeds the packs; imported by cmd and by tests
	"web":   10, "installation": 10,
	"cmd":   11,
	"e2e":   12,
	"bench": 12,
}

// confined lists packages that only some rooms, or packages of a room, may
// import.
var confined = map[string][]string{
	"database/sql":                          {"store", "jobs"},
	"net/http":                              {"web", "files", "people/oidc", "notices/sms", "notices/hooks", "cmd", "e2e", "bench"},
	"github.com/danielgtaylor/huma/v2":      {"web"},
	"github.com/jackc/pgx/v5":               {"store"},
	"modernc.org/sqlite":                    {"store"},
	"github.com/6tail/lunar-go/HolidayUtil": {"calendar"},
	"github.com/xuri/excelize/v2":           {"web"},
	"github.com/piglig/go-qr":               {"web/ui"},
	"cel.dev/cel-go":                        {"rules"},
	"github.com/coreos/go-oidc/v3":          {"people/oidc"},
	"golang.org/x/oauth2":                   {"people/oidc"},
	"net/smtp":                              {"notices/smtp"},
	"golang.org/x/crypto/argon2":            {"people/passwords"},
	"golang.org/x/crypto/chacha20poly1305":  {"privacy"},
	"github.com/cloudflare/circl":           {"draw/outside"},
}

// pure rooms take time, seed and data as arguments and touch nothing else.
var pure = []string{"gov", "canon", "calendar", "rules", "ledger", "gazette", "privacy", "geo", "draw"}

// impure is what a pure room may not import.
var impure = []string{"os", "log", "log/slog", "net", "os/exec", "math/rand", "math/rand/v2"}

func TestImportDirection(t *testing.T) {
	t.Parallel()
	const module = "quanxiang/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, ok := strings.CutPrefix(pkg, module)
		if !ok {
			continue // the root package holds this test alone
		}
		from, _, _ := strings.Cut(path, "/")
		fromLevel, ok := level[from]
		if !ok {
			t.Errorf("%s is in no room: give %q a level", pkg, from)
			continue
		}
		seen++
		for _, imp := range strings.Fields(imports) {
			if to, ok := strings.CutPrefix(imp, module); ok {
				to, _, _ = strings.Cut(to, "/")
				if from != to && level[to] >= fromLevel {
					t.Errorf("%s (level %d) imports %s (level %d)", pkg, fromLevel, imp, level[to])
				}
			}
			for name, rooms := range confined {
				if (imp == name || strings.HasPrefix(imp, name+"/")) &&
					!slices.ContainsFunc(rooms, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") }) {
					t.Errorf("%s imports %s, which belongs to %v", pkg, imp, rooms)
				}
			}
			// what only tests import may read their files
			if slices.Contains(pure, from) && slices.Contains(impure, imp) && !strings.HasSuffix(path, "test") {
				t.Errorf("%s imports %s, but its room is pure", pkg, imp)
			}
		}
	}
	if seen < 5 {
		t.Fatalf("only %d packages seen", seen)
	}
}

// TestFileLength keeps files readable: a Go file over 500 lines is split.
func TestFileLength(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("git", "ls-files", "*.go").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for _, name := range strings.Fields(string(out)) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		n, err := countLines(filepath.FromSlash(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n > 500 {
			t.Errorf("%s has %d lines, over 500", name, n)
		}
	}
}

// TestPackageLength keeps rooms small enough to be known: a package over 3,000
// lines, tests aside, is split.
func TestPackageLength(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("git", "ls-files", "*.go").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	lines := map[string]int{}
	for _, name := range strings.Fields(string(out)) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		n, err := countLines(filepath.FromSlash(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		lines[path.Dir(name)] += n
	}
	for dir, n := range lines {
		if n > 3000 {
			t.Errorf("package %s has %d lines, over 3000", dir, n)
		}
	}
}

func countLines(name string) (int, error) {
	b, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return 0, nil // deleted in the working tree, not yet in the index
	}
	return bytes.Count(b, []byte("\n")), err
}
