// Package inspecttest fills the registers of a test with invented subjects, items and
// inspectors, and takes plans of inspections through what departments do.
package inspecttest

import (
	"slices"
	"testing"

	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/invent"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	market "quanxiang/registers/invent"
	"quanxiang/store"
)

// Room is plans on registers.
type Room struct {
	*inspections.Plans
	Registers *registers.Registers

	// Officer is somebody who holds a role in a unit.
	Officer func(unit, role string) people.Standing
}

// Fill invents so many subjects and inspectors. Records that bear on no draw are left
// out.
func Fill(t testing.TB, db *store.DB, pack *policy.Pack, clock gov.Clock, subjects, inspectors int, officer func(unit, role string) people.Standing) *Room {
	t.Helper()
	current := func() *policy.Pack { return pack }
	r := &Room{Plans: &inspections.Plans{Store: db.Inspections(pack.District), Pack: current, Clock: clock},
		Registers: &registers.Registers{Store: db.Registers(pack.District), Pack: current, Clock: clock}, Officer: officer}
	codes, err := market.Codes(pack.District, subjects)
	must(t, err)
	day := gov.DateOf(clock())
	list, err := market.Market(pack, 0, subjects, day, 7)
	must(t, err)
	r.Push(t, slices.DeleteFunc(list, func(x market.Table) bool { return x.Kind == "tax" || x.Kind == "insurance" }))
	r.Push(t, invent.Catalogue())
	r.Push(t, invent.Inspectors(pack, inspectors, nil, codes, day, 7))
	must(t, r.Registers.GradeAll(t.Context(), "market"))
	return r
}

// Push brings tables into their registers.
func (r *Room) Push(t testing.TB, list []market.Table) {
	t.Helper()
	for _, table := range list {
		target, err := registers.NewTarget(r.Pack(), table.Register, table.Kind, table.Unit)
		must(t, err)
		for some := range slices.Chunk(table.Rows[1:], registers.MaxPush) {
			items := make([]map[string]string, len(some))
			for i, row := range some {
				items[i] = map[string]string{}
				for j, column := range table.Rows[0] {
					items[i][column] = row[j]
				}
			}
			pushed, err := r.Registers.Push(t.Context(), gov.Actor{Kind: gov.SystemActor, Name: "test"}, target, items)
			must(t, err)
			if len(pushed.Mistakes) > 0 {
				t.Fatalf("%s %s: %+v", table.Register, table.Kind, pushed.Mistakes[0])
			}
		}
	}
}

// Propose makes a proposal of a department for all its items about everybody, unless
// change says otherwise.
func (r *Room) Propose(t testing.TB, unit string, change func(p *inspections.Proposal)) gov.ID {
	t.Helper()
	day := gov.DateOf(r.Clock())
	p := inspections.Proposal{Unit: unit, Year: day.Year, Quarter: (int(day.Month) + 2) / 3, Title: "季度抽查", Items: invent.Codes(unit)}
	if change != nil {
		change(&p)
	}
	id, err := r.Plans.Propose(t.Context(), r.Officer(unit, "clerk"), p)
	must(t, err)
	return id
}

// Office is somebody of the office that joins proposals.
func (r *Room) Office() people.Standing {
	return r.Officer(r.Pack().Inspections.Office, "inspection-office")
}

// Join makes a plan of proposals, with the agreement of some units.
func (r *Room) Join(t testing.TB, campaign bool, units []string, ids ...gov.ID) gov.ID {
	t.Helper()
	today := gov.DateOf(r.Clock())
	id, err := r.Plans.Join(t.Context(), r.Office(), inspections.Joint{Title: "联合抽查", Campaign: campaign, First: today.Add(20), Last: today.Add(40), Proposals: ids})
	must(t, err)
	for _, u := range units {
		must(t, r.Agree(t.Context(), r.Officer(u, "lead"), id, u))
	}
	return id
}

// Freeze makes a frozen plan of one department.
func (r *Room) Freeze(t testing.TB, unit string, change func(p *inspections.Proposal)) gov.ID {
	t.Helper()
	id := r.Join(t, false, []string{unit}, r.Propose(t, unit, change))
	must(t, r.Plans.Freeze(t.Context(), r.Office(), id))
	must(t, r.FreezeNow(t.Context(), id))
	run, _, err := r.Run(t.Context(), r.Office(), id)
	must(t, err)
	if run.Failure.ZH != "" {
		t.Fatal(run.Failure.ZH)
	}
	return id
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
