package simulate

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/support/runs"
	"quanxiang/support/simulate"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// askView is the form of a simulation.
type askView struct {
	Crumbs   []ui.Link
	Form     ui.Form
	Lines    []lineView // of the text, if any is wrong
	Others   []string   // mistakes elsewhere: what the change makes of the rules
	Numbers  []numbersView
	Empty    bool // there is no population
	Populate string
}

// lineView is a line of the amendment with what is wrong in it.
type lineView struct {
	N        int
	Text     string
	Mistakes []string
}

// numbersView are the numbers of a document that can be changed.
type numbersView struct {
	Doc   string
	Table ui.Table
}

func (k *Pages) showAsk(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	first := runs.Run{Docs: k.moneyDocs(), Amendment: m.T("simulate.sample"), Year: 2017}
	if d := k.Pack.Rules.Docs; len(d) > 0 && !d[0].Force.IsZero() {
		first.Year = d[0].Force.Year + 1
	}
	if s := r.URL.Query().Get("from"); s != "" {
		id, err := idOf(s)
		if err != nil {
			return err
		}
		x, _, err := k.Runs.Get(r.Context(), by, id)
		if err != nil {
			return err
		}
		first = x
	}
	budget := ""
	if first.Budget > 0 {
		budget = money.Number(first.Budget, 6) // 万元
	}
	return k.renderAsk(w, r, http.StatusOK, first, strconv.Itoa(first.Year), budget, nil)
}

// moneyDocs are the documents that pay.
func (k *Pages) moneyDocs() (list []string) {
	for _, d := range k.Pack.Rules.Docs {
		if slices.ContainsFunc(k.Pack.Rules.Benefits, func(b ir.BenefitInfo) bool { return b.Doc == d.Short && b.Grant == "" }) {
			list = append(list, d.Short)
		}
	}
	return list
}

func (k *Pages) form(m *ui.Messages, x runs.Run, year, budget string, populations []runs.Population) ui.Form {
	docs := ui.Field{Name: "docs", Kind: "checks", Label: m.T("simulate.docs"), Hint: m.T("simulate.docs_hint"), Values: x.Docs}
	for _, d := range k.Pack.Rules.Docs {
		if slices.Contains(k.moneyDocs(), d.Short) {
			docs.Options = append(docs.Options, ui.Option{Value: d.Short, Label: d.Number + " " + d.Title})
		}
	}
	people := ui.Field{Name: "population", Kind: "select", Label: m.T("simulate.population"), Required: true, Value: x.Population.String()}
	for _, p := range populations {
		people.Options = append(people.Options, ui.Option{Value: p.ID.String(), Label: p.Name + m.T("simulate.population_of", "n", m.Number(int(p.Rows)), "year", p.Year)})
	}
	if x.Population.IsZero() && len(populations) > 0 {
		people.Value = populations[0].ID.String()
	}
	return ui.Form{ID: "simulate", Action: newPath, Post: true, Submit: m.T("simulate.go"), Fields: []ui.Field{
		{Name: "title", Kind: "text", Label: m.T("simulate.name"), Hint: m.T("simulate.name_hint"), Value: x.Title},
		{Name: "amendment", Kind: "textarea", Label: m.T("simulate.amendment"), Hint: m.T("simulate.amendment_hint"), Value: x.Amendment, Required: true},
		{Name: "year", Kind: "number", Label: m.T("simulate.year"), Value: year, Required: true},
		docs, people,
		{Name: "budget", Kind: "money", Label: m.T("simulate.budget"), Hint: m.T("simulate.budget_hint"), Value: budget, Suffix: m.T("simulate.wan")},
	}}
}

func (k *Pages) renderAsk(w http.ResponseWriter, r *http.Request, status int, x runs.Run, year, budget string, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	populations, err := k.Runs.Populations(r.Context(), by)
	if err != nil {
		return err
	}
	out := askView{Crumbs: crumbs(m, true), Form: k.form(m, x, year, budget, populations), Empty: len(populations) == 0, Populate: PopulationsPath}
	if list, ok := errors.AsType[problems.List](failed); ok {
		k.mistakes(m, &out, x.Amendment, list)
	} else if failed != nil && !out.Form.Fail(failed, m.Lang()) {
		return failed
	}
	out.Numbers = k.numbers(m)
	return k.ask.Render(w, r, status, frame(m.T("simulate.new")), out)
}

