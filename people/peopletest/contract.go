package peopletest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/people"
)

// Run holds a store to the contract of people.Store. Open makes an empty one.
func Run(t *testing.T, open func(t *testing.T) people.Store) {
	for name, test := range map[string]func(*testing.T, people.Store){
		"unknown":     unknown,
		"revisions":   revisions,
		"uniqueness":  uniqueness,
		"holdings":    holdings,
		"lists":       lists,
		"sessions":    sessions,
		"guards":      guards,
		"rollback":    rollback,
		"round trips": roundTrips,
		"numbers":     numbers,
		"watched":     watched,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var start = time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China)

// at makes the id of a moment, so that ids sort as they are made.
func at(n int) gov.ID { return gov.NewID(start.Add(time.Duration(n) * time.Second)) }

func day(d int) gov.Date { return gov.Date{Year: 2016, Month: 9, Day: d} }

// write runs fn in a transaction and records what it wrote.
func write(t *testing.T, s people.Store, fn func(context.Context, people.Tx) error) error {
	t.Helper()
	return s.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, people.Event{ID: gov.NewID(start), Kind: "people.tested", Object: "person:test"})
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, what string, err error, code gov.Code) {
	t.Helper()
	if gov.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

func field(t *testing.T, err error, name string) {
	t.Helper()
	if e, ok := errors.AsType[*gov.Error](err); !ok || e.Field != name {
		t.Errorf("%v is not on the field %q", err, name)
	}
}

// person saves a person with an account.
func person(t *testing.T, s people.Store, n int, name, login string) gov.ID {
	t.Helper()
	id := at(n)
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		if err := tx.SavePerson(ctx, &people.Person{ID: id, Name: name, Unit: "fgw", StaffNo: "S" + login, Mobile: "13812345678"}); err != nil {
			return err
		}
		return tx.SaveAccount(ctx, &people.Account{Person: id, Login: login, State: people.Active})
	}))
	return id
}

func unknown(t *testing.T, s people.Store) {
	ctx, id := t.Context(), at(1)
	for what, err := range map[string]error{
		"Person":           second(s.Person(ctx, id)),
		"PersonByStaffNo":  second(s.PersonByStaffNo(ctx, "S1")),
		"no staff number":  second(s.PersonByStaffNo(ctx, "")),
		"Account":          second(s.Account(ctx, id)),
		"AccountByLogin":   second(s.AccountByLogin(ctx, "x")),
		"AccountBySubject": second(s.AccountBySubject(ctx, "i", "s")),
		"no subject":       second(s.AccountBySubject(ctx, "", "")),
		"Holdings":         second(s.Holdings(ctx, id)),
		"Assignment":       second(s.Assignment(ctx, id)),
		"Absence":          second(s.Absence(ctx, id)),
		"Session":          second(s.Session(ctx, people.SessionID{1})),
		"Invitation":       second(s.Invitation(ctx, "aa")),
	} {
		want(t, what, err, gov.NotFound)
	}
	if g, err := s.Guard(ctx, "login:x"); err != nil || g != (people.Guard{Bucket: "login:x"}) {
		t.Errorf("an unknown bucket is %+v, %v", g, err)
	}
	// What has no staff number and no subject is not found by none.
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		return errors.Join(tx.SavePerson(ctx, &people.Person{ID: id, Name: "甲", Unit: "fgw"}), tx.SaveAccount(ctx, &people.Account{Person: id, Login: "jia", State: people.Invited}))
	}))
	want(t, "no staff number", second(s.PersonByStaffNo(ctx, "")), gov.NotFound)
	want(t, "no subject", second(s.AccountBySubject(ctx, "", "")), gov.NotFound)
}

func second[T any](_ T, err error) error { return err }

