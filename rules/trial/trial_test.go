package trial

import (
	"testing"

	"quanxiang/gov"
)

// Every example of the sample comes out, and every number and edge of its rules
// is tested by one.
func TestProgramme(t *testing.T) {
	t.Parallel()
	p, examples := load(t, "testdata/programme.rule")
	n, failures := Run(p, examples)
	if err := failures.Err(); err != nil {
		t.Fatal(failures.In(gov.EN))
	}
	if n < 50 {
		t.Errorf("only %d expectations", n)
	}
	for _, u := range Mutate(p, examples) {
		t.Errorf("%s: %s", u.Pos, u.Text.EN)
	}
}
