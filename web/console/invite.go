package console

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/door"
	"quanxiang/web/ui"
)

// linkView shows the secret of a one-time link, once.
type linkView struct {
	Head  head
	Title string
	Name  string
	Href  string // the whole address, to be copied
	Code  string
	Until string
	Two   bool // another person has to agree before it works
	Back  string
}

// inviteFields ask for the login of a new account, and of one there is whether
// the second factor is set up anew as well.
func (c *Console) inviteFields(v visit, o people.Overview) []ui.Field {
	if o.Login == "" {
		return []ui.Field{{Name: "login", Kind: "text", Label: v.m.T("console.field.login"), Required: true, Hint: v.m.T("console.hint.login")}}
	}
	return []ui.Field{{Name: "renew", Kind: "radio", Label: v.m.T("console.invite.renew"), Value: "no", Options: []ui.Option{
		{Value: "no", Label: v.m.T("console.invite.renew_no"), Note: twoNote(v, o.NeedsTwo(false))},
		{Value: "yes", Label: v.m.T("console.invite.renew_yes"), Note: twoNote(v, o.NeedsTwo(true))},
	}}}
}

// twoNote warns that another person has to agree.
func twoNote(v visit, two bool) string {
	if !two {
		return ""
	}
	return v.m.T("console.invite.two")
}

// invite makes a link and shows its secret. It answers the form itself and not
// by way of another address: the secret is stored nowhere it could be read again.
func (c *Console) invite(v visit) error {
	v.SetPathValue("act", "invite")
	a, o, err := c.actionOf(v)
	if err != nil {
		return err
	}
	view, err := c.actionView(v, a, o)
	if err != nil {
		return err
	}
	q, err := v.posted()
	renew := q.Get("renew") == "yes"
	var link string
	if err == nil {
		view.Form.Fill(q)
		link, err = c.Office.Invite(v.ctx(), v.by, o.Person.ID, q.Get("login"), renew)
	}
	if err != nil {
		return c.again(v, view, err)
	}
	title := v.m.T("console.link.title")
	return c.pages.link.Render(v.w, v.Request, http.StatusOK, frame(title), linkView{
		Head: view.Head, Title: title, Name: o.Person.Name, Href: c.BaseURL + door.LinkPath + link, Code: link, Two: o.NeedsTwo(renew), Back: personPath(o.Person.ID),
		Until: v.m.Minute(c.Clock().Add(people.LinkLasts).UnixMilli()),
	})
}

// secondView is the page on which someone agrees to another's link.
func (c *Console) secondView(v visit) formView {
	return formView{
		Head: headOf(v, "second"), Title: v.m.T("console.second.title"), Lead: v.m.T("console.second.lead"),
		Form: ui.Form{ID: "second", Action: secondPath, Post: true, Submit: v.m.T("console.second.go"), Fields: []ui.Field{
			{Name: "link", Kind: "text", Label: v.m.T("console.second.link"), Required: true},
		}},
	}
}

func (c *Console) showSecond(v visit) error {
	if err := people.Can(v.by, policy.ManageLogins, people.Object{}); err != nil {
		return err
	}
	view := c.secondView(v)
	return c.pages.form.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

func (c *Console) second(v visit) error {
	view := c.secondView(v)
	q, err := v.posted()
	if err == nil {
		view.Form.Fill(q)
		err = c.Office.Second(v.ctx(), v.by, door.LinkCode(q.Get("link")))
	}
	if err != nil {
		return c.again(v, view, onField(err, "link", gov.NotFound, gov.Conflict, gov.Invalid))
	}
	return v.see(secondPath, "second")
}
