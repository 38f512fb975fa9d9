// Package colleagues is the directory of the staff: who works in a unit, by which
// roles and posts, and how they are reached. Telephone numbers and addresses are
// masked until a look at them is recorded with its reason. It holds no data.
package colleagues

import (
	"embed"
	"errors"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/desk"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the directory stands.
const Root = desk.Root + "/colleagues"

// pageLength is how many persons a page of a unit has.
const pageLength = 50

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Office   *people.Office
	Casework *casework.Casework
}

// Colleagues answers the pages.
type Colleagues struct {
	Deps
	list   *ui.Template[listView]
	person *ui.Template[personView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Colleagues, error) {
	k := &Colleagues{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.list, "list"),
		ui.LoadInto(d.Engine, templates, &k.person, "person"),
	)
}

// Mount adds the routes.
func (k *Colleagues) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:            k.showList,
		"GET " + Root + "/{id}":  k.showPerson,
		"POST " + Root + "/{id}": k.showPerson,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(h)))
	}
}

func frame(title string) ui.Frame {
	return ui.Frame{Section: "desk", Title: title, NoIndex: true}
}

// listView is who works in some units.
type listView struct {
	Crumbs []ui.Link
	Lede   string
	Form   ui.Form
	Units  []unitView
	Pager  ui.Pager
}

// unitView is a unit with those of it that are on the page.
type unitView struct {
	ID    string
	Link  ui.Link
	Table ui.Table
}

// showList lists the unit that is asked for, those a case lies with, or the
// visitor's own.
func (k *Colleagues) showList(w http.ResponseWriter, r *http.Request) error {
	m, by, q := k.Engine.For(r), who.Of(r.Context()).Standing, r.URL.Query()
	v := listView{Crumbs: []ui.Link{{Href: desk.Root, Label: m.T("desk.title")}}, Lede: m.T("colleagues.lede")}
	field := ui.Field{Name: "unit", Kind: "select", Label: m.T("colleagues.unit")}
	for _, u := range k.Pack.Units {
		field.Options = append(field.Options, ui.Option{Value: u.ID, Label: u.Name.In(m.Lang())})
	}
	v.Form = ui.Form{ID: "unit", Action: Root, Inline: true, Submit: m.T("colleagues.go"), Fields: []ui.Field{field}}
	units := []string{q.Get("unit")}
	if number := q.Get("case"); number != "" {
		var err error
		if units, err = k.unitsOf(r, by, number); err != nil {
			return err
		}
		v.Crumbs = append(v.Crumbs, ui.Link{Href: desk.Root + "/cases/" + number, Label: number})
		v.Lede = m.T("colleagues.lede_case", "number", number)
	} else if units[0] == "" {
		units[0] = ownUnit(by)
	}
	for i, id := range units {
		u, ok := k.Pack.Unit(id)
		if !ok {
			return gov.Errorf(gov.NotFound, "没有这个单位。", "There is no such unit.")
		}
		v.Form.Fields[0].Value = units[0]
		roster, err := k.Office.Roster(r.Context(), by, id)
		if err != nil {
			return err
		}
		slices.SortFunc(roster, func(a, b people.Colleague) int { return strings.Compare(a.Name, b.Name) })
		page := roster[:min(len(roster), pageLength)]
		if len(units) == 1 {
			list := pageAfter(roster, q.Get("after"))
			page, v.Pager = list.Items, ui.PagerOf(r, list)
		}
		v.Units = append(v.Units, unitView{ID: id, Link: ui.Link{Href: "/units/" + id, Label: u.Name.In(m.Lang())}, Table: k.table(m, i, page)})
	}
	return k.list.Render(w, r, http.StatusOK, frame(m.T("colleagues.title")), v)
}

// pageAfter is the page of a roster behind a person, the first behind nobody.
func pageAfter(roster []people.Colleague, after string) gov.List[people.Colleague] {
	from := 1 + slices.IndexFunc(roster, func(c people.Colleague) bool { return c.ID.String() == after })
	list := gov.List[people.Colleague]{Items: roster[from:min(len(roster), from+pageLength)], Total: len(roster)}
	if end := from + len(list.Items); end < len(roster) {
		list.Next = list.Items[len(list.Items)-1].ID.String()
	}
	return list
}

// ownUnit is the unit in which somebody works.
func ownUnit(by people.Standing) string {
	for _, h := range by.Held {
		if h.For.IsZero() {
			return h.Assignment.Unit
		}
	}
	return ""
}

// unitsOf are the units that have to do with a case, as far as somebody sees: those
// for whom it waits, and those its fields name.
func (k *Colleagues) unitsOf(r *http.Request, by people.Standing, number string) (units []string, err error) {
	id, err := k.Casework.Find(r.Context(), by, number)
	if err != nil {
		return nil, err
	}
	sheet, err := k.Casework.Sheet(r.Context(), by, id)
	if err != nil {
		return nil, err
	}
	add := func(unit string) {
		if _, ok := k.Pack.Unit(unit); ok && !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	for _, f := range sheet.Fields {
		switch v := f.Value.(type) {
		case string:
			if f.Field.Type == procedure.UnitField {
				add(v)
			}
		case []string:
			for _, unit := range v {
				if f.Field.Type == procedure.UnitsField {
					add(unit)
				}
			}
		}
	}
	for _, t := range sheet.Waits {
		add(t.Unit)
	}
	if len(units) == 0 {
		units = []string{ownUnit(by)}
	}
	return units, nil
}

// table lists persons of a unit.
func (k *Colleagues) table(m *ui.Messages, n int, list []people.Colleague) ui.Table {
	t := ui.Table{ID: "colleagues-" + m.Number(n+1), Caption: m.T("colleagues.title"), Columns: []ui.Column{
		{Label: m.T("colleagues.name"), Main: true}, {Label: m.T("colleagues.does")}, {Label: m.T("colleagues.mobile")}, {Label: m.T("colleagues.email")},
	}}
	for _, c := range list {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			{Links: []ui.Link{{Href: Root + "/" + c.ID.String(), Label: c.Name}}}, ui.TextCell(k.does(m, c)), ui.TextCell(c.Mobile), ui.TextCell(c.Email),
		}})
	}
	return t
}

// does says what somebody does: their posts, else their roles, with the unit where
// it is another and the area.
func (k *Colleagues) does(m *ui.Messages, c people.Colleague) string {
	var list []string
	for _, a := range c.Held {
		text := a.Role
		if role, ok := k.Pack.Role(a.Role); ok {
			text = role.Name.In(m.Lang())
		}
		if post, ok := k.Pack.Post(a.Post); ok {
			text = post.Name.In(m.Lang())
		}
		for _, at := range []string{k.elsewhere(m, c, a), k.area(m, a)} {
			if at != "" {
				text = m.T("desk.place", "where", text, "at", at)
			}
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, m.T("list.separator"))
}

func (k *Colleagues) elsewhere(m *ui.Messages, c people.Colleague, a people.Assignment) string {
	if u, ok := k.Pack.Unit(a.Unit); ok && a.Unit != c.Unit {
		return u.Name.In(m.Lang())
	}
	return ""
}

func (k *Colleagues) area(m *ui.Messages, a people.Assignment) string {
	if x, ok := k.Pack.Area(a.Area); ok {
		return x.Name.In(m.Lang())
	}
	return ""
}
