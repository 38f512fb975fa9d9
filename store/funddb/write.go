package funddb

import (
	"context"
	"encoding/json"
	"slices"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/store/jobdb"
	"quanxiang/store/sqldb"
	"quanxiang/support/fund"
)

const (
	firstTurn = `
insert into fund_subjects (district, id, version, name)
values ($1, $2, 1, $3)
on conflict (district, id) do nothing`
	nextTurn = `
update fund_subjects
set version = version + 1, name = $1
where district = $2 and id = $3 and version = $4`
	anyTurn = `
insert into fund_subjects (district, id, version, name)
values ($1, $2, 1, $3)
on conflict (district, id) do update set version = fund_subjects.version + 1`
	addPot = `
insert into fund_pots (district, id, version, programme, year, item, closed, budget, committed, paid, returned)
values ($1, $2, 1, $3, $4, $5, 0, 0, 0, 0, 0)`
	closePot = `
update fund_pots
set closed = 1, version = version + 1
where district = $1 and id = $2 and closed = 0`
	movePot = `
update fund_pots
set version = version + 1, budget = budget + $1, committed = committed + $2, paid = paid + $3, returned = returned + $4
where district = $5 and id = $6 and (closed = 0 or $7 = 0)
  and returned + $4 >= 0 and returned + $4 <= paid + $3 and paid + $3 <= committed + $2 and committed + $2 <= budget + $1`
	addMove = `
insert into fund_journal (district, id, at, pot, kind, budget, committed, paid, returned, promise, line, subject, turn, year, benefit, key, batch, claim, person, reason, day)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`
	addPromise = `
insert into fund_promises (district, id, version, case_id, subject, state, batch, total, at, body)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)`
	savePromise = `
update fund_promises
set version = version + 1, state = $1, batch = $2, body = $3
where district = $4 and id = $5 and version = $6`
	payeeByBlind = `
select id
from fund_payees
where district = $1 and subject = $2 and blind = $3`
	addPayee = `
insert into fund_payees (district, id, subject, blind, sealed, at)
values ($1, $2, $3, $4, $5, $6)
on conflict (district, subject, blind) do nothing`
	batchesOfYear = `
select count(*)
from fund_batches
where district = $1 and year = $2`
	addBatch = `
insert into fund_batches (district, id, version, number, year, state, body)
values ($1, $2, 1, $3, $4, $5, $6)`
	saveBatch = `
update fund_batches
set version = version + 1, state = $1, body = $2
where district = $3 and id = $4 and version = $5`
	addRow = `
insert into fund_rows (district, batch, n, version, promise, state, amount, payee, body)
values ($1, $2, $3, 1, $4, $5, $6, null, $7)`
	saveRow = `
update fund_rows
set version = version + 1, state = $1, payee = $2, body = $3
where district = $4 and batch = $5 and n = $6 and version = $7`
	dropRow = `
delete from fund_rows
where district = $1 and batch = $2 and n = $3 and version = $4`
	addFile = `
insert into fund_files (district, id, batch, kind, at, taken, head, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (district, id) do nothing`
	takeFile = `
update fund_files
set taken = 1, head = $1
where district = $2 and id = $3 and taken = 0`
	addClaim = `
insert into fund_claims (district, id, version, promise, subject, state, due, amount, received, body)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)`
	saveClaim = `
update fund_claims
set version = version + 1, state = $1, received = $2, body = $3
where district = $4 and id = $5 and version = $6`
	cameBack = `
select count(*)
from fund_journal
where district = $1 and promise = $2 and kind = 'return' and reason = $3`
)

