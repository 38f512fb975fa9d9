package console

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

func personPath(id gov.ID) string { return personsPath + "/" + id.String() }

func actionPath(id gov.ID, act string, of gov.ID) string {
	path := personPath(id) + "/" + act
	if of.IsZero() {
		return path
	}
	return ui.With(path, "of", of.String())
}

// personView is one person.
type personView struct {
	Head        head
	Name        string
	Mine        bool // the reader's own page: nobody changes their own rights
	Facts       []fact
	Actions     []ui.Link
	Assignments ui.Table
	Absences    ui.Table
	Covers      ui.Table
}

// subject is the person of a request, as the office shows them.
func (c *Console) subject(v visit) (people.Overview, error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return people.Overview{}, gov.Errorf(gov.NotFound, "没有这个人。", "There is no such person.")
	}
	return c.Office.Overview(v.ctx(), v.by, id)
}

func (c *Console) person(v visit) error {
	o, err := c.subject(v)
	if err != nil {
		return err
	}
	p := o.Person
	view := personView{
		Head: headOf(v, "persons", ui.Link{Href: Root, Label: v.m.T("console.title")}, ui.Link{Href: personsPath, Label: v.m.T("console.persons.title")}),
		Name: p.Name, Mine: v.by.Kind == gov.StaffActor && v.by.Person == p.ID, Facts: c.personFacts(v, o),
	}
	view.Assignments, view.Covers = c.assignmentsTable(v, o), c.coversTable(v, o)
	if view.Absences, err = c.absencesTable(v, o); err != nil {
		return err
	}
	if !view.Mine {
		for _, a := range actions {
			if a.of == "" && v.may(a.act) && (a.offered == nil || a.offered(o)) {
				view.Actions = append(view.Actions, ui.Link{Href: actionPath(p.ID, a.name, gov.ID{}), Label: v.m.Of("console.act.", a.name)})
			}
		}
	}
	return c.pages.person.Render(v.w, v.Request, http.StatusOK, frame(p.Name), view)
}

// personFacts are a person's data, contacts masked, and how they log in.
func (c *Console) personFacts(v visit, o people.Overview) []fact {
	none := v.m.T("console.none")
	or := func(s string) string {
		if s == "" {
			return none
		}
		return s
	}
	list := []fact{
		{Label: v.m.T("console.field.staff_no"), Text: or(o.Person.StaffNo)}, {Label: v.m.T("field.unit"), Text: c.unitName(v, o.Person.Unit)},
		{Label: v.m.T("console.field.mobile"), Text: or(o.Person.Mobile)}, {Label: v.m.T("console.field.email"), Text: or(o.Person.Email)},
	}
	if o.Login == "" {
		return append(list, fact{Label: v.m.T("console.field.account"), Text: none})
	}
	list = append(list, fact{Label: v.m.T("console.field.login"), Text: o.Login}, fact{Label: v.m.T("console.field.account"), Chip: stateChip(v, o.State)})
	if o.Issuer != "" {
		list = append(list, fact{Label: v.m.T("console.field.issuer"), Text: o.Issuer})
	}
	return list
}

func stateChip(v visit, s people.AccountState) *ui.Chip {
	tone := map[people.AccountState]string{people.Active: "good", people.Invited: "info", people.Closed: "quiet"}[s]
	return &ui.Chip{Label: v.m.Of("console.state.", s), Tone: tone}
}

// periodCells are the first day, the last one, and where today stands.
func (c *Console) periodCells(v visit, p people.Period) []ui.Cell {
	last := ui.Cell{}
	if !p.To.IsZero() {
		last.Date = p.To.Add(-1)
	}
	when, tone := "past", "quiet"
	switch today := c.today(); {
	case p.Has(today):
		when, tone = "now", "good"
	case !p.To.IsZero() && !p.From.Before(p.To):
		when, last = "never", ui.Cell{}
	case today.Before(p.From):
		when, tone = "ahead", "info"
	}
	return []ui.Cell{{Date: p.From}, last, {Chips: []ui.Chip{{Label: v.m.Of("console.when.", when), Tone: tone}}}}
}

