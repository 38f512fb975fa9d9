package funds

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

// claims is what has to come back.
func (k *Pages) claims(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	list, err := k.Funds.Claims(r.Context(), as(r), "")
	if err != nil {
		return err
	}
	format := export.FormatOf(r.URL.Path)
	t := k.claimTable(m, list, format != "")
	if format != "" {
		return export.Send(w, format, "fund-claims", t)
	}
	t.Exports = export.Links(r, claimsPath+"/claims")
	return k.render(w, r, http.StatusOK, m.T("funds.claims"), pageView{Crumbs: []ui.Link{home(m)}, Lede: m.T("funds.claims_lede"), Parts: []part{{ID: "claims", Title: m.T("funds.claims_all"), Table: t, Empty: m.T("funds.no_claims")}}})
}

func (k *Pages) claimChip(m *ui.Messages, c fund.Claim) ui.Chip {
	if c.Overdue(gov.DateOf(k.Clock())) {
		return ui.Chip{Label: m.T("funds.overdue"), Tone: "bad"}
	}
	return ui.Chip{Label: m.T("funds.claim_state." + string(c.State)), Tone: map[fund.ClaimState]string{fund.Claimed: "warn", fund.Settled: "good", fund.Withdrawn: "quiet"}[c.State]}
}

func (k *Pages) claimTable(m *ui.Messages, list []fund.Claim, plain bool) ui.Table {
	t := ui.Table{Caption: m.T("funds.claims"), Columns: []ui.Column{{Label: m.T("funds.subject_name"), Main: true}, {Label: m.T("funds.case")}, {Label: m.T("funds.claimed"), Number: true}, {Label: m.T("funds.received"), Number: true}, {Label: m.T("funds.due"), Narrow: true}, {Label: m.T("funds.state"), Narrow: true}, {Label: m.T("funds.reason")}}}
	for _, c := range list {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: claimsPath + "/" + c.ID.String(), Label: c.Name}}}, caseCell(m, c.Case, c.Number), amount(m, c.Amount, plain), amount(m, c.Received, plain), {Date: c.Due}, {Chips: []ui.Chip{k.claimChip(m, c)}}, ui.TextCell(c.Reason)}})
	}
	return t
}

func (k *Pages) showClaim(w http.ResponseWriter, r *http.Request) error {
	return k.renderClaim(w, r, "", nil)
}

func (k *Pages) renderClaim(w http.ResponseWriter, r *http.Request, did string, failed error) error {
	m, by := k.Engine.For(r), as(r)
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := k.Funds.ClaimOf(r.Context(), by, id)
	if err != nil {
		return err
	}
	v := pageView{Crumbs: []ui.Link{home(m), {Href: claimsPath, Label: m.T("funds.claims")}}, Lead: c.Subject, Chips: []ui.Chip{k.claimChip(m, c)},
		Numbers: []number{{m.Money(c.Amount), m.T("funds.claimed"), ""}, {m.Money(c.Received), m.T("funds.received"), share(m, c.Received, c.Amount)}, {m.Money(c.Amount - c.Received), m.T("funds.missing"), ""}},
		Facts:   []fact{{m.T("funds.case"), caseCell(m, c.Case, c.Number)}, {m.T("funds.promise"), ui.Cell{Links: []ui.Link{{Href: promisePath + c.Promise.String(), Label: c.Name}}}}, {m.T("funds.due"), ui.Cell{Date: c.Due}}, {m.T("funds.reason"), ui.TextCell(c.Reason)}, {m.T("funds.clause"), ui.TextCell(c.Clause)}}}
	t := ui.Table{Caption: m.T("funds.receipts"), Columns: []ui.Column{{Label: m.T("funds.came_on"), Lead: true}, {Label: m.T("funds.bank_reference"), Main: true}, {Label: m.T("funds.amount_yuan"), Number: true}, {Label: m.T("funds.entered_by")}}}
	for _, x := range c.Receipts {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Date: x.On}, ui.TextCell(x.Reference), amount(m, x.Amount, false), ui.TextCell(x.By)}})
	}
	receipts := part{ID: "receipts", Title: m.T("funds.receipts"), Table: t, Empty: m.T("funds.no_receipts")}
	if c.State == fund.Claimed && can(by, policy.KeepFunds) {
		f := ui.Form{ID: "receive", Action: claimsPath + "/" + id.String() + "/receive", Post: true, Submit: m.T("funds.enter_receipt"), Fields: receiptFields(m, gov.DateOf(k.Clock()))}
		if did == "receive" {
			if err := mended(m, &f, r, failed); err != nil {
				return err
			}
		}
		receipts.Forms = []ui.Form{f}
	}
	v.Parts = []part{receipts}
	if c.State == fund.Claimed && can(by, policy.ApprovePayments) {
		f := ui.Form{ID: "withdraw", Action: claimsPath + "/" + id.String() + "/withdraw", Post: true, Danger: true, Submit: m.T("funds.unclaim"), Fields: []ui.Field{{Name: "reason", Kind: "text", Label: m.T("funds.reason"), Required: true}}}
		if did == "withdraw" {
			if err := mended(m, &f, r, failed); err != nil {
				return err
			}
		}
		v.Parts = append(v.Parts, part{ID: "unclaim", Title: m.T("funds.unclaim"), Forms: []ui.Form{f}})
	}
	status := http.StatusOK
	if failed != nil {
		status = ui.Status(gov.CodeOf(failed))
	}
	return k.render(w, r, status, m.T("funds.claim_of", "who", c.Name), v)
}

func (k *Pages) actOnClaim(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	by, do := as(r), r.PathValue("do")
	switch do {
	case "receive":
		var x fund.Receipt
		if x, err = receiptOf(r); err == nil {
			err = k.Funds.Receive(r.Context(), by, id, x)
		}
	case "withdraw":
		err = k.Funds.Unclaim(r.Context(), by, id, r.PostFormValue("reason"))
	default:
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err != nil {
		return k.renderClaim(w, r, do, err)
	}
	http.Redirect(w, r, claimsPath+"/"+id.String(), http.StatusSeeOther)
	return nil
}
