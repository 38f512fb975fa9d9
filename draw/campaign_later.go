package draw

import (
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/draw/teams"
	"quanxiang/gov"
)

// Visit is a visit as the platform knows it.
type Visit struct {
	Frame  int
	Number int // in the frame
	UID    lot.UID
	Day    string    // of a plan with days, "" otherwise
	Team   []lot.UID // in the order of slots; zero where nobody could be found
}

// Visits are the visits of the current attempt in the order in which they take
// place within each draw, void ones left out.
func (c *Campaign) Visits() (out []Visit) {
	if c.now == nil {
		return nil
	}
	for i := range c.now.frames {
		f := &c.now.frames[i]
		for n := range f.visits {
			if c.now.void[*f.uid(n)] {
				continue
			}
			v := Visit{Frame: i, Number: n, UID: *f.uid(n)}
			if len(c.check.plan.Now().Days) > 0 {
				v.Day = f.visits[n].first
			}
			for _, j := range f.visits[n].team {
				var u lot.UID
				if j != teams.None {
					u = f.uids[j]
				}
				v.Team = append(v.Team, u)
			}
			out = append(out, v)
		}
	}
	order := func(v Visit) lot.Hash {
		use := c.held[c.now.frames[v.Frame].visits[v.Number].use]
		return c.plan.Suite.Ticket(new(c.now.key(lot.Visits, use)), &v.UID, 0, lot.Visits)
	}
	slices.SortStableFunc(out, func(a, b Visit) int {
		ua, ub := c.now.frames[a.Frame].visits[a.Number].use, c.now.frames[b.Frame].visits[b.Number].use
		if ua != ub {
			return int(ua) - int(ub)
		}
		return order(a).Compare(order(b))
	})
	return out
}

// Open logs that a visit began.
func (c *Campaign) Open(at int64, u lot.UID) ([]byte, error) {
	if c.now == nil || len(c.now.visitsOf(u)) == 0 {
		return nil, gov.Errorf(gov.NotFound, "%s 没有被抽中", "%s was not drawn", u)
	}
	return c.append(at, record.TypeOpen, &record.Open{Plan: c.hash(), UID: u})
}

// Grounds say why something is void or somebody recuses.
type Grounds struct {
	Reason   string   // [a-z0-9-]{1,32}
	Evidence lot.Hash // of the file that shows it
	Official lot.UID  // who decided; of a void
}

// Void takes a subject out. The seq of the record names it in Substitute.
func (c *Campaign) Void(at int64, u lot.UID, g Grounds) (line []byte, seq int64, err error) {
	if c.now == nil || len(c.now.visitsOf(u)) == 0 {
		return nil, 0, gov.Errorf(gov.NotFound, "%s 没有被抽中", "%s was not drawn", u)
	}
	line, err = c.append(at, record.TypeVoid, &record.Void{Plan: c.hash(), Scope: record.ScopeSubject, UID: u[:], Reason: g.Reason, Evidence: g.Evidence, Official: g.Official}, record.Authority)
	if err == nil {
		c.now.voids(u)
	}
	return line, c.check.seq - 1, err
}

// Abandon voids the whole draw of the attempt. x are the elements of a use that
// the attempt has to take if it took none; all elements become public.
func (c *Campaign) Abandon(at int64, g Grounds, x []lot.Hash) ([]byte, error) {
	if c.check.attempt == nil {
		return nil, gov.Errorf(gov.Conflict, "没有可作废的抽取", "there is no draw to void")
	}
	held := c.held
	if !c.check.own {
		held = append(slices.Clone(held), c.element(x))
	}
	line, err := c.append(at, record.TypeVoid, &record.Void{
		Plan: c.hash(), Scope: record.ScopeDraw, Reason: g.Reason, Evidence: g.Evidence, Official: g.Official, Elements: held[len(c.check.elements):],
	}, record.Authority)
	if err != nil {
		return nil, err
	}
	if c.now != nil {
		c.past = append(c.past, c.now)
	}
	c.held, c.now, c.draws = held, nil, nil
	return line, nil
}

// Substitute draws who is visited in place of a void subject.
func (c *Campaign) Substitute(at int64, void int64, x []lot.Hash) ([]byte, error) {
	var u lot.UID
	found := false
	if c.now != nil {
		for v, seq := range c.check.void {
			if seq == void {
				u, found = v, true
			}
		}
	}
	if !found {
		return nil, gov.Errorf(gov.NotFound, "没有第 %d 条作废记录", "there is no void record %d", void)
	}
	e, before := c.element(x), c.now.counts()
	line, err := c.append(at, record.TypeSubstitute, &record.Substitute{Plan: c.hash(), Void: void, Use: e.Use, Picks: c.now.substitute(u, e)}, c.holders()...)
	if err != nil {
		c.now.release(before)
		c.now.forget(before)
		return nil, err
	}
	c.held = append(c.held, e)
	return line, nil
}

// release gives back the load of the visits from the given numbers on.
func (d *drawing) release(from []int) {
	for i := range d.frames {
		f := &d.frames[i]
		for _, v := range f.visits[from[i]:] {
			for _, j := range v.team {
				if j != teams.None {
					f.load[j]--
				}
			}
		}
	}
}

