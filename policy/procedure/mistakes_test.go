package procedure_test

import (
	"os"
	"regexp"
	"testing"

	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

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
	policytest.Compare(t, os.DirFS("testdata/"+dir), problems, "procedures/*.yaml")
}
