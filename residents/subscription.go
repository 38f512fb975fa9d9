package residents

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"slices"
	"time"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
)

// Subscription is somebody's wish to be told by mail what becomes of a public case,
// or which cases become public at a place. Before its address was proven it is
// sent one mail, which asks whether it is wanted, and nothing else.
type Subscription struct {
	ID        gov.ID
	Email     string // "" once it ended
	Lang      gov.Lang
	Subject   Subject
	Daily     bool  // one mail a day, else one an hour at most
	Made      int64 // Unix ms
	Confirmed int64 // 0 for not yet
	Ended     int64 // 0 while it lasts; the row is then empty but for the instants
	Revision  int
}

// Subject is what a subscription is about: a case, an area or the ground around a
// point. Of a place it is about the cases of a procedure, of one heading if Kind
// names it.
type Subject struct {
	Case      gov.ID // zero of a place
	Procedure string
	Area      string // code
	At        geo.Point
	Within    int    // metres around At; 0 of an area
	Kind      string // heading of the class, "" for all
}

// The least and the most metres around a point that can be subscribed to. The most
// is less than a side of the tiles by which subscriptions are found.
const (
	LeastWithin = 50
	MostWithin  = 1000
	topicZoom   = 14
)

// Normal is a subject as it is kept. It returns an Invalid error for what is none.
func (s Subject) Normal() (Subject, error) {
	bad := gov.Errorf(gov.Invalid, "请选择要订阅的案件或地方", "choose a case or a place to follow")
	switch {
	case !s.Case.IsZero():
		return Subject{Case: s.Case}, nil
	case s.Procedure == "":
		return s, bad
	case s.Area != "":
		s.At, s.Within = geo.Point{}, 0
		return s, nil
	case s.Within < LeastWithin || s.Within > MostWithin:
		return s, bad
	}
	at, err := geo.ParsePoint(s.At.String()) // as precise as it is kept
	s.At = at
	return s, err
}

// Topic is the key under which a subject is looked for when something happens.
func (s Subject) Topic() string {
	switch {
	case !s.Case.IsZero():
		return "case:" + s.Case.String()
	case s.Area != "":
		return "area:" + s.Area
	case s.Within > 0:
		return "tile:" + geo.TileAt(s.At, topicZoom).String()
	}
	return ""
}

// Happening is what became public of a case.
type Happening struct {
	Case      gov.ID
	Procedure string
	Kind      string     // heading of its class
	Areas     []string   // in which it lies
	At        *geo.Point // nil where nobody may know
	New       bool       // the case became public by it
	Steps     []int64    // numbers of its events
}

// topics are the keys under which subscriptions to a happening are kept.
func (h Happening) topics() []string {
	list := []string{Subject{Case: h.Case}.Topic()}
	if !h.New {
		return list
	}
	for _, code := range h.Areas {
		list = append(list, Subject{Area: code}.Topic())
	}
	if h.At == nil {
		return list
	}
	around := geo.Around(*h.At, 1.01*MostWithin) // it is right to half a per cent
	for _, lat := range []float64{around.South, h.At.Lat, around.North} {
		for _, lon := range []float64{around.West, h.At.Lon, around.East} {
			topic := Subject{At: geo.Point{Lat: lat, Lon: lon}, Within: MostWithin}.Topic()
			if !slices.Contains(list, topic) {
				list = append(list, topic)
			}
		}
	}
	return list
}

// meets reports that a subject is about a happening.
func (s Subject) meets(h Happening) bool {
	if !s.Case.IsZero() {
		return s.Case == h.Case
	}
	return h.New && s.Procedure == h.Procedure && (s.Kind == "" || s.Kind == h.Kind) &&
		(slices.Contains(h.Areas, s.Area) || s.Within > 0 && h.At != nil && s.At.Distance(*h.At) <= float64(s.Within))
}

// Bounds of subscriptions.
const (
	ConfirmWithin     = 48 * time.Hour // what is not confirmed by then is erased
	mostSubscriptions = 50             // of one address
	restBetween       = time.Hour      // two mails of one subscription
	dailyHour         = 8              // when daily mails are sent
	keepAfterEnd      = 30             // days a subscription lasts after its case ended
)

// SubscriptionsPath is where the links of mails lead. A token comes after it, or
// after "confirm/" or "stop/".
const SubscriptionsPath = "/subscriptions/"

// What the token of a subscription is good for.
const (
	toConfirm = "confirm"
	toManage  = "manage"
)

const subscriptionLen = len(gov.ID{}) + 16

// subscriptionToken is what stands in mails. Only this installation can make it:
// nothing that is stored opens a subscription.
func (g *Register) subscriptionToken(purpose string, id gov.ID) string {
	return base64.RawURLEncoding.EncodeToString(append(slices.Clone(id[:]), sum(g.keys.subscriptions, purpose, id.String())[:16]...))
}

