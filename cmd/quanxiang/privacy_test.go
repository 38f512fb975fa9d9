package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/privacycmd"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/resealdb"
)

// keyPath is the key file of a site.
func (s site) keyPath() string { return filepath.Join(s.data, installation.PrivacyKeyFile) }

// age makes the key file as old as one that was in force for a while.
func (s site) age(t testing.TB) {
	t.Helper()
	long := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(s.keyPath(), long, long))
}

func (s site) keyStatus(t testing.TB) (list []privacycmd.KeyStatus) {
	t.Helper()
	out := s.ok(t, "privacy", "status", "--format", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return list
}

// A new key is put in force under a running system, which seals with it at once and
// lets in whoever could get in before; the old key goes when nothing needs it. The
// ledger is sound all the while, and backups of before and after open with their keys.
func TestRotation(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			examined := cli.OK
			if engine == store.Postgres {
				examined = cli.Failed // the server of the tests does not wait for its disk, and the doctor says so
			}
			link := at.appoint(t)
			running := openSite(t, at)
			secret := enter(t, running, link)
			must(t, running.sequencer.Sequence(t.Context()))
			oldKey := read(t, at.keyPath())
			before := filepath.Join(t.TempDir(), "before")
			at.ok(t, "backup", before)
			status := at.keyStatus(t)
			if len(status) != 1 || status[0].State != "present" || status[0].Values != 2 {
				t.Fatalf("before: %+v", status)
			}
			old := status[0].Key

			at.want(t, cli.OK, "there is no old one", "privacy", "retire")
			at.want(t, cli.OK, "Sealed 2 values anew", "privacy", "rotate")
			at.want(t, cli.Failed, "1 older keys in the file", "privacy", "rotate")
			if info, err := os.Stat(at.keyPath()); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("key file %v, %v", info, err)
			}
			at.ok(t, "ledger", "verify")
			at.want(t, examined, "1 old privacy keys that nothing needs", "doctor")
			half, err := running.office.Login(t.Context(), "zhao.shiyan", newPassword, people.Visitor{})
			must(t, err)
			if _, err := running.office.ShowCode(t.Context(), half.Token, people.TOTP(secret, time.Now().Add(30*time.Second)), people.Visitor{}); err != nil {
				t.Errorf("the second factor after the rotation: %v", err)
			}
			by := people.Operator("root", time.Now())
			_, err = running.office.Save(t.Context(), by, people.Person{Name: "钱试验", Unit: "fgw", Mobile: "13812345678"})
			must(t, err)
			status = at.keyStatus(t)
			if len(status) != 2 || status[0].Values != 4 || status[1].Key != old || status[1].Values != 0 {
				t.Errorf("the running system seals with the old key: %+v", status)
			}
			during := filepath.Join(t.TempDir(), "during")
			at.ok(t, "backup", during, "--with-key")

			at.age(t)
			must(t, running.seals().Announce(t.Context(), "here"))
			must(t, oldRing(t, running, oldKey).Announce(t.Context(), "elsewhere/7"))
			at.want(t, cli.Failed, "still seal with an old key (elsewhere/7)", "privacy", "retire")
			must(t, oldRing(t, running, oldKey).Leave(t.Context(), "elsewhere/7"))
			must(t, os.WriteFile(at.keyPath()+".new", []byte(oldKey), 0o600)) // of a run that was killed
			at.want(t, cli.OK, "Dropped the old key "+old, "privacy", "retire")
			if _, err := os.Stat(at.keyPath() + ".new"); err == nil {
				t.Error("what a killed run left is still there")
			}
			if _, seal, _ := strings.Cut(oldKey, "seal "); strings.Contains(read(t, at.keyPath()), strings.TrimSpace(seal)) {
				t.Error("the old key is in the file still")
			}
			list, err := running.office.List(t.Context(), by, people.Filter{Mobile: "13812345678"}, gov.Page{})
			must(t, err)
			if len(list.Items) != 1 {
				t.Errorf("found by number: %+v", list)
			}
			if status = at.keyStatus(t); len(status) != 1 || status[0].Values != 4 || status[0].Key == old {
				t.Errorf("afterwards: %+v", status)
			}
			must(t, running.sequencer.Sequence(t.Context()))
			at.ok(t, "ledger", "verify")
			if out := at.want(t, examined, "All 4 sealed personal values open", "doctor"); strings.Contains(out, "old privacy keys") {
				t.Errorf("the doctor says %s", out)
			}

			// A key file of before the rotation is not worked with.
			newKey := read(t, at.keyPath())
			must(t, os.WriteFile(at.keyPath(), []byte(oldKey), 0o600))
			at.want(t, cli.Failed, "was replaced by", "people", "list")
			at.want(t, cli.Failed, "was replaced by", "doctor")
			must(t, os.WriteFile(at.keyPath(), []byte(newKey), 0o600))
			at.want(t, cli.OK, "2 persons.", "people", "list")

			restored := newSite(t, store.SQLite)
			at.carryKeys(t, restored)
			restored.want(t, cli.Failed, "lacks the key "+old, "restore", before)
			must(t, os.WriteFile(restored.keyPath(), []byte(oldKey), 0o600))
			restored.want(t, cli.OK, "The ledger is sound", "restore", before)
			restored.want(t, cli.OK, "1 persons.", "people", "list")

			middle := newSite(t, store.SQLite)
			middle.want(t, cli.OK, "The ledger is sound", "restore", during)
			if status := middle.keyStatus(t); len(status) != 2 || status[1].Values != 0 {
				t.Errorf("restored: %+v", status)
			}
			middle.want(t, cli.OK, "2 persons.", "people", "list")
		})
	}
}

