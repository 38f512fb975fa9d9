package funddb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/fundtest"
	"quanxiang/store/resealdb/resealtest"
	"quanxiang/store/storetest"
	"quanxiang/support/fund"
)

var today = gov.DateOf(caseworktest.Monday)

func monday() time.Time { return caseworktest.Monday }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, err error, code gov.Code, words string) {
	t.Helper()
	if gov.CodeOf(err) != code || err == nil || !strings.Contains(gov.TextOf(err, gov.ZH), words) {
		t.Errorf("%v, wanted %s with %q", err, code, words)
	}
}

// sound fails when a balance is not the sum of its journal, or the database is not what
// the ledger says.
func sound(t testing.TB, db *store.DB, r *fundtest.Room) {
	t.Helper()
	wrong, err := r.Audit(context.WithoutCancel(t.Context()))
	must(t, err)
	if len(wrong) > 0 {
		t.Errorf("balances that are not the sums of the journal: %v", wrong)
	}
	must(t, storetest.Sequencer(t, db).Sequence(t.Context()))
	if _, found := storetest.Verify(t, db); len(found) > 0 {
		t.Errorf("the ledger finds %v", found)
	}
}

func pot(t testing.TB, r *fundtest.Room, id string) fund.Pot {
	t.Helper()
	list, err := r.Store.Pots(t.Context(), "", 0)
	must(t, err)
	for _, p := range list {
		if p.ID == id {
			p.Row = 0
			return p
		}
	}
	t.Fatalf("no budget %s", id)
	return fund.Pot{}
}

