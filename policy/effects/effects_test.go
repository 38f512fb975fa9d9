package effects_test

import (
	"os"
	"testing"

	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

// TestMistakes loads a pack whose procedures and registers say what is wrong in what
// they say of each other.
func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := policy.Load(os.DirFS("testdata"), "mistakes")
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatalf("Load = %v, want problems", err)
	}
	policytest.Compare(t, os.DirFS("testdata/mistakes"), problems, "procedures/*.yaml", "registers/*.yaml")
}
