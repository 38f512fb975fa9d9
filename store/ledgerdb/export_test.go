package ledgerdb

import (
	"context"

	"quanxiang/store/sqldb"
)

// Step is a batch of the sequencer in a transaction of the test's.
func (s *Sequencer) Step(ctx context.Context, tx *sqldb.Tx) error {
	if mine, err := tx.TakeLease(ctx, sequencerLease, s.holder, leaseTime); err != nil || !mine {
		return err
	}
	_, _, _, err := s.step(ctx, tx)
	return err
}
