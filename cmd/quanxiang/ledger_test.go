package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/ledgercmd"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
)

const testDistrict = gov.District("110102")

// ledgerSite is a data folder with a ledger of three acts.
func ledgerSite(t *testing.T) (dir string, event gov.ID) {
	t.Helper()
	dir = t.TempDir()
	keys, err := installation.CreateKey(dir, "ledger.example/110102")
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "quanxiang.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), testDistrict, func(tx *store.Tx) error {
		for _, object := range []string{"thing:1", "thing:2", "thing:3"} {
			event, err = ledgerdb.Record(t.Context(), tx, ledgerdb.Act{
				Kind: "test.acted", Object: object, Actor: gov.Actor{Kind: gov.OperatorActor, Name: "importer"}, Facts: map[string]string{"note": "文"},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err := installation.NewSequencer(db, testDistrict, dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir, event
}

// want runs the program and checks its exit code and a part of its output.
// says reports that the program said a part of a sentence, with whatever letter it
// began.
func says(said, part string) bool {
	return strings.Contains(strings.ToLower(said), strings.ToLower(part))
}

func want(t *testing.T, code int, part string, args ...string) string {
	t.Helper()
	got, out, errs := quanxiang(t, args...)
	if got != code || !says(out+errs, part) {
		t.Errorf("%v: exit %d, want %d and %q; %s%s", args, got, code, part, out, errs)
	}
	return out
}

func TestLedgerCommands(t *testing.T) {
	t.Parallel()
	dir, event := ledgerSite(t)
	copied := filepath.Join(t.TempDir(), "export")
	key := strings.TrimSpace(want(t, cli.OK, "ledger.example/110102+", "ledger", "key", "--data", dir))
	checkpoint := want(t, cli.OK, "ledger.example/110102\n3\n", "ledger", "checkpoint", "--data", dir)
	want(t, cli.OK, "sound: 3 entries, 0 more waiting", "ledger", "verify", "--data", dir)
	want(t, cli.OK, "Exported 3 entries", "ledger", "export", copied, "--data", dir)
	want(t, cli.OK, "sound: 3 entries", "ledger", "verify", "--export", copied, "--key", key)
	if b, err := os.ReadFile(filepath.Join(copied, "checkpoint")); err != nil || string(b) != checkpoint {
		t.Errorf("exported checkpoint %q, %v", b, err)
	}

	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyFile := file("key.txt", "# public\n"+key+"\n")
	receipt := want(t, cli.OK, `"entry"`, "ledger", "prove", event.String(), "--data", dir, "--actor")
	out := want(t, cli.OK, "The receipt holds: entry 2 of 3", "ledger", "receipt", "verify", file("r.json", receipt), "--key", keyFile)
	for _, part := range []string{"thing:3", "operator:importer", "文", event.String()} {
		if !strings.Contains(out, part) {
			t.Errorf("the receipt does not show %q: %s", part, out)
		}
	}
	want(t, cli.Invalid, "the proof fails", "ledger", "receipt", "verify", file("r.json", strings.Replace(receipt, "thing:3", "thing:4", 1)), "--key", key)
	want(t, cli.Invalid, "not the JSON of a receipt", "ledger", "receipt", "verify", file("r.json", "hello"), "--key", key)
	if strings.Contains(want(t, cli.OK, `"entry"`, "ledger", "prove", event.String(), "--data", dir), "importer") {
		t.Error("the receipt names the actor unasked")
	}

	kept := file("checkpoint", checkpoint)
	want(t, cli.OK, "2 checkpoints", "ledger", "verify", "--data", dir, "--checkpoint", kept)
	want(t, cli.Failed, "the given checkpoint", "ledger", "verify", "--data", dir, "--checkpoint", file("checkpoint", strings.Replace(checkpoint, "\n3\n", "\n4\n", 1)))
	want(t, cli.OK, "sound", "ledger", "verify", "--export", copied, "--key", key, "--checkpoint", kept)

	var report ledgercmd.Report
	if err := json.Unmarshal([]byte(want(t, cli.OK, `"ok": true`, "ledger", "verify", "--data", dir, "--format", "json")), &report); err != nil || report.Size != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}

// What a person has asked to be erased is gone from the ledger, and the ledger is sound.
func TestLedgerErase(t *testing.T) {
	t.Parallel()
	dir, event := ledgerSite(t)
	erase := func(code int, says string, args ...string) {
		t.Helper()
		want(t, code, says, append([]string{"ledger", "erase", "--data", dir}, args...)...)
	}
	erase(cli.Usage, "An event is needed", event.String())
	erase(cli.Failed, "has no \"phone\"", event.String(), "actor", "phone")
	want(t, cli.OK, "importer", "ledger", "prove", event.String(), "--actor", "--data", dir)
	erase(cli.OK, "has erased actor", event.String(), "actor")
	want(t, cli.Failed, "", "ledger", "prove", event.String(), "--actor", "--data", dir)
	erase(cli.Failed, "erased already", event.String(), "actor")
	want(t, cli.OK, "sound: 4 entries, 0 more waiting", "ledger", "verify", "--data", dir)
}

func TestLedgerVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	dir, event := ledgerSite(t)
	copied := filepath.Join(t.TempDir(), "export")
	key := strings.TrimSpace(want(t, cli.OK, "+", "ledger", "key", "--data", dir))
	want(t, cli.OK, "", "ledger", "export", copied, "--data", dir)
	name := filepath.Join(copied, "tile", "entries", "000.p", "3")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(b, []byte("thing:3"), []byte("thing:4"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, cli.Failed, "entry 2 ("+event.String()+") is not the one that was signed", "ledger", "verify", "--export", copied, "--key", key)
	var report ledgercmd.Report
	out := want(t, cli.Failed, `"ok": false`, "ledger", "verify", "--export", copied, "--key", key, "--format", "json")
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Findings) != 1 || *report.Findings[0].Index != 2 || report.Findings[0].Problem != ledger.ChangedEntry {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestLedgerCommandMistakes(t *testing.T) {
	t.Parallel()
	dir, event := ledgerSite(t)
	empty := t.TempDir()
	tests := []struct {
		code int
		part string
		args []string
	}{
		{cli.Usage, "verify", []string{"ledger"}},
		{cli.Usage, "verify", []string{"ledger", "nothing"}},
		{cli.OK, "--checkpoint", []string{"ledger", "-h"}},
		{cli.Usage, "Usage", []string{"ledger", "export", "--data", dir}},
		{cli.Usage, "Usage", []string{"ledger", "verify", "--key", "k", "--data", dir}},
		{cli.Usage, "format", []string{"ledger", "verify", "--format", "xml", "--data", dir}},
		{cli.Usage, "Usage", []string{"ledger", "receipt", "show", "x"}},
		{cli.Failed, "run quanxiang init", []string{"ledger", "key", "--data", empty}},
		{cli.Failed, "run quanxiang init", []string{"ledger", "verify", "--data", empty}},
		{cli.Invalid, "not an identifier", []string{"ledger", "prove", "x", "--data", dir}},
		{cli.Failed, "no such thing", []string{"ledger", "prove", strings.Replace(event.String(), "-7", "-8", 1), "--data", dir}},
		{cli.Failed, "neither a public key", []string{"ledger", "verify", "--export", dir, "--key", "nothing"}},
		{cli.Invalid, "not a ledger's public key", []string{"ledger", "verify", "--export", dir, "--key", "a+b+c"}},
		{cli.Failed, "no folder", []string{"ledger", "verify", "--export", filepath.Join(dir, "x"), "--data", dir}},
		{cli.Failed, "no file checkpoint", []string{"ledger", "verify", "--export", empty, "--data", dir}},
		{cli.Failed, "cannot be opened", []string{"ledger", "receipt", "verify", filepath.Join(dir, "x"), "--data", dir}},
	}
	for _, tc := range tests {
		want(t, tc.code, tc.part, tc.args...)
	}
}

// What was signed is remembered beside the key, so that a database that was
// set back is noticed.
func TestLedgerHeadFile(t *testing.T) {
	t.Parallel()
	dir, _ := ledgerSite(t)
	b, err := os.ReadFile(filepath.Join(dir, installation.HeadFile))
	if checkpoint := want(t, cli.OK, "", "ledger", "checkpoint", "--data", dir); err != nil || string(b) != checkpoint {
		t.Errorf("kept %q, %v", b, err)
	}
	for _, name := range []string{"quanxiang.db", "quanxiang.db-wal", "quanxiang.db-shm"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	keys, err := installation.ReadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "quanxiang.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q, err := installation.NewSequencer(db, testDistrict, dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Sequence(t.Context()); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("a new database under an old key: %v", err)
	}
}

func TestLedgerKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys, err := installation.CreateKey(dir, "ledger.example/110102")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, installation.KeyFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode() != fs.FileMode(0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := installation.CreateKey(dir, "ledger.example/110102"); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("made again: %v", err)
	}
	if _, err := installation.CreateKey(t.TempDir(), "a b"); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("bad name: %v", err)
	}
	// A new key above the old one's public half: both verify.
	other := t.TempDir()
	next, err := installation.CreateKey(other, "ledger.example/110102")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(other, installation.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, "# before 2026\n"+keys.Signer.PublicKey()+"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := installation.ReadKeys(dir)
	if err != nil || got.Signer.PublicKey() != next.Signer.PublicKey() || len(got.Old) != 1 || got.Old[0] != keys.Signer.PublicKey() {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "# nothing\n", "hello\n", string(b) + "hello\n"} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := installation.ReadKeys(dir); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("key file %q: %v", bad, err)
		}
	}
}
