package ceremonydb_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
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
	cases  *visits
	host   people.Standing
	people map[string]people.Standing // by signer
	notary party.Key                  // of witness-2, who has no account
}

func seedOf(name string) []byte { h := sha256.Sum256([]byte(name)); return h[:] }

func open(t testing.TB, db *store.DB, pack *policy.Pack, sample string) *hall {
	t.Helper()
	h := &hall{t: t, db: db, plans: ceremonytest.Sample(t, sample), ring: privacy.NewKeyring(), people: map[string]people.Standing{}, cases: &visits{begun: map[gov.ID]inspections.Visit{}, at: map[gov.ID]ceremony.Progress{}}}
	h.now = time.Unix(h.plans.Times()[0].T1-3600, 0)
	h.host = h.officer(pack, "draw-host", "主持人")
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
		Safe:     &ceremony.Safe{Store: s, District: storetest.District, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1})},
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

// until leads the ceremony up to its teams.
func (h *hall) until() {
	h.t.Helper()
	ctx, at := context.Background(), h.plans.Times()[0]
	s := h.plans.Setup(h.host, []people.Standing{h.people["witness-0"], h.people["witness-1"], {Name: "公证员"}}, []people.Standing{h.people["seal-0"], h.people["seal-1"]})
	must(h.t, h.desk.Arrange(ctx, h.as("authority"), ceremonytest.Plan, s))
	h.all("authority", "witness-0", "witness-1", "witness-2", "seal-0", "seal-1")
	h.act("authority") // signs the plan
	h.stage(draw.Commits)
	h.all(witnesses...)
	h.now = time.Unix(at.T1+1, 0)
	must(h.t, h.desk.Advance(ctx, ceremonytest.Plan))
	h.stage(draw.Reveals)
	h.all(witnesses...)
	h.now = time.Unix(at.T3+5, 0)
	must(h.t, h.desk.Ask(ctx, h.as("authority"), ceremonytest.Plan, ceremony.Intent{Op: ceremony.OpOutside, Value: ceremonytest.Drand}))
	h.stage(draw.Ready)
	h.all("seal-0", "seal-1") // the second's element completes the draw and both sign it and the teams
}

// visits are cases of visits in memory.
type visits struct {
	mu    sync.Mutex
	begun map[gov.ID]inspections.Visit
	at    map[gov.ID]ceremony.Progress
	ended int
	moved int
}

func (v *visits) Begin(_ context.Context, id gov.ID, x inspections.Visit) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.begun[id] = x
	return nil
}

func (v *visits) Change(_ context.Context, id gov.ID, x inspections.Visit) error {
	v.begun[id] = x
	v.moved++
	return nil
}

func (v *visits) Progress(_ context.Context, id gov.ID) (ceremony.Progress, error) {
	return v.at[id], nil
}

func (v *visits) Withdraw(_ context.Context, id gov.ID, _ string) error {
	delete(v.begun, id)
	v.ended++
	return nil
}

// A joint draw from the parties' names to the released, verified transcript, with a
// void, a substitute, a recusal, and a process that stops in between.
func TestCeremony(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db, pack, "joint"), t.Context()
		h.until()
		h.stage(draw.Visiting)
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		n := len(h.cases.begun)
		if n == 0 {
			t.Fatal("no visit was handed out")
		}
		h.restart()
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if len(h.cases.begun) != n || h.cases.moved != 0 {
			t.Fatalf("handed out again: %d cases, %d changed", len(h.cases.begun), h.cases.moved)
		}
		var gone, ill inspections.Visit
		for _, v := range h.cases.begun {
			gone, ill = ill, v
		}
		official := lot.UID{byte(lot.Inspector), 1, 'x'}
		must(t, h.desk.Ask(ctx, h.as("authority"), ceremonytest.Plan, ceremony.Intent{Op: ceremony.OpVoid, UID: gone.UID, Reason: "closed", Official: official}))
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
		must(t, h.desk.Ask(ctx, h.as("authority"), ceremonytest.Plan, ceremony.Intent{Op: ceremony.OpRecuse, Frame: ill.Frames[0], Visit: number, Slot: 0, Reason: "relative"}))
		h.all("seal-0", "seal-1")
		must(t, h.desk.Follow(ctx, ceremonytest.Plan))
		if h.cases.moved != 1 || h.cases.ended != 1 {
			t.Errorf("%d teams changed, %d cases ended", h.cases.moved, h.cases.ended)
		}
		h.inspect()
		h.now = time.Unix(h.plans.Times()[0].T5+1, 0)
		must(t, h.desk.Ask(ctx, h.as("authority"), ceremonytest.Plan, ceremony.Intent{Op: ceremony.OpRelease}))
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
	for id := range h.cases.begun {
		h.cases.at[id] = ceremony.Progress{Arrived: true, Outcome: "fine", Evidence: lot.Hash{1}, Published: true, Where: "信用信息公示系统", Digest: lot.Hash{2}}
	}
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
	for _, v := range list {
		if v.Stage != ceremony.Published && v.Stage != ceremony.Void {
			h.t.Errorf("visit %s is at %s", v.UID, v.Stage)
		}
	}
}
