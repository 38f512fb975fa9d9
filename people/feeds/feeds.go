// Package feeds keeps the private addresses under which calendar programs read
// what waits for a person, without a login: whoever has the address has the
// right to read the feed and to nothing else. A person has at most one, makes it
// and takes it back alone. It ends with what ends their sessions, too: a new
// password, a telephone that was lost, an account that is closed.
package feeds

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Feed is the address of a person as it is kept.
type Feed struct {
	Person   gov.ID
	Digest   string // of the secret in the address, hex, by a key outside the database; "" once it was taken back
	Epoch    int    // of the account when it was made
	Made     int64  // Unix ms
	Revision int
}

// Reader is the reading half of a store.
type Reader interface {
	// Feed returns the feed of a person, or NotFound.
	Feed(ctx context.Context, person gov.ID) (Feed, error)

	// Holdings returns everything that decides what a person may do, or NotFound.
	Holdings(ctx context.Context, person gov.ID) (people.Holdings, error)
}

// Store keeps the feeds of one district.
type Store interface {
	Reader

	// UpdateFeeds runs fn in one transaction. fn may run more than once and must
	// touch nothing but its Tx.
	UpdateFeeds(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Tx is a transaction of a store.
type Tx interface {
	Reader

	// SaveFeed saves a feed as people.Tx saves everything else.
	SaveFeed(ctx context.Context, f *Feed) error

	// Record appends an event to the ledger in this transaction.
	Record(ctx context.Context, actor gov.Actor, e people.Event) error
}

// Config is what Feeds need.
type Config struct {
	Store Store
	Pack  func() *policy.Pack // the pack in force
	Clock gov.Clock
	Keys  *privacy.Keyring
}

// Feeds makes, opens and takes back the addresses. Its methods may be called by
// any number of goroutines.
type Feeds struct {
	Config
	key []byte
}

// New makes feeds over a store.
func New(c Config) *Feeds { return &Feeds{c, c.Keys.Derive("people feeds")} }

// token is the secret of an address: the id of its person, so that no row can
// be made another's, and 256 random bits.
type token [16 + 32]byte

func (t token) String() string { return base64.RawURLEncoding.EncodeToString(t[:]) }

func (f *Feeds) digest(t token) string {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(t[:])
	return hex.EncodeToString(mac.Sum(nil))
}

// errNone is the one answer to an address that is not, or no longer, good for
// anything.
var errNone = gov.Errorf(gov.NotFound, "这个订阅地址无效或已停用", "this address is not valid, or no longer")

// Made tells when the address of whoever asks was made, or returns NotFound when
// they have none that is good.
func (f *Feeds) Made(ctx context.Context, by people.Standing) (time.Time, error) {
	if err := self(by); err != nil {
		return time.Time{}, err
	}
	feed, _, err := f.good(ctx, f.Store, by.Person)
	return time.UnixMilli(feed.Made), err
}

// Make makes an address for whoever asks and returns its secret, once; one they
// had before ends. It lasts longer than a session, so they must have proven who
// they are not long ago: else it returns an Unknown error because of
// people.ErrProof.
func (f *Feeds) Make(ctx context.Context, by people.Standing) (secret string, err error) {
	if err := self(by); err != nil {
		return "", err
	}
	if by.At.Sub(by.Proven) > people.ProofLasts {
		return "", gov.Errorf(gov.Unknown, "生成订阅地址前请再次验证身份", "prove your identity again to make an address").Because(people.ErrProof)
	}
	var t token
	copy(t[:16], by.Person[:])
	rand.Read(t[16:])
	err = f.change(ctx, by, "account.feed_made", func(feed *Feed, a *people.Account) error {
		feed.Digest, feed.Epoch, feed.Made = f.digest(t), a.Epoch, f.Clock().UnixMilli()
		return nil
	})
	return t.String(), err
}

// Revoke takes back the address of whoever asks. It returns NotFound when there
// is none.
func (f *Feeds) Revoke(ctx context.Context, by people.Standing) error {
	if err := self(by); err != nil {
		return err
	}
	return f.change(ctx, by, "account.feed_revoked", func(feed *Feed, _ *people.Account) error {
		if feed.Digest == "" {
			return errNone
		}
		feed.Digest = ""
		return nil
	})
}

// Open returns the standing, as it is now, of whose address has a secret, or
// NotFound.
func (f *Feeds) Open(ctx context.Context, secret string) (people.Standing, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(b) != len(token{}) {
		return people.Standing{}, errNone
	}
	t := token(b)
	feed, h, err := f.good(ctx, f.Store, gov.ID(t[:16]))
	if err != nil {
		return people.Standing{}, err
	}
	if !hmac.Equal([]byte(feed.Digest), []byte(f.digest(t))) {
		return people.Standing{}, errNone
	}
	return people.Staff(h, f.Pack(), f.Clock(), time.Time{}), nil
}

// good finds the feed of a person, if it has not ended.
func (f *Feeds) good(ctx context.Context, r Reader, person gov.ID) (Feed, people.Holdings, error) {
	feed, err := r.Feed(ctx, person)
	if gov.CodeOf(err) == gov.NotFound {
		return Feed{}, people.Holdings{}, errNone
	}
	if err != nil {
		return Feed{}, people.Holdings{}, err
	}
	h, err := r.Holdings(ctx, person)
	if err != nil {
		return Feed{}, h, err
	}
	if a := h.Account; feed.Digest == "" || a == nil || a.State != people.Active || a.Epoch != feed.Epoch {
		return Feed{}, h, errNone
	}
	return feed, h, nil
}

// change changes the feed of whoever asks and tells the ledger.
func (f *Feeds) change(ctx context.Context, by people.Standing, kind string, fn func(*Feed, *people.Account) error) error {
	return f.Store.UpdateFeeds(ctx, func(ctx context.Context, tx Tx) error {
		feed, err := tx.Feed(ctx, by.Person)
		if err != nil && gov.CodeOf(err) != gov.NotFound {
			return err
		}
		h, err := tx.Holdings(ctx, by.Person)
		if err != nil {
			return err
		}
		if h.Account == nil || h.Account.State != people.Active {
			return gov.Errorf(gov.Forbidden, "账号未启用", "the account is not active")
		}
		feed.Person = by.Person
		if err := fn(&feed, h.Account); err != nil {
			return err
		}
		if err := tx.SaveFeed(ctx, &feed); err != nil {
			return err
		}
		return tx.Record(ctx, by.Actor(), people.Event{ID: gov.NewID(f.Clock()), Kind: kind, Object: "account:" + by.Person.String()})
	})
}

// self refuses whoever is not staff logged in.
func self(by people.Standing) error {
	if by.Kind == gov.StaffActor && !by.Person.IsZero() {
		return nil
	}
	return gov.Errorf(gov.Unknown, "请先登录", "log in first")
}
