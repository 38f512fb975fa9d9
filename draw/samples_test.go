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
	samples := map[string][]byte{}
	samples["joint.jsonl"], _ = whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 90}))
	samples["days.jsonl"], _ = whole(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, days: 2}))
	samples["attested.jsonl"], samples["attested.sealed.json"] = whole(t, newWorld(t, options{
		suite: lot.SM3, mode: record.ModeAttested, area: record.AreaOtherStreet, size: 60, designs: []design.Design{design.SRS, design.Balls}}))
	second := newPlay(t, newWorld(t, options{suite: lot.SHA256, mode: record.ModeOpen, size: 60, attempts: 2, designs: []design.Design{design.SRS}}))
	second.until(1, -1)
	second.add(second.c.Draw(second.now, second.w.elements(0)))
	second.add(second.c.Assign(second.now))
	second.add(second.c.Abandon(second.now, draw.Grounds{Reason: "error", Official: inspector(1)}, nil))
	second.until(2, 0)
	second.rest()
	samples["second.jsonl"] = second.transcript()
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
