package fund

import (
	"context"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Payee is an account money is paid to. Name, bank and number are sealed at rest; a
// payee never changes: another account is another payee.
type Payee struct {
	ID      string // SavePayee makes it
	Subject string // whose it is: unified social credit code
	Name    string // of the account
	Bank    string // with its branch
	Account string // digits
	At      int64  // Unix ms
}

// Masked is a payee as lists show it: the bank, and the last digits of the account.
func (p Payee) Masked() Payee {
	p.Account = privacy.MaskAccount(p.Account)
	return p
}

const (
	payeeAct   = "fund.payee.kept"
	repayeeAct = "fund.payee.changed"

	minAccount = 6
	maxAccount = 34 // of an IBAN; accounts here have 12 to 21
	maxName    = 80
)

// SavePayee keeps an account of a subject and returns its id: that of the same account
// if it was kept before.
func (f *Fund) SavePayee(ctx context.Context, by gov.Actor, p Payee) (id string, err error) {
	if err := checkPayee(&p); err != nil {
		return "", err
	}
	return id, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		id, err = f.savePayee(ctx, tx, by, p)
		return err
	})
}

func (f *Fund) savePayee(ctx context.Context, tx Tx, by gov.Actor, p Payee) (string, error) {
	p.ID, p.At = gov.NewID(f.Clock()).String(), f.Clock().UnixMilli()
	id, fresh, err := tx.KeepPayee(ctx, p)
	if err != nil || !fresh {
		return id, err
	}
	return id, tx.Act(ctx, Act{Kind: payeeAct, Object: "payee:" + id, Actor: by, Sealed: map[string]string{"subject": p.Subject}})
}

func checkPayee(p *Payee) error {
	p.Subject, p.Name, p.Bank = strings.TrimSpace(p.Subject), strings.TrimSpace(p.Name), strings.TrimSpace(p.Bank)
	p.Account = strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(p.Account)
	if p.Subject == "" {
		return gov.Errorf(gov.Invalid, "没有说明是谁的账户", "it does not say whose account it is").On("subject")
	}
	if n := utf8.RuneCountInString(p.Name); n < 2 || n > maxName {
		return gov.Errorf(gov.Invalid, "户名应为 2 至 %d 字", "the name of the account has 2 to %d characters", maxName).On("payee_name")
	}
	if n := utf8.RuneCountInString(p.Bank); n < 4 || n > maxName {
		return gov.Errorf(gov.Invalid, "请写明开户银行和网点，4 至 %d 字", "give the bank and its branch in 4 to %d characters", maxName).On("payee_bank")
	}
	if len(p.Account) < minAccount || len(p.Account) > maxAccount || strings.Trim(p.Account, "0123456789") != "" {
		return gov.Errorf(gov.Invalid, "账号应为 %d 至 %d 位数字", "an account number has %d to %d digits", minAccount, maxAccount).On("payee_account")
	}
	return nil
}

// Payee is an account as lists show it, masked; NotFound when there is none.
func (f *Fund) Payee(ctx context.Context, id string) (Payee, error) {
	p, err := f.Store.Payee(ctx, id)
	return p.Masked(), err
}

// LookAtPayee is an account in full, for a reason that is recorded. It needs a recent
// proof of identity.
func (f *Fund) LookAtPayee(ctx context.Context, by people.Standing, id, reason string) (Payee, error) {
	g, err := people.Allow(by, policy.SeeFinances, people.Object{})
	if err != nil {
		return Payee{}, err
	}
	if err := Enter(by); err != nil {
		return Payee{}, err
	}
	if reason, err = reasoned(reason); err != nil {
		return Payee{}, err
	}
	p, err := f.Store.Payee(ctx, id)
	if err != nil {
		return p, err
	}
	return p, f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Act(ctx, look(g.Actor(), "payee:"+id, "account", reason))
	})
}

// look is a look at what is protected, as people.Office records it.
func look(by gov.Actor, object, field, reason string) Act {
	return Act{Kind: "field.looked", Object: object, Actor: by, Facts: map[string]string{"field": field, "act": string(policy.SeeFinances)}, Sealed: map[string]string{"reason": reason}}
}

// Repay gives a promise that is in no batch another account. Whoever does so does not
// sign the batch that pays it.
func (f *Fund) Repay(ctx context.Context, by people.Standing, id gov.ID, p Payee, reason string) error {
	g, err := people.Allow(by, policy.KeepFunds, people.Object{})
	if err != nil {
		return err
	}
	was, err := f.Store.Promise(ctx, id)
	if err != nil {
		return err
	}
	p.Subject = was.Subject
	if err := checkPayee(&p); err != nil {
		return err
	}
	if reason, err = reasoned(reason); err != nil {
		return err
	}
	return f.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		was, err := tx.Promise(ctx, id)
		if err != nil {
			return err
		}
		if was.State != Open {
			return gov.Errorf(gov.Conflict, "只有尚未列入批次的款项可以变更收款账户", "only a payment that is in no batch gets another account")
		}
		if was.Payee, err = f.savePayee(ctx, tx, g.Actor(), p); err != nil {
			return err
		}
		was.PayeeBy = by.Person
		if err := tx.SavePromise(ctx, was); err != nil {
			return err
		}
		return tx.Act(ctx, Act{Kind: repayeeAct, Object: Object(id), Actor: g.Actor(), Sealed: map[string]string{"reason": reason}})
	})
}
