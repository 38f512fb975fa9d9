package files_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/files"
	"quanxiang/gov"
)

// The key of "abc" is the example of FIPS 180-4.
const abc = files.Key("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

func setup(t *testing.T) (*files.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	return files.NewFolder(dir), dir
}

func put(t *testing.T, f *files.Folder, s string) files.Key {
	t.Helper()
	k, n, err := f.Put(t.Context(), strings.NewReader(s), 100)
	if err != nil || n != int64(len(s)) {
		t.Fatalf("Put(%q) = %d bytes, %v", s, n, err)
	}
	return k
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPutTwiceKeepsOnce(t *testing.T) {
	t.Parallel()
	f, dir := setup(t)
	for range 2 {
		if k := put(t, f, "abc"); k != abc {
			t.Fatalf("key %s, want %s", k, abc)
		}
	}
	if diff := cmp.Diff([]string{string(abc[:2] + "/" + abc[2:])}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
	r, err := f.Open(abc)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "abc" {
		t.Errorf("read %q, %v", got, err)
	}
	if has, err := f.Has(abc); !has || err != nil {
		t.Errorf("Has = %t, %v", has, err)
	}
}

// What failed must leave nothing behind, neither under a key nor unfinished.
func TestPutFailsAndKeepsNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		r    io.Reader
		is   func(error) bool
	}{
		{"one byte too many", t.Context(), strings.NewReader("abcd"), func(err error) bool { return gov.CodeOf(err) == gov.TooLarge }},
		{"reader fails", t.Context(), io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) }},
		{"context ended", ended, strings.NewReader("abc"), func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, dir := setup(t)
			if _, _, err := f.Put(tt.ctx, tt.r, 3); !tt.is(err) {
				t.Errorf("error %v", err)
			}
			if left := names(t, dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestKeysCannotLeaveTheFolder(t *testing.T) {
	t.Parallel()
	f, _ := setup(t)
	for _, k := range []files.Key{"", "..", "../../etc/passwd", abc[:63], abc + "0", files.Key(strings.ToUpper(string(abc))), "/." + abc[2:]} {
		if _, err := f.Open(k); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("Open(%q): %v, want Invalid", k, err)
		}
		if _, err := f.Has(k); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("Has(%q): %v, want Invalid", k, err)
		}
	}
	if _, err := f.Open(abc); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("Open of an absent file: %v, want NotFound", err)
	}
}

func TestWalkPassesOverStrangers(t *testing.T) {
	t.Parallel()
	f, dir := setup(t)
	if err := f.Walk(t.Context(), func(files.Key, int64) error { return errors.New("called") }); err != nil {
		t.Errorf("before the first file: %v", err)
	}
	empty := put(t, f, "")
	put(t, f, "abc")
	for _, name := range []string{".put-1", "README", "ba/short"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := map[files.Key]int64{}
	if err := f.Walk(t.Context(), func(k files.Key, n int64) error { got[k] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[files.Key]int64{empty: 0, abc: 3}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckFindsAChangedFileAndPutRepairsIt(t *testing.T) {
	t.Parallel()
	f, dir := setup(t)
	put(t, f, "abc")
	if err := f.Check(t.Context(), abc); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, string(abc[:2]), string(abc[2:])), []byte("abd"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Check(t.Context(), abc); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("changed: %v, want Conflict", err)
	}
	put(t, f, "abc")
	if err := f.Check(t.Context(), abc); err != nil {
		t.Errorf("given again: %v", err)
	}
}

// A file is dropped only if nobody put it since: who has just put it is about to
// note what it is for.
func TestDropLeavesWhatWasPutSince(t *testing.T) {
	t.Parallel()
	f, dir := setup(t)
	key := put(t, f, "abc")
	if gone, err := f.Drop(key, time.Now().Add(-time.Hour)); gone || err != nil {
		t.Errorf("dropped just after it was put: %t, %v", gone, err)
	}
	if gone, err := f.Drop(key, time.Now().Add(time.Hour)); !gone || err != nil {
		t.Errorf("not dropped: %t, %v", gone, err)
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if gone, err := f.Drop(key, time.Now().Add(time.Hour)); gone || err != nil {
		t.Errorf("dropped what is not there: %t, %v", gone, err)
	}
	if _, err := f.Drop("../x", time.Now()); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("a key that is none: %v", err)
	}
}
