package fund

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// Fund is what decisions, pages and jobs stand on. Methods that take a gov.Actor are for
// rooms that have decided already that it may be done, such as the step of a case; those
// that take a people.Standing decide themselves.
type Fund struct {
	Store  Store
	Pack   func() *policy.Pack
	Clock  gov.Clock
	Sheets Sheets // files for the finance system; nil where no batch is approved or answered
	Told   Told   // nil: nobody is told
}

// Told is whoever has to know what became of the money of a case. It is called by a job,
// which runs again until it returns nil, so the same may be told more than once.
type Told interface {
	Told(ctx context.Context, n Notice) error
}

// Notice is what is told of a promise.
type Notice struct {
	Promise gov.ID
	Case    gov.ID
	State   State    // Paid, or Open when the finance system did not pay it
	Amount  int64    // fen
	On      gov.Date // of the payment
	Failure string
}

// Causes of refusals, for callers that go on in their own way.
var (
	// ErrStale: the subject's payments changed since Paid was asked. Ask again, compute
	// again, commit again.
	ErrStale = errors.New("the payments of the subject changed")
	// ErrShort: the budget does not cover a line.
	ErrShort = errors.New("the budget is short")
)

const (
	maxLines   = 2000
	maxOfCase  = 200
	maxPurpose = 60
	maxReason  = 200
	maxAmount  = 1e13 // fen: 1000亿元, so that no sum overflows
	firstYear  = 2000
	lastYear   = 2100
)

// The acts of money in the ledger.
const (
	committedAct = "fund.committed"
	releasedAct  = "fund.released"
)

// Object is a commitment in the ledger.
func Object(promise gov.ID) string { return "commitment:" + promise.String() }

// Commit promises money, in the transaction the context carries if it carries one
// (sqldb.WriteUnder, Casework.Together), and returns the id of the promise. It is a
// Conflict because of ErrStale when c.Version is not that of the subject's payments, and
// because of ErrShort when a budget does not cover it; the text says how much is missing.
// A case has one promise at a time.
func (f *Fund) Commit(ctx context.Context, by gov.Actor, c Commitment) (gov.ID, error) {
	if err := check(&c); err != nil {
		return gov.ID{}, err
	}
	p := Promise{ID: gov.NewID(f.Clock()), Commitment: c, State: Open, At: f.Clock().UnixMilli()}
	for i, l := range c.Lines {
		p.Lines[i].N, p.Total = i, p.Total+l.Amount
	}
	return p.ID, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p := p
		version, err := tx.Turn(ctx, c.Subject, c.SubjectName, c.Version)
		if err != nil {
			return err
		}
		moves := make([]Move, len(p.Lines))
		for i := range p.Lines {
			l := &p.Lines[i]
			if l.Pot, err = tx.PotOf(ctx, *l); err != nil {
				return err
			}
			moves[i] = moveOf(p, *l, MoveCommit, by)
			moves[i].Commit, moves[i].Version = l.Amount, version
		}
		// Always in one order, so that two decisions do not wait for each other.
		slices.SortStableFunc(moves, func(a, b Move) int { return cmp.Compare(a.Pot, b.Pot) })
		for _, m := range moves {
			if err := tx.Journal(ctx, m); err != nil {
				return err
			}
		}
		if err := tx.AddPromise(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: committedAct, Object: Object(p.ID), Actor: by, Facts: c.Basis.facts(), Sealed: sealed(p)})
	})
}

// Paid tells what a subject was promised and paid, to compute what else it may have.
func (f *Fund) Paid(ctx context.Context, subject string) (Position, error) {
	return f.PaidAt(ctx, subject, -1)
}

// PaidAt is Paid as it was at a version, to compute a past decision again. A version
// below 0 is the newest.
func (f *Fund) PaidAt(ctx context.Context, subject string, version int64) (Position, error) {
	return f.Store.Position(ctx, subject, version)
}

// OfCase lists the promises of a case, the newest first: at most one is not released.
func (f *Fund) OfCase(ctx context.Context, id gov.ID) ([]Promise, error) {
	return f.Store.Promises(ctx, Query{Case: id}, gov.Page{Limit: maxOfCase})
}

// Release takes back what was promised to a case and not paid. It is a Conflict when it
// is paid, or in a batch that waits for its answer, and NotFound when there is none.
func (f *Fund) Release(ctx context.Context, by gov.Actor, id gov.ID, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.Live(ctx, id)
		if err != nil {
			return err
		}
		switch p.State {
		case Paid:
			return gov.Errorf(gov.Conflict, "资金已经拨付，只能追回", "the money was paid; it can only be claimed back")
		case Batched:
			return gov.Errorf(gov.Conflict, "资金已列入拨付批次，请先从批次中移出", "the money is in a batch; take it out of the batch first")
		}
		version, err := tx.Turn(ctx, p.Subject, p.SubjectName, -1)
		if err != nil {
			return err
		}
		for _, l := range p.Lines {
			m := moveOf(p, l, MoveRelease, by)
			m.Commit, m.Version, m.Reason = -l.Amount, version, reason
			if err := tx.Journal(ctx, m); err != nil {
				return err
			}
		}
		p.State, p.Reason = Released, reason
		if err := tx.SavePromise(ctx, p); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: releasedAct, Object: Object(p.ID), Actor: by, Sealed: sealed(p)})
	})
}

