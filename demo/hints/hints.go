// Package hints says what to try with a login of the demonstration.
package hints

import (
	"slices"

	"quanxiang/gov"
	"quanxiang/inspections/invent"
	"quanxiang/policy"
)

// Rank is the place of a role among those that deal with cases most; the number of
// hints when it is none of them.
func Rank(r policy.Role) int {
	i := slices.IndexFunc(tries, func(t trial) bool { return slices.Contains(r.Grants, t.act) })
	if i < 0 {
		return len(tries)
	}
	return i
}

// Of is what a role is good for, "" where nothing is to be said.
func Of(r policy.Role) (text gov.Text) {
	if t := Rank(r); t < len(tries) {
		text = tries[t].Text
	}
	return text
}

// Home is the unit in which a role of the whole district is held: money is kept by the
// office of finance, everything else elsewhere.
func Home(p *policy.Pack, r policy.Role, other string) string {
	const finance = "czj"
	if _, ok := p.Unit(finance); ok && (slices.Contains(r.Grants, policy.KeepFunds) || slices.Contains(r.Grants, policy.ApprovePayments)) {
		return finance
	}
	return other
}

// Seats are those filled for inspections, and those of whoever deals with applications
// for support.
func Seats(p *policy.Pack) []invent.Seat { return append(invent.Seats(p), applying(p)...) }

// Shown are those of them that stand on the start page.
func Shown(p *policy.Pack) []invent.Seat { return append(invent.Planners(p), applying(p)...) }

// applying are a clerk and the lead of each unit in charge of a programme, and its
// reviewers.
func applying(p *policy.Pack) (list []invent.Seat) {
	if p.Applications == nil {
		return nil
	}
	add := func(s invent.Seat) {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for _, x := range p.Applications.Programmes {
		add(invent.Seat{Unit: x.Unit, Role: "clerk"})
		add(invent.Seat{Unit: x.Unit, Role: "lead"})
		for _, u := range x.Reviewers {
			add(invent.Seat{Unit: u, Role: "reviewer"})
		}
	}
	return list
}

// trial is what to try with an act.
type trial struct {
	act policy.Act
	gov.Text
}

// tries say what a role is good for, by an act it grants; the first that fits
// counts.
var tries = []trial{
	{policy.Supervise, gov.Text{ZH: "确认文件提出的任务，催办、督办逾期的，核验申请办结的；看督查看板", EN: "Confirm proposed duties, urge and escalate what is late, verify what is reported done; see the boards"}},
	{policy.Instruct, gov.Text{ZH: "看自己负责的任务进展，催办", EN: "See how your duties stand, and urge"}},
	{policy.Approve, gov.Text{ZH: "签收或退回任务，申请延期、暂缓，审定年度任务", EN: "Accept or send back duties, ask for more time, approve milestones"}},
	{policy.Handle, gov.Text{ZH: "签收任务，报告进展，上传佐证，申请办结，分解年度任务", EN: "Accept duties, report progress with evidence, report completion, split into milestones"}},
	{policy.ManageLogins, gov.Text{ZH: "录入人员，任职，邀请；看不到案件", EN: "Enter persons, give roles, invite; no case shows"}},
	{policy.ReadLedger, gov.Text{ZH: "查看全部案件、账本内情、查阅记录和安全日志；什么也改不了", EN: "See every case, who stands behind the ledger, looks and the security log; change nothing"}},
	{policy.Publish, gov.Text{ZH: "查看案件，导入文件", EN: "See cases, import documents"}},
	{policy.Inspect, gov.Text{ZH: "双随机检查第 1 步：在“现场”看今天的检查，到场签到，逐项记录，请对方签名，由同组另一人确认", EN: "Inspections by lot, step 1: under “On site” see the visits of today, check in, work through the list, have it signed, and confirmed by the other of the team"}},
	{policy.LeadInspections, gov.Text{ZH: "双随机抽查：把各部门的抽查建议合并成联合计划，冻结，主持抽取", EN: "Inspections by lot: join proposals into plans, freeze them, hold the draw"}},
	{policy.WitnessDraws, gov.Text{ZH: "双随机抽查：在抽取页面承诺、揭示随机数，作见证", EN: "Inspections by lot: commit to a secret on the page of the draw and reveal it, as a witness"}},
	{policy.SealDraws, gov.Text{ZH: "双随机抽查：保管密封链，抽取时出示一环并签名", EN: "Inspections by lot: keep a chain of secrets, show an element at the draw and sign"}},
	{policy.TryProgrammes, gov.Text{ZH: "政策试算：把扶持政策的修订放到两万家虚构企业上试算，看谁多得谁少得", EN: "Try programmes: an amendment of support programmes on 20,000 invented enterprises, who gains and who loses"}},
	{policy.KeepFunds, gov.Text{ZH: "扶持资金：看预算和流水，编制拨付批次，下载给财务系统的文件，导入回单，登记退款和追回；金额均为虚构", EN: "Support funds: see budgets and their journal, prepare a batch, fetch the file, import the answer, enter what comes back; all figures are invented"}},
	{policy.ApprovePayments, gov.Text{ZH: "扶持资金：签发别人编制的拨付批次", EN: "Support funds: sign a batch somebody else prepared"}},
	{policy.ReadCases, gov.Text{ZH: "查看任务，看哪些操作不对自己开放", EN: "See the duties, and what is not open to the role"}},
}

// Registers is what to try for whoever keeps a register.
var Registers = gov.Text{ZH: "报送市场主体的登记、许可、检查、处罚等信息，看一户的全部记录", EN: "Bring in what is recorded about market subjects, see all there is about one"}

// Deputy is what to try for who stands in for somebody.
var Deputy = gov.Text{ZH: "本单位负责人休假，由您代理：除自己的事，还能以负责人身份办理", EN: "The unit's head is away and you stand in: besides your own work you may act as the head"}
