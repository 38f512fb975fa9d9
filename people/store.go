package people

import (
	"context"
	"time"

	"quanxiang/gov"
)

// Store keeps the persons of one district, their accounts and sessions. It
// seals what is personal; it decides nothing.
type Store interface {
	Reader

	// Update runs fn in one transaction: all of its writes and ledger events, or
	// nothing. fn may run more than once and must touch nothing but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Reader is the reading half of a store.
type Reader interface {
	// Person returns a person, or NotFound.
	Person(ctx context.Context, id gov.ID) (Person, error)

	// PersonByStaffNo returns the person with a staff number, or NotFound.
	PersonByStaffNo(ctx context.Context, no string) (Person, error)

	// Persons returns a piece of the list of persons, by id, which is the order
	// in which they were entered.
	Persons(ctx context.Context, f Filter, p gov.Page) (gov.List[Person], error)

	// Account returns the account of a person, or NotFound.
	Account(ctx context.Context, person gov.ID) (*Account, error)

	// AccountByLogin returns the account with a login, or NotFound.
	AccountByLogin(ctx context.Context, login string) (*Account, error)

	// AccountBySubject returns the account bound to a subject of an identity
	// provider, or NotFound.
	AccountBySubject(ctx context.Context, issuer, subject string) (*Account, error)

	// Holdings returns everything that decides what a person may do, as of one
	// moment, or NotFound. Past and future assignments and absences are in it.
	Holdings(ctx context.Context, person gov.ID) (Holdings, error)

	// Assignment returns an assignment, or NotFound.
	Assignment(ctx context.Context, id gov.ID) (Assignment, error)

	// Absence returns an absence, or NotFound.
	Absence(ctx context.Context, id gov.ID) (Absence, error)

	// Session returns a session, or NotFound.
	Session(ctx context.Context, id SessionID) (Session, error)

	// Sessions returns the sessions of a person, the last opened first.
	Sessions(ctx context.Context, person gov.ID) ([]Session, error)

	// Invitation returns the invitation with a digest, or NotFound.
	Invitation(ctx context.Context, digest string) (Invitation, error)

	// Guard returns the state of a bucket of attempts; an unknown one is empty.
	Guard(ctx context.Context, bucket string) (Guard, error)

	// Numbers counts what Numbers says, as of one moment.
	Numbers(ctx context.Context, at time.Time) (Numbers, error)

	// LogLines returns a piece of the security log, the newest line first.
	LogLines(ctx context.Context, f LogFilter, p gov.Page) (gov.List[LogLine], error)

	// Looks returns a piece of the record of looks in the ledger, the newest
	// first.
	Looks(ctx context.Context, f LookFilter, p gov.Page) (gov.List[Looked], error)
}

// Tx is a transaction of a store. Saving something of revision 0 inserts it,
// anything else replaces the one of the same revision; either counts the
// revision up. All of them return Conflict when someone else was first.
type Tx interface {
	Reader

	// SavePerson saves a person. A staff number someone else has is a Conflict on
	// the field staff_no.
	SavePerson(ctx context.Context, p *Person) error

	// SaveAccount saves an account. A login someone else has is a Conflict on the
	// field login, a subject someone else has one on the field subject.
	SaveAccount(ctx context.Context, a *Account) error

	// SaveAssignment saves an assignment.
	SaveAssignment(ctx context.Context, a *Assignment) error

	// SaveAbsence saves an absence.
	SaveAbsence(ctx context.Context, a *Absence) error

	// SaveInvitation saves an invitation.
	SaveInvitation(ctx context.Context, i *Invitation) error

	// PutSession inserts or replaces a session.
	PutSession(ctx context.Context, s Session) error

	// DropSession deletes a session, if it is there.
	DropSession(ctx context.Context, id SessionID) error

	// PutGuard saves the state of a bucket; one without failures is deleted. It
	// returns Unavailable when someone else was first: of a hundred tries at the
	// same time none goes uncounted.
	PutGuard(ctx context.Context, g Guard) error

	// UseStep marks a step of a second factor, named by a digest of its secret, as
	// used. It returns Conflict when that step or a later one was used before: a
	// code that was seen over a shoulder is worth nothing.
	UseStep(ctx context.Context, factor string, step int64) error

	// Log appends to the security log, which is no part of the ledger.
	Log(ctx context.Context, l LogLine) error

	// Record appends an event to the ledger in this transaction, with the digest
	// of every recorded row the transaction has written since the last event.
	Record(ctx context.Context, actor gov.Actor, e Event) error
}

// Filter restricts a list of persons.
type Filter struct {
	Unit   string // id of their unit, or ""
	Name   string // the whole name, or ""
	Mobile string // eleven digits, or ""
	Role   string // who holds the role on the day, or ""
	Day    gov.Date
}

// Event is an act on persons and accounts as the ledger will tell it.
type Event struct {
	ID     gov.ID
	Kind   string            // "people.assigned"
	Object string            // "assignment:0192..."
	Facts  map[string]string // public; never anything that tells who
	Sealed map[string]string // what could tell who
}

// Invitation is a one-time link by which a person sets a password.
type Invitation struct {
	Digest   string // of the link's secret, hex
	Person   gov.ID
	Renew    bool   // the second factor is enrolled anew as well
	Epoch    int    // of the account when it was made; a change of what proves identity voids it
	Two      bool   // it opens nothing until another person agreed
	By       string // Standing.Actor of who made it
	Seconded string // Standing.Actor of who agreed; see Office.Second
	Made     int64  // Unix milliseconds
	Expires  int64
	Used     int64 // 0 for not yet
	Revision int
}

// LogLine is a line of the security log: what happened at the door. It is kept
// for a time, half a year at least by the Cybersecurity Law, and then deleted,
// which the ledger could not do.
type LogLine struct {
	ID     gov.ID
	At     int64 // Unix milliseconds
	Kind   LogKind
	Person gov.ID // zero when the login is unknown
	Source string // keyed digest of the address, to recognise it again; or ""
	Agent  string
}

// LogKind says what happened at the door.
type LogKind string

// The kinds.
const (
	LoggedIn      LogKind = "login"          // a session became whole
	LoginFailed   LogKind = "login-failed"   // wrong password or unknown login
	LoginDelayed  LogKind = "login-delayed"  // refused unread: too many failures
	CodeFailed    LogKind = "code-failed"    // wrong second factor
	LoggedOut     LogKind = "logout"         // ended by the person
	SessionsEnded LogKind = "sessions-ended" // ended from elsewhere
)
