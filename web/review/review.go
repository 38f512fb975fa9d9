package review

import (
	"cmp"
	"embed"
	"errors"
	"net/http"
	"slices"

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

// Review answers the pages.
type Review struct {
	Deps
	all   *ui.Template[allView]
	next  *ui.Template[nextView]
	ready *ui.Template[readyView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Review, error) {
	v := &Review{Deps: d}
	return v, errors.Join(
		ui.LoadInto(d.Engine, templates, &v.all, "all"),
		ui.LoadInto(d.Engine, templates, &v.next, "next"),
		ui.LoadInto(d.Engine, templates, &v.ready, "ready"),
	)
}

// Root is where the pages stand.
const Root = "/desk/review"

// Mount adds the routes.
func (v *Review) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                         v.index,
		"GET " + Root + "/{procedure}":        v.show,
		"POST " + Root + "/{procedure}":       v.act,
		"GET " + Root + "/{procedure}/ready":  v.showReady,
		"POST " + Root + "/{procedure}/ready": v.actReady,
	} {
		mux.Handle(pattern, v.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			return h(w, r)
		}))
	}
}

// kind is a procedure whose cases the system begins of items of documents.
type kind struct {
	*procedure.Procedure
	waits    string // the state in which they wait for somebody to look at them
	document string // the facet that holds the document, "" for none
}

func kindOf(p *procedure.Procedure) (kind, bool) {
	begin, ok := p.Action(p.SystemBegin())
	if p.Items == nil || !ok {
		return kind{}, false
	}
	k := kind{Procedure: p, waits: begin.To}
	if f := p.FromItem("item.document"); slices.Contains(p.Facets, f) {
		k.document = f
	}
	return k, true
}

func (v *Review) kindOf(r *http.Request) (kind, error) {
	if p, ok := v.Pack.Procedure(r.PathValue("procedure")); ok {
		if k, ok := kindOf(p); ok {
			return k, nil
		}
	}
	return kind{}, gov.Errorf(gov.NotFound, "没有由文件提出的这种事项。", "Documents do not propose such cases.")
}

// facet is the document a request asks for, the zero Facet for all.
func (k kind) facet(document string) docket.Facet {
	if document == "" || k.document == "" {
		return docket.Facet{}
	}
	return docket.Facet{Field: k.document, Value: document}
}

func (k kind) address(document string, more ...string) string {
	return ui.With(Root+"/"+k.ID, append([]string{"document", document}, more...)...)
}

func staff(r *http.Request) people.Standing { return who.Of(r.Context()).Standing }

func frame(title string) ui.Frame { return ui.Frame{Title: title, Section: "review", NoIndex: true} }

func crumbs(m *ui.Messages, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, more...)
}

// allView lists what waits, by procedure and document.
type allView struct {
	Crumbs []ui.Link
	Table  ui.Table
}

// tally is how many cases of a document there are, and how many wait.
type tally struct {
	document     string
	waits, total int64
}

func (v *Review) tallies(r *http.Request, k kind, field string) ([]tally, error) {
	list, err := v.Casework.Tallies(r.Context(), staff(r), k.ID, field)
	if err != nil {
		return nil, err
	}
	var out []tally
	for _, t := range list {
		i := slices.IndexFunc(out, func(o tally) bool { return o.document == t.Value })
		if i < 0 {
			i, out = len(out), append(out, tally{document: t.Value})
		}
		if out[i].total += t.N; t.State == k.waits {
			out[i].waits += t.N
		}
	}
	slices.SortStableFunc(out, func(a, b tally) int { return cmp.Compare(b.waits, a.waits) })
	return out, nil
}

func (v *Review) index(w http.ResponseWriter, r *http.Request) error {
	m := v.Engine.For(r)
	view := allView{Crumbs: crumbs(m), Table: ui.Table{Caption: m.T("review.title"), Columns: []ui.Column{
		{Label: m.T("progress.document"), Main: true}, {Label: m.T("procedures.name")}, {Label: m.T("review.waits"), Number: true}, {Label: m.T("progress.total"), Number: true},
	}}}
	for _, p := range v.Pack.Procedures {
		k, ok := kindOf(p)
		if !ok {
			continue
		}
		list, err := v.tallies(r, k, k.document)
		if err != nil {
			return err
		}
		for _, t := range list {
			view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{
				{Links: []ui.Link{{Href: k.address(t.document), Label: cmp.Or(t.document, k.Title.In(m.Lang()))}}}, ui.TextCell(k.Title.In(m.Lang())),
				ui.TextCell(m.Number(int(t.waits))), ui.TextCell(m.Number(int(t.total))),
			}})
		}
	}
	return v.all.Render(w, r, http.StatusOK, frame(m.T("review.title")), view)
}
