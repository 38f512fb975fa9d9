// Package webtest sets up a site for the tests of web and of what stands below
// it. No program imports it.
package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/notices"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/people/feeds"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/registers/holding"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/support/fund"
	"quanxiang/support/judge"
	"quanxiang/support/prefill"
	"quanxiang/web"
	"quanxiang/web/funds"
	"quanxiang/web/who"
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
// many entries, an office without staff, nothing logged. It is always Now.
func Deps(t testing.TB) web.Deps {
	t.Helper()
	return DepsAt(t, func() time.Time { return Now })
}

// DepsAt is Deps by another clock.
func DepsAt(t testing.TB, clock gov.Clock) web.Deps {
	t.Helper()
	d, _ := WithCases(t, clock)
	return d
}

// WithCases is DepsAt with the docket its cases are kept in: a test that lets
// things happen turns the clock.
func WithCases(t testing.TB, clock gov.Clock) (web.Deps, *docket.Docket) {
	t.Helper()
	pack := packtest.Xicheng(t)
	f, err := packtest.Files(t).Open("demo/gazette.txt")
	check(t, err)
	defer f.Close()
	g, err := gazette.Read(f, "gazette.txt", pack.Gazette, gazette.Limits{})
	check(t, err)
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), storetest.DSN(t, store.SQLite), store.Options{Hasty: storetest.Hasty(t), Log: log, Clock: clock})
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
	ring := privacy.NewKeyring()
	office := people.New(people.Config{
		Store: db.People(pack.District, ring), Pack: func() *policy.Pack { return pack }, Clock: clock,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: ring, Name: pack.Name.ZH,
	})
	versions := dockettest.OnePack{Pack: pack}
	regs := &registers.Registers{Store: db.Registers(pack.District), Pack: versions.Current, Clock: clock}
	rules := &judge.Judge{Prefill: prefill.New(regs.Store, regs.Pack, clock), Pack: regs.Pack}
	cases := docket.New(db.Cases(pack.District), versions, calendar.Seed).Into(regs).Holding(holding.Holders{Registers: regs}).Judged(rules)
	return web.Deps{
		Notices: notices.New(notices.Config{Store: db.Notices(pack.District), Staff: db.People(pack.District, ring), Cases: cases, Pack: func() *policy.Pack { return pack },
			Calendar: calendar.Seed, Clock: clock, Actor: casework.Actor, Site: "https://policy.example"}),
		Register: residents.New(residents.Config{Store: db.Residents(pack.District, ring), Keys: ring, Clock: clock, Looks: office, Name: pack.Name, Site: "https://policy.example"}),
		Office:   office, Filters: db.Filters(pack.District), Feeds: feeds.New(feeds.Config{Store: db.People(pack.District, ring), Pack: func() *policy.Pack { return pack }, Clock: clock, Keys: ring}),
		Keys:      apikeys.New(apikeys.Config{Store: db.People(pack.District, ring), Pack: func() *policy.Pack { return pack }, Clock: clock, Keys: ring}),
		Registers: regs, Judge: rules,
		Plans:   &inspections.Plans{Store: db.Inspections(pack.District), Pack: func() *policy.Pack { return pack }, Clock: clock},
		Funds:   &fund.Fund{Store: db.Funds(pack.District, ring), Pack: func() *policy.Pack { return pack }, Clock: clock, Sheets: funds.Sheets{}},
		Filings: db.Filings(pack.District), FilingKey: ring.Derive("open311 filings"),
		Casework: casework.New(cases, versions, office, files.NewFolder(t.TempDir())), Pack: pack, Library: lib, Ledger: store.NewLedger(db, pack.District, verifier), LedgerKey: public,
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }, Clock: clock, Log: log, BaseURL: "https://policy.example", Version: "test",
	}, cases
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

// Visit is somebody's, who is logged in if they are of the staff.
func Visit(s people.Standing) who.Visit {
	return who.Visit{Standing: s, Session: people.Session{Person: s.Person, Whole: s.Kind == gov.StaffActor}}
}

// As lets every request be somebody's, as the door would have found them.
func As(s people.Standing, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(who.With(r.Context(), Visit(s))))
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
