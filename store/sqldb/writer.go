package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"quanxiang/gov"
)

// writer owns SQLite's one writing connection. A goroutine of its own collects
// the writes that wait, gives each its turn inside a savepoint of one
// transaction, and commits the group: the price of one fsync is shared by all
// who waited for the previous one.
//
// A closure runs on its caller's goroutine while the writer stands still, so a
// panic (or a test's FailNow) unwinds where it belongs and undoes only its own
// savepoint.
type writer struct {
	db    *DB
	turns chan *turn // unbuffered: whoever was received has begun, whoever was not can still walk away
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once
	conn  *sql.Conn            // owned by run; nil after it was discarded
	stmts map[string]*sql.Stmt // prepared on conn
}

// turn is one write on its way through the writer.
type turn struct {
	district gov.District
	begin    chan *Tx   // the transaction to run on, or closed after an outcome
	ran      chan bool  // whether the closure's work is to be kept
	outcome  chan error // nil: durable; errAgain: the group broke through no fault of this one
}

var (
	errAgain  = errors.New("run again")
	errClosed = errors.New("the database is closed")
)

// groupTime is when a group that goes on growing is committed all the same.
const groupTime = 50 * time.Millisecond

func newWriter(ctx context.Context, db *DB) (*writer, error) {
	w := &writer{db: db, turns: make(chan *turn), stop: make(chan struct{}), done: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	go w.loop()
	return w, nil
}

// write queues fn and returns when its outcome is certain.
func (w *writer) write(ctx context.Context, d gov.District, fn func(*Tx) error) error {
	patience := time.NewTimer(w.db.opts.WriteTimeout)
	defer patience.Stop()
	for try := 1; ; try++ {
		t := &turn{district: d, begin: make(chan *Tx), ran: make(chan bool), outcome: make(chan error, 1)}
		select {
		case w.turns <- t:
		case <-ctx.Done():
			return ctx.Err()
		case <-w.stop:
			return unavailable(errClosed)
		case <-patience.C:
			return unavailable(errors.New("no turn to write within the limit"))
		}
		err := t.take(fn)
		if !errors.Is(err, errAgain) {
			return err
		}
		if try == maxTries {
			return unavailable(errors.New("the transaction broke each time"))
		}
		w.db.stats.retries.Add(1)
	}
}

// take runs fn when the writer says so and waits for the commit.
func (t *turn) take(fn func(*Tx) error) error {
	select {
	case tx := <-t.begin:
		if err := t.keep(tx, fn); err != nil {
			return err
		}
		err := <-t.outcome
		if err == nil {
			tx.wake()
		}
		return err
	case err := <-t.outcome: // the transaction could not even begin
		return err
	}
}

// keep runs fn and tells the writer what to do with its work, also when fn
// panics.
func (t *turn) keep(tx *Tx, fn func(*Tx) error) error {
	kept := false
	defer func() { t.ran <- kept }()
	err := tx.outcome(fn(tx))
	kept = err == nil
	return err
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case t := <-w.turns:
			w.group(t)
		case <-w.stop:
			return
		}
	}
}

// group runs first and everyone who is waiting, and commits.
func (w *writer) group(first *turn) {
	ctx := context.Background()
	if err := w.begin(ctx); err != nil {
		first.outcome <- Classify(err, "begin to write")
		return
	}
	var kept []*turn
	tell := func(err error) {
		for _, t := range kept {
			t.outcome <- err
		}
	}
	end := time.Now().Add(groupTime)
	for t, n := first, 1; t != nil; n++ {
		keep, err := w.turn(ctx, t, n == 1)
		if keep {
			kept = append(kept, t)
		}
		if err != nil {
			w.db.opts.Log.ErrorContext(ctx, "a write broke its group", "err", err, "group", len(kept))
			w.discard()
			tell(errAgain)
			return
		}
		if len(kept) == 0 {
			return // the first: its transaction is rolled back
		}
		t = nil
		if n < w.db.opts.GroupSize && time.Now().Before(end) {
			select {
			case t = <-w.turns:
			default:
			}
		}
	}
	if err := w.command(ctx, "commit"); err != nil {
		w.discard()
		tell(Classify(err, "commit"))
		return
	}
	w.db.stats.writes.Add(int64(len(kept)))
	w.db.stats.groups.Add(1)
	tell(nil)
}

