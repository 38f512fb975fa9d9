package simulate

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/rules/explain"
	"quanxiang/rules/money"
	"quanxiang/rules/population"
	"quanxiang/support/runs"
	"quanxiang/support/simulate"
	"quanxiang/web/export"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// runView is a simulation and what came of it.
type runView struct {
	Crumbs    []ui.Link
	Path      string
	Title     string
	Chip      ui.Chip
	Waiting   bool
	Done      int64
	Total     int64
	Says      string
	Failure   string
	Again     string // the form with the same text
	Amendment string
	Notes     []string
	Numbers   []number
	Budget    *number
	Over      bool
	Changes   []change
	Benefits  ui.Table // that change
	Others    ui.Table // that do not
	Groups    []grouping
	Chart     chartView
	Sides     []side
	Cliffs    *cliffsView
	Facts     []fact
	Exports   []ui.Link

	run    *runs.Run
	result *simulate.Result
}

type fact struct{ Label, Text, Code string }

// number is one of the figures at the top.
type number struct{ N, Label, Note string }

// change is a number that the amendment changes.
type change struct {
	Clause   ui.Link
	From, To string
}

type grouping struct {
	ID, Title string
	Table     ui.Table
}

// side is those who gain most, or who lose most.
type side struct {
	ID, Title, None string
	Rows            []applicantView
}

type applicantView struct {
	Name, Code, Groups, Before, After, Change string
	Tone                                      string
	Why                                       []reasonView
}

type reasonView struct {
	Benefit, Before, After string
	Was, Is                []stepView
}

type stepView struct {
	Words   string
	Clauses []ui.Link
	Pending bool
}

type cliffsView struct {
	Says      string
	New, Gone []string
}

func (k *Pages) showRun(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	name := r.PathValue("id")
	form := export.FormatOf(name)
	if form != "" {
		name = strings.TrimSuffix(name, "."+string(form))
	}
	id, err := idOf(name)
	if err != nil {
		return err
	}
	x, result, err := k.Runs.Get(r.Context(), by, id)
	if err != nil {
		return err
	}
	out := runView{Crumbs: crumbs(m, true), Path: runPath + id.String(), Title: title(m, &x), Chip: chip(m, x.State), Again: newPath + "?from=" + id.String(), Amendment: x.Amendment, run: &x, result: result}
	if result != nil {
		p, err := k.Runs.Population(r.Context(), by, x.Population)
		if err != nil {
			return err
		}
		k.fill(m, &out, &p)
		if form != "" {
			return out.send(m, w, form, "simulation-"+id.String()[:8])
		}
		out.Exports = export.Links(r, out.Path)
	} else if form != "" {
		return gov.Errorf(gov.NotFound, "这次试算还没有结果。", "This simulation has no result yet.")
	}
	if out.Waiting = x.State == runs.Waiting; out.Waiting {
		w.Header().Set("Refresh", lookAgain)
		out.Done, out.Total = x.Rows, max(x.Total, 1)
		out.Says = m.T("simulate.done_of", "done", m.Number(int(x.Rows)), "total", m.Number(int(x.Total)))
	}
	out.Failure = x.Failure.In(m.Lang())
	return k.run.Render(w, r, http.StatusOK, frame(out.Title), out)
}

