// Package registers is where registers are seen: the staff's lists and the page of
// everything known about an entry, open in full to who says for what; the files that
// units bring; and the public's page of an entry, with what may be public and a way to
// say that it is wrong.
package registers

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"quanxiang/cases/casework"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/web/door"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the staff see registers, PublicRoot where everybody does.
const (
	Root       = "/desk/registers"
	PublicRoot = "/registers"
)

// ImportPath is where files are sent to.
const ImportPath = Root + "/import"

const pageSize = 30

// Deps is everything the pages stand on.
type Deps struct {
	Engine    *ui.Engine
	Pack      *policy.Pack
	Registers *registers.Registers
	Importer  *registers.Importer
	Files     *files.Folder
	Clock     gov.Clock
	BaseURL   string // as the public types it, for feeds

	// Reads reports that somebody may read a case; nil: everybody all.
	Reads func(context.Context, people.Standing, gov.ID) bool
}

// Pages answers the pages.
type Pages struct {
	Deps
	list   *ui.Template[listView]
	entry  *ui.Template[entryView]
	load   *ui.Template[loadView]
	run    *ui.Template[runView]
	index  *ui.Template[indexView]
	public *ui.Template[publicView]
	credit *ui.Template[creditView]
	ask    *ui.Template[askView]
	answer *ui.Template[answerView]
	counts *ui.Template[countsView]
	roll   *ui.Template[rollView]
	data   *ui.Template[dataView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.list, "list"), ui.LoadInto(d.Engine, templates, &k.entry, "entry"),
		ui.LoadInto(d.Engine, templates, &k.load, "load"), ui.LoadInto(d.Engine, templates, &k.run, "run"),
		ui.LoadInto(d.Engine, templates, &k.public, "public"), ui.LoadInto(d.Engine, templates, &k.index, "index"), ui.LoadInto(d.Engine, templates, &k.credit, "credit"),
		ui.LoadInto(d.Engine, templates, &k.ask, "ask"), ui.LoadInto(d.Engine, templates, &k.answer, "answer"), ui.LoadInto(d.Engine, templates, &k.counts, "counts"),
		ui.LoadInto(d.Engine, templates, &k.roll, "roll"), ui.LoadInto(d.Engine, templates, &k.data, "data"),
	)
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                                 k.showFirst,
		"GET " + Root + "/{register}":                 k.showList,
		"GET " + Root + "/{register}/{key}":           k.showEntry,
		"POST " + Root + "/{register}":                k.askExport,
		"POST " + Root + "/{register}/{key}/look":     k.look,
		"POST " + Root + "/{register}/{key}/withdraw": k.withdraw,
		"GET " + ImportPath:                           k.showLoad,
		"POST " + ImportPath:                          k.send,
		"GET " + ImportPath + "/{id}":                 k.showRun,
		"POST " + ImportPath + "/{id}":                k.takeGood,
		"GET " + ImportPath + "/{id}/{file}":          k.rejects,
		"GET " + AskPath:                              k.showAsk,
		"POST " + AskPath:                             k.sendAsk,
		"GET " + AskPath + "/{id}":                    k.showAnswer,
		"POST " + AskPath + "/{id}":                   k.tell,
		"GET " + CountsPath:                           k.showCounts,
		"GET " + CountsPath + ".csv":                  k.showCounts,
		"GET " + CountsPath + ".xlsx":                 k.showCounts,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			return h(w, r)
		})))
	}
	for pattern, h := range map[string]ui.Handler{
		"GET " + PublicRoot:                              k.showIndex,
		"GET /data":                                      k.toIndex,
		"GET " + DataRoot:                                k.toIndex,
		"GET " + PublicRoot + "/{register}":              k.showPublic,
		"GET " + PublicRoot + "/{register}/{key}":        k.showCredit,
		"GET " + PublicRoot + "/{register}/lists/{kind}": k.showRoll,
		"GET " + DataRoot + "/{register}":                k.showData,
		"GET " + DataRoot + "/{register}/{file}":         k.sendData,
	} {
		mux.Handle(pattern, k.Engine.Handle(h))
	}
}

