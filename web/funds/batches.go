package funds

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/support/fund"
	"quanxiang/web/ui"
)

var batchTones = map[fund.BatchState]string{fund.Prepared: "warn", fund.Signed: "info", fund.Answered: "good", fund.Dropped: "quiet"}

func batchChip(m *ui.Messages, s fund.BatchState) ui.Chip {
	return ui.Chip{Label: m.T("funds.batch_state." + string(s)), Tone: batchTones[s]}
}

// batches lists batches.
func (k *Pages) batches(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), as(r)
	list, err := k.Funds.Batches(r.Context(), by, gov.Page{After: r.URL.Query().Get("after"), Limit: perPage})
	if err != nil {
		return err
	}
	v := pageView{Crumbs: []ui.Link{home(m)}, Lede: m.T("funds.batches_lede")}
	rows := []ui.Row{}
	for _, b := range list.Items {
		rows = append(rows, ui.Row{Href: batchPath + b.ID.String(), Title: b.Title, Lead: b.Number, Chips: []ui.Chip{batchChip(m, b.State)}, Meta: []string{m.T("funds.payments_n", "n", b.Count), m.Money(b.Total), m.T("funds.prepared_by", "who", b.MakerBy)}, Date: gov.DateOf(b.ID.Time())})
	}
	v.Parts = []part{{ID: "batches", Title: m.T("funds.batches_all"), Rows: rows, Empty: m.T("funds.no_batches"), Pager: ui.PagerOf(r, list)}}
	if can(by, policy.KeepFunds) {
		v.Ways = []ui.Link{{Href: batchesPath + "/new", Label: m.T("funds.prepare")}}
	}
	return k.render(w, r, http.StatusOK, m.T("funds.batches"), v)
}

func (k *Pages) showPrepare(w http.ResponseWriter, r *http.Request) error {
	return k.renderPrepare(w, r, nil)
}

func (k *Pages) renderPrepare(w http.ResponseWriter, r *http.Request, failed error) error {
	m, by := k.Engine.For(r), as(r)
	if err := people.Can(by, policy.KeepFunds, people.Object{}); err != nil {
		return err
	}
	list, err := k.Funds.Payable(r.Context(), by)
	if err != nil {
		return err
	}
	v := pageView{Crumbs: []ui.Link{home(m), {Href: batchesPath, Label: m.T("funds.batches")}}, Lede: m.T("funds.prepare_lede")}
	chosen := part{ID: "payable", Title: m.T("funds.payable"), Empty: m.T("funds.nothing_payable")}
	if len(list) > 0 {
		today := gov.DateOf(k.Clock())
		what := ui.Field{Name: "ids", Kind: "checks", Label: m.T("funds.choose_payments"), Required: true}
		for _, p := range list {
			name := m.T("funds.payable_line", "who", p.SubjectName, "sum", m.Money(p.Total), "case", caseCell(m, p.Case, p.Number).Plain(), "what", p.Purpose)
			switch {
			case p.Payee == "":
				name += m.T("funds.without_account")
			case p.Failure != "":
				name += m.T("funds.failed_before", "why", p.Failure)
			}
			what.Options = append(what.Options, ui.Option{Value: p.ID.String(), Label: name})
			if p.Payee != "" {
				what.Values = append(what.Values, p.ID.String())
			}
		}
		f := ui.Form{ID: "prepare", Action: batchesPath + "/new", Post: true, Submit: m.T("funds.prepare"), Fields: []ui.Field{{Name: "title", Kind: "text", Label: m.T("funds.batch_title"), Required: true, Value: m.T("funds.batch_title_of", "date", today)}, what}}
		if err := mended(m, &f, r, failed); err != nil {
			return err
		}
		chosen.Forms, chosen.Empty = []ui.Form{f}, ""
	} else if failed != nil {
		return failed
	}
	status := http.StatusOK
	if failed != nil {
		status = ui.Status(gov.CodeOf(failed))
	}
	v.Parts = []part{chosen}
	return k.render(w, r, status, m.T("funds.prepare"), v)
}

func (k *Pages) prepare(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单无法读取。", "The form cannot be read.").Because(err)
	}
	var ids []gov.ID
	for _, text := range r.PostForm["ids"] {
		id, err := idOf(text)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	id, err := k.Funds.Prepare(r.Context(), as(r), r.PostFormValue("title"), ids)
	if err != nil {
		return k.renderPrepare(w, r, err)
	}
	http.Redirect(w, r, batchPath+id.String(), http.StatusSeeOther)
	return nil
}

