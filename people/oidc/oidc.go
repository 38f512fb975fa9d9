// Package oidc logs people in at the city's identity provider by OpenID
// Connect: authorization code flow with PKCE, state and nonce (RFC 6749, 7636,
// 9207; OpenID Connect Core 1.0). It proves who somebody is to the provider and
// nothing more; whether an account belongs to that identity is decided by
// people.Office.LoginIdentity, which makes none.
//
// What the flow has to remember between leaving for the provider and coming
// back lies sealed in a cookie, so the server keeps no state for people who
// never come back, and nobody can finish a login that another browser began.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
)

// FlowLasts is how long a login at the provider may take.
const FlowLasts = 10 * time.Minute

// clientTimeout bounds each request to the provider.
const clientTimeout = 10 * time.Second

// Config names a provider and how far it is trusted.
type Config struct {
	Issuer       string   // https://id.example.cn; http only on the own machine
	ClientID     string   // as the provider registered the district
	ClientSecret string   // "" for a public client
	Redirect     string   // address of the page that calls Finish
	Scopes       []string // besides openid

	// StaffNo is the claim of the ID token that holds the personnel number, if
	// the provider vouches for it. It binds an account at the first login.
	StaffNo string

	// Strong lists values of the claims amr and acr that mean that the provider
	// saw a second factor. With none, people show their second factor here.
	Strong []string
}

// Provider is an identity provider. It is asked for its keys and addresses at
// the first login, not at the start: the portal runs while the provider does
// not.
type Provider struct {
	config Config
	keys   *privacy.Keyring
	place  privacy.Place
	clock  gov.Clock
	client *http.Client

	mu    sync.Mutex
	found *discovered
}

type discovered struct {
	oauth    *oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// New makes a provider for a district. Transport is for tests; nil means the
// usual one. It returns an Invalid error for a config that cannot be safe.
func New(c Config, d gov.District, keys *privacy.Keyring, clock gov.Clock, transport http.RoundTripper) (*Provider, error) {
	for field, address := range map[string]string{"issuer": c.Issuer, "redirect": c.Redirect} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return nil, gov.Errorf(gov.Invalid, "“%s”应为 https 地址", "%q should be an https address", address).On(field)
		}
	}
	if c.ClientID == "" {
		return nil, gov.Errorf(gov.Invalid, "缺少 client_id", "client_id is missing").On("client_id")
	}
	return &Provider{
		config: c, keys: keys, clock: clock, client: &http.Client{Timeout: clientTimeout, Transport: transport},
		place: privacy.Place{District: d, Table: "oidc", Column: "flow", Key: c.Issuer},
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// discover finds the provider's addresses and keys, once.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The context lives on in the key set; it must not end with a request.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.config.Issuer)
	if err != nil {
		return nil, gov.Errorf(gov.Unavailable, "身份认证服务暂时无法访问，请稍后再试或用密码登录", "the identity provider cannot be reached; try again later or log in by password").Because(err)
	}
	p.found = &discovered{
		oauth: &oauth2.Config{
			ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, RedirectURL: p.config.Redirect,
			Endpoint: provider.Endpoint(), Scopes: append([]string{oidc.ScopeOpenID}, p.config.Scopes...),
		},
		verifier: provider.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: p.clock}),
	}
	return p.found, nil
}

// flow is what a login has to remember until it comes back.
type flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Began    int64  `json:"t"` // Unix milliseconds
	Prove    bool   `json:"p"` // the provider is to see the factors anew
}

