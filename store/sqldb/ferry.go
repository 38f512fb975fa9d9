package sqldb

import (
	"cmp"
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
// under way others gather, and the first of them takes the next one across. What
// they insert into one table is one statement, and they share a commit. Who finds
// it waiting goes at once, and alone.
//
// That is no weaker than a transaction for each. Under read committed a statement
// sees what is committed when it begins, so that what is read before the first write
// needs no transaction around it; what must not have moved since is refused by a
// key. When the database refuses anything, everyone writes alone and learns what
// becomes of that.
type ferry struct {
	mu      sync.Mutex
	waiting []*passenger
	away    bool
}

// passenger is a transaction that only has to write and commit.
type passenger struct {
	queue   []statement
	arrived chan arrival // holds one
	wrong   error        // with what was written for it
}

// arrival is what a passenger who waits hears: how it ended, or over which session
// it is to take the others across.
type arrival struct {
	err  error
	over *session
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
		!slices.ContainsFunc(s.queue, func(q statement) bool { return q.scan != nil || q.one && !q.sure })
}

// cross writes what waits in a session that has not begun to write, with others or
// alone, and commits it. It uses the session up.
func (db *DB) cross(ctx context.Context, s *session) error {
	f, me := &db.ferry, &passenger{queue: s.queue, arrived: make(chan arrival, 1)}
	f.mu.Lock()
	f.waiting = append(f.waiting, me)
	wait := f.away
	f.away = true
	f.mu.Unlock()
	var err error
	if wait {
		s.end() // somebody else may read meanwhile
		a := <-me.arrived
		if s, err = a.over, a.err; s != nil {
			err = db.takeAcross(ctx, s)
		}
	} else {
		err = db.takeAcross(ctx, s)
	}
	if !errors.Is(err, errAlone) {
		return cmp.Or(err, me.wrong)
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

// takeAcross writes for those who wait, of whom the first is the caller, and hands on to
// whoever has come meanwhile.
func (db *DB) takeAcross(ctx context.Context, s *session) (err error) {
	f := &db.ferry
	f.mu.Lock()
	n := min(len(f.waiting), maxPassengers)
	aboard := slices.Clone(f.waiting[:n])
	f.waiting = slices.Delete(f.waiting, 0, n)
	f.mu.Unlock()
	err = errors.New("a shared write broke down") // should it panic
	defer func() {
		s.rollback()
		f.mu.Lock()
		if len(f.waiting) > 0 {
			f.waiting[0].arrived <- arrival{over: s.passOn()}
		} else {
			f.away = false
			s.end()
		}
		f.mu.Unlock()
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
	var sent []piece
	for _, p := range shared(aboard) {
		for text, args := range p.texts() {
			b.Queue(text, args...)
			sent = append(sent, p)
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
		for _, p := range sent {
			n, err := p.ran(results)
			if err != nil {
				return err
			}
			if err := p.touched(n); err != nil {
				p.of.wrong = cmp.Or(p.of.wrong, surelyWrong(err))
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
