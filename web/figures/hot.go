package figures

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// HotPath is where the staff see the places at which cases of a procedure repeat.
func HotPath(procedureID string) string { return StaffRoot + "/" + procedureID + "/hot" }

// hotView is the places at which something comes up again and again.
type hotView struct {
	Crumbs []ui.Link
	At     int64
	Total  string
	Map    string // address of the map
	About  string // what counts
	Cut    string
	Table  ui.Table
}

// namedCases is how many cases of a place are named; a file names all.
const namedCases = 6

func (s *Figures) showHot(a *asking, w http.ResponseWriter, r *http.Request) error {
	p, err := a.procedureOf(r)
	if err != nil {
		return err
	}
	if !a.staff {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	ground, err := s.Casework.Ground(a.by)
	if err != nil {
		return err
	}
	now := s.Clock()
	list, cut, err := ground.Hot(r.Context(), p.ID, now)
	if err != nil {
		return err
	}
	format, self, rule := export.FormatOf(r.URL.Path), HotPath(p.ID), p.Repeats()
	t := ui.Table{ID: "hot", Caption: a.T("figures.hot"), Columns: []ui.Column{{Label: a.T("figures.rank"), Lead: true, Narrow: true}, {Label: a.T("figures.hot_where"), Main: true},
		{Label: a.T("figures.hot_cases"), Number: true}, {Label: a.T("figures.hot_open"), Number: true}, {Label: a.T("figures.hot_kinds")}, {Label: a.T("figures.hot_last")}, {Label: a.T("figures.hot_which")}}}
	n := 0
	for i, h := range list {
		n += len(h.Cases)
		which := ui.Cell{}
		for j, x := range h.Cases {
			if format == "" && j == namedCases {
				which.Text = a.T("figures.hot_more", "n", len(h.Cases)-namedCases)
				break
			}
			which.Links = append(which.Links, ui.Link{Href: a.casePath(x.Row), Label: x.Number})
		}
		if format != "" {
			which = ui.TextCell(strings.Join(numbers(h.Cases), " "))
		}
		t.Rows = append(t.Rows, ui.TableRow{ID: "hot-" + a.Number(i+1), Cells: []ui.Cell{ui.TextCell(a.Number(i + 1)), ui.TextCell(cmp.Or(a.Pack.Vicinity(h.Middle, a.Lang()), h.Middle.String())),
			ui.TextCell(a.Number(len(h.Cases))), ui.TextCell(a.Number(h.Open)), ui.TextCell(a.kinds(p, h)),
			{Date: gov.DateOf(time.UnixMilli(h.Cases[0].Opened))}, which}})
	}
	if format != "" {
		return export.Send(w, format, p.ID+"-hot", t)
	}
	t.Exports = export.Links(r, self+"/table")
	v := hotView{Crumbs: a.crumbs(ui.Link{Href: a.root + "/" + p.ID, Label: p.Title.In(a.Lang())}), At: now.UnixMilli(), Table: t, Map: ui.With("/desk/map", "procedure", p.ID),
		Total: a.T("figures.hot_total", "places", len(list), "n", n), About: a.T("figures.hot_about", "within", rule.Within, "days", rule.Days, "least", rule.Least)}
	if cut {
		v.Cut = a.T("figures.hot_cut")
	}
	return s.hot.Render(w, r, http.StatusOK, a.frame(a.T("figures.hot_of", "title", p.Title)), v)
}

// numbers are those of cases.
func numbers(list []docket.Nearby) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.Number
	}
	return out
}

// kinds says of what kinds the cases of a place are, the most frequent first.
func (a *asking) kinds(p *procedure.Procedure, h atlas.Hot) string {
	field := atlas.Kinds(p)
	if field == nil {
		return ""
	}
	count := map[string]int{}
	for _, x := range h.Cases {
		count[x.Spot.Kind]++
	}
	delete(count, "") // not told yet
	codes := slices.SortedFunc(maps.Keys(count), func(x, y string) int { return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y)) })
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = a.T("figures.hot_kind", "kind", a.value(dimension{field.ID, "", field}, code), "n", count[code])
	}
	return strings.Join(words, a.T("list.separator"))
}
