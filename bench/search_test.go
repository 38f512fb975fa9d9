// Package bench measures what the product promises about speed.
package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/fulltext"
	"quanxiang/library/librarytest"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

const (
	corpusNodes   = 100_000
	nodesOfADoc   = 110
	paragraphSize = 60 // characters, about what the nodes of a gazette have
)

// queries are what people type: two characters, longer words, several words,
// numbers, units by other names, and a single character, the dearest of all.
var queries = []string{
	"停车", "绿化", "养老", "棚户区改造", "架空线入地", "双随机", "PM2.5", "2020年", "区发改委", "停车 绿化", "老旧小区 停车",
	"西政发[2016]16号", "食品安全", "社区", "工作", "政务公开", "养老 社区", "第三条", "文物保护", "环",
}

// paragraphs are those of the real gazette, or of the sample where that is not
// at hand.
func paragraphs(b *testing.B, pack *policy.Pack) []string {
	b.Helper()
	g := librarytest.Sample()
	if f, err := os.Open(realGazette); err == nil {
		defer f.Close()
		if g, err = gazette.Read(f, "gazette", pack.Gazette, gazette.Limits{}); err != nil {
			b.Fatal(err)
		}
	} else if os.Getenv("CI") == "true" {
		b.Fatalf("the real gazette is needed in CI: %v", err)
	}
	var list []string
	for _, d := range g.Documents {
		for _, n := range d.Structure {
			for _, p := range n.Paragraphs {
				r := []rune(p.Text)
				list = append(list, string(r[:min(len(r), 3*paragraphSize)]))
			}
		}
		for _, t := range d.Tasks {
			list = append(list, t.Text)
		}
	}
	return list
}

// fill makes a library of corpusNodes passages, each varied so that no two are
// alike, and returns their normalised texts for the scan.
func fill(b *testing.B, lib library.Store, base []string) []string {
	b.Helper()
	texts := make([]string, 0, corpusNodes)
	for doc := 1; len(texts) < corpusNodes; doc++ {
		h := library.Document{
			ID: gov.NewID(time.Now()), Ordinal: doc, Slug: fmt.Sprintf("bench-2016-%d", doc), Number: fmt.Sprintf("西政发〔2016〕%d号", doc),
			Series: "西政发", Year: 2016, Serial: doc, Version: 1, Title: fmt.Sprintf("第%d件文件", doc), Kind: "通知",
			Lifecycle: library.Lifecycle{Signed: gov.Date{Year: 2016, Month: 1, Day: 1}.Add(doc % 300), Known: true}, ImportedAt: 1,
		}
		list := []library.Passage{{Key: library.Key{Ordinal: doc}, Slug: h.Slug, Head: h.Number + "\n" + h.Title}}
		for n := range nodesOfADoc {
			body := fmt.Sprintf("%s（第%d批第%d项）", base[len(texts)%len(base)], doc, n)
			list = append(list, library.Passage{
				Key: library.Key{Ordinal: doc, Scope: library.NodeScope, Seq: n}, Slug: h.Slug,
				Anchor: fmt.Sprintf("art_%d", n+1), Head: fmt.Sprintf("第%d条", n+1), Body: body,
			})
			texts = append(texts, fulltext.Normalise(body).String())
		}
		err := lib.Update(b.Context(), func(ctx context.Context, tx library.Tx) error {
			if err := tx.SaveHead(ctx, &h); err != nil {
				return err
			}
			return tx.Index(ctx, &h, list)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return texts
}

// BenchmarkSearch reports, on 100,000 passages, the time of a search for the
// first page (the promise: 95 of 100 under 50 ms) beside that of reading every
// passage in memory in the same run, and the ratio of the two.
func BenchmarkSearch(b *testing.B) {
	fsys, _ := packs.FS("xicheng")
	pack, err := policy.Load(fsys, ".")
	if err != nil {
		b.Fatal(err)
	}
	base := paragraphs(b, pack)
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			db := storetest.Open(b, storetest.DSN(b, engine), nil)
			lib := db.Library(pack.District)
			l := library.New(lib, pack, time.Now)
			texts := fill(b, lib, base)
			if err := db.Analyze(b.Context()); err != nil {
				b.Fatal(err)
			}
			var searches, scans []time.Duration
			for b.Loop() {
				for _, words := range queries {
					start := time.Now()
					if _, err := l.Search(b.Context(), library.Query{Words: words}, gov.Page{}); err != nil {
						b.Fatal(err)
					}
					searches = append(searches, time.Since(start))
				}
			}
			for _, words := range queries {
				q := fulltext.Parse(words, nil)
				start := time.Now()
				n := 0
				for _, t := range texts {
					if _, all := q.Find([]rune(t)); all {
						n++
					}
				}
				scans = append(scans, time.Since(start))
			}
			report := func(name string, list []time.Duration, share float64) float64 {
				slices.Sort(list)
				ms := float64(list[int(share*float64(len(list)-1))]) / 1e6
				b.ReportMetric(ms, name)
				return ms
			}
			report("p50-ms", searches, 0.5)
			p95 := report("p95-ms", searches, 0.95)
			b.ReportMetric(p95/report("scan-p95-ms", scans, 0.95), "p95/scan")
		})
	}
}
