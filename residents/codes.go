package residents

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"

	"quanxiang/gov"
)

// How codes are made and how long they are good.
const (
	CodeLasts   = 10 * time.Minute
	ResendAfter = time.Minute
	codeTries   = 5
)

// Challenge is a code on its way to an address, with what it is to prove.
type Challenge struct {
	ID       string // digest of the browser's token, hex
	Address  Address
	Contact  gov.ID // whose address it is to prove; zero to sign in
	Digest   string // of the code
	Code     string // sealed at rest, and gone once it was sent
	Lang     gov.Lang
	Sent     int64 // when a code was made last, Unix ms
	Tries    int
	Expires  int64 // Unix ms
	Revision int
}

// tokenLen is how many random bytes the tokens of browsers have.
const tokenLen = 32

func newToken() string {
	var b [tokenLen]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// errCode is the one answer to a code that is wrong, was used, has expired or was
// tried too often, and to one nobody asked for.
var errCode = gov.Errorf(gov.Invalid, "验证码不正确或已失效，请核对，或重新获取", "the code is not right or no longer valid; check it, or ask for another").On("code")

// Ask has a code sent to an address and returns the token of the browser that
// asked, with which alone the code is good. contact names the contact whose
// address it is to prove, zero to sign in only.
//
// The answer is the same for every address. Where an address has had its share of
// codes none is sent, and the answer is still the same. It returns Unavailable
// when the browser, its part of the network or the whole district has had its
// share.
func (g *Register) Ask(ctx context.Context, a Address, contact gov.ID, lang gov.Lang, v Visitor) (token string, err error) {
	if g.Refuse != nil {
		if err := g.Refuse(a); err != nil {
			return "", err
		}
	}
	token = newToken()
	c := Challenge{ID: keyed(g.keys.sessions, "challenge", token), Address: a, Contact: contact, Lang: lang}
	return token, g.update(ctx, func(ctx context.Context, tx Tx) error {
		if err := g.countAsking(ctx, tx, v); err != nil {
			return err
		}
		again := c
		return g.send(ctx, tx, &again)
	})
}

// Resend has another code sent to the address of a challenge, in the place of the
// one before. It returns Forbidden when the last one is not ResendAfter old, and
// errors as Ask does.
func (g *Register) Resend(ctx context.Context, token string, v Visitor) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		c, err := g.challenge(ctx, tx, token)
		if err != nil {
			return err
		}
		if wait := time.UnixMilli(c.Sent).Add(ResendAfter).Sub(g.Clock()); wait > 0 {
			return gov.Errorf(gov.Forbidden, "请在 %d 秒后再重新获取", "ask for another code in %d s", int(wait/time.Second)+1).On("code")
		}
		if err := g.countAsking(ctx, tx, v); err != nil {
			return err
		}
		return g.send(ctx, tx, &c)
	})
}

// send gives a challenge a new code and queues it, unless the address has had its
// share.
func (g *Register) send(ctx context.Context, tx Tx, c *Challenge) error {
	code, err := newCode()
	if err != nil {
		return err
	}
	now := g.Clock()
	c.Digest, c.Code = g.codeDigest(c.ID, code), code
	c.Sent, c.Expires, c.Tries = now.UnixMilli(), now.Add(CodeLasts).UnixMilli(), 0
	room, err := g.countAddress(ctx, tx, c.Address)
	if err != nil {
		return err
	}
	if !room {
		c.Code, c.Digest = "", "" // nobody is sent it, so nothing may be guessed
	}
	if err := tx.SaveChallenge(ctx, c); err != nil || !room {
		return err
	}
	return tx.Queue(ctx, Dispatch{ID: gov.NewID(now), Kind: CodeDispatch, Target: c.ID, Queued: now.UnixMilli(), Next: now.UnixMilli(), Expires: c.Expires})
}

func (g *Register) codeDigest(challenge, code string) string {
	return keyed(g.keys.codes, challenge, code)
}

// errChallenge is the error of a browser that has no code to wait for.
var errChallenge = gov.Errorf(gov.NotFound, "请先获取验证码", "ask for a code first")

// challenge is the challenge of a browser's token, or NotFound.
func (g *Register) challenge(ctx context.Context, r Reader, token string) (Challenge, error) {
	c, err := r.Challenge(ctx, keyed(g.keys.sessions, "challenge", token))
	if gov.CodeOf(err) == gov.NotFound {
		return c, errChallenge
	}
	return c, err
}

// Waiting is the address a browser's code was sent to and when another may be
// asked for, or NotFound.
func (g *Register) Waiting(ctx context.Context, token string) (Address, time.Time, error) {
	c, err := g.challenge(ctx, g.Store, token)
	return c.Address, time.UnixMilli(c.Sent).Add(ResendAfter), err
}

// Confirm takes the code of a challenge. It proves the address: to the contact the
// challenge was for, and by a session in which whoever proved it is signed in. It
// returns an Invalid error on the field code.
func (g *Register) Confirm(ctx context.Context, token, code string) (o Opened, err error) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ' || r == '-':
			return -1
		}
		return r
	}, code)
	wrong := false
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		wrong = true
		c, err := tx.Challenge(ctx, keyed(g.keys.sessions, "challenge", token))
		if gov.CodeOf(err) == gov.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if c.Expires <= g.Clock().UnixMilli() || c.Tries >= codeTries {
			return nil
		}
		// Counted before it is looked at, so that many tries at once gain nothing.
		c.Tries++
		if err := tx.SaveChallenge(ctx, &c); err != nil {
			return err
		}
		if !hmac.Equal([]byte(c.Digest), []byte(g.codeDigest(c.ID, code))) {
			return nil
		}
		wrong = false
		if err := tx.DropChallenge(ctx, c.ID); err != nil {
			return err
		}
		if err := g.proven(ctx, tx, c); err != nil {
			return err
		}
		o, err = g.open(ctx, tx, c.Address)
		return err
	})
	if err == nil && wrong {
		err = errCode
	}
	return o, err
}

// proven notes that the address of a challenge belongs to its contact.
func (g *Register) proven(ctx context.Context, tx Tx, c Challenge) error {
	if c.Contact.IsZero() {
		return nil
	}
	contact, err := tx.Contact(ctx, c.Contact)
	if err != nil {
		return err
	}
	if !contact.show(c.Address, g.Clock().UnixMilli()) {
		return nil
	}
	if err := tx.SaveContact(ctx, &contact); err != nil {
		return err
	}
	return tx.Record(ctx, public, g.event("contact.proven", contact, map[string]string{"channel": string(c.Address.Channel)}))
}
