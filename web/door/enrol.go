package door

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// enrolView is the page that puts the second factor into an app.
type enrolView struct {
	Login  string
	Secret string       // in groups of four, for typing
	URI    template.URL // otpauth, for a telephone that shows this page itself
	QR     ui.QR
	Form   ui.Form
}

// recoveryView shows recovery codes once.
type recoveryView struct {
	Login string
	Codes []string
	Next  string
}

func (d *Door) enrolPage(w http.ResponseWriter, r *http.Request) error {
	return d.showEnrolment(w, r, nil)
}

// showEnrolment shows the secret of the second factor, with what was wrong with
// the code of it that was sent.
func (d *Door) showEnrolment(w http.ResponseWriter, r *http.Request, wrong error) error {
	visit := who.Of(r.Context())
	if visit.Token == "" {
		return errLogin
	}
	e, err := d.Office.BeginEnrolment(r.Context(), visit.Token)
	if errors.Is(err, people.ErrProof) && !visit.Session.Whole {
		// Its owner has other factors, or only the provider's.
		if need, missing := d.Office.Missing(r.Context(), visit.Token); missing != nil || need == people.NeedCode {
			return see(w, r, onward(need, nextOf(r, "")))
		}
		return gov.Errorf(gov.Forbidden, "您的账号只绑定了统一身份认证，而这次登录没有核实第二因素。请在认证服务中启用第二因素后再登录，或向管理员要一个一次性链接。",
			"Your account is bound to the identity provider alone, which saw no second factor this time. Set one up there and log in again, or ask the administrator for a one-time link.")
	}
	if err != nil {
		return err
	}
	m := d.Engine.For(r)
	v := enrolView{Login: e.Login, Secret: grouped(e.Secret, 4), URI: template.URL(e.URI)} // made by the office, every part escaped
	if v.QR, err = ui.NewQR(e.URI); err != nil {
		return err
	}
	code := codeField(m, "code")
	code.Hint = m.T("enrol.code_hint")
	v.Form = ui.Form{ID: "enrol", Action: "/login/enrol", Post: true, Submit: m.T("enrol.go"), Fields: append([]ui.Field{code}, hidden("next", nextOf(r, ""))...)}
	status := http.StatusOK
	if wrong != nil {
		status = mendStatus(wrong)
		fail(&v.Form, "code", wrong, m.Lang())
	}
	w.Header().Set("Cache-Control", staffCache)
	return d.pages.enrol.Render(w, r, status, frame(m.T("enrol.title")), v)
}

// enrol takes a code of the new second factor and shows the recovery codes.
func (d *Door) enrol(w http.ResponseWriter, r *http.Request) error {
	token := who.Of(r.Context()).Token
	if token == "" {
		return errLogin
	}
	o, codes, err := d.Office.ConfirmEnrolment(r.Context(), token, r.PostFormValue("code"), d.visitor(r))
	if gov.CodeOf(err) == gov.Invalid {
		return d.showEnrolment(w, r, err)
	}
	if err != nil {
		return err
	}
	d.keep(w, o)
	return d.showRecovery(w, r, o.Token, codes)
}

// renewRecovery makes new recovery codes.
func (d *Door) renewRecovery(w http.ResponseWriter, r *http.Request) error {
	token := who.Of(r.Context()).Token
	codes, err := d.Office.RenewRecovery(r.Context(), token)
	if err != nil {
		return err
	}
	return d.showRecovery(w, r, token, codes)
}

// showRecovery shows recovery codes in the answer itself: they stand nowhere
// else.
func (d *Door) showRecovery(w http.ResponseWriter, r *http.Request, token string, codes []string) error {
	mine, err := d.Office.Mine(r.Context(), token)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", staffCache)
	v := recoveryView{Login: mine.Login, Codes: codes, Next: onward(people.Nothing, nextOf(r, ""))}
	return d.pages.recovery.Render(w, r, http.StatusOK, frame(d.Engine.For(r).T("recovery.title")), v)
}

// grouped parts a text into groups for reading aloud and typing.
func grouped(s string, n int) string {
	var groups []string
	for ; len(s) > n; s = s[n:] {
		groups = append(groups, s[:n])
	}
	return strings.Join(append(groups, s), " ")
}

// LinkCode is the code of a one-time link that was typed or pasted, alone or
// with the address before it.
func LinkCode(text string) string {
	text = strings.Join(strings.Fields(text), "")
	return text[strings.LastIndex(text, "/")+1:]
}
