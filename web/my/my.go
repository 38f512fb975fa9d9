// Package my is where residents report something and follow what they reported:
// without an account, by the link they were given, or signed in by a code sent to
// a number or address of theirs. It shows what package casework shows whoever
// reported a case and nothing else.
package my

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/residents"
	"quanxiang/web/jar"
	"quanxiang/web/onemap"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Where the pages stand.
const (
	Root       = "/my"
	ReportRoot = "/report"
	ApplyRoot  = "/apply" // package web/apply
	ActingRoot = "/acting"
)

// MaxBody is how many bytes a form with files may send.
const MaxBody = 3*casework.MaxFile + 1<<20

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Register *residents.Register
	Clock    gov.Clock
	Map      *onemap.Map // on which places are picked, or nil
	Calendar func(ctx context.Context) calendar.Calendar
	BaseURL  string         // https makes the cookies Secure
	Proxies  []netip.Prefix // whose X-Forwarded-For is believed

	// Acts tells for whom somebody may act, by the cases they brought; nil: for nobody.
	Acts Acting

	// Away is where a case is shown to whoever brought it, if not here; nil or "" for here.
	Away func(ctx context.Context, id gov.ID) string
}

// My answers the pages.
type My struct {
	Deps
	jar       jar.Jar
	step      *ui.Template[stepView]
	reporting *ui.Template[reportView]
	list      *ui.Template[listView]
	matter    *ui.Template[matterView]
	starts    *ui.Template[startsView]
	gains     *ui.Template[earnedView]

	followedPage *ui.Template[followedView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*My, error) {
	k := &My{Deps: d, jar: jar.Jar{HTTPS: strings.HasPrefix(d.BaseURL, "https:")}}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.step, "step"),
		ui.LoadInto(d.Engine, templates, &k.list, "list"),
		ui.LoadInto(d.Engine, templates, &k.reporting, "report"),
		ui.LoadInto(d.Engine, templates, &k.matter, "matter"),
		ui.LoadInto(d.Engine, templates, &k.starts, "starts"),
		ui.LoadInto(d.Engine, templates, &k.gains, "earned"),
		ui.LoadInto(d.Engine, templates, &k.followedPage, "followed"),
	)
}

// Mount adds the routes.
func (k *My) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]handler{
		"GET " + Root:                              k.showList,
		"GET " + Root + "/login":                   k.loginPage,
		"POST " + Root + "/login":                  k.login,
		"GET " + Root + "/code":                    k.codePage,
		"POST " + Root + "/code":                   k.code,
		"POST " + Root + "/resend":                 k.resend,
		"POST " + Root + "/logout":                 k.logout,
		"GET " + Root + "/forget":                  k.forgetPage,
		"POST " + Root + "/forget":                 k.forget,
		"GET " + Root + "/find":                    k.find,
		"GET " + Root + "/earned":                  k.earned,
		"GET " + Root + "/cases/{id}":              k.show,
		"GET " + Root + "/cases/{id}/do/{action}":  k.actPage,
		"POST " + Root + "/cases/{id}/do/{action}": k.act,
		"POST " + Root + "/cases/{id}/link":        k.link,
		"POST " + Root + "/cases/{id}/prove":       k.prove,
		"POST " + Root + "/cases/{id}/erase":       k.erase,
		"GET " + Root + "/cases/{id}/files/{sha}":  k.file,

		"GET " + Root + "/cases/{id}/files/{sha}/small": k.file,

		"GET " + progress.SubscribePath:                           k.subscribePage,
		"POST " + progress.SubscribePath:                          k.subscribe,
		"GET " + residents.SubscriptionsPath + "confirm/{token}":  k.confirmPage,
		"POST " + residents.SubscriptionsPath + "confirm/{token}": k.confirmSubscription,
		"GET " + residents.SubscriptionsPath + "stop/{token}":     k.stopPage,
		"POST " + residents.SubscriptionsPath + "stop/{token}":    k.stop,
		"GET " + residents.SubscriptionsPath + "{token}":          k.subscriptions,
		"POST " + residents.SubscriptionsPath + "{token}":         k.changeSubscription,

		"GET " + ActingRoot + "/begin/{code}/{procedure}/{action}":  k.beginPage,
		"POST " + ActingRoot + "/begin/{code}/{procedure}/{action}": k.beginNow,
		"GET " + residents.ActingPath + "{id}":                      k.actingCase,

		"GET " + residents.FollowPath + "{secret}": k.follow,
		"GET " + ReportRoot:                        k.showStarts,
		"GET " + reportPattern:                     k.reportPage,
		"POST " + reportPattern:                    k.report,
		"GET " + joinRoot + "/{number}":            k.joinPage,
		"POST " + joinRoot + "/{number}":           k.join,
		"GET " + reportPattern + "/near":           k.near,
		"GET " + reportPattern + "/form":           k.formPage,
		"POST " + reportPattern + "/classes":       k.classes,
	} {
		mux.Handle(pattern, k.known(h))
	}
}

// known adapts a handler: it finds out who asks first.
func (k *My) known(h handler) http.Handler {
	return k.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "private, no-store") // what somebody sees of theirs is in no cache
		v, err := k.visit(w, r)
		if err != nil {
			return err
		}
		return h(w, v)
	})
}

// handler answers a request or returns why it cannot, as a ui.Handler.
type handler func(w http.ResponseWriter, v *visit) error

