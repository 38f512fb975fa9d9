package draw_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// Every visit of a draw has a proof that holds, and no changed byte does.
func TestOpenings(t *testing.T) {
	t.Parallel()
	for _, s := range []lot.Suite{lot.SHA256, lot.SM3} {
		w := newWorld(t, options{suite: s, mode: record.ModeOpen, size: 300})
		p := newPlay(t, w)
		p.until(1, -1)
		p.add(p.c.Draw(p.now, w.elements(0)))
		if _, err := p.c.Prover(0); err == nil {
			t.Error("proofs before the teams are logged")
		}
		p.add(p.c.Assign(p.now))
		first := p.c.Visits()[0]
		p.add(p.c.Recuse(p.now, first.Frame, first.Number, 0, draw.Grounds{Reason: "ill"}, w.elements(1)))
		prover, err := p.c.Prover(0)
		if err != nil {
			t.Fatal(err)
		}
		logged := rootsOf(t, p.transcript())
		r := rand.New(rand.NewPCG(3, uint64(s)))
		for _, v := range p.c.Visits() {
			o, err := prover.Open(v.Frame, v.UID)
			if err != nil {
				t.Fatal(err)
			}
			b := o.Bytes()
			again, err := draw.ParseOpening(b)
			if err != nil || !bytes.Equal(again.Bytes(), b) {
				t.Fatalf("read again: %v", err)
			}
			roots := logged[v.Frame]
			if err := again.Check(roots); err != nil || roots != prover.Roots(v.Frame) {
				t.Fatal(err)
			}
			if len(b) > 2048 {
				t.Errorf("a proof of %d bytes", len(b))
			}
			// What names the place of the draw in the file (4 and 2 bytes) is for finding it.
			i := r.IntN(len(b))
			b[i] ^= 1 << r.IntN(8)
			if changed, err := draw.ParseOpening(b); (i < 37 || i >= 43) && err == nil && changed.Check(roots) == nil {
				t.Errorf("byte %d changed: the proof holds", i)
			}
			if _, err := draw.ParseOpening(b[:i]); err == nil {
				t.Errorf("%d bytes are a proof", i)
			}
		}
		if _, err := prover.Open(0, lot.UID{1}); err == nil {
			t.Error("a proof for who was not drawn")
		}
	}
}
