// Package site is the desk in a pocket: pages for a phone on which those who are out
// see what they can do on site today, in an order in which one can go there, and do
// it. What is done on site procedures say (procedure.Site); nothing here knows one.
// The pages work without a script; with one they know where the phone is, and keep
// what could not be sent (outbox.js).
package site

import (
	"embed"
	"errors"
	"net/http"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/inspections/visits"
	"quanxiang/people"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the addresses of the pages begin.
const Root = desk.Root + "/site"

// Deps is everything the pages stand on.
type Deps struct {
	Engine *ui.Engine
	Work   *casework.Casework
	Visits *visits.Visits // nil: nobody is shown the door of a visit
	Base   string         // of addresses for others: scheme and host
	Clock  gov.Clock
}

// Site answers the pages.
type Site struct {
	Deps
	list *ui.Template[listView]
	act  *ui.Template[actView]
	door *ui.Template[doorView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Site, error) {
	k := &Site{Deps: d}
	return k, errors.Join(ui.LoadInto(d.Engine, templates, &k.list, "list"), ui.LoadInto(d.Engine, templates, &k.act, "act"), ui.LoadInto(d.Engine, templates, &k.door, "door"))
}

// visit is a request of somebody who is logged in.
type visit struct {
	*http.Request
	people.Standing
	*ui.Messages
}

// workerPath is the service worker's address: beside the pages, so that its scope may be
// theirs.
const workerPath = desk.Root + "/site-worker.js"

// Mount adds the routes.
func (k *Site) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+workerPath, k.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
		return ui.Send(w, r, "text/javascript; charset=utf-8", k.Engine.Assets().Body("sw.js"))
	}))
	for pattern, h := range map[string]func(http.ResponseWriter, *visit) error{
		"GET " + Root:                                k.errands,
		"GET " + Root + "/find":                      k.find,
		"GET " + Root + "/cases/{id}/door":           k.showDoor,
		"GET " + Root + "/cases/{id}/{action}":       k.actForm,
		"POST " + Root + "/cases/{id}/{action}":      k.doAct,
		"GET " + Root + "/new/{procedure}/{action}":  k.beginForm,
		"POST " + Root + "/new/{procedure}/{action}": k.doBegin,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			// The phone may say where it is, and read a code, on these pages and on no other.
			w.Header().Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=()")
			return h(w, &visit{Request: r, Standing: who.Of(r.Context()).Standing, Messages: k.Engine.For(r)})
		})))
	}
}

func frame(title string) ui.Frame {
	return ui.Frame{Section: "site", Title: title, NoIndex: true, Script: "site.js", Extra: ui.Extra{Libraries: []string{"kept.js", "outbox.js", "sign.js", "scan.js"}, Fetch: true}}
}

// outbox lists what this person's browser still has to send.
func (v *visit) outbox() ui.Outbox { return ui.Outbox{Owner: v.Person.String()} }
