package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/backup"
	"quanxiang/files"
	"quanxiang/gov"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keyOf(data string) files.Key {
	sum := sha256.Sum256([]byte(data))
	return files.Key(hex.EncodeToString(sum[:]))
}

// written is an archive of rows, each "table row", and files.
func written(t testing.TB, rows []string, contents ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out, time.UnixMilli(1_480_000_000_999))
	must(t, err)
	for _, r := range rows {
		table, row, _ := strings.Cut(r, " ")
		must(t, w.Row(table, []byte(row)))
	}
	for _, c := range contents {
		must(t, w.File(keyOf(c), int64(len(c)), strings.NewReader(c)))
	}
	must(t, w.Secret(backup.LedgerKey, []byte("secret\n")))
	must(t, w.Secret(backup.PrivacyKey, []byte("seals\n")))
	m, err := w.Close(backup.Manifest{District: "110102", Schema: 6, Keys: []string{"k"}})
	must(t, err)
	if m.RowCount() != int64(len(rows)) || m.Files.Count != int64(len(contents)) || m.TakenAt != 1_480_000_000_000 {
		t.Errorf("manifest %+v", m)
	}
	return out.Bytes()
}

func open(t testing.TB, archive []byte) (*backup.Archive, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "archive")
	must(t, os.WriteFile(path, archive, 0o600))
	return backup.Open(t.Context(), path, nil)
}

func TestArchiveHoldsWhatWasWritten(t *testing.T) {
	t.Parallel()
	rows := []string{"a {}", `a {"x":1}`, "b {}", "b " + strings.Repeat("长", 2<<20)} // the last needs a member of its own
	for i := range 3000 {
		rows = append(rows, fmt.Sprintf("c %d%s", i, strings.Repeat("x", 2000)))
	}
	contents := []string{"", "short", strings.Repeat("long", 1<<20)}
	a, err := open(t, written(t, rows, contents...))
	must(t, err)
	var got []string
	must(t, a.EachRow(t.Context(), func(table string, row []byte) error {
		got = append(got, table+" "+string(row))
		return nil
	}))
	if d := cmp.Diff(rows, got); d != "" {
		t.Errorf("rows (-written +read):\n%.500s", d)
	}
	n := 0
	must(t, a.EachFile(t.Context(), func(key files.Key, size int64, r io.Reader) error {
		b, err := io.ReadAll(r)
		if string(b) != contents[n] || key != keyOf(contents[n]) || size != int64(len(b)) {
			t.Errorf("file %d: %d bytes under %s", n, len(b), key)
		}
		n++
		return err
	}))
	if secret, err := a.Secret(t.Context(), backup.LedgerKey); n != 3 || err != nil || string(secret) != "secret\n" || !a.WithKey() {
		t.Errorf("%d files, secret %q, %v", n, secret, err)
	}
	if secret, err := a.Secret(t.Context(), backup.PrivacyKey); err != nil || string(secret) != "seals\n" {
		t.Errorf("privacy key %q, %v", secret, err)
	}
	if len(a.Members) < 4 || a.Rows["c"] != 3000 || a.Hash == "" {
		t.Errorf("%d members, %v", len(a.Members), a.Rows)
	}
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	w, err := backup.NewWriter(io.Discard, time.Now())
	must(t, err)
	if err := w.Row("a", make([]byte, 64<<20)); gov.CodeOf(err) != gov.TooLarge {
		t.Errorf("a huge row: %v", err)
	}
	if err := w.File(keyOf("abc"), 5, strings.NewReader("abc")); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("a file that shrank: %v", err)
	}
}

// member is one of a tar that a test changes.
type member struct {
	name string
	data []byte
	typ  byte
}

func unpack(t testing.TB, archive []byte) (all []member) {
	t.Helper()
	gz, err := gzip.NewReader(bytes.NewReader(archive))
	must(t, err)
	for r := tar.NewReader(gz); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		all = append(all, member{h.Name, b, h.Typeflag})
	}
}

func pack(t testing.TB, all []member) []byte {
	t.Helper()
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	w := tar.NewWriter(gz)
	for _, m := range all {
		must(t, w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o600, Typeflag: m.typ}))
		_, err := w.Write(m.data)
		must(t, err)
	}
	must(t, w.Close())
	must(t, gz.Close())
	return out.Bytes()
}

