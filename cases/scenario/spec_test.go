package scenario_test

import (
	"bytes"
	"os"
	"regexp"
	"testing"
	"testing/fstest"

	"quanxiang/calendar"
	"quanxiang/cases/scenario"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure/diagram"
)

// The example of docs/spec/procedure.md loads without a warning, plays as it
// says, and is what the picture beside it shows.
func TestSpecExample(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../../docs/spec/procedure.md")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, name := range []string{"pack.yaml", "units.yaml", "areas.yaml", "posts.yaml", "roles.yaml"} {
		data, err := os.ReadFile("../testdata/sample/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys["sample/"+name] = &fstest.MapFile{Data: data}
	}
	for _, m := range regexp.MustCompile("(?s)\n### (procedures/[a-z.]+)\n.*?```yaml\n(.*?)```").FindAllSubmatch(spec, -1) {
		fsys["sample/"+string(m[1])] = &fstest.MapFile{Data: m[2]}
	}
	pack, err := policy.Load(fsys, "sample")
	if err != nil {
		t.Fatal(err)
	}
	if len(pack.Procedures) != 1 || len(pack.Warnings) > 0 {
		t.Fatalf("%d procedures, %v", len(pack.Procedures), pack.Warnings)
	}
	sub, err := fsys.Sub("sample")
	if err != nil {
		t.Fatal(err)
	}
	report, err := scenario.RunPack(sub, pack, calendar.Seed(), nil)
	if err != nil || len(report.Problems) > 0 || report.Scenarios != 1 {
		t.Errorf("%v, %v, %d scenarios", err, report.Problems, report.Scenarios)
	}
	picture, err := os.ReadFile("../../docs/images/question.svg")
	if got := diagram.SVG(pack.Procedures[0], diagram.Options{Lang: gov.EN, Alone: true}); err != nil || !bytes.Equal(got, picture) {
		t.Errorf("docs/images/question.svg is not the picture of the example (%v)", err)
	}
}
