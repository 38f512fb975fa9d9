package bench

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"quanxiang/files/mapped"
	"quanxiang/packs/packtest"
	snapshots "quanxiang/rules/population"
	"quanxiang/support/invent"
	"quanxiang/support/simulate"
)

// BenchmarkSimulate computes 16号, 17号 and 18号 as they are and as amended for every
// enterprise of a snapshot on the disk, with the sums by benefit, street, trade and size,
// the spread and the twenty explained: the first time, when every chunk is checked
// against its digest and its numbers against their bounds, and again. Cliffs are of the
// rules' examples and not of the snapshot, and are left out. Beside the clock it tells
// the processor's time, which other work on the machine does not lengthen as much.
func BenchmarkSimulate(b *testing.B) {
	n := 100_000
	if *million {
		n = 1_000_000
	}
	pack := packtest.Xicheng(b)
	name := filepath.Join(b.TempDir(), "population")
	write(b, name, func(w *bufio.Writer) error {
		_, err := invent.Population(b.Context(), w, invent.Options{Pack: pack, Year: 2017, N: n, Seed: 1})
		return err
	})
	r, err := simulate.Prepare(pack, simulate.Question{Docs: []string{"16", "17", "18"}, Year: 2017, Amendment: "修订 16号 自 2017-01-01 “拟稿”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n  @7(1) 50万元 改为 60万元\n"})
	if err != nil {
		b.Fatal(err)
	}
	f, err := mapped.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.ReportMetric(float64(len(f.Data))/float64(n), "bytes/row")
	for b.Loop() {
		s, err := snapshots.Open(f.Data)
		if err != nil {
			b.Fatal(err)
		}
		for _, unit := range []string{"first", "again"} {
			start, used := time.Now(), processor(b)
			x, err := r.Compare(b.Context(), s, simulate.Options{Workers: runtime.GOMAXPROCS(0)})
			if err != nil {
				b.Fatal(err)
			}
			if x.Total.Rows != int64(n) || x.Total.Winners == 0 || len(x.Losers) != 10 {
				b.Fatalf("%+v", x.Total)
			}
			b.ReportMetric(time.Since(start).Seconds(), unit+"-s")
			b.ReportMetric((processor(b) - used).Seconds(), unit+"-cpu-s")
		}
	}
	b.ReportMetric(0, "ns/op") // of both together, which means nothing
}

// write makes a file.
func write(b *testing.B, name string, fill func(*bufio.Writer) error) {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(fill(w), w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
}
