package notices_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// house is a district on a database of one engine: cases, staff, notices, and a
// mail server that does as it is told.
type house struct {
	*notices.Notices
	db     *store.DB
	docket *docket.Docket
	staff  *store.People
	server *server

	mu  sync.Mutex
	now time.Time
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// server takes mails, or refuses those to some addresses.
type server struct {
	down    error
	refuses map[string]int // code by address
	mails   []notices.Mail
}

func (s *server) Send(_ context.Context, list []notices.Mail, done func(int, error) error) error {
	if s.down != nil {
		return s.down
	}
	for n, m := range list {
		var refused error
		if code := s.refuses[m.To]; code != 0 {
			refused = &notices.Refusal{Code: code}
		} else {
			s.mails = append(s.mails, m)
		}
		if err := done(n, refused); err != nil {
			return err
		}
	}
	return nil
}

// taken returns what the server took since it was asked last.
func (s *server) taken() []notices.Mail {
	list := s.mails
	s.mails = nil
	return list
}

// sample is the sample district, its files changed by an edit.
func sample(t testing.TB, edits ...string) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../cases/testdata"), "sample")
	must(t, err)
	files := slices.Clone(pack.Files)
	for i := range files {
		files[i].Content = []byte(strings.NewReplacer(edits...).Replace(string(files[i].Content)))
	}
	pack, err = policy.LoadFiles(files)
	must(t, err)
	return pack
}

// run gives a test a house on each engine, on a working morning: Monday, 10
// October 2016. In the end the ledger must know everything.
func run(t *testing.T, pack *policy.Pack, test func(t *testing.T, h *house)) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h := &house{now: time.Date(2016, 10, 10, 8, 0, 0, 0, gov.China), server: &server{refuses: map[string]int{}}}
			h.db = storetest.Open(t, storetest.DSN(t, e), h.clock)
			h.staff = h.db.People(pack.District, privacy.NewKeyring())
			h.docket = docket.New(h.db.Cases(pack.District), dockettest.OnePack{Pack: pack}, calendar.Seed)
			h.Notices = notices.New(notices.Config{
				Store: h.db.Notices(pack.District), Staff: h.staff, Cases: h.docket, Pack: func() *policy.Pack { return pack },
				Calendar: calendar.Seed, Clock: h.clock, Sender: h.server, Site: "https://policy.example",
				Actor: func(_ *policy.Pack, s people.Standing) cases.Actor { return actor(s) },
			})
			test(t, h)
			storetest.Sound(t, h.db)
		})
	}
}

// actor is who somebody is to cases by everything they hold.
func actor(s people.Standing) cases.Actor {
	a := cases.Actor{Kind: s.Kind, Person: s.Person.String()}
	for _, held := range s.Held {
		seat := cases.Seat{Unit: held.Assignment.Unit, Role: held.Role.ID, Post: held.Assignment.Post}
		if !held.For.IsZero() {
			seat.For = held.For.String()
		}
		a.Seats = append(a.Seats, seat)
	}
	return a
}

// hire enters a person with an account and a role in a unit.
func (h *house) hire(t testing.TB, email, unit, role string) gov.ID {
	t.Helper()
	id := gov.NewID(h.clock())
	h.write(t, func(ctx context.Context, tx people.Tx) error {
		must(t, tx.SavePerson(ctx, &people.Person{ID: id, Name: "某人", Unit: unit, Email: email}))
		must(t, tx.SaveAccount(ctx, &people.Account{Person: id, Login: id.String(), State: people.Active}))
		return tx.SaveAssignment(ctx, &people.Assignment{ID: gov.NewID(h.clock()), Person: id, Role: role, Unit: unit, Period: people.Period{From: gov.Date{Year: 2016, Month: 1, Day: 1}}})
	})
	return id
}

