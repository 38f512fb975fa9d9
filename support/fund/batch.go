package fund

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/rules/money"
)

// TellJob is the kind of the job that tells the application's case what became of its
// money; its key is the id of the promise, then what to tell.
const TellJob = "funds.tell"

// BatchState is how far a batch has come.
type BatchState string

// The states.
const (
	Prepared BatchState = "prepared" // one chose what is paid
	Signed   BatchState = "signed"   // another signed; the file is made and nothing changes any more
	Answered BatchState = "answered" // every row was paid or was not
	Dropped  BatchState = "dropped"  // before it was signed
)

// Batch is a list of payments for the finance system.
type Batch struct {
	ID       gov.ID
	Number   string // "2017-0003"
	Title    string
	State    BatchState
	Count    int
	Total    int64
	Year     int // it was prepared in
	Maker    gov.ID
	MakerBy  string // name
	MadeAt   int64  // Unix ms
	Signer   gov.ID
	SignedBy string
	SignedAt int64
	Done     int // rows that were answered
	PaidSum  int64
	Row      int64 // version of the row
}

// RowState is what became of a payment.
type RowState string

// The states.
const (
	RowWaiting RowState = "waiting"
	RowPaid    RowState = "paid"
	RowFailed  RowState = "failed"
)

// Row is a payment of a batch. Its account is frozen when the batch is signed.
type Row struct {
	Batch   gov.ID
	N       int // from 1
	Promise gov.ID
	Number  string // of the case
	Subject string
	Name    string // of the subject
	Amount  int64
	Purpose string
	Payee   Payee // in full within the room; pages mask it
	State   RowState
	On      gov.Date
	Bank    string // reference of the bank
	Failure string
	Row     int64 // version of the row
}

// Reference is what the finance system names a payment by.
func Reference(b Batch, n int) string { return fmt.Sprintf("%s-%04d", b.Number, n) }

// File is a file of a batch: what the finance system was sent, or answered. It is kept
// sealed.
type File struct {
	ID     gov.ID
	Batch  gov.ID
	Kind   string // FileOut or FileIn
	Format string // "csv" or "xlsx"
	Name   string
	Digest string // SHA-256, hex
	Bytes  int64
	At     int64 // Unix ms
	By     string
	Rows   int
	Good   int
	Bad    int
	Taken  bool // what it says was taken
	Body   []byte
}

// The kinds of files.
const (
	FileOut = "out"
	FileIn  = "in"
)

// Sheets writes and reads tables; package web/export does.
type Sheets interface {
	Write(format string, columns []Column, rows [][]string) ([]byte, error)
	Read(data []byte) ([][]string, error)
}

// Column heads a column of the file for the finance system.
type Column struct {
	Label  string
	Number bool
}

// The acts of batches in the ledger.
const (
	preparedAct = "fund.batch.prepared"
	droppedAct  = "fund.batch.dropped"
	signedAct   = "fund.batch.signed"
	answeredAct = "fund.batch.answered"
	keptAct     = "fund.batch.answer.kept" // and nothing of it entered
	outAct      = "fund.batch.row.removed"
)

const (
	maxRows  = 2000
	maxTitle = 60
)

func batchObject(id gov.ID) string { return "batch:" + id.String() }

