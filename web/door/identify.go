package door

import (
	"context"
	"net/http"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// staffCache keeps what somebody sees who is logged in out of every cache, so
// that nothing is left to go back to after the logout.
const staffCache = "private, no-store"

// Identify puts who is asking into the context of each request. One without a
// session's cookie, or for a file that is the same for everybody, costs no look
// at the database. A cookie whose session has ended is taken off. show answers
// when it cannot be found out who is asking.
func (d *Door) Identify(show func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if v := who.Of(r.Context()); v.Known() { // by whoever serves the site as a part of something else
				next.ServeHTTP(w, r.WithContext(withAccount(r.Context(), v)))
				return
			}
			token := d.cookie(r, sessionCookie)
			if token == "" || sameForAll(r.URL.Path) {
				visit := who.Visit{Standing: people.Public(d.Clock())}
				next.ServeHTTP(w, r.WithContext(who.With(r.Context(), visit)))
				return
			}
			w.Header().Set("Cache-Control", staffCache)
			s, standing, err := d.Office.Authenticate(r.Context(), token)
			switch {
			case gov.CodeOf(err) == gov.Unknown:
				d.setCookie(w, sessionCookie, "", -1)
				s, standing, token = people.Session{}, people.Public(d.Clock()), ""
			case err != nil:
				show(w, r, err)
				return
			}
			v := who.Visit{Standing: standing, Session: s, Token: token}
			next.ServeHTTP(w, r.WithContext(withAccount(who.With(r.Context(), v), v)))
		})
	}
}

// withAccount lets pages show who is logged in.
func withAccount(ctx context.Context, v who.Visit) context.Context {
	if !v.LoggedIn() {
		return ctx
	}
	return ui.WithAccount(ctx, ui.Account{Name: v.Standing.Name, Links: links(v.Standing)})
}

// sameForAll reports that a path answers without regard to who asks.
func sameForAll(path string) bool {
	switch path {
	case "/favicon.ico", "/healthz", "/readyz", "/metrics":
		return true
	}
	return strings.HasPrefix(path, "/assets/")
}

// links are the rooms of the staff that somebody's acts open.
func links(s people.Standing) []ui.AccountLink {
	var list []ui.AccountLink
	seen := map[string]bool{}
	for _, act := range s.Acts() {
		for _, l := range roomsOf(act) {
			if !seen[l.Name] {
				seen[l.Name] = true
				list = append(list, l)
			}
		}
	}
	return list
}

// roomsOf are the rooms an act opens; acts come in the order of policy.Acts, and
// so do the rooms.
func roomsOf(act policy.Act) []ui.AccountLink {
	switch {
	case act == policy.ManageLogins, act == policy.ManagePosts:
		return []ui.AccountLink{{Name: "console", Href: "/console"}}
	case act.Kind() == policy.OnCases:
		return []ui.AccountLink{{Name: "desk", Href: "/desk"}, {Name: "board", Href: "/desk/board"}}
	}
	return nil
}
