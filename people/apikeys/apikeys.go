// Package apikeys keeps the keys by which other programs file things with the
// district: which program has one, which unit answers for it, how much it may
// send. An administrator makes a key, sees its secret once and takes it back.
// A key says who sends, and is for one thing.
package apikeys

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Key is a key as it is kept.
type Key struct {
	ID       gov.ID
	Name     string // of the program that has it
	Unit     string // id of the unit that answers for it
	Contact  string // how to reach those who run the program; sealed at rest
	Rate     int    // how many times an hour it may send
	Scope    Scope  // what it is for
	Digest   string // of the secret, hex, by a key outside the database
	Made     int64  // Unix ms
	Revoked  int64  // 0 while it is good
	Revision int

	Used int64 // when it was used last, to the minute, Unix ms; 0 for never
}

// Scope is what a key is for. What it is not for it does not open.
type Scope string

// The scopes.
const (
	Filing    Scope = "filing"    // files requests by its secret (Open311)
	Registers Scope = "registers" // signs pushes to registers, reads and questions of them
	Reading   Scope = "reading"   // signs reads and questions of registers, and pushes nothing
	Whole     Scope = "all"       // what keys were for that were made before there were scopes: all of the above

	// Simulating signs simulations of programmes, which tell names of enterprises.
	Simulating Scope = "simulating"
)

// Scopes lists what a new key may be for.
func Scopes() []Scope { return []Scope{Filing, Registers, Reading, Simulating} }

// Covers reports that a key is for something.
func (k Key) Covers(s Scope) bool {
	return k.Scope == s || k.Scope == Whole && s != Simulating || k.Scope == Registers && s == Reading
}

// Signs reports that a key has a signing secret.
func (k Key) Signs() bool { return k.Covers(Reading) || k.Covers(Simulating) }

// MaxRate is the largest rate of a key, DefaultRate what is offered.
const (
	MaxRate     = 100_000
	DefaultRate = 600
)

// Reader is the reading half of a store.
type Reader interface {
	// Key returns a key, or NotFound.
	Key(ctx context.Context, id gov.ID) (Key, error)
}

