package portal

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/diagram"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// proceduresView lists what the district runs.
type proceduresView struct {
	Count string
	Table ui.Table
	Empty emptyView
}

func (p *Portal) procedures(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	v := proceduresView{Count: m.T("procedures.count", "n", len(p.Pack.Procedures)), Empty: emptyView{Title: m.T("procedures.empty")}}
	v.Table = ui.Table{Caption: m.T("procedures.title"), Columns: []ui.Column{
		{Label: m.T("procedures.name"), Main: true}, {Label: m.T("procedures.cite")}, {Label: m.T("procedures.states")},
		{Label: m.T("procedures.fields"), Number: true},
	}}
	for _, x := range p.Pack.Procedures {
		states := make([]string, len(x.States))
		for i, s := range x.States {
			states[i] = s.Name.In(m.Lang())
		}
		v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			{Links: []ui.Link{{Href: "/procedures/" + x.ID, Label: x.Title.In(m.Lang())}}}, ui.TextCell(x.Cite),
			ui.TextCell(strings.Join(states, m.T("list.separator"))), ui.TextCell(strconv.Itoa(len(x.Fields))),
		}})
	}
	return p.pages.procedures.Render(w, r, http.StatusOK, ui.Frame{Section: "procedures", Title: m.T("procedures.title")}, v)
}

// procedureView says how one kind of matter runs.
type procedureView struct {
	Crumbs   []ui.Link
	Facts    []fact
	Parts    []ui.Link // of the page
	Origins  []explain.Line
	Picture  template.HTML
	Stands   []explain.Stand
	Actions  []explain.Entry
	Parties  ui.Table
	Clocks   []explain.Entry
	Fields   []explain.Field
	Children []ui.Link
	Colours  []explain.Colour
}

func (p *Portal) procedure(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	x, ok := p.Pack.Procedure(r.PathValue("id"))
	if !ok {
		return gov.Errorf(gov.NotFound, "没有这种办事流程。", "There is no such procedure.")
	}
	words := explain.New(m, p.Pack, x)
	facts, err := p.procedureFacts(r.Context(), m, x, words)
	if err != nil {
		return err
	}
	v := procedureView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: "/procedures", Label: m.T("nav.procedures")}},
		Facts:  facts, Origins: words.Origins(), Stands: words.Stands(), Actions: words.Actions(), Parties: partyTable(m, words.Parties()),
		Clocks: words.Clocks(), Fields: words.Fields(), Colours: words.Colours(),
		Picture: template.HTML(diagram.SVG(x, diagram.Options{Lang: m.Lang()})), // made of the pack alone, escaped
	}
	for _, k := range x.Children {
		if child, ok := p.Pack.Procedure(k.Procedure); ok {
			v.Children = append(v.Children, ui.Link{Href: "/procedures/" + child.ID, Label: child.Title.In(m.Lang())})
		}
	}
	for _, part := range []struct {
		id    string
		shown bool
	}{{"states", true}, {"actions", true}, {"clocks", len(v.Clocks) > 0}, {"fields", true}, {"parties", true}, {"children", len(v.Children) > 0}} {
		if part.shown {
			v.Parts = append(v.Parts, ui.Link{Href: "#" + part.id, Label: m.Of("procedure.", part.id)})
		}
	}
	title := x.Title.In(m.Lang())
	return p.pages.procedure.Render(w, r, http.StatusOK, ui.Frame{
		Section: "procedures", Title: title, Description: m.T("procedure.description", "title", title),
	}, v)
}

func (p *Portal) procedureFacts(ctx context.Context, m *ui.Messages, x *procedure.Procedure, words explain.Explainer) ([]fact, error) {
	clause, err := p.clause(ctx, x.Cite)
	if err != nil {
		return nil, err
	}
	list := []fact{
		{Label: m.T("procedures.cite"), Text: clause.Label, Href: clause.Href},
		{Label: m.T("procedure.number"), Text: x.Number.Write(p.today().Year, 1)},
	}
	if f, ok := x.Field(x.Unit); ok {
		list = append(list, fact{Label: m.T("procedure.unit"), Text: f.Label.In(m.Lang())})
	}
	if k, ok := x.Clock(x.Due); ok {
		list = append(list, fact{Label: m.T("procedure.due"), Text: words.Limit(k)})
	}
	if who := words.Remarks(); who != "" {
		list = append(list, fact{Label: m.T("procedure.remarks"), Text: who})
	}
	if states := words.Published(); states != "" {
		list = append(list, fact{Label: m.T("procedure.published"), Text: m.T("procedure.published_in", "states", states)})
	}
	if states := words.Quiet(); states != "" {
		list = append(list, fact{Label: m.T("procedure.quiet"), Text: m.T("procedure.quiet_in", "states", states)})
	}
	return append(list, fact{Label: m.T("procedure.data"), Text: m.T("document.json"), Href: "/api/v1/procedures/" + x.ID}), nil
}

// clause is a citation of the pack, a document number and a place in it, as a
// link where the library holds the document: to the place when it finds it.
func (p *Portal) clause(ctx context.Context, cite string) (ui.Link, error) {
	link := ui.Link{Label: cite}
	number, place, _ := strings.Cut(cite, " ")
	if _, ok := policy.ParseNumber(number); !ok {
		return link, nil
	}
	d, err := p.Library.Document(ctx, library.SlugOf(&p.Pack.Gazette, number, ""), 0, gov.Date{})
	if gov.CodeOf(err) == gov.NotFound {
		return link, nil
	}
	if err != nil || d.Content == nil {
		return link, err
	}
	link.Href = self(d)
	for _, part := range d.Parts {
		if id := placed(part.Elements, place); id != "" {
			link.Href += "#" + id
			break
		}
	}
	return link, nil
}

// placed is the element that a place such as 三（二） or 第五条 leads to, by the
// numbers from the outside in; "" when they lead nowhere. Articles are numbered
// through a whole document, so that they are found in any chapter.
func placed(list []library.Element, place string) string {
	for _, e := range list {
		rest, ok := strings.CutPrefix(place, strings.TrimRight(e.Number, "、．. "))
		if !ok || e.Number == "" {
			continue
		}
		if rest = strings.TrimSpace(rest); rest == "" {
			return e.ID
		}
		if id := placed(e.Children, rest); id != "" {
			return id
		}
	}
	if !strings.HasPrefix(place, "第") {
		return ""
	}
	for _, e := range list {
		if id := placed(e.Children, place); id != "" {
			return id
		}
	}
	return ""
}

func partyTable(m *ui.Messages, parties []explain.Entry) ui.Table {
	t := ui.Table{Caption: m.T("procedure.parties"), Columns: []ui.Column{{Label: m.T("procedure.party"), Main: true}, {Label: m.T("procedure.who")}}}
	for _, x := range parties {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(x.Name), ui.TextCell(x.Help)}})
	}
	return t
}
