package door

import (
	"net/http"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// loginStep is the page of login and password.
func (d *Door) loginStep(r *http.Request) stepView {
	m := d.Engine.For(r)
	next := nextOf(r, "")
	v := stepView{Lede: m.T("login.lede"), Form: ui.Form{ID: "login", Action: "/login", Post: true, Submit: m.T("login.go"), Fields: append([]ui.Field{
		{Name: "login", Kind: "text", Label: m.T("login.login"), Autocomplete: "username", Value: r.PostFormValue("login")},
		{Name: "password", Kind: "password", Label: m.T("login.password"), Autocomplete: "current-password"},
	}, hidden("next", next)...)}}
	if d.Provider != nil {
		v.Other = append(v.Other, ui.Link{Href: ui.With("/login/identity", "next", next), Label: d.providerName(m)})
	}
	v.Other = append(v.Other, ui.Link{Href: "/invitation", Label: m.T("login.invitation")})
	return v
}

func (d *Door) loginPage(w http.ResponseWriter, r *http.Request) error {
	visit := who.Of(r.Context())
	if visit.LoggedIn() {
		return see(w, r, onward(people.Nothing, nextOf(r, "")))
	}
	return d.step(w, r, d.Engine.For(r).T("login.title"), d.loginStep(r))
}

// login takes login and password.
func (d *Door) login(w http.ResponseWriter, r *http.Request) error {
	o, err := d.Office.Login(r.Context(), r.PostFormValue("login"), r.PostFormValue("password"), d.visitor(r))
	if err != nil {
		return d.again(w, r, d.Engine.For(r).T("login.title"), d.loginStep(r), "password", err)
	}
	return d.opened(w, r, o, nextOf(r, ""))
}

// opened gives the browser a session in the place of the one it had, and sends
// it on.
func (d *Door) opened(w http.ResponseWriter, r *http.Request, o people.Opened, next string) error {
	if old := who.Of(r.Context()).Token; old != "" {
		if err := d.Office.Logout(r.Context(), old, d.visitor(r)); err != nil {
			return err
		}
	}
	d.keep(w, o)
	return see(w, r, onward(o.Need, next))
}

// Enter gives the browser a session that another page opened, in the place of
// the one it has, and leads it on.
func (d *Door) Enter(w http.ResponseWriter, r *http.Request, o people.Opened) error {
	return d.opened(w, r, o, "")
}

// codeStep is the page that asks for the second factor.
func (d *Door) codeStep(r *http.Request) stepView {
	m := d.Engine.For(r)
	return stepView{Lede: m.T("code.lede"), Form: ui.Form{ID: "code", Action: "/login/code", Post: true, Submit: m.T("code.go"),
		Fields: append([]ui.Field{codeField(m, "code")}, hidden("next", nextOf(r, ""))...)}}
}

func codeField(m *ui.Messages, name string) ui.Field {
	return ui.Field{Name: name, Kind: "text", Label: m.T("code.code"), Hint: m.T("code.hint"), Autocomplete: "one-time-code"}
}

// missing is what the session of a request lacks; without a session it is the
// error that leads to the login page.
func (d *Door) missing(r *http.Request) (people.Need, error) {
	token := who.Of(r.Context()).Token
	if token == "" {
		return people.Nothing, errLogin
	}
	return d.Office.Missing(r.Context(), token)
}

func (d *Door) codePage(w http.ResponseWriter, r *http.Request) error {
	need, err := d.missing(r)
	if err != nil {
		return err
	}
	if need != people.NeedCode {
		return see(w, r, onward(need, nextOf(r, "")))
	}
	return d.step(w, r, d.Engine.For(r).T("code.title"), d.codeStep(r))
}

// code takes the second factor.
func (d *Door) code(w http.ResponseWriter, r *http.Request) error {
	if _, err := d.missing(r); err != nil {
		return err
	}
	o, err := d.Office.ShowCode(r.Context(), who.Of(r.Context()).Token, r.PostFormValue("code"), d.visitor(r))
	if err != nil {
		return d.again(w, r, d.Engine.For(r).T("code.title"), d.codeStep(r), "code", err)
	}
	d.keep(w, o)
	return see(w, r, onward(o.Need, nextOf(r, "")))
}

// logout ends the session.
func (d *Door) logout(w http.ResponseWriter, r *http.Request) error {
	if token := who.Of(r.Context()).Token; token != "" {
		if err := d.Office.Logout(r.Context(), token, d.visitor(r)); err != nil {
			return err
		}
	}
	d.setCookie(w, sessionCookie, "", -1)
	return see(w, r, "/login") // where leave.js takes away what a browser kept of the pages
}

// takeLink takes a one-time link out of the address, where it would stay in the
// browser's history and in what the browser tells of where it came from.
func (d *Door) takeLink(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	d.setCookie(w, linkCookie, r.PathValue("link"), linkAge)
	return see(w, r, "/invitation")
}

// linkAge is how long a one-time link waits for its form, in seconds.
const linkAge = 30 * 60

// invitationStep is the page on which a one-time link sets a password. Without
// a link it asks for the code that stands at the link's end.
func (d *Door) invitationStep(r *http.Request, ask bool) stepView {
	m := d.Engine.For(r)
	v := stepView{Lede: m.T("invitation.lede"), Rules: passwordRules(m), Form: ui.Form{ID: "invitation", Action: "/invitation", Post: true, Submit: m.T("invitation.go")}}
	if ask {
		v.Form.Fields = []ui.Field{{Name: "code", Kind: "text", Label: m.T("invitation.code"), Hint: m.T("invitation.code_hint"), Value: r.PostFormValue("code"), Autocomplete: "off"}}
	}
	v.Form.Fields = append(v.Form.Fields, newPassword(m)...)
	return v
}

func newPassword(m *ui.Messages) []ui.Field {
	return []ui.Field{
		{Name: "password", Kind: "password", Label: m.T("password.new"), Autocomplete: "new-password"},
		{Name: "again", Kind: "password", Label: m.T("password.again"), Autocomplete: "new-password"},
	}
}

func passwordRules(m *ui.Messages) []string {
	return []string{m.T("password.rule_length"), m.T("password.rule_common"), m.T("password.rule_kinds")}
}

// samePassword is an Invalid error unless a new password was typed twice.
func samePassword(r *http.Request) error {
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return gov.Errorf(gov.Invalid, "两次输入的密码不一样。", "The two passwords differ.").On("again")
	}
	return nil
}

