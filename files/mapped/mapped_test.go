package mapped_test

import (
	"os"
	"path/filepath"
	"testing"

	"quanxiang/files/mapped"
)

// The bytes are those of the file, empty ones too; what is not there is an error.
func TestOpen(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"", "a", string(make([]byte, 10_000)) + "end"} {
		name := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := mapped.Open(name)
		if err != nil || string(f.Data) != want {
			t.Fatalf("%v: %d bytes of %d", err, len(f.Data), len(want))
		}
		if err := f.Close(); err != nil || f.Data != nil || f.Close() != nil {
			t.Errorf("closed: %v", err)
		}
	}
	if _, err := mapped.Open(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
