package docket

import (
	"context"
	"errors"
	"fmt"

	"quanxiang/cases"
	"quanxiang/gov"
)

// waits reports that a case that begins may be listed later: somebody brought it,
// and it touches no other. When very many come at once, as in a rainstorm, each is kept and answered first,
// whole and with its entry of the ledger, and lists follow.
func waits(res cases.Result) bool {
	for _, e := range res.Effects {
		if e.Kind != cases.NoticeEffect {
			return false
		}
	}
	return res.Case.Parent.IsZero() && res.Case.Origin == ""
}

// Catch lists up to limit of the cases that lists know nothing of yet, the oldest
// first, each in a transaction of its own. more is false when there were fewer, or
// while many write: then the others come later. A case that fails does not stop
// the others; the failures are returned together.
func (s *Docket) Catch(ctx context.Context, limit int) (more bool, err error) {
	ids, err := s.store.Unlisted(ctx, limit)
	if err != nil {
		return false, err
	}
	var failed []error
	busy := false
	for _, id := range ids {
		err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			busy = tx.Busy()
			if claimed, err := tx.Claim(ctx, id); err != nil || !claimed {
				return err
			}
			return s.relist(ctx, tx, id)
		})
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case gov.CodeOf(err) == gov.Unavailable: // no fault of the case
			return false, err
		case err != nil:
			failed = append(failed, fmt.Errorf("list case %s: %w", id, err))
		}
	}
	return len(ids) == limit && !busy && len(failed) == 0, errors.Join(failed...)
}

// Relist derives anew what lists know of up to limit cases behind an id, each
// in a transaction of its own: after a restore, or when the calendar was
// corrected and deadlines have moved. It returns the id to go on from, zero at
// the end. A case that fails is reported and does not stop the others.
func (s *Docket) Relist(ctx context.Context, after gov.ID, limit int, report func(gov.ID, error)) (next gov.ID, err error) {
	ids, err := s.store.All(ctx, after, limit)
	if err != nil {
		return next, err
	}
	for _, id := range ids {
		switch err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return s.relist(ctx, tx, id) }); {
		case ctx.Err() != nil:
			return next, ctx.Err()
		case gov.CodeOf(err) == gov.Unavailable: // no fault of the case
			return next, err
		case err != nil:
			report(id, err)
		}
	}
	if len(ids) == limit {
		next = ids[len(ids)-1]
	}
	_, err = s.Fold(ctx, 2*limit) // those of other steps besides, so that none are left behind
	return next, err
}

// relist derives anew what lists know of a case.
func (s *Docket) relist(ctx context.Context, tx Tx, id gov.ID) error {
	if err := tx.Hold(ctx, id); err != nil {
		return err
	}
	c, err := tx.Case(ctx, id)
	if err != nil {
		return err
	}
	pack, p, err := s.under(ctx, c)
	if err != nil {
		return err
	}
	w, err := s.world(ctx, tx, pack, p, c)
	if err != nil {
		return err
	}
	l, err := listing(p, c, w)
	if err != nil {
		return err
	}
	history, err := tx.History(ctx, id)
	if err != nil {
		return err
	}
	before, _, err := tx.Counted(ctx, id) // nothing of one that is listed for the first time
	if err != nil {
		return err
	}
	now, err := counted(p, c.Begun(), c, Counted{}, history, w)
	if err != nil {
		return err
	}
	l.Recount = &Recount{before, now}
	return tx.List(ctx, l)
}