// turn lets one write run in its savepoint. The first of a group needs none:
// with it the whole transaction is undone. An error means that the transaction
// is lost with all who had their turn.
func (w *writer) turn(ctx context.Context, t *turn, first bool) (keep bool, err error) {
	if !first {
		if err := w.command(ctx, "savepoint turn"); err != nil {
			t.outcome <- errAgain
			return false, err
		}
	}
	tx := w.db.newTx(t.district, w)
	deadline := time.Now().Add(w.db.opts.WriteTimeout)
	tx.over = func(ctx context.Context) (context.Context, error) {
		// Checked between statements only: an interrupted statement would
		// roll back the neighbours too.
		if time.Now().After(deadline) {
			return nil, context.DeadlineExceeded
		}
		return context.WithoutCancel(ctx), nil
	}
	t.begin <- tx
	keep = <-t.ran
	switch {
	case first && keep:
		return true, nil
	case first:
		return false, w.command(ctx, "rollback")
	case !keep:
		if err := w.command(ctx, "rollback to turn"); err != nil {
			return false, err
		}
	}
	return keep, w.command(ctx, "release turn")
}

// begin starts the group's transaction, on a new connection if the last one
// was discarded. Another process may hold the lock for a while.
func (w *writer) begin(ctx context.Context) error {
	for try := 1; ; try++ {
		err := w.connect(ctx)
		if err == nil {
			err = w.command(ctx, "begin immediate")
		}
		if err == nil || try == maxTries || !retryable(err) {
			return err
		}
		w.db.stats.retries.Add(1)
	}
}

func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn != nil {
		return nil
	}
	if w.conn, err = w.db.writes.Conn(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	w.stmts = map[string]*sql.Stmt{}
	return nil
}

// discard closes the connection for good, whatever state it is in; SQLite
// rolls its transaction back.
func (w *writer) discard() {
	for _, s := range w.stmts {
		s.Close() // the connection goes with it
	}
	w.conn.Raw(func(any) error { return driver.ErrBadConn }) // how database/sql is told to drop it
	w.conn, w.stmts = nil, nil
}

func (w *writer) command(ctx context.Context, query string) error {
	_, err := w.exec(ctx, query, nil)
	return err
}

// maxStmts bounds the prepared statements; the product has fewer.
const maxStmts = 512

func (w *writer) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok || len(w.stmts) >= maxStmts {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.stmts[query] = s
	}
	return s, err
}

// exec is a runner's, on a prepared statement.
func (w *writer) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := w.prepared(ctx, query)
	if err != nil {
		return 0, err
	}
	var r sql.Result
	if s == nil {
		r, err = w.conn.ExecContext(ctx, query, args...)
	} else {
		r, err = s.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// query is a runner's, on a prepared statement: the rows of a query are closed
// before the next statement, see Tx.QueryContext.
func (w *writer) query(ctx context.Context, query string, args []any) (Rows, error) {
	s, err := w.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if s == nil {
		rows, err = w.conn.QueryContext(ctx, query, args...)
	} else {
		rows, err = s.QueryContext(ctx, args...)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// later is a runner's: there is nobody to travel to.
func (w *writer) later(ctx context.Context, s statement) error { return s.run(ctx, w) }

// settle is a runner's.
func (w *writer) settle(context.Context) error { return nil }

// close lets the group that is running end.
func (w *writer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.done
	if w.conn == nil {
		return nil
	}
	for _, s := range w.stmts {
		s.Close() // the connection goes with it
	}
	err := w.conn.Close()
	w.conn = nil
	return err
}
