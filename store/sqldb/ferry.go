package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ferry takes the writes of several transactions of PostgreSQL across together:
// those that only read until now and whose writes wait for no answer. While it is
// under way others gather, and the first of them takes them across next. What
// they insert into one table is one statement, and they share a commit. Who finds
// it free goes at once, and alone.
//
// That is no weaker than a transaction for each. Under read committed a statement
// sees what is committed when it begins, so that what is read before the first write
// needs no transaction around it; what must not have moved since is refused by a
// key. When the database refuses anything, everyone writes alone and learns what
// becomes of that.
type ferry struct {
	mu      sync.Mutex
	waiting []*passenger
	under   int // crossings under way
}

// crossings is how many are under way at most: while one waits for the disk the next
// writes. The second goes when half of all who write at the moment wait: more crossings
// carry fewer each.
const crossings = 2

// passenger is a transaction that only has to write and commit.
type passenger struct {
	queue   []statement
	arrived chan arrival // holds one
}

// arrival is what a passenger who waits hears: how it ended, or over which session
// it is to take itself and others across.
type arrival struct {
	err    error
	over   *session
	aboard []*passenger
}

// board takes as many off those who wait as may go together now, beside a number of
// crossings under way, of a number who write; nil for none. f.mu is held.
func (f *ferry) board(beside int, writing int64) []*passenger {
	n := min(len(f.waiting), maxPassengers)
	if n == 0 || beside >= crossings || beside > 0 && int64(2*n) < writing {
		return nil
	}
	aboard := slices.Clone(f.waiting[:n])
	f.waiting = slices.Delete(f.waiting, 0, n)
	return aboard
}

// maxPassengers bounds what is refused together, and the memory it takes.
const maxPassengers = 64

// errAlone says that something was refused that may be another passenger's.
var errAlone = errors.New("write alone")

// maxShared is how many statements a passenger has at most, so that nobody waits long
// for another's.
const maxShared = 64

// shortWait makes a shared write give up soon where somebody else holds a row it
// needs: then only who needs that row waits for it, alone.
const shortWait = "set local lock_timeout = 100"

// canShare reports that what waits in a session need not be a transaction of its own:
// nothing was written before, it is not much, and no answer to it is waited for.
func (s *session) canShare() bool {
	return !s.begun && len(s.queue) > 0 && s.weight <= maxShared &&
		!slices.ContainsFunc(s.queue, func(q statement) bool { return q.scan != nil || q.one })
}

// cross writes what waits in a session that has not begun to write, with others or
// alone, and commits it. It uses the session up.
func (db *DB) cross(ctx context.Context, s *session) error {
	f, me := &db.ferry, &passenger{queue: s.queue, arrived: make(chan arrival, 1)}
	a := arrival{over: s}
	f.mu.Lock()
	f.waiting = append(f.waiting, me)
	aboard := f.board(f.under, db.writing.Load())
	if aboard != nil {
		f.under++
	}
	f.mu.Unlock()
	switch {
	case aboard == nil:
		s.end() // somebody else may read meanwhile
		a = <-me.arrived
	case aboard[0] == me:
		a.aboard = aboard
	default:
		aboard[0].arrived <- arrival{over: s.passOn(), aboard: aboard}
		a = <-me.arrived
	}
	err := a.err
	if a.aboard != nil {
		err = db.takeAcross(ctx, a.over, a.aboard)
	}
	if !errors.Is(err, errAlone) {
		return err
	}
	if s, err = db.session(ctx); err != nil {
		return err
	}
	defer s.end()
	s.queue = me.queue
	if err = s.commit(ctx); err == nil {
		db.stats.groups.Add(1)
	}
	return err
}

// takeAcross writes for passengers, of whom the first is the caller, and hands on to
// whoever has come meanwhile.
func (db *DB) takeAcross(ctx context.Context, s *session, aboard []*passenger) (err error) {
	f := &db.ferry
	err = errors.New("a shared write broke down") // should it panic
	defer func() {
		s.rollback()
		f.mu.Lock()
		next := f.board(f.under-1, db.writing.Load())
		if next == nil {
			f.under--
		}
		f.mu.Unlock()
		if next != nil {
			next[0].arrived <- arrival{over: s.passOn(), aboard: next}
		}
		s.end()
		for _, p := range aboard[1:] {
			p.arrived <- arrival{err: err}
		}
	}()
	if s.conn.IsClosed() { // since the one before
		s.end()
		fresh, lost := db.session(ctx)
		if lost != nil {
			err = lost
			return err
		}
		s = fresh
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), db.opts.WriteTimeout) // it is not the caller's time alone
	defer cancel()
	switch err = s.writeFor(ctx, aboard); {
	case err == nil:
		db.stats.groups.Add(1)
	case refused(err) && (len(aboard) > 1 || isWait(err)):
		db.stats.retries.Add(1)
		err = errAlone
	}
	return err
}

// lockTaken is the SQLSTATE of a statement that would have waited longer than shortWait.
const lockTaken = "55P03"

func isWait(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.Code == lockTaken
}

// refused reports that the server said no before it committed, or was never asked.
func refused(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return kindOfPostgres(pe.Code) != kindAway || pe.Code == "57014" || pe.Code == lockTaken
	}
	_, ok := errors.AsType[pgx.ErrPreprocessingBatch](err)
	return ok
}

// writeFor writes and commits for passengers in one transaction.
func (s *session) writeFor(ctx context.Context, aboard []*passenger) error {
	b := &pgx.Batch{}
	b.Queue(beginPostgres)
	b.Queue(shortWait)
	var sent []statement
	for _, q := range shared(aboard) {
		for text, args := range q.texts() {
			b.Queue(text, args...)
			sent = append(sent, q)
		}
	}
	b.Queue(commitPostgres)
	results := s.conn.SendBatch(ctx, b)
	err := func() error {
		for range 2 {
			if _, err := results.Exec(); err != nil {
				return fmt.Errorf("begin: %w", err)
			}
		}
		for _, q := range sent {
			if err := q.result(results); err != nil {
				return err
			}
		}
		return committed(results)
	}()
	if err != nil {
		results.Close() // only repeats the error
		return err
	}
	return results.Close()
}
