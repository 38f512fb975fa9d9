package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// workView is a list of cases: those that wait for the visitor, those of their
// units, or all.
type workView struct {
	Tabs     []tab
	Bar      bar
	Filter   *ui.Form // nil for what waits for the visitor
	Filtered bool     // something was chosen in it
	Saved    []savedView
	Save     *saveView
	Count    string
	Rows     []row
	Exports  []ui.Link
	Limit    string // how many rows a file has at most
	Pager    ui.Pager
	Empty    string
	Here     string // address of the list, to come back to
	Error    string
}

// bar leads to the parts of the desk.
type bar struct {
	New    bool
	Search string // what was looked for
}

// tab leads to a list.
type tab struct {
	Href    string
	Label   string
	Current bool
}

// savedView is a saved filter.
type savedView struct{ ID, Name, Href string }

// saveView offers to save the filter in use.
type saveView struct{ Query string }

// row is a case in a list.
type row struct {
	ID        string
	Href      string
	Number    string
	Procedure string
	Subject   string
	Units     string
	State     ui.Chip
	Colour    *ui.Chip
	Due       due
	Touched   gov.Date
}

func (r row) chips() []ui.Chip {
	list := []ui.Chip{r.State}
	if r.Colour != nil {
		list = append(list, *r.Colour)
	}
	return list
}

// row puts a case into words. What the pack in force does not know stays as it
// is written.
func (k *Desk) row(v *visit, r docket.Row, cal calendar.Calendar) row {
	l := v.Lang()
	out := row{ID: r.ID.String(), Href: CasePath(r.ID), Number: r.Number, Procedure: r.Procedure,
		Subject: cmp.Or(r.Subject, v.T("desk.closed_subject")), Touched: gov.DateOf(time.UnixMilli(r.Touched)),
		State: ui.Chip{Label: r.State, Tone: stateTone(procedure.StateKind(r.Ends))}}
	units := make([]string, len(r.Units))
	for i, id := range r.Units {
		units[i] = unitName(docket.Under{Pack: v.pack}, id, l)
	}
	out.Units = strings.Join(units, v.T("list.separator"))
	if p, ok := v.pack.Procedure(r.Procedure); ok {
		out.Procedure = p.Title.In(l)
		out.State.Label = stateName(v.Messages, p, r.State)
		if i := slices.IndexFunc(p.Colours, func(c procedure.Colour) bool { return c.ID == r.Colour }); i >= 0 {
			out.Colour = &ui.Chip{Label: p.Colours[i].Name.In(l), Tone: tones[p.Colours[i].Tone]}
		}
	}
	if r.Ended == 0 {
		out.Due = dueOf(v.Messages, cal, r.Due, v.At)
	}
	return out
}

// The lists.
const (
	mineList = "mine"
	unitList = "unit"
	allList  = "all"
)

// question is what an address of a list asks.
type question struct {
	list  string // mineList, unitList or allList
	p     *procedure.Procedure
	unit  string
	query docket.Query
	after docket.Place
}

// listPath is the address of a list.
func listPath(list string) string {
	if list == mineList {
		return Root
	}
	return Root + "/" + list
}

// ask reads the address of a list.
func (k *Desk) ask(v *visit) (q question, err error) {
	q.list = strings.TrimSuffix(path.Base(v.URL.Path), path.Ext(v.URL.Path))
	if v.URL.Path == Root {
		q.list = mineList
	}
	values := v.URL.Query()
	if q.after, err = placeOf(values.Get("after")); err != nil || q.list == mineList {
		return q, err
	}
	if q.p = chosen(v.pack, values.Get("procedure"), q.list); q.p == nil {
		return q, nil
	}
	q.query = docket.Query{Procedure: q.p.ID, State: known(q.p, values.Get("state")), Colour: values.Get("colour"), Ended: values.Get("ended") == "1"}
	if q.list == unitList {
		mine := myUnits(v)
		if q.unit = values.Get("unit"); !slices.Contains(mine, q.unit) && len(mine) > 0 {
			q.unit = mine[0]
		}
		q.query.Facet = docket.Facet{Field: q.p.Unit, Value: q.unit}
		return q, nil
	}
	if field, value, ok := strings.Cut(values.Get("by"), ":"); ok && slices.Contains(q.p.Facets, field) {
		q.query.Facet = docket.Facet{Field: field, Value: value}
	}
	return q, nil
}

func known(p *procedure.Procedure, state string) string {
	if _, ok := p.State(state); ok {
		return state
	}
	return ""
}

// chosen is the procedure a list is of: the one that is named, or the first
// that can be listed so.
func chosen(pack *policy.Pack, id, list string) *procedure.Procedure {
	choices := listed(pack, list)
	if i := slices.IndexFunc(choices, func(p *procedure.Procedure) bool { return p.ID == id }); i >= 0 {
		return choices[i]
	}
	if len(choices) == 0 {
		return nil
	}
	return choices[0]
}

