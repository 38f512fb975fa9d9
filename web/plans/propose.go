package plans

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// proposeView is where a department writes what it wants to inspect.
type proposeView struct {
	Crumbs   []ui.Link
	Form     ui.Form
	Examples []example
	Fields   ui.Table
	Withdraw *ui.Form
	Kept     string // what the filter keeps now, once somebody asked
}

// example is a filter that can be copied.
type example struct{ Says, Filter string }

func (k *Pages) showPropose(w http.ResponseWriter, r *http.Request) error {
	by, p := who.Of(r.Context()).Standing, inspections.Proposal{}
	if text := r.URL.Query().Get("id"); text != "" {
		id, err := idOf(text)
		if err != nil {
			return err
		}
		if p, err = k.Plans.Proposal(r.Context(), by, id); err != nil {
			return err
		}
	} else {
		if text := r.URL.Query().Get("again"); text != "" {
			id, err := idOf(text)
			if err != nil {
				return err
			}
			if p, err = k.Plans.Again(r.Context(), by, id, r.URL.Query().Get("unit")); err != nil {
				return err
			}
		}
		today := gov.DateOf(k.Clock())
		p.Year, p.Quarter = today.Year, (int(today.Month)+2)/3+1 // the next
		if p.Quarter == 5 {
			p.Year, p.Quarter = today.Year+1, 1
		}
		if p.Unit = cmp.Or(p.Unit, r.URL.Query().Get("unit")); p.Unit == "" && len(k.Plans.Departments(by)) > 0 {
			p.Unit = k.Plans.Departments(by)[0]
		}
	}
	return k.renderPropose(w, r, http.StatusOK, p, "", nil)
}

