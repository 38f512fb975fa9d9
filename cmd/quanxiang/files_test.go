package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quanxiang/files"
)

// Files nothing refers to are deleted, unless somebody has only just put them;
// those that documents and cases refer to stay.
func TestSweepFiles(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.ok(t, "import", "gazette", demoFile(t), "--yes")
			s := openSite(t, at)
			kept := map[files.Key]bool{}
			walk := func() map[files.Key]bool {
				t.Helper()
				found := map[files.Key]bool{}
				if err := s.files.Walk(t.Context(), func(k files.Key, _ int64) error { found[k] = true; return nil }); err != nil {
					t.Fatal(err)
				}
				return found
			}
			aged := func(k files.Key, age time.Duration) {
				t.Helper()
				when := time.Now().Add(-age)
				if err := os.Chtimes(filepath.Join(at.data, "files", string(k[:2]), string(k[2:])), when, when); err != nil {
					t.Fatal(err)
				}
			}
			put := func(text string, age time.Duration) files.Key {
				t.Helper()
				k, _, err := s.files.Put(t.Context(), strings.NewReader(text), 100)
				if err != nil {
					t.Fatal(err)
				}
				aged(k, age)
				return k
			}
			for k := range walk() {
				kept[k] = true
				aged(k, 2*putTime)
			}
			if len(kept) == 0 {
				t.Fatal("the gazette left no file")
			}
			// Keys before, between and behind those that are in use.
			var orphans []files.Key
			for _, text := range []string{"甲", "乙", "丙", "丁", "戊", "己"} {
				orphans = append(orphans, put(text, 2*putTime))
			}
			fresh := put("刚刚上传", putTime/2)
			if err := s.sweepFiles(t.Context(), time.Now(), slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
			left := walk()
			for k := range kept {
				if !left[k] {
					t.Errorf("file %s is in use and was deleted", k)
				}
			}
			for _, k := range orphans {
				if left[k] {
					t.Errorf("file %s stays, though nothing refers to it", k)
				}
			}
			if !left[fresh] {
				t.Error("a file that was only just put was deleted")
			}
		})
	}
}
