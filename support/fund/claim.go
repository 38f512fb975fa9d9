package fund

import (
	"context"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Back is a part of a line that has to come back, or came back.
type Back struct {
	Line   int   `json:"line"` // N of the line
	Amount int64 `json:"amount"`
}

// Demand says what a case wants back.
type Demand struct {
	Case   gov.ID // whose money it was
	Lines  []Back // none: Amount, from the first line on
	Amount int64  // when there are no Lines; 0 for all that is left
	Reason string
	Clause string   // on which it rests, or ""
	Due    gov.Date // last day of repayment
}

// ClaimState is how far a claim has come.
type ClaimState string

// The states.
const (
	Claimed   ClaimState = "open"
	Settled   ClaimState = "settled"
	Withdrawn ClaimState = "withdrawn"
)

// Claim is money that has to come back.
type Claim struct {
	ID       gov.ID
	Promise  gov.ID
	Case     gov.ID
	Number   string // of the case
	Subject  string
	Name     string
	State    ClaimState
	Due      gov.Date
	Amount   int64
	Received int64
	Lines    []Back
	Came     []Back // what came back, by line
	Receipts []Receipt
	Reason   string
	Clause   string
	At       int64 // Unix ms
	Row      int64 // version of the row
}

// Overdue reports that the day of repayment is over and money is missing.
func (c Claim) Overdue(today gov.Date) bool { return c.State == Claimed && c.Due.Before(today) }

// Receipt is money that came back.
type Receipt struct {
	Reference string   // of the bank: what was entered once is not entered again
	On        gov.Date // it came
	Lines     []Back   // none: as the claim has them, from the first
	Amount    int64    // when Lines is empty
	Reason    string   // of what came without a claim
	By        string   // name of who entered it
}

const (
	claimedAct   = "fund.claimed"
	unclaimedAct = "fund.claim.withdrawn"
	returnedAct  = "fund.returned"
)

// ClawBack claims back what was paid to a case: all, or the parts of lines that are
// given, with a day of repayment. What is claimed already or came back is not claimed
// again. It joins the caller's transaction as Commit does.
func (f *Fund) ClawBack(ctx context.Context, by gov.Actor, d Demand) (gov.ID, error) {
	reason, err := reasoned(d.Reason)
	if err != nil {
		return gov.ID{}, err
	}
	if d.Due.IsZero() || d.Due.Before(f.today()) {
		return gov.ID{}, gov.Errorf(gov.Invalid, "还款期限不能早于今天", "the day of repayment is not before today").On("due")
	}
	id := gov.NewID(f.Clock())
	return id, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Live(ctx, d.Case)
		if err != nil {
			return err
		}
		if p.State != Paid {
			return gov.Errorf(gov.Conflict, "资金还没有拨付，不必追回", "the money was not paid; there is nothing to claim back")
		}
		left, err := f.claimable(ctx, tx, p)
		if err != nil {
			return err
		}
		c := Claim{ID: id, Promise: p.ID, Case: p.Case, Number: p.Number, Subject: p.Subject, Name: p.SubjectName, State: Claimed, Due: d.Due,
			Lines: d.Lines, Reason: reason, Clause: strings.TrimSpace(d.Clause), At: f.Clock().UnixMilli()}
		if len(c.Lines) == 0 {
			sum := d.Amount
			for _, x := range left {
				if d.Amount == 0 {
					sum += max(x, 0)
				}
			}
			c.Lines = spread(sum, left)
		}
		if c.Amount, err = within(c.Lines, left); err != nil {
			return err
		}
		if err := tx.SaveClaim(ctx, c); err != nil {
			return err
		}
		// So that two claims at once on what is left once do not both go through.
		if err := tx.SavePromise(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: claimedAct, Object: claimObject(id), Actor: by, Facts: map[string]string{"due": d.Due.String()},
			Sealed: map[string]string{"subject": p.Subject, "amount": yuan(c.Amount, gov.ZH), "reason": reason}})
	})
}

func claimObject(id gov.ID) string { return "claim:" + id.String() }

