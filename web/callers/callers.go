// Package callers is where the staff see who reported a case, and where those who
// take reports in see what else came from a caller. Everything is masked until the
// look is recorded with its reason.
package callers

import (
	"embed"
	"errors"
	"net/http"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/residents"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the history of callers stands.
const Root = desk.Root + "/callers"

const contactPattern = desk.Root + "/cases/{id}/contact"

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Casework *casework.Casework
	Register *residents.Register
}

// Callers answers the pages.
type Callers struct {
	Deps
	contact *ui.Template[contactView]
	history *ui.Template[historyView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Callers, error) {
	k := &Callers{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.contact, "contact"),
		ui.LoadInto(d.Engine, templates, &k.history, "history"),
	)
}

// Mount adds the routes.
func (k *Callers) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + contactPattern:  k.showContact,
		"POST " + contactPattern: k.showContact,
		"GET " + Root:            k.showHistory,
		"POST " + Root:           k.showHistory,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(h)))
	}
}

func frame(title string) ui.Frame {
	return ui.Frame{Section: "desk", Title: title, NoIndex: true}
}

// contactView is who reported a case.
type contactView struct {
	Crumbs  []ui.Link
	Rows    []contactRow
	Full    bool // the look was recorded
	Form    *ui.Form
	History string // where else to look, or ""
}

// contactRow is one contact of a case.
type contactRow struct {
	Label   string
	Contact residents.Contact
	Closed  bool // withheld from who looks
}

// showContact shows the contacts of a case that are open to whoever looks: masked,
// and in full to a POST with a reason.
func (k *Callers) showContact(w http.ResponseWriter, r *http.Request) error {
	ctx, m, by := r.Context(), k.Engine.For(r), who.Of(r.Context()).Standing
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这件案件。", "There is no such case.")
	}
	list, err := k.Casework.Reporters(ctx, by, id)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return gov.Errorf(gov.Forbidden, "这件案件没有对您开放的联系方式。", "There is no contact of this case that is open to you.")
	}
	numbers, err := k.Casework.Numbers(ctx, by, []string{id.String()})
	if err != nil {
		return err
	}
	view := contactView{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("desk.title")}, {Href: desk.CasePath(id), Label: numbers[id.String()]}}}
	form := ui.Form{ID: "look", Action: desk.CasePath(id) + "/contact", Post: true, Submit: m.T("callers.see"),
		Fields: []ui.Field{{Name: "reason", Kind: "text", Label: m.T("callers.reason"), Hint: m.T("callers.reason_hint"), Value: r.PostFormValue("reason"), Required: true}}}
	status := http.StatusOK
	for _, one := range list {
		row := contactRow{Label: one.Field.Label.In(m.Lang())}
		if row.Contact, err = k.Register.Shade(ctx, by, one.Contact); err != nil {
			return err
		}
		row.Closed = row.Contact.Withheld && row.Contact.Name+row.Contact.Mobile+row.Contact.Email == ""
		if r.Method == http.MethodPost && !row.Closed && status == http.StatusOK {
			full, err := k.Register.See(ctx, by, one.Contact, r.PostFormValue("reason"))
			switch {
			case err == nil:
				row.Contact, view.Full = full, true
			case form.Fail(err, m.Lang()):
				status = http.StatusUnprocessableEntity
			default:
				return err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	if !view.Full {
		view.Form = &form
	}
	if residents.ServesCallers(by) {
		view.History = Root
	}
	return k.contact.Render(w, r, status, frame(m.T("callers.contact")), view)
}

// historyView is what came from a caller.
type historyView struct {
	Form  ui.Form
	Asked bool
	Rows  []ui.Row
}

// maxHistory is how many cases of a caller are listed.
const maxHistory = 50

// showHistory lists, to a POST with a reason, the cases that came from a number or
// an address.
func (k *Callers) showHistory(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	if !residents.ServesCallers(by) {
		return gov.Errorf(gov.Forbidden, "来电记录由受理人员查询。", "What came from a caller is for those who take reports in.")
	}
	view := historyView{Form: ui.Form{ID: "caller", Action: Root, Post: true, Submit: m.T("callers.find"), Fields: []ui.Field{
		{Name: "address", Kind: "text", Label: m.T("callers.address"), Value: r.PostFormValue("address"), Autocomplete: "off", Required: true},
		{Name: "reason", Kind: "text", Label: m.T("callers.reason"), Hint: m.T("callers.reason_hint"), Value: r.PostFormValue("reason"), Required: true},
	}}}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		rows, err := k.found(r, by)
		switch {
		case err == nil:
			view.Asked, view.Rows = true, rows
		case view.Form.Fail(err, m.Lang()):
			status = http.StatusUnprocessableEntity
		default:
			return err
		}
	}
	return k.history.Render(w, r, status, frame(m.T("callers.history")), view)
}

// found lists the cases of a caller as whoever asks sees them.
func (k *Callers) found(r *http.Request, by people.Standing) ([]ui.Row, error) {
	ctx, m := r.Context(), k.Engine.For(r)
	a, err := residents.ParseAddress(r.PostFormValue("address"))
	if e, ok := errors.AsType[*gov.Error](err); ok {
		return nil, e.On("address")
	}
	list, err := k.Register.History(ctx, by, a, r.PostFormValue("reason"), gov.Page{Limit: maxHistory})
	if err != nil {
		return nil, err
	}
	var rows []ui.Row
	for _, c := range list.Items {
		s, err := k.Casework.Sheet(ctx, by, c.Case)
		if gov.CodeOf(err) == gov.NotFound { // a report that was not finished
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, ui.Row{Href: desk.CasePath(c.Case), Title: s.Subject, Lead: strings.Join([]string{s.Under.Procedure.Title.In(m.Lang()), s.Number}, " "),
			Meta: []string{s.State.Name.In(m.Lang()), gov.DateOf(time.UnixMilli(s.Opened)).In(m.Lang())}})
	}
	return rows, nil
}
