package docket

import (
	"context"

	"quanxiang/gov"
)

// Attach notes that a file belongs to a case, or to one that is to be begun
// under the id. The file must have been kept before.
func (s *Docket) Attach(ctx context.Context, id gov.ID, a Attachment, actor gov.Actor) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		a.At = tx.Now().UnixMilli()
		return tx.Attach(ctx, id, a, actor)
	})
}

// Attachments lists the files attached to a case, or to one yet to be begun, as
// they came.
func (s *Docket) Attachments(ctx context.Context, id gov.ID) ([]Attachment, error) {
	return s.store.Attachments(ctx, id)
}