// endCell leads to the page that ends something that is not over.
func (c *Console) endCell(v visit, person gov.ID, p people.Period, act string, id gov.ID) ui.Cell {
	over := !p.To.IsZero() && (!c.today().Before(p.To) || !p.From.Before(p.To))
	if over || !v.may(policy.ManagePosts) || v.by.Kind == gov.StaffActor && v.by.Person == person {
		return ui.Cell{}
	}
	return ui.Cell{Links: []ui.Link{{Href: actionPath(person, act, id), Label: v.m.Of("console.act.", act)}}}
}

func periodColumns(v visit) []ui.Column {
	return []ui.Column{
		{Label: v.m.T("console.field.from"), Narrow: true}, {Label: v.m.T("console.field.last"), Narrow: true},
		{Label: v.m.T("console.field.when"), Narrow: true}, {Label: v.m.T("console.field.change"), Narrow: true},
	}
}

func (c *Console) assignmentsTable(v visit, o people.Overview) ui.Table {
	t := ui.Table{Caption: v.m.T("console.assignments"), Columns: append([]ui.Column{
		{Label: v.m.T("console.field.role"), Main: true}, {Label: v.m.T("field.unit")}, {Label: v.m.T("console.field.post")},
	}, periodColumns(v)...)}
	for _, a := range o.Assignments {
		cells := []ui.Cell{ui.TextCell(c.roleName(v, a.Role)), c.placeCell(v, a), ui.TextCell(c.postName(v, a.Post))}
		cells = append(cells, c.periodCells(v, a.Period)...)
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, c.endCell(v, o.Person.ID, a.Period, "end", a.ID))})
	}
	return t
}

// placeCell is the unit a role is held in, and for which area.
func (c *Console) placeCell(v visit, a people.Assignment) ui.Cell {
	cell := ui.TextCell(c.unitName(v, a.Unit))
	if area, ok := c.Pack.Area(a.Area); ok {
		cell.Chips = []ui.Chip{{Label: area.Name.In(v.lang()), Tone: "info"}}
	}
	return cell
}

func (c *Console) absencesTable(v visit, o people.Overview) (ui.Table, error) {
	t := ui.Table{Caption: v.m.T("console.absences"), Columns: append([]ui.Column{{Label: v.m.T("console.field.deputy"), Main: true}}, periodColumns(v)...)}
	names := names{c: c, v: v}
	for _, a := range o.Absences {
		deputy, err := names.of(a.Deputy)
		if err != nil {
			return t, err
		}
		cells := []ui.Cell{{Links: []ui.Link{{Href: personPath(a.Deputy), Label: deputy}}}}
		cells = append(cells, c.periodCells(v, a.Period)...)
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, c.endCell(v, o.Person.ID, a.Period, "back", a.ID))})
	}
	return t, nil
}

func (c *Console) coversTable(v visit, o people.Overview) ui.Table {
	t := ui.Table{Caption: v.m.T("console.covers"), Columns: append([]ui.Column{{Label: v.m.T("console.field.absent"), Main: true}}, periodColumns(v)[:3]...)}
	for _, x := range o.Covers {
		cells := []ui.Cell{{Links: []ui.Link{{Href: personPath(x.Absence.Person), Label: x.Name}}}}
		t.Rows = append(t.Rows, ui.TableRow{Cells: append(cells, c.periodCells(v, x.Absence.Period)...)})
	}
	return t
}

// names finds the names of persons, each once.
type names struct {
	c     *Console
	v     visit
	known map[gov.ID]string
}

// of is a person's name; one who is not there any more keeps the id.
func (n *names) of(id gov.ID) (string, error) {
	if name, ok := n.known[id]; ok {
		return name, nil
	}
	p, err := n.c.Office.Person(n.v.ctx(), n.v.by, id)
	if gov.CodeOf(err) == gov.NotFound {
		p.Name, err = id.String(), nil
	}
	if err != nil {
		return "", err
	}
	if n.known == nil {
		n.known = map[gov.ID]string{}
	}
	n.known[id] = p.Name
	return p.Name, nil
}
