package console

import (
	"net/http"
	"strconv"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// keysView is the list of keys of other programs.
type keysView struct {
	Head  head
	Links []ui.Link
	Table ui.Table
	Pager ui.Pager
}

// keyView shows the secret of a key, once.
type keyView struct {
	Head    head
	Title   string
	Name    string
	Secret  string
	Signing string // by which requests about registers are signed, or ""
	ID      string
	Back    string
}

func keyPath(id gov.ID) string { return keysPath + "/" + id.String() + "/revoke" }

func (c *Console) keys(v visit) error {
	list, err := c.Keys.List(v.ctx(), v.by, gov.Page{After: v.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	title := v.m.T("console.keys.title")
	view := keysView{Head: headOf(v, "keys"), Links: []ui.Link{{Href: newKeyPath, Label: v.m.T("console.keys.new")}}, Pager: ui.PagerOf(v.Request, list),
		Table: ui.Table{Caption: title, Columns: []ui.Column{
			{Label: v.m.T("console.keys.name"), Main: true}, {Label: v.m.T("field.unit")}, {Label: v.m.T("console.keys.contact")}, {Label: v.m.T("console.keys.scope")},
			{Label: v.m.T("console.keys.rate"), Number: true}, {Label: v.m.T("console.keys.made"), Narrow: true}, {Label: v.m.T("console.keys.used"), Narrow: true}, {Label: v.m.T("console.keys.state")},
		}}}
	for _, k := range list.Items {
		used := v.m.T("console.keys.never")
		if k.Used != 0 {
			used = v.m.Minute(k.Used)
		}
		state := ui.Cell{Links: []ui.Link{{Href: keyPath(k.ID), Label: v.m.T("console.keys.revoke")}}}
		if k.Revoked != 0 {
			state = ui.TextCell(v.m.T("console.keys.revoked", "when", v.m.Minute(k.Revoked)))
		}
		view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(k.Name), ui.TextCell(c.unitName(v, k.Unit)), ui.TextCell(k.Contact), ui.TextCell(v.m.Of("console.keys.scope.", k.Scope)), ui.TextCell(gov.Thousands(int64(k.Rate))),
			ui.TextCell(v.m.Minute(k.Made)), ui.TextCell(used), state,
		}})
	}
	return c.pages.keys.Render(v.w, v.Request, http.StatusOK, frame(title), view)
}

// keyCrumbs lead to the pages below the list of keys.
func keyCrumbs(v visit) []ui.Link {
	return []ui.Link{{Href: Root, Label: v.m.T("console.title")}, {Href: keysPath, Label: v.m.T("console.keys.title")}}
}

// newKeyView is the page on which a key is made.
func (c *Console) newKeyView(v visit) formView {
	var scopes []ui.Option
	for _, s := range apikeys.Scopes() {
		scopes = append(scopes, ui.Option{Value: string(s), Label: v.m.Of("console.keys.scope.", s), Note: v.m.Of("console.keys.scope_note.", s)})
	}
	return formView{
		Head: headOf(v, "keys", keyCrumbs(v)...), Title: v.m.T("console.keys.new"), Lead: v.m.T("console.keys.new_lead"),
		Form: ui.Form{ID: "key", Action: newKeyPath, Post: true, Submit: v.m.T("console.keys.make"), Fields: []ui.Field{
			{Name: "name", Kind: "text", Label: v.m.T("console.keys.name"), Required: true, Hint: v.m.T("console.keys.name_hint")},
			{Name: "unit", Kind: "select", Label: v.m.T("field.unit"), Required: true, Hint: v.m.T("console.keys.unit_hint"), Options: c.unitOptions(v, v.m.T("console.choose"))},
			{Name: "contact", Kind: "text", Label: v.m.T("console.keys.contact"), Required: true, Hint: v.m.T("console.keys.contact_hint")},
			{Name: "scope", Kind: "radio", Label: v.m.T("console.keys.scope"), Required: true, Options: scopes},
			{Name: "rate", Kind: "number", Label: v.m.T("console.keys.rate"), Hint: v.m.T("console.keys.rate_hint"), Value: strconv.Itoa(apikeys.DefaultRate)},
		}},
	}
}

func (c *Console) newKey(v visit) error {
	if err := people.Can(v.by, policy.ManageLogins, people.Object{}); err != nil {
		return err
	}
	view := c.newKeyView(v)
	return c.pages.form.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

// makeKey makes a key and shows its secret. Like a one-time link's it is stored
// nowhere, so the form is answered by the page itself.
func (c *Console) makeKey(v visit) error {
	view := c.newKeyView(v)
	q, err := v.posted()
	var id gov.ID
	var secret string
	if err == nil {
		view.Form.Fill(q)
		rate, failed := strconv.Atoi(q.Get("rate"))
		if failed != nil {
			rate = 0 // which is refused in words
		}
		id, secret, err = c.Keys.Make(v.ctx(), v.by, apikeys.Key{Name: q.Get("name"), Unit: q.Get("unit"), Contact: q.Get("contact"), Rate: rate, Scope: apikeys.Scope(q.Get("scope"))})
	}
	if err != nil {
		return c.again(v, view, err)
	}
	title := v.m.T("console.keys.secret_title")
	made := keyView{Head: view.Head, Title: title, Name: q.Get("name"), ID: id.String(), Back: keysPath}
	k := apikeys.Key{Scope: apikeys.Scope(q.Get("scope"))}
	if k.Covers(apikeys.Filing) {
		made.Secret = secret
	}
	if k.Signs() {
		made.Signing = c.Keys.Signing(id)
	}
	return c.pages.key.Render(v.w, v.Request, http.StatusOK, frame(title), made)
}

// revokeView asks whether a key is to be taken back.
func (c *Console) revokeView(v visit) (formView, gov.ID, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return formView{}, id, gov.Errorf(gov.NotFound, "没有这个密钥。", "There is no such key.")
	}
	k, err := c.Keys.Key(v.ctx(), v.by, id)
	if err != nil {
		return formView{}, id, err
	}
	return formView{
		Head: headOf(v, "keys", keyCrumbs(v)...), Title: v.m.T("console.keys.revoke"), Lead: v.m.T("console.keys.revoke_lead"),
		Facts: []fact{{Label: v.m.T("console.keys.name"), Text: k.Name}, {Label: v.m.T("field.unit"), Text: c.unitName(v, k.Unit)}, {Label: v.m.T("console.keys.contact"), Text: k.Contact}},
		Form:  ui.Form{ID: "revoke", Action: keyPath(id), Post: true, Danger: true, Submit: v.m.T("console.keys.revoke")},
	}, id, nil
}

func (c *Console) showRevoke(v visit) error {
	view, _, err := c.revokeView(v)
	if err != nil {
		return err
	}
	return c.pages.form.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

func (c *Console) revoke(v visit) error {
	view, id, err := c.revokeView(v)
	if err != nil {
		return err
	}
	if err := c.Keys.Revoke(v.ctx(), v.by, id); err != nil {
		return c.again(v, view, err)
	}
	return v.see(keysPath, "revoked")
}
