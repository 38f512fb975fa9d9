package store_test

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/passwords"
	"quanxiang/people/peopletest"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

func TestPeopleContract(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			peopletest.Run(t, func(t *testing.T) people.Store {
				return storetest.Open(t, storetest.DSN(t, e), nil).People(district, privacy.NewKeyring())
			})
		})
	}
}

const goodPassword = "seven willows by the lake"

// door is an office on a database with one person who has logged in.
type door struct {
	*people.Office
	db     *store.DB
	keys   *privacy.Keyring
	person gov.ID
	people.Opened
}

func newDoor(t *testing.T, db *store.DB) *door {
	t.Helper()
	pack := packtest.Xicheng(t)
	d := &door{db: db, keys: privacy.NewKeyring()}
	d.Office = people.New(people.Config{
		Store: db.People(district, d.keys), Pack: func() *policy.Pack { return pack }, Clock: time.Now,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: d.keys, Name: "西城",
	})
	ctx, root := t.Context(), people.Operator("root", time.Now())
	var err error
	d.person, err = d.Save(ctx, root, people.Person{Name: "李小明", StaffNo: "A1", Unit: "fgw", Mobile: "13812345678", Email: "li.ming@example.cn"})
	must(t, err)
	_, err = d.Assign(ctx, root, people.Assignment{Person: d.person, Role: "clerk", Unit: "fgw", Period: people.Period{From: gov.DateOf(time.Now())}})
	must(t, err)
	link, err := d.Invite(ctx, root, d.person, "li.ming", false)
	must(t, err)
	half, err := d.Accept(ctx, link, goodPassword, people.Visitor{Source: "10.0.0.1", Agent: "火狐"})
	must(t, err)
	e, err := d.BeginEnrolment(ctx, half.Token)
	must(t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	must(t, err)
	d.Opened, _, err = d.ConfirmEnrolment(ctx, half.Token, people.TOTP(secret, time.Now()), people.Visitor{})
	must(t, err)
	return d
}

// The whole door on a database: what is decided is stored, what is stored is in
// the ledger, and neither shows anything personal.
func TestPeopleOnTheLedger(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		ctx := t.Context()
		_, s, err := d.Authenticate(ctx, d.Token)
		must(t, err)
		if len(s.Held) != 1 || s.Name != "李小明" {
			t.Errorf("standing %+v", s)
		}
		_, err = d.Contact(ctx, s, d.person, "")
		must(t, err)
		must(t, d.Look(ctx, s, people.Look{Act: policy.SeeContact, Target: people.Object{Units: []string{"fgw"}}, Object: "case:1", Field: "contact", Reason: "回访群众"}))
		must(t, storetest.Sequencer(t, db).Sequence(ctx))
		sum := storetest.Sound(t, db)
		if sum.Rows < 4 {
			t.Errorf("only %d rows verified", sum.Rows)
		}
		for _, table := range store.Tables() {
			if len(table.Columns) == 0 {
				continue
			}
			for _, row := range storetest.Rows(t, db, strings.ReplaceAll(table.SelectAll(), "$1", "'"+string(district)+"'")) {
				text := strings.Join(row, "|")
				for _, secret := range []string{"李小明", "13812345678", "li.ming@", goodPassword, "回访群众", "10.0.0.1",
					hex.EncodeToString([]byte("李小明")), base64.StdEncoding.EncodeToString([]byte("李小明"))} {
					if strings.Contains(text, secret) {
						t.Errorf("%s shows %q: %s", table.Name, secret, text)
					}
				}
			}
		}
	})
}

// Whoever changes a row with SQL to get in is named by the verification.
func TestPeopleTampering(t *testing.T) {
	t.Parallel()
	for why, tt := range map[string]struct{ statement, table string }{
		"another password":   {`update accounts set password = 'x'`, "accounts"},
		"another role":       {`update assignments set role = 'administrator'`, "assignments"},
		"a second chance":    {`update invitations set used = 0`, "invitations"},
		"an account removed": {`delete from accounts`, "accounts"},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T, db *store.DB) {
				newDoor(t, db)
				must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
				storetest.Exec(t, db, tt.statement)
				_, found := storetest.Verify(t, db)
				if len(found) != 1 || !strings.Contains(found[0].Text.EN, "table "+tt.table+" ") {
					t.Errorf("found %v, want one in %s", found, tt.table)
				}
			})
		})
	}
}

// A sealed value put into another row does not open there.
func TestSealedValuesStayInTheirRow(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		other, err := d.Save(t.Context(), people.Operator("root", time.Now()), people.Person{Name: "王芳", Unit: "fgw"})
		must(t, err)
		storetest.Exec(t, db, fmt.Sprintf(`update persons set mobile = (select p.mobile from persons p where p.id = '%s') where id = '%s'`, d.person, other))
		p, err := db.People(district, d.keys).Person(t.Context(), other)
		if gov.CodeOf(err) != gov.Internal || p.Mobile != "" {
			t.Errorf("another person's number: %+v, %v", p, err)
		}
	})
}