// Recuse replaces the inspector in a slot of a visit.
func (c *Campaign) Recuse(at int64, frame, visit, slot int, g Grounds, x []lot.Hash) ([]byte, error) {
	if c.now == nil {
		return nil, gov.Errorf(gov.Conflict, "还没有派组", "there are no teams yet")
	}
	e := c.element(x)
	undo := c.now.remember(frame, visit)
	team, ok := c.now.recuse(frame, visit, slot, e)
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有可替换的检查人员", "there is nobody to be replaced there")
	}
	line, err := c.append(at, record.TypeRecuse, &record.Recuse{Plan: c.hash(), Use: e.Use, Frame: frame, Visit: int64(visit), Slot: slot, Reason: g.Reason, Evidence: g.Evidence, Team: team}, c.holders()...)
	if err != nil {
		undo()
		return nil, err
	}
	c.held = append(c.held, e)
	return line, nil
}

// remember returns what puts a visit and the loads of its frame back.
func (d *drawing) remember(frame, number int) func() {
	if frame < 0 || frame >= len(d.frames) || number < 0 || number >= len(d.frames[frame].visits) {
		return func() {}
	}
	f := &d.frames[frame]
	v, load := f.visits[number], slices.Clone(f.load)
	v.team, v.left = slices.Clone(v.team), slices.Clone(v.left)
	return func() { f.visits[number], f.load = v, load }
}

// Result logs what came of a visit.
func (c *Campaign) Result(at int64, u lot.UID, outcome string, evidence lot.Hash) ([]byte, error) {
	return c.append(at, record.TypeResult, &record.Result{Plan: c.hash(), UID: u, Outcome: outcome, Evidence: evidence})
}

// Publish logs where results were made public.
func (c *Campaign) Publish(at int64, uids []lot.UID, where string, digest lot.Hash) ([]byte, error) {
	uids = slices.Clone(uids)
	slices.SortFunc(uids, lot.UID.Compare)
	return c.append(at, record.TypePublish, &record.Publish{Plan: c.hash(), UIDs: uids, Where: where, Digest: digest}, record.Authority)
}

// ReleaseDay shows the elements of all uses so far.
func (c *Campaign) ReleaseDay(at int64) ([]byte, error) {
	left := slices.Clone(c.held[len(c.check.elements):])
	return c.append(at, record.TypeRelease, &record.Release{Plan: c.hash(), Kind: record.ReleaseDay, Elements: &left}, record.Authority)
}

// Release shows everything that is left, or in mode attested binds to the
// sealed file, which Sealed gives afterwards.
func (c *Campaign) Release(at int64) ([]byte, error) {
	if c.now == nil {
		return nil, gov.Errorf(gov.Conflict, "还没有抽取", "nothing was drawn yet")
	}
	left, data := c.left()
	if c.plan.Mode == record.ModeOpen {
		return c.append(at, record.TypeRelease, &record.Release{Plan: c.hash(), Kind: record.ReleaseOpen, Elements: &left, Data: &data}, record.Authority)
	}
	sealed := canon.Marshal(&record.Sealed{Plan: c.hash(), Elements: left, Data: data})
	_, lists := c.now.visitedUIDs()
	digest := c.plan.Suite.TH("sealed", sealed)
	c.check.sealed = sealed
	line, err := c.append(at, record.TypeRelease, &record.Release{Plan: c.hash(), Kind: record.ReleaseAttested, Digest: &digest, Drawn: &lists}, record.Authority)
	if err != nil {
		c.check.sealed = nil
		return nil, err
	}
	c.sealed = sealed
	return line, nil
}

// left is what a final release shows: the elements not shown yet, and the data.
func (c *Campaign) left() ([]record.Element, record.Data) {
	data := c.data
	data.Frames = slices.Clone(data.Frames)
	if c.plan.Team.Area == record.AreaOtherStreet {
		for i := range data.Frames {
			data.Frames[i].Visited = c.visited(i)
		}
	}
	return slices.Clone(c.held[len(c.check.elements):]), data
}

// visited are the attributes of all visited subjects of a frame.
func (c *Campaign) visited(frame int) []record.Visited {
	var uids []lot.UID
	for _, d := range append(slices.Clone(c.past), c.now) {
		for n := range d.frames[frame].visits {
			uids = append(uids, *d.frames[frame].uid(n))
		}
	}
	slices.SortFunc(uids, lot.UID.Compare)
	out := []record.Visited{}
	for _, u := range slices.Compact(uids) {
		salt, attributes := c.Attributes(frame, u)
		out = append(out, record.Visited{UID: u, Salt: salt, Attributes: attributes})
	}
	return out
}

// Sealed is the file for the auditors of a plan in mode attested, after its
// release.
func (c *Campaign) Sealed() []byte { return c.sealed }

// Attest logs an auditor's word on the final release.
func (c *Campaign) Attest(at int64, auditor int, verdict Kind) ([]byte, error) {
	return c.append(at, record.TypeAttest, &record.Attest{Plan: c.hash(), Auditor: auditor, Release: c.check.release, Verdict: string(verdict)}, record.Auditor(auditor))
}
