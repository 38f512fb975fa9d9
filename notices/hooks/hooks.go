package hooks

import (
	"context"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Hook is a subscription.
type Hook struct {
	ID       gov.ID
	Revision int    // how often it was saved; 0 of one that is not yet
	URL      string // where requests go
	About    string // what it is for, in the administrator's words
	Events   []string
	Active   bool
	Stopped  string // why the program stopped it: StoppedFailing, StoppedGone or ""
	Made     int64  // Unix ms
	Secrets  []Secret
}

// Why the program stops a subscription.
const (
	StoppedFailing = "failing"
	StoppedGone    = "gone" // the other side answered 410
)

// Secret signs requests. Only the store sees it, sealed, and whoever made it,
// once.
type Secret struct {
	Text  string `json:"text"`            // whsec_…
	Until int64  `json:"until,omitempty"` // Unix ms of a secret that was replaced, 0 of the present one
}

// Wants reports that events hold a type of event: "duty.close", or "duty.*" for
// all of a procedure's.
func (h *Hook) Wants(event string) bool {
	procedure, _, _ := strings.Cut(event, ".")
	return slices.Contains(h.Events, event) || slices.Contains(h.Events, procedure+AllOf)
}

// AllOf behind a procedure means all its events.
const AllOf = ".*"

// signing are the secrets to sign with at an instant.
func (h *Hook) signing(now time.Time) (list []string) {
	for _, s := range h.Secrets {
		if s.Until == 0 || s.Until > now.UnixMilli() {
			list = append(list, s.Text)
		}
	}
	return list
}

// Delivery is one event for one subscription.
type Delivery struct {
	ID       gov.ID // webhook-id, the same at every attempt
	Hook     gov.ID
	Case     gov.ID
	Step     int64 // number of the event in its case
	Event    string
	Body     []byte
	At       int64 // of the event, Unix ms
	Next     int64 // when to try, Unix ms; 0 of one given up
	Attempts int
	Answer   int // HTTP status of the last attempt, 0 for no answer
}

// Health is how the other side of a subscription answers.
type Health struct {
	Answered int64 // when it last took something, Unix ms; 0 for never
	Failing  int64 // since when it takes nothing, Unix ms; 0 when it does
	Waiting  int   // deliveries to be sent
	GivenUp  int
}

// Store keeps the subscriptions of one district and what is to be sent.
type Store interface {
	// Hooks lists the subscriptions as they were made.
	Hooks(ctx context.Context) ([]Hook, error)
	// Hook returns a subscription, or NotFound.
	Hook(ctx context.Context, id gov.ID) (Hook, error)
	// Save keeps a subscription and records the act. It counts the revision up,
	// and returns Conflict when it was changed meanwhile.
	Save(ctx context.Context, h *Hook, act string, actor gov.Actor) error
	// Health returns that of each subscription of which something is known.
	Health(ctx context.Context) (map[gov.ID]Health, error)

	// Marked lists the numbers of events of a case that nobody was told of.
	Marked(ctx context.Context, caseID gov.ID) ([]int64, error)
	// Queue adds deliveries and drops the marks of a case up to an event: both or
	// neither.
	Queue(ctx context.Context, caseID gov.ID, upTo int64, list []Delivery) error
	// Due lists deliveries of active subscriptions whose time has come, in the
	// order of their events, at most limit of each subscription.
	Due(ctx context.Context, limit int) ([]Delivery, error)
	// Sent drops a delivery the other side took.
	Sent(ctx context.Context, d Delivery) error
	// Failed keeps what became of an attempt: Next, Attempts and Answer.
	Failed(ctx context.Context, d Delivery) error
	// Dead lists deliveries that were given up, the newest first.
	Dead(ctx context.Context, limit int) ([]Delivery, error)
	// Again lets a delivery that was given up be tried anew and records that. It
	// returns NotFound for none.
	Again(ctx context.Context, id gov.ID, actor gov.Actor) error
	// Sweep deletes what was given up, or waits for a subscription that is not
	// active, so long.
	Sweep(ctx context.Context, kept time.Duration) error
}

// Poster hands a message to an address.
type Poster interface {
	// Check returns Invalid for an address requests may never go to.
	Check(address string) error
	// Post sends a body. The status is 0 without an answer; err says why.
	Post(ctx context.Context, address string, header map[string]string, body []byte) (status int, err error)
}

// Config is what hooks need.
type Config struct {
	Store    Store
	Casework *casework.Casework
	Pack     func() *policy.Pack
	Poster   Poster
	Clock    gov.Clock
	Site     string                              // public address of the site, for links
	Besides  func(context.Context, Public) error // told of every event as the subscriptions are, and before them; nil for nobody
	Stopped  func(context.Context, Hook)         // told of a subscription the program stopped
	Jitter   func() float64                      // from 0 to 1; nil for chance
}

// Public is what became public of a case.
type Public struct {
	Sheet casework.Sheet
	Steps []casework.Entry // what happened that nobody was told of, the first first
	New   bool             // the case became public by the first of them
}

// Hooks are the subscriptions of one district. Its methods may be called from
// any goroutine.
type Hooks struct{ Config }

// New makes hooks.
func New(c Config) *Hooks {
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	if c.Stopped == nil {
		c.Stopped = func(context.Context, Hook) {}
	}
	return &Hooks{c}
}

// overlap is how long a secret that was replaced still signs.
const overlap = 24 * time.Hour

// may lets in administrators.
func may(s people.Standing) (gov.Actor, error) {
	g, err := people.Allow(s, policy.ManageLogins, people.Object{})
	return g.Actor(), err
}

// Listed is a subscription as administrators see it.
type Listed struct {
	Hook
	Health
}

// List lists the subscriptions, without their secrets.
func (x *Hooks) List(ctx context.Context, s people.Standing) ([]Listed, error) {
	if _, err := may(s); err != nil {
		return nil, err
	}
	hooks, err := x.Store.Hooks(ctx)
	if err != nil {
		return nil, err
	}
	health, err := x.Store.Health(ctx)
	list := make([]Listed, len(hooks))
	for i, h := range hooks {
		h.Secrets = nil
		list[i] = Listed{h, health[h.ID]}
	}
	return list, err
}

// Add makes a subscription and returns its secret, which is shown once.
func (x *Hooks) Add(ctx context.Context, s people.Standing, h Hook) (id gov.ID, secret string, err error) {
	actor, err := may(s)
	if err != nil {
		return id, "", err
	}
	if err := x.check(&h); err != nil {
		return id, "", err
	}
	secret = NewSecret()
	h.ID, h.Revision, h.Made, h.Secrets, h.Stopped = gov.NewID(x.Clock()), 0, x.Clock().UnixMilli(), []Secret{{Text: secret}}, ""
	return h.ID, secret, x.Store.Save(ctx, &h, "hooks.added", actor)
}

// Change changes where a subscription leads, what it wants and whether it is
// active. It returns Conflict when it was changed meanwhile.
func (x *Hooks) Change(ctx context.Context, s people.Standing, h Hook) error {
	actor, err := may(s)
	if err != nil {
		return err
	}
	if err := x.check(&h); err != nil {
		return err
	}
	kept, err := x.Store.Hook(ctx, h.ID)
	if err != nil {
		return err
	}
	h.Made, h.Secrets, h.Stopped = kept.Made, kept.Secrets, ""
	return x.Store.Save(ctx, &h, "hooks.changed", actor)
}

// Rotate gives a subscription a new secret and returns it. For a day requests are
// signed with the old one, too.
func (x *Hooks) Rotate(ctx context.Context, s people.Standing, id gov.ID) (secret string, err error) {
	actor, err := may(s)
	if err != nil {
		return "", err
	}
	h, err := x.Store.Hook(ctx, id)
	if err != nil {
		return "", err
	}
	now, secret := x.Clock(), NewSecret()
	old := slices.DeleteFunc(h.Secrets, func(s Secret) bool { return s.Until != 0 && s.Until <= now.UnixMilli() })
	for i := range old {
		if old[i].Until == 0 {
			old[i].Until = now.Add(overlap).UnixMilli()
		}
	}
	h.Secrets = append([]Secret{{Text: secret}}, old...)
	return secret, x.Store.Save(ctx, &h, "hooks.rotated", actor)
}

// GivenUp lists deliveries that were given up, the newest first.
func (x *Hooks) GivenUp(ctx context.Context, s people.Standing, limit int) ([]Delivery, error) {
	if _, err := may(s); err != nil {
		return nil, err
	}
	return x.Store.Dead(ctx, limit)
}

// Again lets a delivery that was given up be tried anew.
func (x *Hooks) Again(ctx context.Context, s people.Standing, id gov.ID) error {
	actor, err := may(s)
	if err != nil {
		return err
	}
	return x.Store.Again(ctx, id, actor)
}

// maxAbout is how many characters the description of a subscription has.
const maxAbout = 200

// check refuses what is no subscription, and tidies it.
func (x *Hooks) check(h *Hook) error {
	h.URL, h.About = strings.TrimSpace(h.URL), strings.TrimSpace(h.About)
	if u, err := url.Parse(h.URL); err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return gov.Errorf(gov.Invalid, "请填写完整的网址，不带用户名和 # 部分", "enter a whole address without a user name or a part behind #").On("url")
	}
	if err := x.Poster.Check(h.URL); err != nil {
		return err
	}
	if h.About == "" || len([]rune(h.About)) > maxAbout {
		return gov.Errorf(gov.Invalid, "请用 %d 字以内说明用途", "say what it is for in at most %d characters", maxAbout).On("about")
	}
	if len(h.Events) == 0 {
		return gov.Errorf(gov.Invalid, "请选择事件", "choose events").On("events")
	}
	known := EventsOf(x.Pack())
	for _, e := range h.Events {
		if !slices.ContainsFunc(known, func(k Event) bool { return k.Type == e }) {
			return gov.Errorf(gov.Invalid, "没有“%s”这种事件", "there is no event %q", e).On("events")
		}
	}
	return nil
}

// Event is a type of event a subscription can want.
type Event struct {
	Type      string
	Procedure gov.Text
	Name      gov.Text // zero for all of the procedure's
}

// EventsOf lists the events of the procedures whose cases the public is shown.
func EventsOf(p *policy.Pack) (list []Event) {
	for _, proc := range p.Procedures {
		if !proc.Publishes() {
			continue
		}
		list = append(list, Event{Type: proc.ID + AllOf, Procedure: proc.Title})
		for i := range proc.Actions {
			list = append(list, Event{proc.ID + "." + proc.Actions[i].ID, proc.Title, proc.Actions[i].Name})
		}
		list = append(list, Event{proc.ID + warned, proc.Title, gov.Text{ZH: "期限将到", EN: "A time limit runs short"}},
			Event{proc.ID + late, proc.Title, gov.Text{ZH: "已超期", EN: "A time limit has run out"}})
	}
	return list
}

// What time brings, behind the procedure. Ids of actions have no capitals.
const (
	warned = ".Warned"
	late   = ".Late"
)
