package docket

import (
	"context"
	"errors"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/files"
	"quanxiang/gov"
)

// DraftTime is how long a file may be named by what is done in a case after it
// was sent for it: how long somebody may sit over a form.
const DraftTime = 24 * time.Hour

// dropAfter is how old drafts are that DropDrafts looks at: what could be named
// at the end of DraftTime is long done by then.
const dropAfter = 2 * DraftTime

// Named are the files that stand in a field or remark of some events, and masked
// copies of them; there are the files of the case, a copy after its picture.
func Named(events []cases.Event, there []Attachment) map[files.Key]bool {
	named := map[files.Key]bool{}
	for _, e := range events {
		for _, key := range e.Files {
			named[files.Key(key)] = true
		}
		for _, v := range e.Set {
			if keys, ok := v.([]string); ok {
				for _, key := range keys {
					named[files.Key(key)] = true
				}
			}
		}
	}
	for _, a := range there { // a masked copy shows less than its picture
		if a.Picture != nil && named[a.Picture.Of] {
			named[a.Key] = true
		}
	}
	return named
}

// Nameable lists the attachments that what is done now may name: those that
// stand in the case, and those that were sent within DraftTime.
func (s *Docket) Nameable(ctx context.Context, id gov.ID, now time.Time) ([]Attachment, error) {
	list, err := s.store.Attachments(ctx, id)
	if err != nil {
		return nil, err
	}
	stale := func(a Attachment) bool { return a.Draft != 0 && now.UnixMilli()-a.Draft > DraftTime.Milliseconds() }
	if !slices.ContainsFunc(list, stale) {
		return list, nil
	}
	events, err := s.store.History(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	named := Named(events, list)
	return slices.DeleteFunc(list, func(a Attachment) bool { return stale(a) && !named[a.Key] }), nil
}

// DropDrafts looks at up to limit attachments that have been drafts for long:
// those that nothing names belong to forms that were never sent, and are no
// attachments any more. It returns how many it looked at, and how many of them
// it dropped.
func (s *Docket) DropDrafts(ctx context.Context, now time.Time, limit int) (looked, dropped int, err error) {
	list, err := s.store.Drafts(ctx, now.Add(-dropAfter).UnixMilli(), limit)
	for _, d := range list {
		kept, err2 := s.settle(ctx, d)
		switch {
		case err2 != nil:
			err = errors.Join(err, err2)
		case !kept:
			dropped++
		}
	}
	return len(list), dropped, err
}

// settle keeps a draft that something names, and drops any other.
func (s *Docket) settle(ctx context.Context, d Draft) (keep bool, err error) {
	there, err := s.store.Attachments(ctx, d.Case)
	if err != nil {
		return false, err
	}
	events, err := s.store.History(ctx, d.Case, 0)
	if err != nil {
		return false, err
	}
	keep = Named(events, there)[d.Key]
	return keep, s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Settle(ctx, d, keep) })
}