// Money goes from a budget over a decision, a batch of two persons and the finance
// system's answer to its payee, and some of it back; the journal tells it at any time.
func TestLife(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		_, err := r.Commit(ctx, fundtest.Actor, r.Promise(t, "甲", 10))
		wants(t, err, gov.Conflict, "16号 2016 年没有预算")
		r.Budget(t, "16号", 2016, "", 1000)
		r.Budget(t, "16号", 2016, "16号:3", 300)

		first := r.Promise(t, "甲", 250)
		first.Basis = fund.Basis{Rules: "aa", Facts: "bb"}
		id, err := r.Commit(ctx, fundtest.Actor, first)
		must(t, err)
		_, err = r.Commit(ctx, fundtest.Actor, r.Promise(t, "乙", 60))
		wants(t, err, gov.Conflict, "还差 10元")
		if !errors.Is(err, fund.ErrShort) {
			t.Errorf("%v is not for want of money", err)
		}
		stale := r.Promise(t, "甲", 1)
		stale.Version = 0
		_, err = r.Commit(ctx, fundtest.Actor, stale)
		if wants(t, err, gov.Conflict, "重新计算"); !errors.Is(err, fund.ErrStale) {
			t.Errorf("%v is not for a change", err)
		}
		again := r.Promise(t, "甲", 5)
		again.Case = first.Case
		_, err = r.Commit(ctx, fundtest.Actor, again)
		wants(t, err, gov.Conflict, "已经存在")
		must(t, r.MoveBudget(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Amount: 4000, Reason: "调剂"}, "16号/2016/16号:3"))
		second, err := r.Commit(ctx, fundtest.Actor, r.Promise(t, "乙", 60))
		must(t, err)
		wants(t, r.RaiseBudget(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Item: "16号:3", Amount: -10000, Reason: "压减"}), gov.Conflict, "未安排的预算只有 30元")
		third, err := r.Commit(ctx, fundtest.Actor, r.Promise(t, "丙", 30))
		must(t, err)
		p3, err := r.Store.Promise(ctx, third)
		must(t, err)
		must(t, r.Release(ctx, fundtest.Actor, p3.Case, "撤回申请"))
		wants(t, r.Release(ctx, fundtest.Actor, p3.Case, "撤回申请"), gov.NotFound, "")

		_, err = r.Prepare(ctx, r.Signer, "十月第一批", []gov.ID{id})
		wants(t, err, gov.Forbidden, "")
		batch, err := r.Prepare(ctx, r.Officer, "十月第一批", []gov.ID{id, second})
		must(t, err)
		_, err = r.Prepare(ctx, r.Officer, "十月第二批", []gov.ID{id})
		wants(t, err, gov.Conflict, "已列入批次")
		wants(t, r.Release(ctx, fundtest.Actor, first.Case, "撤回申请"), gov.Conflict, "请先从批次中移出")
		_, err = r.Answer(ctx, r.Officer, batch, "a.csv", []byte("付款编号,金额（元）,结果\n"), false)
		wants(t, err, gov.Conflict, "还没有签发")
		both := r.Officer // somebody who holds both roles does not sign their own
		both.Held = append(both.Held, r.Signer.Held...)
		wants(t, r.Sign(ctx, both, batch), gov.Forbidden, "正是您做的")
		must(t, r.Sign(ctx, r.Signer, batch))
		wants(t, r.Sign(ctx, r.Signer, batch), gov.Conflict, "已经签发")
		wants(t, r.Remove(ctx, r.Officer, batch, 1), gov.Conflict, "已经签发")
		_, rows, files, err := r.Batch(ctx, r.Officer, batch)
		must(t, err)
		if len(files) != 2 || len(rows) != 2 || strings.Contains(rows[0].Payee.Account, "6222") {
			t.Errorf("%d files, accounts such as %s", len(files), rows[0].Payee.Account)
		}
		out, err := r.Fetch(ctx, r.Officer, files[0].ID, "上传财务系统")
		must(t, err)
		if !strings.Contains(string(out.Body), "2016-0001-0001,虚构甲,虚构银行西城支行,6222") || !strings.Contains(string(out.Body), ",250.00,") {
			t.Errorf("the file is\n%s", out.Body)
		}

		resealtest.Rotate(t, db, r.Pack().District, r.Keys, "fund_payees", "fund_rows", "fund_files")
		answer := []byte("付款编号,金额（元）,结果,付款日期,失败原因,银行流水号\n2016-0001-0001,250,已付,2016-10-10,,K1\n2016-0001-0002,61,失败,,账号不符,\n2016-0001-0009,1,已付,2016-10-10,,\n")
		rep, err := r.Answer(ctx, r.Officer, batch, "a.csv", answer, false)
		must(t, err)
		if rep.Taken || rep.Good != 1 || rep.Bad != 2 || rep.Wrong[0].Line != 3 || rep.Wrong[0].Typed != "61" {
			t.Errorf("it reports %+v", rep)
		}
		rep, err = r.TakeGood(ctx, r.Officer, rep.File.ID)
		must(t, err)
		if !rep.Taken || rep.Good != 1 {
			t.Errorf("it takes %+v", rep)
		}
		rest := []byte("付款编号,金额（元）,结果,付款日期,失败原因\n2016-0001-0001,250.00,已付,2016-10-10,\n2016-0001-0002,60,失败,,账号不符\n")
		for n, want := range []fund.Report{{Good: 1, Same: 1, Taken: true}, {Same: 2, Taken: true}} {
			rep, err = r.Answer(ctx, r.Officer, batch, "b.csv", rest, false)
			must(t, err)
			if rep.Good != want.Good || rep.Same != want.Same || rep.Taken != want.Taken {
				t.Errorf("answer %d reports %+v", n, rep)
			}
		}
		rep, err = r.Answer(ctx, r.Officer, batch, "c.csv", []byte("付款编号,金额（元）,结果,付款日期\n2016-0001-0002,60,已付,2016-10-10\n"), false)
		must(t, err)
		if rep.Bad != 1 || !strings.Contains(rep.Wrong[0].Text.ZH, "此前的回单") {
			t.Errorf("a payment that failed is paid by a later file: %+v", rep)
		}
		b, err := r.Store.Batch(ctx, batch)
		must(t, err)
		if b.State != fund.Answered || b.PaidSum != 25000 {
			t.Errorf("the batch is %+v", b)
		}
		// What failed is in a batch again, with another account.
		must(t, r.Repay(ctx, r.Officer, second, fund.Payee{Name: "虚构乙", Bank: "虚构银行海淀支行", Account: "6222 0000 1111 2222"}, "账号填错"))
		next, err := r.Prepare(ctx, r.Officer, "补付", []gov.ID{second})
		must(t, err)
		must(t, r.Remove(ctx, r.Officer, next, 0))

		must(t, r.Tell(ctx, id.String()+"/"+batch.String()))
		must(t, r.Tell(ctx, second.String()+"/"+batch.String()))
		want := []fund.Notice{{Promise: id, Case: first.Case, State: fund.Paid, Amount: 25000, On: today}, {Promise: second, State: fund.Open, Amount: 6000, Failure: "账号不符"}}
		told := r.Teller.List()
		want[1].Case = told[1].Case
		if d := cmp.Diff(want, told); d != "" {
			t.Errorf("told - and +:\n%s", d)
		}

		due := today.Add(30)
		claim, err := r.Claim(ctx, r.Officer, fund.Demand{Case: first.Case, Lines: []fund.Back{{Line: 0, Amount: 20000}}, Reason: "未按用途使用", Due: due})
		must(t, err)
		_, err = r.Claim(ctx, r.Officer, fund.Demand{Case: first.Case, Lines: []fund.Back{{Line: 0, Amount: 6000}}, Reason: "又一次", Due: due})
		wants(t, err, gov.Conflict, "最多还有 50元")
		must(t, r.Receive(ctx, r.Officer, claim, fund.Receipt{Reference: "R1", On: today, Amount: 15000}))
		must(t, r.Receive(ctx, r.Officer, claim, fund.Receipt{Reference: "R1", On: today, Amount: 15000}))
		wants(t, r.Receive(ctx, r.Officer, claim, fund.Receipt{Reference: "R2", On: today, Amount: 5001}), gov.Conflict, "最多还有 50元")
		wants(t, r.Return(ctx, r.Officer, id, fund.Receipt{Reference: "R3", On: today, Amount: 5001, Reason: "多付"}), gov.Conflict, "最多还有 50元")
		must(t, r.Receive(ctx, r.Officer, claim, fund.Receipt{Reference: "R2", On: today, Amount: 5000}))
		c, err := r.Store.Claim(ctx, claim)
		must(t, err)
		if c.State != fund.Settled || c.Received != 20000 {
			t.Errorf("the claim is %+v", c)
		}
		if d := cmp.Diff(fund.Pot{ID: "16号/2016/16号:3", Programme: "16号", Year: 2016, Item: "16号:3", Budget: 34000, Committed: 31000, Paid: 25000, Returned: 20000}, pot(t, r, "16号/2016/16号:3")); d != "" {
			t.Errorf("balances - and +:\n%s", d)
		}

		// What a decision was computed on can be asked for years later.
		for version, want := range []int64{0, 25000, 10000, 5000} {
			p, err := r.PaidAt(ctx, "甲", int64(version))
			must(t, err)
			sum := int64(0)
			for _, x := range p.Payments {
				sum += x.Amount
			}
			if sum != want {
				t.Errorf("at version %d the payments are %d, not %d", version, sum, want)
			}
		}
		wants(t, r.CloseYear(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Reason: "年终"}), gov.Invalid, "还没有结束")
		sound(t, db, r)
	})
}

