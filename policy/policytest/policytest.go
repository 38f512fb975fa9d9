// Package policytest holds a pack's mistakes against what its own files say of
// them. No program imports it.
package policytest

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quanxiang/policy"
)

var (
	// marked is an expectation: ### "regexp" behind a line says that this line
	// has such a problem.
	marked = regexp.MustCompile(`### ("(?:[^"\\]|\\.)*")`)
	han    = regexp.MustCompile(`\p{Han}`)
	quoted = regexp.MustCompile(`"[^"]*"`)
)

// Compare fails the test unless the problems are those that the files of a pack
// say they have, each on its line, in both languages, and no others. patterns
// name the files, as fs.Glob has them.
func Compare(t *testing.T, fsys fs.FS, problems policy.Problems, patterns ...string) {
	t.Helper()
	want := expectations(t, fsys, patterns)
	for _, p := range problems {
		place := fmt.Sprintf("%s:%d", p.Pos.File, p.Pos.Line)
		i := slices.IndexFunc(want[place], func(re *regexp.Regexp) bool { return re.MatchString(p.Text.EN) })
		if i < 0 {
			t.Errorf("unexpected: %v", p)
			continue
		}
		want[place] = slices.Delete(want[place], i, i+1)
		if p.Pos.Column == 0 {
			t.Errorf("no column: %v", p)
		}
		if !han.MatchString(p.Text.ZH) || strings.Contains(p.Text.ZH+p.Text.EN, "%!") || han.MatchString(quoted.ReplaceAllString(p.Text.EN, "")) {
			t.Errorf("text: %q, %q", p.Text.ZH, p.Text.EN)
		}
	}
	for place, left := range want {
		for _, re := range left {
			t.Errorf("%s: not reported: %s", place, re)
		}
	}
}

func expectations(t *testing.T, fsys fs.FS, patterns []string) map[string][]*regexp.Regexp {
	t.Helper()
	want := map[string][]*regexp.Regexp{}
	for _, pattern := range patterns {
		files, err := fs.Glob(fsys, pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := fs.ReadFile(fsys, file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(data), "\n") {
				for _, m := range marked.FindAllStringSubmatch(line, -1) {
					expr, err := strconv.Unquote(strings.ReplaceAll(strings.ReplaceAll(m[1], `\?`, `\\?`), `\*`, `\\*`))
					if err != nil {
						t.Fatalf("%s:%d: %v", file, i+1, err)
					}
					place := fmt.Sprintf("%s:%d", file, i+1)
					want[place] = append(want[place], regexp.MustCompile(expr))
				}
			}
		}
	}
	return want
}
