package hooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var monday = time.Date(2016, 10, 10, 9, 0, 0, 0, gov.China)

// TestSignature holds the example of the Standard Webhooks libraries.
func TestSignature(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	at, body := time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got, err := hooks.Sign([]string{secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body); got != want || err != nil {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	fresh := hooks.NewSecret()
	both, err := hooks.Sign([]string{fresh, secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
	if one, other, ok := strings.Cut(both, " "); !ok || other != want || one == want || err != nil {
		t.Errorf("while secrets change: %s, %v", both, err)
	}
	for _, bad := range []string{"", "whsec_", "whsec_!!!", "whsec_c2hvcnQ="} {
		if _, err := hooks.Sign([]string{bad}, "m", at, body); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%q signs: %v", bad, err)
		}
	}
	if fresh == hooks.NewSecret() || len(fresh) != len("whsec_")+44 {
		t.Errorf("a new secret: %s", fresh)
	}
}

// Nothing is sent to the machine itself or its neighbours, by whatever name.
func TestWhereNothingGoes(t *testing.T) {
	t.Parallel()
	reached := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(inner.Close)
	port := inner.URL[strings.LastIndex(inner.URL, ":"):]
	c := hooks.NewClient(nil)
	for _, address := range []string{
		inner.URL, "http://example.com/", "ftp://example.com/", "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest", "https://[::1]/", "https://192.168.0.1/",
		"https://[fe80::1]/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[::127.0.0.1]/", "https://100.64.0.1/", "https://0.0.0.0/", "https://224.0.0.1/", "https://255.255.255.255/",
	} {
		if err := c.Check(address); err == nil {
			t.Errorf("%s may be entered", address)
		}
		if status, err := c.Post(t.Context(), address, nil, nil); err == nil {
			t.Errorf("%s answered %d", address, status)
		}
	}
	// A name is looked at when the connection is made, whatever it was before.
	if err := c.Check("https://localhost" + port); err != nil {
		t.Errorf("a name is not judged before it is resolved: %v", err)
	}
	if _, err := c.Post(t.Context(), "https://localhost"+port, nil, nil); gov.CodeOf(err) != gov.Forbidden || reached {
		t.Errorf("the machine itself by a name: %v, reached %t", err, reached)
	}
}

// A redirect is not followed, an answer not read to its end.
func TestAnswers(t *testing.T) {
	t.Parallel()
	followed := false
	mux := http.NewServeMux()
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/end", func(http.ResponseWriter, *http.Request) { followed = true })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	c := hooks.NewClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	if status, err := c.Post(t.Context(), srv.URL+"/elsewhere", nil, nil); status != http.StatusTemporaryRedirect || err != nil || followed {
		t.Errorf("a redirect: %d, %v, followed %t", status, err, followed)
	}
	if status, err := c.Post(t.Context(), srv.URL+"/endless", nil, nil); status != 200 || err != nil {
		t.Errorf("an endless answer: %d, %v", status, err)
	}
}

// office is a district whose cases others listen to.
type office struct {
	*testing.T
	now    time.Time
	pack   *policy.Pack
	db     *store.DB
	ring   *privacy.Keyring
	docket *docket.Docket
	work   *casework.Casework
	hooks  *hooks.Hooks
	admin  people.Standing
	halted []hooks.Hook
}

func open(t *testing.T, dsn string) *office {
	t.Helper()
	o := &office{T: t, now: monday, pack: packtest.Xicheng(t), ring: privacy.NewKeyring()}
	o.db = storetest.Open(t, dsn, o.clock)
	all := dockettest.OnePack{Pack: o.pack}
	o.docket = docket.New(o.db.Cases(o.pack.District), all, calendar.Seed)
	o.work = casework.New(o.docket, all, nil, files.NewFolder(t.TempDir()))
	o.hooks = hooks.New(hooks.Config{
		Store: o.db.Hooks(o.pack.District, o.ring), Casework: o.work, Pack: func() *policy.Pack { return o.pack }, Clock: o.clock, Site: "https://policy.example",
		Poster: hooks.NewClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), Jitter: func() float64 { return 0.5 },
		Stopped: func(_ context.Context, h hooks.Hook) { o.halted = append(o.halted, h) },
	})
	o.admin = o.staff("zfb administrator")
	return o
}

func (o *office) clock() time.Time { return o.now }

func (o *office) staff(words string) people.Standing {
	parts := append(strings.Fields(words), "")
	id := gov.NewID(monday)
	return people.Staff(people.Holdings{Person: people.Person{ID: id, Name: "甲"}, Account: &people.Account{Person: id, State: people.Active}, Assignments: []people.Assignment{{
		ID: gov.NewID(monday), Person: id, Unit: parts[0], Role: parts[1], Post: parts[2], Period: people.Period{From: gov.DateOf(monday)},
	}}}, o.pack, o.now, o.now)
}

// duty enters a duty and assigns it, and returns it.
func (o *office) duty(title string) gov.ID {
	o.Helper()
	s := o.staff("zfb supervision")
	id, err := o.work.Begin(o.Context(), s, gov.NewID(o.now), "duty", "enter", cases.Values{"title": title, "text": "全文", "lead": []string{"fgw"}, "leaders": []string{"deputy-executive"}, "end": "2017-12-29"}, "")
	check(o, err)
	check(o, o.work.Act(o.Context(), s, docket.Step{Case: id}, "confirm", cases.Values{"title": title, "lead": []string{"fgw"}, "leaders": []string{"deputy-executive"}, "start": "2016-10-10", "end": "2017-12-29"}, "机密备注"))
	return id
}

func (o *office) act(id gov.ID, action string, v cases.Values) {
	o.Helper()
	check(o, o.work.Act(o.Context(), o.staff("fgw clerk"), docket.Step{Case: id}, action, v, "机密备注"))
}

// receiver is another system.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []*http.Request
	bodies [][]byte
}

