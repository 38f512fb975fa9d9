package store

import (
	"context"
	"slices"

	"quanxiang/gov"
	"quanxiang/store/sqldb"
)

// Seals says how what is sealed of a district's persons, accounts and residents
// opens.
type Seals struct {
	Values int
	Closed int   // of them, those that do not open, or whose index is another key's
	First  error // about the first of those
}

const (
	sealedPersons = `
select id, name, name_index, mobile, email
from persons
where district = $1
order by id`
	sealedAccounts = `
select person, totp
from accounts
where district = $1 and totp is not null
order by person`
	sealedAPIKeys = `
select id, contact
from api_keys
where district = $1
order by id`
	sealedContacts = `
select id, name, mobile, mobile_index, email, email_index
from contacts
where district = $1 and erased = 0
order by id`
)

// sealed is a value with where it lies.
type sealed struct {
	table, column, key string
	value              []byte
	index              string // blind index, or ""
}

// CheckSeals opens everything that is sealed and throws it away. It tells
// whether the keys are those the data were sealed with; the error is for what
// keeps it from telling.
func (s *People) CheckSeals(ctx context.Context) (Seals, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (Seals, error) {
		var found Seals
		persons, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) ([]sealed, error) {
			var id, index string
			var name, mobile, email []byte
			err := scan(&id, &name, &index, &mobile, &email)
			return []sealed{{"persons", "name", id, name, index}, {"persons", "mobile", id, mobile, ""}, {"persons", "email", id, email, ""}}, err
		}, sealedPersons, tx.District())
		if err != nil {
			return found, sqldb.Classify(err, "read what is sealed of persons")
		}
		accounts, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) ([]sealed, error) {
			var person string
			var totp []byte
			err := scan(&person, &totp)
			return []sealed{{"accounts", "totp", person, totp, ""}}, err
		}, sealedAccounts, tx.District())
		if err != nil {
			return found, sqldb.Classify(err, "read what is sealed of accounts")
		}
		keys, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) ([]sealed, error) {
			var id string
			var contact []byte
			err := scan(&id, &contact)
			return []sealed{{"api_keys", "contact", id, contact, ""}}, err
		}, sealedAPIKeys, tx.District())
		if err != nil {
			return found, sqldb.Classify(err, "read what is sealed of API keys")
		}
		contacts, err := sqldb.Collect(ctx, tx.Tx.Tx, func(scan func(...any) error) ([]sealed, error) {
			var id, mobileIndex, emailIndex string
			var name, mobile, email []byte
			err := scan(&id, &name, &mobile, &mobileIndex, &email, &emailIndex)
			return []sealed{{"contacts", "name", id, name, ""}, {"contacts", "mobile", id, mobile, mobileIndex}, {"contacts", "email", id, email, emailIndex}}, err
		}, sealedContacts, tx.District())
		if err != nil {
			return found, sqldb.Classify(err, "read what is sealed of residents")
		}
		for _, row := range slices.Concat(persons, accounts, keys, contacts) {
			for _, v := range row {
				if v.value == nil {
					continue
				}
				found.Values++
				if err := tx.check(v); err != nil {
					found.Closed++
					if found.First == nil {
						found.First = err
					}
				}
			}
		}
		return found, nil
	})
}

// check opens a sealed value, and compares the index that goes with it.
func (tx *peopleTx) check(v sealed) error {
	value, err := tx.Open(v.table, v.column, v.key, v.value)
	if err == nil && v.index != "" && tx.Blind(v.table, v.column, string(value)) != v.index {
		err = gov.Errorf(gov.Conflict, "%[1]s.%[2]s 的检索索引出自另一把 index 密钥", "the index of %[1]s.%[2]s was made with another index key", v.table, v.column)
	}
	return err
}
