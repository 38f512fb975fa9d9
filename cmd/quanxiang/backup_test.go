package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/archive"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/storetest"
)

// demoFile is the sample gazette as a file.
func demoFile(t testing.TB) string {
	t.Helper()
	fsys, _ := packs.FS(defaultPack)
	text, err := fs.ReadFile(fsys, demoGazette)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "demo.txt")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// site is an installation the tests run the program on.
type site struct{ data, dsn string }

// newSite is an empty data folder and an empty database: the tests of init, serve
// and demo without --database begin with no table either.
func newSite(t testing.TB, e store.Engine) site {
	t.Helper()
	return site{t.TempDir(), storetest.DSN(t, e)}
}

// cases counts the cases that lists show.
func (s site) cases(t testing.TB) int {
	t.Helper()
	return counted(t, storetest.Open(t, s.dsn, nil), "select id from case_rows")
}

// args adds the place to a command.
func (s site) args(args ...string) []string {
	return append(args, "--data", s.data, "--database", s.dsn)
}

// ok runs a command that must succeed and returns what it printed.
func (s site) ok(t testing.TB, args ...string) string {
	t.Helper()
	return s.want(t, cli.OK, "", args...)
}

// want runs a command and checks its exit code and a part of what it prints.
func (s site) want(t testing.TB, code int, part string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": "en", "USER": "tester"}[k]
	}}
	got := run(t.Context(), e, s.args(args...))
	if got != code || !says(out.String(), part) || strings.Contains(out.String(), "%!") {
		t.Fatalf("%s: exit %d, want %d and %q:\n%s", strings.Join(args, " "), got, code, part, out.String())
	}
	return out.String()
}