func (h *house) write(t testing.TB, fn func(context.Context, people.Tx) error) {
	t.Helper()
	must(t, h.staff.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, people.Event{ID: gov.NewID(h.clock()), Kind: "people.tested", Object: "person:test"})
	}))
}

func clerk(id gov.ID) cases.Actor { return dockettest.Staff(id.String(), "fgw", "clerk") }

// pay begins a payment and lets people be told of it.
func (h *house) pay(t testing.TB, by gov.ID) cases.Case {
	t.Helper()
	c, err := h.docket.Begin(t.Context(), gov.NewID(h.clock()), "payment", cases.Input{Action: "enter", Actor: clerk(by),
		Values: cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(80050), "account": "6222"}})
	must(t, err)
	h.tell(t)
	return c
}

// tell runs the jobs that steps asked for.
func (h *house) tell(t testing.TB) {
	t.Helper()
	for _, r := range storetest.Rows(t, h.db, "select key from jobs where kind = '"+docket.NoticeJob+"'") {
		id, err := gov.ParseID(r[0])
		must(t, err)
		must(t, h.Tell(t.Context(), id))
		must(t, h.Tell(t.Context(), id)) // a job may run twice
	}
	storetest.Exec(t, h.db, "delete from jobs where kind = '"+docket.NoticeJob+"'")
}

// told is what a person finds, the newest first: "number why".
func (h *house) told(t testing.TB, person gov.ID) (list []string) {
	t.Helper()
	inbox, err := h.Inbox(t.Context(), person, gov.Page{})
	must(t, err)
	for _, m := range inbox.Items {
		list = append(list, m.Number+" "+string(m.Why))
	}
	return list
}

// Whose turn it is gets one message, so does a deputy of theirs; who did the
// step and who has nothing to do with it get none.
func TestTell(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		li, wang, zhao, other := h.hire(t, "", "fgw", "clerk"), h.hire(t, "", "fgw", "clerk"), h.hire(t, "", "czj", "clerk"), h.hire(t, "", "xijie", "clerk")
		closed := h.hire(t, "", "fgw", "clerk")
		h.write(t, func(ctx context.Context, tx people.Tx) error {
			a, err := tx.Account(ctx, closed)
			must(t, err)
			a.State = people.Closed
			must(t, tx.SaveAccount(ctx, a))
			return tx.SaveAbsence(ctx, &people.Absence{ID: gov.NewID(h.clock()), Person: wang, Deputy: zhao,
				Period: people.Period{From: gov.Date{Year: 2016, Month: 10, Day: 10}, To: gov.Date{Year: 2016, Month: 10, Day: 12}}})
		})
		c := h.pay(t, li)
		for who, want := range map[gov.ID][]string{li: nil, wang: {"FK2016-0001 turn"}, zhao: {"FK2016-0001 turn"}, other: nil, closed: nil} {
			if diff := cmp.Diff(want, h.told(t, who)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
		h.pass(72 * time.Hour) // the absence is over
		_, err := h.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "send_back", Actor: clerk(wang), Values: cases.Values{"reason": "账号不对"}})
		must(t, err)
		h.tell(t)
		_, err = h.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "amend", Actor: clerk(li), Values: cases.Values{"account": "6333"}})
		must(t, err)
		h.tell(t)
		for who, want := range map[gov.ID][]string{li: {"FK2016-0001 turn"}, wang: {"FK2016-0001 turn", "FK2016-0001 turn"}, zhao: {"FK2016-0001 turn"}} {
			if diff := cmp.Diff(want, h.told(t, who)); diff != "" {
				t.Errorf("later: -want +got:\n%s", diff)
			}
		}
		if left := storetest.Rows(t, h.db, "select step from case_notes"); len(left) > 0 {
			t.Errorf("notes are left: %v", left)
		}
	})
}

