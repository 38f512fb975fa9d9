package apply

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/applying"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/rules/explain"
	"quanxiang/rules/money"
	"quanxiang/support/fund"
)

// program is who acts on a case for this room: nobody's opinion is in what it does.
var program = cases.Actor{Kind: gov.ProgramActor, Person: "support"}

// claimActs are the acts that change a claim.
var claimActs = []string{DraftAct, SaveAct, SubmitAct, ResubmitAct, CorrectAct}

// Stepped implements docket.Room: it keeps what a step changes of the claim, reckons
// anew, asks the restrictions, and promises the money of a decision, all in the
// transaction of the step.
func (a *Applications) Stepped(ctx context.Context, s docket.Stepped) error {
	for _, e := range s.Events {
		if e.Kind != cases.Acted {
			continue
		}
		var err error
		switch {
		case slices.Contains(claimActs, e.Action):
			err = a.changed(ctx, s, e)
		case e.Action == acceptAct:
			err = a.barred(ctx, s, e)
		case e.Action == listAct:
			err = a.reckon(ctx, s)
		case e.Action == decideAct:
			err = a.decided(ctx, s, e)
		case e.Action == releaseAct:
			err = a.Money.Release(ctx, actorOf(e), s.Case.ID, s.Case.Values.Text(reasonField))
		case e.Action == clawBackAct:
			err = a.clawedBack(ctx, s, e)
		}
		if err != nil {
			return err
		}
	}
	if s.Before.Ended == 0 && s.Case.Ended != 0 {
		return a.dropReviews(ctx, s.Case.ID)
	}
	return nil
}

// dropAct ends a review nobody needs any more.
const dropAct = "drop"

// dropReviews ends the reviews of an application that has ended.
func (a *Applications) dropReviews(ctx context.Context, id gov.ID) error {
	list, err := a.docket.Children(ctx, id)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Ended != 0 || r.Procedure != a.Rules().Review {
			continue
		}
		if _, err := a.docket.Act(ctx, docket.Step{Case: r.ID}, cases.Input{Action: dropAct, Actor: program}); err != nil {
			return err
		}
	}
	return nil
}

func actorOf(e cases.Event) gov.Actor { return gov.Actor{Kind: e.By.Kind, Name: e.By.Person} }

// changed keeps the change a step carries. Without one it was done elsewhere than where
// the claim is shown.
func (a *Applications) changed(ctx context.Context, s docket.Stepped, e cases.Event) error {
	x, ok := ctx.Value(carriedKey{}).(*carried)
	if !ok || x.change.Act != e.Action || x.change.Claim.ID != s.Case.ID {
		return gov.Errorf(gov.Conflict, "请在“申报内容”页面办理：那里逐项显示事实和测算", "do this on the page of the claim, where facts and calculation stand")
	}
	if err := a.Store.Save(ctx, x.change); err != nil {
		return err
	}
	if e.Action == DraftAct || e.Action == SaveAct {
		return nil
	}
	return a.reckon(ctx, s)
}

// reckon lets the case say what its claim comes to now.
func (a *Applications) reckon(ctx context.Context, s docket.Stepped) error {
	c, err := a.Store.Claim(ctx, s.Case.ID)
	if err != nil {
		return err
	}
	out, err := a.compute(ctx, s.Pack, c)
	if err != nil {
		return err
	}
	values := figures(out)
	_, err = a.docket.Act(ctx, docket.Step{Case: s.Case.ID}, cases.Input{Action: ReckonAct, Values: values, Actor: program})
	return err
}

// figures are what a case says of an outcome.
func figures(out Outcome) cases.Values {
	v := cases.Values{amountField: Sum(out), grantedField: nil, excludedField: nil, openField: nil}
	for field, text := range map[string]string{grantedField: Granted(out), excludedField: Excludes(out), openField: strings.Join(out.Needs, "、")} {
		if text != "" {
			v[field] = shortText(text, 4000)
		}
	}
	return v
}

