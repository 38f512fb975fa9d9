package residents_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/residents"
)

// A code proves an address to whoever asked for it, once and for ten minutes.
func TestCodeProves(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		c, _ := r.opened(residents.Draft{Mobile: zhang.Value, Channel: residents.SMS})
		token, err := r.Ask(ctx, zhang, c.ID, gov.ZH, phone(1))
		check(t, err)
		code := r.code(zhang)
		_, err = r.Confirm(ctx, "somebody else's", code)
		wants(t, "another browser", err, gov.Invalid)
		in, err := r.Confirm(ctx, token, " "+code[:3]+" "+code[3:])
		check(t, err)
		_, err = r.Confirm(ctx, token, code)
		wants(t, "used again", err, gov.Invalid)
		got, err := r.store.Contact(ctx, c.ID)
		check(t, err)
		if got.MobileShown != r.now.UnixMilli() || !got.Shown(zhang) {
			t.Errorf("not proven: %+v", got)
		}
		s, err := r.Authenticate(ctx, in.Token)
		check(t, err)
		if s.Address != zhang {
			t.Errorf("signed in as %v", s.Address)
		}

		late, err := r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(1))
		check(t, err)
		code = r.code(zhang)
		r.now = r.now.Add(residents.CodeLasts)
		_, err = r.Confirm(ctx, late, code)
		wants(t, "after ten minutes", err, gov.Invalid)
	})
}

// The sixth try finds nothing, be it right; nor do many at once find more.
func TestFewTries(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		token, err := r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(1))
		check(t, err)
		code := r.code(zhang)
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		var all sync.WaitGroup
		var odd atomic.Int32
		for range 12 {
			all.Go(func() {
				if _, err := r.Confirm(ctx, token, wrong); gov.CodeOf(err) != gov.Invalid && gov.CodeOf(err) != gov.Conflict {
					odd.Add(1)
				}
			})
		}
		all.Wait()
		for range 5 { // those that lost the race counted for nothing
			_, err := r.Confirm(ctx, token, wrong)
			wants(t, "a wrong one", err, gov.Invalid)
		}
		if odd.Load() > 0 {
			t.Errorf("%d tries got another answer", odd.Load())
		}
		_, err = r.Confirm(ctx, token, code)
		wants(t, "the right one after five wrong ones", err, gov.Invalid)

		wants(t, "another at once", r.Resend(ctx, token, phone(1)), gov.Forbidden)
		r.now = r.now.Add(residents.ResendAfter)
		check(t, r.Resend(ctx, token, phone(1)))
		_, err = r.Confirm(ctx, token, code)
		wants(t, "the first after another was sent", err, gov.Invalid)
		list, err := r.store.Due(ctx, 10)
		check(t, err)
		c, err := r.store.Challenge(ctx, list[0].Target)
		check(t, err)
		_, err = r.Confirm(ctx, token, c.Code)
		check(t, err)
	})
}

// Nobody finds out by asking whether there are reports from a number, or whether
// somebody else asked: the answers are the same, and there is nothing to guess at
// where nothing was sent.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.opened(residents.Draft{Mobile: zhang.Value}, zhang)
		for n := range byte(9) { // each from elsewhere
			token, err := r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(n))
			if err != nil || token == "" {
				t.Fatalf("request %d: %v", n, err)
			}
		}
		if n := r.sent(); n != 5 {
			t.Errorf("%d codes are sent to a number in an hour, want 5", n)
		}
		token, err := r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(20))
		check(t, err)
		_, err = r.Confirm(ctx, token, "")
		wants(t, "no code for no code", err, gov.Invalid)
		// Asking on did not make the owner's wait longer.
		r.now = r.now.Add(2 * time.Hour)
		before := r.sent()
		_, err = r.Ask(ctx, zhang, gov.ID{}, gov.ZH, phone(30))
		check(t, err)
		if r.sent() != before+1 {
			t.Error("the owner of a number others asked for gets no code two hours later")
		}
	})
}

// Whoever asks for too many is told, and how long to wait; what was refused is not
// counted, and the limits of one are not those of another.
func TestLimitsOfAsking(t *testing.T) {
	t.Parallel()
	run(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		ask := func(n int, v residents.Visitor) error {
			_, err := r.Ask(ctx, residents.Address{Channel: residents.SMS, Value: fmt.Sprintf("1390000%04d", n)}, gov.ID{}, gov.ZH, v)
			return err
		}
		one := phone(1)
		for n := range 10 {
			check(t, ask(n, one))
		}
		for range 20 {
			wants(t, "the eleventh of a browser", ask(99, one), gov.Unavailable)
		}
		check(t, ask(100, phone(2)))
		block := residents.Visitor{Source: one.Source}
		for n := range 50 {
			check(t, ask(200+n, block))
		}
		wants(t, "the sixty-first of a part of the network", ask(300, block), gov.Unavailable)
		near := block
		near.Source = near.Source.Next()
		wants(t, "its neighbour", ask(301, near), gov.Unavailable)
		r.now = r.now.Add(2 * time.Hour)
		check(t, ask(302, one))
		check(t, r.store.Sweep(ctx))
		check(t, ask(303, one))
	})
}

// A demonstration sends nothing to anybody's real number.
func TestInvented(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"15400001234": true, "13812345678": false, "li@example.cn": true, "li@a.example": true, "li@mail.example.com": true,
		"li@example.cn.evil.com": false, "li@notexample.cn": false, "li@qq.com": false,
	} {
		a, err := residents.ParseAddress(text)
		check(t, err)
		if got := residents.Invented(a) == nil; got != fine {
			t.Errorf("%s: %t", text, got)
		}
	}
}
