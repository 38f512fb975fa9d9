package ceremonydb_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/ceremony"
	"quanxiang/inspections/ceremony/ceremonytest"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const passphrase = "虚构的雨落在西山的石阶上"

// hall is a ceremony with everybody who takes part.
type hall struct {
	t      testing.TB
	db     *store.DB
	plans  ceremonytest.Plans
	ring   *privacy.Keyring
	now    time.Time
	desk   *ceremony.Ceremonies
	cases  *ceremonytest.Cases
	host   people.Standing
	people map[string]people.Standing // by signer
	notary party.Key                  // of witness-2, who has no account
}

func seedOf(name string) []byte { h := sha256.Sum256([]byte(name)); return h[:] }

func open(t testing.TB, db *store.DB, pack *policy.Pack, sample string) *hall {
	t.Helper()
	h := &hall{t: t, db: db, plans: ceremonytest.Sample(t, sample), ring: privacy.NewKeyring(), people: map[string]people.Standing{}, cases: &ceremonytest.Cases{}}
	h.now = time.Unix(h.plans.Times()[0].T1-3600, 0)
	h.host = h.officer(pack, "inspection-office", "主持人")
	h.people["authority"] = h.host
	for _, by := range []string{"witness-0", "witness-1"} {
		h.people[by] = h.officer(pack, "witness", by)
	}
	for _, by := range []string{"seal-0", "seal-1"} {
		h.people[by] = h.officer(pack, "seal-holder", by)
	}
	var err error
	h.notary, err = party.NewKey("公证员", append(seedOf("a"), seedOf("b")...))
	must(t, err)
	h.restart()
	return h
}

func (h *hall) officer(pack *policy.Pack, role, name string) people.Standing {
	s := caseworktest.Officer(pack, "gsfj", role)
	s.Person, s.Name = gov.NewID(h.now), name
	return s
}

// as is somebody who has just proven who they are.
func (h *hall) as(by string) people.Standing {
	s := h.people[by]
	s.At, s.Proven = h.now, h.now
	return s
}

// restart makes everything anew but the database, as a killed process does: keys are
// locked, campaigns are resumed.
func (h *hall) restart() {
	s := h.db.Draws(storetest.District, h.ring)
	h.desk = &ceremony.Ceremonies{
		Store: s, Plans: h.plans, Cases: h.cases, Clock: func() time.Time { return h.now },
		Safe:     &ceremony.Safe{Store: s, District: storetest.District, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Clock: func() time.Time { return h.now }},
		Platform: ed25519.NewKeyFromSeed(seedOf("platform")), Name: "全象平台", Verifier: lot.Hash{7},
	}
}

// act lets a party do what is asked of it: with its account, or the notary with a
// file.
func (h *hall) act(by string) {
	h.t.Helper()
	ctx := context.Background()
	if by == "witness-2" {
		r, err := h.desk.Request(ctx, h.as("authority"), ceremonytest.Plan, by)
		must(h.t, err)
		a, err := h.notary.Answer(&r)
		must(h.t, err)
		must(h.t, h.desk.Answer(ctx, h.as("authority"), ceremonytest.Plan, by, a.Bytes()))
		return
	}
	if _, err := h.desk.Safe.Open(h.people[by].Person, h.now); err != nil {
		if has, err := h.desk.Safe.Has(ctx, h.people[by].Person); err == nil && !has {
			must(h.t, h.desk.Safe.Make(ctx, h.as(by), passphrase, append(seedOf(by), seedOf("more "+by)...)))
		} else {
			must(h.t, h.desk.Safe.Unlock(ctx, h.as(by), passphrase))
		}
	}
	must(h.t, h.desk.Act(ctx, h.as(by), ceremonytest.Plan, by))
}

func (h *hall) all(by ...string) {
	h.t.Helper()
	for _, b := range by {
		h.act(b)
	}
}

func (h *hall) stage(want draw.Stage) ceremony.Ceremony {
	h.t.Helper()
	c, err := h.desk.Store.Ceremony(context.Background(), ceremonytest.Plan)
	must(h.t, err)
	if c.Stage != want {
		h.t.Fatalf("the ceremony is at %q, not %q; waiting: %+v, refused: %+v", c.Stage, want, c.State.Queue, c.State.Refused)
	}
	return c
}

