package market

import (
	"context"
	"time"

	"quanxiang/gov"
	"quanxiang/registers"
	"quanxiang/registers/invent"
)

// batch is how many subjects are invented at once.
const batch = 2000

// Grow invents the rest of so many subjects, with what was recorded about them up to a
// day, while the installation is in use: half of the time it leaves to others. Cut off
// it goes on where it was.
func (k *Market) Grow(ctx context.Context, all int, day gov.Date) error {
	if _, ok := k.Pack.Register(invent.Register); !ok {
		return nil
	}
	there, err := k.Registers.Store.Count(ctx, invent.Register)
	if err != nil || there >= all {
		return err
	}
	m := *k.Importer
	last := time.Now()
	m.Step = func(registers.Import) {
		select {
		case <-ctx.Done():
		case <-time.After(time.Since(last)):
		}
		last = time.Now()
	}
	k.Importer = &m
	for first := k.Subjects + max(0, there-k.Subjects)/batch*batch; first < all; first += batch {
		list, err := invent.Market(k.Pack, first, min(batch, all-first), day, k.Seed)
		if err != nil {
			return err
		}
		if err := k.push(ctx, list); err != nil {
			return err
		}
	}
	return k.Registers.Store.Update(ctx, func(ctx context.Context, tx registers.Tx) error {
		return tx.Enqueue(ctx, registers.GradeAllJob, invent.Register)
	})
}
