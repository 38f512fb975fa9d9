package colleagues

import (
	"net/http"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// personView is somebody of the staff.
type personView struct {
	Crumbs []ui.Link
	Unit   ui.Link
	Does   string
	Mobile string
	Email  string
	Full   bool     // the look was recorded, or it is their own
	Form   *ui.Form // asks why, of who may look
	Closed string   // why they may not, else
}

// showPerson shows how somebody is reached: masked, and in full to a POST with a
// reason.
func (k *Colleagues) showPerson(w http.ResponseWriter, r *http.Request) error {
	ctx, m, by := r.Context(), k.Engine.For(r), who.Of(r.Context()).Standing
	none := gov.Errorf(gov.NotFound, "通讯录里没有这个人。", "There is nobody like that in the directory.")
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return none
	}
	p, err := k.Office.Person(ctx, by, id)
	if err != nil {
		return err
	}
	roster, err := k.Office.Roster(ctx, by, p.Unit)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(roster, func(c people.Colleague) bool { return c.ID == id })
	if i < 0 {
		return none
	}
	v := personView{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("desk.title")}, {Href: ui.With(Root, "unit", p.Unit), Label: m.T("colleagues.title")}},
		Does: k.does(m, roster[i]), Mobile: p.Mobile, Email: p.Email}
	if u, ok := k.Pack.Unit(p.Unit); ok {
		v.Unit = ui.Link{Href: ui.With(Root, "unit", u.ID), Label: u.Name.In(m.Lang())}
	}
	status := http.StatusOK
	form := ui.Form{ID: "look", Action: Root + "/" + id.String(), Post: true, Submit: m.T("callers.see"),
		Fields: []ui.Field{{Name: "reason", Kind: "text", Label: m.T("callers.reason"), Hint: m.T("colleagues.reason_hint"), Value: r.PostFormValue("reason"), Required: true}}}
	may := people.Can(by, policy.SeeContact, people.Object{Units: []string{p.Unit}, Owner: id})
	switch {
	case may != nil:
		v.Closed = gov.TextOf(may, m.Lang())
		if r.Method == http.MethodPost {
			return may
		}
	case r.Method == http.MethodPost || id == by.Person:
		full, err := k.Office.Contact(ctx, by, id, r.PostFormValue("reason"))
		switch {
		case err == nil:
			v.Mobile, v.Email, v.Full = full.Mobile, full.Email, true
		case form.Fail(err, m.Lang()):
			status = http.StatusUnprocessableEntity
		default:
			return err
		}
	}
	if may == nil && !v.Full {
		v.Form = &form
	}
	return k.person.Render(w, r, status, frame(p.Name), v)
}