var witnesses = []string{"witness-0", "witness-1", "witness-2"}

// arrange names the parties and lets them give their keys.
func (h *hall) arrange() {
	h.t.Helper()
	s := h.plans.Setup(h.host, []people.Standing{h.people["witness-0"], h.people["witness-1"], {Name: "公证员"}}, []people.Standing{h.people["seal-0"], h.people["seal-1"]})
	must(h.t, h.desk.Arrange(context.Background(), h.as("authority"), ceremonytest.Plan, s))
	h.all("authority", "witness-0", "witness-1", "witness-2", "seal-0", "seal-1")
}

func (h *hall) ask(i ceremony.Intent) {
	h.t.Helper()
	must(h.t, h.desk.Ask(context.Background(), h.as("authority"), ceremonytest.Plan, i))
}

// until leads an attempt up to its outside values.
func (h *hall) until(attempt int, values ...string) {
	h.t.Helper()
	ctx, at := context.Background(), h.plans.Times()[attempt-1]
	h.stage(draw.Begins)
	h.act("authority") // signs the plan
	h.stage(draw.Commits)
	h.all(witnesses...)
	h.now = time.Unix(at.T1+1, 0)
	must(h.t, h.desk.Advance(ctx, ceremonytest.Plan))
	h.stage(draw.Reveals)
	h.all(witnesses...)
	h.now = time.Unix(at.T3+5, 0)
	for _, v := range values {
		h.ask(ceremony.Intent{Op: ceremony.OpOutside, Value: v, N: 1})
		if v != ceremonytest.Drand { // a lottery proves nothing by itself
			h.all("authority", "witness-1")
		}
	}
	h.stage(draw.Ready)
}

// A joint draw from the parties' names to the released, verified transcript, with a
// void, a substitute, a recusal, and a process that stops in between.
func TestCeremony(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db, pack, "joint"), t.Context()
		h.arrange()
		h.until(1, ceremonytest.Drand)
		h.all("seal-0", "seal-1") // the second's element completes the draw; both sign it and the teams
		h.stage(draw.Visiting)
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		resealtest.Rotate(t, db, storetest.District, h.ring, "draw_elements")
		n := len(h.cases.Begun)
		if n == 0 {
			t.Fatal("no visit was handed out")
		}
		h.restart()
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if len(h.cases.Begun) != n || h.cases.Moved != 0 {
			t.Fatalf("handed out again: %d cases, %d changed", len(h.cases.Begun), h.cases.Moved)
		}
		var gone, ill inspections.Visit
		for _, v := range h.cases.Begun {
			gone, ill = ill, v
		}
		official := lot.UID{byte(lot.Inspector), 1, 'x'}
		h.ask(ceremony.Intent{Op: ceremony.OpVoid, UID: gone.UID, Reason: "closed", Official: official})
		h.act("authority")
		if c := h.stage(draw.Visiting); c.Voids != 1 {
			t.Errorf("%d voids", c.Voids)
		}
		v, err := h.desk.View(ctx, h.as("authority"), ceremonytest.Plan)
		must(t, err)
		owed := len(v.Asks) > 0 // a census or poisson stratum has no substitutes
		if owed {
			h.all("seal-0", "seal-1")
		}
		number := -1
		for _, x := range v.Visits {
			if x.UID == ill.UID && x.Frame == ill.Frames[0] {
				number = x.Number
			}
		}
		h.ask(ceremony.Intent{Op: ceremony.OpRecuse, Frame: ill.Frames[0], Visit: number, Slot: 0, Reason: "relative"})
		h.all("seal-0", "seal-1")
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if h.cases.Moved != 1 || h.cases.Ended != 1 {
			t.Errorf("%d teams changed, %d cases ended", h.cases.Moved, h.cases.Ended)
		}
		h.inspect()
		h.now = time.Unix(h.plans.Times()[0].T5+1, 0)
		h.ask(ceremony.Intent{Op: ceremony.OpRelease})
		h.act("authority")
		h.stage(draw.Released)
		file, err := h.desk.Transcript(ctx, ceremonytest.Plan)
		must(t, err)
		if got := draw.Verify(file, nil); got.Kind != draw.Valid {
			t.Fatalf("the transcript is %s", got)
		}
		c := h.stage(draw.Released)
		if int64(bytes.Count(file, []byte("\n"))) != c.Records || draw.Verify(file, nil).Head != c.Head {
			t.Error("records or head of the row are not the file's")
		}
		storetest.Sequencer(t, db)
		storetest.Sound(t, db)
	})
}