// facts are what the ledger tells everybody of a decision: digests alone.
func (b Basis) facts() map[string]string {
	out := map[string]string{}
	for name, v := range map[string]string{"rules": b.Rules, "facts": b.Facts, "result": b.Result} {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

// Refuse says why a pot does not take a movement that would make its balances wrong.
func Refuse(p Pot, m Move) error {
	name := potName(p)
	switch {
	case m.Commit > 0 && p.Closed:
		return gov.Errorf(gov.Conflict, "%[1]s的预算已经结账", "the budget of %[2]s is closed", name.ZH, name.EN).On("budget").Because(ErrShort)
	case m.Commit > 0:
		missing := m.Commit - p.Free()
		return gov.Errorf(gov.Conflict, "%[1]s的预算不足，还差 %[3]s", "the budget of %[2]s is short by %[4]s",
			name.ZH, name.EN, yuan(missing, gov.ZH), yuan(missing, gov.EN)).On("budget").Because(ErrShort)
	case m.Budget < 0:
		return gov.Errorf(gov.Conflict, "%[1]s未安排的预算只有 %[3]s", "only %[4]s of the budget of %[2]s is free", name.ZH, name.EN, yuan(p.Free(), gov.ZH), yuan(p.Free(), gov.EN)).On("amount")
	}
	return gov.Errorf(gov.Conflict, "%[1]s的账目不允许这笔变动", "the balances of %[2]s do not allow this movement", name.ZH, name.EN)
}

// NoBudget refuses a line that no pot is for.
func NoBudget(l Line) error {
	return gov.Errorf(gov.Conflict, "%[1]s %[2]d 年没有预算", "%[1]s has no budget for %[2]d", l.Programme, l.Year).On("budget").Because(ErrShort)
}

// PotsFor lists the ids of the pots a line may be taken from, the first that exists is it.
func PotsFor(l Line) (list []string) {
	list = append(list, PotID(l.Programme, l.Year, l.Benefit))
	if len(l.Clauses) > 0 {
		if a := article(l.Clauses[0]); a != "" {
			list = append(list, PotID(l.Programme, l.Year, a))
		}
	}
	return append(list, PotID(l.Programme, l.Year, ""))
}

func check(c *Commitment) error {
	c.Subject, c.SubjectName, c.Purpose = strings.TrimSpace(c.Subject), strings.TrimSpace(c.SubjectName), strings.TrimSpace(c.Purpose)
	switch {
	case c.Case.IsZero():
		return gov.Errorf(gov.Invalid, "没有说明是哪个案件", "it does not say which case").On("case")
	case c.Subject == "" || len(c.Subject) > 40:
		return gov.Errorf(gov.Invalid, "没有说明给哪个单位", "it does not say to whom").On("subject")
	case len(c.Lines) == 0 || len(c.Lines) > maxLines:
		return gov.Errorf(gov.Invalid, "应有 1 至 %d 项", "there should be 1 to %d lines", maxLines).On("lines")
	case utf8.RuneCountInString(c.Purpose) > maxPurpose:
		return gov.Errorf(gov.Invalid, "用途最多 %d 字", "the purpose has at most %d characters", maxPurpose).On("purpose")
	case c.Version < 0:
		return gov.Errorf(gov.Invalid, "没有说明按哪一版已拨付情况计算", "it does not say on which payments it was computed").On("version")
	}
	list := make([]Line, len(c.Lines))
	for i, l := range c.Lines {
		doc, _, ok := strings.Cut(l.Benefit, ".")
		switch {
		case l.Programme == "" || !ok || doc != l.Programme:
			return gov.Errorf(gov.Invalid, "“%[2]s”不是“%[1]s”的支持项目", "%[2]q is no benefit of %[1]q", l.Programme, l.Benefit).On("lines")
		case l.Year < firstYear || l.Year > lastYear:
			return gov.Errorf(gov.Invalid, "年度 %d 不对", "there is no year %d", l.Year).On("lines")
		case l.Amount <= 0 || l.Amount > maxAmount:
			return gov.Errorf(gov.Invalid, "“%s”的金额不对", "the amount of %q is wrong", l.Benefit).On("lines")
		}
		l.Returned, l.Pot = 0, ""
		list[i] = l
	}
	c.Lines = list
	return nil
}

// moveOf is a movement of a line, of nothing yet.
func moveOf(p Promise, l Line, kind string, by gov.Actor) Move {
	return Move{Pot: l.Pot, Kind: kind, Promise: p.ID, Line: l.N, Subject: p.Subject, Year: l.Year, Benefit: l.Benefit, Key: l.Key, Person: string(by.Kind)}
}

// sealed is what the ledger commits to and does not tell: who gets what.
func sealed(p Promise) map[string]string {
	return map[string]string{"subject": p.Subject, "amount": yuan(p.Total, gov.ZH), "case": p.Case.String()}
}

func reasoned(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < 2 || n > maxReason {
		return "", gov.Errorf(gov.Invalid, "请用 2 至 %d 字说明理由", "give the reason in 2 to %d characters", maxReason).On("reason")
	}
	return text, nil
}

// Enter decides whether somebody of the staff sees the money.
func Enter(by people.Standing) error { return people.Can(by, policy.ReadFunds, people.Object{}) }

func (f *Fund) today() gov.Date { return gov.DateOf(f.Clock()) }