// Who is told of a step for two reasons gets the weightier one.
func TestOneMessagePerStep(t *testing.T) {
	run(t, sample(t, "{if: \"!large\"", "{if: \"true\"", "at: [entered]\n    to: returned", "at: [entered]\n    notify: [clerk]\n    to: returned"), func(t *testing.T, h *house) {
		li, wang := h.hire(t, "", "fgw", "clerk"), h.hire(t, "", "fgw", "clerk")
		c := h.pay(t, li)
		_, err := h.docket.Act(t.Context(), docket.Step{Case: c.ID}, cases.Input{Action: "send_back", Actor: clerk(wang), Values: cases.Values{"reason": "账号不对"}})
		must(t, err)
		notes := storetest.Rows(t, h.db, "select body from case_notes")
		if all := fmt.Sprint(notes); !strings.Contains(all, `"told"`) || !strings.Contains(all, `"turn"`) {
			t.Fatalf("the step tells %v", notes)
		}
		h.tell(t)
		if diff := cmp.Diff([]string{"FK2016-0001 turn"}, h.told(t, li)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// An inbox is read page by page, marked, and emptied of what was read long ago.
func TestInbox(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		ctx := t.Context()
		li, wang := h.hire(t, "", "fgw", "clerk"), h.hire(t, "", "fgw", "clerk")
		for range 5 {
			h.pay(t, li)
			h.pass(time.Minute)
		}
		var seen []notices.Message
		for page := (gov.Page{Limit: 2}); ; {
			list, err := h.Inbox(ctx, wang, page)
			must(t, err)
			seen = append(seen, list.Items...)
			if page.After = list.Next; list.Next == "" {
				break
			}
		}
		if len(seen) != 5 || seen[0].Number != "FK2016-0005" || seen[4].Number != "FK2016-0001" || seen[0].Subject != "印刷" || seen[0].Procedure != "payment" {
			t.Fatalf("read as %+v", seen)
		}
		unread := func(want int) {
			t.Helper()
			if n, err := h.Unread(ctx, wang); n != want || err != nil {
				t.Errorf("%d are unread, want %d, %v", n, want, err)
			}
		}
		unread(5)
		must(t, h.MarkRead(ctx, li, seen[0].ID)) // not theirs
		unread(5)
		must(t, h.MarkRead(ctx, wang, seen[0].ID, seen[1].ID))
		unread(3)
		h.pass(91 * 24 * time.Hour)
		must(t, h.MarkRead(ctx, wang))
		unread(0)
		must(t, h.Sweep(ctx))
		if left := h.told(t, wang); len(left) != 3 {
			t.Errorf("of old messages are left %v", left)
		}
	})
}

// A choice is the person's, checked, and kept with a record.
func TestChoice(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		ctx, li := t.Context(), h.hire(t, "", "fgw", "clerk")
		c, err := h.Choice(ctx, li)
		must(t, err)
		if diff := cmp.Diff(notices.DefaultChoice(li), c); diff != "" {
			t.Errorf("before they chose:\n%s", diff)
		}
		c.Lang, c.Mail[cases.Told] = gov.EN, notices.Daily
		must(t, h.SetChoice(ctx, c))
		got, err := h.Choice(ctx, li)
		must(t, err)
		if c.Revision = 1; cmp.Diff(c, got) != "" {
			t.Errorf("kept - and chosen +:\n%s", cmp.Diff(got, c))
		}
		must(t, h.SetChoice(ctx, got))
		if err := h.SetChoice(ctx, got); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("a choice changed meanwhile: %v", err)
		}
		for what, spoil := range map[string]func(*notices.Choice){
			"language": func(c *notices.Choice) { c.Lang = "fr" },
			"way":      func(c *notices.Choice) { c.Mail[cases.Told] = "fax" },
			"reason":   func(c *notices.Choice) { delete(c.Mail, cases.Told) },
		} {
			bad := notices.DefaultChoice(li)
			spoil(&bad)
			if err := h.SetChoice(ctx, bad); gov.CodeOf(err) != gov.Invalid {
				t.Errorf("a bad %s: %v", what, err)
			}
		}
		for _, why := range notices.Reasons {
			if notices.Reason(why).EN == "" || notices.Reason(why).ZH == "" {
				t.Errorf("%s is said in no words", why)
			}
		}
	})
}

