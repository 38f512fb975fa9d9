package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"quanxiang/gov"
)

// DB is an open database. Its methods may be called from any goroutine.
type DB struct {
	engine Engine
	opts   Options
	path   string  // of the file, SQLite only
	lanes  lanes   // of transactions that write, PostgreSQL only
	ferry  ferry   // PostgreSQL only
	reads  *sql.DB // connections that cannot write
	writes *sql.DB
	writer *writer // SQLite only
	schema Schema
	order  atomic.Int64  // the last NextOrder
	woken  chan struct{} // holds one signal: a commit of a Tx that called Wake

	writing atomic.Int64 // writes under way, those that wait for their turn included
	crowded atomic.Int64 // when there last were many, ns since opened; 0 for never
	opened  time.Time
	stats   struct{ writes, groups, retries atomic.Int64 }
}

// Stats counts what a database did since it was opened.
type Stats struct {
	Writes  int64 // write closures whose work was committed
	Groups  int64 // commits; fewer than Writes when some were committed together
	Retries int64 // closures that had to run again, and shared writes that were refused
}

// maxTries is how often a write runs when the engine asks to try again.
const maxTries = 5

// Engine tells which engine the database runs on.
func (db *DB) Engine() Engine { return db.engine }

// Stats returns the counters.
func (db *DB) Stats() Stats {
	return Stats{db.stats.writes.Load(), db.stats.groups.Load(), db.stats.retries.Load()}
}

// Close waits for the writes that have begun, then closes every connection.
// Writes that come later get Unavailable.
func (db *DB) Close() error {
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	for _, p := range []*sql.DB{db.reads, db.writes} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// Tables lists the tables of the schema, parents before the children that
// refer to them.
func (db *DB) Tables() []Table { return db.schema.Tables }

// NextOrder returns a number greater than any it returned before in this
// process, near the clock's nanoseconds. It orders what transactions do one
// after the other; numbers of several processes on one clock compare well
// enough.
func (db *DB) NextOrder() int64 {
	for {
		last := db.order.Load()
		next := max(last+1, db.opts.Clock().UnixNano())
		if db.order.CompareAndSwap(last, next) {
			return next
		}
	}
}

// Woken receives after a commit of this process whose transaction called
// Tx.Wake. One signal may stand for several.
func (db *DB) Woken() <-chan struct{} { return db.woken }

// Log is where the database logs.
func (db *DB) Log() *slog.Logger { return db.opts.Log }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.reads.PingContext(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

// Read runs fn on one consistent snapshot of a district. fn cannot write. It
// ends when ctx does. Under the context of Together it sees what was written there.
func (db *DB) Read(ctx context.Context, d gov.District, fn func(tx *Tx) error) error {
	if ok, err := db.within(ctx, d, fn); ok {
		return err
	}
	opts := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		opts.Isolation = sql.LevelRepeatableRead // a snapshot for the whole closure; read-only ones never fail for it
	}
	t, err := db.reads.BeginTx(ctx, opts)
	if err != nil {
		return Classify(err, "begin to read")
	}
	defer t.Rollback() // a read has nothing to commit; after ctx ended this only repeats its error
	tx := db.newTx(d, readTx{t})
	return tx.outcome(fn(tx))
}

// Write runs fn in one transaction over a district: what it wrote is kept,
// durably, when Write returns nil, and nothing of it otherwise, except that a
// connection lost during PostgreSQL's commit is Unavailable with the outcome
// unknown.
//
// fn may run more than once and must touch nothing but the database; anything
// else is enqueued as a job. It must not call Write; Read, which sees another
// moment, is for what never changes. A statement that failed ends it, even if
// fn ignores the error. While fn waits for its turn the end of ctx withdraws
// it; once it runs only Options.WriteTimeout stops it, so that a client who
// hangs up never leaves the outcome open. Under the context of Together it is part
// of the transaction there, which becomes durable as a whole or not at all.
func (db *DB) Write(ctx context.Context, d gov.District, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ok, err := db.within(ctx, d, func(tx *Tx) error { return tx.note(fn(tx)) }); ok {
		return err
	}
	db.enters()
	defer db.writing.Add(-1)
	if db.engine == SQLite {
		return db.writer.write(ctx, d, fn)
	}
	for try := 1; ; try++ {
		err := db.writePostgres(ctx, d, fn)
		if err == nil || try == maxTries || !retryable(err) {
			return err
		}
		db.stats.retries.Add(1)
		time.Sleep(rand.N(time.Duration(try) * 5 * time.Millisecond)) // apart from whom we collided with
	}
}

func (db *DB) newTx(d gov.District, r runner) *Tx {
	return &Tx{db: db, district: d, now: db.opts.Clock().Truncate(time.Millisecond), run: r}
}

// errFailed is returned by every statement after one that failed.
var errFailed = errors.New("an earlier statement of this transaction failed")

// outcome is what becomes of a transaction whose closure returned err. A
// failed statement has spoilt a PostgreSQL transaction for good, so on either
// engine the closure cannot overrule it.
func (tx *Tx) outcome(err error) error {
	if err == nil && tx.failed != nil {
		return Classify(fmt.Errorf("a closure ignored a failed statement: %w", tx.failed), "write")
	}
	if err == nil && tx.owes != "" {
		return fmt.Errorf("a write ended without %s", tx.owes)
	}
	return err
}