// inspect lets every case come to its end, and the authority sign what was published.
func (h *hall) inspect() {
	h.t.Helper()
	ctx := context.Background()
	h.cases.End()
	must(h.t, h.desk.Follow(ctx, ceremonytest.Plan)) // opens and results
	must(h.t, h.desk.Follow(ctx, ceremonytest.Plan)) // asks nothing twice
	c, err := h.desk.Store.Ceremony(ctx, ceremonytest.Plan)
	must(h.t, err)
	if len(c.State.Queue) != 1 {
		h.t.Fatalf("%d publications wait", len(c.State.Queue))
	}
	h.act("authority")
	must(h.t, h.desk.Follow(ctx, ceremonytest.Plan))
	list, err := h.desk.Store.Visits(ctx, ceremonytest.Plan)
	must(h.t, err)
	published := 0
	for _, v := range list {
		if v.Stage != ceremony.Published && v.Stage != ceremony.Void {
			h.t.Errorf("visit %s is at %s", v.UID, v.Stage)
		}
		if v.Stage == ceremony.Published {
			published++
		}
	}
	counts, err := h.desk.Store.VisitCounts(ctx, ceremonytest.Plan)
	must(h.t, err)
	if counts[ceremony.Published] != published || counts[ceremony.Published]+counts[ceremony.Void] != len(list) {
		h.t.Errorf("%d visits are counted as %v", len(list), counts)
	}
	// Pages of those that are published have each of them once.
	seen := map[gov.ID]bool{}
	for from := range published {
		page, err := h.desk.Store.VisitsAt(ctx, ceremonytest.Plan, ceremony.Published, from, 1)
		must(h.t, err)
		if len(page) != 1 || page[0].Stage != ceremony.Published || seen[page[0].Case] {
			h.t.Fatalf("page %d is %+v", from, page)
		}
		seen[page[0].Case] = true
	}
}

// An attempt that was abandoned shows what was drawn, and the second goes on; its
// outside values are lotteries, which the authority and a witness sign.
func TestSecondAttempt(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db, pack, "second"), t.Context()
		values := func(date string) []string {
			return []string{"快乐8|" + date + "|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77,80", "双色球|" + date + "|01,05,09,22,30,33|16"}
		}
		h.arrange()
		h.until(1, values("2023-09-15")...)
		h.all("seal-0", "seal-1")
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		first := len(h.cases.Begun)
		h.ask(ceremony.Intent{Op: ceremony.OpAbandon, Reason: "error", Official: lot.UID{byte(lot.Inspector), 1, 'x'}})
		h.act("authority")
		if c := h.stage(draw.Begins); c.Aborted != 1 || c.Voids != 0 {
			t.Errorf("%d abandoned, %d voids", c.Aborted, c.Voids)
		}
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if h.cases.Ended != first || first == 0 {
			t.Errorf("%d of %d cases ended", h.cases.Ended, first)
		}
		h.restart()
		h.until(2, values("2023-09-15")...)
		h.all("seal-0", "seal-1")
		if c := h.stage(draw.Visiting); c.Attempt != 2 || c.Uses != 2 {
			t.Errorf("attempt %d, %d uses", c.Attempt, c.Uses)
		}
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if len(h.cases.Begun) == 0 {
			t.Error("the second attempt gave no visits")
		}
		file, err := h.desk.Transcript(ctx, ceremonytest.Plan)
		must(t, err)
		if v := draw.Verify(file, nil); v.String() != "INCOMPLETE: missing release" {
			t.Errorf("the transcript is %s", v)
		}
	})
}

