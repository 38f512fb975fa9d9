package my

import (
	"net/http"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// listView is what somebody reported.
type listView struct {
	Address string // masked; "" of somebody who did not sign in
	Rows    []listRow
	More    string
	Mails   string // where what they follow by mail is listed, or ""
	Acts    bool   // somebody signed in, who may act for organisations
	Earned  bool   // something can be earned by reports
	Report  string // where to report something, "" where nothing can be
}

// listRow is one report.
type listRow struct {
	Href   string
	Number string
	Title  string // of its procedure
	Text   string // its subject
	Chips  []ui.Chip
	Opened int64
}

// piece is how many reports a page lists.
const piece = 20

// showList lists what the visitor reported: what is theirs by the address they
// signed in with, and what the browser has links of.
func (k *My) showList(w http.ResponseWriter, v *visit) error {
	if !v.signed && len(v.followed) == 0 {
		return see(w, v, Root+"/login")
	}
	view := listView{}
	list := v.followed
	if v.signed {
		view.Address = v.session.Address.Masked()
		page, err := k.Register.Mine(v.Context(), v.session, gov.Page{After: v.URL.Query().Get("after"), Limit: piece})
		if err != nil {
			return err
		}
		if v.URL.Query().Get("after") != "" {
			list = nil
		}
		there := map[gov.ID]bool{}
		for _, c := range page.Items {
			there[c.ID] = true
		}
		all := page.Items
		for _, c := range list {
			if !there[c.ID] {
				all = append(all, c)
			}
		}
		list = all
		if page.Next != "" {
			view.More = ui.With(Root, "after", page.Next)
		}
	}
	for _, c := range list {
		row, err := k.row(v, c)
		if gov.CodeOf(err) == gov.NotFound { // a report that was not finished
			continue
		}
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, row)
	}
	if v.signed {
		follows, err := k.Register.SubscriptionsOf(v.Context(), v.session)
		if err != nil {
			return err
		}
		if len(follows) > 0 {
			view.Mails = residents.SubscriptionsPath + k.Register.ManageToken(follows[0].ID)
		}
	}
	view.Acts = v.signed && k.Acts != nil
	view.Earned = v.signed && slices.ContainsFunc(k.Casework.Pack().Procedures, func(p *procedure.Procedure) bool { return p.Earns != nil })
	if len(k.Casework.PublicStarts(k.Clock())) > 0 {
		view.Report = ReportRoot
	}
	return k.list.Render(w, v.Request, http.StatusOK, frame(v.T("my.title")), view)
}

func (k *My) row(v *visit, c residents.Contact) (listRow, error) {
	s, err := k.Casework.ResidentSheet(v.Context(), k.resident(c), c.Case)
	if err != nil {
		return listRow{}, err
	}
	row := listRow{Href: CasePath(c.Case), Number: s.Number, Title: s.Under.Procedure.Title.In(v.Lang()), Text: s.Subject, Opened: s.Opened,
		Chips: []ui.Chip{{Label: s.State.Name.In(v.Lang()), Tone: "info"}}}
	if Waits(s) {
		row.Chips = append(row.Chips, ui.Chip{Label: v.T("my.your_turn"), Tone: "warn"})
	}
	return row, nil
}

// find leads from the number of a report to its page: everybody's, if everybody
// may see the case. Of any other it says the same, whether or not there is one.
func (k *My) find(w http.ResponseWriter, v *visit) error {
	number := v.URL.Query().Get("number")
	view := stepView{Lede: v.T("my.find_lede"), Rules: []string{v.T("my.find_rule_link"), v.T("my.find_rule_public")},
		Form: ui.Form{ID: "find", Action: Root + "/find", Submit: v.T("my.find_go"), Fields: []ui.Field{
			{Name: "number", Kind: "text", Label: v.T("my.number"), Hint: v.T("my.number_hint"), Value: number, Required: true},
		}},
		Other: []ui.Link{{Href: Root + "/login", Label: v.T("my.login")}}}
	if number == "" {
		return k.showStep(w, v, v.T("my.find"), view, "", nil)
	}
	s, err := k.Casework.PublicCase(v.Context(), number, k.Clock())
	if gov.CodeOf(err) == gov.NotFound {
		err = gov.Errorf(gov.NotFound, "没有查到这个编号的公开办理情况。请核对编号；未公开的请用查询链接或验证码登录查看。",
			"Nothing is public under this number. Check it; what is not public is found by your link, or signed in with a code.")
		return k.showStep(w, v, v.T("my.find"), view, "number", err)
	}
	if err != nil {
		return err
	}
	return see(w, v, progress.CasePath(s.Number))
}
