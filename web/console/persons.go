package console

import (
	"errors"
	"net/http"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// personsView is the list of persons.
type personsView struct {
	Head   head
	Filter ui.Form
	Links  []ui.Link
	Table  ui.Table
	Pager  ui.Pager
}

// filter reads the filter of a list, with the form that shows it.
func (c *Console) filter(v visit) (people.Filter, ui.Form, error) {
	q := v.URL.Query()
	form := ui.Form{ID: "filter", Action: personsPath, Inline: true, Submit: v.m.T("filter.go"), Fields: []ui.Field{
		{Name: "name", Kind: "text", Label: v.m.T("console.filter.name")},
		{Name: "mobile", Kind: "text", Label: v.m.T("console.filter.mobile")},
		{Name: "unit", Kind: "select", Label: v.m.T("field.unit"), Options: c.unitOptions(v, v.m.T("filter.all"))},
		{Name: "role", Kind: "select", Label: v.m.T("console.filter.role"), Options: []ui.Option{{Label: v.m.T("filter.all")}}},
	}}
	for _, r := range c.Pack.Roles {
		form.Fields[3].Options = append(form.Fields[3].Options, ui.Option{Value: r.ID, Label: r.Name.In(v.lang())})
	}
	form.Fill(q)
	for _, f := range form.Fields {
		if f.Value != "" {
			form.Clear = personsPath
		}
	}
	f := people.Filter{Unit: q.Get("unit"), Name: q.Get("name"), Role: q.Get("role"), Day: c.today()}
	if n := q.Get("mobile"); n != "" {
		mobile, err := privacy.ParseMobile(n)
		if e, ok := errors.AsType[*gov.Error](err); ok {
			return f, form, e.On("mobile")
		}
		f.Mobile = mobile
	}
	return f, form, nil
}

func (c *Console) persons(v visit) error {
	f, form, err := c.filter(v)
	view := personsView{Head: headOf(v, "persons"), Filter: form}
	if v.may(policy.ManageLogins) {
		view.Links = []ui.Link{{Href: newPath, Label: v.m.T("console.new.title")}, {Href: importPath, Label: v.m.T("console.part.import")}}
	}
	status := http.StatusOK
	if err == nil {
		var list gov.List[people.Person]
		if list, err = c.Office.List(v.ctx(), v.by, f, gov.Page{After: v.URL.Query().Get("after")}); err != nil {
			return err
		}
		view.Table, view.Pager = c.personsTable(v, list.Items, func(id string) string { return c.unitName(v, id) }), ui.PagerOf(v.Request, list)
		view.Table.Exports = export.Links(v.Request, personsPath)
	} else if _, status, err = place(v, &view.Filter, err); err != nil {
		return err
	}
	return c.pages.persons.Render(v.w, v.Request, status, frame(v.m.T("console.persons.title")), view)
}

// personsTable lists persons under the heads the import reads, contacts masked,
// their units as unitName says.
func (c *Console) personsTable(v visit, list []people.Person, unitName func(id string) string) ui.Table {
	t := ui.Table{Caption: v.m.T("console.persons.title"), Columns: []ui.Column{
		{Label: v.m.T("console.field.staff_no"), Narrow: true}, {Label: v.m.T("console.field.name"), Main: true}, {Label: v.m.T("field.unit")},
		{Label: v.m.T("console.field.mobile"), Narrow: true}, {Label: v.m.T("console.field.email")},
	}}
	for _, p := range list {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(p.StaffNo), {Links: []ui.Link{{Href: personPath(p.ID), Label: p.Name}}}, ui.TextCell(unitName(p.Unit)),
			ui.TextCell(p.Mobile), ui.TextCell(p.Email),
		}})
	}
	return t
}

// exportPage is how many persons are read at once for a file.
const exportPage = 500

// personsFile is the filtered list as CSV or XLSX, all of it.
func (c *Console) personsFile(v visit) error {
	f, _, err := c.filter(v)
	if err != nil {
		return err
	}
	var all []people.Person
	for page := (gov.Page{Limit: exportPage}); ; {
		list, err := c.Office.List(v.ctx(), v.by, f, page)
		if err != nil {
			return err
		}
		all = append(all, list.Items...)
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	t := c.personsTable(v, all, func(id string) string { // the import reads units by their Chinese names
		u, ok := c.Pack.Unit(id)
		if !ok {
			return id
		}
		return u.Name.ZH
	})
	return export.Send(v.w, export.FormatOf(v.URL.Path), "persons", t)
}
