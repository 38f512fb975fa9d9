package console

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// registerLooksPath is where auditors see who looked at registers.
const registerLooksPath = Root + "/register-looks"

const (
	looksShown   = 50    // on a page
	looksAtOnce  = 1000  // that an export reads at once
	looksInAFile = 50000 // that it holds
)

// registerLooks shows who looked at what of registers, and for what; as a page or a
// file.
func (c *Console) registerLooks(v visit) error {
	q := v.URL.Query()
	view := logView{Head: headOf(v, "register-looks"), Title: v.m.T("console.reglooks.title"), Lead: v.m.T("console.reglooks.lead")}
	all := ui.Option{Label: v.m.T("filter.all")}
	which := ui.Field{Name: "register", Kind: "select", Label: v.m.T("console.reglooks.register"), Options: []ui.Option{all}}
	purposes := ui.Field{Name: "purpose", Kind: "select", Label: v.m.T("registers.purpose"), Options: []ui.Option{all}}
	seen := map[string]bool{}
	for _, r := range c.Pack.Registers {
		which.Options = append(which.Options, ui.Option{Value: r.ID, Label: r.Title.In(v.lang())})
		for _, o := range r.Looks {
			if !seen[o.ID] {
				seen[o.ID] = true
				purposes.Options = append(purposes.Options, ui.Option{Value: o.ID, Label: o.Name.In(v.lang())})
			}
		}
	}
	view.Filter.Fields = []ui.Field{which, {Name: "key", Kind: "text", Label: v.m.T("console.reglooks.key")}, purposes}
	f := registers.LookQuery{Register: q.Get("register"), Key: q.Get("key"), Purpose: q.Get("purpose")}
	var from, until gov.Date
	var err error
	if f.Person, from, until, err = c.watchFilter(v, &view, registerLooksPath); err != nil {
		return c.watchAgain(v, view, err)
	}
	if !from.IsZero() {
		f.From = from.Time().UnixMilli()
	}
	if !until.IsZero() {
		f.Until = until.Add(1).Time().UnixMilli()
	}
	format, page := export.FormatOf(v.URL.Path), gov.Page{After: q.Get("after"), Limit: looksShown}
	if format != "" {
		page = gov.Page{Limit: looksAtOnce}
	}
	list, err := c.Registers.AllLooks(v.ctx(), v.by, f, page)
	for format != "" && err == nil && list.Next != "" {
		if len(list.Items) >= looksInAFile {
			return gov.Errorf(gov.TooLarge, "超过 %d 条，请缩小日期范围", "more than %d: choose fewer days", looksInAFile)
		}
		var more gov.List[registers.Look]
		more, err = c.Registers.AllLooks(v.ctx(), v.by, f, gov.Page{After: list.Next, Limit: looksAtOnce})
		list.Items, list.Next = append(list.Items, more.Items...), more.Next
	}
	if err != nil {
		return err
	}
	view.Table = ui.Table{Caption: view.Title, Columns: []ui.Column{
		{Label: v.m.T("console.watch.at"), Narrow: true}, {Label: v.m.T("console.watch.who"), Main: true}, {Label: v.m.T("console.reglooks.register"), Narrow: true},
		{Label: v.m.T("console.reglooks.key")}, {Label: v.m.T("registers.purpose")}, {Label: v.m.T("registers.note")}, {Label: v.m.T("console.looks.entry"), Narrow: true},
	}}
	names := names{c: c, v: v}
	for _, l := range list.Items {
		who, err := c.lookedBy(v, &names, l.Person)
		if err != nil {
			return err
		}
		title := l.Register
		if r, ok := c.Pack.Register(l.Register); ok {
			title = r.Title.In(v.lang())
		}
		whose := ui.Cell{Code: l.Key}
		if l.Key == "" {
			whose = ui.TextCell(v.m.T("console.reglooks.list"))
		}
		view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(v.m.Instant(l.At)), ui.TextCell(who), ui.TextCell(title), whose, ui.TextCell(c.Registers.PurposeName(l.Register, l.Purpose).In(v.lang())), ui.TextCell(l.Note),
			{Links: []ui.Link{{Href: "/ledger/events/" + l.ID.String(), Label: v.m.T("event.show_proof")}}},
		}})
	}
	if format != "" {
		view.Table.Columns[len(view.Table.Columns)-1] = ui.Column{Label: v.m.T("console.looks.entry")}
		for i, l := range list.Items {
			cells := view.Table.Rows[i].Cells
			cells[len(cells)-1] = ui.Cell{Code: l.ID.String()}
		}
		return export.Send(v.w, format, view.Title, view.Table)
	}
	view.Table.Exports, view.Pager = export.Links(v.Request, registerLooksPath), ui.PagerOf(v.Request, list)
	return c.pages.log.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

// lookedBy is who looked, in words: somebody of the staff, a program by the name of its
// key, or the command line.
func (c *Console) lookedBy(v visit, n *names, id gov.ID) (string, error) {
	if id.IsZero() {
		return v.m.T("console.reglooks.operator"), nil
	}
	name, err := n.of(id)
	if err != nil || name != id.String() {
		return name, err
	}
	k, err := c.Keys.Store.Key(v.ctx(), id)
	if gov.CodeOf(err) == gov.NotFound {
		return name, nil // neither is there any more
	}
	return v.m.T("console.reglooks.program", "name", k.Name, "unit", c.unitName(v, k.Unit)), err
}
