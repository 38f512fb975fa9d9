// Package webtest starts the whole web surface on the reference pack and a
// small made-up gazette, for tests of pages, of the API and of the browser.
package webtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"quanxiang/calendar"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/web"
)

type memLedger struct {
	signer  *ledger.Signer
	bodies  [][]byte
	entries []ledger.Recorded
	files   map[string][]byte
	note    []byte
	cp      ledger.Checkpoint
}

func New(log io.Writer) *web.Site {
	fsys, _ := packs.FS("xicheng")
	p, err := policy.Load(fsys, ".")
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, gov.China)
	clock := func() time.Time { return now }
	st := newMemory()
	lib := library.New(st, p, clock)
	g := Gazette()
	if _, err := lib.Import(context.Background(), gov.Actor{Kind: gov.OperatorActor}, g, library.ImportOptions{}); err != nil {
		panic(err)
	}
	g.Documents[1].Tasks[0].Text = "完成辖区老旧小区管线改造台账，逐院标明管线权属、敷设年代、改造方式和完成时间。"
	g.Source.SHA256 = "6" + g.Source.SHA256[1:]
	if _, err := lib.Import(context.Background(), gov.Actor{Kind: gov.OperatorActor}, g, library.ImportOptions{}); err != nil {
		panic(err)
	}
	private, public, err := ledger.NewKey(rand.Reader, "xicheng.example/ledger/110102")
	if err != nil {
		panic(err)
	}
	l := &memLedger{files: map[string][]byte{}}
	l.signer, _ = ledger.NewSigner(private)
	v, _ := ledger.NewVerifier(public)
	for i, e := range st.events {
		en := ledger.Entry{ID: e.ID, District: p.District, At: e.At, Kind: e.Kind, Object: e.Object, Facts: e.Facts, Actor: ledger.Commit(ledger.Salt{1}, []byte("x"))}
		b, err := ledger.Encode(en)
		if err != nil {
			panic(err)
		}
		l.bodies = append(l.bodies, b)
		l.entries = append([]ledger.Recorded{{Index: int64(i), Entry: en}}, l.entries...)
	}
	b, _ := ledger.Resume(0, nil)
	for _, x := range l.bodies {
		if err := b.Append(ledger.LeafHash(x)); err != nil {
			panic(err)
		}
	}
	l.note, err = l.signer.Sign(b.Size(), b.Root())
	if err != nil {
		panic(err)
	}
	l.cp, err = ledger.Export(v, l.note, func(yield func([]byte, error) bool) {
		for _, x := range l.bodies {
			if !yield(x, nil) {
				return
			}
		}
	}, func(name string, data []byte) error { l.files[name] = bytes.Clone(data); return nil })
	if err != nil {
		panic(err)
	}
	site, err := web.New(web.Deps{Pack: p, Library: lib, Ledger: l, LedgerKey: public, Clock: clock, Calendar: calendar.Seed(), Log: slog.New(slog.NewTextHandler(log, nil)), BaseURL: "http://localhost:8080", Version: "dev", OpenMetrics: true})
	if err != nil {
		panic(err)
	}
	return site
}

func (l *memLedger) Checkpoint(context.Context) ([]byte, error) { return l.note, nil }
func (l *memLedger) Receipt(_ context.Context, id gov.ID) (ledger.Receipt, error) {
	for _, e := range l.entries {
		if e.ID == id {
			proof, err := ledger.ProveInclusion(l.cp, e.Index, func(t ledger.Tile) ([]byte, error) { return l.files[t.Path()], nil })
			return ledger.NewReceipt(l.bodies[e.Index], e.Index, proof, l.note), err
		}
	}
	return ledger.Receipt{}, gov.Errorf(gov.NotFound, "没有这条记录。", "There is no such entry.")
}
func (l *memLedger) File(_ context.Context, path string) ([]byte, error) {
	b, ok := l.files[path]
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有", "none")
	}
	return b, nil
}
func (l *memLedger) Recent(_ context.Context, n int) ([]ledger.Recorded, error) {
	return l.entries[:min(n, len(l.entries))], nil
}
