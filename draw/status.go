package draw

import (
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
)

// Stage is how far an attempt has come, as the platform tells people.
type Stage string

// The stages.
const (
	Begins    Stage = "begins"    // the plan, or that of another attempt, is to be recorded
	Commits   Stage = "commits"   // witnesses commit, until T1
	Reveals   Stage = "reveals"   // witnesses reveal, until T2; then the outside values from T3 on
	Outsides  Stage = "outside"   // an outside value is still to come
	Ready     Stage = "ready"     // a day is to be drawn
	Drawn     Stage = "drawn"     // teams are to be drawn
	Visiting  Stage = "visits"    // everything is drawn; the release comes from T5 on
	Released  Stage = "released"  // the final release was recorded
	Abandoned Stage = "abandoned" // the last attempt was voided
)

// Status is what a campaign has come to.
type Status struct {
	Stage     Stage
	Clock     int64        // time of the last record
	Plan      *record.Plan // of the present attempt; nil before the first
	Hash      lot.Hash     // its planHash
	Committed []bool       // by witness
	Revealed  []bool
	Outside   int // values recorded
	Days      int // drawn and assigned
	Took      bool
	Voids     []Voided // subjects
	Opened    map[lot.UID]int64
	Results   map[lot.UID]int64
	Published map[lot.UID]bool
	Shown     int // uses whose elements were shown
	Attested  map[int]bool
}

// Voided is a subject taken out.
type Voided struct {
	Record   int64
	UID      lot.UID
	Replaced bool
	Owed     bool // a substitute must be drawn
}

// Status is where the campaign stands. The maps are its own: they are read only.
func (c *Campaign) Status() Status {
	a := c.check.attempt
	if a == nil {
		return Status{Stage: Begins}
	}
	out := Status{
		Stage: [...]Stage{Begins, Commits, Reveals, Outsides, Ready, Drawn, Visiting, Released, Abandoned}[a.stage], Clock: c.check.clock, Plan: a.plan, Hash: a.hash,
		Outside: len(a.outside), Days: a.days, Took: c.check.own, Opened: a.opened, Results: a.results, Published: a.publish, Shown: len(c.check.elements), Attested: c.check.attests,
	}
	for i := range a.commits {
		out.Committed, out.Revealed = append(out.Committed, a.commits[i] != nil), append(out.Revealed, a.reveals[i] != nil)
	}
	for u, seq := range a.void {
		v := Voided{Record: seq, UID: u, Replaced: a.replaced[seq]}
		v.Owed = !v.Replaced && c.now != nil && c.now.replaceable(c.now.visitsOf(u))
		out.Voids = append(out.Voids, v)
	}
	slices.SortFunc(out.Voids, func(a, b Voided) int { return int(a.Record - b.Record) })
	return out
}

// Commits is the body a witness signs for a commitment it made itself.
func (c *Campaign) Commits(witness int, commit lot.Hash) record.Commit {
	return record.Commit{Plan: c.hash(), Witness: witness, Commit: commit}
}

// Fits checks that an element of a holder for the next use leads to what was given
// before.
func (c *Campaign) Fits(holder int, x lot.Hash) bool {
	if holder < 0 || holder >= len(c.plan.Seals) || c.check.attempt == nil {
		return false
	}
	want := c.plan.Seals[holder].Anchor
	if n := len(c.held); n > 0 {
		want = c.held[n-1].X[holder]
	}
	return c.plan.Suite.Next(c.plan.ID, holder, x) == want
}

// OfAct is what everyone but the platform signs of a body.
func (c *Campaign) OfAct(t record.Type, body any) lot.Hash {
	return record.Act(c.plan.Suite, t, canon.Marshal(body))
}
