// Package webtest sets up a site for the tests of web and of what stands below
// it. No program imports it.
package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/web"
)

// Now is when the tests' requests arrive.
var Now = time.Date(2026, 11, 24, 10, 0, 0, 0, gov.China)

var quiet = slog.New(slog.DiscardHandler)

// heads is a keeper for a ledger that lives as long as its test.
type heads struct{ note []byte }

func (h *heads) Load() ([]byte, error)  { return h.note, nil }
func (h *heads) Save(note []byte) error { h.note = note; return nil }

// Deps is what a site stands on that serves the sample gazette of the
// demonstration from a fresh SQLite database: ten documents in a ledger of as
// many entries, nothing logged.
func Deps(t testing.TB) web.Deps {
	t.Helper()
	fsys, ok := packs.FS("xicheng")
	if !ok {
		t.Fatal("the program carries no pack xicheng")
	}
	pack, err := policy.Load(fsys, ".")
	check(t, err)
	f, err := fsys.Open("demo/gazette.txt")
	check(t, err)
	defer f.Close()
	g, err := gazette.Read(f, "gazette.txt", pack.Gazette, gazette.Limits{})
	check(t, err)
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.Options{Migrate: true, Log: log})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	clock := func() time.Time { return Now }
	lib := library.New(db.Library(pack.District), pack, clock)
	_, err = lib.Import(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, g, library.ImportOptions{})
	check(t, err)
	private, public, err := ledger.NewKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "test.example/ledger/110102")
	check(t, err)
	signer, err := ledger.NewSigner(private)
	check(t, err)
	sequencer, err := store.NewSequencer(db, pack.District, signer, &heads{})
	check(t, err)
	check(t, sequencer.Sequence(t.Context()))
	verifier, err := ledger.NewVerifier(public)
	check(t, err)
	return web.Deps{
		Pack: pack, Library: lib, Ledger: store.NewLedger(db, pack.District, verifier), LedgerKey: public,
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }, Clock: clock, Log: log, BaseURL: "https://policy.example", Version: "test",
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
