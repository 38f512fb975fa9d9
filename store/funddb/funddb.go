package funddb

import (
	"context"
	"encoding/json"
	"strings"

	"quanxiang/gov"
	"quanxiang/privacy"
	"quanxiang/store/sealdb"
	"quanxiang/store/sqldb"
	"quanxiang/support/fund"
)

// Tables lists the tables of funds.
var Tables = []sqldb.Table{
	sqldb.NewTable("fund_subjects", sqldb.Recorded, 2, "district text, id text, version int, name text"),
	sqldb.NewTable("fund_pots", sqldb.Recorded, 2, "district text, id text, version int, programme text, year int, item text, closed int, budget int, committed int, paid int, returned int"),
	sqldb.NewTable("fund_journal", sqldb.Recorded, 2, `district text, id text, at int, pot text, kind text, budget int, committed int, paid int, returned int, promise text, line int,
		subject text, turn int, year int, benefit text, key text, batch text, claim text, person text, reason text, day text`),
	sqldb.NewTable("fund_promises", sqldb.Recorded, 2, "district text, id text, version int, case_id text, subject text, state text, batch text, total int, at int, body bytes"),
	sqldb.NewTable("fund_payees", sqldb.Recorded, 2, "district text, id text, subject text, blind text, sealed bytes, at int"),
	sqldb.NewTable("fund_batches", sqldb.Recorded, 2, "district text, id text, version int, number text, year int, state text, body bytes"),
	sqldb.NewTable("fund_rows", sqldb.Recorded, 3, "district text, batch text, n int, version int, promise text, state text, amount int, payee bytes, body bytes"),
	sqldb.NewTable("fund_files", sqldb.Recorded, 2, "district text, id text, batch text, kind text, at int, taken int, head bytes, sealed bytes"),
	sqldb.NewTable("fund_claims", sqldb.Recorded, 2, "district text, id text, version int, promise text, subject text, state text, due text, amount int, received int, body bytes"),
}

// Funds are those of one district in the database.
type Funds struct {
	db       *sqldb.DB
	district gov.District
	keys     *privacy.Keyring
}

var (
	_ fund.Store = (*Funds)(nil)
	_ fund.Tx    = (*tx)(nil)
)

// New returns the funds of a district; keys seal what is protected.
func New(db *sqldb.DB, d gov.District, keys *privacy.Keyring) *Funds { return &Funds{db, d, keys} }

// tx answers and writes within a transaction.
type tx struct{ *sealdb.Tx }

// Update implements fund.Store.
func (s *Funds) Update(ctx context.Context, fn func(ctx context.Context, tx fund.Tx) error) error {
	return s.db.Write(ctx, s.district, func(t *sqldb.Tx) error { return fn(ctx, &tx{sealdb.New(t, s.keys)}) })
}

// read runs one question on a snapshot.
func read[T any](ctx context.Context, s *Funds, ask func(*tx) (T, error)) (answer T, err error) {
	err = s.db.Read(ctx, s.district, func(t *sqldb.Tx) error {
		answer, err = ask(&tx{sealdb.New(t, s.keys)})
		return err
	})
	return answer, err
}

const (
	subjectVersion = `
select version
from fund_subjects
where district = $1 and id = $2`
	paymentsOf = `
select year, benefit, key, min(id), cast(sum(committed) - sum(returned) as bigint)
from fund_journal
where district = $1 and subject = $2 and turn > 0 and turn <= $3
group by year, benefit, key`
	potsOf = `
select id, version, programme, year, item, closed, budget, committed, paid, returned
from fund_pots
where district = $1 and ($2 = '' or programme = $2) and ($3 = 0 or year = $3)
order by id`
	potByID = `
select id, version, programme, year, item, closed, budget, committed, paid, returned
from fund_pots
where district = $1 and id = $2`
	sumsOfPots = `
select pot, cast(sum(budget) as bigint), cast(sum(committed) as bigint), cast(sum(paid) as bigint), cast(sum(returned) as bigint)
from fund_journal
where district = $1
group by pot`
	movesOf = `
select id, at, pot, kind, budget, committed, paid, returned, promise, line, subject, turn, year, benefit, key, batch, claim, person, reason, day
from fund_journal
where district = $1 and ($2 = '' or pot = $2) and ($3 = '' or subject = $3) and ($4 = '' or promise = $4) and ($5 = '' or id < $5)
  and ($6 = '' or pot in (select p.id from fund_pots p where p.district = $1 and p.programme = $6 and ($7 = 0 or p.year = $7)))
order by id desc
limit $8`
	paidSubjects = `
select p.programme, p.year, count(distinct j.subject)
from fund_journal j
join fund_pots p on p.district = j.district and p.id = j.pot
where j.district = $1 and j.kind = 'pay'
group by p.programme, p.year`
)

