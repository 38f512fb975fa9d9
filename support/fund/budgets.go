package fund

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// The acts of budgets in the ledger.
const (
	setAct   = "fund.budget.set"
	raiseAct = "fund.budget.raised"
	moveAct  = "fund.budget.moved"
	closeAct = "fund.budget.closed"
)

// Budget is what somebody wants of a budget.
type Budget struct {
	Programme string
	Year      int
	Item      string // see Pot.Item
	Amount    int64  // fen; of a raise it may be negative
	Reason    string
}

// SetBudget gives a programme, article or benefit its budget of a year. One that is there
// is raised or moved, not set again.
func (f *Fund) SetBudget(ctx context.Context, by people.Standing, b Budget) error {
	g, err := f.budget(by, &b)
	if err != nil {
		return err
	}
	if b.Amount <= 0 {
		return gov.Errorf(gov.Invalid, "预算应大于零", "a budget is more than nothing").On("amount")
	}
	id := PotID(b.Programme, b.Year, b.Item)
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.AddPot(ctx, Pot{ID: id, Programme: b.Programme, Year: b.Year, Item: b.Item}); err != nil {
			return err
		}
		if err := tx.Journal(ctx, Move{Pot: id, Kind: MoveSet, Budget: b.Amount, Person: by.Name, Reason: b.Reason}); err != nil {
			return err
		}
		return tx.Act(ctx, budgetAct(setAct, id, g, b))
	})
}

// RaiseBudget raises a budget, or lowers it by a negative amount: never below what is
// promised.
func (f *Fund) RaiseBudget(ctx context.Context, by people.Standing, b Budget) error {
	g, err := f.budget(by, &b)
	if err != nil {
		return err
	}
	if b.Amount == 0 {
		return gov.Errorf(gov.Invalid, "请填写增减的金额", "give the amount of the change").On("amount")
	}
	id := PotID(b.Programme, b.Year, b.Item)
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := f.free(ctx, tx, id, -b.Amount); err != nil {
			return err
		}
		if err := tx.Journal(ctx, Move{Pot: id, Kind: MoveRaise, Budget: b.Amount, Person: by.Name, Reason: b.Reason}); err != nil {
			return err
		}
		return tx.Act(ctx, budgetAct(raiseAct, id, g, b))
	})
}

// free is an open pot that has so much free.
func (f *Fund) free(ctx context.Context, tx Tx, id string, amount int64) (Pot, error) {
	p, err := tx.Pot(ctx, id)
	if err != nil {
		return p, err
	}
	if p.Closed {
		return p, gov.Errorf(gov.Conflict, "%[1]s的预算已经结账", "the budget of %[2]s is closed", potName(p).ZH, potName(p).EN).On("amount")
	}
	if missing := amount - p.Free(); amount > 0 && missing > 0 {
		return p, gov.Errorf(gov.Conflict, "%[1]s未安排的预算只有 %[3]s", "only %[4]s of the budget of %[2]s is free", potName(p).ZH, potName(p).EN, yuan(p.Free(), gov.ZH), yuan(p.Free(), gov.EN)).On("amount")
	}
	return p, nil
}

// MoveBudget takes a part of what is free in the pot of b to another of the same year,
// whose id is to.
func (f *Fund) MoveBudget(ctx context.Context, by people.Standing, b Budget, to string) error {
	g, err := f.budget(by, &b)
	if err != nil {
		return err
	}
	id := PotID(b.Programme, b.Year, b.Item)
	switch {
	case b.Amount <= 0:
		return gov.Errorf(gov.Invalid, "请填写调剂的金额", "give the amount that is moved").On("amount")
	case to == id:
		return gov.Errorf(gov.Invalid, "不能调给自己", "it does not move to itself").On("to")
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		from, err := f.free(ctx, tx, id, b.Amount)
		if err != nil {
			return err
		}
		target, err := f.free(ctx, tx, to, 0)
		if err != nil {
			return err
		}
		if from.Year != target.Year {
			return gov.Errorf(gov.Invalid, "只能在同一年度内调剂", "budgets move within a year").On("to")
		}
		moves := []Move{{Pot: id, Budget: -b.Amount}, {Pot: to, Budget: b.Amount}}
		slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Pot, b.Pot) }) // so that two do not wait for each other
		for _, m := range moves {
			m.Kind, m.Person, m.Reason = MoveShift, by.Name, b.Reason
			if err := tx.Journal(ctx, m); err != nil {
				return err
			}
		}
		a := budgetAct(moveAct, id, g, b)
		a.Facts["to"] = to
		return tx.Act(ctx, a)
	})
}

// CloseYear ends the budgets of a programme and year: what is free lapses, and nothing
// more is promised from them. What is promised is paid all the same.
func (f *Fund) CloseYear(ctx context.Context, by people.Standing, b Budget) error {
	g, err := f.budget(by, &b)
	if err != nil {
		return err
	}
	if b.Year >= f.today().Year {
		return gov.Errorf(gov.Invalid, "年度 %d 还没有结束", "the year %d is not over", b.Year).On("year")
	}
	pots, err := f.Store.Pots(ctx, b.Programme, b.Year)
	if err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		closed := 0
		for _, x := range pots { // by their ids: in one order
			p, err := tx.Pot(ctx, x.ID)
			if err != nil {
				return err
			}
			if p.Closed {
				continue
			}
			closed++
			if free := p.Free(); free > 0 {
				if err := tx.Journal(ctx, Move{Pot: p.ID, Kind: MoveClose, Budget: -free, Person: by.Name, Reason: b.Reason}); err != nil {
					return err
				}
			}
			if err := tx.ClosePot(ctx, p.ID); err != nil {
				return err
			}
		}
		if closed == 0 {
			return gov.Errorf(gov.Conflict, "没有未结账的预算", "no budget is open").On("year")
		}
		return tx.Act(ctx, budgetAct(closeAct, PotID(b.Programme, b.Year, ""), g, b))
	})
}