// Begin starts a login. The browser is sent to the address and keeps the
// cookie. With prove the provider asks for the factors anew, even if it knows
// the browser: a proof of identity for dangerous acts. It returns Unavailable
// when the provider cannot be reached.
func (p *Provider) Begin(ctx context.Context, prove bool) (address, cookie string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	f := flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Began: p.clock().UnixMilli(), Prove: prove}
	plain, err := json.Marshal(f)
	if err != nil {
		return "", "", fmt.Errorf("write the flow: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if prove {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return d.oauth.AuthCodeURL(f.State, options...), base64.RawURLEncoding.EncodeToString(p.keys.Seal(p.place, plain)), nil
}

var errFlow = gov.Errorf(gov.Unknown, "登录没有完成或已超时，请重新登录", "the login was not finished or took too long; log in again")

// Finish ends a login with the cookie of Begin and the query the provider sent
// the browser back with. It returns Unknown when the two do not belong together
// or the provider did not let the person in, and Unavailable when the provider
// cannot be reached.
func (p *Provider) Finish(ctx context.Context, cookie string, query url.Values) (people.Identity, error) {
	f, err := p.open(cookie)
	if err != nil {
		return people.Identity{}, err
	}
	if !same(query.Get("state"), f.State) {
		return people.Identity{}, errFlow.Because(fmt.Errorf("state differs"))
	}
	if iss := query.Get("iss"); iss != "" && iss != p.config.Issuer {
		return people.Identity{}, errFlow.Because(fmt.Errorf("answer of %q", iss)) // RFC 9207: not the provider we asked
	}
	if reason := query.Get("error"); reason != "" {
		return people.Identity{}, errFlow.Because(fmt.Errorf("provider says %q", reason))
	}
	d, err := p.discover(ctx)
	if err != nil {
		return people.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := d.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return people.Identity{}, errFlow.Because(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return people.Identity{}, errFlow.Because(fmt.Errorf("no ID token"))
	}
	id, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return people.Identity{}, errFlow.Because(err)
	}
	return p.identity(id, f)
}

// open reads the cookie of Begin.
func (p *Provider) open(cookie string) (flow, error) {
	var f flow
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil {
		return f, errFlow.Because(err)
	}
	plain, err := p.keys.Open(p.place, sealed)
	if err != nil {
		return f, errFlow.Because(err)
	}
	if err := json.Unmarshal(plain, &f); err != nil {
		return f, errFlow.Because(err)
	}
	if age := p.clock().Sub(time.UnixMilli(f.Began)); age < 0 || age > FlowLasts {
		return f, errFlow.Because(fmt.Errorf("the login began %v ago", age))
	}
	return f, nil
}

// identity checks what the library leaves to its caller and reads the claims.
func (p *Provider) identity(id *oidc.IDToken, f flow) (people.Identity, error) {
	if !same(id.Nonce, f.Nonce) {
		return people.Identity{}, errFlow.Because(fmt.Errorf("nonce differs"))
	}
	if id.Subject == "" {
		return people.Identity{}, errFlow.Because(fmt.Errorf("no subject"))
	}
	var claims struct {
		AZP      string   `json:"azp"`
		AMR      []string `json:"amr"`
		ACR      string   `json:"acr"`
		AuthTime int64    `json:"auth_time"` // Unix seconds
	}
	if err := id.Claims(&claims); err != nil {
		return people.Identity{}, errFlow.Because(err)
	}
	// Core 1.0, section 3.1.3.7: a token for several is for us if it says so.
	if claims.AZP != "" && claims.AZP != p.config.ClientID || claims.AZP == "" && len(id.Audience) > 1 {
		return people.Identity{}, errFlow.Because(fmt.Errorf("token issued to %q", claims.AZP))
	}
	if f.Prove && time.Unix(claims.AuthTime, 0).Before(time.UnixMilli(f.Began).Add(-time.Minute)) {
		return people.Identity{}, errFlow.Because(fmt.Errorf("the provider saw no factor since the login began"))
	}
	out := people.Identity{Issuer: p.config.Issuer, Subject: id.Subject}
	if claims.AuthTime > 0 {
		out.Seen = time.Unix(claims.AuthTime, 0)
	}
	out.Strong = slices.ContainsFunc(append(claims.AMR, claims.ACR), func(s string) bool { return s != "" && slices.Contains(p.config.Strong, s) })
	if p.config.StaffNo != "" {
		var all map[string]any
		if err := id.Claims(&all); err != nil {
			return people.Identity{}, errFlow.Because(err)
		}
		out.StaffNo, _ = all[p.config.StaffNo].(string)
	}
	return out, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 && b != "" }
