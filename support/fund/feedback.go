package fund

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"quanxiang/cases/entered"
	"quanxiang/cases/tables"
	"quanxiang/gov"
	"quanxiang/jobs"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Wrong is a mistake in a row of what the finance system answered.
type Wrong struct {
	Line   int // in the file, its head is 1
	Column gov.Text
	Text   gov.Text
	Typed  string
}

// Report says what a file of answers holds.
type Report struct {
	File  File
	Good  int // rows that say something new
	Same  int // rows that say what is known already
	Bad   int
	Wrong []Wrong
	Taken bool // the good rows are entered
}

// AnswerColumns are what a file of answers has.
var AnswerColumns = []tables.Heading{
	{ID: "reference", Label: gov.Text{ZH: "付款编号", EN: "Payment no."}, Required: true},
	{ID: "amount", Label: gov.Text{ZH: "金额（元）", EN: "Amount (yuan)"}, Required: true},
	{ID: "result", Label: gov.Text{ZH: "结果", EN: "Result"}, Required: true},
	{ID: "date", Label: gov.Text{ZH: "付款日期", EN: "Paid on"}},
	{ID: "bank", Label: gov.Text{ZH: "银行流水号", EN: "Bank reference"}},
	{ID: "reason", Label: gov.Text{ZH: "失败原因", EN: "Reason of failure"}},
}

// results are the words for what became of a payment.
var results = map[string]RowState{"已付": RowPaid, "成功": RowPaid, "paid": RowPaid, "失败": RowFailed, "退回": RowFailed, "failed": RowFailed}

const maxWrong = 1000

// Answer reads what the finance system answered to a signed batch. When every row is good
// they are entered; when some are bad nothing is, unless good asks for the good rows
// alone. The file is kept. What was entered once is not entered again, whatever file says
// it.
func (f *Fund) Answer(ctx context.Context, by people.Standing, id gov.ID, name string, body []byte, good bool) (Report, error) {
	table, err := f.Sheets.Read(body)
	if err != nil {
		return Report{}, err
	}
	return f.answer(ctx, by, id, func(b Batch) File {
		return file(b, FileIn, "", name, body, f.Clock().UnixMilli(), by.Name)
	}, table, good)
}

// TakeGood enters the good rows of a file that was sent before.
func (f *Fund) TakeGood(ctx context.Context, by people.Standing, id gov.ID) (Report, error) {
	if _, err := people.Allow(by, policy.KeepFunds, people.Object{}); err != nil {
		return Report{}, err
	}
	x, err := f.Store.File(ctx, id)
	if err != nil {
		return Report{}, err
	}
	if x.Kind != FileIn {
		return Report{}, gov.Errorf(gov.NotFound, "没有这份回单", "there is no such file")
	}
	table, err := f.Sheets.Read(x.Body)
	if err != nil {
		return Report{}, err
	}
	return f.answer(ctx, by, x.Batch, func(Batch) File { return x }, table, true)
}

// Reread is the report of a file that was sent before, as things stand now.
func (f *Fund) Reread(ctx context.Context, by people.Standing, id gov.ID) (Report, error) {
	if err := Enter(by); err != nil {
		return Report{}, err
	}
	x, err := f.Store.File(ctx, id)
	if err != nil {
		return Report{}, err
	}
	if x.Kind != FileIn {
		return Report{}, gov.Errorf(gov.NotFound, "没有这份回单", "there is no such file")
	}
	b, err := f.Store.Batch(ctx, x.Batch)
	if err != nil {
		return Report{}, err
	}
	rows, err := f.Store.Rows(ctx, x.Batch)
	if err != nil {
		return Report{}, err
	}
	table, err := f.Sheets.Read(x.Body)
	if err != nil {
		return Report{}, err
	}
	r, _, err := f.judge(b, rows, table)
	x.Body = nil
	r.File, r.Taken = x, x.Taken
	return r, err
}