func receive(t testing.TB) *receiver {
	r := &receiver{status: 200}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, err := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err == nil {
			r.got, r.bodies = append(r.got, q), append(r.bodies, b)
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) { r.mu.Lock(); defer r.mu.Unlock(); r.status = status }

// take returns what came since.
func (r *receiver) take() ([]*http.Request, [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got, bodies := r.got, r.bodies
	r.got, r.bodies = nil, nil
	return got, bodies
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			o, r := open(t, storetest.DSN(t, e)), receive(t)
			before := o.duty("无人知道") // nobody listens yet
			id, secret, err := o.hooks.Add(t.Context(), o.admin, hooks.Hook{URL: r.URL + "/in", About: "城管平台", Events: []string{"duty.confirm", "duty.update"}, Active: true})
			check(t, err)
			one := o.duty("疏解非首都功能")
			o.act(one, "accept", nil) // not wanted
			o.act(one, "update", cases.Values{"progress": int64(30), "report": "机密进展"})
			for range 2 { // the job may run twice
				check(t, o.hooks.Announce(t.Context(), one))
				check(t, o.hooks.Announce(t.Context(), before))
			}
			check(t, o.hooks.Send(t.Context()))
			got, bodies := r.take()
			if len(got) != 2 {
				t.Fatalf("%d requests", len(got))
			}
			for i, q := range got {
				h := q.Header
				want, err := hooks.Sign([]string{secret}, h.Get("webhook-id"), o.now, bodies[i])
				if err != nil || h.Get("webhook-signature") != want || h.Get("webhook-timestamp") != fmt.Sprint(o.now.Unix()) || !strings.HasPrefix(h.Get("webhook-id"), "msg_") || q.Method != "POST" || q.URL.Path != "/in" {
					t.Errorf("request %d: %v", i, h)
				}
				if strings.Contains(string(bodies[i]), "机密") || strings.Contains(string(bodies[i]), "leaders") {
					t.Errorf("it tells too much: %s", bodies[i])
				}
			}
			var m struct {
				Type      string    `json:"type"`
				Timestamp time.Time `json:"timestamp"`
				Data      struct {
					Number, State, Act, URL string
					Event                   int64
					Fields                  map[string]any
				} `json:"data"`
			}
			check(t, json.Unmarshal(bodies[1], &m))
			d := m.Data
			if m.Type != "duty.update" || !m.Timestamp.Equal(o.now) || d.Act != "update" || d.State != "running" || !strings.HasSuffix(d.URL, "/progress/cases/"+d.Number) || d.Fields["title"] != "疏解非首都功能" || d.Fields["progress"] != 30.0 {
				t.Errorf("the message: %s", bodies[1])
			}

			// Not taken: again with the same id and body, after the pauses, then given up.
			r.answers(503)
			o.act(one, "update", cases.Values{"progress": int64(40), "report": "进展"})
			check(t, o.hooks.Announce(t.Context(), one))
			first := ""
			began := o.now
			for attempt := range 10 {
				check(t, o.hooks.Send(t.Context()))
				got, _ := r.take()
				if len(got) != 1 || first != "" && got[0].Header.Get("webhook-id") != first {
					t.Fatalf("attempt %d: %d requests", attempt+1, len(got))
				}
				first = got[0].Header.Get("webhook-id")
				check(t, o.hooks.Send(t.Context()))
				if early, _ := r.take(); len(early) != 0 {
					t.Fatalf("attempt %d is repeated at once", attempt+1)
				}
				o.now = o.now.Add([]time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour, 24 * time.Hour}[attempt])
			}
			o.admin.At, o.admin.Proven = o.now, o.now
			dead, err := o.hooks.GivenUp(t.Context(), o.admin, 10)
			if err != nil || len(dead) != 1 || dead[0].Answer != 503 || "msg_"+dead[0].ID.String() != first {
				t.Fatalf("given up: %+v, %v", dead, err)
			}
			list, err := o.hooks.List(t.Context(), o.admin)
			if err != nil || len(list) != 1 || list[0].GivenUp != 1 || list[0].Failing != began.UnixMilli() || list[0].Answered == 0 || list[0].Secrets != nil || !list[0].Active {
				t.Fatalf("%+v, %v", list, err)
			}
			// A hand sends it again.
			r.answers(204)
			check(t, o.hooks.Again(t.Context(), o.admin, dead[0].ID))
			if err := o.hooks.Again(t.Context(), o.admin, dead[0].ID); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("twice: %v", err)
			}
			check(t, o.hooks.Send(t.Context()))
			if got, _ := r.take(); len(got) != 1 || got[0].Header.Get("webhook-id") != first {
				t.Errorf("sent again: %d", len(got))
			}

			// Two secrets while they change, one a day later.
			fresh, err := o.hooks.Rotate(t.Context(), o.admin, id)
			check(t, err)
			for _, secrets := range [][]string{{fresh, secret}, {fresh}} {
				o.act(one, "update", cases.Values{"progress": int64(50), "report": "进展"})
				check(t, o.hooks.Announce(t.Context(), one))
				check(t, o.hooks.Send(t.Context()))
				got, bodies := r.take()
				if len(got) != 1 {
					t.Fatalf("%d requests", len(got))
				}
				want, err := hooks.Sign(secrets, got[0].Header.Get("webhook-id"), o.now, bodies[0])
				if err != nil || got[0].Header.Get("webhook-signature") != want {
					t.Errorf("signed by %d secrets: %s, want %s", len(secrets), got[0].Header.Get("webhook-signature"), want)
				}
				o.now = o.now.Add(25 * time.Hour)
			}

			// Nobody answers for five days: it is stopped, and somebody is told.
			r.answers(500)
			for range 7 {
				o.act(one, "update", cases.Values{"progress": int64(60), "report": "进展"})
				check(t, o.hooks.Announce(t.Context(), one))
				check(t, o.hooks.Send(t.Context()))
				o.now = o.now.Add(24 * time.Hour)
			}
			if len(o.halted) != 1 || o.halted[0].ID != id || o.halted[0].Stopped != hooks.StoppedFailing {
				t.Errorf("stopped: %+v", o.halted)
			}
			r.take()
			check(t, o.hooks.Send(t.Context()))
			if got, _ := r.take(); len(got) != 0 {
				t.Errorf("one that was stopped gets %d", len(got))
			}
			storetest.Sound(t, o.db)
		})
	}
}

