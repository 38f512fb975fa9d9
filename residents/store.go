package residents

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/limits"
	"quanxiang/people"
)

// Store keeps the contacts of one district, and what residents prove and are
// sent. It seals what is personal; it decides nothing.
type Store interface {
	Reader
	Outbox

	// Update runs fn in one transaction: all of its writes and ledger events, or
	// nothing. fn may run more than once and must touch nothing but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	// Erasable lists contacts that are not erased, whose cases ended before an
	// instant or were not begun and the contact made before another, at most
	// limit.
	Erasable(ctx context.Context, ended, stray time.Time, limit int) ([]gov.ID, error)

	// Lapsed lists subscriptions that last and were made before an instant and not
	// confirmed, or are about a case that ended before another, at most limit.
	Lapsed(ctx context.Context, unconfirmed, ended time.Time, limit int) ([]gov.ID, error)

	// Sweep deletes codes, sessions and meters that have no use any more, and
	// dispatches given up long ago.
	Sweep(ctx context.Context) error
}

// Reader is the reading half of a store.
type Reader interface {
	// Contact returns a contact, or NotFound.
	Contact(ctx context.Context, id gov.ID) (Contact, error)

	// ContactOf returns the contact of a case, or of one yet to be begun, or
	// NotFound.
	ContactOf(ctx context.Context, caseID gov.ID) (Contact, error)

	// ContactByFollow returns the contact whose link has a digest, or NotFound.
	ContactByFollow(ctx context.Context, digest string) (Contact, error)

	// ContactsAt lists the contacts with a number or address, the newest first;
	// shown leaves out those that were not proven theirs.
	ContactsAt(ctx context.Context, a Address, shown bool, p gov.Page) (gov.List[Contact], error)

	// Begun reports whether there is a case with an id.
	Begun(ctx context.Context, caseID gov.ID) (bool, error)

	// Challenge returns a challenge by the digest of its token, or NotFound.
	Challenge(ctx context.Context, id string) (Challenge, error)

	// Session returns a session by the digest of its token, or NotFound.
	Session(ctx context.Context, id string) (Session, error)

	// Subscription returns a subscription, or NotFound.
	Subscription(ctx context.Context, id gov.ID) (Subscription, error)

	// SubscriptionsAt lists the subscriptions of an address that last, confirmed or
	// not, as they were made.
	SubscriptionsAt(ctx context.Context, email string) ([]Subscription, error)
}

// Tx is a transaction of a store. Saving something of revision 0 inserts it,
// anything else replaces the one of the same revision; either counts the
// revision up, and returns Conflict when someone else was first.
type Tx interface {
	Reader

	// SaveContact saves a contact. A second one of a case is a Conflict.
	SaveContact(ctx context.Context, c *Contact) error

	// SaveChallenge saves a challenge.
	SaveChallenge(ctx context.Context, c *Challenge) error

	// DropChallenge deletes a challenge, if it is there.
	DropChallenge(ctx context.Context, id string) error

	// PutSession inserts or replaces a session.
	PutSession(ctx context.Context, s Session) error

	// DropSession deletes a session, if it is there.
	DropSession(ctx context.Context, id string) error

	// DropSessionsAt deletes the sessions of a number or address.
	DropSessionsAt(ctx context.Context, a Address) error

	// Count adds n to a meter at the instant of the transaction and returns it;
	// of many at once none goes uncounted.
	Count(ctx context.Context, bucket string, window time.Duration, n int64) (limits.Meter, error)

	// Queue asks for something to be sent. What was asked for a step of a case
	// already is left out, and a second digest of a subscription.
	Queue(ctx context.Context, d Dispatch) error

	// SaveSubscription saves a subscription.
	SaveSubscription(ctx context.Context, s *Subscription) error

	// SubscriptionsOn lists the confirmed subscriptions under a topic that last.
	SubscriptionsOn(ctx context.Context, topic string) ([]Subscription, error)

	// AddNews notes something a subscription is to tell, once.
	AddNews(ctx context.Context, subscription gov.ID, x Item) error

	// ClaimNews gives a dispatch all a subscription is to tell and returns it in the
	// order in which it happened.
	ClaimNews(ctx context.Context, subscription, dispatch gov.ID) ([]Item, error)

	// DropNews deletes what a dispatch told: how much that was, and whether anything
	// is left to tell.
	DropNews(ctx context.Context, subscription, dispatch gov.ID) (dropped int64, left bool, err error)

	// ForgetNews deletes everything a subscription was to tell.
	ForgetNews(ctx context.Context, subscription gov.ID) error

	// Stranded lists subscriptions that have something to tell and no dispatch.
	Stranded(ctx context.Context, limit int) ([]gov.ID, error)

	// DropDispatch deletes a dispatch, if it is there.
	DropDispatch(ctx context.Context, id gov.ID) error

	// Record appends an event to the ledger in this transaction, with the digest
	// of every recorded row the transaction has written since the last event.
	Record(ctx context.Context, actor gov.Actor, e people.Event) error

	// Carry leaves these rows to the event that is appended next in the transaction
	// this one is part of, by whatever room; without one nothing is written.
	Carry()
}

// Outbox is what is to be sent.
type Outbox interface {
	// Due lists dispatches whose time has come, the longest due first.
	Due(ctx context.Context, limit int) ([]Dispatch, error)
	// Done drops a dispatch that was sent, or that nobody needs any more.
	Done(ctx context.Context, id gov.ID) error
	// Postpone keeps what became of an attempt: Next, Attempts and Answer.
	Postpone(ctx context.Context, d Dispatch) error
}

// Dispatch is something that is to be sent to a resident, or was given up. Its
// address and its words are in the row it names, and are read when it is sent.
type Dispatch struct {
	ID       gov.ID
	Kind     DispatchKind
	Target   string // id of what Kind says
	Case     gov.ID // of news of a case, else zero
	Step     int64
	Queued   int64 // Unix ms
	Next     int64 // when to try, Unix ms; 0 of one given up
	Attempts int
	Answer   int   // the last refusal, such as 550; 0 for none
	Expires  int64 // of no use afterwards, Unix ms; 0 for never
}

// DispatchKind is what is sent.
type DispatchKind string

// The kinds.
const (
	CodeDispatch DispatchKind = "code" // the code of a challenge
	NewsDispatch DispatchKind = "news" // news of a case to the contact who reported it

	ActingDispatch DispatchKind = "acting" // news of a case to the contact of whoever acts for a party of it

	ConfirmDispatch DispatchKind = "confirm" // asks whether a subscription is wanted
	DigestDispatch  DispatchKind = "digest"  // what became public, to a subscription
)
