// Package simulate is where policy officers try amendments of support programmes on
// populations: they write the change as a rule file says it, see mistakes at their lines,
// and read what it costs, who gains and who loses, with the clauses that make it so.
package simulate

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/support/runs"
	"quanxiang/support/simulate"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Addresses of the room.
const (
	Root            = "/desk/simulate"
	newPath         = Root + "/new"
	runPath         = Root + "/runs/"
	comparePath     = Root + "/compare"
	PopulationsPath = Root + "/populations"
)

// MaxBody bounds the file of a population that is sent by a form, in bytes.
const MaxBody = 1 << 30

const (
	lookAgain = "2"     // seconds
	inMemory  = 8 << 20 // bytes of a file that is sent
	perPage   = 30
)

// Deps is everything the pages stand on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack // has rules
	Runs    *runs.Runs
	Library *library.Library
	Clock   gov.Clock
}

// Pages answers the pages.
type Pages struct {
	Deps
	list        *ui.Template[listView]
	ask         *ui.Template[askView]
	run         *ui.Template[runView]
	compare     *ui.Template[compareView]
	populations *ui.Template[populationsView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.list, "list"), ui.LoadInto(d.Engine, templates, &k.ask, "ask"), ui.LoadInto(d.Engine, templates, &k.run, "run"),
		ui.LoadInto(d.Engine, templates, &k.compare, "compare"), ui.LoadInto(d.Engine, templates, &k.populations, "populations"),
	)
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:             k.showList,
		"GET " + newPath:          k.showAsk,
		"POST " + newPath:         k.send,
		"GET " + runPath + "{id}": k.showRun,
		"GET " + comparePath:      k.showCompare,
		"GET " + PopulationsPath:  k.showPopulations,
		"POST " + PopulationsPath: k.addPopulation,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			if err := runs.Enter(who.Of(r.Context()).Standing); err != nil {
				return err
			}
			return h(w, r)
		})))
	}
}

func frame(title string) ui.Frame { return ui.Frame{Section: "simulate", Title: title, NoIndex: true} }

func crumbs(m *ui.Messages, deeper bool) []ui.Link {
	list := []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}
	if deeper {
		list = append(list, ui.Link{Href: Root, Label: m.T("staff.simulate")})
	}
	return list
}

func wan(l gov.Lang, fen int64) string { return simulate.Wan(l, fen) }

// signed is wan with a plus before what is more than nothing.
func signed(l gov.Lang, fen int64) string {
	if fen > 0 {
		return "+" + wan(l, fen)
	}
	return wan(l, fen)
}

func moment(ms int64) gov.Date { return gov.DateOf(time.UnixMilli(ms)) }

func idOf(text string) (gov.ID, error) {
	id, err := gov.ParseID(text)
	if err != nil {
		return id, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return id, nil
}

var tones = map[runs.State]string{runs.Waiting: "info", runs.Done: "good", runs.Failed: "bad"}

func chip(m *ui.Messages, s runs.State) ui.Chip {
	return ui.Chip{Label: m.T("simulate.state." + string(s)), Tone: tones[s]}
}

// title is what a simulation is called.
func title(m *ui.Messages, r *runs.Run) string {
	if r.Title != "" {
		return r.Title
	}
	return m.T("simulate.untitled", "date", moment(r.At).In(m.Lang()))
}

// listView is the simulations of the district.
type listView struct {
	Crumbs      []ui.Link
	New         string
	Populations string
	Runs        []ui.Row
	More        string
	Compare     *ui.Form
}

func (k *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	var after gov.ID
	if s := r.URL.Query().Get("after"); s != "" {
		var err error
		if after, err = idOf(s); err != nil {
			return err
		}
	}
	list, err := k.Runs.List(r.Context(), by, after, perPage+1)
	if err != nil {
		return err
	}
	out := listView{Crumbs: crumbs(m, false), New: newPath, Populations: PopulationsPath}
	if len(list) > perPage {
		list = list[:perPage]
		out.More = Root + "?after=" + list[perPage-1].ID.String()
	}
	var done []ui.Option
	for i := range list {
		x := &list[i]
		out.Runs = append(out.Runs, ui.Row{Href: runPath + x.ID.String(), Title: title(m, x), Chips: []ui.Chip{chip(m, x.State)}, Date: moment(x.At),
			Meta: []string{m.T("simulate.year_of", "year", x.Year), m.T("simulate.rows_n", "n", m.Number(int(x.Total))), x.By}})
		if x.State == runs.Done {
			done = append(done, ui.Option{Value: x.ID.String(), Label: title(m, x) + m.T("list.note", "note", moment(x.At).String())})
		}
	}
	if len(done) > 1 {
		out.Compare = &ui.Form{ID: "compare", Action: comparePath, Submit: m.T("simulate.compare"), Inline: true, Fields: []ui.Field{
			{Name: "a", Kind: "select", Label: m.T("simulate.first"), Options: done, Value: done[1].Value},
			{Name: "b", Kind: "select", Label: m.T("simulate.second"), Options: done, Value: done[0].Value},
		}}
	}
	return k.list.Render(w, r, http.StatusOK, frame(m.T("staff.simulate")), out)
}

// result is a simulation by an address, with its result; it must have one.
func (k *Pages) result(ctx context.Context, r *http.Request, param string) (*runView, error) {
	m, by := k.Engine.For(r), who.Of(ctx).Standing
	id, err := idOf(r.URL.Query().Get(param))
	if err != nil {
		return nil, err
	}
	x, res, err := k.Runs.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if res == nil {
		return nil, gov.Errorf(gov.Conflict, "这次试算还没有结果", "this simulation has no result yet")
	}
	return &runView{Path: runPath + id.String(), Title: title(m, &x), run: &x, result: res}, nil
}
