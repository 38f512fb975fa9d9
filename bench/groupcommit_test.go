// Package bench measures what the design promises; see README.md.
package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/store"
)

const district = gov.District("110102")

// BenchmarkGroupCommit compares, at 1, 8 and 64 writers, SQLite with grouped
// commits against the same writer with one commit per transaction. Both halves
// alternate within each measurement, so that a busy machine slows both.
func BenchmarkGroupCommit(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			grouped, plain := open(b, 0), open(b, 1)
			var spent [2]time.Duration
			n := 0
			for b.Loop() {
				for i, db := range []*store.DB{grouped, plain} {
					start := time.Now()
					burst(b, db, writers, 512)
					spent[i] += time.Since(start)
				}
				n += 512
			}
			b.ReportMetric(float64(n)/spent[0].Seconds(), "grouped-tx/s")
			b.ReportMetric(float64(n)/spent[1].Seconds(), "plain-tx/s")
			b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "ratio")
			b.ReportMetric(0, "ns/op") // of both halves together, which means nothing
		})
	}
}

func open(b *testing.B, group int) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), store.Options{Migrate: true, GroupSize: group})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

var serial atomic.Int64

// burst makes total transactions, each adding one row, from a number of
// goroutines.
func burst(b *testing.B, db *store.DB, writers, total int) {
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range total / writers {
				key := fmt.Sprint(serial.Add(1))
				err := db.Write(context.Background(), district, func(tx *store.Tx) error {
					return store.Enqueue(context.Background(), tx, "bench", key, tx.Now())
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
