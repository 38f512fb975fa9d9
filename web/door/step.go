package door

import (
	"errors"
	"net/http"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
)

// stepView is a page with one form: a step of logging in, or something changed
// about one's account.
type stepView struct {
	Crumbs []ui.Link // of the pages of one's account
	Lede   string
	Warn   string   // what to know before
	Rules  []string // of what is asked for
	Choose *ui.Form // narrows what the form offers, or nil
	Form   ui.Form
	Other  []ui.Link // other ways
}

// frame is the frame of every page of the door: the staff's alone.
// leaving is the frame of a page for somebody who is not logged in.
func leaving(title string) ui.Frame {
	f := frame(title)
	f.Script = "leave.js"
	return f
}

func frame(title string) ui.Frame { return ui.Frame{Title: title, Section: "account", NoIndex: true} }

// step shows a page with a form for the first time.
func (d *Door) step(w http.ResponseWriter, r *http.Request, title string, v stepView) error {
	w.Header().Set("Cache-Control", staffCache)
	return d.pages.step.Render(w, r, http.StatusOK, leaving(title), v)
}

// again shows a page with what was wrong with its form: at the field the error
// is about, else at the named one. An error nobody can mend here goes on.
func (d *Door) again(w http.ResponseWriter, r *http.Request, title string, v stepView, field string, err error) error {
	if !mendable(err) {
		return err
	}
	fail(&v.Form, field, err, d.Engine.For(r).Lang())
	w.Header().Set("Cache-Control", staffCache)
	return d.pages.step.Render(w, r, mendStatus(err), leaving(title), v)
}

// mendable reports that an error can be answered by filling in the form again,
// if only later.
func mendable(err error) bool {
	switch gov.CodeOf(err) {
	case gov.Invalid, gov.Unknown, gov.NotFound, gov.Conflict, gov.Forbidden, gov.Unavailable:
		return true
	}
	return false
}

// mendStatus is the status of a form that is shown again.
func mendStatus(err error) int {
	if gov.CodeOf(err) == gov.Unavailable {
		return http.StatusTooManyRequests // the office refuses to look; see people.Guard
	}
	return http.StatusUnprocessableEntity
}

// fail puts an error at the field it is about, else at the named one.
func fail(f *ui.Form, field string, err error, l gov.Lang) {
	if e, ok := errors.AsType[*gov.Error](err); ok && slices.ContainsFunc(f.Fields, func(x ui.Field) bool { return x.Name == e.Field }) {
		field = e.Field
	}
	for i := range f.Fields {
		if f.Fields[i].Name == field {
			f.Fields[i].Error = gov.TextOf(err, l)
		}
	}
}

// onward is the address of what a session still needs, else of where the person
// wanted to go.
func onward(need people.Need, next string) string {
	switch need {
	case people.NeedCode:
		return ui.With("/login/code", "next", next)
	case people.NeedEnrolment:
		return ui.With("/login/enrol", "next", next)
	case people.Nothing:
	}
	if next == "" {
		return homePath
	}
	if roomOf(next) != nil { // which is not everybody's
		return ui.With(homePath, "next", next)
	}
	return next
}

// hidden is a field that carries where to go afterwards; none when there is
// nowhere.
func hidden(name, value string) []ui.Field {
	if value == "" {
		return nil
	}
	return []ui.Field{{Name: name, Kind: "hidden", Value: value}}
}

// see redirects after a form was taken.
func see(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", staffCache)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
