package residents_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/residentdb"
	"quanxiang/store/storetest"
)

const district = gov.District("110102")

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, gov.China)

// looks are what was looked at; refuse refuses.
type looks struct {
	list   []people.Look
	refuse error
}

func (l *looks) Look(_ context.Context, _ people.Standing, look people.Look) error {
	if l.refuse == nil {
		l.list = append(l.list, look)
	}
	return l.refuse
}

// room is a register on an empty database.
type room struct {
	*residents.Register
	t     *testing.T
	db    *store.DB
	store *residentdb.Residents
	keys  *privacy.Keyring
	looks *looks
	now   time.Time
}

// run runs a test on both engines.
func run(t *testing.T, test func(t *testing.T, r *room)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, open(t, e))
		})
	}
}

func open(t *testing.T, e store.Engine) *room {
	t.Helper()
	r := &room{t: t, now: noon, looks: &looks{}, keys: privacy.NewKeyring()}
	clock := func() time.Time { return r.now }
	r.db = storetest.Open(t, storetest.DSN(t, e), clock)
	r.store = r.db.Residents(district, r.keys)
	r.Register = residents.New(residents.Config{Store: r.store, Keys: r.keys, Clock: clock, Looks: r.looks})
	return r
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, what string, err error, code gov.Code) {
	t.Helper()
	if gov.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// opened opens a contact of a case yet to be begun.
func (r *room) opened(d residents.Draft, shown ...residents.Address) (residents.Contact, string) {
	r.t.Helper()
	r.now = r.now.Add(time.Millisecond)
	c, secret, err := r.Open(r.t.Context(), gov.NewID(r.now), d, shown...)
	check(r.t, err)
	return c, secret
}

// code is the code that waits to be sent to an address.
func (r *room) code(a residents.Address) string {
	r.t.Helper()
	list, err := r.store.Due(r.t.Context(), 100)
	check(r.t, err)
	for i := len(list) - 1; i >= 0; i-- {
		c, err := r.store.Challenge(r.t.Context(), list[i].Target)
		if gov.CodeOf(err) == gov.NotFound { // it was used
			continue
		}
		check(r.t, err)
		if c.Address == a {
			return c.Code
		}
	}
	r.t.Fatalf("no code waits for %s", a.Masked())
	return ""
}

// sent is how many codes wait to be sent.
func (r *room) sent() int {
	r.t.Helper()
	list, err := r.store.Due(r.t.Context(), 1000)
	check(r.t, err)
	return len(list)
}

var (
	zhang = residents.Address{Channel: residents.SMS, Value: "13812345678"}
	mail  = residents.Address{Channel: residents.Email, Value: "zhang@example.cn"}
)

// phone is a browser of its own in a part of the network of its own.
func phone(n byte) residents.Visitor {
	return residents.Visitor{Device: "device " + string(rune('a'+n)), Source: netip.AddrFrom4([4]byte{10, 0, n, 1})}
}
