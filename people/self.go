package people

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/people/passwords"
)

// recoveryCodes is how many there are. Each has 50 random bits.
const recoveryCodes = 10

// Accept sets the first or a new password by a one-time link and opens a half
// session. Every other session of the person ends. It returns NotFound for a
// link that is not valid, Conflict when someone else has to agree first, and
// what passwords.Check returns.
func (o *Office) Accept(ctx context.Context, link, password string, v Visitor) (Opened, error) {
	s, ok := parseSecret(link)
	if !ok {
		return Opened{}, errLink
	}
	if _, err := o.openLink(ctx, o.store, s); err != nil {
		return Opened{}, err
	}
	hash, err := o.newHash(ctx, s.person(), password)
	if err != nil {
		return Opened{}, err
	}
	return o.open(ctx, s.person(), Session{Via: "password", Proven: o.clock().UnixMilli()}, v, func(ctx context.Context, tx Tx, a *Account) error {
		i, err := o.openLink(ctx, tx, s)
		if err != nil {
			return err
		}
		if i.Two && i.Seconded == "" {
			return gov.Errorf(gov.Conflict, "这个链接须由另一名管理员同意后才能使用", "another administrator must agree before this link can be used")
		}
		i.Used = o.clock().UnixMilli()
		if err := tx.SaveInvitation(ctx, &i); err != nil {
			return err
		}
		if i.Renew || a.State == Closed {
			a.TOTP, a.Recovery = nil, nil
		}
		if a.State == Closed {
			a.Issuer, a.Subject = "", ""
		}
		a.State = Active
		return o.setPassword(ctx, tx, a, hash, SessionID{}, "account.password_set")
	})
}

// openLink finds an invitation that may still be used.
func (o *Office) openLink(ctx context.Context, r Reader, s secret) (Invitation, error) {
	i, err := r.Invitation(ctx, o.linkDigest(s))
	if gov.CodeOf(err) == gov.NotFound {
		return i, errLink
	}
	if err != nil {
		return i, err
	}
	a, err := r.Account(ctx, i.Person)
	if err != nil {
		return i, err
	}
	if i.Person != s.person() || i.Used != 0 || i.Expires <= o.clock().UnixMilli() || i.Epoch != a.Epoch {
		return i, errLink
	}
	return i, nil
}

// newHash checks a new password against the person's names and hashes it.
func (o *Office) newHash(ctx context.Context, person gov.ID, password string) (string, error) {
	p, err := o.store.Person(ctx, person)
	if err != nil {
		return "", err
	}
	a, err := o.store.Account(ctx, person)
	if err != nil {
		return "", err
	}
	if err := passwords.Check(password, a.Login, p.Name, p.StaffNo, p.Mobile, p.Email); err != nil {
		return "", err
	}
	return o.hasher.Hash(ctx, password)
}

// setPassword saves a new password and ends the other sessions.
func (o *Office) setPassword(ctx context.Context, tx Tx, a *Account, hash string, keep SessionID, kind string) error {
	a.Password = hash
	a.Epoch++
	if err := tx.SaveAccount(ctx, a); err != nil {
		return err
	}
	if err := dropSessions(ctx, tx, a.Person, keep); err != nil {
		return err
	}
	return o.record(ctx, tx, staffActor(a.Person), Event{Kind: kind, Object: accountObject(a.Person)})
}

// ChangePassword sets a new password for whoever knows the old one. The
// session goes on under a new token, the person's others end.
func (o *Office) ChangePassword(ctx context.Context, token, old, password string, v Visitor) (Opened, error) {
	s, a, err := o.whole(ctx, o.store, token)
	if err != nil {
		return Opened{}, err
	}
	buckets := []bucket{{name: "change:" + a.Person.String(), free: freeTries}}
	if err := o.reserve(ctx, buckets, a.Person, v, LoginDelayed); err != nil {
		return Opened{}, err
	}
	ok, err := o.hasher.Check(ctx, old, a.Password)
	if err != nil {
		return Opened{}, err
	}
	if !ok {
		wrong := gov.Errorf(gov.Invalid, "原密码不正确", "the old password is not right").On("old")
		return Opened{}, o.refuse(ctx, wrong, LoginFailed, s.Person, v)
	}
	hash, err := o.newHash(ctx, s.Person, password)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	err = o.update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.whole(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := release(ctx, tx, buckets); err != nil {
			return err
		}
		if err := o.setPassword(ctx, tx, a, hash, s.ID, "account.password_changed"); err != nil {
			return err
		}
		out, err = o.openSession(ctx, tx, a, s, v)
		return err
	})
	return out, err
}

