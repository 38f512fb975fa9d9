package door

import (
	"context"
	"net/http"
	"slices"
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
				next.ServeHTTP(w, r.WithContext(d.withAccount(r.Context(), v)))
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
			next.ServeHTTP(w, r.WithContext(d.withAccount(who.With(r.Context(), v), v)))
		})
	}
}

// withAccount lets pages show who is logged in.
func (d *Door) withAccount(ctx context.Context, v who.Visit) context.Context {
	if !v.LoggedIn() {
		return ctx
	}
	return ui.WithAccount(ctx, func(ctx context.Context) (ui.Account, error) {
		list, err := d.links(ctx, v.Standing)
		return ui.Account{Name: v.Standing.Name, Links: list}, err
	})
}

// sameForAll reports that a path answers without regard to who asks.
func sameForAll(path string) bool {
	switch path {
	case "/favicon.ico", "/healthz", "/readyz", "/metrics":
		return true
	}
	return strings.HasPrefix(path, "/assets/")
}

// room is a part of the site that is the staff's, with the acts of which one
// opens it.
type room struct {
	link ui.AccountLink
	open func(policy.Act) bool
}

// rooms of the staff in the order of their navigation.
var rooms = []room{
	{ui.AccountLink{Name: "desk", Href: "/desk"}, onCases},
	{ui.AccountLink{Name: "site", Href: "/desk/site"}, func(a policy.Act) bool { return a == policy.Verify || a == policy.Handle || a == policy.Inspect }},
	{ui.AccountLink{Name: "inspections", Href: "/desk/inspections"}, func(a policy.Act) bool { return a == policy.PlanInspections || a == policy.LeadInspections }},
	{ui.AccountLink{Name: "draws", Href: "/desk/inspections/ceremonies"}, func(a policy.Act) bool { return a.Kind() == policy.OnDraws }},
	{ui.AccountLink{Name: "simulate", Href: "/desk/simulate"}, func(a policy.Act) bool { return a == policy.TryProgrammes }},
	{ui.AccountLink{Name: "funds", Href: "/desk/funds"}, func(a policy.Act) bool { return a == policy.ReadFunds }},
	{ui.AccountLink{Name: "registers", Href: "/desk/registers"}, func(a policy.Act) bool { return a == policy.ReadRegisters }},
	{ui.AccountLink{Name: "notices", Href: "/desk/notices"}, onCases},
	{ui.AccountLink{Name: "find", Href: "/desk/search"}, func(a policy.Act) bool { return onCases(a) || onPersons(a) }},
	{ui.AccountLink{Name: "new", Href: "/desk/new"}, policy.Act.Moves},
	{ui.AccountLink{Name: "review", Href: "/desk/review"}, func(a policy.Act) bool { return a == policy.ConfirmDuty }},
	{ui.AccountLink{Name: "board", Href: "/desk/board"}, onCases},
	{ui.AccountLink{Name: "calendar", Href: "/desk/calendar"}, onCases},
	{ui.AccountLink{Name: "console", Href: "/console"}, func(a policy.Act) bool { return onPersons(a) || a == policy.ReadLooks }},
}

// roomOf is the room in which an address of this site lies, nil for none.
func roomOf(address string) (in *room) {
	path, _, _ := strings.Cut(address, "?")
	for i, r := range rooms {
		if (path == r.link.Href || strings.HasPrefix(path, r.link.Href+"/")) && (in == nil || len(r.link.Href) > len(in.link.Href)) {
			in = &rooms[i]
		}
	}
	return in
}

func onCases(a policy.Act) bool { return a.Kind() == policy.OnCases }

func onPersons(a policy.Act) bool { return a == policy.ManageLogins || a == policy.ManagePosts }

// links are the rooms of the staff that somebody's acts open, with how many
// messages wait for them.
func (d *Door) links(ctx context.Context, s people.Standing) (list []ui.AccountLink, err error) {
	acts := s.Acts()
	for _, r := range rooms {
		if !slices.ContainsFunc(acts, r.open) {
			continue
		}
		if r.link.Name == "new" && !d.Begins(s) {
			continue
		}
		if r.link.Name == "notices" {
			r.link.Unread, err = d.Unread(ctx, s.Person)
		}
		list = append(list, r.link)
	}
	return list, err
}