// Granted are the benefits of an outcome in words, one a line with its clauses.
func Granted(out Outcome) string {
	var lines []string
	for _, b := range out.Benefits {
		switch {
		case b.Most == 0:
		case b.Title != "":
			lines = append(lines, fmt.Sprintf("%s：%s（%s）", b.Benefit, b.Title, cited(b.Clauses)))
		case b.Known() && out.less(b.Benefit) > 0:
			lines = append(lines, fmt.Sprintf("%s：%s，已扣除本年度此前支持的 %s（%s）", b.Benefit, yuan(max(0, b.Least-out.less(b.Benefit))), yuan(out.less(b.Benefit)), cited(b.Clauses)))
		case b.Known():
			lines = append(lines, fmt.Sprintf("%s：%s（%s）", b.Benefit, yuan(b.Least), cited(b.Clauses)))
		default:
			lines = append(lines, fmt.Sprintf("%s：%s 至 %s（%s）", b.Benefit, yuan(b.Least), yuan(b.Most), cited(b.Clauses)))
		}
	}
	return strings.Join(lines, "\n")
}

// Excludes are the benefits of an outcome that are not had for the sake of others, one a
// line with the clause that says so.
func Excludes(out Outcome) string {
	var lines []string
	for _, x := range out.Excluded {
		why := "性质相同的支持只能选择一项"
		if x.Before {
			why = "本年度已获得性质相同的支持"
		}
		if x.By != "" {
			why += "（" + x.By + "）"
		}
		lines = append(lines, fmt.Sprintf("%s：%s，依据 %s", x.Benefit, why, cited(x.Clauses)))
	}
	return strings.Join(lines, "\n")
}

// cited are clauses as people cite them.
func cited(clauses []string) string {
	list := make([]string, len(clauses))
	for i, c := range clauses {
		doc, path, _ := strings.Cut(c, ":")
		list[i] = doc + explain.Citation(path, gov.ZH)
	}
	return strings.Join(list, "、")
}

func yuan(fen int64) string { return money.Fen(fen).As(gov.ZH) }

// consult asks whether the applicant may receive support today, for the unit in charge.
func (a *Applications) consult(ctx context.Context, s docket.Stepped, e cases.Event) (registers.Consultation, error) {
	rules := s.Pack.Applications
	by := registers.Asker{Actor: actorOf(e), Unit: s.Case.Values.Text(unitField)}
	if id, err := gov.ParseID(e.By.Person); err == nil {
		by.Person = id
	}
	return a.Registers.May(ctx, by, registers.Question{Register: rules.Register, Key: s.Case.Values.Text(codeField), Receive: rules.Receives, Purpose: rules.Purpose, Note: s.Case.Number})
}

