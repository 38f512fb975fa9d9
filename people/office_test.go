package people_test

import (
	"context"
	"encoding/base32"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/people/peopletest"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// office is an office in memory with a clock that tests move.
type office struct {
	*people.Office
	t     *testing.T
	store *peopletest.Store
	keys  *privacy.Keyring
	pack  *policy.Pack
	mu    sync.Mutex
	now   time.Time
}

var root = people.Visitor{Source: "10.0.0.1", Agent: "Firefox"}

const password = "seven willows by the lake"

func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, store: peopletest.New(), keys: privacy.NewKeyring(), pack: packtest.Xicheng(t), now: noon}
	o.Office = o.with(passwords.Cost{Memory: 64, Passes: 1, Threads: 1})
	return o
}

// with is the same office at another cost of passwords.
func (o *office) with(c passwords.Cost) *people.Office {
	return people.New(people.Config{Store: o.store, Pack: func() *policy.Pack { return o.pack }, Clock: o.clock, Hasher: passwords.New(c), Keys: o.keys, Name: "西城"})
}

func (o *office) clock() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }

func (o *office) pass(d time.Duration) { o.mu.Lock(); defer o.mu.Unlock(); o.now = o.now.Add(d) }

func (o *office) operator() people.Standing { return people.Operator("root", o.clock()) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// enter enters a person with an account and returns the link.
func (o *office) enter(name, staffNo, login string) (gov.ID, string) {
	o.t.Helper()
	person, err := o.Save(o.t.Context(), o.operator(), people.Person{Name: name, StaffNo: staffNo, Unit: "fgw", Mobile: "138-1234-5678", Email: login + "@example.cn"})
	o.must(err)
	link, err := o.Invite(o.t.Context(), o.operator(), person, login, false)
	o.must(err)
	return person, link
}

// member is a person who has gone through the whole door once.
type member struct {
	o        *office
	person   gov.ID
	login    string
	secret   []byte
	recovery []string
	people.Opened
}

func (o *office) member(name, staffNo, login string, roles ...string) *member {
	o.t.Helper()
	person, link := o.enter(name, staffNo, login)
	m := &member{o: o, person: person, login: login}
	for _, r := range roles {
		role, unit, _ := strings.Cut(r, "@")
		_, err := o.Assign(o.t.Context(), o.operator(), people.Assignment{Person: person, Role: role, Unit: unit, Period: people.Period{From: gov.DateOf(o.clock())}})
		o.must(err)
	}
	m.accept(link)
	return m
}

// accept takes a link and enrols a second factor.
func (m *member) accept(link string) {
	t := m.o.t
	t.Helper()
	half, err := m.o.Accept(t.Context(), link, password, root)
	m.o.must(err)
	if half.Need != people.NeedEnrolment || half.Session.Whole || half.Device != "" {
		t.Fatalf("after the link: %+v", half)
	}
	e, err := m.o.BeginEnrolment(t.Context(), half.Token)
	m.o.must(err)
	u, err := url.Parse(e.URI)
	m.o.must(err)
	m.secret, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	m.o.must(err)
	m.Opened, m.recovery, err = m.o.ConfirmEnrolment(t.Context(), half.Token, m.code(), root)
	m.o.must(err)
	if !m.Session.Whole || m.Token == half.Token || m.Device == "" {
		t.Fatalf("after the enrolment: %+v", m.Opened)
	}
}

// code is the present code of the second factor.
func (m *member) code() string { return people.TOTP(m.secret, m.o.clock()) }

// log logs in completely, a step later so that the code is a new one.
func (m *member) log(v people.Visitor) {
	t := m.o.t
	t.Helper()
	m.o.pass(30 * time.Second)
	half, err := m.o.Login(t.Context(), m.login, password, v)
	m.o.must(err)
	if half.Need != people.NeedCode {
		t.Fatalf("after the password: %+v", half)
	}
	m.Opened, err = m.o.ShowCode(t.Context(), half.Token, m.code(), v)
	m.o.must(err)
}

func (m *member) standing() people.Standing {
	m.o.t.Helper()
	_, s, err := m.o.Authenticate(m.o.t.Context(), m.Token)
	m.o.must(err)
	return s
}

func (o *office) kinds() []string {
	var kinds []string
	for _, r := range o.store.Ledger() {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func (o *office) logged() []people.LogKind {
	var kinds []people.LogKind
	for _, l := range o.store.SecurityLog() {
		kinds = append(kinds, l.Kind)
	}
	return kinds
}

func TestTheWholeDoor(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming", "clerk@fgw")
	s := m.standing()
	if s.Name != "李小明" || len(s.Held) != 1 || people.Can(s, policy.Handle, people.Object{Units: []string{"fgw"}}) != nil {
		t.Errorf("standing %+v", s)
	}
	m.log(root)
	old := m.Token
	m.log(people.Visitor{Agent: "Edge"})
	list, err := o.MySessions(ctx, m.Token)
	if err != nil || len(list) != 3 || list[0].Agent != "Edge" {
		t.Errorf("sessions %+v, %v", list, err)
	}
	o.must(o.EndSession(ctx, m.Token, list[1].ID, root))
	if _, _, err := o.Authenticate(ctx, old); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("an ended session: %v", err)
	}
	other := o.member("王芳", "A2", "wang.fang")
	if err := o.EndSession(ctx, other.Token, m.Session.ID, root); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("another person's session ended: %v", err)
	}
	m.standing()
	o.must(o.Logout(ctx, m.Token, root))
	o.must(o.Logout(ctx, m.Token, root))
	if _, _, err := o.Authenticate(ctx, m.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("after logging out: %v", err)
	}
	want := []string{"people.entered", "account.invited", "people.assigned", "account.password_set", "account.second_factor_set",
		"people.entered", "account.invited", "account.password_set", "account.second_factor_set"}
	if got := o.kinds(); !slices.Equal(got, want) {
		t.Errorf("ledger %v, want %v: logins are no acts of the ledger", got, want)
	}
	if got := o.logged(); !slices.Equal(got, []people.LogKind{people.LoggedIn, people.LoggedIn, people.LoggedIn, people.SessionsEnded, people.LoggedIn, people.LoggedOut}) {
		t.Errorf("security log %v", got)
	}
	// What goes into the ledger in clear tells nothing about the person.
	for _, r := range o.store.Ledger() {
		clear := r.Kind + r.Object
		for k, v := range r.Facts {
			clear += k + v
		}
		for _, secret := range []string{"李", "li.ming", "A1", "1381234", "example"} {
			if strings.Contains(clear, secret) {
				t.Errorf("%s shows %q", r.Kind, secret)
			}
		}
	}
}

func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	invited, link := o.enter("王芳", "A2", "wang.fang")
	closed := o.member("赵刚", "A3", "zhao.gang")
	o.must(o.Close(ctx, o.operator(), closed.person))
	bound := o.member("孙丽", "A4", "sun.li")
	_ = invited
	answers := map[string]bool{}
	for why, try := range map[string][2]string{
		"unknown login":    {"nobody.here", password},
		"no login at all":  {"", password},
		"wrong password":   {m.login, "another password 123"},
		"empty password":   {bound.login, ""},
		"not yet accepted": {"wang.fang", ""},
		"closed":           {closed.login, password},
	} {
		opened, err := o.Login(ctx, try[0], try[1], people.Visitor{})
		if gov.CodeOf(err) != gov.Unknown || opened.Token != "" {
			t.Errorf("%s: %+v, %v", why, opened, err)
		}
		answers[gov.TextOf(err, gov.ZH)] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers tell logins apart: %v", answers)
	}
	if _, _, err := o.Authenticate(ctx, closed.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("the session of a closed account: %v", err)
	}
	for _, token := range []string{"", "x", link, m.Token[:len(m.Token)-1], strings.Repeat("A", len(m.Token))} {
		if _, _, err := o.Authenticate(ctx, token); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("token %q: %v", token, err)
		}
	}
	// A half session opens nothing but the second factor.
	half, err := o.Login(ctx, " LI.Ming ", password, root)
	o.must(err)
	if _, s, err := o.Authenticate(ctx, half.Token); err != nil || s.Kind != gov.PublicActor {
		t.Errorf("a half session stands as %+v, %v", s, err)
	}
	if _, err := o.MySessions(ctx, half.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a half session lists sessions: %v", err)
	}
	if _, err := o.BeginEnrolment(ctx, half.Token); !errors.Is(err, people.ErrProof) {
		t.Errorf("a half session replaces the second factor: %v", err)
	}
	if _, err := o.ChangePassword(ctx, half.Token, password, "a new one with words", root); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a half session changes the password: %v", err)
	}
	o.pass(10 * time.Minute)
	if _, err := o.ShowCode(ctx, half.Token, m.code(), root); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a half session after ten minutes: %v", err)
	}
}