func frame(title string) ui.Frame {
	return ui.Frame{Section: "registers", Title: title, NoIndex: true}
}

// path is where the staff see an entry.
func path(register, key string) string {
	return Root + "/" + url.PathEscape(register) + "/" + url.PathEscape(key)
}

// publicPath is where everybody sees an entry.
func publicPath(register, key string) string {
	return PublicRoot + "/" + url.PathEscape(register) + "/" + url.PathEscape(key)
}

// showFirst leads to the pack's first register.
func (k *Pages) showFirst(w http.ResponseWriter, r *http.Request) error {
	if len(k.Pack.Registers) == 0 {
		return gov.Errorf(gov.NotFound, "政策包里没有名录。", "The pack has no registers.")
	}
	http.Redirect(w, r, Root+"/"+k.Pack.Registers[0].ID, http.StatusSeeOther)
	return nil
}

// listView is a register as a list.
type listView struct {
	Crumbs []ui.Link
	Lede   string
	Cite   string
	Others []ui.Link // registers besides this one
	Form   ui.Form
	Rows   []ui.Row
	Pager  ui.Pager

	Exports []ui.Link
	Full    *ui.Form // asks for what the list is taken in full

	Ways  []ui.Link // what else is done with the register
	Empty string
}

func (k *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	f := export.FormatOf(r.PathValue("register"))
	reg, err := k.Registers.Register(strings.TrimSuffix(r.PathValue("register"), "."+string(f)))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	query := queryOf(reg.ID, q)
	if f != "" {
		return k.sendList(w, r, reg, query, f)
	}
	list, err := k.Registers.List(r.Context(), by, query, gov.Page{After: q.Get("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	lede := m.T("registers.lede_plain")
	if reg.Credit != nil {
		lede = m.T("registers.lede")
	}
	out := listView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, Lede: lede, Cite: reg.Cite, Form: k.filters(m, reg, query), Empty: m.T("registers.none")}
	for _, o := range k.Pack.Registers {
		if o != reg {
			out.Others = append(out.Others, ui.Link{Href: Root + "/" + o.ID, Label: o.Title.In(m.Lang())})
		}
	}
	for _, e := range list.Items {
		out.Rows = append(out.Rows, k.row(m, reg, e, path(reg.ID, e.Key)))
	}
	out.Pager = ui.PagerOf(r, gov.List[ui.Row]{Items: out.Rows, Next: list.Next, Total: -1})
	if len(k.Registers.Targets(by)) > 0 {
		out.Ways = append(out.Ways, ui.Link{Href: ImportPath, Label: m.T("registers.import")})
	}
	if reg.Limits != nil {
		out.Ways = append(out.Ways, ui.Link{Href: AskPath + "?register=" + url.QueryEscape(reg.ID), Label: m.T("restrict.title")})
	}
	if len(out.Rows) > 0 {
		out.Exports = export.Links(r, Root+"/"+reg.ID)
		out.Full = k.fullForm(m, reg, query)
	}
	return k.list.Render(w, r, http.StatusOK, frame(reg.Title.In(m.Lang())), out)
}

// filters is the form above a list.
func (k *Pages) filters(m *ui.Messages, reg *register.Register, q registers.Query) ui.Form {
	l := m.Lang()
	f := ui.Form{ID: "filter", Action: Root + "/" + reg.ID, Inline: true, Submit: m.T("search.go"), Fields: []ui.Field{
		{Name: "q", Kind: "search", Label: searched(m, reg), Value: q.Words, Wide: true}}}
	choice := func(name, label, value string, options []ui.Option) {
		f.Fields = append(f.Fields, ui.Field{Name: name, Kind: "select", Label: label, Value: value, Options: append([]ui.Option{{Label: m.T("registers.all")}}, options...)})
	}
	if x, ok := reg.Field(reg.Facet); ok {
		var options []ui.Option
		for _, o := range x.Options {
			options = append(options, ui.Option{Value: o.ID, Label: o.Name.In(l)})
		}
		choice("facet", x.Label.In(l), q.Facet, options)
	}
	if reg.Credit != nil {
		var options []ui.Option
		for _, c := range reg.Credit.Classes {
			options = append(options, ui.Option{Value: c.ID, Label: c.ID + " " + c.Name.In(l)})
		}
		choice("class", m.T("registers.class"), q.Class, options)
	}
	if x, ok := reg.Field(reg.Area); ok {
		var options []ui.Option
		for _, a := range k.Pack.AreasOf(policy.StreetLevel) {
			options = append(options, ui.Option{Value: a.Code, Label: a.Name.In(l)})
		}
		choice("area", x.Label.In(l), q.Area, options)
	}
	return f
}

// searched is by what entries are found: the name, the key and other numbers.
func searched(m *ui.Messages, reg *register.Register) string {
	list := []string{reg.Key.Label.In(m.Lang())}
	for _, id := range append([]string{reg.Name}, reg.Aliases...) {
		if f, ok := reg.Field(id); ok {
			list = append(list, f.Label.In(m.Lang()))
		}
	}
	list[0], list[1] = list[1], list[0]
	return strings.Join(list, m.T("list.separator"))
}

// row is an entry in a list.
func (k *Pages) row(m *ui.Messages, reg *register.Register, e registers.Listed, href string) ui.Row {
	row := ui.Row{Href: href, Title: e.Name, Lead: e.Key}
	if reg.Credit != nil && e.Class != "" {
		row.Chips = append(row.Chips, k.classChip(m, reg, e.Class))
	}
	if e.Doubt {
		row.Chips = append(row.Chips, ui.Chip{Label: m.T("registers.doubt"), Tone: "warn"})
	}
	for _, id := range []string{reg.Facet, reg.Area} {
		if f, ok := reg.Field(id); ok && e.Values[id] != nil {
			row.Meta = append(row.Meta, k.words(f, e.Values[id], m.Lang()))
		}
	}
	for i := range reg.Fields { // whose it is
		if f := &reg.Fields[i]; f.Type == procedure.UnitField && f.ID != reg.Facet && e.Values[f.ID] != nil {
			row.Meta = append(row.Meta, k.words(f, e.Values[f.ID], m.Lang()))
		}
	}
	return row
}

// tones of classes, from the best to the worst.
var tones = []string{"good", "info", "warn", "bad"}

// classChip is a class in a chip.
func (k *Pages) classChip(m *ui.Messages, reg *register.Register, id string) ui.Chip {
	for i, c := range reg.Credit.Classes {
		if c.ID == id {
			at := i
			if n := len(reg.Credit.Classes); n > 1 {
				at = i * (len(tones) - 1) / (n - 1)
			}
			return ui.Chip{Label: c.ID + " " + c.Name.In(m.Lang()), Tone: tones[at]}
		}
	}
	return ui.Chip{Label: id, Tone: "quiet"}
}

// unitName is a unit in words.
func (k *Pages) unitName(m *ui.Messages, id string) string {
	if u, ok := k.Pack.Unit(id); ok {
		return u.Name.In(m.Lang())
	}
	return id
}

// words is a value as people write it.
func (k *Pages) words(f *register.Field, v any, l gov.Lang) string {
	return strings.Join(casework.Words(k.Pack, f.Form(), v, l), "")
}

// day is the day of an instant.
func day(ms int64) gov.Date { return gov.DateOf(time.UnixMilli(ms)) }

// mayPush reports that somebody pushes for a unit.
func mayPush(by people.Standing, unit string) bool {
	return people.Can(by, policy.PushRecords, people.Object{Units: []string{unit}}) == nil
}
