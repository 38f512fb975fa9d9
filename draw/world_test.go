package draw_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
)

// A round of drand quicknet and its signature; plans of the tests are dated so
// that it is theirs.
const (
	drandRound = 657413
	drandSig   = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
)

// world is an invented district with a plan and the keys of everybody.
type world struct {
	plan       record.Plan
	data       record.Data
	attributes []map[lot.UID]canon.Raw // by frame
	salt       []byte
	chains     [][]lot.Hash // by holder, secret first, anchor last
}

// options say what a test wants of its world.
type options struct {
	suite    lot.Suite
	mode     string
	days     int
	attempts int
	area     string
	size     int // subjects of the first frame
	instant  bool
	designs  []design.Design
}

func seedOf(name string) []byte { h := sha256.Sum256([]byte(name)); return h[:] }

func key(by string) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seedOf("key " + by)) }

func party(name, by string) record.Party {
	return record.Party{Name: name, Key: [32]byte(key(by).Public().(ed25519.PublicKey))}
}

func sign(by string, message []byte) ([]byte, error) { return ed25519.Sign(key(by), message), nil }

// secret is a witness's secret of an attempt.
func secret(witness, attempt int) lot.Hash {
	return lot.Hash(seedOf(fmt.Sprint("secret ", witness, " ", attempt)))
}

// credit is the credit code number n, check character and all.
func credit(t testing.TB, s lot.Suite, n int) lot.UID {
	t.Helper()
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	base := fmt.Sprintf("91110102MA%07d", n)
	for _, c := range alphabet {
		if u, err := s.NewUID(lot.Credit, base+string(c)); err == nil {
			return u
		}
	}
	t.Fatalf("no check character for %s", base)
	return lot.UID{}
}

func inspector(n int) lot.UID {
	u := lot.UID{byte(lot.Inspector), 8}
	binary.BigEndian.PutUint64(u[2:], uint64(n))
	return u
}

// newWorld invents two departments: the first with a stratum for each design,
// the second with one drawn simply, over a third of the same subjects.
func newWorld(t testing.TB, o options) *world {
	t.Helper()
	w := &world{salt: []byte("0123456789abcdef")}
	s := o.suite
	if o.size == 0 {
		o.size = 120
	}
	if o.attempts == 0 {
		o.attempts = 1
	}
	if o.area == "" {
		o.area = record.AreaAny
	}
	if o.designs == nil {
		o.designs = []design.Design{design.SRS, design.Balls, design.Pareto, design.Poisson, design.Census}
		if o.days > 0 {
			o.designs = o.designs[:2]
		}
	}
	var subjects [2]frame.Rows
	var exempt [2]frame.Rows
	w.attributes = []map[lot.UID]canon.Raw{{}, {}}
	for n := range o.size {
		u := credit(t, s, n)
		for f := range 2 {
			if f == 1 && n%3 != 0 {
				continue
			}
			attributes := canon.Marshal(struct {
				Street string `json:"street"`
			}{fmt.Sprint("街道", n%4)})
			row := frame.Row{UID: u, Group: 1, Count: 1, Attr: frame.Attr(s, w.salt, attributes)}
			if f == 0 {
				// The last design, a census, has few subjects.
				row.Group = uint32(1 + n%len(o.designs))
				if o.designs[row.Group-1] == design.Census && n > o.size/3 {
					row.Group = 1
				}
				row.Count = uint16(n % 5)
			}
			if n%17 == 16 {
				row.Group, row.Count = 2, 0 // cooling off
				exempt[f] = exempt[f].Append(row)
				continue
			}
			w.attributes[f][u] = attributes
			subjects[f] = subjects[f].Append(row)
		}
	}
	for n := range 24 {
		a := record.Attributes{From: "2020-01-01", To: "2029-12-31", Items: []string{"a", "b"}, Unit: "队", Street: fmt.Sprint("街道", n%4), Leave: [][2]string{}}
		if n%5 == 4 {
			a.Items = []string{"a"}
		}
		if n == 3 {
			a.Leave = [][2]string{{"2023-09-16", "2023-09-18"}}
		}
		if n == 7 {
			a.To = "2023-09-17"
		}
		i := record.Inspector{UID: inspector(n), Dept: uint32(10 + n%2), Flags: uint16(n/2%2) * record.FlagDistrict, Salt: w.salt, Attributes: a}
		if n == 23 {
			i.Flags = record.FlagExpert
		}
		w.data.Inspectors = append(w.data.Inspectors, i)
	}
	for n := range 10 {
		w.data.Conflicts = w.data.Conflicts.Append(frame.Pair{Subject: *subjects[0].UID(n), Inspector: inspector(2 * n)}, [16]byte{byte(n)})
	}
	conflicts, _ := w.data.Conflicts.Freeze(s)
	p := &w.plan
	*p = record.Plan{
		V: record.Version, Suite: s, ID: "XC-2023-001", Attempt: 1, Authority: party("西城区双随机办公室", "authority"), Platform: party("平台", "platform"),
		MinReveals: 2, Mode: o.mode, Basis: []string{"国发〔2019〕5号"}, MinStratum: 20, Due: record.Due{Release: 86400, Result: 86400 * 20, Publish: 86400 * 20},
		Team: record.Team{Size: 2, Area: o.area, Recent: 2}, Conflicts: conflicts, Inspectors: draw.FreezeInspectors(s, w.data.Inspectors),
		Auditors: []record.Party{party("审计一", "auditor-0"), party("审计二", "auditor-1")},
	}
	for i := range 3 {
		p.Witnesses = append(p.Witnesses, party(fmt.Sprint("见证人", i), record.Witness(i)))
	}
	w.times(o)
	for f, dept := range []uint32{10, 11} {
		registry, err := frame.FreezeUIDs(s, subjects[f], exempt[f])
		if err != nil {
			t.Fatal(err)
		}
		fp := record.FramePlan{Dept: dept, Name: fmt.Sprint("部门", dept), Items: []string{"a", "b"}, Filter: "在业", Date: "2023-09-01",
			Registry: registry, Frame: frame.Freeze(s, subjects[f]), Exempt: frame.Freeze(s, exempt[f])}
		designs := o.designs
		if f == 1 {
			designs = []design.Design{design.SRS}
		}
		for i, d := range designs {
			fp.Strata = append(fp.Strata, stratum(uint32(i+1), d, subjects[f], o.days))
		}
		p.Frames = append(p.Frames, fp)
		w.data.Frames = append(w.data.Frames, record.FrameData{Subjects: subjects[f], Exempt: exempt[f]})
	}
	for a := range 2 {
		if o.instant {
			break
		}
		x := lot.Hash(seedOf(fmt.Sprint("seal ", a)))
		chain := []lot.Hash{x}
		for range 12 {
			x = s.Next(p.ID, a, x)
			chain = append(chain, x)
		}
		w.chains = append(w.chains, chain)
		h := party(fmt.Sprint("持有人", a), record.SealHolder(a))
		p.Seals = append(p.Seals, record.Seal{Name: h.Name, Key: h.Key, Anchor: x, Length: 12})
	}
	return w
}

