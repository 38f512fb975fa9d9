package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// itemsView is a table of a document's tasks, indicators or projects.
type itemsView struct {
	Head   headView
	Tabs   []tab
	Filter ui.Form
	Count  string
	Table  ui.Table
	Empty  emptyView
}

// itemPages are the addresses of the tables, with the scope of their items.
var itemPages = map[string]library.Scope{
	"tasks": library.TaskScope, "indicators": library.IndicatorScope, "projects": library.ProjectScope,
}

// items shows one of a document's tables, or sends it as a file.
func (p *Portal) items(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	format := export.FormatOf(r.PathValue("items"))
	name := strings.TrimSuffix(r.PathValue("items"), "."+string(format))
	scope, ok := itemPages[name]
	if !ok {
		return notFound(w, r)
	}
	d, err := p.Library.Document(r.Context(), r.PathValue("slug"), 0, gov.Date{})
	if err != nil {
		return err
	}
	if d.Content == nil {
		return notFound(w, r)
	}
	t := itemTable(m, scope, d)
	q := r.URL.Query()
	words, unit := strings.Fields(q.Get("q")), q.Get("unit")
	all := len(t.Rows)
	t.Rows = slices.DeleteFunc(t.Rows, func(row ui.TableRow) bool { return !rowHas(row, words) || unit != "" && !rowNames(row, unit) })
	if format != "" {
		return export.Send(w, format, d.Slug+"-"+name, t)
	}
	t.Exports = export.Links(r, r.URL.Path)
	v := itemsView{Head: p.head(m, d), Tabs: tabs(m, d, name), Table: t,
		Count: m.T("items.count", "n", len(t.Rows), "all", all),
		Empty: emptyView{m.T("items.empty"), []string{m.T("items.advice")}, nil},
		Filter: ui.Form{ID: "filter", Action: r.URL.Path, Inline: true, Submit: m.T("filter.go"), Fields: []ui.Field{
			{Name: "q", Kind: "search", Label: m.T("filter.words"), Value: q.Get("q")},
			{Name: "unit", Kind: "select", Label: m.T("filter.unit"), Value: unit, Options: partyOptions(m, scope, d)},
		}},
	}
	if len(words) > 0 || unit != "" {
		v.Filter.Clear = r.URL.Path
	}
	if all == 0 {
		v.Filter, v.Count = ui.Form{}, ""
		v.Empty = emptyView{m.T("items.none"), nil, []ui.Link{{Href: self(d), Label: m.T("items.to_text")}}}
	}
	f := ui.Frame{Section: "documents", Title: m.Of("tab.", name) + " - " + d.Title, Canonical: r.URL.EscapedPath()}
	return p.pages.items.Render(w, r, http.StatusOK, f, v)
}

// itemTable is the table of all items of a scope.
func itemTable(m *ui.Messages, scope library.Scope, d *library.View) ui.Table {
	var items []library.Item
	for _, it := range d.Items {
		if it.Scope == scope {
			items = append(items, it)
		}
	}
	t := ui.Table{ID: scope.String() + "s", Caption: m.Of("tab.", scope.String()+"s")}
	switch scope {
	case library.IndicatorScope:
		t.Columns = columns(m, "no", "goal", "!indicator", "unit_of_measure", "baseline", "target", "units", "definition")
		for i, x := range d.Content.Indicators {
			t.Rows = append(t.Rows, itemRow(items, i, ui.TextCell(x.Goal), ui.TextCell(x.Name), ui.TextCell(x.Unit), ui.TextCell(x.Baseline),
				ui.TextCell(strings.TrimSpace(comparisonSign(x)+x.Target)), parties(items, i, library.Responsible), ui.TextCell(x.Definition)))
		}
	case library.ProjectScope:
		t.Columns = columns(m, "no", "category", "!project", "type", "streets", "place", "scale", "investment", "start", "expected", "money_source")
		for i, x := range d.Content.Projects {
			t.Rows = append(t.Rows, itemRow(items, i, ui.TextCell(x.Category), ui.TextCell(x.Name), ui.TextCell(x.Type), streets(items, i, x.Streets),
				ui.TextCell(x.Place), ui.TextCell(x.Scale), ui.TextCell(x.Investment), ui.TextCell(x.Start), ui.TextCell(x.Expected), ui.TextCell(x.Source)))
		}
	default:
		t.Columns = columns(m, "no", "!task", "lead", "support", "due", "section")
		for i, x := range d.Content.Tasks {
			lead := parties(items, i, library.Lead)
			lead.Links = append(lead.Links, parties(items, i, library.Responsible).Links...)
			t.Rows = append(t.Rows, itemRow(items, i, ui.TextCell(x.Text), lead, parties(items, i, library.Support),
				ui.TextCell(dueText(x)), ui.TextCell(x.Section)))
		}
	}
	return dropEmpty(t)
}

