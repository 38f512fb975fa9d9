package draw_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/drawtest"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// wildWorld is an invented district of which everything that may vary is
// drawn from r.
func wildWorld(t testing.TB, r *rand.Rand, name string) *world {
	t.Helper()
	o := options{
		suite:    []lot.Suite{lot.SHA256, lot.SHA256, lot.SM3}[r.IntN(3)],
		mode:     []string{record.ModeOpen, record.ModeAttested}[r.IntN(2)],
		area:     []string{record.AreaAny, record.AreaOtherStreet, record.AreaDistrict}[r.IntN(3)],
		days:     []int{0, 0, 2, 3}[r.IntN(4)],
		attempts: 1 + r.IntN(2),
		size:     12 + r.IntN(50),
		instant:  r.IntN(4) == 0,
	}
	designs := []design.Design{design.SRS, design.Balls, design.Pareto, design.Poisson, design.Census}
	if o.days > 0 {
		designs = designs[:2]
	}
	r.Shuffle(len(designs), func(i, j int) { designs[i], designs[j] = designs[j], designs[i] })
	o.designs = designs[:1+r.IntN(len(designs))]
	w := newWorld(t, o)
	p := &w.plan
	p.Basis = []string{name} // another plan has another seed
	p.MinReveals, p.Team.Size = 2, 2+r.IntN(3)
	for f := range p.Frames {
		for i := range p.Frames[f].Strata {
			vary(r, &p.Frames[f].Strata[i])
		}
	}
	list := w.data.Inspectors[:0]
	for _, i := range w.data.Inspectors {
		if r.IntN(3) == 0 {
			continue
		}
		if r.IntN(4) == 0 {
			i.Attributes.Leave = [][2]string{{"2023-09-17", fmt.Sprint("2023-09-", 17+r.IntN(9))}}
		}
		if r.IntN(6) == 0 {
			i.Flags ^= record.FlagDistrict
		}
		list = append(list, i)
	}
	w.data.Inspectors = list
	p.Inspectors = draw.FreezeInspectors(o.suite, list)
	pairs := map[frame.Pair]bool{}
	for range r.IntN(60) {
		subjects := w.data.Frames[0].Subjects
		pairs[frame.Pair{Subject: *subjects.UID(r.IntN(subjects.Len())), Inspector: inspector(r.IntN(24))}] = true
	}
	var sorted []frame.Pair
	for pair := range pairs {
		sorted = append(sorted, pair)
	}
	slices.SortFunc(sorted, func(a, b frame.Pair) int {
		return bytes.Compare(slices.Concat(a.Subject[:], a.Inspector[:]), slices.Concat(b.Subject[:], b.Inspector[:]))
	})
	w.data.Conflicts = nil
	for n, pair := range sorted {
		w.data.Conflicts = w.data.Conflicts.Append(pair, [16]byte{byte(n)})
	}
	p.Conflicts, _ = w.data.Conflicts.Freeze(o.suite)
	return w
}

// vary gives a stratum another quota.
func vary(r *rand.Rand, s *record.Stratum) {
	ppm, count := 1+r.Int64N(1_000_000), r.Int64N(s.Size+1)
	switch s.Design {
	case design.SRS, design.Balls, design.Pareto:
		s.PPM, s.Count = &ppm, nil
		if r.IntN(2) == 0 {
			s.PPM, s.Count = nil, &count
		}
	case design.Poisson:
		s.PPM = &ppm
	case design.Census:
	}
	if s.Days != nil {
		each := make([]int64, len(*s.Days))
		for range s.Quota() {
			each[r.IntN(len(each))]++
		}
		s.Days = &each
	}
}