func TestSecondFactorOnce(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	o.pass(time.Minute)
	code := m.code()
	show := func(code string) error {
		half, err := o.Login(ctx, m.login, password, root)
		o.must(err)
		_, err = o.ShowCode(ctx, half.Token, code, root)
		return err
	}
	o.must(show(code))
	if err := show(code); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a code used twice: %v", err)
	}
	if err := show("000000"); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a wrong code: %v", err)
	}
	o.must(show(strings.ToUpper(m.recovery[3])))
	if err := show(m.recovery[3]); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a recovery code used twice: %v", err)
	}
	o.must(show(strings.ReplaceAll(m.recovery[4], "-", " ")))
	other := o.member("王芳", "A2", "wang.fang")
	if err := show(other.recovery[0]); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("another person's recovery code: %v", err)
	}
	// The codes cannot be guessed through: after some failures there is a wait.
	var last error
	for range 10 {
		last = show("000000")
	}
	if gov.CodeOf(last) != gov.Unavailable {
		t.Errorf("after ten wrong codes: %v", last)
	}
	if kinds := o.kinds(); !slices.Contains(kinds, "account.recovery_used") {
		t.Errorf("ledger %v", kinds)
	}
}

// An attacker who knows a login must neither get in by trying nor keep its
// owner out.
func TestStrangersCannotLockOut(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	device := m.Device
	familiar := people.Visitor{Device: device, Source: "10.0.0.9"}
	var read int
	for range 200 {
		_, err := o.Login(ctx, m.login, "guess guess guess", people.Visitor{Source: "203.0.113.7"})
		if gov.CodeOf(err) == gov.Unknown {
			read++
		} else if gov.CodeOf(err) != gov.Unavailable {
			t.Fatal(err)
		}
		o.pass(10 * time.Second)
	}
	if read > 12 {
		t.Errorf("%d of 200 guesses in half an hour were looked at", read)
	}
	if _, err := o.Login(ctx, m.login, password, people.Visitor{}); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("the right password from a new device during the attack: %v", err)
	}
	m.log(familiar)
	// Another person's device is no help.
	other := o.member("王芳", "A2", "wang.fang")
	if _, err := o.Login(ctx, m.login, password, people.Visitor{Device: other.Device}); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("with another's device: %v", err)
	}
	for _, forged := range []string{"x", device[:len(device)-2] + "AA", m.Token} {
		if _, err := o.Login(ctx, m.login, password, people.Visitor{Device: forged}); gov.CodeOf(err) != gov.Unavailable {
			t.Errorf("with the device %q: %v", forged, err)
		}
	}
	// The way in that knows no bucket.
	link, err := o.Invite(ctx, o.operator(), m.person, "", false)
	o.must(err)
	half, err := o.Accept(ctx, link, password, people.Visitor{})
	o.must(err)
	o.pass(30 * time.Second)
	_, err = o.ShowCode(ctx, half.Token, m.code(), people.Visitor{})
	o.must(err)
	// A login that does not exist waits as well.
	for range 10 {
		_, err = o.Login(ctx, "nobody.here", "x", people.Visitor{})
	}
	if gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("an unknown login after ten failures: %v", err)
	}
	o.pass(15 * time.Minute)
	m.log(people.Visitor{})
}

