package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/web/clause"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// unitsView lists the units by kind.
type unitsView struct {
	Find   ui.Form
	Groups []unitGroup
	Empty  emptyView
}

type unitGroup struct {
	ID    string
	Label string
	Units []ui.Link
}

func (p *Portal) units(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	words := strings.TrimSpace(r.URL.Query().Get("q"))
	v := unitsView{Empty: emptyView{m.T("units.empty", "words", words), nil, []ui.Link{{Href: "/units", Label: m.T("units.every")}}}}
	v.Find = ui.Form{ID: "find", Action: "/units", Inline: true, Fold: 1, Submit: m.T("units.find_go"), Fields: []ui.Field{
		{Name: "q", Kind: "search", Label: m.T("units.find"), Value: words},
	}}
	if words != "" {
		v.Find.Clear = "/units"
	}
	for _, k := range policy.UnitKinds() {
		g := unitGroup{ID: "kind-" + string(k), Label: k.Name().In(m.Lang())}
		for _, u := range p.Pack.Units {
			if u.Kind == k && unitNamed(u, words) {
				g.Units = append(g.Units, unitLink(m, u))
			}
		}
		if len(g.Units) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return p.pages.units.Render(w, r, http.StatusOK, ui.Frame{Section: "units", Title: m.T("units.title"), NoIndex: words != ""}, v)
}

// unitLink leads to a unit by its name in the reader's language, with the
// Chinese name where that is another.
func unitLink(m *ui.Messages, u policy.Unit) ui.Link {
	l := ui.Link{Href: "/units/" + u.ID, Label: u.Name.In(m.Lang())}
	if l.Label != u.Name.ZH {
		l.Note = u.Name.ZH
	}
	return l
}

// unitNamed reports whether one of a unit's names holds the words.
func unitNamed(u policy.Unit, words string) bool {
	words = strings.ToLower(words)
	return slices.ContainsFunc(append([]string{u.Name.ZH, u.Name.EN, u.Full.ZH, u.Full.EN}, u.Aliases...),
		func(name string) bool { return strings.Contains(strings.ToLower(name), words) })
}

// unitView is what one unit has to do.
type unitView struct {
	Crumbs []ui.Link
	Name   string
	Full   string
	Facts  []fact
	Tabs   []tab
	Filter ui.Form
	Count  string
	Table  ui.Table
	Empty  emptyView
}

func (p *Portal) unit(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	id := r.PathValue("id")
	q := r.URL.Query()
	status, statusErr := library.ParseStatus(q.Get("status"))
	role, words := library.Role(q.Get("role")), strings.Fields(q.Get("q"))
	u, err := p.Library.Unit(r.Context(), id, gov.Date{})
	if err != nil {
		return err
	}
	t, counts := unitTable(m, u, role, status)
	t.Rows = slices.DeleteFunc(t.Rows, func(row ui.TableRow) bool { return !rowHas(row, words) })
	if f := export.FormatOf(r.URL.Path); f != "" {
		if statusErr != nil {
			return statusErr
		}
		return export.Send(w, f, "unit-"+id, t)
	}
	path := "/units/" + id
	t.Exports = export.Links(r, path+"/items")
	v := unitView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: "/units", Label: m.T("nav.units")}},
		Name:   u.Unit.Name.In(m.Lang()), Facts: unitFacts(m, u), Table: t, Count: m.T("unit.count", "n", len(t.Rows)),
		Empty: emptyView{m.T("unit.empty"), []string{m.T("unit.advice")}, []ui.Link{{Href: "/units", Label: m.T("units.every")}}},
		Tabs:  []tab{{ui.With(path, "q", q.Get("q"), "status", string(status)), m.T("unit.all"), counts[""], role == ""}},
	}
	if full := u.Unit.Full.In(m.Lang()); full != v.Name {
		v.Full = full
	}
	for _, x := range []library.Role{library.Lead, library.Responsible, library.Support} {
		if counts[x] > 0 {
			v.Tabs = append(v.Tabs, tab{ui.With(path, "role", string(x), "q", q.Get("q"), "status", string(status)), m.Of("role.", x), counts[x], role == x})
		}
	}
	v.Filter = ui.Form{ID: "filter", Action: path, Inline: true, Submit: m.T("filter.go"), Fields: []ui.Field{
		{Name: "role", Kind: "hidden", Value: string(role)},
		{Name: "q", Kind: "search", Label: m.T("filter.words")},
		{Name: "status", Kind: "select", Label: m.T("filter.document_status"), Options: statusOptions(m)},
	}}
	v.Filter.Fill(q)
	if q.Get("q") != "" || q.Get("status") != "" {
		v.Filter.Clear = ui.With(path, "role", string(role))
		v.Empty = emptyView{m.T("items.empty"), []string{m.T("unit.advice_filter")}, nil}
	}
	f := ui.Frame{Section: "units", Title: v.Name, Description: m.T("unit.description", "unit", v.Name), Canonical: r.URL.EscapedPath()}
	if statusErr != nil && v.Filter.Fail(statusErr, m.Lang()) {
		v.Table, v.Count = ui.Table{}, ""
		return p.pages.unit.Render(w, r, http.StatusUnprocessableEntity, f, v)
	}
	return p.pages.unit.Render(w, r, http.StatusOK, f, v)
}