func (f *Fund) budget(by people.Standing, b *Budget) (people.Grant, error) {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return g, err
	}
	if b.Reason, err = reasoned(b.Reason); err != nil {
		return g, err
	}
	return g, f.known(b)
}

// known reports what the pack does not have.
func (f *Fund) known(b *Budget) error {
	b.Programme, b.Item = strings.TrimSpace(b.Programme), strings.TrimSpace(b.Item)
	switch {
	case !slices.Contains(f.Programmes(), b.Programme):
		return gov.Errorf(gov.Invalid, "没有“%s”这个扶持文件", "there is no programme %q", b.Programme).On("programme")
	case b.Year < firstYear || b.Year > lastYear:
		return gov.Errorf(gov.Invalid, "年度 %d 不对", "there is no year %d", b.Year).On("year")
	case b.Item != "" && !slices.Contains(f.Items(b.Programme), b.Item):
		return gov.Errorf(gov.Invalid, "“%[1]s”没有“%[2]s”这一项", "%[1]s has no item %[2]q", b.Programme, b.Item).On("item")
	case b.Amount > maxAmount || b.Amount < -maxAmount:
		return gov.Errorf(gov.Invalid, "金额过大", "the amount is too large").On("amount")
	}
	return nil
}

// Programmes lists the documents whose benefits are money.
func (f *Fund) Programmes() (list []string) {
	if p := f.Pack().Rules; p != nil {
		for _, b := range p.Benefits {
			if b.Grant == "" && !slices.Contains(list, b.Doc) {
				list = append(list, b.Doc)
			}
		}
	}
	return list
}

// Items lists what a programme may have a budget of its own for: articles, then benefits.
func (f *Fund) Items(programme string) (list []string) {
	p := f.Pack().Rules
	if p == nil {
		return nil
	}
	var benefits []string
	for _, b := range p.Benefits {
		if b.Doc != programme || b.Grant != "" {
			continue
		}
		for _, c := range b.Clauses {
			if a := article(c.String()); a != "" && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
		if name := b.Doc + "." + b.Name; !slices.Contains(benefits, name) {
			benefits = append(benefits, name)
		}
	}
	return append(list, benefits...)
}

func budgetAct(kind, id string, g people.Grant, b Budget) Act {
	return Act{Kind: kind, Object: "budget:" + id, Actor: g.Actor(), Facts: map[string]string{"amount": yuan(b.Amount, gov.ZH)}, Sealed: map[string]string{"reason": b.Reason}}
}

// Pots lists budgets with their balances.
func (f *Fund) Pots(ctx context.Context, by people.Standing, programme string, year int) ([]Pot, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return f.Store.Pots(ctx, programme, year)
}

// Moves lists the journal, the newest first.
func (f *Fund) Moves(ctx context.Context, by people.Standing, q MoveQuery, p gov.Page) (out gov.List[Move], err error) {
	if err := Enter(by); err != nil {
		return out, err
	}
	out.Total = -1
	if out.Items, err = f.Store.Moves(ctx, q, gov.Page{After: p.After, Limit: p.Limit + 1}); err == nil && len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].ID.String()
	}
	return out, err
}

// Promises lists commitments, the newest first.
func (f *Fund) Promises(ctx context.Context, by people.Standing, q Query, p gov.Page) (out gov.List[Promise], err error) {
	if err := Enter(by); err != nil {
		return out, err
	}
	out.Total = -1
	if out.Items, err = f.Store.Promises(ctx, q, gov.Page{After: p.After, Limit: p.Limit + 1}); err == nil && len(out.Items) > p.Limit {
		out.Items = out.Items[:p.Limit]
		out.Next = out.Items[p.Limit-1].ID.String()
	}
	return out, err
}

// Promise is a commitment, to who sees the money.
func (f *Fund) Promise(ctx context.Context, by people.Standing, id gov.ID) (Promise, error) {
	if err := Enter(by); err != nil {
		return Promise{}, err
	}
	return f.Store.Promise(ctx, id)
}

// Claims lists what has to come back, of a subject or with "" of all.
func (f *Fund) Claims(ctx context.Context, by people.Standing, subject string) ([]Claim, error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	return f.Store.Claims(ctx, subject, gov.Page{Limit: maxClaims})
}

// ClaimOf is a claim, to who sees the money.
func (f *Fund) ClaimOf(ctx context.Context, by people.Standing, id gov.ID) (Claim, error) {
	if err := Enter(by); err != nil {
		return Claim{}, err
	}
	return f.Store.Claim(ctx, id)
}

const maxClaims = 500

// Totals are the sums of programmes and years: public.
func (f *Fund) Totals(ctx context.Context) ([]Total, error) { return f.Store.Totals(ctx) }

// Audit compares the balances of every pot with the sums of its journal and lists the
// pots that differ: none, unless somebody changed the database by hand.
func (f *Fund) Audit(ctx context.Context) (wrong []string, err error) {
	sums, err := f.Store.Sums(ctx)
	if err != nil {
		return nil, err
	}
	pots, err := f.Store.Pots(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	for _, p := range pots {
		s := sums[p.ID]
		if s.Budget != p.Budget || s.Committed != p.Committed || s.Paid != p.Paid || s.Returned != p.Returned {
			wrong = append(wrong, p.ID)
		}
		delete(sums, p.ID)
	}
	for id := range sums {
		wrong = append(wrong, id)
	}
	slices.Sort(wrong)
	return wrong, nil
}
