// Package figures shows the figures of procedures to the staff and to the public:
// every measure with its definition beside it, by unit, place and whatever else the
// procedure tells figures by, ranked with the number of cases it stands on, and the
// cases behind every number.
package figures

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack
	Casework *casework.Casework
	Clock    gov.Clock
}

// Figures answers the pages of figures.
type Figures struct {
	Deps
	index    *ui.Template[indexView]
	overview *ui.Template[overviewView]
	measure  *ui.Template[measureView]
	cases    *ui.Template[casesView]
	spots    *ui.Template[spotsView]
	pairs    *ui.Template[pairsView]
	hot      *ui.Template[hotView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Figures, error) {
	s := &Figures{Deps: d}
	return s, errors.Join(
		ui.LoadInto(d.Engine, templates, &s.index, "index"),
		ui.LoadInto(d.Engine, templates, &s.overview, "overview"),
		ui.LoadInto(d.Engine, templates, &s.measure, "measure"),
		ui.LoadInto(d.Engine, templates, &s.cases, "cases"),
		ui.LoadInto(d.Engine, templates, &s.spots, "spots"),
		ui.LoadInto(d.Engine, templates, &s.pairs, "pairs"),
		ui.LoadInto(d.Engine, templates, &s.hot, "hot"),
	)
}

// Root is where the public's pages stand, StaffRoot where those of the staff do.
const (
	Root      = "/figures"
	StaffRoot = "/desk/figures"
)

// Mount adds the routes.
func (s *Figures) Mount(mux *http.ServeMux) {
	for root, staff := range map[string]bool{Root: false, StaffRoot: true} {
		for pattern, h := range map[string]func(*asking, http.ResponseWriter, *http.Request) error{
			"":                                        s.showIndex,
			"/{procedure}":                            s.showOverview,
			"/{procedure}/table.csv":                  s.showOverview,
			"/{procedure}/table.xlsx":                 s.showOverview,
			"/{procedure}/spots/{field}":              s.showSpots,
			"/{procedure}/spots/{field}/table.csv":    s.showSpots,
			"/{procedure}/spots/{field}/table.xlsx":   s.showSpots,
			"/{procedure}/hot":                        s.showHot,
			"/{procedure}/hot/table.csv":              s.showHot,
			"/{procedure}/hot/table.xlsx":             s.showHot,
			"/{procedure}/pairs/{field}":              s.showPairs,
			"/{procedure}/pairs/{field}/table.csv":    s.showPairs,
			"/{procedure}/pairs/{field}/table.xlsx":   s.showPairs,
			"/{procedure}/measures/{measure}":         s.showMeasure,
			"/{procedure}/measures/{measure}/by.csv":  s.showMeasure,
			"/{procedure}/measures/{measure}/by.xlsx": s.showMeasure,
			"/{procedure}/cases/{what}":               s.showCases,
			"/{procedure}/cases/{what}/cases.csv":     s.showCases,
			"/{procedure}/cases/{what}/cases.xlsx":    s.showCases,
		} {
			mux.Handle("GET "+root+pattern, s.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
				if staff {
					w.Header().Set("Cache-Control", "no-store") // pages of the office stay out of every cache
				}
				a := &asking{Figures: s, Messages: s.Engine.For(r), root: root, staff: staff, by: who.Of(r.Context()).Standing}
				if staff {
					if err := casework.Enter(a.by); err != nil {
						return err
					}
				}
				return h(a, w, r)
			}))
		}
	}
}

// asking is who asks for figures: the staff or everybody. It is the one place of
// the difference.
type asking struct {
	*Figures
	*ui.Messages
	root  string
	staff bool
	by    people.Standing
}

func (a *asking) sums(ctx context.Context, q docket.Asked) ([]docket.Sum, error) {
	if a.staff {
		return a.Casework.Totals(ctx, a.by, q)
	}
	return a.Casework.PublicTotals(ctx, q)
}

func (a *asking) behind(ctx context.Context, q docket.Behind, after docket.Mark, limit int) ([]docket.Row, docket.Mark, error) {
	if a.staff {
		return a.Casework.Behind(ctx, a.by, q, after, limit)
	}
	return a.Casework.PublicBehind(ctx, q, after, limit)
}

// casePath is where a case is shown to whoever asks.
func (a *asking) casePath(r docket.Row) string {
	if a.staff {
		return "/desk/cases/" + r.ID.String()
	}
	return "/progress/cases/" + r.Number
}

// measures are those of a procedure that are told to whoever asks.
func (a *asking) measures(p *procedure.Procedure) (list []*procedure.Measure) {
	if !a.staff && !p.Publishes() {
		return nil
	}
	for i := range p.Measures {
		if m := &p.Measures[i]; a.staff || m.Level() == procedure.OpenPublic {
			list = append(list, m)
		}
	}
	return list
}

// fields are by what figures are told to whoever asks, of some fields.
func (a *asking) fields(p *procedure.Procedure, ids []string) (list []*procedure.Field) {
	for _, id := range ids {
		if f, ok := p.Field(id); ok && (a.staff || f.Level() == procedure.OpenPublic && len(f.Once) == 0) {
			list = append(list, f)
		}
	}
	return list
}

// procedureOf is the procedure of a request, which has figures.
func (a *asking) procedureOf(r *http.Request) (*procedure.Procedure, error) {
	p, ok := a.Pack.Procedure(r.PathValue("procedure"))
	if !ok || len(a.measures(p)) == 0 {
		return nil, gov.Errorf(gov.NotFound, "没有这种流程的数据。", "There are no figures of such a procedure.")
	}
	return p, nil
}

func (a *asking) frame(title string) ui.Frame {
	section := "figures"
	if a.staff {
		section = "board"
	}
	return ui.Frame{Title: title, Section: section, NoIndex: a.staff, Description: a.T("figures.lede")}
}

// crumbs lead back to where the figures begin.
func (a *asking) crumbs(more ...ui.Link) []ui.Link {
	if a.staff {
		return append([]ui.Link{{Href: "/desk", Label: a.T("desk.title")}, {Href: "/desk/board", Label: a.T("board.title")}, {Href: StaffRoot, Label: a.T("figures.title")}}, more...)
	}
	return append([]ui.Link{{Href: Root, Label: a.T("figures.title")}}, more...)
}

// indexView lists the procedures that have figures.
type indexView struct {
	Crumbs []ui.Link
	List   []ui.Link
}

func (s *Figures) showIndex(a *asking, w http.ResponseWriter, r *http.Request) error {
	v := indexView{}
	if a.staff {
		v.Crumbs = a.crumbs()[:2]
	}
	for _, p := range s.Pack.Procedures {
		if n := len(a.measures(p)); n > 0 {
			v.List = append(v.List, ui.Link{Href: a.root + "/" + p.ID, Label: p.Title.In(a.Lang()), Note: a.T("figures.measures", "n", n)})
		}
	}
	return s.index.Render(w, r, http.StatusOK, a.frame(a.T("figures.title")), v)
}