// times dates the plan so that its round of drand is the one the tests have;
// with a second attempt it rests on lotteries.
func (w *world) times(o options) {
	t3 := outside.Time(drandRound)
	for a := range o.attempts {
		at := t3 + int64(a)*7200
		t := record.Times{T1: at - 3600, T2: at - 1800, T3: at, T4: at + 600, T5: at + 86400*5, Window: [2]string{"2023-09-16", "2023-09-20"}, Days: []record.Day{}}
		for d := range o.days {
			t.Days = append(t.Days, record.Day{Date: fmt.Sprintf("2023-09-%d", 16+d), By: at + 600 + int64(d)*86400})
		}
		w.plan.Times = append(w.plan.Times, t)
	}
	if o.attempts == 1 {
		w.plan.Outside = []record.Source{{Source: outside.Drand, Rounds: []int64{drandRound}, Dates: []string{""}}}
		return
	}
	w.plan.Outside = []record.Source{
		{Source: outside.KL8, Rounds: []int64{2023251, 2023252}, Dates: []string{"2023-09-15", "2023-09-16"}},
		{Source: outside.SSQ, Rounds: []int64{2023107, 2023108}, Dates: []string{"2023-09-15", "2023-09-16"}},
	}
}

func (w *world) values(attempt int) []string {
	if len(w.plan.Outside) == 1 {
		return []string{drandSig}
	}
	date := w.plan.Outside[0].Dates[attempt-1]
	return []string{"快乐8|" + date + "|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77,80", "双色球|" + date + "|01,05,09,22,30,33|16"}
}

func stratum(id uint32, d design.Design, rows frame.Rows, days int) record.Stratum {
	s := record.Stratum{ID: id, Name: string(d), Kind: record.KindRandom, Design: d}
	for i := range rows.Len() {
		if rows.Group(i) == id {
			s.Size++
		}
	}
	if s.Size < 20 {
		s.Kind = record.KindSpecial
	}
	ppm, count := int64(200_000), min(s.Size, 6)
	switch d {
	case design.SRS, design.Poisson:
		s.PPM = &ppm
	case design.Balls, design.Pareto:
		s.Count = &count
	}
	if days > 0 {
		each := make([]int64, days)
		for i := range s.Quota() {
			each[i%int64(days)]++
		}
		s.Days = &each
	}
	return s
}

// reveal gives the attributes of a subject.
func (w *world) reveal(f int, u lot.UID) (salt, attributes []byte) {
	return w.salt, w.attributes[f][u]
}

// elements are what the holders give for a use.
func (w *world) elements(use uint32) (x []lot.Hash) {
	for _, chain := range w.chains {
		x = append(x, chain[len(chain)-2-int(use)])
	}
	return x
}

// play runs a campaign to its end and returns transcript and sealed file.
// absent witnesses commit and do not reveal.
type play struct {
	t     testing.TB
	w     *world
	c     *draw.Campaign
	lines [][]byte
	now   int64
	stops bool // resumes after every line
}

func newPlay(t testing.TB, w *world) *play {
	t.Helper()
	c, err := draw.NewCampaign(w.plan, w.data, sign)
	if err != nil {
		t.Fatal(err)
	}
	c.Attributes = w.reveal
	return &play{t: t, w: w, c: c}
}

