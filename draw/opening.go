package draw

import (
	"encoding/binary"
	"slices"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/teams"
	"quanxiang/gov"
)

// Opening is one firm's proof: that this visit by this team was fixed when the
// draw was logged (docs/spec/draw.md, section 10). It says nothing of others.
type Opening struct {
	Suite    lot.Suite
	Plan     lot.Hash
	Draw     uint32 // seq of the draw
	Frame    uint16 // index in the plan
	Row      frame.Row
	Index    uint64 // in the frame
	Path     []lot.Hash
	Ticket   lot.Hash
	Rank     uint32
	Salt     lot.Hash
	Visit    uint64 // index in the results and teams of the draw
	Results  []lot.Hash
	Team     []lot.UID // zero where nobody could be found
	TeamSalt lot.Hash
	Teams    []lot.Hash
}

// magic begins an opening.
const magic = "SSJ1"

// Roots is what an opening is held against: from the plan, the draw and its
// assign.
type Roots struct {
	Plan    lot.Hash
	Dept    uint32
	Frame   frame.Root
	Results frame.Root
	Teams   frame.Root
}

// Bytes is the form an opening is handed over in.
func (o *Opening) Bytes() []byte {
	b := append([]byte(magic), byte(o.Suite))
	b = append(b, o.Plan[:]...)
	b = binary.BigEndian.AppendUint32(b, o.Draw)
	b = binary.BigEndian.AppendUint16(b, o.Frame)
	b = frame.Rows(b).Append(o.Row)
	b = binary.BigEndian.AppendUint64(b, o.Index)
	b = appendPath(b, o.Path)
	b = append(b, o.Ticket[:]...)
	b = binary.BigEndian.AppendUint32(b, o.Rank)
	b = append(b, o.Salt[:]...)
	b = binary.BigEndian.AppendUint64(b, o.Visit)
	b = appendPath(b, o.Results)
	b = append(b, byte(len(o.Team)))
	for _, u := range o.Team {
		if u == (lot.UID{}) {
			b = append(b, 0)
			continue
		}
		b = append(b, lot.UIDSize)
		b = append(b, u[:]...)
	}
	b = append(b, o.TeamSalt[:]...)
	return appendPath(b, o.Teams)
}

func appendPath(b []byte, path []lot.Hash) []byte {
	b = append(b, byte(len(path)))
	for i := range path {
		b = append(b, path[i][:]...)
	}
	return b
}

// cursor reads bytes from the front and remembers if there were too few.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.b) {
		c.short = true
		return make([]byte, n)
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) hash() lot.Hash { return lot.Hash(c.take(32)) }
func (c *cursor) u64() uint64    { return binary.BigEndian.Uint64(c.take(8)) }
func (c *cursor) u32() uint32    { return binary.BigEndian.Uint32(c.take(4)) }

func (c *cursor) path() (out []lot.Hash) {
	for range c.take(1)[0] {
		out = append(out, c.hash())
	}
	return out
}

// ParseOpening reads the form Bytes writes and nothing else.
func ParseOpening(b []byte) (o Opening, err error) {
	c := &cursor{b: b}
	bad := string(c.take(4)) != magic
	o.Suite = lot.Suite(c.take(1)[0])
	o.Plan = c.hash()
	o.Draw = c.u32()
	o.Frame = binary.BigEndian.Uint16(c.take(2))
	o.Row = frame.Rows(c.take(frame.RowSize)).At(0)
	o.Index = c.u64()
	o.Path = c.path()
	o.Ticket = c.hash()
	o.Rank = c.u32()
	o.Salt = c.hash()
	o.Visit = c.u64()
	o.Results = c.path()
	for range c.take(1)[0] {
		var u lot.UID
		switch n := c.take(1)[0]; n {
		case 0:
		case lot.UIDSize:
			u = lot.UID(c.take(lot.UIDSize))
			bad = bad || u == lot.UID{}
		default:
			bad = true
		}
		o.Team = append(o.Team, u)
	}
	o.TeamSalt = c.hash()
	o.Teams = c.path()
	if bad || c.short || len(c.b) > 0 || o.Suite != lot.SHA256 && o.Suite != lot.SM3 {
		return Opening{}, gov.Errorf(gov.Invalid, "这不是抽查证明", "this is no proof of a draw")
	}
	return o, nil
}

