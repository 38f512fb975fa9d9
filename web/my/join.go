package my

import (
	"context"
	"net/http"
	"net/url"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/residents"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// joinRoot is where somebody says that they have met with the same.
const joinRoot = "/join"

// JoinPath is the address where somebody joins a case.
func JoinPath(number string) string { return joinRoot + "/" + url.PathEscape(number) }

// joinStep asks whether they want to be told.
func (k *My) joinStep(v *visit, s casework.Sheet) stepView {
	among, _ := progress.Among(v.Messages, k.Casework, s.Under.Procedure)
	return stepView{
		Crumbs: []ui.Link{among, {Href: progress.CasePath(s.Number), Label: s.Number}},
		Lede:   v.T("my.join_lede", "title", s.Subject), Rules: []string{v.T("my.join_rule_once"), v.T("my.report_rule_contact"), v.T("my.report_rule_prove")},
		Form: ui.Form{ID: "join", Action: JoinPath(s.Number), Post: true, Submit: v.T("my.join_go"), Fields: k.contactFields(v)}}
}

func (k *My) joinPage(w http.ResponseWriter, v *visit) error {
	s, err := k.Casework.Joinable(v.Context(), v.PathValue("number"), k.Clock())
	if err != nil {
		return err
	}
	k.device(w, v)
	return k.showStep(w, v, v.T("my.join"), k.joinStep(v, s), "", nil)
}

// join joins the visitor to a case: once by a browser, or by the address they
// signed in with.
func (k *My) join(w http.ResponseWriter, v *visit) error {
	number := v.PathValue("number")
	s, err := k.Casework.PublicCase(v.Context(), number, k.Clock())
	if err != nil {
		return err
	}
	visitor := k.visitor(v.Request)
	id := k.Register.Joiner(s.ID, visitor, v.session.Address)
	d, err := draft(v).Normal()
	if err != nil {
		return k.showStep(w, v, v.T("my.join"), k.joinStep(v, s), "", err)
	}
	begun, err := k.Register.Begun(v.Context(), id)
	if err != nil {
		return err
	}
	if !begun {
		if s, err = k.Casework.Joinable(v.Context(), number, k.Clock()); err == nil {
			err = k.Register.CountJoin(v.Context(), visitor, d)
		}
		if err != nil {
			return k.showStep(w, v, v.T("my.join"), k.joinStep(v, s), "", err)
		}
	}
	var shown []residents.Address
	if v.signed {
		shown = append(shown, v.session.Address)
	}
	var secret string
	err = k.Casework.Together(v.Context(), func(ctx context.Context) error {
		contact, link, err := k.Register.Open(ctx, id, d, shown...)
		if err != nil {
			return err
		}
		secret = link
		_, err = k.Casework.PublicJoin(ctx, k.resident(contact), id, number, contact.ID.String(), nil)
		return err
	})
	if err != nil {
		if gov.CodeOf(err) == gov.Conflict {
			return k.showStep(w, v, v.T("my.join"), k.joinStep(v, s), "", err)
		}
		return err
	}
	k.keepLink(w, v.Request, secret)
	return see(w, v, CasePath(id)+"?reported=1")
}
