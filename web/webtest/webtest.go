// Package webtest sets up a site for the tests of web and of what stands below
// it. No program imports it.
package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/web"
	"quanxiang/web/who"
)

// Now is when the tests' requests arrive.
var Now = time.Date(2026, 11, 24, 10, 0, 0, 0, gov.China)

// heads is a keeper for a ledger that lives as long as its test.
type heads struct{ note []byte }

func (h *heads) Load() ([]byte, error)  { return h.note, nil }
func (h *heads) Save(note []byte) error { h.note = note; return nil }

// Deps is what a site stands on that serves the sample gazette of the
// demonstration from a fresh SQLite database: ten documents in a ledger of as
// many entries, nothing logged.
func Deps(t testing.TB) web.Deps {
	t.Helper()
	d, _ := WithCases(t, func() time.Time { return Now })
	return d
}

// WithCases is Deps with the docket its cases are kept in, at the time a clock
// tells: a test that lets things happen turns it.
func WithCases(t testing.TB, clock gov.Clock) (web.Deps, *docket.Docket) {
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
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"), store.Options{Migrate: true, Log: log, Clock: clock})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
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
	packs := dockettest.OnePack{Pack: pack}
	cases := docket.New(db.Cases(pack.District), packs, calendar.Seed)
	return web.Deps{
		Pack: pack, Casework: casework.New(cases, packs, nobody{}, files.NewFolder(t.TempDir())), Library: lib, Ledger: store.NewLedger(db, pack.District, verifier), LedgerKey: public,
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }, Clock: clock, Log: log, BaseURL: "https://policy.example", Version: "test",
	}, cases
}

// nobody is an office without persons.
type nobody struct{}

func (nobody) Person(context.Context, people.Standing, gov.ID) (people.Person, error) {
	return people.Person{}, gov.Errorf(gov.NotFound, "没有这个人", "there is no such person")
}

func (nobody) Holders(context.Context, people.Standing, string, string) ([]people.Person, error) {
	return nil, nil
}

// Staff is the standing of somebody who holds a role in a unit of the pack,
// with a post or "".
func Staff(t testing.TB, pack *policy.Pack, unit, role, post string, at time.Time) people.Standing {
	t.Helper()
	person := people.Person{ID: gov.NewID(at), Name: role, Unit: unit}
	s := people.Staff(people.Holdings{Person: person, Account: &people.Account{Person: person.ID}, Assignments: []people.Assignment{{
		ID: gov.NewID(at), Person: person.ID, Unit: unit, Role: role, Post: post, Period: people.Period{From: gov.DateOf(at).Add(-1)},
	}}}, pack, at, at)
	if len(s.Held) != 1 {
		t.Fatalf("%s of %s holds %d roles", role, unit, len(s.Held))
	}
	return s
}

// As lets every request be somebody's, as the door would have found them.
func As(s people.Standing, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(who.With(r.Context(), who.Visit{Standing: s})))
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
