package console

import (
	"net/http"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

// logView is a record for auditors, the newest line first.
type logView struct {
	Head   head
	Title  string
	Lead   string
	Filter ui.Form
	Table  ui.Table
	Pager  ui.Pager
}

// logKinds are the kinds of the security log in the order of the filter.
var logKinds = []people.LogKind{people.LoggedIn, people.LoginFailed, people.LoginDelayed, people.CodeFailed, people.LoggedOut, people.SessionsEnded}

// watchFilter reads who and when of a record's filter. No person is the zero id.
func (c *Console) watchFilter(v visit, view *logView, action string) (person gov.ID, from, until gov.Date, err error) {
	q := v.URL.Query()
	view.Filter.ID, view.Filter.Action, view.Filter.Inline, view.Filter.Submit = "filter", action, true, v.m.T("filter.go")
	view.Filter.Fields = append([]ui.Field{
		{Name: "person", Kind: "text", Label: v.m.T("console.watch.person")},
		{Name: "from", Kind: "date", Label: v.m.T("console.watch.from")},
		{Name: "until", Kind: "date", Label: v.m.T("console.watch.until")},
	}, view.Filter.Fields...)
	view.Filter.Fill(q)
	for _, f := range view.Filter.Fields {
		if f.Value != "" {
			view.Filter.Clear = action
		}
	}
	if from, err = date(q, "from"); err != nil {
		return person, from, until, err
	}
	if until, err = date(q, "until"); err != nil {
		return person, from, until, err
	}
	if words := strings.TrimSpace(q.Get("person")); words != "" {
		p, err := c.Office.Find(v.ctx(), v.by, words)
		return p.ID, from, until, onField(err, "person", gov.NotFound, gov.Conflict)
	}
	return person, from, until, nil
}

// sourceShown is how much of the digest of an address is shown: enough to see
// that two lines came from the same place.
const sourceShown = 10

func (c *Console) security(v visit) error {
	view := logView{Head: headOf(v, "security"), Title: v.m.T("console.security.title"), Lead: v.m.T("console.security.lead")}
	kinds := ui.Field{Name: "kind", Kind: "select", Label: v.m.T("console.security.what"), Options: []ui.Option{{Label: v.m.T("filter.all")}}}
	for _, k := range logKinds {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: v.m.Of("console.log.", k)})
	}
	view.Filter.Fields = []ui.Field{kinds}
	f := people.LogFilter{Kind: people.LogKind(v.URL.Query().Get("kind"))}
	var err error
	if f.Person, f.From, f.Until, err = c.watchFilter(v, &view, securityPath); err != nil {
		return c.watchAgain(v, view, err)
	}
	list, err := c.Office.SecurityLog(v.ctx(), v.by, f, gov.Page{After: v.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	view.Pager = ui.PagerOf(v.Request, list)
	view.Table = ui.Table{Caption: view.Title, Columns: []ui.Column{
		{Label: v.m.T("console.watch.at"), Narrow: true}, {Label: v.m.T("console.security.what"), Main: true}, {Label: v.m.T("console.watch.who")},
		{Label: v.m.T("console.security.agent")}, {Label: v.m.T("console.security.source"), Narrow: true},
	}}
	names := names{c: c, v: v}
	for _, l := range list.Items {
		who := v.m.T("console.security.unknown")
		if !l.Person.IsZero() {
			if who, err = names.of(l.Person); err != nil {
				return err
			}
		}
		view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(v.m.Instant(l.At)), ui.TextCell(v.m.Of("console.log.", l.Kind)), ui.TextCell(who), ui.TextCell(l.Agent),
			{Code: l.Source[:min(sourceShown, len(l.Source))]},
		}})
	}
	return c.pages.log.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

// watchAgain shows a record's page with what was wrong with the filter.
func (c *Console) watchAgain(v visit, view logView, err error) error {
	_, status, err := place(v, &view.Filter, err)
	if err != nil {
		return err
	}
	return c.pages.log.Render(v.w, v.Request, status, frame(view.Title), view)
}

func (c *Console) looks(v visit) error {
	view := logView{Head: headOf(v, "looks"), Title: v.m.T("console.looks.title"), Lead: v.m.T("console.looks.lead")}
	var f people.LookFilter
	var err error
	if f.By, f.From, f.Until, err = c.watchFilter(v, &view, looksPath); err != nil {
		return c.watchAgain(v, view, err)
	}
	list, err := c.Office.Looks(v.ctx(), v.by, f, gov.Page{After: v.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	view.Pager = ui.PagerOf(v.Request, list)
	view.Table = ui.Table{Caption: view.Title, Columns: []ui.Column{
		{Label: v.m.T("console.watch.at"), Narrow: true}, {Label: v.m.T("console.watch.who"), Main: true}, {Label: v.m.T("console.looks.what")},
		{Label: v.m.T("console.looks.whose")}, {Label: v.m.T("console.looks.entry"), Narrow: true},
	}}
	names := names{c: c, v: v}
	for _, l := range list.Items {
		who, err := actorName(v, &names, l.Actor)
		if err != nil {
			return err
		}
		whose, err := objectName(v, &names, l.Object)
		if err != nil {
			return err
		}
		view.Table.Rows = append(view.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(v.m.Instant(l.At)), ui.TextCell(who), ui.TextCell(lookName(v, l)), ui.TextCell(whose),
			{Links: []ui.Link{{Href: "/ledger/events/" + l.Event.String(), Label: v.m.T("event.show_proof")}}},
		}})
	}
	return c.pages.log.Render(v.w, v.Request, http.StatusOK, frame(view.Title), view)
}

// lookName says what was looked at. The command line's look at names is made
// by the right to manage accounts.
func lookName(v visit, l people.Looked) string {
	if l.Act == policy.ManageLogins {
		return v.m.T("console.looks.names")
	}
	return l.Act.Name().In(v.lang())
}

// actorName is who acted, in words, with the absent person they were deputy
// for.
func actorName(v visit, n *names, actor string) (string, error) {
	if actor == "" {
		return v.m.T("console.actor.erased"), nil
	}
	kind, rest, _ := strings.Cut(actor, ":")
	if gov.ActorKind(kind) != gov.StaffActor {
		return v.m.Of("console.actor.", kind) + " " + rest, nil
	}
	who, absent, deputy := strings.Cut(rest, " for ")
	name, err := personName(n, who)
	if err != nil || !deputy {
		return name, err
	}
	instead, err := personName(n, absent)
	return v.m.T("console.actor.deputy", "name", name, "absent", instead), err
}

// objectName is whose field it was: a person by name, anything else as the
// ledger names it.
func objectName(v visit, n *names, object string) (string, error) {
	if id, ok := strings.CutPrefix(object, "person:"); ok {
		return personName(n, id)
	}
	if object == "people:all" {
		return v.m.T("console.looks.everybody"), nil
	}
	return object, nil
}

// personName is a person's name by the id in an entry; what is no id stays.
func personName(n *names, text string) (string, error) {
	id, err := gov.ParseID(text)
	if err != nil {
		return text, nil
	}
	return n.of(id)
}
