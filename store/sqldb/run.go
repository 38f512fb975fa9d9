package sqldb

import (
	"context"
	"database/sql"
	"strings"

	"quanxiang/gov"
)

// runner is what runs statements: a transaction of either engine.
type runner interface {
	exec(ctx context.Context, query string, args []any) (affected int64, err error)
	query(ctx context.Context, query string, args []any) (Rows, error)

	// later runs a statement at once or with the next one, in the order they
	// were given.
	later(ctx context.Context, s statement) error

	// settle returns when no statement waits any more.
	settle(ctx context.Context) error
}

// Rows are the answer to a query. The caller closes them before the next
// statement.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Result is the answer to a statement that returns no rows.
type Result int64

// RowsAffected is how many rows the statement touched.
func (r Result) RowsAffected() (int64, error) { return int64(r), nil }

// statement is one that may run later.
type statement struct {
	query string
	args  []any
	one   bool                                     // it must touch exactly one row
	sure  bool                                     // where it does not, another statement of the transaction fails
	scan  func(scan func(dest ...any) error) error // of a query: called with each row
	rows  [][]any                                  // of LaterRows: of each row the values behind the district, which alone is in args
}

// reads reports that a statement only reads. None locks what it reads.
func reads(query string) bool { return strings.HasPrefix(strings.TrimLeft(query, "\n\t "), "select") }

// touched is a Conflict when a statement that must touch exactly one row
// touched none: the row is gone or has another version.
func (s statement) touched(n int64) error {
	if s.one && n != 1 {
		return gov.Errorf(gov.Conflict,
			"该内容已被他人修改，请刷新后重试", "someone else changed this meanwhile; load it again and retry")
	}
	return nil
}

// failed says of what statement an error is, which may reach the caller of
// another one.
func (s statement) failed(err error) error {
	head, _, _ := strings.Cut(strings.TrimSpace(s.query), "\n")
	head, _, _ = strings.Cut(head, " (")
	return Classify(err, "%s", head)
}

// run runs the statement at once.
func (s statement) run(ctx context.Context, r runner) error {
	if s.scan == nil {
		for text, args := range s.texts() {
			n, err := r.exec(ctx, text, args)
			if err == nil {
				err = s.touched(n)
			}
			if err != nil {
				return s.failed(err)
			}
		}
		return nil
	}
	rows, err := r.query(ctx, s.query, s.args)
	if err != nil {
		return s.failed(err)
	}
	return s.failed(each(rows, s.scan))
}

// each calls scan with every row and closes the rows.
func each(rows Rows, scan func(scan func(dest ...any) error) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readTx is a transaction of database/sql, on either engine.
type readTx struct{ *sql.Tx }

func (t readTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	r, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t readTx) query(ctx context.Context, query string, args []any) (Rows, error) {
	rows, err := t.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (t readTx) later(ctx context.Context, s statement) error { return s.run(ctx, t) }

func (t readTx) settle(context.Context) error { return nil }
