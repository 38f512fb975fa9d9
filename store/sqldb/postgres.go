package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"quanxiang/gov"
)

// session is a transaction that writes to PostgreSQL. What can wait is sent
// together with the next statement that cannot, so that a transaction costs as
// many round trips as it asks questions: its beginning goes with the first
// statement that writes, and the statements behind the last question go with its end.
type session struct {
	lent  *sql.Conn // by the pool; nil once it was given back
	conn  *pgx.Conn // the same one
	begun bool

	queue  []statement
	weight int // of the queue, about as many statements as it will be
}

const (
	beginPostgres    = "begin isolation level read committed"
	commitPostgres   = "commit"
	rollbackPostgres = "rollback"

	// maxQueue bounds the statements that wait, and so the memory they take.
	maxQueue = 256

	// rollbackTime is how long the end of a failed transaction may take before
	// its connection is given up.
	rollbackTime = 5 * time.Second
)

// session takes a connection for a transaction. The caller ends it.
func (db *DB) session(ctx context.Context) (*session, error) {
	lent, err := db.writes.Conn(ctx)
	if err != nil {
		return nil, Classify(err, "wait for a connection")
	}
	s := &session{lent: lent}
	err = lent.Raw(func(c any) error { // it is the session's alone until it is given back
		s.conn = c.(*stdlib.Conn).Conn()
		return nil
	})
	if err != nil {
		lent.Close() // of no use
		return nil, Classify(err, "begin to write")
	}
	return s, nil
}

func (db *DB) writePostgres(ctx context.Context, d gov.District, fn func(tx *Tx) error) error {
	s, err := db.session(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), db.opts.WriteTimeout)
	defer cancel()
	tx := db.newTx(d, s)
	tx.lane = db.lanes.take(db.opts.Writers)
	defer db.lanes.leave(tx.lane)
	tx.over = func(context.Context) (context.Context, error) { return wctx, nil }
	if err := tx.outcome(fn(tx)); err != nil {
		return err
	}
	if s.canShare() {
		err = db.cross(wctx, s)
	} else if err = s.commit(wctx); err == nil {
		db.stats.groups.Add(1)
	}
	if err != nil {
		return Classify(err, "commit")
	}
	db.stats.writes.Add(1)
	tx.wake()
	return nil
}

// lanes gives out the numbers of Tx.Lane, the least free one first, so that where
// few write few are ever used; there are as many as connections that write. Who shares
// a write has a lane and no connection, so that two may have one.
type lanes struct {
	mu    sync.Mutex
	users []int // of each lane
}

func (l *lanes) take(most int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := slices.Index(l.users, 0)
	switch {
	case n >= 0:
	case len(l.users) < most:
		n = len(l.users)
		l.users = append(l.users, 0)
	default:
		n = slices.Index(l.users, slices.Min(l.users))
	}
	l.users[n]++
	return n
}

func (l *lanes) leave(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users[n]--
}

// send sends what waits and then, if it is not empty, a query, whose results
// are the next of the returned ones. The caller closes them.
func (s *session) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	first := !s.begun && (query != "" && !reads(query) || slices.ContainsFunc(s.queue, func(q statement) bool { return !reads(q.query) }))
	if first {
		b.Queue(beginPostgres)
	}
	var waiting []statement
	for _, q := range s.queue {
		for text, args := range q.texts() {
			b.Queue(text, args...)
			waiting = append(waiting, q)
		}
	}
	if query != "" {
		b.Queue(query, args...)
	}
	s.begun, s.queue, s.weight = s.begun || first, nil, 0
	results := s.conn.SendBatch(ctx, b)
	err := func() error {
		if first {
			if _, err := results.Exec(); err != nil {
				return fmt.Errorf("begin: %w", err)
			}
		}
		var wrong error
		for _, q := range waiting {
			err := q.result(results)
			if _, answered := errors.AsType[*gov.Error](err); err != nil && (wrong != nil || !answered) {
				return cmp.Or(wrong, err) // and those behind it did not run
			}
			if wrong == nil {
				wrong = err
			}
		}
		return wrong
	}()
	if err != nil {
		results.Close() // only repeats the error
		return nil, err
	}
	return results, nil
}

