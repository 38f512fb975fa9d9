package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/storetest"
)

// A sound installation of either engine gives no error.
func TestDoctorSound(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		at := newSite(t, engine)
		at.ok(t, "import", "gazette", demoFile(t), "--yes")
		var got struct {
			OK       bool
			Findings []installation.Finding
		}
		code, out := cli.OK, ""
		if engine == store.Postgres {
			code = cli.Failed // the test server runs without fsync, as the doctor must say
		}
		out = at.want(t, code, "", "doctor", "--format", "json")
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, f := range got.Findings {
			seen[f.Check] = true
			if f.Text.ZH == "" || f.Text.EN == "" {
				t.Errorf("%s: no text", f.Check)
			}
			if f.Level == installation.Failure && !(engine == store.Postgres && f.Check == "settings") {
				t.Errorf("%s: %s: %s", engine, f.Check, f.Text.EN)
			}
		}
		for _, check := range []string{"folder", "pack", "key", "privacy_key", "seals", "database", "settings", "ledger", "sequencer", "clock", "files", "calendar", "adopted_pack", "search"} {
			if !seen[check] {
				t.Errorf("%s: nothing said of %s", engine, check)
			}
		}
	}
}

// Everything that can go wrong is told, with what to do about it.
func TestDoctorFinds(t *testing.T) {
	t.Parallel()
	file := demoFile(t)
	write := func(t *testing.T, path, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(t *testing.T, at site) string {
		t.Helper()
		list, err := filepath.Glob(filepath.Join(at.data, "files", "*", "*"))
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0]
	}
	// act records one that nobody sequences.
	act := func(t *testing.T, at site, when time.Time) *store.DB {
		t.Helper()
		db := storetest.Open(t, at.dsn, func() time.Time { return when })
		err := db.Write(t.Context(), testDistrict, func(tx *store.Tx) error {
			_, err := ledgerdb.Record(t.Context(), tx, ledgerdb.Act{Kind: "test.acted", Object: "thing:1", Actor: gov.Actor{Kind: gov.SystemActor, Name: "test"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	for why, tt := range map[string]struct {
		harm func(t *testing.T, at site)
		code int
		want string
		args []string
	}{
		"a folder anyone may open": {func(t *testing.T, at site) {
			if err := os.Chmod(at.data, 0o755); err != nil {
				t.Fatal(err)
			}
		}, cli.OK, "Any user may open the data folder", nil},
		"a key others may read": {func(t *testing.T, at site) {
			if err := os.Chmod(filepath.Join(at.data, installation.KeyFile), 0o644); err != nil {
				t.Fatal(err)
			}
		}, cli.Failed, "Other users may read the ledger's private key", nil},
		"a privacy key others may read": {func(t *testing.T, at site) {
			must(t, os.Chmod(filepath.Join(at.data, installation.PrivacyKeyFile), 0o640))
		}, cli.Failed, "Other users may read the privacy key", nil},
		"a spoilt privacy key": {func(t *testing.T, at site) {
			write(t, filepath.Join(at.data, installation.PrivacyKeyFile), "seal x\n", 0o600)
		}, cli.Failed, "a key is 32 bytes in base64", nil},
		"no privacy key, nothing sealed": {func(t *testing.T, at site) {
			must(t, os.Remove(filepath.Join(at.data, installation.PrivacyKeyFile)))
		}, cli.OK, "There is no privacy.key yet", nil},
		"no key": {func(t *testing.T, at site) {
			if err := os.Remove(filepath.Join(at.data, installation.KeyFile)); err != nil {
				t.Fatal(err)
			}
		}, cli.Failed, "there is no ledger key", nil},
		"the key of another ledger": {func(t *testing.T, at site) {
			path := filepath.Join(at.data, installation.KeyFile)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if _, err := installation.CreateKey(at.data, "other.example/ledger/110102"); err != nil {
				t.Fatal(err)
			}
		}, cli.Failed, "The key is not that of the ledger signed here before", nil},
		"no newest checkpoint": {func(t *testing.T, at site) {
			if err := os.Remove(filepath.Join(at.data, installation.HeadFile)); err != nil {
				t.Fatal(err)
			}
		}, cli.OK, "There is no ledger.head", nil},
		"an unfinished restore": {func(t *testing.T, at site) {
			write(t, filepath.Join(at.data, "restore.unfinished"), "x", 0o600)
		}, cli.Failed, "is not finished", nil},
		"a broken pack": {func(*testing.T, site) {}, cli.Failed, "Mistakes in the pack", []string{"--pack", "../../policy/testdata/units"}},
		"another pack": {func(t *testing.T, at site) {
			db := storetest.Open(t, at.dsn, nil)
			other, err := policy.Load(os.DirFS("../../policy/testdata"), "good")
			must(t, err)
			must(t, db.AdoptPack(t.Context(), testDistrict, gov.Actor{Kind: gov.SystemActor, Name: "test"}, other))
		}, cli.OK, "works by pack good 1.10", nil},
		"a kept pack of another program": {func(t *testing.T, at site) {
			other := &policy.Pack{ID: "old", Version: "0.9", Files: []policy.File{{Path: "pack.yaml", Content: []byte("district: 110102\n")}}}
			other.Hash = fmt.Sprintf("%x", sha256.Sum256(policy.Listing(other.Files)))
			must(t, storetest.Open(t, at.dsn, nil).AdoptPack(t.Context(), testDistrict, gov.Actor{Kind: gov.SystemActor, Name: "test"}, other))
		}, cli.Failed, "cannot load the kept pack old 0.9", nil},
		"mails nobody sends": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), "insert into mails (district, id, person, daily, queued, next_at, attempts, answer) values ('110102', 'm', 'p', 0, 1, 1, 0, 0)")
		}, cli.OK, "1 mails of notice were not sent", nil},
		"mails that were refused": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), "insert into mails (district, id, person, daily, queued, next_at, attempts, answer) values ('110102', 'm', 'p', 0, 1, 0, 1, 550)")
		}, cli.OK, "its last answer was 550", nil},
		"the database of an older program": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), `delete from goose_db_version where version_id > 5`)
		}, cli.Failed, "the database schema is version 5", nil},
		"no database": {func(t *testing.T, at site) {
			if err := os.Remove(strings.TrimPrefix(at.dsn, "sqlite:")); err != nil {
				t.Fatal(err)
			}
		}, cli.Failed, "there is no database file", nil},
		"an old database put back": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), `delete from ledger_checkpoints where size > 0`)
		}, cli.Failed, "that were signed", nil},
		"entries nobody sequences": {func(t *testing.T, at site) {
			storetest.Exec(t, act(t, at, time.Now()), `update ledger_pending set at = at - 600000`)
		}, cli.Failed, "1 entries wait for the ledger", nil},
		"a clock that is behind": {func(t *testing.T, at site) {
			storetest.Exec(t, act(t, at, time.Now().Add(time.Hour)), `update ledger_pending set seq = 1`, `delete from leases`)
			if err := openSite(t, at).sequencer.Sequence(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, cli.Failed, "This machine's clock is behind", nil},
		"a lost file":    {func(t *testing.T, at site) { must(t, os.Remove(kept(t, at))) }, cli.Failed, "There is no file", nil},
		"a changed file": {func(t *testing.T, at site) { write(t, kept(t, at), "x", 0o600) }, cli.Failed, "The bytes of file", nil},
		"a search index that lacks something": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), `delete from passages`)
		}, cli.Failed, "The search index is incomplete", nil},
		"a spoilt calendar": {func(t *testing.T, at site) {
			storetest.Exec(t, storetest.Open(t, at.dsn, nil), `insert into calendar_years (district, year, version, content, loaded_at) values ('110102', 2030, 1, x'7b7d', 1)`)
		}, cli.Failed, "Error:", nil},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			at := newSite(t, store.SQLite)
			must(t, os.Chmod(at.data, 0o750))
			at.ok(t, "import", "gazette", file, "--yes")
			at.want(t, cli.OK, " 0 errors", "doctor")
			tt.harm(t, at)
			at.want(t, tt.code, tt.want, append([]string{"doctor"}, tt.args...)...)
		})
	}
	t.Run("no folder", func(t *testing.T) {
		site{filepath.Join(t.TempDir(), "none"), "sqlite:/nowhere/x.db"}.want(t, cli.Failed, "There is no data folder", "doctor")
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
