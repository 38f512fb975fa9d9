package people

import (
	"context"
	"encoding/hex"
	"time"

	"quanxiang/gov"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// LinkLasts is how long a one-time link may be used.
const LinkLasts = 72 * time.Hour

// Office is where accounts are made and rights are given, and the door where
// people log in. Its methods decide, write and record; any number of goroutines
// may call them.
type Office struct {
	store  Store
	pack   func() *policy.Pack
	clock  gov.Clock
	hasher *passwords.Hasher
	keys   keys
	issuer string
}

// keys are derived once from the keyring.
type keys struct {
	sessions, devices, links, recovery, buckets []byte
}

// Config is what an office needs.
type Config struct {
	Store  Store
	Pack   func() *policy.Pack // the pack in force
	Clock  gov.Clock
	Hasher *passwords.Hasher
	Keys   *privacy.Keyring
	Name   string // of the installation, as authenticator apps show it
}

// New opens an office.
func New(c Config) *Office {
	return &Office{store: c.Store, pack: c.Pack, clock: c.Clock, hasher: c.Hasher, issuer: c.Name, keys: keys{
		sessions: c.Keys.Derive("people sessions"), devices: c.Keys.Derive("people devices"), links: c.Keys.Derive("people links"),
		recovery: c.Keys.Derive("people recovery codes"), buckets: c.Keys.Derive("people buckets"),
	}}
}

// StandingOf returns what a person may do now who is not there, for what they
// have asked to be done in the background. It returns NotFound, or Forbidden for
// somebody without an account in use.
func (o *Office) StandingOf(ctx context.Context, person gov.ID) (Standing, error) {
	h, err := o.store.Holdings(ctx, person)
	if err != nil {
		return Standing{}, err
	}
	if h.Account == nil || h.Account.State != Active {
		return Standing{}, gov.Errorf(gov.Forbidden, "账号已停用", "the account is not in use")
	}
	return Staff(h, o.pack(), o.clock(), time.Time{}), nil
}

var errStaff = gov.Errorf(gov.Unknown, "请先登录", "log in first")

// Person returns a person with name and unit to whoever is staff; contacts are
// masked. It returns NotFound, or Unknown to whoever is not logged in.
func (o *Office) Person(ctx context.Context, by Standing, id gov.ID) (Person, error) {
	if by.Kind != gov.StaffActor && by.Kind != gov.OperatorActor {
		return Person{}, errStaff
	}
	p, err := o.store.Person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	return p.masked(), nil
}

func (p Person) masked() Person {
	p.Mobile, p.Email = privacy.MaskPhone(p.Mobile), privacy.MaskEmail(p.Email)
	return p
}

// merge is the changed person p with contacts that p only shows masked left as
// they are.
func (old Person) merge(p Person) Person {
	shown := old.masked()
	if p.Mobile == shown.Mobile {
		p.Mobile = old.Mobile
	}
	if p.Email == shown.Email {
		p.Email = old.Email
	}
	p.Revision = old.Revision
	return p
}

// List returns persons with masked contacts to whoever manages logins or posts.
func (o *Office) List(ctx context.Context, by Standing, f Filter, p gov.Page) (gov.List[Person], error) {
	if err := managesPeople(by); err != nil {
		return gov.List[Person]{}, err
	}
	list, err := o.store.Persons(ctx, f, p)
	for i := range list.Items {
		list.Items[i] = list.Items[i].masked()
	}
	return list, err
}

// Save enters a new person, when the id is zero, or changes one. It returns
// the person's id. A masked contact leaves what is stored.
func (o *Office) Save(ctx context.Context, by Standing, p Person) (gov.ID, error) {
	g, err := Allow(by, policy.ManageLogins, Object{Person: p.ID})
	if err != nil {
		return gov.ID{}, err
	}
	id := p.ID
	if id.IsZero() {
		id = gov.NewID(o.clock())
	}
	err = o.store.Update(ctx, func(ctx context.Context, tx Tx) error { return o.save(ctx, tx, g, id, p) })
	return id, err
}

// save is Save in a transaction; a new person gets the id.
func (o *Office) save(ctx context.Context, tx Tx, g Grant, id gov.ID, p Person) error {
	kind := "people.changed"
	if p.ID.IsZero() {
		p.ID, p.Revision, kind = id, 0, "people.entered"
	} else {
		old, err := tx.Person(ctx, p.ID)
		if err != nil {
			return err
		}
		p = old.merge(p)
	}
	p, err := p.Normal(o.pack())
	if err != nil {
		return err
	}
	if err := tx.SavePerson(ctx, &p); err != nil {
		return err
	}
	return o.record(ctx, tx, g.Actor(), Event{Kind: kind, Object: "person:" + id.String()})
}

// Invite makes an account for a person, if there is none, and a one-time link
// to set its password. An existing account keeps its login, whatever login
// says, and its password until the link is used. With renew the second factor
// is enrolled anew too.
//
// Nobody must be able to become someone else alone. So a link that would take
// an account over, by replacing the only factor its owner has or by opening a
// closed account again, works once another person has agreed, see Second.
//
// The link's secret is returned once and stored nowhere.
func (o *Office) Invite(ctx context.Context, by Standing, person gov.ID, login string, renew bool) (link string, err error) {
	g, err := Allow(by, policy.ManageLogins, Object{Person: person})
	if err != nil {
		return "", err
	}
	s := newSecret(person)
	err = o.store.Update(ctx, func(ctx context.Context, tx Tx) error { return o.invite(ctx, tx, g, s, login, renew) })
	return s.String(), err
}

// invite is Invite in a transaction.
func (o *Office) invite(ctx context.Context, tx Tx, g Grant, s secret, login string, renew bool) error {
	person := s.person()
	if _, err := tx.Person(ctx, person); err != nil {
		return err
	}
	a, err := tx.Account(ctx, person)
	if gov.CodeOf(err) == gov.NotFound {
		login, err := NormalLogin(login)
		if err != nil {
			return err
		}
		a = &Account{Person: person, Login: login, State: Invited}
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	now := o.clock()
	i := &Invitation{
		Digest: o.linkDigest(s), Person: person, Renew: renew, Epoch: a.Epoch, By: g.Standing.Actor().String(),
		Two: a.needsTwo(renew), Made: now.UnixMilli(), Expires: now.Add(LinkLasts).UnixMilli(),
	}
	if err := tx.SaveInvitation(ctx, i); err != nil {
		return err
	}
	return o.record(ctx, tx, g.Actor(), Event{Kind: "account.invited", Object: accountObject(person),
		Facts: map[string]string{"renew": yes(renew), "two": yes(i.Two)}, Sealed: map[string]string{"login": a.Login}})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Second agrees to a link made by another person. It returns Conflict when it
// was made by the same one.
func (o *Office) Second(ctx context.Context, by Standing, link string) error {
	s, ok := parseSecret(link)
	if !ok {
		return errLink
	}
	g, err := Allow(by, policy.ManageLogins, Object{Person: s.person()})
	if err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		i, err := o.openLink(ctx, tx, s)
		if err != nil {
			return err
		}
		if i.By == by.Actor().String() {
			return gov.Errorf(gov.Conflict, "须由另一人同意", "another person must agree")
		}
		i.Seconded = by.Actor().String()
		if err := tx.SaveInvitation(ctx, &i); err != nil {
			return err
		}
		return o.record(ctx, tx, g.Actor(), Event{Kind: "account.seconded", Object: accountObject(i.Person)})
	})
}

// Close ends an account for good, with all its sessions. Assignments are ended
// separately: they say until when someone held a post.
func (o *Office) Close(ctx context.Context, by Standing, person gov.ID) error {
	return o.change(ctx, by, person, "account.closed", func(a *Account) error {
		if a.State == Closed {
			return gov.Errorf(gov.Conflict, "账号已经关闭", "the account is closed already")
		}
		a.State = Closed
		return nil
	})
}

// EndSessions ends every session of a person, for instance when a telephone
// was lost.
func (o *Office) EndSessions(ctx context.Context, by Standing, person gov.ID) error {
	return o.change(ctx, by, person, "account.sessions_ended", func(*Account) error { return nil })
}

// Bind lets the person of a new account log in as a subject of an identity
// provider. An account that has its owner is bound by them, see BindMine;
// whoever manages logins can only take a binding off it that is not its last
// factor, with an empty issuer and subject. Either else is a Conflict.
func (o *Office) Bind(ctx context.Context, by Standing, person gov.ID, issuer, subject string) error {
	if (issuer == "") != (subject == "") {
		return gov.Errorf(gov.Invalid, "身份提供方和其中的标识须同时填写", "issuer and subject go together").On("subject")
	}
	return o.change(ctx, by, person, "account.bound", func(a *Account) error {
		switch {
		case a.State == Closed:
			return gov.Errorf(gov.Conflict, "账号已经关闭", "the account is closed")
		case subject != "" && a.taken():
			return gov.Errorf(gov.Conflict, "账号已由本人使用，须由本人登录后绑定", "the account has its owner, who binds it after logging in")
		case subject == "" && len(a.TOTP) == 0:
			return gov.Errorf(gov.Conflict, "这是账号唯一的登录方式，不能解除", "it is the only way into the account and cannot be taken off")
		}
		a.Issuer, a.Subject, a.State = issuer, subject, Active // the provider vouches; no password is needed
		return nil
	})
}

// change changes an account on behalf of someone who manages logins, and voids
// its sessions.
func (o *Office) change(ctx context.Context, by Standing, person gov.ID, kind string, fn func(*Account) error) error {
	g, err := Allow(by, policy.ManageLogins, Object{Person: person})
	if err != nil {
		return err
	}
	return o.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		a, err := tx.Account(ctx, person)
		if err != nil {
			return err
		}
		if err := fn(a); err != nil {
			return err
		}
		a.Epoch++
		if err := tx.SaveAccount(ctx, a); err != nil {
			return err
		}
		if err := dropSessions(ctx, tx, person, SessionID{}); err != nil {
			return err
		}
		return o.record(ctx, tx, g.Actor(), Event{Kind: kind, Object: accountObject(person)})
	})
}

// dropSessions deletes the sessions of a person but one. The epoch has voided
// them already; deleting keeps the list true.
func dropSessions(ctx context.Context, tx Tx, person gov.ID, but SessionID) error {
	list, err := tx.Sessions(ctx, person)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.ID != but {
			if err := tx.DropSession(ctx, s.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *Office) record(ctx context.Context, tx Tx, actor gov.Actor, e Event) error {
	e.ID = gov.NewID(o.clock())
	return tx.Record(ctx, actor, e)
}

func (o *Office) linkDigest(s secret) string {
	d := digest(o.keys.links, s[:])
	return hex.EncodeToString(d[:])
}

func accountObject(person gov.ID) string { return "account:" + person.String() }