func (k *Pages) renderPropose(w http.ResponseWriter, r *http.Request, status int, p inspections.Proposal, kept string, failed error) error {
	m, by, l := k.Engine.For(r), who.Of(r.Context()).Standing, k.Engine.For(r).Lang()
	mine := k.Plans.Departments(by)
	if len(mine) == 0 || !slices.Contains(mine, p.Unit) {
		return gov.Errorf(gov.Forbidden, "您所在的单位不提抽查建议，或这是其他部门的建议。", "Your unit proposes no inspections, or this is another department's proposal.")
	}
	rules, err := k.Plans.Rules()
	if err != nil {
		return err
	}
	items, err := k.Plans.Items(r.Context(), p.Unit)
	if err != nil {
		return err
	}
	f := ui.Form{ID: "propose", Action: proposePath, Post: true, Submit: m.T("inspections.propose_submit"), Also: ui.Option{Value: countFirst, Label: m.T("inspections.count_kept")}}
	if !p.ID.IsZero() {
		f.Fields = append(f.Fields, ui.Field{Name: "id", Kind: "hidden", Value: p.ID.String()})
	}
	if p.Again != nil {
		f.Fields = append(f.Fields, ui.Field{Name: "again", Kind: "hidden", Value: p.Again.Plan.String()})
		f.Lines = append(f.Lines, ui.Line{Text: m.T("inspections.again_hint", "number", p.Again.Number), Tone: "info"})
	}
	f.Fields = append(f.Fields, ui.Field{Name: "title", Kind: "text", Label: m.T("inspections.title"), Hint: m.T("inspections.title_hint"), Required: true, Value: p.Title})
	if len(mine) == 1 {
		f.Fields = append(f.Fields, ui.Field{Name: "unit", Kind: "hidden", Value: p.Unit})
	} else {
		unit := ui.Field{Name: "unit", Kind: "select", Label: m.T("inspections.department"), Value: p.Unit, Required: true}
		for _, u := range mine {
			unit.Options = append(unit.Options, ui.Option{Value: u, Label: k.unit(m, u)})
		}
		f.Fields = append(f.Fields, unit)
	}
	when := ui.Field{Name: "when", Kind: "select", Label: m.T("inspections.quarter"), Required: true, Value: fmt.Sprintf("%d-%d", p.Year, p.Quarter)}
	for _, q := range quarters(gov.DateOf(k.Clock())) {
		when.Options = append(when.Options, ui.Option{Value: fmt.Sprintf("%d-%d", q[0], q[1]), Label: quarter(m, q[0], q[1])})
	}
	what := ui.Field{Name: "items", Kind: "checks", Label: m.T("inspections.items"), Required: true, Values: p.Items}
	for _, i := range items {
		if i.Never == "" {
			what.Options = append(what.Options, ui.Option{Value: i.Code, Label: i.Title + limits(m, i)})
		}
	}
	area := ui.Field{Name: "area", Kind: "select", Label: m.T("inspections.area"), Value: p.Area}
	if area.Value == "" {
		area.Value = string(rules.Team.Area)
	}
	for _, a := range []string{record.AreaAny, record.AreaOtherStreet, record.AreaDistrict} {
		area.Options = append(area.Options, ui.Option{Value: a, Label: m.T("inspections.area." + a)})
	}
	f.Fields = append(f.Fields, when, what,
		ui.Field{Name: "filter", Kind: "textarea", Label: m.T("inspections.filter"), Hint: m.T("inspections.filter_hint"), Value: p.Filter},
		ui.Field{Name: "share", Kind: "number", Label: m.T("inspections.share"), Hint: m.T("inspections.share_hint"), Suffix: "%", Value: text(p.Share)},
		ui.Field{Name: "count", Kind: "number", Label: m.T("inspections.count"), Hint: m.T("inspections.count_hint"), Value: text(p.Count)}, area)
	if r.Method == http.MethodPost {
		f.Fill(r.PostForm)
	}
	if failed != nil && !f.Fail(failed, l) {
		return failed
	}
	out := proposeView{Kept: kept, Crumbs: crumbs(m, true), Form: f, Fields: k.fields(m)}
	if reg, ok := k.Pack.Register(rules.Subjects); ok {
		out.Examples = k.examples(m, reg.Facet, reg.Area)
	}
	if !p.ID.IsZero() && p.Plan.IsZero() {
		out.Withdraw = &ui.Form{ID: "withdraw", Action: proposePath + "/withdraw", Post: true, Danger: true, Submit: m.T("inspections.withdraw"), Fields: []ui.Field{{Name: "id", Kind: "hidden", Value: p.ID.String()}}}
	}
	return k.propose.Render(w, r, status, frame(m.T("inspections.propose")), out)
}

func text(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// limits says how often an item may be inspected.
func limits(m *ui.Messages, i inspections.Item) string {
	var parts []string
	if i.Share > 0 {
		parts = append(parts, m.T("inspections.limit_share", "n", int(i.Share)))
	}
	if i.Times > 0 {
		parts = append(parts, m.T("inspections.limit_times", "n", int(i.Times)))
	}
	if len(parts) == 0 {
		return ""
	}
	return m.T("inspections.limits", "list", strings.Join(parts, m.T("inspections.comma")))
}

// quarters are those that are not over, until the end of the next year.
func quarters(today gov.Date) (list [][2]int) {
	for y, q := today.Year, (int(today.Month)+2)/3; y <= today.Year+1; q++ {
		if q == 5 {
			y, q = y+1, 0
			continue
		}
		list = append(list, [2]int{y, q})
	}
	return list
}

// fields are what filters are made of.
func (k *Pages) fields(m *ui.Messages) ui.Table {
	t := ui.Table{Caption: m.T("inspections.fields"), Columns: []ui.Column{{Label: m.T("inspections.field"), Main: true}, {Label: m.T("registers.id"), Narrow: true}, {Label: m.T("inspections.values")}}}
	for _, f := range k.Pack.Inspections.Fields() {
		values := ""
		for i, o := range f.Options {
			if i > 0 {
				values += m.T("inspections.comma")
			}
			values += "'" + o.ID + "' " + o.Name.In(m.Lang())
		}
		switch {
		case values != "":
		case f.Type == procedure.DateField:
			values = "'2016-09-01'"
		case f.Type == procedure.AreaField:
			values = m.T("inspections.area_code")
		default:
			values = m.T("inspections.words")
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(f.Label.In(m.Lang())), {Code: f.ID}, ui.TextCell(values)}})
	}
	return t
}

