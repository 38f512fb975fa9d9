package bench

import (
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

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
// then the same again.
func population(tb testing.TB, p *ir.Program, n int) *columns.Table {
	tb.Helper()
	m := madeup.New(p, p.Input("企业"), rand.New(rand.NewPCG(16, 18)))
	m.Entries = 1
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

// BenchmarkRulesColumns computes all benefits of enterprises of the three
// documents, of 100,000 and of a million.
func BenchmarkRulesColumns(b *testing.B) {
	p := compile(b, documents(b))
	t := population(b, p, 100_000)
	m, err := columns.New(columns.Want{Input: p.Input("企业")}, p)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sum := int64(0)
		err := m.Each(t, 0, t.Rows, func(x *columns.Block) error {
			for _, v := range x.Of[0].Total {
				sum += v
			}
			return nil
		})
		if err != nil || sum == 0 {
			b.Fatal(err, sum)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(t.Rows), "ns/row")
}
