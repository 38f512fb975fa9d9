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
	"quanxiang/registers"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the desk's addresses begin.
const Root = "/desk"

// MaxBody is how many bytes a form of the desk may send: a few
// photographs of casework.MaxPhoto.
const MaxBody = 3*casework.MaxPhoto + 1<<20

// Deps is everything the desk stands on.
type Deps struct {
	Engine    *ui.Engine
	Work      *casework.Casework
	Filters   casework.Filters
	Registers *registers.Registers                    // nil: there are none
	Calendar  func(context.Context) calendar.Calendar // as it is now: years are loaded while the site runs
	Clock     gov.Clock
	Log       *slog.Logger
	Beside    func(*ui.Messages, casework.Sheet) []ui.Link // pages of other rooms about a case; nil: none
	Calls     bool                                         // there are pages on which calls are taken down, see CallsPath
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
	mask   *ui.Template[maskView]
}

// New parses the desk's templates. An error is a mistake in them.
func New(d Deps) (*Desk, error) {
	k := &Desk{Deps: d}
	g := &k.pages
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &g.work, "work"),
		ui.LoadInto(d.Engine, templates, &g.sheet, "sheet"),
		ui.LoadInto(d.Engine, templates, &g.act, "act"),
		ui.LoadInto(d.Engine, templates, &g.starts, "starts"),
		ui.LoadInto(d.Engine, templates, &g.bulk, "bulk"),
		ui.LoadInto(d.Engine, templates, &g.letter, "letter"),
		ui.LoadInto(d.Engine, templates, &g.mask, "mask"),
	)
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
		"GET /desk":                              k.work,
		"GET /desk/unit":                         k.work,
		"GET /desk/all":                          k.work,
		"POST /desk/filters":                     k.saveFilter,
		"POST /desk/filters/drop":                k.dropFilter,
		"POST /desk/bulk":                        k.bulk,
		"GET /desk/new":                          k.starts,
		"GET /desk/new/{procedure}/{action}":     k.beginForm,
		"POST /desk/new/{procedure}/{action}":    k.begin,
		"GET /desk/cases/{id}":                   k.sheet,
		"GET /desk/cases/{id}/do/{action}":       k.actForm,
		"POST /desk/cases/{id}/do/{action}":      k.act,
		"POST /desk/cases/{id}/remark":           k.remark,
		"POST /desk/cases/{id}/requests/{seq}":   k.answer,
		"GET /desk/cases/{id}/files/{sha}":       k.file,
		"GET /desk/cases/{id}/letters/{seq}":     k.letter,
		"GET /desk/cases/{id}/files/{sha}/small": k.small,
		"GET /desk/cases/{id}/files/{sha}/mask":  k.maskForm,
		"POST /desk/cases/{id}/files/{sha}/mask": k.mask,
		"POST /desk/cases/{id}/files/{sha}/fit":  k.fit,
		"GET /desk/mine.csv":                     k.workFile,
		"GET /desk/mine.xlsx":                    k.workFile,
		"GET /desk/unit.csv":                     k.workFile,
		"GET /desk/unit.xlsx":                    k.workFile,
		"GET /desk/all.csv":                      k.workFile,
		"GET /desk/all.xlsx":                     k.workFile,
	}
	for pattern, h := range routes {
		mux.Handle(pattern, k.Engine.Handle(k.staff(h)))
	}
}

// staff lets in who is logged in. What they may see and do casework decides.
func (k *Desk) staff(h handler) ui.Handler {
	return door.Require(func(w http.ResponseWriter, r *http.Request) error {
		return h(w, &visit{Request: r, Standing: who.Of(r.Context()).Standing, Messages: k.Engine.For(r), pack: k.Work.Pack()})
	})
}

// frame is the frame of a page of the desk.
func frame(title string) ui.Frame {
	return ui.Frame{Section: "desk", Title: title, NoIndex: true, Script: "desk.js", Extra: ui.Extra{Libraries: []string{"follow.js"}}}
}

// newFrame is the frame of the pages on which cases are begun.
func newFrame(title string) ui.Frame {
	f := frame(title)
	f.Section = "new"
	return f
}

// CallsPath is the address of the page on which calls about the matters of a
// procedure are taken down.
func CallsPath(procedureID string) string { return Root + "/calls/" + procedureID }

// CasePath is the address of a case's page.
func CasePath(id gov.ID) string { return Root + "/cases/" + id.String() }

// caseID is the case an address names.
func caseID(v *visit) (gov.ID, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return id, errNoCase
	}
	return id, nil
}

var errNoCase = gov.Errorf(gov.NotFound, "没有这件案件。", "There is no such case.")