func (k *Pages) showBatch(w http.ResponseWriter, r *http.Request) error {
	return k.renderBatch(w, r, "", nil)
}

func (k *Pages) renderBatch(w http.ResponseWriter, r *http.Request, did string, failed error) error {
	m, by := k.Engine.For(r), as(r)
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	b, rows, files, err := k.Funds.Batch(r.Context(), by, id)
	if err != nil {
		return err
	}
	self := batchPath + id.String() + "/"
	v := pageView{Crumbs: []ui.Link{home(m), {Href: batchesPath, Label: m.T("funds.batches")}}, Lead: b.Number, Chips: []ui.Chip{batchChip(m, b.State)}}
	v.Numbers = []number{{m.Money(b.Total), m.T("funds.batch_total"), m.T("funds.payments_n", "n", b.Count)}, {m.Money(b.PaidSum), m.T("funds.paid"), m.T("funds.answered_n", "n", b.Done, "of", b.Count)}}
	v.Facts = []fact{{m.T("funds.maker"), ui.TextCell(m.T("funds.who_when", "who", b.MakerBy, "when", m.Minute(b.MadeAt)))}}
	if b.SignedAt != 0 {
		v.Facts = append(v.Facts, fact{m.T("funds.signer"), ui.TextCell(m.T("funds.who_when", "who", b.SignedBy, "when", m.Minute(b.SignedAt)))})
	}
	forms := []ui.Form{}
	add := func(f ui.Form) error {
		if f.ID == did {
			if err := mended(m, &f, r, failed); err != nil {
				return err
			}
		}
		forms = append(forms, f)
		return nil
	}
	t := ui.Table{Caption: m.T("funds.payments"), Columns: []ui.Column{{Label: m.T("funds.n"), Lead: true}, {Label: m.T("funds.subject_name"), Main: true}, {Label: m.T("funds.case")}, {Label: m.T("funds.payee")}, {Label: m.T("funds.number")}, {Label: m.T("funds.amount_yuan"), Number: true}, {Label: m.T("funds.state"), Narrow: true}}}
	for _, x := range rows {
		state := ui.Cell{Chips: []ui.Chip{{Label: m.T("funds.row." + string(x.State)), Tone: map[fund.RowState]string{fund.RowWaiting: "quiet", fund.RowPaid: "good", fund.RowFailed: "bad"}[x.State]}}, Date: x.On, Text: x.Failure}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(fund.Reference(b, x.N)), {Links: []ui.Link{{Href: promisePath + x.Promise.String(), Label: x.Name}}}, ui.TextCell(x.Number), {Text: x.Payee.Name + m.T("list.note", "note", x.Payee.Bank)}, ui.TextCell(x.Payee.Account), amount(m, x.Amount, false), state}})
	}
	payments := part{ID: "payments", Title: m.T("funds.payments"), Table: t, Empty: m.T("funds.no_payments")}
	v.Parts = []part{payments}
	if b.State == fund.Prepared {
		if err := k.offerSigning(m, by, b, self, &v, add); err != nil {
			return err
		}
		if can(by, policy.KeepFunds) || can(by, policy.ApprovePayments) {
			out := ui.Form{ID: "remove", Action: self + "remove", Post: true, Danger: true, Submit: m.T("funds.remove"), Fields: []ui.Field{{Name: "n", Kind: "select", Label: m.T("funds.remove_which"), Options: []ui.Option{{Value: "0", Label: m.T("funds.remove_all")}}}}}
			for _, x := range rows {
				out.Fields[0].Options = append(out.Fields[0].Options, ui.Option{Value: strconv.Itoa(x.N), Label: fund.Reference(b, x.N) + " " + x.Name})
			}
			if err := add(out); err != nil {
				return err
			}
			v.Parts = append(v.Parts, part{ID: "take-out", Title: m.T("funds.remove"), Forms: forms[len(forms)-1:], Folded: did != "remove"})
		}
	}
	if b.State == fund.Signed || b.State == fund.Answered {
		if err := k.fileParts(m, by, b, files, self, did, &v, add, &forms); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if failed != nil {
		status = ui.Status(gov.CodeOf(failed))
	}
	return k.render(w, r, status, b.Title, v)
}