// claimable is what is left of each line of a promise that no open claim is about.
func (f *Fund) claimable(ctx context.Context, tx Tx, p Promise) ([]int64, error) {
	left := make([]int64, len(p.Lines))
	for i, l := range p.Lines {
		left[i] = l.Amount - l.Returned
	}
	claims, err := tx.ClaimsOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		if c.State != Claimed {
			continue
		}
		for _, b := range c.Open() {
			left[b.Line] -= b.Amount
		}
	}
	return left, nil
}

// Open is what has not come back yet of a claim, by line.
func (c Claim) Open() (out []Back) {
	for _, b := range c.Lines {
		for _, r := range c.Came {
			if r.Line == b.Line {
				b.Amount -= r.Amount
			}
		}
		if b.Amount > 0 {
			out = append(out, b)
		}
	}
	return out
}

// within sums parts of lines, each at most what is left of its line.
func within(list []Back, left []int64) (sum int64, err error) {
	took := make([]int64, len(left))
	for _, b := range list {
		if b.Line < 0 || b.Line >= len(left) || b.Amount <= 0 {
			return 0, gov.Errorf(gov.Invalid, "第 %d 项的金额不对", "the amount of line %d is wrong", b.Line+1).On("amount")
		}
		if took[b.Line] += b.Amount; took[b.Line] > left[b.Line] {
			return 0, gov.Errorf(gov.Conflict, "第 %[1]d 项最多还有 %[2]s", "at most %[3]s is left of line %[1]d", b.Line+1, yuan(max(left[b.Line], 0), gov.ZH), yuan(max(left[b.Line], 0), gov.EN)).On("amount")
		}
		sum += b.Amount
	}
	if sum == 0 {
		return 0, gov.Errorf(gov.Conflict, "已没有可追回的资金", "nothing is left to claim back").On("amount")
	}
	return sum, nil
}

// Claim is ClawBack by an officer at the desk.
func (f *Fund) Claim(ctx context.Context, by people.Standing, d Demand) (gov.ID, error) {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return gov.ID{}, err
	}
	return f.ClawBack(ctx, g.Actor(), d)
}

// Unclaim withdraws a claim: what has not come back need not.
func (f *Fund) Unclaim(ctx context.Context, by people.Standing, id gov.ID, reason string) error {
	g, err := people.Allow(by, policy.ApprovePayments, people.Object{})
	if err != nil {
		return err
	}
	if reason, err = reasoned(reason); err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Claim(ctx, id)
		if err != nil {
			return err
		}
		if c.State != Claimed {
			return errClaimOver
		}
		c.State = Withdrawn
		if err := tx.SaveClaim(ctx, c); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: unclaimedAct, Object: claimObject(id), Actor: g.Actor(), Sealed: map[string]string{"reason": reason}})
	})
}

var errClaimOver = gov.Errorf(gov.Conflict, "这项追回已经办结", "this claim is over")

// Receive enters money that came back on a claim, in whole or in part, never more. The
// same reference again changes nothing.
func (f *Fund) Receive(ctx context.Context, by people.Standing, id gov.ID, r Receipt) error {
	g, err := f.receipt(by, &r)
	if err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Claim(ctx, id)
		if err != nil {
			return err
		}
		for _, x := range c.Receipts {
			if x.Reference == r.Reference {
				return nil
			}
		}
		if c.State != Claimed {
			return errClaimOver
		}
		p, err := tx.Promise(ctx, c.Promise)
		if err != nil {
			return err
		}
		left := make([]int64, len(p.Lines))
		for _, b := range c.Open() {
			left[b.Line] += b.Amount
		}
		r := r
		if len(r.Lines) == 0 {
			r.Lines = spread(r.Amount, left)
		}
		if r.Amount, err = within(r.Lines, left); err != nil {
			return err
		}
		if err := f.back(ctx, tx, g.Actor(), by.Name, &p, r, id); err != nil {
			return err
		}
		c.Received, c.Came, c.Receipts = c.Received+r.Amount, merge(c.Came, r.Lines), append(c.Receipts, r)
		if c.Received == c.Amount {
			c.State = Settled
		}
		if err := tx.SaveClaim(ctx, c); err != nil {
			return err
		}
		return tx.Act(ctx, returned(claimObject(id), g, p, r))
	})
}

