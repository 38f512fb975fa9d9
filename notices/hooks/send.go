package hooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"quanxiang/gov"
)

// pauses are those between attempts, the schedule Standard Webhooks 1.0
// proposes. Each is varied by up to a tenth, so that what failed together is not
// tried together.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	// FailsFor is how long a subscription may fail before it is stopped.
	FailsFor = 5 * 24 * time.Hour

	eachRound = 20               // deliveries to one subscription in one go
	atOnce    = 4                // subscriptions served side by side
	roundTime = 45 * time.Second // after which no delivery is begun; within the lease of a job
	kept      = 90 * 24 * time.Hour
)

// Send sends what is due. To one subscription deliveries go one after the other,
// in the order of their events; one the other side refuses does not hold up the
// next, no answer ends the round.
func (x *Hooks) Send(ctx context.Context) error {
	due, err := x.Store.Due(ctx, eachRound)
	if err != nil || len(due) == 0 {
		return err
	}
	byHook := map[gov.ID][]Delivery{}
	for _, d := range due {
		byHook[d.Hook] = append(byHook[d.Hook], d)
	}
	began := x.Clock()
	var (
		wait   sync.WaitGroup
		places = make(chan struct{}, atOnce)
		mu     sync.Mutex // guards failed
		failed []error
	)
	for id, list := range byHook {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			if err := x.sendTo(ctx, id, list, began); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

// sendTo sends deliveries to one subscription.
func (x *Hooks) sendTo(ctx context.Context, id gov.ID, list []Delivery, began time.Time) error {
	h, err := x.Store.Hook(ctx, id)
	if err != nil {
		return err
	}
	for _, d := range list {
		if ctx.Err() != nil || x.Clock().Sub(began) > roundTime {
			return ctx.Err()
		}
		status, err := x.post(ctx, h, d)
		if ctx.Err() != nil {
			return ctx.Err() // the process stops: that says nothing about the other side
		}
		if errors.Is(err, errUnsigned) {
			return err
		}
		// What the other side took must be dropped though the process is stopping.
		keep := context.WithoutCancel(ctx)
		if err == nil && status/100 == 2 {
			if err := x.Store.Sent(keep, d); err != nil {
				return err
			}
			continue
		}
		d.Answer = status
		stopped, failed := x.failed(keep, h, d)
		if failed != nil {
			return failed
		}
		if err != nil || stopped {
			return nil // nobody is there: the rest would fare no better
		}
	}
	return nil
}

var errUnsigned = errors.New("a delivery cannot be signed")

// post makes one attempt.
func (x *Hooks) post(ctx context.Context, h Hook, d Delivery) (int, error) {
	now := x.Clock()
	id := "msg_" + d.ID.String()
	signature, err := Sign(h.signing(now), id, now, d.Body)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnsigned, err)
	}
	return x.Poster.Post(ctx, h.URL, map[string]string{
		"webhook-id": id, "webhook-timestamp": fmt.Sprint(now.Unix()), "webhook-signature": signature, "content-type": "application/json; charset=utf-8",
	}, d.Body)
}

// failed puts a delivery off, or gives it up, and stops a subscription nobody
// answers.
func (x *Hooks) failed(ctx context.Context, h Hook, d Delivery) (stopped bool, err error) {
	now := x.Clock()
	d.Attempts++
	d.Next = 0
	if d.Attempts <= len(pauses) && d.Answer != http.StatusGone {
		pause := pauses[d.Attempts-1]
		d.Next = now.Add(pause + time.Duration((x.Jitter()-0.5)/5*float64(pause))).UnixMilli()
	}
	if err := x.Store.Failed(ctx, d); err != nil {
		return false, err
	}
	health, err := x.Store.Health(ctx)
	if err != nil {
		return false, err
	}
	since := health[h.ID].Failing
	switch {
	case d.Answer == http.StatusGone:
		h.Stopped = StoppedGone
	case since != 0 && now.Sub(time.UnixMilli(since)) >= FailsFor:
		h.Stopped = StoppedFailing
	default:
		return false, nil
	}
	h.Active = false
	err = x.Store.Save(ctx, &h, "hooks.stopped", gov.Actor{Kind: gov.SystemActor, Name: "hooks"})
	if gov.CodeOf(err) == gov.Conflict {
		return true, nil // an administrator has just changed it: let that be tried first
	}
	if err != nil {
		return false, err
	}
	x.Stopped(ctx, h)
	return true, nil
}

// Sweep deletes what was given up, or waits for a subscription that is not
// active, for long.
func (x *Hooks) Sweep(ctx context.Context) error { return x.Store.Sweep(ctx, kept) }
