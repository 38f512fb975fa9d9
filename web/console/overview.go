package console

import (
	"net/http"
	"slices"
	"strconv"

	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// overviewView is the console's first page.
type overviewView struct {
	Head    head
	Tasks   []ui.Link
	Numbers []number
	Roles   ui.Table
}

// number is a figure with what it counts.
type number struct {
	Label  string
	Figure int
}

func (c *Console) overview(v visit) error {
	n, err := c.Office.Numbers(v.ctx(), v.by)
	if err != nil {
		return err
	}
	stopped, err := c.hooksTask(v)
	if err != nil {
		return err
	}
	view := overviewView{Head: headOf(v, "overview"), Tasks: c.tasks(v, n, stopped), Roles: c.rolesTable(v, n)}
	for _, x := range []struct {
		key string
		n   int
	}{
		{"persons", n.Persons}, {"active", n.Accounts[people.Active]}, {"invited", n.Accounts[people.Invited]},
		{"closed", n.Accounts[people.Closed]}, {"away", n.Away}, {"waiting", n.Waiting},
	} {
		view.Numbers = append(view.Numbers, number{v.m.Of("console.number.", x.key), x.n})
	}
	return c.pages.overview.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.title")), view)
}

// fewestAdministrators is how many it takes for one to agree to another's link.
const fewestAdministrators = 2

// tasks are what someone should see to.
func (c *Console) tasks(v visit, n people.Numbers, stopped int) (list []ui.Link) {
	task := func(wanted bool, key, href string, count int) {
		if wanted {
			list = append(list, ui.Link{Href: href, Label: v.m.T("console.task."+key, "n", count), Note: v.m.Of("console.task_note.", key)})
		}
	}
	logins := v.may(policy.ManageLogins)
	administrators := 0
	for _, r := range people.AdministratorRoles(c.Pack) {
		administrators += n.Holders[r.ID]
	}
	watched := slices.ContainsFunc(c.Pack.Roles, func(r policy.Role) bool {
		return slices.Contains(r.Grants, policy.ReadLooks) && n.Holders[r.ID] > 0
	})
	task(n.Waiting > 0 && logins, "waiting", secondPath, n.Waiting)
	task(n.Persons == 0 && logins, "empty", importPath, 0)
	task(n.Accounts[people.Invited] > 0 && logins, "invited", personsPath, n.Accounts[people.Invited])
	task(administrators < fewestAdministrators, "administrators", matrixPath+"#roles", administrators)
	task(stopped > 0, "hooks", hooksPath, stopped)
	task(!watched, "auditor", matrixPath+"#roles", 0)
	return list
}

// rolesTable lists the roles with what they grant and how many hold them.
func (c *Console) rolesTable(v visit, n people.Numbers) ui.Table {
	t := ui.Table{ID: "roles", Caption: v.m.T("console.roles"), Columns: []ui.Column{
		{Label: v.m.T("console.field.role"), Main: true}, {Label: v.m.T("console.field.scope"), Narrow: true}, {Label: v.m.T("console.field.grants")},
		{Label: v.m.T("console.field.conflicts")}, {Label: v.m.T("console.field.holders"), Number: true},
	}}
	listed := v.may(policy.ManageLogins, policy.ManagePosts)
	for _, r := range c.Pack.Roles {
		holders := ui.TextCell(strconv.Itoa(n.Holders[r.ID]))
		if n.Holders[r.ID] > 0 && listed {
			holders = ui.Cell{Links: []ui.Link{{Href: ui.With(personsPath, "role", r.ID), Label: strconv.Itoa(n.Holders[r.ID])}}}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(r.Name.In(v.lang())), ui.TextCell(v.m.Of("console.scope.", r.Scope)), ui.TextCell(grants(v, r)),
			ui.TextCell(c.conflicts(v, r)), holders,
		}})
	}
	return t
}
