// Package keygate lets other programs in by API keys: a request is signed over its body as
// a Standard Webhook is, with the secret of a key that a unit answers for; the secret never
// travels. Each key has its number of requests an hour.
package keygate

import (
	"crypto/hmac"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/limits"
	"quanxiang/notices/hooks"
	"quanxiang/people/apikeys"
)

// KeyHeader names the key, besides the headers of Standard Webhooks.
const KeyHeader = "Quanxiang-Key"

// tolerance is how far the time of a signature may be from ours: what was caught on the
// way is of no use later.
const tolerance = 5 * time.Minute

// MaxBody bounds a request.
const MaxBody = 1 << 20

// Gate lets requests in. It counts by itself what each key asks.
type Gate struct {
	keys  *apikeys.Keys
	clock gov.Clock
	rates rates
}

// NewGate makes one.
func NewGate(keys *apikeys.Keys, clock gov.Clock) *Gate {
	return &Gate{keys: keys, clock: clock, rates: rates{meters: map[gov.ID]limits.Meter{}}}
}

// Wants reports that a request comes with a key.
func Wants(r *http.Request) bool { return r.Header.Get(KeyHeader) != "" }

// Actor is the program that has a key, for the ledger.
func Actor(k apikeys.Key) gov.Actor {
	return gov.Actor{Kind: gov.SystemActor, Name: "apikey:" + k.ID.String()}
}

// Enter checks the signature of a request, what its key is for and how often it asks, and
// returns the key with the body.
func (g *Gate) Enter(w http.ResponseWriter, r *http.Request, scope apikeys.Scope) (apikeys.Key, []byte, error) {
	key, body, err := g.identify(r, scope)
	if err == nil {
		err = g.rates.take(w, key, g.clock())
	}
	return key, body, err
}

var errSignature = gov.Errorf(gov.Unknown, "签名不符：请核对密钥编号、时间和签名方法", "the signature does not fit: compare the key's id, the time and how it is signed")

// identify checks the signature of a request. Of a request without a body the address
// with its question is signed.
func (g *Gate) identify(r *http.Request, scope apikeys.Scope) (apikeys.Key, []byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if _, big := errors.AsType[*http.MaxBytesError](err); big || len(body) > MaxBody {
		return apikeys.Key{}, nil, gov.Errorf(gov.TooLarge, "一次最多 %d KiB", "at most %d KiB at a time", MaxBody>>10)
	}
	if err != nil {
		return apikeys.Key{}, nil, gov.Errorf(gov.Invalid, "请求没有完整到达", "the request did not arrive whole").Because(err)
	}
	id, err := gov.ParseID(r.Header.Get(KeyHeader))
	if err != nil {
		return apikeys.Key{}, nil, errSignature
	}
	sent, err := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
	at := time.Unix(sent, 0)
	if apart := g.clock().Sub(at); err != nil || apart > tolerance || apart < -tolerance {
		return apikeys.Key{}, nil, errSignature
	}
	signed := body
	if r.Method == http.MethodGet {
		signed = []byte(r.URL.RequestURI())
	}
	want, err := hooks.Sign([]string{g.keys.Signing(id)}, r.Header.Get("webhook-id"), at, signed)
	if err != nil {
		return apikeys.Key{}, nil, err
	}
	fits := false
	for s := range strings.FieldsSeq(r.Header.Get("webhook-signature")) {
		fits = fits || hmac.Equal([]byte(s), []byte(want))
	}
	if !fits {
		return apikeys.Key{}, nil, errSignature
	}
	key, err := g.keys.Signed(r.Context(), id, scope)
	return key, body, err
}
