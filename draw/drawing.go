package draw

import (
	"slices"

	"quanxiang/draw/design"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/draw/teams"
)

// drawing is an attempt while it is computed, by the platform that runs it and
// by a verifier that runs it again. What it does depends on plan, data, seed and
// elements alone.
type drawing struct {
	plan   *record.Plan
	seed   lot.Hash
	frames []department
	void   map[lot.UID]bool
}

// department is one frame while it is drawn.
type department struct {
	plan   *record.FramePlan
	rows   frame.Rows
	strata map[uint32]*record.Stratum
	street func(u lot.UID) string // of who is visited, "" if unknown; nil when the area rule needs none
	taken  design.Set             // rows drawn so far
	visits []visit                // by number
	pool   []*record.Inspector
	uids   []lot.UID // of the pool
	load   []int
	barred map[lot.UID][]int // conflicts of a subject, in the pool
	local  map[string][]int  // who works for a street
}

// visit is a subject drawn in a frame.
type visit struct {
	row    int
	use    uint32
	ticket lot.Hash
	rank   uint32
	team   []int    // in the pool, or teams.None
	sent   []int    // the team as it was logged with the draw
	left   []int    // who recused
	salts  lot.Hash // K_8 of the result leaf
	veil   lot.Hash // K_8 of the team leaf
	first  string   // the days on which it may be visited
	last   string
}

// substituteRank stands in the result leaf of a substitute.
const substituteRank = 1<<32 - 1

func newDrawing(p *record.Plan, d *record.Data, seed lot.Hash) *drawing {
	out := &drawing{plan: p, seed: seed, void: map[lot.UID]bool{}, frames: make([]department, len(p.Frames))}
	for i := range p.Frames {
		f := &out.frames[i]
		f.plan, f.rows = &p.Frames[i], d.Frames[i].Subjects
		f.taken = design.NewSet(f.rows.Len())
		f.strata = map[uint32]*record.Stratum{}
		for j := range f.plan.Strata {
			f.strata[f.plan.Strata[j].ID] = &f.plan.Strata[j]
		}
		at := map[lot.UID]int{}
		f.local = map[string][]int{}
		for j := range d.Inspectors {
			if p := &d.Inspectors[j]; p.Dept == f.plan.Dept && p.Flags&record.FlagExpert == 0 {
				at[p.UID] = len(f.pool)
				f.local[p.Attributes.Street] = append(f.local[p.Attributes.Street], len(f.pool))
				f.pool, f.uids = append(f.pool, p), append(f.uids, p.UID)
			}
		}
		f.load = make([]int, len(f.pool))
		f.barred = map[lot.UID][]int{}
		for j := range d.Conflicts.Len() {
			pair := d.Conflicts.At(j)
			if k, ok := at[pair.Inspector]; ok {
				f.barred[pair.Subject] = append(f.barred[pair.Subject], k)
			}
		}
		if p.Team.Area == record.AreaOtherStreet {
			streets := map[lot.UID]string{}
			for _, v := range d.Frames[i].Visited {
				streets[v.UID] = record.Street(v.Attributes)
			}
			f.street = func(u lot.UID) string { return streets[u] }
		}
	}
	return out
}

func (d *drawing) key(p lot.Purpose, e record.Element) lot.Hash {
	return d.plan.Suite.Key(d.seed, p, e.Use, e.X)
}

// draw draws a day from every frame and returns the number of the first new
// visit of each.
func (d *drawing) draw(day int, e record.Element) (from []int) {
	key, salts := d.key(lot.Subjects, e), d.key(lot.Salts, e)
	first, last := d.window(day)
	for i := range d.frames {
		f := &d.frames[i]
		from = append(from, len(f.visits))
		skip := slices.Clone(f.taken)
		for u := range d.void {
			if at, ok := f.rows.Find(u); ok {
				skip.Add(at)
			}
		}
		for _, x := range design.Draw(d.plan.Suite, key, f.rows, f.quotas(day), skip) {
			f.taken.Add(x.Row)
			f.visits = append(f.visits, visit{row: x.Row, use: e.Use, ticket: x.Ticket, rank: x.Rank, salts: salts, veil: salts, first: first, last: last})
		}
	}
	return from
}

// window are the days on which the visits of a day's draw take place.
func (d *drawing) window(day int) (first, last string) {
	now := d.plan.Now()
	if len(now.Days) > 0 {
		return now.Days[day].Date, now.Days[day].Date
	}
	return now.Window[0], now.Window[1]
}

