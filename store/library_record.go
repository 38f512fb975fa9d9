package store

import (
	"context"

	"quanxiang/gov"
	"quanxiang/library"
)

// Record implements library.Tx.
func (tx *libraryTx) Record(ctx context.Context, actor gov.Actor, e library.Event) error {
	return nil
}