func revisions(t *testing.T, s people.Store) {
	id := person(t, s, 1, "甲", "jia")
	p, err := s.Person(t.Context(), id)
	must(t, err)
	stale := p
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error { return tx.SavePerson(ctx, &p) }))
	if p.Revision != 2 {
		t.Errorf("revision %d after the second save", p.Revision)
	}
	want(t, "a stale person", write(t, s, func(ctx context.Context, tx people.Tx) error { return tx.SavePerson(ctx, &stale) }), gov.Conflict)
	again := people.Person{ID: id, Name: "乙", Unit: "fgw"}
	want(t, "the same id again", write(t, s, func(ctx context.Context, tx people.Tx) error { return tx.SavePerson(ctx, &again) }), gov.Conflict)
	ghost := people.Person{ID: at(9), Name: "丙", Unit: "fgw", Revision: 3}
	want(t, "a person who is not there", write(t, s, func(ctx context.Context, tx people.Tx) error { return tx.SavePerson(ctx, &ghost) }), gov.Conflict)
	for what, save := range map[string]func(context.Context, people.Tx) error{
		"account": func(ctx context.Context, tx people.Tx) error {
			return tx.SaveAccount(ctx, &people.Account{Person: id, Login: "x", Revision: 7})
		},
		"assignment": func(ctx context.Context, tx people.Tx) error {
			return tx.SaveAssignment(ctx, &people.Assignment{ID: at(3), Person: id, Role: "clerk", Unit: "fgw", Period: people.Period{From: day(1)}, Revision: 7})
		},
		"absence": func(ctx context.Context, tx people.Tx) error {
			return tx.SaveAbsence(ctx, &people.Absence{ID: at(3), Person: id, Deputy: id, Period: people.Period{From: day(1), To: day(2)}, Revision: 7})
		},
		"invitation": func(ctx context.Context, tx people.Tx) error {
			return tx.SaveInvitation(ctx, &people.Invitation{Digest: "aa", Person: id, Revision: 7})
		},
	} {
		want(t, "a stale "+what, write(t, s, save), gov.Conflict)
	}
}

func uniqueness(t *testing.T, s people.Store) {
	one := person(t, s, 1, "甲", "jia")
	two := person(t, s, 2, "乙", "yi")
	err := write(t, s, func(ctx context.Context, tx people.Tx) error {
		return tx.SavePerson(ctx, &people.Person{ID: at(3), Name: "丙", Unit: "fgw", StaffNo: "Sjia"})
	})
	want(t, "a staff number someone has", err, gov.Conflict)
	field(t, err, "staff_no")
	change := func(id gov.ID, fn func(*people.Account)) error {
		return write(t, s, func(ctx context.Context, tx people.Tx) error {
			a, err := tx.Account(ctx, id)
			if err != nil {
				return err
			}
			fn(a)
			return tx.SaveAccount(ctx, a)
		})
	}
	err = change(two, func(a *people.Account) { a.Login = "jia" })
	want(t, "a login someone has", err, gov.Conflict)
	field(t, err, "login")
	must(t, change(one, func(a *people.Account) { a.Issuer, a.Subject = "i", "7" }))
	err = change(two, func(a *people.Account) { a.Issuer, a.Subject = "i", "7" })
	want(t, "a subject someone has", err, gov.Conflict)
	field(t, err, "subject")
	must(t, change(two, func(a *people.Account) { a.Issuer, a.Subject = "j", "7" }))
	must(t, change(one, func(a *people.Account) { a.Issuer, a.Subject = "", "" }))
	must(t, change(two, func(a *people.Account) { a.Issuer, a.Subject = "", "" }))
}

func holdings(t *testing.T, s people.Store) {
	ctx := t.Context()
	absent, deputy := person(t, s, 1, "甲", "jia"), person(t, s, 2, "乙", "yi")
	a := people.Assignment{ID: at(3), Person: absent, Role: "lead", Unit: "fgw", Post: "p", Period: people.Period{From: day(1), To: day(20)}}
	b := people.Assignment{ID: at(4), Person: deputy, Role: "clerk", Unit: "fgw", Period: people.Period{From: day(2)}}
	away := people.Absence{ID: at(5), Person: absent, Deputy: deputy, Period: people.Period{From: day(3), To: day(4)}}
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		return errors.Join(tx.SaveAssignment(ctx, &a), tx.SaveAssignment(ctx, &b), tx.SaveAbsence(ctx, &away))
	}))
	h, err := s.Holdings(ctx, deputy)
	must(t, err)
	got := []any{h.Person.Name, h.Account.Login, h.Assignments, h.Absences, h.Covers}
	if diff := cmp.Diff([]any{"乙", "yi", []people.Assignment{b}, []people.Absence(nil), []people.Cover{{Absence: away, Name: "甲", Assignments: []people.Assignment{a}}}}, got); diff != "" {
		t.Errorf("of the deputy (-want +got):\n%s", diff)
	}
	h, err = s.Holdings(ctx, absent)
	must(t, err)
	if diff := cmp.Diff([]any{[]people.Assignment{a}, []people.Absence{away}, []people.Cover(nil)}, []any{h.Assignments, h.Absences, h.Covers}); diff != "" {
		t.Errorf("of the absent (-want +got):\n%s", diff)
	}
	bare := at(6)
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		return tx.SavePerson(ctx, &people.Person{ID: bare, Name: "丙", Unit: "fgw"})
	}))
	if h, err := s.Holdings(ctx, bare); err != nil || h.Account != nil {
		t.Errorf("without an account: %+v, %v", h, err)
	}
}

