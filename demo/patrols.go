package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// patrolDays is on how many of the last days patrols are planned.
const patrolDays = 5

// planPatrols thinks out the patrols of the last days and of today: one of a
// street on every other day. A few are missed or cancelled.
func (s *show) planPatrols(family int) (n int) {
	if _, ok := s.Pack.Procedure(patrolProcedure); !ok {
		return 0
	}
	for day := max(s.last()-patrolDays, s.base); day <= s.last(); day++ {
		for i, area := range s.Pack.AreasOf(policy.StreetLevel) {
			if (i+day)%2 > 0 {
				continue
			}
			t := &tale{show: s, rng: rand.New(rand.NewPCG(s.Seed, 4<<32+uint64(family))), family: family, street: area.Code, office: s.Pack.Serving(area.Code)}
			family++
			t.matter = s.known[t.rng.IntN(len(s.known))].matter
			var ok bool
			if t.place, ok = s.somewhere(t.rng, t.street); ok && t.patrol(day, area) {
				n++
			}
		}
	}
	return n
}

// patrol plans one of a day: planned in the morning, and gone.
func (t *tale) patrol(day int, area policy.Area) bool {
	planner, who := t.of(intakeUnit, shiftRole), t.of(t.office, supervisorRole)
	if planner == nil || who == nil {
		return false
	}
	t.cursor = (day-t.base)*dayMinutes + t.between(5, 30)
	if !t.begins(func(ctx context.Context, at time.Time) error {
		t.id = gov.NewID(at)
		v := cases.Values{"title": area.Name.ZH + "日常巡查", "street": area.Code, "who": who.id.String(), "day": t.days[day].String()}
		return t.step(ctx, planner, at, "plan", t.id, func(by people.Standing, st docket.Step) error {
			_, err := t.Casework.Begin(ctx, by, st.Case, patrolProcedure, "plan", v, "")
			return err
		})
	}) {
		return false
	}
	switch t.family % 13 {
	case 4: // forgotten
		return true
	case 7:
		t.says(t.between(10, 60), planner, "drop", cases.Values{"reason": "当日有大型活动，监督员另有安排。"})
		return true
	}
	today := day == t.last()
	if today && t.family%3 == 0 || !t.says(t.between(20, 150), who, "check_in", cases.Values{"here": t.place.String()}) || today && t.family%3 == 1 {
		return true // still to be done, or under way
	}
	for range t.rng.IntN(3) {
		m := t.known[t.rng.IntN(len(t.known))].matter
		spot, ok := t.somewhere(t.rng, t.street)
		if !ok || !t.says(t.between(10, 50), who, "finding", cases.Values{"about": t.pick(m.about), "spot": spot.String(), "class": m.class, "where": t.pick(wheres), "description": t.pick(m.told)}) {
			return true
		}
	}
	t.says(t.between(10, 40), who, "finish", cases.Values{"summary": t.pick(patrolNotes)})
	return true
}