// Payable lists what can be put into a batch today: promised, in no batch, its first day
// come.
func (f *Fund) Payable(ctx context.Context, by people.Standing) (out []Promise, err error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	list, err := f.Store.Promises(ctx, Query{State: Open}, gov.Page{Limit: maxRows})
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.From.Compare(f.today()) <= 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// Prepare puts promises into a new batch. Each must be payable and have an account.
func (f *Fund) Prepare(ctx context.Context, by people.Standing, title string, ids []gov.ID) (gov.ID, error) {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return gov.ID{}, err
	}
	title = strings.TrimSpace(title)
	if n := utf8.RuneCountInString(title); n < 2 || n > maxTitle {
		return gov.ID{}, gov.Errorf(gov.Invalid, "名称应为 2 至 %d 字", "the title has 2 to %d characters", maxTitle).On("title")
	}
	if len(ids) == 0 || len(ids) > maxRows {
		return gov.ID{}, gov.Errorf(gov.Invalid, "请选择 1 至 %d 笔", "choose 1 to %d payments", maxRows).On("ids")
	}
	id := gov.NewID(f.Clock())
	return id, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		b := Batch{ID: id, Title: title, State: Prepared, Year: f.today().Year, Maker: by.Person, MakerBy: by.Name, MadeAt: f.Clock().UnixMilli()}
		n, err := tx.BatchesOf(ctx, b.Year)
		if err != nil {
			return err
		}
		b.Number = fmt.Sprintf("%d-%04d", b.Year, n+1)
		for _, x := range ids {
			p, err := tx.Promise(ctx, x)
			if err != nil {
				return err
			}
			switch {
			case p.State != Open:
				return gov.Errorf(gov.Conflict, "“%s”已列入批次、已拨付或已撤销", "%q is in a batch, paid or released", p.SubjectName).On("ids")
			case p.From.Compare(f.today()) > 0:
				return gov.Errorf(gov.Conflict, "“%[1]s”要到 %[2]s 才能拨付", "%[1]q is not paid before %[2]s", p.SubjectName, p.From.String()).On("ids")
			case p.Payee == "":
				return gov.Errorf(gov.Conflict, "“%s”还没有收款账户", "%q has no account yet", p.SubjectName).On("ids")
			}
			b.Count, b.Total = b.Count+1, b.Total+p.Total
			r := Row{Batch: id, N: b.Count, Promise: x, Number: p.Number, Subject: p.Subject, Name: p.SubjectName, Amount: p.Total, Purpose: p.Purpose, State: RowWaiting}
			if err := tx.AddRow(ctx, r); err != nil {
				return err
			}
			p.State, p.Batch = Batched, id
			if err := tx.SavePromise(ctx, p); err != nil {
				return err
			}
		}
		if err := tx.SaveBatch(ctx, b); err != nil {
			return err
		}
		return tx.Act(ctx, batchAct(preparedAct, g, b))
	})
}

func batchAct(kind string, g people.Grant, b Batch) Act {
	return Act{Kind: kind, Object: batchObject(b.ID), Actor: g.Actor(), Facts: map[string]string{"number": b.Number, "count": strconv.Itoa(b.Count), "total": yuan(b.Total, gov.ZH)}}
}

// Remove takes a payment out of a batch that is not signed; the last one drops the batch.
// n 0 drops all of it.
func (f *Fund) Remove(ctx context.Context, by people.Standing, id gov.ID, n int) error {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		if g, err = people.Allow(by, policy.ApprovePayments, people.Object{}); err != nil {
			return err
		}
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		if b.State != Prepared {
			return errSigned
		}
		rows, err := tx.Rows(ctx, id)
		if err != nil {
			return err
		}
		took := 0
		for _, r := range rows {
			if n != 0 && r.N != n {
				continue
			}
			p, err := tx.Promise(ctx, r.Promise)
			if err != nil {
				return err
			}
			p.State, p.Batch = Open, gov.ID{}
			if err := tx.SavePromise(ctx, p); err != nil {
				return err
			}
			if err := tx.DropRow(ctx, r); err != nil {
				return err
			}
			took, b.Count, b.Total = took+1, b.Count-1, b.Total-r.Amount
		}
		if took == 0 {
			return gov.Errorf(gov.NotFound, "批次中没有这一笔", "the batch has no such payment")
		}
		kind := outAct
		if b.Count == 0 {
			b.State, kind = Dropped, droppedAct
		}
		if err := tx.SaveBatch(ctx, b); err != nil {
			return err
		}
		return tx.Act(ctx, batchAct(kind, g, b))
	})
}

var errSigned = gov.Errorf(gov.Conflict, "批次已经签发或撤销，不能再改", "the batch was signed or dropped; it changes no more")

// fileColumns are those of the file for the finance system.
var fileColumns = []Column{{"付款编号", false}, {"收款人", false}, {"开户银行", false}, {"账号", false}, {"金额（元）", true}, {"用途", false}, {"单位名称", false}, {"统一社会信用代码", false}, {"案号", false}}

