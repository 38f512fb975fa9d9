package my

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"quanxiang/gov"
	"quanxiang/residents"
	"quanxiang/web/ui"
)

// nextInput carries where somebody goes on once they are signed in.
const nextInput = "next"

// next is that address: of pages of this site for organisations, no other.
func next(v *visit) string {
	to := v.FormValue(nextInput)
	if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || u.Path != ApplyRoot && !strings.HasPrefix(u.Path, ApplyRoot+"/") && !strings.HasPrefix(u.Path, ActingRoot+"/") {
		return ""
	}
	return to
}

// onward is an address of signing in with where to go on.
func onward(path string, v *visit) string {
	if to := next(v); to != "" {
		return path + "?" + url.Values{nextInput: {to}}.Encode()
	}
	return path
}

// LoginPath is where somebody signs in who then goes on to a page for organisations.
func LoginPath(to string) string {
	return Root + "/login?" + url.Values{nextInput: {to}}.Encode()
}

// Session tells who signed in in the browser that asks; ok is false where nobody did.
func (k *My) Session(w http.ResponseWriter, r *http.Request) (s residents.Session, ok bool, err error) {
	v, err := k.visit(w, r)
	if err != nil {
		return s, false, err
	}
	return v.session, v.signed, nil
}

// loginStep asks for a number or address.
func (k *My) loginStep(v *visit) stepView {
	return stepView{Lede: v.T("my.login_lede"), Rules: []string{v.T("my.login_rule_same"), v.T("my.login_rule_mine")},
		Form: ui.Form{ID: "login", Action: Root + "/login", Post: true, Submit: v.T("my.send_code"), Fields: []ui.Field{
			{Name: "address", Kind: "text", Label: v.T("my.address"), Hint: v.T("my.address_hint"), Value: v.PostFormValue("address"), Autocomplete: "username", Required: true},
			{Name: nextInput, Kind: "hidden", Value: next(v)},
		}},
		Other: []ui.Link{{Href: ReportRoot, Label: v.T("my.report")}, {Href: Root + "/find", Label: v.T("my.find")}},
	}
}

func (k *My) loginPage(w http.ResponseWriter, v *visit) error {
	if v.signed {
		return see(w, v, cmp.Or(next(v), Root))
	}
	k.device(w, v)
	return k.showStep(w, v, v.T("my.login"), k.loginStep(v), "", nil)
}

// device gives a browser the cookie by which limits know it.
func (k *My) device(w http.ResponseWriter, v *visit) {
	if k.jar.Get(v.Request, deviceCookie) == "" {
		k.jar.Set(w, deviceCookie, gov.NewID(k.Clock()).String(), deviceAge)
	}
}

func (k *My) login(w http.ResponseWriter, v *visit) error {
	a, err := residents.ParseAddress(v.PostFormValue("address"))
	if err == nil {
		err = k.ask(w, v, a, gov.ID{})
	}
	if err != nil {
		return k.showStep(w, v, v.T("my.login"), k.loginStep(v), "address", err)
	}
	return see(w, v, onward(Root+"/code", v))
}

// ask has a code sent and lets the browser wait for it.
func (k *My) ask(w http.ResponseWriter, v *visit, a residents.Address, contact gov.ID) error {
	token, err := k.Register.Ask(v.Context(), a, contact, v.Lang(), k.visitor(v.Request))
	if err == nil {
		k.jar.Set(w, codeCookie, token, codeAge)
	}
	return err
}

// codeStep asks for the code.
func (k *My) codeStep(v *visit, a residents.Address) stepView {
	return stepView{Lede: v.T("my.code_lede", "address", a.Masked()), Rules: []string{v.T("my.code_rule_time"), v.T("my.code_rule_none")},
		Form: ui.Form{ID: "code", Action: Root + "/code", Post: true, Submit: v.T("my.code_go"), Fields: []ui.Field{
			{Name: "code", Kind: "text", Label: v.T("my.code_label"), Hint: v.T("my.code_hint"), Value: v.PostFormValue("code"), Autocomplete: "one-time-code", Required: true},
			{Name: nextInput, Kind: "hidden", Value: next(v)},
		}},
		Second: &ui.Form{ID: "again", Action: Root + "/resend", Post: true, Submit: v.T("my.resend")},
		Other:  []ui.Link{{Href: Root + "/login", Label: v.T("my.other_address")}},
	}
}

