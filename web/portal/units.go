package portal

import (
	"net/http"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// unitsView lists the units by kind.
type unitsView struct {
	Groups []unitGroup
}

type unitGroup struct {
	Label string
	Units []ui.Link
}

func (p *Portal) units(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	var v unitsView
	for _, k := range policy.UnitKinds() {
		g := unitGroup{Label: k.Name().In(m.Lang())}
		for _, u := range p.Pack.Units {
			if u.Kind == k {
				g.Units = append(g.Units, ui.Link{Href: "/units/" + u.ID, Label: u.Name.ZH})
			}
		}
		if len(g.Units) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return p.pages.units.Render(w, r, http.StatusOK, ui.Frame{Section: "units", Title: m.T("units.title")}, v)
}

// unitView is what one unit has to do.
type unitView struct {
	Crumbs []ui.Link
	Name   string
	Full   string
	Facts  []fact
	Tabs   []tab
	Count  string
	Table  ui.Table
	Empty  emptyView
}

func (p *Portal) unit(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	id := r.PathValue("id")
	role := library.Role(r.URL.Query().Get("role"))
	u, err := p.Library.Unit(r.Context(), id, gov.Date{})
	if err != nil {
		return err
	}
	t, counts := unitTable(m, u, role)
	if f := export.FormatOf(r.URL.Path); f != "" {
		return export.Send(w, f, "unit-"+id, t)
	}
	path := "/units/" + id
	t.Exports = fileLinks(r, path+"/items")
	v := unitView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: "/units", Label: m.T("nav.units")}},
		Name:   u.Unit.Name.ZH, Facts: unitFacts(m, u), Table: t, Count: m.T("unit.count", "n", len(t.Rows)),
		Empty: emptyView{m.T("unit.empty"), []string{m.T("unit.advice")}},
		Tabs:  []tab{{path, m.T("unit.all"), counts[""], role == ""}},
	}
	if u.Unit.Full.ZH != u.Unit.Name.ZH {
		v.Full = u.Unit.Full.ZH
	}
	for _, x := range []library.Role{library.Lead, library.Responsible, library.Support} {
		if counts[x] > 0 {
			v.Tabs = append(v.Tabs, tab{ui.With(path, "role", string(x)), m.Of("role.", x), counts[x], role == x})
		}
	}
	f := ui.Frame{Section: "units", Title: v.Name, Description: m.T("unit.description", "unit", v.Name)}
	return p.pages.unit.Render(w, r, http.StatusOK, f, v)
}

// unitTable lists the items of a unit in a role, or all, and counts each role.
func unitTable(m *ui.Messages, u *library.UnitView, role library.Role) (ui.Table, map[library.Role]int) {
	t := ui.Table{Columns: columns(m, "document", "no", "!item", "role", "due", "status"), Content: true}
	for _, i := range []int{0, 1, 3, 5} {
		t.Columns[i].Narrow = true
	}
	counts := map[library.Role]int{}
	for _, d := range u.Documents {
		for _, it := range d.Items {
			counts[""]++
			counts[it.Role]++
			if role != "" && it.Role != role {
				continue
			}
			part := m.Of("role.", it.Role)
			if it.Through != nil {
				part += "（" + m.T("unit.through", "group", it.Through.Name.ZH) + "）"
			}
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				{Links: []ui.Link{{Href: "/documents/" + d.Slug, Label: d.Number}}},
				ui.TextCell(it.No),
				{Links: []ui.Link{{Href: "/documents/" + d.Slug + "/" + it.Scope.String() + "s#" + it.Anchor, Label: it.Text}}},
				ui.TextCell(part),
				ui.TextCell(it.Due),
				{Chips: []ui.Chip{statusChip(m, d.State.Status)}},
			}})
		}
	}
	return t, counts
}

