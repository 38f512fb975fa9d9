package funds

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/ui"
)

// What is done with budgets.
var budgetActs = []string{"set", "raise", "move", "close"}

func (k *Pages) showBudget(w http.ResponseWriter, r *http.Request) error {
	return k.renderBudget(w, r, r.URL.Query().Get("do"), nil)
}

func (k *Pages) renderBudget(w http.ResponseWriter, r *http.Request, do string, failed error) error {
	m, by := k.Engine.For(r), as(r)
	if err := people.Can(by, policy.KeepFunds, people.Object{}); err != nil {
		return err
	}
	if !slices.Contains(budgetActs, do) {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	f := ui.Form{ID: "budget", Action: budgetPath, Post: true, Submit: m.T("funds.do." + do), Danger: do == "close", Fields: []ui.Field{{Name: "do", Kind: "hidden", Value: do}}}
	pots, err := k.Funds.Pots(r.Context(), by, "", yearOf(r))
	if err != nil {
		return err
	}
	choose := ui.Option{Label: m.T("registers.choose")}
	list := []ui.Option{choose}
	for _, p := range pots {
		if !p.Closed {
			list = append(list, ui.Option{Value: p.ID, Group: p.Programme + " · " + strconv.Itoa(p.Year), Label: m.T("funds.pot_free", "item", itemName(m, p.Item), "free", amount(m, p.Free(), false).Text)})
		}
	}
	reason := ui.Field{Name: "reason", Kind: "text", Label: m.T("funds.reason"), Hint: m.T("funds.reason_hint"), Required: true}
	sum := ui.Field{Name: "amount", Kind: "money", Suffix: m.T("form.yuan"), Label: m.T("funds.amount"), Hint: m.T("form.money_hint"), Required: true}
	switch do {
	case "set":
		items := ui.Field{Name: "item", Kind: "select", Label: m.T("funds.item"), Hint: m.T("funds.item_hint"), Required: true, Options: []ui.Option{choose}}
		for _, programme := range k.Funds.Programmes() {
			items.Options = append(items.Options, ui.Option{Value: programme + "/", Label: m.T("funds.whole"), Group: programme})
			for _, item := range k.Funds.Items(programme) {
				items.Options = append(items.Options, ui.Option{Value: programme + "/" + item, Label: itemName(m, item), Group: programme})
			}
		}
		f.Fields = append(f.Fields, items, ui.Field{Name: "year", Kind: "number", Label: m.T("funds.year_column"), Required: true, Value: strconv.Itoa(gov.DateOf(k.Clock()).Year)}, sum, reason)
	case "raise":
		sum.Hint = m.T("funds.raise_hint")
		f.Fields = append(f.Fields, ui.Field{Name: "pot", Kind: "select", Label: m.T("funds.which"), Required: true, Options: list}, sum, reason)
	case "move":
		f.Fields = append(f.Fields, ui.Field{Name: "pot", Kind: "select", Label: m.T("funds.from"), Required: true, Options: list}, ui.Field{Name: "to", Kind: "select", Label: m.T("funds.to"), Required: true, Options: list}, sum, reason)
	case "close":
		years := []ui.Option{choose}
		for _, p := range pots {
			o := ui.Option{Value: p.Programme + "/" + strconv.Itoa(p.Year), Label: m.T("funds.programme_year", "programme", p.Programme, "year", strconv.Itoa(p.Year))}
			if !p.Closed && !slices.Contains(years, o) {
				years = append(years, o)
			}
		}
		f.Lines = []ui.Line{{Text: m.T("funds.close_hint")}}
		f.Fields = append(f.Fields, ui.Field{Name: "year", Kind: "select", Label: m.T("funds.year_column"), Required: true, Options: years}, reason)
	}
	status := http.StatusOK
	if failed != nil {
		status = http.StatusUnprocessableEntity
	}
	if err := mended(m, &f, r, failed); err != nil {
		return err
	}
	return k.render(w, r, status, m.T("funds.do."+do), pageView{Crumbs: []ui.Link{home(m)}, Parts: []part{{ID: "form", Title: m.T("funds.fill"), Forms: []ui.Form{f}}}})
}

func (k *Pages) sendBudget(w http.ResponseWriter, r *http.Request) error {
	by, do := as(r), r.PostFormValue("do")
	if !slices.Contains(budgetActs, do) {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	b := fund.Budget{Reason: r.PostFormValue("reason")}
	err := func() (err error) {
		switch do {
		case "set":
			ok := false
			if b.Programme, b.Item, ok = strings.Cut(r.PostFormValue("item"), "/"); !ok {
				return gov.Errorf(gov.Invalid, "请选择", "choose one").On("item")
			}
			if b.Year, err = strconv.Atoi(strings.TrimSpace(r.PostFormValue("year"))); err != nil {
				return gov.Errorf(gov.Invalid, "请填写年度", "give the year").On("year")
			}
			if b.Amount, err = fen(r, "amount", false); err != nil {
				return err
			}
			return k.Funds.SetBudget(r.Context(), by, b)
		case "close":
			programme, year, _ := strings.Cut(r.PostFormValue("year"), "/")
			if b.Year, err = strconv.Atoi(year); err != nil {
				return gov.Errorf(gov.Invalid, "请选择", "choose one").On("year")
			}
			b.Programme = programme
			return k.Funds.CloseYear(r.Context(), by, b)
		}
		if err := parsePot(r.PostFormValue("pot"), &b); err != nil {
			return err.On("pot")
		}
		if b.Amount, err = fen(r, "amount", do == "raise"); err != nil {
			return err
		}
		if do == "raise" {
			return k.Funds.RaiseBudget(r.Context(), by, b)
		}
		to := fund.Budget{}
		if err := parsePot(r.PostFormValue("to"), &to); err != nil {
			return err.On("to")
		}
		return k.Funds.MoveBudget(r.Context(), by, b, r.PostFormValue("to"))
	}()
	if err != nil {
		return k.renderBudget(w, r, do, err)
	}
	year := ""
	if b.Year > 0 {
		year = strconv.Itoa(b.Year)
	}
	http.Redirect(w, r, ui.With(Root, "year", year), http.StatusSeeOther)
	return nil
}

// parsePot reads the id of a pot.
func parsePot(id string, b *fund.Budget) *gov.Error {
	parts := strings.SplitN(id, "/", 3)
	if len(parts) != 3 {
		return gov.Errorf(gov.Invalid, "请选择", "choose one")
	}
	year, err := strconv.Atoi(parts[1])
	if err != nil {
		return gov.Errorf(gov.Invalid, "请选择", "choose one")
	}
	b.Programme, b.Year, b.Item = parts[0], year, parts[2]
	return nil
}
