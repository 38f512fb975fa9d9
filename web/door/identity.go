package door

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/oidc"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// What a login at the identity provider is for, besides logging in.
const (
	forProof   = "proof"
	forBinding = "binding"
)

func (d *Door) providerName(m *ui.Messages) string {
	if d.Label != "" {
		return m.T("login.provider_named", "name", d.Label)
	}
	return m.T("login.provider")
}

var errNoProvider = gov.Errorf(gov.NotFound, "本站没有接入统一身份认证。", "This site has no identity provider.")

// identify sends the browser to the identity provider. What it is for and where
// to go afterwards wait in the cookie beside the sealed state. Nothing is
// decided by them: the office asks what a binding needs, and a session counts as
// proven when the provider saw the factors.
func (d *Door) identify(w http.ResponseWriter, r *http.Request) error {
	if d.Provider == nil {
		return errNoProvider
	}
	purpose, visit := r.FormValue("for"), who.Of(r.Context())
	if purpose != "" && !visit.LoggedIn() {
		return errLogin
	}
	// Asked for before the way to the provider, for nothing is left of it after.
	if purpose == forBinding && visit.Standing.At.Sub(visit.Standing.Proven) > people.ProofLasts {
		return see(w, r, ui.With("/account/prove", "next", r.URL.RequestURI()))
	}
	address, state, err := d.Provider.Begin(r.Context(), purpose == forProof)
	if gov.CodeOf(err) == gov.Unavailable { // the way by password is open
		v := d.loginStep(r)
		fail(&v.Form, "login", err, d.Engine.For(r).Lang())
		w.Header().Set("Cache-Control", staffCache)
		return d.pages.step.Render(w, r, http.StatusServiceUnavailable, frame(d.Engine.For(r).T("login.title")), v)
	}
	if err != nil {
		return err
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(nextOf(r, "")))
	d.setCookie(w, flowCookie, strings.Join([]string{state, purpose, next}, "."), int(oidc.FlowLasts/time.Second))
	w.Header().Set("Cache-Control", staffCache)
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// identified takes the browser back from the identity provider.
func (d *Door) identified(w http.ResponseWriter, r *http.Request) error {
	if d.Provider == nil {
		return errNoProvider
	}
	parts := strings.Split(d.cookie(r, flowCookie)+"..", ".")
	state, purpose := parts[0], parts[1]
	d.setCookie(w, flowCookie, "", -1)
	next := ""
	if b, err := base64.RawURLEncoding.DecodeString(parts[2]); err == nil && len(b) > 0 {
		next = ui.LocalPath(string(b))
	}
	id, err := d.Provider.Finish(r.Context(), state, r.URL.Query())
	if err == nil {
		switch purpose {
		case forBinding:
			return d.bind(w, r, id)
		case forProof:
			err = d.proven(w, r, id, next)
		default:
			err = d.entered(w, r, id, next)
		}
	}
	if err != nil {
		return d.again(w, r, d.Engine.For(r).T("login.title"), d.loginStep(r), "login", err)
	}
	return nil
}

func (d *Door) entered(w http.ResponseWriter, r *http.Request, id people.Identity, next string) error {
	o, err := d.Office.LoginIdentity(r.Context(), id, d.visitor(r))
	if err != nil {
		return err
	}
	return d.opened(w, r, o, next)
}

// proven puts a session that the provider has just seen the factors for in the
// place of the one that needed a proof, if it is the same person's.
func (d *Door) proven(w http.ResponseWriter, r *http.Request, id people.Identity, next string) error {
	visit := who.Of(r.Context())
	if !visit.LoggedIn() {
		return errLogin
	}
	o, err := d.Office.LoginIdentity(r.Context(), id, d.visitor(r))
	if err != nil {
		return err
	}
	if o.Session.Person != visit.Session.Person {
		if err := d.Office.Logout(r.Context(), o.Token, d.visitor(r)); err != nil {
			return err
		}
		return gov.Errorf(gov.Forbidden, "统一身份认证中登录的是另一个人。", "Somebody else is logged in at the identity provider.")
	}
	return d.opened(w, r, o, next)
}

// bind lets the person log in as the provider's subject from now on.
func (d *Door) bind(w http.ResponseWriter, r *http.Request, id people.Identity) error {
	o, err := d.Office.BindMine(r.Context(), who.Of(r.Context()).Token, id, d.visitor(r))
	if err != nil {
		return err
	}
	d.keep(w, o)
	return see(w, r, done("bound"))
}

// unbind takes the binding off the account.
func (d *Door) unbind(w http.ResponseWriter, r *http.Request) error {
	o, err := d.Office.BindMine(r.Context(), who.Of(r.Context()).Token, people.Identity{}, d.visitor(r))
	if err != nil {
		return err
	}
	d.keep(w, o)
	return see(w, r, done("unbound"))
}