func (d *Door) invitationPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	return d.step(w, r, d.Engine.For(r).T("invitation.title"), d.invitationStep(r, d.cookie(r, linkCookie) == ""))
}

// accept sets a password by a one-time link.
func (d *Door) accept(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	link, kept := LinkCode(r.PostFormValue("code")), d.cookie(r, linkCookie)
	if link == "" {
		link = kept
	}
	err := samePassword(r)
	var o people.Opened
	if err == nil {
		o, err = d.Office.Accept(r.Context(), link, r.PostFormValue("password"), d.visitor(r))
	}
	if err != nil {
		dead := gov.CodeOf(err) == gov.NotFound
		if dead && kept != "" {
			d.setCookie(w, linkCookie, "", -1)
		}
		v := d.invitationStep(r, dead || kept == "")
		return d.again(w, r, d.Engine.For(r).T("invitation.title"), v, v.Form.Fields[0].Name, err)
	}
	d.setCookie(w, linkCookie, "", -1)
	return d.opened(w, r, o, "")
}

// homePath leads whoever is logged in to where they wanted to go if that is
// theirs, else to where their work is.
const homePath = "/login/home"

func (d *Door) home(w http.ResponseWriter, r *http.Request) error {
	acts := who.Of(r.Context()).Standing.Acts()
	if next := nextOf(r, ""); next != "" {
		if room := roomOf(next); room == nil || slices.ContainsFunc(acts, room.open) {
			return see(w, r, next)
		}
	}
	return see(w, r, workOf(acts))
}

// workOf is where the work of somebody with some acts is.
func workOf(acts []policy.Act) string {
	for _, room := range rooms {
		if room.link.Name != "find" && slices.ContainsFunc(acts, room.open) { // nobody's work is to search
			return room.link.Href
		}
	}
	return accountPath
}

// accountPath is where everybody sees their own account.
const accountPath = "/account"