// Check reports whether an opening leads to the roots.
func (o *Opening) Check(r Roots) error {
	leaf := frame.Leaf(o.Suite, frame.Rows(nil).Append(o.Row))
	result := o.Suite.TH("res", o.Row.UID[:], o.Ticket[:], lot.U32(o.Rank), o.Salt[:])
	members := make([][]byte, len(o.Team))
	for i := range o.Team {
		if o.Team[i] != (lot.UID{}) {
			members[i] = o.Team[i][:]
		}
	}
	team := teamLeaf(o.Suite, &o.Row.UID, r.Dept, members, o.TeamSalt)
	if o.Plan != r.Plan || !r.Frame.Check(o.Suite, o.Index, leaf, o.Path) ||
		!r.Results.Check(o.Suite, o.Visit, result, o.Results) || !r.Teams.Check(o.Suite, o.Visit, team, o.Teams) {
		return gov.Errorf(gov.Invalid, "证明不成立：这次检查不在登记的抽取之中", "the proof fails: this visit is not in the draw that was logged")
	}
	return nil
}

// Prover hands out the openings of a draw. Making it builds the trees; an
// opening then takes microseconds.
type Prover struct {
	c       *Campaign
	day     drawnDay
	frames  []*frame.Tree
	results []*frame.Tree
	teams   []*frame.Tree
	roots   []Roots
}

// Prover is that of the draw of a day, 0 without days, after its assign. Openings
// show the teams as they were logged then; who stands in for whom is in the
// transcript.
func (c *Campaign) Prover(day int) (*Prover, error) {
	if day < 0 || day >= len(c.draws) || day == len(c.draws)-1 && c.check.stage == stageDrawn {
		return nil, gov.Errorf(gov.Conflict, "还没有派组", "there are no teams yet")
	}
	p := &Prover{c: c, day: c.draws[day]}
	s := c.plan.Suite
	for i := range c.now.frames {
		f := &c.now.frames[i]
		var results, groups []lot.Hash
		for n := p.day.from[i]; n < p.day.to[i]; n++ {
			results = append(results, c.now.leaf(f, n))
			groups = append(groups, c.now.sentLeaf(f, n))
		}
		p.frames = append(p.frames, frame.Plant(s, f.rows))
		p.results = append(p.results, frame.NewTree(s, results))
		p.teams = append(p.teams, frame.NewTree(s, groups))
		p.roots = append(p.roots, Roots{c.hash(), f.plan.Dept, f.plan.Frame, p.results[i].Root(), p.teams[i].Root()})
	}
	return p, nil
}

// Roots are those that the transcript has of a frame.
func (p *Prover) Roots(frame int) Roots { return p.roots[frame] }

// Open is the proof of a subject drawn in a frame.
func (p *Prover) Open(frame int, u lot.UID) (Opening, error) {
	f := &p.c.now.frames[frame]
	from, to := p.day.from[frame], p.day.to[frame]
	i, ok := slices.BinarySearchFunc(f.visits[from:to], u, func(v visit, u lot.UID) int { return f.rows.UID(v.row).Compare(u) })
	if !ok {
		return Opening{}, gov.Errorf(gov.NotFound, "%s 没有被抽中", "%s was not drawn", u)
	}
	s, v := p.c.plan.Suite, &f.visits[from+i]
	o := Opening{
		Suite: s, Plan: p.c.hash(), Draw: uint32(p.day.seq), Frame: uint16(frame),
		Row: f.rows.At(v.row), Index: uint64(v.row), Path: p.frames[frame].Prove(v.row),
		Ticket: v.ticket, Rank: v.rank, Salt: s.Ticket(&v.salts, &u, 0, lot.Salts),
		Visit: uint64(i), Results: p.results[frame].Prove(i),
		TeamSalt: s.Ticket(&v.salts, &u, 1, lot.Salts), Teams: p.teams[frame].Prove(i),
	}
	for _, j := range v.sent {
		var member lot.UID
		if j != teams.None {
			member = f.uids[j]
		}
		o.Team = append(o.Team, member)
	}
	return o, nil
}
