package plans

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/people"
	"quanxiang/web/explain"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// yearly are the yearly plans of departments: what each wants to inspect, quarter by
// quarter, and what has become of it (西政办发〔2016〕15号 四（四）).
type yearly struct {
	Form  ui.Form
	Table ui.Table
}

// proposals lists those of a year, or of this and the next, of a unit or of all.
func (k *Pages) proposals(r *http.Request, by people.Standing) (list []inspections.Proposal, year, unit string, err error) {
	q := r.URL.Query()
	unit = q.Get("unit")
	now := gov.DateOf(k.Clock()).Year
	years := []int{now, now + 1}
	if n, err := strconv.Atoi(q.Get("year")); err == nil && n > 2000 && n <= now+1 {
		years, year = []int{n}, strconv.Itoa(n)
	}
	for _, y := range years {
		some, err := k.Plans.Proposals(r.Context(), by, y, unit)
		if err != nil {
			return nil, year, unit, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b inspections.Proposal) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Quarter, b.Quarter), cmp.Compare(a.Unit, b.Unit))
	})
	return list, year, unit, nil
}

func (k *Pages) yearly(r *http.Request, by people.Standing) (out yearly, err error) {
	m := k.Engine.For(r)
	list, year, unit, err := k.proposals(r, by)
	if err != nil {
		return out, err
	}
	out.Form = k.yearForm(m, year, unit)
	titles, err := k.titles(r)
	if err != nil {
		return out, err
	}
	all, err := k.Plans.List(r.Context(), by)
	if err != nil {
		return out, err
	}
	numbers := map[gov.ID]string{}
	for i := range all {
		numbers[all[i].ID] = all[i].Number
	}
	mine, leads := k.Plans.Departments(by), k.Plans.Leads(by)
	t := ui.Table{Caption: m.T("inspections.proposals"), Columns: []ui.Column{{Label: m.T("inspections.quarter"), Lead: true, Narrow: true}, {Label: m.T("inspections.title"), Main: true}, {Label: m.T("inspections.department")}, {Label: m.T("inspections.items")},
		{Label: m.T("inspections.whom")}, {Label: m.T("inspections.how_many")}, {Label: m.T("inspections.in_plan"), Narrow: true}}, Exports: export.Links(r, Root)}
	for i := range list {
		b := &list[i]
		title := ui.TextCell(b.Title)
		switch {
		case b.Plan.IsZero() && slices.Contains(mine, b.Unit):
			title = ui.Cell{Links: []ui.Link{{Href: proposePath + "?id=" + b.ID.String(), Label: b.Title}}}
		case b.Plan.IsZero() && leads:
			title = ui.Cell{Links: []ui.Link{{Href: joinPath, Label: b.Title}}}
		}
		var items []string
		for _, code := range b.Items {
			items = append(items, cmp.Or(titles[code], code))
		}
		plan := ui.Cell{Chips: []ui.Chip{{Label: m.T("inspections.waiting"), Tone: "warn"}}}
		if !b.Plan.IsZero() {
			plan = ui.Cell{Links: []ui.Link{{Href: planPath + b.Plan.String(), Label: cmp.Or(numbers[b.Plan], m.T("inspections.taken"))}}}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(quarter(m, b.Year, b.Quarter)), title, ui.TextCell(k.unit(m, b.Unit)), ui.TextCell(strings.Join(items, m.T("list.separator"))),
			ui.TextCell(k.whom(m, b.Filter)), ui.TextCell(k.howMany(m, b.Share, b.Count)), plan}})
	}
	out.Table = t
	return out, nil
}

// whom says which subjects a filter keeps: all of them, words, or the filter itself.
func (k *Pages) whom(m *ui.Messages, filter string) string {
	if filter == "" {
		return m.T("inspections.undirected")
	}
	return cmp.Or(explain.Filter(m, k.Pack, filter), filter)
}

// titles are what the items of the catalogue are called.
func (k *Pages) titles(r *http.Request) (map[string]string, error) {
	list, err := k.Plans.Items(r.Context(), "")
	titles := map[string]string{}
	for _, i := range list {
		titles[i.Code] = i.Title
	}
	return titles, err
}

func (k *Pages) yearForm(m *ui.Messages, year, unit string) ui.Form {
	units := ui.Field{Name: "unit", Kind: "select", Label: m.T("inspections.department"), Value: unit, Options: []ui.Option{{Label: m.T("registers.all")}}}
	for _, d := range k.Pack.Inspections.Departments {
		units.Options = append(units.Options, ui.Option{Value: d.Unit, Label: k.unit(m, d.Unit)})
	}
	years := ui.Field{Name: "year", Kind: "select", Label: m.T("inspections.year"), Value: year, Options: []ui.Option{{Label: m.T("inspections.both_years")}}}
	now := gov.DateOf(k.Clock()).Year
	for y := now + 1; y > now-4; y-- {
		years.Options = append(years.Options, ui.Option{Value: strconv.Itoa(y), Label: m.T("inspections.year_of", "year", strconv.Itoa(y))})
	}
	return ui.Form{ID: "years", Action: Root + "#proposals", Inline: true, Submit: m.T("search.go"), Fields: []ui.Field{units, years}}
}

// sendYear is the table of yearly plans as a file.
func (k *Pages) sendYear(w http.ResponseWriter, r *http.Request) error {
	y, err := k.yearly(r, who.Of(r.Context()).Standing)
	if err != nil {
		return err
	}
	return export.Send(w, export.FormatOf(r.URL.Path), "inspections", y.Table)
}
