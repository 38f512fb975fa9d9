package sqldb

import (
	"context"
	"errors"

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
// before what can be done after.
const busyWrites = 3

// Busy reports that many writes of this process are under way or wait for their turn.
func (tx *Tx) Busy() bool { return tx.db.writing.Load() > busyWrites }