// unitTable lists the items of a unit that have a role and stand in documents
// of a status, or all: what is in force first. It counts each role whatever the
// status.
func unitTable(m *ui.Messages, u *library.UnitView, role library.Role, status library.Status) (ui.Table, map[library.Role]int) {
	t := ui.Table{Caption: u.Unit.Name.In(m.Lang()), Columns: columns(m, "document", "no", "!item", "role", "due", "status")}
	for _, i := range []int{0, 1, 3, 5} {
		t.Columns[i].Narrow = true
	}
	t.Columns[0].Lead, t.Columns[1].Lead = true, false
	counts := map[library.Role]int{}
	documents := slices.Clone(u.Documents)
	slices.SortStableFunc(documents, func(a, b library.UnitDocument) int {
		return slices.Index(library.Statuses, a.State.Status) - slices.Index(library.Statuses, b.State.Status)
	})
	for _, d := range documents {
		for _, it := range d.Items {
			counts[""]++
			counts[it.Role]++
			if role != "" && it.Role != role || status != "" && d.State.Status != status {
				continue
			}
			part := m.Of("role.", it.Role)
			if it.Through != nil {
				part += m.T("list.note", "note", it.Through.Name.In(m.Lang()))
			}
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				{Links: []ui.Link{{Href: "/documents/" + d.Slug, Label: d.Number}}},
				ui.TextCell(it.No),
				{Links: []ui.Link{{Href: clause.Path(d.Slug + "#" + it.Anchor), Label: it.Text}}},
				ui.TextCell(part),
				ui.TextCell(it.Due),
				{Chips: []ui.Chip{statusChip(m, d.State.Status)}},
			}})
		}
	}
	return dropEmpty(t), counts
}

func unitFacts(m *ui.Messages, u *library.UnitView) []fact {
	list := []fact{{Label: m.T("field.unit_kind"), Text: u.Unit.Kind.Name().In(m.Lang())}}
	if u.Unit.Name.In(m.Lang()) != u.Unit.Name.ZH {
		list = append(list, fact{Label: m.T("field.chinese_name"), Text: u.Unit.Name.ZH})
	}
	if u.Parent != nil {
		list = append(list, fact{Label: m.T("field.parent"), Text: u.Parent.Name.In(m.Lang()), Href: "/units/" + u.Parent.ID})
	}
	if len(u.Unit.Aliases) > 0 {
		list = append(list, fact{Label: m.T("field.aliases"), Text: joined(u.Unit.Aliases)})
	}
	if len(u.Groups) > 0 {
		list = append(list, fact{Label: m.T("field.groups"), Text: names(m, u.Groups)})
	}
	if len(u.Members) > 0 {
		list = append(list, fact{Label: m.T("field.members"), Text: names(m, u.Members), Wide: true})
	}
	return append(list,
		fact{Label: m.T("field.in_force_items"), Text: m.T("unit.in_force", "lead", u.Lead, "responsible", u.Responsible, "support", u.Support), Wide: true})
}

// names lists units the way the reader's language does.
func names(m *ui.Messages, units []policy.Unit) string {
	list := make([]string, len(units))
	for i, u := range units {
		list[i] = u.Name.In(m.Lang())
	}
	return strings.Join(list, m.T("list.separator"))
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
	v := expiringView{Empty: emptyView{m.T("expiring.empty"), []string{m.T("expiring.advice")}, []ui.Link{{Href: "/documents?status=in_force", Label: m.T("home.thing.in_force")}}}}
	v.Filter = ui.Form{ID: "filter", Action: "/expiring", Inline: true, Submit: m.T("filter.go"), Fields: []ui.Field{
		{Name: "as_of", Kind: "date", Label: m.T("filter.as_of"), Value: p.today().String()},
		{Name: "months", Kind: "select", Label: m.T("expiring.within"), Value: expiringMonths[1]},
	}}
	for _, n := range expiringMonths {
		v.Filter.Fields[1].Options = append(v.Filter.Fields[1].Options, ui.Option{Value: n, Label: m.Of("expiring.months.", n)})
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
	if !slices.Contains(expiringMonths[:], strconv.Itoa(months)) {
		months = homeMonths
		v.Filter.Fields[1].Value = expiringMonths[1]
	}
	if asOf.IsZero() {
		asOf = p.today()
	}
	list, err := p.Library.Expiring(r.Context(), asOf, months)
	if err != nil {
		return err
	}
	v.Table = ui.Table{Caption: m.T("expiring.title"), Columns: columns(m, "number", "!title", "issuers", "effective", "valid_until", "days_left")}
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
	v.Table.Exports = export.Links(r, "/expiring")
	v.Count = m.T("expiring.count", "n", len(list))
	return p.pages.expiring.Render(w, r, http.StatusOK, frame, v)
}