func (f *Fund) answer(ctx context.Context, by people.Standing, id gov.ID, kept func(Batch) File, table [][]string, good bool) (out Report, err error) {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return out, err
	}
	err = f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		if b.State != Signed && b.State != Answered {
			return gov.Errorf(gov.Conflict, "批次还没有签发，不会有回单", "the batch is not signed; nothing was sent that could be answered").On("file")
		}
		rows, err := tx.Rows(ctx, id)
		if err != nil {
			return err
		}
		report, changed, err := f.judge(b, rows, table)
		if err != nil {
			return err
		}
		report.Taken = report.Bad == 0 || good
		x := kept(b)
		x.Rows, x.Good, x.Bad, x.Taken = report.Good+report.Same+report.Bad, report.Good+report.Same, report.Bad, report.Taken
		wrote, err := tx.AddFile(ctx, x)
		if err != nil {
			return err
		}
		x.Body = nil
		report.File = x
		out = report
		kind := keptAct
		if !report.Taken {
			changed = nil
		}
		for _, r := range changed {
			kind = answeredAct
			if err := f.settle(ctx, tx, g.Actor(), by.Name, r); err != nil {
				return err
			}
			b.Done++
			if r.State == RowPaid {
				b.PaidSum += r.Amount
			}
		}
		if len(changed) > 0 {
			if b.Done == b.Count {
				b.State = Answered
			}
			if err := tx.SaveBatch(ctx, b); err != nil {
				return err
			}
		} else if !wrote {
			return nil // the same file again
		}
		a := batchAct(kind, g, b)
		a.Facts["file"], a.Facts["rows"] = x.Digest, strconv.Itoa(len(changed))
		return tx.Act(ctx, a)
	})
	return out, err
}

// settle enters what became of one payment.
func (f *Fund) settle(ctx context.Context, tx Tx, by gov.Actor, name string, r Row) error {
	p, err := tx.Promise(ctx, r.Promise)
	if err != nil {
		return err
	}
	if p.State != Batched || p.Batch != r.Batch {
		return fmt.Errorf("payment %d of batch %s is about a promise that is %s", r.N, r.Batch, p.State)
	}
	if err := tx.SaveRow(ctx, r); err != nil {
		return err
	}
	if r.State == RowFailed {
		p.State, p.Failure = Open, r.Failure
	} else {
		p.State, p.On, p.Bank, p.Failure = Paid, r.On, r.Bank, ""
		for _, l := range p.Lines {
			m := moveOf(p, l, MovePay, by)
			m.Pay, m.Batch, m.On, m.Person, m.Reason = l.Amount, r.Batch, r.On, name, r.Bank
			if err := tx.Journal(ctx, m); err != nil {
				return err
			}
		}
	}
	if err := tx.SavePromise(ctx, p); err != nil {
		return err
	}
	return tx.Enqueue(ctx, TellJob, TellKey(p.ID, r.Batch))
}

// judge reads a file of answers against the payments of a batch: what is wrong, and the
// payments it says something new about.
func (f *Fund) judge(b Batch, rows []Row, table [][]string) (out Report, changed []Row, err error) {
	if len(table) == 0 {
		return out, nil, gov.Errorf(gov.Invalid, "表格是空的", "the table is empty").On("file")
	}
	at, err := tables.Match(table[0], AnswerColumns)
	if err != nil {
		return out, nil, err
	}
	byRef := map[string]*Row{}
	for i := range rows {
		byRef[Reference(b, rows[i].N)] = &rows[i]
	}
	seen := map[string]int{}
	for i, cells := range table[1:] {
		if tables.PassedOver(cells) {
			continue
		}
		typed := map[string]string{}
		for c, k := range at {
			if k >= 0 && c < len(cells) {
				typed[AnswerColumns[k].ID] = strings.TrimSpace(cells[c])
			}
		}
		r, same, wrong := f.answered(b, byRef, typed)
		if first, twice := seen[typed["reference"]]; twice && len(wrong) == 0 {
			wrong = append(wrong, gov.Errorf(gov.Invalid, "与第 %d 行是同一笔", "it is the payment of row %d again", first).On("reference"))
		}
		seen[typed["reference"]] = i + 2
		switch {
		case len(wrong) > 0:
			out.Bad++
			for _, e := range wrong {
				if len(out.Wrong) < maxWrong {
					out.Wrong = append(out.Wrong, Wrong{Line: i + 2, Column: label(e.Field), Text: e.Text, Typed: cut(typed[e.Field])})
				}
			}
		case same:
			out.Same++
		default:
			out.Good++
			changed = append(changed, r)
		}
	}
	if out.Good+out.Same+out.Bad == 0 {
		return out, nil, gov.Errorf(gov.Invalid, "表头下面没有内容", "there is nothing below the head of the table").On("file")
	}
	return out, changed, nil
}