// Only administrators keep subscriptions, and only sound ones.
func TestWhoAndWhat(t *testing.T) {
	t.Parallel()
	o := open(t, storetest.DSN(t, store.SQLite))
	good := hooks.Hook{URL: "https://hooks.example/in", About: "用途", Events: []string{"duty.*"}, Active: true}
	for _, words := range []string{"fgw clerk", "zfb supervision", "sjj auditor"} {
		s := o.staff(words)
		_, _, err := o.hooks.Add(t.Context(), s, good)
		_, list := o.hooks.List(t.Context(), s)
		_, rotate := o.hooks.Rotate(t.Context(), s, gov.NewID(monday))
		_, dead := o.hooks.GivenUp(t.Context(), s, 1)
		for _, err := range []error{err, list, rotate, dead, o.hooks.Change(t.Context(), s, good), o.hooks.Again(t.Context(), s, gov.NewID(monday))} {
			if gov.CodeOf(err) != gov.Forbidden {
				t.Errorf("%s: %v", words, err)
			}
		}
	}
	for why, change := range map[string]func(*hooks.Hook){
		"no address": func(h *hooks.Hook) { h.URL = "" }, "a user name": func(h *hooks.Hook) { h.URL = "https://a:b@hooks.example/" }, "no TLS": func(h *hooks.Hook) { h.URL = "http://hooks.example/" },
		"inside": func(h *hooks.Hook) { h.URL = "https://10.0.0.1/" }, "no purpose": func(h *hooks.Hook) { h.About = " " }, "no events": func(h *hooks.Hook) { h.Events = nil },
		"unknown events": func(h *hooks.Hook) { h.Events = []string{"duty.explode"} }, "the public is not shown them": func(h *hooks.Hook) { h.Events = []string{"nothing.*"} },
	} {
		h := good
		change(&h)
		if _, _, err := o.hooks.Add(t.Context(), o.admin, h); gov.CodeOf(err) != gov.Invalid && gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s: %v", why, err)
		}
	}
	id, _, err := o.hooks.Add(t.Context(), o.admin, good)
	check(t, err)
	h, err := o.db.Hooks(o.pack.District, o.ring).Hook(t.Context(), id)
	check(t, err)
	stale := h
	h.About = "另一用途"
	check(t, o.hooks.Change(t.Context(), o.admin, h))
	if err := o.hooks.Change(t.Context(), o.admin, stale); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("changed meanwhile: %v", err)
	}
	lost := privacy.NewKeyring()
	if _, err := o.db.Hooks(o.pack.District, lost).Hook(t.Context(), id); err == nil {
		t.Error("the secret opens with another key")
	}
	for ring, closed := range map[*privacy.Keyring]int{o.ring: 0, lost: 1} {
		if closed == 0 {
			resealtest.Rotate(t, o.db, o.pack.District, ring, "hooks")
			if h, err := o.db.Hooks(o.pack.District, ring).Hook(t.Context(), id); err != nil || len(h.Secrets) == 0 {
				t.Errorf("a secret after a rotation: %v", err)
			}
		}
		if seals, err := o.db.Seals(o.pack.District, ring).Check(t.Context()); err != nil || seals.Values != 1 || seals.Closed != closed {
			t.Errorf("whether secrets open: %+v, %v; want %d closed of 1", seals, err, closed)
		}
	}
	storetest.Sound(t, o.db)
}

