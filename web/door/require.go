package door

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// errLogin is the error of a page for the staff that somebody else asked for.
var errLogin = gov.Errorf(gov.Unknown, "请先登录。", "Log in first.")

// Require lets only those in to a handler who have logged in completely. Others
// are sent to the step that is missing.
func Require(h ui.Handler) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !who.Of(r.Context()).LoggedIn() {
			return errLogin
		}
		w.Header().Set("Cache-Control", staffCache)
		return h(w, r)
	}
}

// Divert answers an error that logging in or proving one's identity would lift,
// with the way there, and leads who has nothing to do with cases from the desk,
// whose link stands on every page of the staff, to where their work is. It leaves
// all others alone and reports false.
func (d *Door) Divert(w http.ResponseWriter, r *http.Request, err error) bool {
	visit := who.Of(r.Context())
	if gov.CodeOf(err) == gov.Forbidden && r.URL.Path == rooms[0].link.Href && r.Method == http.MethodGet && visit.LoggedIn() {
		work := workOf(visit.Standing.Acts())
		if work == r.URL.Path || work == accountPath {
			return false
		}
		http.Redirect(w, r, work, http.StatusSeeOther)
		return true
	}
	if gov.CodeOf(err) != gov.Unknown {
		return false
	}
	w.Header().Set("Cache-Control", staffCache)
	switch {
	case visit.LoggedIn() && errors.Is(err, people.ErrProof):
		return d.askForProof(w, r, err)
	case visit.Token != "" && !visit.Session.Whole:
		// The office knows what is missing; the login page asks it.
		http.Redirect(w, r, ui.With("/login/code", "next", back(r)), http.StatusSeeOther)
	default:
		http.Redirect(w, r, ui.With("/login", "next", back(r)), http.StatusSeeOther)
	}
	return true
}

// back is where to return to after a detour: the page that was asked for, or
// the one whose form was sent.
func back(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return u.RequestURI()
}

// nextOf is where a request wants to go after the door: a page of this site, or
// otherwise.
func nextOf(r *http.Request, otherwise string) string {
	next := r.FormValue("next")
	local := ui.LocalPath(next)
	if path, _, _ := strings.Cut(local, "?"); next == "" || path == "/" || path == "/login" {
		return otherwise
	}
	return local
}
