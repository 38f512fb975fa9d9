package inbox

import (
	"cmp"
	"embed"
	"errors"
	"net/http"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Path is the address of the messages; mails lead to it.
const Path = "/desk/notices"

const choicePath = Path + "/choice"

// pageSize is how many messages a page shows.
const pageSize = 50

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Notices  *notices.Notices
}

// Inbox answers the pages.
type Inbox struct {
	Deps
	list   *ui.Template[listView]
	choice *ui.Template[choiceView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Inbox, error) {
	x := &Inbox{Deps: d}
	return x, errors.Join(ui.LoadInto(d.Engine, templates, &x.list, "list"), ui.LoadInto(d.Engine, templates, &x.choice, "choice"))
}

// Mount adds the routes.
func (x *Inbox) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]func(visit) error{
		"GET " + Path:                x.show,
		"POST " + Path + "/read":     x.read,
		"GET " + Path + "/{id}/open": x.open,
		"GET " + choicePath:          x.showChoice,
		"POST " + choicePath:         x.choose,
	} {
		mux.Handle(pattern, x.Engine.Handle(staff(x.Engine, h)))
	}
}

// visit is a request of somebody of the staff who may see cases.
type visit struct {
	*http.Request
	w  http.ResponseWriter
	m  *ui.Messages
	by people.Standing
}

// staff lets in who may see cases: to others no case has anything to say.
func staff(e *ui.Engine, h func(visit) error) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		s := who.Of(r.Context()).Standing
		if err := casework.Enter(s); err != nil {
			return err
		}
		return h(visit{r, w, e.For(r), s})
	}
}

func frame(title string) ui.Frame { return ui.Frame{Section: "notices", Title: title, NoIndex: true} }

func crumbs(m *ui.Messages, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, more...)
}

// see sends the browser on after a form was taken.
func see(v visit, to string) error {
	http.Redirect(v.w, v.Request, to, http.StatusSeeOther)
	return nil
}

// listView is what somebody was told, the newest first.
type listView struct {
	Crumbs []ui.Link
	Done   string
	Unread string // how many are unread, "" for none
	Rows   []row
	Pager  ui.Pager
	Choice string // address of the page of the choice
	Back   string // this page
}

// row is a message.
type row struct {
	ID      string
	Href    string
	Unread  bool
	Why     string
	Number  string
	Kind    string // the procedure
	Subject string
	At      int64 // Unix ms
}

func (x *Inbox) show(v visit) error {
	n, err := x.Notices.Unread(v.Context(), v.by.Person)
	if err != nil {
		return err
	}
	list, err := x.Notices.Inbox(v.Context(), v.by.Person, gov.Page{After: v.URL.Query().Get("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	view := listView{Crumbs: crumbs(v.m), Pager: ui.PagerOf(v.Request, list), Choice: choicePath, Back: v.URL.RequestURI()}
	if n > 0 {
		view.Unread = v.m.T("inbox.count", "n", n)
	}
	if v.URL.Query().Get("done") == "chosen" {
		view.Done = v.m.T("inbox.chosen")
	}
	for _, m := range list.Items {
		r, err := x.row(v, m)
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, r)
	}
	return x.list.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("inbox.title")), view)
}

// row puts a message into words. What the pack in force does not know stays as
// it is written.
func (x *Inbox) row(v visit, m notices.Message) (row, error) {
	l := v.m.Lang()
	subject, err := x.Casework.Subject(v.Context(), v.by, m.Case, m.Procedure, m.Subject)
	if err != nil {
		return row{}, err
	}
	r := row{ID: m.ID.String(), Href: casePath(m), Unread: m.Seen == 0, Why: notices.Reason(m.Why).In(l),
		Number: m.Number, Kind: m.Procedure, Subject: cmp.Or(subject, v.m.T("desk.closed_subject")), At: m.At}
	if r.Unread {
		r.Href = Path + "/" + r.ID + "/open"
	}
	p, ok := x.Pack.Procedure(m.Procedure)
	if !ok {
		return r, nil
	}
	r.Kind = p.Title.In(l)
	if k, ok := p.Clock(m.Clock); ok {
		r.Why = v.m.T("inbox.clock", "clock", k.Name, "why", r.Why)
	}
	return r, nil
}

func casePath(m notices.Message) string { return desk.CasePath(m.Case) }

// read marks one message as read, or all of them. One has to be named: no
// message at all means all to package notices.
func (x *Inbox) read(v visit) error {
	back := ui.LocalPath(v.PostFormValue("back"))
	if !strings.HasPrefix(back, Path) {
		back = Path
	}
	if v.PostFormValue("all") != "" {
		if err := x.Notices.MarkRead(v.Context(), v.by.Person); err != nil {
			return err
		}
		return see(v, back)
	}
	id, err := gov.ParseID(v.PostFormValue("id"))
	if err != nil {
		return errNone
	}
	if err := x.Notices.MarkRead(v.Context(), v.by.Person, id); err != nil {
		return err
	}
	return see(v, back)
}

var errNone = gov.Errorf(gov.NotFound, "没有这条提醒。", "There is no such message.")

// open leads to the case of a message and marks the message as read. It is the
// one address here that changes something when it is merely asked for. To open
// a message is to read it: nobody should press a button for that, and a form in
// place of the link could be neither opened in a tab of its own nor copied. It
// is harmless to repeat, it touches one mark of the reader's own, and who has not
// the session of the message's person finds nothing here. Programs that look
// before the reader does, by HEAD or by fetching ahead, mark nothing.
func (x *Inbox) open(v visit) error {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return errNone
	}
	m, err := x.Notices.Message(v.Context(), v.by.Person, id)
	if gov.CodeOf(err) == gov.NotFound {
		return errNone
	}
	if err != nil {
		return err
	}
	if v.Method == http.MethodGet && !strings.Contains(v.Header.Get("Sec-Purpose"), "prefetch") {
		if err := x.Notices.MarkRead(v.Context(), v.by.Person, id); err != nil {
			return err
		}
	}
	return see(v, casePath(m))
}