func scanPot(scan func(...any) error) (p fund.Pot, err error) {
	var closed int
	err = scan(&p.ID, &p.Row, &p.Programme, &p.Year, &p.Item, &closed, &p.Budget, &p.Committed, &p.Paid, &p.Returned)
	p.Closed = closed != 0
	return p, err
}

// Position implements fund.Store. The version is read first: what is summed up to it does
// not change any more.
func (s *Funds) Position(ctx context.Context, subject string, version int64) (fund.Position, error) {
	return read(ctx, s, func(t *tx) (fund.Position, error) {
		p := fund.Position{Subject: subject}
		err := t.QueryRowContext(ctx, subjectVersion, t.District(), subject).Scan(&p.Version)
		if err = sqldb.Classify(err, "payments of a subject"); gov.CodeOf(err) == gov.NotFound {
			return p, nil
		} else if err != nil {
			return p, err
		}
		if version >= 0 && version < p.Version {
			p.Version = version
		}
		list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (x fund.Payment, err error) {
			var first string
			if err := scan(&x.Year, &x.Benefit, &x.Key, &first, &x.Amount); err != nil {
				return x, err
			}
			x.Key, err = t.openKey("fund_journal", first, x.Key)
			return x, err
		}, paymentsOf, t.District(), subject, p.Version)
		p.Payments = summed(list)
		return p, sqldb.Classify(err, "payments of a subject")
	})
}

// Pots implements fund.Store.
func (s *Funds) Pots(ctx context.Context, programme string, year int) ([]fund.Pot, error) {
	return read(ctx, s, func(t *tx) ([]fund.Pot, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, scanPot, potsOf, t.District(), programme, int64(year))
		return list, sqldb.Classify(err, "list budgets")
	})
}

// Sums implements fund.Store.
func (s *Funds) Sums(ctx context.Context) (map[string]fund.Pot, error) {
	return read(ctx, s, func(t *tx) (map[string]fund.Pot, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (p fund.Pot, err error) {
			return p, scan(&p.ID, &p.Budget, &p.Committed, &p.Paid, &p.Returned)
		}, sumsOfPots, t.District())
		out := map[string]fund.Pot{}
		for _, p := range list {
			out[p.ID] = p
		}
		return out, sqldb.Classify(err, "sum the journal")
	})
}

// Totals implements fund.Store.
func (s *Funds) Totals(ctx context.Context) ([]fund.Total, error) {
	return read(ctx, s, func(t *tx) (out []fund.Total, err error) {
		type key struct {
			programme string
			year      int
		}
		at := map[key]int{}
		pots, err := sqldb.Collect(ctx, t.Tx.Tx, scanPot, potsOf, t.District(), "", int64(0))
		if err != nil {
			return nil, sqldb.Classify(err, "list budgets")
		}
		for _, p := range pots {
			k := key{p.Programme, p.Year}
			i, known := at[k]
			if !known {
				i = len(out)
				at[k] = i
				out = append(out, fund.Total{Programme: p.Programme, Year: p.Year})
			}
			x := &out[i]
			x.Budget, x.Committed, x.Paid, x.Returned = x.Budget+p.Budget, x.Committed+p.Committed, x.Paid+p.Paid, x.Returned+p.Returned
		}
		list, err := sqldb.Collect(ctx, t.Tx.Tx, func(scan func(...any) error) (x fund.Total, err error) {
			return x, scan(&x.Programme, &x.Year, &x.Subjects)
		}, paidSubjects, t.District())
		for _, x := range list {
			out[at[key{x.Programme, x.Year}]].Subjects = x.Subjects
		}
		return out, sqldb.Classify(err, "count who was paid")
	})
}

// Moves implements fund.Store.
func (s *Funds) Moves(ctx context.Context, q fund.MoveQuery, p gov.Page) ([]fund.Move, error) {
	return read(ctx, s, func(t *tx) ([]fund.Move, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, t.scanMove, movesOf, t.District(), q.Pot, q.Subject, idText(q.Promise), p.After, q.Programme, int64(q.Year), int64(p.Limit))
		return list, sqldb.Classify(err, "list movements")
	})
}

func (t *tx) scanMove(scan func(...any) error) (m fund.Move, err error) {
	var id, promise, batch, claim, day string
	var at int64
	if err := scan(&id, &at, &m.Pot, &m.Kind, &m.Budget, &m.Commit, &m.Pay, &m.Return, &promise, &m.Line, &m.Subject, &m.Version, &m.Year, &m.Benefit, &m.Key, &batch, &claim, &m.Person, &m.Reason, &day); err != nil {
		return m, err
	}
	for _, x := range []struct {
		text string
		into *gov.ID
	}{{id, &m.ID}, {promise, &m.Promise}, {batch, &m.Batch}, {claim, &m.Claim}} {
		if *x.into, err = parsed(x.text); err != nil {
			return m, err
		}
	}
	if m.Key, err = t.openKey("fund_journal", id, m.Key); err != nil {
		return m, err
	}
	m.On, err = gov.ParseDate(day)
	return m, err
}

