// Package dispatch sends residents what they are to be sent: codes, news of their
// cases, and what they subscribed to. What and to whom, package residents knows; a mail goes the way of
// all mails, a text message through the gateway of a provider.
package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/sms"
	"quanxiang/residents"
)

const (
	batch      = 20               // in one go; with the distance of the goes it bounds the rate
	firstPause = 2 * time.Minute  // after an attempt that did not succeed
	hurried    = 15 * time.Second // the same of what is of no use soon
)

// Register is what dispatches are about.
type Register interface {
	// Compose writes what a dispatch sends. It is not wanted any more when its
	// address is gone.
	Compose(ctx context.Context, d residents.Dispatch) (o residents.Outgoing, wanted bool, err error)
	// Sent notes that it was sent, or that nobody wants it.
	Sent(ctx context.Context, d residents.Dispatch) error
}

// Dispatcher sends what waits.
type Dispatcher struct {
	Register Register
	Outbox   residents.Outbox
	Mail     notices.Sender // nil: no mail is sent
	SMS      sms.Sender     // nil: no text message is sent
	From     gov.Text       // the name beside the sender's address of mails
	Clock    gov.Clock
}

// errNoWay is about a message for which nothing is configured that could carry it.
var errNoWay = &notices.Refusal{Code: 450}

// Send sends a batch of what is due. What is refused for now is tried again
// later, what is refused for good is given up; a server that cannot be reached is
// an error and costs no attempt of the rest.
func (x *Dispatcher) Send(ctx context.Context) error {
	due, err := x.Outbox.Due(ctx, batch)
	if err != nil {
		return err
	}
	var failed []error
	away := map[residents.Channel]bool{} // those that cannot be used just now
	for _, d := range due {
		o, wanted, err := x.Register.Compose(ctx, d)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("write dispatch %s: %w", d.ID, err), x.Outbox.Postpone(ctx, x.later(d, 0)))
			continue
		case !wanted || d.Expires != 0 && d.Expires <= x.Clock().UnixMilli():
			failed = append(failed, x.Register.Sent(ctx, d))
			continue
		case away[o.To.Channel]:
			continue
		}
		err = x.hand(ctx, d, o)
		refusal, refused := errors.AsType[*notices.Refusal](err)
		switch {
		case err == nil:
			failed = append(failed, x.Register.Sent(context.WithoutCancel(ctx), d))
		case refused:
			d = x.later(d, refusal.Code)
			if refusal.Permanent() {
				d.Next = 0
			}
			failed = append(failed, x.Outbox.Postpone(ctx, d))
		default:
			away[o.To.Channel] = true
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// hand hands one message over.
func (x *Dispatcher) hand(ctx context.Context, d residents.Dispatch, o residents.Outgoing) error {
	switch {
	case o.To.Channel == residents.SMS && x.SMS != nil:
		return x.SMS.Send(ctx, d.ID, o.To.Value, o.Body)
	case o.To.Channel == residents.Email && x.Mail != nil:
		var refused error
		m := notices.Mail{ID: d.ID, To: o.To.Value, From: x.From.In(o.Lang), Subject: o.Subject, Body: o.Body, Lang: o.Lang, At: x.Clock(), Stop: o.Stop}
		err := x.Mail.Send(ctx, []notices.Mail{m}, func(_ int, r error) error { refused = r; return nil })
		if err != nil {
			return err
		}
		return refused
	}
	return errNoWay
}

// later is a dispatch after an attempt that did not succeed.
func (x *Dispatcher) later(d residents.Dispatch, answer int) residents.Dispatch {
	first := firstPause
	if d.Expires != 0 {
		first = hurried
	}
	d.Attempts++
	d.Answer, d.Next = answer, notices.NextTry(x.Clock(), first, d.Attempts)
	return d
}
