package oidc_test

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
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/oidc"
	"quanxiang/privacy"
)

// hostile is a provider that answers what a test tells it to. A real one is
// tried in the module providertest; no real one can be made to lie.
type hostile struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	now    time.Time
	change func(claims map[string]any)
	sign   func(claims []byte) string // nil for the usual way
	down   bool
	nonce  string
	pkce   string // challenge of the login
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{key: key, now: time.Date(2016, 9, 15, 12, 0, 0, 0, gov.China)}
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, v any) {
		w.Header().Set("content-type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		if h.down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		reply(w, map[string]any{"issuer": h.URL, "authorization_endpoint": h.URL + "/auth", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256", "none", "HS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: h.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != h.pkce {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": h.URL, "aud": "quanxiang", "sub": "7", "nonce": h.nonce, "iat": h.now.Unix(), "exp": h.now.Add(time.Minute).Unix(),
			"auth_time": h.now.Unix(), "amr": []string{"pwd", "otp"}, "employee_number": "A1"}
		if h.change != nil {
			h.change(claims)
		}
		body, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		sign := h.sign
		if sign == nil {
			sign = func(b []byte) string { return signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: h.key}, b) }
		}
		reply(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": sign(body)})
	})
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func signed(t *testing.T, key jose.SigningKey, body []byte) string {
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

func (h *hostile) provider(t *testing.T) *oidc.Provider {
	t.Helper()
	p, err := oidc.New(oidc.Config{Issuer: h.URL, ClientID: "quanxiang", ClientSecret: "s", Redirect: "http://localhost/back", StaffNo: "employee_number", Strong: []string{"otp"}},
		"110102", privacy.NewKeyring(), func() time.Time { return h.now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// begin leaves for the provider and notes what it was asked.
func (h *hostile) begin(t *testing.T, p *oidc.Provider, prove bool) (cookie string, back url.Values) {
	t.Helper()
	address, cookie, err := p.Begin(t.Context(), prove)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("scope") != "openid" || (q.Get("prompt") == "login") != prove {
		t.Errorf("asked %s", address)
	}
	h.nonce, h.pkce = q.Get("nonce"), q.Get("code_challenge")
	return cookie, url.Values{"state": {q.Get("state")}, "code": {"good"}}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	p := h.provider(t)
	cookie, back := h.begin(t, p, true)
	if strings.Contains(cookie, back.Get("state")) {
		t.Error("the cookie is not sealed")
	}
	got, err := p.Finish(t.Context(), cookie, back)
	if want := (people.Identity{Issuer: h.URL, Subject: "7", StaffNo: "A1", Strong: true, Seen: time.Unix(h.now.Unix(), 0)}); err != nil || got != want {
		t.Errorf("Finish = %+v, %v, want %+v", got, err, want)
	}
	h.change = func(c map[string]any) { c["amr"], c["employee_number"] = []string{"pwd"}, 7 }
	cookie, back = h.begin(t, p, false)
	got, err = p.Finish(t.Context(), cookie, back)
	if err != nil || got.Strong || got.StaffNo != "" {
		t.Errorf("without a second factor and with a number that is none: %+v, %v", got, err)
	}
}

func TestFinishRefuses(t *testing.T) {
	t.Parallel()
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for why, mischief := range map[string]struct {
		claims func(map[string]any)
		sign   func(*testing.T, *hostile) func([]byte) string
		back   func(url.Values)
		late   time.Duration
		prove  bool
	}{
		"another nonce":        {claims: func(c map[string]any) { c["nonce"] = "x" }},
		"no nonce":             {claims: func(c map[string]any) { delete(c, "nonce") }},
		"another issuer":       {claims: func(c map[string]any) { c["iss"] = "https://evil.example" }},
		"another audience":     {claims: func(c map[string]any) { c["aud"] = "shop" }},
		"several audiences":    {claims: func(c map[string]any) { c["aud"] = []string{"quanxiang", "shop"} }},
		"issued to another":    {claims: func(c map[string]any) { c["azp"] = "shop" }},
		"expired":              {claims: func(c map[string]any) { c["exp"] = 1 }},
		"no subject":           {claims: func(c map[string]any) { delete(c, "sub") }},
		"an old proof":         {claims: func(c map[string]any) { c["auth_time"] = 1 }, prove: true},
		"no time of the proof": {claims: func(c map[string]any) { delete(c, "auth_time") }, prove: true},
		"another key": {sign: func(t *testing.T, h *hostile) func([]byte) string {
			return func(b []byte) string { return signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: stranger}, b) }
		}},
		"no signature": {sign: func(t *testing.T, h *hostile) func([]byte) string { return unsigned }},
		"a shared key": {sign: func(t *testing.T, h *hostile) func([]byte) string {
			return func(b []byte) string {
				return signed(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("s", 32))}, b)
			}
		}},
		"another state":          {back: func(q url.Values) { q.Set("state", "x") }},
		"no state":               {back: func(q url.Values) { q.Del("state") }},
		"another provider spoke": {back: func(q url.Values) { q.Set("iss", "https://evil.example") }},
		"the provider refuses":   {back: func(q url.Values) { q.Set("error", "access_denied") }},
		"another code":           {back: func(q url.Values) { q.Set("code", "bad") }},
		"too late":               {late: oidc.FlowLasts + time.Second},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t)
			p := h.provider(t)
			h.change = mischief.claims
			if mischief.sign != nil {
				h.sign = mischief.sign(t, h)
			}
			cookie, back := h.begin(t, p, mischief.prove)
			if mischief.back != nil {
				mischief.back(back)
			}
			h.now = h.now.Add(mischief.late)
			got, err := p.Finish(t.Context(), cookie, back)
			if gov.CodeOf(err) != gov.Unknown || got != (people.Identity{}) {
				t.Errorf("Finish = %+v, %v, want Unknown", got, err)
			}
		})
	}
}

func unsigned(body []byte) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
}

func TestCookieOfAnotherLogin(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	p := h.provider(t)
	mine, _ := h.begin(t, p, false)
	_, theirs := h.begin(t, p, false)
	for why, cookie := range map[string]string{"of another login": mine, "none": "", "no base64": "!", "forged": base64.RawURLEncoding.EncodeToString([]byte(`{"s":"x"}`))} {
		if _, err := p.Finish(t.Context(), cookie, theirs); gov.CodeOf(err) != gov.Unknown {
			t.Errorf("a cookie %s: %v", why, err)
		}
	}
}

func TestProviderDown(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	h.down = true
	p := h.provider(t)
	if _, _, err := p.Begin(t.Context(), false); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("Begin = %v, want Unavailable", err)
	}
	h.down = false
	if _, _, err := p.Begin(t.Context(), false); err != nil {
		t.Errorf("once it is up again: %v", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := oidc.Config{Issuer: "https://id.example.cn", ClientID: "q", Redirect: "https://desk.example.cn/back"}
	if _, err := oidc.New(good, "110102", privacy.NewKeyring(), time.Now, nil); err != nil {
		t.Error(err)
	}
	for why, change := range map[string]func(*oidc.Config){
		"plain http":       func(c *oidc.Config) { c.Issuer = "http://id.example.cn" },
		"a plain way back": func(c *oidc.Config) { c.Redirect = "http://desk.example.cn/back" },
		"no issuer":        func(c *oidc.Config) { c.Issuer = "" },
		"no client":        func(c *oidc.Config) { c.ClientID = "" },
	} {
		c := good
		change(&c)
		if _, err := oidc.New(c, "110102", privacy.NewKeyring(), time.Now, nil); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v, want Invalid", why, err)
		}
	}
}
