package draw_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/drawtest"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// Plans of every kind, played by the platform, are valid.
func TestWholePlans(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]options{
		"five designs, joint":   {suite: lot.SHA256, mode: record.ModeOpen},
		"SM3":                   {suite: lot.SM3, mode: record.ModeOpen},
		"day by day":            {suite: lot.SHA256, mode: record.ModeOpen, days: 3},
		"attested":              {suite: lot.SHA256, mode: record.ModeAttested},
		"attested, day by day":  {suite: lot.SHA256, mode: record.ModeAttested, days: 2},
		"other street":          {suite: lot.SHA256, mode: record.ModeOpen, area: record.AreaOtherStreet},
		"attested other street": {suite: lot.SM3, mode: record.ModeAttested, area: record.AreaOtherStreet},
		"of the district":       {suite: lot.SHA256, mode: record.ModeOpen, area: record.AreaDistrict},
		"instant":               {suite: lot.SHA256, mode: record.ModeOpen, instant: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transcript, sealed := whole(t, newWorld(t, o))
			if v := draw.Verify(transcript, sealed); v.Kind != draw.Valid || v.By != "recomputed" {
				t.Fatal(v)
			}
			if o.mode == record.ModeAttested {
				if v := draw.Verify(transcript, nil); v.Kind != draw.Valid || v.By != "attested by 2 auditors" {
					t.Fatal(v)
				}
			}
			// Every beginning is incomplete, and a mirror of it is no other file.
			for n := 0; n < len(transcript); {
				if v := draw.Verify(transcript[:n], nil); v.Kind != draw.Incomplete {
					t.Fatalf("%d bytes: %s", n, v)
				}
				if n > 0 && n%3 == 0 {
					if v := draw.Verify(transcript, sealed, transcript[:n]); v.Kind != draw.Valid {
						t.Fatal(v)
					}
				}
				for range 11 { // lines
					n += bytes.IndexByte(transcript[n:], '\n') + 1
				}
				if o.mode == record.ModeAttested && n > len(transcript)*3/4 {
					break
				}
			}
		})
	}
}

// A second attempt follows an abandoned one, whose result becomes public.
func TestSecondAttempt(t *testing.T) {
	t.Parallel()
	for name, drawn := range map[string]bool{"before the draw": false, "after the draw": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, attempts: 2, area: record.AreaOtherStreet})
			p := newPlay(t, w)
			p.until(1, -1)
			var x []lot.Hash
			if drawn {
				p.add(p.c.Draw(p.now, w.elements(0)))
				p.add(p.c.Assign(p.now))
			} else {
				x = w.elements(0)
			}
			p.add(p.c.Abandon(p.now, draw.Grounds{Reason: "error", Official: inspector(1)}, x))
			if v := draw.Verify(p.transcript(), nil); v.Kind != draw.Incomplete || v.Missing != "plan" {
				t.Fatal(v)
			}
			p.until(2, -1)
			p.rest()
			v := draw.Verify(p.transcript(), nil)
			if v.Kind != draw.Valid || v.Attempt != 2 || len(v.Notes) != 4 {
				t.Fatal(v, v.Notes)
			}
		})
	}
}

func TestVoidTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, attempts: 2})
	p := newPlay(t, w)
	for a := range 2 {
		p.until(a+1, -1)
		p.add(p.c.Abandon(p.now, draw.Grounds{Reason: "error", Official: inspector(1)}, w.elements(uint32(a))))
	}
	if v := draw.Verify(p.transcript(), nil); v.Kind != draw.Valid || v.By != "void" {
		t.Error(v)
	}
	if _, err := p.c.Plan(p.now); err == nil {
		t.Error("a third attempt begins")
	}
}

func TestTooFewReveals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen})
	w.plan.MinReveals = 3
	p := newPlay(t, w)
	at := w.plan.Times[0]
	p.add(p.c.Plan(at.T1 - 1))
	p.add(p.c.Commit(at.T1, draw.Commitment(&w.plan, 0, secret(0, 1))))
	p.add(p.c.Close(at.T1))
	p.add(p.c.Reveal(at.T2, 0, secret(0, 1)))
	if _, err := p.c.Outside(at.T3, drandSig); err == nil {
		t.Error("a draw goes on with one reveal")
	}
	p.add(p.c.Abandon(at.T3, draw.Grounds{Reason: "reveals", Official: inspector(1)}, w.elements(0)))
	if v := draw.Verify(p.transcript(), nil); v.Kind != draw.Valid || v.By != "void" {
		t.Error(v)
	}
}

// T22: any one changed byte of a transcript is rejected.
func TestAnyByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, designs: []design.Design{design.SRS}})
	transcript, _ := whole(t, w)
	r := rand.New(rand.NewPCG(7, 7))
	for range drawtest.Times(120, 10_000) {
		b := bytes.Clone(transcript)
		i, d := r.IntN(len(b)), byte(1+r.IntN(255))
		b[i] ^= d
		if v := draw.Verify(b, nil); v.Kind == draw.Valid {
			t.Fatalf("byte %d changed by %#x is accepted", i, d)
		}
	}
}

// A sealed file with any changed byte is refused.
func TestSealedFile(t *testing.T) {
	t.Parallel()
	transcript, sealed := whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeAttested}))
	sealed[len(sealed)/2] ^= 1
	if v := draw.Verify(transcript, sealed); v.Kind != draw.Invalid || v.Class != draw.ClassRelease {
		t.Error(v)
	}
}

func TestMirrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, designs: []design.Design{design.SRS}})
	transcript, _ := whole(t, w)
	lines := strings.SplitAfter(string(transcript), "\n")
	other := strings.Join(lines[:3], "") + strings.Replace(lines[3], `"time":`, `"time":1`, 1)
	if v := draw.Verify(transcript, nil, []byte(other)); v.Class != draw.ClassMirror || v.Record != 3 {
		t.Error(v)
	}
	if v := draw.Verify(transcript, nil, append(bytes.Clone(transcript), "{}\n"...)); v.Class != draw.ClassMirror {
		t.Error(v)
	}
}

func FuzzTranscript(f *testing.F) {
	w := newWorld(f, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, designs: []design.Design{design.SRS}})
	transcript, _ := whole(f, w)
	f.Add(transcript)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v := draw.Verify(b, nil); v.Kind == draw.Valid && !bytes.Equal(b, transcript) {
			t.Errorf("a transcript that was never made is valid: %s", v)
		}
	})
}