// Every way to spoil an archive is found before anything is handed out, and
// the member is named.
func TestOpenFindsDamage(t *testing.T) {
	t.Parallel()
	good := unpack(t, written(t, []string{"a {}", "b {}"}, "file"))
	var names []string
	for _, m := range good {
		names = append(names, m.name)
	}
	want := []string{"quanxiang-backup", "rows/000001-a.jsonl", "rows/000002-b.jsonl", "files/" + string(keyOf("file")), "ledger.key", "privacy.key", "manifest.json"}
	if d := cmp.Diff(want, names); d != "" {
		t.Fatalf("layout (-want +got):\n%s", d)
	}
	if _, err := open(t, pack(t, good)); err != nil {
		t.Fatalf("packed again: %v", err)
	}
	insert := func(at int, m member) func([]member) []member {
		return func(all []member) []member {
			return append(append(all[:at:at], m), all[at:]...)
		}
	}
	replace := func(at int, data string) func([]member) []member {
		return func(all []member) []member { all[at].data = []byte(data); return all }
	}
	drop := func(at int) func([]member) []member {
		return func(all []member) []member { return append(all[:at:at], all[at+1:]...) }
	}
	for why, tt := range map[string]struct {
		change func([]member) []member
		code   gov.Code
		want   string
	}{
		"a row was changed":     {replace(1, "{x}\n"), gov.Invalid, "rows/000001-a.jsonl: its content is not the one of the manifest"},
		"a member is missing":   {drop(2), gov.Invalid, "rows/000002-b.jsonl: it is missing"},
		"a file was changed":    {replace(3, "fill"), gov.Invalid, "files/" + string(keyOf("file")) + ": its content is not what its name says"},
		"a file is missing":     {drop(3), gov.Invalid, "it counts 1 files, there are 0"},
		"the key was changed":   {replace(4, "other\n"), gov.Invalid, "ledger.key: its content"},
		"no manifest":           {drop(6), gov.Invalid, "manifest.json: it is missing"},
		"a broken manifest":     {replace(6, "{"), gov.Invalid, "manifest.json: it is no manifest"},
		"something after it":    {insert(7, member{"rows/000009-a.jsonl", []byte("{}\n"), tar.TypeReg}), gov.Invalid, "stands behind the manifest"},
		"a stranger":            {insert(3, member{"../../etc/passwd", []byte("x"), tar.TypeReg}), gov.Invalid, "does not belong in a backup"},
		"a member not listed":   {insert(6, member{"rows/000009-a.jsonl", []byte("{}\n"), tar.TypeReg}), gov.Invalid, "the manifest does not list it"},
		"a link":                {insert(3, member{"files/link", nil, tar.TypeSymlink}), gov.Invalid, "files/link: it is no plain file"},
		"no stamp":              {drop(0), gov.Invalid, "no backup of Quanxiang"},
		"another program's":     {replace(0, "hello"), gov.Invalid, "no backup of Quanxiang"},
		"a newer format":        {replace(0, "quanxiang backup 2\n"), gov.Unsupported, "use a newer program"},
		"members change places": {func(all []member) []member { all[1], all[2] = all[2], all[1]; return all }, gov.Invalid, "rows/000001-a.jsonl: it is missing"},
	} {
		all := make([]member, len(good))
		copy(all, good)
		_, err := open(t, pack(t, tt.change(all)))
		if gov.CodeOf(err) != tt.code || !strings.Contains(gov.TextOf(err, gov.EN), tt.want) {
			t.Errorf("%s: %v, want %s, %q", why, err, tt.code, tt.want)
		}
	}
}

// An archive that is changed between Open and reading is not restored.
func TestArchiveChangedMeanwhile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "archive")
	must(t, os.WriteFile(path, written(t, []string{"a {}"}), 0o600))
	a, err := backup.Open(t.Context(), path, nil)
	must(t, err)
	must(t, os.WriteFile(path, written(t, []string{`a {"x":1}`}), 0o600))
	err = a.EachRow(t.Context(), func(string, []byte) error { t.Error("a row was handed out"); return nil })
	if gov.CodeOf(err) != gov.Invalid {
		t.Errorf("%v", err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "archive")
	must(t, os.WriteFile(path, written(t, []string{"a {}"}), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := backup.Open(ctx, path, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// No file, however made, panics Open or passes with other content than the
// manifest tells.
func FuzzOpen(f *testing.F) {
	var out bytes.Buffer
	gz, err := gzip.NewReader(bytes.NewReader(written(f, []string{"a {}", "b {}"}, "file")))
	must(f, err)
	_, err = io.Copy(&out, gz)
	must(f, err)
	f.Add(out.Bytes())
	f.Add([]byte("x"))
	path := filepath.Join(f.TempDir(), "archive")
	f.Fuzz(func(t *testing.T, data []byte) {
		var zipped bytes.Buffer
		gz := gzip.NewWriter(&zipped)
		_, err := gz.Write(data)
		must(t, err)
		must(t, gz.Close())
		must(t, os.WriteFile(path, zipped.Bytes(), 0o600))
		a, err := backup.Open(t.Context(), path, nil)
		if err != nil {
			if code := gov.CodeOf(err); code != gov.Invalid && code != gov.Unsupported {
				t.Errorf("%v", err)
			}
			return
		}
		n := int64(0)
		must(t, a.EachRow(t.Context(), func(string, []byte) error { n++; return nil }))
		if n != a.RowCount() {
			t.Errorf("%d rows, the manifest says %d", n, a.RowCount())
		}
	})
}