func (p *play) add(line []byte, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	p.lines = append(p.lines, line)
	if !p.stops {
		return
	}
	var held []record.Element
	for u := range p.c.Use() {
		held = append(held, record.Element{Use: u, X: p.w.elements(u)})
	}
	if p.c, err = draw.Resume(p.w.plan, p.w.data, p.w.reveal, sign, p.transcript(), held); err != nil {
		p.t.Fatalf("after record %d: %v", len(p.lines)-1, err)
	}
}

func (p *play) transcript() []byte { return slices.Concat(p.lines...) }

// until plays an attempt up to its outside values.
func (p *play) until(attempt, absent int) {
	p.t.Helper()
	at := p.w.plan.Times[attempt-1]
	p.add(p.c.Plan(at.T1 - 100))
	plan := p.w.plan
	plan.Attempt = attempt
	for i := range plan.Witnesses {
		p.add(p.c.Commit(at.T1-50, draw.Commitment(&plan, i, secret(i, attempt))))
	}
	p.add(p.c.Close(at.T1 + 1))
	for i := range plan.Witnesses {
		if i != absent {
			p.add(p.c.Reveal(at.T2-1, i, secret(i, attempt)))
		}
	}
	for _, v := range p.w.values(attempt) {
		p.add(p.c.Outside(at.T3+5, v, 0, 2))
	}
	p.now = at.T3 + 10
}

// visits opens, reports and publishes what is not yet.
func (p *play) visits(done map[lot.UID]bool) {
	p.t.Helper()
	var uids []lot.UID
	for _, v := range p.c.Visits() {
		if done[v.UID] {
			continue
		}
		done[v.UID] = true
		p.add(p.c.Open(p.now, v.UID))
		p.add(p.c.Result(p.now, v.UID, "none-found", lot.Hash{1}))
		uids = append(uids, v.UID)
	}
	if len(uids) > 0 {
		p.add(p.c.Publish(p.now, uids, "信用信息公示系统", lot.Hash{2}))
	}
}

// whole plays a plan of one attempt with a void, a substitute and a recusal.
func whole(t testing.TB, w *world) (transcript, sealed []byte) { return wholly(t, w, false) }

func wholly(t testing.TB, w *world, stops bool) (transcript, sealed []byte) {
	t.Helper()
	p := newPlay(t, w)
	p.stops = stops
	p.until(1, 1)
	p.rest()
	return p.transcript(), p.c.Sealed()
}

func (p *play) rest() {
	p.t.Helper()
	at := p.w.plan.Times[len(p.w.plan.Times)-1]
	done := map[lot.UID]bool{}
	for d := range max(1, len(at.Days)) {
		p.add(p.c.Draw(p.now, p.w.elements(p.c.Use())))
		p.add(p.c.Assign(p.now))
		visits := p.c.Visits()
		gone := visits[len(visits)-1]
		line, seq, err := p.c.Void(p.now, gone.UID, draw.Grounds{Reason: "closed", Evidence: lot.Hash{3}, Official: inspector(1)})
		p.add(line, err)
		p.add(p.c.Substitute(p.now, seq, p.w.elements(p.c.Use())))
		first := visits[0]
		if !done[first.UID] {
			p.add(p.c.Recuse(p.now, first.Frame, first.Number, 1, draw.Grounds{Reason: "ill"}, p.w.elements(p.c.Use())))
		}
		p.visits(done)
		if len(at.Days) > 0 {
			if p.w.plan.Mode == record.ModeOpen {
				p.add(p.c.ReleaseDay(p.now + 100))
			}
			p.now = at.Days[min(d+1, len(at.Days)-1)].By - 10
		}
	}
	p.now = at.T5 + 1
	p.add(p.c.Release(p.now))
	if p.w.plan.Mode == record.ModeAttested {
		p.add(p.c.Attest(p.now+1, 0, draw.Valid))
		p.add(p.c.Attest(p.now+2, 1, draw.Valid))
	}
}

// rootsOf reads from a transcript what openings of its first draw are held
// against.
func rootsOf(t *testing.T, transcript []byte) (out []draw.Roots) {
	t.Helper()
	var plan record.Plan
	for line := range bytes.Lines(transcript) {
		l, err := record.Parse(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		switch l.Type {
		case record.TypePlan:
			if err := canon.Unmarshal(l.Body, &plan); err != nil {
				t.Fatal(err)
			}
			for _, f := range plan.Frames {
				out = append(out, draw.Roots{Plan: plan.Hash(), Dept: f.Dept, Frame: f.Frame})
			}
		case record.TypeDraw:
			var b record.Draw
			if err := canon.Unmarshal(l.Body, &b); err != nil {
				t.Fatal(err)
			}
			for i := range out {
				out[i].Results = b.Results[i]
			}
		case record.TypeAssign:
			var b record.Assign
			if err := canon.Unmarshal(l.Body, &b); err != nil {
				t.Fatal(err)
			}
			for i := range out {
				out[i].Teams = b.Teams[i]
			}
		}
	}
	return out
}
