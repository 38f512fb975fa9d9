// Package money invents the money of the support programmes of the demonstration:
// budgets of a year, what was promised to subjects of the invented market, batches that
// were signed and answered, one that waits for its signer, and money that has to come
// back. All figures and dealings are made up; they go through the doors everybody uses.
package money

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/calendar"
	"quanxiang/demo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/support/fund"
)

// Money is the installation as far as its money is filled. Everything in it goes by Clock.
type Money struct {
	Pack      *policy.Pack
	Calendar  calendar.Calendar
	Clock     gov.Clock
	Now       time.Time // where history ends
	Funds     *fund.Fund
	Registers *registers.Registers
	Subjects  int // of the market

	// Holders lists who holds a role; Staff tells what they hold.
	Holders func(ctx context.Context, s people.Standing, role string, places ...people.Place) ([]people.Person, error)
	Staff   demo.Staff

	promised []gov.ID // in the order in which it was promised
	batches  []gov.ID
}

// Year is whose budgets are invented; the programmes are in force from November 2016 to
// October 2021.
const Year = 2017

// budgets are invented, in 万元.
var budgets = []struct {
	programme, item string
	year            int
	wan             int64
}{
	{"16号", "", Year - 1, 400}, {"16号", "", Year, 2600}, {"16号", "16号:3", Year, 900}, {"16号", "16号.高成长奖励", Year, 500}, {"17号", "", Year, 1200}, {"18号", "", Year, 700},
}

// promises are invented: who, by a number among the enterprises, how many days before now,
// for what, in 万元.
var promises = []struct {
	who, ago      int
	benefit, what string
	year          int
	wan           int64
}{
	{0, 94, "16号.研发资金", "研发投入支持", Year - 1, 60}, {1, 93, "16号.知识产权补贴", "专利补贴", Year - 1, 12},
	{2, 90, "16号.配套资金", "科技项目配套", Year, 150}, {3, 89, "16号.高成长奖励", "高成长奖励", Year, 100}, {4, 88, "17号.基地平台补贴", "公共服务平台场地补贴", Year, 80}, {5, 86, "18号.园区评选奖励", "园区评选奖励", Year, 20},
	{0, 70, "16号.贷款贴息", "贷款贴息", Year, 35}, {6, 66, "16号.标准补贴", "标准制定补贴", Year, 30}, {7, 64, "17号.入驻项目奖励", "入驻项目奖励", Year, 50}, {8, 61, "18号.出版园房租补贴", "房租补贴", Year, 18},
	{2, 30, "16号.研发资金", "研发投入支持", Year, 200}, {9, 25, "16号.高成长奖励", "高成长奖励", Year, 120}, {10, 21, "17号.基地服务补贴", "服务补贴", Year, 40},
	{11, 9, "16号.配套资金", "科技项目配套", Year, 90}, {12, 8, "18号.出版项目配套", "出版项目配套", Year, 45}, {13, 6, "16号.人才住房补贴", "人才住房补贴", Year, 24}, {14, 5, "16号.国际合作配套", "国际合作配套", Year, 66}, {15, 3, "17号.平台培育奖励", "平台培育奖励", Year, 30},
}

// Scenes are what happens to the money, for demo.District; none without a market to pay or
// without rules.
func (k *Money) Scenes() (list []demo.Scene) {
	if k.Pack.Rules == nil || k.Subjects == 0 {
		return nil
	}
	// Each a little later in the day than the one before, so that they keep their order
	// where holidays put several on one day.
	add := func(ago int, do func(context.Context) error) {
		at := k.day(-ago, 8*60+17*len(list))
		if last := k.Now.Add(time.Duration(len(list)-60) * time.Minute); at.After(last) {
			at = last
		}
		list = append(list, demo.Scene{At: at, Do: do})
	}
	promise := func(from, to int) {
		for i := from; i < to; i++ {
			add(promises[i].ago, func(ctx context.Context) error { return k.promise(ctx, i) })
		}
	}
	add(97, k.budget)
	promise(0, 6)
	add(84, func(ctx context.Context) error {
		return k.batch(ctx, "第一批：研发、专利和配套", k.promised[0:6], true)
	})
	add(80, func(ctx context.Context) error { return k.answer(ctx, k.batches[0], k.promised[5]) })
	promise(6, 10)
	add(58, func(ctx context.Context) error { return k.mend(ctx, 5) })
	add(57, func(ctx context.Context) error {
		return k.batch(ctx, "第二批：贴息、标准和入驻", k.promised[5:10], true)
	})
	add(54, func(ctx context.Context) error { return k.answer(ctx, k.batches[1], gov.ID{}) })
	add(45, func(ctx context.Context) error {
		return k.claim(ctx, 2, 60, 20, "项目未按计划完成，退回未使用部分", 22)
	})
	add(40, func(ctx context.Context) error { return k.claim(ctx, 7, 30, 30, "标准项目撤销", 10) })
	promise(10, 13)
	add(20, func(ctx context.Context) error { return k.claim(ctx, 4, 16, 0, "场地面积核减", 45) })
	add(14, func(ctx context.Context) error {
		return k.batch(ctx, "第三批：高成长和基地服务", k.promised[10:13], true)
	})
	promise(13, len(promises))
	add(2, func(ctx context.Context) error {
		return k.batch(ctx, "第四批：配套和出版", k.promised[13:15], false)
	})
	return list
}

