// Package agenda lets people see the deadlines of what waits for them in the
// calendar program they use anyway: a page on which each makes and takes back
// an address of their own, and the feed behind the address.
package agenda

import (
	"embed"
	"net/http"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people/feeds"
	"quanxiang/policy"
	"quanxiang/web/agenda/ical"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// The addresses.
const (
	Path     = "/desk/calendar"
	feedPath = "/calendar/"
	suffix   = ".ics"
)

// maxEvents bounds a feed: nobody reads more deadlines in a calendar.
const maxEvents = 1000

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Feeds    *feeds.Feeds
	BaseURL  string // scheme and host without a slash at the end
}

// Agenda answers the page and the feeds.
type Agenda struct {
	Deps
	page *ui.Template[view]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Agenda, error) {
	t, err := ui.Load[view](d.Engine, templates, "templates/calendar.html")
	return &Agenda{d, t}, err
}

// Mount adds the routes. The secret of a feed is no part of its pattern, which
// is all that is logged.
func (a *Agenda) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Path:                      a.show,
		"POST " + Path:                     a.makeOne,
		"POST " + Path + "/revoke":         a.revoke,
		"GET " + feedPath + "{secret_ics}": a.feed,
	} {
		mux.Handle(pattern, a.Engine.Handle(h))
	}
}

// view is the page.
type view struct {
	Crumbs  []ui.Link
	Has     bool
	Made    int64  // Unix ms
	Address string // once, after it was made
	Done    string
	Make    ui.Form
	Revoke  ui.Form
}

func (a *Agenda) show(w http.ResponseWriter, r *http.Request) error {
	m := a.Engine.For(r)
	v := view{Make: ui.Form{ID: "make", Action: Path, Post: true, Submit: m.T("agenda.make")}}
	if r.URL.Query().Get("done") == "revoked" {
		v.Done = m.T("agenda.revoked")
	}
	made, err := a.Feeds.Made(r.Context(), who.Of(r.Context()).Standing)
	if gov.CodeOf(err) == gov.NotFound {
		return a.render(w, r, v)
	}
	if err != nil {
		return err
	}
	v.Has, v.Made, v.Make.Submit = true, made.UnixMilli(), m.T("agenda.make_anew")
	v.Revoke = ui.Form{ID: "revoke", Action: Path + "/revoke", Post: true, Submit: m.T("agenda.revoke")}
	return a.render(w, r, v)
}

func (a *Agenda) render(w http.ResponseWriter, r *http.Request, v view) error {
	w.Header().Set("Cache-Control", "no-store")
	m := a.Engine.For(r)
	v.Crumbs = []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}
	return a.page.Render(w, r, http.StatusOK, ui.Frame{Section: "calendar", Title: m.T("agenda.title"), NoIndex: true}, v)
}

// makeOne shows the address in its answer, and never again.
func (a *Agenda) makeOne(w http.ResponseWriter, r *http.Request) error {
	m := a.Engine.For(r)
	secret, err := a.Feeds.Make(r.Context(), who.Of(r.Context()).Standing)
	if err != nil {
		return err
	}
	v := view{Has: true, Address: a.BaseURL + feedPath + secret + suffix, Revoke: ui.Form{ID: "revoke", Action: Path + "/revoke", Post: true, Submit: m.T("agenda.revoke")}}
	if m.Lang() == gov.EN { // a calendar program has no cookie to tell by
		v.Address = ui.With(v.Address, "lang", string(gov.EN))
	}
	return a.render(w, r, v)
}

func (a *Agenda) revoke(w http.ResponseWriter, r *http.Request) error {
	err := a.Feeds.Revoke(r.Context(), who.Of(r.Context()).Standing)
	if err != nil && gov.CodeOf(err) != gov.NotFound { // sent twice
		return err
	}
	http.Redirect(w, r, ui.With(Path, "done", "revoked"), http.StatusSeeOther)
	return nil
}

// feed answers whoever has an address. To all others there is nothing here.
func (a *Agenda) feed(w http.ResponseWriter, r *http.Request) error {
	ctx, m := r.Context(), a.Engine.For(r)
	secret, ok := strings.CutSuffix(r.PathValue("secret_ics"), suffix)
	if !ok {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	s, err := a.Feeds.Open(ctx, secret)
	if err != nil {
		return err
	}
	rows, err := a.Casework.Due(ctx, s, maxEvents)
	if code := gov.CodeOf(err); code == gov.Forbidden || code == gov.Unknown {
		rows, err = nil, nil // no role shows them cases now: nothing waits
	}
	if err != nil {
		return err
	}
	events := make([]ical.Event, len(rows))
	for i, c := range rows {
		events[i] = a.event(m, c, s.At)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Disposition", `inline; filename="deadlines.ics"`)
	w.Header().Set("X-Robots-Tag", "noindex")
	return ui.Send(w, r, "text/calendar; charset=utf-8", ical.Write(m.T("agenda.name", "district", a.Pack.Name), events))
}

// event is the last day of a case, with nothing in it about persons.
func (a *Agenda) event(m *ui.Messages, c docket.Row, now time.Time) ical.Event {
	l, link := m.Lang(), a.BaseURL+desk.CasePath(c.ID)
	e := ical.Event{UID: c.ID.String(), Day: c.LastDay(), Changed: time.UnixMilli(c.Touched), URL: link}
	what := strings.TrimSpace(c.Number + " " + c.Subject)
	if c.Due <= now.UnixMilli() {
		what = m.T("agenda.late", "case", what)
	}
	e.Summary = what
	var facts []string
	if p, ok := a.Pack.Procedure(c.Procedure); ok {
		e.Category = p.Title.In(l)
		if state, ok := p.State(c.State); ok {
			facts = append(facts, e.Category+m.T("agenda.of")+state.Name.In(l))
		}
	}
	e.Description = strings.Join(append(facts, link), "\n")
	return e
}
