package store

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/people"
)

// The reading half of people.Store, each question on a snapshot of its own.

// Person implements people.Reader.
func (s *People) Person(ctx context.Context, id gov.ID) (people.Person, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Person, error) { return tx.Person(ctx, id) })
}

// PersonByStaffNo implements people.Reader.
func (s *People) PersonByStaffNo(ctx context.Context, no string) (people.Person, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Person, error) { return tx.PersonByStaffNo(ctx, no) })
}

// Persons implements people.Reader.
func (s *People) Persons(ctx context.Context, f people.Filter, p gov.Page) (gov.List[people.Person], error) {
	return readPeople(ctx, s, func(tx *peopleTx) (gov.List[people.Person], error) { return tx.Persons(ctx, f, p) })
}

// Account implements people.Reader.
func (s *People) Account(ctx context.Context, person gov.ID) (*people.Account, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (*people.Account, error) { return tx.Account(ctx, person) })
}

// AccountByLogin implements people.Reader.
func (s *People) AccountByLogin(ctx context.Context, login string) (*people.Account, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (*people.Account, error) { return tx.AccountByLogin(ctx, login) })
}

// AccountBySubject implements people.Reader.
func (s *People) AccountBySubject(ctx context.Context, issuer, subject string) (*people.Account, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (*people.Account, error) { return tx.AccountBySubject(ctx, issuer, subject) })
}

// Holdings implements people.Reader.
func (s *People) Holdings(ctx context.Context, person gov.ID) (people.Holdings, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Holdings, error) { return tx.Holdings(ctx, person) })
}

// Assignment implements people.Reader.
func (s *People) Assignment(ctx context.Context, id gov.ID) (people.Assignment, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Assignment, error) { return tx.Assignment(ctx, id) })
}

// Absence implements people.Reader.
func (s *People) Absence(ctx context.Context, id gov.ID) (people.Absence, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Absence, error) { return tx.Absence(ctx, id) })
}

// Session implements people.Reader.
func (s *People) Session(ctx context.Context, id people.SessionID) (people.Session, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Session, error) { return tx.Session(ctx, id) })
}

// Sessions implements people.Reader.
func (s *People) Sessions(ctx context.Context, person gov.ID) ([]people.Session, error) {
	return readPeople(ctx, s, func(tx *peopleTx) ([]people.Session, error) { return tx.Sessions(ctx, person) })
}

// Invitation implements people.Reader.
func (s *People) Invitation(ctx context.Context, digest string) (people.Invitation, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Invitation, error) { return tx.Invitation(ctx, digest) })
}

// Guard implements people.Reader.
func (s *People) Guard(ctx context.Context, bucket string) (people.Guard, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Guard, error) { return tx.Guard(ctx, bucket) })
}

// Numbers implements people.Reader.
func (s *People) Numbers(ctx context.Context, at time.Time) (people.Numbers, error) {
	return readPeople(ctx, s, func(tx *peopleTx) (people.Numbers, error) { return tx.Numbers(ctx, at) })
}

// LogLines implements people.Reader.
func (s *People) LogLines(ctx context.Context, f people.LogFilter, p gov.Page) (gov.List[people.LogLine], error) {
	return readPeople(ctx, s, func(tx *peopleTx) (gov.List[people.LogLine], error) { return tx.LogLines(ctx, f, p) })
}

// Looks implements people.Reader.
func (s *People) Looks(ctx context.Context, f people.LookFilter, p gov.Page) (gov.List[people.Looked], error) {
	return readPeople(ctx, s, func(tx *peopleTx) (gov.List[people.Looked], error) { return tx.Looks(ctx, f, p) })
}