// Turn implements fund.Tx. On PostgreSQL the row of the subject is held from here to the
// end of the transaction: who turns it meanwhile waits, and then sees the new version.
func (t *tx) Turn(ctx context.Context, subject, name string, expected int64) (version int64, err error) {
	var n int64
	switch {
	case expected < 0:
		n, err = t.Affected(ctx, anyTurn, t.District(), subject, name)
	case expected == 0:
		n, err = t.Affected(ctx, firstTurn, t.District(), subject, name)
	default:
		n, err = t.Affected(ctx, nextTurn, name, t.District(), subject, expected)
	}
	if err != nil {
		return 0, sqldb.Classify(err, "turn a subject")
	}
	if n == 0 {
		return 0, gov.Errorf(gov.Conflict, "该单位的拨付情况在计算之后有变动，请重新计算", "what the subject was promised or paid changed after the amounts were computed; compute them again").On("version").Because(fund.ErrStale)
	}
	t.Wrote("fund_subjects", subject)
	err = t.QueryRowContext(ctx, subjectVersion, t.District(), subject).Scan(&version)
	return version, sqldb.Classify(err, "turn a subject")
}

// PotOf implements fund.Tx.
func (t *tx) PotOf(ctx context.Context, l fund.Line) (string, error) {
	for _, id := range fund.PotsFor(l) {
		switch _, err := t.Pot(ctx, id); {
		case err == nil:
			return id, nil
		case gov.CodeOf(err) != gov.NotFound:
			return "", err
		}
	}
	return "", fund.NoBudget(l)
}

// Pot implements fund.Tx.
func (t *tx) Pot(ctx context.Context, id string) (fund.Pot, error) {
	p, err := scanPot(t.QueryRowContext(ctx, potByID, t.District(), id).Scan)
	return p, sqldb.Classify(err, "budget %s", id)
}

// AddPot implements fund.Tx.
func (t *tx) AddPot(ctx context.Context, p fund.Pot) error {
	_, err := t.ExecContext(ctx, addPot, t.District(), p.ID, p.Programme, int64(p.Year), p.Item)
	t.Wrote("fund_pots", p.ID)
	return sqldb.Classify(err, "make budget %s", p.ID)
}

// ClosePot implements fund.Tx.
func (t *tx) ClosePot(ctx context.Context, id string) error {
	t.Wrote("fund_pots", id)
	return sqldb.ExecOne(ctx, t.Tx.Tx, closePot, t.District(), id)
}

// Journal implements fund.Tx.
func (t *tx) Journal(ctx context.Context, m fund.Move) error {
	n, err := t.Affected(ctx, movePot, m.Budget, m.Commit, m.Pay, m.Return, t.District(), m.Pot, number(m.Commit > 0))
	if err != nil {
		return sqldb.Classify(err, "move budget %s", m.Pot)
	}
	if n == 0 {
		p, err := t.Pot(ctx, m.Pot)
		if err != nil {
			return err
		}
		return fund.Refuse(p, m)
	}
	if m.ID.IsZero() {
		m.ID = gov.NewID(t.Now())
	}
	m.Key = t.sealKey("fund_journal", m.ID.String(), m.Key)
	_, err = t.ExecContext(ctx, addMove, t.District(), m.ID.String(), t.Now().UnixMilli(), m.Pot, m.Kind, m.Budget, m.Commit, m.Pay, m.Return, idText(m.Promise), int64(m.Line),
		m.Subject, m.Version, int64(m.Year), m.Benefit, m.Key, idText(m.Batch), idText(m.Claim), m.Person, m.Reason, dayText(m.On))
	t.Wrote("fund_journal", m.ID.String())
	t.Wrote("fund_pots", m.Pot)
	return sqldb.Classify(err, "write a movement of %s", m.Pot)
}

