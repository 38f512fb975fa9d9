package sqldb

import (
	"context"
	"errors"
	"time"

	"quanxiang/gov"
)

// joined is the transaction of a Together, as its context carries it.
type joined struct {
	tx *Tx // nil once it is over
}

type joinedKey struct{}

var errOver = errors.New("the transaction of this context is over")

// Together runs fn so that all that is read and written under the context it is
// given is one transaction over a district: rooms that know nothing of each other
// take part without being handed it. It is a Write in all else: fn may run more
// than once, on one goroutine, and touches nothing but the database. A write in it
// that returns an error ends it, even if fn ignores the error.
func (db *DB) Together(ctx context.Context, d gov.District, fn func(ctx context.Context) error) error {
	return db.WriteUnder(ctx, d, func(ctx context.Context, _ *Tx) error { return fn(ctx) })
}

// WriteUnder is Write for a room that asks others to take part: the context fn is given
// carries the transaction, as that of Together does.
func (db *DB) WriteUnder(ctx context.Context, d gov.District, fn func(ctx context.Context, tx *Tx) error) error {
	return db.Write(ctx, d, func(tx *Tx) error {
		j := &joined{tx}
		defer func() { j.tx = nil }()
		return fn(context.WithValue(ctx, joinedKey{}, j), tx)
	})
}

// within runs fn in the transaction a context carries; ok is false where it carries
// none. The transaction of another district or database is not joined: nothing
// spans two of them.
func (db *DB) within(ctx context.Context, d gov.District, fn func(*Tx) error) (ok bool, err error) {
	j, _ := ctx.Value(joinedKey{}).(*joined)
	switch {
	case j == nil:
		return false, nil
	case j.tx == nil:
		return true, errOver
	case j.tx.db != db || j.tx.district != d:
		return true, errors.New("a transaction was begun in that of another district or database")
	}
	return true, fn(j.tx)
}

// busyWrites is how many writes at once are many: what somebody waits for then comes
// before what can be done after. busyLasts is how long it is so since there last
// were as many: those who wait for a commit come back together.
const (
	busyWrites = 3
	busyLasts  = 250 * time.Millisecond
)

// enters counts a write that begins, or waits for its turn.
func (db *DB) enters() {
	if db.writing.Add(1) > busyWrites {
		db.crowded.Store(int64(time.Since(db.opened)))
	}
}

// Busy reports that many writes of this process are under way or wait for their
// turn, or were a moment ago.
func (tx *Tx) Busy() bool {
	last := tx.db.crowded.Load()
	return last != 0 && time.Since(tx.db.opened)-time.Duration(last) < busyLasts
}