func lists(t *testing.T, s people.Store) {
	ctx := t.Context()
	var ids []gov.ID
	for i, name := range []string{"甲", "乙", "丙", "丁", "甲"} {
		ids = append(ids, person(t, s, i, name, "user"+string(rune('a'+i))))
	}
	var got []gov.ID
	for page := (gov.Page{Limit: 2}); ; {
		l, err := s.Persons(ctx, people.Filter{}, page)
		must(t, err)
		for _, p := range l.Items {
			got = append(got, p.ID)
		}
		if page.After = l.Next; l.Next == "" {
			break
		}
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		p, err := tx.Person(ctx, ids[2])
		if err != nil {
			return err
		}
		p.Unit, p.Mobile = "czj", "13900000000"
		return errors.Join(tx.SavePerson(ctx, &p), tx.SaveAssignment(ctx, &people.Assignment{ID: at(9), Person: ids[3], Role: "lead", Unit: "fgw", Period: people.Period{From: day(5), To: day(6)}}))
	}))
	for _, tt := range []struct {
		why  string
		f    people.Filter
		want []gov.ID
	}{
		{"by unit", people.Filter{Unit: "czj"}, ids[2:3]},
		{"by name", people.Filter{Name: "甲"}, []gov.ID{ids[0], ids[4]}},
		{"by nothing", people.Filter{}, ids},
		{"by number", people.Filter{Mobile: "13900000000"}, ids[2:3]},
		{"by an old number and unit", people.Filter{Mobile: "13812345678", Unit: "czj"}, nil},
		{"by role", people.Filter{Role: "lead", Day: day(5)}, ids[3:4]},
		{"by role, past its end", people.Filter{Role: "lead", Day: day(6)}, nil},
	} {
		l, err := s.Persons(ctx, tt.f, gov.Page{})
		must(t, err)
		var got []gov.ID
		for _, p := range l.Items {
			got = append(got, p.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.why, diff)
		}
	}
}

func sessions(t *testing.T, s people.Store) {
	ctx := t.Context()
	one, two := person(t, s, 1, "甲", "jia"), person(t, s, 2, "乙", "yi")
	put := func(n byte, p gov.ID, opened int64) people.Session {
		v := people.Session{ID: people.SessionID{n}, Person: p, Whole: n%2 == 0, Epoch: 3, Via: "password", Agent: "火狐", Opened: opened, Seen: opened + 1, Proven: opened + 2, Pending: []byte{1, 2, n}}
		must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.PutSession(ctx, v) }))
		return v
	}
	a, b := put(1, one, 100), put(2, one, 200)
	put(3, two, 150)
	list, err := s.Sessions(ctx, one)
	must(t, err)
	if diff := cmp.Diff([]people.Session{b, a}, list); diff != "" {
		t.Errorf("Sessions (-want +got):\n%s", diff)
	}
	a.Seen, a.Whole, a.Pending = 999, true, nil
	must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.PutSession(ctx, a) }))
	if got, err := s.Session(ctx, a.ID); err != nil || !cmp.Equal(got, a) {
		t.Errorf("replaced: %+v, %v", got, err)
	}
	for range 2 {
		must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.DropSession(ctx, a.ID) }))
	}
	want(t, "a dropped session", second(s.Session(ctx, a.ID)), gov.NotFound)
}