// listed are the procedures whose cases can be listed, for units those listed
// by them.
func listed(pack *policy.Pack, list string) []*procedure.Procedure {
	if list == allList {
		return pack.Procedures
	}
	return slices.DeleteFunc(slices.Clone(pack.Procedures), func(p *procedure.Procedure) bool { return p.Unit == "" || !slices.Contains(p.Facets, p.Unit) })
}

// myUnits are the units in which the visitor holds roles, and those whose tasks
// these took over.
func myUnits(v *visit) []string {
	var list []string
	for _, s := range casework.Actor(v.pack, v.Standing).Seats {
		if !slices.Contains(list, s.Unit) {
			list = append(list, s.Unit)
		}
	}
	return list
}

// placeOf reads a place in a list as place wrote it.
func placeOf(s string) (docket.Place, error) {
	if s == "" {
		return docket.Place{}, nil
	}
	at, id, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	key, bad := gov.ParseID(id)
	if errors.Join(err, bad) != nil {
		return docket.Place{}, gov.Errorf(gov.Invalid, "网址中的页码无法识别。", "The place in the list cannot be read.")
	}
	return docket.Place{Due: n, ID: key}, nil
}

func place(p docket.Place) string {
	if p.IsZero() {
		return ""
	}
	return strconv.FormatInt(p.Due, 10) + "." + p.ID.String()
}

// rows reads a page of a list.
func (k *Desk) rows(v *visit, q question, after docket.Place, limit int) ([]docket.Row, docket.Place, error) {
	if q.list == mineList {
		return k.Work.Worklist(v.Context(), v.Standing, after, limit)
	}
	if q.p == nil || q.list == unitList && q.unit == "" {
		return nil, docket.Place{}, nil
	}
	return k.Work.List(v.Context(), v.Standing, q.query, after, limit)
}

// pageRows is how many rows a page has, fileRows how many a file has at most.
const (
	pageRows = 50
	fileRows = 5000
)

func (k *Desk) work(w http.ResponseWriter, v *visit) error {
	return k.showWork(w, v, http.StatusOK, "")
}