// Knocking during the wait does not make it longer.
func TestKnockingDoesNotLengthenTheWait(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	for range 5 {
		_, err := o.Login(ctx, m.login, "guess guess guess", people.Visitor{})
		if gov.CodeOf(err) != gov.Unknown {
			t.Fatal(err)
		}
	}
	for range 28 {
		o.pass(time.Second)
		if _, err := o.Login(ctx, m.login, password, people.Visitor{}); gov.CodeOf(err) != gov.Unavailable {
			t.Fatal(err)
		}
	}
	o.pass(2 * time.Second)
	if _, err := o.Login(ctx, m.login, password, people.Visitor{}); err != nil {
		t.Errorf("after thirty seconds: %v", err)
	}
}

// racing changes something behind the back of a login that has read the
// account.
type racing struct {
	*peopletest.Store
	then func()
}

func (r *racing) AccountByLogin(ctx context.Context, login string) (*people.Account, error) {
	a, err := r.Store.AccountByLogin(ctx, login)
	r.then()
	return a, err
}

func TestPasswordChangedDuringLogin(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	slow := people.New(people.Config{
		Store: &racing{o.store, func() {
			_, err := o.ChangePassword(ctx, m.Token, password, "eight magpies on the roof", root)
			o.must(err)
		}},
		Pack: func() *policy.Pack { return o.pack }, Clock: o.clock, Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: o.keys, Name: "西城",
	})
	if _, err := slow.Login(ctx, m.login, password, root); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("with the password of a moment ago: %v", err)
	}
}

