package sqldb_test

import (
	"sync"
	"testing"

	"quanxiang/store"
	"quanxiang/store/storetest"
)

// As long as there are connections, transactions that write side by side do not share a lane, and lanes are used
// again, so that there are never more than there were writers at once.
func TestLanes(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		const writers, rounds = 6, 5
		var mu sync.Mutex
		held := map[int]bool{}
		most := 0
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range rounds {
					err := db.Write(t.Context(), district, func(tx *store.Tx) error {
						mu.Lock()
						lane := tx.Lane()
						if held[lane] && db.Engine() == store.Postgres {
							t.Errorf("two write in lane %d", lane)
						}
						held[lane], most = true, max(most, lane)
						mu.Unlock()
						_, err := tx.ExecContext(t.Context(), putLease, district, "row", 1) // they wait for each other
						mu.Lock()
						held[lane] = false
						mu.Unlock()
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if limit := map[store.Engine]int{store.SQLite: 0, store.Postgres: writers - 1}[db.Engine()]; most > limit {
			t.Errorf("%d writers used lanes up to %d", writers, most)
		}
	})
}