// visit is a request with what its browser has shown.
type visit struct {
	*http.Request
	*ui.Messages
	session  residents.Session
	signed   bool                // somebody signed in
	followed []residents.Contact // whose links the browser was given
}

// Cookies of residents.
const (
	sessionCookie = "resident"        // until the browser closes; the server ends it sooner
	codeCookie    = "resident-code"   // a code the browser waits for
	followCookie  = "resident-links"  // secrets of links, the newest first
	deviceCookie  = "resident-device" // random, for the limits of a device
)

const (
	codeAge   = 15 * 60            // seconds
	followAge = 30 * 24 * 60 * 60  // seconds
	deviceAge = 365 * 24 * 60 * 60 // seconds
	maxLinks  = 5                  // secrets a browser keeps
)

// visit finds out who asks. Cookies that are worth nothing any more are taken off.
func (k *My) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{Request: r, Messages: k.Engine.For(r)}
	if token := k.jar.Get(r, sessionCookie); token != "" {
		s, err := k.Register.Authenticate(r.Context(), token)
		switch {
		case err == nil:
			v.session, v.signed = s, true
		case gov.CodeOf(err) == gov.Unknown:
			k.jar.Set(w, sessionCookie, "", -1)
		default:
			return nil, err
		}
	}
	for _, secret := range k.secrets(r) {
		c, err := k.Register.Followed(r.Context(), secret)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		v.followed = append(v.followed, c)
	}
	return v, nil
}

func (k *My) secrets(r *http.Request) []string {
	list := strings.FieldsFunc(k.jar.Get(r, followCookie), func(c rune) bool { return c == '.' })
	return list[:min(len(list), maxLinks)]
}

// keepLink lets the browser keep the secret of a link.
func (k *My) keepLink(w http.ResponseWriter, r *http.Request, secret string) {
	list := append([]string{secret}, slices.DeleteFunc(k.secrets(r), func(s string) bool { return s == secret })...)
	k.jar.Set(w, followCookie, strings.Join(list[:min(len(list), maxLinks)], "."), followAge)
}

// visitor is what limits know of a browser.
func (k *My) visitor(r *http.Request) residents.Visitor {
	return residents.Visitor{Device: k.jar.Get(r, deviceCookie), Source: who.Address(r, k.Proxies)}
}

// mine is as what a case is the visitor's, or NotFound: by the contact of it that is
// theirs, or acting for an organisation that is a party of it.
func (k *My) mine(ctx context.Context, v *visit, id gov.ID) (holder, error) {
	for _, c := range v.followed {
		if c.Case == id {
			return holder{Contact: c, as: k.resident(c)}, nil
		}
	}
	if !v.signed {
		return holder{}, errNotTheirs
	}
	c, err := k.Register.Owns(ctx, v.session, id)
	if gov.CodeOf(err) != gov.NotFound {
		return holder{Contact: c, as: k.resident(c)}, err
	}
	list, _, err := k.Organisations(ctx, v.session)
	if err != nil {
		return holder{}, err
	}
	for _, o := range list {
		as := k.Acts.Acts(o)
		if _, err := k.Casework.ResidentSheet(ctx, as, id); gov.CodeOf(err) != gov.NotFound {
			return holder{as: as, acts: &o}, err
		}
	}
	return holder{}, errNotTheirs
}

var errNotTheirs = gov.Errorf(gov.NotFound, "没有这件反映，或者这个浏览器没有它的查询链接。请打开您的查询链接，或用验证码登录。",
	"There is no such report, or this browser does not have its link. Open your link, or sign in with a code.")

// resident is the visitor as the holder of a contact.
func (k *My) resident(contact residents.Contact) casework.Resident {
	return casework.Resident{At: k.Clock(), Contacts: []string{contact.ID.String()}}
}

// stepView is a page with one form.
type stepView struct {
	Crumbs []ui.Link
	Lede   string
	Alert  []string // why it was not done
	Done   string
	Rules  []string // what to know
	Form   ui.Form
	Second *ui.Form // another thing that can be done, or nil
	Other  []ui.Link
}

func frame(title string) ui.Frame { return ui.Frame{Title: title, Section: "my", NoIndex: true} }

// showStep shows a page with a form. An error nobody can mend there goes on.
func (k *My) showStep(w http.ResponseWriter, v *visit, title string, view stepView, field string, err error) error {
	status := http.StatusOK
	if err != nil {
		e, ok := errors.AsType[*gov.Error](err)
		if !ok {
			return err
		}
		switch e.Code {
		case gov.Invalid, gov.Forbidden, gov.Conflict, gov.NotFound:
			status = http.StatusUnprocessableEntity
		case gov.Unavailable:
			status = http.StatusTooManyRequests
		default:
			return err
		}
		if slices.ContainsFunc(view.Form.Fields, func(x ui.Field) bool { return x.Name == e.Field }) {
			field = e.Field
		}
		i := slices.IndexFunc(view.Form.Fields, func(x ui.Field) bool { return x.Name == field })
		if i < 0 {
			view.Alert = append(view.Alert, e.Text.In(v.Lang()))
		} else {
			view.Form.Fields[i].Error = e.Text.In(v.Lang())
		}
	}
	return k.step.Render(w, v.Request, status, frame(title), view)
}

// see redirects after a form was taken.
func see(w http.ResponseWriter, v *visit, to string) error {
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}