func dayText(d gov.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Promise implements fund.Tx.
func (t *tx) Promise(ctx context.Context, id gov.ID) (fund.Promise, error) {
	p, err := t.scanPromise(t.QueryRowContext(ctx, promiseByID, t.District(), id.String()).Scan)
	return p, sqldb.Classify(err, "commitment %s", id)
}

// Live implements fund.Tx.
func (t *tx) Live(ctx context.Context, caseID gov.ID) (fund.Promise, error) {
	p, err := t.scanPromise(t.QueryRowContext(ctx, promiseLive, t.District(), caseID.String()).Scan)
	return p, sqldb.Classify(err, "commitment of case %s", caseID)
}

func (t *tx) bodyOf(p fund.Promise) ([]byte, error) {
	p.Lines = slices.Clone(p.Lines)
	for i := range p.Lines {
		l := &p.Lines[i]
		l.Key = t.sealKey("fund_promises", lineKey(p.ID.String(), l.N), l.Key)
	}
	return json.Marshal(promiseBody{Number: p.Number, Name: p.SubjectName, Payee: p.Payee, PayeeBy: p.PayeeBy, Purpose: p.Purpose, From: p.From, Version: p.Version,
		Basis: p.Basis, Lines: p.Lines, On: p.On, Bank: p.Bank, Failure: p.Failure, Reason: p.Reason})
}

// AddPromise implements fund.Tx.
func (t *tx) AddPromise(ctx context.Context, p fund.Promise) error {
	body, err := t.bodyOf(p)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, addPromise, t.District(), p.ID.String(), p.Case.String(), p.Subject, string(p.State), idText(p.Batch), p.Total, p.At, body)
	t.Wrote("fund_promises", p.ID.String())
	return sqldb.Classify(err, "promise to case %s", p.Case)
}

// SavePromise implements fund.Tx.
func (t *tx) SavePromise(ctx context.Context, p fund.Promise) error {
	body, err := t.bodyOf(p)
	if err != nil {
		return err
	}
	t.Wrote("fund_promises", p.ID.String())
	return sqldb.ExecOne(ctx, t.Tx.Tx, savePromise, string(p.State), idText(p.Batch), body, t.District(), p.ID.String(), p.Row)
}

// KeepPayee implements fund.Tx.
func (t *tx) KeepPayee(ctx context.Context, p fund.Payee) (id string, fresh bool, err error) {
	a := account{p.Name, p.Bank, p.Account}
	blinds := t.Blinds("fund_payees", "sealed", a.index())
	body, err := json.Marshal(a)
	if err != nil {
		return "", false, err
	}
	for _, older := range blinds[1:] { // the account may not have been indexed anew yet
		err := t.QueryRowContext(ctx, payeeByBlind, t.District(), p.Subject, older).Scan(&id)
		if err = sqldb.Classify(err, "find an account"); gov.CodeOf(err) != gov.NotFound {
			return id, false, err
		}
	}
	n, err := t.Affected(ctx, addPayee, t.District(), p.ID, p.Subject, blinds[0], t.Seal("fund_payees", "sealed", p.ID, body), p.At)
	if err != nil {
		return "", false, sqldb.Classify(err, "keep an account")
	}
	if n > 0 {
		t.Wrote("fund_payees", p.ID)
		return p.ID, true, nil
	}
	err = t.QueryRowContext(ctx, payeeByBlind, t.District(), p.Subject, blinds[0]).Scan(&id)
	return id, false, sqldb.Classify(err, "find an account")
}

// Payee implements fund.Tx.
func (t *tx) Payee(ctx context.Context, id string) (p fund.Payee, err error) {
	p.ID = id
	var sealed []byte
	if err := t.QueryRowContext(ctx, payeeByID, t.District(), id).Scan(&p.Subject, &sealed, &p.At); err != nil {
		return p, sqldb.Classify(err, "account %s", id)
	}
	body, err := t.Open("fund_payees", "sealed", id, sealed)
	if err != nil {
		return p, err
	}
	var a account
	err = json.Unmarshal(body, &a)
	p.Name, p.Bank, p.Account = a.Name, a.Bank, a.Account
	return p, err
}

// BatchesOf implements fund.Tx.
func (t *tx) BatchesOf(ctx context.Context, year int) (n int, err error) {
	err = t.QueryRowContext(ctx, batchesOfYear, t.District(), int64(year)).Scan(&n)
	return n, sqldb.Classify(err, "count batches of %d", year)
}

