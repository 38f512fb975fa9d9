package bench

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"quanxiang/gov/problems"
	"quanxiang/packs"
	"quanxiang/rules/check"
	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/madeup"
	"quanxiang/rules/syntax"
)

// documents reads the rule files of 16号, 17号 and 18号 without their examples.
func documents(tb testing.TB) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	pack, ok := packs.FS("xicheng")
	if !ok {
		tb.Fatal("no pack")
	}
	list, err := fs.Glob(pack, "programmes/1*.rule")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range list {
		if strings.Contains(name, "examples") {
			continue
		}
		data, err := fs.ReadFile(pack, name)
		if err != nil {
			tb.Fatal(err)
		}
		files[path.Base(name)] = data
	}
	return files
}

func compile(tb testing.TB, files map[string][]byte) *ir.Program {
	var list problems.List
	var parsed []*syntax.File
	for name, data := range files {
		parsed = append(parsed, syntax.Parse(name, data, &list))
	}
	if err := list.Err(); err != nil {
		tb.Fatal(err)
	}
	p, _, err := check.Compile(parsed, check.When{})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// population is n made-up enterprises in columns: distinct ones up to 20,000,
// then the same again. Lists have at most so many entries.
func population(tb testing.TB, p *ir.Program, n, entries int) *columns.Table {
	tb.Helper()
	m := madeup.New(p, p.Input("企业"), rand.New(rand.NewPCG(16, 18)))
	m.Entries = entries
	var records []*eval.Facts
	for range min(n, 20_000) {
		records = append(records, m.Facts())
	}
	for len(records) < n {
		records = append(records, records[:min(n-len(records), 20_000)]...)
	}
	t, err := columns.Of(p, records)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// onCore is the time this thread has had of a core. The goroutine is locked to
// it.
func onCore(tb testing.TB) time.Duration {
	var u syscall.Rusage
	const thread = 1 // RUSAGE_THREAD
	if err := syscall.Getrusage(thread, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// over goes through a table in blocks.
func over(tb testing.TB, m *columns.Machine, t *columns.Table) (sum int64) {
	err := m.Each(t, 0, t.Rows, func(x *columns.Block) error {
		for _, v := range x.Of[0].Total {
			sum += v
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

func machine(tb testing.TB, p *ir.Program, benefits []int32) *columns.Machine {
	tb.Helper()
	m, err := columns.New(columns.Want{Input: p.Input("企业"), Benefits: benefits}, p)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// BenchmarkRulesHand computes articles 3, 4, 7, 8 and 9 of 16号 for 20,000
// enterprises from columns, in turns with a program written by hand for these
// articles alone. "of-hand" is the speed against it.
func BenchmarkRulesHand(b *testing.B) {
	p := sixteen(b)
	for _, of := range []struct {
		name    string
		entries int
		few     string
	}{{"at-most-1-entry", 1, ""}, {"at-most-3-entries", 3, ""}, {"one-in-20-recognised", 1, "mixed"}, {"one-in-20-in-front", 1, "sorted"}} {
		b.Run(of.name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			t := population(b, p, 20_000, of.entries)
			h := newHand(p, t.Year)
			recognise(t, h, of.few)
			m := machine(b, p, h.benefits())
			agree(b, h, m, t)
			var ours, theirs time.Duration
			for b.Loop() {
				begin := onCore(b)
				sum := over(b, m, t)
				middle := onCore(b)
				byHand := int64(0)
				for from := 0; from < t.Rows; from += columns.BlockRows {
					to := min(from+columns.BlockRows, t.Rows)
					h.run(t, from, to)
					for _, v := range h.sum[:to-from] {
						byHand += v
					}
				}
				end := onCore(b)
				if sum != byHand {
					b.Fatal(sum, byHand)
				}
				ours, theirs = ours+middle-begin, theirs+end-middle
			}
			rows := float64(b.N) * float64(t.Rows)
			b.ReportMetric(float64(ours)/rows, "ns/row")
			b.ReportMetric(float64(theirs)/rows, "hand-ns/row")
			b.ReportMetric(float64(theirs)/float64(ours), "of-hand")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// recognise leaves one enterprise in twenty recognised, as in a district, among
// the others or in front of them.
func recognise(t *columns.Table, h *hand, how string) {
	column := t.Slots[h.recognised].U8
	for i := range column {
		front, among := i < len(column)/20, i%20 == 0
		if how == "sorted" && front || how == "mixed" && among {
			column[i] = 0
		} else if how != "" {
			column[i] = 3
		}
	}
}

// agree holds that the program written by hand comes to the same.
func agree(tb testing.TB, h *hand, m *columns.Machine, t *columns.Table) {
	tb.Helper()
	err := m.Each(t, 0, t.Rows, func(x *columns.Block) error {
		h.run(t, x.From, x.To)
		for k, out := range [][]int64{h.matching, h.own, h.intellectual, h.norms, h.rising} {
			for i, v := range x.Of[0].Final[h.benefits()[k]] {
				if out[i] != v {
					return fmt.Errorf("row %d: benefit %d is %d from columns, %d by hand", x.From+i, k, v, out[i])
				}
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkRulesColumns computes all benefits of enterprises of the three
// documents, of 100,000 and of a million in turns. "of-100k" is the time per
// enterprise of a million against that of 100,000.
func BenchmarkRulesColumns(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := compile(b, documents(b))
	few, many := population(b, p, 100_000, 1), population(b, p, 1_000_000, 1)
	m, k := machine(b, p, nil), machine(b, p, nil)
	var of [2]time.Duration
	for b.Loop() {
		begin := onCore(b)
		for range 10 {
			over(b, m, few)
		}
		middle := onCore(b)
		over(b, k, many)
		of[0], of[1] = of[0]+middle-begin, of[1]+onCore(b)-middle
	}
	b.ReportMetric(float64(of[1])/float64(b.N)/1e6, "ns/row")
	b.ReportMetric(float64(of[1])/float64(of[0]), "of-100k")
	b.ReportMetric(0, "ns/op")
}
