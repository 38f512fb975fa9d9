package store

import (
	"context"
	"database/sql"
)

// What the tests of the outside package need from the inside.
var (
	Classify  = classify
	ExecOne   = execOne
	Retryable = retryable
)

func (t Table) SelectRow() string { return t.selectRow() }
func (t Table) SelectAll() string { return t.selectAll() }
func (t Table) InsertRow() string { return t.insertRow() }

// Prepare asks the engine whether it understands a statement.
func (db *DB) Prepare(ctx context.Context, text string) error {
	s, err := db.reads.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return s.Close()
}

// Raw gives the connections that write, for what tests do behind the store's back.
func (db *DB) Raw(ctx context.Context, statements ...string) error {
	if db.engine == SQLite {
		return db.Write(ctx, "", func(tx *Tx) error {
			for _, s := range statements {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, s := range statements {
		if _, err := db.writes.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Rows runs a query and returns every row as text, null as "NULL".
func (db *DB) Rows(ctx context.Context, query string) (all [][]string, err error) {
	rows, err := db.reads.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		vals, dest := make([]sql.Null[string], len(names)), make([]any, len(names))
		for i := range vals {
			dest[i] = &vals[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		row := make([]string, len(names))
		for i, v := range vals {
			if row[i] = v.V; !v.Valid {
				row[i] = "NULL"
			}
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// AddTable registers a table of the test's own, in the notation of table.
func (db *DB) AddTable(name string, role Role, keys int, columns string) {
	db.extra = append(db.extra, table(name, role, keys, columns))
}

// Step is a batch of the sequencer in a transaction of the test's.
func (s *Sequencer) Step(ctx context.Context, tx *Tx) error {
	if mine, err := tx.TakeLease(ctx, sequencerLease, s.holder, leaseTime); err != nil || !mine {
		return err
	}
	_, _, _, err := s.step(ctx, tx)
	return err
}

// FailAt makes the n-th statement from now on fail, from 1, and with it the
// transaction, as if the process had died there.
func (tx *Tx) FailAt(n int) {
	over := tx.over
	tx.over = func(ctx context.Context) (context.Context, error) {
		if n--; n == 0 {
			return nil, errFailed
		}
		return over(ctx)
	}
}