// day is a minute of the first working day at or after some days from now.
func (k *Money) day(days, minutes int) time.Time {
	d := k.Calendar.NextWorkday(gov.DateOf(k.Now).Add(days)).Date
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, gov.China)
}

// who is the first who may do an act of money.
func (k *Money) who(ctx context.Context, act policy.Act) (s people.Standing, err error) {
	for _, role := range k.Pack.Roles {
		if !slices.Contains(role.Grants, act) {
			continue
		}
		list, err := k.Holders(ctx, people.Standing{Kind: gov.StaffActor}, role.ID) // any of the staff may ask
		if err != nil {
			return s, err
		}
		if len(list) > 0 {
			held, err := k.Staff.Holdings(ctx, list[0].ID)
			return people.Staff(held, k.Pack, k.Clock(), k.Clock()), err
		}
	}
	return s, fmt.Errorf("nobody may %s", act)
}

func (k *Money) budget(ctx context.Context) error {
	by, err := k.who(ctx, policy.KeepFunds)
	if err != nil {
		return err
	}
	for _, b := range budgets {
		if err := k.Funds.SetBudget(ctx, by, fund.Budget{Programme: b.programme, Year: b.year, Item: b.item, Amount: b.wan * 1_000_000, Reason: "演示数据，虚构的年初安排"}); err != nil {
			return fmt.Errorf("budget of %s %d: %w", b.programme, b.year, err)
		}
	}
	return k.Funds.MoveBudget(ctx, by, fund.Budget{Programme: "16号", Year: Year, Amount: 100_000_000, Reason: "演示数据，虚构的调剂"}, fund.PotID("16号", Year, "16号:3"))
}

// promise promises money to an enterprise of the market.
func (k *Money) promise(ctx context.Context, i int) error {
	p := promises[i]
	subject, name, err := k.enterprise(ctx, p.who)
	if err != nil {
		return err
	}
	line := fund.Line{Programme: strings.Split(p.benefit, ".")[0], Benefit: p.benefit, Year: p.year, Amount: p.wan * 1_000_000}
	doc, benefit, _ := strings.Cut(p.benefit, ".")
	for _, b := range k.Pack.Rules.Benefits {
		if b.Doc == doc && b.Name == benefit && len(line.Clauses) == 0 {
			for _, c := range b.Clauses {
				line.Clauses = append(line.Clauses, c.String())
			}
		}
	}
	by := gov.Actor{Kind: gov.SystemActor, Name: "demo"}
	at, err := k.Funds.Paid(ctx, subject)
	if err != nil {
		return err
	}
	c := fund.Commitment{Case: gov.NewID(k.Clock()), Subject: subject, SubjectName: name, Purpose: p.what, Lines: []fund.Line{line}, Version: at.Version}
	if i != len(promises)-1 { // the last one has not said where it is to go
		if c.Payee, err = k.Funds.SavePayee(ctx, by, fund.Payee{Subject: subject, Name: name, Bank: "虚构银行西城第" + string([]rune("一二三四")[p.who%4]) + "支行", Account: fmt.Sprintf("90110102%011d", 20170001+p.who*137)}); err != nil {
			return err
		}
	}
	id, err := k.Funds.Commit(ctx, by, c)
	k.promised = append(k.promised, id)
	return err
}