// answered reads one row: the payment as it will be, or that it is so already.
func (f *Fund) answered(b Batch, byRef map[string]*Row, typed map[string]string) (r Row, same bool, wrong []*gov.Error) {
	known := byRef[typed["reference"]]
	if known == nil {
		return r, false, append(wrong, gov.Errorf(gov.Invalid, "批次 %s 中没有这个付款编号", "batch %s has no such payment", b.Number).On("reference"))
	}
	r = *known
	amount, err := entered.Parse(&procedure.Field{Type: procedure.MoneyField}, typed["amount"])
	if err != nil {
		wrong = append(wrong, err.On("amount"))
	} else if amount != r.Amount {
		wrong = append(wrong, gov.Errorf(gov.Invalid, "应为 %[1]s", "it should be %[2]s", yuan(r.Amount, gov.ZH), yuan(r.Amount, gov.EN)).On("amount"))
	}
	state, ok := results[strings.ToLower(typed["result"])]
	if !ok {
		wrong = append(wrong, gov.Errorf(gov.Invalid, "结果应为“已付”或“失败”", "the result is paid or failed").On("result"))
	}
	r.State, r.Bank, r.Failure, r.On = state, cut(typed["bank"]), "", gov.Date{}
	switch state {
	case RowPaid:
		on, err := entered.Parse(&procedure.Field{Type: procedure.DateField}, typed["date"])
		text, _ := on.(string)
		day, failed := gov.ParseDate(text)
		switch {
		case err != nil || failed != nil || text == "":
			wrong = append(wrong, gov.Errorf(gov.Invalid, "已付的应有付款日期", "what was paid has a day").On("date"))
		case day.Compare(f.today()) > 0:
			wrong = append(wrong, gov.Errorf(gov.Invalid, "付款日期不能晚于今天", "it cannot have been paid after today").On("date"))
		}
		r.On = day
	case RowFailed:
		if r.Failure = cut(typed["reason"]); r.Failure == "" {
			wrong = append(wrong, gov.Errorf(gov.Invalid, "失败的应写明原因", "what failed has a reason").On("reason"))
		}
	}
	if len(wrong) > 0 || known.State == RowWaiting {
		return r, false, wrong
	}
	if known.State != r.State {
		return r, false, append(wrong, gov.Errorf(gov.Conflict, "此前的回单已记为“%[1]s”", "an earlier answer was %[2]q", stateWord(known.State).ZH, stateWord(known.State).EN).On("result"))
	}
	return r, true, nil
}

func stateWord(s RowState) gov.Text {
	if s == RowPaid {
		return gov.Text{ZH: "已付", EN: "paid"}
	}
	return gov.Text{ZH: "失败", EN: "failed"}
}

func label(column string) gov.Text {
	for _, c := range AnswerColumns {
		if c.ID == column {
			return c.Label
		}
	}
	return gov.Text{ZH: column, EN: column}
}

// cut shortens what somebody typed.
func cut(s string) string {
	const most = 100
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most])
	}
	return s
}

// Work adds the jobs of money to a runner.
func (f *Fund) Work(r *jobs.Runner) {
	r.Handle(TellJob, func(ctx context.Context, j jobs.Job) error { return f.Tell(ctx, j.Key) })
}

// TellKey is the key of the job of TellJob for a promise in a batch.
func TellKey(promise, batch gov.ID) string { return promise.String() + "/" + batch.String() }

// Tell does the job of TellJob: it tells what became of a payment.
func (f *Fund) Tell(ctx context.Context, key string) error {
	text, batch, _ := strings.Cut(key, "/")
	id, err := gov.ParseID(text)
	if err != nil {
		return fmt.Errorf("tell %q: %w", key, err)
	}
	in, err := gov.ParseID(batch)
	if err != nil {
		return fmt.Errorf("tell %q: %w", key, err)
	}
	p, err := f.Store.Promise(ctx, id)
	if err != nil || f.Told == nil {
		return err
	}
	rows, err := f.Store.Rows(ctx, in)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Promise != id {
			continue
		}
		n := Notice{Promise: id, Case: p.Case, Amount: r.Amount, On: r.On, Failure: r.Failure, State: Open}
		if r.State == RowPaid {
			n.State = Paid
		}
		return f.Told.Told(ctx, n)
	}
	return nil
}
