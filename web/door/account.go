package door

import (
	"cmp"
	"encoding/hex"
	"net/http"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// accountView is what somebody sees of themselves.
type accountView struct {
	Done     string // what was just done, in words
	Name     string
	Mine     people.Mine
	Roles    ui.Table
	Sessions []sessionView
	Away     []awayView
	Provider string // words of the link that binds, "" without a provider
	BindHref string
}

type sessionView struct {
	ID     string
	Agent  string
	Via    string // the identity provider, or ""
	Opened int64
	Seen   int64
	Here   bool
}

type awayView struct {
	ID     string
	Deputy string
	From   gov.Date
	Until  gov.Date // the last day
}

// crumbs lead back to one's account.
func crumbs(m *ui.Messages) []ui.Link {
	return []ui.Link{{Href: accountPath, Label: m.T("account.title")}}
}

// done is the account's page with a word about what was just done.
func done(what string) string { return ui.With(accountPath, "done", what) }

func (d *Door) account(w http.ResponseWriter, r *http.Request) error {
	m := d.Engine.For(r)
	visit := who.Of(r.Context())
	mine, err := d.Office.Mine(r.Context(), visit.Token)
	if err != nil {
		return err
	}
	sessions, err := d.Office.MySessions(r.Context(), visit.Token)
	if err != nil {
		return err
	}
	v := accountView{Name: visit.Standing.Name, Mine: mine, Roles: d.roles(m, visit.Standing)}
	for _, s := range sessions {
		row := sessionView{ID: hex.EncodeToString(s.ID[:]), Agent: cmp.Or(s.Agent, m.T("account.unknown_browser")), Opened: s.Opened, Seen: s.Seen, Here: s.ID == visit.Session.ID}
		if s.Via != "password" {
			row.Via = cmp.Or(d.Label, s.Via)
		}
		v.Sessions = append(v.Sessions, row)
	}
	for _, l := range mine.Away {
		v.Away = append(v.Away, awayView{l.Absence.ID.String(), l.Deputy, l.Absence.Period.From, l.Absence.Period.To.Add(-1)})
	}
	if d.Provider != nil {
		v.Provider, v.BindHref = d.providerName(m), ui.With("/login/identity", "for", forBinding)
	}
	if key := "account.done." + r.FormValue("done"); m.Has(key) {
		v.Done = m.T(key)
	}
	return d.pages.account.Render(w, r, http.StatusOK, frame(m.T("account.title")), v)
}

// roles lists what somebody holds now, with whose it is while they are deputy.
func (d *Door) roles(m *ui.Messages, s people.Standing) ui.Table {
	t := ui.Table{Caption: m.T("account.roles"), Columns: []ui.Column{
		{Label: m.T("account.role"), Main: true}, {Label: m.T("account.unit")}, {Label: m.T("account.since")}, {Label: m.T("account.until")},
	}}
	for _, h := range s.Held {
		role := ui.Cell{Text: h.Role.Name.In(m.Lang())}
		if !h.For.IsZero() {
			role.Chips = []ui.Chip{{Label: m.T("account.deputy_of", "name", h.ForName), Tone: "info"}}
		}
		until := ui.TextCell(m.T("account.open"))
		if to := h.Assignment.Period.To; !to.IsZero() {
			until = ui.Cell{Date: to.Add(-1)}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{role, d.place(h.Assignment, m.Lang()), {Date: h.Assignment.Period.From}, until}})
	}
	return t
}

// place is the unit a role is held in, and for which area.
func (d *Door) place(a people.Assignment, l gov.Lang) ui.Cell {
	cell := ui.TextCell(d.unitName(a.Unit, l))
	if area, ok := d.Pack.Area(a.Area); ok {
		cell.Chips = []ui.Chip{{Label: area.Name.In(l), Tone: "info"}}
	}
	return cell
}

func (d *Door) unitName(id string, l gov.Lang) string {
	if u, ok := d.Pack.Unit(id); ok {
		return u.Name.In(l)
	}
	return id
}

// endSession ends one of the person's sessions.
func (d *Door) endSession(w http.ResponseWriter, r *http.Request) error {
	b, err := hex.DecodeString(r.PostFormValue("id"))
	if err != nil || len(b) != len(people.SessionID{}) {
		return gov.Errorf(gov.NotFound, "没有这个会话。", "There is no such session.")
	}
	err = d.Office.EndSession(r.Context(), who.Of(r.Context()).Token, people.SessionID(b), d.visitor(r))
	if err != nil && gov.CodeOf(err) != gov.NotFound {
		return err
	}
	return see(w, r, done("ended")) // one that has ended by itself is ended
}

func (d *Door) passwordStep(r *http.Request) stepView {
	m := d.Engine.For(r)
	return stepView{Crumbs: crumbs(m), Lede: m.T("password.lede"), Rules: passwordRules(m), Form: ui.Form{ID: "password", Action: "/account/password", Post: true, Submit: m.T("password.go"),
		Fields: append([]ui.Field{{Name: "old", Kind: "password", Label: m.T("password.old"), Autocomplete: "current-password"}}, newPassword(m)...)}}
}

func (d *Door) passwordPage(w http.ResponseWriter, r *http.Request) error {
	return d.step(w, r, d.Engine.For(r).T("password.title"), d.passwordStep(r))
}

// changePassword sets a new password for whoever knows the old one.
func (d *Door) changePassword(w http.ResponseWriter, r *http.Request) error {
	err := samePassword(r)
	var o people.Opened
	if err == nil {
		o, err = d.Office.ChangePassword(r.Context(), who.Of(r.Context()).Token, r.PostFormValue("old"), r.PostFormValue("password"), d.visitor(r))
	}
	if err != nil {
		if gov.CodeOf(err) == gov.Unknown {
			return err
		}
		return d.again(w, r, d.Engine.For(r).T("password.title"), d.passwordStep(r), "old", err)
	}
	d.keep(w, o)
	return see(w, r, done("password"))
}