// enterprise is the nth enterprise of the market.
func (k *Money) enterprise(ctx context.Context, n int) (code, name string, err error) {
	codes, err := invent.Codes(k.Pack.District, k.Subjects)
	if err != nil {
		return "", "", err
	}
	codes = slices.DeleteFunc(codes, func(c string) bool { return !strings.HasPrefix(c, "91") })
	if len(codes) == 0 {
		return "", "", fmt.Errorf("the market has no enterprise")
	}
	code = codes[n*3%len(codes)]
	e, err := k.Registers.Store.Entry(ctx, invent.Register, code)
	return code, e.Name, err
}

// Pay takes what was promised to a case to its payee: in a batch that is signed and
// answered. The case is told.
func (k *Money) Pay(ctx context.Context, title string, of gov.ID) error {
	list, err := k.Funds.OfCase(ctx, of)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("nothing was promised to case %s", of)
	}
	if err := k.batch(ctx, title, []gov.ID{list[0].ID}, true); err != nil {
		return err
	}
	b := k.batches[len(k.batches)-1]
	k.batches = k.batches[:len(k.batches)-1] // those of the scenes are counted
	if err := k.answer(ctx, b, gov.ID{}); err != nil {
		return err
	}
	return k.Funds.Tell(ctx, fund.TellKey(list[0].ID, b))
}

// batch prepares payments of promises and has them signed.
func (k *Money) batch(ctx context.Context, title string, promises []gov.ID, sign bool) error {
	by, err := k.who(ctx, policy.KeepFunds)
	if err != nil {
		return err
	}
	id, err := k.Funds.Prepare(ctx, by, title, promises)
	if err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	k.batches = append(k.batches, id)
	if !sign {
		return nil
	}
	other, err := k.who(ctx, policy.ApprovePayments)
	if err != nil {
		return err
	}
	return k.Funds.Sign(ctx, other, id)
}

// answer is what the finance system says of a batch: all is paid but one promise, if one
// is given.
func (k *Money) answer(ctx context.Context, batch, failed gov.ID) error {
	by, err := k.who(ctx, policy.KeepFunds)
	if err != nil {
		return err
	}
	b, rows, _, err := k.Funds.Batch(ctx, by, batch)
	if err != nil {
		return err
	}
	text := strings.Builder{}
	text.WriteString("付款编号,金额（元）,结果,付款日期,银行流水号,失败原因\n")
	for _, r := range rows {
		result := fmt.Sprintf("已付,%s,XN%s%04d,", gov.DateOf(k.Clock()).Add(-1), strings.ReplaceAll(b.Number, "-", ""), r.N)
		if r.Promise == failed {
			result = "失败,,,户名与账号不符"
		}
		fmt.Fprintf(&text, "%s,%d.%02d,%s\n", fund.Reference(b, r.N), r.Amount/100, r.Amount%100, result)
	}
	rep, err := k.Funds.Answer(ctx, by, b.ID, "回单 "+b.Number+".csv", []byte(text.String()), false)
	if err == nil && rep.Bad > 0 {
		err = fmt.Errorf("the invented answer has %d mistakes, such as %s", rep.Bad, rep.Wrong[0].Text.EN)
	}
	return err
}

// mend gives a promise that was not paid another account.
func (k *Money) mend(ctx context.Context, n int) error {
	by, err := k.who(ctx, policy.KeepFunds)
	if err != nil {
		return err
	}
	p, err := k.Funds.Promise(ctx, by, k.promised[n])
	if err != nil {
		return err
	}
	return k.Funds.Repay(ctx, by, p.ID, fund.Payee{Name: p.SubjectName, Bank: "虚构银行西城第三支行", Account: "9011010200099990017"}, "按企业来函更正")
}

// claim claims 万元 back of a promise and enters what came of it; due is days from then.
func (k *Money) claim(ctx context.Context, n int, wan, came int64, why string, due int) error {
	by, err := k.who(ctx, policy.KeepFunds)
	if err != nil {
		return err
	}
	p, err := k.Funds.Promise(ctx, by, k.promised[n])
	if err != nil {
		return err
	}
	day := gov.DateOf(k.Clock())
	id, err := k.Funds.Claim(ctx, by, fund.Demand{Case: p.Case, Amount: wan * 1_000_000, Reason: why, Due: day.Add(due)})
	if err != nil || came == 0 {
		return err
	}
	return k.Funds.Receive(ctx, by, id, fund.Receipt{Reference: fmt.Sprintf("XNTK%04d", n), On: day, Amount: came * 1_000_000})
}
