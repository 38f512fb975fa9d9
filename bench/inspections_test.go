package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/invent"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	market "quanxiang/registers/invent"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/inspecttest"
	"quanxiang/store/storetest"
)

// BenchmarkJointPlan takes a joint plan of five departments from the order to freeze it
// to the teams of its visits: the registers are read and evaluated, frozen and written,
// read back against their roots, drawn from, and teams are made up. Beside the times it
// reports the greatest heap.
func BenchmarkJointPlan(b *testing.B) {
	n := 100_000
	if *million {
		n = 1_000_000
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			if !storetest.Has(e) {
				b.Skip("there is no server of this engine")
			}
			for b.Loop() {
				jointPlan(b, e, n)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

var planners = []string{"gsfj", "syj", "szw", "hbj", "xfzd"}

func jointPlan(b *testing.B, e store.Engine, n int) {
	now := caseworktest.Monday
	db := storetest.Open(b, storetest.DSN(b, e), func() time.Time { return now })
	pack := packtest.Xicheng(b)
	room := inspecttest.Fill(b, db, pack, func() time.Time { return now }, 0, 2400, func(unit, role string) people.Standing { return caseworktest.Officer(pack, unit, role) })
	crowd(b, db, n)
	if err := db.Analyze(b.Context()); err != nil {
		b.Fatal(err)
	}
	var ids []gov.ID
	for i, u := range planners {
		ids = append(ids, room.Propose(b, u, func(p *inspections.Proposal) {
			p.Count = 3000
			if p.Filter = ""; i%2 == 1 {
				p.Filter = "trade in ['餐饮', '旅馆', '书店', '药店'] || founded < '2010-01-01'"
			}
			p.Items = invent.Codes(u)[:1]
		}))
	}
	id := room.Join(b, false, planners, ids...)
	if err := room.Plans.Freeze(b.Context(), room.Office(), id); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	peak, stop := watchHeap()
	begin, worked := time.Now(), processor(b)
	if err := room.FreezeNow(b.Context(), id); err != nil {
		b.Fatal(err)
	}
	frozen := time.Since(begin)
	top := peak.Load()
	f, err := room.Frozen(b.Context(), id)
	if err != nil {
		run, _, _ := room.Run(b.Context(), room.Office(), id)
		b.Fatal(err, run.Failure)
	}
	read := time.Since(begin)
	visits := assignAll(b, f)
	took := time.Since(begin)
	stop()
	if visits == 0 {
		b.Fatal("nobody was drawn")
	}
	b.ReportMetric(frozen.Seconds(), "freeze-s")
	b.ReportMetric((read - frozen).Seconds(), "read-s")
	b.ReportMetric((took - read).Seconds(), "draw-s")
	b.ReportMetric(took.Seconds(), "s")
	b.ReportMetric((processor(b) - worked).Seconds(), "cpu-s")
	b.ReportMetric(float64(top)/(1<<20), "freeze-MiB")
	b.ReportMetric(float64(peak.Load())/(1<<20), "MiB")
	b.ReportMetric(float64(visits), "visits")
}

// watchHeap keeps the greatest heap until it is stopped.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	peak = new(atomic.Uint64)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for tick := time.NewTicker(50 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
		}
	}()
	return peak, cancel
}

// crowd writes subjects with their classes and a record each straight into the tables:
// how they came there is not measured.
func crowd(b *testing.B, db *store.DB, n int) {
	b.Helper()
	codes, err := market.Codes(district, n)
	if err != nil {
		b.Fatal(err)
	}
	trades := []string{"餐饮", "旅馆", "书店", "药店", "理发", "摄影", "广告", "家政"}
	kinds := []string{"inspection", "complaint", "penalty", "abnormal", "licence", "investigation", "registration", "honour"}
	const at = 5000
	for from := 0; from < n; from += at {
		var entries, grades, records [][]any
		for i := from; i < min(n, from+at); i++ {
			c := codes[i]
			body := fmt.Appendf(nil, `{"address":"虚构路%d号","area":"110102007","form":"enterprise","founded":"%d-03-04","name":"虚构云杉第%d店","status":"active","trade":"%s"}`, i, 2000+i%16, i, trades[i%8])
			entries = append(entries, []any{"market", c, 1, "gsfj", "虚构云杉", "", "enterprise", "110102007", "2010-03-04", "", 0, 1, body})
			grades = append(grades, []any{"market", c, 1, string("BBBBBBABCBBBBABD"[i*7%16]), 70, 1, []byte("{}")})
			records = append(records, []any{"market", kinds[i%8], "gsfj", fmt.Sprint("虚构", i), 1, c, "2016-0" + fmt.Sprint(1+i%9) + "-15", "", 1, "法", 0, "", []byte("{}")})
		}
		err := db.Write(b.Context(), district, func(tx *store.Tx) error {
			for _, x := range []struct {
				sql  string
				rows [][]any
			}{
				{"insert into register_entries (district, register, key, version, unit, name, aliases, facet, area, since, until, doubt, at, body)\nvalues ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", entries},
				{"insert into register_grades (district, register, key, version, class, points, at, body)\nvalues ($1, $2, $3, $4, $5, $6, $7, $8)", grades},
				{"insert into register_records (district, register, kind, unit, key, version, subject, happened, until, at, basis, withdrawn, note, body)\nvalues ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", records},
			} {
				if err := tx.LaterRows(b.Context(), x.sql, x.rows...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// assignAll holds the draw of a frozen plan and returns how many visits it has.
func assignAll(b *testing.B, f *inspections.Frozen) int {
	b.Helper()
	c, _, _ := hold(b, f.Plan, record.Times{Window: [2]string{"2016-10-30", "2016-11-19"}, Days: []record.Day{}}, f.Data, f.Attributes)
	return len(c.Visits())
}
