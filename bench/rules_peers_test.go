package bench

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/explain"
	"quanxiang/rules/ir"
)

// sixteen is 16号 alone.
func sixteen(tb testing.TB) *ir.Program {
	tb.Helper()
	files := documents(tb)
	for name := range files {
		if !strings.HasPrefix(name, "16") {
			delete(files, name)
		}
	}
	return compile(tb, files)
}

// BenchmarkRulesCompile reads, checks and compiles the three documents and
// makes what computes them. "of-limit" is against 30 ms of processor.
func BenchmarkRulesCompile(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	files := documents(b)
	begin := onCore(b)
	for b.Loop() {
		eval.New(compile(b, files))
	}
	took := (onCore(b) - begin) / time.Duration(b.N)
	b.ReportMetric(took.Seconds()*1000, "cpu-ms")
	b.ReportMetric(float64(took)/float64(30*time.Millisecond), "of-limit")
}

// BenchmarkRulesOne computes one enterprise of which all is known, for the three
// documents: the amounts, the amounts with the steps of their explanation, and
// these as an answer in words. "of-limit" is against 5 µs of processor.
func BenchmarkRulesOne(b *testing.B) {
	p := compile(b, documents(b))
	t := population(b, p, 64, 1)
	var records []*eval.Facts
	for row := range t.Rows {
		records = append(records, t.Facts(p, row))
	}
	m := eval.New(p)
	for name, f := range map[string]func(*eval.Facts){
		"amounts": func(f *eval.Facts) { m.Run(f, false) },
		"steps":   func(f *eval.Facts) { m.Run(f, true) },
		"answer":  func(f *eval.Facts) { explain.Of(p, m, m.Run(f, true)) },
	} {
		b.Run(name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			begin, n := onCore(b), 0
			for b.Loop() {
				f(records[n%len(records)])
				n++
			}
			took := float64(onCore(b)-begin) / float64(b.N)
			b.ReportMetric(took/1000, "cpu-µs")
			b.ReportMetric(took/5000, "of-limit")
		})
	}
}

// BenchmarkRulesPeers computes the tiers of articles 4 and 9 and the unit prices
// of article 7 for the same 2,000 enterprises in columns, by closures, and in
// OPA, CEL and Expr, which a program of its own runs. All come to the same sum.
// "x-columns" is how many times the processor of columns each takes.
func BenchmarkRulesPeers(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := sixteen(b)
	t := population(b, p, 2000, 0)
	asked := []int32{p.Benefit("16号", "研发资金"), p.Benefit("16号", "知识产权补贴"), p.Benefit("16号", "高成长奖励")}
	c := machine(b, p, asked)
	m := eval.New(p)
	var records []*eval.Facts
	without := make([]bool, len(p.Benefits))
	for i := range without {
		without[i] = int32(i) != asked[0] && int32(i) != asked[1] && int32(i) != asked[2]
	}
	for row := range t.Rows {
		f := t.Facts(p, row)
		f.Without = without
		records = append(records, f)
	}
	peers, theirs := askPeers(b, rowsOf(p, t))
	for b.Loop() {
		took := map[string]time.Duration{}
		sum := int64(0)
		begin := onCore(b)
		for range 100 {
			sum = over(b, c, t)
		}
		took["columns"] = (onCore(b) - begin) / time.Duration(100*t.Rows)
		byOne := int64(0)
		begin = onCore(b)
		for range 10 {
			byOne = 0
			for _, f := range records {
				byOne += m.Run(f, false).Total.Low
			}
		}
		took["closures"] = (onCore(b) - begin) / time.Duration(10*t.Rows)
		if byOne != sum {
			b.Fatalf("closures come to %d, columns to %d", byOne, sum)
		}
		for name, r := range theirs {
			if r.Sum != sum {
				b.Fatalf("%s comes to %d, columns to %d", name, r.Sum, sum)
			}
			took[name] = r.Took
		}
		for name, d := range took {
			b.ReportMetric(float64(d), name+"-ns/row")
			b.ReportMetric(float64(d)/float64(max(took["columns"], 1)), name+"-x-columns")
		}
	}
	if !peers {
		b.Log("OPA, CEL and Expr are left out: their module cannot be built")
	}
	b.ReportMetric(0, "ns/op")
}

// peerRow is an enterprise as the peers read it.
type peerRow struct {
	K, X, R, P, O, M int64
	T                bool
}

func rowsOf(p *ir.Program, t *columns.Table) (rows []peerRow) {
	h := newHand(p, t.Year)
	for i := range t.Rows {
		at := func(slot int32) int64 { return t.Slots[slot].At(i) }
		rows = append(rows, peerRow{at(h.recognised), at(h.income), at(h.research), at(h.patents), at(h.others), at(h.marks), at(h.top) == 1})
	}
	return rows
}

type peerResult struct {
	Sum  int64
	Took time.Duration
}

// askPeers builds and runs the peers; false if they cannot be built.
func askPeers(b *testing.B, rows []peerRow) (bool, map[string]peerResult) {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "rules")
	build := exec.Command("go", "build", "-o", binary, "./rules")
	build.Dir = "peers"
	if _, err := build.CombinedOutput(); err != nil {
		return false, nil
	}
	in, err := json.Marshal(rows)
	if err != nil {
		b.Fatal(err)
	}
	run := exec.Command(binary)
	run.Stdin = bytes.NewReader(in)
	out, err := run.Output()
	if err != nil {
		b.Fatal(err)
	}
	var results map[string]peerResult
	if err := json.Unmarshal(out, &results); err != nil {
		b.Fatal(err)
	}
	return true, results
}