// A receiver that is gone ends its subscription at once; one that is slow does
// not hold up another.
func TestGoneAndSlow(t *testing.T) {
	t.Parallel()
	o, gone, good := open(t, storetest.DSN(t, store.SQLite)), receive(t), receive(t)
	gone.answers(http.StatusGone)
	for _, r := range []*receiver{gone, good} {
		_, _, err := o.hooks.Add(t.Context(), o.admin, hooks.Hook{URL: r.URL, About: "用途", Events: []string{"duty.*"}, Active: true})
		check(t, err)
	}
	one, two := o.duty("一"), o.duty("二")
	check(t, errors.Join(o.hooks.Announce(t.Context(), one), o.hooks.Announce(t.Context(), two), o.hooks.Send(t.Context())))
	if a, _ := gone.take(); len(a) != 1 || len(o.halted) != 1 || o.halted[0].Stopped != hooks.StoppedGone {
		t.Errorf("gone: %d requests, stopped %+v", len(a), o.halted)
	}
	if b, _ := good.take(); len(b) != 2 {
		t.Errorf("the other got %d of 2", len(b))
	}
}

const crashEnv = "QUANXIANG_TEST_HOOKS"

// TestMain is the victim of TestKilled when it is asked to be.
func TestMain(m *testing.M) {
	dsn, rest, ok := strings.Cut(os.Getenv(crashEnv), "|")
	if !ok {
		os.Exit(m.Run())
	}
	t := &storetest.Victim{}
	ring, err := privacy.ParseKeyring(rest)
	check(t, err)
	db, err := store.Open(context.Background(), dsn, store.Options{Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	x := hooks.New(hooks.Config{Store: db.Hooks(packtest.Xicheng(t).District, ring), Poster: loud{hooks.NewClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})}, Clock: time.Now})
	for {
		check(t, x.Send(context.Background()))
	}
}