// against is what stands against an applicant, in words for them.
func against(c registers.Consultation) string {
	var lines []string
	for _, r := range c.Answer.Reasons {
		if r.Effect != register.Refuse {
			continue
		}
		line := r.Name.ZH + "，依据 " + r.Basis
		if r.Ground != "" {
			line += "；记录依据 " + r.Ground
		}
		if !r.Until.IsZero() {
			line += "；至 " + r.Until.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// barred lets an application go on to its reviewers, or ends it when joint restrictions
// refuse support, and tells why.
func (a *Applications) barred(ctx context.Context, s docket.Stepped, e cases.Event) error {
	c, err := a.consult(ctx, s, e)
	if err != nil {
		return err
	}
	if c.Answer.Effect != register.Refuse {
		_, err = a.docket.Act(ctx, docket.Step{Case: s.Case.ID}, cases.Input{Action: clearAct, Actor: program})
		return err
	}
	values := cases.Values{reasonField: shortText("受联合惩戒限制："+against(c), 1000)}
	_, err = a.docket.Act(ctx, docket.Step{Case: s.Case.ID}, cases.Input{Action: barAct, Values: values, Actor: program})
	return err
}

// decided keeps a decision with what it was computed from and promises its money.
func (a *Applications) decided(ctx context.Context, s docket.Stepped, e cases.Event) error {
	c, err := a.Store.Claim(ctx, s.Case.ID)
	if err != nil {
		return err
	}
	if stands, err := a.consult(ctx, s, e); err != nil {
		return err
	} else if stands.Answer.Effect == register.Refuse {
		return gov.Errorf(gov.Conflict, "申请单位受联合惩戒限制，不能给予支持：%s", "joint restrictions refuse the applicant support: %s", against(stands))
	}
	had, err := a.Money.Paid(ctx, c.Code)
	if err != nil {
		return err
	}
	in, err := a.inputs(ctx, s.Pack, c, had)
	if err != nil {
		return err
	}
	out, err := compute(a.Calculator(s.Pack), in)
	if err != nil {
		return err
	}
	if len(out.Needs) > 0 {
		return gov.Errorf(gov.Conflict, "还有事实没有确定，不能作出决定：%s", "facts are still open, nothing can be decided: %s", strings.Join(out.Needs, "、"))
	}
	list := lines(out)
	if len(list) == 0 {
		return gov.Errorf(gov.Conflict, "测算结果没有可拨付的金额，请按“不予支持”办结", "the calculation comes to no money; refuse the application instead")
	}
	if sum, _ := s.Case.Values[amountField].(int64); sum != Sum(out) {
		return gov.Errorf(gov.Conflict, "测算结果已变为 %[1]s，与公示的金额不同：请退回名单重新公示", "the calculation now comes to %[2]s, not to what was announced: put it on the list again", yuan(Sum(out)), money.Fen(Sum(out)).As(gov.EN))
	}
	if list, err = apart(a.Calculator(s.Pack), in, list); err != nil {
		return err
	}
	d := Decision{ID: gov.NewID(a.Clock()), Case: s.Case.ID, Number: s.Case.Number, Code: c.Code, Year: c.Year, At: a.Clock().UnixMilli(), By: e.By.Person,
		Pack: s.Pack.Hash, Rules: RulesHash(s.Pack), Salt: make([]byte, 16)}
	rand.Read(d.Salt) // never fails
	if d.Inputs, err = canonical(in); err != nil {
		return err
	}
	if d.Result, err = canonical(out); err != nil {
		return err
	}
	d.Digest = digest(d)
	if err := a.Store.Decide(ctx, d, actorOf(e)); err != nil {
		return err
	}
	_, err = a.Money.Commit(ctx, actorOf(e), fund.Commitment{Case: s.Case.ID, Number: s.Case.Number, Subject: c.Code, SubjectName: c.Name, Payee: c.Payee, Lines: list, Version: had.Version,
		Purpose: shortText(strconv.Itoa(c.Year)+"年度扶持资金 "+s.Case.Number, 60),
		Basis:   fund.Basis{Rules: d.Rules, Facts: hash(d.Salt, d.Inputs), Result: hash(d.Salt, d.Result)}})
	return err
}

// hash is a digest that tells nothing of what is short.
func hash(salt, b []byte) string {
	sum := sha256.Sum256(slices.Concat(salt, b))
	return hex.EncodeToString(sum[:])
}

// dueField says until when money has to come back.
const dueField = "back_until"

func (a *Applications) clawedBack(ctx context.Context, s docket.Stepped, e cases.Event) error {
	due, err := gov.ParseDate(s.Case.Values.Text(dueField))
	if err != nil {
		return err
	}
	_, err = a.Money.ClawBack(ctx, actorOf(e), fund.Demand{Case: s.Case.ID, Reason: shortText(s.Case.Values.Text(reasonField), 200), Due: due})
	return err
}

var _ fund.Told = (*Applications)(nil)

// Told implements fund.Told: the case of a promise learns that it was paid, or why not.
// Told again it changes nothing.
func (a *Applications) Told(ctx context.Context, n fund.Notice) error {
	in := cases.Input{Action: paidAct, Values: cases.Values{applying.PaidOn: n.On.String()}, Actor: program}
	key := n.Promise
	if n.State != fund.Paid {
		in.Action, in.Values = unpaidAct, cases.Values{"failure": shortText(n.Failure, 200)}
		key = gov.ID{}
	}
	c, _, err := a.docket.Case(ctx, n.Case)
	if gov.CodeOf(err) == gov.NotFound || err == nil && (c.Procedure != a.Rules().Procedure || c.Ended != 0) {
		return nil // money of somebody else's case, or of one that is over
	}
	if err != nil {
		return err
	}
	_, err = a.docket.Act(ctx, docket.Step{Case: n.Case, Key: key}, in)
	return err
}
