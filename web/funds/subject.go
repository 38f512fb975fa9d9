package funds

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/ui"
)

// subject is the account of a subject: everything it was promised and paid.
func (k *Pages) subject(w http.ResponseWriter, r *http.Request) error {
	m, by, code := k.Engine.For(r), as(r), strings.TrimSpace(r.URL.Query().Get("code"))
	f := ui.Form{ID: "find", Action: subjectPath, Inline: true, Submit: m.T("funds.find"), Fields: []ui.Field{{Name: "code", Kind: "search", Label: m.T("funds.code"), Value: code}}}
	list, err := k.Funds.Promises(r.Context(), by, fund.Query{Subject: code}, gov.Page{Limit: 500})
	if err != nil {
		return err
	}
	v := pageView{Crumbs: []ui.Link{home(m)}, Lede: m.T("funds.subject_lede"), Parts: []part{{ID: "find-subject", Title: m.T("funds.find_title"), Forms: []ui.Form{f}}}}
	if code == "" {
		// Without a code: those with the latest promises.
		seen, recent := map[string]bool{}, part{ID: "recent", Title: m.T("funds.recent"), Empty: m.T("funds.no_promises")}
		for _, p := range list.Items {
			if !seen[p.Subject] && len(seen) < 20 {
				seen[p.Subject] = true
				recent.Rows = append(recent.Rows, ui.Row{Href: subjectLink(p.Subject), Title: p.SubjectName, Meta: []string{p.Subject}})
			}
		}
		v.Parts = append(v.Parts, recent)
		return k.render(w, r, http.StatusOK, m.T("funds.subject"), v)
	}
	if len(list.Items) == 0 {
		v.Parts[0].Empty = m.T("funds.no_subject")
		return k.render(w, r, http.StatusOK, m.T("funds.subject"), v)
	}
	p, err := k.Funds.Paid(r.Context(), code)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: m.T("funds.counts"), Columns: []ui.Column{{Label: m.T("funds.year_column"), Lead: true}, {Label: m.T("funds.programme"), Narrow: true}, {Label: m.T("funds.benefit"), Main: true}, {Label: m.T("funds.key")}, {Label: m.T("funds.amount_yuan"), Number: true}}}
	sum := int64(0)
	for _, x := range p.Payments {
		doc, name, _ := strings.Cut(x.Benefit, ".")
		sum += x.Amount
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.Itoa(x.Year)), ui.TextCell(doc), ui.TextCell(name), ui.TextCell(x.Key), amount(m, x.Amount, false)}})
	}
	paid, back := int64(0), int64(0)
	for _, x := range list.Items {
		if x.State == fund.Paid {
			paid, back = paid+x.Total, back+x.Returned()
		}
	}
	moves, err := k.Funds.Moves(r.Context(), by, fund.MoveQuery{Subject: code}, gov.Page{Limit: perPage})
	if err != nil {
		return err
	}
	claims, err := k.Funds.Claims(r.Context(), by, code)
	if err != nil {
		return err
	}
	v.Lead = code
	v.Numbers = []number{{m.Money(sum), m.T("funds.counts_sum"), m.T("funds.version_n", "n", int(p.Version))}, {m.Money(paid), m.T("funds.paid"), ""}, {m.Money(back), m.T("funds.returned"), ""}}
	v.Parts = []part{{ID: "counts", Title: m.T("funds.counts"), Hint: m.T("funds.counts_hint"), Table: t, Empty: m.T("funds.nothing_counts")},
		{ID: "promises", Title: m.T("funds.promises"), Table: promiseTable(m, list.Items, false)},
		{ID: "claims", Title: m.T("funds.claims"), Table: k.claimTable(m, claims, false), Empty: m.T("funds.no_claims")},
		{ID: "moves", Title: m.T("funds.moves"), Hint: m.T("funds.moves_hint"), Table: moveTable(m, moves.Items, false)}, v.Parts[0]}
	return k.render(w, r, http.StatusOK, list.Items[0].SubjectName, v)
}

func (k *Pages) showPromise(w http.ResponseWriter, r *http.Request) error {
	return k.renderPromise(w, r, "", nil, nil)
}

