package people

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
)

// Visitor is what is known of a browser at the door.
type Visitor struct {
	Device string // the familiar device's token it brought, or ""
	Source string // where it calls from; kept as a keyed digest only
	Agent  string // browser and system, in words
}

// Need is what is still missing before a session counts.
type Need string

// The needs.
const (
	Nothing       Need = ""
	NeedCode      Need = "code"  // show the second factor
	NeedEnrolment Need = "enrol" // set up the second factor
)

// Opened is a session with the tokens that only the browser keeps.
type Opened struct {
	Session Session
	Token   string // for the session cookie
	Device  string // for the cookie of the familiar device; "" leaves what is there
	Need    Need
}

var (
	// errLogin is the one answer to a wrong password and a login that does not
	// exist.
	errLogin   = gov.Errorf(gov.Unknown, "登录名或密码不正确", "login or password is not right")
	errCode    = gov.Errorf(gov.Unknown, "验证码不正确或已用过", "the code is not right, or was used before")
	errSession = gov.Errorf(gov.Unknown, "登录已失效，请重新登录", "the session has ended; log in again")
	errLink    = gov.Errorf(gov.NotFound, "链接无效、已用过或已过期，请向管理员再要一个", "the link is not valid, was used or has expired; ask the administrator for another one")
)

// bucket is a Guard's name with how many failures it lets pass freely.
type bucket struct {
	name string
	free int
	keep bool // a success takes back one failure only, not all
}

// sourceTries is how many failures one address may have: a whole department
// can stand behind one.
const sourceTries = 100

// Login checks a password and opens a session that needs the second factor or
// its enrolment. It returns Unknown for a wrong password and for a login that
// does not exist, with the same words and after the same work, and Unavailable
// when there were too many failures.
func (o *Office) Login(ctx context.Context, login, password string, v Visitor) (Opened, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	a, err := o.store.AccountByLogin(ctx, login)
	if err != nil && gov.CodeOf(err) != gov.NotFound {
		return Opened{}, err
	}
	var person gov.ID
	hash := ""
	if a != nil && a.State == Active {
		person, hash = a.Person, a.Password
	}
	buckets := o.loginBuckets(login, person, v)
	if err := o.reserve(ctx, buckets, person, v, LoginDelayed); err != nil {
		return Opened{}, err
	}
	ok, err := o.hasher.Check(ctx, password, hash)
	if err != nil {
		return Opened{}, err
	}
	if !ok {
		return Opened{}, o.refuse(ctx, errLogin, LoginFailed, person, v)
	}
	rehashed := ""
	if o.hasher.Outdated(hash) {
		if rehashed, err = o.hasher.Hash(ctx, password); err != nil {
			return Opened{}, err
		}
	}
	return o.open(ctx, person, Session{Via: "password", Proven: o.clock().UnixMilli()}, v, func(ctx context.Context, tx Tx, a *Account) error {
		if a.Password != hash {
			return errLogin // changed in the meantime
		}
		if rehashed != "" {
			a.Password = rehashed
			if err := tx.SaveAccount(ctx, a); err != nil {
				return err
			}
			system := gov.Actor{Kind: gov.SystemActor, Name: "login"}
			if err := o.record(ctx, tx, system, Event{Kind: "account.rehashed", Object: accountObject(person)}); err != nil {
				return err
			}
		}
		return release(ctx, tx, buckets)
	})
}

// Identity is who an identity provider says somebody is.
type Identity struct {
	Issuer, Subject string
	StaffNo         string // the personnel number the provider vouches for, or ""
	Strong          bool   // the provider saw a second factor and is trusted with it

	// Seen is when the provider last saw the factors: it may know the browser and
	// let somebody through who shows none. Zero if the provider does not tell.
	Seen time.Time
}

// LoginIdentity opens a session for whoever an identity provider vouches for.
// An account is found by the subject it is bound to. One that has no owner yet
// is also found by the staff number the provider vouches for, and is then bound
// to the subject. It never makes an account: without one the answer is
// Forbidden. The session counts as proven when the provider saw the factors, not
// when it vouches for them.
func (o *Office) LoginIdentity(ctx context.Context, id Identity, v Visitor) (Opened, error) {
	nobody := gov.Errorf(gov.Forbidden, "这个身份还没有对应的账号，请联系管理员", "no account belongs to this identity; ask the administrator")
	a, err := o.store.AccountBySubject(ctx, id.Issuer, id.Subject)
	if gov.CodeOf(err) == gov.NotFound && id.StaffNo != "" {
		var p Person
		if p, err = o.store.PersonByStaffNo(ctx, id.StaffNo); err == nil {
			a, err = o.store.Account(ctx, p.ID)
		}
	}
	if gov.CodeOf(err) == gov.NotFound || err == nil && a.State == Closed {
		return Opened{}, o.refuse(ctx, nobody, LoginFailed, gov.ID{}, v)
	}
	if err != nil {
		return Opened{}, err
	}
	return o.open(ctx, a.Person, Session{Via: id.Issuer, Whole: id.Strong, Proven: id.proven(o.clock())}, v, func(ctx context.Context, tx Tx, a *Account) error {
		switch {
		case a.Issuer == id.Issuer && a.Subject == id.Subject:
			return nil
		case a.taken() && a.Subject == "":
			return gov.Errorf(gov.Forbidden, "您的账号还没有绑定这个身份；请先用密码登录，再在“我的账号”中绑定", "your account is not bound to this identity; log in by password and bind it under My account")
		case a.taken() || a.State == Closed || id.StaffNo == "":
			return nobody // bound to someone else there, or no longer to this one
		}
		return o.bind(ctx, tx, a, id.Issuer, id.Subject)
	})
}

