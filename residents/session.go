package residents

import (
	"context"
	"time"

	"quanxiang/gov"
)

// How long somebody stays signed in. A telephone may be lent: shorter than a day.
const (
	IdleLimit     = time.Hour
	AbsoluteLimit = 12 * time.Hour
	seenEvery     = time.Minute
)

// Session is somebody who proved a number or address to be theirs in a browser.
type Session struct {
	ID      string // digest of the token, hex
	Address Address
	Opened  int64 // Unix ms
	Seen    int64 // last use, within a minute
}

// Opened is a session with the token that only the browser keeps.
type Opened struct {
	Session Session
	Token   string
}

// errSession is the error of whoever is not signed in.
var errSession = gov.Errorf(gov.Unknown, "登录已失效，请重新获取验证码登录", "you are signed out; sign in with a new code")

func (g *Register) sessionID(token string) string { return keyed(g.keys.sessions, "session", token) }

// open makes a session.
func (g *Register) open(ctx context.Context, tx Tx, a Address) (Opened, error) {
	now, token := g.Clock().UnixMilli(), newToken()
	s := Session{ID: g.sessionID(token), Address: a, Opened: now, Seen: now}
	return Opened{s, token}, tx.PutSession(ctx, s)
}

// Authenticate tells who a token belongs to, or returns Unknown.
func (g *Register) Authenticate(ctx context.Context, token string) (Session, error) {
	s, err := g.alive(ctx, g.Store, token)
	now := g.Clock()
	if err != nil || now.Sub(time.UnixMilli(s.Seen)) < seenEvery {
		return s, err
	}
	err = g.update(ctx, func(ctx context.Context, tx Tx) error {
		if s, err = g.alive(ctx, tx, token); err != nil { // it may have ended since
			return err
		}
		s.Seen = now.UnixMilli()
		return tx.PutSession(ctx, s)
	})
	return s, err
}

func (g *Register) alive(ctx context.Context, r Reader, token string) (Session, error) {
	s, err := r.Session(ctx, g.sessionID(token))
	if gov.CodeOf(err) == gov.NotFound {
		return Session{}, errSession
	}
	now := g.Clock()
	if err == nil && (now.Sub(time.UnixMilli(s.Opened)) >= AbsoluteLimit || now.Sub(time.UnixMilli(s.Seen)) >= IdleLimit) {
		return Session{}, errSession
	}
	return s, err
}

// SignOut ends the session of a token. A token without one is fine.
func (g *Register) SignOut(ctx context.Context, token string) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropSession(ctx, g.sessionID(token)) })
}

// Mine lists the contacts that are of whoever signed in, the newest first: those
// with the address of the session that was proven when it was given.
func (g *Register) Mine(ctx context.Context, s Session, p gov.Page) (gov.List[Contact], error) {
	return g.Store.ContactsAt(ctx, s.Address, true, p)
}

// Owns returns the contact of a case if it is of whoever signed in, or NotFound.
func (g *Register) Owns(ctx context.Context, s Session, caseID gov.ID) (Contact, error) {
	c, err := g.Store.ContactOf(ctx, caseID)
	if err == nil && !c.Shown(s.Address) {
		err = gov.Errorf(gov.NotFound, "没有这件案件", "there is no such case")
	}
	if err != nil {
		return Contact{}, err
	}
	return c, nil
}

// Forget erases every contact that is of whoever signed in and ends all sessions
// and subscriptions of the address. The cases stay. It returns how many contacts were erased.
func (g *Register) Forget(ctx context.Context, s Session) (n int, err error) {
	for {
		list, err := g.Mine(ctx, s, gov.Page{Limit: eraseBatch})
		if err != nil {
			return n, err
		}
		if len(list.Items) == 0 {
			break
		}
		for _, c := range list.Items {
			if err := g.erase(ctx, c.ID, "asked", public); err != nil {
				return n, err
			}
			n++
		}
	}
	if s.Address.Channel == Email {
		if err := g.endSubscriptionsAt(ctx, s.Address.Value); err != nil {
			return n, err
		}
	}
	return n, g.update(ctx, func(ctx context.Context, tx Tx) error { return tx.DropSessionsAt(ctx, s.Address) })
}

// Erase erases one contact, for whoever proved by its link that it is theirs.
func (g *Register) Erase(ctx context.Context, id gov.ID) error {
	return g.erase(ctx, id, "asked", public)
}
