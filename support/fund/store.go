package fund

import (
	"context"
	"time"

	"quanxiang/gov"
)

// Act is an act of money in the ledger.
type Act struct {
	Kind   string
	Object string
	Actor  gov.Actor
	Facts  map[string]string // public; never anything that tells who
	Sealed map[string]string // committed to and not told
}

// Query says which promises are listed. The zero value lists all.
type Query struct {
	Case      gov.ID
	Subject   string
	Programme string
	Year      int
	Pot       string
	Batch     gov.ID
	State     State // "" for all
}

// MoveQuery says which movements are listed.
type MoveQuery struct {
	Pot       string
	Programme string
	Year      int
	Subject   string
	Promise   gov.ID
}

// Store keeps the money of one district.
type Store interface {
	// Position sums the journal of a subject up to a version; below 0 to its end.
	Position(ctx context.Context, subject string, version int64) (Position, error)

	// Pots lists budgets, by programme, year and item; of a programme or with "" of all, of
	// a year or with 0 of all.
	Pots(ctx context.Context, programme string, year int) ([]Pot, error)

	// Moves lists movements, the newest first.
	Moves(ctx context.Context, q MoveQuery, p gov.Page) ([]Move, error)

	// Sums are the balances of a pot as the journal has them.
	Sums(ctx context.Context) (map[string]Pot, error)

	// Promise is one by its id; Promises lists them, the newest first.
	Promise(ctx context.Context, id gov.ID) (Promise, error)
	Promises(ctx context.Context, q Query, p gov.Page) ([]Promise, error)

	// Payee opens an account, or is NotFound.
	Payee(ctx context.Context, id string) (Payee, error)

	// Batch and Batches are those that pay; Rows those of a batch by their number.
	Batch(ctx context.Context, id gov.ID) (Batch, error)
	Batches(ctx context.Context, p gov.Page) ([]Batch, error)
	Rows(ctx context.Context, batch gov.ID) ([]Row, error)

	// File opens a kept file.
	File(ctx context.Context, id gov.ID) (File, error)
	Files(ctx context.Context, batch gov.ID) ([]File, error) // without bodies

	// Claim and Claims are what has to come back; open ones first, by their days.
	Claim(ctx context.Context, id gov.ID) (Claim, error)
	Claims(ctx context.Context, subject string, p gov.Page) ([]Claim, error)

	// Totals are the sums of programmes and years.
	Totals(ctx context.Context) ([]Total, error)

	// Update runs fn in one transaction, that of the context if it carries one. fn may run
	// more than once and must touch nothing but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Tx is a transaction of a store.
type Tx interface {
	// Now is the instant of the transaction.
	Now() time.Time

	// Turn moves the payments of a subject to their next version, which it returns. Unless
	// expected is below 0 they must be of that version; else it is a Conflict because of
	// ErrStale. Whoever else turns the same subject waits until the transaction ends.
	Turn(ctx context.Context, subject, name string, expected int64) (int64, error)

	// PotOf finds the pot a line is taken from, the first of PotsFor, or is NoBudget. Pot is
	// one by its id, or NotFound.
	PotOf(ctx context.Context, l Line) (string, error)
	Pot(ctx context.Context, id string) (Pot, error)

	// AddPot makes a pot of nothing; one that is there is a Conflict. ClosePot ends it.
	AddPot(ctx context.Context, p Pot) error
	ClosePot(ctx context.Context, id string) error

	// Journal writes a movement and changes the balances of its pot, in one statement that
	// holds whoever else writes: 0 <= returned <= paid <= committed <= budget, and nothing is
	// promised from a closed pot. What would not hold is refused as Refuse says.
	Journal(ctx context.Context, m Move) error

	// Promise is one by its id, Live that of a case which is not released, or NotFound.
	Promise(ctx context.Context, id gov.ID) (Promise, error)
	Live(ctx context.Context, caseID gov.ID) (Promise, error)
	AddPromise(ctx context.Context, p Promise) error
	SavePromise(ctx context.Context, p Promise) error

	// KeepPayee keeps an account, or finds the same one of the same subject.
	KeepPayee(ctx context.Context, p Payee) (id string, fresh bool, err error)
	Payee(ctx context.Context, id string) (Payee, error)

	// Batch is one by its id; BatchesOf counts those of a year; SaveBatch writes a new one
	// (Row 0) or the next version.
	Batch(ctx context.Context, id gov.ID) (Batch, error)
	BatchesOf(ctx context.Context, year int) (int, error)
	SaveBatch(ctx context.Context, b Batch) error
	Rows(ctx context.Context, batch gov.ID) ([]Row, error)
	AddRow(ctx context.Context, r Row) error
	SaveRow(ctx context.Context, r Row) error
	DropRow(ctx context.Context, r Row) error

	// AddFile keeps a file, sealed. One that is there stays, but may be taken now that was
	// not; wrote tells whether anything changed.
	AddFile(ctx context.Context, x File) (wrote bool, err error)

	// Claim is one by its id; ClaimsOf those of a promise; SaveClaim as SaveBatch. Came
	// reports that money of a reference of the bank was entered for a promise.
	Claim(ctx context.Context, id gov.ID) (Claim, error)
	ClaimsOf(ctx context.Context, promise gov.ID) ([]Claim, error)
	SaveClaim(ctx context.Context, c Claim) error
	Came(ctx context.Context, promise gov.ID, reference string) (bool, error)

	// Enqueue asks for a job.
	Enqueue(ctx context.Context, kind, key string) error

	// Act records in the ledger what the transaction wrote since the last Act.
	Act(ctx context.Context, a Act) error
}