// columns makes the columns of a table; an exclamation mark leads the main one.
func columns(m *ui.Messages, keys ...string) []ui.Column {
	list := make([]ui.Column, len(keys))
	for i, k := range keys {
		name, main := strings.CutPrefix(k, "!")
		list[i] = ui.Column{Label: m.Of("column.", name), Main: main, Narrow: name == "no" || name == "number" || name == "unit_of_measure"}
		list[i].Lead = name == "no" || name == "number"
		list[i].Section = name == "section" || name == "goal"
		list[i].Number = name == "investment" || name == "baseline" || name == "target"
	}
	return list
}

func itemRow(items []library.Item, i int, cells ...ui.Cell) ui.TableRow {
	row := ui.TableRow{ID: "item", Cells: append([]ui.Cell{{}}, cells...)}
	if i < len(items) {
		row.ID, row.Cells[0] = items[i].Anchor, ui.TextCell(items[i].No)
	}
	return row
}

// parties are the units with a role in an item, linked where the pack knows
// them.
func parties(items []library.Item, i int, role library.Role) ui.Cell {
	var c ui.Cell
	if i >= len(items) {
		return c
	}
	for _, p := range items[i].Parties {
		if p.Role != role {
			continue
		}
		l := ui.Link{Label: p.Name, Note: p.Scope}
		if p.Unit != "" {
			l.Href = "/units/" + p.Unit
		}
		c.Links = append(c.Links, l)
	}
	return c
}

// streets shows a project's streets as printed, linked to their offices.
func streets(items []library.Item, i int, printed []string) ui.Cell {
	var c ui.Cell
	for _, s := range printed {
		l := ui.Link{Label: s}
		if i < len(items) {
			for _, p := range items[i].Parties {
				if cmp.Or(p.Raw, p.Name) == s && p.Unit != "" {
					l.Href = "/units/" + p.Unit
				}
			}
		}
		c.Links = append(c.Links, l)
	}
	return c
}

// dueText is the deadline as printed and how the duty repeats.
func dueText(t gazette.Task) string {
	var list []string
	if t.Due != nil {
		list = append(list, t.Due.Text)
	}
	for _, r := range t.Recurrence {
		if !slices.Contains(list, r.Text) {
			list = append(list, r.Text)
		}
	}
	return strings.Join(list, "；")
}

// comparisonSign shows how a target is to be met where the figure does not say
// so itself.
func comparisonSign(x gazette.Indicator) string {
	if x.Target == "" || strings.ContainsAny(x.Target, "≥≤<>＜＞") {
		return ""
	}
	switch x.Comparison {
	case ">=", "at_least":
		return "≥"
	case "<=", "at_most":
		return "≤"
	}
	return ""
}

// dropEmpty leaves out the columns that tell a reader nothing: those in which
// no row has anything, and a section that is the same in every row.
func dropEmpty(t ui.Table) ui.Table {
	for i := len(t.Columns) - 1; i >= 0; i-- {
		first, tells := "", false
		for j, r := range t.Rows {
			if j == 0 {
				first = r.Cells[i].Plain()
			}
			tells = tells || !r.Cells[i].Empty() && (!t.Columns[i].Section || r.Cells[i].Plain() != first)
		}
		if tells || t.Columns[i].Main {
			continue
		}
		t.Columns = slices.Delete(slices.Clone(t.Columns), i, i+1)
		for j := range t.Rows {
			t.Rows[j].Cells = slices.Delete(t.Rows[j].Cells, i, i+1)
		}
	}
	return t
}

// partyOptions are the units named in the items of a scope, in order of name.
func partyOptions(m *ui.Messages, scope library.Scope, d *library.View) []ui.Option {
	seen := map[string]string{}
	for _, it := range d.Items {
		for _, p := range it.Parties {
			if it.Scope == scope && p.Unit != "" {
				seen[p.Unit] = p.Name
			}
		}
	}
	var list []ui.Option
	for id, name := range seen {
		list = append(list, ui.Option{Value: id, Label: name})
	}
	slices.SortFunc(list, func(a, b ui.Option) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Value, b.Value))
	})
	return append([]ui.Option{{Label: m.T("filter.all")}}, list...)
}

// rowHas reports whether every word stands somewhere in the row.
func rowHas(row ui.TableRow, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(row.Cells, func(c ui.Cell) bool { return strings.Contains(c.Plain(), w) }) {
			return false
		}
	}
	return true
}

// rowNames reports whether the row links to a unit.
func rowNames(row ui.TableRow, unit string) bool {
	return slices.ContainsFunc(row.Cells, func(c ui.Cell) bool {
		return slices.ContainsFunc(c.Links, func(l ui.Link) bool { return l.Href == "/units/"+unit })
	})
}