func guards(t *testing.T, s people.Store) {
	ctx := t.Context()
	put := func(g people.Guard) error {
		return s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.PutGuard(ctx, g) })
	}
	first, err := s.Guard(ctx, "login:x")
	must(t, err)
	must(t, put(first.Failed(start)))
	want(t, "counted by someone else meanwhile", put(first.Failed(start)), gov.Unavailable)
	g, err := s.Guard(ctx, "login:x")
	if err != nil || g.Failures != 1 || g.Last != start.UnixMilli() {
		t.Errorf("%+v, %v", g, err)
	}
	stale := g
	must(t, put(g.Failed(start)))
	want(t, "a stale count", put(stale.Failed(start)), gov.Unavailable)
	g, err = s.Guard(ctx, "login:x")
	must(t, err)
	g.Failures = 0
	must(t, put(g))
	if g, err := s.Guard(ctx, "login:x"); err != nil || g != (people.Guard{Bucket: "login:x"}) {
		t.Errorf("emptied: %+v, %v", g, err)
	}
	must(t, put(people.Guard{Bucket: "login:never"})) // empty as it was
	use := func(factor string, step int64) error {
		return s.Update(ctx, func(ctx context.Context, tx people.Tx) error { return tx.UseStep(ctx, factor, step) })
	}
	must(t, use("f", 7))
	want(t, "the same step", use("f", 7), gov.Conflict)
	want(t, "an earlier step", use("f", 6), gov.Conflict)
	must(t, use("f", 8))
	must(t, use("g", 7))
}

func rollback(t *testing.T, s people.Store) {
	ctx, id, broken := t.Context(), at(1), errors.New("broken")
	err := s.Update(ctx, func(ctx context.Context, tx people.Tx) error {
		if err := tx.SavePerson(ctx, &people.Person{ID: id, Name: "甲", Unit: "fgw"}); err != nil {
			return err
		}
		if _, err := tx.Person(ctx, id); err != nil {
			t.Errorf("a transaction does not see its own write: %v", err)
		}
		if err := tx.PutGuard(ctx, people.Guard{Bucket: "b"}.Failed(start)); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("Update = %v", err)
	}
	want(t, "a person rolled back", second(s.Person(ctx, id)), gov.NotFound)
	if g, err := s.Guard(ctx, "b"); err != nil || g.Failures != 0 {
		t.Errorf("a failure rolled back: %+v, %v", g, err)
	}
}

func roundTrips(t *testing.T, s people.Store) {
	ctx := t.Context()
	id := at(1)
	p := people.Person{ID: id, StaffNo: "A-1", Name: "阿卜杜拉·艾合买提", Unit: "fgw", Mobile: "13812345678", Email: "a@example.cn"}
	a := people.Account{Person: id, Login: "a.b", State: people.Active, Password: "$argon2id$", TOTP: bytes.Repeat([]byte{0, 255}, 10), Recovery: []string{"aa", "bb"}, Issuer: "https://i", Subject: "主体", Epoch: 4}
	i := people.Invitation{Digest: "cafe", Person: id, Renew: true, Epoch: 2, Two: true, By: "operator:root", Seconded: "staff:x", Made: 1, Expires: 2, Used: 3}
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error {
		return errors.Join(tx.SavePerson(ctx, &p), tx.SaveAccount(ctx, &a), tx.SaveInvitation(ctx, &i),
			tx.Log(ctx, people.LogLine{ID: at(2), At: 5, Kind: people.LoggedIn, Person: id, Source: "ab", Agent: "火狐"}),
			tx.Log(ctx, people.LogLine{ID: at(3), At: 6, Kind: people.LoginFailed}))
	}))
	if got, err := s.PersonByStaffNo(ctx, "A-1"); err != nil || got != p {
		t.Errorf("person %+v, %v", got, err)
	}
	for what, got := range map[string]func() (*people.Account, error){
		"by person":  func() (*people.Account, error) { return s.Account(ctx, id) },
		"by login":   func() (*people.Account, error) { return s.AccountByLogin(ctx, "a.b") },
		"by subject": func() (*people.Account, error) { return s.AccountBySubject(ctx, "https://i", "主体") },
	} {
		got, err := got()
		must(t, err)
		if diff := cmp.Diff(&a, got); diff != "" {
			t.Errorf("account %s (-want +got):\n%s", what, diff)
		}
	}
	if got, err := s.Invitation(ctx, "cafe"); err != nil || got != i {
		t.Errorf("invitation %+v, %v", got, err)
	}
	a.TOTP, a.Recovery, a.Issuer, a.Subject = nil, nil, "", ""
	must(t, write(t, s, func(ctx context.Context, tx people.Tx) error { return tx.SaveAccount(ctx, &a) }))
	got, err := s.Account(ctx, id)
	must(t, err)
	if diff := cmp.Diff(&a, got); diff != "" {
		t.Errorf("account without factors (-want +got):\n%s", diff)
	}
}
