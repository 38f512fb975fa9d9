package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"quanxiang/gov"
)

// How long a session lasts. Both are shorter than a working day's end: a
// session ends by itself over night.
const (
	IdleLimit     = 30 * time.Minute // without a request
	AbsoluteLimit = 12 * time.Hour   // in any case
	halfLimit     = 10 * time.Minute // to finish a login or an enrolment
)

// seenEvery is how often a session's last use is written down.
const seenEvery = time.Minute

// SessionID names a session. It is made from the token by a key outside the
// database, so neither can be had from a copy of the database, nor can a row
// put into it be used.
type SessionID [sha256.Size]byte

// Session is a login in a browser.
type Session struct {
	ID      SessionID
	Person  gov.ID
	Whole   bool   // both factors were shown; a half session only serves to show the second or to enrol it
	Epoch   int    // of the account when it was opened
	Via     string // "password", or the issuer of the identity provider
	Agent   string // browser and system, as the person recognises them
	Opened  int64  // Unix milliseconds
	Seen    int64  // last use, within a minute
	Proven  int64  // when it was last shown who it is; 0 if never by what counts, see Identity.Seen
	Pending []byte // secret of a second factor that is being enrolled; sealed at rest
}

// alive reports whether the session still counts.
func (s Session) alive(a *Account, at time.Time) bool {
	age, idle := at.Sub(time.UnixMilli(s.Opened)), at.Sub(time.UnixMilli(s.Seen))
	if a == nil || a.State != Active || a.Epoch != s.Epoch || age >= AbsoluteLimit || idle >= IdleLimit {
		return false
	}
	return s.Whole || age < halfLimit
}

// secret is a random token of 256 bits with the id of the person in front, so
// that a session stolen from one row cannot be moved to another person's.
type secret [16 + 32]byte

func newSecret(person gov.ID) (s secret) {
	copy(s[:16], person[:])
	rand.Read(s[16:])
	return s
}

// String is the form for cookies and links.
func (s secret) String() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

func (s secret) person() gov.ID { return gov.ID(s[:16]) }

// parseSecret reads what String writes.
func parseSecret(text string) (s secret, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != len(s) {
		return s, false
	}
	return secret(b), true
}

// digest names a secret in the store.
func digest(key []byte, parts ...[]byte) [sha256.Size]byte {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		mac.Write(p)
	}
	return [sha256.Size]byte(mac.Sum(nil))
}