// fill puts a result into the page.
func (k *Pages) fill(m *ui.Messages, v *runView, p *runs.Population) {
	l, x := m.Lang(), v.result
	t := &x.Total
	if x.Invented {
		v.Notes = append(v.Notes, m.T("simulate.invented_note"))
	}
	if x.FactsOf != x.Question.Year {
		v.Notes = append(v.Notes, m.T("simulate.other_year", "facts", x.FactsOf, "year", x.Question.Year))
	}
	if x.Apart > 0 {
		v.Notes = append(v.Notes, m.T("simulate.apart_note", "n", m.Number(int(x.Apart))))
	}
	v.Numbers = []number{
		{wan(l, t.Before), m.T("simulate.before"), m.T("simulate.supported", "n", m.Number(int(t.Had)))},
		{wan(l, t.After), m.T("simulate.after"), m.T("simulate.supported", "n", m.Number(int(t.Have)))},
		{signed(l, t.Change()), m.T("simulate.change"), share(m, t.Change(), t.Before)},
		{m.Number(int(t.Winners)), m.T("simulate.winners"), m.T("simulate.more_in_all", "sum", wan(l, t.Gain))},
		{m.Number(int(t.Losers)), m.T("simulate.losers"), m.T("simulate.less_in_all", "sum", wan(l, t.Loss))},
	}
	if b := v.run.Budget; b > 0 {
		n := number{wan(l, b), m.T("simulate.budget"), m.T("simulate.within", "sum", wan(l, b-t.After))}
		if v.Over = t.After > b; v.Over {
			n.Note = m.T("simulate.over", "sum", wan(l, t.After-b))
		}
		v.Budget = &n
	}
	for _, c := range x.Changes {
		v.Changes = append(v.Changes, change{k.clause(l, c.Clause), c.From, c.To})
	}
	v.benefits(m)
	for _, g := range x.Groups {
		v.Groups = append(v.Groups, grouping{g.ID, m.T("simulate.by." + g.ID), groupTable(m, &g)})
	}
	v.Chart = chartOf(m, x.Chart)
	v.Sides = []side{
		{ID: "winners", Title: m.T("simulate.most_gain"), None: m.T("simulate.nobody_gains"), Rows: k.applicants(l, x.Winners, "good")},
		{ID: "losers", Title: m.T("simulate.most_lose"), None: m.T("simulate.nobody_loses"), Rows: k.applicants(l, x.Losers, "bad")},
	}
	v.Cliffs = &cliffsView{Says: m.T("simulate.cliffs_n", "before", x.Cliffs.Before, "after", x.Cliffs.After)}
	for _, c := range x.Cliffs.New {
		v.Cliffs.New = append(v.Cliffs.New, gov.Text{ZH: c.ZH, EN: c.EN}.In(l))
	}
	for _, c := range x.Cliffs.Gone {
		v.Cliffs.Gone = append(v.Cliffs.Gone, gov.Text{ZH: c.ZH, EN: c.EN}.In(l))
	}
	v.Facts = []fact{
		{Label: m.T("simulate.population"), Text: p.Name + m.T("simulate.population_of", "n", m.Number(int(x.Rows)), "year", x.FactsOf)},
		{Label: m.T("simulate.year"), Text: strconv.FormatInt(x.Question.Year, 10)}, {Label: m.T("simulate.docs"), Text: strings.Join(x.Question.Docs, m.T("list.separator"))},
		{Label: m.T("simulate.asked_by"), Text: v.run.By + m.T("simulate.on", "date", moment(v.run.At).In(l))},
		{Label: m.T("simulate.snapshot"), Code: x.Snapshot}, {Label: m.T("simulate.rules"), Code: x.Rules}, {Label: m.T("simulate.result"), Code: x.ID}, {Label: m.T("simulate.digest"), Code: v.run.Digest},
	}
}

// share is a part of a whole in percent, with a sign.
func share(m *ui.Messages, part, of int64) string {
	if of == 0 {
		return ""
	}
	s := strconv.FormatFloat(100*float64(part)/float64(of), 'f', 2, 64) + "%"
	if part > 0 {
		s = "+" + s
	}
	return s
}

