package store

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

// Seals says how what is sealed of a district opens: of persons, accounts and
// residents, API keys, webhooks, and of applications for support.
type Seals struct {
	Values int
	Closed int   // of them, those that do not open, or whose index is another key's
	First  error // about the first of those
}

// What is sealed in the tables that a backup holds: of each row its key, and the
// values of columns with their blind indexes, empty for none.
const (
	sealedPersons = `
select id, name, name_index, mobile, '', email, ''
from persons
where district = $1
order by id`
	sealedAccounts = `
select person, totp, ''
from accounts
where district = $1 and totp is not null
order by person`
	sealedAPIKeys = `
select id, contact, ''
from api_keys
where district = $1
order by id`
	sealedContacts = `
select id, name, '', mobile, mobile_index, email, email_index
from contacts
where district = $1 and erased = 0
order by id`
	sealedHooks = `
select id, secrets, ''
from hooks
where district = $1
order by id`
	sealedClaims = `
select application || '/' || version, body, ''
from application_versions
where district = $1
order by application, version`
	sealedDecisions = `
select id, inputs, '', result, '', salt, ''
from decisions
where district = $1
order by id`
)

var sealedTables = []struct {
	table, query string
	columns      []string
}{
	{"persons", sealedPersons, []string{"name", "mobile", "email"}},
	{"accounts", sealedAccounts, []string{"totp"}},
	{"api_keys", sealedAPIKeys, []string{"contact"}},
	{"contacts", sealedContacts, []string{"name", "mobile", "email"}},
	{"hooks", sealedHooks, []string{"secrets"}},
	{"application_versions", sealedClaims, []string{"body"}},
	{"decisions", sealedDecisions, []string{"inputs", "result", "salt"}},
}

// sealed is a value with where it lies.
type sealed struct {
	table, column, key string
	value              []byte // nil for none
	index              string // blind index, or ""
}

// CheckSeals opens everything that is sealed and does not pass, and throws it
// away. It tells whether the keys are those the data were sealed with; the error
// is for what keeps it from telling.
func (s *People) CheckSeals(ctx context.Context) (Seals, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (Seals, error) {
		var found Seals
		for _, t := range sealedTables {
			rows, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) ([]sealed, error) {
				return scanSealed(scan, t.table, t.columns)
			}, t.query, tx.District())
			if err != nil {
				return found, sqldb.Classify(err, "read what is sealed in %s", t.table)
			}
			for _, v := range slices.Concat(rows...) {
				found.add(v, tx.check(v))
			}
		}
		return found, nil
	})
}

// scanSealed reads the sealed values of a row.
func scanSealed(scan func(...any) error, table string, columns []string) ([]sealed, error) {
	var key string
	row, dest := make([]sealed, len(columns)), []any{&key}
	for i := range row {
		dest = append(dest, &row[i].value, &row[i].index)
	}
	err := scan(dest...)
	for i := range row {
		row[i].table, row[i].column, row[i].key = table, columns[i], key
	}
	return row, err
}

// add counts a value in; err is what check says of it.
func (s *Seals) add(v sealed, err error) {
	if v.value == nil {
		return
	}
	s.Values++
	if err == nil {
		return
	}
	s.Closed++
	if s.First == nil {
		s.First = err
	}
}

// check opens a sealed value, and compares the index that goes with it.
func (tx *peopleTx) check(v sealed) error {
	value, err := tx.Open(v.table, v.column, v.key, v.value)
	if err == nil && v.index != "" && tx.Blind(v.table, v.column, string(value)) != v.index {
		err = gov.Errorf(gov.Conflict, "%[1]s.%[2]s 的检索索引出自另一把 index 密钥", "the index of %[1]s.%[2]s was made with another index key", v.table, v.column)
	}
	return err
}
