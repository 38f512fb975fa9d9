package docket

import (
	"context"
	"slices"

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

// maxAlike is how many pictures Alike looks at in each way.
const maxAlike = 500

// Alike lists the cases in which another picture looks like one of a case, each
// with one such picture, that case itself among them. Pictures of
// nothing much, an empty wall or a dark street, are like nothing. It is a hint:
// whoever disposed of something may have sent an old photograph.
func (s *Docket) Alike(ctx context.Context, id gov.ID, a Attachment) ([]Likeness, error) {
	if a.Picture == nil || a.Picture.Look.Plain() {
		return nil, nil
	}
	list, err := s.store.Alike(ctx, a.Picture.Look, maxAlike)
	if err != nil {
		return nil, err
	}
	first := map[gov.ID]bool{}
	return slices.DeleteFunc(list, func(l Likeness) bool {
		same := l.Case == id && (l.Key == a.Key || l.Of == a.Key || a.Picture.Of == l.Key || a.Picture.Of != "" && a.Picture.Of == l.Of)
		out := same || first[l.Case]
		if !same {
			first[l.Case] = true
		}
		return out
	}), nil
}
