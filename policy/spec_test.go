package policy_test

import (
	"os"
	"regexp"
	"testing"
	"testing/fstest"

	"quanxiang/policy"
)

// The examples of docs/spec/pack.md make a pack, without a warning.
func TestSpecExamples(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../docs/spec/pack.md")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	section := regexp.MustCompile("(?s)\n## [0-9]+\\. ([a-z/]+\\.yaml)\n.*?```yaml\n(.*?)```")
	for _, m := range section.FindAllSubmatch(spec, -1) {
		fsys["sample/"+string(m[1])] = &fstest.MapFile{Data: m[2]}
	}
	if len(fsys) != 8 {
		t.Fatalf("%d examples", len(fsys))
	}
	p, err := policy.Load(fsys, "sample")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings) > 0 {
		t.Error(p.Warnings)
	}
	if len(p.Units) != 5 || len(p.Areas) != 4 || len(p.Posts) != 2 || len(p.Roles) != 3 || len(p.Documents) != 3 || len(p.Gazette.Tables) != 1 || len(p.Lists) != 1 {
		t.Errorf("%d units, %d areas, %d posts, %d roles, %d documents, %d tables", len(p.Units), len(p.Areas), len(p.Posts), len(p.Roles), len(p.Documents), len(p.Gazette.Tables))
	}
}
