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

// writer owns SQLite's one writing connection. Writes that come together are one
// group: each has its turn inside a savepoint of one transaction, and the group
// is committed, so that the price of one fsync is shared by all who waited for
// the one before. Whoever finds nobody writing begins a group and does not wait for
// anybody; whoever comes while one is under way is handed the transaction by the
// one whose turn ends, and the last, after whom nobody waits, commits.
//
// So a closure runs on its caller's goroutine, and a panic (or a test's FailNow)
// unwinds where it belongs and undoes only its own savepoint.
type writer struct {
	db    *DB
	idle  chan struct{} // holds a token while no group is under way; whoever took it begins one
	next  chan *group   // unbuffered: whoever received has its turn, whoever did not can still walk away
	stop  chan struct{}
	once  sync.Once
	conn  *sql.Conn            // of the group that is under way; nil after it was discarded
	stmts map[string]*sql.Stmt // prepared on conn
}

// group is a transaction on its way from turn to turn.
type group struct {
	turns int          // that there were
	kept  []chan error // of those whose work is to be kept, who wait for the outcome: nil is durable, errAgain that the group broke through no fault of theirs
	end   time.Time    // when it is committed even if more wait
}

var (
	errAgain  = errors.New("run again")
	errClosed = errors.New("the database is closed")
)

// groupTime is when a group that goes on growing is committed all the same.
const groupTime = 50 * time.Millisecond

func newWriter(ctx context.Context, db *DB) (*writer, error) {
	w := &writer{db: db, idle: make(chan struct{}, 1), next: make(chan *group), stop: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	w.idle <- struct{}{}
	return w, nil
}

// write runs fn in its turn and returns when its outcome is certain.
func (w *writer) write(ctx context.Context, d gov.District, fn func(*Tx) error) error {
	until := time.Now().Add(w.db.opts.WriteTimeout)
	for try := 1; ; try++ {
		g, err := w.enter(ctx, until)
		if err != nil {
			return err
		}
		if err = w.turn(g, d, fn); !errors.Is(err, errAgain) {
			return err
		}
		if try == maxTries {
			return unavailable(errors.New("the transaction broke each time"))
		}
		w.db.stats.retries.Add(1)
	}
}

// enter waits until it is the caller's turn in a group, a new one if none is
// under way.
func (w *writer) enter(ctx context.Context, until time.Time) (*group, error) {
	select {
	case <-w.stop:
		return nil, unavailable(errClosed)
	default:
	}
	select {
	case <-w.idle:
		return &group{end: time.Now().Add(groupTime)}, nil
	default:
	}
	patience := time.NewTimer(time.Until(until))
	defer patience.Stop()
	select {
	case <-w.idle:
		return &group{end: time.Now().Add(groupTime)}, nil
	case g := <-w.next:
		return g, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.stop:
		return nil, unavailable(errClosed)
	case <-patience.C:
		return nil, unavailable(errors.New("no turn to write within the limit"))
	}
}

// turn runs fn on the transaction of a group, hands the group on or commits it,
// and waits for the commit.
func (w *writer) turn(g *group, d gov.District, fn func(*Tx) error) error {
	if err := w.open(g); err != nil {
		return err
	}
	tx, outcome := w.tx(d), make(chan error, 1)
	if err := w.run(g, tx, fn, outcome); err != nil {
		return err
	}
	err := <-outcome
	if err == nil {
		tx.wake()
	}
	return err
}

// open begins a turn: the first of a group with its transaction, every other
// with a savepoint. The first needs none: with it the whole transaction is undone.
func (w *writer) open(g *group) error {
	ctx := context.Background()
	g.turns++
	if g.turns == 1 {
		err := w.begin(ctx)
		if err != nil {
			w.idle <- struct{}{}
		}
		return Classify(err, "begin to write")
	}
	if err := w.command(ctx, "savepoint turn"); err != nil {
		w.broke(g, err)
		return errAgain
	}
	return nil
}

// tx is the transaction as one turn has it.
func (w *writer) tx(d gov.District) *Tx {
	tx := w.db.newTx(d, w)
	deadline := time.Now().Add(w.db.opts.WriteTimeout)
	tx.over = func(ctx context.Context) (context.Context, error) {
		// Checked between statements only: an interrupted statement would
		// roll back the neighbours too.
		if time.Now().After(deadline) {
			return nil, context.DeadlineExceeded
		}
		return context.WithoutCancel(ctx), nil
	}
	return tx
}

// run runs fn and ends its turn, also when fn panics. Of what is kept the outcome
// comes on the channel.
func (w *writer) run(g *group, tx *Tx, fn func(*Tx) error, outcome chan error) error {
	keep := false
	defer func() {
		if keep {
			g.kept = append(g.kept, outcome)
		}
		w.leave(g, keep)
	}()
	err := tx.outcome(fn(tx))
	keep = err == nil
	return err
}

// leave ends a turn and then the group, unless somebody waits to go on with it.
func (w *writer) leave(g *group, keep bool) {
	ctx := context.Background()
	if err := w.settleTurn(ctx, g, keep); err != nil {
		w.broke(g, err)
		return
	}
	if len(g.kept) == 0 { // it was the first: its transaction is rolled back
		w.idle <- struct{}{}
		return
	}
	if g.turns < w.db.opts.GroupSize && time.Now().Before(g.end) {
		select {
		case w.next <- g:
			return
		default:
		}
	}
	if err := w.command(ctx, "commit"); err != nil {
		w.discard()
		w.over(g, Classify(err, "commit"))
		return
	}
	w.db.stats.writes.Add(int64(len(g.kept)))
	w.db.stats.groups.Add(1)
	w.over(g, nil)
}

// settleTurn keeps or undoes the work of a turn. An error means that the
// transaction is lost with all who had their turn.
func (w *writer) settleTurn(ctx context.Context, g *group, keep bool) error {
	switch {
	case g.turns == 1 && keep:
		return nil
	case g.turns == 1:
		return w.command(ctx, "rollback")
	case !keep:
		if err := w.command(ctx, "rollback to turn"); err != nil {
			return err
		}
	}
	return w.command(ctx, "release turn")
}

// broke gives up a group whose transaction is lost: who was in it runs again.
func (w *writer) broke(g *group, err error) {
	w.db.opts.Log.Error("a write broke its group", "err", err, "group", len(g.kept))
	w.discard()
	w.over(g, errAgain)
}

// over tells a group its outcome and lets the next one begin.
func (w *writer) over(g *group, err error) {
	for _, outcome := range g.kept {
		outcome <- err
	}
	w.idle <- struct{}{}
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

// close lets the group that is under way end.
func (w *writer) close() error {
	w.once.Do(func() {
		close(w.stop)
		<-w.idle // and no other begins
	})
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
