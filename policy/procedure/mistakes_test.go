package procedure_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quanxiang/policy"
)

// marked finds the expectations in a file: ### "regexp" behind a line says
// that this line has such a problem.
var marked = regexp.MustCompile(`### ("(?:[^"\\]|\\.)*")`)

var han = regexp.MustCompile(`\p{Han}`)

// TestMistakes loads packs whose procedures say what is wrong with them. Every
// expected problem must be reported on its line, in both languages, and
// nothing else.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"mistakes", "links"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Load(os.DirFS("testdata"), dir)
			problems, ok := err.(policy.Problems)
			if !ok {
				t.Fatalf("Load = %v, want problems", err)
			}
			compare(t, dir, problems)
		})
	}
}

// Slips that do not stop a procedure from working are warnings.
func TestWarnings(t *testing.T) {
	t.Parallel()
	pack, err := policy.Load(os.DirFS("testdata"), "warnings")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "warnings", pack.Warnings)
}

// The sample pack has nothing to be warned of.
func TestSampleWithoutWarnings(t *testing.T) {
	t.Parallel()
	pack, err := policy.Load(os.DirFS("../../cases/testdata"), "sample")
	if err != nil || len(pack.Warnings) > 0 {
		t.Errorf("%v, %v", err, pack.Warnings)
	}
}

func compare(t *testing.T, dir string, problems policy.Problems) {
	t.Helper()
	want := expectations(t, os.DirFS("testdata/"+dir))
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
		if !han.MatchString(p.Text.ZH) || strings.Contains(p.Text.ZH+p.Text.EN, "%!") || han.MatchString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(p.Text.EN, "")) {
			t.Errorf("text: %q, %q", p.Text.ZH, p.Text.EN)
		}
	}
	for place, left := range want {
		for _, re := range left {
			t.Errorf("%s: not reported: %s", place, re)
		}
	}
}

func expectations(t *testing.T, fsys fs.FS) map[string][]*regexp.Regexp {
	t.Helper()
	want := map[string][]*regexp.Regexp{}
	files, err := fs.Glob(fsys, "procedures/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			for _, m := range marked.FindAllStringSubmatch(line, -1) {
				expr, err := strconv.Unquote(m[1])
				if err != nil {
					t.Fatalf("%s:%d: %v", file, i+1, err)
				}
				place := fmt.Sprintf("%s:%d", file, i+1)
				want[place] = append(want[place], regexp.MustCompile(expr))
			}
		}
	}
	return want
}
