package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/oidc"
	"quanxiang/people/oidc/oidctest"
	"quanxiang/privacy"
)

// hostile is a provider that answers what a test tells it to. A real one is
// tried in the module providertest; no real one can be made to lie.
type hostile struct{ *oidctest.Provider }

func newHostile(t *testing.T) *hostile { return &hostile{oidctest.New(t)} }

func (h *hostile) provider(t *testing.T) *oidc.Provider {
	t.Helper()
	p, err := oidc.New(oidc.Config{Issuer: h.URL, ClientID: "quanxiang", ClientSecret: "s", Redirect: "http://localhost/back", StaffNo: "employee_number", Strong: []string{"otp"}},
		"110102", privacy.NewKeyring(), func() time.Time { return h.Now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// begin leaves for the provider and comes back from it.
func (h *hostile) begin(t *testing.T, p *oidc.Provider, prove bool) (cookie string, back url.Values) {
	t.Helper()
	address, cookie, err := p.Begin(t.Context(), prove)
	if err != nil {
		t.Fatal(err)
	}
	return cookie, h.Pass(t, address, prove)
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
	if want := (people.Identity{Issuer: h.URL, Subject: "7", StaffNo: "A1", Strong: true, Seen: time.Unix(h.Now.Unix(), 0)}); err != nil || got != want {
		t.Errorf("Finish = %+v, %v, want %+v", got, err, want)
	}
	h.Change = func(c map[string]any) { c["amr"], c["employee_number"] = []string{"pwd"}, 7 }
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
			return func(b []byte) string {
				return oidctest.Signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: stranger}, b)
			}
		}},
		"no signature": {sign: func(t *testing.T, h *hostile) func([]byte) string { return unsigned }},
		"a shared key": {sign: func(t *testing.T, h *hostile) func([]byte) string {
			return func(b []byte) string {
				return oidctest.Signed(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("s", 32))}, b)
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
			h.Change = mischief.claims
			if mischief.sign != nil {
				h.Sign = mischief.sign(t, h)
			}
			cookie, back := h.begin(t, p, mischief.prove)
			if mischief.back != nil {
				mischief.back(back)
			}
			h.Now = h.Now.Add(mischief.late)
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
	h.Down = true
	p := h.provider(t)
	if _, _, err := p.Begin(t.Context(), false); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("Begin = %v, want Unavailable", err)
	}
	h.Down = false
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
