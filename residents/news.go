package residents

import (
	"context"

	"quanxiang/gov"
)

// News queues news of a case after a step, to those contacts that want to be told
// and have proven where; see notices.Outside.
func (g *Register) News(ctx context.Context, caseID gov.ID, step int64, contacts []string, merged []gov.ID) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		for _, text := range contacts {
			id, err := gov.ParseID(text)
			if err != nil {
				return err
			}
			c, err := tx.Contact(ctx, id)
			if err := g.tell(ctx, tx, NewsDispatch, c, err, caseID, step); err != nil {
				return err
			}
		}
		for _, id := range merged {
			c, err := tx.ContactOf(ctx, id)
			if err := g.tell(ctx, tx, NewsDispatch, c, err, caseID, step); err != nil {
				return err
			}
		}
		return nil
	})
}

// NewsFor queues news of a case to those who act for organisations that are parties of it:
// contacts are those by which they do. Of a step each is told once.
func (g *Register) NewsFor(ctx context.Context, caseID gov.ID, step int64, contacts []string) error {
	return g.update(ctx, func(ctx context.Context, tx Tx) error {
		for _, text := range contacts {
			id, err := gov.ParseID(text)
			if err != nil {
				return err
			}
			c, err := tx.Contact(ctx, id)
			if err := g.tell(ctx, tx, ActingDispatch, c, err, caseID, step); err != nil {
				return err
			}
		}
		return nil
	})
}

// tell queues news to one contact, if there is one that can be reached.
func (g *Register) tell(ctx context.Context, tx Tx, kind DispatchKind, c Contact, missing error, caseID gov.ID, step int64) error {
	if gov.CodeOf(missing) == gov.NotFound {
		return nil
	}
	if _, reachable := c.reach(); missing != nil || !reachable {
		return missing
	}
	now := g.Clock()
	return tx.Queue(ctx, Dispatch{ID: gov.NewID(now), Kind: kind, Target: c.ID.String(), Case: caseID, Step: step,
		Queued: now.UnixMilli(), Next: now.UnixMilli()})
}
