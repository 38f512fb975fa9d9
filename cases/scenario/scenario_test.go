package scenario_test

import (
	"io/fs"
	"os"
	"slices"
	"testing"

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
	report, err := scenario.RunPack(fsys, pack, calendar.Seed())
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