// oldRing is what a process elsewhere works with that was not given the new key.
func oldRing(t testing.TB, s *system, text string) *resealdb.Seals {
	t.Helper()
	ring, err := privacy.ParseKeyring(text)
	must(t, err)
	return s.db.Seals(s.pack.District, ring)
}

// A rotation that was killed behind the new key and before anything was sealed anew
// goes on with reseal, and the old key is not given up before.
func TestRotationCutOff(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.appoint(t)
	ring, err := installation.ReadKeyring(at.data)
	must(t, err)
	old := ring.IDs()[0]
	must(t, installation.ReplaceKeyring(at.data, ring.Rotate()))
	if ids := ring.Pin().IDs(); len(ids) != 2 || ids[1] != old {
		t.Fatalf("the keyring does not follow its file: %v", ids)
	}
	at.age(t)
	at.want(t, cli.Failed, "1 values still need an old key", "privacy", "retire")
	at.want(t, cli.OK, "1 values still need an old key", "doctor")
	at.want(t, cli.OK, "(old): seals 1 values", "privacy", "status")
	at.want(t, cli.OK, "1 persons.", "people", "list")
	at.want(t, cli.OK, "Sealed 1 values anew", "privacy", "reseal")
	at.want(t, cli.OK, "Sealed 0 values anew", "privacy", "reseal")
	at.ok(t, "ledger", "verify")
	at.want(t, cli.OK, "Dropped the old key "+old, "privacy", "retire")
	at.want(t, cli.OK, "1 persons.", "people", "list")
	at.want(t, cli.Invalid, "text or json", "privacy", "status", "--format", "xml")
	at.ok(t, "ledger", "verify")
}

// meanwhile does something when the first of a file is written.
type meanwhile struct {
	once sync.Once
	do   func()
}

func (w *meanwhile) Write(b []byte) (int, error) {
	w.once.Do(w.do)
	return len(b), nil
}

// A backup during which the key was changed is refused: its rows may be sealed with
// a key that it does not name.
func TestBackupWhileRotating(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.appoint(t)
	var said strings.Builder
	e := &cli.Env{Stderr: &said, Getenv: func(name string) string { return map[string]string{"QUANXIANG_LANG": "en"}[name] }}
	e.Stdout = &meanwhile{do: func() {
		ring, err := installation.ReadKeyring(at.data)
		must(t, err)
		must(t, installation.ReplaceKeyring(at.data, ring.Rotate()))
	}}
	if code := run(t.Context(), e, at.args("backup", "-", "--with-key")); code != cli.Failed || !strings.Contains(said.String(), "The privacy key was changed while the backup was taken") {
		t.Errorf("exit %d: %s", code, said.String())
	}
	at.ok(t, "backup", filepath.Join(t.TempDir(), "again"), "--with-key")
}

// Where the key file is a link, what it leads to is replaced and the link stays.
func TestKeyFileIsALink(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.appoint(t)
	elsewhere := filepath.Join(t.TempDir(), "kept.key")
	must(t, os.Rename(at.keyPath(), elsewhere))
	must(t, os.Symlink(elsewhere, at.keyPath()))
	at.want(t, cli.OK, "Sealed 1 values anew", "privacy", "rotate")
	if info, err := os.Lstat(at.keyPath()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if n := strings.Count(read(t, elsewhere), "seal "); n != 2 {
		t.Errorf("%d keys where the link leads", n)
	}
}
