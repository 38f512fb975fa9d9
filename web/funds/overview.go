package funds

import (
	"net/http"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// overview is the budgets of a year.
func (k *Pages) overview(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), as(r)
	all, err := k.Funds.Pots(r.Context(), by, "", 0)
	if err != nil {
		return err
	}
	year, years := yearOf(r), []int{}
	for _, p := range all {
		if !slices.Contains(years, p.Year) {
			years = append(years, p.Year)
		}
	}
	slices.Sort(years)
	if year == 0 && len(years) > 0 {
		year = years[len(years)-1]
		if this := gov.DateOf(k.Clock()).Year; slices.Contains(years, this) {
			year = this
		}
	}
	var list []fund.Pot
	for _, p := range all {
		if p.Year == year {
			list = append(list, p)
		}
	}
	format := export.FormatOf(r.URL.Path)
	table := potTable(m, list, format != "")
	if format != "" {
		return export.Send(w, format, "funds-"+strconv.Itoa(year), table)
	}
	table.Exports = export.Links(r, Root+"/budgets")
	v := pageView{Lede: m.T("funds.lede"), Parts: []part{{ID: "budgets", Title: m.T("funds.budgets_of", "year", strconv.Itoa(year)), Hint: m.T("funds.bar_hint"), Table: table, Empty: m.T("funds.no_budget")}}}
	if year == 0 {
		v.Parts[0].Title = m.T("funds.budgets")
	}
	for _, y := range years {
		l := ui.Link{Label: m.T("funds.year", "year", strconv.Itoa(y))}
		if y != year {
			l.Href = ui.With(Root, "year", strconv.Itoa(y))
		}
		v.Years = append(v.Years, l)
	}
	var sum fund.Pot
	for _, p := range list {
		sum.Budget, sum.Committed, sum.Paid, sum.Returned = sum.Budget+p.Budget, sum.Committed+p.Committed, sum.Paid+p.Paid, sum.Returned+p.Returned
	}
	free := int64(0)
	for _, p := range list {
		free += p.Free()
	}
	v.Numbers = []number{
		{m.Money(sum.Budget), m.T("funds.budget"), m.T("funds.budget_note", "n", len(list))},
		{m.Money(sum.Committed), m.T("funds.committed"), share(m, sum.Committed, sum.Budget)},
		{m.Money(sum.Paid), m.T("funds.paid"), share(m, sum.Paid, sum.Committed)},
		{m.Money(sum.Returned), m.T("funds.returned"), m.T("funds.returned_note")},
		{m.Money(free), m.T("funds.free"), share(m, free, sum.Budget)},
	}
	waits, err := k.Funds.Payable(r.Context(), by)
	if err != nil {
		return err
	}
	claims, err := k.Funds.Claims(r.Context(), by, "")
	if err != nil {
		return err
	}
	due, overdue := 0, 0
	for _, c := range claims {
		if c.State == fund.Claimed {
			due++
		}
		if c.Overdue(gov.DateOf(k.Clock())) {
			overdue++
		}
	}
	total := int64(0)
	for _, p := range waits {
		total += p.Total
	}
	if overdue > 0 {
		v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.overdue_n", "n", overdue), Tone: "warn"})
	}
	if can(by, policy.KeepFunds) {
		v.Ways = append(v.Ways, ui.Link{Href: batchesPath + "/new", Label: m.T("funds.prepare_n", "n", len(waits))}, ui.Link{Href: ui.With(budgetPath, "do", "set"), Label: m.T("funds.do.set")})
	}
	v.Ways = append(v.Ways, ui.Link{Href: batchesPath, Label: m.T("funds.batches"), Note: "-"}, ui.Link{Href: claimsPath, Label: m.T("funds.claims_n", "n", due), Note: "-"}, ui.Link{Href: subjectPath, Label: m.T("funds.subject"), Note: "-"})
	if can(by, policy.KeepFunds) && len(list) > 0 {
		for _, do := range []string{"raise", "move", "close"} {
			v.Ways = append(v.Ways, ui.Link{Href: ui.With(budgetPath, "do", do, "year", strconv.Itoa(year)), Label: m.T("funds.do." + do), Note: "-"})
		}
	}
	if can(by, policy.ApprovePayments) {
		batches, err := k.Funds.Batches(r.Context(), by, gov.Page{Limit: perPage})
		if err != nil {
			return err
		}
		n := 0
		for _, b := range batches.Items {
			if b.State == fund.Prepared && b.Maker != by.Person {
				n++
			}
		}
		if n > 0 {
			v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.to_sign", "n", n), Tone: "info"})
			v.Ways = append([]ui.Link{{Href: batchesPath, Label: m.T("funds.sign")}}, v.Ways...)
		}
	} else if len(waits) > 0 {
		v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.waits", "n", len(waits), "sum", m.Money(total)), Tone: "info"})
	}
	return k.render(w, r, http.StatusOK, m.T("staff.funds"), v)
}

// share is a part of a sum in per cent.
func share(m *ui.Messages, part, of int64) string {
	if of <= 0 {
		return ""
	}
	return m.T("funds.share", "n", strconv.FormatFloat(float64(part)*100/float64(of), 'f', 1, 64))
}

