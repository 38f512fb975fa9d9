package ledgerdb_test

import (
	"fmt"
	"testing"

	"quanxiang/ledger"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

// BenchmarkLedger measures the price of an act, of its place in the tree, and
// of verifying it.
func BenchmarkLedger(b *testing.B) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if !storetest.Has(e) {
			continue
		}
		open := func(b *testing.B) *store.DB {
			db := storetest.Open(b, storetest.DSN(b, e), nil)
			return withNotes(b, db)
		}
		record := func(b *testing.B, db *store.DB, from, n int) {
			must(b, db.Write(b.Context(), district, func(tx *store.Tx) error {
				for i := from; i < from+n; i++ {
					if err := sqldb.ExecOne(b.Context(), tx, addNote, district, "c", i, "文", nil, true); err != nil {
						return err
					}
					_, err := ledgerdb.Record(b.Context(), tx, ledgerdb.Act{Kind: "note.added", Object: fmt.Sprintf("note:c-%d", i), Actor: importer, Rows: []ledgerdb.RowRef{ledgerdb.RowOf("notes", "c", i)}})
					if err != nil {
						return err
					}
				}
				return nil
			}))
		}
		b.Run("record/"+string(e), func(b *testing.B) {
			db := open(b)
			for i := 0; b.Loop(); i++ {
				record(b, db, 100*i, 100)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/act")
		})
		b.Run("sequence/"+string(e), func(b *testing.B) {
			db := open(b)
			q := storetest.Sequencer(b, db)
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				record(b, db, 1000*i, 1000)
				b.StartTimer()
				must(b, q.Sequence(b.Context()))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/act")
		})
		b.Run("verify/"+string(e), func(b *testing.B) {
			db := open(b)
			const n = 5000
			for i := 0; i < n; i += 500 {
				record(b, db, i, 500)
			}
			must(b, storetest.Sequencer(b, db).Sequence(b.Context()))
			for b.Loop() {
				sum, err := storetest.Ledger(b, db).Verify(b.Context(), func(f ledger.Finding) { b.Error(f.Text.EN) })
				if err != nil || sum.Rows != n {
					b.Fatal(sum, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/act")
		})
	}
}