// renderPromise shows a commitment, with the form of an action that failed, or an
// account in full.
func (k *Pages) renderPromise(w http.ResponseWriter, r *http.Request, did string, failed error, full *fund.Payee) error {
	m, by := k.Engine.For(r), as(r)
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := k.Funds.Promise(r.Context(), by, id)
	if err != nil {
		return err
	}
	self := promisePath + id.String() + "/"
	v := pageView{Crumbs: []ui.Link{home(m), {Href: subjectLink(p.Subject), Label: p.SubjectName}}, Lead: p.Subject, Chips: []ui.Chip{stateChip(m, p.State)}}
	v.Numbers = []number{{m.Money(p.Total), m.T("funds.amount"), ""}}
	if back := p.Returned(); back > 0 {
		v.Numbers = append(v.Numbers, number{m.Money(back), m.T("funds.returned"), ""})
	}
	v.Facts = []fact{{m.T("funds.case"), caseCell(m, p.Case, p.Number)}, {m.T("funds.purpose"), ui.TextCell(p.Purpose)}, {m.T("funds.promised_at"), ui.TextCell(m.Minute(p.At))}, {m.T("funds.computed_on"), ui.TextCell(m.T("funds.version_n", "n", int(p.Version)))}}
	for _, x := range []struct{ key, digest string }{{"rules", p.Basis.Rules}, {"facts", p.Basis.Facts}, {"result", p.Basis.Result}} {
		if x.digest != "" {
			v.Facts = append(v.Facts, fact{m.Of("funds.basis.", x.key), ui.Cell{Code: x.digest}})
		}
	}
	if !p.From.IsZero() {
		v.Facts = append(v.Facts, fact{m.T("funds.payable_from"), ui.Cell{Date: p.From}})
	}
	if !p.On.IsZero() {
		v.Facts = append(v.Facts, fact{m.T("funds.paid_on"), ui.Cell{Date: p.On}}, fact{m.T("funds.bank_reference"), ui.TextCell(p.Bank)})
	}
	if !p.Batch.IsZero() {
		b, _, _, err := k.Funds.Batch(r.Context(), by, p.Batch)
		if err != nil {
			return err
		}
		v.Facts = append(v.Facts, fact{m.T("funds.batch"), ui.Cell{Links: []ui.Link{{Href: batchPath + b.ID.String(), Label: b.Number}}}})
	}
	if p.Failure != "" {
		v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.failed_because", "why", p.Failure), Tone: "warn"})
	}
	if p.Reason != "" {
		v.Facts = append(v.Facts, fact{m.T("funds.released_because"), ui.TextCell(p.Reason)})
	}
	lines := ui.Table{Caption: m.T("funds.lines"), Columns: []ui.Column{{Label: m.T("funds.year_column"), Lead: true}, {Label: m.T("funds.benefit"), Main: true}, {Label: m.T("funds.key")}, {Label: m.T("funds.clauses")}, {Label: m.T("funds.amount_yuan"), Number: true}, {Label: m.T("funds.returned"), Number: true}, {Label: m.T("funds.from_budget")}}}
	for _, l := range p.Lines {
		item := ""
		if parts := strings.SplitN(l.Pot, "/", 3); len(parts) == 3 {
			item = parts[2]
		}
		lines.Rows = append(lines.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.Itoa(l.Year)), ui.TextCell(l.Programme + " " + benefitName(l.Benefit)), ui.TextCell(l.Key), ui.TextCell(strings.Join(l.Clauses, " ")), amount(m, l.Amount, false), amount(m, l.Returned, false),
			{Links: []ui.Link{{Href: potLink(l.Pot), Label: itemName(m, item)}}}}})
	}
	v.Parts = append(v.Parts, part{ID: "lines", Title: m.T("funds.lines"), Table: lines})
	account, err := k.accountPart(r, m, p, self, did, failed, full)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, account)
	if p.State == fund.Paid && can(by, policy.KeepFunds) && p.Total > p.Returned() {
		today := gov.DateOf(k.Clock())
		claim := ui.Form{ID: "claim", Action: self + "claim", Post: true, Danger: true, Submit: m.T("funds.claim"), Fields: []ui.Field{
			{Name: "amount", Kind: "money", Suffix: m.T("form.yuan"), Label: m.T("funds.amount"), Hint: m.T("funds.claim_amount_hint")}, {Name: "due", Kind: "date", Label: m.T("funds.due"), Required: true, Value: today.Add(30).String()},
			{Name: "reason", Kind: "text", Label: m.T("funds.reason"), Required: true}, {Name: "clause", Kind: "text", Label: m.T("funds.clause")}}}
		back := ui.Form{ID: "return", Action: self + "return", Post: true, Plain: true, Submit: m.T("funds.enter_return"), Fields: append(receiptFields(m, today), ui.Field{Name: "reason", Kind: "text", Label: m.T("funds.reason"), Required: true})}
		for _, f := range []*ui.Form{&claim, &back} {
			if f.ID == did {
				if err := mended(m, f, r, failed); err != nil {
					return err
				}
			}
		}
		v.Parts = append(v.Parts, part{ID: "claim-back", Title: m.T("funds.claim"), Hint: m.T("funds.claim_hint"), Forms: []ui.Form{claim}, Folded: did != "claim"},
			part{ID: "came-back", Title: m.T("funds.enter_return"), Hint: m.T("funds.return_hint"), Forms: []ui.Form{back}, Folded: did != "return"})
	}
	moves, err := k.Funds.Moves(r.Context(), by, fund.MoveQuery{Promise: id}, gov.Page{Limit: perPage})
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, part{ID: "moves", Title: m.T("funds.moves"), Table: moveTable(m, moves.Items, false)})
	status := http.StatusOK
	if failed != nil {
		status = ui.Status(gov.CodeOf(failed))
	}
	return k.render(w, r, status, p.SubjectName, v)
}