func (f *department) quotas(day int) []design.Stratum {
	out := make([]design.Stratum, len(f.plan.Strata))
	for i := range f.plan.Strata {
		s := &f.plan.Strata[i]
		out[i] = design.Stratum{ID: s.ID, Design: s.Design, N: int(s.Quota())}
		if s.Days != nil {
			out[i].N = int((*s.Days)[day])
		}
		if s.PPM != nil {
			out[i].PPM = *s.PPM
		}
	}
	return out
}

// assign gives teams to the visits from the given numbers on.
func (d *drawing) assign(e record.Element, from []int) (low, unfilled int64) {
	key, order := d.key(lot.Inspectors, e), d.key(lot.Visits, e)
	for i := range d.frames {
		f := &d.frames[i]
		fresh := f.inOrder(d.plan.Suite, order, from[i])
		plan := teams.Assign(f.problem(d.plan, key, fresh))
		f.keep(fresh, plan.Team)
		low += int64(plan.Low)
		unfilled += int64(plan.Unfilled)
	}
	return low, unfilled
}

// inOrder are the numbers of visits in the order in which they take place.
func (f *department) inOrder(s lot.Suite, key lot.Hash, from int) []int {
	tickets := make([]lot.Hash, len(f.visits)-from)
	fresh := make([]int, len(tickets))
	for i := range fresh {
		fresh[i] = from + i
		tickets[i] = s.Ticket(&key, f.uid(from+i), 0, lot.Visits)
	}
	// Numbers ascend by uid, so a stable sort breaks ties as it must.
	slices.SortStableFunc(fresh, func(a, b int) int { return tickets[a-from].Compare(tickets[b-from]) })
	return fresh
}

// uid is who visit number n goes to.
func (f *department) uid(n int) *lot.UID { return f.rows.UID(f.visits[n].row) }

// problem is the assignment of teams to visits, which are all of one draw.
func (f *department) problem(p *record.Plan, key lot.Hash, visits []int) teams.Problem {
	out := teams.Problem{Suite: p.Suite, Key: key, Inspectors: f.uids, Slots: p.Team.Size, Load: f.load, Visits: make([]lot.UID, len(visits))}
	for i, n := range visits {
		out.Visits[i] = *f.uid(n)
	}
	var first, last string
	if len(visits) > 0 {
		first, last = f.visits[visits[0]].first, f.visits[visits[0]].last
	}
	out.Fit = func(j int) (lead, other bool) { return fit(f.pool[j], f.plan.Items, p.Team.Area, first, last) }
	out.Barred = func(v int) []int {
		uid := out.Visits[v]
		if f.street == nil {
			return f.barred[uid]
		}
		return slices.Concat(f.barred[uid], f.local[f.street(uid)])
	}
	return out
}

// fit reports whether an inspector may lead a team and whether it may be
// another member, on all of the days.
func fit(p *record.Inspector, items []string, area, first, last string) (lead, other bool) {
	a := &p.Attributes
	if a.From > first || a.To < last || area == record.AreaDistrict && p.Flags&record.FlagDistrict == 0 {
		return false, false
	}
	for _, l := range a.Leave {
		if l[0] <= last && first <= l[1] {
			return false, false
		}
	}
	able := 0
	for _, item := range items {
		if _, ok := slices.BinarySearch(a.Items, item); ok {
			able++
		}
	}
	return able == len(items), able > 0
}

// keep records who goes to which visit.
func (f *department) keep(visits []int, team [][]int) {
	for i, n := range visits {
		f.visits[n].team, f.visits[n].sent = team[i], team[i]
		for _, j := range team[i] {
			if j != teams.None {
				f.load[j]++
			}
		}
	}
}

// visitsOf are the visits to a subject, one at most per frame: frame and
// number.
func (d *drawing) visitsOf(u lot.UID) (out [][2]int) {
	for i := range d.frames {
		f := &d.frames[i]
		at, ok := f.rows.Find(u)
		if !ok || !f.taken.Has(at) {
			continue
		}
		n := slices.IndexFunc(f.visits, func(v visit) bool { return v.row == at })
		out = append(out, [2]int{i, n})
	}
	return out
}

// voids takes a subject out. ok is false when it was not drawn, or is void
// already.
func (d *drawing) voids(u lot.UID) (visits [][2]int, ok bool) {
	visits = d.visitsOf(u)
	if len(visits) == 0 || d.void[u] {
		return nil, false
	}
	d.void[u] = true
	for _, at := range visits {
		f := &d.frames[at[0]]
		for _, j := range f.visits[at[1]].team {
			if j != teams.None {
				f.load[j]--
			}
		}
	}
	return visits, true
}