// errSubscription is the one answer to a link that is good for nothing.
var errSubscription = gov.Errorf(gov.NotFound, "这个订阅链接无效，或订阅已结束", "this link is not valid, or what it was about has ended")

func (g *Register) readSubscription(purpose, token string) (id gov.ID, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != subscriptionLen {
		return id, errSubscription
	}
	copy(id[:], b)
	if !hmac.Equal(b[len(id):], sum(g.keys.subscriptions, purpose, id.String())[:16]) {
		return gov.ID{}, errSubscription
	}
	return id, nil
}

// ManageToken is the token of the page that lists what the address of a
// subscription is told.
func (g *Register) ManageToken(id gov.ID) string { return g.subscriptionToken(toManage, id) }

func (s Subscription) object() string { return "subscription:" + s.ID.String() }

func (g *Register) subscriptionEvent(kind string, s Subscription, facts map[string]string) people.Event {
	return people.Event{ID: gov.NewID(g.Clock()), Kind: "subscription." + kind, Object: s.object(), Facts: facts}
}

// Subscribe keeps a subscription and has a mail sent that asks whether it is
// wanted. The answer is the same for every address: where one has had its share of
// mails, follows the same already, or follows too much, nothing is sent and nothing
// changes. Whoever signed in with the address needs no mail. It returns Unavailable
// as Ask does.
func (g *Register) Subscribe(ctx context.Context, subject Subject, email string, daily bool, lang gov.Lang, v Visitor, signedIn Address) error {
	subject, err := subject.Normal()
	if err != nil {
		return err
	}
	to := Address{Channel: Email}
	if to.Value, err = parseEmail(email); err != nil {
		return on(err, "email")
	}
	if g.Refuse != nil {
		if err := g.Refuse(to); err != nil {
			return on(err, "email")
		}
	}
	proven := signedIn == to
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		if err := g.countAsking(ctx, tx, v); err != nil {
			return err
		}
		there, err := tx.SubscriptionsAt(ctx, to.Value)
		if err != nil {
			return err
		}
		now := g.Clock()
		s := Subscription{ID: gov.NewID(now), Email: to.Value, Lang: lang, Subject: subject, Daily: daily, Made: now.UnixMilli()}
		if i := slices.IndexFunc(there, func(x Subscription) bool { return x.Subject == subject }); i >= 0 {
			if s = there[i]; s.Confirmed != 0 {
				return nil
			}
		} else if len(there) >= mostSubscriptions {
			return nil
		}
		if !proven {
			if room, err := g.countAddress(ctx, tx, to); err != nil || !room {
				return err
			}
		}
		if s.Revision == 0 {
			if err := g.saveSubscription(ctx, tx, &s, "made", public, nil); err != nil {
				return err
			}
		}
		if proven {
			s.Confirmed = now.UnixMilli()
			return g.saveSubscription(ctx, tx, &s, "confirmed", public, nil)
		}
		return tx.Queue(ctx, Dispatch{ID: gov.NewID(now), Kind: ConfirmDispatch, Target: s.ID.String(), Queued: now.UnixMilli(), Next: now.UnixMilli(),
			Expires: time.UnixMilli(s.Made).Add(ConfirmWithin).UnixMilli()})
	})
}

// saveSubscription saves a subscription with the act that changes it.
func (g *Register) saveSubscription(ctx context.Context, tx Tx, s *Subscription, kind string, by gov.Actor, facts map[string]string) error {
	if err := tx.SaveSubscription(ctx, s); err != nil {
		return err
	}
	return tx.Record(ctx, by, g.subscriptionEvent(kind, *s, facts))
}

// waits reports that a subscription can still be confirmed.
func (g *Register) waits(s Subscription) bool {
	return s.Ended == 0 && s.Confirmed == 0 && g.Clock().Sub(time.UnixMilli(s.Made)) < ConfirmWithin
}

// Unconfirmed is the subscription a link of a mail that asks is about, or
// NotFound. One that was confirmed already is returned as well.
func (g *Register) Unconfirmed(ctx context.Context, token string) (Subscription, error) {
	return g.unconfirmed(ctx, g.Store, token)
}

func (g *Register) unconfirmed(ctx context.Context, r Reader, token string) (Subscription, error) {
	s, err := g.subscription(ctx, r, toConfirm, token)
	if err == nil && s.Confirmed == 0 && !g.waits(s) {
		err = errSubscription
	}
	return s, err
}