// Whoever can write to the database cannot make a session or a link theirs.
func TestRowsMovedInTheDatabase(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m, victim := o.member("李小明", "A1", "li.ming"), o.member("王芳", "A2", "wang.fang")
	put := func(s people.Session) {
		o.must(o.store.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.PutSession(ctx, s) }))
	}
	moved := m.Session
	moved.Person = victim.person
	put(moved)
	if _, s, err := o.Authenticate(ctx, m.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a session moved to another person: %+v, %v", s, err)
	}
	// A session that was opened while the password changed.
	put(m.Session)
	old := m.Session
	_, err := o.ChangePassword(ctx, m.Token, password, "eight magpies on the roof", root)
	o.must(err)
	put(old)
	if _, _, err := o.Authenticate(ctx, m.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a session of before the change: %v", err)
	}
}

func TestManyTriesAtOnce(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	var wg sync.WaitGroup
	codes := make(chan gov.Code, 50)
	for range 50 {
		wg.Go(func() {
			_, err := o.Login(ctx, m.login, "guess guess guess", people.Visitor{})
			codes <- gov.CodeOf(err)
		})
	}
	wg.Wait()
	close(codes)
	read := 0
	for c := range codes {
		if c == gov.Unknown {
			read++
		} else if c != gov.Unavailable {
			t.Errorf("code %s", c)
		}
	}
	if read > 5 {
		t.Errorf("%d of 50 guesses at once were looked at", read)
	}
}

