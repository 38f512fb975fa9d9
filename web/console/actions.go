package console

import (
	"net/http"
	"net/url"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// action is something done to a person on a page of its own.
type action struct {
	name    string     // in its address and in messages
	act     policy.Act // what offers it; the office decides
	of      string     // "assignment" or "absence" when it is about one of the person's, else ""
	offered func(people.Overview) bool
	fields  func(c *Console, v visit, o people.Overview) []ui.Field
	do      func(c *Console, v visit, o people.Overview, q url.Values) error // nil for the invitation, which has an answer
}

// actions in the order of a person's page.
var actions = []action{
	{name: "change", act: policy.ManageLogins, fields: (*Console).personFields, do: (*Console).change},
	{name: "invite", act: policy.ManageLogins, fields: (*Console).inviteFields},
	{name: "assign", act: policy.ManagePosts, fields: (*Console).assignFields, do: (*Console).assign},
	{name: "absence", act: policy.ManagePosts, fields: (*Console).absenceFields, do: (*Console).absence},
	{name: "end", act: policy.ManagePosts, of: "assignment", fields: (*Console).endFields, do: (*Console).end},
	{name: "back", act: policy.ManagePosts, of: "absence", fields: (*Console).endFields, do: (*Console).back},
	{name: "sessions", act: policy.ManageLogins, offered: open, fields: noFields, do: func(c *Console, v visit, o people.Overview, _ url.Values) error {
		return c.Office.EndSessions(v.ctx(), v.by, o.Person.ID)
	}},
	{name: "unbind", act: policy.ManageLogins, offered: func(o people.Overview) bool { return open(o) && o.Issuer != "" }, fields: noFields, do: func(c *Console, v visit, o people.Overview, _ url.Values) error {
		return c.Office.Bind(v.ctx(), v.by, o.Person.ID, "", "")
	}},
	{name: "close", act: policy.ManageLogins, offered: open, fields: noFields, do: func(c *Console, v visit, o people.Overview, _ url.Values) error {
		return c.Office.Close(v.ctx(), v.by, o.Person.ID)
	}},
}

func open(o people.Overview) bool { return o.Login != "" && o.State != people.Closed }

func noFields(*Console, visit, people.Overview) []ui.Field { return nil }

// formView is a page with one form: what it does, to whom, and the form.
type formView struct {
	Head    head
	Title   string
	Lead    string
	Facts   []fact
	Problem string // what no field can mend
	Form    ui.Form
}

// actionOf is the action of an address and the person it is about.
func (c *Console) actionOf(v visit) (action, people.Overview, error) {
	i := slices.IndexFunc(actions, func(a action) bool { return a.name == v.PathValue("act") })
	if i < 0 {
		return action{}, people.Overview{}, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	o, err := c.subject(v)
	return actions[i], o, err
}

// actionView is the page of an action before anything was sent.
func (c *Console) actionView(v visit, a action, o people.Overview) (formView, error) {
	view := formView{
		Head: headOf(v, "persons", ui.Link{Href: Root, Label: v.m.T("console.title")}, ui.Link{Href: personsPath, Label: v.m.T("console.persons.title")},
			ui.Link{Href: personPath(o.Person.ID), Label: v.m.T("console.this_person")}),
		Title: v.m.Of("console.act.", a.name), Lead: v.m.Of("console.lead.", a.name),
		Facts: []fact{{Label: v.m.T("console.field.name"), Text: o.Person.Name}},
		Form:  ui.Form{ID: a.name, Action: v.URL.RequestURI(), Post: true, Submit: v.m.Of("console.act.", a.name)},
	}
	if a.of != "" {
		what, err := c.about(v, a, o)
		if err != nil {
			return view, err
		}
		view.Facts = append(view.Facts, what...)
	}
	view.Form.Fields = a.fields(c, v, o)
	return view, nil
}

// about tells which assignment or absence of the person an action ends.
func (c *Console) about(v visit, a action, o people.Overview) ([]fact, error) {
	id := v.URL.Query().Get("of")
	for _, x := range o.Assignments {
		if a.of == "assignment" && x.ID.String() == id {
			return []fact{{Label: v.m.T("console.field.role"), Text: c.roleName(v, x.Role)}, {Label: v.m.T("field.unit"), Text: c.unitName(v, x.Unit)},
				{Label: v.m.T("console.field.from"), Text: x.Period.From.In(v.lang())}}, nil
		}
	}
	for _, x := range o.Absences {
		if a.of == "absence" && x.ID.String() == id {
			return []fact{{Label: v.m.T("console.field.from"), Text: x.Period.From.In(v.lang())}, {Label: v.m.T("console.field.last"), Text: x.Period.To.Add(-1).In(v.lang())}}, nil
		}
	}
	return nil, gov.Errorf(gov.NotFound, "此人没有这项任职或代理。", "The person has no such role or absence.")
}

func (c *Console) showAction(v visit) error {
	a, o, err := c.actionOf(v)
	if err != nil {
		return err
	}
	view, err := c.actionView(v, a, o)
	if err != nil {
		return err
	}
	return c.pages.form.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

func (c *Console) doAction(v visit) error {
	a, o, err := c.actionOf(v)
	if err != nil {
		return err
	}
	view, err := c.actionView(v, a, o)
	if err != nil {
		return err
	}
	q, err := v.posted()
	if err == nil {
		view.Form.Fill(q)
		err = a.do(c, v, o, q)
	}
	if err == nil {
		return v.see(personPath(o.Person.ID), a.name)
	}
	return c.again(v, view, err)
}

// again shows a form with what was wrong and what the reader wrote.
func (c *Console) again(v visit, view formView, err error) error {
	problem, status, err := place(v, &view.Form, err)
	if err != nil {
		return err
	}
	view.Problem = problem
	return c.pages.form.Render(v.w, v.Request, status, frame(view.Title), view)
}

// personFields ask for a person's data; masked contacts stay as they are.
func (c *Console) personFields(v visit, o people.Overview) []ui.Field {
	p := o.Person
	hint := ""
	if !p.ID.IsZero() {
		hint = v.m.T("console.hint.masked")
	}
	return []ui.Field{
		{Name: "name", Kind: "text", Label: v.m.T("console.field.name"), Required: true, Value: p.Name},
		{Name: "staff_no", Kind: "text", Label: v.m.T("console.field.staff_no"), Hint: v.m.T("console.hint.staff_no"), Value: p.StaffNo},
		{Name: "unit", Kind: "select", Label: v.m.T("field.unit"), Required: true, Value: p.Unit, Options: c.unitOptions(v, v.m.T("console.choose"))},
		{Name: "mobile", Kind: "text", Label: v.m.T("console.field.mobile"), Hint: hint, Value: p.Mobile},
		{Name: "email", Kind: "text", Label: v.m.T("console.field.email"), Hint: hint, Value: p.Email},
	}
}

// personOf is the person a form tells of.
func personOf(id gov.ID, q url.Values) (people.Person, error) {
	p := people.Person{ID: id, Name: q.Get("name"), StaffNo: q.Get("staff_no"), Unit: q.Get("unit"), Mobile: q.Get("mobile"), Email: q.Get("email")}
	if p.Unit == "" {
		return p, gov.Errorf(gov.Invalid, "请选择单位", "choose a unit").On("unit")
	}
	return p, nil
}

func (c *Console) change(v visit, o people.Overview, q url.Values) error {
	p, err := personOf(o.Person.ID, q)
	if err == nil {
		_, err = c.Office.Save(v.ctx(), v.by, p)
	}
	return err
}

// newView is the page on which a person is entered.
func (c *Console) newView(v visit) formView {
	return formView{
		Head:  headOf(v, "persons", ui.Link{Href: Root, Label: v.m.T("console.title")}, ui.Link{Href: personsPath, Label: v.m.T("console.persons.title")}),
		Title: v.m.T("console.new.title"), Lead: v.m.T("console.new.lead"),
		Form: ui.Form{ID: "new", Action: newPath, Post: true, Submit: v.m.T("console.new.title"), Fields: c.personFields(v, people.Overview{})},
	}
}

func (c *Console) newPerson(v visit) error {
	if err := people.Can(v.by, policy.ManageLogins, people.Object{}); err != nil {
		return err
	}
	view := c.newView(v)
	return c.pages.form.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

func (c *Console) enterPerson(v visit) error {
	view := c.newView(v)
	q, err := v.posted()
	var id gov.ID
	if err == nil {
		view.Form.Fill(q)
		var p people.Person
		if p, err = personOf(gov.ID{}, q); err == nil {
			id, err = c.Office.Save(v.ctx(), v.by, p)
		}
	}
	if err != nil {
		return c.again(v, view, err)
	}
	return v.see(personPath(id), "new")
}
