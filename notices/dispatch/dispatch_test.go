package dispatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/dispatch"
	"quanxiang/residents"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, gov.China)

// desk is a register and an outbox of what it is told.
type desk struct {
	due  []residents.Dispatch
	to   map[gov.ID]residents.Outgoing // what is wanted
	sent []gov.ID
	put  []residents.Dispatch
}

func (d *desk) Compose(_ context.Context, x residents.Dispatch) (residents.Outgoing, bool, error) {
	o, wanted := d.to[x.ID]
	if wanted && o.To.IsZero() {
		return o, false, errors.New("it cannot be written")
	}
	return o, wanted, nil
}

func (d *desk) Sent(_ context.Context, x residents.Dispatch) error {
	d.sent = append(d.sent, x.ID)
	return nil
}

func (d *desk) Due(context.Context, int) ([]residents.Dispatch, error) { return d.due, nil }
func (d *desk) Done(context.Context, gov.ID) error                     { return nil }
func (d *desk) Postpone(_ context.Context, x residents.Dispatch) error {
	d.put = append(d.put, x)
	return nil
}

func (d *desk) add(to residents.Outgoing, expires int64) gov.ID {
	id := gov.NewID(noon)
	d.due = append(d.due, residents.Dispatch{ID: id, Queued: noon.UnixMilli(), Next: noon.UnixMilli(), Expires: expires})
	d.to[id] = to
	return id
}

// wire is a gateway and a mail server that answer by what the number or address
// is.
type wire struct{ got []string }

func (w *wire) Send(_ context.Context, _ gov.ID, to, _ string) error { return w.take(to) }

func (w *wire) take(to string) error {
	switch to {
	case "13900000450":
		return &notices.Refusal{Code: 450}
	case "13900000550":
		return &notices.Refusal{Code: 550}
	case "13900000000", "down@example.cn":
		return gov.Errorf(gov.Unavailable, "不可用", "away")
	}
	w.got = append(w.got, to)
	return nil
}

type mailWire struct{ *wire }

func (w mailWire) Send(_ context.Context, list []notices.Mail, done func(int, error) error) error {
	for n, m := range list {
		if err := w.take(m.To); err != nil {
			return err
		}
		if err := done(n, nil); err != nil {
			return err
		}
	}
	return nil
}

func text(to string) residents.Outgoing {
	return residents.Outgoing{To: residents.Address{Channel: residents.SMS, Value: to}, Body: "x"}
}

// What is refused for now is tried again, sooner where it is soon of no use; what
// is refused for good is given up; what nobody wants, or came too late, goes; a
// gateway that is away keeps the mails from nothing.
func TestSend(t *testing.T) {
	t.Parallel()
	d, w := &desk{to: map[gov.ID]residents.Outgoing{}}, &wire{}
	x := &dispatch.Dispatcher{Register: d, Outbox: d, SMS: w, Mail: mailWire{w}, Clock: func() time.Time { return noon }}
	fine := d.add(text("13900000001"), 0)
	slow := d.add(text("13900000450"), 0)
	quick := d.add(text("13900000450"), noon.Add(10*time.Minute).UnixMilli())
	never := d.add(text("13900000550"), 0)
	late := d.add(text("13900000001"), noon.UnixMilli())
	gone := d.add(text("13900000001"), 0)
	delete(d.to, gone)
	broken := d.add(residents.Outgoing{}, 0)
	away := d.add(text("13900000000"), 0)
	d.add(text("13900000002"), 0) // behind one that found the gateway away
	mailed := d.add(residents.Outgoing{To: residents.Address{Channel: residents.Email, Value: "li@example.cn"}}, 0)
	err := x.Send(t.Context())
	if gov.CodeOf(err) == "" || len(w.got) != 2 || w.got[1] != "li@example.cn" {
		t.Errorf("%v went out, %v", w.got, err)
	}
	want := map[gov.ID]bool{fine: true, late: true, gone: true, mailed: true}
	for _, id := range d.sent {
		if !want[id] {
			t.Errorf("%s counts as sent", id)
		}
		delete(want, id)
	}
	if len(want) > 0 {
		t.Errorf("%d do not count as sent", len(want))
	}
	next := map[gov.ID]int64{}
	for _, p := range d.put {
		next[p.ID] = p.Next
		if p.Attempts != 1 {
			t.Errorf("%s: %d attempts", p.ID, p.Attempts)
		}
	}
	for id, after := range map[gov.ID]time.Duration{slow: 2 * time.Minute, quick: 15 * time.Second, broken: 2 * time.Minute} {
		if next[id] != noon.Add(after).UnixMilli() {
			t.Errorf("tried again after %s, want %s", time.UnixMilli(next[id]).Sub(noon), after)
		}
	}
	if n, ok := next[never]; !ok || n != 0 {
		t.Error("what is refused for good is not given up")
	}
	if _, ok := next[away]; ok {
		t.Error("a gateway that is away costs an attempt")
	}
}

// The shelf keeps what invented people are sent, and nothing of anybody real.
func TestShelf(t *testing.T) {
	t.Parallel()
	s := &dispatch.Shelf{Clock: func() time.Time { return noon }}
	if err := s.Send(t.Context(), gov.NewID(noon), "13812345678", "x"); err == nil {
		t.Error("a real number is taken")
	}
	for range 60 {
		if err := s.Send(t.Context(), gov.NewID(noon), "15400000001", "验证码 123456"); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Mail().Send(t.Context(), []notices.Mail{{To: "li@example.cn", Subject: "s"}, {To: "li@qq.com"}}, func(n int, refused error) error {
		if (n == 0) != (refused == nil) {
			t.Errorf("mail %d: %v", n, refused)
		}
		return nil
	})
	if list := s.Kept(); err != nil || len(list) != 50 || list[0].Subject != "s" || list[1].To.Value != "15400000001" {
		t.Errorf("%d on the shelf, %v", len(list), err)
	}
}