func (k *Desk) showWork(w http.ResponseWriter, v *visit, status int, mistake string) error {
	q, err := k.ask(v)
	if err != nil {
		return err
	}
	list, next, err := k.rows(v, q, q.after, pageRows)
	if err != nil {
		return err
	}
	view := workView{Bar: bar{New: len(k.Work.Starts(v.Standing)) > 0}, Here: v.URL.RequestURI(), Error: mistake,
		Filtered: v.URL.Query().Has("state")}
	for _, name := range []string{mineList, unitList, allList} {
		view.Tabs = append(view.Tabs, tab{Href: listPath(name), Label: v.Of("desk.list.", name), Current: name == q.list})
	}
	cal := k.Calendar(v.Context())
	for _, r := range list {
		view.Rows = append(view.Rows, k.row(v, r, cal))
	}
	pager := ui.PagerOf(v.Request, gov.List[row]{Items: view.Rows, Next: place(next), Total: -1})
	view.Pager = pager
	if view.Filter, view.Count, err = k.filter(v, q); err != nil {
		return err
	}
	if err := k.saved(v, q, &view); err != nil {
		return err
	}
	if len(list) == 0 {
		view.Empty = v.Of("desk.empty.", q.list)
	} else {
		address := v.URL.Query()
		address.Del("after")
		address.Del("lang")
		for _, f := range []export.Format{export.CSV, export.XLSX} {
			view.Exports = append(view.Exports, ui.Link{Href: withQuery(Root+"/"+q.list+"."+string(f), address), Label: strings.ToUpper(string(f))})
		}
		view.Limit = v.T("desk.export_limit", "n", fileRows)
	}
	return k.pages.work.Render(w, v.Request, status, frame(v.Of("desk.list.", q.list)), view)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// filter is the form above a list with what can be chosen, and how many cases
// there are of what is chosen.
func (k *Desk) filter(v *visit, q question) (*ui.Form, string, error) {
	if q.list == mineList || q.p == nil {
		return nil, "", nil
	}
	m, l := v.Messages, v.Lang()
	f := &ui.Form{ID: "filter", Inline: true, Action: listPath(q.list), Submit: m.T("desk.filter"), Clear: listPath(q.list)}
	kinds := ui.Field{Name: "procedure", Kind: "select", Label: m.T("desk.kind"), Value: q.p.ID}
	for _, p := range listed(v.pack, q.list) {
		kinds.Options = append(kinds.Options, ui.Option{Value: p.ID, Label: p.Title.In(l)})
	}
	f.Fields = append(f.Fields, kinds)
	under := docket.Under{Pack: v.pack, Procedure: q.p}
	if q.list == unitList {
		units := ui.Field{Name: "unit", Kind: "select", Label: m.T("desk.unit"), Value: q.unit}
		for _, id := range myUnits(v) {
			units.Options = append(units.Options, ui.Option{Value: id, Label: unitName(under, id, l)})
		}
		f.Fields = append(f.Fields, units)
	} else if len(q.p.Facets) > 0 {
		by, err := k.facets(v, q, under)
		if err != nil {
			return nil, "", err
		}
		f.Fields = append(f.Fields, by)
	}
	states := ui.Field{Name: "state", Kind: "select", Label: m.T("desk.state"), Value: q.query.State, Options: []ui.Option{{Label: m.T("desk.any")}}}
	for _, s := range q.p.States {
		states.Options = append(states.Options, ui.Option{Value: s.ID, Label: s.Name.In(l)})
	}
	colours := ui.Field{Name: "colour", Kind: "select", Label: m.T("desk.colour"), Value: q.query.Colour, Options: []ui.Option{{Label: m.T("desk.any")}}}
	for _, c := range q.p.Colours {
		colours.Options = append(colours.Options, ui.Option{Value: c.ID, Label: c.Name.In(l)})
	}
	ended := ui.Field{Name: "ended", Kind: "select", Label: m.T("desk.running"), Options: []ui.Option{{Label: m.T("desk.running.yes")}, {Value: "1", Label: m.T("desk.running.no")}}}
	if q.query.Ended {
		ended.Value = "1"
	}
	f.Fields = append(f.Fields, states, colours, ended)
	n, err := k.count(v, q)
	return f, m.T("desk.count", "n", n), err
}

// maxFacets is how many values of a facet can be chosen; the largest are.
const maxFacets = 100

// facets are the values by which the cases of a procedure can be listed, with
// how many there are.
func (k *Desk) facets(v *visit, q question, u docket.Under) (ui.Field, error) {
	f := ui.Field{Name: "by", Kind: "select", Label: v.T("desk.by"), Options: []ui.Option{{Label: v.T("desk.any")}}}
	if q.query.Facet.Field != "" {
		f.Value = q.query.Facet.Field + ":" + q.query.Facet.Value
	}
	for _, id := range q.p.Facets {
		tallies, err := k.Work.Tallies(v.Context(), v.Standing, q.p.ID, id)
		if err != nil {
			return f, err
		}
		field, _ := q.p.Field(id)
		counts := map[string]int64{}
		var order []string
		for _, t := range tallies {
			if counts[t.Value] == 0 {
				order = append(order, t.Value)
			}
			counts[t.Value] += t.N
		}
		slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
		for _, value := range order[:min(len(order), maxFacets)] {
			label := strings.Join(casework.Words(u.Pack, field, value, v.Lang()), "")
			f.Options = append(f.Options, ui.Option{Value: id + ":" + value, Group: field.Label.In(v.Lang()),
				Label: v.T("desk.facet", "name", label, "n", int(counts[value]))})
		}
	}
	return f, nil
}

// count is how many cases a list has, by the tallies.
func (k *Desk) count(v *visit, q question) (int, error) {
	tallies, err := k.Work.Tallies(v.Context(), v.Standing, q.p.ID, q.query.Facet.Field)
	n := int64(0)
	for _, t := range tallies {
		s, _ := q.p.State(t.State)
		if t.Value == q.query.Facet.Value && s != nil && s.Kind.Ended() == q.query.Ended &&
			(q.query.State == "" || q.query.State == t.State) && (q.query.Colour == "" || q.query.Colour == t.Colour) {
			n += t.N
		}
	}
	return int(n), err
}

// workFile is a list as a file: what the page shows, all of its pages.
func (k *Desk) workFile(w http.ResponseWriter, v *visit) error {
	q, err := k.ask(v)
	if err != nil {
		return err
	}
	m := v.Messages
	t := ui.Table{Columns: []ui.Column{
		{Label: m.T("desk.number")}, {Label: m.T("desk.kind")}, {Label: m.T("desk.subject")}, {Label: m.T("desk.units")}, {Label: m.T("desk.state")},
		{Label: m.T("desk.colour")}, {Label: m.T("desk.due")}, {Label: m.T("desk.time_left")}, {Label: m.T("desk.touched")},
	}}
	cal := k.Calendar(v.Context())
	for at := q.after; len(t.Rows) < fileRows; {
		list, next, err := k.rows(v, q, at, min(200, fileRows-len(t.Rows)))
		if err != nil {
			return err
		}
		for _, one := range list {
			r := k.row(v, one, cal)
			colour := ui.Cell{}
			if r.Colour != nil {
				colour = ui.TextCell(r.Colour.Label)
			}
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
				ui.TextCell(r.Number), ui.TextCell(r.Procedure), ui.TextCell(r.Subject), ui.TextCell(r.Units), ui.TextCell(r.State.Label),
				colour, {Date: r.Due.Day}, ui.TextCell(r.Due.Left), {Date: r.Touched},
			}})
		}
		if at = next; next.IsZero() {
			break
		}
	}
	return export.Send(w, export.FormatOf(v.URL.Path), q.list, t)
}