func (k *My) codePage(w http.ResponseWriter, v *visit) error {
	a, _, err := k.Register.Waiting(v.Context(), k.jar.Get(v.Request, codeCookie))
	if gov.CodeOf(err) == gov.NotFound {
		return see(w, v, Root+"/login")
	}
	if err != nil {
		return err
	}
	view := k.codeStep(v, a)
	if v.URL.Query().Get("again") != "" {
		view.Done = v.T("my.resent")
	}
	return k.showStep(w, v, v.T("my.code"), view, "", nil)
}

// code takes the code: the browser is signed in.
func (k *My) code(w http.ResponseWriter, v *visit) error {
	token := k.jar.Get(v.Request, codeCookie)
	a, _, err := k.Register.Waiting(v.Context(), token)
	if gov.CodeOf(err) == gov.NotFound {
		return see(w, v, Root+"/login")
	}
	if err != nil {
		return err
	}
	o, err := k.Register.Confirm(v.Context(), token, v.PostFormValue("code"))
	if err != nil {
		return k.showStep(w, v, v.T("my.code"), k.codeStep(v, a), "code", err)
	}
	k.jar.Set(w, codeCookie, "", -1)
	k.jar.Set(w, sessionCookie, o.Token, 0)
	return see(w, v, cmp.Or(next(v), Root))
}

func (k *My) resend(w http.ResponseWriter, v *visit) error {
	token := k.jar.Get(v.Request, codeCookie)
	a, _, err := k.Register.Waiting(v.Context(), token)
	if gov.CodeOf(err) == gov.NotFound {
		return see(w, v, Root+"/login")
	}
	if err == nil {
		err = k.Register.Resend(v.Context(), token, k.visitor(v.Request))
	}
	if err != nil {
		return k.showStep(w, v, v.T("my.code"), k.codeStep(v, a), "code", err)
	}
	return see(w, v, Root+"/code?again=1")
}

// logout ends the session, and takes the links off the browser: it may be a
// stranger's.
func (k *My) logout(w http.ResponseWriter, v *visit) error {
	if token := k.jar.Get(v.Request, sessionCookie); token != "" {
		if err := k.Register.SignOut(v.Context(), token); err != nil {
			return err
		}
	}
	for _, name := range []string{sessionCookie, codeCookie, followCookie} {
		k.jar.Set(w, name, "", -1)
	}
	return see(w, v, Root+"/login")
}

// forgetStep asks once more before everything personal goes.
func (k *My) forgetStep(v *visit) stepView {
	return stepView{Crumbs: crumbs(v), Lede: v.T("my.forget_lede", "address", v.session.Address.Masked()),
		Rules: []string{v.T("my.forget_rule_cases"), v.T("my.forget_rule_reach"), v.T("my.forget_rule_final")},
		Form:  ui.Form{ID: "forget", Action: Root + "/forget", Post: true, Danger: true, Submit: v.T("my.forget_go")}}
}

func crumbs(v *visit) []ui.Link { return []ui.Link{{Href: Root, Label: v.T("my.title")}} }

func (k *My) forgetPage(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, Root+"/login")
	}
	return k.showStep(w, v, v.T("my.forget"), k.forgetStep(v), "", nil)
}

func (k *My) forget(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, Root+"/login")
	}
	n, err := k.Register.Forget(v.Context(), v.session)
	if err != nil {
		return err
	}
	k.jar.Set(w, sessionCookie, "", -1)
	k.jar.Set(w, followCookie, "", -1)
	return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("my.forgotten")), stepView{Done: v.T("my.forgotten_lede", "n", n)})
}