// choose sets how one person is told that it is their turn.
func (h *house) choose(t testing.TB, person gov.ID, way notices.Way, lang gov.Lang) {
	t.Helper()
	c, err := h.Choice(t.Context(), person)
	must(t, err)
	c.Lang, c.Mail[cases.YourTurn] = lang, way
	must(t, h.SetChoice(t.Context(), c))
}

// Mails go out at once, daily, or not, as each person chose; none to who has no
// address or whose account is closed by then.
func TestMails(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		ctx := t.Context()
		li := h.hire(t, "", "fgw", "clerk")
		once, daily, none, nowhere, gone := h.hire(t, "once@mail.example", "fgw", "clerk"), h.hire(t, "daily@mail.example", "fgw", "clerk"),
			h.hire(t, "none@mail.example", "fgw", "clerk"), h.hire(t, "", "fgw", "clerk"), h.hire(t, "gone@mail.example", "fgw", "clerk")
		h.choose(t, once, notices.AtOnce, gov.EN)
		h.choose(t, none, notices.NoMail, gov.ZH)
		h.choose(t, nowhere, notices.AtOnce, gov.ZH)
		h.choose(t, gone, notices.AtOnce, gov.ZH)
		h.pay(t, li)
		h.write(t, func(ctx context.Context, tx people.Tx) error {
			a, err := tx.Account(ctx, gone)
			must(t, err)
			a.State = people.Closed
			return tx.SaveAccount(ctx, a)
		})
		must(t, h.Send(ctx))
		must(t, h.Send(ctx))
		got := h.server.taken()
		if len(got) != 1 || got[0].To != "once@mail.example" || got[0].Subject != "FK2016-0001: it is your turn" || got[0].From != "Sample District" {
			t.Fatalf("at once went out %+v", got)
		}
		for _, part := range []string{`Payment FK2016-0001 "印刷"`, "2016-10-10 08:00", "https://policy.example/desk/cases/FK2016-0001", "https://policy.example/desk/notices"} {
			if !strings.Contains(got[0].Body, part) {
				t.Errorf("no %q in\n%s", part, got[0].Body)
			}
		}
		if strings.Contains(got[0].Body, "6222") || strings.Contains(got[0].Body, "800.50") {
			t.Errorf("it tells too much:\n%s", got[0].Body)
		}

		h.pay(t, li)
		h.pass(5 * 24 * time.Hour) // to Saturday
		must(t, h.Digest(ctx))
		must(t, h.Send(ctx))
		if on := slices.DeleteFunc(h.server.taken(), func(m notices.Mail) bool { return m.To == "once@mail.example" }); len(on) > 0 {
			t.Errorf("on a day off went out %+v", on)
		}
		h.pass(2 * 24 * time.Hour)
		must(t, h.Digest(ctx))
		must(t, h.Digest(ctx))
		must(t, h.Send(ctx))
		got = slices.DeleteFunc(h.server.taken(), func(m notices.Mail) bool { return m.To == "once@mail.example" })
		if len(got) != 1 || got[0].To != "daily@mail.example" || got[0].Subject != "今日提醒 2 条" || strings.Index(got[0].Body, "付款 FK2016-0001“印刷”") != 0 || !strings.Contains(got[0].Body, "FK2016-0002") {
			t.Fatalf("daily went out %+v", got)
		}
		h.pay(t, li)
		must(t, h.MarkRead(ctx, daily))
		must(t, h.Digest(ctx))
		must(t, h.Send(ctx))
		if got := slices.DeleteFunc(h.server.taken(), func(m notices.Mail) bool { return m.To == "once@mail.example" }); len(got) > 0 {
			t.Errorf("of what was read went out %+v", got)
		}
	})
}

