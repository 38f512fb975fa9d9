package residents_test

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/dispatch"
	"quanxiang/residents"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

// paper is a bulletin that knows every case but those withdrawn.
type paper struct{ withdrawn []gov.ID }

func (p *paper) Words(_ context.Context, s residents.Subject, _ gov.Lang) (string, error) {
	if slices.Contains(p.withdrawn, s.Case) {
		return "", gov.Errorf(gov.NotFound, "没有", "none")
	}
	return "订阅" + s.Area, nil
}

func (p *paper) Told(_ context.Context, id gov.ID, steps []int64, _ gov.Lang) (residents.Told, error) {
	if slices.Contains(p.withdrawn, id) {
		return residents.Told{}, gov.Errorf(gov.NotFound, "没有", "none")
	}
	t := residents.Told{Number: id.String(), State: "处置中", URL: "https://policy.example/x"}
	for _, n := range steps {
		t.Steps = append(t.Steps, "第"+strconv.FormatInt(n, 10)+"步")
	}
	return t, nil
}

// post is a mail server that keeps what it is sent.
type post struct{ got []notices.Mail }

func (p *post) Send(_ context.Context, list []notices.Mail, done func(int, error) error) error {
	for n, m := range list {
		p.got = append(p.got, m)
		if err := done(n, nil); err != nil {
			return err
		}
	}
	return nil
}

// deliver sends what is due and returns it.
func (r *room) deliver(p *post) []notices.Mail {
	r.t.Helper()
	before := len(p.got)
	d := &dispatch.Dispatcher{Register: r.Register, Outbox: r.store, Mail: p, From: gov.Text{ZH: "西城区"}, Clock: func() time.Time { return r.now }}
	check(r.t, d.Send(r.t.Context()))
	return p.got[before:]
}

var confirmLink = regexp.MustCompile(`/subscriptions/confirm/(\S+)`)
var stopLink = regexp.MustCompile(`/subscriptions/stop/(\S+)`)

// follow subscribes and confirms.
func (r *room) follow(p *post, s residents.Subject, email string, daily bool, v residents.Visitor) residents.Subscription {
	r.t.Helper()
	check(r.t, r.Subscribe(r.t.Context(), s, email, daily, gov.ZH, v, residents.Address{}))
	mails := r.deliver(p)
	if len(mails) != 1 {
		r.t.Fatalf("%d mails ask", len(mails))
	}
	got, err := r.ConfirmSubscription(r.t.Context(), confirmLink.FindStringSubmatch(mails[0].Body)[1])
	check(r.t, err)
	return got
}

const yuetan = "110102007"

var (
	here  = geo.Point{Lat: 39.9124, Lon: 116.3455}
	place = residents.Subject{Procedure: "report", At: here, Within: 300, Kind: "lamp"}
)

// Nothing is sent before somebody confirmed; then what concerns them, once an hour
// at most, and nothing after they have had enough.
func TestSubscription(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx, p := t.Context(), &post{}
		r.Bulletin, r.Site = &paper{}, "https://policy.example"
		lamp := func(n int64, east float64) residents.Happening {
			at := geo.Point{Lat: here.Lat, Lon: here.Lon + east}
			return residents.Happening{Case: gov.NewID(r.now), Procedure: "report", Kind: "lamp", At: &at, Areas: []string{yuetan}, New: true, Steps: []int64{n}}
		}
		check(t, r.Subscribe(ctx, place, mail.Value, false, gov.ZH, phone(1), residents.Address{}))
		asked := r.deliver(p)
		check(t, r.Announce(ctx, lamp(2, 0)))
		if len(asked) != 1 || asked[0].Stop != "" || len(r.deliver(p)) != 0 {
			t.Fatalf("before it was confirmed: %d mails", len(p.got))
		}
		s, err := r.ConfirmSubscription(ctx, confirmLink.FindStringSubmatch(asked[0].Body)[1])
		check(t, err)

		resealtest.Rotate(t, r.db, storetest.District, r.keys, "subscriptions")
		first := lamp(2, 0.001) // 85 m
		check(t, r.Announce(ctx, first))
		check(t, r.Announce(ctx, first)) // again
		check(t, r.Announce(ctx, lamp(2, 0.01)))
		other := lamp(2, 0)
		other.Kind = "cover"
		check(t, r.Announce(ctx, other))
		old := lamp(5, 0)
		old.New = false
		check(t, r.Announce(ctx, old))
		got := r.deliver(p)
		if len(got) != 1 || strings.Count(got[0].Body, "第") != 1 || !strings.Contains(got[0].Body, first.Case.String()) || got[0].To != mail.Value {
			t.Fatalf("told: %+v", got)
		}
		if !strings.HasPrefix(got[0].Stop, "https://policy.example/subscriptions/stop/") {
			t.Errorf("stops at %q", got[0].Stop)
		}
		r.now = r.now.Add(10 * time.Minute)
		check(t, r.Announce(ctx, lamp(2, 0)))
		check(t, r.Announce(ctx, lamp(3, 0)))
		if n := len(r.deliver(p)); n != 0 {
			t.Errorf("%d mails within the hour", n)
		}
		r.now = r.now.Add(50 * time.Minute)
		second := r.deliver(p)
		if len(second) != 1 || strings.Count(second[0].Body, "第") != 2 || second[0].ID == got[0].ID {
			t.Fatalf("after an hour: %+v", second)
		}
		r.now = r.now.Add(time.Hour)
		if n := len(r.deliver(p)); n != 0 {
			t.Errorf("%d mails of nothing", n)
		}

		all, err := r.Subscriptions(ctx, r.ManageToken(s.ID))
		check(t, err)
		if len(all) != 1 || all[0].Subject != place {
			t.Errorf("followed: %+v", all)
		}
		stop := stopLink.FindStringSubmatch(second[0].Body)[1]
		check(t, r.Announce(ctx, lamp(2, 0)))
		for range 2 { // one may press twice
			check(t, r.Stop(ctx, stop))
		}
		if n := len(r.deliver(p)); n != 0 {
			t.Errorf("%d mails after it ended", n)
		}
		_, err = r.Subscriptions(ctx, stop)
		wants(t, "the list of one that ended", err, gov.NotFound)
		there, err := r.store.Subscription(ctx, s.ID)
		check(t, err)
		if there.Email != "" || there.Subject != (residents.Subject{}) || there.Ended == 0 {
			t.Errorf("left behind: %+v", there)
		}
		wants(t, "another's token", r.Stop(ctx, strings.Repeat("A", len(stop))), gov.NotFound)
	})
}