// BeginEnrolment makes the secret of a second factor: the first one, in a half
// session, or another one, in a session proven within ProofLasts. It counts
// once ConfirmEnrolment has seen a code of it; until then the session gets the
// same one again, for it may be in the person's app already.
func (o *Office) BeginEnrolment(ctx context.Context, token string) (Enrolment, error) {
	var e Enrolment
	err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.session(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := o.mayEnrol(s, a); err != nil {
			return err
		}
		if len(s.Pending) == 0 {
			s.Pending = newTOTPSecret()
			if err := tx.PutSession(ctx, s); err != nil {
				return err
			}
		}
		e = newEnrolment(s.Pending, o.issuer, a.Login)
		return nil
	})
	return e, err
}

func (o *Office) mayEnrol(s Session, a *Account) error {
	if !a.taken() {
		return nil
	}
	if !s.Whole || o.clock().Sub(time.UnixMilli(s.Proven)) > ProofLasts {
		return gov.Errorf(gov.Unknown, "更换第二因素前请再次验证身份", "prove your identity again to replace the second factor").Because(ErrProof)
	}
	return nil
}

// ConfirmEnrolment takes a code of the secret that BeginEnrolment made. The
// session becomes whole under a new token, the person's others end. The
// recovery codes are returned once and stored as digests.
func (o *Office) ConfirmEnrolment(ctx context.Context, token, code string, v Visitor) (Opened, []string, error) {
	var (
		out   Opened
		codes []string
	)
	err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.session(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := o.mayEnrol(s, a); err != nil {
			return err
		}
		if len(s.Pending) == 0 {
			return gov.Errorf(gov.Conflict, "请先开始设置第二因素", "begin to set up the second factor first")
		}
		step, ok := matchTOTP(s.Pending, code, o.clock())
		if !ok {
			return gov.Errorf(gov.Invalid, "验证码不正确；请核对手机的时间", "the code is not right; check the telephone's clock").On("code")
		}
		a.TOTP = s.Pending
		codes = o.newRecovery(a)
		a.Epoch++
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		if err := tx.UseStep(ctx, o.keyed("factor", string(a.TOTP)), step); err != nil {
			return err
		}
		if err := dropSessions(ctx, tx, a.Person, s.ID); err != nil {
			return err
		}
		if err := o.record(ctx, tx, staffActor(a.Person), Event{Kind: "account.second_factor_set", Object: accountObject(a.Person)}); err != nil {
			return err
		}
		s.Whole, s.Proven = true, o.clock().UnixMilli()
		out, err = o.openSession(ctx, tx, a, s, v)
		return err
	})
	return out, codes, err
}

// BindMine lets the person of a session log in as whoever an identity provider
// vouches for, or no longer when id is empty, in a session proven within
// ProofLasts. The session goes on under a new token, the person's others end.
func (o *Office) BindMine(ctx context.Context, token string, id Identity, v Visitor) (Opened, error) {
	var out Opened
	err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.whole(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := o.mayEnrol(s, a); err != nil {
			return err
		}
		if id.Subject == "" && len(a.TOTP) == 0 {
			return gov.Errorf(gov.Conflict, "请先设置密码和第二因素", "set up a password and a second factor first")
		}
		if err := o.bind(ctx, tx, a, id.Issuer, id.Subject); err != nil {
			return err
		}
		if err := dropSessions(ctx, tx, a.Person, s.ID); err != nil {
			return err
		}
		out, err = o.openSession(ctx, tx, a, s, v)
		return err
	})
	return out, err
}

// RenewRecovery puts new recovery codes in the place of all old ones, in a
// session proven within ProofLasts.
func (o *Office) RenewRecovery(ctx context.Context, token string) ([]string, error) {
	var codes []string
	err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.whole(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := o.mayEnrol(s, a); err != nil {
			return err
		}
		codes = o.newRecovery(a)
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		return o.record(ctx, tx, staffActor(a.Person), Event{Kind: "account.recovery_renewed", Object: accountObject(a.Person)})
	})
	return codes, err
}