func TestOneAddressManyLogins(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	var err error
	for i := range 101 {
		_, err = o.Login(ctx, "user"+strings.Repeat("x", i%20)+string(rune('a'+i/20)), "spray", people.Visitor{Source: "203.0.113.7"})
	}
	if gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("the 101st login tried from one address: %v", err)
	}
	m := o.member("李小明", "A1", "li.ming")
	m.log(people.Visitor{Source: "10.0.0.1"})
	// Logging in to an account of one's own between guesses gains nothing.
	for i := range 101 {
		if i%10 == 9 {
			m.log(people.Visitor{Source: "203.0.113.8"})
		}
		_, err = o.Login(ctx, "other"+strings.Repeat("y", i%20)+string(rune('a'+i/20)), "spray", people.Visitor{Source: "203.0.113.8"})
	}
	if gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("the 101st login tried from an address that also logs in: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	for range 23 {
		o.pass(29 * time.Minute)
		m.standing()
	}
	token := m.Token
	o.pass(54 * time.Minute) // over twelve hours in all, and idle
	if _, _, err := o.Authenticate(ctx, token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("an idle session: %v", err)
	}
	m.log(root)
	for range 24 {
		o.pass(29 * time.Minute)
		m.standing()
	}
	o.pass(25 * time.Minute)
	if _, _, err := o.Authenticate(ctx, m.Token); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("a session of twelve hours: %v", err)
	}
	// Half an hour without a request is enough, and the list does not show it.
	m.log(root)
	idle := m.Token
	o.pass(30 * time.Minute)
	if _, _, err := o.Authenticate(ctx, idle); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("after half an hour: %v", err)
	}
	m.log(root)
	if list, err := o.MySessions(ctx, m.Token); err != nil || len(list) != 1 {
		t.Errorf("the list shows %v, %v", list, err)
	}
	// What proves identity changed: every other session is void.
	m.log(root)
	first := m.Token
	m.log(root)
	changed, err := o.ChangePassword(ctx, m.Token, password, "eight magpies on the roof", root)
	o.must(err)
	for why, token := range map[string]string{"another session": first, "the old token": m.Token} {
		if _, _, err := o.Authenticate(ctx, token); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("%s after a change of password: %v", why, err)
		}
	}
	if _, _, err := o.Authenticate(ctx, changed.Token); err != nil {
		t.Errorf("the session that changed the password: %v", err)
	}
	if _, err := o.Login(ctx, m.login, password, root); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("the old password: %v", err)
	}
	for _, try := range [][2]string{{"wrong", "nine herons over the moat"}, {"eight magpies on the roof", "short"}, {"eight magpies on the roof", "li.ming 123456789"}} {
		if _, err := o.ChangePassword(ctx, changed.Token, try[0], try[1], root); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ChangePassword(%q): %v", try, err)
		}
	}
}

func TestProofForDangerousActs(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	admin := o.member("陈管", "A1", "chen.guan", "administrator@zfb")
	o.pass(11 * time.Minute)
	if _, err := o.Invite(ctx, admin.standing(), admin.person, "", false); !errors.Is(err, people.ErrProof) && gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("without a fresh proof: %v", err)
	}
	_, err := o.Save(ctx, admin.standing(), people.Person{Name: "王芳", Unit: "fgw"})
	if !errors.Is(err, people.ErrProof) {
		t.Errorf("without a fresh proof: %v", err)
	}
	admin.Opened, err = o.ShowCode(ctx, admin.Token, admin.code(), root)
	o.must(err)
	person, err := o.Save(ctx, admin.standing(), people.Person{Name: "王芳", Unit: "fgw"})
	o.must(err)
	_, err = o.Assign(ctx, admin.standing(), people.Assignment{Person: person, Role: "clerk", Unit: "fgw", Period: people.Period{From: date("2016-09-15")}})
	o.must(err)
	_, err = o.Assign(ctx, admin.standing(), people.Assignment{Person: admin.person, Role: "clerk", Unit: "fgw", Period: people.Period{From: date("2016-09-15")}})
	if gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("an administrator assigns themselves: %v", err)
	}
	if _, err := o.Invite(ctx, admin.standing(), admin.person, "", true); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("an administrator resets their own account as an administrator: %v", err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	person, link := o.enter("李小明", "A1", "li.ming")
	if _, err := o.Accept(ctx, link, "too short", root); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("a bad password: %v", err)
	}
	if _, err := o.Accept(ctx, link, password, root); err != nil {
		t.Fatal(err)
	}
	for why, l := range map[string]string{"used": link, "none": "", "no link": "abc", "of nobody": strings.Repeat("A", 64)} {
		if _, err := o.Accept(ctx, l, password, root); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a link %s: %v", why, err)
		}
	}
	late, err := o.Invite(ctx, o.operator(), person, "ignored", false)
	o.must(err)
	o.pass(72 * time.Hour)
	if _, err := o.Accept(ctx, late, password, root); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a link after three days: %v", err)
	}
	if _, err := o.Invite(ctx, o.operator(), gov.NewID(noon), "x.y", false); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a link for nobody: %v", err)
	}
	other, err := o.Save(ctx, o.operator(), people.Person{Name: "王芳", Unit: "fgw"})
	o.must(err)
	for _, login := range []string{"li.ming", "Li.Ming ", "", "1x", "李明"} {
		if _, err := o.Invite(ctx, o.operator(), other, login, false); gov.CodeOf(err) != gov.Conflict && gov.CodeOf(err) != gov.Invalid {
			t.Errorf("the login %q: %v", login, err)
		}
	}
}

