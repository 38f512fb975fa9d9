package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Of the one-time codes of RFC 6238, the ones every authenticator app makes:
// HMAC-SHA-1, six digits, thirty seconds.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20 // bytes
	totpSkew   = 1  // steps a telephone's clock may be ahead or behind
)

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTPSecret makes the secret of a second factor.
func newTOTPSecret() []byte {
	secret := make([]byte, totpSecret)
	rand.Read(secret)
	return secret
}

// totpAt is the code of a step.
func totpAt(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}

// Step is the number of the code in force at a time.
func Step(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

// matchTOTP finds the step of which the code is, near to a time. The caller
// sees to it that no step is used twice.
func matchTOTP(secret []byte, code string, at time.Time) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	now := Step(at)
	for s := now - totpSkew; s <= now+totpSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(totpAt(secret, s)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// Enrolment is what a person needs to put the second factor into an app.
type Enrolment struct {
	Login  string // to know later, beside the password
	Secret string // base32, for typing
	URI    string // otpauth://, for a QR code
}

func newEnrolment(secret []byte, issuer, login string) Enrolment {
	text := b32.EncodeToString(secret)
	query := url.Values{
		"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {fmt.Sprint(totpDigits)}, "period": {fmt.Sprint(int(totpStep / time.Second))},
	}.Encode()
	// Some apps show a plus sign where the form encoding means a blank.
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login, RawQuery: strings.ReplaceAll(query, "+", "%20")}
	return Enrolment{Login: login, Secret: text, URI: u.String()}
}

// TOTP is the code an authenticator app shows for a secret at a time.
func TOTP(secret []byte, at time.Time) string {
	return totpAt(secret, at.Unix()/int64(totpStep/time.Second))
}
