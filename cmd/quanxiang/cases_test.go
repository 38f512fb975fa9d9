package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// counted is the number of rows a query gives.
func counted(t testing.TB, db *store.DB, query string) int {
	t.Helper()
	return len(storetest.Rows(t, db, query))
}

// What a killed import did not propose, the jobs of the next start do, and
// nothing twice.
func TestServeCompletesAnImport(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.want(t, 0, "they wait to be confirmed", "import", "gazette", demoFile(t), "--yes")
			db := storetest.Open(t, at.dsn, nil)
			const ofItems = "select id from cases where procedure = 'duty'" // and not what a serving process begins by the calendar
			made := counted(t, db, ofItems)
			if tasks := storetest.Rows(t, db, "select sum(tasks) from documents")[0][0]; made == 0 || tasks != strconv.Itoa(made) {
				t.Fatalf("%d cases of %s tasks", made, tasks)
			}
			if again := at.ok(t, "import", "gazette", demoFile(t), "--yes"); strings.Contains(again, "Proposed") || counted(t, db, ofItems) != made {
				t.Errorf("a second import proposed again:\n%s", again)
			}
			lost := "substr(number, 8) > '0003'" // of RW2016-0001
			storetest.Exec(t, db, "delete from case_events where case_id in (select id from cases where "+lost+")", "delete from case_rows", "delete from case_turns", "delete from case_facets",
				"delete from case_tallies", "delete from case_listed", "delete from case_counts", "delete from case_recounts", "delete from case_months", "delete from cases where "+lost)
			_, _, _, stop := at.serving(t)
			eventually(t, "every task has its case again", func() bool { return counted(t, db, ofItems) == made })
			stop()
			if distinct := counted(t, db, "select distinct origin from cases where procedure = 'duty'"); distinct != made {
				t.Errorf("%d origins of %d cases", distinct, made)
			}
		})
	}
}

// Lists are made anew piece by piece, and go on where they were cut off.
func TestRelistGoesOn(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.ok(t, "import", "gazette", demoFile(t), "--yes")
			s := openSite(t, at)
			db := storetest.Open(t, at.dsn, nil)
			look := func() [][]string {
				return storetest.Rows(t, db, "select number, state, due, wake from case_rows order by number")
			}
			before := look()
			storetest.Exec(t, db, "delete from case_rows", "delete from case_turns", "delete from case_facets", "delete from case_tallies",
				"delete from jobs where kind = '"+docket.RelistJob+"'")
			key := ""
			for runs := 1; ; runs++ {
				if err := s.relistSome(t.Context(), slog.New(slog.DiscardHandler), key, 7); err != nil {
					t.Fatal(err)
				}
				next := storetest.Rows(t, db, "select key from jobs where kind = '"+docket.RelistJob+"'")
				if len(next) == 0 {
					if runs < 3 {
						t.Errorf("all of %d cases were listed in %d runs", len(before), runs)
					}
					break
				}
				key = next[0][0]
				storetest.Exec(t, db, "delete from jobs where kind = '"+docket.RelistJob+"'")
			}
			if after := look(); len(after) != len(before) || len(before) == 0 {
				t.Errorf("%d of %d cases are listed again", len(after), len(before))
			}
			if err := s.relistSome(t.Context(), slog.New(slog.DiscardHandler), "x", 7); err == nil {
				t.Error("a key that is no id is taken")
			}
		})
	}
}

// A case that cannot be helped does not keep time from the others.
func TestStirPassesOverFailures(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.ok(t, "import", "gazette", demoFile(t), "--yes")
	s := openSite(t, at)
	db := storetest.Open(t, at.dsn, nil)
	lost := strings.Repeat("0", 64)
	storetest.Exec(t, db, "update cases set pack = '"+lost+"' where substr(number, 8) <= '0002'", "update case_rows set wake = 1")
	if err := s.stir(t.Context()); gov.CodeOf(err) != gov.NotFound || !strings.Contains(err.Error(), "was not kept") {
		t.Errorf("cases under a lost pack: %v", err)
	}
	if n := counted(t, db, "select id from case_rows where wake = 1"); n != 0 {
		t.Errorf("%d cases were not looked at", n)
	}
	if err := s.stir(t.Context()); err != nil {
		t.Errorf("at once again: %v", err)
	}
	if n, err := s.casesOverdue(t.Context()); n != 0 || err != nil {
		t.Errorf("%v are overdue, %v", n, err)
	}
	if n, err := s.casesOpen(t.Context()); n == 0 || int(n) != counted(t, db, "select id from cases") || err != nil {
		t.Errorf("%v are open, %v", n, err)
	}
}

