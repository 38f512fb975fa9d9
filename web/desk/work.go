package desk

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/export"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// workView is a list of cases: those that wait for the visitor, those of their
// units, or all.
type workView struct {
	Tabs     []tab
	Bar      bar
	Filter   *ui.Form // nil when there is nothing to list
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
	New      bool
	Calls    []ui.Link // where calls are taken down
	Moderate bool      // it is theirs to look at what waits for moderation
	Search   string    // what was looked for
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
	Due       explain.Due
	Touched   gov.Date
}

// Chips are state and colour.
func (r row) Chips() []ui.Chip {
	if r.Colour != nil {
		return ui.Chips(r.State, *r.Colour)
	}
	return []ui.Chip{r.State}
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
	p, ok := v.pack.Procedure(r.Procedure)
	out.Due = explain.RowDue(v.Messages, cal, p, r, v.At)
	if ok {
		out.Procedure = p.Title.In(l)
		out.State.Label = stateName(v.Messages, p, r.State)
		if i := slices.IndexFunc(p.Colours, func(c procedure.Colour) bool { return c.ID == r.Colour }); i >= 0 {
			chip := explain.Beside(ui.Chip{Label: p.Colours[i].Name.In(l), Tone: tones[p.Colours[i].Tone]}, out.Due.Late())
			out.Colour = &chip
		}
	}
	return out
}

// rows reads a page of a list.
func (k *Desk) rows(v *visit, q question, after docket.Place, limit int) ([]docket.Row, docket.Place, error) {
	if q.list == mineList {
		return k.Work.Worklist(v.Context(), v.Standing, q.query, after, limit)
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
	view := workView{Bar: k.bar(v), Here: v.URL.RequestURI(), Error: mistake,
		Filtered: v.URL.Query().Has("colour")}
	for _, name := range []string{mineList, unitList, allList} {
		view.Tabs = append(view.Tabs, tab{Href: listPath(name), Label: v.Of("desk.list.", name), Current: name == q.list})
	}
	cal := k.Calendar(v.Context())
	for _, r := range list {
		view.Rows = append(view.Rows, k.row(v, r, cal))
	}
	pager := ui.PagerOf(v.Request, gov.List[row]{Items: view.Rows, Next: progress.PlaceText(next), Total: -1})
	view.Pager = pager
	if view.Filter, view.Count, err = k.filter(v, q); err != nil {
		return err
	}
	if err := k.saved(v, q, &view); err != nil {
		return err
	}
	switch {
	case len(list) == 0 && !next.IsZero():
		view.Empty = v.T("desk.empty.yet")
	case len(list) == 0 && q.list == mineList && view.Filtered:
		view.Empty = v.Of("desk.empty.", allList)
	case len(list) == 0:
		view.Empty = v.Of("desk.empty.", q.list)
	default:
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
				colour, {Date: r.Due.Day}, ui.TextCell(r.Due.Long), {Date: r.Touched},
			}})
		}
		if at = next; next.IsZero() {
			break
		}
	}
	return export.Send(w, export.FormatOf(v.URL.Path), q.list, t)
}