// A year that is over gives no more money, and pays what it promised.
func TestCloseYear(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		now := caseworktest.Monday
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), func() time.Time { return now }), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		_, err := r.Commit(ctx, fundtest.Actor, r.Promise(t, "甲", 40))
		must(t, err)
		now = now.AddDate(1, 0, 0)
		must(t, r.CloseYear(ctx, r.Officer, fund.Budget{Programme: "16号", Year: 2016, Reason: "年终结账"}))
		_, err = r.Commit(ctx, fundtest.Actor, r.Promise(t, "乙", 1))
		wants(t, err, gov.Conflict, "已经结账")
		if p := pot(t, r, "16号/2016/"); p.Budget != 4000 || p.Free() != 0 || !p.Closed {
			t.Errorf("the budget is %+v", p)
		}
		sound(t, db, r)
	})
}

// Money is promised in the transaction of whoever decides: neither is there alone.
func TestTogether(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		c, failed := r.Promise(t, "甲", 40), errors.New("the step does not go")
		err := db.Together(ctx, storetest.District, func(ctx context.Context) error {
			if _, err := r.Commit(ctx, fundtest.Actor, c); err != nil {
				return err
			}
			if p, err := r.Paid(ctx, "甲"); err != nil || p.Version != 1 {
				return fmt.Errorf("within, the payments are %+v, %v", p, err)
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		p, err := r.Paid(ctx, "甲")
		must(t, err)
		if free := pot(t, r, "16号/2016/").Free(); p.Version != 0 || free != 10000 {
			t.Errorf("it stays promised: %+v, %d free", p, free)
		}
		must(t, db.Together(ctx, storetest.District, func(ctx context.Context) error {
			_, err := r.Commit(ctx, fundtest.Actor, c)
			return err
		}))
		sound(t, db, r)
	})
}

// Accounts are sealed, and a look at one is recorded and needs a reason.
func TestPayee(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		p := fund.Payee{Subject: "甲", Name: "虚构甲", Bank: "虚构银行西城支行", Account: "6222 0000-1111 2345"}
		id, err := r.SavePayee(ctx, fundtest.Actor, p)
		must(t, err)
		same, err := r.SavePayee(ctx, fundtest.Actor, p)
		must(t, err)
		if same != id {
			t.Error("the same account is kept twice")
		}
		for _, row := range storetest.Rows(t, db, "select id, subject, blind, cast(sealed as text) from fund_payees where district = '110102'") {
			if strings.Contains(strings.Join(row, " "), "2345") {
				t.Error("the account can be read in the database")
			}
		}
		got, err := r.Payee(ctx, id)
		must(t, err)
		if got.Account != "****2345" {
			t.Errorf("it is shown as %s", got.Account)
		}
		_, err = r.LookAtPayee(ctx, r.Officer, id, "")
		wants(t, err, gov.Invalid, "说明理由")
		_, err = r.LookAtPayee(ctx, r.Signer, id, "核对")
		wants(t, err, gov.Forbidden, policy.SeeFinances.Name().ZH)
		old := r.Officer
		old.Proven = time.Time{}
		_, err = r.LookAtPayee(ctx, old, id, "核对")
		wants(t, err, gov.Unknown, "验证身份")
		full, err := r.LookAtPayee(ctx, r.Officer, id, "核对")
		must(t, err)
		if full.Account != "6222000011112345" {
			t.Errorf("in full it is %s", full.Account)
		}
		_, err = r.SavePayee(ctx, fundtest.Actor, fund.Payee{Subject: "甲", Name: "虚构甲", Bank: "虚构银行西城支行", Account: "12a"})
		wants(t, err, gov.Invalid, "账号应为")
		sound(t, db, r)
	})
}

