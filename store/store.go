package store

import (
	"context"
	"slices"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/privacy"
	"quanxiang/store/applydb"
	"quanxiang/store/casedb"
	"quanxiang/store/ceremonydb"
	"quanxiang/store/funddb"
	"quanxiang/store/hookdb"
	"quanxiang/store/importdb"
	"quanxiang/store/inspectdb"
	"quanxiang/store/jobdb"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/noticedb"
	"quanxiang/store/registerdb"
	"quanxiang/store/resealdb"
	"quanxiang/store/residentdb"
	"quanxiang/store/simdb"
	"quanxiang/store/sqldb"
)

// DB is the product's database; what it can do with any tables is told in
// package sqldb.
type DB struct {
	*sqldb.DB
	jobdb.Jobs
}

// What others need of the parts of the room, under one name.
type (
	Tx            = sqldb.Tx
	Options       = sqldb.Options
	Engine        = sqldb.Engine
	Table         = sqldb.Table
	Ledger        = ledgerdb.Ledger
	Sequencer     = ledgerdb.Sequencer
	HeadKeeper    = ledgerdb.HeadKeeper
	VerifySummary = ledgerdb.VerifySummary
	Residents     = residentdb.Residents
)

// The engines.
const (
	SQLite   = sqldb.SQLite
	Postgres = sqldb.Postgres
)

// Open opens the product's database at an address; see sqldb.Open.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	db, err := sqldb.Open(ctx, dsn, Schema(), o)
	if err != nil {
		return nil, err
	}
	return Over(db), nil
}

// Over is the product's database on one that is open.
func Over(db *sqldb.DB) *DB { return &DB{db, jobdb.New(db)} }

// Enqueue asks for a job in a transaction; see jobdb.Enqueue.
func Enqueue(ctx context.Context, tx *Tx, kind, key string, at time.Time) error {
	return jobdb.Enqueue(ctx, tx, kind, key, at)
}

// Schema is the product's.
func Schema() sqldb.Schema {
	return sqldb.Schema{Migrations: migrations(), Tables: Tables()}
}

// Tables lists every table of the product, parents before the children that
// refer to them.
func Tables() []Table {
	return slices.Concat(
		[]Table{sqldb.LeaseTable},
		jobdb.Tables,
		ledgerdb.Tables,
		packTables,
		libraryTables,
		calendarTables,
		peopleTables,
		[]Table{feedTable},
		apiKeyTables,
		[]Table{filingTable},
		casedb.Tables,
		importdb.Tables,
		noticedb.Tables,
		residentdb.Tables,
		hookdb.Tables,
		registerdb.Tables,
		inspectdb.Tables, ceremonydb.Tables,
		simdb.Tables,
		funddb.Tables,
		applydb.Tables,
	)
}

// Cases returns the cases of a district.
func (db *DB) Cases(d gov.District) *casedb.Cases { return casedb.New(db.DB, d) }

// Filters returns the saved filters of a district's staff.
func (db *DB) Filters(d gov.District) *casedb.Filters { return casedb.NewFilters(db.DB, d) }

// Imports returns the tables of which cases are begun in a district.
func (db *DB) Imports(d gov.District) *importdb.Imports { return importdb.New(db.DB, d) }

// Notices returns what the people of a district are told.
func (db *DB) Notices(d gov.District) *noticedb.Notices { return noticedb.New(db.DB, d) }

// Residents returns the residents of a district, sealed with keys.
func (db *DB) Residents(d gov.District, keys *privacy.Keyring) *Residents {
	return residentdb.New(db.DB, d, keys)
}

// Hooks returns the subscriptions of other systems; keys seal their secrets.
func (db *DB) Hooks(d gov.District, keys *privacy.Keyring) *hookdb.Hooks {
	return hookdb.New(db.DB, d, keys)
}

// Registers returns the registers of a district.
func (db *DB) Registers(d gov.District) *registerdb.Registers { return registerdb.New(db.DB, d) }

// Draws returns the public draws of a district; keys seal what seal holders gave.
func (db *DB) Draws(d gov.District, keys *privacy.Keyring) *ceremonydb.Draws {
	return ceremonydb.New(db.DB, d, keys)
}

// Applications returns the applications for support of a district, sealed with keys.
func (db *DB) Applications(d gov.District, keys *privacy.Keyring) *applydb.Applications {
	return applydb.New(db.DB, d, keys)
}

// Inspections returns the plans of inspections of a district.
func (db *DB) Inspections(d gov.District) *inspectdb.Inspections { return inspectdb.New(db.DB, d) }

// Simulations returns the simulations of a district.
func (db *DB) Simulations(d gov.District) *simdb.Simulations { return simdb.New(db.DB, d) }

// Funds returns the money of a district's support programmes; keys seal accounts.
func (db *DB) Funds(d gov.District, keys *privacy.Keyring) *funddb.Funds {
	return funddb.New(db.DB, d, keys)
}

// Seals returns everything that is sealed in a district, and the keys it is sealed with.
func (db *DB) Seals(d gov.District, keys *privacy.Keyring) *resealdb.Seals {
	return resealdb.New(db.DB, d, keys)
}

// NewLedger returns the ledger of a district whose checkpoints v verifies.
func NewLedger(db *DB, d gov.District, v *ledger.Verifier) *Ledger { return ledgerdb.New(db.DB, d, v) }

// NewSequencer returns what appends a district's acts to its ledger; see
// ledgerdb.NewSequencer.
func NewSequencer(db *DB, d gov.District, signer *ledger.Signer, keeper HeadKeeper, old ...string) (*Sequencer, error) {
	return ledgerdb.NewSequencer(db.DB, d, signer, keeper, old...)
}