// proven is when the factors were shown, in Unix milliseconds; 0 if unknown. A
// provider's clock that is ahead of ours proves nothing for later.
func (id Identity) proven(now time.Time) int64 {
	switch {
	case id.Seen.IsZero():
		return 0
	case id.Seen.After(now):
		return now.UnixMilli()
	}
	return id.Seen.UnixMilli()
}

// bind binds an account on behalf of its owner.
func (o *Office) bind(ctx context.Context, tx Tx, a *Account, issuer, subject string) error {
	a.Issuer, a.Subject, a.State = issuer, subject, Active
	a.Epoch++
	if err := tx.SaveAccount(ctx, a); err != nil {
		return err
	}
	return o.record(ctx, tx, staffActor(a.Person), Event{Kind: "account.bound", Object: accountObject(a.Person)})
}

// open makes a session in one transaction with what the way in demands.
func (o *Office) open(ctx context.Context, person gov.ID, s Session, v Visitor, fn func(context.Context, Tx, *Account) error) (Opened, error) {
	var out Opened
	err := o.update(ctx, func(ctx context.Context, tx Tx) error {
		a, err := tx.Account(ctx, person)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, a); err != nil {
			return err
		}
		out, err = o.openSession(ctx, tx, a, s, v)
		return err
	})
	return out, err
}

// openSession puts a session under a new token, a new one or one that goes on
// under another name since more is known of the person now.
func (o *Office) openSession(ctx context.Context, tx Tx, a *Account, s Session, v Visitor) (Opened, error) {
	if s.ID != (SessionID{}) {
		if err := tx.DropSession(ctx, s.ID); err != nil {
			return Opened{}, err
		}
	}
	now := o.clock().UnixMilli()
	token := newSecret(a.Person)
	if s.Opened == 0 {
		s.Opened, s.Agent = now, v.Agent
	}
	s.ID, s.Person, s.Epoch, s.Seen, s.Pending = o.sessionID(token), a.Person, a.Epoch, now, nil
	out := Opened{Session: s, Token: token.String()}
	switch {
	case s.Whole:
		if _, ok := o.device(v.Device, a.Person); !ok {
			out.Device = o.newDevice(a.Person)
		}
		if err := tx.Log(ctx, o.line(LoggedIn, a.Person, v)); err != nil {
			return Opened{}, err
		}
	case len(a.TOTP) > 0:
		out.Need = NeedCode
	default:
		out.Need = NeedEnrolment
	}
	return out, tx.PutSession(ctx, s)
}

// ShowCode shows the second factor, or one of the recovery codes, to a half
// session, which becomes whole under a new token, or to a whole one, which
// counts as proven afresh. It returns Unknown for a wrong or used code and
// Unavailable when there were too many failures.
func (o *Office) ShowCode(ctx context.Context, token, code string, v Visitor) (Opened, error) {
	s, a, err := o.session(ctx, o.store, token)
	if err != nil {
		return Opened{}, err
	}
	if len(a.TOTP) == 0 {
		return Opened{}, gov.Errorf(gov.Conflict, "还没有设置第二因素", "no second factor is set up")
	}
	buckets := []bucket{{name: "code:" + a.Person.String(), free: freeTries}}
	if err := o.reserve(ctx, buckets, a.Person, v, LoginDelayed); err != nil {
		return Opened{}, err
	}
	step, byApp := matchTOTP(a.TOTP, code, o.clock())
	recovery := o.recoveryDigest(a.Person, code)
	if !byApp && !slices.Contains(a.Recovery, recovery) {
		return Opened{}, o.refuse(ctx, errCode, CodeFailed, a.Person, v)
	}
	var out Opened
	err = o.update(ctx, func(ctx context.Context, tx Tx) error {
		s, a, err := o.session(ctx, tx, token)
		if err != nil {
			return err
		}
		if byApp {
			if err := tx.UseStep(ctx, o.keyed("factor", string(a.TOTP)), step); err != nil {
				return err
			}
		} else if err := o.useRecovery(ctx, tx, a, recovery); err != nil {
			return err
		}
		if err := release(ctx, tx, buckets); err != nil {
			return err
		}
		s.Whole, s.Proven = true, o.clock().UnixMilli()
		out, err = o.openSession(ctx, tx, a, s, v)
		return err
	})
	if gov.CodeOf(err) == gov.Conflict {
		return Opened{}, o.refuse(ctx, errCode, CodeFailed, s.Person, v)
	}
	return out, err
}

