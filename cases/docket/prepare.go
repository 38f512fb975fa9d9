package docket

import (
	"context"
	"time"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
)

// Prepared is the beginning of a case as it was decided before its turn to be written.
// All that is left to do in the turn is to number and to keep it.
type Prepared struct {
	pack *policy.Pack
	p    *procedure.Procedure
	in   cases.Input
	seed cases.Values
	res  cases.Result
}

// Prepare decides the beginning of a case as BeginWith does. The id must be one nobody
// else knows of yet: whether its case was begun is not asked again.
func (s *Docket) Prepare(at time.Time, id gov.ID, procedureID string, in cases.Input, seed cases.Values) (*Prepared, error) {
	b := &Prepared{pack: s.packs.Current(), in: in, seed: seed}
	var err error
	if b.p, err = procedureOf(b.pack, procedureID); err != nil {
		return nil, err
	}
	b.res, err = cases.Begin(b.p, cases.Case{ID: id, Procedure: b.p.ID, Pack: b.pack.Hash}, in, seed, cases.World{Now: at, Calendar: s.calendar(), Dir: b.pack})
	return b, err
}

// BeginPrepared begins a case as it was prepared, or decides again where another pack
// came into force in between.
func (s *Docket) BeginPrepared(ctx context.Context, b *Prepared) (c cases.Case, err error) {
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
		if pack := s.packs.Current(); pack != b.pack {
			p, err := procedureOf(pack, b.p.ID)
			if err != nil {
				return err
			}
			c, err = s.begin(ctx, tx, pack, p, cases.Case{ID: b.res.Case.ID}, b.in, b.seed)
			return err
		}
		c, err = s.begun(ctx, tx, b.pack, b.p, b.res, b.in.Actor, cases.World{Now: tx.Now(), Calendar: s.calendar(), Dir: b.pack})
		return err
	})
	return c, err
}
