package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/privacy"
	"quanxiang/store/sealdb"
	"quanxiang/store/sqldb"
)

var peopleTables = []Table{
	sqldb.NewTable("persons", sqldb.Recorded, 2, `district text, id text, revision int, staff_no text, unit text, name bytes,
		name_index text, mobile bytes, mobile_index text, email bytes`),
	sqldb.NewTable("accounts", sqldb.Recorded, 2, `district text, person text, revision int, login text, state text, password text,
		totp bytes, recovery text, issuer text, subject text, epoch int`),
	sqldb.NewTable("assignments", sqldb.Recorded, 2, `district text, id text, revision int, person text, role text, unit text, post text,
		begins text, ends text`),
	sqldb.NewTable("beats", sqldb.Recorded, 2, "district text, assignment text, revision int, area text"),
	sqldb.NewTable("absences", sqldb.Recorded, 2, `district text, id text, revision int, person text, deputy text, begins text, ends text`),
	sqldb.NewTable("invitations", sqldb.Recorded, 2, `district text, digest text, revision int, person text, renew int, epoch int, two int,
		made_by text, seconded text, made int, expires int, used int`),
	sqldb.NewTable("sessions", sqldb.Passing, 2, `district text, id text, person text, whole int, epoch int, via text, agent text,
		opened int, seen int, proven int, pending bytes`),
	sqldb.NewTable("guards", sqldb.Passing, 2, `district text, bucket text, revision int, failures int, failed int`),
	sqldb.NewTable("used_steps", sqldb.Passing, 2, "district text, factor text, step int"),
	sqldb.NewTable("security_log", sqldb.Evidence, 2, "district text, id text, at int, kind text, person text, source text, agent text"),
}

// People keeps the persons of one district, their accounts and sessions, what
// is personal sealed.
type People struct {
	db       *DB
	district gov.District
	keys     *privacy.Keyring
}

var _ people.Store = (*People)(nil)

// People returns the persons of a district, sealed with keys.
func (db *DB) People(d gov.District, keys *privacy.Keyring) *People { return &People{db, d, keys} }

// Update runs fn in one transaction; see people.Store.
func (s *People) Update(ctx context.Context, fn func(ctx context.Context, tx people.Tx) error) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error { return fn(ctx, s.in(tx)) })
}

// in is a transaction on persons.
func (s *People) in(tx *Tx) *peopleTx { return &peopleTx{sealdb.New(tx, s.keys)} }

// readPeople runs one question on a snapshot.
func readPeople[T any](ctx context.Context, s *People, ask func(tx *peopleTx) (T, error)) (answer T, err error) {
	err = s.db.Read(ctx, s.district, func(tx *Tx) error {
		answer, err = ask(s.in(tx))
		return err
	})
	return answer, err
}

// peopleTx answers and writes within a transaction.
type peopleTx struct{ *sealdb.Tx }

const (
	personColumns = `
select p.id, p.revision, p.staff_no, p.unit, p.name, p.mobile, p.email
from persons p
where p.district = $1`
	personByID      = personColumns + ` and p.id = $2`
	personByStaffNo = personColumns + ` and p.staff_no = $2 and p.staff_no <> ''`
	listPersons     = personColumns + ` and p.id > $2
  and ($3 = '' or p.unit = $3)
  and ($4 = '' or p.name_index = $4)
  and ($5 = '' or p.mobile_index = $5)
  and ($6 = '' or exists (
    select 1
    from assignments a
    where a.district = p.district and a.person = p.id and a.role = $6 and a.begins <= $7 and (a.ends = '' or a.ends > $7)
  ))
order by p.id
limit $8`
	insertPerson = `
insert into persons (district, id, revision, staff_no, unit, name, name_index, mobile, mobile_index, email)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)`
	updatePerson = `
update persons
set revision = revision + 1, staff_no = $1, unit = $2, name = $3, name_index = $4, mobile = $5, mobile_index = $6, email = $7
where district = $8 and id = $9 and revision = $10`
)

func (tx *peopleTx) scanPerson(scan func(...any) error) (people.Person, error) {
	var p people.Person
	var id string
	var sealed [3][]byte
	if err := scan(&id, &p.Revision, &p.StaffNo, &p.Unit, &sealed[0], &sealed[1], &sealed[2]); err != nil {
		return p, err
	}
	var err error
	if p.ID, err = gov.ParseID(id); err != nil {
		return p, fmt.Errorf("person %q: %v", id, err)
	}
	for i, f := range []struct {
		column string
		into   *string
	}{{"name", &p.Name}, {"mobile", &p.Mobile}, {"email", &p.Email}} {
		value, err := tx.Open("persons", f.column, id, sealed[i])
		if err != nil {
			return p, err
		}
		*f.into = string(value)
	}
	return p, nil
}