// Serving, time moves a case by itself, and whoever is to be told of it is.
func TestServeTells(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.ok(t, "import", "gazette", demoFile(t), "--yes")
	s := openSite(t, at)
	person, now := gov.NewID(time.Now()), time.Now()
	must(t, s.persons.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
		must(t, tx.SavePerson(ctx, &people.Person{ID: person, Name: "某人", Unit: "zfb"}))
		must(t, tx.SaveAccount(ctx, &people.Account{Person: person, Login: "someone", State: people.Active}))
		must(t, tx.SaveAssignment(ctx, &people.Assignment{ID: gov.NewID(now), Person: person, Role: "clerk", Unit: "fgw", Period: people.Period{From: gov.DateOf(now)}}))
		return tx.Record(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, people.Event{ID: gov.NewID(now), Kind: "people.tested", Object: "person:test"})
	}))
	office := dockettest.Staff("office", "zfb", "supervision")
	c, err := s.docket.Begin(t.Context(), gov.NewID(now), "duty", cases.Input{Action: "enter", Actor: office, Values: cases.Values{
		"title": "编制规划", "text": "编制专项规划", "document": "西政发〔2016〕13号", "lead": []string{"fgw"}, "end": "2199-12-31"}})
	must(t, err)
	_, err = s.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "confirm", Actor: office})
	must(t, err)
	_, inside, _, stop := at.serving(t)
	n := s.tell(nil, nil, "", time.Now)
	eventually(t, "the clerk of the lead unit is told", func() bool {
		unread, err := n.Unread(t.Context(), person)
		must(t, err)
		return unread > 0
	})
	eventually(t, "what the calendar began is looked at, and the figures say so", func() bool {
		text := get(t, inside+"/metrics")
		return strings.Contains(text, "cases_open ") && strings.Contains(text, "cases_overdue 0") && strings.Contains(text, "mails_given_up 0")
	})
	stop()
	inbox, err := n.Inbox(t.Context(), person, gov.Page{})
	must(t, err)
	if m := inbox.Items[0]; m.Case != c.ID || m.Number != c.Number || m.Why != cases.YourTurn || m.Subject != "编制规划" {
		t.Errorf("told is %+v", m)
	}
}

// A mail server that cannot be one is refused before anything begins.
func TestServeRefusesMailServer(t *testing.T) {
	t.Parallel()
	at := newSite(t, store.SQLite)
	at.want(t, cli.Invalid, "a mail server's address is like", "serve", "--smtp", "mail.example", "--smtp-from", "a@mail.example")
	at.want(t, cli.Invalid, "the sender's address", "serve", "--smtp", "smtp://mail.example")
	at.want(t, cli.Failed, "", "serve", "--smtp", "smtp://mail.example", "--smtp-from", "a@mail.example", "--smtp-password-file", filepath.Join(at.data, "absent"))
}

// A pack that is adopted later makes its cases of the documents there are.
func TestAdoptedPackProposes(t *testing.T) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			at := newSite(t, engine)
			at.ok(t, "import", "gazette", demoFile(t), "--yes")
			s := openSite(t, at)
			db := storetest.Open(t, at.dsn, nil)
			storetest.Exec(t, db, "delete from jobs")
			must(t, s.adoptPack(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}))
			if n := counted(t, db, "select key from jobs"); n != 0 {
				t.Errorf("the pack in force asks for %d documents again", n)
			}
			other := *s.pack
			other.Version, other.Files = "9", slices.Clone(s.pack.Files)
			other.Files[0].Content = append(slices.Clone(other.Files[0].Content), '\n')
			other.Hash = fmt.Sprintf("%x", sha256.Sum256(policy.Listing(other.Files)))
			must(t, db.AdoptPack(t.Context(), s.pack.District, gov.Actor{Kind: gov.SystemActor, Name: "test"}, &other))
			if n, documents := counted(t, db, "select key from jobs where kind = '"+docket.ProposeJob+"'"), counted(t, db, "select slug from documents where version > 0"); n != documents || n == 0 {
				t.Errorf("another pack asks for %d of %d documents", n, documents)
			}
		})
	}
}
