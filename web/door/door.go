package door

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/jar"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Provider is an identity provider; oidc.Provider is one.
type Provider interface {
	// Begin starts a login: where the browser goes, and the cookie it keeps. With
	// prove the provider is to see the factors anew.
	Begin(ctx context.Context, prove bool) (address, cookie string, err error)

	// Finish ends a login with the cookie and the query the browser came back with.
	Finish(ctx context.Context, cookie string, query url.Values) (people.Identity, error)
}

// Deps is everything the door stands on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack
	Office  *people.Office
	Clock   gov.Clock
	BaseURL string         // https makes the cookies Secure
	Proxies []netip.Prefix // whose X-Forwarded-For is believed

	// Of what the staff's navigation tells: who may begin cases, and how many
	// messages somebody has not read. Each page asks once.
	Begins func(people.Standing) bool
	Unread func(ctx context.Context, person gov.ID) (int, error)

	Provider Provider // nil without one
	Label    string   // what the staff call the provider; "" for the usual words
}

// LinkPath is where a one-time link leads; its code comes after it.
const LinkPath = "/invitation/"

// CallbackPath is where a provider sends browsers back to, below the BaseURL.
const CallbackPath = "/login/identity/back"

// Door answers the pages of logging in and of one's own account.
type Door struct {
	Deps
	jar   jar.Jar
	pages pages
}

// pages are the templates with the view each is executed with.
type pages struct {
	step     *ui.Template[stepView]
	enrol    *ui.Template[enrolView]
	recovery *ui.Template[recoveryView]
	account  *ui.Template[accountView]
}

// New makes a door and lets errors that logging in would lift lead to it. An
// error is a mistake in the embedded templates.
func New(d Deps) (*Door, error) {
	x := &Door{Deps: d, jar: jar.Jar{HTTPS: strings.HasPrefix(d.BaseURL, "https:")}}
	d.Engine.Divert(x.Divert)
	g := &x.pages
	return x, errors.Join(
		ui.LoadInto(d.Engine, templates, &g.step, "step"),
		ui.LoadInto(d.Engine, templates, &g.enrol, "enrol"),
		ui.LoadInto(d.Engine, templates, &g.recovery, "recovery"),
		ui.LoadInto(d.Engine, templates, &g.account, "account"),
	)
}

// Mount adds the door's routes.
func (d *Door) Mount(mux *http.ServeMux) {
	routes := map[string]ui.Handler{
		"GET /login":             d.loginPage,
		"POST /login":            d.login,
		"GET /login/code":        d.codePage,
		"POST /login/code":       d.code,
		"GET /login/enrol":       d.enrolPage,
		"POST /login/enrol":      d.enrol,
		"GET " + homePath:        Require(d.home),
		"GET /invitation":        d.invitationPage,
		"POST /invitation":       d.accept,
		"GET /invitation/{link}": d.takeLink,
		"POST /logout":           d.logout,
		"GET " + accountPath:     Require(d.account),
		"POST /account/recovery": Require(d.renewRecovery),
		"POST /account/session":  Require(d.endSession),
		"GET /account/prove":     Require(d.provePage),
		"POST /account/prove":    Require(d.prove),
		"GET /account/password":  Require(d.passwordPage),
		"POST /account/password": Require(d.changePassword),
		"GET /account/absence":   Require(d.absencePage),
		"POST /account/absence":  Require(d.enterAbsence),
		"POST /account/absent":   Require(d.endAbsence),
		"POST /account/identity": Require(d.unbind),
		"GET /login/identity":    d.identify,
		"GET " + CallbackPath:    d.identified,
	}
	for pattern, h := range routes {
		mux.Handle(pattern, d.Engine.Handle(h))
	}
}