// mistakes puts those of the text at their lines.
func (k *Pages) mistakes(m *ui.Messages, out *askView, text string, list problems.List) {
	l := m.Lang()
	at := map[int][]string{}
	field := &out.Form.Fields[1]
	for _, e := range list {
		if e.Pos.File != simulate.AmendmentFile {
			out.Others = append(out.Others, gov.TextOf(e, l))
			continue
		}
		at[e.Pos.Line] = append(at[e.Pos.Line], e.Text.In(l))
		if field.Error == "" {
			field.Error = m.T("simulate.at_line", "line", e.Pos.Line, "says", e.Text.In(l))
		}
	}
	if field.Error == "" {
		field.Error = m.T("simulate.breaks")
	}
	if len(at) == 0 {
		return
	}
	for i, line := range strings.Split(strings.TrimRight(text, "\r\n "), "\n") {
		out.Lines = append(out.Lines, lineView{i + 1, strings.TrimRight(line, "\r"), at[i+1]})
	}
}

// numbers lists what can be changed, as the line of an amendment says it.
func (k *Pages) numbers(m *ui.Messages) (list []numbersView) {
	p := k.Pack.Rules
	for _, short := range k.moneyDocs() {
		v := numbersView{Doc: short, Table: ui.Table{Caption: short, Columns: []ui.Column{{Label: m.T("simulate.benefit"), Main: true}, {Label: m.T("simulate.label")}, {Label: m.T("simulate.line")}}}}
		seen := map[string]bool{}
		for i := range p.Consts {
			c := &p.Consts[i]
			if len(c.Clauses) == 0 || c.Clauses[0].Doc != short || c.Benefit == ir.None {
				continue
			}
			line := fmt.Sprintf("@%s %s 改为 %s", c.Clauses[0].Path, c.Text, c.Text)
			if seen[line] {
				continue
			}
			seen[line] = true
			v.Table.Rows = append(v.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(p.Benefits[c.Benefit].Name), ui.TextCell(c.Label), {Code: line}}})
		}
		list = append(list, v)
	}
	return list
}

func (k *Pages) send(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单没有完整到达", "the form did not arrive whole").Because(err)
	}
	year, budget := strings.TrimSpace(r.PostForm.Get("year")), strings.TrimSpace(r.PostForm.Get("budget"))
	x := runs.Run{Title: r.PostForm.Get("title"), Docs: r.PostForm["docs"], Amendment: r.PostForm.Get("amendment")}
	again := func(err error) error {
		return k.renderAsk(w, r, http.StatusUnprocessableEntity, x, year, budget, err)
	}
	var err error
	if x.Year, err = strconv.Atoi(year); err != nil {
		return again(gov.Errorf(gov.Invalid, "年度应是年份，如 2017", "the year must be a year, like 2017").On("year"))
	}
	if x.Population, err = gov.ParseID(r.PostForm.Get("population")); err != nil {
		return again(gov.Errorf(gov.Invalid, "请选择一个申报者快照", "Choose a population").On("population"))
	}
	if x.Budget, err = simulate.Budget(budget); err != nil {
		return again(err)
	}
	if len(x.Docs) == 0 {
		return again(gov.Errorf(gov.Invalid, "请至少选择一个文件", "Choose at least one document").On("docs"))
	}
	asked, err := k.Runs.Ask(r.Context(), by, x)
	if err != nil {
		if _, ok := errors.AsType[problems.List](err); ok {
			return again(err)
		}
		if e, ok := errors.AsType[*gov.Error](err); ok && e.Field != "" {
			return again(err)
		}
		return err
	}
	http.Redirect(w, r, runPath+asked.ID.String(), http.StatusSeeOther)
	return nil
}
