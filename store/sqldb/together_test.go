package sqldb_test

import (
	"context"
	"errors"
	"testing"

	"quanxiang/gov"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// All that is written under one context is kept as one or not at all, and is seen
// by what is read there.
func TestTogether(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		add := func(ctx context.Context, d gov.District, name string) error {
			return db.Write(ctx, d, func(tx *store.Tx) error {
				_, err := tx.ExecContext(ctx, addLease, d, name, "me", 1)
				return err
			})
		}
		count := func(ctx context.Context) (n int) {
			t.Helper()
			must(t, db.Read(ctx, district, func(tx *store.Tx) error {
				return tx.QueryRowContext(ctx, countLeases, district).Scan(&n)
			}))
			return n
		}
		var kept context.Context
		must(t, db.Together(t.Context(), district, func(ctx context.Context) error {
			kept = ctx
			must(t, add(ctx, district, "a"))
			must(t, db.Together(ctx, district, func(ctx context.Context) error { return add(ctx, district, "b") }))
			if in, out := count(ctx), count(t.Context()); in != 2 || out != 0 {
				t.Errorf("%d rows are seen inside, %d outside", in, out)
			}
			return nil
		}))
		if n := count(t.Context()); n != 2 {
			t.Errorf("%d rows are kept", n)
		}
		if err := add(kept, district, "late"); err == nil {
			t.Error("a transaction that is over took a row")
		}

		refused := errors.New("refused")
		for why, fn := range map[string]func(ctx context.Context) error{
			"what comes last fails": func(ctx context.Context) error { return errors.Join(add(ctx, district, "c"), refused) },
			"a write that fails is ignored": func(ctx context.Context) error {
				must(t, add(ctx, district, "c"))
				if err := db.Write(ctx, district, func(*store.Tx) error { return refused }); !errors.Is(err, refused) {
					t.Errorf("it is told %v", err)
				}
				return nil
			},
			"another district": func(ctx context.Context) error {
				must(t, add(ctx, district, "c"))
				return add(ctx, "110101", "c")
			},
		} {
			if err := db.Together(t.Context(), district, fn); err == nil {
				t.Errorf("%s, and nothing is told", why)
			}
			if n := count(t.Context()); n != 2 {
				t.Errorf("%s, and %d rows are kept", why, n)
			}
		}
	})
}