// idText is an id as the database keeps it: ” for none.
func idText(id gov.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

func parsed(text string) (gov.ID, error) {
	if text == "" {
		return gov.ID{}, nil
	}
	return gov.ParseID(text)
}

// number is how the database keeps a truth value.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const (
	promiseColumns = `
select id, version, case_id, subject, state, batch, total, at, body
from fund_promises
where district = $1`
	promiseByID = promiseColumns + ` and id = $2`
	promiseLive = promiseColumns + ` and case_id = $2 and state <> 'released'`
	promisesOf  = promiseColumns + ` and ($2 = '' or case_id = $2) and ($3 = '' or subject = $3) and ($4 = '' or batch = $4)
  and ($5 = '' or id < $5) and ($6 = '' or state = $6)
  and ($7 = '' or id in (select j.promise from fund_journal j where j.district = $1 and j.pot = $7 and j.kind = 'commit'))
  and ($8 = '' or id in (select k.promise from fund_journal k join fund_pots p on p.district = k.district and p.id = k.pot
    where k.district = $1 and k.kind = 'commit' and p.programme = $8 and ($9 = 0 or p.year = $9)))
order by id desc
limit $10`
)

// promiseBody is what of a promise is no column.
type promiseBody struct {
	Number  string      `json:"number"`
	Name    string      `json:"name"`
	Payee   string      `json:"payee,omitempty"`
	PayeeBy gov.ID      `json:"payee_by"`
	Purpose string      `json:"purpose,omitempty"`
	From    gov.Date    `json:"from"`
	Version int64       `json:"version"`
	Basis   fund.Basis  `json:"basis"`
	Lines   []fund.Line `json:"lines"`
	On      gov.Date    `json:"on"`
	Bank    string      `json:"bank,omitempty"`
	Failure string      `json:"failure,omitempty"`
	Reason  string      `json:"reason,omitempty"`
}

func (t *tx) scanPromise(scan func(...any) error) (p fund.Promise, err error) {
	var id, caseID, state, batch string
	var body []byte
	if err := scan(&id, &p.Row, &caseID, &p.Subject, &state, &batch, &p.Total, &p.At, &body); err != nil {
		return p, err
	}
	var b promiseBody
	if err := json.Unmarshal(body, &b); err != nil {
		return p, err
	}
	for i := range b.Lines {
		l := &b.Lines[i]
		if l.Key, err = t.openKey("fund_promises", lineKey(id, l.N), l.Key); err != nil {
			return p, err
		}
	}
	p.State = fund.State(state)
	p.Number, p.SubjectName, p.Payee, p.PayeeBy, p.Purpose, p.From, p.Version = b.Number, b.Name, b.Payee, b.PayeeBy, b.Purpose, b.From, b.Version
	p.Basis, p.Lines, p.On, p.Bank, p.Failure, p.Reason = b.Basis, b.Lines, b.On, b.Bank, b.Failure, b.Reason
	if p.ID, err = gov.ParseID(id); err == nil {
		if p.Case, err = gov.ParseID(caseID); err == nil {
			p.Batch, err = parsed(batch)
		}
	}
	return p, err
}

// Promise implements fund.Store.
func (s *Funds) Promise(ctx context.Context, id gov.ID) (fund.Promise, error) {
	return read(ctx, s, func(t *tx) (fund.Promise, error) { return t.Promise(ctx, id) })
}

// Promises implements fund.Store.
func (s *Funds) Promises(ctx context.Context, q fund.Query, p gov.Page) ([]fund.Promise, error) {
	return read(ctx, s, func(t *tx) ([]fund.Promise, error) {
		list, err := sqldb.Collect(ctx, t.Tx.Tx, t.scanPromise, promisesOf, t.District(), idText(q.Case), q.Subject, idText(q.Batch), p.After, string(q.State), q.Pot, q.Programme, int64(q.Year), int64(p.Limit))
		return list, sqldb.Classify(err, "list commitments")
	})
}

const payeeByID = `
select subject, sealed, at
from fund_payees
where district = $1 and id = $2`

// account is what is sealed of a payee.
type account struct {
	Name    string `json:"name"`
	Bank    string `json:"bank"`
	Account string `json:"account"`
}

func (a account) index() string { return strings.Join([]string{a.Name, a.Bank, a.Account}, "\n") }

// PayeeIndex is what the blind index of an account is made of, given what of it is sealed.
func PayeeIndex(sealed []byte) (string, error) {
	var a account
	err := json.Unmarshal(sealed, &a)
	return a.index(), err
}

// Payee implements fund.Store.
func (s *Funds) Payee(ctx context.Context, id string) (fund.Payee, error) {
	return read(ctx, s, func(t *tx) (fund.Payee, error) { return t.Payee(ctx, id) })
}