// A plan in mode attested shows the public no list: two auditors get what was sealed,
// after a restart too, recompute the draw and sign what they found.
func TestAttested(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	h, ctx := open(t, storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return time.Now() }), pack, "joint"), t.Context()
	h.plans = h.plans.Attested()
	auditors := []string{"auditor-0", "auditor-1"}
	for _, by := range auditors {
		h.people[by] = h.officer(pack, "auditor", by)
	}
	h.restart()
	s := h.plans.Setup(h.host, []people.Standing{h.people["witness-0"], h.people["witness-1"], {Name: "公证员"}}, []people.Standing{h.people["seal-0"], h.people["seal-1"]})
	if err := h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, s); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("attested by nobody: %v", err)
	}
	for _, by := range auditors {
		s.Parties = append(s.Parties, ceremony.Party{Role: ceremony.Auditor, Name: by, Person: h.people[by].Person})
	}
	must(t, h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, s))
	h.all("authority", "witness-0", "witness-1", "witness-2", "seal-0", "seal-1", "auditor-0", "auditor-1")
	h.until(1, ceremonytest.Drand)
	h.all("seal-0", "seal-1")
	must(t, h.desk.Follow(ctx, ceremonytest.Plan))
	h.inspect()
	if _, err := h.desk.Sealed(ctx, h.as("auditor-0"), ceremonytest.Plan); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a sealed file before the release: %v", err)
	}
	h.now = time.Unix(h.plans.Times()[0].T5+1, 0)
	h.ask(ceremony.Intent{Op: ceremony.OpRelease})
	h.act("authority")
	h.stage(draw.Released)

	h.restart()
	if _, err := h.desk.Sealed(ctx, h.as("authority"), ceremonytest.Plan); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("who holds the draw reads what is for the auditors: %v", err)
	}
	sealed, err := h.desk.Sealed(ctx, h.as("auditor-0"), ceremonytest.Plan)
	must(t, err)
	verdict := func(sealed []byte) string {
		t.Helper()
		file, err := h.desk.Transcript(ctx, ceremonytest.Plan)
		must(t, err)
		return draw.Verify(file, sealed).String()
	}
	if got := verdict(nil); got != "INCOMPLETE: missing sealed file" {
		t.Errorf("before anybody attested: %s", got)
	}
	if err := h.desk.Attest(ctx, h.as("auditor-0"), ceremonytest.Plan, 1, draw.Valid); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("an auditor speaks for another: %v", err)
	}
	for n, by := range auditors {
		must(t, h.desk.Attest(ctx, h.as(by), ceremonytest.Plan, n, draw.Valid))
		h.act(by)
	}
	id := h.stage(draw.Released).Number
	if got, want := verdict(nil), "VALID plan "+id+" attempt 1 attested by 2 auditors"; got != want {
		t.Errorf("the public reads %q, want %q", got, want)
	}
	if got, want := verdict(sealed), "VALID plan "+id+" attempt 1 recomputed"; got != want {
		t.Errorf("an auditor reads %q, want %q", got, want)
	}
}

// Day by day: each day is drawn when the authority asks, and its elements are shown
// in the evening.
func TestDays(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	h := open(t, storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return time.Now() }), pack, "days")
	h.arrange()
	h.until(1, ceremonytest.Drand)
	for range h.plans.Times()[0].Days {
		h.ask(ceremony.Intent{Op: ceremony.OpDraw})
		h.all("seal-0", "seal-1")
		h.ask(ceremony.Intent{Op: ceremony.OpReleaseDay})
		h.act("authority")
		must(t, h.desk.Follow(t.Context(), ceremonytest.Plan))
	}
	c := h.stage(draw.Visiting)
	if c.Uses != 2 || len(h.cases.Begun) == 0 {
		t.Errorf("%d uses, %d visits", c.Uses, len(h.cases.Begun))
	}
	list, err := h.desk.Store.Recorded(t.Context(), ceremonytest.Plan, 100)
	must(t, err)
	if int64(len(list)) != c.Records || list[0].Type != "release" || list[0].Head != c.Head || len(list[0].By) != 2 {
		t.Errorf("%d records, the last %+v", len(list), list[0])
	}
}