// Nobody can become someone else alone: a link that replaces a second factor
// needs two.
func TestRenewNeedsTwo(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	admin := o.member("陈管", "A2", "chen.guan", "administrator@zfb")
	link, err := o.Invite(ctx, admin.standing(), m.person, "", true)
	o.must(err)
	if _, err := o.Accept(ctx, link, password, root); gov.CodeOf(err) != gov.Conflict {
		t.Fatalf("a link of one: %v", err)
	}
	if err := o.Second(ctx, admin.standing(), link); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("the same person agrees: %v", err)
	}
	if err := o.Second(ctx, m.standing(), link); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("someone without the right agrees: %v", err)
	}
	o.must(o.Second(ctx, o.operator(), link))
	before := m.recovery[0]
	m.accept(link)
	m.log(root)
	half, err := o.Login(ctx, m.login, password, root)
	o.must(err)
	if _, err := o.ShowCode(ctx, half.Token, before, root); gov.CodeOf(err) != gov.Unknown {
		t.Errorf("an old recovery code: %v", err)
	}
	// A link that leaves the second factor alone needs one person only, and
	// does not replace what its owner has in hand.
	link, err = o.Invite(ctx, admin.standing(), m.person, "", false)
	o.must(err)
	half, err = o.Accept(ctx, link, password, root)
	o.must(err)
	if half.Need != people.NeedCode {
		t.Errorf("after a link for the password: %+v", half)
	}
}

