package residents_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/residents"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]residents.Address{
		"138 1234-5678":     zhang,
		"+86 13812345678":   zhang,
		"１３８１２３４５６７８":       zhang,
		" Zhang@Example.cn": mail,
		"zhang＠example.cn":  mail,
	} {
		if got, err := residents.ParseAddress(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "12345", "010-66666666", "zhang@", "@example.cn", "a@b@c", "Zhang <z@example.cn>", "z@example.cn,y@example.cn", "a\r\nBcc: b@example.cn"} {
		if _, err := residents.ParseAddress(text); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := residents.ParseAddress(" "); !strings.Contains(gov.TextOf(err, gov.ZH), "请填写") {
		t.Errorf("nothing typed: %v", err)
	}
}

// All of a draft may be left out; what is given has to be what it says it is.
func TestDrafts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why   string
		draft residents.Draft
		field string
	}{
		{"anonymous", residents.Draft{}, ""},
		{"a name alone", residents.Draft{Name: " 张  先生 "}, ""},
		{"everything", residents.Draft{Name: "张先生", Mobile: "13812345678", Email: "z@example.cn", Channel: residents.SMS, Withheld: true}, ""},
		{"a name that hides", residents.Draft{Name: "张\u202e先生"}, "name"},
		{"a novel", residents.Draft{Name: strings.Repeat("张", 61)}, "name"},
		{"a fixed number", residents.Draft{Mobile: "010-66001234", Channel: residents.None}, ""},
		{"no number", residents.Draft{Mobile: "1381234"}, "mobile"},
		{"text messages to a fixed number", residents.Draft{Mobile: "010-66001234", Channel: residents.SMS}, "mobile"},
		{"no address", residents.Draft{Email: "z"}, "email"},
		{"text messages to nowhere", residents.Draft{Email: "z@example.cn", Channel: residents.SMS}, "mobile"},
		{"mail to nowhere", residents.Draft{Mobile: "13812345678", Channel: residents.Email}, "email"},
		{"pigeons", residents.Draft{Channel: "pigeon"}, "channel"},
	} {
		_, err := c.draft.Normal()
		e, _ := errors.AsType[*gov.Error](err)
		switch {
		case c.field == "" && err != nil, c.field != "" && (e == nil || e.Field != c.field):
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// A contact is one case's, is kept once however often it is sent, and its link is
// its own.
func TestContactOfACase(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id := gov.NewID(r.now)
		draft := residents.Draft{Name: "张先生", Mobile: "138-1234-5678", Channel: residents.SMS}
		const senders = 4
		var all sync.WaitGroup
		var ids [senders]gov.ID
		var secrets [senders]string
		var errs [senders]error
		for i := range senders {
			all.Go(func() {
				var c residents.Contact
				c, secrets[i], errs[i] = r.Open(ctx, id, draft)
				ids[i] = c.ID
			})
		}
		all.Wait()
		for i := range senders {
			check(t, errs[i])
			if ids[i] != ids[0] || secrets[i] != secrets[0] {
				t.Errorf("sent %d times there are several contacts", senders)
			}
		}
		other, otherSecret := r.opened(draft)
		if other.ID == ids[0] || otherSecret == secrets[0] {
			t.Error("two cases have one contact")
		}
		got, err := r.Followed(ctx, secrets[0])
		check(t, err)
		if got.Case != id || got.Name != "张先生" || got.Mobile != zhang.Value || got.MobileShown != 0 {
			t.Errorf("by the link: %+v", got)
		}
		mended, _, err := r.Open(ctx, id, residents.Draft{Name: "张先生", Email: mail.Value})
		check(t, err)
		if mended.ID != ids[0] || mended.Mobile != "" || mended.Email != mail.Value {
			t.Errorf("mended before the case is begun: %+v", mended)
		}
		for _, bad := range []string{"", "x", secrets[0][:31], secrets[0] + "A", strings.Repeat("A", 32)} {
			_, err := r.Followed(ctx, bad)
			wants(t, "a link "+bad, err, gov.NotFound)
		}
	})
}

// A contact that another program tells has no link until one is made for it; kept with
// its case it needs an act to be part of.
func TestUnlinked(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c, err := r.OpenUnlinked(ctx, gov.NewID(r.now), residents.Draft{Name: "张先生", Mobile: "138-1234-5678"})
		check(t, err)
		_, err = r.Link(c)
		wants(t, "a link nobody made", err, gov.NotFound)
		secret, err := r.Renew(ctx, c.ID, false)
		check(t, err)
		if got, err := r.Followed(ctx, secret); err != nil || got.ID != c.ID {
			t.Errorf("by the link that was made: %+v, %v", got, err)
		}
		id := gov.NewID(r.now)
		_, err = r.OpenWith(ctx, id, gov.NewID(r.now), residents.Draft{Name: "张先生"})
		wants(t, "kept with no case", err, gov.Internal)
		_, err = r.store.Contact(ctx, id)
		wants(t, "what was kept with no case", err, gov.NotFound)
	})
}