// Where not all staff may read the subject, a mail does not say it.
func TestMailWithoutSubject(t *testing.T) {
	run(t, sample(t, "label: {zh: 用途, en: Purpose}, open: staff}", "label: {zh: 用途, en: Purpose}}"), func(t *testing.T, h *house) {
		li, wang := h.hire(t, "", "fgw", "clerk"), h.hire(t, "wang@mail.example", "fgw", "clerk")
		h.choose(t, wang, notices.AtOnce, gov.ZH)
		h.pay(t, li)
		must(t, h.Send(t.Context()))
		got := h.server.taken()
		if len(got) != 1 || strings.Contains(got[0].Body+got[0].Subject, "印刷") || !strings.Contains(got[0].Body, "付款 FK2016-0001\n") {
			t.Errorf("went out %+v", got)
		}
	})
}

// What a server refuses for now is tried again later and later; what it refuses
// for good, or for too long, is given up and told. A server that is down costs
// nothing. No address is kept with any of it.
func TestMailsRefused(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		ctx := t.Context()
		li := h.hire(t, "", "fgw", "clerk")
		for _, name := range []string{"full", "unknown", "fine"} {
			h.choose(t, h.hire(t, name+"@mail.example", "fgw", "clerk"), notices.AtOnce, gov.ZH)
		}
		h.server.refuses = map[string]int{"full@mail.example": 452, "unknown@mail.example": 550}
		h.pay(t, li)
		h.server.down = gov.Errorf(gov.Unavailable, "不可用", "down")
		if err := h.Send(ctx); gov.CodeOf(err) != gov.Unavailable {
			t.Errorf("with a server that is down: %v", err)
		}
		outbox := func(waiting, givenUp, answer int) {
			t.Helper()
			o, err := h.Store.Outbox(ctx)
			must(t, err)
			if o.Waiting != waiting || o.GivenUp != givenUp || o.Answer != answer {
				t.Errorf("the outbox is %+v", o)
			}
		}
		outbox(3, 0, 0)
		h.server.down = nil
		must(t, h.Send(ctx))
		if got := h.server.taken(); len(got) != 1 || got[0].To != "fine@mail.example" {
			t.Errorf("went out %+v", got)
		}
		outbox(0, 1, 550)
		h.pass(2 * time.Minute)
		outbox(1, 1, 550)
		tries := 1
		for ; tries < 100; tries++ {
			if len(storetest.Rows(t, h.db, "select id from mails where next_at > 0")) == 0 {
				break
			}
			must(t, h.Send(ctx))
			h.pass(4 * time.Hour)
		}
		if tries < 10 || tries > 20 {
			t.Errorf("given up after %d tries", tries)
		}
		for _, table := range []string{"mails", "messages", "message_choices", "case_notes", "jobs"} {
			if all := fmt.Sprint(storetest.Rows(t, h.db, "select * from "+table)); strings.Contains(all, "@") {
				t.Errorf("an address is kept in %s: %s", table, all)
			}
		}
		h.pass(91 * 24 * time.Hour)
		must(t, h.Sweep(ctx))
		outbox(0, 0, 0)
	})
}

// Without a mail server nothing is queued.
func TestWithoutMail(t *testing.T) {
	run(t, sample(t), func(t *testing.T, h *house) {
		h.Sender = nil
		li, wang := h.hire(t, "", "fgw", "clerk"), h.hire(t, "wang@mail.example", "fgw", "clerk")
		h.choose(t, wang, notices.AtOnce, gov.ZH)
		h.pay(t, li)
		must(t, h.Send(t.Context()))
		must(t, h.Digest(t.Context()))
		if rows := storetest.Rows(t, h.db, "select id from mails"); len(rows) > 0 || len(h.told(t, wang)) != 1 {
			t.Errorf("queued %v", rows)
		}
	})
}
