package inspectdb_test

import (
	"fmt"
	"testing"

	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// Visits whose results are public are inspected again by others: the frame is those and
// no other, though they were inspected yesterday, and whoever was there is a conflict,
// though somebody else was there later.
func TestAgain(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		r, ctx := open(t, db, 200, 120), t.Context()
		clerk := r.Officer("xfzd", "clerk")
		force, err := r.Inspectors(ctx, r.Office(), "xfzd")
		must(t, err)
		drawn, other := r.Freeze(t, "xfzd", nil), r.Freeze(t, "xfzd", nil)
		f, err := r.Frozen(ctx, drawn)
		must(t, err)
		today := gov.DateOf(now)
		var seen []lot.UID
		for i := range 3 {
			u := f.Data.Frames[0].Subjects.At(i).UID
			seen = append(seen, u)
			must(t, r.Assigned(ctx, []inspections.Visit{
				{Plan: drawn, Subject: u.ID(), UID: u, Frames: []int{0}, First: today.Add(-9), Last: today.Add(-1), Team: []inspections.Member{{Certificate: force[0].Certificate}, {Slot: 1, Certificate: force[1].Certificate}}},
				{Plan: other, Subject: u.ID(), UID: u, Frames: []int{0}, First: today.Add(-1), Last: today, Team: []inspections.Member{{Certificate: force[2].Certificate}, {Slot: 1, Certificate: force[3].Certificate}}}}))
		}
		if _, err := r.Again(ctx, clerk, drawn, "xfzd"); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("nothing is public yet: %v", err)
		}
		for i, stage := range []string{"published", "published", "result"} {
			storetest.Exec(t, db, fmt.Sprintf(`insert into draw_visits (district, draw, case_id, version, uid, stage, team) values ('%s', '%s', 'c%d', 1, '%s', '%s', '')`, r.Pack().District, drawn, i, seen[i], stage))
		}
		if _, err := r.Again(ctx, clerk, drawn, "syj"); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("another department's visits: %v", err)
		}
		p, err := r.Again(ctx, clerk, drawn, "xfzd")
		must(t, err)
		if p.Share != int64(r.Pack().Inspections.Again) || p.Again == nil || len(p.Items) == 0 {
			t.Errorf("it proposes %+v", p)
		}
		if n, err := r.Keeps(ctx, clerk, p); err != nil || n.Kept != 2 || !n.Whole {
			t.Errorf("it keeps %+v, %v", n, err)
		}
		byHand := p
		byHand.Again, byHand.Filter, byHand.Year, byHand.Quarter = nil, "visited == 'XC'", today.Year, 4
		if _, err := r.Plans.Propose(ctx, clerk, byHand); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("a filter reads visited by itself: %v", err)
		}
		g, err := r.Frozen(ctx, r.Freeze(t, "xfzd", func(q *inspections.Proposal) { q.Title, q.Items, q.Share, q.Again = p.Title, p.Items, p.Share, p.Again }))
		must(t, err)
		rows := g.Data.Frames[0].Subjects
		if rows.Len() != 2 || g.Data.Frames[0].Exempt.Len() != 0 || rows.At(0).UID != seen[0] || rows.At(1).UID != seen[1] {
			t.Fatalf("%d can be drawn and %d are exempt", rows.Len(), g.Data.Frames[0].Exempt.Len())
		}
		there := map[frame.Pair]bool{}
		for i := range g.Data.Conflicts.Len() {
			there[g.Data.Conflicts.At(i)] = true
		}
		for _, u := range seen[:2] {
			for i, j := range force[:4] {
				uid, err := lot.SHA256.NewUID(lot.Inspector, j.Certificate)
				must(t, err)
				if !there[frame.Pair{Subject: u, Inspector: uid}] {
					t.Errorf("inspector %d was at %s and is no conflict", i, u)
				}
			}
		}
	})
}