// Whether the keys are the right ones is told without showing what they open.
func TestCheckSeals(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		_, seal, _ := strings.Cut(d.keys.Text(), "\n")
		index, _, _ := strings.Cut(privacy.NewKeyring().Text(), "\n")
		otherIndex, err := privacy.ParseKeyring(index + "\n" + seal)
		must(t, err)
		for why, tt := range map[string]struct {
			keys   *privacy.Keyring
			closed int
		}{
			"the keys":          {d.keys, 0},
			"a newer key too":   {d.keys.Rotate(), 0},
			"other keys":        {privacy.NewKeyring(), 4},
			"another index key": {otherIndex, 2},
		} {
			got, err := db.Seals(district, tt.keys).Check(t.Context())
			if err != nil || got.Values != 4 || got.Closed != tt.closed || (got.First != nil) != (tt.closed > 0) {
				t.Errorf("%s: %+v, %v; want 4 values, %d closed", why, got, err, tt.closed)
			}
		}
	})
}

func TestSweep(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			now := time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China)
			db := storetest.Open(t, storetest.DSN(t, e), func() time.Time { return now })
			s := db.People(district, privacy.NewKeyring())
			must(t, s.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
				for i, age := range []time.Duration{time.Minute, 200 * 24 * time.Hour} {
					at := now.Add(-age)
					must(t, tx.PutSession(ctx, people.Session{ID: people.SessionID{byte(i)}, Opened: at.UnixMilli()}))
					must(t, tx.PutGuard(ctx, people.Guard{Bucket: fmt.Sprint(i)}.Failed(at)))
					must(t, tx.UseStep(ctx, fmt.Sprint(i), people.Step(at)))
					must(t, tx.Log(ctx, people.LogLine{ID: gov.NewID(at), At: at.UnixMilli(), Kind: people.LoggedIn}))
				}
				return nil
			}))
			must(t, s.Sweep(t.Context(), 180*24*time.Hour))
			for _, table := range []string{"sessions", "guards", "used_steps", "security_log"} {
				if n := storetest.Rows(t, db, "select count(*) from "+table)[0][0]; n != "1" {
					t.Errorf("%s has %s rows, want the young one", table, n)
				}
			}
		})
	}
}

// Asked about all of the staff at once, the store knows of each what it knows
// when asked about them alone, names aside.
func TestStaffIsEverybody(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, s := t.Context(), db.People(district, privacy.NewKeyring())
		day := func(d int) gov.Date { return gov.Date{Year: 2016, Month: 9, Day: d} }
		var all []gov.ID
		for i := range 4 {
			all = append(all, gov.NewID(time.UnixMilli(int64(i)*1000)))
		}
		must(t, s.Update(ctx, func(ctx context.Context, tx people.Tx) error {
			for i, id := range all {
				must(t, tx.SavePerson(ctx, &people.Person{ID: id, Name: "某人", Unit: "fgw"}))
				if i < 3 { // the last has no account
					must(t, tx.SaveAccount(ctx, &people.Account{Person: id, Login: fmt.Sprint("login", i), State: []people.AccountState{people.Active, people.Invited, people.Closed}[i]}))
				}
				must(t, tx.SaveAssignment(ctx, &people.Assignment{ID: gov.NewID(time.Now()), Person: id, Role: "clerk", Unit: "fgw", Period: people.Period{From: day(1)}}))
			}
			beat := people.Assignment{ID: gov.NewID(time.Now()), Person: all[0], Role: "supervisor", Unit: "jd-yuetan", Area: "110102007901", Period: people.Period{From: day(1)}}
			must(t, tx.SaveAssignment(ctx, &beat))
			if got, err := tx.Assignment(ctx, beat.ID); err != nil || got != beat {
				t.Errorf("%+v came back as %+v, %v", beat, got, err)
			}
			beat.Period.To = day(9)
			must(t, tx.SaveAssignment(ctx, &beat)) // ended, for the same area
			must(t, tx.SaveAbsence(ctx, &people.Absence{ID: gov.NewID(time.Now()), Person: all[1], Deputy: all[0], Period: people.Period{From: day(2), To: day(5)}}))
			return tx.Record(ctx, gov.Actor{Kind: gov.SystemActor, Name: "test"}, people.Event{ID: gov.NewID(time.Now()), Kind: "people.tested", Object: "person:test"})
		}))
		staff, err := s.Staff(ctx)
		must(t, err)
		if len(staff) != 2 || staff[0].Person.ID != all[0] || staff[1].Person.ID != all[1] {
			t.Fatalf("the staff are %+v", staff)
		}
		for _, h := range staff {
			alone, err := s.Holdings(ctx, h.Person.ID)
			must(t, err)
			if h.Account.State != alone.Account.State || len(h.Covers) != len(alone.Covers) {
				t.Errorf("together %+v, alone %+v", h, alone)
			}
			for i := range alone.Covers {
				alone.Covers[i].Name = ""
			}
			if d := cmp.Diff([]any{alone.Assignments, alone.Absences, alone.Covers}, []any{h.Assignments, h.Absences, h.Covers}); d != "" {
				t.Errorf("alone - and together +:\n%s", d)
			}
		}
	})
}
