package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/feeds"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// An address opens with what its person may do now, until they take it back or
// whatever ends their sessions ends it; nothing that is stored opens it.
func TestFeeds(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		ctx := t.Context()
		pack := packtest.Xicheng(t)
		f := feeds.New(feeds.Config{Store: db.People(district, d.keys), Pack: func() *policy.Pack { return pack }, Clock: time.Now, Keys: d.keys})
		_, me, err := d.Authenticate(ctx, d.Token)
		must(t, err)
		closed := func(why, secret string) {
			t.Helper()
			if _, err := f.Open(ctx, secret); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%s: %v", why, err)
			}
		}

		if _, err := f.Made(ctx, me); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("before: %v", err)
		}
		if err := f.Revoke(ctx, me); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("taking back none: %v", err)
		}
		began := time.Now()
		first, err := f.Make(ctx, me)
		must(t, err)
		s, err := f.Open(ctx, first)
		must(t, err)
		if s.Person != d.person || len(s.Held) != 1 || !s.Proven.IsZero() {
			t.Errorf("the address opens as %+v", s)
		}
		if made, err := f.Made(ctx, me); err != nil || made.Before(began.Truncate(time.Second)) || made.After(time.Now()) {
			t.Errorf("made %v, %v", made, err)
		}
		for _, row := range storetest.Rows(t, db, "select digest from feeds") {
			closed("what is stored", row[0])
			if strings.Contains(first, row[0]) {
				t.Errorf("the secret is stored: %s", row[0])
			}
		}
		for why, secret := range map[string]string{"empty": "", "cut": first[:63], "longer": first + "A", "another": first[:63] + "-", "no base64": strings.Repeat("=", 64)} {
			if secret != first {
				closed(why, secret)
			}
		}

		second, err := f.Make(ctx, me)
		must(t, err)
		closed("an older address", first)
		if _, err := f.Open(ctx, second); err != nil {
			t.Errorf("a newer address: %v", err)
		}
		must(t, f.Revoke(ctx, me))
		closed("one taken back", second)

		third, err := f.Make(ctx, me)
		must(t, err)
		must(t, d.EndSessions(ctx, people.Operator("root", time.Now()), d.person))
		closed("after the sessions were ended", third)
		fourth, err := f.Make(ctx, me)
		must(t, err)
		must(t, d.Close(ctx, people.Operator("root", time.Now()), d.person))
		closed("after the account was closed", fourth)
		if _, err := f.Make(ctx, me); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("a closed account makes an address: %v", err)
		}

		old := me
		old.Proven = me.At.Add(-people.ProofLasts - time.Second)
		if _, err := f.Make(ctx, old); !errors.Is(err, people.ErrProof) {
			t.Errorf("without a fresh proof: %v", err)
		}
		for _, by := range []people.Standing{people.Public(time.Now()), people.Operator("root", time.Now())} {
			if _, err := f.Make(ctx, by); gov.CodeOf(err) != gov.Unknown {
				t.Errorf("%s makes an address: %v", by.Kind, err)
			}
		}

		kinds := ""
		for _, row := range storetest.Rows(t, db, "select e.kind from ledger_entries e join ledger_pending p on p.entry = e.id where e.kind like 'account.feed%' order by p.seq") {
			kinds += strings.TrimPrefix(row[0], "account.feed_") + " "
		}
		if kinds != "made made revoked made made " {
			t.Errorf("the ledger tells: %s", kinds)
		}
		storetest.Sound(t, db)
	})
}
