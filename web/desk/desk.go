package desk

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the desk's addresses begin.
const Root = "/desk"

// MaxBody is how many bytes a form of the desk may send: a few attachments of
// casework.MaxFile.
const MaxBody = 3*casework.MaxFile + 1<<20

// Deps is everything the desk stands on.
type Deps struct {
	Engine   *ui.Engine
	Work     *casework.Casework
	Filters  casework.Filters
	Calendar func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock    gov.Clock
	Log      *slog.Logger
}

// Desk answers the staff's pages for cases.
type Desk struct {
	Deps
	pages pages
}

// pages are the templates with the view each is executed with.
type pages struct {
	work   *ui.Template[workView]
	sheet  *ui.Template[sheetView]
	act    *ui.Template[actView]
	starts *ui.Template[startsView]
	bulk   *ui.Template[bulkView]
	letter *ui.Template[letterView]
}

// New parses the desk's templates. An error is a mistake in them.
func New(d Deps) (*Desk, error) {
	k := &Desk{Deps: d}
	g := &k.pages
	return k, errors.Join(
		load(d.Engine, &g.work, "work"),
		load(d.Engine, &g.sheet, "sheet"),
		load(d.Engine, &g.act, "act"),
		load(d.Engine, &g.starts, "starts"),
		load(d.Engine, &g.bulk, "bulk"),
		load(d.Engine, &g.letter, "letter"),
	)
}

func load[T any](e *ui.Engine, t **ui.Template[T], name string) (err error) {
	*t, err = ui.Load[T](e, templates, "templates/"+name+".html", "templates/shared/*.html")
	return err
}

// visit is a request of somebody who is logged in.
type visit struct {
	*http.Request
	people.Standing
	*ui.Messages
	pack *policy.Pack // in force
}

// handler answers such a request or returns why it cannot, as a ui.Handler.
type handler func(w http.ResponseWriter, v *visit) error

// Mount adds the desk's routes.
func (k *Desk) Mount(mux *http.ServeMux) {
	routes := map[string]handler{
		"GET /desk":                            k.work,
		"GET /desk/unit":                       k.work,
		"GET /desk/all":                        k.work,
		"POST /desk/filters":                   k.saveFilter,
		"POST /desk/filters/drop":              k.dropFilter,
		"POST /desk/bulk":                      k.bulk,
		"GET /desk/new":                        k.starts,
		"GET /desk/new/{procedure}/{action}":   k.beginForm,
		"POST /desk/new/{procedure}/{action}":  k.begin,
		"GET /desk/cases/{id}":                 k.sheet,
		"GET /desk/cases/{id}/do/{action}":     k.actForm,
		"POST /desk/cases/{id}/do/{action}":    k.act,
		"POST /desk/cases/{id}/remark":         k.remark,
		"POST /desk/cases/{id}/requests/{seq}": k.answer,
		"GET /desk/cases/{id}/files/{sha}":     k.file,
		"GET /desk/cases/{id}/letters/{seq}":   k.letter,
		"GET /desk/mine.csv":                   k.workFile,
		"GET /desk/mine.xlsx":                  k.workFile,
		"GET /desk/unit.csv":                   k.workFile,
		"GET /desk/unit.xlsx":                  k.workFile,
		"GET /desk/all.csv":                    k.workFile,
		"GET /desk/all.xlsx":                   k.workFile,
	}
	for pattern, h := range routes {
		mux.Handle(pattern, k.Engine.Handle(k.staff(h)))
	}
}

// contentPolicy is the site's with our own script, and pictures of cases.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// staff lets in who is logged in. What they may see and do casework decides.
func (k *Desk) staff(h handler) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		visitor := who.Of(r.Context())
		if !visitor.LoggedIn() {
			return gov.Errorf(gov.Unknown, "请先登录。", "Log in first.")
		}
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("Cache-Control", "no-store")
		return h(w, &visit{Request: r, Standing: visitor.Standing, Messages: k.Engine.For(r), pack: k.Work.Pack()})
	}
}

// frame is the frame of a page of the desk.
func frame(title string) ui.Frame {
	return ui.Frame{Section: "desk", Title: title, NoIndex: true, Script: "desk.js"}
}

// newFrame is the frame of the pages on which cases are begun.
func newFrame(title string) ui.Frame {
	f := frame(title)
	f.Section = "new"
	return f
}

// caseID is the case an address names.
func caseID(v *visit) (gov.ID, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return id, errNoCase
	}
	return id, nil
}

var errNoCase = gov.Errorf(gov.NotFound, "没有这件案件。", "There is no such case.")
