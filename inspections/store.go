package inspections

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/registers"
)

// Store keeps proposals and plans of one district.
type Store interface {
	// Proposal and Plan return one by its id, or NotFound.
	Proposal(ctx context.Context, id gov.ID) (Proposal, error)
	Plan(ctx context.Context, id gov.ID) (Plan, error)

	// Proposals lists those of a year that were not withdrawn, by quarter, unit and age;
	// of one unit, or with "" of all.
	Proposals(ctx context.Context, year int, unit string) ([]Proposal, error)

	// Plans lists plans, the latest first.
	Plans(ctx context.Context, limit int) ([]Plan, error)

	// Run is how far the job on a plan has come; NotFound when there was none. SaveRun
	// keeps it.
	Run(ctx context.Context, plan gov.ID) (Run, error)
	SaveRun(ctx context.Context, r Run) error

	// Chunks calls fn with the chunks of a part of what was frozen, in their order.
	Chunks(ctx context.Context, plan gov.ID, part string, fn func(body []byte) error) error

	// Visits lists the remembered visits of a plan by subjects behind one.
	Visits(ctx context.Context, plan gov.ID, after string, limit int) ([]Past, error)

	// Snapshot runs fn on one moment of the registers.
	Snapshot(ctx context.Context, fn func(s Snapshot) error) error

	// Update runs fn in one transaction. fn may run more than once and must touch nothing
	// but its Tx.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Snapshot is a moment of the registers.
type Snapshot interface {
	// Count says how many entries a register has, about.
	Count(ctx context.Context, register string) (int64, error)

	// Subjects reads entries behind a key, in the order of keys.
	Subjects(ctx context.Context, register, after string, limit int) ([]Subject, error)

	// Tell reads what records of some kinds say about the entries behind a key up to
	// another, in the order of entries: without bodies where they are not asked for.
	Tell(ctx context.Context, register string, kinds []string, bodies bool, after, upTo string, fn func(t Told) error) error

	// Met reads the visits to subjects behind a key up to another, by subjects and for
	// each the latest first.
	Met(ctx context.Context, after, upTo string, fn func(p Past) error) error

	// Published are the uids of a plan's visits whose result was published, in hex.
	Published(ctx context.Context, plan gov.ID) ([]string, error)

	// Entries and Records read all of a register, and what is recorded about it, with
	// nothing withdrawn.
	Entries(ctx context.Context, register string) ([]registers.Entry, error)
	Records(ctx context.Context, register string) ([]registers.Record, error)
}

// Subject is an entry of the register of subjects as it is read by the thousand.
type Subject struct {
	Key   string
	Class string
	Area  string
	Body  []byte // values, JSON
}

// Told is what a record says that only has to be counted.
type Told struct {
	Subject string
	Kind    string
	On      string // YYYY-MM-DD
	Until   string // "" while it goes on
	Body    []byte // values, JSON; nil unless asked for
}

// Tx is a transaction of a store.
type Tx interface {
	// Now is the instant of the transaction.
	Now() time.Time

	// Proposal and Plan return one as the transaction sees it, or NotFound.
	Proposal(ctx context.Context, id gov.ID) (Proposal, error)
	Plan(ctx context.Context, id gov.ID) (Plan, error)
	Proposals(ctx context.Context, year int, unit string) ([]Proposal, error)

	// PlansOf says how many plans of a year there ever were.
	PlansOf(ctx context.Context, year int) (int, error)

	// Put* write a new one (Version 0) or the next version of one; where that has changed
	// meanwhile it is a Conflict.
	PutProposal(ctx context.Context, p Proposal) error
	PutPlan(ctx context.Context, p Plan) error

	// AddChunks keeps chunks of a part of a plan from a number on; DropChunks forgets
	// all of the plan.
	AddChunks(ctx context.Context, plan gov.ID, part string, from int, bodies [][]byte) error
	DropChunks(ctx context.Context, plan gov.ID) error

	// Remember keeps visits; those of a plan to a subject that are there are replaced.
	Remember(ctx context.Context, list []Past) error

	// Enqueue asks for a job.
	Enqueue(ctx context.Context, kind, key string) error

	// Act records in the ledger what the transaction wrote since the last Act.
	Act(ctx context.Context, a registers.Act) error
}
