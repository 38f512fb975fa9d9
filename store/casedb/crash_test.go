package casedb_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

const crashEnv = "STORE_CASES_CRASH_DSN"

// TestMain turns the test binary into the victim of TestKill when asked to.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(crashEnv); dsn != "" {
		victim(dsn)
	}
	os.Exit(m.Run())
}

// sent is a step as it was sent, and the line that tells of it:
// "sent CASE KEY WHAT" before it, "done KEY" after its commit.
type sent struct {
	id, key gov.ID
	what    string // begin, comment, or an action of payment
}

func (s sent) send(t testing.TB, d *docket.Docket) (cases.Case, error) {
	step := docket.Step{Case: s.id, Key: s.key}
	switch s.what {
	case "begin":
		return begin(t, d, s.id)
	case "comment":
		return d.Comment(t.Context(), step, s.key.String(), nil, wang)
	case "amend":
		return d.Act(t.Context(), step, cases.Input{Action: "amend", Actor: li, Values: cases.Values{"account": s.key.String()}})
	}
	return d.Act(t.Context(), step, cases.Input{Action: "send_back", Actor: wang, Values: cases.Values{"reason": s.key.String()}})
}

// victim has several writers at work on the same few cases until it is killed.
func victim(dsn string) {
	t := &storetest.Victim{}
	db, err := store.Open(t.Context(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	d := docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: sample(t)}, calendar.Seed)
	go storetest.Sequencer(t, db).Run(t.Context())
	tell := func(s sent) cases.Case {
		for {
			fmt.Println("sent", s.id, s.key, s.what)
			c, err := s.send(t, d)
			switch gov.CodeOf(err) {
			case "":
				fmt.Println("done", s.key)
				return c
			case gov.Conflict: // another writer was first: see how the case is now, as a person would
				if c, _, err = d.Case(t.Context(), s.id); err != nil {
					panic(err)
				}
				s.what = next(c)
			default:
				panic(err)
			}
		}
	}
	ids := make([]gov.ID, 24)
	for i := range ids {
		ids[i] = gov.NewID(time.Now())
		tell(sent{ids[i], ids[i], "begin"})
	}
	for w := range 8 {
		go func() {
			for n := w; ; n += w + 1 { // each in another order: they meet now and then
				c := tell(sent{ids[n%len(ids)], gov.NewID(time.Now()), "comment"})
				tell(sent{c.ID, gov.NewID(time.Now()), next(c)})
			}
		}()
	}
	select {}
}

// next is the action that moves a payment on where it stands.
func next(c cases.Case) string {
	if c.State == "returned" {
		return "amend"
	}
	return "send_back"
}

// After kill -9 every step that was confirmed is there; sent again, each is done
// once; cases, lists and tallies are what the histories make of them, and the
// ledger knows all of it.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			all, done := map[string]sent{}, map[string]bool{}
			for round := range 4 { // it dies elsewhere each time
				for _, line := range storetest.Kill(t, crashEnv, dsn, 900, time.Duration(round*13)*time.Millisecond) {
					word := strings.Fields(line)
					if word[0] == "done" {
						done[word[1]] = true
						continue
					}
					id, err := gov.ParseID(word[1])
					must(t, err)
					key, err := gov.ParseID(word[2])
					must(t, err)
					all[word[2]] = sent{id, key, word[3]} // the last way it was tried
				}
			}
			if len(done) < 1500 {
				t.Errorf("only %d steps were confirmed", len(done))
			}
			db := storetest.Open(t, dsn, nil)
			storetest.Sound(t, db)
			d := docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: sample(t)}, calendar.Seed)
			resend(t, d, all, done)
			histories(t, d, all, done)
			relist(t, db, d)
			must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
			storetest.Sound(t, db)
		})
	}
}

// resend sends every step again. What was confirmed changes nothing; what was
// not is done now, or refused since the case has moved on.
func resend(t *testing.T, d *docket.Docket, all map[string]sent, done map[string]bool) {
	t.Helper()
	byCase := map[gov.ID][]sent{}
	for _, s := range all {
		byCase[s.id] = append(byCase[s.id], s)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex // guards done
	for _, list := range byCase {
		wg.Go(func() {
			for _, s := range list {
				before, _, _ := d.Case(t.Context(), s.id) // not there when its beginning was cut off
				after, err := s.send(t, d)
				mu.Lock()
				was := done[s.key.String()]
				done[s.key.String()] = was || err == nil
				mu.Unlock()
				if was && (err != nil || after.Version != before.Version) {
					t.Errorf("the confirmed step %s of %s, sent again, led from version %d to %d: %v", s.what, s.id, before.Version, after.Version, err)
				} else if code := gov.CodeOf(err); code != "" && code != gov.Conflict && (code != gov.NotFound || before.Version > 0) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for key, is := range done {
		if !is {
			delete(done, key)
		}
	}
}

// histories looks for the events of the steps: each that was done has one,
// and no other step has any.
func histories(t *testing.T, d *docket.Docket, all map[string]sent, done map[string]bool) {
	t.Helper()
	found := map[string]int{}
	looked := map[gov.ID]bool{}
	for _, s := range all {
		if looked[s.id] {
			continue
		}
		looked[s.id] = true
		_, history := dockettest.Folded(t, d, s.id)
		for _, e := range history {
			switch key := e.Set.Text("account") + e.Set.Text("reason") + e.Note; {
			case e.Seq == 1:
				found[s.id.String()]++
			default:
				found[key]++
			}
		}
	}
	for key := range done {
		if found[key] != 1 {
			t.Errorf("the step %s %s is there %d times", all[key].what, key, found[key])
		}
		delete(found, key)
	}
	if len(found) > 0 {
		t.Errorf("events of steps that were refused: %v", found)
	}
}