// Return enters money that came back without a claim: what a payee sent back. What a claim
// is about comes back on the claim.
func (f *Fund) Return(ctx context.Context, by people.Standing, id gov.ID, r Receipt) error {
	g, err := f.receipt(by, &r)
	if err != nil {
		return err
	}
	if r.Reason, err = reasoned(r.Reason); err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Promise(ctx, id)
		if err != nil {
			return err
		}
		if p.State != Paid {
			return gov.Errorf(gov.Conflict, "资金还没有拨付，不会退回", "the money was not paid; it cannot come back")
		}
		left, err := f.claimable(ctx, tx, p)
		if err != nil {
			return err
		}
		if known, err := tx.Came(ctx, id, r.Reference); err != nil || known {
			return err
		}
		r := r
		if len(r.Lines) == 0 {
			r.Lines = spread(r.Amount, left)
		}
		if r.Amount, err = within(r.Lines, left); err != nil {
			return err
		}
		if err := f.back(ctx, tx, g.Actor(), by.Name, &p, r, gov.ID{}); err != nil {
			return err
		}
		return tx.Act(ctx, returned(Object(id), g, p, r))
	})
}

func (f *Fund) receipt(by people.Standing, r *Receipt) (people.Grant, error) {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return g, err
	}
	r.By, r.Reference = by.Name, strings.TrimSpace(r.Reference)
	switch {
	case r.Reference == "" || len(r.Reference) > 80:
		return g, gov.Errorf(gov.Invalid, "请填写银行流水号", "give the reference of the bank").On("reference")
	case r.On.IsZero() || r.On.Compare(f.today()) > 0:
		return g, gov.Errorf(gov.Invalid, "到账日期不能晚于今天", "it cannot have come after today").On("on")
	case len(r.Lines) == 0 && r.Amount <= 0:
		return g, gov.Errorf(gov.Invalid, "请填写金额", "give the amount").On("amount")
	}
	return g, nil
}

// back writes what came back into the journal and the lines.
func (f *Fund) back(ctx context.Context, tx Tx, by gov.Actor, name string, p *Promise, r Receipt, claim gov.ID) error {
	version, err := tx.Turn(ctx, p.Subject, p.SubjectName, -1)
	if err != nil {
		return err
	}
	for _, b := range r.Lines {
		l := &p.Lines[b.Line]
		m := moveOf(*p, *l, MoveReturn, by)
		m.Return, m.Version, m.Claim, m.Person, m.On, m.Reason = b.Amount, version, claim, name, r.On, r.Reference
		if err := tx.Journal(ctx, m); err != nil {
			return err
		}
		l.Returned += b.Amount
	}
	return tx.SavePromise(ctx, *p)
}

func returned(object string, g people.Grant, p Promise, r Receipt) Act {
	return Act{Kind: returnedAct, Object: object, Actor: g.Actor(), Facts: map[string]string{"on": r.On.String()},
		Sealed: map[string]string{"subject": p.Subject, "amount": yuan(r.Amount, gov.ZH), "reference": r.Reference}}
}

// spread puts an amount to lines from the first. What no line has room for is put to the
// first one, where it is refused.
func spread(amount int64, left []int64) (out []Back) {
	for n, x := range left {
		if take := min(x, amount); take > 0 {
			out = append(out, Back{n, take})
			amount -= take
		}
	}
	if amount > 0 && len(out) > 0 {
		out[0].Amount += amount
	} else if amount > 0 {
		out = []Back{{0, amount}}
	}
	return out
}

// merge adds parts of lines up, by line.
func merge(a, b []Back) (out []Back) {
	out = append(out, a...)
next:
	for _, x := range b {
		for i := range out {
			if out[i].Line == x.Line {
				out[i].Amount += x.Amount
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}