// subscription is the one a token is about, while it lasts.
func (g *Register) subscription(ctx context.Context, r Reader, purpose, token string) (Subscription, error) {
	id, err := g.readSubscription(purpose, token)
	if err != nil {
		return Subscription{}, err
	}
	s, err := r.Subscription(ctx, id)
	if gov.CodeOf(err) == gov.NotFound || err == nil && s.Ended != 0 {
		err = errSubscription
	}
	return s, err
}

// ConfirmSubscription takes the answer to the mail that asked: the subscription
// begins. Taken again it changes nothing.
func (g *Register) ConfirmSubscription(ctx context.Context, token string) (s Subscription, err error) {
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		if s, err = g.unconfirmed(ctx, tx, token); err != nil || s.Confirmed != 0 {
			return err
		}
		s.Confirmed = g.Clock().UnixMilli()
		return g.saveSubscription(ctx, tx, &s, "confirmed", public, nil)
	})
	return s, err
}

// Subscriptions lists what the address of a subscription is told, by the token that
// stands in its mails.
func (g *Register) Subscriptions(ctx context.Context, token string) (all []Subscription, err error) {
	s, err := g.subscription(ctx, g.Store, toManage, token)
	if err != nil {
		return nil, err
	}
	all, err = g.Store.SubscriptionsAt(ctx, s.Email)
	return slices.DeleteFunc(all, func(x Subscription) bool { return x.Confirmed == 0 }), err
}

// SubscriptionsOf lists what whoever signed in with an address is told.
func (g *Register) SubscriptionsOf(ctx context.Context, s Session) (all []Subscription, err error) {
	if s.Address.Channel != Email {
		return nil, nil
	}
	all, err = g.Store.SubscriptionsAt(ctx, s.Address.Value)
	return slices.DeleteFunc(all, func(x Subscription) bool { return x.Confirmed == 0 }), err
}

// Stop ends the subscription in whose mail a token stood. One that ended is fine.
func (g *Register) Stop(ctx context.Context, token string) error {
	id, err := g.readSubscription(toManage, token)
	if err != nil {
		return err
	}
	return g.endSubscription(ctx, id, "asked", public)
}

// Change sets how often a subscription sends mails, or ends it, for whoever has the
// token of one with the same address.
func (g *Register) Change(ctx context.Context, token string, id gov.ID, daily, end bool) error {
	all, err := g.Subscriptions(ctx, token)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(s Subscription) bool { return s.ID == id }) {
		return errSubscription
	}
	if end {
		return g.endSubscription(ctx, id, "asked", public)
	}
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		s, err := tx.Subscription(ctx, id)
		if err != nil || s.Ended != 0 || s.Daily == daily {
			return err
		}
		s.Daily = daily
		return g.saveSubscription(ctx, tx, &s, "changed", public, nil)
	})
}

// EndAll ends all subscriptions of the address of one, by its token.
func (g *Register) EndAll(ctx context.Context, token string) error {
	s, err := g.subscription(ctx, g.Store, toManage, token)
	if err != nil {
		return err
	}
	return g.endSubscriptionsAt(ctx, s.Email)
}

func (g *Register) endSubscriptionsAt(ctx context.Context, email string) error {
	all, err := g.Store.SubscriptionsAt(ctx, email)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := g.endSubscription(ctx, s.ID, "asked", public); err != nil {
			return err
		}
	}
	return nil
}

// endSubscription ends a subscription and empties it: whose it was and what it was
// about is known no more.
func (g *Register) endSubscription(ctx context.Context, id gov.ID, why string, by gov.Actor) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		s, err := tx.Subscription(ctx, id)
		if err != nil || s.Ended != 0 {
			return err
		}
		if err := tx.ForgetNews(ctx, id); err != nil {
			return err
		}
		s = Subscription{ID: s.ID, Lang: s.Lang, Made: s.Made, Confirmed: s.Confirmed, Revision: s.Revision, Ended: g.Clock().UnixMilli()}
		return g.saveSubscription(ctx, tx, &s, "ended", by, map[string]string{"why": why})
	})
}

// sweepSubscriptions erases those nobody confirmed in time and those whose case
// ended long ago, and wakes those that have something to tell and no mail waiting.
func (g *Register) sweepSubscriptions(ctx context.Context) error {
	for {
		now := g.Clock()
		list, err := g.Store.Lapsed(ctx, now.Add(-ConfirmWithin), now.AddDate(0, 0, -keepAfterEnd), eraseBatch)
		if err != nil {
			return err
		}
		for _, id := range list {
			if err := g.endSubscription(ctx, id, "time", gov.Actor{Kind: gov.SystemActor, Name: "residents"}); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			break
		}
	}
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		list, err := tx.Stranded(ctx, eraseBatch)
		for _, id := range list {
			if err == nil {
				err = g.queueDigest(ctx, tx, id, g.Clock())
			}
		}
		return err
	})
}