func TestSecondFactorReplacedByItsOwner(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	if _, _, err := o.ConfirmEnrolment(ctx, m.Token, m.code(), root); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("a confirmation without a beginning: %v", err)
	}
	e, err := o.BeginEnrolment(ctx, m.Token)
	o.must(err)
	if _, _, err := o.ConfirmEnrolment(ctx, m.Token, m.code(), root); gov.CodeOf(err) != gov.Invalid {
		t.Errorf("a code of the old secret: %v", err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	o.must(err)
	o.pass(30 * time.Second)
	next, codes, err := o.ConfirmEnrolment(ctx, m.Token, people.TOTP(secret, o.clock()), root)
	o.must(err)
	if len(codes) != 10 || next.Token == m.Token {
		t.Errorf("%d codes, token kept: %v", len(codes), next.Token == m.Token)
	}
	again, err := o.RenewRecovery(ctx, next.Token)
	if err != nil || len(again) != 10 || slices.Contains(again, codes[0]) {
		t.Errorf("new recovery codes %v, %v", again, err)
	}
	o.pass(11 * time.Minute)
	if _, err := o.RenewRecovery(ctx, next.Token); !errors.Is(err, people.ErrProof) {
		t.Errorf("without a fresh proof: %v", err)
	}
	if _, err := o.BeginEnrolment(ctx, next.Token); !errors.Is(err, people.ErrProof) {
		t.Errorf("without a fresh proof: %v", err)
	}
}

func TestHashesAreRenewed(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	dearer := o.with(passwords.Cost{Memory: 128, Passes: 1, Threads: 1})
	o.Office = dearer
	m.log(root)
	a, err := o.store.Account(ctx, m.person)
	if err != nil || !strings.Contains(a.Password, "m=128,") {
		t.Errorf("hash %v, %v", a, err)
	}
	m.log(root)
	if n := len(slices.DeleteFunc(o.kinds(), func(k string) bool { return k != "account.rehashed" })); n != 1 {
		t.Errorf("rehashed %d times", n)
	}
}

func TestIdentityProvider(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	person, _ := o.enter("王芳", "A2", "wang.fang")
	const city = "https://id.example.cn"
	for why, id := range map[string]people.Identity{
		"unknown":              {Issuer: city, Subject: "9"},
		"unknown staff number": {Issuer: city, Subject: "9", StaffNo: "A9"},
	} {
		if _, err := o.LoginIdentity(ctx, id, root); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s: %v, and no account may be made", why, err)
		}
	}
	// A new account is bound by the administrator; the provider's second factor
	// is not trusted.
	fresh, _ := o.enter("赵刚", "A3", "zhao.gang")
	o.must(o.Bind(ctx, o.operator(), fresh, city, "3"))
	half, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "3"}, root)
	if err != nil || half.Need != people.NeedEnrolment {
		t.Errorf("a weak login at the provider: %+v, %v", half, err)
	}
	// Bound by a staff number the provider vouches for, with a second factor.
	opened, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "2", StaffNo: "A2", Strong: true, Seen: o.clock()}, root)
	if err != nil || !opened.Session.Whole || opened.Session.Person != person || opened.Session.Via != city {
		t.Errorf("a strong login at the provider: %+v, %v", opened, err)
	}
	// The second time by the subject. A provider that lets in whom it knows proves
	// nothing for what asks for a fresh proof.
	for why, seen := range map[string]time.Time{"long ago": o.clock().Add(-time.Hour), "untold": {}} {
		again, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "2", Strong: true, Seen: seen}, root)
		o.must(err)
		if _, err := o.BindMine(ctx, again.Token, people.Identity{}, root); !errors.Is(err, people.ErrProof) {
			t.Errorf("factors seen %s: %v", why, err)
		}
	}
	if ahead, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "2", Strong: true, Seen: o.clock().Add(time.Hour)}, root); err != nil || ahead.Session.Proven > o.clock().UnixMilli() {
		t.Errorf("a provider's clock that is ahead: %+v, %v", ahead, err)
	}
	for why, id := range map[string]people.Identity{
		"another subject with the number":  {Issuer: city, Subject: "4", StaffNo: "A2", Strong: true},
		"another provider with the number": {Issuer: "https://evil.example", Subject: "2", StaffNo: "A2", Strong: true},
		"an account that has its owner":    {Issuer: city, Subject: "1", StaffNo: "A1", Strong: true},
	} {
		if _, err := o.LoginIdentity(ctx, id, root); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := o.BindMine(ctx, opened.Token, people.Identity{}, root); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("the only way in taken off: %v", err)
	}
	// Its owner binds it, and takes the binding off again.
	bound, err := o.BindMine(ctx, m.Token, people.Identity{Issuer: city, Subject: "1"}, root)
	o.must(err)
	if half, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "1"}, root); err != nil || half.Need != people.NeedCode {
		t.Errorf("a weak login at the provider: %+v, %v", half, err)
	}
	if _, err := o.BindMine(ctx, bound.Token, people.Identity{Issuer: city, Subject: "2"}, root); gov.CodeOf(err) != gov.Conflict {
		t.Errorf("a subject of someone else: %v", err)
	}
	bound, err = o.BindMine(ctx, bound.Token, people.Identity{}, root)
	o.must(err)
	o.pass(11 * time.Minute)
	if _, err := o.BindMine(ctx, bound.Token, people.Identity{Issuer: city, Subject: "1"}, root); !errors.Is(err, people.ErrProof) {
		t.Errorf("without a fresh proof: %v", err)
	}
	o.must(o.Close(ctx, o.operator(), person))
	if _, err := o.LoginIdentity(ctx, people.Identity{Issuer: city, Subject: "2", Strong: true}, root); gov.CodeOf(err) != gov.Forbidden {
		t.Errorf("a closed account: %v", err)
	}
}