// examples are filters of the three kinds a directed draw knows: kind, trade and place.
func (k *Pages) examples(m *ui.Messages, facet, area string) (list []example) {
	add := func(key, filter string) {
		if _, err := k.Pack.Inspections.Filter(filter); err == nil {
			list = append(list, example{m.T("inspections.example." + key), filter})
		}
	}
	if facet != "" {
		add("kind", facet+" == 'enterprise'")
	}
	add("trade", "trade in ['餐饮', '食品零售']")
	if streets := k.Pack.AreasOf("street"); area != "" && len(streets) > 0 {
		add("area", area+" == '"+streets[0].Code+"'")
	}
	add("age", "founded >= '2015-01-01' && trade.contains('药')")
	return list
}

// countFirst asks for what the filter keeps instead of sending the proposal.
const countFirst = "count"

// keptWords say what a filter keeps.
func (k *Pages) keptWords(m *ui.Messages, n inspections.Kept) string {
	if n.Whole {
		return m.T("inspections.keeps", "n", int(n.Kept), "of", int(n.Read), "share", percent(n.Kept, n.Read))
	}
	return m.T("inspections.keeps_part", "n", int(n.Kept), "of", int(n.Read), "total", int(n.Total), "share", percent(n.Kept, n.Read))
}

// send keeps a proposal, or counts what it keeps.
func (k *Pages) send(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单无法读取", "the form cannot be read").Because(err)
	}
	p := inspections.Proposal{Unit: r.PostFormValue("unit"), Title: r.PostFormValue("title"), Items: r.PostForm["items"], Filter: r.PostFormValue("filter"), Area: r.PostFormValue("area")}
	fail := func(err error) error {
		return k.renderPropose(w, r, http.StatusUnprocessableEntity, p, "", err)
	}
	if text := r.PostFormValue("id"); text != "" {
		id, err := idOf(text)
		if err != nil {
			return err
		}
		p.ID = id
	}
	if text := r.PostFormValue("again"); text != "" {
		id, err := idOf(text)
		if err != nil {
			return err
		}
		was, err := k.Plans.Plan(r.Context(), who.Of(r.Context()).Standing, id)
		if err != nil {
			return err
		}
		p.Again = &inspections.Earlier{Plan: id, Number: was.Number}
	}
	if _, err := fmt.Sscanf(r.PostFormValue("when"), "%d-%d", &p.Year, &p.Quarter); err != nil {
		return fail(gov.Errorf(gov.Invalid, "请选择季度", "choose a quarter").On("when"))
	}
	var err error
	if p.Share, err = whole(r, "share"); err != nil {
		return fail(err)
	}
	if p.Count, err = whole(r, "count"); err != nil {
		return fail(err)
	}
	if r.PostFormValue("do") == countFirst {
		kept, err := k.Plans.Keeps(r.Context(), who.Of(r.Context()).Standing, p)
		if gov.CodeOf(err) == gov.Invalid {
			return fail(err)
		}
		if err != nil {
			return err
		}
		m := k.Engine.For(r)
		says := k.keptWords(m, kept)
		if words := k.whom(m, p.Filter); p.Filter != "" && words != p.Filter {
			says += m.T("inspections.that_is", "whom", words)
		}
		return k.renderPropose(w, r, http.StatusOK, p, says, nil)
	}
	_, err = k.Plans.Propose(r.Context(), who.Of(r.Context()).Standing, p)
	if gov.CodeOf(err) == gov.Invalid {
		return fail(err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, Root, http.StatusSeeOther)
	return nil
}

func (k *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PostFormValue("id"))
	if err != nil {
		return err
	}
	if err := k.Plans.Withdraw(r.Context(), who.Of(r.Context()).Standing, id); err != nil {
		return err
	}
	http.Redirect(w, r, Root, http.StatusSeeOther)
	return nil
}