// Nobody acts for another, nothing is recorded out of turn, and what waits for the
// parties can be taken back.
func TestRefusals(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	h, ctx := open(t, storetest.Open(t, storetest.DSN(t, store.SQLite), func() time.Time { return time.Now() }), pack, "joint"), t.Context()
	code := func(what string, want gov.Code, err error) {
		t.Helper()
		if gov.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	s := h.plans.Setup(h.host, []people.Standing{h.people["witness-0"], h.people["witness-1"], {Name: "公证员"}}, []people.Standing{h.people["seal-0"], h.people["seal-1"]})
	code("a witness arranges", gov.Forbidden, h.desk.Arrange(ctx, h.as("witness-0"), ceremonytest.Plan, s))
	few := s
	few.Parties = s.Parties[:2]
	code("one witness", gov.Invalid, h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, few))
	late := s
	late.Times = append(late.Times[:0:0], late.Times...)
	late.Times[0].T3 = late.Times[0].T2 + 599
	code("no time to settle", gov.Invalid, h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, late))
	for days, why := range map[int]string{-1: "would be known", 1: "after this draw is logged"} {
		known, day := s, gov.DateOf(time.Unix(s.Times[0].T2, 0)).Add(days).String()
		known.Outside = []record.Source{{Source: outside.KL8, Rounds: []int64{1}, Dates: []string{day}}, {Source: outside.SSQ, Rounds: []int64{1}, Dates: []string{day}}}
		if err := h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, known); gov.CodeOf(err) != gov.Invalid || !strings.Contains(err.Error(), why) {
			t.Errorf("lotteries of %s: %v, want %q", day, err, why)
		}
	}
	h.arrange()
	code("a witness signs the plan", gov.Forbidden, h.desk.Act(ctx, h.as("witness-0"), ceremonytest.Plan, "authority"))
	code("nothing is asked", gov.Conflict, h.desk.Act(ctx, h.as("witness-0"), ceremonytest.Plan, "witness-0"))
	code("no such party", gov.NotFound, h.desk.Act(ctx, h.as("witness-0"), ceremonytest.Plan, "witness-9"))
	code("no answer", gov.Invalid, h.desk.Answer(ctx, h.as("authority"), ceremonytest.Plan, "witness-2", []byte("x")))
	code("a wrong passphrase", gov.Forbidden, h.desk.Safe.Unlock(ctx, h.as("witness-0"), passphrase+"x"))
	code("a second key", gov.Conflict, h.desk.Safe.Make(ctx, h.as("witness-0"), passphrase, append(seedOf("x"), seedOf("y")...)))
	code("released at once", gov.Conflict, h.desk.Ask(ctx, h.as("authority"), ceremonytest.Plan, ceremony.Intent{Op: ceremony.OpRelease}))
	h.act("authority")
	h.now = h.now.Add(ceremony.OpenFor)
	code("after half an hour", gov.Conflict, h.desk.Act(ctx, h.as("witness-0"), ceremonytest.Plan, "witness-0"))
	code("arranged again", gov.Conflict, h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, s))
	h.now = h.now.Add(-ceremony.OpenFor)
	h.all(witnesses[:2]...)
	r, err := h.desk.Request(ctx, h.as("authority"), ceremonytest.Plan, "witness-2")
	must(t, err)
	forger, err := party.NewKey("", append(seedOf("f"), seedOf("g")...))
	must(t, err)
	a, err := forger.Answer(&r)
	must(t, err)
	code("another key", gov.Forbidden, h.desk.Answer(ctx, h.as("authority"), ceremonytest.Plan, "witness-2", a.Bytes()))
	v, err := h.desk.View(ctx, h.as("seal-0"), ceremonytest.Plan)
	must(t, err)
	if v.Leads || len(v.Visits) > 0 || len(v.Mine) != 1 || len(v.Asks["witness-2"]) != 1 || v.Status.Stage != draw.Commits {
		t.Errorf("a seal holder sees %+v", v)
	}
	_, err = h.desk.View(ctx, h.officer(pack, "clerk", "外人"), ceremonytest.Plan)
	code("an outsider looks", gov.Forbidden, err)
	h.now = time.Unix(h.plans.Times()[0].T1+1, 0)
	h.ask(ceremony.Intent{Op: ceremony.OpAbandon, Reason: "too-few", Official: lot.UID{byte(lot.Inspector), 1, 'x'}})
}