// potTable is budgets with their balances.
func potTable(m *ui.Messages, list []fund.Pot, plain bool) ui.Table {
	t := ui.Table{Caption: m.T("funds.budgets"), Columns: []ui.Column{{Label: m.T("funds.programme"), Lead: true}, {Label: m.T("funds.item"), Main: true}, {Label: m.T("funds.budget_yuan"), Number: true}, {Label: m.T("funds.committed"), Number: true},
		{Label: m.T("funds.paid"), Number: true}, {Label: m.T("funds.returned"), Number: true}, {Label: m.T("funds.free"), Number: true}}}
	if !plain {
		t.Columns = append(t.Columns, ui.Column{Label: m.T("funds.use")})
	}
	for _, p := range list {
		name := ui.Cell{Links: []ui.Link{{Href: potLink(p.ID), Label: itemName(m, p.Item)}}}
		if p.Closed {
			name.Chips = []ui.Chip{{Label: m.T("funds.closed"), Tone: "quiet"}}
		}
		cells := []ui.Cell{ui.TextCell(p.Programme), name, amount(m, p.Budget, plain), amount(m, p.Committed, plain), amount(m, p.Paid, plain), amount(m, p.Returned, plain), amount(m, p.Free(), plain)}
		if !plain {
			cells = append(cells, ui.Cell{Bar: bar(m, p)})
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	return t
}

// bar is how a budget is used, in whole thousandths so that what it says can be read.
func bar(m *ui.Messages, p fund.Pot) ui.Bar {
	if p.Budget <= 0 {
		return ui.Bar{}
	}
	b := ui.Bar{Title: m.T("funds.use"), Of: 100}
	pct := func(n int64) int64 { return (n*100 + p.Budget/2) / p.Budget }
	for _, s := range []ui.Segment{{N: pct(p.Paid), Tone: "good", Label: m.T("funds.paid_pct")}, {N: pct(p.Committed) - pct(p.Paid), Tone: "warn", Label: m.T("funds.unpaid_pct")}, {N: 100 - pct(p.Committed), Tone: "quiet", Label: m.T("funds.free_pct")}} {
		if s.N > 0 {
			b.Segments = append(b.Segments, s)
		}
	}
	return b
}

// pot is one budget: what was promised from it, and its journal.
func (k *Pages) pot(w http.ResponseWriter, r *http.Request) error {
	m, by, id := k.Engine.For(r), as(r), r.URL.Query().Get("id")
	all, err := k.Funds.Pots(r.Context(), by, "", 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p fund.Pot) bool { return p.ID == id })
	if i < 0 {
		return gov.Errorf(gov.NotFound, "没有这项预算。", "There is no such budget.")
	}
	p, format := all[i], export.FormatOf(r.URL.Path)
	page := gov.Page{After: r.URL.Query().Get("after"), Limit: perPage}
	if format != "" {
		page = gov.Page{Limit: export.MaxRows}
	}
	promises, err := k.Funds.Promises(r.Context(), by, fund.Query{Pot: id}, page)
	if err != nil {
		return err
	}
	moves, err := k.Funds.Moves(r.Context(), by, fund.MoveQuery{Pot: id}, gov.Page{Limit: page.Limit})
	if err != nil {
		return err
	}
	plain := format != ""
	promised, moved := promiseTable(m, promises.Items, plain), moveTable(m, moves.Items, plain)
	switch {
	case plain && r.URL.Path == potPath+"/moves."+string(format):
		return export.Send(w, format, "fund-moves", moved)
	case plain:
		return export.Send(w, format, "fund-commitments", promised)
	}
	promised.Exports, moved.Exports = export.Links(r, potPath+"/promises"), export.Links(r, potPath+"/moves")
	v := pageView{Crumbs: []ui.Link{home(m), {Href: ui.With(Root, "year", strconv.Itoa(p.Year)), Label: m.T("funds.year", "year", strconv.Itoa(p.Year))}}, Lead: p.Programme,
		Numbers: []number{{m.Money(p.Budget), m.T("funds.budget"), ""}, {m.Money(p.Committed), m.T("funds.committed"), share(m, p.Committed, p.Budget)}, {m.Money(p.Paid), m.T("funds.paid"), share(m, p.Paid, p.Committed)},
			{m.Money(p.Returned), m.T("funds.returned"), ""}, {m.Money(p.Free()), m.T("funds.free"), share(m, p.Free(), p.Budget)}},
		Facts: []fact{{m.T("funds.use"), ui.Cell{Bar: bar(m, p)}}},
		Parts: []part{{ID: "promises", Title: m.T("funds.promises"), Table: promised, Empty: m.T("funds.no_promises"), Pager: ui.PagerOf(r, promises)},
			{ID: "moves", Title: m.T("funds.moves"), Hint: m.T("funds.moves_hint"), Table: moved, Empty: m.T("funds.no_moves")}}}
	if p.Closed {
		v.Chips = []ui.Chip{{Label: m.T("funds.closed"), Tone: "quiet"}}
	}
	if p.Budget <= 0 {
		v.Facts = nil
	}
	return k.render(w, r, http.StatusOK, m.T("funds.pot_title", "year", strconv.Itoa(p.Year), "item", itemName(m, p.Item)), v)
}

func promiseTable(m *ui.Messages, list []fund.Promise, plain bool) ui.Table {
	t := ui.Table{Caption: m.T("funds.promises"), Columns: []ui.Column{{Label: m.T("funds.subject_name"), Main: true}, {Label: m.T("funds.case")}, {Label: m.T("funds.benefits")}, {Label: m.T("funds.amount"), Number: true}, {Label: m.T("funds.state"), Narrow: true}, {Label: m.T("funds.paid_on"), Narrow: true}}}
	for _, p := range list {
		names := ""
		for i, l := range p.Lines {
			if i > 0 {
				names += m.T("funds.comma")
			}
			names += benefitName(l.Benefit)
		}
		number := caseCell(m, p.Case, p.Number)
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: promisePath + p.ID.String(), Label: p.SubjectName}}}, number, ui.TextCell(names), amount(m, p.Total, plain), {Chips: []ui.Chip{stateChip(m, p.State)}}, {Date: p.On}}})
	}
	return t
}

