// Package outings gives two inspectors of the demonstration a day of visits, as if a
// draw had been held: subjects that do not exist, in streets that lie near each other,
// with what their departments may look at.
package outings

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"quanxiang/cases/checklist"
	"quanxiang/cases/docket"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections"
	"quanxiang/inspections/visits"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Plan is the number of the invented plan.
const Plan = "SJ-YS-01"

// subjects do not exist; firm is the part of the code that is theirs.
var subjects = []struct{ name, firm string }{
	{"虚构晨光便利店", "MA00YA01"}, {"虚构青禾餐饮店", "MA00YA02"}, {"虚构云帆文具商行", "MA00YA03"},
}

// items are what is looked at, by the place of the department: the leading one first.
var items = [][]checklist.Row{
	{{Code: "GS-01", Title: "营业执照在显著位置"}, {Code: "GS-02", Title: "实际地址与登记住所相符"}, {Code: "GS-03", Title: "经营项目没有超出登记范围"}, {Code: "GS-04", Title: "价格标签和促销说明真实"}},
	{{Code: "SY-01", Title: "食品经营许可证在有效期内"}, {Code: "SY-02", Title: "没有过期或标签不全的食品"}},
}

// Begin begins the visits of a day for a team, the leader first: departments are ids of
// units, the leading one first. It returns how many it began.
func Begin(ctx context.Context, d *docket.Docket, pack *policy.Pack, now time.Time, rng *rand.Rand, departments []string, team []gov.ID) (int, error) {
	if _, ok := pack.Procedure(visits.Procedure(pack)); !ok || len(departments) == 0 || len(team) == 0 {
		return 0, nil
	}
	k := visits.New(visits.Deps{Docket: d, Pack: func() *policy.Pack { return pack }})
	today, streets := gov.DateOf(now), pack.AreasOf(policy.StreetLevel)
	for i, s := range subjects {
		code, err := privacy.CompleteCreditCode("91110102" + s.firm)
		if err != nil {
			return i, fmt.Errorf("code of %s: %w", s.name, err)
		}
		v := visits.Drawn{Visit: inspections.Visit{Number: Plan, Subject: code, First: today.Add(-1), Last: today.Add(9)}, Name: s.name, Units: departments, People: team}
		v.UID = lot.UID(uid(rng))
		if len(streets) > 0 {
			v.Street = streets[i%len(streets)].Code
		}
		for j, unit := range departments[:min(len(departments), len(items))] {
			for _, row := range items[j] {
				row.Unit = unit
				v.Items = append(v.Items, row)
			}
		}
		if err := k.Begin(ctx, gov.NewID(now), v); err != nil {
			return i, err
		}
	}
	return len(subjects), nil
}

// uid is what a transcript would call a subject.
func uid(rng *rand.Rand) (u [20]byte) {
	for i := range u {
		u[i] = byte(rng.Uint32())
	}
	return u
}