// Person implements people.Reader.
func (tx *peopleTx) Person(ctx context.Context, id gov.ID) (people.Person, error) {
	p, err := tx.scanPerson(tx.QueryRowContext(ctx, personByID, tx.District(), id.String()).Scan)
	return p, sqldb.Classify(err, "read person %s", id)
}

// PersonByStaffNo implements people.Reader.
func (tx *peopleTx) PersonByStaffNo(ctx context.Context, no string) (people.Person, error) {
	p, err := tx.scanPerson(tx.QueryRowContext(ctx, personByStaffNo, tx.District(), no).Scan)
	return p, sqldb.Classify(err, "read the person of a staff number")
}

// Persons implements people.Reader.
func (tx *peopleTx) Persons(ctx context.Context, f people.Filter, p gov.Page) (gov.List[people.Person], error) {
	limit := p.Limit
	if limit <= 0 || limit > 500 {
		limit = 100
	}
	// Name and number of a row are indexed under keys of one rotation.
	names, mobiles := tx.Blinds("persons", "name", f.Name), tx.Blinds("persons", "mobile", f.Mobile)
	var items []people.Person
	for i := range max(len(names), len(mobiles)) {
		some, err := sqldb.Collect(ctx, tx.Tx.Tx, tx.scanPerson, listPersons, tx.District(), p.After, f.Unit,
			names[min(i, len(names)-1)], mobiles[min(i, len(mobiles)-1)], f.Role, f.Day.String(), limit+1)
		if err != nil {
			return gov.List[people.Person]{}, sqldb.Classify(err, "list persons")
		}
		items = append(items, some...)
	}
	slices.SortFunc(items, func(a, b people.Person) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	items = items[:min(len(items), limit+1)]
	list := gov.List[people.Person]{Items: items, Total: -1}
	if len(items) > limit {
		list.Items, list.Next = items[:limit], items[limit-1].ID.String()
	}
	return list, nil
}

// SavePerson implements people.Tx.
func (tx *peopleTx) SavePerson(ctx context.Context, p *people.Person) error {
	if p.StaffNo != "" {
		if err := tx.free("staff_no", func() (gov.ID, error) {
			other, err := tx.PersonByStaffNo(ctx, p.StaffNo)
			return other.ID, err
		}, p.ID); err != nil {
			return err
		}
	}
	id := p.ID.String()
	fields := []any{
		p.StaffNo, p.Unit, tx.Seal("persons", "name", id, []byte(p.Name)), tx.Blind("persons", "name", p.Name),
		tx.Seal("persons", "mobile", id, []byte(p.Mobile)), tx.Blind("persons", "mobile", p.Mobile), tx.Seal("persons", "email", id, []byte(p.Email)),
	}
	return tx.Save(ctx, "persons", id, &p.Revision, insertPerson, updatePerson, fields)
}

// free refuses a value that is another's. Two transactions at once may both
// find it free; the unique index then lets one of them in.
func (tx *peopleTx) free(field string, owner func() (gov.ID, error), mine gov.ID) error {
	id, err := owner()
	switch {
	case gov.CodeOf(err) == gov.NotFound:
		return nil
	case err != nil:
		return err
	case id != mine:
		return gov.Errorf(gov.Conflict, "已被他人使用", "someone else has it").On(field)
	}
	return nil
}

const (
	accountColumns = `
select person, revision, login, state, password, totp, recovery, issuer, subject, epoch
from accounts
where district = $1`
	accountByPerson  = accountColumns + ` and person = $2`
	accountByLogin   = accountColumns + ` and login = $2`
	accountBySubject = accountColumns + ` and issuer = $2 and subject = $3 and subject <> ''`
	insertAccount    = `
insert into accounts (district, person, revision, login, state, password, totp, recovery, issuer, subject, epoch)
values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)`
	updateAccount = `
update accounts
set revision = revision + 1, login = $1, state = $2, password = $3, totp = $4, recovery = $5, issuer = $6, subject = $7, epoch = $8
where district = $9 and person = $10 and revision = $11`
)

func (tx *peopleTx) account(ctx context.Context, query string, args ...any) (*people.Account, error) {
	var a people.Account
	var person, recovery string
	var totp []byte
	err := tx.QueryRowContext(ctx, query, append([]any{tx.District()}, args...)...).Scan(
		&person, &a.Revision, &a.Login, &a.State, &a.Password, &totp, &recovery, &a.Issuer, &a.Subject, &a.Epoch)
	if err != nil {
		return nil, sqldb.Classify(err, "read an account")
	}
	if a.Person, err = gov.ParseID(person); err != nil {
		return nil, fmt.Errorf("account of %q: %v", person, err)
	}
	if recovery != "" {
		a.Recovery = strings.Split(recovery, "\n")
	}
	a.TOTP, err = tx.Open("accounts", "totp", person, totp)
	return &a, err
}

// Account implements people.Reader.
func (tx *peopleTx) Account(ctx context.Context, person gov.ID) (*people.Account, error) {
	return tx.account(ctx, accountByPerson, person.String())
}

// AccountByLogin implements people.Reader.
func (tx *peopleTx) AccountByLogin(ctx context.Context, login string) (*people.Account, error) {
	return tx.account(ctx, accountByLogin, login)
}

// AccountBySubject implements people.Reader.
func (tx *peopleTx) AccountBySubject(ctx context.Context, issuer, subject string) (*people.Account, error) {
	return tx.account(ctx, accountBySubject, issuer, subject)
}

// SaveAccount implements people.Tx.
func (tx *peopleTx) SaveAccount(ctx context.Context, a *people.Account) error {
	owner := func(find func() (*people.Account, error)) func() (gov.ID, error) {
		return func() (gov.ID, error) {
			a, err := find()
			if err != nil {
				return gov.ID{}, err
			}
			return a.Person, nil
		}
	}
	err := tx.free("login", owner(func() (*people.Account, error) { return tx.AccountByLogin(ctx, a.Login) }), a.Person)
	if err == nil {
		err = tx.free("subject", owner(func() (*people.Account, error) { return tx.AccountBySubject(ctx, a.Issuer, a.Subject) }), a.Person)
	}
	if err != nil {
		return err
	}
	person := a.Person.String()
	fields := []any{
		a.Login, string(a.State), a.Password, tx.Seal("accounts", "totp", person, a.TOTP), strings.Join(a.Recovery, "\n"), a.Issuer, a.Subject, a.Epoch,
	}
	return tx.Save(ctx, "accounts", person, &a.Revision, insertAccount, updateAccount, fields)
}

const addLogLine = `
insert into security_log (district, id, at, kind, person, source, agent)
values ($1, $2, $3, $4, $5, $6, $7)`

// Log implements people.Tx.
func (tx *peopleTx) Log(ctx context.Context, l people.LogLine) error {
	person := ""
	if !l.Person.IsZero() {
		person = l.Person.String()
	}
	_, err := tx.ExecContext(ctx, addLogLine, tx.District(), l.ID.String(), l.At, string(l.Kind), person, l.Source, l.Agent)
	return sqldb.Classify(err, "write the security log")
}

const (
	dropOldSessions = `
delete from sessions
where district = $1 and opened < $2`
	dropOldGuards = `
delete from guards
where district = $1 and failed < $2`
	dropOldSteps = `
delete from used_steps
where district = $1 and step < $2`
	dropOldLog = `
delete from security_log
where district = $1 and at < $2`
)

// stepsKept is how many steps of a second factor are remembered: far more than
// are ever accepted.
const stepsKept = 100

// Sweep deletes what has no use any more: sessions that have ended, failures
// that are forgotten, and lines of the security log older than keep.
func (s *People) Sweep(ctx context.Context, keep time.Duration) error {
	return s.db.Write(ctx, s.district, func(tx *Tx) error {
		now := tx.Now()
		for _, t := range []struct {
			query string
			limit int64
		}{
			{dropOldSessions, now.Add(-people.AbsoluteLimit).UnixMilli()},
			{dropOldGuards, now.Add(-people.ForgetAfter).UnixMilli()},
			{dropOldSteps, people.Step(now) - stepsKept},
			{dropOldLog, now.Add(-keep).UnixMilli()},
		} {
			if _, err := tx.ExecContext(ctx, t.query, tx.District(), t.limit); err != nil {
				return sqldb.Classify(err, "sweep up behind the door")
			}
		}
		return nil
	})
}

// period reads a period from two columns.
func period(begins, ends string) (people.Period, error) {
	from, err1 := gov.ParseDate(begins)
	to, err2 := gov.ParseDate(ends)
	if err := errors.Join(err1, err2); err != nil {
		return people.Period{}, fmt.Errorf("period %q to %q: %v", begins, ends, err)
	}
	return people.Period{From: from, To: to}, nil
}

// ids reads several ids at once.
func ids(texts []string, into ...*gov.ID) error {
	for i, text := range texts {
		id, err := gov.ParseID(text)
		if err != nil {
			return fmt.Errorf("id %q: %v", text, err)
		}
		*into[i] = id
	}
	return nil
}
