// Package packtest loads packs for tests. No program imports it.
package packtest

import (
	_ "embed" // the complaint
	"errors"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"quanxiang/packs"
	"quanxiang/policy"
)

// xicheng is read once for all tests of a process: a pack is immutable.
var xicheng = sync.OnceValues(func() (*policy.Pack, error) {
	fsys, ok := packs.FS("xicheng")
	if !ok {
		return nil, errors.New("the program carries no pack xicheng")
	}
	return policy.Load(fsys, ".")
})

// Xicheng is the reference pack, the same for all. What changes something of it
// changes a pack that it loaded itself.
func Xicheng(t testing.TB) *policy.Pack {
	t.Helper()
	pack, err := xicheng()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// Files are the reference pack's.
func Files(t testing.TB) fs.FS {
	t.Helper()
	fsys, ok := packs.FS("xicheng")
	if !ok {
		t.Fatal("the program carries no pack xicheng")
	}
	return fsys
}

// Copy copies files, so that a test can add to them and change them.
func Copy(t testing.TB, from fs.FS) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, path)
		all[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Load loads files that were copied and changed.
func Load(t testing.TB, files fs.FS, folder string) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(files, folder)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

//go:embed complaint.yaml
var complaint []byte

// WithReports is the reference pack with a procedure that residents begin:
// complaint, whose action report is the public's.
func WithReports(t testing.TB) *policy.Pack {
	t.Helper()
	all := Copy(t, Files(t))
	all["procedures/complaint.yaml"] = &fstest.MapFile{Data: complaint}
	return Load(t, all, ".")
}