// loud says what it posted.
type loud struct{ *hooks.Client }

func (l loud) Post(ctx context.Context, address string, header map[string]string, body []byte) (int, error) {
	status, err := l.Client.Post(ctx, address, header, body)
	fmt.Println(header["webhook-id"])
	return status, err
}

// A process that is killed while it delivers loses nothing: another sends the
// rest, and what is sent twice bears the same id.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, e)
			o, r := open(t, dsn), receive(t)
			_, _, err := o.hooks.Add(t.Context(), o.admin, hooks.Hook{URL: r.URL, About: "用途", Events: []string{"duty.*"}, Active: true})
			check(t, err)
			const all = 30
			for i := range all {
				check(t, o.hooks.Announce(t.Context(), o.duty(fmt.Sprint("任务", i))))
			}
			storetest.Kill(t, crashEnv, dsn+"|"+o.ring.Text(), all/3, 7*time.Millisecond)
			before := len(r.got)
			for range all {
				check(t, o.hooks.Send(t.Context()))
			}
			got, bodies := r.take()
			byID := map[string][]byte{}
			for i, q := range got {
				id := q.Header.Get("webhook-id")
				if old, twice := byID[id]; twice && !bytes.Equal(old, bodies[i]) {
					t.Errorf("%s is sent with another body", id)
				}
				byID[id] = bodies[i]
			}
			if len(byID) != all || before < all/3 || before > all {
				t.Errorf("%d of %d came, %d before the end of the first", len(byID), all, before)
			}
			due, err := o.db.Hooks(o.pack.District, o.ring).Due(t.Context(), all)
			if err != nil || len(due) != 0 {
				t.Errorf("%d wait still, %v", len(due), err)
			}
			storetest.Sound(t, o.db)
		})
	}
}

// The events a subscription can want are those of the cases the public is shown.
func TestEvents(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	list := hooks.EventsOf(pack)
	for _, want := range []string{"duty.*", "duty.close", "duty.Late"} {
		if !slices.ContainsFunc(list, func(e hooks.Event) bool { return e.Type == want }) {
			t.Errorf("no event %s", want)
		}
	}
	for _, e := range list {
		id, _, _ := strings.Cut(e.Type, ".")
		if p, ok := pack.Procedure(id); !ok || !p.Publishes() {
			t.Errorf("%s is of no public procedure", e.Type)
		}
	}
}