// Store keeps the keys of one district.
type Store interface {
	Reader

	// Keys lists the keys, the newest first.
	Keys(ctx context.Context, p gov.Page) (gov.List[Key], error)

	// UpdateKeys runs fn in one transaction. fn may run more than once and must
	// touch nothing but its Tx.
	UpdateKeys(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error

	// NoteUse notes that a key was used. It is no part of the key.
	NoteUse(ctx context.Context, id gov.ID, at int64) error
}

// Tx is a transaction of a store.
type Tx interface {
	Reader

	// SaveKey saves a key as people.Tx saves everything else.
	SaveKey(ctx context.Context, k *Key) error

	// Record appends an event to the ledger in this transaction.
	Record(ctx context.Context, actor gov.Actor, e people.Event) error
}

// Config is what Keys need.
type Config struct {
	Store Store
	Pack  func() *policy.Pack // the pack in force
	Clock gov.Clock
	Keys  *privacy.Keyring
}

// Keys makes, knows and takes back keys. Its methods may be called by any number
// of goroutines.
type Keys struct {
	Config
	key    []byte
	recent sync.Map // gov.ID -> seen
}

// seen is a key as it was read.
type seen struct {
	key Key
	at  time.Time // of the machine's clock
}

// seenLasts is how long a key is not read again for. Revoking it ends that at once in
// this process; in another one that serves the same database it goes on for as long.
const seenLasts = time.Second

// New makes keys over a store.
func New(c Config) *Keys { return &Keys{Config: c, key: c.Keys.Derive("people api keys")} }

// read is a key as it was within the last second.
func (k *Keys) read(ctx context.Context, id gov.ID) (Key, error) {
	if s, ok := k.recent.Load(id); ok && time.Since(s.(seen).at) < seenLasts {
		return s.(seen).key, nil
	}
	at := time.Now()
	key, err := k.Store.Key(ctx, id)
	if err == nil {
		k.recent.Store(id, seen{key, at})
	}
	return key, err
}

// maxText is how many characters a name or contact has.
const maxText = 100

// prefix begins every secret, so that one that got out is known for what it is,
// and is no number to any program.
const prefix = "qxk_"

// secret is the id of its key, so that no row can be made another's, and 256
// random bits.
type secret [16 + 32]byte

func (s secret) String() string { return prefix + base64.RawURLEncoding.EncodeToString(s[:]) }

func (k *Keys) digest(s secret) string {
	mac := hmac.New(sha256.New, k.key)
	mac.Write(s[:])
	return hex.EncodeToString(mac.Sum(nil))
}

// errKey is the one answer to a secret that is not, or no longer, good.
var errKey = gov.Errorf(gov.Unknown, "接口密钥无效或已停用", "the API key is not valid, or no longer")

// Make makes a key of a name, unit, contact and rate and returns its secret,
// once. It needs the act of managing logins, proven afresh. It returns Invalid
// for what is missing, with its Field.
func (k *Keys) Make(ctx context.Context, by people.Standing, key Key) (id gov.ID, text string, err error) {
	g, err := people.Allow(by, policy.ManageLogins, people.Object{})
	if err != nil {
		return id, "", err
	}
	if key, err = k.normal(key); err != nil {
		return id, "", err
	}
	now := k.Clock()
	id = gov.NewID(now)
	var s secret
	copy(s[:16], id[:])
	rand.Read(s[16:])
	key.ID, key.Digest, key.Made = id, k.digest(s), now.UnixMilli()
	err = k.Store.UpdateKeys(ctx, func(ctx context.Context, tx Tx) error {
		saved := key // the store counts its revision, and may run this again
		if err := tx.SaveKey(ctx, &saved); err != nil {
			return err
		}
		return tx.Record(ctx, g.Actor(), people.Event{ID: gov.NewID(now), Kind: "apikey.made", Object: object(id), Facts: map[string]string{"name": key.Name, "unit": key.Unit, "scope": string(key.Scope)}})
	})
	return id, s.String(), err
}

func object(id gov.ID) string { return "apikey:" + id.String() }

// normal trims and checks what an administrator wrote.
func (k *Keys) normal(key Key) (Key, error) {
	key = Key{Name: strings.TrimSpace(key.Name), Unit: key.Unit, Contact: strings.TrimSpace(key.Contact), Rate: key.Rate, Scope: key.Scope}
	for _, f := range []struct {
		name, text string
		missing    gov.Text
	}{
		{"name", key.Name, gov.Text{ZH: "请填写程序名称", EN: "write what the program is called"}},
		{"contact", key.Contact, gov.Text{ZH: "请填写联系方式", EN: "write how to reach those who run it"}},
	} {
		switch {
		case f.text == "":
			return key, &gov.Error{Code: gov.Invalid, Text: f.missing, Field: f.name}
		case utf8.RuneCountInString(f.text) > maxText:
			return key, gov.Errorf(gov.Invalid, "最多 %d 字", "up to %d characters", maxText).On(f.name)
		}
	}
	switch u, ok := k.Pack().Unit(key.Unit); {
	case key.Unit == "":
		return key, gov.Errorf(gov.Invalid, "请选择单位", "choose a unit").On("unit")
	case !ok:
		return key, gov.Errorf(gov.Invalid, "没有单位“%s”", "there is no unit %q", key.Unit).On("unit")
	case u.Kind == policy.Group:
		return key, gov.Errorf(gov.Invalid, "“%[1]s”是统称，不是单位", "%[2]q stands for several units and is none", u.Name.ZH, u.Name.In(gov.EN)).On("unit")
	}
	if !slices.Contains(Scopes(), key.Scope) {
		return key, gov.Errorf(gov.Invalid, "请选择密钥的用途", "choose what the key is for").On("scope")
	}
	if key.Rate < 1 || key.Rate > MaxRate {
		return key, gov.Errorf(gov.Invalid, "每小时次数应为 1 至 %d 的整数", "the number an hour must be a whole number from 1 to %d", MaxRate).On("rate")
	}
	return key, nil
}

// Revoke takes a key back. It needs the same as Make and returns NotFound, or
// Conflict when it was taken back before.
func (k *Keys) Revoke(ctx context.Context, by people.Standing, id gov.ID) error {
	g, err := people.Allow(by, policy.ManageLogins, people.Object{})
	if err != nil {
		return err
	}
	now := k.Clock()
	defer k.recent.Delete(id)
	return k.Store.UpdateKeys(ctx, func(ctx context.Context, tx Tx) error {
		key, err := tx.Key(ctx, id)
		if err != nil {
			return err
		}
		if key.Revoked != 0 {
			return gov.Errorf(gov.Conflict, "这个密钥已经停用", "the key was taken back already")
		}
		key.Revoked = now.UnixMilli()
		if err := tx.SaveKey(ctx, &key); err != nil {
			return err
		}
		return tx.Record(ctx, g.Actor(), people.Event{ID: gov.NewID(now), Kind: "apikey.revoked", Object: object(id)})
	})
}

// Key returns a key to whoever may make them, or NotFound.
func (k *Keys) Key(ctx context.Context, by people.Standing, id gov.ID) (Key, error) {
	if err := people.Can(by, policy.ManageLogins, people.Object{}); err != nil {
		return Key{}, err
	}
	return k.Store.Key(ctx, id)
}

// List lists the keys, the newest first, to whoever may make them.
func (k *Keys) List(ctx context.Context, by people.Standing, p gov.Page) (gov.List[Key], error) {
	if err := people.Can(by, policy.ManageLogins, people.Object{}); err != nil {
		return gov.List[Key]{}, err
	}
	return k.Store.Keys(ctx, p)
}

// Signing is the secret by which the program that has a key signs what it sends, in the
// form of Standard Webhooks. It follows from the key's id and the installation's
// keyring and is kept nowhere; it never travels.
func (k *Keys) Signing(id gov.ID) string {
	mac := hmac.New(sha256.New, k.Keys.Derive("people api keys signing"))
	mac.Write(id[:])
	return "whsec_" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// errScope is the answer to a key that was made for something else.
var errScope = gov.Errorf(gov.Forbidden, "这个密钥不用于这类请求", "the key was made for something else")

// Signed returns the key with an id, whose signature somebody has checked, and notes
// that it was used; or Unknown, or Forbidden for a key that was made for something else.
func (k *Keys) Signed(ctx context.Context, id gov.ID, scope Scope) (Key, error) {
	key, err := k.read(ctx, id)
	if gov.CodeOf(err) == gov.NotFound || err == nil && key.Revoked != 0 {
		return Key{}, errKey
	}
	if err != nil {
		return Key{}, err
	}
	if !key.Covers(scope) {
		return Key{}, errScope
	}
	return k.used(ctx, key)
}

// Use returns the key of the scope Filing with a secret and notes that it was used; or
// Unknown, or Forbidden for a key that was made for something else.
func (k *Keys) Use(ctx context.Context, text string) (Key, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimPrefix(text, prefix))
	if err != nil || !strings.HasPrefix(text, prefix) || len(b) != len(secret{}) {
		return Key{}, errKey
	}
	s := secret(b)
	key, err := k.read(ctx, gov.ID(s[:16]))
	if gov.CodeOf(err) == gov.NotFound {
		return Key{}, errKey
	}
	if err != nil {
		return Key{}, err
	}
	if key.Revoked != 0 || !hmac.Equal([]byte(key.Digest), []byte(k.digest(s))) {
		return Key{}, errKey
	}
	if !key.Covers(Filing) {
		return Key{}, errScope
	}
	return k.used(ctx, key)
}

// used notes that a key was used.
func (k *Keys) used(ctx context.Context, key Key) (Key, error) {
	if now := k.Clock().Truncate(time.Minute).UnixMilli(); now > key.Used {
		if err := k.Store.NoteUse(ctx, key.ID, now); err != nil {
			return Key{}, err
		}
		key.Used = now
		k.recent.Delete(key.ID)
	}
	return key, nil
}