func moveTable(m *ui.Messages, list []fund.Move, plain bool) ui.Table {
	t := ui.Table{Caption: m.T("funds.moves"), Columns: []ui.Column{{Label: m.T("funds.when"), Lead: true}, {Label: m.T("funds.kind"), Main: true}, {Label: m.T("funds.budget"), Number: true}, {Label: m.T("funds.committed"), Number: true}, {Label: m.T("funds.paid"), Number: true}, {Label: m.T("funds.returned"), Number: true}, {Label: m.T("funds.reason")}}}
	for _, x := range list {
		kind := ui.Cell{Links: []ui.Link{{Label: m.T("funds.move." + x.Kind)}}}
		if !x.Promise.IsZero() {
			kind.Links[0].Href = promisePath + x.Promise.String()
			kind.Links[0].Note = benefitName(x.Benefit)
		}
		why := x.Reason
		if by := person(m, x.Person); by != "" {
			why += m.T("funds.by", "who", by)
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(m.Minute(x.ID.Time().UnixMilli())), kind, delta(m, x.Budget, plain), delta(m, x.Commit, plain), delta(m, x.Pay, plain), delta(m, x.Return, plain), ui.TextCell(why)}})
	}
	return t
}

// person is who moved money: a name, or "" of a step of a case.
func person(m *ui.Messages, name string) string {
	switch gov.ActorKind(name) {
	case gov.StaffActor, gov.SystemActor, gov.ApplicantActor, gov.ProgramActor, gov.OperatorActor, "":
		return ""
	}
	return name
}

// public is the sums everybody sees.
func (k *Pages) public(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	list, err := k.Funds.Totals(r.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b fund.Total) int { return b.Year - a.Year })
	format := export.FormatOf(r.URL.Path)
	plain := format != ""
	t := ui.Table{Caption: m.T("funds.public"), Columns: []ui.Column{{Label: m.T("funds.year_column"), Lead: true}, {Label: m.T("funds.programme"), Main: true}, {Label: m.T("funds.budget_yuan"), Number: true}, {Label: m.T("funds.committed"), Number: true}, {Label: m.T("funds.paid"), Number: true}, {Label: m.T("funds.returned"), Number: true}, {Label: m.T("funds.subjects"), Number: true}}}
	if !plain {
		t.Columns = append(t.Columns, ui.Column{Label: m.T("funds.use")})
	}
	for _, x := range list {
		title := x.Programme
		if p := k.Pack.Rules; p != nil {
			for _, d := range p.Docs {
				if d.Short == x.Programme {
					title = x.Programme + " " + d.Title
				}
			}
		}
		cells := []ui.Cell{ui.TextCell(strconv.Itoa(x.Year)), ui.TextCell(title), amount(m, x.Budget, plain), amount(m, x.Committed, plain), amount(m, x.Paid, plain), amount(m, x.Returned, plain), ui.TextCell(strconv.Itoa(x.Subjects))}
		if !plain {
			cells = append(cells, ui.Cell{Bar: bar(m, fund.Pot{Budget: x.Budget, Committed: x.Committed, Paid: x.Paid})})
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: cells})
	}
	if plain {
		return export.Send(w, format, "support-funds", t)
	}
	t.Exports = export.Links(r, PublicRoot)
	v := pageView{Crumbs: []ui.Link{{Href: "/programmes", Label: m.T("nav.programmes")}}, Lede: m.T("funds.public_lede"),
		Parts: []part{{ID: "sums", Title: m.T("funds.public_by_year"), Hint: m.T("funds.public_hint"), Table: t, Empty: m.T("funds.no_budget")}}}
	return k.page.Render(w, r, http.StatusOK, ui.Frame{Section: "programmes", Title: m.T("funds.public"), Description: m.T("funds.public_lede")}, v)
}
