package quanxiang_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// verb is a verb of a format, with the number of its argument if that is given.
var verb = regexp.MustCompile(`%[-+# 0]*(\[\d+\])?[\d.]*[a-zA-Z]`)

// What is said in two languages takes the same arguments in both: else readers of
// one meet "%!(EXTRA ...)" or "%!d(MISSING)".
func TestBothLanguagesTakeTheirArguments(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis.IsValid() {
				return true
			}
			for i := 0; i+2 < len(call.Args); i++ {
				zh, en, rest := literal(call.Args[i]), literal(call.Args[i+1]), len(call.Args)-i-2
				if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || !verb.MatchString(strings.ReplaceAll(en, "%%", "")) {
					continue
				}
				for _, text := range []string{zh, en} {
					found := verb.FindAllStringSubmatch(strings.ReplaceAll(text, "%%", ""), -1)
					if numbered := strings.Contains(strings.Join(verb.FindAllString(text, -1), ""), "["); !numbered && len(found) != rest {
						t.Errorf("%s: %q takes %d arguments and is given %d", set.Position(call.Pos()), text, len(found), rest)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// literal is the text of a string in quotes, or of some that are put together, or "".
func literal(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		if a, b := literal(sum.X), literal(sum.Y); a != "" && b != "" {
			return a + b
		}
		return ""
	}
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return s
}