// useRecovery crosses a recovery code off the list.
func (o *Office) useRecovery(ctx context.Context, tx Tx, a *Account, digest string) error {
	i := slices.Index(a.Recovery, digest)
	if i < 0 {
		return errCode
	}
	a.Recovery = slices.Delete(slices.Clone(a.Recovery), i, i+1)
	if err := tx.SaveAccount(ctx, a); err != nil {
		return err
	}
	return o.record(ctx, tx, staffActor(a.Person), Event{Kind: "account.recovery_used", Object: accountObject(a.Person),
		Facts: map[string]string{"left": fmt.Sprint(len(a.Recovery))}})
}

// reserve counts a failure in each bucket before the attempt is made; release
// takes it back. So many attempts at once are as many failures. It returns
// Unavailable, and counts nothing, when one of the buckets has to wait.
func (o *Office) reserve(ctx context.Context, buckets []bucket, person gov.ID, v Visitor, kind LogKind) error {
	var wait time.Duration
	err := o.update(ctx, func(ctx context.Context, tx Tx) error {
		wait = 0
		now := o.clock()
		guards := make([]Guard, len(buckets))
		for i, b := range buckets {
			g, err := tx.Guard(ctx, b.name)
			if err != nil {
				return err
			}
			guards[i] = g
			wait = max(wait, g.Wait(now, b.free))
		}
		if wait > 0 {
			return tx.Log(ctx, o.line(kind, person, v))
		}
		for _, g := range guards {
			if err := tx.PutGuard(ctx, g.Failed(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && wait > 0 {
		minutes := int((wait + time.Minute - 1) / time.Minute)
		return gov.Errorf(gov.Unavailable, "失败次数过多，请在 %[1]d 分钟后再试；也可用以前登录过的电脑，或向管理员要一次性链接",
			"too many failures; try again in %[1]d min, use a computer you logged in from before, or ask the administrator for a one-time link", minutes)
	}
	return err
}

func release(ctx context.Context, tx Tx, buckets []bucket) error {
	for _, b := range buckets {
		g, err := tx.Guard(ctx, b.name)
		if err != nil {
			return err
		}
		if g.Failures = g.Failures - 1; !b.keep || g.Failures < 0 {
			g.Failures = 0
		}
		if err := tx.PutGuard(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// update is Store.Update, done again when a guard was changed in between.
func (o *Office) update(ctx context.Context, fn func(context.Context, Tx) error) error {
	var err error
	for range 3 {
		if err = o.store.Update(ctx, fn); gov.CodeOf(err) != gov.Unavailable {
			return err
		}
	}
	return err
}

// refuse writes a failure to the security log and returns it.
func (o *Office) refuse(ctx context.Context, refusal error, kind LogKind, person gov.ID, v Visitor) error {
	err := o.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Log(ctx, o.line(kind, person, v)) })
	if err != nil {
		return fmt.Errorf("log a refusal: %w", err)
	}
	return refusal
}

func (o *Office) line(kind LogKind, person gov.ID, v Visitor) LogLine {
	now := o.clock()
	l := LogLine{ID: gov.NewID(now), At: now.UnixMilli(), Kind: kind, Person: person, Agent: v.Agent}
	if v.Source != "" {
		l.Source = o.keyed("source", v.Source)
	}
	return l
}

// loginBuckets are the buckets of a password attempt: a familiar device has its
// own, so that strangers who guess at a login cannot lock its owner out.
func (o *Office) loginBuckets(login string, person gov.ID, v Visitor) []bucket {
	list := []bucket{{name: "login:" + o.keyed("login", login), free: freeTries}}
	if id, ok := o.device(v.Device, person); ok {
		list[0].name = "device:" + id
	}
	if v.Source != "" {
		list = append(list, bucket{name: "source:" + o.keyed("source", v.Source), free: sourceTries, keep: true})
	}
	return list
}

func (o *Office) keyed(kind, value string) string {
	d := digest(o.keys.buckets, []byte(kind+"\n"), []byte(value))
	return hex.EncodeToString(d[:16])
}

// newDevice makes the token of a device that a person has logged in from.
func (o *Office) newDevice(person gov.ID) string {
	s := newSecret(person)
	mac := digest(o.keys.devices, s[:])
	return base64.RawURLEncoding.EncodeToString(append(s[:], mac[:]...))
}

// device reads a token of newDevice for the person and names the device.
func (o *Office) device(token string, person gov.ID) (id string, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != len(secret{})+32 || person.IsZero() {
		return "", false
	}
	s := secret(b[:len(secret{})])
	mac := digest(o.keys.devices, s[:])
	if !hmac.Equal(mac[:], b[len(s):]) || s.person() != person {
		return "", false
	}
	return hex.EncodeToString(s[16:32]), true
}

func staffActor(person gov.ID) gov.Actor {
	return gov.Actor{Kind: gov.StaffActor, Name: person.String()}
}