func unitFacts(m *ui.Messages, u *library.UnitView) []fact {
	list := []fact{{Label: m.T("field.unit_kind"), Text: u.Unit.Kind.Name().In(m.Lang())}}
	if u.Parent != nil {
		list = append(list, fact{Label: m.T("field.parent"), Text: u.Parent.Name.ZH, Href: "/units/" + u.Parent.ID, Content: true})
	}
	if len(u.Unit.Aliases) > 0 {
		list = append(list, fact{Label: m.T("field.aliases"), Text: joined(u.Unit.Aliases), Content: true})
	}
	if len(u.Groups) > 0 {
		list = append(list, fact{Label: m.T("field.groups"), Text: names(u.Groups), Content: true})
	}
	if len(u.Members) > 0 {
		list = append(list, fact{Label: m.T("field.members"), Text: names(u.Members), Content: true, Wide: true})
	}
	return append(list,
		fact{Label: m.T("field.in_force_items"), Text: m.T("unit.in_force", "lead", u.Lead, "responsible", u.Responsible, "support", u.Support), Wide: true})
}

func names(units []policy.Unit) string {
	list := make([]string, len(units))
	for i, u := range units {
		list[i] = u.Name.ZH
	}
	return strings.Join(list, "、")
}

// expiringView lists the documents whose validity ends soon.
type expiringView struct {
	Filter ui.Form
	Count  string
	Table  ui.Table
	Empty  emptyView
}

// expiringMonths are the choices of the list.
var expiringMonths = [...]string{"6", "12", "24", "60"}

func (p *Portal) expiring(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	frame := ui.Frame{Section: "expiring", Title: m.T("expiring.title")}
	v := expiringView{Empty: emptyView{m.T("expiring.empty"), []string{m.T("expiring.advice")}}}
	v.Filter = ui.Form{ID: "filter", Action: "/expiring", Inline: true, Submit: m.T("filter.go"), Fields: []ui.Field{
		{Name: "as_of", Kind: "date", Label: m.T("filter.as_of"), Value: p.today().String()},
		{Name: "months", Kind: "select", Label: m.T("expiring.within"), Value: expiringMonths[1]},
	}}
	for _, n := range expiringMonths {
		v.Filter.Fields[1].Options = append(v.Filter.Fields[1].Options, ui.Option{Value: n, Label: m.T("expiring.months", "n", n)})
	}
	v.Filter.Fill(r.URL.Query())
	asOf, err := dateParam(r, "as_of")
	months := 0
	if err == nil {
		months, err = intParam(r, "months")
	}
	if err != nil {
		if !v.Filter.Fail(err, m.Lang()) {
			return err
		}
		return p.pages.expiring.Render(w, r, http.StatusUnprocessableEntity, frame, v)
	}
	if months == 0 {
		months = homeMonths
	}
	if asOf.IsZero() {
		asOf = p.today()
	}
	list, err := p.Library.Expiring(r.Context(), asOf, months)
	if err != nil {
		return err
	}
	v.Table = ui.Table{Columns: columns(m, "number", "!title", "issuers", "effective", "valid_until", "days_left")}
	for _, d := range list {
		days := daysBetween(asOf, d.ValidUntil)
		left := ui.TextCell(m.T("days.left", "n", days))
		if days <= nearEndDays {
			left = ui.Cell{Chips: []ui.Chip{{Label: left.Text, Tone: "warn"}}}
		}
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(d.Number), {Links: []ui.Link{{Href: "/documents/" + d.Slug, Label: d.Title}}}, ui.TextCell(joined(d.Issuers)),
			{Date: d.Effective}, {Date: d.ValidUntil}, left,
		}})
	}
	if f := export.FormatOf(r.URL.Path); f != "" {
		return export.Send(w, f, "expiring", v.Table)
	}
	v.Table.Exports = fileLinks(r, "/expiring")
	v.Count = m.T("expiring.count", "n", len(list))
	return p.pages.expiring.Render(w, r, http.StatusOK, frame, v)
}