// A balance somebody changed by hand is found, and so is a movement.
func TestAudit(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		r.Budget(t, "17号", 2016, "", 100)
		sound(t, db, r)
		storetest.Exec(t, db, `update fund_pots set budget = budget + 1 where district = '110102' and programme = '17号'`)
		wrong, err := r.Audit(ctx)
		must(t, err)
		if d := cmp.Diff([]string{"17号/2016/"}, wrong); d != "" {
			t.Errorf("found - and +:\n%s", d)
		}
	})
}

// Sums are of programmes and years, and count who was paid once.
func TestTotals(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := fundtest.New(t, db, packtest.Xicheng(t), monday), t.Context()
		r.Budget(t, "16号", 2016, "", 100)
		r.Budget(t, "16号", 2016, "16号:3", 200)
		r.Budget(t, "17号", 2016, "", 50)
		var ids []gov.ID
		for range 2 {
			id, err := r.Commit(ctx, fundtest.Actor, r.Promise(t, "甲", 30))
			must(t, err)
			ids = append(ids, id)
		}
		batch, err := r.Prepare(ctx, r.Officer, "一批", ids)
		must(t, err)
		must(t, r.Sign(ctx, r.Signer, batch))
		_, err = r.Answer(ctx, r.Officer, batch, "a.csv", []byte("reference,amount,result,date\n2016-0001-0001,30,paid,2016-10-10\n2016-0001-0002,30,paid,2016-10-10\n"), false)
		must(t, err)
		got, err := r.Totals(ctx)
		must(t, err)
		want := []fund.Total{{Programme: "16号", Year: 2016, Budget: 30000, Committed: 6000, Paid: 6000, Subjects: 1}, {Programme: "17号", Year: 2016, Budget: 5000}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("- and +:\n%s", d)
		}
	})
}