// hits is how many passages of a site's library have a word.
func (s site) hits(t testing.TB, word string) int {
	t.Helper()
	pack, err := choosePack("")
	if err != nil {
		t.Fatal(err)
	}
	l := library.New(storetest.Open(t, s.dsn, nil).Library(pack.District), pack, time.Now)
	list, err := l.Search(t.Context(), library.Query{Words: word}, gov.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Total
}

// carryKeys brings key files to another installation, as an operator does who
// kept them apart; all of them if none is named.
func (s site) carryKeys(t testing.TB, to site, names ...string) {
	t.Helper()
	if len(names) == 0 {
		names = archive.KeyFiles
	}
	for _, name := range names {
		key, err := os.ReadFile(filepath.Join(s.data, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to.data, name), key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// read is the text of a file.
func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// engines are those that can be tested here.
func engines() (list []store.Engine) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if storetest.Has(e) {
			list = append(list, e)
		}
	}
	return list
}

// contents are all rows and files of an archive.
func contents(t testing.TB, path string) (rows []string, m backup.Manifest) {
	t.Helper()
	a, err := backup.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = a.EachRow(t.Context(), func(table string, row []byte) error {
		rows = append(rows, table+" "+string(row))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, a.Manifest
}

// A backup of either engine is restored into either: the same rows and files,
// a ledger that verifies, a library in which everything is found.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	file := demoFile(t)
	for _, from := range engines() {
		t.Run(string(from), func(t *testing.T) {
			t.Parallel()
			old := newSite(t, from)
			old.ok(t, "import", "gazette", file, "--yes")
			archive := filepath.Join(t.TempDir(), "backup")
			old.want(t, cli.OK, "private keys are not in it", "backup", archive)
			old.want(t, cli.Failed, "is not overwritten", "backup", archive)
			rows, m := contents(t, archive)
			if m.Files.Count != 1 || m.WithKey() || m.Checkpoint == "" || len(rows) != int(m.RowCount()) {
				t.Fatalf("manifest %+v", m)
			}
			for _, to := range engines() {
				restored := newSite(t, to)
				restored.want(t, cli.Invalid, "private key is not in the backup", "restore", archive)
				old.carryKeys(t, restored, installation.KeyFile)
				restored.want(t, cli.Invalid, "privacy key is not in the backup", "restore", archive)
				old.carryKeys(t, restored)
				restored.want(t, cli.OK, "The ledger is sound", "restore", archive)
				restored.ok(t, "ledger", "verify")
				if got, want := restored.hits(t, "区"), old.hits(t, "区"); got != want || want == 0 {
					t.Errorf("%s to %s: %d hits, want %d", from, to, got, want)
				}
				if got, want := restored.cases(t), old.cases(t); got != want || got == 0 {
					t.Errorf("%s to %s: %d cases are listed, want %d", from, to, got, want)
				}
				again := filepath.Join(t.TempDir(), "again")
				restored.ok(t, "backup", again)
				rows2, m2 := contents(t, again)
				if d := cmp.Diff(rows, rows2); d != "" {
					t.Errorf("%s to %s (-first +second):\n%s", from, to, d)
				}
				if d := cmp.Diff(m.Members, m2.Members); d != "" || m.Files != m2.Files || m.Checkpoint != m2.Checkpoint {
					t.Errorf("%s to %s: another manifest:\n%s", from, to, d)
				}
				restored.want(t, cli.Failed, "already holds data", "restore", archive)
				restored.want(t, cli.OK, "0 new, 0 changed", "import", "gazette", file, "--yes")
			}
		})
	}
}

// The private key travels only when it is asked to; where it is lost, a new one
// goes on and the old one still verifies.
func TestRestoreKeys(t *testing.T) {
	t.Parallel()
	old := newSite(t, store.SQLite)
	old.ok(t, "import", "gazette", demoFile(t), "--yes")
	with, without := filepath.Join(t.TempDir(), "with"), filepath.Join(t.TempDir(), "without")
	old.want(t, cli.OK, "keep it like the keys", "backup", with, "--with-key")
	old.ok(t, "backup", without)
	oldKey := old.ok(t, "ledger", "key")

	same := newSite(t, store.SQLite)
	same.ok(t, "restore", with)
	if got := same.ok(t, "ledger", "key"); got != oldKey {
		t.Errorf("key %q, want %q", got, oldKey)
	}
	for _, name := range archive.KeyFiles {
		path := filepath.Join(same.data, name)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("key file %v, %v", info.Mode(), err)
		}
		if got, want := read(t, path), read(t, filepath.Join(old.data, name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}

	lost := newSite(t, store.SQLite)
	lost.want(t, cli.OK, "publish its public key", "restore", without, "--new-key")
	if keys := strings.Fields(lost.ok(t, "ledger", "key")); len(keys) != 2 || keys[1]+"\n" != oldKey {
		t.Errorf("keys %q, want a new one and %q", keys, oldKey)
	}
	lost.ok(t, "calendar", "load", yearFile(t))
	lost.want(t, cli.OK, "The ledger is sound", "ledger", "verify")

	other := newSite(t, store.SQLite)
	other.ok(t, "init")
	other.want(t, cli.Failed, "the key of another ledger", "restore", with)
}

// An archive in standard output is the same archive.
func TestBackupToStandardOutput(t *testing.T) {
	t.Parallel()
	old := newSite(t, store.SQLite)
	old.ok(t, "import", "gazette", demoFile(t), "--yes")
	var out, errs bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	if code := run(t.Context(), e, old.args("backup", "-")); code != cli.OK {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	path := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if rows, _ := contents(t, path); len(rows) < 100 {
		t.Errorf("only %d rows", len(rows))
	}
}

// A file that is gone or was changed is named, and everything else is backed up.
func TestBackupNamesAbsentFiles(t *testing.T) {
	t.Parallel()
	for why, harm := range map[string]func(string) error{
		"lost":    os.Remove,
		"changed": func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
	} {
		old := newSite(t, store.SQLite)
		old.ok(t, "import", "gazette", demoFile(t), "--yes")
		kept, err := filepath.Glob(filepath.Join(old.data, installation.FilesFolder, "*", "*"))
		if err != nil || len(kept) != 1 {
			t.Fatal(kept, err)
		}
		if err := harm(kept[0]); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "backup")
		old.want(t, cli.Failed, "1 files are missing or damaged", "backup", path)
		if _, m := contents(t, path); m.Files.Count != 0 || len(m.Absent) != 1 || m.RowCount() == 0 {
			t.Errorf("%s: manifest %+v", why, m)
		}
	}
}

// What cannot be restored is refused before anything is written.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	old := newSite(t, store.SQLite)
	old.ok(t, "import", "gazette", demoFile(t), "--yes")
	good := filepath.Join(t.TempDir(), "good")
	old.ok(t, "backup", good, "--with-key")
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	newer := rewritten(t, good, func(m *backup.Manifest) { m.Schema++ })
	other := rewritten(t, good, func(m *backup.Manifest) { m.District = "110101" })
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0xff
	for why, tt := range map[string]struct {
		archive []byte
		code    int
		want    string
	}{
		"cut off":            {whole[:len(whole)/2], cli.Invalid, "cut off: it breaks at rows/"},
		"cut off at the end": {whole[:len(whole)-4], cli.Invalid, "cut off: it breaks at manifest.json"},
		"bits were flipped":  {flipped, cli.Invalid, "The backup is damaged"}, // where it is noticed depends on what they were
		"empty":              {nil, cli.Invalid, "no backup of Quanxiang"},
		"something else":     {[]byte("PK\x03\x04 what is this"), cli.Invalid, "no backup of Quanxiang"},
		"a newer schema":     {newer, cli.Invalid, "use a newer program"},
		"another district":   {other, cli.Failed, "are of district 110101"},
	} {
		path := filepath.Join(t.TempDir(), "archive")
		if err := os.WriteFile(path, tt.archive, 0o600); err != nil {
			t.Fatal(err)
		}
		to := newSite(t, store.SQLite)
		out := to.want(t, tt.code, tt.want, "restore", path)
		for _, name := range []string{installation.KeyFile, installation.PrivacyKeyFile, installation.HeadFile, installation.FilesFolder, "restore.unfinished"} {
			if _, err := os.Stat(filepath.Join(to.data, name)); err == nil {
				t.Errorf("%s: left %s behind\n%s", why, name, out)
			}
		}
	}
	newSite(t, store.SQLite).want(t, cli.Failed, "There is no file", "restore", "/nowhere/backup")
}

// rewritten is an archive with a changed manifest.
func rewritten(t testing.TB, path string, change func(*backup.Manifest)) []byte {
	t.Helper()
	a, err := backup.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.EachRow(t.Context(), w.Row); err != nil {
		t.Fatal(err)
	}
	for _, name := range archive.KeyFiles {
		text, err := a.Secret(t.Context(), name)
		if err == nil {
			err = w.Secret(name, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	m := a.Manifest
	change(&m)
	if _, err := w.Close(m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A backup taken while others write is one moment of the installation: it
// verifies.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	file := demoFile(t)
	for _, from := range engines() {
		t.Run(string(from), func(t *testing.T) {
			t.Parallel()
			old := newSite(t, from)
			old.ok(t, "import", "gazette", file, "--yes")
			s := openSite(t, old)
			grown := int64(0)
			for round := range 3 {
				path := filepath.Join(t.TempDir(), "backup")
				stop := writeMeanwhile(t, s, round)
				old.ok(t, "backup", path, "--with-key")
				stop()
				_, m := contents(t, path)
				if n := m.Rows["ledger_entries"]; n <= grown {
					t.Errorf("%d entries after %d: nobody was writing", n, grown)
				} else {
					grown = n
				}
				newSite(t, store.SQLite).want(t, cli.OK, "The ledger is sound", "restore", path)
			}
		})
	}
}

// writeMeanwhile lets four writers and the sequencer work until stop is called,
// or until each has written a few hundred acts: a slow machine must not be left
// with a backup that grows faster than it can be restored.
func writeMeanwhile(t *testing.T, s *system, round int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.sequencer.Run(ctx) })
	for w := range 4 {
		running.Go(func() {
			for i := 0; ctx.Err() == nil && i < 300; i++ {
				err := s.db.Write(ctx, s.pack.District, func(tx *store.Tx) error {
					_, err := ledgerdb.Record(ctx, tx, ledgerdb.Act{Kind: "test.acted", Object: fmt.Sprintf("thing:%d.%d.%d", round, w, i), Actor: gov.Actor{Kind: gov.SystemActor, Name: "test"}})
					return err
				})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// openSite opens an installation as the commands do.
func openSite(t testing.TB, at site) *system {
	t.Helper()
	pack, err := choosePack("")
	if err != nil {
		t.Fatal(err)
	}
	e := &cli.Env{Stderr: &bytes.Buffer{}, Lang: gov.EN}
	s, err := (&place{Place: installation.Place{Data: at.data, Database: at.dsn}}).openSystem(t.Context(), e, pack, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A restore that is killed says so, and the next run of it completes it.
func TestRestoreSurvivesKill(t *testing.T) {
	t.Parallel()
	old := newSite(t, store.SQLite)
	old.ok(t, "import", "gazette", importFile(t), "--yes")
	archive := filepath.Join(t.TempDir(), "backup")
	old.ok(t, "backup", archive, "--with-key")
	want, _ := contents(t, archive)
	for _, to := range engines() {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, to)
			unfinished := 0
			for wait := 100 * time.Millisecond; ; wait += wait / 3 {
				if killedAfter(t, wait, at.args("restore", archive)...) {
					break
				}
				if _, err := os.Stat(filepath.Join(at.data, "restore.unfinished")); err != nil {
					if _, err := os.Stat(filepath.Join(at.data, installation.KeyFile)); err != nil {
						continue // killed before it wrote anything
					}
					break // killed after the last thing it did
				}
				unfinished++
				at.want(t, cli.Failed, "is not finished", "ledger", "verify")
				at.want(t, cli.Failed, "is not finished", "import", "gazette", demoFile(t), "--yes")
			}
			if unfinished == 0 {
				t.Error("the restore was never killed in the middle")
			}
			at.want(t, cli.OK, "The ledger is sound", "ledger", "verify")
			again := filepath.Join(t.TempDir(), "again")
			at.ok(t, "backup", again)
			got, _ := contents(t, again)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-backup +restored):\n%.2000s", d)
			}
			if at.hits(t, "停车") == 0 {
				t.Error("nothing is found")
			}
		})
	}
}

// killedAfter runs the program as a process of its own, kills it after a while
// and reports whether it had ended well before that.
func killedAfter(t testing.TB, wait time.Duration, args ...string) (ended bool) {
	t.Helper()
	var errs bytes.Buffer
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+strings.Join(args, "\n"), "QUANXIANG_LANG=en")
	child.Stderr = &errs
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(wait, func() { child.Process.Kill() })
	err := child.Wait()
	timer.Stop()
	if err != nil && child.ProcessState.Exited() { // not killed
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return err == nil
}