// SaveBatch implements fund.Tx.
func (t *tx) SaveBatch(ctx context.Context, b fund.Batch) error {
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	t.Wrote("fund_batches", b.ID.String())
	if b.Row == 0 {
		_, err = t.ExecContext(ctx, addBatch, t.District(), b.ID.String(), b.Number, int64(b.Year), string(b.State), body)
		return sqldb.Classify(err, "save batch %s", b.Number)
	}
	return sqldb.ExecOne(ctx, t.Tx.Tx, saveBatch, string(b.State), body, t.District(), b.ID.String(), b.Row)
}

// rowBody is a row without its account.
func rowBody(r fund.Row) ([]byte, error) {
	r.Payee = fund.Payee{}
	return json.Marshal(r)
}

// AddRow implements fund.Tx.
func (t *tx) AddRow(ctx context.Context, r fund.Row) error {
	body, err := rowBody(r)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, addRow, t.District(), r.Batch.String(), int64(r.N), r.Promise.String(), string(r.State), r.Amount, body)
	t.Wrote("fund_rows", r.Batch, r.N)
	return sqldb.Classify(err, "put a payment into batch %s", r.Batch)
}

// SaveRow implements fund.Tx.
func (t *tx) SaveRow(ctx context.Context, r fund.Row) error {
	body, err := rowBody(r)
	if err != nil {
		return err
	}
	payee, err := json.Marshal(r.Payee)
	if err != nil {
		return err
	}
	t.Wrote("fund_rows", r.Batch, r.N)
	return sqldb.ExecOne(ctx, t.Tx.Tx, saveRow, string(r.State), t.Seal("fund_rows", "payee", rowKey(r.Batch, r.N), payee), body, t.District(), r.Batch.String(), int64(r.N), r.Row)
}

// DropRow implements fund.Tx.
func (t *tx) DropRow(ctx context.Context, r fund.Row) error {
	t.Wrote("fund_rows", r.Batch, r.N)
	return sqldb.ExecOne(ctx, t.Tx.Tx, dropRow, t.District(), r.Batch.String(), int64(r.N), r.Row)
}

// AddFile implements fund.Tx.
func (t *tx) AddFile(ctx context.Context, x fund.File) (wrote bool, err error) {
	body := x.Body
	x.Body = nil
	head, err := json.Marshal(x)
	if err != nil {
		return false, err
	}
	id := x.ID.String()
	n, err := t.Affected(ctx, addFile, t.District(), id, x.Batch.String(), x.Kind, x.At, number(x.Taken), head, t.Seal("fund_files", "sealed", id, body))
	if err == nil && n == 0 && x.Taken {
		n, err = t.Affected(ctx, takeFile, head, t.District(), id)
	}
	if n > 0 {
		t.Wrote("fund_files", id)
	}
	return n > 0, sqldb.Classify(err, "keep a file of batch %s", x.Batch)
}

// SaveClaim implements fund.Tx.
func (t *tx) SaveClaim(ctx context.Context, c fund.Claim) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	t.Wrote("fund_claims", c.ID.String())
	if c.Row == 0 {
		_, err = t.ExecContext(ctx, addClaim, t.District(), c.ID.String(), c.Promise.String(), c.Subject, string(c.State), c.Due.String(), c.Amount, c.Received, body)
		return sqldb.Classify(err, "save claim %s", c.ID)
	}
	return sqldb.ExecOne(ctx, t.Tx.Tx, saveClaim, string(c.State), c.Received, body, t.District(), c.ID.String(), c.Row)
}

// Came implements fund.Tx.
func (t *tx) Came(ctx context.Context, promise gov.ID, reference string) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, cameBack, t.District(), promise.String(), reference).Scan(&n)
	return n > 0, sqldb.Classify(err, "look for a receipt")
}

// Enqueue implements fund.Tx.
func (t *tx) Enqueue(ctx context.Context, kind, key string) error {
	return jobdb.Enqueue(ctx, t.Tx.Tx, kind, key, t.Now())
}

// Act implements fund.Tx.
func (t *tx) Act(ctx context.Context, a fund.Act) error {
	return t.Record(ctx, a.Actor, people.Event{Kind: a.Kind, Object: a.Object, Facts: a.Facts, Sealed: a.Sealed})
}