// benefits are tables of those that change and of the others.
func (v *runView) benefits(m *ui.Messages) {
	l := m.Lang()
	columns := []ui.Column{{Label: m.T("simulate.benefit"), Main: true}, {Label: m.T("simulate.before"), Number: true}, {Label: m.T("simulate.after"), Number: true}, {Label: m.T("simulate.change"), Number: true},
		{Label: m.T("simulate.winners"), Number: true}, {Label: m.T("simulate.losers"), Number: true}}
	v.Benefits, v.Others = ui.Table{Caption: m.T("simulate.benefits"), Columns: columns}, ui.Table{Caption: m.T("simulate.unchanged"), Columns: columns}
	for i := range v.result.Benefits {
		b := &v.result.Benefits[i]
		before, after, diff := wan(l, b.Sum.Before), wan(l, b.Sum.After), signed(l, b.Sum.Change())
		if b.Title != "" {
			before, after, diff = m.T("simulate.granted_n", "n", m.Number(int(b.Sum.Had))), m.T("simulate.granted_n", "n", m.Number(int(b.Sum.Have))), m.Number(int(b.Sum.Have-b.Sum.Had))
		}
		to := &v.Others
		if b.Sum.Winners+b.Sum.Losers > 0 {
			to = &v.Benefits
		}
		to.Rows = append(to.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(b.Key), ui.TextCell(before), ui.TextCell(after), ui.TextCell(diff), ui.TextCell(m.Number(int(b.Sum.Winners))), ui.TextCell(m.Number(int(b.Sum.Losers)))}})
	}
}

// groupTable is the sums of one way of telling applicants apart; the bar is what is
// gained and lost.
func groupTable(m *ui.Messages, g *simulate.Grouping) ui.Table {
	l := m.Lang()
	most := int64(1)
	for i := range g.Parts {
		most = max(most, g.Parts[i].Sum.Gain+g.Parts[i].Sum.Loss)
	}
	t := ui.Table{Caption: m.T("simulate.by." + g.ID), Columns: []ui.Column{{Label: m.T("simulate.by." + g.ID), Main: true}, {Label: m.T("simulate.rows"), Number: true}, {Label: m.T("simulate.before"), Number: true}, {Label: m.T("simulate.after"), Number: true},
		{Label: m.T("simulate.change"), Number: true}, {Label: m.T("simulate.winners"), Number: true}, {Label: m.T("simulate.losers"), Number: true}, {Label: m.T("simulate.bar")}}}
	for i := range g.Parts {
		p := &g.Parts[i]
		name := p.Name
		if name == "" {
			name = m.T("simulate.unknown")
		}
		bar := ui.Bar{Title: name, Of: most}
		for _, s := range []ui.Segment{{N: p.Sum.Gain, Tone: "good", Label: m.T("simulate.gained")}, {N: p.Sum.Loss, Tone: "bad", Label: m.T("simulate.lost")}} {
			if s.N > 0 {
				bar.Segments = append(bar.Segments, s)
			}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(name), ui.TextCell(m.Number(int(p.Sum.Rows))), ui.TextCell(wan(l, p.Sum.Before)), ui.TextCell(wan(l, p.Sum.After)), ui.TextCell(signed(l, p.Sum.Change())),
			ui.TextCell(m.Number(int(p.Sum.Winners))), ui.TextCell(m.Number(int(p.Sum.Losers))), {Bar: bar}}})
	}
	return t
}

// applicants are those whose amounts change most.
func (k *Pages) applicants(l gov.Lang, list []simulate.Applicant, tone string) (out []applicantView) {
	exact := func(fen int64) string { return money.Fen(fen).In(l) }
	for i := range list {
		a := &list[i]
		v := applicantView{Name: a.Name, Code: a.Code, Before: exact(a.Before), After: exact(a.After), Change: signed(l, a.After-a.Before), Tone: tone}
		var words []string
		for _, g := range a.Groups {
			if g != "" {
				words = append(words, g)
			}
		}
		v.Groups = strings.Join(words, " · ")
		for _, w := range a.Why {
			v.Why = append(v.Why, reasonView{Benefit: w.Key, Before: exact(w.Before), After: exact(w.After), Was: k.steps(l, w.Was), Is: k.steps(l, w.Is)})
		}
		out = append(out, v)
	}
	return out
}

