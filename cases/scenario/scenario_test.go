package scenario_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/calendar"
	"quanxiang/cases/scenario"
	"quanxiang/policy"
)

// The sample pack's procedures pull in different directions; their scenarios
// hold what the engine promises.
func TestSamplePack(t *testing.T) {
	t.Parallel()
	fsys := os.DirFS("../testdata/sample")
	pack, err := policy.Load(os.DirFS("../testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(fsys, "procedures/*.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(pack.Procedures) {
		t.Errorf("%d files of scenarios for %d procedures", len(files), len(pack.Procedures))
	}
	report, err := scenario.RunPack(fsys, pack, calendar.Seed(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	if report.Scenarios < 10 || !slices.Equal(report.Files, files) {
		t.Errorf("%d scenarios in %v", report.Scenarios, report.Files)
	}
}

var marked = regexp.MustCompile(`### ("(?:[^"\\]|\\.)*")`)

// Every expectation that is not met is reported on its line, in both languages,
// and nothing else.
func TestFailures(t *testing.T) {
	t.Parallel()
	pack, err := policy.Load(os.DirFS("../testdata"), "sample")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/payment.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"procedures/payment.test.yaml": {Data: data}}
	report, err := scenario.RunPack(fsys, pack, calendar.Seed(), nil)
	if err != nil || len(report.Untested) != len(pack.Procedures)-1 {
		t.Fatalf("%v, untested %v", err, report.Untested)
	}
	want := map[int][]*regexp.Regexp{}
	for i, line := range strings.Split(string(data), "\n") {
		for _, m := range marked.FindAllStringSubmatch(line, -1) {
			expr, err := strconv.Unquote(m[1])
			if err != nil {
				t.Fatal(err)
			}
			want[i+1] = append(want[i+1], regexp.MustCompile(expr))
		}
	}
	for _, p := range report.Problems {
		i := slices.IndexFunc(want[p.Pos.Line], func(re *regexp.Regexp) bool { return re.MatchString(p.Text.EN) })
		if i < 0 || p.Text.ZH == "" || p.Pos.Column == 0 {
			t.Errorf("unexpected: %v", p)
			continue
		}
		want[p.Pos.Line] = slices.Delete(want[p.Pos.Line], i, i+1)
	}
	for line, left := range want {
		for _, re := range left {
			t.Errorf("line %d: not reported: %s", line, re)
		}
	}
	if _, err := scenario.RunPack(fstest.MapFS{"procedures/gone.test.yaml": {Data: data}}, pack, calendar.Seed(), nil); err == nil {
		t.Error("scenarios without procedure are passed over")
	}
}
