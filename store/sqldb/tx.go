package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"quanxiang/gov"
)

// Tx is one transaction over one district. It is valid only inside the closure
// it was given to, and only on that closure's goroutine.
type Tx struct {
	db       *DB
	district gov.District
	now      time.Time
	run      runner
	over     func(context.Context) (context.Context, error) // the context a statement runs under; nil keeps the caller's
	woke     bool                                           // Wake was called
	failed   error                                          // of the first statement that failed
	lane     int
	noted    map[any]any
	owes     string // what must yet be done for the transaction to be whole
}

// Owe says what must yet be done in this transaction, or with "" that it was: one that
// ends with something owed is undone and fails as Internal.
func (tx *Tx) Owe(what string) { tx.owes = what }

// Note keeps what a room has found out in this transaction and asks for again later in
// it, under a key of a type of its own. Noted is it, nil if there is none.
func (tx *Tx) Note(key, value any) {
	if tx.noted == nil {
		tx.noted = map[any]any{}
	}
	tx.noted[key] = value
}

// Noted is what Note kept under a key.
func (tx *Tx) Noted(key any) any { return tx.noted[key] }

// Lane is a small number that hardly any other transaction of this process has that
// writes at the same time; it is 0 on SQLite, where there is none. What very many
// transactions add to is kept in a row for each lane, so that they need not wait
// for each other's commits; it is the sum of these rows.
func (tx *Tx) Lane() int { return tx.lane }

// Now is the instant of the transaction, to the millisecond. It does not move.
func (tx *Tx) Now() time.Time { return tx.now }

// District is the district every statement of the transaction must name.
func (tx *Tx) District() gov.District { return tx.district }

// Engine tells the dialect, for the few statements that have two texts.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// Table finds a table of the schema by its name.
func (tx *Tx) Table(name string) (Table, bool) {
	all := tx.db.schema.Tables
	i := slices.IndexFunc(all, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return all[i], true
}

// Tables lists the tables of the schema; see DB.Tables.
func (tx *Tx) Tables() []Table { return tx.db.schema.Tables }

// NextOrder is DB.NextOrder.
func (tx *Tx) NextOrder() int64 { return tx.db.NextOrder() }

// Wake asks that DB.Woken receives once the transaction is committed.
func (tx *Tx) Wake() { tx.woke = true }

// wake does what Wake asked for.
func (tx *Tx) wake() {
	if tx.woke {
		select {
		case tx.db.woken <- struct{}{}:
		default: // nobody has looked since the last one
		}
	}
}

// ExecContext runs a statement that returns no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (Result, error) {
	ctx, err := tx.begin(ctx, query)
	if err != nil {
		return 0, err
	}
	n, err := tx.run.exec(ctx, query, args)
	return Result(n), tx.note(err)
}

// Later is ExecContext for a statement whose answer nobody needs to go on. It
// has run when the next statement runs, or else before the commit; on
// PostgreSQL it shares the round trip of that one. So its error, which Classify
// has seen, may be that of a later statement, or of the whole write. The
// arguments must not change until then.
func (tx *Tx) Later(ctx context.Context, query string, args ...any) error {
	return tx.later(ctx, statement{query: query, args: args})
}

// LaterOne is Later for a statement that must touch exactly one row; see
// ExecOne.
func (tx *Tx) LaterOne(ctx context.Context, query string, args ...any) error {
	return tx.later(ctx, statement{query: query, args: args, one: true})
}

// LaterSure is LaterOne for a statement whose touching no row the database
// itself answers with refusing the transaction, by a key that another statement of
// it then violates. So the commit need not wait for the answer.
func (tx *Tx) LaterSure(ctx context.Context, query string, args ...any) error {
	return tx.later(ctx, statement{query: query, args: args, one: true, sure: true})
}

// Ask is a query whose rows are needed only after the next one: scan has been
// called with each of them when that has run. See Later.
func (tx *Tx) Ask(ctx context.Context, scan func(scan func(dest ...any) error) error, query string, args ...any) error {
	return tx.later(ctx, statement{query: query, args: args, scan: scan})
}

// Answers returns when what was asked before is answered and what was to run
// later has run.
func (tx *Tx) Answers(ctx context.Context) error {
	if tx.failed != nil {
		return errors.Join(errFailed, tx.failed)
	}
	if tx.over != nil {
		var err error
		if ctx, err = tx.over(ctx); err != nil {
			return tx.note(err)
		}
	}
	return tx.note(tx.run.settle(ctx))
}

func (tx *Tx) later(ctx context.Context, s statement) error {
	ctx, err := tx.begin(ctx, s.query)
	if err != nil {
		return err
	}
	return tx.note(tx.run.later(ctx, s))
}

// QueryContext runs a query. The caller closes the rows before the next
// statement; Collect does so.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (Rows, error) {
	ctx, err := tx.begin(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := tx.run.query(ctx, query, args)
	return rows, tx.note(err)
}

// QueryRowContext runs a query for one row, or the first one.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *Row {
	rows, err := tx.QueryContext(ctx, query, args...)
	return &Row{tx, rows, err}
}

// Row is the answer to QueryRowContext. The caller scans it before the next
// statement.
type Row struct {
	tx   *Tx
	rows Rows
	err  error
}

// Scan copies the columns. It returns sql.ErrNoRows when there was no row,
// which Classify turns into NotFound.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close() // of what was read; its error was seen
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.tx.note(err)
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.tx.note(r.rows.Close())
}

func (tx *Tx) begin(ctx context.Context, query string) (context.Context, error) {
	if tx.failed != nil {
		return nil, errors.Join(errFailed, tx.failed)
	}
	if before := tx.db.opts.Before; before != nil {
		if err := before(query); err != nil {
			return nil, tx.note(err)
		}
	}
	if tx.over == nil {
		return ctx, nil
	}
	ctx, err := tx.over(ctx)
	return ctx, tx.note(err)
}

func (tx *Tx) note(err error) error {
	if err != nil && tx.failed == nil {
		tx.failed = err
	}
	return err
}

// Collect runs a query and scans every row with scan.
func Collect[T any](ctx context.Context, tx *Tx, scan func(scan func(dest ...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, tx.note(rows.Err())
}

// ExecOne runs a statement that must touch exactly one row. When it touched
// none, the row is gone or has another version: a Conflict.
func ExecOne(ctx context.Context, tx *Tx, query string, args ...any) error {
	r, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return statement{one: true}.touched(int64(r))
}