// A case is followed step by step; a day's worth comes in one mail in the morning;
// what was withdrawn is told nobody.
func TestFollowCaseDaily(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx, p, b := t.Context(), &post{}, &paper{}
		r.Bulletin = b
		of := gov.NewID(r.now)
		s := r.follow(p, residents.Subject{Case: of}, mail.Value, true, phone(1))
		r.follow(p, residents.Subject{Procedure: "report", Area: yuetan}, "li@example.cn", false, phone(2))
		for n := range int64(3) {
			check(t, r.Announce(ctx, residents.Happening{Case: of, Procedure: "report", Areas: []string{yuetan}, Steps: []int64{n + 2}}))
		}
		if n := len(r.deliver(p)); n != 0 {
			t.Errorf("%d mails at noon", n)
		}
		r.now = noon.Add(20 * time.Hour)
		got := r.deliver(p)
		if len(got) != 1 || strings.Count(got[0].Body, "第") != 3 {
			t.Fatalf("in the morning: %+v", got)
		}
		check(t, r.Change(ctx, r.ManageToken(s.ID), s.ID, false, false))
		check(t, r.Announce(ctx, residents.Happening{Case: of, Procedure: "report", Steps: []int64{9}}))
		b.withdrawn = []gov.ID{of}
		if n := len(r.deliver(p)); n != 0 {
			t.Errorf("%d mails of what was withdrawn", n)
		}
	})
}

// Nobody is flooded with mails that ask, whoever asks; nobody learns what others
// follow; what is not confirmed in two days is erased.
func TestSubscriptionLimits(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx, p := t.Context(), &post{}
		r.Bulletin = &paper{}
		for n := range byte(12) { // from many browsers
			s := place
			s.Within += int(n)
			check(t, r.Subscribe(ctx, s, mail.Value, false, gov.ZH, phone(n), residents.Address{}))
		}
		if n := len(r.deliver(p)); n != 5 {
			t.Errorf("%d mails asked", n)
		}
		var err error
		for range 11 {
			err = r.Subscribe(ctx, place, "li@example.cn", false, gov.ZH, phone(20), residents.Address{})
		}
		wants(t, "one browser", err, gov.Unavailable)
		for what, s := range map[string]residents.Subject{"nothing": {}, "no procedure": {Area: yuetan}, "too far": {Procedure: "report", At: here, Within: 5000}} {
			wants(t, what, r.Subscribe(ctx, s, mail.Value, false, gov.ZH, phone(30), residents.Address{}), gov.Invalid)
		}
		check(t, r.Subscribe(ctx, place, "wang@example.cn", false, gov.ZH, phone(31), residents.Address{Channel: residents.Email, Value: "wang@example.cn"}))
		r.now = r.now.Add(residents.ConfirmWithin + time.Minute)
		_, err = r.Sweep(ctx)
		check(t, err)
		for email, want := range map[string]int{mail.Value: 0, "wang@example.cn": 1} {
			if list, err := r.store.SubscriptionsAt(ctx, email); err != nil || len(list) != want {
				t.Errorf("%s: %d subscriptions, %v", email, len(list), err)
			}
		}
		_, err = r.ConfirmSubscription(ctx, confirmLink.FindStringSubmatch(p.got[0].Body)[1])
		wants(t, "confirmed too late", err, gov.NotFound)
	})
}