// wild plays a campaign in which voids, recusals and an abandoned first
// attempt happen as r says.
func (p *play) wild(r *rand.Rand) {
	p.t.Helper()
	grounds := draw.Grounds{Reason: "closed", Evidence: lot.Hash{3}, Official: inspector(1)}
	last := len(p.w.plan.Times)
	for attempt := 1; attempt <= last; attempt++ {
		p.until(attempt, r.IntN(4)-1)
		at := p.w.plan.Times[attempt-1]
		done, left := map[lot.UID]bool{}, 2 // how much else may happen: the chains are short
		for d := range max(1, len(at.Days)) {
			p.add(p.c.Draw(p.now, p.w.elements(p.c.Use())))
			p.add(p.c.Assign(p.now))
			for range r.IntN(left + 1) {
				p.happens(r, done, grounds)
				left--
			}
			if attempt < last {
				break
			}
			p.visits(done)
			if len(at.Days) > 0 {
				if p.w.plan.Mode == record.ModeOpen && r.IntN(2) == 0 {
					p.add(p.c.ReleaseDay(p.now + 100))
				}
				p.now = at.Days[min(d+1, len(at.Days)-1)].By - 10
			}
		}
		if attempt < last {
			p.add(p.c.Abandon(p.now, grounds, nil))
			continue
		}
		p.now = at.T5 + 1
		p.add(p.c.Release(p.now))
		if p.w.plan.Mode == record.ModeAttested {
			p.add(p.c.Attest(p.now+1, 0, draw.Valid))
			p.add(p.c.Attest(p.now+2, 1, draw.Valid))
		}
	}
}

// happens is one void with its substitute, or one recusal.
func (p *play) happens(r *rand.Rand, done map[lot.UID]bool, g draw.Grounds) {
	p.t.Helper()
	visits := slices.DeleteFunc(p.c.Visits(), func(v draw.Visit) bool { return done[v.UID] })
	if len(visits) == 0 {
		return
	}
	v := visits[r.IntN(len(visits))]
	slot := r.IntN(len(v.Team))
	if r.IntN(2) == 0 && v.Team[slot] != (lot.UID{}) {
		p.add(p.c.Recuse(p.now, v.Frame, v.Number, slot, g, p.w.elements(p.c.Use())))
		return
	}
	line, seq, err := p.c.Void(p.now, v.UID, g)
	p.add(line, err)
	p.add(p.c.Substitute(p.now, seq, p.w.elements(p.c.Use())))
}

// digest is what the second verifier gives for the values it computed itself,
// here from those that were recorded.
func digest(t *testing.T, transcript []byte) string {
	t.Helper()
	sum := sha256.New()
	for _, line := range lines(transcript) {
		var r struct {
			Seq  int64
			Type string
			Body map[string]json.RawMessage
		}
		// Only these bodies are read: others have a member of another type under these names.
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		b := r.Body
		switch r.Type {
		case "draw":
			fmt.Fprintf(sum, "{\"results\":%s,\"seq\":%d}\n", b["results"], r.Seq)
		case "assign":
			fmt.Fprintf(sum, "{\"low\":%s,\"seq\":%d,\"teams\":%s,\"unfilled\":%s}\n", b["low"], r.Seq, b["teams"], b["unfilled"])
		case "substitute":
			fmt.Fprintf(sum, "{\"picks\":%s,\"seq\":%d}\n", b["picks"], r.Seq)
		case "recuse":
			fmt.Fprintf(sum, "{\"seq\":%d,\"team\":%s}\n", r.Seq, b["team"])
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// T21: plans drawn at random, played here, are computed again by the second
// verifier, which must come to the same answers and the same bytes.
func TestPythonPlans(t *testing.T) {
	t.Parallel()
	plans := drawtest.Times(4, 1000)
	b := newBatch(t)
	for n := range plans {
		r := rand.New(rand.NewPCG(21, uint64(n)))
		name := fmt.Sprintf("%04d", n)
		p := newPlay(t, wildWorld(t, r, name))
		p.wild(r)
		transcript := p.transcript()
		if v := b.add(name, transcript, p.c.Sealed()); v.Kind != draw.Valid {
			t.Errorf("plan %d: %s", n, v)
		}
		b.digests[name] = digest(t, transcript)
	}
	b.compare()
}
