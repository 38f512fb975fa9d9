package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
)

const (
	roundProcedure = "round"
	// roundWeeks is in how many of the last weeks cells are walked through.
	roundWeeks = 3
)

// giveBeats enters who looks after each community and the cells in it.
func (c *cast) giveBeats(add func(...seat) *person) {
	if _, ok := c.pack.Procedure(roundProcedure); !ok {
		return
	}
	c.beats = map[string]*person{}
	for _, a := range c.pack.AreasOf(policy.CommunityLevel) {
		if unit := c.pack.Serving(a.Code); unit != "" {
			c.beats[a.Code] = add(seat{unit: unit, role: supervisorRole, area: a.Code})
		}
	}
}

// ofBeat is who looks after the place, or else somebody.
func (t *tale) ofBeat(somebody *person) *person {
	if a, ok := t.Pack.AreaAt(t.place, policy.CommunityLevel); ok && t.family%3 > 0 && t.cast.beats[a.Code] != nil {
		return t.cast.beats[a.Code]
	}
	return somebody
}

// planRounds thinks out who walks through which cell in the last weeks. The
// rounds begin by themselves on the first day of each.
func (s *show) planRounds(family int) {
	if _, ok := s.Pack.Procedure(roundProcedure); !ok {
		return
	}
	weeks := 0
	for day := s.last(); day >= s.base && weeks < roundWeeks; day-- {
		if day > s.base && s.week(day) == s.week(day-1) {
			continue
		}
		weeks++
		at := s.instant(s.grid((day - s.base) * dayMinutes))
		if !at.Before(s.now) {
			continue
		}
		s.slot(at, act{family: family, first: true, do: func(ctx context.Context, at time.Time) error {
			_, err := s.Docket.Recur(ctx, at)
			return err
		}})
		for _, cell := range s.Pack.AreasOf(policy.CellLevel) {
			family++
			t := &tale{show: s, rng: rand.New(rand.NewPCG(s.Seed, 5<<32+uint64(family))), family: family}
			t.matter = s.known[t.rng.IntN(len(s.known))].matter
			t.cursor = (day - s.base) * dayMinutes
			t.round(cell)
		}
		family++
	}
}

// week numbers the weeks of the history.
func (s *show) week(day int) int {
	year, week := s.days[day].Time().ISOWeek()
	return year*100 + week
}

// round plans what becomes of one: most are made on one of the first four days, some
// never or called off.
func (t *tale) round(cell policy.Area) {
	who, planner := t.cast.beats[cell.Parent], t.of(intakeUnit, shiftRole)
	if who == nil || planner == nil || t.chance(7) {
		return
	}
	walks := func(after int, who *person, action string, v cases.Values) bool {
		return t.does(after, who, action, func(ctx context.Context, _ time.Time) (cases.Values, error) {
			if !t.id.IsZero() {
				return v, nil
			}
			rows, _, err := t.Docket.List(ctx, docket.Query{Procedure: roundProcedure, Facets: []docket.Facet{{Field: "cell", Value: cell.Code}}}, docket.Place{}, 1)
			if err == nil && len(rows) == 0 {
				err = gov.Errorf(gov.NotFound, "网格“%s”没有安排巡查", "no round of the cell %s is planned", cell.Code)
			}
			if err == nil {
				t.id = rows[0].ID
			}
			return v, err
		})
	}
	if t.chance(3) {
		walks(t.between(20, 200), planner, "drop", cases.Values{"reason": "片区正在施工封闭，本周不巡查。"})
		return
	}
	here, ok := t.within(t.rng, cell)
	if !ok || !walks(t.rng.IntN(4)*dayMinutes+t.between(20, dayMinutes-60), who, "arrive", cases.Values{"here": here.String()}) {
		return
	}
	if t.chance(12) {
		if spot, ok := t.within(t.rng, cell); ok && !walks(t.between(5, 20), who, "finding", cases.Values{"about": t.pick(t.about), "spot": spot.String(), "class": t.class, "where": t.pick(wheres), "description": t.pick(t.told)}) {
			return
		}
	}
	walks(t.between(15, 45), who, "finish", cases.Values{"summary": t.pick(patrolNotes)})
}