func (o *Office) newRecovery(a *Account) []string {
	codes := make([]string, recoveryCodes)
	a.Recovery = make([]string, recoveryCodes)
	for i := range codes {
		var b [7]byte
		rand.Read(b[:])
		c := strings.ToLower(b32.EncodeToString(b[:]))[:10]
		codes[i] = c[:5] + "-" + c[5:]
		a.Recovery[i] = o.recoveryDigest(a.Person, codes[i])
	}
	return codes
}

func (o *Office) recoveryDigest(person gov.ID, code string) string {
	code = strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool { return r == '-' || r == ' ' }), "")
	d := digest(o.keys.recovery, person[:], []byte(code))
	return hex.EncodeToString(d[:])
}

// Authenticate tells who a session token belongs to. A half session comes with
// the standing of the public. It returns Unknown when there is no session or
// it has ended.
func (o *Office) Authenticate(ctx context.Context, token string) (Session, Standing, error) {
	s, _, err := o.session(ctx, o.store, token)
	if err != nil {
		return Session{}, Standing{}, err
	}
	now := o.clock()
	if now.Sub(time.UnixMilli(s.Seen)) >= seenEvery {
		err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			again, _, err := o.session(ctx, tx, token) // it may have ended since
			if err != nil {
				return err
			}
			again.Seen = now.UnixMilli()
			s = again
			return tx.PutSession(ctx, again)
		})
		if err != nil {
			return Session{}, Standing{}, err
		}
	}
	if !s.Whole {
		return s, Public(now), nil
	}
	h, err := o.store.Holdings(ctx, s.Person)
	if err != nil {
		return Session{}, Standing{}, err
	}
	return s, Staff(h, o.pack(), now, time.UnixMilli(s.Proven)), nil
}

// session finds the session of a token that still counts.
func (o *Office) session(ctx context.Context, r Reader, token string) (Session, *Account, error) {
	t, ok := parseSecret(token)
	if !ok {
		return Session{}, nil, errSession
	}
	s, err := r.Session(ctx, o.sessionID(t))
	if gov.CodeOf(err) == gov.NotFound {
		return Session{}, nil, errSession
	}
	if err != nil {
		return Session{}, nil, err
	}
	a, err := r.Account(ctx, t.person())
	if err != nil {
		return Session{}, nil, err
	}
	if s.Person != t.person() || !s.alive(a, o.clock()) {
		return Session{}, nil, errSession
	}
	return s, a, nil
}

// whole is session for what a half session does not open.
func (o *Office) whole(ctx context.Context, r Reader, token string) (Session, *Account, error) {
	s, a, err := o.session(ctx, r, token)
	if err == nil && !s.Whole {
		return Session{}, nil, errSession
	}
	return s, a, err
}

func (o *Office) sessionID(t secret) SessionID { return digest(o.keys.sessions, t[:]) }

// Logout ends the session of a token. A token without one is fine.
func (o *Office) Logout(ctx context.Context, token string, v Visitor) error {
	s, _, err := o.session(ctx, o.store, token)
	if gov.CodeOf(err) == gov.Unknown {
		return nil
	}
	if err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.DropSession(ctx, s.ID); err != nil {
			return err
		}
		return tx.Log(ctx, o.line(LoggedOut, s.Person, v))
	})
}

// MySessions lists the sessions of the person a token belongs to that still
// count, the last opened first.
func (o *Office) MySessions(ctx context.Context, token string) ([]Session, error) {
	s, a, err := o.whole(ctx, o.store, token)
	if err != nil {
		return nil, err
	}
	list, err := o.store.Sessions(ctx, s.Person)
	now := o.clock()
	return slices.DeleteFunc(list, func(s Session) bool { return !s.alive(a, now) }), err
}

// EndSession ends one of the sessions of the person a token belongs to. It
// returns NotFound when the session is not one of theirs.
func (o *Office) EndSession(ctx context.Context, token string, id SessionID, v Visitor) error {
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		s, _, err := o.whole(ctx, tx, token)
		if err != nil {
			return err
		}
		other, err := tx.Session(ctx, id)
		if err != nil {
			return err
		}
		if other.Person != s.Person {
			return gov.Errorf(gov.NotFound, "没有这个会话", "there is no such session")
		}
		if err := tx.DropSession(ctx, id); err != nil {
			return err
		}
		return tx.Log(ctx, o.line(SessionsEnded, s.Person, v))
	})
}