// offerSigning adds the signing of a batch, or says why not.
func (k *Pages) offerSigning(m *ui.Messages, by people.Standing, b fund.Batch, self string, v *pageView, add func(ui.Form) error) error {
	if !can(by, policy.ApprovePayments) {
		v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.waits_signer"), Tone: "info"})
		return nil
	}
	if b.Maker == by.Person {
		v.Notes = append(v.Notes, ui.Line{Text: m.T("funds.own_batch"), Tone: "warn"})
		return nil
	}
	f := ui.Form{ID: "sign", Action: self + "sign", Post: true, Submit: m.T("funds.sign_n", "n", b.Count, "sum", m.Money(b.Total)), Lines: []ui.Line{{Text: m.T("funds.sign_hint")}}, Fields: []ui.Field{{Name: "sure", Kind: "hidden", Value: "1"}}}
	if err := add(f); err != nil {
		return err
	}
	v.Parts = append(v.Parts, part{ID: "signing", Title: m.T("funds.sign"), Forms: []ui.Form{f}})
	return nil
}

// fileParts adds the files of a signed batch, and the form for an answer.
func (k *Pages) fileParts(m *ui.Messages, by people.Standing, b fund.Batch, files []fund.File, self, did string, v *pageView, add func(ui.Form) error, forms *[]ui.Form) error {
	out := part{ID: "out", Title: m.T("funds.file_out"), Hint: m.T("funds.file_hint")}
	in := part{ID: "in", Title: m.T("funds.answers"), Hint: m.T("funds.answers_hint")}
	out.Table = ui.Table{Caption: m.T("funds.file_out"), Columns: []ui.Column{{Label: m.T("funds.file"), Main: true}, {Label: m.T("funds.rows"), Number: true}, {Label: "SHA-256"}}}
	in.Table = ui.Table{Caption: m.T("funds.answers"), Columns: []ui.Column{{Label: m.T("funds.file"), Main: true}, {Label: m.T("funds.when")}, {Label: m.T("funds.rows"), Number: true}, {Label: m.T("funds.bad"), Number: true}, {Label: m.T("funds.state"), Narrow: true}, {Label: "SHA-256"}}}
	mayFetch := can(by, policy.SeeFinances) && can(by, policy.KeepFunds)
	for _, x := range files {
		if x.Kind == fund.FileOut {
			out.Table.Rows = append(out.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(x.Name), ui.TextCell(strconv.Itoa(x.Rows)), {Code: x.Digest}}})
			if mayFetch {
				out.Forms = append(out.Forms, ui.Form{ID: "fetch-" + x.Format, Action: Root + "/files/" + x.ID.String(), Post: true, Plain: x.Format != "csv", Inline: true, Submit: m.T("funds.fetch", "format", formatName(x.Format)), Fields: []ui.Field{{Name: "reason", Kind: "text", Label: m.T("funds.why_fetch"), Value: m.T("funds.fetch_reason"), Required: true}}})
			}
			continue
		}
		state := ui.Chip{Label: m.T("funds.not_taken"), Tone: "warn"}
		if x.Taken {
			state = ui.Chip{Label: m.T("funds.taken"), Tone: "good"}
		}
		in.Table.Rows = append(in.Table.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: answerPath + x.ID.String(), Label: x.Name}}}, ui.TextCell(m.Minute(x.At)), ui.TextCell(strconv.Itoa(x.Rows)), ui.TextCell(strconv.Itoa(x.Bad)), {Chips: []ui.Chip{state}}, {Code: x.Digest}}})
	}
	if can(by, policy.KeepFunds) {
		f := ui.Form{ID: "answer", Action: self + "answer", Post: true, File: true, Submit: m.T("funds.check_answer"), Fields: []ui.Field{{Name: "file", Kind: "file", Label: m.T("intake.file"), Hint: m.T("funds.answer_file_hint"), Required: true}}}
		if err := add(f); err != nil {
			return err
		}
		in.Forms = append(in.Forms, (*forms)[len(*forms)-1])
	}
	if len(in.Table.Rows) == 0 {
		in.Empty = m.T("funds.no_answers")
	}
	v.Parts = append(v.Parts, out, in)
	return nil
}

func formatName(f string) string {
	if f == "csv" {
		return "CSV"
	}
	return "XLSX"
}

