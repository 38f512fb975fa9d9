package draw_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

var update = flag.Bool("update", false, "write the samples anew: only with a new version of the protocol")

// The samples are whole transcripts for whoever writes another verifier. They
// never change: the platform must write them again to the byte.
func TestSamples(t *testing.T) {
	t.Parallel()
	samples := samples(t, false)
	for name, b := range samples {
		file := "testdata/" + name
		if *update {
			if err := os.WriteFile(file, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, b) {
			t.Errorf("%s is written differently today", name)
		}
	}
	for _, name := range []string{"joint.jsonl", "days.jsonl", "attested.jsonl", "second.jsonl"} {
		if v := draw.Verify(samples[name], nil); v.Kind != draw.Valid {
			t.Errorf("%s: %s", name, v)
		}
	}
}

func samples(t *testing.T, stops bool) map[string][]byte {
	samples := map[string][]byte{}
	samples["joint.jsonl"], _ = wholly(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 90}), stops)
	samples["days.jsonl"], _ = wholly(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, days: 2}), stops)
	samples["attested.jsonl"], samples["attested.sealed.json"] = wholly(t, newWorld(t, options{
		suite: lot.SM3, mode: record.ModeAttested, area: record.AreaOtherStreet, size: 60, designs: []design.Design{design.SRS, design.Balls}}), stops)
	second := newPlay(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, attempts: 2, designs: []design.Design{design.SRS}}))
	second.stops = stops
	second.until(1, -1)
	second.add(second.c.Draw(second.now, second.w.elements(0)))
	second.add(second.c.Assign(second.now))
	second.add(second.c.Abandon(second.now, draw.Grounds{Reason: "error", Official: inspector(1)}, nil))
	second.until(2, 0)
	second.rest()
	samples["second.jsonl"] = second.transcript()
	return samples
}

// A campaign that is stopped after every record and resumed from its transcript
// writes the same file.
func TestResume(t *testing.T) {
	t.Parallel()
	for name, b := range samples(t, true) {
		kept, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, b) {
			t.Errorf("%s is written differently when the platform stops in between", name)
		}
	}
}

// What does not belong together is not resumed.
func TestResumeRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, designs: []design.Design{design.SRS}})
	p := newPlay(t, w)
	p.until(1, -1)
	p.add(p.c.Draw(p.now, w.elements(0)))
	p.add(p.c.Assign(p.now))
	held := []record.Element{{Use: 0, X: w.elements(0)}}
	resume := func(plan record.Plan, transcript []byte, held []record.Element) error {
		_, err := draw.Resume(plan, w.data, w.reveal, sign, transcript, held)
		return err
	}
	if err := resume(w.plan, p.transcript(), held); err != nil {
		t.Fatal(err)
	}
	other := w.plan
	other.Basis = nil
	wrong := []record.Element{{Use: 0, X: w.elements(1)}}
	for what, err := range map[string]error{
		"another plan":       resume(other, p.transcript(), held),
		"half a line":        resume(w.plan, p.transcript()[:len(p.transcript())-1], held),
		"a changed line":     resume(w.plan, bytes.Replace(p.transcript(), []byte(`"day":0`), []byte(`"day":1`), 1), held),
		"no elements":        resume(w.plan, p.transcript(), nil),
		"another's elements": resume(w.plan, p.transcript(), wrong),
	} {
		if err == nil {
			t.Errorf("%s was resumed", what)
		}
	}
}
