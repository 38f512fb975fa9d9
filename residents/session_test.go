package residents_test

import (
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/residents"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
)

// signIn signs in with an address.
func (r *room) signIn(a residents.Address) residents.Opened {
	r.t.Helper()
	token, err := r.Ask(r.t.Context(), a, gov.ID{}, gov.ZH, phone(9))
	check(r.t, err)
	o, err := r.Confirm(r.t.Context(), token, r.code(a))
	check(r.t, err)
	return o
}

// Whoever signs in finds what they proved to be theirs, not what somebody typed
// their number into; and it all goes when they say so.
func TestMine(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		first, _ := r.opened(residents.Draft{Mobile: zhang.Value}, zhang)
		typed, secret := r.opened(residents.Draft{Mobile: zhang.Value})
		mailed, _ := r.opened(residents.Draft{Email: mail.Value}, mail)
		second, _ := r.opened(residents.Draft{Mobile: zhang.Value, Email: mail.Value}, zhang)
		r.now = r.now.Add(time.Second)
		in := r.signIn(zhang)
		resealtest.Rotate(t, r.db, storetest.District, r.keys, "contacts", "resident_sessions")
		list, err := r.Mine(ctx, in.Session, gov.Page{Limit: 1})
		check(t, err)
		rest, err := r.Mine(ctx, in.Session, gov.Page{After: list.Next})
		check(t, err)
		if len(list.Items) != 1 || len(rest.Items) != 1 || list.Items[0].ID != second.ID || rest.Items[0].ID != first.ID {
			t.Errorf("mine: %v, %v", list.Items, rest.Items)
		}
		_, err = r.Owns(ctx, in.Session, first.Case)
		check(t, err)
		for _, c := range []residents.Contact{typed, mailed} {
			_, err = r.Owns(ctx, in.Session, c.Case)
			wants(t, "a case that is not theirs", err, gov.NotFound)
		}
		again := r.signIn(zhang)
		n, err := r.Forget(ctx, in.Session)
		check(t, err)
		if n != 2 {
			t.Errorf("%d contacts erased, want 2", n)
		}
		for _, o := range []residents.Opened{in, again} {
			_, err = r.Authenticate(ctx, o.Token)
			wants(t, "a session after that", err, gov.Unknown)
		}
		if _, err := r.Followed(ctx, secret); err != nil {
			t.Errorf("what was not theirs went too: %v", err)
		}
		got, err := r.store.Contact(ctx, second.ID)
		check(t, err)
		if got.Email != "" || got.Erased == 0 {
			t.Errorf("what is left: %+v", got)
		}
	})
}

func TestSessionsOfResidentsEnd(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		in := r.signIn(zhang)
		for range 11 {
			r.now = r.now.Add(residents.IdleLimit - time.Minute)
			_, err := r.Authenticate(ctx, in.Token)
			check(t, err)
		}
		r.now = noon.Add(residents.AbsoluteLimit)
		_, err := r.Authenticate(ctx, in.Token)
		wants(t, "after half a day", err, gov.Unknown)
		in = r.signIn(zhang)
		r.now = r.now.Add(residents.IdleLimit)
		_, err = r.Authenticate(ctx, in.Token)
		wants(t, "after an idle hour", err, gov.Unknown)
		in = r.signIn(zhang)
		check(t, r.SignOut(ctx, in.Token))
		_, err = r.Authenticate(ctx, in.Token)
		wants(t, "after signing out", err, gov.Unknown)
		check(t, r.SignOut(ctx, "no token"))
	})
}