func (k *Pages) actOnBatch(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	by, do, to := as(r), r.PathValue("do"), batchPath+id.String()
	switch do {
	case "sign":
		err = k.Funds.Sign(r.Context(), by, id)
	case "remove":
		n, wrong := strconv.Atoi(r.PostFormValue("n"))
		if wrong != nil || n < 0 {
			err = gov.Errorf(gov.Invalid, "请选择", "choose one").On("n")
			break
		}
		err = k.Funds.Remove(r.Context(), by, id, n)
	case "answer":
		var rep fund.Report
		if rep, err = k.receive(r, by, id); err == nil {
			to = answerPath + rep.File.ID.String()
		}
	default:
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err != nil {
		if errors.Is(err, people.ErrProof) || gov.CodeOf(err) == gov.Forbidden {
			return err
		}
		return k.renderBatch(w, r, do, err)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

const inMemory = 2 << 20 // bytes of a file that is sent

// receive reads the file of an answer.
func (k *Pages) receive(r *http.Request, by people.Standing, id gov.ID) (fund.Report, error) {
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return fund.Report{}, gov.Errorf(gov.TooLarge, "文件超过 2 MiB", "the file has more than 2 MiB").On("file").Because(tooBig)
		}
		return fund.Report{}, missing.Because(err)
	}
	defer r.MultipartForm.RemoveAll() // temporary files; the system removes those that stay
	f, head, err := r.FormFile("file")
	if err != nil {
		return fund.Report{}, missing.Because(err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		return fund.Report{}, err
	}
	return k.Funds.Answer(r.Context(), by, id, filepath.Base(head.Filename), body, false)
}

// fetch sends the file for the finance system; the look is recorded.
func (k *Pages) fetch(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	x, err := k.Funds.Fetch(r.Context(), as(r), id, r.PostFormValue("reason"))
	if err != nil {
		return err
	}
	kind := "text/csv; charset=utf-8"
	if x.Format == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(x.Body) // the reader may have left; the file was complete
	return nil
}

// showAnswer is what a file of answers holds.
func (k *Pages) showAnswer(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), as(r)
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	rep, err := k.Funds.Reread(r.Context(), by, id)
	if err != nil {
		return err
	}
	b, _, _, err := k.Funds.Batch(r.Context(), by, rep.File.Batch)
	if err != nil {
		return err
	}
	v := pageView{Crumbs: []ui.Link{home(m), {Href: batchesPath, Label: m.T("funds.batches")}, {Href: batchPath + b.ID.String(), Label: b.Number}},
		Numbers: []number{{m.Number(rep.Good + rep.Same), m.T("funds.good_rows"), news(m, rep)}, {m.Number(rep.Bad), m.T("funds.bad"), ""}},
		Facts:   []fact{{m.T("funds.received_at"), ui.TextCell(m.T("funds.who_when", "who", rep.File.By, "when", m.Minute(rep.File.At)))}, {"SHA-256", ui.Cell{Code: rep.File.Digest}}}}
	switch {
	case rep.Taken && rep.Bad == 0:
		v.Notes = []ui.Line{{Text: m.T("funds.all_taken"), Tone: "good"}}
	case rep.Taken:
		v.Notes = []ui.Line{{Text: m.T("funds.good_taken", "n", rep.Bad), Tone: "warn"}}
	default:
		v.Notes = []ui.Line{{Text: m.T("funds.nothing_taken"), Tone: "warn"}}
	}
	if len(rep.Wrong) > 0 {
		t := ui.Table{Caption: m.T("intake.problems"), Columns: []ui.Column{{Label: m.T("intake.line"), Narrow: true}, {Label: m.T("intake.column"), Narrow: true}, {Label: m.T("intake.mistake"), Main: true}, {Label: m.T("intake.typed")}}}
		for _, x := range rep.Wrong {
			t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.Itoa(x.Line)), ui.TextCell(x.Column.In(m.Lang())), ui.TextCell(x.Text.In(m.Lang())), ui.TextCell(x.Typed)}})
		}
		v.Parts = append(v.Parts, part{ID: "problems", Title: m.T("intake.problems"), Table: t})
	}
	if rep.Good > 0 && !rep.Taken && can(by, policy.KeepFunds) {
		v.Parts = append(v.Parts, part{ID: "good", Title: m.T("funds.take_good"), Hint: m.T("funds.take_good_hint"), Forms: []ui.Form{{ID: "take", Action: answerPath + id.String(), Post: true, Submit: m.T("intake.load", "n", rep.Good)}}})
	}
	return k.render(w, r, http.StatusOK, rep.File.Name, v)
}

// news says how many rows say something that is not known yet.
func news(m *ui.Messages, rep fund.Report) string {
	if rep.Taken {
		return ""
	}
	return m.T("funds.new_rows", "n", rep.Good)
}

func (k *Pages) takeGood(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return err
	}
	rep, err := k.Funds.TakeGood(r.Context(), as(r), id)
	if err != nil {
		return err
	}
	http.Redirect(w, r, batchPath+rep.File.Batch.String(), http.StatusSeeOther)
	return nil
}
