// Package oidctest plays an identity provider to the tests of package oidc and of
// what stands on it. No program imports it.
package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"quanxiang/gov"
)

// Provider is a provider that answers what a test tells it to.
type Provider struct {
	*httptest.Server
	Key    *ecdsa.PrivateKey
	Now    time.Time
	Change func(claims map[string]any) // of an ID token, or nil
	Sign   func(claims []byte) string  // nil for the usual way
	Down   bool
	nonce  string
	pkce   string // challenge of the login
}

// New starts a provider until the test ends.
func New(t testing.TB) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &Provider{Key: key, Now: time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China)}
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, v any) {
		w.Header().Set("content-type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		if h.Down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		reply(w, map[string]any{"issuer": h.URL, "authorization_endpoint": h.URL + "/auth", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256", "none", "HS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: h.Key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != h.pkce {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": h.URL, "aud": "quanxiang", "sub": "7", "nonce": h.nonce, "iat": h.Now.Unix(), "exp": h.Now.Add(time.Minute).Unix(),
			"auth_time": h.Now.Unix(), "amr": []string{"pwd", "otp"}, "employee_number": "A1"}
		if h.Change != nil {
			h.Change(claims)
		}
		body, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		sign := h.Sign
		if sign == nil {
			sign = func(b []byte) string { return Signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: h.Key}, b) }
		}
		reply(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": sign(body)})
	})
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

// Signed is a token of a body.
func Signed(t testing.TB, key jose.SigningKey, body []byte) string {
	t.Helper()
	s, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Pass lets somebody in whom a client sent to an address of the provider, as it
// was to be asked, and returns the query they are sent back with.
func (h *Provider) Pass(t testing.TB, address string, prove bool) (back url.Values) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("scope") != "openid" || (q.Get("prompt") == "login") != prove {
		t.Errorf("asked %s", address)
	}
	h.nonce, h.pkce = q.Get("nonce"), q.Get("code_challenge")
	return url.Values{"state": {q.Get("state")}, "code": {"good"}}
}
