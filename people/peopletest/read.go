package peopletest

import (
	"context"

	"quanxiang/gov"
	"quanxiang/people"
)

// The reading half of people.Store, each on a copy of the state.

// Person implements people.Reader.
func (s *Store) Person(ctx context.Context, id gov.ID) (people.Person, error) {
	return s.read().Person(ctx, id)
}

// PersonByStaffNo implements people.Reader.
func (s *Store) PersonByStaffNo(ctx context.Context, no string) (people.Person, error) {
	return s.read().PersonByStaffNo(ctx, no)
}

// Persons implements people.Reader.
func (s *Store) Persons(ctx context.Context, f people.Filter, p gov.Page) (gov.List[people.Person], error) {
	return s.read().Persons(ctx, f, p)
}

// Account implements people.Reader.
func (s *Store) Account(ctx context.Context, person gov.ID) (*people.Account, error) {
	return s.read().Account(ctx, person)
}

// AccountByLogin implements people.Reader.
func (s *Store) AccountByLogin(ctx context.Context, login string) (*people.Account, error) {
	return s.read().AccountByLogin(ctx, login)
}

// AccountBySubject implements people.Reader.
func (s *Store) AccountBySubject(ctx context.Context, issuer, subject string) (*people.Account, error) {
	return s.read().AccountBySubject(ctx, issuer, subject)
}

// Holdings implements people.Reader.
func (s *Store) Holdings(ctx context.Context, person gov.ID) (people.Holdings, error) {
	return s.read().Holdings(ctx, person)
}

// Assignment implements people.Reader.
func (s *Store) Assignment(ctx context.Context, id gov.ID) (people.Assignment, error) {
	return s.read().Assignment(ctx, id)
}

// Absence implements people.Reader.
func (s *Store) Absence(ctx context.Context, id gov.ID) (people.Absence, error) {
	return s.read().Absence(ctx, id)
}

// Session implements people.Reader.
func (s *Store) Session(ctx context.Context, id people.SessionID) (people.Session, error) {
	return s.read().Session(ctx, id)
}

// Sessions implements people.Reader.
func (s *Store) Sessions(ctx context.Context, person gov.ID) ([]people.Session, error) {
	return s.read().Sessions(ctx, person)
}

// Invitation implements people.Reader.
func (s *Store) Invitation(ctx context.Context, digest string) (people.Invitation, error) {
	return s.read().Invitation(ctx, digest)
}

// Guard implements people.Reader.
func (s *Store) Guard(ctx context.Context, bucket string) (people.Guard, error) {
	return s.read().Guard(ctx, bucket)
}
