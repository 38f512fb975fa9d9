package residents

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
)

// Config is what a register needs.
type Config struct {
	Store Store
	Keys  *privacy.Keyring
	Clock gov.Clock
	Looks Looks
	Name  gov.Text // of the district, for messages
	Site  string   // public address of the site, without a slash at the end
	Keep  int      // months a contact is kept after its case has ended; 0 for DefaultKeep

	// Matter tells what may be said of a case in a message.
	Matter func(ctx context.Context, id gov.ID) (Matter, error)

	// Bulletin says in words what subscriptions tell.
	Bulletin Bulletin

	// Refuse, if not nil, says why nothing may be sent to an address: a
	// demonstration takes invented ones only.
	Refuse func(Address) error
}

// DefaultKeep is how many months a contact is kept after its case has ended.
const DefaultKeep = 12

// Looks records looks at protected fields, and refuses them; people.Office does.
type Looks interface {
	Look(ctx context.Context, by people.Standing, l people.Look) error
}

// Register keeps the contacts of a district's residents and lets them in. Its
// methods may be called by any number of goroutines.
type Register struct {
	Config
	keys keys
}

// keys are derived once from the keyring.
type keys struct {
	follow, digests, codes, sessions, buckets, subscriptions []byte
}

// New makes a register.
func New(c Config) *Register {
	if c.Keep == 0 {
		c.Keep = DefaultKeep
	}
	return &Register{c, keys{
		follow: c.Keys.Derive("residents follow links"), digests: c.Keys.Derive("residents follow digests"), codes: c.Keys.Derive("residents codes"),
		sessions: c.Keys.Derive("residents sessions"), buckets: c.Keys.Derive("residents buckets"),
		subscriptions: c.Keys.Derive("residents subscriptions"),
	}}
}

// keyed is a digest of parts under a key, in hex. The first part says of what, so
// that the digest of one thing is never that of another.
func keyed(key []byte, parts ...string) string { return hex.EncodeToString(sum(key, parts...)) }

func sum(key []byte, parts ...string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		mac.Write([]byte(strconv.Itoa(len(p)) + "\n" + p))
	}
	return mac.Sum(nil)
}

// secretLen is how many bytes the secrets of links have.
const secretLen = 24

// secret is the last secret that was made for a contact's link. Only this
// installation can make it: the database need not hold what stands in a mail.
func (g *Register) secret(c Contact) string {
	return base64.RawURLEncoding.EncodeToString(sum(g.keys.follow, c.ID.String(), strconv.Itoa(c.Turn))[:secretLen])
}

// digest is what the store knows of a secret.
func (g *Register) digest(secret string) string { return keyed(g.keys.digests, secret) }

// errFollow is the one answer to a link that is not, or no longer, good for
// anything.
var errFollow = gov.Errorf(gov.NotFound, "这个查询链接无效或已停用", "this link is not valid, or no longer")

// Followed is the contact whose link has a secret, or NotFound.
func (g *Register) Followed(ctx context.Context, secret string) (Contact, error) {
	if b, err := base64.RawURLEncoding.Strict().DecodeString(secret); err != nil || len(b) != secretLen {
		return Contact{}, errFollow
	}
	c, err := g.Store.ContactByFollow(ctx, g.digest(secret))
	if gov.CodeOf(err) == gov.NotFound {
		return Contact{}, errFollow
	}
	return c, err
}

// Link is the secret of a contact's link, or NotFound once it was taken back.
func (g *Register) Link(c Contact) (string, error) {
	if c.Follow == "" {
		return "", errFollow
	}
	return g.secret(c), nil
}

// Renew gives a contact another link in the place of the one it had; with revoke
// it has none any more.
func (g *Register) Renew(ctx context.Context, id gov.ID, revoke bool) (secret string, err error) {
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Contact(ctx, id)
		if err != nil {
			return err
		}
		if c.Erased != 0 {
			return errFollow
		}
		kind := "contact.link_renewed"
		c.Turn++
		secret = g.secret(c)
		c.Follow = g.digest(secret)
		if revoke {
			kind, secret, c.Follow = "contact.link_revoked", "", ""
		}
		if err := tx.SaveContact(ctx, &c); err != nil {
			return err
		}
		return tx.Record(ctx, public, g.event(kind, c, nil))
	})
	return secret, err
}

// update is Store.Update, done again when somebody else was first at a row that
// passes.
func (g *Register) update(ctx context.Context, fn func(context.Context, Tx) error) error {
	var err error
	for range 3 {
		if err = g.Store.Update(ctx, fn); gov.CodeOf(err) != gov.Conflict {
			return err
		}
	}
	return err
}

// strayFor is how long a contact is kept whose case was never begun.
const strayFor = 24 * time.Hour

// eraseBatch is how many contacts one sweep erases in one go.
const eraseBatch = 200

// Sweep erases the contacts whose time has come: Keep months after their cases
// ended, and a day after a report that was not finished. It deletes codes,
// sessions and meters that have no use any more, and ends subscriptions nobody
// confirmed. It returns how many contacts it erased.
func (g *Register) Sweep(ctx context.Context) (erased int, err error) {
	if err := g.Store.Sweep(ctx); err != nil {
		return 0, err
	}
	if err := g.sweepSubscriptions(ctx); err != nil {
		return 0, err
	}
	for {
		now := g.Clock()
		list, err := g.Store.Erasable(ctx, now.In(gov.China).AddDate(0, -g.Keep, 0), now.Add(-strayFor), eraseBatch)
		if err != nil || len(list) == 0 {
			return erased, err
		}
		for _, id := range list {
			if err := g.erase(ctx, id, "time", gov.Actor{Kind: gov.SystemActor, Name: "residents"}); err != nil {
				return erased, err
			}
			erased++
		}
	}
}

// erase empties a contact. The row stays, so that the case still refers to
// something, and says that it was erased.
func (g *Register) erase(ctx context.Context, id gov.ID, why string, actor gov.Actor) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error { return g.eraseIn(ctx, tx, id, why, actor) })
}

func (g *Register) eraseIn(ctx context.Context, tx Tx, id gov.ID, why string, actor gov.Actor) error {
	c, err := tx.Contact(ctx, id)
	if err != nil || c.Erased != 0 {
		return err
	}
	c = Contact{ID: c.ID, Case: c.Case, Lang: c.Lang, Turn: c.Turn, Made: c.Made, Revision: c.Revision, Erased: g.Clock().UnixMilli()}
	if err := tx.SaveContact(ctx, &c); err != nil {
		return err
	}
	return tx.Record(ctx, actor, g.event("contact.erased", c, map[string]string{"why": why}))
}