// substitute finds who is visited in place of a void subject.
func (d *drawing) substitute(u lot.UID, e record.Element) (picks []record.Pick) {
	key, team, salts := d.key(lot.Substitutes, e), d.key(lot.Inspectors, e), d.key(lot.Salts, e)
	for _, at := range d.visitsOf(u) {
		f := &d.frames[at[0]]
		v := f.visits[at[1]]
		s := f.strata[f.rows.Group(v.row)]
		if !s.Fixed() {
			continue
		}
		pick := record.Pick{Frame: at[0], Stratum: s.ID}
		best, ok := design.Least(d.plan.Suite, key, lot.Substitutes, f.rows, s.ID, func(i int) bool {
			return !f.taken.Has(i) && !d.void[*f.rows.UID(i)] && (s.Design == design.SRS || f.rows.Count(i) > 0)
		})
		if ok {
			f.taken.Add(best.Row)
			f.visits = append(f.visits, visit{row: best.Row, use: e.Use, ticket: best.Ticket, rank: substituteRank, salts: salts, veil: salts, first: v.first, last: v.last})
			n := len(f.visits) - 1
			f.keep([]int{n}, teams.First(f.problem(d.plan, team, []int{n})).Team)
			leaf, members := d.leaf(f, n), d.teamLeaf(f, n)
			pick.Leaf, pick.Team = leaf[:], members[:]
		}
		picks = append(picks, pick)
	}
	return picks
}

// recuse replaces the inspector in a slot. ok is false when there is no such
// slot, nobody in it, or the visit is void.
func (d *drawing) recuse(frame, number, slot int, e record.Element) (team lot.Hash, ok bool) {
	if frame < 0 || frame >= len(d.frames) || number < 0 || number >= len(d.frames[frame].visits) {
		return team, false
	}
	f := &d.frames[frame]
	v := &f.visits[number]
	if slot < 0 || slot >= len(v.team) || v.team[slot] == teams.None || d.void[*f.uid(number)] {
		return team, false
	}
	gone := v.team[slot]
	v.team = slices.Clone(v.team) // what was sent stays
	f.load[gone]--
	v.left = append(v.left, gone)
	out := slices.DeleteFunc(slices.Concat(v.team, v.left), func(j int) bool { return j == teams.None })
	v.team[slot] = teams.Stand(f.problem(d.plan, d.key(lot.Stand, e), []int{number}), slot, out)
	if j := v.team[slot]; j != teams.None {
		f.load[j]++
	}
	v.veil = d.key(lot.Salts, e)
	return d.teamLeaf(f, number), true
}

// leaf is the result leaf of a visit.
func (d *drawing) leaf(f *department, n int) lot.Hash {
	v := &f.visits[n]
	salt := d.plan.Suite.Ticket(&v.salts, f.uid(n), 0, lot.Salts)
	return d.plan.Suite.TH("res", f.uid(n)[:], v.ticket[:], lot.U32(v.rank), salt[:])
}

// teamLeaf is the team leaf of a visit.
func (d *drawing) teamLeaf(f *department, n int) lot.Hash {
	return d.leafOf(f, n, f.visits[n].team, f.visits[n].veil)
}

// sentLeaf is the team leaf of a visit as it was logged with the draw.
func (d *drawing) sentLeaf(f *department, n int) lot.Hash {
	return d.leafOf(f, n, f.visits[n].sent, f.visits[n].salts)
}

func (d *drawing) leafOf(f *department, n int, team []int, salts lot.Hash) lot.Hash {
	salt := d.plan.Suite.Ticket(&salts, f.uid(n), 1, lot.Salts)
	members := make([][]byte, len(team))
	for i, j := range team {
		if j != teams.None {
			members[i] = f.uids[j][:]
		}
	}
	return teamLeaf(d.plan.Suite, f.uid(n), f.plan.Dept, members, salt)
}

func teamLeaf(s lot.Suite, u *lot.UID, dept uint32, members [][]byte, salt lot.Hash) lot.Hash {
	parts := append([][]byte{u[:], lot.U32(dept)}, members...)
	return s.TH("team", append(parts, salt[:])...)
}

// roots are the roots over a leaf of the visits from the given numbers on.
func (d *drawing) roots(from []int, leaf func(f *department, n int) lot.Hash) []frame.Root {
	out := make([]frame.Root, len(d.frames))
	for i := range d.frames {
		f := &d.frames[i]
		b := frame.Builder{Suite: d.plan.Suite}
		for n := from[i]; n < len(f.visits); n++ {
			b.Add(leaf(f, n))
		}
		out[i] = b.Root()
	}
	return out
}
