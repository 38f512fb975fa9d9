package librarytest

import (
	"os"
	"path/filepath"
	"testing"

	"quanxiang/gazette"
	"quanxiang/policy"
)

// RealFile is the real gazette of 2016, which lies beside the repository, or ""
// where it does not. In CI it must be there.
func RealFile(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd() // of the package under test
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			t.Fatal("the test runs outside the repository")
		}
		root = filepath.Dir(root)
	}
	name := filepath.Join(root, "..", "shared", "gazette", "xicheng-2016.txt")
	_, err = os.Stat(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("the real gazette is needed in CI: %v", err)
	}
	if err != nil {
		return ""
	}
	return name
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// Real reads the real gazette, or returns nil where it is not.
func Real(t testing.TB, pack *policy.Pack) *gazette.Gazette {
	t.Helper()
	name := RealFile(t)
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := gazette.Read(f, filepath.Base(name), pack.Gazette, gazette.Limits{})
	if err != nil {
		t.Fatalf("read the real gazette: %v", err)
	}
	return g
}