func receiptFields(m *ui.Messages, today gov.Date) []ui.Field {
	return []ui.Field{{Name: "amount", Kind: "money", Suffix: m.T("form.yuan"), Hint: m.T("form.money_hint"), Label: m.T("funds.amount"), Required: true}, {Name: "on", Kind: "date", Label: m.T("funds.came_on"), Required: true, Value: today.String()}, {Name: "reference", Kind: "text", Label: m.T("funds.bank_reference"), Hint: m.T("funds.reference_hint"), Required: true}}
}

// accountPart is the account of a commitment: masked, or in full to who looked.
func (k *Pages) accountPart(r *http.Request, m *ui.Messages, p fund.Promise, self, did string, failed error, full *fund.Payee) (out part, err error) {
	out = part{ID: "account", Title: m.T("funds.account"), Empty: m.T("funds.no_account")}
	by := as(r)
	if p.Payee != "" {
		a, err := k.Funds.Payee(r.Context(), p.Payee)
		if err != nil {
			return out, err
		}
		if full != nil {
			a, out.Hint = *full, m.T("funds.looked")
		}
		out.Empty, out.Facts = "", []fact{{m.T("funds.payee"), ui.TextCell(a.Name)}, {m.T("funds.bank"), ui.TextCell(a.Bank)}, {m.T("funds.number"), ui.Cell{Code: a.Account}}}
		if full == nil && can(by, policy.SeeFinances) {
			look := ui.Form{ID: "look", Action: self + "look", Post: true, Plain: true, Submit: m.T("funds.look"), Fields: []ui.Field{{Name: "reason", Kind: "text", Label: m.T("funds.why_look"), Hint: m.T("funds.look_hint"), Required: true}}}
			if did == "look" {
				if err := mended(m, &look, r, failed); err != nil {
					return out, err
				}
			}
			out.Forms = append(out.Forms, look)
		}
	}
	if p.State == fund.Open && can(by, policy.KeepFunds) {
		change := ui.Form{ID: "repay", Action: self + "repay", Post: true, Plain: true, Submit: m.T("funds.change_account"), Lines: []ui.Line{{Text: m.T("funds.change_hint")}}, Fields: []ui.Field{
			{Name: "payee_name", Kind: "text", Label: m.T("funds.payee"), Required: true}, {Name: "payee_bank", Kind: "text", Label: m.T("funds.bank"), Required: true},
			{Name: "payee_account", Kind: "text", Label: m.T("funds.number"), Required: true, Autocomplete: "off"}, {Name: "reason", Kind: "text", Label: m.T("funds.reason"), Required: true}}}
		if did == "repay" {
			if err := mended(m, &change, r, failed); err != nil {
				return out, err
			}
		}
		out.Forms = append(out.Forms, change)
	}
	return out, nil
}

func (k *Pages) actOnPromise(w http.ResponseWriter, r *http.Request) error {
	by, do := as(r), r.PathValue("do")
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := k.Funds.Promise(r.Context(), by, id)
	if err != nil {
		return err
	}
	to := promisePath + id.String()
	switch do {
	case "look":
		full, err := k.Funds.LookAtPayee(r.Context(), by, p.Payee, r.PostFormValue("reason"))
		if err != nil {
			return k.renderPromise(w, r, do, err, nil)
		}
		return k.renderPromise(w, r, "", nil, &full)
	case "repay":
		err = k.Funds.Repay(r.Context(), by, id, fund.Payee{Name: r.PostFormValue("payee_name"), Bank: r.PostFormValue("payee_bank"), Account: r.PostFormValue("payee_account")}, r.PostFormValue("reason"))
	case "claim":
		err = func() error {
			d := fund.Demand{Case: p.Case, Reason: r.PostFormValue("reason"), Clause: r.PostFormValue("clause")}
			if d.Due, err = dateOf(r, "due"); err != nil {
				return err
			}
			if strings.TrimSpace(r.PostFormValue("amount")) != "" {
				sum, err := fen(r, "amount", false)
				if err != nil {
					return err
				}
				d.Amount = sum
			}
			claim, err := k.Funds.Claim(r.Context(), by, d)
			to = claimsPath + "/" + claim.String()
			return err
		}()
	case "return":
		err = func() error {
			x, err := receiptOf(r)
			if err != nil {
				return err
			}
			return k.Funds.Return(r.Context(), by, id, x)
		}()
	default:
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err != nil {
		return k.renderPromise(w, r, do, err, nil)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func receiptOf(r *http.Request) (x fund.Receipt, err error) {
	x.Reference, x.Reason = r.PostFormValue("reference"), r.PostFormValue("reason")
	if x.Amount, err = fen(r, "amount", false); err != nil {
		return x, err
	}
	x.On, err = dateOf(r, "on")
	return x, err
}
