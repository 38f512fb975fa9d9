package demo

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/demo/drawing"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
)

// The procedure that is played, and its parties.
const (
	dutyProcedure = "duty"

	partyOffice  = "office"
	partyHandler = "handler"
	partyHead    = "head"
	partyHelper  = "helper"
	partyLeader  = "leader"
)

// plan is the history of one duty while it is thought out. All decisions are
// taken before anything happens, so they depend on the seed alone.
type plan struct {
	*show
	rng    *rand.Rand
	family int
	duty   cases.Case
	cursor int // moment of the last act planned; -1 at first

	// Who has to do with it. helper and leader may be nil.
	office, other, clerk, head, helper, leader *person

	progress int64
	parts    []gov.ID // milestones, once there are any
}

// plan thinks out the history of every duty.
func (s *show) plan() {
	s.acts = make([][]act, len(s.moment))
	stories := s.deal()
	leaders := s.cast.leaders()
	for i, d := range s.duties {
		p := &plan{show: s, rng: rand.New(rand.NewPCG(s.Seed, uint64(i)+1)), family: i, duty: d, cursor: -1}
		p.duty.Values = maps.Clone(d.Values)
		if p.settle(leaders) {
			stories[i](p)
		}
	}
}

// settle decides what the office fills in when it confirms the duty, and who
// will have to do with it. It reports false when nobody would.
func (p *plan) settle(leaders []string) bool {
	v := p.duty.Values
	turns := func(party string) []cases.Turn { return p.duty.Turns(p.show.duty, party, p.Pack) }
	if p.cast.find(turns(partyHandler), p.rng) == nil && len(p.cast.units) > 0 {
		v["lead"] = []string{p.cast.units[p.rng.IntN(min(5, len(p.cast.units)))]} // the document names nobody who could
	}
	if lead := v.List("lead"); len(lead) > 0 && len(leaders) > 0 {
		at := slices.IndexFunc(p.Pack.Units, func(u policy.Unit) bool { return u.ID == lead[0] })
		v["leaders"] = []string{leaders[(at+len(leaders))%len(leaders)]} // one leader looks after a unit
	}
	p.office = p.cast.find(turns(partyOffice), p.rng)
	p.other = p.cast.find(turns(partyOffice), p.rng, p.office)
	p.clerk = p.cast.find(turns(partyHandler), p.rng)
	p.head = p.cast.find(turns(partyHead), p.rng, p.clerk)
	p.helper = p.cast.find(turns(partyHelper), p.rng, p.clerk, p.head)
	p.leader = p.cast.find(turns(partyLeader), p.rng)
	return p.office != nil && p.other != nil && p.clerk != nil && p.head != nil
}

// on puts something somebody does into a day, or as soon after that as it can
// be behind what was planned before. What would come after now is not planned,
// nor anything behind it; then ok is false.
func (p *plan) on(day int, do func(ctx context.Context, at time.Time) error) (ok bool) {
	m, ok := p.in(day, p.cursor, p.rng)
	if !ok {
		p.cursor = len(p.moment)
		return false
	}
	p.cursor = m
	p.at(m, act{family: p.family, do: do})
	return true
}

// wait lets nothing be planned until a day is over.
func (p *plan) wait(day int) {
	if day+1 < len(p.days) {
		p.cursor = max(p.cursor, p.first[day+1]-1)
	}
}

// do plans an action.
func (p *plan) do(day int, who *person, action string, v cases.Values) bool {
	return p.on(day, func(ctx context.Context, at time.Time) error { return p.act(ctx, who, at, p.duty.ID, action, v) })
}

// agree plans the answer to what waits for consent.
func (p *plan) agree(day int, who *person, yes bool, note string) bool {
	return p.on(day, func(ctx context.Context, at time.Time) error { return p.answer(ctx, who, at, p.duty.ID, yes, note) })
}

// remark plans a remark.
func (p *plan) remark(day int, who *person, note string) {
	if who == nil {
		return
	}
	p.on(day, func(ctx context.Context, at time.Time) error {
		return p.step(ctx, who, at, "remark", p.duty.ID, func(by people.Standing, st docket.Step) error {
			return p.Casework.Remark(ctx, by, st, note, nil)
		})
	})
}

// day is the day of what was planned last.
func (p *plan) day() int {
	if p.cursor < 0 {
		return 0
	}
	return p.dayOf(gov.DateOf(p.moment[min(p.cursor, len(p.moment)-1)]))
}

// between draws a number of [lo, hi].
func (p *plan) between(lo, hi int) int { return lo + p.rng.IntN(max(hi-lo, 0)+1) }

// pick draws one of a list.
func (p *plan) pick(list []string) string { return list[p.rng.IntN(len(list))] }

// confirm plans that the office sets the duty going with a due date.
func (p *plan) confirm(day int, due gov.Date) {
	v := cases.Values{"end": due.String()}
	for _, f := range []string{"lead", "leaders"} {
		if list := p.duty.Values.List(f); len(list) > 0 {
			v[f] = list
		}
	}
	if start, err := gov.ParseDate(p.duty.Values.Text("start")); err == nil && due.Before(start) {
		v["start"] = p.days[day].String()
	}
	p.duty.Values["end"] = due.String()
	p.do(day, p.office, "confirm", v)
}

// accept plans that the unit takes the duty on, within the five days it has.
func (p *plan) accept() { p.do(p.day()+p.between(1, 3), p.either(), "accept", nil) }

// either is mostly the clerk, sometimes the head.
func (p *plan) either() *person {
	if p.rng.IntN(5) == 0 {
		return p.head
	}
	return p.clerk
}

// report plans progress reports between two days that lead up to a progress.
func (p *plan) report(until int, target int64) {
	from := p.day() + 3
	n := min(p.between(2, 6), max((until-from)/6, 0))
	for i := range n {
		left := int64(n - i)
		p.progress += max((target-p.progress)/left, 0)
		if i < n-1 {
			p.progress = max(p.progress+int64(p.between(-4, 3)), 0)
		}
		day := from + (until-from)*(i+1)/n - p.rng.IntN(max((until-from)/n/2, 1))
		v := cases.Values{"progress": p.progress, "report": p.pick(reports[min(int(p.progress)/25, len(reports)-1)])}
		if !p.do(day, p.either(), "update", v) {
			return
		}
		switch p.rng.IntN(9) {
		case 0:
			p.remark(p.day()+p.between(1, 3), p.helper, p.pick(helperRemarks))
		case 1:
			p.remark(p.day()+p.between(1, 4), p.office, p.pick(officeRemarks))
		}
	}
}

// submit plans that the unit reports the duty done, with evidence.
func (p *plan) submit(day int) bool {
	report := p.pick(completions)
	return p.on(day, func(ctx context.Context, at time.Time) error {
		content, err := drawing.Bar()
		if err != nil {
			return err
		}
		file, err := p.Casework.Attach(ctx, p.clerk.standing(p.Pack, at), p.duty.ID, "完成情况.png", bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return err
		}
		return p.act(ctx, p.clerk, at, p.duty.ID, "submit", cases.Values{"report": report, "evidence": []string{string(file.Key)}})
	})
}

// share is the progress of a duty that is on time: as much as of its time.
func (p *plan) share(from gov.Date, due gov.Date, day int) int64 {
	whole := due.Time().Sub(from.Time()).Hours()
	part := p.days[min(day, len(p.days)-1)].Time().Sub(from.Time()).Hours()
	return int64(max(min(part/whole*100, 96), 3))
}

// compareNumbers orders numbers of cases as they were given out.
func compareNumbers(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
