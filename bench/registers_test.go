package bench

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/registers/invent"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/export"
)

// subjectsKnown is how many subjects the records of a file are about.
const subjectsKnown = 60_000

// BenchmarkRegisterImport brings a file of penalties, every hundredth row of which is
// bad, into the register of market subjects: read, checked, written with its ledger and
// what was wrong. Beside it the good rows alone are loaded into the same table of
// another database, 500 to a transaction, read and checked beforehand.
func BenchmarkRegisterImport(b *testing.B) {
	n := 100_000
	if *million {
		n = 1_000_000
	}
	pack := packtest.Xicheng(b)
	codes, err := invent.Codes(pack.District, subjectsKnown)
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	file.WriteString("subject,number,date,violation,amount,basis\n")
	for i := range n {
		on := gov.Date{Year: 2016, Month: 1, Day: 1}.Add(i % 300).String()
		if i%100 == 7 {
			on = "2016-13-01"
		}
		fmt.Fprintf(&file, "%s,罚字%d号,%s,未按规定公示价格,%d,行政处罚法第九条\n", codes[i*7919%len(codes)], i, on, 1000+i%5000)
	}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			if !storetest.Has(e) {
				b.Skip("there is no server of this engine")
			}
			for b.Loop() {
				with, alone := openFor(b, e, pack, codes), openFor(b, e, pack, codes)
				start := time.Now()
				i := with.load(b, "penalty", file.Bytes())
				took := time.Since(start)
				if i.Added != int64(n-n/100) || i.Bad != int64(n/100) {
					b.Fatalf("%+v", i)
				}
				plain := alone.plain(b, file.Bytes())
				b.ReportMetric(float64(n)/took.Seconds(), "rows/s")
				b.ReportMetric(float64(i.Added)/plain.Seconds(), "plain-rows/s")
				b.ReportMetric(took.Seconds()/plain.Seconds(), "ratio")
			}
			b.ReportMetric(0, "ns/op") // of both together, which means nothing
		})
	}
}

// hall is a database with subjects.
type hall struct {
	db    *store.DB
	pack  *policy.Pack
	m     *registers.Importer
	files map[string][]byte
}

func openFor(b *testing.B, e store.Engine, pack *policy.Pack, codes []string) *hall {
	b.Helper()
	h := &hall{db: storetest.Open(b, storetest.DSN(b, e), nil), pack: pack, files: map[string][]byte{}}
	h.m = &registers.Importer{Store: h.db.Registers(district), Pack: func() *policy.Pack { return pack }, Clock: time.Now,
		Open: func(_ context.Context, key string) (registers.Rows, error) {
			return export.NewStream(export.InMemory(h.files[key]))
		}}
	var file bytes.Buffer
	file.WriteString("key,name,form,founded\n")
	for i, c := range codes {
		fmt.Fprintf(&file, "%s,虚构云杉第%d店,企业,2010-01-02\n", c, i)
	}
	h.load(b, "", file.Bytes())
	return h
}

func (h *hall) load(b *testing.B, kind string, file []byte) registers.Import {
	b.Helper()
	id := gov.NewID(time.Now())
	h.files[id.String()] = file
	err := h.m.Ask(b.Context(), people.Operator("bench", time.Now()), registers.Import{ID: id, Register: "market", Kind: kind, Unit: "gsfj", File: id.String(), GoodOnly: true}, true)
	if err == nil {
		err = h.m.Run(b.Context(), id)
	}
	i, failed := h.m.Store.Import(b.Context(), id)
	if err != nil || failed != nil || i.Phase != registers.Done {
		b.Fatal(err, failed, i.Failure)
	}
	return i
}

// plain loads the good rows of a file and returns how long it took.
func (h *hall) plain(b *testing.B, file []byte) time.Duration {
	b.Helper()
	target, err := registers.NewTarget(h.pack, "market", "penalty", "gsfj")
	if err != nil {
		b.Fatal(err)
	}
	stream, err := export.NewStream(export.InMemory(file))
	if err != nil {
		b.Fatal(err)
	}
	defer stream.Close()
	head, err := stream.Next()
	if err != nil {
		b.Fatal(err)
	}
	table, err := registers.NewTable(target, head)
	if err != nil {
		b.Fatal(err)
	}
	var rows [][]any
	for {
		cells, err := stream.Next()
		if err != nil {
			break // the file was read before
		}
		row, ok := table.Read(cells)
		if !ok || len(row.Mistakes) > 0 {
			continue
		}
		r := row.Record
		body, err := r.Values.Encode()
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, []any{r.Register, r.Kind, r.Unit, r.Key, 1, row.Named, r.On, r.Until, 0, r.Basis, 0, "", body})
	}
	start := time.Now()
	for len(rows) > 0 {
		some := rows[:min(500, len(rows))]
		rows = rows[len(some):]
		err := h.db.Write(b.Context(), district, func(tx *store.Tx) error {
			t, _ := tx.Table("register_records")
			return tx.LaterRows(b.Context(), t.InsertRow(), some...)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}
