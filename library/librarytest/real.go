package librarytest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"quanxiang/gazette"
	"quanxiang/policy"
)

// RealFile is the real gazette of 2016, which lies beside the repository, or ""
// where it does not. In CI it must be there.
func RealFile(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	name := filepath.Join(filepath.Dir(here), "..", "..", "..", "shared", "gazette", "xicheng-2016.txt")
	_, err := os.Stat(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("the real gazette is needed in CI: %v", err)
	}
	if err != nil {
		return ""
	}
	return name
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