func (k *Pages) steps(l gov.Lang, list []simulate.Step) (out []stepView) {
	for i := range list {
		s := &list[i]
		words := s.Kind().In(l)
		if s.Label != "" {
			words = s.Label + gov.Text{ZH: "（" + words + "）", EN: " (" + words + ")"}.In(l)
		}
		if s.Entry > 0 {
			words += gov.Textf("，第 %d 项", ", entry %d", s.Entry).In(l)
		}
		v := stepView{Words: words + gov.Text{ZH: "：", EN: ": "}.In(l) + value(l, s), Pending: len(s.Pending) > 0}
		for _, c := range s.Clauses {
			v.Clauses = append(v.Clauses, k.clause(l, c))
		}
		out = append(out, v)
	}
	return out
}

// value is what a step comes to.
func value(l gov.Lang, s *simulate.Step) string {
	switch s.Type {
	case "money":
		return money.Fen(s.Value).As(l)
	case "ratio":
		return money.Ratio(s.Value).String()
	case "condition":
		if s.Value == 0 {
			return gov.Text{ZH: "不符合", EN: "not met"}.In(l)
		}
		return gov.Text{ZH: "符合", EN: "met"}.In(l)
	}
	return money.Grouped(s.Value, 0)
}

// clause is a clause as people cite it, with the document's page.
func (k *Pages) clause(l gov.Lang, s string) ui.Link {
	short, path, _ := strings.Cut(s, ":")
	out := ui.Link{Label: short + " " + explain.Citation(path, l)}
	for _, d := range k.Pack.Rules.Docs {
		if d.Short == short {
			out.Href = "/documents/" + library.SlugOf(&k.Pack.Gazette, d.Number, d.Title)
		}
	}
	return out
}

// send writes the result as a file: the groups, and in a workbook all the rest.
func (v *runView) send(m *ui.Messages, w http.ResponseWriter, f export.Format, name string) error {
	all := ui.Table{Caption: m.T("simulate.groups"), Columns: append([]ui.Column{{Label: m.T("simulate.group")}}, v.Groups[0].Table.Columns[:7]...)}
	all.Columns[1].Label = m.T("simulate.part")
	for _, g := range v.Groups {
		for _, row := range g.Table.Rows {
			all.Rows = append(all.Rows, ui.TableRow{Cells: append([]ui.Cell{ui.TextCell(g.Title)}, row.Cells[:7]...)})
		}
	}
	benefits := v.Benefits
	benefits.Caption = m.T("simulate.benefits")
	benefits.Rows = append(benefits.Rows[:len(benefits.Rows):len(benefits.Rows)], v.Others.Rows...)
	extremes := ui.Table{Caption: m.T("simulate.extremes"), Columns: []ui.Column{{Label: m.T("simulate.name")}, {Label: m.T("simulate.code")}}}
	for _, id := range population.GroupIDs {
		extremes.Columns = append(extremes.Columns, ui.Column{Label: m.T("simulate.by." + id)})
	}
	extremes.Columns = append(extremes.Columns, ui.Column{Label: m.T("simulate.before"), Number: true}, ui.Column{Label: m.T("simulate.after"), Number: true})
	for _, list := range [][]simulate.Applicant{v.result.Winners, v.result.Losers} {
		for _, a := range list {
			row := ui.TableRow{Cells: []ui.Cell{ui.TextCell(a.Name), ui.TextCell(a.Code)}}
			for _, g := range a.Groups {
				row.Cells = append(row.Cells, ui.TextCell(g))
			}
			row.Cells = append(row.Cells, ui.TextCell(money.Fen(a.Before).String()), ui.TextCell(money.Fen(a.After).String()))
			extremes.Rows = append(extremes.Rows, row)
		}
	}
	return export.Send(w, f, name, all, benefits, v.Chart.Table, extremes)
}
