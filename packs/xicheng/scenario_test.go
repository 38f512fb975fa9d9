package xicheng_test

import (
	"testing"

	"quanxiang/calendar"
	"quanxiang/cases/scenario"
	"quanxiang/packs"
	"quanxiang/policy"
)

// Every procedure of the district does what its scenarios say.
func TestScenarios(t *testing.T) {
	t.Parallel()
	fsys, _ := packs.FS("xicheng")
	pack, err := policy.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	report, err := scenario.RunPack(fsys, pack, calendar.Seed(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	if len(report.Untested) > 0 || report.Scenarios == 0 {
		t.Errorf("%d scenarios; none for %v", report.Scenarios, report.Untested)
	}
}