// A link that was taken back opens nothing, and the new one does.
func TestLinkTakenBack(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c, old := r.opened(residents.Draft{})
		fresh, err := r.Renew(ctx, c.ID, false)
		check(t, err)
		_, err = r.Followed(ctx, old)
		wants(t, "the old link", err, gov.NotFound)
		_, err = r.Followed(ctx, fresh)
		check(t, err)
		_, err = r.Renew(ctx, c.ID, true)
		check(t, err)
		_, err = r.Followed(ctx, fresh)
		wants(t, "a link taken back", err, gov.NotFound)
		c, err = r.store.Contact(ctx, c.ID)
		check(t, err)
		_, err = r.Link(c)
		wants(t, "its secret", err, gov.NotFound)
		again, err := r.Renew(ctx, c.ID, false)
		check(t, err)
		if again == old || again == fresh {
			t.Error("a secret is given twice")
		}
	})
}

// Nothing anybody could read stands in the database: not a name, not a number,
// not a code, not a secret; and what is in the ledger names nobody.
func TestNothingPersonalAtRest(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		_, secret := r.opened(residents.Draft{Name: "欧阳明日", Mobile: zhang.Value, Email: mail.Value, Channel: residents.SMS})
		token, err := r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(1))
		check(t, err)
		code := r.code(zhang)
		signed, err := r.Ask(ctx, mail, gov.ID{}, gov.ZH, phone(1))
		check(t, err)
		in, err := r.Confirm(ctx, signed, r.code(mail))
		check(t, err)
		for _, table := range []string{"contacts", "resident_codes", "resident_sessions", "meters", "dispatches", "ledger_entries", "ledger_salts"} {
			rows := storetest.Rows(t, r.db, "select * from "+table+" where district = '110102'")
			if len(rows) == 0 && table != "ledger_salts" {
				t.Errorf("%s is empty", table)
			}
			for _, row := range rows {
				for _, cell := range row {
					for _, bad := range []string{"欧阳", zhang.Value, "zhang@", token, in.Token, secret, "10.0.1"} {
						if strings.Contains(cell, bad) || bytes.Contains([]byte(cell), []byte(bad)) {
							t.Errorf("%s holds %q in %q", table, bad, cell)
						}
					}
					if cell == code {
						t.Errorf("%s holds a code", table)
					}
				}
			}
		}
		resealtest.Rotate(t, r.db, storetest.District, r.keys, "contacts", "resident_codes", "resident_sessions")
		if _, err := r.Confirm(ctx, token, code); err != nil {
			t.Errorf("a code of before the rotation: %v", err)
		}
		if s, err := r.Authenticate(ctx, in.Token); err != nil || s.Address != mail {
			t.Errorf("a session of before the rotation: %v, %v", s.Address, err)
		}
		if _, err := r.Followed(ctx, secret); err != nil {
			t.Errorf("a link of before the rotation: %v", err)
		}
		seals, err := r.db.Seals(district, r.keys).Check(ctx)
		check(t, err)
		if seals.Values < 3 || seals.Closed != 0 {
			t.Errorf("seals: %+v", seals)
		}
	})
}

// A contact goes when its time has come, a report that was never finished after a
// day; the case stays, and the ledger tells that the contact went.
func TestRetention(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		stray, secret := r.opened(residents.Draft{Name: "张先生", Mobile: zhang.Value}, zhang)
		n, err := r.Sweep(ctx)
		check(t, err)
		if n != 0 {
			t.Fatalf("%d contacts erased at once", n)
		}
		r.now = r.now.Add(25 * time.Hour)
		fresh, _ := r.opened(residents.Draft{Mobile: zhang.Value}, zhang)
		n, err = r.Sweep(ctx)
		check(t, err)
		if n != 1 {
			t.Errorf("%d contacts erased after a day, want the stray one", n)
		}
		got, err := r.store.Contact(ctx, stray.ID)
		check(t, err)
		if got.Name != "" || got.Mobile != "" || got.Erased == 0 || got.MobileShown != 0 || got.Follow != "" {
			t.Errorf("what is left: %+v", got)
		}
		_, err = r.Followed(ctx, secret)
		wants(t, "its link", err, gov.NotFound)
		list, err := r.store.ContactsAt(ctx, zhang, false, gov.Page{})
		check(t, err)
		if len(list.Items) != 1 || list.Items[0].ID != fresh.ID {
			t.Errorf("found by the number: %+v", list.Items)
		}
		kinds := storetest.Rows(t, r.db, "select count(*) from ledger_entries where district = '110102' and kind = 'contact.erased'")
		if kinds[0][0] != "1" {
			t.Errorf("the ledger tells of %s", kinds[0][0])
		}
	})
}
