package runs

import (
	"context"
	"io"

	"quanxiang/gov"
)

// Job is the kind of the job that computes a simulation; its key is the simulation's id.
const Job = "support.simulate"

// Population is a snapshot the district knows.
type Population struct {
	ID        gov.ID
	Name      string
	Snapshot  string // its identity
	File      string // key of the kept file
	Bytes     int64
	Applicant string
	Year      int // of the facts
	Rows      int64
	Apart     int64 // applicants left out for want of facts
	Wrong     int64 // statements that could not be read
	Invented  bool
	By        string // name
	At        int64  // Unix ms
}

// State says how far a simulation has come.
type State string

// The states.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Failed  State = "failed"
)

// Run is a simulation somebody asked for.
type Run struct {
	ID         gov.ID
	Title      string
	Population gov.ID
	Docs       []string
	Year       int
	Amendment  string
	Budget     int64 // fen, 0 for none
	Person     gov.ID
	By         string // name
	At         int64  // Unix ms
	State      State
	Rows       int64 // done
	Total      int64 // of the population
	Failure    gov.Text
	Result     string // its identity, "" until it is there
	Digest     string // SHA-256 of its bytes
	Ended      int64  // Unix ms, 0 while it goes on
	Version    int64
}

// Store keeps them.
type Store interface {
	// Populations lists those known, the latest first.
	Populations(ctx context.Context) ([]Population, error)

	// Population and Run return one, or NotFound.
	Population(ctx context.Context, id gov.ID) (Population, error)
	Run(ctx context.Context, id gov.ID) (Run, error)

	// Runs lists the simulations behind one in the order of their age, the latest first;
	// the zero ID begins.
	Runs(ctx context.Context, after gov.ID, limit int) ([]Run, error)

	// Result is the bytes of a result by its identity, or NotFound.
	Result(ctx context.Context, id string) ([]byte, error)

	// Advance keeps how many rows a simulation has computed. It is no act.
	Advance(ctx context.Context, run gov.ID, rows int64) error

	// Update runs fn in one transaction. fn may run more than once and must touch
	// nothing but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Tx is a transaction.
type Tx interface {
	AddPopulation(ctx context.Context, p Population) error

	// PutRun adds a simulation of version 0, or changes the one of its version; Conflict
	// when it has changed meanwhile.
	PutRun(ctx context.Context, r Run) error

	// AddResult keeps a result by its identity; one that is there stays.
	AddResult(ctx context.Context, id string, body []byte) error

	Enqueue(ctx context.Context, kind, key string) error

	// Act records an act with the rows that were written since the last.
	Act(ctx context.Context, a Act) error
}

// Act is what is recorded in the ledger.
type Act struct {
	Kind   string
	Object string
	Actor  gov.Actor
	Facts  map[string]string
}

// Files keeps the files of populations.
type Files interface {
	// Keep keeps what r yields and returns its key and size, or TooLarge.
	Keep(ctx context.Context, r io.Reader, limit int64) (key string, size int64, err error)

	// Map gives a kept file's bytes; close gives them back.
	Map(key string) (data []byte, close func() error, err error)
}