// Whatever one administrator does, they do not get into an account that has its
// owner.
func TestNobodyBecomesSomeoneElseAlone(t *testing.T) {
	t.Parallel()
	const city = "https://id.example.cn"
	for why, attack := range map[string]func(*office, *member, people.Standing) (people.Opened, error){
		"a link that renews": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			link, err := o.Invite(t.Context(), admin, m.person, "", true)
			o.must(err)
			return o.Accept(t.Context(), link, password, root)
		},
		"a link kept from before": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			person, first := o.enter("王芳", "A2", "wang.fang")
			kept, err := o.Invite(t.Context(), admin, person, "", true)
			o.must(err)
			(&member{o: o, person: person, login: "wang.fang"}).accept(first)
			return o.Accept(t.Context(), kept, password, root)
		},
		"closing and inviting again": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			o.must(o.Close(t.Context(), admin, m.person))
			_, err := o.Invite(t.Context(), admin, m.person, "other", false)
			o.must(err)
			link, err := o.Invite(t.Context(), admin, m.person, "other", false)
			o.must(err)
			return o.Accept(t.Context(), link, password, root)
		},
		"binding it to an identity of theirs": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			if err := o.Bind(t.Context(), admin, m.person, city, "mine"); gov.CodeOf(err) != gov.Conflict {
				t.Errorf("Bind = %v", err)
			}
			return o.LoginIdentity(t.Context(), people.Identity{Issuer: city, Subject: "mine", Strong: true}, root)
		},
		"giving it a staff number of theirs": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			_, err := o.Save(t.Context(), admin, people.Person{ID: m.person, Name: "李小明", Unit: "fgw", StaffNo: "MINE"})
			o.must(err)
			return o.LoginIdentity(t.Context(), people.Identity{Issuer: city, Subject: "mine", StaffNo: "MINE", Strong: true}, root)
		},
		"a link for an account with a provider only": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			person, _ := o.enter("王芳", "A2", "wang.fang")
			o.must(o.Bind(t.Context(), admin, person, city, "hers"))
			if err := o.Bind(t.Context(), admin, person, "", ""); gov.CodeOf(err) != gov.Conflict {
				t.Errorf("Bind = %v", err)
			}
			link, err := o.Invite(t.Context(), admin, person, "", false)
			o.must(err)
			return o.Accept(t.Context(), link, password, root)
		},
		"a link for the password": func(o *office, m *member, admin people.Standing) (people.Opened, error) {
			link, err := o.Invite(t.Context(), admin, m.person, "", false)
			o.must(err)
			half, err := o.Accept(t.Context(), link, "eight magpies on the roof", root)
			o.must(err)
			if half.Need != people.NeedCode {
				t.Errorf("needs %q", half.Need)
			}
			_, err = o.BeginEnrolment(t.Context(), half.Token)
			return half, err
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			m := o.member("李小明", "A1", "li.ming", "clerk@fgw")
			admin := o.member("陈管", "A9", "chen.guan", "administrator@zfb")
			opened, err := attack(o, m, admin.standing())
			if err == nil || opened.Session.Whole {
				t.Errorf("got in: %+v, %v", opened, err)
			}
		})
	}
}

// The act and its event are one: when the ledger refuses, nothing happened.
func TestNothingWithoutItsEvent(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	m := o.member("李小明", "A1", "li.ming")
	broken := errors.New("disk full")
	o.store.Fault = func(people.Event) error { return broken }
	before, err := o.store.Account(ctx, m.person)
	o.must(err)
	for why, act := range map[string]func(context.Context) error{
		"close": func(ctx context.Context) error { return o.Close(ctx, o.operator(), m.person) },
		"enter": func(ctx context.Context) error {
			_, err := o.Save(ctx, o.operator(), people.Person{Name: "王芳", Unit: "fgw"})
			return err
		},
		"assign": func(ctx context.Context) error {
			_, err := o.Assign(ctx, o.operator(), people.Assignment{Person: m.person, Role: "clerk", Unit: "fgw", Period: people.Period{From: date("2016-09-15")}})
			return err
		},
		"look": func(ctx context.Context) error {
			return o.Look(ctx, people.Staff(holding("clerk@fgw"), o.pack, noon, noon), people.Look{Act: policy.SeeContact, Target: people.Object{Units: []string{"fgw"}}, Object: "case:1", Field: "contact", Reason: "回访"})
		},
		"change": func(ctx context.Context) error {
			_, err := o.ChangePassword(ctx, m.Token, password, "eight magpies on the roof", root)
			return err
		},
	} {
		if err := act(ctx); !errors.Is(err, broken) {
			t.Errorf("%s: %v", why, err)
		}
	}
	o.store.Fault = nil
	after, err := o.store.Account(ctx, m.person)
	if err != nil || after.Revision != before.Revision {
		t.Errorf("the account was changed: %+v, %v", after, err)
	}
	m.standing()
}
