package docket

import (
	"context"

	"quanxiang/files"
	"quanxiang/gov"
)

// Attach notes that a file belongs to a case, or to one that is to be begun
// under the id. The file must have been kept before.
func (s *Docket) Attach(ctx context.Context, id gov.ID, a Attachment, actor gov.Actor) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		a.At = tx.Now().UnixMilli()
		if a.Picture != nil && a.Picture.Of != "" {
			a.Picture.Fit = a.At // that is what it was masked for
		}
		return tx.Attach(ctx, id, a, actor)
	})
}

// Attachments lists the files attached to a case, or to one yet to be begun, as
// they came.
func (s *Docket) Attachments(ctx context.Context, id gov.ID) ([]Attachment, error) {
	return s.store.Attachments(ctx, id)
}

// Fit notes that somebody looked at a picture of a case and found it fit to be
// shown to everybody, or not.
func (s *Docket) Fit(ctx context.Context, id gov.ID, key files.Key, fit bool, actor gov.Actor) error {
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Fit(ctx, id, key, fit, actor) })
}
