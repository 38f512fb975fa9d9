package bench

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/draw/teams"
)

// The measurements of the draw are ratios against SHA-256 of the same number
// of messages in the same run, so that they say something on a busy machine.

// plainHash is how long SHA-256 of n messages of a ticket's length takes.
func plainHash(n int) time.Duration {
	var b [55]byte
	begin := time.Now()
	for i := range n {
		binary.BigEndian.PutUint64(b[:], uint64(i))
		sum := sha256.Sum256(b[:])
		b[40] = sum[0] // each waits for the one before, as nothing here does
	}
	return time.Since(begin)
}

// compare reports a time as absolute and against plain hashing.
func compare(b *testing.B, took time.Duration, hashes int) {
	b.ReportMetric(took.Seconds(), "s")
	b.ReportMetric(float64(took)/float64(plainHash(hashes)), "x-sha256")
	b.ReportMetric(0, "ns/op")
}

func unit(n int) lot.UID {
	u := lot.UID{byte(lot.Equipment), 8}
	binary.BigEndian.PutUint64(u[2:], uint64(n))
	return u
}

func frameOf(n int) frame.Rows {
	rows := make(frame.Rows, 0, n*frame.RowSize)
	for i := range n {
		rows = rows.Append(frame.Row{UID: unit(i), Group: uint32(1 + i%3), Count: 1})
	}
	return rows
}

func strataOf(n int) (out []design.Stratum) {
	for i := range 3 {
		out = append(out, design.Stratum{ID: uint32(i + 1), Design: design.SRS, N: n / 60})
	}
	return out
}

func BenchmarkDrawTicket(b *testing.B) {
	for _, s := range []lot.Suite{lot.SHA256, lot.SM3} {
		b.Run(fmt.Sprint("suite", s), func(b *testing.B) {
			const n = 1_000_000
			for b.Loop() {
				key, u := lot.Hash{1}, unit(0)
				begin := time.Now()
				for i := range n {
					binary.BigEndian.PutUint64(u[2:], uint64(i))
					t := s.Ticket(&key, &u, 0, lot.Subjects)
					u[19] = t[0]
				}
				compare(b, time.Since(begin), n)
			}
		})
	}
}

func BenchmarkDrawSelect(b *testing.B) {
	for _, n := range []int{1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rows := frameOf(n)
			for b.Loop() {
				begin := time.Now()
				got := design.Draw(lot.SHA256, lot.Hash{1}, rows, strataOf(n), nil)
				took := time.Since(begin)
				if len(got) != n/60*3 {
					b.Fatalf("%d drawn", len(got))
				}
				compare(b, took, n)
			}
		})
	}
}

func BenchmarkDrawFreeze(b *testing.B) {
	const n = 10_000_000
	rows := frameOf(n)
	for b.Loop() {
		begin := time.Now()
		frame.Freeze(lot.SHA256, rows)
		compare(b, time.Since(begin), 3*n) // a leaf is one compression, a node two
	}
}

func BenchmarkDrawAssign(b *testing.B) {
	p := teams.Problem{Suite: lot.SHA256, Key: lot.Hash{1}, Slots: 2}
	for i := range 5000 {
		p.Visits = append(p.Visits, unit(i))
	}
	for i := range 400 {
		p.Inspectors = append(p.Inspectors, unit(100_000+i))
	}
	p.Fit = func(j int) (bool, bool) { return j%3 > 0, j%7 > 0 }
	p.Barred = func(v int) []int { return []int{v % 400, v * 7 % 400, v * 31 % 400} }
	for b.Loop() {
		begin := time.Now()
		plan := teams.Assign(p)
		took := time.Since(begin)
		if plan.Unfilled > 0 || !teams.Certified(p, plan) {
			b.Fatal("a slot is empty, or a path is left")
		}
		b.ReportMetric(float64(plan.Moves), "paths")
		compare(b, took, 1_000_000)
	}
}

// drawMillion is a whole plan over 10^6 subjects, played to its end, the prover of
// its openings, and a subject drawn.
func drawMillion(b *testing.B) (transcript []byte, prover *draw.Prover, drawn lot.UID) {
	const n, s = 1_000_000, lot.SHA256
	rows := frameOf(n)
	registry, err := frame.FreezeUIDs(s, rows, nil)
	if err != nil {
		b.Fatal(err)
	}
	data := record.Data{Frames: []record.FrameData{{Subjects: rows}}}
	for i := range 100 {
		data.Inspectors = append(data.Inspectors, record.Inspector{UID: unit(i), Dept: 1, Salt: make([]byte, 16),
			Attributes: record.Attributes{From: "2020-01-01", To: "2029-12-31", Items: []string{"a"}, Unit: "u", Street: "s"}})
	}
	conflicts, _ := data.Conflicts.Freeze(s)
	plan := record.Plan{
		V: record.Version, Suite: s, ID: "BENCH", Attempt: 1, Mode: record.ModeOpen, MinStratum: 20,
		Due: record.Due{Release: 86400, Result: 86400, Publish: 86400}, Team: record.Team{Size: 2, Area: record.AreaAny},
		Inspectors: draw.FreezeInspectors(s, data.Inspectors), Conflicts: conflicts,
	}
	f := record.FramePlan{Dept: 1, Name: "d", Items: []string{"a"}, Date: "2023-09-01", Registry: registry, Frame: frame.Freeze(s, rows), Exempt: frame.Freeze(s, nil)}
	ppm := int64(1000)
	for i, size := range []int64{333_334, 333_333, 333_333} {
		f.Strata = append(f.Strata, record.Stratum{ID: uint32(i + 1), Kind: record.KindRandom, Size: size, Design: design.SRS, PPM: &ppm})
	}
	plan.Frames = []record.FramePlan{f}
	c, transcript, end := hold(b, plan, record.Times{Window: [2]string{"2023-09-16", "2023-09-20"}}, data, nil)
	if prover, err = c.Prover(0); err != nil {
		b.Fatal(err)
	}
	drawn = c.Visits()[0].UID
	last, err := c.Release(end)
	if err != nil {
		b.Fatal(err)
	}
	return append(transcript, last...), prover, drawn
}

// BenchmarkDrawVerify is the draw of a plan over 10^6 subjects verified from its
// transcript, the visits aside: whose records are a signature each.
func BenchmarkDrawVerify(b *testing.B) {
	transcript, prover, drawn := drawMillion(b)
	b.Run("plan of 1000000", func(b *testing.B) {
		for b.Loop() {
			begin := time.Now()
			v := draw.Verify(transcript, nil)
			took := time.Since(begin)
			if v.Kind != draw.Incomplete || v.Missing[:4] != "open" {
				b.Fatal(v)
			}
			b.ReportMetric(float64(len(transcript))/1e6, "MB")
			compare(b, took, 7_000_000) // tickets, two trees, and the file twice
		}
	})
	b.Run("one firm's proof", func(b *testing.B) {
		for b.Loop() {
			begin := time.Now()
			o, err := prover.Open(0, drawn)
			if err != nil {
				b.Fatal(err)
			}
			bytes := o.Bytes()
			took := time.Since(begin)
			again, err := draw.ParseOpening(bytes)
			if err != nil || again.Check(prover.Roots(0)) != nil {
				b.Fatal("the proof fails")
			}
			b.ReportMetric(float64(len(bytes)), "B")
			compare(b, took, 10)
		}
	})
}