// Sign approves a batch and makes its files. Whoever prepared it, or gave one of its
// payments another account, does not sign it, nor does a deputy of theirs.
func (f *Fund) Sign(ctx context.Context, by people.Standing, id gov.ID) error {
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		rows, err := tx.Rows(ctx, id)
		if err != nil {
			return err
		}
		did := []gov.ID{b.Maker}
		var cells [][]string
		for i := range rows {
			r := &rows[i]
			p, err := tx.Promise(ctx, r.Promise)
			if err != nil {
				return err
			}
			if p.State != Batched || p.Batch != id || p.Total != r.Amount {
				return gov.Errorf(gov.Conflict, "第 %d 笔与承诺不符", "payment %d is not what was promised", r.N)
			}
			if !p.PayeeBy.IsZero() {
				did = append(did, p.PayeeBy)
			}
			if r.Payee, err = tx.Payee(ctx, p.Payee); err != nil {
				return err
			}
			if r.Payee.Subject != r.Subject {
				return gov.Errorf(gov.Conflict, "第 %d 笔的账户不是该单位的", "the account of payment %d belongs to another", r.N)
			}
			if err := tx.SaveRow(ctx, *r); err != nil {
				return err
			}
			cells = append(cells, []string{Reference(b, r.N), r.Payee.Name, r.Payee.Bank, r.Payee.Account, money.Fen(r.Amount).String(), r.Purpose, r.Name, r.Subject, r.Number})
		}
		g, err := people.Allow(by, policy.ApprovePayments, people.Object{Did: did})
		if err != nil {
			return err
		}
		if b.State != Prepared {
			return errSigned
		}
		b.State, b.Signer, b.SignedBy, b.SignedAt = Signed, by.Person, by.Name, f.Clock().UnixMilli()
		if err := tx.SaveBatch(ctx, b); err != nil {
			return err
		}
		a := batchAct(signedAct, g, b)
		for _, format := range []string{"csv", "xlsx"} {
			body, err := f.Sheets.Write(format, fileColumns, cells)
			if err != nil {
				return fmt.Errorf("write the file of batch %s: %w", b.Number, err)
			}
			x := file(b, FileOut, format, "拨付 "+b.Number+"."+format, body, b.SignedAt, by.Name)
			x.Rows, x.Good, x.Taken = len(cells), len(cells), true
			if _, err := tx.AddFile(ctx, x); err != nil {
				return err
			}
			a.Facts[format] = x.Digest
		}
		return tx.Act(ctx, a)
	})
}

func file(b Batch, kind, format, name string, body []byte, at int64, by string) File {
	sum := sha256.Sum256(body)
	return File{ID: fileID(b.ID, kind+format, sum), Batch: b.ID, Kind: kind, Format: format, Name: name, Digest: hex.EncodeToString(sum[:]), Bytes: int64(len(body)), At: at, By: by, Body: body}
}

// fileID names a file by what it holds: the same file of the same batch is one.
func fileID(batch gov.ID, kind string, sum [32]byte) (id gov.ID) {
	h := sha256.Sum256(append(append(batch[:], kind...), sum[:]...))
	copy(id[:], h[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // UUID version 8 (RFC 9562)
	return id
}

// Fetch is a file of a batch in full. It holds accounts: the look is recorded.
func (f *Fund) Fetch(ctx context.Context, by people.Standing, id gov.ID, reason string) (File, error) {
	g, err := people.Allow(by, policy.SeeFinances, people.Object{})
	if err != nil {
		return File{}, err
	}
	if _, err := people.Allow(by, policy.KeepFunds, people.Object{}); err != nil {
		return File{}, err
	}
	if reason, err = reasoned(reason); err != nil {
		return File{}, err
	}
	x, err := f.Store.File(ctx, id)
	if err != nil {
		return x, err
	}
	if sum := sha256.Sum256(x.Body); hex.EncodeToString(sum[:]) != x.Digest {
		return File{}, fmt.Errorf("file %s is not what was recorded", id)
	}
	return x, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Act(ctx, look(g.Actor(), batchObject(x.Batch), "file", reason))
	})
}

// Batches lists batches, the newest first; Batch is one with its payments, their accounts
// masked, and its files.
func (f *Fund) Batches(ctx context.Context, by people.Standing, p gov.Page) (out gov.List[Batch], err error) {
	if err := Enter(by); err != nil {
		return out, err
	}
	out.Total = -1
	if out.Items, err = f.Store.Batches(ctx, gov.Page{After: p.After, Limit: p.Limit + 1}); err == nil && len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].ID.String()
	}
	return out, err
}

// Batch implements what Batches says.
func (f *Fund) Batch(ctx context.Context, by people.Standing, id gov.ID) (b Batch, rows []Row, files []File, err error) {
	if err := Enter(by); err != nil {
		return b, nil, nil, err
	}
	if b, err = f.Store.Batch(ctx, id); err != nil {
		return b, nil, nil, err
	}
	if rows, err = f.Store.Rows(ctx, id); err != nil {
		return b, nil, nil, err
	}
	for i := range rows {
		if rows[i].Payee.ID == "" { // not signed yet: that of the promise
			p, err := f.Store.Promise(ctx, rows[i].Promise)
			if err != nil {
				return b, nil, nil, err
			}
			if rows[i].Payee, err = f.Store.Payee(ctx, p.Payee); err != nil {
				return b, nil, nil, err
			}
		}
		rows[i].Payee = rows[i].Payee.Masked()
	}
	files, err = f.Store.Files(ctx, id)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Name, b.Name)) })
	return b, rows, files, err
}