// ran reads how many rows a statement touched that was sent.
func (q statement) ran(from pgx.BatchResults) (int64, error) {
	tag, err := from.Exec()
	return tag.RowsAffected(), q.failed(err)
}

// result reads what became of a statement that was sent.
func (q statement) result(from pgx.BatchResults) error {
	if q.scan == nil {
		n, err := q.ran(from)
		return cmp.Or(err, q.touched(n))
	}
	rows, err := from.Query()
	if err != nil {
		return q.failed(err)
	}
	return q.failed(each(&answer{Rows: rows}, q.scan))
}

func (s *session) exec(ctx context.Context, query string, args []any) (int64, error) {
	results, err := s.send(ctx, query, args)
	if err != nil {
		return 0, err
	}
	tag, err := results.Exec()
	return tag.RowsAffected(), errors.Join(err, results.Close())
}

func (s *session) query(ctx context.Context, query string, args []any) (Rows, error) {
	results, err := s.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	a := &answer{Rows: rows, results: results}
	if err == nil {
		// The first row is read ahead: what is wrong with a statement is
		// known once it was sent.
		a.ahead, a.more = true, rows.Next()
		err = rows.Err()
	}
	if err != nil {
		a.Close() // only repeats the error
		return nil, err
	}
	return a, nil
}

func (s *session) later(ctx context.Context, q statement) error {
	s.queue = append(s.queue, q)
	if s.weight += 1 + len(q.rows)/rowsAtOnce; s.weight < maxQueue {
		return nil
	}
	return s.settle(ctx)
}

// settle sends what waits.
func (s *session) settle(ctx context.Context) error {
	if len(s.queue) == 0 {
		return nil
	}
	results, err := s.send(ctx, "", nil)
	if err == nil {
		err = results.Close()
	}
	return err
}

// commit sends what waits and ends the transaction.
func (s *session) commit(ctx context.Context) error {
	if slices.ContainsFunc(s.queue, func(q statement) bool { return q.one && !q.sure || q.scan != nil }) {
		if err := s.settle(ctx); err != nil { // whose answers may forbid the commit
			return err
		}
	}
	if !s.begun && len(s.queue) == 0 {
		return nil
	}
	results, err := s.send(ctx, commitPostgres, nil)
	if err != nil {
		if s.ended() && gov.CodeOf(err) == gov.Conflict {
			err = surelyWrong(err)
		}
		return err
	}
	return errors.Join(committed(results), results.Close())
}

// surelyWrong is what becomes of a write whose caller was wrong to be sure; see
// LaterSure.
func surelyWrong(err error) error {
	return fmt.Errorf("committed although a statement touched no row, and nothing refused it: %v", err)
}

// committed reads the answer to a commit.
func committed(results pgx.BatchResults) error {
	tag, err := results.Exec()
	if err == nil && tag.String() != "COMMIT" {
		err = errors.New("the server rolled the transaction back")
	}
	return err
}

// end gives the connection back, once. The pool drops one that was closed.
func (s *session) end() {
	if s.lent != nil {
		s.rollback()
		s.lent.Close() // gives it back; what was wrong with it was seen
		s.lent = nil
	}
}

// passOn is a new session over the connection, which is this one's no more.
func (s *session) passOn() *session {
	next := &session{lent: s.lent, conn: s.conn}
	s.lent = nil
	return next
}

// rollback makes sure that nothing of a transaction that was not committed stays.
func (s *session) rollback() {
	if s.conn.IsClosed() || s.ended() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTime)
	defer cancel()
	if _, err := s.conn.Exec(ctx, rollbackPostgres); err != nil {
		s.conn.Close(ctx) // the server rolls back what it loses
	}
}

// ended reports that no transaction is open on the connection.
func (s *session) ended() bool { return s.conn.PgConn().TxStatus() == 'I' && !s.conn.PgConn().IsBusy() }

// answer is the Rows of a query that was sent.
type answer struct {
	pgx.Rows
	results     pgx.BatchResults // closed with the rows; nil leaves them open
	ahead, more bool             // the first row was read ahead, and whether there is one
}

func (a *answer) Next() bool {
	if a.ahead {
		a.ahead = false
		return a.more
	}
	return a.Rows.Next()
}

// Close implements Rows.
func (a *answer) Close() error {
	a.Rows.Close()
	if a.results == nil {
		return nil
	}
	return a.results.Close()
}
