package figures

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// shownAcross is how many values of the second field a page has columns for; the
// others stand together. A file has them all.
const shownAcross = 8

// pairsView is how many cases began by two fields at once.
type pairsView struct {
	Crumbs []ui.Link
	At     int64
	Ask    askView
	Tabs   []tab
	Total  string
	Table  ui.Table
	Notes  []string
}

// pair is two dimensions whose values are counted together.
type pair struct {
	field        string // of the sums
	down, across dimension
}

// told are the pairs that are told to whoever asks.
func (a *asking) told(p *procedure.Procedure) (list []pair) {
	one := func(id string) (dimension, bool) {
		if id == procedure.HourOfDay {
			return dimension{id, a.T("figures.hour"), nil}, true
		}
		for _, f := range a.fields(p, []string{id}) {
			return dimension{f.ID, f.Label.In(a.Lang()), f}, true
		}
		return dimension{}, false
	}
	for _, ids := range p.Pairs() {
		down, ok := one(ids[0])
		across, both := one(ids[1])
		if ok && both {
			list = append(list, pair{procedure.PairField(ids[0], ids[1]), down, across})
		}
	}
	return list
}

// pairLabel names a pair.
func (a *asking) pairLabel(p pair) string {
	return a.T("figures.pair", "down", p.down.label, "across", p.across.label)
}

// heads are the values of one side of a table with how many cases each has, those
// with most first, hours as they pass.
func heads(n map[string]int64, d dimension) []string {
	list := make([]string, 0, len(n))
	for v := range n {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b string) int {
		if d.field == nil {
			return cmp.Compare(a, b)
		}
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	return list
}

func (s *Figures) showPairs(a *asking, w http.ResponseWriter, r *http.Request) error {
	q, err := a.ask(r)
	if err != nil {
		return err
	}
	all := a.told(q.p)
	i := slices.IndexFunc(all, func(p pair) bool { return p.field == r.PathValue("field") })
	if i < 0 {
		return gov.Errorf(gov.NotFound, "不按这两个字段统计。", "Figures are not told by these two fields.")
	}
	by, self := all[i], a.root+"/"+q.p.ID+"/pairs/"
	v := pairsView{Crumbs: a.crumbs(ui.Link{Href: q.link(a.root + "/" + q.p.ID), Label: q.p.Title.In(a.Lang())}), At: s.Clock().UnixMilli()}
	for _, p := range all {
		v.Tabs = append(v.Tabs, tab{q.at(docket.Facet{}).link(self + p.field), a.pairLabel(p), p.field == by.field})
	}
	sums, err := a.sums(r.Context(), docket.Asked{Procedure: q.p.ID, Facet: docket.Facet{Field: by.field}, Values: true, What: []docket.What{docket.CountBegun}, From: q.from, To: q.to})
	if err != nil {
		return err
	}
	cells, down, across, total := map[[2]string]int64{}, map[string]int64{}, map[string]int64{}, int64(0)
	for _, one := range sums {
		x, y, _ := strings.Cut(one.Value, procedure.PairOf)
		cells[[2]string{x, y}] += one.N
		down[x] += one.N
		across[y] += one.N
		total += one.N
	}
	format := export.FormatOf(r.URL.Path)
	columns := heads(across, by.across)
	var rest []string
	if format == "" && by.across.field != nil && len(columns) > shownAcross+1 {
		columns, rest = columns[:shownAcross], columns[shownAcross:]
	}
	v.Ask, v.Total = a.form(q.at(docket.Facet{}), self+by.field), a.T("figures.pair_total", "n", int(total))
	v.Table = ui.Table{ID: "pairs", Caption: a.pairLabel(by), Columns: []ui.Column{{Label: by.down.label, Main: true}, {Label: a.T("figures.pair_all"), Number: true}}}
	for _, y := range columns {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: a.value(by.across, y), Number: true})
	}
	if len(rest) > 0 {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: a.T("figures.pair_rest", "n", len(rest)), Number: true})
	}
	number := func(n int64, value string) ui.Cell {
		if n == 0 {
			return ui.TextCell("")
		}
		if format != "" || value == "" {
			return ui.TextCell(a.Number(int(n)))
		}
		return ui.Cell{Links: []ui.Link{{Href: q.at(docket.Facet{Field: by.field, Value: value}).link(a.root + "/" + q.p.ID + "/cases/" + begun), Label: a.Number(int(n))}}}
	}
	for _, x := range heads(down, by.down) {
		row := []ui.Cell{ui.TextCell(a.value(by.down, x)), number(down[x], "")}
		for _, y := range columns {
			row = append(row, number(cells[[2]string{x, y}], x+procedure.PairOf+y))
		}
		if len(rest) > 0 {
			n := int64(0)
			for _, y := range rest {
				n += cells[[2]string{x, y}]
			}
			row = append(row, number(n, ""))
		}
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: row})
	}
	if format != "" {
		return export.Send(w, format, q.p.ID+"-by-"+by.field, v.Table)
	}
	v.Notes = []string{a.T("figures.note_pairs", "down", by.down.label, "across", by.across.label)}
	v.Table.Exports = export.Links(r, self+by.field+"/table")
	return s.pairs.Render(w, r, http.StatusOK, a.frame(a.T("figures.pairs_of", "title", q.p.Title)), v)
}
